package law

import (
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/takedown"
)

var eventWords = map[string]calendar.Words{
	"mailed": {NL: "gemaild", EN: "mailed"}, "filed": {NL: "ingediend", EN: "filed"}, "handed_over": {NL: "overhandigd", EN: "handed over"},
	"received": {NL: "ontvangen", EN: "received"}, "decision_received": {NL: "beslissing ontvangen", EN: "decision received"},
	"learned": {NL: "kennisneming", EN: "learned"}, "asked": {NL: "gevraagd", EN: "asked"}, "ordered": {NL: "bevolen", EN: "ordered"},
	"aware": {NL: "bekend geworden", EN: "aware"}, "incident": {NL: "incident", EN: "incident"}, "flare_up": {NL: "opleving", EN: "flare-up"},
	"feedback": {NL: "laatste bericht", EN: "last word"},
}

// Count counts a clock by its rule on the day of its start. Errors are
// NotFound for an unknown rule and Invalid for an input that the rule does not
// take.
func (d *Data) Count(ruleID string, in CountInput) (Reckoning, error) {
	rule, err := d.Clock(ruleID, in.Start)
	if err != nil {
		return Reckoning{}, err
	}
	r := Reckoning{Nature: rule.Nature, RuleVersion: rule.Version(), Term: Term{rule.Unit, rule.Length}}
	if err := r.choose(rule, in); err != nil {
		return r, err
	}
	if r.Count, err = rule.count(r.Term, in, r.Nature); err != nil {
		return r, err
	}
	r.Premature = rule.AppliesFrom != "" && dayOf(in.Start) < rule.AppliesFrom
	if rule.NotBefore > 0 {
		r.NotBefore = in.Start.Add(time.Duration(rule.NotBefore) * time.Hour).UTC().Format(time.RFC3339)
	}
	for _, n := range rule.WarnDays {
		r.Warnings = append(r.Warnings, in.Start.In(calendar.Amsterdam).AddDate(0, 0, n).Format(time.DateOnly))
	}
	return r, nil
}

// choose settles the length: the rule's, the urgent one, the addressee's own,
// a given one, the extended one.
func (r *Reckoning) choose(rule ClockRule, in CountInput) error {
	switch {
	case in.OwnTerm != nil && rule.OwnTerm:
		r.Term, r.Nature = *in.OwnTerm, SelfSet
	case in.OwnTerm != nil:
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "clock %s takes no published term", rule.ID)
	case rule.Unit == Given && in.Length == nil:
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "clock %s needs a length", rule.ID)
	case rule.Unit == Given:
		r.Term = *in.Length
	case in.LifeOrSafety && rule.Urgent != nil:
		r.Term.Length = *rule.Urgent
	case in.Extended && rule.Extension != nil:
		if rule.Extension.Unit != rule.Unit {
			return takedown.Errorf(takedown.Internal, takedown.NameInternal, "clock %s is extended in another unit", rule.ID)
		}
		r.Term.Length += rule.Extension.Length
	}
	return nil
}

func (rule ClockRule) count(term Term, in CountInput, nature Nature) (calendar.Count, error) {
	event := in.Event
	if event == "" {
		event = rule.StartEvent
	}
	basis := &calendar.Basis{Reason: rule.Basis, Source: rule.Source, Flag: rule.Flag, OurChoice: rule.Choice && nature != SelfSet}
	if nature == SelfSet {
		basis.Reason = calendar.Words{NL: "het is de eigen gepubliceerde termijn van de geadresseerde", EN: "it is the addressee's own published term"}
	}
	opt := calendar.Options{Event: eventWords[event], Rule: rule.ID, Length: basis, Extra: in.Extra}
	if rule.Calendar == "addressee" {
		opt.Calendar = in.Calendar
	}
	switch rule.Counting {
	case "1182/71":
		opt.Roll = calendar.RollEU
	case "ATW":
		opt.Roll = calendar.RollATW
	case "klacht":
		opt.Thirty = true
	case "early":
		opt.Early = basis
	case "working":
		opt.Idle = &calendar.Basis{
			Reason: calendar.Words{NL: "weekeinden, feestdagen, Goede Vrijdag en 5 mei tellen niet mee", EN: "weekends, holidays, Good Friday and 5 May are not counted"},
			Source: "domain.md §3.5", Flag: "[own]", OurChoice: true,
		}
	}
	return countTerm(term, in.Start, opt)
}

func countTerm(term Term, start time.Time, opt calendar.Options) (calendar.Count, error) {
	switch term.Unit {
	case Hours:
		return calendar.Hours(start, term.Length, opt)
	case WorkingDays:
		return calendar.WorkingDays(start, term.Length, opt)
	case CalendarDays:
		return calendar.CalendarDays(start, term.Length, opt)
	case Weeks:
		return calendar.Weeks(start, term.Length, opt)
	case Months:
		return calendar.Months(start, term.Length, opt)
	}
	return calendar.Count{}, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "a length has a unit: hours, working_days, calendar_days, weeks or months")
}
