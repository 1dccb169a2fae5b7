package lambdahost

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
)

var builtIn string // the directory of the compiled functions

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "lambdahost")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	builtIn = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// built compiles a function as its deployment does, once, and gives its path.
var built = func() func(testing.TB, string) string {
	var mu sync.Mutex
	done := map[string]string{}
	return func(t testing.TB, pkg string) string {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		if path, ok := done[pkg]; ok {
			return path
		}
		path := filepath.Join(builtIn, filepath.Base(pkg), "bootstrap")
		cmd := exec.Command("go", "build", "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", path, pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", pkg, err, out)
		}
		done[pkg] = path
		return path
	}
}()

const longEnough = 20 * time.Second

// probe is the function that does what it is told, changed by the test.
func probe(t testing.TB, change ...func(*Function)) Function {
	f := Function{Name: "probe", Bootstrap: built(t, "./testdata/probe"), Timeout: longEnough, MemoryMB: 256}
	for _, c := range change {
		c(&f)
	}
	return f
}

type fixture struct {
	*Host
	log    *safeBuffer
	client *lambda.Client
	url    string
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// serve is a host with its Invoke API and the SDK's client. At the end of the
// test nothing of it may run any more.
func serve(t testing.TB, cfg Config) fixture {
	t.Helper()
	before := runtime.NumGoroutine()
	log := &safeBuffer{}
	cfg.Log = log
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(h.Handler())
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		api.Close()
		if !soon(func() bool { return runtime.NumGoroutine() <= before }) {
			var stacks [1 << 16]byte
			t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks[:], true)])
		}
		if left := childrenOf(os.Getpid()); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	client := lambda.New(lambda.Options{
		BaseEndpoint: aws.String(api.URL), Region: "eu-west-1", RetryMaxAttempts: 1, HTTPClient: api.Client(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
		}),
	})
	return fixture{h, log, client, api.URL}
}

// soon waits until something holds; false after a long time.
func soon(holds func() bool) bool {
	tick, end := time.NewTicker(time.Millisecond), time.After(longEnough)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-end:
			return false
		}
	}
	return true
}

// childrenOf lists the processes whose parent is pid, zombies included.
func childrenOf(pid int) []string {
	var out []string
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		if f := strings.Fields(rest); len(f) > 1 && f[1] == fmt.Sprint(pid) {
			out = append(out, strings.TrimSpace(string(stat)))
		}
	}
	return out
}

func (f fixture) invoke(t testing.TB, payload string) (*lambda.InvokeOutput, error) {
	t.Helper()
	return f.client.Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName: aws.String("probe"), Payload: []byte(payload), LogType: types.LogTypeTail,
	})
}

type answer struct {
	Text, RequestID, ARN, Trace, Custom string
	PID                                 int
	Env                                 []string
	LeftMillis                          int64
	ErrorType, ErrorMessage             string
	StackTrace                          []any
}

// ok invokes and wants the function's own answer.
func (f fixture) ok(t testing.TB, payload string) answer {
	t.Helper()
	out, err := f.invoke(t, payload)
	if err != nil {
		t.Fatalf("%s: %v", payload, err)
	}
	if out.FunctionError != nil {
		t.Fatalf("%s: %s", payload, out.Payload)
	}
	return decode(t, out.Payload)
}

func decode(t testing.TB, b []byte) answer {
	t.Helper()
	var a answer
	if err := json.Unmarshal(b, &a); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	return a
}

func tail(t testing.TB, out *lambda.InvokeOutput) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(aws.ToString(out.LogResult))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// refused wants an exception of the API with that name and status.
func refused(t testing.TB, err error, name string, status int) {
	t.Helper()
	var api smithy.APIError
	var answer interface{ HTTPStatusCode() int }
	if !errors.As(err, &api) || !errors.As(err, &answer) {
		t.Fatalf("got %v, want %s", err, name)
	}
	if api.ErrorCode() != name || answer.HTTPStatusCode() != status {
		t.Fatalf("got %s with %d, want %s with %d: %v", api.ErrorCode(), answer.HTTPStatusCode(), name, status, err)
	}
}

func TestAnInvocationGetsItsContextAndAWarmEnvironmentIsUsedAgain(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t)}})
	out, err := f.client.Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName: aws.String("probe"), Payload: []byte(`{"text":"één"}`),
		ClientContext: aws.String(base64.StdEncoding.EncodeToString([]byte(`{"custom":{"k":"v"}}`))),
	})
	if err != nil {
		t.Fatal(err)
	}
	a := decode(t, out.Payload)
	if out.StatusCode != http.StatusOK || out.FunctionError != nil || aws.ToString(out.ExecutedVersion) != "$LATEST" || out.LogResult != nil {
		t.Errorf("got %+v", out)
	}
	if a.Text != "één" || a.Custom != "v" || a.ARN != "arn:aws:lambda:eu-west-1:000000000000:function:probe" {
		t.Errorf("got %+v", a)
	}
	if a.RequestID == "" || !strings.HasPrefix(a.Trace, "Root=1-") || a.LeftMillis <= 0 || a.LeftMillis > longEnough.Milliseconds() {
		t.Errorf("got %+v", a)
	}
	if again := f.ok(t, `{}`); again.PID != a.PID || again.RequestID == a.RequestID {
		t.Errorf("process %d then %d, request %s then %s", a.PID, again.PID, a.RequestID, again.RequestID)
	}
}

func TestAFunctionIsFoundByEveryFormOfItsName(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t)}})
	arn := "arn:aws:lambda:eu-west-1:000000000000:function:probe"
	for _, c := range []struct{ name, qualifier, want string }{
		{"probe", "", arn},
		{"probe", "$LATEST", arn + ":$LATEST"},
		{"probe:$LATEST", "", arn + ":$LATEST"},
		{"probe:$LATEST", "$LATEST", arn + ":$LATEST"},
		{"000000000000:function:probe", "", arn},
		{"function:probe", "", arn},
		{arn, "", arn},
		{arn + ":$LATEST", "", arn + ":$LATEST"},
	} {
		in := &lambda.InvokeInput{FunctionName: aws.String(c.name)}
		if c.qualifier != "" {
			in.Qualifier = aws.String(c.qualifier)
		}
		out, err := f.client.Invoke(t.Context(), in)
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		if a := decode(t, out.Payload); a.ARN != c.want {
			t.Errorf("%+v: called as %s", c, a.ARN)
		}
	}
	for _, c := range []struct {
		name, qualifier, want string
		status                int
	}{
		{"nobody", "", "ResourceNotFoundException", 404},
		{"probe:7", "", "ResourceNotFoundException", 404},
		{"probe", "live", "ResourceNotFoundException", 404},
		{strings.Replace(arn, "eu-west-1", "us-east-1", 1), "", "ResourceNotFoundException", 404},
		{strings.Replace(arn, "000000000000", "111111111111", 1), "", "ResourceNotFoundException", 404},
		{"probe:$LATEST", "live", "InvalidParameterValueException", 400},
		{"not a name", "", "InvalidParameterValueException", 400},
	} {
		in := &lambda.InvokeInput{FunctionName: aws.String(c.name)}
		if c.qualifier != "" {
			in.Qualifier = aws.String(c.qualifier)
		}
		_, err := f.client.Invoke(t.Context(), in)
		refused(t, err, c.want, c.status)
	}
}

func TestNothingOfTheHostsEnvironmentReachesAFunction(t *testing.T) {
	t.Setenv("HOSTS_OWN_SECRET", "x")
	f := serve(t, Config{Functions: []Function{probe(t, func(f *Function) {
		f.Env = map[string]string{"TAKEDOWN_TABLE": "cases", "TZ": "Europe/Amsterdam"}
	})}})
	var names []string
	for _, line := range f.ok(t, `{"do":"env"}`).Env {
		name, value, _ := strings.Cut(line, "=")
		names = append(names, name)
		if name == "TAKEDOWN_TABLE" && value != "cases" || name == "TZ" && value != "Europe/Amsterdam" {
			t.Errorf("got %s", line)
		}
	}
	want := []string{
		"AWS_DEFAULT_REGION", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
		"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API",
		"AWS_REGION", "LAMBDA_TASK_ROOT", "LANG", "PATH", "TAKEDOWN_TABLE", "TZ", "_HANDLER", "_X_AMZN_TRACE_ID",
	}
	slices.Sort(names)
	if !slices.Equal(names, want) {
		t.Errorf("got  %v\nwant %v", names, want)
	}
}

func TestOneOfOurFunctionsRefusesByNameWhatIsMissing(t *testing.T) {
	whole := map[string]string{
		"TAKEDOWN_TABLE": "cases", "TAKEDOWN_BUCKET": "evidence", "TAKEDOWN_HEADS_BUCKET": "heads",
		"TAKEDOWN_KMS_KEY":       "arn:aws:kms:eu-west-1:000000000000:key/00000000-0000-0000-0000-000000000000",
		"TAKEDOWN_CASE_MACHINE":  "arn:aws:states:eu-west-1:000000000000:stateMachine:case",
		"TAKEDOWN_TRACK_MACHINE": "arn:aws:states:eu-west-1:000000000000:stateMachine:track",
		"AWS_ENDPOINT_URL":       "http://127.0.0.1:1", // nobody listens there
		"AWS_ACCESS_KEY_ID":      "local", "AWS_SECRET_ACCESS_KEY": "local",
	}
	ours := func(name string, env map[string]string) Function {
		path := built(t, "github.com/ontdox/takedown/functions/plan-step")
		return Function{Name: name, Bootstrap: path, Timeout: longEnough, Env: env}
	}
	f := serve(t, Config{Functions: []Function{ours("bare", nil), ours("plan-step", whole)}})
	event, err := os.ReadFile("../../events/plan-step.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]answer{
		"bare":      {ErrorType: "Runtime.ExitError", ErrorMessage: "exit status 1"},
		"plan-step": {ErrorType: "Unavailable", ErrorMessage: "the deployment's own keys cannot be read"},
	} {
		out, err := f.client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String(name), Payload: event})
		if err != nil {
			t.Fatal(err)
		}
		a := decode(t, out.Payload)
		if aws.ToString(out.FunctionError) != "Unhandled" || a.ErrorType != want.ErrorType || !strings.Contains(a.ErrorMessage, want.ErrorMessage) {
			t.Errorf("%s: got %s", name, out.Payload)
		}
	}
}
