package casework

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	ruleFlareUp = "C17"
	// flareUpLook is how many cases one sweep works on.
	flareUpLook = 50
	// defaultWatch and maxWatchDays: how long pages are watched at a flare-up.
	// The law data leave the length to the case; these are our own choice.
	defaultWatch = 7
	maxWatchDays = 90
)

// nextFlareUp is when the first of a case's dates begins, in Amsterdam, that has
// not begun and is not over; zero without one.
func nextFlareUp(c *takedown.Case, now time.Time) time.Time {
	return flareUpFrom(c, now.In(calendar.Amsterdam).Format(time.DateOnly))
}

// flareUpFrom is when the first date begins, from a day on, that has not begun.
func flareUpFrom(c *takedown.Case, day string) time.Time {
	var next time.Time
	for _, date := range c.FlareUps {
		if date >= day && date > c.FlaredUp {
			next = earlier(next, calendarDay(date).UTC())
		}
	}
	return next
}

// sweepFlareUps works on cases, of any status, whose flare-up begins or ends.
// Idempotent: a date that has begun is noted with its case.
func (s *Service) sweepFlareUps(ctx context.Context) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	page, err := s.Store.Query(ctx, Query{Index: indexDue, Partition: "flare-up", Before: sortTime(now.Add(time.Second)), Limit: flareUpLook})
	if err != nil {
		return err
	}
	var errs error
	for _, r := range page.Records {
		errs = errors.Join(errs, s.flareUp(ctx, r.Stream))
	}
	return errs
}

// flareUp moves one case on, commit by commit, until nothing of it is due.
func (s *Service) flareUp(ctx context.Context, stream StreamID) error {
	for more := true; more; {
		err := s.write(ctx, takedown.TheSystem, takedown.System, stream, func(t *tx) error {
			c, err := load[takedown.Case](t, string(stream))
			if err != nil {
				return err
			}
			turn := c.WatchTurn()
			if more = !turn.IsZero() && !turn.After(t.now); !more {
				return nil
			}
			if turn.Equal(c.WatchUntil) {
				return t.endFlareUp(c)
			}
			if watching, err := t.watchNow(); err != nil || watching {
				return err
			}
			return t.beginFlareUp(c)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// watchNow makes the case's pages that are gone due, a commit's worth, and says
// whether there were any.
func (t *tx) watchNow() (bool, error) {
	items, err := all[takedown.Item](t)
	if err != nil {
		return false, err
	}
	var ids []string
	for _, it := range items {
		due := !it.WatchAt.IsZero() && !it.WatchAt.After(t.now)
		if it.Status != takedown.ItemGone || due || len(ids) == MaxEntryIDs {
			continue
		}
		it.WatchAt = t.now
		ids = append(ids, it.ID)
		if err := t.put(it); err != nil {
			return false, err
		}
	}
	if len(ids) == 0 {
		return false, nil
	}
	return true, t.log("items.watched", "flare_up", ids)
}

// beginFlareUp tells the specialist, and the coordinator of each person who
// agreed to be told, and starts the clock until whose end pages are watched
// (S0-23, S0-25a, S2-6).
func (t *tx) beginFlareUp(c *takedown.Case) error {
	days := c.WatchDays
	if days == 0 {
		days = defaultWatch
	}
	if err := t.endWatchClocks(takedown.ClockSuperseded, "flare_up_again"); err != nil {
		return err
	}
	in := law.CountInput{Length: &law.Term{Unit: law.CalendarDays, Length: days}}
	clock, err := t.startClock(ruleFlareUp, c.FlareUpAt, in, takedown.Clock{})
	if err != nil {
		return err
	}
	c.FlaredUp = c.FlareUpAt.In(calendar.Amsterdam).Format(time.DateOnly)
	if clock.Due.After(c.WatchUntil) {
		c.WatchUntil = clock.Due
	}
	c.FlareUpAt = flareUpFrom(c, "") // be it over by now: after an outage each is worked on
	if err := t.put(c); err != nil {
		return err
	}
	tell := takedown.Task{Kind: taskFlareUp, Owner: takedown.Specialist, Reason: "flare_up_date", Subject: c.ID, DueAt: clock.Due}
	if err := t.openTask(tell); err != nil {
		return err
	}
	if err := t.tellPeople(); err != nil {
		return err
	}
	return t.log("case.flare_up", "began", []string{c.ID, clock.ID})
}

// tellPeople opens a task for each person who agreed to be told (S0-23 asks
// for their choice).
func (t *tx) tellPeople() error {
	people, err := all[takedown.Person](t)
	if err != nil {
		return err
	}
	for _, p := range people {
		ok, _, err := t.consents(p.ID, "monitoring")
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := t.openTask(takedown.Task{Kind: taskTellPerson, Owner: takedown.Coordinator, Reason: "flare_up_date", Subject: p.ID}); err != nil {
			return err
		}
	}
	return nil
}

// endFlareUp ends the watch and asks for the last round (S0-25b), unless
// somebody made its clock longer.
func (t *tx) endFlareUp(c *takedown.Case) error {
	longer, err := t.watchClocks(func(k *takedown.Clock) bool { return k.Due.After(t.now) })
	if err != nil {
		return err
	}
	c.WatchUntil = time.Time{}
	reason := "over"
	if len(longer) > 0 {
		c.WatchUntil, reason = longer[len(longer)-1].Due, "longer"
	}
	if err := t.put(c); err != nil {
		return err
	}
	if err := t.log("case.flare_up", reason, []string{c.ID}); err != nil || len(longer) > 0 {
		return err
	}
	if err := t.endWatchClocks(takedown.ClockMet, "flare_up_over"); err != nil {
		return err
	}
	return t.openTask(takedown.Task{Kind: taskLastRound, Owner: takedown.Specialist, Reason: "flare_up_over", Subject: c.ID})
}

func (t *tx) endWatchClocks(st takedown.ClockStatus, reason string) error {
	return t.endEach(func(c *takedown.Clock) bool { return c.Rule == ruleFlareUp }, st, reason)
}

// watchClocks are the case's running clocks of flare-ups, the last to end last.
func (t *tx) watchClocks(which func(*takedown.Clock) bool) ([]*takedown.Clock, error) {
	clocks, err := all[takedown.Clock](t)
	if err != nil {
		return nil, err
	}
	clocks = slices.DeleteFunc(clocks, func(k *takedown.Clock) bool {
		return k.Rule != ruleFlareUp || k.Status != takedown.ClockRunning || !which(k)
	})
	slices.SortFunc(clocks, func(a, b *takedown.Clock) int { return a.Due.Compare(b.Due) })
	return clocks, nil
}
