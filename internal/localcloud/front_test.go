package localcloud

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/ontdox/takedown/internal/lambdahost"
)

// asked sends one request through a front and gives the event that its
// function got.
func asked(t *testing.T, r *http.Request, payload string, failed error) (events.APIGatewayV2HTTPRequest, *httptest.ResponseRecorder) {
	t.Helper()
	var got events.APIGatewayV2HTTPRequest
	f := &front{
		function: "desk-api", now: func() time.Time { return time.Date(2027, 3, 22, 8, 0, 0, 0, time.UTC) },
		invoke: func(in lambdahost.Request) (lambdahost.Response, error) {
			dec := json.NewDecoder(bytes.NewReader(in.Payload))
			dec.DisallowUnknownFields()
			if err := dec.Decode(&got); err != nil {
				t.Errorf("the event cannot be read: %v", err)
			}
			out := lambdahost.Response{Payload: []byte(payload)}
			if payload == "" {
				out.FunctionError = "Unhandled"
			}
			return out, failed
		},
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return got, w
}

func TestARequestIsAnEventOfTheGateway(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/v1/cases/case%5Fx?limit=2&role=a&role=b", strings.NewReader(`{"a":"é"}`))
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Add("X-Twice", "1")
	r.Header.Add("X-Twice", "2")
	r.Header.Set("Cookie", "a=1; b=2")
	e, w := asked(t, r, `{"statusCode":201,"headers":{"Etag":"\"3\""},"cookies":["c=1"],"body":"`+base64.StdEncoding.EncodeToString([]byte{0xff, 0})+`","isBase64Encoded":true}`, nil)
	if e.Version != "2.0" || e.RawPath != "/v1/cases/case%5Fx" || e.RawQueryString != "limit=2&role=a&role=b" || e.QueryStringParameters["role"] != "a,b" ||
		e.Headers["x-twice"] != "1,2" || len(e.Cookies) != 2 || e.Body != `{"a":"é"}` || e.IsBase64Encoded || e.RequestContext.HTTP.Method != http.MethodPost || e.RequestContext.TimeEpoch != 1805702400000 {
		t.Errorf("got %+v", e)
	}
	if w.Code != 201 || w.Header().Get("ETag") != `"3"` || w.Header().Get("Set-Cookie") != "c=1" || w.Body.String() != "\xff\x00" {
		t.Errorf("answered %d %v %q", w.Code, w.Header(), w.Body)
	}
}

func TestABodyThatIsNoTextGoesInBase64(t *testing.T) {
	r := httptest.NewRequest(http.MethodPut, "/v1/uploads/x", strings.NewReader("\xff\xd8"))
	r.Header.Set("Content-Type", "image/jpeg")
	if e, _ := asked(t, r, `{"statusCode":204}`, nil); !e.IsBase64Encoded || e.Body != "/9g=" {
		t.Errorf("got %q, %v", e.Body, e.IsBase64Encoded)
	}
}

func TestTheGatewayAnswersForAFunctionThatDoesNot(t *testing.T) {
	for name, c := range map[string]struct {
		payload string
		failed  error
		body    int
		want    int
	}{
		"function error":   {"", nil, 1, 500},
		"no answer of its": {`{"statusCode":0}`, nil, 1, 500},
		"bad base64":       {`{"statusCode":200,"body":"*","isBase64Encoded":true}`, nil, 1, 500},
		"throttled":        {`{}`, &lambdahost.APIError{Status: 429}, 1, 503},
		"above lambda's":   {`{}`, &lambdahost.APIError{Status: 413}, 1, 413},
		"above its own":    {`{"statusCode":200}`, nil, maxGateway + 1, 413},
	} {
		_, w := asked(t, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("a", c.body))), c.payload, c.failed)
		if w.Code != c.want || !strings.Contains(w.Body.String(), `"message"`) {
			t.Errorf("%s: answered %d %q, want %d", name, w.Code, w.Body, c.want)
		}
	}
}
