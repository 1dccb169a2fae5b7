package law_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
	"pgregory.net/rapid"
)

// An addressee in a country of which no calendar is held is counted on the Dutch
// one, and the count says so; of Germany only the whole federation's days are
// known.
func TestACountSaysWhoseCalendarIsMissing(t *testing.T) {
	d := load(t)
	said := func(rule string, in law.CountInput) *calendar.Step {
		t.Helper()
		in.Start = on(t, "2027-03-22")
		r, err := d.Count(rule, in)
		if err != nil {
			t.Fatal(err)
		}
		n := slices.IndexFunc(r.Steps, func(s calendar.Step) bool { return strings.HasPrefix(s.Code, "calendar_") })
		if n < 0 {
			return nil
		}
		return &r.Steps[n]
	}
	lu := said("C10", law.CountInput{Country: "LU"})
	if lu == nil || !lu.OurChoice || lu.Flag != "[own]" || !strings.Contains(lu.EN, "no calendar of the addressee's country (LU)") || !strings.Contains(lu.NL, "(LU)") {
		t.Errorf("LU: %+v", lu)
	}
	if de := said("C5", law.CountInput{Calendar: calendar.DE}); de == nil || de.Code != "calendar_partial" || !de.OurChoice {
		t.Errorf("DE: %+v", de)
	}
	for name, s := range map[string]*calendar.Step{
		"a Dutch addressee": said("C10", law.CountInput{Calendar: calendar.NL}), "a Belgian one": said("C10", law.CountInput{Calendar: calendar.BE}),
		"a rule that is counted on the Dutch calendar": said("C11", law.CountInput{Country: "LU"}),
		"a clock that no holiday moves":                said("C14", law.CountInput{Country: "LU"}),
	} {
		if s != nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// A window that runs against us warns before it closes.
func TestTheWindowForAComplaintWarns(t *testing.T) {
	d := load(t)
	r, err := d.Count("C6", law.CountInput{Start: on(t, "2027-03-26")})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"2027-07-24", "2027-08-23", "2027-09-12"}; !slices.Equal(r.Warnings, want) {
		t.Errorf("warns on %v, want %v", r.Warnings, want)
	}
}

func TestClocks(t *testing.T) {
	d := load(t)
	term := func(unit law.Unit, n int) *law.Term { return &law.Term{Unit: unit, Length: n} }
	for _, c := range []struct {
		name, rule, start string
		in                law.CountInput
		due               string
		nature            law.Nature
	}{
		{"hoster over Good Friday and Easter Monday", "C5", "2027-03-25", law.CountInput{Event: "mailed"}, "2027-04-12", law.Policy},
		{"reminder over Koningsdag", "C5", "2027-04-13", law.CountInput{Event: "mailed"}, "2027-04-28", law.Policy},
		{"hoster over 5 May and Ascension", "C5", "2027-04-28", law.CountInput{}, "2027-05-14", law.Policy},
		{"hoster's own term", "C5", "2027-03-22", law.CountInput{OwnTerm: term(law.WorkingDays, 5)}, "2027-03-31", law.SelfSet},
		{"hoster's own term in hours", "C5", "2027-03-22", law.CountInput{OwnTerm: term(law.Hours, 24)}, "2027-03-23", law.SelfSet},
		{"receipt", "C1", "2027-03-22", law.CountInput{Event: "filed"}, "2027-03-23", law.Policy},
		{"life or safety", "C2", "2027-03-22", law.CountInput{}, "2027-03-23", law.Policy},
		{"address, over the change to summer time", "C3", "2027-03-27", law.CountInput{Event: "filed"}, "2027-03-29", law.Policy},
		{"other data", "C4", "2027-03-22", law.CountInput{}, "2027-03-29", law.Policy},
		{"complaint window", "C6", "2027-03-26", law.CountInput{}, "2027-09-25", law.Legal},
		{"complaint window at the end of a month", "C6", "2026-08-31", law.CountInput{}, "2027-02-27", law.Legal},
		{"complaint window over a leap day", "C6", "2027-08-31", law.CountInput{}, "2028-02-28", law.Legal},
		{"answer to the complaint", "C7", "2027-03-22", law.CountInput{}, "2027-04-05", law.Policy},
		{"dispute body", "C8", "2027-03-22", law.CountInput{}, "2027-06-21", law.Legal},
		{"dispute body, extended", "C8", "2027-03-22", law.CountInput{Extended: true}, "2027-09-20", law.Legal},
		{"ACM", "C9", "2027-03-22", law.CountInput{}, "2027-05-17", law.Policy},
		{"GDPR request", "C10", "2027-03-22", law.CountInput{}, "2027-04-22", law.Legal},
		{"GDPR request, end of month over a weekend", "C10", "2027-01-31", law.CountInput{}, "2027-03-01", law.Legal},
		{"GDPR request, due on Koningsdag", "C10", "2027-03-27", law.CountInput{}, "2027-04-28", law.Legal},
		{"GDPR request, an Irish controller", "C10", "2027-03-27", law.CountInput{Calendar: calendar.IE}, "2027-04-27", law.Legal},
		{"GDPR request, extended", "C10", "2027-03-22", law.CountInput{Extended: true}, "2027-06-22", law.Legal},
		{"petition, due on Koningsdag", "C11", "2027-03-16", law.CountInput{}, "2027-04-28", law.Legal},
		{"klacht: 90 days, on a Sunday, not moved", "C12", "2027-03-22", law.CountInput{}, "2027-06-20", law.Legal},
		{"klacht: three months are shorter", "C12", "2027-02-01", law.CountInput{}, "2027-05-01", law.Legal},
		{"klacht: three months to a shorter month", "C12", "2026-11-30", law.CountInput{}, "2027-02-28", law.Legal},
		{"preservation by order", "C13", "2027-01-31", law.CountInput{}, "2027-05-01", law.Legal},
		{"preservation by order, renewed", "C13", "2027-01-31", law.CountInput{Extended: true}, "2027-07-30", law.Legal},
		{"EU preservation order", "C14", "2027-01-31", law.CountInput{}, "2027-04-01", law.Legal},
		{"breach", "C15", "2027-03-26", law.CountInput{}, "2027-03-29", law.Legal},
		{"peer support", "C16", "2027-03-22", law.CountInput{}, "2027-03-24", law.Policy},
		{"flare-up", "C17", "2027-03-22", law.CountInput{Length: term(law.Weeks, 2)}, "2027-04-05", law.Policy},
		{"private preservation request", "C18", "2027-03-22", law.CountInput{}, "2027-05-21", law.Policy},
		{"alignment", "C19", "2027-03-22", law.CountInput{}, "2027-03-23", law.Policy},
		{"alignment, life or safety", "C19", "2027-03-22", law.CountInput{LifeOrSafety: true}, "2027-03-22", law.Policy},
		{"order", "P1", "2027-04-29", law.CountInput{Event: "handed_over"}, "2027-05-13", law.Policy},
		{"flagger", "P2", "2027-03-22", law.CountInput{}, "2027-03-29", law.Policy},
		{"supervisor", "P3", "2027-03-22", law.CountInput{}, "2027-05-17", law.Policy},
		{"body followed", "P6", "2027-03-22", law.CountInput{}, "2027-04-05", law.Policy},
		{"summons", "P4", "2027-03-22", law.CountInput{}, "2027-03-29", law.Policy},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.in.Start = on(t, c.start)
			r, err := d.Count(c.rule, c.in)
			if err != nil {
				t.Fatal(err)
			}
			if r.DueDate != c.due || r.Nature != c.nature {
				t.Errorf("due %s (%s), want %s (%s)", r.DueDate, r.Nature, c.due, c.nature)
			}
			checkSteps(t, r)
		})
	}
}

// checkSteps holds that a count explains itself in both languages, and calls
// nothing law that is ours.
func checkSteps(t *testing.T, r law.Reckoning) {
	t.Helper()
	if len(r.Steps) < 2 {
		t.Errorf("only %d steps", len(r.Steps))
	}
	for _, s := range r.Steps {
		if s.NL == "" || s.EN == "" || s.Source == "" || s.Code == "" {
			t.Errorf("a step lacks words or source: %+v", s)
		}
		if r.Nature == law.Policy && s.Code == "length" && s.Flag == "[own]" && !s.OurChoice {
			t.Errorf("our own length is not called our choice: %+v", s)
		}
	}
}

// Requirement: S0-19c
func TestKlachtWarnsAndNeverRolls(t *testing.T) {
	d := load(t)
	r, err := d.Count("C12", law.CountInput{Start: on(t, "2027-03-22"), Event: "learned"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"2027-05-21", "2027-06-05", "2027-06-15"}; !slices.Equal(r.Warnings, want) {
		t.Errorf("warns on %v, want %v (60, 75, 85 days)", r.Warnings, want)
	}
	if r.Base != r.DueDate || r.RuleVersion != "C12@2025-07-01" {
		t.Errorf("%+v", r)
	}
}

func TestPetitionWarnsByTheUnextendedDay(t *testing.T) {
	r, err := load(t).Count("C11", law.CountInput{Start: on(t, "2027-03-16")})
	if err != nil {
		t.Fatal(err)
	}
	if r.Base != "2027-04-27" || r.DueDate != "2027-04-28" || slices.Max(r.Warnings) >= r.Base {
		t.Errorf("base %s, due %s, warnings %v", r.Base, r.DueDate, r.Warnings)
	}
}

func TestAssumedPrematureAndWindow(t *testing.T) {
	d := load(t)
	count := func(rule, day, event string) law.Reckoning {
		r, err := d.Count(rule, law.CountInput{Start: on(t, day), Event: event})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if !count("C5", "2027-03-22", "mailed").Assumed || !count("C10", "2027-03-22", "mailed").Assumed {
		t.Error("a mail that left is only an assumed receipt")
	}
	if count("C10", "2027-03-22", "received").Assumed || count("C12", "2027-03-22", "learned").Assumed {
		t.Error("a proven receipt, or a day of learning, is not assumed")
	}
	if !count("C14", "2026-08-17", "").Premature || count("C14", "2026-08-18", "").Premature {
		t.Error("Regulation 2023/1543 applies from 18 August 2026")
	}
	// The steps say so, in both languages, and only then.
	for _, c := range []struct{ rule, before, from, nl, en string }{
		{"C14", "2026-08-17", "2026-08-18", "vanaf dinsdag 18 augustus 2026", "from Tuesday 18 August 2026"},
		{"C1", "2024-02-16", "2024-02-17", "vanaf zaterdag 17 februari 2024", "from Saturday 17 February 2024"},
	} {
		said := count(c.rule, c.before, "").Steps[1]
		if said.Code != "not_in_force" || !strings.Contains(said.NL, c.nl) || !strings.Contains(said.EN, c.en) || said.Source == "" {
			t.Errorf("%s: %+v", c.rule, said)
		}
		if s := count(c.rule, c.from, "").Steps[1]; s.Code == "not_in_force" {
			t.Errorf("%s on its first day: %+v", c.rule, s)
		}
	}
	if !count("C6", "2024-02-16", "").Premature || count("C6", "2024-02-17", "").Premature {
		t.Error("the DSA applies from 17 February 2024")
	}
	if got := count("C16", "2027-03-22", "").NotBefore; got != "2027-03-23T10:00:00Z" {
		t.Errorf("peer support not before %s", got)
	}
}

func TestCountRefuses(t *testing.T) {
	d, start := load(t), on(t, "2027-03-22")
	five := &law.Term{Unit: law.WorkingDays, Length: 5}
	for name, c := range map[string]struct {
		rule string
		in   law.CountInput
		kind takedown.Kind
	}{
		"an unknown rule":                        {"C99", law.CountInput{Start: start}, takedown.NotFound},
		"a start before the data":                {"C5", law.CountInput{Start: start.AddDate(-10, 0, 0)}, takedown.NotFound},
		"no start":                               {"C5", law.CountInput{}, takedown.NotFound},
		"an unknown event":                       {"C5", law.CountInput{Start: start, Event: "dreamt"}, takedown.Invalid},
		"a published term where none may be":     {"C12", law.CountInput{Start: start, OwnTerm: five}, takedown.Invalid},
		"a given length where none may be":       {"C10", law.CountInput{Start: start, Length: five}, takedown.Invalid},
		"no length where one is given":           {"C17", law.CountInput{Start: start}, takedown.Invalid},
		"a length without unit":                  {"C17", law.CountInput{Start: start, Length: &law.Term{Length: 3}}, takedown.Invalid},
		"a length of nothing":                    {"C5", law.CountInput{Start: start, OwnTerm: &law.Term{Unit: law.WorkingDays}}, takedown.Invalid},
		"an extension of what is never extended": {"C12", law.CountInput{Start: start, Extended: true}, takedown.Invalid},
	} {
		if _, err := d.Count(c.rule, c.in); takedown.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Requirement: S3-1
func TestDecisionClock(t *testing.T) {
	d, day, choice := load(t), on(t, "2027-03-22"), []string{"C2", "C3", "C4"}
	for _, c := range []struct {
		categories []string
		life       bool
		want       string
	}{
		{[]string{"home_address"}, true, "C2"},
		{[]string{"photo", "phone"}, false, "C3"},
		{[]string{"live_location"}, false, "C3"},
		{[]string{"family"}, false, "C3"},
		{[]string{"photo", "employment_history"}, false, "C4"},
		{nil, false, "C4"},
	} {
		if got, err := d.ChooseClock(choice, c.categories, c.life, day); err != nil || got != c.want {
			t.Errorf("%v %v: %s, %v, want %s", c.categories, c.life, got, err, c.want)
		}
	}
}

// Every clock, from any start of 2024 to 2040: never before its start, never
// earlier for a later start, and never on a day that its rule excludes.
func TestEveryClockIsMonotone(t *testing.T) {
	d := load(t)
	var rules []string
	for _, c := range d.Clocks(on(t, "2027-03-22")) {
		if c.Unit != law.Given {
			rules = append(rules, c.ID)
		}
	}
	from, to := on(t, "2024-01-01").Unix(), on(t, "2040-12-31").Unix()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom(rules).Draw(t, "rule")
		start := time.Unix(rapid.Int64Range(from, to).Draw(t, "start"), 0)
		in := law.CountInput{Start: start, Calendar: rapid.SampledFrom(calendar.Calendars()).Draw(t, "calendar")}
		got, err := d.Count(id, in)
		if err != nil {
			t.Fatal(err)
		}
		if got.Due.Before(start.Truncate(time.Second)) {
			t.Fatalf("%s ends %v, before its start", id, got.Due)
		}
		rule, err := d.Clock(id, start)
		if err != nil {
			t.Fatal(err)
		}
		if excludes(rule) {
			// One working day on from the day before is the day itself, if that is one.
			next, err := calendar.WorkingDays(got.Due.AddDate(0, 0, -1), 1, calendar.Options{Calendar: got.Calendar})
			if err != nil || next.DueDate != got.DueDate {
				t.Fatalf("%s ends on %s, which is idle: the next working day is %s, %v", id, got.DueDate, next.DueDate, err)
			}
		}
		in.Start = start.Add(time.Duration(rapid.IntRange(1, 72).Draw(t, "hours")) * time.Hour)
		if later, err := d.Count(id, in); err != nil || later.Due.Before(got.Due) {
			t.Fatalf("%s: a later start ends earlier: %v, %v", id, later.Due, err)
		}
	})
}

func excludes(c law.ClockRule) bool {
	return c.Counting == "working" || c.Counting == "1182/71" || c.Counting == "ATW"
}

// The steps as a person reads them.
func TestStepsGolden(t *testing.T) {
	d := load(t)
	for name, c := range map[string]struct {
		rule, start string
		in          law.CountInput
	}{
		"hoster-easter":     {"C5", "2027-03-25", law.CountInput{Event: "mailed"}},
		"hoster-koningsdag": {"C5", "2027-04-13", law.CountInput{Event: "mailed"}},
		"hoster-own-term":   {"C5", "2027-03-25", law.CountInput{Event: "mailed", OwnTerm: &law.Term{Unit: law.WorkingDays, Length: 5}}},
		"platform-summer":   {"C3", "2027-03-27", law.CountInput{Event: "filed"}},
		"complaint-window":  {"C6", "2027-08-31", law.CountInput{Event: "decision_received"}},
		"gdpr-month-end":    {"C10", "2027-01-31", law.CountInput{Event: "received"}},
		"petition":          {"C11", "2027-03-16", law.CountInput{}},
		"klacht":            {"C12", "2027-02-01", law.CountInput{Event: "learned"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.in.Start = on(t, c.start)
			r, err := d.Count(c.rule, c.in)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			fmt.Fprintf(&b, "%s (%s) due %s, base %s, warns %v\n", r.RuleVersion, r.Nature, r.DueDate, r.Base, r.Warnings)
			for _, s := range r.Steps {
				fmt.Fprintf(&b, "\n%s %s\n  nl  %s\n  en  %s\n  %s; %s %s our choice: %v\n", s.Date, s.Code, s.NL, s.EN, s.Rule, s.Source, s.Flag, s.OurChoice)
			}
			golden(t, "testdata/steps/"+name+".txt", b.String())
		})
	}
}

func BenchmarkCount(b *testing.B) {
	d := load(b)
	in := law.CountInput{Start: on(b, "2027-03-25"), Event: "mailed"}
	for b.Loop() {
		if _, err := d.Count("C5", in); err != nil {
			b.Fatal(err)
		}
	}
}
