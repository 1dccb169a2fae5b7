package gateway

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/ontdox/takedown/internal/takedown"
)

// sample is a request as the gateway sends one.
func sample() events.APIGatewayV2HTTPRequest {
	return events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: "/v1/cases/case_1", RawQueryString: "status=open&status=closed&q=a%20b",
		Cookies: []string{"a=1", "b=2"},
		Headers: map[string]string{
			"host": "api.example.nl", "authorization": "Bearer token", "accept": "text/html,application/json", "content-type": "application/json",
		},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			Stage: "$default", RequestID: "r1", DomainName: "api.example.nl",
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: "POST", Path: "/v1/cases/case_1", Protocol: "HTTP/1.1", SourceIP: "192.0.2.1"},
		},
		Body: `{"é":1}`,
	}
}

// ask sends an event to a handler and gives the answer.
func ask(t *testing.T, e events.APIGatewayV2HTTPRequest, h http.HandlerFunc) events.APIGatewayV2HTTPResponse {
	t.Helper()
	in, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Handler(h)(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(out) > MaxPayload {
		t.Errorf("an answer of %d bytes", len(out))
	}
	var a events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnEventIsTheRequestThatWasMade(t *testing.T) {
	called := false
	ask(t, sample(), func(_ http.ResponseWriter, r *http.Request) {
		called = true
		body, err := io.ReadAll(r.Body)
		got := []any{
			r.Method, r.URL.Path, r.URL.Query()["status"], r.URL.Query().Get("q"), r.Host, r.RemoteAddr, r.Proto, r.ProtoMajor, r.RequestURI,
			r.Header.Get("Authorization"), r.Header.Get("Accept"), r.ContentLength, string(body), err,
		}
		want := []any{
			"POST", "/v1/cases/case_1",
			[]string{"open", "closed"},
			"a b", "api.example.nl", "192.0.2.1:0", "HTTP/1.1", 1,
			"/v1/cases/case_1?status=open&status=closed&q=a%20b", "Bearer token", "text/html,application/json", int64(8), `{"é":1}`, nil,
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		if c, err := r.Cookie("b"); err != nil || c.Value != "2" {
			t.Errorf("cookie b is %v, %v", c, err)
		}
		if _, ok := r.Context().Deadline(); ok {
			t.Error("a deadline of nobody's")
		}
	})
	if !called {
		t.Error("the handler was not called")
	}
}

func TestPaths(t *testing.T) {
	for name, c := range map[string]struct{ stage, raw, path, escaped string }{
		"plain":            {"$default", "/v1/cases", "/v1/cases", "/v1/cases"},
		"escaped":          {"$default", "/v1/contacts/a%2Fb", "/v1/contacts/a/b", "/v1/contacts/a%2Fb"},
		"a stage":          {"prod", "/prod/v1/cases", "/v1/cases", "/v1/cases"},
		"the stage alone":  {"prod", "/prod", "/", "/"},
		"a stage's prefix": {"prod", "/products", "/products", "/products"},
		"a bare percent":   {"$default", "/v1/100%", "/v1/100%", "/v1/100%25"},
	} {
		e := sample()
		e.RawPath, e.RequestContext.Stage = c.raw, c.stage
		ask(t, e, func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path != c.path || r.URL.EscapedPath() != c.escaped {
				t.Errorf("%s: got %q, %q", name, r.URL.Path, r.URL.EscapedPath())
			}
		})
	}
}

func TestBytesComeInAndGoOutAsTheyAre(t *testing.T) {
	raw := []byte{0, 1, 2, 0xff, 0xfe}
	e := sample()
	e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(raw), true
	got := ask(t, e, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(body, raw) {
			t.Errorf("came in as %x, %v", body, err)
		}
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(body)
	})
	if !got.IsBase64Encoded || got.Body != e.Body || got.StatusCode != http.StatusOK {
		t.Errorf("went out as %+v", got)
	}
	// What calls itself text and is none would be spoilt on its way.
	got = ask(t, e, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(raw)
	})
	if !got.IsBase64Encoded || got.Body != e.Body {
		t.Errorf("text went out as %+v", got)
	}
}

func TestAnAnswerIsWhatTheHandlerSaid(t *testing.T) {
	got := ask(t, sample(), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.Header().Add("Allow", "GET")
		w.Header().Add("Allow", "PUT")
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		w.Header().Set("Content-Length", "5")
		w.WriteHeader(http.StatusMethodNotAllowed)
		w.WriteHeader(http.StatusOK)
		w.Header().Set("Late", "yes")
		_, _ = io.WriteString(w, `{"a"`)
		_, _ = w.Write([]byte(`:"ë"}`))
	})
	want := events.APIGatewayV2HTTPResponse{
		StatusCode: 405, Body: `{"a":"ë"}`, Cookies: []string{"a=1", "b=2"},
		Headers: map[string]string{"Content-Type": "application/problem+json", "Allow": "GET, PUT"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := ask(t, sample(), func(http.ResponseWriter, *http.Request) {}); got.StatusCode != http.StatusOK || got.Body != "" || got.IsBase64Encoded {
		t.Errorf("a handler that says nothing: %+v", got)
	}
}

func TestAnAnswerThatLambdaWouldDropSaysSo(t *testing.T) {
	got := ask(t, sample(), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "req_1")
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, strings.Repeat("x", MaxPayload-10))
	})
	if got.StatusCode != http.StatusInternalServerError || got.Headers["X-Request-Id"] != "req_1" || !strings.Contains(got.Body, "larger than 6 MiB") {
		t.Errorf("got %d %v %.200s", got.StatusCode, got.Headers, got.Body)
	}
}

func TestWhatIsNoEventIsRefused(t *testing.T) {
	broken := func(f func(*events.APIGatewayV2HTTPRequest)) []byte {
		e := sample()
		f(&e)
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, c := range map[string]struct {
		payload []byte
		kind    takedown.Kind
		says    string
	}{
		"nothing":       {nil, takedown.Malformed, "cannot be read"},
		"no JSON":       {[]byte("{"), takedown.Malformed, "cannot be read"},
		"no object":     {[]byte(`[]`), takedown.Malformed, "cannot be read"},
		"a task":        {[]byte(`{"v":1,"track":"track_1"}`), takedown.Malformed, "version"},
		"other format":  {broken(func(e *events.APIGatewayV2HTTPRequest) { e.Version = "1.0" }), takedown.Malformed, "version"},
		"no method":     {broken(func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.Method = "" }), takedown.Malformed, "method"},
		"a bad method":  {broken(func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.Method = "GE T" }), takedown.Malformed, "method"},
		"no path":       {broken(func(e *events.APIGatewayV2HTTPRequest) { e.RawPath = "" }), takedown.Malformed, "path"},
		"no slash":      {broken(func(e *events.APIGatewayV2HTTPRequest) { e.RawPath = "v1" }), takedown.Malformed, "path"},
		"not in base64": {broken(func(e *events.APIGatewayV2HTTPRequest) { e.IsBase64Encoded = true }), takedown.Malformed, "body"},
		"too large": {
			broken(func(e *events.APIGatewayV2HTTPRequest) { e.Body = strings.Repeat("x", MaxPayload) }), takedown.TooLarge, "6 MiB",
		},
	} {
		out, err := Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Errorf("%s reached the handler", name) }))(t.Context(), c.payload)
		if out != nil || takedown.KindOf(err) != c.kind || takedown.NameOf(err) != takedown.NameInvalidInput || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %s, %v", name, out, err)
		}
	}
}
