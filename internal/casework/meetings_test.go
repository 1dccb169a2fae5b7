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

// The police say "wait, and ask us again on Thursday". Past Thursday the track still
// waits, at rest: nothing is written while nothing happens.
//
// Requirement: S0-13
func TestADayToAskAgainThatHasPassedIsNoLoop(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.ok(l.align(casework.AlignmentInput{Status: "answered", AskAgainAt: monday.Add(72 * time.Hour)}))
	l.attempt()
	l.pass(80 * time.Hour)
	if why := l.waits(); !slices.Contains(why, "police_asked_to_wait") {
		t.Errorf("waits for %v", why)
	}
	before := len(l.entries(l.c))
	l.pass(24 * time.Hour)
	if n := len(l.entries(l.c)); n > before+2 {
		t.Errorf("%d entries in a day of waiting", n-before)
	}
}

// What a stranger asked for was asked by nobody: the addressee's term runs anew, and
// its end leads on.
func TestAStrangersQuestionStopsNoTerm(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	l.approve()
	reply, err := l.s.RegisterReply(ctx, specialist, casework.ReplyInput{DocumentID: l.document().ID, Kind: "decision", Decision: "needs_more", Via: "mail", ReceivedAt: l.now()})
	l.ok(err)
	l.settle()
	l.at("AwaitGate", "task:answer_question")
	l.ok(l.s.ClassifyReply(ctx, specialist, reply, casework.ClassificationInput{Kind: "not_theirs"}))
	l.settle()
	l.at("AwaitReply", "reply")
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.pass(30 * day)
	l.at("AwaitApproval", "approval")
}

// A late refusal at the choice of the next route leads to the complaint, and what
// that comes to is a person's choice again, after which the track ends.
func TestALateRefusalAtTheLastChoiceHasAnEnd(t *testing.T) {
	t.Parallel()
	l, first := silentPlatform(t)
	ctx := context.Background()
	l.ok(l.s.CompleteTask(ctx, adviser, l.task(l.c, "consider_art53"), casework.TaskCompletion{Reason: "looked_at"}))
	l.settle()
	l.task(l.c, "consider_next_route")
	_, err := l.s.RegisterReply(ctx, specialist, casework.ReplyInput{DocumentID: first.ID, Kind: "decision", Decision: "refused", Via: "form", ReceivedAt: l.now()})
	l.ok(err)
	l.consent("complaint_art20", "")
	l.settle()
	l.yes("platform")
	l.clock.advance(time.Hour)
	l.replied("platform", "decision", "refused", "Wij blijven bij onze beslissing.")
	l.settle()
	l.ok(l.s.CompleteTask(ctx, adviser, l.task(l.c, "consider_next_route"), casework.TaskCompletion{Reason: "no_further_route"}))
	l.settle()
	if tr := l.track("platform"); tr.WaitsFor != nil {
		t.Errorf("waits for %+v", tr.WaitsFor)
	}
}

// A relay goes out before the assessment. What its addressee says of the page does
// not take the item out of the intake: it is assessed and pursued all the same.
func TestAWordOnARelayLeavesTheItemAtTheIntake(t *testing.T) {
	t.Parallel()
	l, ctx := newMissing(t, "home_address"), context.Background()
	_, err := l.s.PutTriage(ctx, coordinator, l.c, casework.TriageInput{ThreatLevel: "low", JudgedBy: "coördinator"}, 0)
	l.ok(err)
	l.pages.shows(404, "")
	l.ok(casework.ClaimItem(ctx, l.s, l.c, l.page))
	_, err = l.s.CheckItem(ctx, specialist, l.c, l.page)
	l.ok(err)
	l.clock.advance(2 * time.Hour)
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	_, err = l.s.CheckItem(ctx, specialist, l.c, l.page)
	l.ok(err)
	l.settle()
	if it := l.item(l.c, 0); it.Status != "reported" {
		t.Fatalf("the item is %s", it.Status)
	}
	evid := l.capture(l.c, l.page)
	l.fixture.assess(l.c, l.page, evid)
	l.settle()
	if tracks, err := l.s.ListTracks(ctx, auditor, l.c); err != nil || len(tracks) != 1 {
		t.Errorf("%d tracks after the assessment, %v; item %+v; %v", len(tracks), err, l.item(l.c, 0), l.entries(l.c))
	}
}

// A reminder that nobody got spaces none: it goes again at once.
func TestABouncedReminderSpacesNone(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	b.settings(func(in *casework.SettingsInput) { in.ReminderSpacing = 14 })
	b.pages.shows(200, "<p>Sealedstraat 1</p>")
	b.pass(26 * day)
	b.approve()
	in := hosterInput("abuse@host.example")
	in.Channels = append(in.Channels, takedown.Channel{Kind: "letter", Address: "Postbus 1, 0000 AA Nergensdorp", Purpose: "notice"})
	c, err := b.s.GetContact(ctx, auditor, "contact_hoster")
	b.ok(err)
	_, err = b.s.PutContact(ctx, coordinator, "contact_hoster", in, c.Version)
	b.ok(err)
	b.receive(bounceOf(b.last(), "abuse@host.example", "failed", "5.1.1"))
	b.settle()
	if tr := b.track("hoster"); slices.Contains(tr.WaitsFor.Why, "spacing") {
		t.Errorf("waits for %+v", tr.WaitsFor)
	}
	if d := b.document(); d.Instrument != "T3" || d.Status != "pending" {
		t.Errorf("%s %s", d.Instrument, d.Status)
	}
}

// The words for which feedback contradicts what was recorded before can be read by
// who may read the feedback.
func TestTheReasonOfFeedbackCanBeRead(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.ok(casework.PutNoun(ctx, l.s, l.c, &takedown.Feedback{Meta: takedown.Meta{ID: "feedback_x"}, Status: "executed", By: "provider", At: monday, RestrictedUntil: monday.AddDate(1, 0, 0)}))
	l.ok(casework.SealReason(ctx, l.s, l.c, "feedback_x", "zij zagen het later toch"))
	for who, want := range map[*takedown.Principal]bool{&specialist: false, &adviser: true} {
		view, err := l.s.Unseal(ctx, *who, l.c, casework.UnsealInput{Reason: "look"})
		l.ok(err)
		got := slices.ContainsFunc(view.Words, func(w casework.UnsealedWords) bool { return strings.Contains(w.Text, "later toch") })
		if got != want {
			t.Errorf("%v reads it: %v", who.Roles, got)
		}
	}
}
