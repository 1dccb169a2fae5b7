package casework

import (
	"context"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// RegisterWait keeps the newest token of a wait and completes it at once if
// the wait is already over. Handler of register-wait; idempotent: a retry
// brings a new token, which replaces the old one.
func (s *Service) RegisterWait(ctx context.Context, in WaitInput) error {
	if err := served(in.V); err != nil {
		return err
	}
	if in.Token == "" || (in.Track == "") == (in.Case == "") {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "a wait names a token and exactly one of track and case")
	}
	id := in.Track + in.Case
	key := waitKey(id, in.Generation, in.Wait)
	if err := s.Store.PutToken(ctx, key, in.Token); err != nil {
		return err
	}
	over := func(t *tx, isOver bool, err error) error {
		if err != nil || !isOver {
			return err
		}
		t.forget() // what the look at the plan changed is the next turn's to write
		t.wakes = append(t.wakes, key)
		return t.log("wait.over", in.Kind, []string{id})
	}
	if in.Case != "" {
		return s.onCase(ctx, CaseInput{V: in.V, Case: in.Case, Generation: in.Generation}, func(t *tx, c *takedown.Case) error {
			isOver, err := t.caseWaitOver(c, in.Wait)
			return over(t, isOver, err)
		})
	}
	return s.onTrack(ctx, TrackInput{V: in.V, Track: in.Track, Generation: in.Generation}, func(t *tx, tr *takedown.Track) error {
		isOver, err := t.trackWaitOver(tr, in.Wait)
		return over(t, isOver, err)
	})
}

// forget drops what this tx would have written.
func (t *tx) forget() {
	t.dirty, t.change, t.wakes = nil, Change{}, nil
	t.cached, t.listed = map[Key]noun{}, map[RecordKind]bool{}
}

func (t *tx) trackWaitOver(tr *takedown.Track, no int) (bool, error) {
	if tr.Wait == nil || tr.Wait.No != no || !tr.Wait.Due.After(t.now) {
		return true, nil
	}
	before := *tr.Wait
	p, err := t.newPlanner(tr)
	if err != nil {
		return false, err
	}
	st, err := p.decide()
	if err != nil {
		return false, err
	}
	same := st.waits() && sameWait(&before, nextWait(&before, tr.Waits, st, t.now))
	if same {
		t.forget()
	}
	return !same, nil
}

func (t *tx) caseWaitOver(c *takedown.Case, no int) (bool, error) {
	if c.Wait == nil || c.Wait.No != no || !c.Wait.Due.After(t.now) {
		return true, nil
	}
	before := *c.Wait
	st, err := t.decideIntake(c)
	if err != nil {
		return false, err
	}
	same := st.waits() && sameWait(&before, nextWait(&before, c.Waits, st, t.now))
	if same {
		t.forget()
	}
	return !same, nil
}

// Renew ends a generation that has run long and starts its successor through
// the outbox. Handler of renew; idempotent: the old generation is stale after.
func (s *Service) Renew(ctx context.Context, in TrackInput) (TrackStep, error) {
	out := TrackStep{V: InputVersion, Track: in.Track, Generation: in.Generation, Next: goStop}
	err := s.onTrack(ctx, in, func(t *tx, tr *takedown.Track) error {
		if tr.Turns < renewTurns {
			tr.Renewals++ // renewed for its age
		}
		return t.nextGeneration(tr, "renewed")
	})
	if stale(err) {
		err = nil
	}
	return out, err
}

// nextGeneration starts a track's successor execution.
func (t *tx) nextGeneration(tr *takedown.Track, reason string) error {
	t.wakeTrack(tr)
	tr.Generation++
	tr.Turns, tr.Wait = 0, nil
	if err := t.put(tr); err != nil {
		return err
	}
	if err := t.log("track.generation", reason, []string{tr.ID}); err != nil {
		return err
	}
	return t.startExecution("track", tr.ID, tr.Generation)
}

// afterHour is how far two looks at a page lie apart before it counts as gone.
const afterHour = time.Hour
