package lambdahost

import (
	"fmt"
	"path/filepath"
	"regexp"
	"time"
)

// Function is one compiled function: a directory with an executable named
// bootstrap, as `provided.al2023` wants it.
type Function struct {
	Name string
	// Dir holds bootstrap; it is the process's working directory.
	Dir string
	// Env are the function's own variables, NAME=VALUE. Nothing of the host's
	// environment reaches a function.
	Env []string
	// Timeout bounds one invocation; 3 s without, as on Lambda.
	Timeout time.Duration
	// InitTimeout bounds the time until a process asks for its first
	// invocation; 10 s without, as on Lambda.
	InitTimeout time.Duration
	// MemoryMB bounds the resident memory of a process; 128 without. A process
	// past it is killed. It is looked at every few milliseconds, on Linux.
	MemoryMB int
	// Concurrency is how many invocations run at once; 1,000 without.
	Concurrency int
}

func (f *Function) defaults() error {
	if !regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`).MatchString(f.Name) {
		return fmt.Errorf("lambdahost: %q is no name of a function", f.Name)
	}
	if f.Timeout <= 0 {
		f.Timeout = 3 * time.Second
	}
	if f.InitTimeout <= 0 {
		f.InitTimeout = 10 * time.Second
	}
	if f.MemoryMB <= 0 {
		f.MemoryMB = 128
	}
	if f.Concurrency <= 0 {
		f.Concurrency = 1000
	}
	return nil
}

// Names of this host in ARNs: no account of anybody.
const (
	region  = "eu-west-1"
	account = "000000000000"
)

// ARN is the function's.
func (f *Function) ARN() string {
	return fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", region, account, f.Name)
}

// environ is what a process of the function sees (AWS Lambda guide, "Defined
// runtime environment variables").
func (f *Function) environ(runtimeAPI, stream string) []string {
	return append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + runtimeAPI,
		"_HANDLER=bootstrap",
		"LAMBDA_TASK_ROOT=" + f.Dir,
		"AWS_REGION=" + region,
		"AWS_DEFAULT_REGION=" + region,
		"AWS_EXECUTION_ENV=AWS_Lambda_provided.al2023",
		"AWS_LAMBDA_FUNCTION_NAME=" + f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		fmt.Sprintf("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%d", f.MemoryMB),
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/" + f.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME=" + stream,
		"LANG=en_US.UTF-8", "TZ=:UTC", "PATH=/usr/local/bin:/usr/bin:/bin",
	}, f.Env...)
}

func (f *Function) bootstrap() string { return filepath.Join(f.Dir, "bootstrap") }
