package lambdahost_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/lambdahost"
)

// compile makes a package's bootstrap as it is made for Lambda.
func compile(ctx context.Context, dir, pkg string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(dir, "bootstrap"), pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	return cmd.CombinedOutput()
}

// probeDir is where the probe lies, compiled once.
var probeDir string

func TestMain(m *testing.M) { os.Exit(withProbe(m)) }

func withProbe(m *testing.M) int {
	dir, err := os.MkdirTemp("", "probe")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	probeDir = dir
	if out, err := compile(context.Background(), dir, "./testdata/probe"); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

func host(t testing.TB, change func(*lambdahost.Function), o lambdahost.Options) *lambdahost.Host {
	t.Helper()
	fn := lambdahost.Function{Name: "probe", Dir: probeDir, Timeout: 5 * time.Second}
	if change != nil {
		change(&fn)
	}
	o.Functions = append(o.Functions, fn)
	h, err := lambdahost.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

// said is what a function answered.
type said struct {
	PID      int      `json:"pid"`
	ARN      string   `json:"arn"`
	Request  string   `json:"request"`
	Left     int64    `json:"leftMs"`
	Env      []string `json:"env"`
	Attempts int      `json:"attempts"`

	ErrorType    string `json:"errorType"`
	ErrorMessage string `json:"errorMessage"`
	Stack        []any  `json:"stackTrace"`
}

func ask(t testing.TB, h *lambdahost.Host, event string) (said, lambdahost.Result) {
	t.Helper()
	r, err := h.Invoke(t.Context(), "probe", []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	var s said
	if err := json.Unmarshal(r.Payload, &s); err != nil {
		t.Fatalf("%v: %s", err, r.Payload)
	}
	return s, r
}

// TestAnswers: the process is kept warm, knows its deadline and its request,
// and sees nothing of the host's environment.
func TestAnswers(t *testing.T) {
	t.Setenv("TAKEDOWN_SECRET_OF_THE_HOST", "1")
	h := host(t, func(f *lambdahost.Function) { f.Env = []string{"MINE=yes"} }, lambdahost.Options{})
	first, r := ask(t, h, `{"do":"env"}`)
	if r.FunctionError != "" || first.Request != r.RequestID || first.ARN != "arn:aws:lambda:eu-west-1:000000000000:function:probe" {
		t.Errorf("%+v %+v", first, r)
	}
	if first.Left <= 0 || first.Left > 5000 {
		t.Errorf("%d ms left of 5 s", first.Left)
	}
	if !slices.Contains(first.Env, "MINE=yes") || slices.ContainsFunc(first.Env, func(v string) bool { return strings.HasPrefix(v, "TAKEDOWN_") || strings.HasPrefix(v, "HOME=") }) {
		t.Errorf("environment: %v", first.Env)
	}
	for range 20 {
		again, _ := ask(t, h, `{}`)
		if again.PID != first.PID {
			t.Fatalf("a second process %d beside %d", again.PID, first.PID)
		}
	}
}

// TestFailures: each way to fail gives the type that Lambda gives, and the next
// invocation finds a working process.
func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		event, errorType, message string
		fresh                     bool // the process is replaced
	}{
		"a named error": {`{"do":"fail"}`, "Conflict", "a named error", false},
		"a panic":       {`{"do":"panic"}`, "string", "as asked", true},
		"time-out":      {`{"do":"hang"}`, "Sandbox.Timedout", "Task timed out after 1.00 seconds", true},
		"a crash":       {`{"do":"exit","code":3}`, "Runtime.ExitError", "Runtime exited with error: exit status 3", true},
		"a quiet end":   {`{"do":"exit"}`, "Runtime.ExitError", "Runtime exited without providing a reason", true},
		"out of memory": {`{"do":"grow"}`, "Runtime.ExitError", "Runtime exited with error: signal: killed", true},
		"too much said": {`{"do":"large","size":7000000}`, "Function.ResponseSizeTooLarge", "exceeded maximum allowed payload size", true}, // the Go runtime ends where its answer is refused,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "out of memory" && runtime.GOOS != "linux" {
				t.Fatal("memory is bounded on Linux")
			}
			h := host(t, func(f *lambdahost.Function) { f.Timeout = time.Second; f.MemoryMB = 64 }, lambdahost.Options{})
			before, _ := ask(t, h, `{}`)
			got, r := ask(t, h, c.event)
			if r.FunctionError != "Unhandled" || got.ErrorType != c.errorType || !strings.Contains(got.ErrorMessage, c.message) {
				t.Errorf("%s %s", r.FunctionError, r.Payload)
			}
			after, _ := ask(t, h, `{}`)
			if replaced := after.PID != before.PID; replaced != c.fresh {
				t.Errorf("process replaced: %v, want %v", replaced, c.fresh)
			}
		})
	}
}

// TestInit: a process that never asks for an event.
func TestInit(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*lambdahost.Function)
		errorType string
	}{
		"ends": {func(f *lambdahost.Function) { f.Env = []string{"PROBE_INIT=exit"} }, "Runtime.ExitError"},
		"hangs": {func(f *lambdahost.Function) {
			f.Env = []string{"PROBE_INIT=hang"}
			f.InitTimeout = 200 * time.Millisecond
		}, "Sandbox.Timedout"},
		"no bootstrap": {func(f *lambdahost.Function) { f.Dir = t.TempDir() }, "Runtime.InvalidEntrypoint"},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, c.change, lambdahost.Options{})
			if got, r := ask(t, h, `{}`); r.FunctionError != "Unhandled" || got.ErrorType != c.errorType {
				t.Errorf("%s %s", r.FunctionError, r.Payload)
			}
		})
	}
}

// heard is a log that says when a function printed something.
type heard struct {
	word string
	once sync.Once
	done chan struct{}
}

func listen(word string) *heard { return &heard{word: word, done: make(chan struct{})} }

func (l *heard) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(l.word)) {
		l.once.Do(func() { close(l.done) })
	}
	return len(p), nil
}

// hanging starts an invocation and comes back when the function is in it.
func hanging(t *testing.T, h *lambdahost.Host, log *heard) <-chan lambdahost.Result {
	t.Helper()
	done := make(chan lambdahost.Result, 1)
	go func() {
		r, err := h.Invoke(context.WithoutCancel(t.Context()), "probe", []byte(`{"do":"hang"}`))
		if err != nil {
			t.Error(err)
		}
		done <- r
	}()
	<-log.done
	return done
}

// TestKilledFromOutside: the operator's kill under an invocation is an exit of
// the runtime; the invocation after it works.
func TestKilledFromOutside(t *testing.T) {
	log := listen("hanging")
	h := host(t, func(f *lambdahost.Function) { f.Timeout = time.Minute }, lambdahost.Options{Log: log})
	before, _ := ask(t, h, `{}`)
	done := hanging(t, h, log)
	if err := syscall.Kill(before.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if r := <-done; !bytes.Contains(r.Payload, []byte("Runtime.ExitError")) {
		t.Errorf("%s", r.Payload)
	}
	if after, _ := ask(t, h, `{}`); after.PID == before.PID || after.PID == 0 {
		t.Errorf("%+v", after)
	}
}

// TestClose: closing ends the processes and what they are about.
func TestClose(t *testing.T) {
	log := listen("hanging")
	h := host(t, func(f *lambdahost.Function) { f.Timeout = time.Minute }, lambdahost.Options{Log: log})
	running, _ := ask(t, h, `{}`)
	done := hanging(t, h, log)
	h.Close()
	if r := <-done; !bytes.Contains(r.Payload, []byte("Runtime.ExitError")) {
		t.Errorf("%s", r.Payload)
	}
	if err := syscall.Kill(running.PID, 0); err == nil {
		t.Errorf("process %d lives on", running.PID)
	}
	if _, err := h.Invoke(t.Context(), "probe", []byte(`{}`)); err == nil {
		t.Error("a closed host invokes")
	}
}

// TestCallerGone: the function goes on without its caller, and its process is
// used again.
func TestCallerGone(t *testing.T) {
	h := host(t, nil, lambdahost.Options{})
	before, _ := ask(t, h, `{}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Invoke(ctx, "probe", []byte(`{"do":"print"}`)); err == nil {
		t.Log("the answer was faster than the caller's end")
	}
	if after, _ := ask(t, h, `{}`); after.PID == 0 || (after.PID == before.PID && after.Attempts != 3) {
		t.Errorf("%+v", after)
	}
}

// TestOurOwnFunction: a function of this module, compiled as it is deployed,
// refuses with a name that a machine can match.
func TestOurOwnFunction(t *testing.T) {
	var env []string
	for _, name := range []string{"TABLE", "BUCKET", "HEADS_BUCKET", "KMS_KEY", "CASE_MACHINE", "TRACK_MACHINE", "SES_CONFIGURATION"} {
		env = append(env, "TAKEDOWN_"+name+"=example")
	}
	dir := t.TempDir()
	if out, err := compile(t.Context(), dir, "../../functions/plan-step"); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	h, err := lambdahost.New(lambdahost.Options{Functions: []lambdahost.Function{{Name: "plan-step", Dir: dir, Env: env, Timeout: 10 * time.Second}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	r, err := h.Invoke(t.Context(), "plan-step", []byte(`{"v":1,"track":"track_example","generation":1}`))
	if err != nil || r.FunctionError != "Unhandled" || !bytes.Contains(r.Payload, []byte(`"errorType":"Unavailable"`)) || !bytes.Contains(r.Payload, []byte("missing adapters")) {
		t.Errorf("%v %s %s", err, r.FunctionError, r.Payload)
	}
}
