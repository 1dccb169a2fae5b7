package localcloud

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/uuid"

	"github.com/ontdox/takedown/internal/lambdahost"
)

// front is an HTTP API of API Gateway with one route to one function, as far
// as the function sees it: payload format 2.0, 10 MB, names of headers in
// small letters, several of one name joined with commas, bodies that are no
// text in base64 (AWS, "Working with AWS Lambda proxy integrations for HTTP
// APIs" and "Quotas for configuring and running an HTTP API").
type front struct {
	invoke   func(lambdahost.Request) (lambdahost.Response, error)
	function string
	now      func() time.Time
}

const maxGateway = 10 << 20

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxGateway+1))
	if err != nil {
		refuse(w, http.StatusBadRequest, "Bad Request")
		return
	}
	if len(body) > maxGateway {
		refuse(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	payload, err := json.Marshal(f.event(r, body))
	if err != nil {
		refuse(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	out, err := f.invoke(lambdahost.Request{Name: f.function, Payload: payload})
	if err != nil {
		refuse(w, statusOf(err), "Service Unavailable")
		return
	}
	if out.FunctionError != "" {
		refuse(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	answer(w, out.Payload)
}

// statusOf is what the gateway makes of a function that could not be called.
func statusOf(err error) int {
	var refused *lambdahost.APIError
	if errors.As(err, &refused) && refused.Status == http.StatusRequestEntityTooLarge {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusServiceUnavailable
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"message":"`+message+`"}`) // the client may be gone
}

func (f *front) event(r *http.Request, body []byte) events.APIGatewayV2HTTPRequest {
	at := f.now().UTC()
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: r.URL.EscapedPath(), RawQueryString: r.URL.RawQuery, Headers: map[string]string{"host": r.Host},
		QueryStringParameters: map[string]string{},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: "$default", AccountID: account, Stage: "$default", RequestID: uuid.NewString(), APIID: "local", DomainName: r.Host, DomainPrefix: "local",
			Time: at.Format("02/Jan/2006:15:04:05 -0700"), TimeEpoch: at.UnixMilli(),
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: r.Method, Path: r.URL.Path, Protocol: r.Proto, SourceIP: host, UserAgent: r.UserAgent()},
		},
	}
	for name, values := range r.Header {
		if name == "Cookie" {
			e.Cookies = strings.Split(strings.Join(values, "; "), "; ")
			continue
		}
		e.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	for name, values := range r.URL.Query() {
		e.QueryStringParameters[name] = strings.Join(values, ",")
	}
	e.Body, e.IsBase64Encoded = string(body), false
	if len(body) > 0 && !isText(r.Header.Get("Content-Type")) {
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	}
	return e
}

// isText says whether the gateway passes a body on as it is.
func isText(mediaType string) bool {
	mediaType, _, _ = strings.Cut(strings.ToLower(mediaType), ";")
	mediaType = strings.TrimSpace(mediaType)
	return mediaType == "" || strings.HasPrefix(mediaType, "text/") || mediaType == "application/json" || mediaType == "application/xml" ||
		mediaType == "application/javascript" || mediaType == "application/x-www-form-urlencoded"
}

// answer turns a function's answer into HTTP.
func answer(w http.ResponseWriter, payload []byte) {
	var out events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(payload, &out); err != nil || out.StatusCode < 100 || out.StatusCode > 599 {
		refuse(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	body := []byte(out.Body)
	if out.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(out.Body); err != nil {
			refuse(w, http.StatusInternalServerError, "Internal Server Error")
			return
		}
	}
	for name, value := range out.Headers {
		w.Header().Set(name, value)
	}
	for name, values := range out.MultiValueHeaders {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	for _, cookie := range out.Cookies {
		w.Header().Add("Set-Cookie", cookie)
	}
	w.WriteHeader(out.StatusCode)
	_, _ = w.Write(body) // the client may be gone
}
