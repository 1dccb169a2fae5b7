package localcloud

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// watcher knows whether the state machines have come to rest: every execution
// waits for a token that nobody has completed yet, or is over. It hears of
// tokens where waits are registered and where they are completed.
type watcher struct {
	steps    *sfn.Client
	machines []string // ARNs

	mu        sync.Mutex
	moves     int               // messages that reached the engine
	newest    map[string]string // execution → the token of its newest wait
	completed map[string]bool   // token → it was completed
	rested    map[string]string // execution → the token at which it was seen to wait
}

func newWatcher(steps *sfn.Client, machines []string) *watcher {
	return &watcher{steps: steps, machines: machines, newest: map[string]string{}, completed: map[string]bool{}, rested: map[string]string{}}
}

// invoked hears of a payload on its way to a function.
func (w *watcher) invoked(payload []byte) {
	var in struct {
		Case, Track, Token string
		Generation         int
	}
	if json.Unmarshal(payload, &in) != nil || in.Token == "" {
		return
	}
	id := in.Track
	if id == "" {
		id = in.Case
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.newest[fmt.Sprintf("%s-%d", strings.ReplaceAll(id, "_", "-"), in.Generation)] = in.Token
}

// answered hears how a service answered a call.
func (w *watcher) answered(action string, request []byte, status int) {
	if status != 200 || action != "states:SendTaskSuccess" && action != "states:StartExecution" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.moves++
	if token := named(request, "taskToken"); token != "" {
		w.completed[token] = true
	}
}

func (w *watcher) moved() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.moves
}

// forget makes the next look at rest ask for every execution.
func (w *watcher) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.rested)
}

// await returns when all is at rest.
func (w *watcher) await(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		resting, err := w.resting(ctx)
		if err != nil || resting {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (w *watcher) resting(ctx context.Context) (bool, error) {
	for _, machine := range w.machines {
		pages := sfn.NewListExecutionsPaginator(w.steps, &sfn.ListExecutionsInput{
			StateMachineArn: aws.String(machine), StatusFilter: sfntypes.ExecutionStatusRunning, MaxResults: 1000,
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return false, err
			}
			for _, e := range page.Executions {
				if rests, err := w.rests(ctx, *e.Name, *e.ExecutionArn); err != nil || !rests {
					return false, err
				}
			}
		}
	}
	return true, nil
}

// rests looks at one running execution: the newest event of one that waits says
// that its task was submitted.
func (w *watcher) rests(ctx context.Context, name, arn string) (bool, error) {
	w.mu.Lock()
	token := w.newest[name]
	over, known := w.completed[token], w.rested[name] == token
	w.mu.Unlock()
	if token == "" || over {
		return w.ended(ctx, arn)
	}
	if known {
		return true, nil
	}
	out, err := w.steps.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: aws.String(arn), ReverseOrder: true, MaxResults: 1})
	if err != nil || len(out.Events) == 0 || out.Events[0].Type != sfntypes.HistoryEventTypeTaskSubmitted {
		return false, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.newest[name] != token {
		return false, nil // it has moved meanwhile
	}
	w.rested[name] = token
	return true, nil
}

// ended says whether an execution that was listed as running is over by now.
func (w *watcher) ended(ctx context.Context, arn string) (bool, error) {
	out, err := w.steps.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: aws.String(arn)})
	return err == nil && out.Status != sfntypes.ExecutionStatusRunning, err
}
