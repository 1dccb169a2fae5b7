package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/ontdox/takedown/internal/takedown"
)

// Problem is an RFC 9457 answer. It never holds an offending value, nor
// anything of the inside.
type Problem struct {
	Type      string         `json:"type"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail,omitempty"`
	RequestID string         `json:"requestId,omitempty"`
	Errors    []ProblemField `json:"errors,omitempty"`
	retry     bool
}

// ProblemField names one bad field by its JSON pointer.
type ProblemField struct {
	Pointer string `json:"pointer"`
	Detail  string `json:"detail"`
}

// Error gives the sentence for the person.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders asks the client to come back after a 503.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retry {
		h.Set("Retry-After", "2")
	}
	return h
}

// ContentType is application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statuses is the one place where a kind becomes an HTTP status.
var statuses = map[takedown.Kind]int{
	takedown.Malformed: 400, takedown.Unauthorized: 401, takedown.Forbidden: 403, takedown.NotFound: 404,
	takedown.Conflict: 409, takedown.Stale: 412, takedown.TooLarge: 413, takedown.Unsupported: 415,
	takedown.Invalid: 422, takedown.Precondition: 428, takedown.RateLimited: 429, takedown.Unavailable: 503,
	takedown.Internal: 500,
}

// problem turns any error into its answer. What is not ours to show is a 500
// without words.
func problem(err error, requestID string) *Problem {
	var ready *Problem
	if errors.As(err, &ready) {
		return ready
	}
	var e *takedown.Error
	if !errors.As(err, &e) {
		return newProblem(http.StatusInternalServerError, "something went wrong on our side", requestID)
	}
	p := newProblem(statuses[e.Kind], e.Message, requestID)
	if p.Status == http.StatusInternalServerError {
		p.Detail = "something went wrong on our side"
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, ProblemField{f.Pointer, f.Detail})
	}
	return p
}

func newProblem(status int, detail, requestID string) *Problem {
	if status == 0 {
		status = http.StatusInternalServerError
	}
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, RequestID: requestID,
		retry: status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests,
	}
}

// humaError replaces the library's own errors, which echo the offending value.
func humaError(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
	requestID := ""
	if ctx != nil {
		requestID = callOf(ctx.Context()).requestID
	}
	p := newProblem(status, msg, requestID)
	for _, err := range errs {
		var d huma.ErrorDetailer
		if !errors.As(err, &d) {
			continue
		}
		detail := d.ErrorDetail()
		if status == http.StatusBadRequest {
			p.Detail = "the body is not well-formed JSON"
			return p
		}
		p.Errors = append(p.Errors, ProblemField{pointerOf(detail.Location), publicMessage(detail.Message)})
	}
	return p
}

// pointerOf turns "body.items[3].kind" into "/items/3/kind".
func pointerOf(location string) string {
	where, rest, _ := strings.Cut(location, ".")
	if where != "body" {
		return location
	}
	var b strings.Builder
	for _, part := range strings.FieldsFunc(rest, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(part))
	}
	return b.String()
}

// publicMessage keeps the library's messages that say what is expected and
// drops those that may carry what was sent.
func publicMessage(m string) string {
	for _, known := range []string{"expected", "unexpected property", "unknown query parameter", "required"} {
		if strings.HasPrefix(m, known) && len(m) < 400 {
			return m
		}
	}
	return "is not right"
}

// etag renders a version.
func etag(version int64) string {
	if version == 0 {
		return ""
	}
	return strconv.Quote(strconv.FormatInt(version, 10))
}
