package lambdahost

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// polling is an environment without a process: the test speaks for it.
type polling struct {
	*environment
	url string
}

func speak(t *testing.T) polling {
	t.Helper()
	h, err := New(Config{Functions: []Function{{Name: "f", Bootstrap: "/f/bootstrap", Timeout: longEnough}}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := newOutput("f", h.log)
	if err != nil {
		t.Fatal(err)
	}
	e := &environment{
		fn: h.functions["f"], began: time.Now(), out: out, ready: make(chan struct{}),
		initError: make(chan *failure, 1), next: make(chan *invocation), dead: make(chan struct{}),
	}
	server := httptest.NewServer(e.runtimeAPI())
	t.Cleanup(func() { close(e.dead); server.Close(); out.close() })
	return polling{e, server.URL + "/2018-06-01/runtime/"}
}

func (p polling) post(t *testing.T, path, body string) (int, string) {
	t.Helper()
	resp, err := http.Post(p.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// get asks for work, which must be there.
func (p polling) get(t *testing.T) (int, http.Header, string) {
	t.Helper()
	resp, err := http.Get(p.url + "invocation/next")
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(b)
}

// begin hands over an invocation, as run does.
func (p polling) begin(t *testing.T, id, payload string) *invocation {
	t.Helper()
	inv := newInvocation(Request{Payload: []byte(payload), TraceID: "Root=1", ClientContext: []byte(`{"custom":{}}`)}, id, "arn:x")
	inv.deadline = time.UnixMilli(1_800_000_000_123)
	go func() { p.next <- inv }()
	status, head, body := p.get(t)
	for header, want := range map[string]string{
		headerRequestID: id, headerARN: "arn:x", headerTrace: "Root=1", headerDeadline: "1800000000123",
		headerClientContext: `{"custom":{}}`, "Content-Type": "application/json",
	} {
		if got := head.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	if status != http.StatusOK || body != payload {
		t.Errorf("got %d %s", status, body)
	}
	return inv
}

func TestARuntimeThatSpeaksOutOfTurnIsRefused(t *testing.T) {
	p := speak(t)
	want := func(path, body string, status int, kind string) {
		t.Helper()
		got, text := p.post(t, path, body)
		if got != status || !strings.Contains(text, kind) {
			t.Errorf("%s: got %d %s, want %d %s", path, got, text, status, kind)
		}
	}
	want("invocation/1/response", `{}`, 400, "InvalidRequestID")
	inv := p.begin(t, "1", `{"a":1}`)
	if status, _, body := p.get(t); status != http.StatusForbidden || !strings.Contains(body, "InvalidStateTransition") {
		t.Errorf("got %d %s", status, body)
	}
	want("init/error", `{}`, 403, "InvalidStateTransition")
	want("invocation/2/response", `{}`, 400, "InvalidRequestID")
	want("invocation/2/error", `{}`, 400, "InvalidRequestID")
	want("invocation/1/response", `{"b":2}`, 202, "OK")
	want("invocation/1/response", `{"c":3}`, 403, "InvalidStateTransition")
	want("invocation/1/error", `{}`, 403, "InvalidStateTransition")
	want("elsewhere", `{}`, 404, "")
	p.begin(t, "2", `{}`)
	select {
	case <-inv.settled:
	default:
		t.Error("the first invocation is not over")
	}
	if end := p.result(inv); string(end.answer) != `{"b":2}` || end.failed != nil {
		t.Errorf("got %+v", end)
	}
}

func TestAnErrorThatIsNoJSONBecomesADocument(t *testing.T) {
	p := speak(t)
	for i, c := range []struct{ body, header, want string }{
		{`{"errorType":"A","errorMessage":"b","x":1}`, "", `{"errorType":"A","errorMessage":"b","x":1}`},
		{`oops`, "Function.Custom", `{"errorMessage":"the function reported an error that is not JSON","errorType":"Function.Custom"}`},
		{``, "", `{"errorMessage":"the function reported an error that is not JSON","errorType":"Function.Unknown"}`},
	} {
		inv := p.begin(t, fmt.Sprint(i), `{}`)
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, p.url+"invocation/"+inv.id+"/error", strings.NewReader(c.body))
		req.Header.Set(headerErrorType, c.header)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if end := p.result(inv); resp.StatusCode != http.StatusAccepted || string(end.failed.payload(inv.id)) != c.want {
			t.Errorf("got %d %+v", resp.StatusCode, end.failed)
		}
	}
}

func TestAnAnswerOverTheLimitIsRefusedToTheFunctionToo(t *testing.T) {
	p := speak(t)
	inv := p.begin(t, "1", `{}`)
	status, body := p.post(t, "invocation/1/response", string(quoted(maxResponse+1)))
	if status != 413 || !strings.Contains(body, "RequestEntityTooLarge") || !strings.Contains(body, "6291556") {
		t.Errorf("got %d %s", status, body)
	}
	if end := p.result(inv); end.failed == nil || end.failed.kind != "Function.ResponseSizeTooLarge" {
		t.Errorf("got %+v", end)
	}
}

// A mark that is read in two pieces is still no output, and zero bytes of the
// function's own are.
func TestMarksAreNotOutput(t *testing.T) {
	var log safeBuffer
	o, err := newOutput("f", &lines{to: &log})
	if err != nil {
		t.Fatal(err)
	}
	o.begin("1")
	held := o.take([]byte("a\x00b" + string(o.mark[:7])))
	if string(held) != string(o.mark[:7]) {
		t.Errorf("held back %q", held)
	}
	go func() { <-o.reached }()
	if held = o.take(append(held, append(o.mark[7:], "c"...)...)); len(held) != 0 {
		t.Errorf("held back %q", held)
	}
	if _, err := o.w.WriteString("d\n"); err != nil {
		t.Fatal(err)
	}
	o.flush()
	if tail := string(o.end([]string{"END"})); !strings.HasSuffix(tail, "\na\x00bcd\nEND\n") {
		t.Errorf("got %q", tail)
	}
	o.close()
	o.flush() // after the end it does not wait
	scanner := bufio.NewScanner(strings.NewReader(log.String()))
	for scanner.Scan() {
		if !strings.HasPrefix(scanner.Text(), "f ") {
			t.Errorf("got %q", scanner.Text())
		}
	}
	if !json.Valid(errorBody("a\x00", "b\"")) || strings.Contains(log.String(), string(o.mark)) {
		t.Error("the mark is in the log")
	}
}

func TestALineWithoutEndIsCut(t *testing.T) {
	var log safeBuffer
	o, err := newOutput("f", &lines{to: &log})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.w.Write(make([]byte, 3*maxLine)); err != nil && !os.IsTimeout(err) {
		t.Fatal(err)
	}
	o.flush()
	if got := strings.Count(log.String(), "\n"); got < 2 {
		t.Errorf("%d lines after %d bytes", got, 3*maxLine)
	}
	o.close()
}
