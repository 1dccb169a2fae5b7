package casework_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// considered is a refused request for erasure of which a legal adviser considered
// what follows: its track has ended, ten days after the refusal.
func considered(t *testing.T) (*live, casework.ClockView) {
	t.Helper()
	l := erasureSent(t)
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.replied("erasure", "decision", "refused", "Wij wissen dit niet.")
	petition := l.counts("erasure", "C11")
	l.pass(10 * day)
	l.ok(l.s.CompleteTask(context.Background(), adviser, l.task(l.c, "consider_next_route"), casework.TaskCompletion{Reason: "civil_follows"}))
	l.settle()
	if tr := l.track("erasure"); tr.Status != "done" {
		t.Fatalf("the track is %s", tr.Status)
	}
	return l, *petition
}

// The six weeks for a petition run from the controller's answer, whatever becomes
// of our track: they warn on their days and do not end in silence.
func TestTheTermForThePetitionOutlivesItsTrack(t *testing.T) {
	t.Parallel()
	l, petition := considered(t)
	if now := l.clockNow(petition.ID); now.Status != "running" || now.Due != petition.Due {
		t.Fatalf("the term ended with its track: %+v", now)
	}
	l.pass(18 * day)
	if open := l.openTasks(l.c, "clock_ends"); len(open) != 1 || open[0].Reason != "day_28" || open[0].Subject != petition.ID {
		t.Errorf("warned by %+v", open)
	}
	l.pass(16 * day)
	if now := l.clockNow(petition.ID); now.Status != "expired" || now.Reason != "window_closed" {
		t.Errorf("after the six weeks: %+v", now)
	}
	open := l.openTasks(l.c, "window_closed")
	if len(open) != 1 || open[0].Owner != string(takedown.LegalAdviser) || open[0].Subject != l.track("erasure").ID {
		t.Fatalf("tasks %+v", open)
	}
	if warned := l.openTasks(l.c, "clock_ends"); len(warned) != 0 {
		t.Errorf("a warning outlived its clock: %+v", warned)
	}
	l.ok(l.s.CompleteTask(context.Background(), adviser, open[0].ID, casework.TaskCompletion{Reason: "petition_filed"}))
	l.pass(day)
	if again := l.openTasks(l.c, "window_closed"); len(again) != 0 {
		t.Errorf("asked again: %+v", again)
	}
}

// A warning of a term that runs on stays open when its track ends.
func TestAWarningOutlivesItsTrack(t *testing.T) {
	t.Parallel()
	l := erasureSent(t)
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.replied("erasure", "decision", "refused", "Wij wissen dit niet.")
	l.pass(40 * day)
	l.ok(l.s.ActOnTrack(context.Background(), coordinator, l.track("erasure").ID, "stop", casework.TrackActInput{Reason: "no_use"}))
	l.settle()
	if open := l.openTasks(l.c, "clock_ends"); len(open) != 1 || open[0].Reason != "day_39" {
		t.Errorf("warned by %+v", open)
	}
}

// Where every page of the track has its outcome, nothing is left to petition for:
// the term runs to its end and asks nobody anything.
func TestATermAboutNothingLeftAsksNobody(t *testing.T) {
	t.Parallel()
	l := erasureSent(t)
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.replied("erasure", "decision", "refused", "Wij wissen dit niet.")
	petition := l.counts("erasure", "C11")
	l.ok(l.s.SetOutcome(context.Background(), specialist, l.c, l.page, casework.OutcomeInput{Code: "removed", Reason: "by_hand"}, 0))
	l.settle()
	l.pass(40 * day)
	l.pass(4 * day)
	if now := l.clockNow(petition.ID); now.Status != "expired" {
		t.Errorf("the term %+v", now)
	}
	if n := len(l.openTasks(l.c, "clock_ends")) + len(l.openTasks(l.c, "window_closed")); n != 0 {
		t.Errorf("%d tasks about a page that has its outcome", n)
	}
}

// The term of a breach of ours ends by a legal adviser's word alone: neither with
// the track that the document was sent on, nor as an addressee's silence.
func TestABreachsTermEndsByItsDecisionAlone(t *testing.T) {
	t.Parallel()
	b, ctx := newPair(t, "to"), context.Background()
	b.pages.shows(200, "still here")
	b.notFor("noc@host.example")
	id := b.breachOf().Breach
	b.pass(73 * time.Hour)
	b.ok(b.s.ActOnTrack(ctx, coordinator, b.track("hoster").ID, "hold", casework.TrackActInput{Reason: "look"}))
	b.ok(b.s.ActOnTrack(ctx, coordinator, b.track("hoster").ID, "resume", casework.TrackActInput{Reason: "looked"}))
	b.settle() // planned again after the 72 hours
	b.at("AwaitReply", "reply")
	if c := b.clockNow(id); c.Status != "running" {
		t.Errorf("past its term, undecided: %+v", c)
	}
	b.ok(b.s.ActOnTrack(ctx, coordinator, b.track("hoster").ID, "stop", casework.TrackActInput{Reason: "no_use"}))
	b.settle()
	if c := b.clockNow(id); c.Status != "running" {
		t.Errorf("its track ended, undecided: %+v", c)
	}
	b.ok(b.s.CompleteTask(ctx, adviser, b.task(b.c, "data_breach"), casework.TaskCompletion{Reason: "notified_late"}))
	if c := b.clockNow(id); c.Status != "expired" || c.Reason != "breach_decided_late" {
		t.Errorf("decided late: %+v", c)
	}
}

// So does the review of a yes by phone, in time or late.
func TestThePhoneReviewOutlivesItsTrack(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]string{23 * time.Hour: "met", 25 * time.Hour: "expired"} {
		l, ctx := newLive(t), context.Background()
		l.attempt()
		l.ok(l.patch(coordinator, l.c, `{"flags":{"lifeOrSafety":true}}`))
		l.settle()
		l.settings(func(in *casework.SettingsInput) {
			in.PhoneApproval = &casework.PhoneSettings{Approvers: []string{"adviser-2"}, Minutes: 30}
		})
		d := l.document()
		l.ok(l.s.DecideDocument(ctx, coordinator, d.ID, casework.DecisionInput{
			Decision: "approve", ContentHash: d.ContentHash, ByPhone: &casework.PhoneApproval{Approver: "adviser-2", CalledAt: l.now()},
		}))
		l.settle()
		review := l.counts("hoster", "P20")
		l.ok(l.s.ActOnTrack(ctx, coordinator, l.track("hoster").ID, "stop", casework.TrackActInput{Reason: "no_use"}))
		l.settle()
		if c := l.clockNow(review.ID); c.Status != "running" {
			t.Errorf("the review ended with its track: %+v", c)
		}
		l.pass(after)
		l.ok(l.s.CompleteTask(ctx, adviser, l.task(l.c, "review_phone_approval"), casework.TaskCompletion{Reason: "confirmed"}))
		if c := l.clockNow(review.ID); c.Status != want {
			t.Errorf("reviewed after %s: %+v", after, c)
		}
	}
}

// Every legal term against us that a track can have is in the one list.
func TestEveryLegalTermOfOursIsKnown(t *testing.T) {
	t.Parallel()
	data, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	for no := range 40 {
		for _, kind := range "CP" {
			id := fmt.Sprintf("%c%d", kind, no)
			rule, err := data.Clock(id, monday)
			if err != nil || !rule.Binding() || id == "C12" { // a klacht's term has no track
				continue
			}
			if !casework.OwnClock(&takedown.Clock{Rule: id}) {
				t.Errorf("%s ends with its track", id)
			}
		}
	}
}
