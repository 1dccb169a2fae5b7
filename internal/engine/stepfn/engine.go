package stepfn

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/engine/asl"
	"github.com/ontdox/takedown/internal/takedown"
)

// callLimit ends a call that gets no answer, retries included: it stays below
// the 30 s that API Gateway gives the request in which a message goes out.
const callLimit = 15 * time.Second

// Engine runs executions of given state machines. It is safe for concurrent
// use.
type Engine struct {
	client   *sfn.Client
	machines map[string]string // name → ARN
	names    []string          // of the machines, sorted
}

var _ casework.Engine = (*Engine)(nil)

// New takes the state machines' ARNs by the names that casework gives them
// ("case", "track"). Region, credentials, endpoint and retries are cfg's.
func New(cfg aws.Config, machines map[string]string) *Engine {
	return &Engine{
		client:   sfn.NewFromConfig(cfg),
		machines: maps.Clone(machines),
		names:    slices.Sorted(maps.Keys(machines)),
	}
}

// Start begins an execution. The same name with the same input while it runs is
// the same execution; else the error is named ExecutionAlreadyExists. Names
// beside: InvalidName, InvalidExecutionInput, StateMachineDoesNotExist.
func (e *Engine) Start(ctx context.Context, machine, name string, input []byte) error {
	// A start without a name would get one from the service, and be another
	// execution each time it is repeated.
	if !asl.ValidName(name) {
		return takedown.Errorf(takedown.Invalid, "InvalidName", "An execution's name has 1 to 80 characters of those that AWS takes.")
	}
	if !payload(input) {
		return takedown.Errorf(takedown.Invalid, "InvalidExecutionInput", "The input is not JSON of at most 256 KiB.")
	}
	arn, ok := e.machines[machine]
	if !ok {
		return takedown.Errorf(takedown.NotFound, "StateMachineDoesNotExist", "There is no state machine %s.", machine)
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	_, err := e.client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &arn, Name: &name, Input: aws.String(string(input))})
	return domain(err)
}

// payload says whether bytes may be an input or an output.
func payload(b []byte) bool { return len(b) <= asl.MaxPayload && json.Valid(b) }

// Complete ends a wait by its token with an output. The errors are named
// InvalidToken, TaskDoesNotExist, TaskTimedOut (closed in any way) and
// InvalidOutput.
func (e *Engine) Complete(ctx context.Context, token string, output []byte) error {
	if token == "" {
		return takedown.Errorf(takedown.Invalid, "InvalidToken", "This is not a task token.")
	}
	// Checked here too, so that a wait never ends with what no state can read.
	if !payload(output) {
		return takedown.Errorf(takedown.Invalid, "InvalidOutput", "The output is not JSON of at most 256 KiB.")
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	_, err := e.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(string(output))})
	return domain(err)
}

// Describe gives one execution; NotFound without. Where a running one stands
// comes from the end of its history.
func (e *Engine) Describe(ctx context.Context, name string) (casework.Execution, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	out, machine, err := e.find(ctx, name)
	if err != nil {
		return casework.Execution{}, err
	}
	x := casework.Execution{
		Name: name, Machine: machine, Status: string(out.Status),
		StartedAt: instant(out.StartDate), StoppedAt: instant(out.StopDate),
		Error: aws.ToString(out.Error), Cause: aws.ToString(out.Cause),
	}
	if out.Status != types.ExecutionStatusRunning {
		return x, nil
	}
	tail, err := e.tail(ctx, out.ExecutionArn)
	if err != nil {
		return casework.Execution{}, err
	}
	stands(&x, tail)
	return x, nil
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// find asks each state machine for an execution, first the one whose name
// begins the execution's ("track-…"): only that call is needed for ours.
func (e *Engine) find(ctx context.Context, name string) (*sfn.DescribeExecutionOutput, string, error) {
	if !asl.ValidName(name) {
		return nil, "", errNotFound(name)
	}
	order := slices.SortedStableFunc(slices.Values(e.names), func(a, b string) int {
		return cmp.Compare(rank(a, name), rank(b, name))
	})
	for _, machine := range order {
		arn := executionARN(e.machines[machine], name)
		out, err := e.client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		if err == nil {
			return out, machine, nil
		}
		if err = domain(err); takedown.KindOf(err) != takedown.NotFound {
			return nil, "", err
		}
	}
	return nil, "", errNotFound(name)
}

func rank(machine, name string) int {
	if strings.HasPrefix(name, machine+"-") {
		return 0
	}
	return 1
}

func errNotFound(name string) error {
	return takedown.Errorf(takedown.NotFound, "ExecutionDoesNotExist", "There is no execution %s.", name)
}

// executionARN is …:execution:MACHINE:NAME for …:stateMachine:MACHINE.
func executionARN(machine, name string) string {
	return strings.Replace(machine, ":stateMachine:", ":execution:", 1) + ":" + name
}
