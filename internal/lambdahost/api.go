package lambdahost

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"
)

// ServeHTTP serves the Invoke API (AWS Lambda API reference, "Invoke").
func (h *Host) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

func (h *Host) routes() {
	h.mux = http.NewServeMux()
	h.mux.HandleFunc("POST /2015-03-31/functions/{function}/invocations", h.invoke)
}

// functionName takes a name out of the forms in which callers give it: a name,
// ACCOUNT:function:NAME, an ARN; each with a qualifier or without.
var functionName = regexp.MustCompile(`^(?:(?:arn:[a-z-]+:lambda:[a-z0-9-]+:)?[0-9]{12}:function:)?([a-zA-Z0-9_-]{1,64})(?::([a-zA-Z0-9$_-]{1,128}))?$`)

func (h *Host) invoke(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Amzn-Requestid", requestID())
	name := functionName.FindStringSubmatch(r.PathValue("function"))
	if name == nil || h.pools[name[1]] == nil {
		refuse(w, notFound(r.PathValue("function")))
		return
	}
	kind := r.Header.Get("X-Amz-Invocation-Type")
	if kind == "" {
		kind = "RequestResponse"
	}
	payload, err := readEvent(r, kind)
	if err != nil {
		refuse(w, err)
		return
	}
	w.Header().Set("X-Amz-Executed-Version", "$LATEST")
	switch kind {
	case "RequestResponse":
		h.invokeNow(w, r, name[1], payload)
	case "Event":
		h.queue(name[1], payload)
		w.WriteHeader(http.StatusAccepted)
	case "DryRun":
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(w, &refusal{status: http.StatusBadRequest, name: "InvalidParameterValueException", message: "InvocationType must be RequestResponse, Event or DryRun"})
	}
}

// readEvent reads the payload; none is an empty object.
func readEvent(r *http.Request, kind string) ([]byte, error) {
	limit := int64(maxPayload)
	if kind == "Event" {
		limit = maxEvent
	}
	payload, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, &refusal{status: http.StatusBadRequest, name: "InvalidRequestContentException", message: "the payload broke off"}
	}
	if int64(len(payload)) > limit {
		size := max(r.ContentLength, int64(len(payload)))
		return nil, &refusal{
			status: http.StatusRequestEntityTooLarge, name: "RequestTooLargeException",
			message: fmt.Sprintf("%d byte payload is too large for the %s invocation type (limit %d bytes)", size, kind, limit),
		}
	}
	if len(payload) == 0 {
		return []byte("{}"), nil
	}
	if !json.Valid(payload) {
		return nil, &refusal{status: http.StatusBadRequest, name: "InvalidRequestContentException", message: "Could not parse request body into json"}
	}
	return payload, nil
}

func (h *Host) invokeNow(w http.ResponseWriter, r *http.Request, name string, payload []byte) {
	res, err := h.Invoke(r.Context(), name, payload)
	if err != nil {
		refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if res.FunctionError != "" {
		w.Header().Set("X-Amz-Function-Error", res.FunctionError)
	}
	if r.Header.Get("X-Amz-Log-Type") == "Tail" {
		w.Header().Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString(res.Log))
	}
	_, _ = w.Write(res.Payload) // the caller may be gone
}

// refuse answers as Lambda does: the exception's name in a header, its members
// in the body.
func refuse(w http.ResponseWriter, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		r = &refusal{status: http.StatusInternalServerError, name: "ServiceException", message: "the invocation was given up"}
	}
	body := map[string]string{"Type": "User", "message": r.message, "Message": r.message}
	if r.status >= http.StatusInternalServerError {
		body["Type"] = "Service"
	}
	if r.reason != "" {
		body["Reason"] = r.reason
	}
	b, err := json.Marshal(body)
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Amzn-Errortype", r.name)
	w.WriteHeader(r.status)
	_, _ = w.Write(b)
}

// queue runs an event behind the answer, again after a failure, and tells
// OnFailure when it gives up. What is queued when the host closes is lost.
func (h *Host) queue(name string, payload []byte) {
	h.work.Add(1)
	go func() {
		defer h.work.Done()
		var last Result
		for attempt := 0; ; attempt++ {
			e, err := h.pools[name].acquire(true)
			if err != nil {
				return // closing
			}
			if last = h.pools[name].run(e, payload); last.FunctionError == "" {
				return
			}
			if attempt == len(h.o.RetryAfter) {
				break
			}
			if !rest(h.ctx, h.o.RetryAfter[attempt]) {
				return
			}
		}
		if h.o.OnFailure != nil {
			h.o.OnFailure(name, payload, last)
		}
	}()
}

// rest waits, and says whether nobody closed meanwhile.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
