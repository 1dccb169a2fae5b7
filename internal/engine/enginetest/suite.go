package enginetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/takedown"
)

// Run holds an engine against the contract. open makes a fresh engine, with
// the suite's machines and functions, on an empty journal.
func Run(t *testing.T, open func(t *testing.T, s Setup) Harness) {
	run(t, 3600, false, open)
}

// RunReal is Run for an engine in real time: its waits take seconds, so the
// promises are held side by side.
func RunReal(t *testing.T, open func(t *testing.T, s Setup) Harness) {
	run(t, realLong, true, open)
}

// realLong is how many seconds a wait lasts in real time, where its end is what
// is looked at: a busy machine has to act within it. Other waits last realMost.
const realLong, realMost = 10, 600

// promise is one part of the contract.
type promise struct {
	name string
	test func(t *testing.T, b *bench)
}

func promises() []promise {
	return []promise{
		{"start", testStart},
		{"names", testNames},
		{"describe and list", testDescribe},
		{"event before registration ends", testEventBefore},
		{"event during registration", testEventDuring},
		{"event after registration", testEventAfter},
		{"time-out", testTimeout},
		{"time-out against completion", testRace},
		{"doubled completion", testDoubled},
		{"tokens that name nothing", testBadTokens},
		{"token replaced by a retry", testReplaced},
		{"stale generation", testStale},
		{"retry", testRetry},
		{"catch", testCatch},
		{"wait state", testTimer},
		{"where it stands", testStands},
		{"branches", testBranches},
		{"restart", testRestart},
		{"refused", testRefused},
		{"stop", testStop},
		{"a token's failure", testTokenFails},
		{"heartbeat", testHeartbeat},
		{"names AWS refuses", testBadNames},
		{"sizes", testSizes},
	}
}

// run holds the engine against each promise; long is how many seconds a wait
// lasts.
func run(t *testing.T, long int64, wall bool, open func(t *testing.T, s Setup) Harness) {
	t.Helper()
	for _, c := range promises() {
		t.Run(c.name, func(t *testing.T) {
			if wall {
				t.Parallel()
			}
			c.hold(t, long, wall, open)
		})
	}
}

func (c promise) hold(t *testing.T, long int64, wall bool, open func(t *testing.T, s Setup) Harness) {
	t.Helper()
	w := newWorld(long)
	if wall {
		w.seconds = realMost
	}
	h := open(t, Setup{Machines: machines(long), Substitutions: substitutions(), Handlers: w.handlers()})
	c.test(t, &bench{Harness: h, t: t, w: w, long: time.Duration(long) * second, real: wall})
}

// Each gives every promise to each, which holds engines against it as often as
// it likes: once for every fault.
func Each(t *testing.T, each func(t *testing.T, hold func(t *testing.T, open func(*testing.T, Setup) Harness))) {
	for _, c := range promises() {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, open func(*testing.T, Setup) Harness) {
				t.Helper()
				c.hold(t, 3600, false, open)
			})
		})
	}
}

// bench is one test's engine, with its world.
type bench struct {
	Harness
	t    *testing.T
	w    *world
	long time.Duration // a wait's
	real bool          // time is nobody's to move
}

func (b *bench) start(machine, name, input string) {
	b.t.Helper()
	if err := b.Engine.Start(context.Background(), machine, name, []byte(input)); err != nil {
		b.t.Fatalf("Start %s: %v", name, err)
	}
	b.Settle()
}

// wants checks an error's name; "" wants none.
func (b *bench) wants(name string, err error) {
	b.t.Helper()
	var e *takedown.Error
	switch {
	case name == "" && err != nil:
		b.t.Errorf("unexpected error: %v", err)
	case name != "" && (!errors.As(err, &e) || e.Name != name):
		b.t.Errorf("error is %v, want one named %s", err, name)
	}
}

func (b *bench) status(name, status, state string) {
	b.t.Helper()
	var x localengine.Execution
	b.soon(func() bool {
		var err error
		if x, err = b.Engine.Describe(context.Background(), name); err != nil {
			b.t.Fatalf("Describe %s: %v", name, err)
		}
		return x.Status == status && x.State == state
	})
	if x.Status != status || x.State != state {
		b.t.Errorf("%s is %s in %q, want %s in %q", name, x.Status, x.State, status, state)
	}
}

func (b *bench) complete(token, wantError string) {
	b.t.Helper()
	err := b.Engine.Complete(context.Background(), token, []byte(`{"done": true}`))
	if wantError == "TaskTimedOut" {
		b.closed(err)
	} else {
		b.wants(wantError, err)
	}
	b.Settle()
}

// types gives the types of an execution's events, page by page.
func (b *bench) types(name string) []string {
	b.t.Helper()
	var out []string
	after := int64(0)
	for {
		page, err := b.Engine.Events(context.Background(), name, after, 3)
		if err != nil {
			b.t.Fatalf("Events %s: %v", name, err)
		}
		if len(page) == 0 {
			return out
		}
		for _, e := range page {
			if e.ID != after+1 {
				b.t.Fatalf("event %d follows %d", e.ID, after)
			}
			after = e.ID
			out = append(out, e.Type)
		}
	}
}

func testStart(t *testing.T, b *bench) {
	b.start("pass", "p-1", `{"a": 1}`)
	b.status("p-1", "SUCCEEDED", "")
	want := []string{"ExecutionStarted"}
	for range 4 {
		want = append(want, "PassStateEntered", "PassStateExited")
	}
	want = append(want, "ExecutionSucceeded")
	if got := b.types("p-1"); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
	b.start("fail", "f-1", `{}`)
	b.status("f-1", "FAILED", "")
	x, err := b.Engine.Describe(context.Background(), "f-1")
	if err != nil || x.Error != "Broken" || x.Cause != "on purpose" || x.StoppedAt.IsZero() || x.StartedAt.IsZero() {
		t.Errorf("Describe gives %+v, %v", x, err)
	}
	b.wants("StateMachineDoesNotExist", b.Engine.Start(context.Background(), "nothing", "n-1", []byte(`{}`)))
	b.wants("InvalidExecutionInput", b.Engine.Start(context.Background(), "pass", "n-1", []byte(`{`)))
}

func testNames(_ *testing.T, b *bench) {
	b.w.waits["x"] = 1
	b.start("hub", "h-1", `{"id": "x", "generation": 1}`)
	ctx := context.Background()
	b.wants("", b.Engine.Start(ctx, "hub", "h-1", []byte(`{"id": "x", "generation": 1}`)))
	b.wants("ExecutionAlreadyExists", b.Engine.Start(ctx, "hub", "h-1", []byte(`{"id": "x", "generation": 2}`)))
	if other := b.Engine.Start(ctx, "pass", "h-1", []byte(`{"id": "x", "generation": 1}`)); b.deviates(NamesPerMachine) {
		b.wants("", other)
	} else {
		b.wants("ExecutionAlreadyExists", other)
	}
	b.Settle()
	if n := b.w.planned(); n != 1 {
		b.t.Errorf("planned %d times, want once", n)
	}
	b.complete(b.w.token("x"), "")
	b.Settle()
	b.wants("ExecutionAlreadyExists", b.Engine.Start(ctx, "hub", "h-1", []byte(`{"id": "x", "generation": 1}`)))
}

func testDescribe(t *testing.T, b *bench) {
	ctx := context.Background()
	for i := range 5 {
		b.start("pass", fmt.Sprintf("p-%d", i), `{}`)
	}
	b.start("fail", "f-1", `{}`)
	var names []string
	cursor := ""
	for page := 0; page == 0 || cursor != ""; page++ {
		xs, next, err := b.Engine.Executions(ctx, "SUCCEEDED", cursor, 2)
		if err != nil || page > 5 {
			t.Fatalf("Executions: %v", err)
		}
		for _, x := range xs {
			names = append(names, x.Name)
		}
		cursor = next
	}
	if want := []string{"p-4", "p-3", "p-2", "p-1", "p-0"}; !slices.Equal(names, want) {
		t.Errorf("list %v, want %v", names, want)
	}
	if _, err := b.Engine.Describe(ctx, "nobody"); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("Describe of nobody: %v", err)
	}
	if _, err := b.Engine.Events(ctx, "nobody", 0, 1); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("Events of nobody: %v", err)
	}
}

func testRefused(t *testing.T, b *bench) {
	accepted := 0
	for _, def := range []string{
		`{"StartAt": "A"`,
		`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Nowhere"}}}`,
		`{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}, "B": {"Type": "Pass", "End": true}}}`,
		`{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "not an ARN", "End": true}}}`,
	} {
		if err := b.Refuse(def); err == nil {
			accepted++
			if !b.deviates(LooseDefinitions) {
				t.Errorf("accepted: %s", def)
			}
		}
	}
	if most := 2; b.deviates(LooseDefinitions) && (accepted == 0 || accepted > most) {
		t.Errorf("%d definitions accepted", accepted)
	}
}
