package lambdahost

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// Request is one call of a function.
type Request struct {
	// Name is a function's name, partial ARN or ARN; Qualifier may be empty or
	// $LATEST.
	Name, Qualifier string
	// Payload is JSON; empty means {}.
	Payload []byte
	// ClientContext is JSON that the function gets beside the payload, for
	// synchronous calls only; may be nil.
	ClientContext []byte
	// TraceID is an X-Amzn-Trace-Id; one is made if it is empty.
	TraceID string
}

// Response is how an invocation ended.
type Response struct {
	RequestID string
	// FunctionError is empty, or Unhandled where Payload is an error document.
	FunctionError string
	Payload       []byte
	// LogTail are the last 4 KiB of the invocation's log.
	LogTail []byte
	// Init is how long the environment took from exec to its first request for
	// work; 0 when it was there already.
	Init time.Duration
	// Duration of the invocation without Init.
	Duration time.Duration
}

// invocation is one attempt at a request.
type invocation struct {
	Request
	id, arn  string
	deadline time.Time
	settled  chan struct{} // closed when the environment polls again after its answer

	// The environment's lock guards these.
	delivered, answered bool
	answer              []byte
	failed              *failure
}

// ending is what came of an invocation: err, or failed, or answer.
type ending struct {
	answer []byte
	failed *failure
	err    error
}

// Invoke runs a function and waits for its end, whatever it is. Once started,
// an invocation is not stopped because its caller has lost interest: so it is
// on Lambda. Errors are *APIError.
func (h *Host) Invoke(r Request) (Response, error) {
	fn, inv, err := h.prepare(r, "RequestResponse", maxRequest)
	if err != nil {
		return Response{}, err
	}
	if !h.begin() {
		return Response{}, closing()
	}
	defer h.work.Done()
	if err := fn.tryAcquire(); err != nil {
		return Response{}, err
	}
	defer fn.release()
	return fn.invoke(inv)
}

// Check is a dry run: it refuses what Invoke would refuse at once.
func (h *Host) Check(r Request) error {
	_, _, err := h.prepare(r, "DryRun", maxRequest)
	return err
}

func (h *Host) prepare(r Request, kind string, limit int) (*function, *invocation, error) {
	fn, arn, err := h.find(r.Name, r.Qualifier)
	if err != nil {
		return nil, nil, err
	}
	if len(r.Payload) > limit {
		return nil, nil, tooLarge(int64(len(r.Payload)), kind, limit)
	}
	if len(bytes.TrimSpace(r.Payload)) == 0 {
		r.Payload = []byte("{}")
	}
	if err := checkJSON(r.Payload); err != nil {
		return nil, nil, err
	}
	if r.TraceID == "" {
		r.TraceID = newTrace()
	}
	return fn, newInvocation(r, uuid.NewString(), arn), nil
}

func checkJSON(payload []byte) error {
	var document json.RawMessage
	if err := json.Unmarshal(payload, &document); err != nil {
		return &APIError{
			Status: http.StatusBadRequest, Name: "InvalidRequestContentException",
			Message: "Could not parse request body into json: Could not parse payload into json: " + err.Error(),
		}
	}
	return nil
}

func newInvocation(r Request, id, arn string) *invocation {
	return &invocation{Request: r, id: id, arn: arn, settled: make(chan struct{})}
}

// newTrace has the form of an X-Amzn-Trace-Id, never sampled.
func newTrace() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("Root=1-%08x-%x;Parent=%x;Sampled=0", time.Now().Unix(), b[:12], b[12:])
}

// invoke runs an invocation in a warm environment or a new one. One that died
// while it was idle is passed over: it never saw the request.
func (f *function) invoke(inv *invocation) (Response, error) {
	for e := f.warm(); e != nil; e = f.warm() {
		if end, delivered := e.run(inv); delivered {
			return e.close(inv, end)
		}
	}
	e, end := f.cold(inv)
	if end != nil {
		return e.close(inv, *end)
	}
	last, _ := e.run(inv)
	return e.close(inv, last)
}

// cold starts an environment for an invocation. A first start that fails is
// repeated once, inside the invocation's own time [dg]; an executable that
// cannot be started is not.
func (f *function) cold(inv *invocation) (*environment, *ending) {
	e, end := f.start(f.host.cfg.InitTimeout)
	if end == nil || end.err != nil || end.failed.kind == typeEntrypoint {
		return e, end
	}
	inv.deadline = time.Now().Add(f.Timeout)
	return f.start(f.Timeout)
}
