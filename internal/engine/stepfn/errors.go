package stepfn

import (
	"errors"

	"github.com/aws/smithy-go"

	"github.com/ontdox/takedown/internal/takedown"
)

// kinds of the errors that the service names (API reference, the lists under
// "Errors" of the actions used here). What is not named is a fault of the
// service, of the network or of the deployment.
var kinds = map[string]takedown.Kind{
	"ExecutionAlreadyExists":   takedown.Conflict,
	"TaskTimedOut":             takedown.Conflict,
	"StateMachineDeleting":     takedown.Conflict,
	"TaskDoesNotExist":         takedown.NotFound,
	"ExecutionDoesNotExist":    takedown.NotFound,
	"StateMachineDoesNotExist": takedown.NotFound,
	"InvalidName":              takedown.Invalid,
	"InvalidArn":               takedown.Invalid,
	"InvalidExecutionInput":    takedown.Invalid,
	"InvalidOutput":            takedown.Invalid,
	"InvalidToken":             takedown.Invalid,
	"ValidationException":      takedown.Invalid,
	// The account's open executions are used up: they end by themselves.
	"ExecutionLimitExceeded": takedown.Unavailable,
	"KmsThrottlingException": takedown.Unavailable,
	"ThrottlingException":    takedown.Unavailable,
	// The deployment is wrong: trying again does not help.
	"AccessDeniedException":       takedown.Internal,
	"KmsAccessDeniedException":    takedown.Internal,
	"KmsInvalidStateException":    takedown.Internal,
	"InvalidSignatureException":   takedown.Internal,
	"UnrecognizedClientException": takedown.Internal,
	"MissingAuthenticationToken":  takedown.Internal,
}

// domain gives an error of the SDK the kind and the name that casework knows.
// The service's own sentence holds ARNs: it is the cause, for the log.
func domain(err error) error {
	if err == nil {
		return nil
	}
	var api smithy.APIError
	if !errors.As(err, &api) { // no answer, or not in time
		return unavailable(err)
	}
	switch kind, known := kinds[api.ErrorCode()]; {
	case !known && api.ErrorFault() == smithy.FaultClient:
		return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "Step Functions refused the call.", Err: err}
	case !known || kind == takedown.Unavailable:
		return unavailable(err)
	case kind == takedown.Internal:
		return &takedown.Error{Kind: kind, Name: takedown.NameInternal, Message: "Step Functions does not let this deployment in.", Err: err}
	default:
		return &takedown.Error{Kind: kind, Name: api.ErrorCode(), Message: "Step Functions answered " + api.ErrorCode() + ".", Err: err}
	}
}

func unavailable(err error) error {
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "Step Functions did not answer.", Err: err}
}
