package lambdahost

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// quoted is a JSON document of exactly n bytes.
func quoted(n int) []byte { return []byte(`"` + strings.Repeat("a", n-2) + `"`) }

func TestAPayloadThatIsTooLargeOrNoJSONIsRefused(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t)}})
	call := func(kind types.InvocationType, payload []byte) error {
		_, err := f.client.Invoke(t.Context(), &lambda.InvokeInput{
			FunctionName: aws.String("probe"), InvocationType: kind, Payload: payload,
		})
		return err
	}
	for kind, limit := range map[types.InvocationType]int{
		types.InvocationTypeRequestResponse: 6291456, types.InvocationTypeEvent: 1048576, types.InvocationTypeDryRun: 6291456,
	} {
		if err := call(kind, quoted(limit)); err != nil {
			t.Errorf("%s with %d bytes: %v", kind, limit, err)
		}
		err := call(kind, quoted(limit+1))
		refused(t, err, "RequestTooLargeException", 413)
		var typed *types.RequestTooLargeException
		if !errors.As(err, &typed) || !strings.Contains(typed.ErrorMessage(), " byte payload is too large for the "+string(kind)+" invocation type") {
			t.Errorf("%s: %v", kind, err)
		}
		for _, bad := range []string{`{"a":`, `nonsense`, "\xff", `{} {}`} {
			refused(t, call(kind, []byte(bad)), "InvalidRequestContentException", 400)
		}
	}
	refused(t, call("Sometimes", nil), "ValidationException", 400)
}

func TestAPlainClientGetsLambdasHeadersAndBodies(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t)}})
	post := func(path, body string, header ...string) (int, http.Header, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.url+path, io.MultiReader(strings.NewReader(body)))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		if err := errors.Join(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		http.DefaultClient.CloseIdleConnections()
		return resp.StatusCode, resp.Header, string(b)
	}
	const path = "/2015-03-31/functions/probe/invocations"
	for _, c := range []struct {
		name, path, body string
		header           []string
		status           int
		errorType, want  string
	}{
		{"answer", path, `{"text":"x"}`, nil, 200, "", `"text":"x"`},
		{"empty", path, ``, nil, 200, "", `"pid":`},
		{"traced", path, `{}`, []string{"X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793"}, 200, "", `"trace":"Root=1-5759e988-bd862e3fe1be46a994272793"`},
		{"event", path, `{}`, []string{"X-Amz-Invocation-Type", "Event"}, 202, "", ``},
		{"dry run", path, `{}`, []string{"X-Amz-Invocation-Type", "DryRun"}, 204, "", ``},
		{"log type", path, `{}`, []string{"X-Amz-Log-Type", "All"}, 400, "ValidationException", `logType`},
		{"context", path, `{}`, []string{"X-Amz-Client-Context", "%%"}, 400, "InvalidRequestContentException", `Client context`},
		{"unknown", "/2015-03-31/functions/nobody/invocations", `{}`, nil, 404, "ResourceNotFoundException", `{"Type":"User","message":"Function not found: arn:aws:lambda:eu-west-1:000000000000:function:nobody"}`},
		{"qualifier", path + "?Qualifier=7", `{}`, nil, 404, "ResourceNotFoundException", `function:probe:7`},
		{"elsewhere", "/2015-03-31/functions/", ``, nil, 404, "UnknownOperationException", ``},
		{"too large, length not told", path, string(quoted(6291457)), nil, 413, "RequestTooLargeException", `6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)`},
	} {
		status, head, body := post(c.path, c.body, c.header...)
		if status != c.status || head.Get("X-Amzn-Errortype") != c.errorType || !strings.Contains(body, c.want) {
			t.Errorf("%s: got %d %s %q", c.name, status, head.Get("X-Amzn-Errortype"), body)
		}
		if requestIDs.FindString(head.Get("X-Amzn-Requestid")) == "" {
			t.Errorf("%s: no request id", c.name)
		}
	}
}

func TestNoMoreRunAtOnceThanMay(t *testing.T) {
	for _, c := range []struct {
		name   string
		cfg    Config
		reason types.ThrottleReason
	}{
		{"reserved", Config{Functions: []Function{probe(t, func(f *Function) { f.Reserved = 1 })}}, types.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded},
		{"together", Config{Functions: []Function{probe(t)}, Concurrency: 1}, types.ThrottleReasonConcurrentInvocationLimitExceeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := serve(t, c.cfg)
			w := f.startWaiting(t)
			_, err := f.invoke(t, `{}`)
			refused(t, err, "TooManyRequestsException", 429)
			var typed *types.TooManyRequestsException
			if !errors.As(err, &typed) || typed.Reason != c.reason {
				t.Errorf("got %v", err)
			}
			w.letGo(t)
			for range 20 { // the place is free as soon as the answer is there
				f.ok(t, `{}`)
			}
		})
	}
}

// waiting is an invocation that runs until its file is removed.
type waiting struct {
	file string
	done chan error
	out  *lambda.InvokeOutput
}

func (f fixture) startWaiting(t *testing.T) *waiting {
	t.Helper()
	w := &waiting{file: filepath.Join(t.TempDir(), "running"), done: make(chan error, 1)}
	payload, _ := json.Marshal(map[string]string{"do": "wait", "file": w.file, "text": "waited"})
	go func() {
		var err error
		w.out, err = f.client.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("probe"), Payload: payload})
		w.done <- err
	}()
	if !soon(func() bool { _, err := os.Stat(w.file); return err == nil }) {
		t.Fatal("the function never began")
	}
	return w
}

func (w *waiting) letGo(t *testing.T) {
	t.Helper()
	if err := os.Remove(w.file); err != nil {
		t.Fatal(err)
	}
	if err := <-w.done; err != nil {
		t.Fatal(err)
	}
	if a := decode(t, w.out.Payload); a.Text != "waited" {
		t.Errorf("got %s", w.out.Payload)
	}
}

func TestAHundredCallersShareFourPlaces(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t, func(f *Function) { f.Reserved = 4 })}})
	var answered, throttled atomic.Int64
	var mu sync.Mutex
	processes := map[int]bool{}
	var callers sync.WaitGroup
	for range 100 {
		callers.Go(func() {
			for {
				r, err := f.Invoke(Request{Name: "probe", Payload: []byte(`{}`)})
				var api *APIError
				if errors.As(err, &api) && api.Status == http.StatusTooManyRequests {
					throttled.Add(1)
					<-time.After(time.Millisecond) // a caller's own backing off
					continue
				}
				if err != nil || r.FunctionError != "" {
					t.Errorf("got %s, %v", r.Payload, err)
					return
				}
				answered.Add(1)
				mu.Lock()
				defer mu.Unlock()
				processes[decode(t, r.Payload).PID] = true
				return
			}
		})
	}
	callers.Wait()
	if answered.Load() != 100 || throttled.Load() == 0 || len(processes) > 4 {
		t.Errorf("%d answered, %d throttled, %d processes", answered.Load(), throttled.Load(), len(processes))
	}
}

func TestAConfigurationThatCannotWorkIsRefusedByField(t *testing.T) {
	good := Function{Name: "f", Bootstrap: "/f/bootstrap"}
	for want, change := range map[string]func(*Config, *Function){
		"Name":        func(_ *Config, f *Function) { f.Name = "a b" },
		"Bootstrap":   func(_ *Config, f *Function) { f.Bootstrap = "bootstrap" },
		"Timeout":     func(_ *Config, f *Function) { f.Timeout = 16 * time.Minute },
		"MemoryMB":    func(_ *Config, f *Function) { f.MemoryMB = 64 },
		"Reserved":    func(_ *Config, f *Function) { f.Reserved = -1 },
		"_HANDLER":    func(_ *Config, f *Function) { f.Env = map[string]string{"_HANDLER": "x"} },
		`"A=B"`:       func(_ *Config, f *Function) { f.Env = map[string]string{"A=B": "x"} },
		"Account":     func(c *Config, _ *Function) { c.Account = "12" },
		"Concurrency": func(c *Config, _ *Function) { c.Concurrency = -1 },
		"InitTimeout": func(c *Config, _ *Function) { c.InitTimeout = -1 },
		"twice":       func(c *Config, _ *Function) { c.Functions = append(c.Functions, good) },
	} {
		cfg, f := Config{}, good
		change(&cfg, &f)
		cfg.Functions = append(cfg.Functions, f)
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

func TestALargeAnswerWithinTheLimitComesWhole(t *testing.T) {
	f := serve(t, Config{Functions: []Function{probe(t)}})
	out, err := f.invoke(t, `{"do":"big","n":6291554}`) // with its quotes the very limit
	if err != nil || out.FunctionError != nil || !bytes.Equal(out.Payload, []byte(`"`+strings.Repeat("A", 6291554)+`"`)) {
		t.Errorf("got %d bytes, %v", len(out.Payload), err)
	}
}
