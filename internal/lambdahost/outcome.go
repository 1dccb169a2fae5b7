package lambdahost

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// Result is what became of an invocation: the function's answer or, with
// FunctionError set, a JSON object with errorType and errorMessage.
type Result struct {
	RequestID     string
	Payload       []byte
	FunctionError string // "" or "Unhandled"
	Log           []byte // the end of what the function printed, 4 KB at most
}

// Error types that Lambda itself gives (AWS Lambda guide, "Troubleshoot
// invocation issues").
const (
	typeTimedOut   = "Sandbox.Timedout"
	typeExit       = "Runtime.ExitError"
	typeEntrypoint = "Runtime.InvalidEntrypoint"
	typeTooLarge   = "Function.ResponseSizeTooLarge"
)

// Limits of payloads in bytes (AWS Lambda guide, "Lambda quotas"): six megabytes
// each way; one megabyte for an event that is queued.
const (
	maxPayload = 6 << 20
	maxEvent   = 1 << 20
	// maxAnswer allows Lambda's hundred bytes of its own.
	maxAnswer = maxPayload + 100
)

// refusal is an invocation that never reached the function.
type refusal struct {
	status  int
	name    string // of the exception
	message string
	reason  string // of a throttle
}

func (r *refusal) Error() string { return r.name + ": " + r.message }

func failed(id, errorType, message string) Result {
	b, err := json.Marshal(map[string]string{"errorType": errorType, "errorMessage": message})
	if err != nil { // two strings always marshal
		b = []byte(`{}`)
	}
	return Result{RequestID: id, Payload: b, FunctionError: "Unhandled"}
}

func timedOut(id string, after time.Duration) Result {
	return failed(id, typeTimedOut, fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", id, after.Seconds()))
}

// exited says how a process ended under an invocation.
func exited(id string, err error) Result {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return failed(id, typeExit, fmt.Sprintf("RequestId: %s Error: Runtime exited without providing a reason", id))
	case errors.As(err, &exit):
		return failed(id, typeExit, fmt.Sprintf("RequestId: %s Error: Runtime exited with error: %s", id, exit))
	}
	return failed(id, typeEntrypoint, fmt.Sprintf("RequestId: %s Error: %s", id, err))
}
