// Package cloud builds the service for AWS. Its adapters are still missing:
// what it has is the configuration, the way from an invocation to a handler,
// and the honest refusal that names each adapter.
package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// MissingAdapters are the ports that have no adapter for AWS yet, each by the
// package that design §10 has for it.
func MissingAdapters() []string {
	return []string{"store/dynamostore", "engine/stepfn", "mail/sesmail", "blob/s3blob", "keys/kmskeys"}
}

// Open builds the service for AWS. Until the adapters exist it refuses and
// names each of them.
func Open(_ context.Context, _ Config) (*casework.Service, error) {
	return nil, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable,
		"this shape is not served yet; missing adapters: %s", strings.Join(MissingAdapters(), ", "))
}

// Lambda runs one function by its name, as functions/NAME/main.go asks; it
// does not return while the host lives. The service is built on the first
// invocation, so that a refusal is an answer that a machine can match, not a
// crash.
func Lambda(name string) { lambda.Start(invoke(name)) }

// invoke is a function as the Lambda host calls it.
func invoke(name string) func(context.Context, json.RawMessage) (json.RawMessage, error) {
	return func(ctx context.Context, payload json.RawMessage) (json.RawMessage, error) {
		h, err := handler(ctx, name)
		if err != nil {
			return nil, asLambda(err)
		}
		out, err := h(ctx, payload)
		if err != nil {
			return nil, asLambda(err)
		}
		return out, nil
	}
}

func handler(ctx context.Context, name string) (casework.Handler, error) {
	cfg, err := FromEnv()
	if err != nil {
		return nil, err
	}
	service, err := Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	h, ok := service.Handlers()[name]
	if !ok {
		return nil, takedown.Errorf(takedown.Internal, takedown.NameInternal, "there is no function %s", name)
	}
	return h, nil
}

// asLambda gives an error the name that the machines match, by the same
// conversion as the embedded engine (design §4). Only a sentence of ours goes
// along: a cause may hold what is sealed, and an execution's history is read
// by operators.
func asLambda(err error) messages.InvokeResponse_Error {
	out := messages.InvokeResponse_Error{Type: takedown.NameOf(err), Message: "see the function's log"}
	var e *takedown.Error
	if errors.As(err, &e) {
		out.Message = e.Error()
	}
	return out
}
