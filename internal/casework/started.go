package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// Clocks that no track has, each started by what a person records.
const (
	clockPreservation   = "C13" // art. 126ni Sv, from the demand
	clockEUPreservation = "C14" // a European Preservation Order, from the provider's receipt
	clockPeerSupport    = "C16" // from the incident
)

const (
	taskPreservation = "ask_preservation_date" // closes with the date
	taskPeerSupport  = "offer_peer_support"
)

// runsOut says whether nobody ends a clock: it ends with its time.
func (s *Service) runsOut(c *takedown.Clock) (bool, error) {
	rule, err := s.Law.Clock(c.Rule, c.Start)
	return rule.RunsOut, err
}

// nextLook is when the sweep looks at a clock: at its next warning and, for one
// that nobody ends or that outlives its track, when its time is over.
func (s *Service) nextLook(c *takedown.Clock, r law.Reckoning) (time.Time, error) {
	at := warningAt(r, c.Warned)
	if !at.IsZero() {
		return at, nil
	}
	ends, err := s.runsOut(c)
	if err != nil || !ends && !ownWindow(c) {
		return at, err
	}
	return afterOrZero(c.Due), nil
}

// ranOut ends such a clock whose time is over.
func (t *tx) ranOut(c *takedown.Clock) (bool, error) {
	if ownWindow(c) && t.now.After(c.Due) {
		if err := t.windowClosed(c, c.Rule); err != nil {
			return false, err
		}
		return true, t.log("clock.expired", c.Rule, idsOf(c.ID, c.Track))
	}
	if ends, err := t.s.runsOut(c); err != nil || !ends || !t.now.After(c.Due) {
		return false, err
	}
	if err := t.endClock(c.ID, takedown.ClockExpired, "ran_out"); err != nil {
		return false, err
	}
	return true, t.log("clock.expired", c.Rule, []string{c.ID})
}

// warnOwner is whose move a warning is.
func warnOwner(rule string) takedown.Role {
	if rule == clockPreservation || rule == clockEUPreservation {
		return takedown.Liaison // asks for its renewal
	}
	return takedown.LegalAdviser
}

// preservation counts how long a demand under art. 126ni Sv holds, from the day
// on which it was made; without that day it is asked for. A European
// Preservation Order is counted beside it.
func (t *tx) preservation(a *takedown.Alignment) error {
	if err := t.euPreservation(a); err != nil {
		return err
	}
	demanded := a.Preservation == "oral" || a.Preservation == "written"
	if !demanded || !a.PreservationAt.IsZero() {
		if err := t.closeTasks(taskPreservation, a.ID); err != nil {
			return err
		}
	}
	if demanded && a.PreservationAt.IsZero() {
		return t.openTask(takedown.Task{Kind: taskPreservation, Owner: takedown.Liaison, Reason: a.Preservation, Subject: a.ID})
	}
	since := a.PreservationAt
	if !demanded {
		since = time.Time{}
	}
	var err error
	a.PreservationClock, err = t.countSince(clockPreservation, "ordered", since, a.PreservationClock, "preservation_"+a.Preservation)
	return err
}

// euPreservation counts how long a provider keeps data on a European
// Preservation Order: from the day on which it had the order (art. 11 of
// Regulation (EU) 2023/1543, second hand), which only the police can tell us.
func (t *tx) euPreservation(a *takedown.Alignment) error {
	var err error
	a.EUPreservationClock, err = t.countSince(clockEUPreservation, "received", a.EUPreservationAt, a.EUPreservationClock, "preservation_corrected")
	return err
}

// countSince keeps one clock to the moment that somebody recorded: counted anew
// from another, ended without one. It gives the id of the clock that counts
// now, "" for none.
func (t *tx) countSince(rule, event string, since time.Time, old, why string) (string, error) {
	if old != "" {
		c, err := load[takedown.Clock](t, old)
		if err != nil || (!since.IsZero() && c.Start.Equal(since)) {
			return old, err
		}
		if err := t.endClock(old, takedown.ClockSuperseded, why); err != nil {
			return old, err
		}
	}
	if since.IsZero() {
		return "", nil
	}
	c, err := t.startClock(rule, since, law.CountInput{Event: event}, takedown.Clock{Supersedes: old})
	if err != nil {
		return old, err
	}
	return c.ID, nil
}

func (t *tx) preservationAt(b *bad, in AlignmentInput) error {
	if !in.PreservationAt.IsZero() && in.Preservation != "oral" && in.Preservation != "written" {
		b.add("/preservationAt", "is the day of a demand: goes with preservation126ni oral or written")
	}
	b.notFuture("/preservationAt", in.PreservationAt, t.now)
	if in.EUPreservationAt.IsZero() {
		return nil
	}
	b.notFuture("/euPreservationAt", in.EUPreservationAt, t.now)
	rule, err := t.s.Law.Clock(clockEUPreservation, t.now)
	if err != nil {
		return err
	}
	if in.EUPreservationAt.In(calendar.Amsterdam).Format(time.DateOnly) < rule.AppliesFrom {
		b.add("/euPreservationAt", "there is no such order before %s", rule.AppliesFrom)
	}
	return nil
}

// offerPeerSupport asks once that an employee is offered peer support, about 24
// to 48 hours after the incident (framework, point 17; S0-17). When that was is
// never guessed.
func (t *tx) offerPeerSupport(c *takedown.Case) error {
	people, err := all[takedown.Person](t)
	if err != nil || !slices.ContainsFunc(people, func(p *takedown.Person) bool { return p.Relation == "employee" }) {
		return err
	}
	if asked, err := t.hadTask(taskPeerSupport, c.ID); err != nil || asked {
		return err
	}
	task := takedown.Task{Kind: taskPeerSupport, Owner: takedown.Coordinator, Reason: "new_case", Subject: c.ID}
	rule, err := t.s.Law.Clock(clockPeerSupport, t.now)
	if err != nil {
		return err
	}
	if late := t.now.Sub(c.OccurredAt) >= time.Duration(rule.Length)*time.Hour; !c.OccurredAt.IsZero() && !late {
		clock, err := t.startClock(clockPeerSupport, c.OccurredAt, law.CountInput{Event: "incident"}, takedown.Clock{})
		if err != nil {
			return err
		}
		task.DueAt = clock.Due
	}
	return t.openTask(task)
}

// peerSupportOffered ends the clock with its task.
func (t *tx) peerSupportOffered() error {
	return t.endEach(func(c *takedown.Clock) bool { return c.Rule == clockPeerSupport }, takedown.ClockMet, "offered")
}
