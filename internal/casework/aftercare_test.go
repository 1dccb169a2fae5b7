package casework_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// The coordinator is reminded to ask the person how it goes, and again after
// each time.
//
// Requirement: S0-15
func TestThePersonIsAskedHowItGoes(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	triage := casework.TriageInput{ThreatLevel: "low", JudgedBy: "coördinator"}
	tr, err := f.s.PutTriage(ctx, coordinator, c.Case, triage, 0)
	f.ok(err)
	due := func() time.Time {
		t.Helper()
		if n := len(f.openTasks(c.Case, "check_in")); n != 1 {
			t.Fatalf("%d reminders", n)
		}
		task, err := f.s.GetTask(ctx, coordinator, f.task(c.Case, "check_in"))
		f.ok(err)
		return task.DueAt
	}
	if at := due(); !at.Equal(monday.Add(7 * 24 * time.Hour)) {
		t.Errorf("first on %s", at)
	}
	_, err = f.s.PutTriage(ctx, coordinator, c.Case, triage, tr.Version)
	f.ok(err)
	f.clock.advance(8 * 24 * time.Hour)
	f.ok(f.s.CompleteTask(ctx, coordinator, f.task(c.Case, "check_in"), casework.TaskCompletion{Reason: "sealed: slaapt slecht"}))
	if at := due(); !at.Equal(monday.Add(22 * 24 * time.Hour)) {
		t.Errorf("then on %s", at)
	}
	f.absent("slaapt slecht")
}

// When every item has an outcome somebody tells the person what became of it;
// closing the case does not make that done.
//
// Requirement: S2-19, S0-sum-5
func TestThePersonHearsWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	f.ok(f.s.SetOutcome(ctx, specialist, c.Case, c.Items[0].Item, casework.OutcomeInput{Code: "author_removed", Reason: "gone_by_itself"}, 0))
	task := f.task(c.Case, "inform_outcome")
	f.ok(f.s.CloseCase(ctx, coordinator, c.Case, casework.ClosureInput{Reason: "all_removed"}))
	if again := f.task(c.Case, "inform_outcome"); again != task {
		t.Errorf("another task %s", again)
	}
	if left := f.openTasks(c.Case, "close_case"); len(left) != 0 {
		t.Errorf("left open: %v", left)
	}
	f.ok(f.s.CompleteTask(ctx, coordinator, task, casework.TaskCompletion{Reason: "told_by_phone"}))
}

// Nothing is said in public until it was decided, with the person's yes to it.
//
// Requirement: S0-14b, S0-14a
func TestSilenceIsTheDefault(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	says := func(want string) {
		t.Helper()
		v, err := f.s.GetCase(ctx, auditor, c.Case)
		f.ok(err)
		if v.PublicStatement != want {
			t.Errorf("%s, want %s", v.PublicStatement, want)
		}
	}
	decide := func(kind, choice, consent string) error {
		_, err := f.s.Decide(ctx, coordinator, c.Case, casework.CaseDecisionInput{Kind: kind, Choice: choice, Cons: "sealed-cons", Consent: consent})
		return err
	}
	consent := func(action string) string {
		v, err := f.s.PutConsent(ctx, coordinator, c.Case, c.People[0], action, casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0)
		f.ok(err)
		return v.ID
	}
	says("none")
	f.pointers(decide("media", "shout", ""), "/choice")
	f.pointers(decide("media", "statement", ""), "/consent")
	f.pointers(decide("media", "statement", consent("talk")), "/consent")
	f.ok(decide("media", "statement", consent("media")))
	says("allowed")
	f.ok(decide("no_public_statement", "silence", ""))
	says("none")
}

// What happens to the same person later is a case of its own, which names the
// first; who may not see that one is not told of it.
//
// Requirement: S0-19d, S3-7
func TestRelatedCasesAreNamed(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	first, later := f.open(caseInput("https://forum.example/1")), f.open(caseInput("https://forum.example/2"))
	for _, bad := range []string{later.Case, "case_none", "item_1"} {
		f.pointers(f.patch(coordinator, later.Case, `{"relatedCases":["`+bad+`"]}`), "/relatedCases/0")
	}
	f.ok(f.patch(coordinator, later.Case, `{"relatedCases":["`+first.Case+`"]}`))
	seen := func(who takedown.Principal) []string {
		v, err := f.s.GetCase(ctx, who, later.Case)
		f.ok(err)
		return v.RelatedCases
	}
	if got := seen(specialist); !slices.Equal(got, []string{first.Case}) {
		t.Errorf("related %v", got)
	}
	f.ok(f.patch(coordinator, first.Case, `{"restricted":true}`))
	if got := seen(specialist); len(got) != 0 {
		t.Errorf("names a case that one may not see: %v", got)
	}
	f.ok(f.patch(coordinator, later.Case, `{"relatedCases":null}`))
	if got := seen(coordinator); len(got) != 0 {
		t.Errorf("related %v", got)
	}
}

// What set it off, why, and where the person works are codes, sealed with what
// they are of.
//
// Requirement: S3-2, S3-5, S3-6, S0-11c, S0-gl-1
func TestTriggersMotivesAndContextAreSealedCodes(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Incident.TriggerKind, in.Incident.Motives = "anger", []string{"revenge", "money"}
	in.Affected[0].WorkContext = "space"
	_, err := f.s.OpenCase(ctx, coordinator, in)
	f.pointers(err, "/affected/0/workContext", "/incident/triggerKind", "/incident/motives/1")
	in.Incident.TriggerKind, in.Incident.Motives, in.Affected[0].WorkContext = "disagreement", []string{"intimidation", "revenge"}, "long_term_care"
	in.Affected[0].Preferences = &casework.PreferencesInput{ContactBy: "phone", CallAt: "sealed na 19.00 uur"}
	c := f.open(in)
	f.absent("disagreement", "intimidation", "long_term_care", "sealed na 19.00")
	open, err := f.s.Unseal(ctx, coordinator, c.Case, casework.UnsealInput{Reason: "call"})
	f.ok(err)
	if p := open.People[0]; open.TriggerKind != "disagreement" || !slices.Equal(open.Motives, in.Incident.Motives) || p.WorkContext != "long_term_care" || p.Preferences.CallAt != "sealed na 19.00 uur" {
		t.Errorf("%+v", open)
	}
}

// Beside a threat the doxing itself is suggested; before 2024 it was no offence.
//
// Requirement: S1-4, S2-22
func TestDoxingIsSuggestedBesideAThreat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		on   time.Time
		want []string
	}{"after": {monday.Add(-48 * time.Hour), []string{"285d"}}, "before": {time.Date(2023, 6, 1, 12, 0, 0, 0, time.UTC), nil}} {
		t.Run(name, func(t *testing.T) {
			f, ctx := newFixture(t), context.Background()
			in := caseInput("https://forum.example/1")
			in.Incident.OccurredAt = c.on
			opened := f.open(in)
			item := opened.Items[0].Item
			_, err := f.s.PutAssessment(ctx, specialist, opened.Case, item, casework.AssessmentInput{
				Grounds: []casework.GroundInput{{Offence: "285-1", Elements: map[string][]string{"E1": {f.capture(opened.Case, item)}}}}, Amplification: "low", Decision: "act",
			}, 0)
			f.ok(err)
			a, err := f.s.GetAssessment(ctx, auditor, opened.Case, item)
			f.ok(err)
			if !slices.Equal(a.Suggested, c.want) {
				t.Errorf("suggested %v, want %v", a.Suggested, c.want)
			}
		})
	}
}

// The organisation says in its settings what it wants reported, with a low bar.
//
// Requirement: S4-1
func TestWhatIsReportedStandsInTheSettings(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.settings(func(in *casework.SettingsInput) { in.ReportNorm = "Meld alles wat je niet van een collega zou pikken." })
	v, err := l.s.GetSettings(context.Background(), specialist)
	l.ok(err)
	if v.ReportNorm == "" {
		t.Error("the norm is gone")
	}
}
