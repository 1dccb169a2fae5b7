// Package cloud builds the service for AWS, as the functions need it: the
// environment, the adapters, the way from an invocation to a handler. What only
// some functions have is a Part, in a package below this one.
package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Lambda runs one function by its name with its parts, as
// functions/NAME/main.go asks; it does not return while the host lives. An
// environment that is not in order ends the process with one line that names
// everything wrong with it. The service is built for the first event: building
// it beside the request for that one made both slower.
func Lambda(name string, parts ...Part) {
	s, err := start(osEnvironment(), name, parts)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
	ready := onceItCan(func() (*running, error) { return s.run(context.Background()) })
	lambda.Start(invoke(ready))
}

// onceItCan builds a service once. What failed is tried again by the next event:
// a service that did not answer may answer then.
func onceItCan(build func() (*running, error)) func() (*running, error) {
	var (
		mu    sync.Mutex
		built *running
	)
	return func() (*running, error) {
		mu.Lock()
		defer mu.Unlock()
		if built != nil {
			return built, nil
		}
		var err error
		built, err = build()
		return built, err
	}
}

// running is a function that can be called.
type running struct {
	*Build
	handler casework.Handler
}

// run builds the service and takes a part's own handler, or the use case of
// the function's name.
func (s *starting) run(ctx context.Context) (*running, error) {
	b, err := s.build(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range s.parts {
		if p.Handler != nil {
			return &running{b, p.Handler(b)}, nil
		}
	}
	h, ok := b.Service.Handlers()[s.name]
	if !ok {
		return nil, takedown.Errorf(takedown.Internal, takedown.NameInternal, "there is no function %s", s.name)
	}
	return &running{b, h}, nil
}

// invoke is a function as the Lambda host calls it. What the call committed for
// the engine goes out before its answer: after it the host may stop us. What
// fails then stays in the outbox, and the sweep repeats it.
func invoke(ready func() (*running, error)) func(context.Context, json.RawMessage) (json.RawMessage, error) {
	return func(ctx context.Context, payload json.RawMessage) (json.RawMessage, error) {
		f, err := ready()
		if err != nil {
			return nil, asLambda(err)
		}
		out, err := f.handler(ctx, payload)
		if _, failed := f.Service.DeliverNow(ctx); failed != nil {
			f.Log().ErrorContext(ctx, "what was committed is not delivered yet", "error", failed)
		}
		if err != nil {
			return nil, asLambda(err)
		}
		return out, nil
	}
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
