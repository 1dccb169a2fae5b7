package lambdahost

import (
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Function is one compiled function.
type Function struct {
	// Name is 1 to 64 letters, digits, hyphens or underscores.
	Name string
	// Bootstrap is the absolute path of the executable. Whether it can be
	// started is found out by the first invocation, as on Lambda.
	Bootstrap string
	// Env is all that the function's environment holds besides what Lambda
	// itself sets; nothing of the host's own environment is handed on.
	Env map[string]string
	// Timeout of one invocation, at most 15 minutes; 0 means 3 s, as on Lambda.
	Timeout time.Duration
	// MemoryMB is 128 to 10240; 0 means 128, as on Lambda.
	MemoryMB int
	// Reserved concurrency: that many invocations at once at most. 0 means
	// that none is reserved and the host's limit counts.
	Reserved int
}

// Config of a host. Only Functions is needed.
type Config struct {
	Functions []Function
	// Region and Account stand in the functions' ARNs; they default to
	// eu-west-1 and 000000000000.
	Region, Account string
	// Concurrency bounds all functions without a reserved one together; 0
	// means 1,000, the quota of a new account.
	Concurrency int
	// InitTimeout bounds the first start of an environment; 0 means 10 s.
	InitTimeout time.Duration
	// Log gets what functions print, line by line with the function's name
	// before it, and the START, END and REPORT lines. Nil discards it.
	Log io.Writer
	// EventRetries are the waits before an event that failed is tried again;
	// nil means one minute, then two.
	EventRetries []time.Duration
	// OnFailure is told of each event that is given up. Nil drops it.
	OnFailure func(Dropped)
}

const (
	defaultTimeout  = 3 * time.Second
	maxTimeout      = 15 * time.Minute
	defaultMemory   = 128
	maxMemory       = 10240
	defaultAccount  = "000000000000"
	defaultRegion   = "eu-west-1"
	defaultInit     = 10 * time.Second
	defaultTogether = 1000
	latest          = "$LATEST"
)

var (
	namePattern    = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)
	accountPattern = regexp.MustCompile(`^\d{12}$`)
)

func (c Config) withDefaults() Config {
	c.Region = orElse(c.Region, defaultRegion)
	c.Account = orElse(c.Account, defaultAccount)
	c.Concurrency = orElse(c.Concurrency, defaultTogether)
	c.InitTimeout = orElse(c.InitTimeout, defaultInit)
	if c.Log == nil {
		c.Log = io.Discard
	}
	if c.EventRetries == nil {
		c.EventRetries = []time.Duration{time.Minute, 2 * time.Minute}
	}
	if c.OnFailure == nil {
		c.OnFailure = func(Dropped) {}
	}
	return c
}

func orElse[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

func (c Config) check() error {
	switch {
	case !accountPattern.MatchString(c.Account):
		return fmt.Errorf("lambdahost: Account %q is not twelve digits", c.Account)
	case c.Concurrency < 0:
		return fmt.Errorf("lambdahost: Concurrency %d is negative", c.Concurrency)
	case c.InitTimeout < 0:
		return fmt.Errorf("lambdahost: InitTimeout %s is negative", c.InitTimeout)
	}
	return nil
}

func (f Function) withDefaults() Function {
	f.Timeout = orElse(f.Timeout, defaultTimeout)
	f.MemoryMB = orElse(f.MemoryMB, defaultMemory)
	return f
}

func (f Function) check() error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("lambdahost: function %q: "+format, append([]any{f.Name}, args...)...)
	}
	switch {
	case !namePattern.MatchString(f.Name):
		return wrong("Name is not 1 to 64 letters, digits, hyphens or underscores")
	case !filepath.IsAbs(f.Bootstrap):
		return wrong("Bootstrap %q is not an absolute path", f.Bootstrap)
	case f.Timeout < 0 || f.Timeout > maxTimeout:
		return wrong("Timeout %s is not above 0 and at most %s", f.Timeout, maxTimeout)
	case f.MemoryMB < defaultMemory || f.MemoryMB > maxMemory:
		return wrong("MemoryMB %d is not between %d and %d", f.MemoryMB, defaultMemory, maxMemory)
	case f.Reserved < 0:
		return wrong("Reserved %d is negative", f.Reserved)
	}
	return f.checkEnv(wrong)
}

func (f Function) checkEnv(wrong func(string, ...any) error) error {
	set := f.defined("", "", "")
	for _, key := range slices.Sorted(maps.Keys(f.Env)) {
		if key == "" || strings.ContainsAny(key, "=\x00") || strings.Contains(f.Env[key], "\x00") {
			return wrong("Env %q is not a name with a value", key)
		}
		if _, ok := set[key]; ok && key != "PATH" && key != "TZ" && key != "LANG" {
			return wrong("Env %s is set by the host", key)
		}
	}
	return nil
}

// defined are the variables that Lambda sets [dg]. TZ, LANG and PATH may be
// set otherwise by the function.
func (f Function) defined(region, runtimeAPI, stream string) map[string]string {
	return map[string]string{
		"AWS_LAMBDA_RUNTIME_API":          runtimeAPI,
		"AWS_LAMBDA_FUNCTION_NAME":        f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     latest,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(f.MemoryMB),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + f.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      stream,
		"AWS_REGION":                      region,
		"AWS_DEFAULT_REGION":              region,
		"LAMBDA_TASK_ROOT":                filepath.Dir(f.Bootstrap),
		"_HANDLER":                        filepath.Base(f.Bootstrap),
		"TZ":                              ":UTC",
		"LANG":                            "en_US.UTF-8",
		"PATH":                            "/usr/local/bin:/usr/bin:/bin",
	}
}

// environ is the whole environment of the process, sorted.
func (f Function) environ(region, runtimeAPI, stream string) []string {
	all := f.defined(region, runtimeAPI, stream)
	maps.Copy(all, f.Env)
	out := make([]string, 0, len(all))
	for _, key := range slices.Sorted(maps.Keys(all)) {
		out = append(out, key+"="+all[key])
	}
	return out
}
