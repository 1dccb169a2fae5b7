package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// A "wait" of the police stands until they say otherwise: that we do not ask, or
// suspect nothing, does not lift it. Asked again, silence past C19 does, and the
// urgent lane gives them the whole of it.
//
// Requirement: S0-13
func TestAWaitOfThePoliceIsNotLiftedForThem(t *testing.T) {
	t.Parallel()
	for _, urgent := range []bool{false, true} {
		l := newLive(t)
		if urgent {
			l.ok(l.patch(coordinator, l.c, `{"flags":{"lifeOrSafety":true}}`))
		}
		l.settings(func(in *casework.SettingsInput) { in.KillSwitch = true })
		l.attempt()
		l.approve()
		l.ok(l.align(casework.AlignmentInput{Status: "answered", AskAgainAt: monday.Add(72 * time.Hour)}))
		l.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
		for _, in := range []casework.AlignmentInput{{Status: "not_wanted", Reason: "not_wanted"}, {Status: "not_suspected", Reason: "no_offence"}, {Status: "asked"}} {
			l.ok(l.align(in))
			l.pass(time.Minute)
			if why := l.waits(); !slices.Contains(why, "police_asked_to_wait") && !slices.Contains(why, "awaiting_police") {
				t.Errorf("urgent %v: after %s it waits for %v", urgent, in.Status, why)
			}
		}
		l.mails(0, 0)
		l.pass(25 * time.Hour)
		l.mails(1, 1)
	}
}

// Each death threat asks for its own aangifte: one that answered an earlier threat
// does not answer the next.
//
// Requirement: S4-18
func TestEachDeathThreatAsksForItsAangifte(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Flags.DeathThreat = true
	c := f.open(in)
	for _, id := range []string{"police_first", "police_second"} {
		f.ok(casework.PutNoun(ctx, f.s, c.Case, &takedown.PoliceReport{Meta: takedown.Meta{ID: id}, Kind: "aangifte", FiledAt: monday, Registration: "PL0000-1"}))
	}
	f.ok(f.s.CompleteTask(ctx, coordinator, f.task(c.Case, "death_threat_report"), casework.TaskCompletion{Reason: "reported", Evidence: "police_first"}))
	f.ok(f.patch(coordinator, c.Case, `{"flags":{"deathThreat":false}}`))
	f.ok(f.patch(coordinator, c.Case, `{"flags":{"deathThreat":true}}`))
	again := f.openTasks(c.Case, "death_threat_report")
	if len(again) != 1 {
		t.Fatalf("%d tasks for the second threat", len(again))
	}
	f.pointers(f.s.CompleteTask(ctx, coordinator, again[0].ID, casework.TaskCompletion{Reason: "reported", Evidence: "police_first"}), "/evidence")
	f.ok(f.s.CompleteTask(ctx, coordinator, again[0].ID, casework.TaskCompletion{Reason: "reported", Evidence: "police_second"}))
}

// An answer on our own pages is about what was known then: a photo that is
// reported later is asked about again.
//
// Requirement: S0-3
func TestALaterPhotoAsksForOurOwnPagesAgain(t *testing.T) {
	t.Parallel()
	l, ctx := newPhoto(t, false), context.Background()
	l.attempt()
	l.ok(l.decide(coordinator, "own_sources", "none_found"))
	l.at("AwaitApproval", "approval")
	in := caseInput("https://forum.example/t/99").Items
	in[0].DataCategories = []string{"photo"}
	more, err := l.s.AddItems(ctx, specialist, l.c, in)
	l.ok(err)
	item := more.Items[0].Item
	l.fixture.assess(l.c, item, l.capture(l.c, item))
	_, err = l.s.RecordAttempt(ctx, specialist, l.c, casework.AttemptInput{Role: "site_operator", Channel: "mail", At: monday, Result: "no_answer", ItemIDs: []string{item}})
	l.ok(err)
	l.settle()
	l.task(l.c, "check_own_sources")
	waits := func() (all []string) {
		tracks, err := l.s.ListTracks(ctx, auditor, l.c)
		l.ok(err)
		for _, tr := range tracks {
			if slices.Contains(tr.Items, item) {
				all = append(all, tr.WaitsFor.Why...)
			}
		}
		return all
	}
	if why := waits(); !slices.Contains(why, "decision:own_sources") {
		t.Errorf("the later photo waits for %v", why)
	}
	l.ok(l.decide(coordinator, "own_sources", "none_found"))
	if why := waits(); !slices.Contains(why, "approval") {
		t.Errorf("then for %v", why)
	}
}

// What the urgent lane left out is asked for once the case is no longer urgent: a
// notice that has not left waits for the weighing of attention.
//
// Requirement: S2-17
func TestWhatTheUrgentLaneSkippedIsCaughtUp(t *testing.T) {
	t.Parallel()
	l, ctx := newMissing(t, "home_address"), context.Background()
	_, err := l.s.PutTriage(ctx, coordinator, l.c, casework.TriageInput{ThreatLevel: "low", JudgedBy: "coördinator", LifeOrSafety: true}, 0)
	l.ok(err)
	evid := l.capture(l.c, l.page)
	in := casework.AssessmentInput{
		Grounds: []casework.GroundInput{{Offence: "285d", Elements: map[string][]string{"E1": {evid}, "E2": {evid}, "E3": {evid}, "E4": {evid}}}},
		Effects: []string{"contact"}, Purpose: []string{"call_to_act"}, Locator: "line:2", Decision: "act",
	}
	_, err = l.s.PutAssessment(ctx, specialist, l.c, l.page, in, 0)
	l.ok(err)
	l.consent("notice", "")
	_, err = l.s.PutAlignment(ctx, coordinator, l.c, casework.AlignmentInput{Status: "not_wanted", Reason: "not_wanted"}, 0)
	l.ok(err)
	l.settle()
	l.attempt()
	l.at("AwaitApproval", "approval")
	l.ok(l.patch(coordinator, l.c, `{"flags":{"lifeOrSafety":false}}`))
	l.settle()
	if why := l.waits(); !slices.ContainsFunc(why, func(w string) bool { return strings.HasPrefix(w, "assessment:") }) {
		t.Errorf("waits for %v", why)
	}
}

// A correction that was allowed was allowed for who was known to be meant then.
// When that changes a legal adviser is asked again, and until then no text says it.
//
// Requirement: S2-1
func TestACorrectionIsAllowedForOneMistakeAlone(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.ok(l.patch(coordinator, l.c, `{"flags":{"misidentified":{"intendedTarget":"unknown"}}}`))
	l.ok(l.decide(adviser, "correction", "allowed"))
	l.attempt()
	const sentence = "Het bericht wijst een persoon aan die er niets mee te maken heeft."
	if d := l.document(); !strings.Contains(d.Text, sentence) {
		t.Fatalf("the correction that was allowed is not made:\n%s", d.Text)
	}
	people, err := l.s.GetCase(context.Background(), coordinator, l.c)
	l.ok(err)
	l.clock.advance(time.Minute)
	l.ok(l.patch(coordinator, l.c, `{"flags":{"misidentified":{"intendedTarget":"`+people.People[0].ID+`"}}}`))
	l.settle()
	if d := l.document(); strings.Contains(d.Text, sentence) {
		t.Error("says it of another mistake")
	}
	l.task(l.c, "decide_correction")
	l.ok(l.patch(coordinator, l.c, `{"flags":{"misidentified":null}}`))
	if open := l.openTasks(l.c, "decide_correction"); len(open) != 0 {
		t.Errorf("asks about no mistake: %v", open)
	}
}

// The sheet is what a person files by: while a gate is closed nobody gets it.
func TestNoFilingSheetWhileAGateIsClosed(t *testing.T) {
	t.Parallel()
	l, d := noticeByForm(t, formInput(0, takedown.FormField{Name: "link", Kind: "url"}, takedown.FormField{Name: "toelichting"}), 1)
	ctx := context.Background()
	l.ok(l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}))
	l.settle()
	_, err := l.s.FilingSheet(ctx, specialist, d.ID, "text")
	l.ok(err)
	l.ok(l.align(casework.AlignmentInput{Status: "answered", LeaveOnlineUntil: monday.Add(72 * time.Hour)}))
	_, err = l.s.FilingSheet(ctx, specialist, d.ID, "text")
	l.kind(err, takedown.Conflict)
}
