package localengine_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/engine/enginetest"
	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/takedown"
)

// patient calls again what the journal did not answer, as the outbox does, and
// knows that the first call may have had its effect.
type patient struct {
	r *faultyRig
}

func again(f func() error) (repeated bool, err error) {
	for range 5 {
		if err = f(); takedown.KindOf(err) != takedown.Unavailable {
			return repeated, err
		}
		repeated = true
	}
	return repeated, err
}

// delivered is again for what has an effect: after a commit whose answer was
// lost, and only then, these names mean that it had.
func (p patient) delivered(f func() error) error {
	before := p.r.f.lostAnswer()
	_, err := again(f)
	if name := takedown.NameOf(err); !before && p.r.f.lostAnswer() && (name == "ExecutionAlreadyExists" || name == "TaskTimedOut") {
		return nil
	}
	return err
}

func asked[T any](f func() (T, error)) (out T, err error) {
	_, err = again(func() error {
		out, err = f()
		return err
	})
	return out, err
}

func (p patient) Start(ctx context.Context, machine, name string, input []byte) error {
	return p.delivered(func() error { return p.r.engine.Start(ctx, machine, name, input) })
}

func (p patient) Complete(ctx context.Context, token string, output []byte) error {
	return p.delivered(func() error { return p.r.engine.Complete(ctx, token, output) })
}

func (p patient) Fail(ctx context.Context, token, name, cause string) error {
	return p.delivered(func() error { return p.r.engine.Fail(ctx, token, name, cause) })
}

func (p patient) Heartbeat(ctx context.Context, token string) error {
	return p.delivered(func() error { return p.r.engine.Heartbeat(ctx, token) })
}

func (p patient) Abort(ctx context.Context, name, errorName, cause string) error {
	return p.delivered(func() error { return p.r.engine.Abort(ctx, name, errorName, cause) })
}

func (p patient) Output(ctx context.Context, name string) ([]byte, error) {
	return asked(func() ([]byte, error) { return p.r.engine.Output(ctx, name) })
}

func (p patient) Describe(ctx context.Context, name string) (localengine.Execution, error) {
	return asked(func() (localengine.Execution, error) { return p.r.engine.Describe(ctx, name) })
}

func (p patient) Executions(ctx context.Context, status, cursor string, limit int) (out []localengine.Execution, next string, err error) {
	_, err = again(func() error {
		out, next, err = p.r.engine.Executions(ctx, status, cursor, limit)
		return err
	})
	return out, next, err
}

func (p patient) Events(ctx context.Context, name string, after int64, limit int) ([]localengine.ExecutionEvent, error) {
	return asked(func() ([]localengine.ExecutionEvent, error) { return p.r.engine.Events(ctx, name, after, limit) })
}

// faultyRig is an engine on a database that fails by plan.
type faultyRig struct {
	rig
	f *faults
}

func (r *faultyRig) open() {
	r.t.Helper()
	r.db = faultyDB(r.t, r.path, r.f)
	r.options.DB, r.options.Volatile, r.options.Pause = r.db, true, time.Microsecond
	_, err := again(func() (err error) {
		if r.engine, err = localengine.New(r.options); err != nil {
			return err
		}
		return r.engine.Run(context.Background())
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// opener makes the suite's harness under a plan.
func opener(f *faults) func(t *testing.T, s enginetest.Setup) enginetest.Harness {
	return func(t *testing.T, s enginetest.Setup) enginetest.Harness {
		c := newClock()
		r := &faultyRig{f: f, rig: rig{t: t, path: filepath.Join(t.TempDir(), "engine.db"), options: localengine.Options{
			Machines: s.Machines, Substitutions: s.Substitutions, Handlers: s.Handlers, Now: c.Now,
		}}}
		r.open()
		t.Cleanup(r.close)
		return enginetest.Harness{
			Engine: patient{r},
			Advance: func(d time.Duration) {
				c.advance(d)
				if _, err := again(func() error { return r.engine.Tick(context.Background()) }); err != nil {
					t.Fatal(err)
				}
			},
			Settle: r.settle,
			Restart: func() enginetest.Engine {
				r.close()
				r.open()
				return patient{r}
			},
			Refuse: func(def string) error {
				o := r.options
				o.Machines = map[string][]byte{"m": []byte(def)}
				_, err := again(func() error { _, err := localengine.New(o); return err })
				return err
			},
		}
	}
}

// TestFaults holds the engine against the contract with every call of the
// journal failing once, before and after its effect, each call site in turn:
// same end states, and no handler called twice.
func TestFaults(t *testing.T) {
	var fired, ran int
	var mu sync.Mutex
	enginetest.Each(t, func(t *testing.T, hold func(t *testing.T, open func(*testing.T, enginetest.Setup) enginetest.Harness)) {
		well := &faults{}
		hold(t, opener(well))
		for i, plan := range well.plans() {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				hold(t, opener(plan))
				if t.Failed() {
					t.Logf("call %d of this failed, after its effect: %v\n%s", plan.nth, plan.after, plan.site)
				}
				mu.Lock()
				defer mu.Unlock()
				ran++
				if plan.fired {
					fired++
				}
			})
		}
	})
	t.Logf("%d of %d faults came about", fired, ran)
	if fired < ran*9/10 {
		t.Errorf("only %d of %d faults came about", fired, ran)
	}
}
