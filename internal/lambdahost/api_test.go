package lambdahost_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/lambdahost"
)

// answer is what came back over the Invoke API.
type answer struct {
	status int
	header http.Header
	body   string
}

// call makes one call of the Invoke API with a plain client.
func call(t testing.TB, server, function, event string, header map[string]string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server+"/2015-03-31/functions/"+function+"/invocations", strings.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if cerr := resp.Body.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func serve(t testing.TB, h *lambdahost.Host) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// TestInvokeAPI holds status, headers and body of the answers.
func TestInvokeAPI(t *testing.T) {
	url := serve(t, host(t, nil, lambdahost.Options{}))
	large := `{"do":"` + strings.Repeat("x", 6<<20) + `"}`
	for name, c := range map[string]struct {
		function, event string
		header          map[string]string
		status          int
		errorType, has  string
	}{
		"by name":             {"probe", `{}`, nil, 200, "", `"pid"`},
		"by ARN":              {"arn:aws:lambda:eu-west-1:000000000000:function:probe", `{}`, nil, 200, "", `"pid"`},
		"by ARN, qualified":   {"arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Aprobe%3A$LATEST", `{}`, nil, 200, "", `"pid"`},
		"by account":          {"000000000000:function:probe", `{}`, nil, 200, "", `"pid"`},
		"without a payload":   {"probe", "", nil, 200, "", `"pid"`},
		"function's error":    {"probe", `{"do":"fail"}`, nil, 200, "", `"errorType":"Conflict"`},
		"unknown":             {"nobody", `{}`, nil, 404, "ResourceNotFoundException", "Function not found: arn:aws:lambda:eu-west-1:000000000000:function:nobody"},
		"not JSON":            {"probe", `{`, nil, 400, "InvalidRequestContentException", "Could not parse request body into json"},
		"too large":           {"probe", large, nil, 413, "RequestTooLargeException", "limit 6291456 bytes"},
		"too large an event":  {"probe", `"` + strings.Repeat("x", 1<<20) + `"`, map[string]string{"X-Amz-Invocation-Type": "Event"}, 413, "RequestTooLargeException", "Event invocation type"},
		"dry run":             {"probe", `{"do":"exit"}`, map[string]string{"X-Amz-Invocation-Type": "DryRun"}, 204, "", ""},
		"an invocation's end": {"probe", `{"do":"exit","code":9}`, nil, 200, "", `"errorType":"Runtime.ExitError"`},
		"another kind":        {"probe", `{}`, map[string]string{"X-Amz-Invocation-Type": "Later"}, 400, "InvalidParameterValueException", "InvocationType"},
	} {
		a := call(t, url, c.function, c.event, c.header)
		if a.status != c.status || a.header.Get("X-Amzn-Errortype") != c.errorType || !strings.Contains(a.body, c.has) {
			t.Errorf("%s: %d %s %.300s", name, a.status, a.header.Get("X-Amzn-Errortype"), a.body)
		}
		if failed := strings.Contains(a.body, `"errorType"`); (a.header.Get("X-Amz-Function-Error") == "Unhandled") != failed {
			t.Errorf("%s: X-Amz-Function-Error is %q", name, a.header.Get("X-Amz-Function-Error"))
		}
		if a.header.Get("X-Amzn-Requestid") == "" {
			t.Errorf("%s has no request id", name)
		}
	}
}

// TestLogTail: the caller may see the end of what was printed.
func TestLogTail(t *testing.T) {
	url := serve(t, host(t, nil, lambdahost.Options{}))
	a := call(t, url, "probe", `{"do":"print"}`, map[string]string{"X-Amz-Log-Type": "Tail"})
	log, err := base64.StdEncoding.DecodeString(a.header.Get("X-Amz-Log-Result"))
	if err != nil || !bytes.Contains(log, []byte("said by the function")) {
		t.Errorf("%v: %q", err, log)
	}
}

// TestConcurrency: past its limit a function is throttled with the reason, and
// a hundred callers who come again all get through on four processes.
func TestConcurrency(t *testing.T) {
	log := listen("hanging")
	h := host(t, func(f *lambdahost.Function) { f.Concurrency = 1; f.Timeout = time.Minute }, lambdahost.Options{Log: log})
	url := serve(t, h)
	hanging(t, h, log)
	a := call(t, url, "probe", `{}`, nil)
	if a.status != http.StatusTooManyRequests || a.header.Get("X-Amzn-Errortype") != "TooManyRequestsException" || !strings.Contains(a.body, `"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"`) {
		t.Errorf("%d %s", a.status, a.body)
	}

	four := serve(t, host(t, func(f *lambdahost.Function) { f.Concurrency = 4 }, lambdahost.Options{}))
	var callers sync.WaitGroup
	var pids sync.Map
	var throttled atomic.Int64
	for range 100 {
		callers.Add(1)
		go func() {
			defer callers.Done()
			for {
				a := call(t, four, "probe", `{}`, nil)
				if a.status == http.StatusOK {
					pids.Store(a.body[:strings.Index(a.body, ",")], true)
					return
				}
				throttled.Add(1)
			}
		}()
	}
	callers.Wait()
	processes := 0
	pids.Range(func(any, any) bool { processes++; return true })
	if processes < 1 || processes > 4 || throttled.Load() == 0 {
		t.Errorf("%d processes, %d throttled", processes, throttled.Load())
	}
}

// TestQueuedEvents: an event is tried three times, then given up and told.
func TestQueuedEvents(t *testing.T) {
	given := make(chan lambdahost.Result, 1)
	h := host(t, nil, lambdahost.Options{
		RetryAfter: []time.Duration{time.Millisecond, time.Millisecond},
		OnFailure:  func(_ string, _ []byte, last lambdahost.Result) { given <- last },
	})
	url := serve(t, h)
	a := call(t, url, "probe", `{"do":"fail"}`, map[string]string{"X-Amz-Invocation-Type": "Event"})
	if a.status != http.StatusAccepted {
		t.Errorf("%d", a.status)
	}
	if last := <-given; !bytes.Contains(last.Payload, []byte(`"errorType":"Conflict"`)) {
		t.Errorf("%s", last.Payload)
	}
	if s, _ := ask(t, h, `{}`); s.Attempts != 4 {
		t.Errorf("the event was tried %d times, want 3", s.Attempts-1)
	}
}
