package law

import (
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/takedown"
)

// Count counts a clock by the rule that holds on the day of its start. Errors
// are NotFound for a rule that is not known on that day and Invalid for an
// input that the rule does not take.
func (d *Data) Count(ruleID string, in CountInput) (Reckoning, error) {
	rule, err := d.Clock(ruleID, in.Start)
	if err != nil {
		return Reckoning{}, err
	}
	event, err := d.eventOf(rule, in)
	if err != nil {
		return Reckoning{}, err
	}
	r := Reckoning{Nature: rule.Nature, RuleVersion: rule.Version(), Term: Term{rule.Unit, rule.Length}}
	if err := r.choose(rule, in); err != nil {
		return Reckoning{}, err
	}
	if r.Count, err = rule.count(r, in, event.Title); err != nil {
		return Reckoning{}, err
	}
	if missing, ok := rule.calendarMissing(in); ok {
		r.Steps = slices.Insert(r.Steps, 1, missing) // behind the start
	}
	if r.Premature = dayOf(in.Start) < rule.AppliesFrom; r.Premature {
		r.Steps = slices.Insert(r.Steps, 1, rule.notYet(in.Start)) // behind the start
	}
	r.Assumed = rule.Proof == "assumed" || (rule.Proof == "proven" && event.Assumed)
	if rule.NotBefore > 0 {
		r.NotBefore = r.Start.Add(time.Duration(rule.NotBefore) * time.Hour).Format(time.RFC3339)
	}
	for _, n := range rule.WarnDays {
		r.Warnings = append(r.Warnings, r.Start.In(calendar.Amsterdam).AddDate(0, 0, n).Format(time.DateOnly))
	}
	return r, nil
}

// eventOf is what starts the count: the event that is known, else the rule's.
func (d *Data) eventOf(rule ClockRule, in CountInput) (Event, error) {
	id := in.Event
	if id == "" {
		id = rule.StartEvent
	}
	e, err := find(d.events, "event", id, in.Start)
	if err != nil {
		return e, invalid("%q is no event that starts a clock", id)
	}
	return e, nil
}

func invalid(format string, args ...any) error {
	return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, format, args...)
}

// choose settles the length: the rule's, the addressee's own, a given one, the
// urgent one, the extended one.
func (r *Reckoning) choose(rule ClockRule, in CountInput) error {
	switch {
	case in.OwnTerm != nil && !rule.OwnTerm:
		return invalid("clock %s takes no published term", rule.ID)
	case in.Length != nil && rule.Unit != Given:
		return invalid("the length of clock %s is not given with it", rule.ID)
	case in.Length == nil && rule.Unit == Given:
		return invalid("clock %s needs a length", rule.ID)
	case in.OwnTerm != nil:
		r.Term, r.Nature = *in.OwnTerm, SelfSet
	case in.Length != nil:
		r.Term = *in.Length
	case in.Extended && rule.Extension == nil:
		return invalid("clock %s has no longest extension", rule.ID)
	case in.Extended:
		r.Term.Length += rule.Extension.Length // Check holds the units to be the same
	case in.LifeOrSafety && rule.Urgent != nil:
		r.Term.Length = *rule.Urgent
	}
	return nil
}

// count counts the chosen term the way the rule says.
func (rule ClockRule) count(r Reckoning, in CountInput, event Text) (calendar.Count, error) {
	opt := calendar.Options{
		Event: event, Rule: rule.ID, Frame: rule.Frame, Length: rule.basis(r),
		ByChoice: r.Nature != Legal, // no law says how a term of ours or of theirs is counted
	}
	if rule.Calendar == addressee {
		opt.Calendar = in.Calendar
	}
	if opt.Calendar == "" {
		opt.Calendar = calendar.NL
	}
	opt.Extra = in.Extra[opt.Calendar]
	switch rule.Counting {
	case countEU:
		opt.Roll = calendar.RollEU
	case countATW:
		opt.Roll = calendar.RollATW
	case countKlacht:
		opt.Thirty, opt.RollWhy = true, rule.Why
	case countEarly:
		opt.Early = rule.Why
	case countWorking:
		opt.Idle = rule.Why
	}
	return countTerm(r.Term, in.Start, opt)
}

// calendarMissing says that holidays of the addressee's country are not all
// known, for a rule that they could move.
func (rule ClockRule) calendarMissing(in CountInput) (calendar.Step, bool) {
	if rule.Calendar != addressee || rule.Counting == countPlain {
		return calendar.Step{}, false
	}
	step := calendar.Step{Date: dayOf(in.Start), Rule: rule.ID, Source: "domain.md §3.4", Flag: "[own]", OurChoice: true}
	switch {
	case in.Country != "":
		step.Code = "calendar_not_held"
		step.NL = fmt.Sprintf("Wij houden geen kalender van het land van de geadresseerde (%s) bij en tellen met de Nederlandse feestdagen.", in.Country)
		step.EN = fmt.Sprintf("We hold no calendar of the addressee's country (%s) and count with the Dutch public holidays.", in.Country)
	case in.Calendar == calendar.DE:
		step.Code = "calendar_partial"
		step.NL = "Van Duitsland tellen alleen de feestdagen die in het hele land gelden; die van een deelstaat houden wij niet bij."
		step.EN = "Of Germany only the public holidays of the whole country count; we do not hold those of a single state."
	default:
		return step, false
	}
	return step, true
}

// NotInForce is the code of the step that says so of a term.
const NotInForce = "not_in_force"

// notYet says that the law behind a rule did not apply on the day of the start:
// the count shows how the term would run, and binds nobody.
func (rule ClockRule) notYet(start time.Time) calendar.Step {
	step := calendar.Step{Date: dayOf(start), Code: NotInForce, Rule: rule.ID, Source: rule.Source, Flag: rule.Flag}
	from, err := time.Parse(time.DateOnly, rule.AppliesFrom)
	if err != nil { // Check holds it to be a day
		return step
	}
	step.NL = fmt.Sprintf("Op die dag gold de wet achter deze termijn nog niet: zij is van toepassing vanaf %s. De telling laat alleen zien hoe de termijn zou lopen.", calendar.DateNL(from))
	step.EN = fmt.Sprintf("On that day the law behind this term was not in force: it applies from %s. The count only shows how the term would run.", calendar.DateEN(from))
	return step
}

// basis says on what the length rests; a published term is the addressee's.
func (rule ClockRule) basis(r Reckoning) *calendar.Basis {
	if r.Nature == SelfSet {
		term := r.Term.words()
		return &calendar.Basis{
			Reason: Text{NL: "De geadresseerde noemt zelf een termijn van " + term.NL + ".", EN: "The addressee itself names a term of " + term.EN + "."},
			Source: "the addressee's published term, as recorded with the contact",
		}
	}
	return &calendar.Basis{Reason: rule.Basis, Source: rule.Source, Flag: rule.Flag, OurChoice: rule.Choice}
}

// unitWords name one of a unit, and more.
var unitWords = map[Unit][2]Text{
	Hours:        {{NL: "uur", EN: "hour"}, {NL: "uur", EN: "hours"}},
	WorkingDays:  {{NL: "werkdag", EN: "working day"}, {NL: "werkdagen", EN: "working days"}},
	CalendarDays: {{NL: "dag", EN: "day"}, {NL: "dagen", EN: "days"}},
	Weeks:        {{NL: "week", EN: "week"}, {NL: "weken", EN: "weeks"}},
	Months:       {{NL: "maand", EN: "month"}, {NL: "maanden", EN: "months"}},
}

// words writes a term: "5 werkdagen", "5 working days".
func (t Term) words() Text {
	unit := unitWords[t.Unit][1]
	if t.Length == 1 {
		unit = unitWords[t.Unit][0]
	}
	return Text{NL: fmt.Sprintf("%d %s", t.Length, unit.NL), EN: fmt.Sprintf("%d %s", t.Length, unit.EN)}
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
	return calendar.Count{}, invalid("a length has a unit: hours, working_days, calendar_days, weeks or months")
}
