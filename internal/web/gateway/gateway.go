// Package gateway answers events of an API Gateway HTTP API, payload format
// 2.0, with an http.Handler: the same one that serves on one machine.
package gateway

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"github.com/ontdox/takedown/internal/takedown"
)

// MaxPayload is what Lambda carries each way in one invocation (AWS, "Lambda
// quotas": 6 MB). A larger event is TooLarge; a larger answer becomes a 500
// that says so, since Lambda would drop it without a word.
const MaxPayload = 6 << 20

// Handler turns events into requests to h and its answers into events. Errors
// are for what is no event at all (Malformed, TooLarge); every other refusal
// is an answer of h.
func Handler(h http.Handler) func(ctx context.Context, payload []byte) ([]byte, error) {
	return func(ctx context.Context, payload []byte) ([]byte, error) {
		r, err := request(ctx, payload)
		if err != nil {
			return nil, err
		}
		a := &answer{header: http.Header{}}
		h.ServeHTTP(a, r)
		out, err := json.Marshal(a.event())
		if err == nil && len(out) > MaxPayload {
			out, err = json.Marshal(tooLarge(a.header.Get("X-Request-Id")))
		}
		return out, err
	}
}

// request reads an event. Fields that we do not know are passed over: the
// gateway adds some from time to time, and a misread one changes nothing that
// a use case decides.
func request(ctx context.Context, payload []byte) (*http.Request, error) {
	if len(payload) > MaxPayload {
		return nil, takedown.Errorf(takedown.TooLarge, takedown.NameInvalidInput, "the event is larger than %d MiB", MaxPayload>>20)
	}
	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, &takedown.Error{Kind: takedown.Malformed, Name: takedown.NameInvalidInput, Message: "the event cannot be read", Err: err}
	}
	if e.Version != "2.0" {
		return nil, malformed("version: must be 2.0")
	}
	if e.RequestContext.HTTP.Method == "" || !strings.HasPrefix(e.RawPath, "/") {
		return nil, malformed("the event has no method or no path")
	}
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, malformed("body: is not the base64 that isBase64Encoded says")
		}
	}
	r, err := http.NewRequestWithContext(ctx, e.RequestContext.HTTP.Method, "/", bytes.NewReader(body))
	if err != nil {
		return nil, malformed("requestContext.http.method: is no method")
	}
	describe(r, e)
	return r, nil
}

func malformed(text string) error {
	return takedown.Errorf(takedown.Malformed, takedown.NameInvalidInput, "%s", text)
}

// describe gives a request what a server would have read from the connection.
func describe(r *http.Request, e events.APIGatewayV2HTTPRequest) {
	r.URL = address(e)
	r.RequestURI = r.URL.RequestURI()
	if r.Proto = e.RequestContext.HTTP.Protocol; r.Proto == "" {
		r.Proto = "HTTP/1.1"
	}
	r.ProtoMajor, r.ProtoMinor, _ = http.ParseHTTPVersion(r.Proto) // zeros for what is none
	r.RemoteAddr = e.RequestContext.HTTP.SourceIP + ":0"
	r.Host = e.RequestContext.DomainName
	for name, value := range e.Headers {
		if strings.EqualFold(name, "host") {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	if len(e.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
}

// address is the request's URL. A stage with a name stands before the path.
func address(e events.APIGatewayV2HTTPRequest) *url.URL {
	raw := e.RawPath
	if stage := e.RequestContext.Stage; stage != "" && stage != "$default" {
		if rest := strings.TrimPrefix(raw, "/"+stage); rest == "" || rest[0] == '/' {
			raw = "/" + strings.TrimPrefix(rest, "/")
		}
	}
	u := &url.URL{Path: raw, RawQuery: e.RawQueryString}
	if path, err := url.PathUnescape(raw); err == nil {
		u.Path, u.RawPath = path, raw
	}
	return u
}

// answer collects what a handler writes.
type answer struct {
	header http.Header
	sent   http.Header // as the header was when it went out
	status int
	body   bytes.Buffer
}

var _ io.StringWriter = (*answer)(nil)

// Header is the answer's, until it is written.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader sends status and header, once.
func (a *answer) WriteHeader(status int) {
	if a.sent == nil {
		a.status, a.sent = status, a.header.Clone()
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// WriteString is Write without a copy.
func (a *answer) WriteString(s string) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.WriteString(s)
}

// event is the answer as the gateway takes it: several values of one header
// joined, cookies apart, a body that is no text in base64.
func (a *answer) event() events.APIGatewayV2HTTPResponse {
	a.WriteHeader(http.StatusOK)
	out := events.APIGatewayV2HTTPResponse{StatusCode: a.status, Headers: map[string]string{}, Cookies: a.sent.Values("Set-Cookie")}
	for name, values := range a.sent {
		switch name {
		case "Set-Cookie", "Content-Length", "Transfer-Encoding", "Connection": // the gateway writes its own
		default:
			out.Headers[name] = strings.Join(values, ", ")
		}
	}
	body := a.body.Bytes()
	if isText(a.sent.Get("Content-Type")) && utf8.Valid(body) {
		out.Body = string(body)
	} else if len(body) > 0 {
		out.Body, out.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return out
}

func isText(contentType string) bool {
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && (strings.HasPrefix(mediaType, "text/") || mediaType == "application/json" || strings.HasSuffix(mediaType, "+json"))
}

// tooLarge stands for an answer that Lambda would not carry.
func tooLarge(requestID string) events.APIGatewayV2HTTPResponse {
	body, _ := json.Marshal(map[string]any{ // strings and a number: it can be
		"type": "about:blank", "title": http.StatusText(http.StatusInternalServerError), "status": http.StatusInternalServerError,
		"detail": "the answer is larger than 6 MiB: ask for less of it, for example with limit", "requestId": requestID,
	})
	return events.APIGatewayV2HTTPResponse{
		StatusCode: http.StatusInternalServerError, Body: string(body),
		Headers: map[string]string{"Content-Type": "application/problem+json", "Cache-Control": "no-store", "X-Request-Id": requestID},
	}
}
