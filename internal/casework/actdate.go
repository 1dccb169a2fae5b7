package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// actDate is the day on which the law is chosen for what in a case has no day of
// its own (lawDate): that of the incident, or while it is not known the first day
// on which anybody knew of it or saw one of the items. No text calls the latter
// the day of the act.
func (t *tx) actDate(c *takedown.Case) (time.Time, error) {
	if !c.OccurredAt.IsZero() {
		return c.OccurredAt, nil
	}
	known := []time.Time{c.DiscoveredAt, c.ReportedAt}
	items, err := all[takedown.Item](t)
	if err != nil {
		return time.Time{}, err
	}
	for _, it := range items {
		known = append(known, it.FirstSeenAt)
	}
	at := c.OpenedAt
	for _, day := range known {
		if !day.IsZero() && day.Before(at) {
			at = day
		}
	}
	return at, nil
}

// actKnown is when the act of an item was done, as far as it is known: when it was
// posted, as the content itself says, else the day of the incident; else zero.
func actKnown(c *takedown.Case, it *takedown.Item) time.Time {
	if !it.PostedAt.IsZero() {
		return it.PostedAt
	}
	return c.OccurredAt
}

// lawDate is the day on which the law is chosen for an item: that of its own act,
// or while it is not known the case's. One incident may have been posted about
// before and after the law changed.
func (t *tx) lawDate(c *takedown.Case, it *takedown.Item) (time.Time, error) {
	if !it.PostedAt.IsZero() {
		return it.PostedAt, nil
	}
	return t.actDate(c)
}

// lawDates are the days on which the law is chosen for some items, and the case's
// own: each once, however many items have it.
func (t *tx) lawDates(c *takedown.Case, items []*takedown.Item) ([]time.Time, error) {
	on, err := t.actDate(c)
	if err != nil {
		return nil, err
	}
	out := []time.Time{on} // of each item whose own day is not known, too
	for _, it := range items {
		if !it.PostedAt.IsZero() && !slices.ContainsFunc(out, it.PostedAt.Equal) {
			out = append(out, it.PostedAt)
		}
	}
	return out, nil
}

// actsOf are the lawDates of all of a case's items.
func (t *tx) actsOf(c *takedown.Case) ([]time.Time, error) {
	items, err := all[takedown.Item](t)
	if err != nil {
		return nil, err
	}
	return t.lawDates(c, items)
}

// lawDateOf is lawDate of one of the track's items. factsFor sets the case's.
func (p *planner) lawDateOf(it *takedown.Item) time.Time {
	if it.PostedAt.IsZero() {
		return p.actDate
	}
	return it.PostedAt
}

// groundDate is a day on which the version of the law that a ground cites holds: a
// line without a day of the act has an item whose law is chosen by the case's.
func (p *planner) groundDate(g *notice.Ground) time.Time {
	if g.ActDate.IsZero() {
		return p.actDate
	}
	return g.ActDate
}

// sameLaw says whether a ground's line cites a version of an offence.
func (p *planner) sameLaw(g *notice.Ground, o law.Offence) bool {
	if g.Offence != o.ID {
		return false
	}
	have, err := p.t.s.Law.Offence(g.Offence, p.groundDate(g))
	return err == nil && have.ValidFrom == o.ValidFrom
}

// unread are the provisions that a text cites and that the law data do not hold
// verified on any of the days of its acts; procedure, on the day of the document.
func (t *tx) unread(text string, acts []time.Time, document time.Time, clauses ...string) []string {
	cited := t.s.Law.Unverified(text, acts[0], document, clauses...)
	for _, on := range acts[1:] {
		if len(cited) == 0 {
			return nil
		}
		then := t.s.Law.Unverified(text, on, document, clauses...)
		cited = slices.DeleteFunc(cited, func(c string) bool { return !slices.Contains(then, c) })
	}
	return cited
}

// klachtLaw is what the law data say of an offence for a person's klacht, on the
// days of the items of theirs in which it was found, else on the case's. Of
// several versions it is the one that asks most for a klacht: what one act needs is
// owed, whatever another does. NotFound where no such day knows the offence.
func (t *tx) klachtLaw(c *takedown.Case, person, offence string) (law.Offence, time.Time, error) {
	assessments, err := all[takedown.Assessment](t)
	if err != nil {
		return law.Offence{}, time.Time{}, err
	}
	var days []time.Time
	for _, a := range assessments {
		if !slices.ContainsFunc(a.Grounds, func(g takedown.Ground) bool { return isOffence(g) && g.Offence == offence }) {
			continue
		}
		it, err := load[takedown.Item](t, a.Item)
		if err != nil {
			return law.Offence{}, time.Time{}, err
		}
		if !slices.Contains(it.People, person) {
			continue
		}
		on, err := t.lawDate(c, it)
		if err != nil {
			return law.Offence{}, time.Time{}, err
		}
		days = append(days, on)
	}
	if len(days) == 0 {
		on, err := t.actDate(c)
		if err != nil {
			return law.Offence{}, on, err
		}
		days = append(days, on)
	}
	return t.asksMost(offence, days)
}

// asksMost is the version of an offence, of those of some days, that asks most for
// a klacht, with its day.
func (t *tx) asksMost(offence string, days []time.Time) (law.Offence, time.Time, error) {
	var out law.Offence
	var on time.Time
	var none error
	order := []string{"no", "conditional", "yes"}
	for _, day := range days {
		o, err := t.s.Law.Offence(offence, day)
		if err != nil {
			none = err
			continue
		}
		if on.IsZero() || slices.Index(order, o.Klacht.Needed) > slices.Index(order, out.Klacht.Needed) {
			out, on = o, day
		}
	}
	if on.IsZero() {
		return out, on, none
	}
	return out, on, nil
}
