package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// Clocks that no track has, each started by what a person records.
const (
	clockPreservation = "C13" // art. 126ni Sv, from the demand
	clockPeerSupport  = "C16" // from the incident
)

const (
	taskPreservation = "ask_preservation_date" // closes with the date
	taskPeerSupport  = "offer_peer_support"
)

// runOut are the clocks that nobody ends: they end with their time.
var runOut = []string{clockPreservation, clockPeerSupport}

// nextLook is when the sweep looks at a clock: at its next warning and, for one
// that nobody ends, when its time is over.
func nextLook(c *takedown.Clock, r law.Reckoning) time.Time {
	at := warningAt(r, c.Warned)
	if at.IsZero() && slices.Contains(runOut, c.Rule) {
		return afterOrZero(c.Due)
	}
	return at
}

// ranOut ends such a clock whose time is over.
func (t *tx) ranOut(c *takedown.Clock) (bool, error) {
	if !slices.Contains(runOut, c.Rule) || !t.now.After(c.Due) {
		return false, nil
	}
	if err := t.endClock(c.ID, takedown.ClockExpired, "ran_out"); err != nil {
		return false, err
	}
	return true, t.log("clock.expired", c.Rule, []string{c.ID})
}

// warnOwner is whose move a warning is.
func warnOwner(rule string) takedown.Role {
	if rule == clockPreservation {
		return takedown.Liaison // asks for its renewal
	}
	return takedown.LegalAdviser
}

// preservation counts how long a demand under art. 126ni Sv holds, from the day
// on which it was made; without that day it is asked for.
func (t *tx) preservation(a *takedown.Alignment) error {
	demanded := a.Preservation == "oral" || a.Preservation == "written"
	if !demanded || !a.PreservationAt.IsZero() {
		if err := t.closeTasks(taskPreservation, a.ID); err != nil {
			return err
		}
	}
	if demanded && a.PreservationAt.IsZero() {
		return t.openTask(takedown.Task{Kind: taskPreservation, Owner: takedown.Liaison, Reason: a.Preservation, Subject: a.ID})
	}
	old := a.PreservationClock
	if old != "" {
		c, err := load[takedown.Clock](t, old)
		if err != nil || (demanded && c.Start.Equal(a.PreservationAt)) {
			return err
		}
		if err := t.endClock(old, takedown.ClockSuperseded, "preservation_"+a.Preservation); err != nil {
			return err
		}
	}
	a.PreservationClock = ""
	if !demanded {
		return nil
	}
	c, err := t.startClock(clockPreservation, a.PreservationAt, law.CountInput{Event: "ordered"}, takedown.Clock{Supersedes: old})
	if err == nil {
		a.PreservationClock = c.ID
	}
	return err
}

func (b *bad) preservationAt(in AlignmentInput, now time.Time) {
	if !in.PreservationAt.IsZero() && in.Preservation != "oral" && in.Preservation != "written" {
		b.add("/preservationAt", "is the day of a demand: goes with preservation126ni oral or written")
	}
	b.notFuture("/preservationAt", in.PreservationAt, now)
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
