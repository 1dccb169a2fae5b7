// Package looking gives a function the means to have verify-content look at
// pages: the API for a person, the sweep for what is watched.
package looking

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Function names the function verify-content, which looks at pages.
const Function = "TAKEDOWN_VERIFY_FUNCTION"

// Part is a Looker.
func Part() cloud.Part { return cloud.Part{Read: read} }

func read(e *cloud.Environment, _ cloud.Config) func(context.Context, *cloud.Build) error {
	function := e.Needed(Function)
	return func(_ context.Context, b *cloud.Build) error {
		b.Deps.Looker = New(b.AWS, function)
		return nil
	}
}

// looker has the function verify-content look. A job that has its result is
// not looked at again, so a call may be repeated.
type looker struct {
	client   *lambda.Client
	function string
}

var _ casework.Looker = (*looker)(nil)

// New gives a Looker that calls a function of that name.
func New(cfg aws.Config, function string) casework.Looker {
	return &looker{lambda.NewFromConfig(cfg), function}
}

// Look calls it and waits. Unavailable is every failure: the page can be looked
// at later.
func (l *looker) Look(ctx context.Context, in casework.TrackInput) error {
	payload, err := json.Marshal(in)
	if err != nil {
		return err
	}
	out, err := l.client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &l.function, Payload: payload})
	if err != nil {
		return notLooked(err)
	}
	if out.FunctionError != nil {
		return notLooked(takedown.Errorf(takedown.Internal, takedown.NameInternal, "verify-content: %s", *out.FunctionError))
	}
	return nil
}

func notLooked(err error) error {
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "pages cannot be looked at now", Err: err}
}
