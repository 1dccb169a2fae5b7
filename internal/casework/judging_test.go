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

// One item may show several offences, each with its own elements; what the
// person knew, feared and suffers is recorded beside them.
//
// Requirement: S0-intro-1, S1-18, S4-9, S4-19
func TestAnAssessmentHoldsSeveralOffences(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	item := c.Items[0].Item
	evid := f.capture(c.Case, item)
	in := actOn(evid)
	in.Grounds = append(in.Grounds, casework.GroundInput{Offence: "285-1"})
	_, err := f.s.PutAssessment(ctx, specialist, c.Case, item, in, 0)
	f.pointers(err, "/grounds/1/elements/E1") // no text claims what nothing shows
	in.Grounds[1].Elements = map[string][]string{"E1": {evid}}
	in.VictimAware, in.FearDescribed, in.PunishableOffline, in.Effects = true, true, true, []string{"contact", "visits"}
	_, err = f.s.PutAssessment(ctx, specialist, c.Case, item, in, 0)
	f.ok(err)
	a, err := f.s.GetAssessment(ctx, auditor, c.Case, item)
	f.ok(err)
	if len(a.Grounds) != 2 || a.Grounds[1].Offence != "285-1" || !a.VictimAware || !a.FearDescribed || !a.PunishableOffline || !slices.Equal(a.Effects, in.Effects) {
		t.Errorf("assessment %+v", a)
	}
}

// Doxing is acted on only with its purpose named and evidence for each element,
// and the heavier form only for who stands on the statute's list: that somebody
// was filmed is no ground.
//
// Requirement: S0-1c, S1-17, S3-11
func TestDoxingNeedsItsPurposeAndElements(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	item := c.Items[0].Item
	evid := f.capture(c.Case, item)
	put := func(change func(*casework.AssessmentInput)) error {
		in := actOn(evid)
		change(&in)
		_, err := f.s.PutAssessment(ctx, specialist, c.Case, item, in, 0)
		return err
	}
	f.pointers(put(func(in *casework.AssessmentInput) { in.Purpose = nil }), "/purposeIndicators")
	f.pointers(put(func(in *casework.AssessmentInput) { in.Grounds = nil }), "/grounds")
	f.pointers(put(func(in *casework.AssessmentInput) { in.Grounds[0].Offence = "filming" }), "/grounds/0/offence")
	f.pointers(put(func(in *casework.AssessmentInput) { delete(in.Grounds[0].Elements, "E4") }), "/grounds/0/elements/E4")
	f.pointers(put(func(in *casework.AssessmentInput) { // a general practitioner stands on no list
		in.InCapacity, in.Grounds[0].Elements["E5"] = true, []string{evid}
	}), "/grounds/0/elements/E5")
	f.ok(put(func(*casework.AssessmentInput) {}))
}

// A specialist finds; to watch a suspected offence without acting, for fear of
// making it bigger, takes a legal adviser's yes as well.
//
// Requirement: S0-20a, S2-17, S0-14b
func TestWatchingInsteadOfActingTakesTwo(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Items[0].Reach = &casework.ReachInput{Views: 12, Shares: 1, At: monday.Add(-time.Hour)}
	c := f.open(in)
	item := c.Items[0].Item
	watch := actOn(f.capture(c.Case, item))
	watch.Decision, watch.Amplification, watch.Contra = "monitor", "high", []string{"public_debate"}
	for _, who := range []takedown.Principal{coordinator, liaison, auditor, reporter} {
		_, err := f.s.PutAssessment(ctx, who, c.Case, item, watch, 0)
		f.kind(err, takedown.Forbidden)
	}
	a, err := f.s.PutAssessment(ctx, specialist, c.Case, item, watch, 0)
	f.ok(err)
	f.task(c.Case, "confirm_assessment")
	if v := f.item(c.Case, 0); v.Outcome != nil || v.Confirmed {
		t.Fatalf("one person's finding settles the item: %+v", v)
	}
	_, err = f.s.PutAssessment(ctx, adviser, c.Case, item, watch, a.Version)
	f.ok(err)
	v := f.item(c.Case, 0)
	if v.Outcome == nil || v.Outcome.Code != "monitored" || v.Status != "settled" || len(f.openTasks(c.Case, "confirm_assessment")) != 0 {
		t.Errorf("item %+v", v)
	}
	got, err := f.s.GetAssessment(ctx, auditor, c.Case, item)
	f.ok(err)
	if got.Amplification != "high" || got.By != specialist.ID || got.ConfirmedBy != adviser.ID {
		t.Errorf("assessment %+v", got)
	}
	open, err := f.s.Unseal(ctx, specialist, c.Case, casework.UnsealInput{Reason: "look"})
	f.ok(err)
	if p := open.Items[0].Place; p.Views != 12 || p.Shares != 1 {
		t.Errorf("reach %+v", p)
	}
}

// Nobody speaks to the poster before the police allowed it; silence allows
// nothing. A talk is agreed with the person first.
//
// Requirement: S0-12a, S0-12b, S0-13, S4-11, S4-12, S4-13, S4-28
func TestNobodySpeaksToThePosterBeforeThePoliceAllowIt(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	person := c.People[0]
	talk := casework.CaseDecisionInput{Kind: "talk_employer", Choice: "yes", Pros: "sealed-pros", Cons: "sealed-cons", PoliceAnswer: "allowed"}
	reply := casework.CaseDecisionInput{Kind: "reply_to_sender", Choice: "yes", Pros: "sealed-pros"}
	decide := func(in casework.CaseDecisionInput) error {
		_, err := f.s.Decide(ctx, coordinator, c.Case, in)
		return err
	}
	f.pointers(decide(casework.CaseDecisionInput{Kind: "talk_employer", Choice: "yes"}), "/pros", "/consent")
	f.pointers(decide(talk), "/consent")
	consent, err := f.s.PutConsent(ctx, coordinator, c.Case, person, "talk", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0)
	f.ok(err)
	talk.Consent = consent.ID
	poster := casework.AttemptInput{Role: "poster", Channel: "mail", At: monday, Result: "no_answer"}
	refused := func() {
		t.Helper()
		f.kind(decide(talk), takedown.Conflict)
		f.kind(decide(reply), takedown.Conflict)
		_, err := f.s.RecordAttempt(ctx, specialist, c.Case, poster)
		f.kind(err, takedown.Conflict)
	}
	refused()
	_, err = f.s.PutAlignment(ctx, liaison, c.Case, casework.AlignmentInput{Status: "asked", PosterContact: "allowed"}, 0)
	f.kind(err, takedown.NotFound) // no police in the case yet: a liaison does not see it
	_, err = f.s.PutAlignment(ctx, coordinator, c.Case, casework.AlignmentInput{Status: "asked", PosterContact: "allowed"}, 0)
	f.pointers(err, "/posterContact")
	a, err := f.s.PutAlignment(ctx, coordinator, c.Case, casework.AlignmentInput{Status: "asked"}, 0)
	f.ok(err)
	refused()
	f.clock.advance(25 * time.Hour)
	a, err = f.s.PutAlignment(ctx, liaison, c.Case, casework.AlignmentInput{Status: "no_answer", Reason: "nobody answered"}, a.Version)
	f.ok(err)
	refused()
	_, err = f.s.PutAlignment(ctx, liaison, c.Case, casework.AlignmentInput{Status: "answered", PosterContact: "allowed", MayNotify: true}, a.Version)
	f.ok(err)
	f.ok(decide(talk))
	f.ok(decide(reply))
	f.absent("sealed-pros", "sealed-cons")
}

// What is decided about media, a stop talk by the police and an indemnity is on
// record with its reasons; an indemnity is never accepted.
//
// Requirement: S1-11, S0-14a
func TestDecisionsAreOnRecord(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	decide := func(who takedown.Principal, kind, choice string) error {
		_, err := f.s.Decide(ctx, who, c.Case, casework.CaseDecisionInput{Kind: kind, Choice: choice, Cons: "sealed-cons"})
		return err
	}
	f.ok(decide(coordinator, "police_stop_talk", "wanted"))
	f.ok(decide(coordinator, "media", "no_statement"))
	f.kind(decide(specialist, "media", "no_statement"), takedown.Forbidden)
	f.kind(decide(coordinator, "indemnity", "refused"), takedown.Forbidden)
	f.pointers(decide(adviser, "indemnity", "accepted"), "/choice")
	f.ok(decide(adviser, "indemnity", "refused"))
	for _, want := range []string{"decision.recorded police_stop_talk:wanted", "decision.recorded media:no_statement", "decision.recorded indemnity:refused"} {
		if got := f.entries(c.Case); !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
}

// Each act is agreed with the person: which text they saw, when and how they
// answered. No and withdrawal stand, unless life or safety is at stake, with a
// reason, and then the person is told.
//
// Requirement: S0-16, S0-sum-2
func TestConsentIsPerActAndOnRecord(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	put := func(action string, in casework.ConsentInput, version int64) error {
		_, err := f.s.PutConsent(ctx, coordinator, c.Case, c.People[0], action, in, version)
		return err
	}
	f.pointers(put("notice", casework.ConsentInput{Status: "given"}, 0), "/date", "/textShown", "/channel")
	wrong := put("anything", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0)
	if f.kind(wrong, takedown.NotFound); !strings.Contains(wrong.Error(), "notice, complaint_art20") {
		t.Errorf("the actions are not named: %v", wrong)
	}
	f.ok(put("notice", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0))
	_, err := f.s.GetConsent(ctx, coordinator, c.Case, c.People[0], "media") // nothing is agreed with it
	f.kind(err, takedown.NotFound)
	f.ok(put("notice", casework.ConsentInput{Status: "withdrawn", Date: monday, Channel: "mail"}, 1))
	override := casework.ConsentInput{Status: "overridden", Date: monday, Ground: "unreachable", Override: "sealed-why"}
	f.pointers(put("notice", override, 2), "/overrideGround")
	override.Ground = "life_or_safety"
	f.pointers(put("notice", override, 2), "/overrideGround")
	f.ok(f.patch(coordinator, c.Case, `{"flags":{"lifeOrSafety":true}}`))
	f.ok(put("notice", override, 2))
	f.task(c.Case, "inform_person")
	for _, want := range []string{"consent.recorded notice:given", "consent.recorded notice:withdrawn", "consent.recorded notice:overridden"} {
		if got := f.entries(c.Case); !slices.Contains(got, want) {
			t.Errorf("%q is not among %q", want, got)
		}
	}
	f.absent("sealed-why")
}

// A finding is one of those that the texts have words for: with another, a
// dossier would say that nothing was found. Criticism in the post is such a
// finding by itself.
//
// Requirement: S0-1c
func TestAFindingIsOneThatTheTextsCanTell(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	item := c.Items[0].Item
	in := actOn(f.capture(c.Case, item))
	in.Contra, in.Effects, in.Purpose = []string{"whistleblower", "journalism"}, []string{"angst"}, []string{"call_to_act", "call_to_act", "stalks"}
	_, err := f.s.PutAssessment(ctx, specialist, c.Case, item, in, 0)
	f.pointers(err, "/effects/0", "/purposeIndicators/1", "/purposeIndicators/2", "/contraIndicators/0")
	in.Contra, in.Effects, in.Purpose = []string{"whistleblowing"}, []string{"other"}, []string{"timing"}
	_, err = f.s.PutAssessment(ctx, specialist, c.Case, item, in, 0)
	f.ok(err)
}
