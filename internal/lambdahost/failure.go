package lambdahost

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// Limits in bytes. The answer's is 100 bytes above 6 MiB: so the service's
// own sentence has it [seen].
const (
	maxRequest  = 6 << 20
	maxEvent    = 1 << 20
	maxResponse = 6<<20 + 100
)

// failure is what a caller gets in place of a function's answer, with
// X-Amz-Function-Error: Unhandled. What the function reported itself goes
// along unread.
type failure struct {
	kind, message string
	reported      []byte
}

func (f *failure) payload(requestID string) []byte {
	if f.reported != nil {
		return f.reported
	}
	message := f.message
	if f.kind != typeTooLarge {
		message = "RequestId: " + requestID + " Error: " + message
	}
	return errorBody(f.kind, message)
}

// Error types of Lambda's own [rie], except Sandbox.Timedout: the emulator's
// older half says Sandbox.Timeout, its newer half and the service Timedout.
const (
	typeExit       = "Runtime.ExitError"
	typeEntrypoint = "Runtime.InvalidEntrypoint"
	typeTimedOut   = "Sandbox.Timedout"
	typeTooLarge   = "Function.ResponseSizeTooLarge"
	typeUnknown    = "Function.Unknown"
)

func timedOut(after time.Duration) *failure {
	return &failure{kind: typeTimedOut, message: fmt.Sprintf("Task timed out after %.2f seconds", after.Seconds())}
}

// exited describes an end as exec.ExitError does ("exit status 1", "signal:
// killed"); the empty description is an end with status 0.
func exited(description string) *failure {
	if description == "" {
		return &failure{kind: typeExit, message: "Runtime exited without providing a reason"}
	}
	return &failure{kind: typeExit, message: "Runtime exited with error: " + description}
}

func responseTooLarge() *failure {
	return &failure{
		kind:    typeTooLarge,
		message: fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", maxResponse),
	}
}

// reported keeps a function's own error document. What is no JSON would break
// callers that decode it; it is replaced by the type from the header [own].
func reported(body []byte, kind string) *failure {
	if !json.Valid(body) {
		body = errorBody(orElse(kind, typeUnknown), "the function reported an error that is not JSON")
	}
	return &failure{reported: body}
}

func errorBody(kind, message string) []byte {
	// Two strings always have a JSON form.
	out, _ := json.Marshal(struct {
		Message string `json:"errorMessage"`
		Type    string `json:"errorType"`
	}{message, kind})
	return out
}

// APIError is a refusal of the Invoke API: the function did not run, or the
// host could not finish.
type APIError struct {
	// Status is the HTTP status code.
	Status int
	// Name is the exception of the API, such as ResourceNotFoundException.
	Name    string
	Message string
	// Reason is set for TooManyRequestsException.
	Reason string
}

func (e *APIError) Error() string { return e.Name + ": " + e.Message }

func (e *APIError) body() []byte {
	fields := map[string]string{"Type": "User", "message": e.Message}
	if e.Status >= http.StatusInternalServerError {
		fields["Type"] = "Service"
	}
	if e.Reason != "" {
		fields["Reason"] = e.Reason
	}
	out, _ := json.Marshal(fields) // strings always have a JSON form
	return out
}

func invalidParameter(message string) *APIError {
	return &APIError{Status: http.StatusBadRequest, Name: "InvalidParameterValueException", Message: message}
}

func notFound(arn string) *APIError {
	return &APIError{Status: http.StatusNotFound, Name: "ResourceNotFoundException", Message: "Function not found: " + arn}
}

func tooMany(reason string) *APIError {
	return &APIError{
		Status: http.StatusTooManyRequests, Name: "TooManyRequestsException", Message: "Rate Exceeded.", Reason: reason,
	}
}

// tooLarge carries the name of the API reference. The service has been seen
// to call it RequestEntityTooLargeException [seen]; its sentence is the same.
func tooLarge(size int64, kind string, limit int) *APIError {
	return &APIError{
		Status: http.StatusRequestEntityTooLarge, Name: "RequestTooLargeException",
		Message: fmt.Sprintf("%d byte payload is too large for the %s invocation type (limit %d bytes)", size, kind, limit),
	}
}

func closing() *APIError {
	return &APIError{Status: http.StatusInternalServerError, Name: "ServiceException", Message: "The host is closing."}
}
