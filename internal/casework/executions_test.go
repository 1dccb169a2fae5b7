package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// worldly is an engine that runs on the world's time and does not say where an
// execution stands, as Step Functions does.
type worldly struct{ casework.Engine }

func (w worldly) bare(e casework.Execution) casework.Execution {
	return casework.Execution{Name: e.Name, Machine: e.Machine, Status: e.Status, StartedAt: time.Now()}
}

func (w worldly) Executions(ctx context.Context, status, cursor string, limit int) ([]casework.Execution, string, error) {
	list, next, err := w.Engine.Executions(ctx, status, cursor, limit)
	for i := range list {
		list[i] = w.bare(list[i])
	}
	return list, next, err
}

func (w worldly) Describe(ctx context.Context, name string) (casework.Execution, error) {
	e, err := w.Engine.Describe(ctx, name)
	return w.bare(e), err
}

func TestWhereAnExecutionWaitsIsSaidInCaseTime(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	ctx := context.Background()
	l.pass(24 * time.Hour)
	l.attempt()
	name := strings.Replace(l.track("hoster").ID, "_", "-", 1) + "-1"
	l.pass(time.Hour) // what it waits for has not changed: it has waited since
	l.s.SetEngine(worldly{l.run})
	one, err := l.s.GetExecution(ctx, coordinator, name)
	l.ok(err)
	list, _, err := l.s.ListExecutions(ctx, coordinator, "RUNNING", "", 50)
	l.ok(err)
	if len(list) == 0 || list[0].Name != name {
		t.Fatalf("running: %+v", list)
	}
	until := l.track("hoster").WaitsFor.Until
	for _, v := range []casework.ExecutionView{one, list[0]} {
		if v.State != "AwaitApproval" || v.WaitsFor != "token" || !v.Since.Equal(monday.Add(24*time.Hour)) || !v.WaitsUntil.Equal(until) {
			t.Errorf("got %+v, want it to wait in AwaitApproval since %s until %s", v, monday.Add(24*time.Hour), until)
		}
	}
	l.s.SetEngine(l.run)
	l.ok(l.run.Abort(ctx, name, "Broken", "test"))
	l.s.SetEngine(worldly{l.run})
	over, err := l.s.GetExecution(ctx, coordinator, name)
	l.ok(err)
	if over.State != "" || over.WaitsFor != "" || !over.WaitsUntil.IsZero() {
		t.Errorf("one that is over waits: %+v", over)
	}
}
