package stepfn_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/engine/enginetest"
	"github.com/ontdox/takedown/internal/skip"
	"github.com/ontdox/takedown/internal/takedown"
)

// localstack is its endpoint; the test is skipped without.
func localstack(t *testing.T) string {
	t.Helper()
	url := os.Getenv("TAKEDOWN_LOCALSTACK")
	if url == "" {
		skip.Now(t, "TAKEDOWN_LOCALSTACK names no endpoint of LocalStack")
	}
	return url
}

// functions is Lambda's Invoke API over handlers in this process; their names
// begin with a prefix that is this test's own.
type functions struct {
	prefix   string
	handlers map[string]enginetest.Handler
}

// serve registers functions with LocalStack, whose calls then come here.
func serve(t *testing.T, endpoint string, handlers map[string]enginetest.Handler) *functions {
	t.Helper()
	f := &functions{"t" + strings.ToLower(rand.Text()[:12]), handlers}
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	body, err := json.Marshal(map[string]string{"prefix": f.prefix, "url": s.URL})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, endpoint+"/_takedown/functions", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusNoContent {
		t.Fatalf("registering functions: %d, %v", res.StatusCode, err)
	}
	return f
}

// ServeHTTP invokes a function; an error of it is answered as Lambda does.
func (f *functions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/2015-03-31/functions/"+f.prefix), "/invocations")
	handler := f.handlers[name]
	if handler == nil {
		w.Header().Set("X-Amzn-Errortype", "ResourceNotFoundException")
		w.WriteHeader(http.StatusNotFound)
		return
	}
	payload, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	out, err := guarded(handler, r.Context(), payload)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amz-Executed-Version", "$LATEST")
	if err != nil {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		out = []byte(fmt.Sprintf(`{"errorMessage":%q,"errorType":%q}`, err.Error(), nameOf(err)))
	}
	_, _ = w.Write(out) // a caller that went away is not told
}

// panicked is a panic under the name that a compiled function gives it.
type panicked struct{ said any }

func (p panicked) Error() string { return fmt.Sprint(p.said) }

func guarded(h enginetest.Handler, ctx context.Context, payload []byte) (out []byte, err error) {
	defer func() {
		if said := recover(); said != nil {
			err = panicked{said}
		}
	}()
	return h(ctx, payload)
}

// unnamed is what a runtime without a word for its failure says.
type service struct{ name string }

func (s service) Error() string { return s.name }

func nameOf(err error) string {
	if s, ok := err.(service); ok { //nolint:errorlint // a script's own, never wrapped
		return s.name
	}
	if _, ok := err.(panicked); ok { //nolint:errorlint // made just above, never wrapped
		return "string"
	}
	return takedown.NameOf(err)
}

// machinesOn makes the machines under names of this test's own.
func machinesOn(t *testing.T, endpoint string, f *functions, definitions map[string][]byte, substitutions map[string]string) engine {
	t.Helper()
	e := dial(endpoint, map[string]string{})
	for name, text := range definitions {
		arn, err := e.create(t.Context(), f.prefix+"-"+name, fill(f, text, substitutions))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		e.machines[name] = arn
	}
	return dial(endpoint, e.machines)
}

func fill(f *functions, text []byte, substitutions map[string]string) string {
	out := string(text)
	for key, name := range substitutions {
		out = strings.ReplaceAll(out, "${"+key+"}", f.prefix+name)
	}
	return out
}

// deviations of LocalStack 4.14.0, each with where its source shows it
// (localstack/services/stepfunctions/…).
var deviations = map[enginetest.Deviation]string{
	enginetest.NamesPerMachine:    "AWS's own rule: StartExecution, name, \"unique for your AWS account, Region, and state machine\"",
	enginetest.ClosedTokens:       "provider.py, send_task_success: every consumer error is TaskDoesNotExist, an ended execution's token InvalidToken; a completed task's endpoint stays open",
	enginetest.SameToken:          "state_task_service_callback.py, _eval_body makes the token, the retries run inside of execute_state.py, _eval_state",
	enginetest.LateStop:           "execution_worker.py sets the program's state only; nothing wakes the callback's wait; Execution tells no error of a ProgramStopped",
	enginetest.LooseDefinitions:   "static_analyser.py checks no transitions: a Next to nowhere, a state that nothing reaches",
	enginetest.HeartbeatIsTimeout: "state_task_service_callback.py raises HeartbeatTimeoutError, which state_task.py, _from_error, takes for any TimeoutError",
	enginetest.PlainNames:         "provider.py, _STATE_MACHINE_EXECUTION_ARN_REGEX takes no such letters",
	enginetest.UnknownTokens:      "provider.py, send_task_success ends in InvalidToken when no execution knows the token",
}

// started is an engine that remembers what it started, to know when all of it
// rests.
type started struct {
	engine
	mu    *sync.Mutex
	names *[]string
}

func (s started) Start(ctx context.Context, machine, name string, input []byte) error {
	err := s.engine.Start(ctx, machine, name, input)
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		*s.names = append(*s.names, name)
	}
	return err
}

// rests says whether an execution waits for a token, a timer or a retry that is
// not due, or has ended.
func rests(x casework.Execution, now time.Time) bool {
	if x.Status != "RUNNING" {
		return true
	}
	switch x.WaitsFor {
	case "token", "timer", "retry":
		return x.WaitsUntil.IsZero() || now.Before(x.WaitsUntil)
	}
	return false
}

// settle waits until all that was started rests.
func (s started) settle(t *testing.T) {
	t.Helper()
	tick, end := time.NewTicker(100*time.Millisecond), time.NewTimer(time.Minute)
	defer tick.Stop()
	defer end.Stop()
	for {
		s.mu.Lock()
		names := append([]string(nil), *s.names...)
		s.mu.Unlock()
		busy := ""
		for _, name := range names {
			x, err := s.Describe(context.Background(), name)
			if err != nil {
				t.Fatalf("Describe %s: %v", name, err)
			}
			if !rests(x, time.Now()) {
				busy = fmt.Sprintf("%+v", x)
			}
		}
		if busy == "" {
			return
		}
		select {
		case <-end.C:
			t.Fatalf("does not rest: %s", busy)
		case <-tick.C:
		}
	}
}

// slack is how far an instant is left behind before something due then is
// looked for.
const slack = 300 * time.Millisecond

// TestLocalStack is the contract, on an engine and in a time that are not ours.
func TestLocalStack(t *testing.T) {
	endpoint := localstack(t)
	enginetest.RunReal(t, func(t *testing.T, s enginetest.Setup) enginetest.Harness {
		f := serve(t, endpoint, s.Handlers)
		e := started{machinesOn(t, endpoint, f, s.Machines, s.Substitutions), new(sync.Mutex), new([]string)}
		return enginetest.Harness{
			Engine: e, NoTimers: true, ReadsHistory: true, Deviations: deviations,
			Advance: func(d time.Duration) {
				if d > 0 {
					<-time.After(d + slack)
				}
			},
			Settle: func() { e.settle(t) },
			Refuse: func(def string) error {
				_, err := e.create(context.Background(), f.prefix+"-"+strings.ToLower(rand.Text()[:8]), def)
				return err
			},
		}
	})
}
