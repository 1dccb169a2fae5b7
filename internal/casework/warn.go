package casework

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	warnLook = 200 // clocks that one sweep warns of
	// urgentWarning and lastWarning are the warnings from which a task is
	// urgent, and stands before all others. Our own choice.
	urgentWarning = 2
	lastWarning   = 3
)

// warningAt is when a clock's next warning is due: as its day begins in
// Amsterdam. Zero after the last, and for a clock that does not warn.
func warningAt(r law.Reckoning, warned int) time.Time {
	if warned >= len(r.Warnings) {
		return time.Time{}
	}
	return calendarDay(r.Warnings[warned]).UTC()
}

// sweepWarnings warns of clocks whose end comes near, on the days that the law
// data name, at most warnLook of them at a time.
func (s *Service) sweepWarnings(ctx context.Context) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	page, err := s.Store.Query(ctx, Query{Index: indexDue, Partition: "warn", Before: sortTime(now.Add(time.Second)), Limit: warnLook})
	if err != nil {
		return err
	}
	var errs error
	for _, r := range page.Records {
		err := s.write(ctx, takedown.TheSystem, takedown.System, r.Stream, func(t *tx) error { return t.warn(r.ID) })
		errs = errors.Join(errs, err)
	}
	return errs
}

// warn raises the one task about a clock to the warning that is due; of
// several that were missed only the last one counts.
func (t *tx) warn(id string) error {
	c, err := load[takedown.Clock](t, id)
	if err != nil || c.Status != takedown.ClockRunning {
		return err
	}
	if over, err := t.ranOut(c); over || err != nil {
		return err
	}
	r, err := t.s.reckoning(t.ctx, c)
	if err != nil {
		return err
	}
	due := c.Warned
	for at := warningAt(r, due); !at.IsZero() && !at.After(t.now); at = warningAt(r, due) {
		due++
	}
	if due == c.Warned {
		return nil // the list lags behind the row
	}
	c.Warned = due
	if c.WarnAt, err = t.s.nextLook(c, r); err != nil {
		return err
	}
	if err := t.put(c); err != nil {
		return err
	}
	if over, err := t.nothingLeft(c); over || err != nil {
		return orElse(err, t.log("clock.passed_over", "nothing_left", idsOf(c.ID, c.Track)))
	}
	code := fmt.Sprintf("day_%d", daysBetween(c.Start.In(calendar.Amsterdam).Format(time.DateOnly), r.Warnings[due-1]))
	task, err := t.warningTask(c)
	if err != nil {
		return err
	}
	if task.Reason != "klacht_not_wanted" { // a note that is waited for stays so
		task.Reason = code
	}
	task.Warnings, task.DueAt, task.Urgent = due, c.Due, task.Urgent || due >= urgentWarning
	if err := t.put(task); err != nil {
		return err
	}
	return t.log("clock.warned", code, idsOf(c.ID, task.ID, task.Subject))
}

// warningTask is the open task about a clock's end, opened if there is none: a
// klacht's own, else one on the clock.
func (t *tx) warningTask(c *takedown.Clock) (*takedown.Task, error) {
	kind, subject, owner := taskClockEnds, c.ID, warnOwner(c.Rule)
	klachten, err := all[takedown.Klacht](t)
	if err != nil {
		return nil, err
	}
	for _, k := range klachten {
		if k.Clock == c.ID {
			kind, subject, owner = taskKlacht, k.ID, takedown.Coordinator
		}
	}
	task, err := t.findTask(kind, subject)
	if err != nil || task != nil {
		return task, err
	}
	open := takedown.Task{Kind: kind, Owner: owner, Subject: subject, Track: c.Track, Mandatory: kind == taskKlacht}
	if err := t.openTask(open); err != nil {
		return nil, err
	}
	return t.findTask(kind, subject)
}

// findTask is the open task of a kind on a subject; nil without.
func (t *tx) findTask(kind, subject string) (*takedown.Task, error) {
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return nil, err
	}
	for _, task := range tasks {
		if task.Kind == kind && task.Subject == subject && task.Status == takedown.TaskOpen {
			return task, nil
		}
	}
	return nil, nil
}

// repointTasks lets an open task about a clock's end follow the new row.
func (t *tx) repointTasks(old, next string) error {
	task, err := t.findTask(taskClockEnds, old)
	if err != nil || task == nil {
		return err
	}
	task.Subject = next
	return t.put(task)
}
