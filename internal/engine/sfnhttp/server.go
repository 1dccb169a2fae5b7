package sfnhttp

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Engine is what is served.
type Engine interface {
	casework.Engine
	// Define adds a state machine; the error is named InvalidDefinition or
	// StateMachineAlreadyExists.
	Define(ctx context.Context, name string, definition []byte) error
	// Definition gives a state machine's text; StateMachineDoesNotExist without.
	Definition(ctx context.Context, name string) ([]byte, error)
	// Definitions names the state machines, sorted.
	Definitions(ctx context.Context) ([]string, error)
	// Data gives an execution's input, and its output once it succeeded.
	Data(ctx context.Context, name string) (input, output []byte, err error)
	Fail(ctx context.Context, token, name, cause string) error
	Heartbeat(ctx context.Context, token string) error
	Abort(ctx context.Context, name, errorName, cause string) error
}

// prefix of the ARNs: a region and an account that nobody has.
const prefix = "arn:aws:states:eu-west-1:000000000000:"

const (
	target = "AWSStepFunctions."
	// maxBody is above any input with its escapes.
	maxBody = 2 << 20
)

type server struct{ e Engine }

// New serves an engine.
func New(e Engine) http.Handler { return server{e} }

type object = map[string]any

// action answers one call: what is encoded, or an error with AWS's name.
type action func(s server, ctx context.Context, body []byte) (object, error)

// with decodes an action's input. What it does not know it ignores, as AWS does.
func with[T any](f func(s server, ctx context.Context, in T) (object, error)) action {
	return func(s server, ctx context.Context, body []byte) (object, error) {
		var in T
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, takedown.Errorf(takedown.Invalid, "SerializationException", "The body is not what this action takes.")
		}
		return f(s, ctx, in)
	}
}

var actions = map[string]action{
	"CreateStateMachine":   with(server.createMachine),
	"DescribeStateMachine": with(server.describeMachine),
	"ListStateMachines":    with(server.listMachines),
	"StartExecution":       with(server.start),
	"DescribeExecution":    with(server.describe),
	"ListExecutions":       with(server.list),
	"StopExecution":        with(server.stop),
	"GetExecutionHistory":  with(server.history),
	"SendTaskSuccess":      with(server.success),
	"SendTaskFailure":      with(server.failure),
	"SendTaskHeartbeat":    with(server.heartbeat),
}

// ServeHTTP answers one action.
func (s server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amzn-Requestid", rand.Text())
	name, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), target)
	do := actions[name]
	if !ok || do == nil || r.Method != http.MethodPost {
		refuse(w, takedown.Errorf(takedown.Invalid, "UnknownOperationException", "This is no action that is served here."))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuse(w, takedown.Errorf(takedown.Invalid, "ValidationException", "The request cannot be read, or is larger than 2 MiB."))
		return
	}
	out, err := do(s, r.Context(), body)
	if err != nil {
		refuse(w, err)
		return
	}
	reply(w, http.StatusOK, out)
}

func reply(w http.ResponseWriter, status int, out object) {
	b, err := json.Marshal(out)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte(`{"__type":"InternalFailure"}`)
	}
	w.WriteHeader(status)
	_, _ = w.Write(b) // a client that went away is not told
}

func refuse(w http.ResponseWriter, err error) {
	status, name, message := http.StatusInternalServerError, "InternalFailure", ""
	var e *takedown.Error
	if errors.As(err, &e) {
		message = e.Message
		switch e.Kind {
		case takedown.Invalid, takedown.NotFound, takedown.Conflict:
			status, name = http.StatusBadRequest, e.Name
		case takedown.Unavailable:
			status, name = http.StatusServiceUnavailable, "ServiceUnavailable"
		default:
		}
	}
	reply(w, status, object{"__type": "com.amazonaws.swf.service.v2.model#" + name, "message": message})
}

// resource takes the name out of an ARN of a kind ("stateMachine:").
func resource(arn, kind string) (string, error) {
	name, ok := strings.CutPrefix(arn, prefix+kind)
	if !ok || name == "" {
		return "", takedown.Errorf(takedown.Invalid, "InvalidArn", "This is not the ARN of anything here.")
	}
	return name, nil
}

// execution takes an execution's name out of its ARN.
func execution(arn string) (string, error) {
	name, err := resource(arn, "execution:")
	_, name, ok := strings.Cut(name, ":")
	if err == nil && !ok {
		err = takedown.Errorf(takedown.Invalid, "InvalidArn", "This is not the ARN of an execution.")
	}
	return name, err
}

func machineARN(name string) string { return prefix + "stateMachine:" + name }

func executionARN(machine, name string) string { return prefix + "execution:" + machine + ":" + name }
