package lambdahost

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Paths and headers of the Runtime API [dg].
const (
	pathNext      = "GET /2018-06-01/runtime/invocation/next"
	pathResponse  = "POST /2018-06-01/runtime/invocation/{id}/response"
	pathError     = "POST /2018-06-01/runtime/invocation/{id}/error"
	pathInitError = "POST /2018-06-01/runtime/init/error"

	headerRequestID     = "Lambda-Runtime-Aws-Request-Id"
	headerDeadline      = "Lambda-Runtime-Deadline-Ms"
	headerARN           = "Lambda-Runtime-Invoked-Function-Arn"
	headerTrace         = "Lambda-Runtime-Trace-Id"
	headerClientContext = "Lambda-Runtime-Client-Context"
	headerErrorType     = "Lambda-Runtime-Function-Error-Type"
	headerErrorBody     = "Lambda-Runtime-Function-Error-Body"

	contentType = "Content-Type"
	jsonType    = "application/json"
)

// runtimeAPI is what the function's process talks to; each environment has
// its own, so a request needs no name.
func (e *environment) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(pathNext, e.serveNext)
	mux.HandleFunc(pathResponse, e.serveResponse)
	mux.HandleFunc(pathError, e.serveError)
	mux.HandleFunc(pathInitError, e.serveInitError)
	return mux
}

// serveNext ends the invocation before, if it was answered, and waits for
// another one as long as it takes.
func (e *environment) serveNext(w http.ResponseWriter, r *http.Request) {
	if !e.poll() {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the invocation before has no answer yet")
		return
	}
	select {
	case inv := <-e.next:
		e.deliver(w, r, inv)
	case <-e.dead:
	case <-r.Context().Done():
	}
}

// poll notes that the function asks for work; false while it owes an answer.
func (e *environment) poll() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.polled {
		e.polled, e.init = true, time.Since(e.began)
		close(e.ready)
	}
	if e.current == nil {
		return true
	}
	if !e.current.answered {
		return false
	}
	close(e.current.settled)
	e.current = nil
	return true
}

func (e *environment) deliver(w http.ResponseWriter, r *http.Request, inv *invocation) {
	e.mu.Lock()
	e.current = inv
	// A process that has hung up did not see the invocation.
	inv.delivered = r.Context().Err() == nil
	e.mu.Unlock()
	e.out.begin(inv.id)
	head := w.Header()
	head.Set(contentType, jsonType)
	head.Set(headerRequestID, inv.id)
	head.Set(headerDeadline, strconv.FormatInt(inv.deadline.UnixMilli(), 10))
	head.Set(headerARN, inv.arn)
	head.Set(headerTrace, inv.TraceID)
	if len(inv.ClientContext) > 0 {
		head.Set(headerClientContext, string(inv.ClientContext))
	}
	head.Set("Content-Length", strconv.Itoa(len(inv.Payload)))
	_, _ = w.Write(inv.Payload) // a process that does not read is dead soon, and found so
}

func (e *environment) serveResponse(w http.ResponseWriter, r *http.Request) {
	body, whole, err := readBody(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, "TruncatedRequest", "the response ended early")
		return
	}
	if !whole {
		if e.answer(w, r.PathValue("id"), nil, responseTooLarge()) {
			refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge",
				"Exceeded maximum allowed payload size ("+strconv.Itoa(maxResponse)+" bytes).")
		}
		return
	}
	if e.answer(w, r.PathValue("id"), body, trailed(r)) {
		accept(w)
	}
}

// trailed is the fault of a function that had begun its answer: a streamed
// one carries it in trailers, the document in base64.
func trailed(r *http.Request) *failure {
	kind := r.Trailer.Get(headerErrorType)
	if kind == "" {
		return nil
	}
	body, err := base64.StdEncoding.DecodeString(r.Trailer.Get(headerErrorBody))
	if err != nil {
		body = nil
	}
	return reported(body, kind)
}

func (e *environment) serveError(w http.ResponseWriter, r *http.Request) {
	body, whole, err := readBody(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, "TruncatedRequest", "the error ended early")
		return
	}
	failed := reported(body, r.Header.Get(headerErrorType))
	if !whole {
		failed = responseTooLarge()
	}
	if e.answer(w, r.PathValue("id"), nil, failed) {
		accept(w)
	}
}

func (e *environment) serveInitError(w http.ResponseWriter, r *http.Request) {
	body, whole, err := readBody(r)
	e.mu.Lock()
	polled := e.polled
	e.mu.Unlock()
	if err != nil || !whole || polled {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the start is over, or the error cannot be read")
		return
	}
	select {
	case e.initError <- reported(body, r.Header.Get(headerErrorType)):
	default: // it was reported already
	}
	accept(w)
}

// answer ends the current invocation. Where the function speaks of another
// one, or a second time, it refuses and gives false.
func (e *environment) answer(w http.ResponseWriter, id string, body []byte, failed *failure) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.current == nil || e.current.id != id {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return false
	}
	if e.current.answered {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "the invocation has its answer")
		return false
	}
	e.current.answered, e.current.answer, e.current.failed = true, body, failed
	return true
}

// readBody reads up to the limit; false if there is more. The rest is taken
// in too, within reason, so that the refusal reaches the function.
func readBody(r *http.Request) ([]byte, bool, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponse+1))
	if err != nil || len(body) <= maxResponse {
		return body, true, err
	}
	_, err = io.CopyN(io.Discard, r.Body, 10*maxResponse)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return nil, false, err
}

func accept(w http.ResponseWriter) {
	w.Header().Set(contentType, jsonType)
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`)
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set(contentType, jsonType)
	w.WriteHeader(status)
	_, _ = w.Write(errorBody(kind, message))
}
