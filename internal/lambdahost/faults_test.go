package lambdahost

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// processOf reads the id that a waiting function wrote into its file.
func processOf(t *testing.T, w *waiting) int {
	t.Helper()
	b, err := os.ReadFile(w.file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(string(b))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestAProcessKilledFromOutsideEndsItsInvocationOnly(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t)}})
	w := f.startWaiting(t)
	if err := syscall.Kill(processOf(t, w), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-w.done; err != nil {
		t.Fatal(err)
	}
	a := decode(t, w.out.Payload)
	if said := requestIDs.ReplaceAllString(a.ErrorMessage, "<id>"); aws.ToString(w.out.FunctionError) != "Unhandled" ||
		a.ErrorType != "Runtime.ExitError" || said != "RequestId: <id> Error: Runtime exited with error: signal: killed" {
		t.Errorf("got %s", w.out.Payload)
	}
	f.ok(t, `{}`)
}

func TestAnIdleProcessThatIsKilledIsReplaced(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t)}})
	fn := f.functions["probe"]
	for range 5 {
		first := f.ok(t, `{}`)
		if err := syscall.Kill(first.PID, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		gone := soon(func() bool {
			fn.mu.Lock()
			defer fn.mu.Unlock()
			return len(fn.idle) == 0
		})
		if next := f.ok(t, `{}`); !gone || next.PID == first.PID {
			t.Errorf("process %d was not replaced", first.PID)
		}
	}
}

func TestACallerThatGoesAwayStopsNothing(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t, func(f *Function) { f.Reserved = 1 })}})
	file := filepath.Join(t.TempDir(), "running")
	payload, _ := json.Marshal(map[string]string{"do": "wait", "file": file})
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		_, err := f.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("probe"), Payload: payload})
		left <- err
	}()
	if !soon(func() bool { _, err := os.Stat(file); return err == nil }) {
		t.Fatal("the function never began")
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	_, err := f.invoke(t, `{}`)
	refused(t, err, "TooManyRequestsException", 429) // it runs on
	pid, _ := os.ReadFile(file)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	var next *lambda.InvokeOutput
	if !soon(func() bool { next, err = f.invoke(t, `{}`); return err == nil }) {
		t.Fatal(err)
	}
	if a := decode(t, next.Payload); strconv.Itoa(a.PID) != string(pid) {
		t.Errorf("process %s was replaced by %d", pid, a.PID)
	}
}

func TestClosingEndsWhatRunsAndAnswersItsCallers(t *testing.T) {
	var dropped []Dropped
	var mu sync.Mutex
	f := serve(t, Config{
		Functions: []Function{
			probe(t, func(f *Function) { f.Reserved = 3 }),
			probe(t, func(f *Function) { f.Name, f.Env = "never", map[string]string{"PROBE_INIT": "hang"} }),
		},
		OnFailure: func(d Dropped) {
			mu.Lock()
			defer mu.Unlock()
			dropped = append(dropped, d)
		},
	})
	running := []*waiting{f.startWaiting(t), f.startWaiting(t), f.startWaiting(t)}
	starting := make(chan error, 1)
	go func() {
		_, err := f.Invoke(Request{Name: "never"})
		starting <- err
	}()
	id, err := f.Enqueue(Request{Name: "probe", Payload: []byte(`{"text":"later"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for _, w := range running {
		refused(t, <-w.done, "ServiceException", http.StatusInternalServerError)
	}
	var api *APIError
	if err := <-starting; !errors.As(err, &api) || api.Name != "ServiceException" {
		t.Errorf("got %v", err)
	}
	if len(dropped) != 1 || dropped[0].RequestID != id || dropped[0].Reason != "HostClosed" || dropped[0].Attempts != 0 {
		t.Errorf("dropped %+v", dropped)
	}
	_, err = f.invoke(t, `{}`)
	refused(t, err, "ServiceException", http.StatusInternalServerError)
	if _, err := f.Enqueue(Request{Name: "probe"}); !errors.As(err, &api) || api.Name != "ServiceException" {
		t.Errorf("got %v", err)
	}
}

func TestWhatAFunctionStartedEndsWithIt(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t)}})
	child := f.ok(t, `{"do":"child"}`)
	if err := syscall.Kill(child.PID, 0); err != nil {
		t.Fatalf("the child does not run: %v", err)
	}
	if out, err := f.invoke(t, `{"do":"exit","n":1}`); err != nil || out.FunctionError == nil {
		t.Fatalf("got %+v, %v", out, err)
	}
	if !soon(func() bool { return !runs(child.PID) }) {
		t.Errorf("process %d is left behind", child.PID)
	}
}

// runs: a process that nobody has reaped yet does not.
func runs(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	for i := len(stat) - 1; i > 0; i-- {
		if stat[i] == ')' {
			return i+2 < len(stat) && stat[i+2] != 'Z'
		}
	}
	return true
}

func TestAnEventIsTriedThriceAndThenGivenUp(t *testing.T) {
	dropped := make(chan Dropped, 10)
	f := serve(t, Config{
		Functions:    []Function{probe(t)},
		EventRetries: []time.Duration{0, 0},
		OnFailure:    func(d Dropped) { dropped <- d },
	})
	id, err := f.Enqueue(Request{Name: "probe:$LATEST", Payload: []byte(`{"do":"named","text":"never"}`), ClientContext: []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	d := <-dropped
	if d.RequestID != id || d.Attempts != 3 || d.Reason != "RetriesExhausted" || string(d.Payload) != `{"do":"named","text":"never"}` ||
		decode(t, d.Response).ErrorType != "Conflict" || d.Function != "arn:aws:lambda:eu-west-1:000000000000:function:probe:$LATEST" {
		t.Errorf("got %+v", d)
	}
	if n := len(dropped); n != 0 {
		t.Errorf("told %d times more", n)
	}
}

func TestAnEventWaitsForAPlaceAndIsNotRefused(t *testing.T) {
	f := serve(t, Config{
		Functions: []Function{probe(t, func(f *Function) { f.Reserved = 1 })},
		OnFailure: func(d Dropped) { t.Errorf("given up: %+v", d) },
	})
	w := f.startWaiting(t)
	file := filepath.Join(t.TempDir(), "event")
	payload, _ := json.Marshal(map[string]string{"do": "wait", "file": file})
	if _, err := f.Enqueue(Request{Name: "probe", Payload: payload}); err != nil {
		t.Fatal(err)
	}
	w.letGo(t)
	if !soon(func() bool { return os.Remove(file) == nil }) {
		t.Error("the event never ran")
	}
	if !soon(func() bool { return len(f.queue) == 0 }) {
		t.Error("the event never ended")
	}
}
