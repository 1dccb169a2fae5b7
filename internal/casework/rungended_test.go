package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// statusOf is how a document stands in the case's list.
func (l *live) statusOf(doc string) string {
	l.t.Helper()
	docs, err := l.s.ListDocuments(context.Background(), specialist, l.c)
	l.ok(err)
	for _, d := range docs {
		if d.ID == doc {
			return d.Status
		}
	}
	l.t.Fatalf("%s is not in the list", doc)
	return ""
}

// nobodyDecides fails the test unless a document is superseded and a decision on
// it is refused without telling of another draft.
func (l *live) nobodyDecides(d casework.DocumentView) {
	l.t.Helper()
	if got := l.statusOf(d.ID); got != "superseded" {
		l.t.Errorf("it stands as %s in the case's documents", got)
	}
	for _, decision := range []casework.DecisionInput{{Decision: "approve", ContentHash: d.ContentHash}, {Decision: "reject", ContentHash: d.ContentHash, Reason: "not needed any more"}} {
		err := l.s.DecideDocument(context.Background(), adviser, d.ID, decision)
		l.kind(err, takedown.Conflict)
		if strings.Contains(err.Error(), "drafted again") || !strings.Contains(err.Error(), "nothing to decide") {
			l.t.Errorf("%s: %v", decision.Decision, err)
		}
	}
	if n := l.count("document.superseded rung_ended"); n != 1 {
		l.t.Errorf("%d entries say that its rung ended", n)
	}
}

// A text that has not left is superseded when its track is stopped, its case
// closed, or the page found gone: in no list it waits for a decision.
func TestADraftEndsWithItsTrack(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*live){
		"stopped": func(l *live) {
			l.ok(l.s.ActOnTrack(context.Background(), coordinator, l.track("hoster").ID, "stop", casework.TrackActInput{Reason: "by_hand"}))
		},
		"settled": func(l *live) {
			v, err := l.s.GetCase(context.Background(), coordinator, l.c)
			l.ok(err)
			it := v.Items[0]
			l.ok(l.s.SetOutcome(context.Background(), specialist, l.c, it.ID, casework.OutcomeInput{Code: "author_removed", Reason: "seen_gone", Verified: true}, 0))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLive(t)
			l.attempt()
			d := l.document()
			end(l)
			l.settle()
			l.nobodyDecides(d)
		})
	}
}

// A reminder that waits for approval ends with its rung when the addressee
// refuses meanwhile; an approved one that lies in the kill switch does too.
func TestADraftEndsWithItsRung(t *testing.T) {
	t.Parallel()
	for _, approved := range []bool{false, true} {
		l, ctx := newLive(t), context.Background()
		l.attempt()
		l.approve()
		notice := l.document().ID
		l.pages.shows(200, "<p>Sealedstraat 1</p>")
		l.pass(24 * day)
		l.at("AwaitApproval", "approval")
		if approved {
			l.settings(func(in *casework.SettingsInput) { in.KillSwitch = true })
			l.approve()
		}
		d := l.document()
		if d.ID == notice {
			t.Fatal("no reminder was drafted")
		}
		now, err := l.clock.Now(ctx)
		l.ok(err)
		_, err = l.s.RegisterReply(ctx, specialist, casework.ReplyInput{DocumentID: notice, Kind: "decision", Decision: "refused", Via: "mail", ReceivedAt: now})
		l.ok(err)
		l.settle()
		l.nobodyDecides(d)
		l.pass(time.Hour)
		l.mails(1, 1)
	}
}

// A text whose facts changed while its track is held is not being drafted: that
// waits for the track, and the refusal says so.
func TestAHeldTracksTextIsDraftedAgainOnceItIsResumed(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	d := l.document()
	l.ok(l.s.ActOnTrack(ctx, coordinator, l.track("hoster").ID, "hold", casework.TrackActInput{Reason: "by_hand"}))
	l.settle()
	l.operatorTried("refused")
	err := l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash})
	l.kind(err, takedown.Conflict)
	if !strings.Contains(err.Error(), "once the track is resumed") {
		t.Errorf("says %v", err)
	}
	if got := l.statusOf(d.ID); got != "pending" {
		t.Errorf("stands as %s", got)
	}
}
