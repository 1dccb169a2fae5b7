package casework_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// lame is an engine that cannot complete one token, nor say of one execution
// how it stands; with all else it is well.
type lame struct {
	casework.Engine
	token string
	dead  []string
}

func (e lame) Complete(ctx context.Context, token string, out []byte) error {
	if token == e.token {
		return takedown.Errorf(takedown.Internal, takedown.NameInternal, "this one not")
	}
	return e.Engine.Complete(ctx, token, out)
}

func (e lame) Executions(_ context.Context, status, _ string, _ int) ([]casework.Execution, string, error) {
	var out []casework.Execution
	for _, name := range e.dead {
		out = append(out, casework.Execution{Name: name, Machine: "track", Status: status})
	}
	return out, "", nil
}

// dueTrack puts a track that waits for an answer, with a token.
func (f *fixture) dueTrack(caseID, token string, due time.Time) *takedown.Track {
	f.t.Helper()
	ctx := context.Background()
	track := &takedown.Track{Route: "hoster", Status: takedown.TrackActive, Generation: 1, Wait: &takedown.Wait{No: 1, Kind: "reply", Due: due}}
	f.ok(casework.PutNoun(ctx, f.s, caseID, track))
	f.ok(f.store.PutToken(ctx, track.ID+":1:1", token))
	return track
}

// TestOneWaitThatFailsHoldsUpNoDeadline: the wait that fell due first cannot be
// completed; those behind it are, and the sweep says whose it was.
func TestOneWaitThatFailsHoldsUpNoDeadline(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	bad := f.dueTrack(c.Case, "bad", monday.Add(-3*time.Minute))
	f.dueTrack(c.Case, "good", monday.Add(-2*time.Minute))
	f.s.SetEngine(lame{Engine: f.engine, token: "bad"})
	_, err := f.s.Sweep(ctx, casework.SweepInput{V: casework.InputVersion})
	if err == nil || !strings.Contains(err.Error(), bad.ID) {
		t.Errorf("the sweep says %v, and not whose wait failed (%s)", err, bad.ID)
	}
	if !slices.Contains(f.engine.completed, "good") {
		t.Errorf("completed %q: the wait behind the failing one was not", f.engine.completed)
	}
}

// TestOneDeadExecutionThatFailsHoldsUpNoOther: a row that no program can read
// stands among the tracks whose executions died.
func TestOneDeadExecutionThatFailsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	bad := f.dueTrack(c.Case, "bad", monday.Add(time.Hour))
	good := f.dueTrack(c.Case, "good", monday.Add(time.Hour))
	f.s.Store = unreadable{f.s.Store, bad.ID}
	f.s.SetEngine(lame{Engine: f.engine, dead: []string{nameOf(bad), nameOf(good)}})
	got, err := f.s.Sweep(ctx, casework.SweepInput{V: casework.InputVersion})
	if err == nil || !strings.Contains(err.Error(), nameOf(bad)) {
		t.Errorf("the sweep says %v, and not which execution failed", err)
	}
	if got.Repaired != 1 {
		t.Errorf("%d repaired, want the one behind", got.Repaired)
	}
}

func nameOf(tr *takedown.Track) string { return fmt.Sprintf("track-%s-1", tr.ID[len("track_"):]) }

// unreadable is a store that holds one record which cannot be read.
type unreadable struct {
	casework.Store
	id string
}

func (s unreadable) Get(ctx context.Context, keys ...casework.Key) ([]casework.Record, error) {
	for _, k := range keys {
		if k.ID == s.id {
			return nil, takedown.Errorf(takedown.Internal, takedown.NameInternal, "record %s is damaged", s.id)
		}
	}
	return s.Store.Get(ctx, keys...)
}

// TestOneCaseThatFailsHoldsUpNoRecount: clocks of the other cases are counted
// again, and the pass is made again until it could look at all.
func TestOneCaseThatFailsHoldsUpNoRecount(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	var cases, clocks []string
	for n := range 2 {
		c := f.open(caseInput(fmt.Sprintf("https://forum.example/%d", n)))
		cases, clocks = append(cases, c.Case), append(clocks, f.start(c.Case, "C5", monday, takedown.Clock{}))
	}
	f.sweep()
	f.addDays(mourning("2027-03-31"))
	whole := f.s.Store
	f.s.Store = unreadable{whole, clocks[0]}
	for range 2 { // no number of sweeps makes such a pass count
		_, err := f.s.Sweep(ctx, casework.SweepInput{V: casework.InputVersion})
		if err == nil || !strings.Contains(err.Error(), cases[0]) {
			t.Errorf("the sweep says %v, and not which case failed", err)
		}
	}
	if got := f.heir(cases[1], clocks[1]); got.DueDate != "2027-04-08" {
		t.Errorf("the other case's clock: %+v", got)
	}
	f.s.Store = whole
	f.sweep()
	if got := f.heir(cases[0], clocks[0]); got.DueDate != "2027-04-08" {
		t.Errorf("the clock that could not be read: %+v", got)
	}
}
