package stepfn_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/ontdox/takedown/internal/engine/asl"
	"github.com/ontdox/takedown/internal/engine/enginetest"
)

// functionNames are the placeholders of both files.
var functionNames = []string{
	"Triage", "PlanTracks", "PlanStep", "DraftDocument", "RegisterWait", "SendDocument", "VerifyContent", "AssembleDossier", "Renew", "RecordOutcome",
}

func ownNames() map[string]string {
	out := map[string]string{}
	for _, f := range functionNames {
		out[f] = f
	}
	return out
}

// here runs a script on the interpreter of this repository, in a time that
// jumps from timer to timer.
func here(t *testing.T, r *run, text []byte) []string {
	t.Helper()
	body := string(text)
	for _, f := range functionNames {
		body = strings.ReplaceAll(body, "${"+f+"}", f)
	}
	d, err := asl.Load([]byte(body), asl.Host{Supports: func(asl.Resource) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	env := &asl.Env{
		Now: time.Date(2027, 3, 22, 9, 0, 0, 0, time.UTC), Rand: rand.NewChaCha8([32]byte{1}),
		Token: func(n int64) string { return fmt.Sprint("token-", n) },
	}
	var out []string
	input, err := asl.ParseJSON(firstInput(r))
	if err != nil {
		t.Fatal(err)
	}
	x, eff := d.Start(asl.Identity{Name: r.name}, input, env)
	for {
		for i := range eff.Events {
			out = append(out, hereFact(&eff.Events[i]))
		}
		if x.Status != asl.Running {
			return out
		}
		if calls := x.Pending(); len(calls) > 0 {
			eff = hereAnswer(t, r, x, calls[0], env)
			continue
		}
		env.Now = x.Due()
		eff, _ = x.Fire(env)
	}
}

func firstInput(r *run) []byte {
	return []byte(`{"v":1,"` + r.machine + `":"` + r.name + `","generation":1}`)
}

func text(v any) string { return string(asl.AppendJSON(nil, v)) }

func hereFact(e *asl.Event) string {
	data := ""
	for _, d := range []*asl.Data{e.Input, e.Output, e.Params} {
		if d != nil {
			data = text(d.V)
		}
	}
	return fact(e.Type, e.State, data, e.Error)
}

// hereAnswer does what localengine does with a function's answer.
func hereAnswer(t *testing.T, r *run, x *asl.Execution, c asl.Call, env *asl.Env) (eff asl.Effects) {
	t.Helper()
	var params struct {
		FunctionName string
		Payload      map[string]any
	}
	if err := json.Unmarshal([]byte(text(c.Params)), &params); err != nil {
		t.Fatal(err)
	}
	out, failure, complete := r.answer(params.FunctionName, params.Payload)
	if failure != "" {
		eff, _ = x.Fail(c.Task, failure, "", env)
		return eff
	}
	result := value(t, map[string]any{"Payload": out, "StatusCode": 200, "ExecutedVersion": "$LATEST"})
	if c.Token == "" {
		eff, _ = x.Resolve(c.Task, result, env)
		return eff
	}
	eff, _ = x.Submit(c.Task, result, env)
	if complete {
		more, _ := x.Resolve(c.Task, value(t, map[string]any{}), env)
		eff.Events = append(eff.Events, more.Events...)
	}
	return eff
}

func value(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := asl.ParseJSON(b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// there is LocalStack with both machines and the functions of every script.
type there struct {
	engine
	f    *functions
	runs map[string]*run
}

func (h *there) handler(function string) enginetest.Handler {
	return func(ctx context.Context, payload []byte) ([]byte, error) {
		var p map[string]any
		if err := json.Unmarshal(payload, &p); err != nil {
			return nil, err
		}
		id, _ := p["track"].(string)
		if c, ok := p["case"].(string); ok {
			id = c
		}
		r := h.runs[id]
		if r == nil {
			return nil, errors.New("no such script")
		}
		out, failure, complete := r.answer(function, p)
		if failure != "" {
			return nil, service{failure}
		}
		if complete {
			if err := h.Complete(ctx, p["token"].(string), []byte(`{}`)); err != nil {
				return nil, err
			}
		}
		return json.Marshal(out)
	}
}

// run plays a script to its end and gives its history.
func (h *there) run(ctx context.Context, r *run) ([]string, error) {
	if err := h.Start(ctx, r.machine, r.name, firstInput(r)); err != nil {
		return nil, err
	}
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	arn := strings.Replace(h.machines[r.machine], ":stateMachine:", ":execution:", 1) + ":" + r.name
	for {
		out, err := h.sfn.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		if err != nil {
			return nil, err
		}
		if out.Status != types.ExecutionStatusRunning {
			return h.history(ctx, arn)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-tick.C:
		}
	}
}

func (h *there) history(ctx context.Context, arn string) ([]string, error) {
	var out []string
	pages := sfn.NewGetExecutionHistoryPaginator(h.sfn, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 1000})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for i := range page.Events {
			out = append(out, h.fact(&page.Events[i]))
		}
	}
	return out, nil
}

func (h *there) fact(e *types.HistoryEvent) string {
	state, data, failure := "", "", ""
	switch {
	case e.StateEnteredEventDetails != nil:
		state, data = aws.ToString(e.StateEnteredEventDetails.Name), aws.ToString(e.StateEnteredEventDetails.Input)
	case e.StateExitedEventDetails != nil:
		state, data = aws.ToString(e.StateExitedEventDetails.Name), aws.ToString(e.StateExitedEventDetails.Output)
	case e.TaskScheduledEventDetails != nil:
		data = strings.ReplaceAll(aws.ToString(e.TaskScheduledEventDetails.Parameters), h.f.prefix, "")
	case e.ExecutionSucceededEventDetails != nil:
		data = aws.ToString(e.ExecutionSucceededEventDetails.Output)
	case e.TaskFailedEventDetails != nil:
		failure = aws.ToString(e.TaskFailedEventDetails.Error)
	case e.TaskTimedOutEventDetails != nil:
		failure = aws.ToString(e.TaskTimedOutEventDetails.Error)
	case e.ExecutionFailedEventDetails != nil:
		failure = aws.ToString(e.ExecutionFailedEventDetails.Error)
	}
	return fact(string(e.Type), state, data, failure)
}

// TestTwoInterpreters: the same file, the same answers, and the same states,
// inputs, outputs, calls, errors and end, event by event.
func TestTwoInterpreters(t *testing.T) {
	endpoint := localstack(t)
	h := &there{runs: map[string]*run{}}
	handlers, files := map[string]enginetest.Handler{}, map[string][]byte{}
	for _, f := range functionNames {
		handlers[f] = h.handler(f)
	}
	for machine, body := range machineFiles {
		files[machine] = fast(t, body)
	}
	h.f = serve(t, endpoint, handlers)
	h.engine = machinesOn(t, endpoint, h.f, files, ownNames())
	var all []script
	for machine, body := range machineFiles {
		all = append(all, scripts(machine, parse(t, body))...)
	}
	for _, s := range all {
		h.runs[s.name] = newRun(s, parse(t, machineFiles[s.machine]))
	}
	t.Logf("%d scripts", len(all))
	got := h.play(t, all)
	for i, s := range all {
		t.Run(s.name, func(t *testing.T) {
			want := here(t, newRun(s, parse(t, machineFiles[s.machine])), files[s.machine])
			if d := difference(want, got[i]); d != "" {
				t.Error(d)
			}
		})
	}
}

// sideBySide is how many scripts run at once: most of it is waiting for
// retries.
const sideBySide = 32

// play runs scripts on LocalStack and gives their histories.
func (h *there) play(t *testing.T, all []script) [][]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	got, failed := make([][]string, len(all)), make([]error, len(all))
	var wg sync.WaitGroup
	room := make(chan struct{}, sideBySide)
	for i, s := range all {
		room <- struct{}{}
		wg.Go(func() {
			got[i], failed[i] = h.run(ctx, h.runs[s.name])
			<-room
		})
	}
	wg.Wait()
	for i, err := range failed {
		if err != nil {
			t.Errorf("%s: %v", all[i].name, err)
		}
	}
	return got
}

// difference says where two histories part, "" if nowhere.
func difference(want, got []string) string {
	for i := range max(len(got), len(want)) {
		if at(want, i) != at(got, i) {
			return fmt.Sprintf("event %d\nhere  %s\nthere %s", i+1, at(want, i), at(got, i))
		}
	}
	return ""
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "(nothing)"
}
