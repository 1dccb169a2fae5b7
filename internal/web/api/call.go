package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// maxBody is the largest request body; files never pass through it.
const maxBody = 256 << 10

// call is what one request carries through the handlers.
type call struct {
	r         *http.Request
	who       takedown.Principal
	requestID string
	body      []byte
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// path is a path parameter.
func (c *call) path(name string) string { return c.r.PathValue(name) }

// ifMatch reads the expected version of a PUT or PATCH: 0 for If-None-Match: *.
func (c *call) ifMatch() (int64, error) {
	if c.r.Header.Get("If-None-Match") == "*" {
		return 0, nil
	}
	tag := c.r.Header.Get("If-Match")
	if tag == "" {
		return 0, takedown.Errorf(takedown.Precondition, "", "send If-Match with the version you read, or If-None-Match: * the first time")
	}
	s, err := strconv.Unquote(tag)
	if err != nil {
		s = tag
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v < 1 {
		return 0, takedown.Errorf(takedown.Stale, "", "If-Match names no version of this resource")
	}
	return v, nil
}

// limit reads ?limit=, between 1 and 200; 50 without.
func (c *call) limit() (int, error) {
	s := c.r.URL.Query().Get("limit")
	if s == "" {
		return 50, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 200 {
		return 0, &takedown.Error{Kind: takedown.Invalid, Message: "the query is not right", Fields: []takedown.FieldError{{Pointer: "query.limit", Detail: "must be 1 to 200"}}}
	}
	return n, nil
}

func (c *call) query(name string) string { return c.r.URL.Query().Get(name) }

// onlyQuery refuses parameters that a path does not know: a misspelt filter
// would show everything.
func (c *call) onlyQuery(known []string) error {
	var fields []takedown.FieldError
	for name := range c.r.URL.Query() {
		if !slices.Contains(known, name) {
			fields = append(fields, takedown.FieldError{Pointer: "query." + name, Detail: "is no parameter of this path"})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	slices.SortFunc(fields, func(a, b takedown.FieldError) int { return strings.Compare(a.Pointer, b.Pointer) })
	return &takedown.Error{Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Message: "the query is not right", Fields: fields}
}

// open are the paths that answer without a token: they carry their own proof
// or nothing private.
func open(path string) bool {
	return path == "/healthz" || path == "/v1/openapi.json" || strings.HasPrefix(path, "/v1/blobs/") || strings.HasPrefix(path, "/r/")
}

// ServeHTTP checks what every request must have before any handler runs.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{requestID: requestID()}
	c.r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
	w.Header().Set("X-Request-Id", c.requestID)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	defer func() {
		if v := recover(); v != nil {
			a.log.ErrorContext(r.Context(), "panic", "requestId", c.requestID, "panic", v, "stack", string(debug.Stack()))
			writeProblem(w, newProblem(http.StatusInternalServerError, "something went wrong on our side", c.requestID))
		}
	}()
	if err := a.admit(c); err != nil {
		writeProblem(w, problem(err, c.requestID))
		return
	}
	if r.URL.Path == "" || path.Clean(r.URL.Path) != r.URL.Path { // the mux would redirect it
		writeProblem(w, newProblem(http.StatusNotFound, "there is nothing here", c.requestID))
		return
	}
	a.mux.ServeHTTP(w, c.r)
}

// admit finds the principal and reads the body, in this order: nobody we do
// not know makes us read.
func (a *API) admit(c *call) error {
	r := c.r
	if open(r.URL.Path) {
		return nil
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return takedown.Errorf(takedown.Unauthorized, "", "send Authorization: Bearer TOKEN")
	}
	who, err := a.cfg.Authenticate(r.Context(), strings.TrimSpace(token))
	if err != nil {
		return err
	}
	c.who = who
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	if r.Method == http.MethodPost {
		if key := r.Header.Get("Idempotency-Key"); key == "" || len(key) > 200 {
			return takedown.Errorf(takedown.Malformed, "", "send an Idempotency-Key of at most 200 characters with every POST")
		}
	}
	return c.readBody()
}

func (c *call) readBody() error {
	r := c.r
	if r.ContentLength > maxBody {
		return takedown.Errorf(takedown.TooLarge, "", "the body is larger than %d KiB", maxBody>>10)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return takedown.Errorf(takedown.Malformed, "", "the body could not be read")
	}
	if len(body) > maxBody {
		return takedown.Errorf(takedown.TooLarge, "", "the body is larger than %d KiB", maxBody>>10)
	}
	if len(body) > 0 {
		mt, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || (mt != "application/json" && mt != "application/merge-patch+json") {
			return takedown.Errorf(takedown.Unsupported, "", "send application/json")
		}
		r.Header.Set("Content-Type", "application/json")
	}
	c.body = body
	r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

func requestID() string {
	b := make([]byte, 10)
	_, _ = rand.Read(b) // crypto/rand.Read never fails
	return "req_" + strings.ToLower(base32.StdEncoding.EncodeToString(b))
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	for k, vs := range p.GetHeaders() {
		w.Header()[k] = vs
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		slog.Debug("the client went away", "requestId", p.RequestID)
	}
}

// fail logs what the client is not told and gives the answer.
func (a *API) fail(c *call, err error) error {
	p := problem(err, c.requestID)
	if p.Status >= 500 {
		var e *takedown.Error
		cause := err
		if errors.As(err, &e) && e.Err != nil {
			cause = e.Err
		}
		a.log.ErrorContext(c.r.Context(), "request failed", "requestId", c.requestID, "path", c.r.Pattern, "name", takedown.NameOf(err), "cause", cause)
	}
	return p
}
