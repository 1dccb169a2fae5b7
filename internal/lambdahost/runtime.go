package lambdahost

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// The Runtime API, version 2018-06-01 (AWS Lambda guide, "Using the Lambda
// runtime API for custom runtimes").
const runtimeVersion = "/2018-06-01"

func (e *environment) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+runtimeVersion+"/runtime/invocation/next", e.next)
	mux.HandleFunc("POST "+runtimeVersion+"/runtime/invocation/{id}/response", e.response)
	mux.HandleFunc("POST "+runtimeVersion+"/runtime/invocation/{id}/error", e.failure)
	mux.HandleFunc("POST "+runtimeVersion+"/runtime/init/error", e.initFailure)
	return mux
}

// next holds the request until there is an event.
func (e *environment) next(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	e.current = nil
	e.mu.Unlock()
	e.asked(e)
	select {
	case <-r.Context().Done():
		return
	case <-e.gone:
		return
	case inv := <-e.jobs:
		e.mu.Lock()
		e.current = inv
		e.mu.Unlock()
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.deadline.UnixMilli(), 10))
		h.Set("Lambda-Runtime-Invoked-Function-Arn", e.fn.ARN())
		h.Set("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0")
		h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
		_, _ = w.Write(inv.payload) // a process that went away shows as its end
	}
}

// invocationOf is the current invocation, if it is the request's.
func (e *environment) invocationOf(w http.ResponseWriter, r *http.Request) *invocation {
	e.mu.Lock()
	inv := e.current
	e.mu.Unlock()
	if inv == nil || inv.id != r.PathValue("id") {
		runtimeError(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return nil
	}
	return inv
}

func (e *environment) response(w http.ResponseWriter, r *http.Request) {
	inv := e.invocationOf(w, r)
	if inv == nil {
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		message := "Response payload size exceeded maximum allowed payload size (" + strconv.Itoa(maxAnswer) + " bytes)."
		inv.answer(failed(inv.id, typeTooLarge, message))
		runtimeError(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", message)
		return
	case err != nil:
		return // the process went away while it answered: its end says so
	case r.Trailer.Get("Lambda-Runtime-Function-Error-Type") != "": // broken off while streaming
		inv.answer(failed(inv.id, r.Trailer.Get("Lambda-Runtime-Function-Error-Type"), "the function broke its answer off"))
	default:
		inv.answer(Result{RequestID: inv.id, Payload: body})
	}
	accepted(w)
}

func (e *environment) failure(w http.ResponseWriter, r *http.Request) {
	inv := e.invocationOf(w, r)
	if inv == nil {
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	if err != nil {
		return
	}
	inv.answer(Result{RequestID: inv.id, Payload: errorObject(body, r.Header.Get("Lambda-Runtime-Function-Error-Type")), FunctionError: "Unhandled"})
	accepted(w)
}

func (e *environment) initFailure(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	if err != nil {
		return
	}
	e.mu.Lock()
	e.initErr = errorObject(body, r.Header.Get("Lambda-Runtime-Function-Error-Type"))
	e.mu.Unlock()
	accepted(w)
}

// errorObject is what a function said of its error, as an object in any case.
func errorObject(body []byte, errorType string) []byte {
	var o map[string]any
	if json.Unmarshal(body, &o) == nil && o != nil {
		return body
	}
	return failed("", errorType, "").Payload
}

func accepted(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`) // the process may be gone
}

func runtimeError(w http.ResponseWriter, status int, errorType, message string) {
	b, err := json.Marshal(map[string]string{"errorType": errorType, "errorMessage": message})
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}
