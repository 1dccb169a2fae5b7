package casework

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// outboxAge is how old an undelivered row is before sweep sends it again.
	outboxAge = time.Minute
	// overdue is how long past its instant a wait may stand before the
	// watchdog looks whether its execution still lives.
	overdue = 10 * time.Minute
)

// Sweep works what is due: messages that were not delivered, waits whose
// instant has passed, executions that are gone, entries that are no leaf yet.
// Handler of sweep; idempotent.
func (s *Service) Sweep(ctx context.Context, in SweepInput) (SweepResult, error) {
	var out SweepResult
	if err := served(in.V); err != nil {
		return out, err
	}
	var errs error
	var err error
	if out.Delivered, err = s.Deliver(ctx, s.HostNow().Add(-outboxAge)); err != nil {
		errs = errors.Join(errs, err)
	}
	if err := s.sweepWaits(ctx, &out); err != nil {
		errs = errors.Join(errs, err)
	}
	if err := s.sweepDead(ctx, &out); err != nil {
		errs = errors.Join(errs, err)
	}
	if err := errors.Join(s.sweepMail(ctx, &out), s.sweepUnmatched(ctx)); err != nil {
		errs = errors.Join(errs, err)
	}
	if err := errors.Join(s.sweepRecount(ctx), s.sweepWarnings(ctx), s.sweepDeputies(ctx)); err != nil {
		errs = errors.Join(errs, err)
	}
	if err := s.sweepLog(ctx, &out); err != nil {
		errs = errors.Join(errs, err)
	}
	rows, err := s.Store.OutboxDue(ctx, s.HostNow().Add(-outboxAge), standingLooked)
	if out.Undelivered = len(rows); err != nil {
		errs = errors.Join(errs, err)
	}
	// Last: one may wait for a mail server, the other for pages.
	if err := errors.Join(s.sweepFlareUps(ctx), s.sweepDigests(ctx), s.sweepWatch(ctx, &out)); err != nil {
		errs = errors.Join(errs, err)
	}
	if errs == nil {
		s.beat("sweep")
	}
	if s.Swept != nil {
		s.Swept(ctx, out, errs)
	}
	return out, errs
}

// standingLooked bounds how much of what stands still a sweep counts.
const standingLooked = 100

// sweepLog lets the sequencer catch up. What had no leaf before and has none
// after it is what the sequencer does not get to.
func (s *Service) sweepLog(ctx context.Context, out *SweepResult) error {
	before, err := s.Store.Log().Pending(ctx, standingLooked)
	if err != nil {
		return err
	}
	n, errs := s.sequence(ctx)
	out.Sequenced = n
	after, err := s.Store.Log().Pending(ctx, standingLooked)
	for _, line := range before {
		if slices.ContainsFunc(after, func(l audit.Line) bool { return l.ID == line.ID }) {
			out.Unsequenced++
		}
	}
	return errors.Join(errs, err)
}

// sequence lets the sequencer catch up.
func (s *Service) sequence(ctx context.Context) (int, error) {
	if s.Sequence == nil {
		return 0, nil
	}
	return s.Sequence(ctx)
}

// sweepWaits completes waits whose instant has passed, in case something else
// should have and did not, and repairs what has no execution any more.
func (s *Service) sweepWaits(ctx context.Context, out *SweepResult) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	return s.eachWait(ctx, sortTime(now.Add(time.Second)), func(w openWait, r Record) error {
		repaired, err := s.watch(ctx, r, now)
		if err != nil || repaired {
			if repaired {
				out.Repaired++
			}
			return err
		}
		if now.Sub(w.due) >= overdue {
			out.OverdueWaits++
		}
		out.Woken++
		return s.completeWait(ctx, w.key)
	})
}

// watch is the watchdog of waits: one long overdue whose execution does not
// run gets a new generation and a task.
func (s *Service) watch(ctx context.Context, r Record, now time.Time) (bool, error) {
	if r.Kind != KindTrack {
		return false, nil
	}
	tr, err := decode[takedown.Track](r)
	if err != nil || tr.Wait == nil || now.Sub(tr.Wait.Due) < overdue {
		return false, err
	}
	ex, err := s.Engine.Describe(ctx, executionName(tr.ID, tr.Generation))
	if err != nil && takedown.KindOf(err) != takedown.NotFound {
		return false, err
	}
	if err == nil && ex.Status == "RUNNING" {
		return false, nil
	}
	return s.reviveTrack(ctx, tr.ID, tr.Generation, reasonGone)
}

// deadLooked is how many dead executions one page of a sweep holds, and
// deadPages how many pages of one status it looks at.
const (
	deadLooked = 100
	deadPages  = 5
)

// sweepDead looks at executions that ended badly: a function that failed more
// often than its retries allow leaves nobody waiting, so nothing would be due.
// An engine lists by start and keeps what failed for months: one that died
// today may stand behind many that died before it. So the newest page is looked
// at each time, and the pages behind it in turn; what was revived is of an
// older generation and passed over.
func (s *Service) sweepDead(ctx context.Context, out *SweepResult) error {
	var failed apart
	for _, status := range []string{"FAILED", "TIMED_OUT", "ABORTED"} {
		next, err := s.revivePage(ctx, status, "", out, &failed)
		if at := s.deadAt(status); at != "" && next != "" {
			next = at
		}
		for n := 1; n < deadPages && err == nil && next != ""; n++ {
			next, err = s.revivePage(ctx, status, next, out, &failed)
		}
		if err != nil {
			s.goOnAt(status, "") // a cursor that is too old must not be tried again
			return errors.Join(failed.err(), err)
		}
		s.goOnAt(status, next)
	}
	return failed.err()
}

// revivePage looks at one page and says where the next begins. What cannot be
// revived holds up no other; an error is of the page, or of the store.
func (s *Service) revivePage(ctx context.Context, status, cursor string, out *SweepResult, failed *apart) (string, error) {
	list, next, err := s.Engine.Executions(ctx, status, cursor, deadLooked)
	if err != nil {
		return "", err
	}
	for _, ex := range list {
		revived, err := s.reviveExecution(ctx, ex, reasonOf(ex))
		if !failed.goOn(ctx, named(ex.Name, err)) {
			return "", err
		}
		if revived {
			out.Repaired++
		}
	}
	return next, nil
}

func (s *Service) deadAt(status string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead[status]
}

// goOnAt keeps where the next sweep of this process goes on; a new process
// begins at the front.
func (s *Service) goOnAt(status, cursor string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead[status] = cursor
}

// Why an execution has to be looked at.
const (
	reasonGone    = "execution_gone"
	reasonDamaged = "execution_damaged"
)

// NameDamaged is the error with which an engine stops an execution whose row in
// its journal is damaged.
const NameDamaged = "Engine.Damaged"

func reasonOf(ex Execution) string {
	if ex.Error == NameDamaged {
		return reasonDamaged
	}
	return reasonGone
}

// ExecutionDamaged is the engine's word that it stopped an execution because
// its journal cannot be read: the next generation goes on from the store, and a
// person gets a task. Idempotent; the sweep repeats it if it fails.
func (s *Service) ExecutionDamaged(ctx context.Context, name string) error {
	ex, err := s.Engine.Describe(ctx, name)
	if err != nil {
		return err
	}
	_, err = s.reviveExecution(ctx, ex, reasonDamaged)
	return err
}

func (s *Service) reviveExecution(ctx context.Context, ex Execution, reason string) (bool, error) {
	id, generation, ok := ofExecution(ex.Name)
	if !ok {
		return false, nil
	}
	if ex.Machine == "case" {
		return s.reviveCase(ctx, id, generation, reason)
	}
	return s.reviveTrack(ctx, id, generation, reason)
}

// ofExecution reads a name back into id and generation.
func ofExecution(name string) (id string, generation int, ok bool) {
	i := strings.LastIndexByte(name, '-')
	if i < 0 {
		return "", 0, false
	}
	generation, err := strconv.Atoi(name[i+1:])
	return strings.Replace(name[:i], "-", "_", 1), generation, err == nil
}

// reviveTrack starts the next generation of a track whose execution is gone,
// if that generation is still the current one, and tells a person.
func (s *Service) reviveTrack(ctx context.Context, track string, generation int, reason string) (bool, error) {
	revived := false
	err := s.onTrack(ctx, TrackInput{V: InputVersion, Track: track, Generation: generation}, func(t *tx, tr *takedown.Track) error {
		revived = tr.Status == takedown.TrackActive || tr.Status == takedown.TrackHeld
		if !revived {
			return nil
		}
		task := takedown.Task{Kind: "look_at_repair", Owner: takedown.Coordinator, Reason: reason, Subject: tr.ID, Track: tr.ID}
		if err := t.openTask(task); err != nil {
			return err
		}
		return t.nextGeneration(tr, "repaired")
	})
	if gone(err) {
		return false, nil
	}
	return revived && err == nil, err
}

// reviveCase does the same for an intake.
func (s *Service) reviveCase(ctx context.Context, id string, generation int, reason string) (bool, error) {
	revived := false
	err := s.onCase(ctx, CaseInput{V: InputVersion, Case: id, Generation: generation}, func(t *tx, c *takedown.Case) error {
		revived = c.Status == takedown.CaseOpen
		if !revived {
			return nil
		}
		task := takedown.Task{Kind: "look_at_repair", Owner: takedown.Coordinator, Reason: reason, Subject: c.ID}
		if err := t.openTask(task); err != nil {
			return err
		}
		if err := t.log("case.generation", "repaired", []string{c.ID}); err != nil {
			return err
		}
		return t.nextIntake(c)
	})
	if gone(err) {
		return false, nil
	}
	return revived && err == nil, err
}

// gone says that there is nothing to revive: the generation is over, or what
// it was about is not there.
func gone(err error) bool {
	return err != nil && (stale(err) || takedown.KindOf(err) == takedown.NotFound)
}

// Settle delivers, and lets the engine run, until nothing moves any more: with
// a simulated clock an answer shows what follows from it.
func (s *Service) Settle(ctx context.Context) error {
	engine, ok := s.Engine.(interface{ Idle(context.Context) error })
	for {
		n, err := s.Deliver(ctx, s.HostNow().Add(time.Second))
		if err != nil {
			return err
		}
		if ok {
			if err := engine.Idle(ctx); err != nil {
				return err
			}
		}
		rows, err := s.Store.OutboxDue(ctx, s.HostNow().Add(time.Second), 1)
		if err != nil || (n == 0 && len(rows) == 0) {
			return err
		}
	}
}
