package stepfn

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/ontdox/takedown/internal/casework"
)

const (
	// tailSize is how many of the last events are read to see where an execution
	// stands: the state with most retries has 21 attempts of at most four events.
	tailSize = 100
	maxPage  = 1000
)

// Events gives an execution's history from after an event's id on, oldest
// first; NotFound without the execution. The service's pages begin at tokens,
// not at ids, so the history is read from its start: at most 25 pages, which is
// the longest history there is.
func (e *Engine) Events(ctx context.Context, name string, after int64, limit int) ([]casework.ExecutionEvent, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	x, _, err := e.find(ctx, name)
	if err != nil {
		return nil, err
	}
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	var out []casework.ExecutionEvent
	states := map[int64]string{} // event → its state
	pages := sfn.NewGetExecutionHistoryPaginator(e.client, history(x.ExecutionArn, maxPage))
	for pages.HasMorePages() && len(out) < limit {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, domain(err)
		}
		for i := range page.Events {
			ev := line(&page.Events[i], states)
			if ev.ID > after && len(out) < limit {
				out = append(out, ev)
			}
		}
	}
	return out, nil
}

// history asks for an execution's events without what they carry: inputs and
// outputs are none of a reader's business (design §3), the tokens least of all.
func history(arn *string, size int32) *sfn.GetExecutionHistoryInput {
	return &sfn.GetExecutionHistoryInput{ExecutionArn: arn, MaxResults: size, IncludeExecutionData: aws.Bool(false)}
}

func line(e *types.HistoryEvent, states map[int64]string) casework.ExecutionEvent {
	state := states[e.PreviousEventId]
	if e.StateEnteredEventDetails != nil {
		state = aws.ToString(e.StateEnteredEventDetails.Name)
	}
	states[e.Id] = state
	if e.StateExitedEventDetails != nil {
		states[e.Id] = "" // what follows belongs to the state that is entered next
	}
	return casework.ExecutionEvent{
		ID: e.Id, Previous: e.PreviousEventId, Type: string(e.Type), At: instant(e.Timestamp), State: state, Details: details(e),
	}
}

// details says which function a task calls, or which error was met: never an
// input, an output or a cause.
func details(e *types.HistoryEvent) string {
	switch {
	case e.TaskScheduledEventDetails != nil:
		return function(aws.ToString(e.TaskScheduledEventDetails.Parameters))
	case e.TaskFailedEventDetails != nil:
		return aws.ToString(e.TaskFailedEventDetails.Error)
	case e.TaskTimedOutEventDetails != nil:
		return aws.ToString(e.TaskTimedOutEventDetails.Error)
	case e.TaskStartFailedEventDetails != nil:
		return aws.ToString(e.TaskStartFailedEventDetails.Error)
	case e.TaskSubmitFailedEventDetails != nil:
		return aws.ToString(e.TaskSubmitFailedEventDetails.Error)
	case e.ExecutionFailedEventDetails != nil:
		return aws.ToString(e.ExecutionFailedEventDetails.Error)
	case e.ExecutionTimedOutEventDetails != nil:
		return aws.ToString(e.ExecutionTimedOutEventDetails.Error)
	case e.ExecutionAbortedEventDetails != nil:
		return aws.ToString(e.ExecutionAbortedEventDetails.Error)
	}
	return ""
}

// function is the name of the function that a task's parameters name, if they
// were given.
func function(parameters string) string {
	var p struct{ FunctionName string }
	if json.Unmarshal([]byte(parameters), &p) != nil {
		return "" // without execution data there are none
	}
	if _, after, ok := strings.Cut(p.FunctionName, ":function:"); ok {
		p.FunctionName = after
	}
	name, _, _ := strings.Cut(p.FunctionName, ":")
	return name
}

// tail gives the last events, newest first.
func (e *Engine) tail(ctx context.Context, arn *string) ([]types.HistoryEvent, error) {
	in := history(arn, tailSize)
	in.ReverseOrder = true
	out, err := e.client.GetExecutionHistory(ctx, in)
	if err != nil {
		return nil, domain(err)
	}
	return out.Events[:min(len(out.Events), tailSize)], nil
}

// stands fills in where an execution stands, since when, for what it waits
// there and until when, as far as its last events (newest first) tell.
func stands(x *casework.Execution, tail []types.HistoryEvent) {
	var limit time.Duration // of the newest attempt
	for i := range tail {
		ev := &tail[i]
		at := instant(ev.Timestamp)
		if x.WaitsFor == "" {
			x.WaitsFor = waitsFor(ev)
		}
		switch {
		case ev.TaskStartedEventDetails != nil && x.WaitsUntil.IsZero():
			x.WaitsUntil = at // the limit counts from here
		case ev.TaskScheduledEventDetails != nil && limit == 0:
			limit = time.Duration(aws.ToInt64(ev.TaskScheduledEventDetails.TimeoutInSeconds)) * time.Second
			if x.WaitsUntil.IsZero() {
				x.WaitsUntil = at
			}
			x.WaitsUntil = x.WaitsUntil.Add(limit)
		case ev.StateExitedEventDetails != nil:
			x.WaitsFor, x.WaitsUntil = "", time.Time{} // between two states
			return
		case ev.StateEnteredEventDetails != nil:
			x.State, x.Since = aws.ToString(ev.StateEnteredEventDetails.Name), at
			if limit == 0 || x.WaitsFor == "retry" {
				x.WaitsUntil = time.Time{}
			}
			return
		}
	}
}

// waitsFor reads the newest event of a state.
func waitsFor(e *types.HistoryEvent) string {
	switch e.Type {
	case types.HistoryEventTypeTaskSubmitted:
		return "token"
	case types.HistoryEventTypeTaskScheduled, types.HistoryEventTypeTaskStarted, types.HistoryEventTypeTaskSucceeded, types.HistoryEventTypeTaskStateEntered:
		return "answer"
	case types.HistoryEventTypeTaskFailed, types.HistoryEventTypeTaskTimedOut, types.HistoryEventTypeTaskStartFailed, types.HistoryEventTypeTaskSubmitFailed:
		return "retry"
	case types.HistoryEventTypeWaitStateEntered:
		return "timer"
	case types.HistoryEventTypeParallelStateEntered, types.HistoryEventTypeParallelStateStarted, types.HistoryEventTypeMapStateEntered, types.HistoryEventTypeMapStateStarted:
		return "branches"
	default:
		return ""
	}
}
