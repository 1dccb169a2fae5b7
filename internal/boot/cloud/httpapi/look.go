package httpapi

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// looker has the function verify-content look. A job that has its result is
// not looked at again, so a call may be repeated.
type looker struct {
	client   *lambda.Client
	function string
}

var _ casework.Looker = (*looker)(nil)

func newLooker(cfg aws.Config, function string) *looker {
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
