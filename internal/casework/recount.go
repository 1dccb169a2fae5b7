package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// Why a recounted clock keeps its date.
const (
	keptTold = "told_to_addressee" // a text that was sent names it
	keptOwn  = "own_legal_term"    // a term that runs against us never rolls forward
)

// recounted is a clock counted again: the date it has now, or would have.
type recounted struct {
	law.Reckoning
	from string // the due date before
	kept string // why the date stays all the same; "" if it moves
}

// countedFrom is what a clock's row holds of its count's inputs.
func countedFrom(in law.CountInput) *takedown.Counted {
	c := &takedown.Counted{Event: in.Event, LifeOrSafety: in.LifeOrSafety, Country: in.Country}
	for _, term := range []*law.Term{in.OwnTerm, in.Length} {
		if term != nil {
			c.Unit, c.Length = string(term.Unit), term.Length
		}
	}
	return c
}

// inputsOf gives a clock's inputs; those of an older row are read out of its
// explanation.
func (s *Service) inputsOf(ctx context.Context, c *takedown.Clock) (takedown.Counted, error) {
	if c.Counted != nil {
		return *c.Counted, nil
	}
	r, err := s.reckoning(ctx, c)
	if err != nil {
		return takedown.Counted{}, err
	}
	out := takedown.Counted{Extended: slices.ContainsFunc(r.Steps, func(st calendar.Step) bool { return st.Code == "extended" })}
	rule, err := s.Law.Clock(c.Rule, c.Start)
	switch {
	case err != nil:
		return out, err
	case c.Nature == string(law.SelfSet) || rule.Unit == law.Given:
		out.Unit, out.Length = string(r.Term.Unit), r.Term.Length
	case rule.Urgent != nil && r.Term.Length == *rule.Urgent:
		out.LifeOrSafety = true
	}
	return out, nil
}

// successor is a row for a clock's place, not counted yet.
func (s *Service) successor(ctx context.Context, old *takedown.Clock) (takedown.Clock, error) {
	in, err := s.inputsOf(ctx, old)
	return takedown.Clock{
		Track: old.Track, Document: old.Document, Person: old.Person, Rule: old.Rule, Start: old.Start,
		Supersedes: old.ID, Receipt: old.Receipt, Counted: &in, Warned: old.Warned,
	}, err
}

// countAgain counts a running clock on the calendars as they are now. ok is
// false for one that stays as it is: it was counted on them, its date is the
// same, or an extension set it. told says whether a document asked for an
// answer by this clock's date.
func (s *Service) countAgain(ctx context.Context, c *takedown.Clock, extra extraDays, told func() (bool, error)) (out recounted, ok bool, err error) {
	version, err := calendar.Version(calendar.Calendar(c.Calendar), extra[calendar.Calendar(c.Calendar)]...)
	if err != nil || c.CalVersion == version || c.Status != takedown.ClockRunning {
		return out, false, err
	}
	in, err := s.inputsOf(ctx, c)
	if err != nil || in.Extended {
		return out, false, err
	}
	r, err := s.Law.Count(c.Rule, recountInput(c, in, extra))
	if err != nil || r.Due.Equal(c.Due) {
		return out, false, err
	}
	out = recounted{Reckoning: r, from: c.DueDate}
	rule, err := s.Law.Clock(c.Rule, c.Start)
	if err != nil {
		return out, false, err
	}
	if rule.Binding() {
		if r.Due.After(c.Due) {
			out.kept = keptOwn
		}
		return out, true, nil
	}
	if c.Document == "" || c.Nature == string(law.Legal) {
		return out, true, nil // no text names a legal date as one by which we ask
	}
	if yes, err := told(); err != nil || yes {
		out.kept = keptTold
		return out, true, err
	}
	return out, true, nil
}

// recountInput rebuilds a count's input from a clock's row.
func recountInput(c *takedown.Clock, in takedown.Counted, extra extraDays) law.CountInput {
	out := law.CountInput{
		Start: c.Start, Calendar: calendar.Calendar(c.Calendar), Event: in.Event, LifeOrSafety: in.LifeOrSafety, Country: in.Country, Extra: extra,
	}
	if in.Length == 0 {
		return out
	}
	term := &law.Term{Unit: law.Unit(in.Unit), Length: in.Length}
	if c.Nature == string(law.SelfSet) {
		out.OwnTerm = term
	} else {
		out.Length = term
	}
	return out
}

// asksBy says whether a document's text asks for an answer by a date.
func asksBy(d *takedown.Document, err error) (bool, error) {
	if takedown.KindOf(err) == takedown.NotFound {
		return false, nil
	}
	return err == nil && d.AnswerBy != "", err
}

// recountClock puts a new row in a running clock's place if the calendars as
// they are now give it another date. kept says why the date stays all the same.
func (t *tx) recountClock(id string) (kept string, moved bool, err error) {
	old, err := load[takedown.Clock](t, id)
	if err != nil {
		return "", false, err
	}
	extra, err := t.extraDays()
	if err != nil {
		return "", false, err
	}
	again, ok, err := t.s.countAgain(t.ctx, old, extra, func() (bool, error) {
		return asksBy(load[takedown.Document](t, old.Document))
	})
	if err != nil || !ok {
		return "", false, err
	}
	return again.kept, again.kept == "", t.supersedeRecounted(old, again)
}

func (t *tx) supersedeRecounted(old *takedown.Clock, again recounted) error {
	r := again.Reckoning
	if again.kept != "" {
		var err error
		if r, err = t.s.reckoning(t.ctx, old); err != nil {
			return err
		}
		r.CalendarVersion, r.Due, r.DueDate = again.CalendarVersion, old.Due, old.DueDate
		r.Calendar, r.Nature = again.Calendar, law.Nature(old.Nature)
	}
	r.Steps = append(r.Steps, recountSteps(again)...)
	next, err := t.s.successor(t.ctx, old)
	if err != nil {
		return err
	}
	next.RecountedAt, next.MovedFrom, next.Kept = t.now, old.DueDate, again.kept
	placed, err := t.placeClock(next, r)
	if err != nil {
		return err
	}
	if err := t.endClock(old.ID, takedown.ClockSuperseded, "recounted"); err != nil {
		return err
	}
	if err := t.repoint(old.ID, placed.ID); err != nil {
		return err
	}
	code := old.DueDate + ">" + placed.DueDate
	if again.kept != "" {
		code = again.kept
	}
	return t.log("clock.recounted", code, idsOf(placed.ID, old.ID, old.Track, old.Person))
}

// recountSteps say that a clock was counted again and what came of it.
func recountSteps(again recounted) []calendar.Step {
	was, is := calendarDay(again.from), calendarDay(again.DueDate)
	step := calendar.Step{
		Date: again.DueDate, Code: "recounted", Rule: again.Rule, Source: "calendar " + again.CalendarVersion,
		NL: fmt.Sprintf("De kalender is gewijzigd en de termijn is opnieuw geteld: de laatste dag was %s en is nu %s.", calendar.DateNL(was), calendar.DateNL(is)),
		EN: fmt.Sprintf("The calendar changed and the period was counted again: the last day was %s and is now %s.", calendar.DateEN(was), calendar.DateEN(is)),
	}
	if again.kept == "" {
		return []calendar.Step{step}
	}
	step.Code = "recounted_kept"
	step.NL = fmt.Sprintf("De kalender is gewijzigd: opnieuw geteld zou de laatste dag %s zijn.", calendar.DateNL(is))
	step.EN = fmt.Sprintf("The calendar changed: counted again, the last day would be %s.", calendar.DateEN(is))
	stays := calendar.Step{Date: again.from, Code: again.kept, Rule: again.Rule, OurChoice: true, Flag: "[own]", Source: "design: a date already told does not move when a calendar is corrected"}
	stays.NL = fmt.Sprintf("De datum is de geadresseerde al meegedeeld en blijft %s.", calendar.DateNL(was))
	stays.EN = fmt.Sprintf("The addressee was told the date already: it stays %s.", calendar.DateEN(was))
	if again.kept == keptOwn {
		stays.Flag, stays.Source = "[infer]", "domain.md §3.4: for our own deadline the earlier date"
		stays.NL = fmt.Sprintf("Een wettelijke termijn die tegen ons loopt schuift niet op: de laatste dag blijft %s.", calendar.DateNL(was))
		stays.EN = fmt.Sprintf("A legal period that runs against us does not roll forward: the last day stays %s.", calendar.DateEN(was))
	}
	return []calendar.Step{step, stays}
}

// calendarDay is one of our own dates (YYYY-MM-DD) as its day begins in Amsterdam.
func calendarDay(date string) time.Time {
	d, err := time.ParseInLocation(time.DateOnly, date, calendar.Amsterdam)
	if err != nil {
		return time.Time{} // unreachable: our own dates
	}
	return d
}
