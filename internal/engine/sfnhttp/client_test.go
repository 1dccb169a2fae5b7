package sfnhttp_test

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// client is the suite's engine behind the SDK. It learns the machines' ARNs
// from the endpoint, and a name's ARN from its start.
type client struct {
	*sfn.Client
	machines map[string]string // name → ARN
}

// named gives an SDK's error the name that the endpoint gave.
func named(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return err
	}
	kind := takedown.Invalid
	switch name := api.ErrorCode(); {
	case strings.HasSuffix(name, "DoesNotExist"):
		kind = takedown.NotFound
	case name == "ServiceUnavailable":
		kind = takedown.Unavailable
	}
	return &takedown.Error{Kind: kind, Name: api.ErrorCode(), Message: api.ErrorMessage(), Err: err}
}

func (c client) Start(ctx context.Context, machine, name string, input []byte) error {
	arn, ok := c.machines[machine]
	if !ok {
		arn = strings.Replace(c.machines["pass"], ":pass", ":"+machine, 1)
	}
	_, err := c.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &arn, Name: &name, Input: aws.String(string(input))})
	return named(err)
}

// arn finds an execution by its name: its ARN holds its machine's name too.
func (c client) arn(ctx context.Context, name string) (string, error) {
	for _, m := range c.machines {
		arn := strings.Replace(m, ":stateMachine:", ":execution:", 1) + ":" + name
		if _, err := c.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn}); err == nil {
			return arn, nil
		}
	}
	arn := strings.Replace(c.machines["pass"], ":stateMachine:", ":execution:", 1) + ":" + name
	_, err := c.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	return arn, named(err)
}

func (c client) Complete(ctx context.Context, token string, output []byte) error {
	_, err := c.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(string(output))})
	return named(err)
}

func (c client) Fail(ctx context.Context, token, name, cause string) error {
	_, err := c.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{TaskToken: &token, Error: &name, Cause: &cause})
	return named(err)
}

func (c client) Heartbeat(ctx context.Context, token string) error {
	_, err := c.SendTaskHeartbeat(ctx, &sfn.SendTaskHeartbeatInput{TaskToken: &token})
	return named(err)
}

func (c client) Abort(ctx context.Context, name, errorName, cause string) error {
	arn, err := c.arn(ctx, name)
	if err != nil {
		return err
	}
	_, err = c.StopExecution(ctx, &sfn.StopExecutionInput{ExecutionArn: &arn, Error: &errorName, Cause: &cause})
	return named(err)
}

func (c client) Output(ctx context.Context, name string) ([]byte, error) {
	arn, err := c.arn(ctx, name)
	if err != nil {
		return nil, err
	}
	out, err := c.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil || out.Output == nil {
		return nil, named(err)
	}
	return []byte(*out.Output), nil
}

// Describe joins what the endpoint says with what its history shows: AWS does
// not say where an execution stands, nor when a timer is due.
func (c client) Describe(ctx context.Context, name string) (x casework.Execution, err error) {
	arn, err := c.arn(ctx, name)
	if err != nil {
		return x, err
	}
	out, err := c.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil {
		return x, named(err)
	}
	x = casework.Execution{
		Name: *out.Name, Status: string(out.Status), StartedAt: *out.StartDate,
		Error: aws.ToString(out.Error), Cause: aws.ToString(out.Cause), StoppedAt: aws.ToTime(out.StopDate),
	}
	if out.Status == types.ExecutionStatusRunning {
		x.State, err = c.standsIn(ctx, arn)
	}
	return x, err
}

func (c client) standsIn(ctx context.Context, arn string) (string, error) {
	h, err := c.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, ReverseOrder: true})
	if err != nil {
		return "", named(err)
	}
	for _, e := range h.Events {
		if e.StateEnteredEventDetails != nil {
			return *e.StateEnteredEventDetails.Name, nil
		}
	}
	return "", nil
}

// Executions lists machine by machine, as AWS does; the suite's lists are of
// one machine each.
func (c client) Executions(ctx context.Context, status, cursor string, limit int) (list []casework.Execution, next string, err error) {
	in := &sfn.ListExecutionsInput{StateMachineArn: aws.String(c.machines["pass"]), StatusFilter: types.ExecutionStatus(status), MaxResults: int32(limit)}
	if cursor != "" {
		in.NextToken = &cursor
	}
	out, err := c.ListExecutions(ctx, in)
	if err != nil {
		return nil, "", named(err)
	}
	for _, e := range out.Executions {
		list = append(list, casework.Execution{Name: *e.Name, Status: string(e.Status), StartedAt: *e.StartDate})
	}
	return list, aws.ToString(out.NextToken), nil
}

// Events takes the whole history page by page: AWS's pages begin at tokens, not
// at ids.
func (c client) Events(ctx context.Context, name string, after int64, limit int) (out []casework.ExecutionEvent, err error) {
	arn, err := c.arn(ctx, name)
	if err != nil {
		return nil, err
	}
	pages := sfn.NewGetExecutionHistoryPaginator(c.Client, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 2})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, named(err)
		}
		for _, e := range page.Events {
			if e.Id > after && len(out) < limit {
				out = append(out, casework.ExecutionEvent{ID: e.Id, Previous: e.PreviousEventId, Type: string(e.Type), At: *e.Timestamp})
			}
		}
	}
	return out, nil
}

// create makes a state machine and gives its ARN.
func (c client) create(ctx context.Context, name, definition string) (string, error) {
	out, err := c.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: &name, Definition: &definition, RoleArn: aws.String("arn:aws:iam::000000000000:role/none"),
	})
	if err != nil {
		return "", named(err)
	}
	return *out.StateMachineArn, nil
}

// fresh gives names that no run before used.
func fresh(n int) string { return "m" + strconv.Itoa(n) }
