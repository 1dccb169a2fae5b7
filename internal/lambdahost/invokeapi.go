package lambdahost

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/google/uuid"
)

// Handler serves the Invoke API [api]:
//
//	POST /2015-03-31/functions/{name}/invocations?Qualifier=…
//
// with X-Amz-Invocation-Type RequestResponse (200), Event (202) or DryRun
// (204), X-Amz-Log-Type Tail, X-Amz-Client-Context and X-Amzn-Trace-Id.
// Signatures are not looked at.
func (h *Host) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", h.serveInvoke)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeAPIError(w, &APIError{Status: http.StatusNotFound, Name: "UnknownOperationException", Message: "There is no such operation."})
	})
	return mux
}

func (h *Host) serveInvoke(w http.ResponseWriter, r *http.Request) {
	kind := orElse(r.Header.Get("X-Amz-Invocation-Type"), "RequestResponse")
	limit, ok := map[string]int{"RequestResponse": maxRequest, "DryRun": maxRequest, "Event": maxEvent}[kind]
	if !ok {
		writeAPIError(w, enumError("invocationType", "[Event, RequestResponse, DryRun]"))
		return
	}
	req, err := h.readRequest(r, kind, limit)
	if err != nil {
		writeAPIError(w, err)
		return
	}
	switch kind {
	case "Event":
		h.serveEvent(w, req)
	case "DryRun":
		h.serveDryRun(w, req)
	default:
		h.serveSync(w, req, r.Header.Get("X-Amz-Log-Type"))
	}
}

// enumError is how AWS services refuse a value that is not in a list. The
// value itself is not repeated.
func enumError(field, list string) *APIError {
	return &APIError{
		Status: http.StatusBadRequest, Name: "ValidationException",
		Message: "1 validation error detected: Value at '" + field +
			"' failed to satisfy constraint: Member must satisfy enum value set: " + list,
	}
}

func (h *Host) readRequest(r *http.Request, kind string, limit int) (Request, error) {
	req := Request{
		Name: r.PathValue("name"), Qualifier: r.URL.Query().Get("Qualifier"), TraceID: r.Header.Get("X-Amzn-Trace-Id"),
	}
	if _, _, err := h.find(req.Name, req.Qualifier); err != nil {
		return Request{}, err
	}
	if text := r.Header.Get("X-Amz-Client-Context"); text != "" {
		context, err := base64.StdEncoding.DecodeString(text)
		if err != nil || !json.Valid(context) {
			return Request{}, &APIError{
				Status: http.StatusBadRequest, Name: "InvalidRequestContentException",
				Message: "Client context must be a valid Base64-encoded JSON object.",
			}
		}
		req.ClientContext = context
	}
	if r.ContentLength > int64(limit) {
		return Request{}, tooLarge(r.ContentLength, kind, limit)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, int64(limit)+1))
	if err != nil {
		return Request{}, &APIError{
			Status: http.StatusBadRequest, Name: "InvalidRequestContentException", Message: "The request ended early.",
		}
	}
	req.Payload = body
	return req, nil
}

func (h *Host) serveSync(w http.ResponseWriter, req Request, logType string) {
	if logType != "" && logType != "None" && logType != "Tail" {
		writeAPIError(w, enumError("logType", "[None, Tail]"))
		return
	}
	out, err := h.Invoke(req)
	if err != nil {
		writeAPIError(w, err)
		return
	}
	head := w.Header()
	head.Set("X-Amzn-Requestid", out.RequestID)
	head.Set("X-Amz-Executed-Version", latest)
	head.Set(contentType, jsonType)
	if out.FunctionError != "" {
		head.Set("X-Amz-Function-Error", out.FunctionError)
	}
	if logType == "Tail" {
		head.Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString(out.LogTail))
	}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(out.Payload) // a caller that has gone gets nothing, and that is its own affair
}

func (h *Host) serveEvent(w http.ResponseWriter, req Request) {
	id, err := h.Enqueue(req)
	if err != nil {
		writeAPIError(w, err)
		return
	}
	w.Header().Set("X-Amzn-Requestid", id)
	w.WriteHeader(http.StatusAccepted)
}

func (h *Host) serveDryRun(w http.ResponseWriter, req Request) {
	if err := h.Check(req); err != nil {
		writeAPIError(w, err)
		return
	}
	w.Header().Set("X-Amzn-Requestid", uuid.NewString())
	w.Header().Set("X-Amz-Executed-Version", latest)
	w.WriteHeader(http.StatusNoContent)
}

func writeAPIError(w http.ResponseWriter, err error) {
	var refused *APIError
	if !errors.As(err, &refused) {
		refused = &APIError{Status: http.StatusInternalServerError, Name: "ServiceException", Message: "Internal error."}
	}
	w.Header().Set("X-Amzn-Requestid", uuid.NewString())
	w.Header().Set("X-Amzn-Errortype", refused.Name)
	w.Header().Set(contentType, jsonType)
	w.WriteHeader(refused.Status)
	_, _ = w.Write(refused.body())
}
