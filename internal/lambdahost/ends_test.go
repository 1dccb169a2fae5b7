package lambdahost

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

const shortly = time.Second

// ending of an invocation as its caller sees it, and whether its process
// serves the next one.
type endCase struct {
	name, payload    string
	change           func(*Function)
	kind, message    string // message is a pattern; <id> is the request's id
	stack, processOn bool
}

var endCases = []endCase{
	{name: "error", payload: `{"do":"fail","text":"no"}`, kind: "errorString", message: `no`, processOn: true},
	{name: "named error", payload: `{"do":"named","text":"read again"}`, kind: "Conflict", message: `read again`, processOn: true},
	{name: "panic", payload: `{"do":"panic","text":"broken"}`, kind: "errorString", message: `broken`, stack: true},
	{
		name: "exit", payload: `{"do":"exit","n":7}`,
		kind: "Runtime.ExitError", message: `RequestId: <id> Error: Runtime exited with error: exit status 7`,
	},
	{
		name: "exit 0", payload: `{"do":"exit"}`,
		kind: "Runtime.ExitError", message: `RequestId: <id> Error: Runtime exited without providing a reason`,
	},
	{
		name: "time-out", payload: `{"do":"hang"}`, change: func(f *Function) { f.Timeout = shortly },
		kind: "Sandbox.Timedout", message: `RequestId: <id> Error: Task timed out after 1\.00 seconds`,
	},
	{
		name: "out of memory", payload: `{"do":"grow"}`, change: func(f *Function) { f.MemoryMB = 128 },
		kind: "Runtime.ExitError", message: `RequestId: <id> Error: Runtime exited with error: signal: killed`,
	},
	{
		name: "answer too large", payload: `{"do":"big","n":6291555}`,
		kind: "Function.ResponseSizeTooLarge", message: `Response payload size exceeded maximum allowed payload size \(6291556 bytes\)\.`,
	},
	{
		name: "streamed answer breaks", payload: `{"do":"stream","text":"half"}`,
		kind: "errorString", message: `unexpected EOF`, processOn: true,
	},
}

func TestEachEndOfAnInvocationIsLambdas(t *testing.T) {
	for _, c := range endCases {
		t.Run(c.name, func(t *testing.T) {
			f := serve(t, Config{Functions: []Function{probe(t, func(f *Function) {
				if c.change != nil {
					c.change(f)
				}
			})}})
			first := f.ok(t, `{}`)
			out, err := f.invoke(t, c.payload)
			if err != nil {
				t.Fatal(err)
			}
			c.check(t, out)
			if next := f.ok(t, `{}`); (next.PID == first.PID) != c.processOn {
				t.Errorf("process %d, then %d", first.PID, next.PID)
			}
		})
	}
}

func (c endCase) check(t *testing.T, out *lambda.InvokeOutput) {
	t.Helper()
	a := decode(t, out.Payload)
	if out.StatusCode != http.StatusOK || aws.ToString(out.FunctionError) != "Unhandled" || aws.ToString(out.ExecutedVersion) != "$LATEST" {
		t.Errorf("got %d, %s", out.StatusCode, aws.ToString(out.FunctionError))
	}
	said := requestIDs.ReplaceAllString(a.ErrorMessage, "<id>")
	if a.ErrorType != c.kind || !regexp.MustCompile("^"+c.message+"$").MatchString(said) {
		t.Errorf("got %s", out.Payload)
	}
	if (len(a.StackTrace) > 0) != c.stack {
		t.Errorf("stack trace: %v", a.StackTrace)
	}
	if log := tail(t, out); !strings.Contains(log, "END RequestId: ") || !strings.Contains(log, "REPORT RequestId: ") {
		t.Errorf("log %q", log)
	}
}

var requestIDs = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// initCases: the start is tried twice, the second time inside the
// invocation's own time [dg].
var initCases = []endCase{
	{
		name: "exit", change: func(f *Function) { f.Env = map[string]string{"PROBE_INIT": "exit"} },
		kind: "Runtime.ExitError", message: `RequestId: <id> Error: Runtime exited with error: exit status 3`,
	},
	{
		name: "exit 0", change: func(f *Function) { f.Env = map[string]string{"PROBE_INIT": "silent"} },
		kind: "Runtime.ExitError", message: `RequestId: <id> Error: Runtime exited without providing a reason`,
	},
	{
		name: "reported", change: func(f *Function) { f.Env = map[string]string{"PROBE_INIT": "error"} },
		kind: "Probe.NoConfig", message: `PROBE_TABLE is missing`,
	},
	{
		name: "time-out", change: func(f *Function) { f.Env = map[string]string{"PROBE_INIT": "hang"}; f.Timeout = shortly },
		kind: "Sandbox.Timedout", message: `RequestId: <id> Error: Task timed out after 1\.00 seconds`,
	},
	{
		name: "missing", change: func(f *Function) { f.Bootstrap = "/nowhere/bootstrap" },
		kind:    "Runtime.InvalidEntrypoint",
		message: `RequestId: <id> Error: Couldn't find valid bootstrap\(s\): \[/nowhere/bootstrap\]`,
	},
	{
		name: "not executable", change: func(f *Function) { f.Bootstrap = nonsense(f.Bootstrap, 0o600) },
		kind: "Runtime.InvalidEntrypoint", message: `RequestId: <id> Error: fork/exec .*: permission denied`,
	},
	{
		name: "another machine's", change: func(f *Function) { f.Bootstrap = nonsense(f.Bootstrap, 0o700) },
		kind: "Runtime.InvalidEntrypoint", message: `RequestId: <id> Error: fork/exec .*: exec format error`,
	},
}

// nonsense writes a file beside the function that no machine can run.
func nonsense(beside string, mode os.FileMode) string {
	path := filepath.Join(filepath.Dir(beside), "nonsense-"+mode.String())
	if err := os.WriteFile(path, []byte{0x7f, 'E', 'L', 'F', 0, 0, 0, 0}, mode); err != nil {
		panic(err)
	}
	return path
}

func TestEachFailureToStartIsLambdas(t *testing.T) {
	for _, c := range initCases {
		t.Run(c.name, func(t *testing.T) {
			limit := longEnough
			if c.name == "time-out" {
				limit = shortly
			}
			f := serve(t, Config{InitTimeout: limit, Functions: []Function{probe(t, c.change)}})
			out, err := f.invoke(t, `{}`)
			if err != nil {
				t.Fatal(err)
			}
			c.check(t, out)
		})
	}
}

func TestAStartThatFailsOnceIsRepeatedInsideTheInvocation(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t, func(f *Function) {
		f.Env = map[string]string{"PROBE_INIT": "late", "PROBE_FILE": filepath.Join(t.TempDir(), "started")}
	})}})
	if a := f.ok(t, `{"text":"at last"}`); a.Text != "at last" || a.LeftMillis >= longEnough.Milliseconds() {
		t.Errorf("got %+v", a)
	}
}

func TestTheLogsTailIsTheInvocationsOwn(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t)}})
	for _, text := range []string{"first", "second"} {
		out, err := f.invoke(t, `{"do":"print","text":"`+text+`"}`)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(requestIDs.ReplaceAllString(tail(t, out), "<id>")), "\n")
		if len(lines) != 6 || lines[0] != "START RequestId: <id> Version: $LATEST" || lines[1] != text ||
			lines[3] != "and no newline" || lines[4] != "END RequestId: <id>" || !strings.HasPrefix(lines[5], "REPORT RequestId: <id>\tDuration: ") {
			t.Errorf("got %q", lines)
		}
		if cold := strings.Contains(lines[5], "Init Duration"); cold != (text == "first") {
			t.Errorf("%s: %s", text, lines[5])
		}
	}
	out, err := f.invoke(t, `{"do":"print","text":"0123456789","n":2000}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := tail(t, out); len(got) != 4096 || !strings.Contains(got, "REPORT") {
		t.Errorf("a tail of %d bytes: %.80q", len(got), got)
	}
	if log := f.log.String(); !strings.Contains(log, "probe first\n") || !strings.Contains(log, "probe and no newline\n") ||
		strings.Count(log, "probe 0123456789\n") != 2000 || strings.Contains(log, "\x00") {
		t.Errorf("the log is not all there: %.300q", log)
	}
}
