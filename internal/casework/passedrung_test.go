package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// complained has a platform refuse a notice and be sent the complaint against
// that; it gives the notice.
func (l *live) complained() string {
	l.t.Helper()
	l.consent("complaint_art20", "")
	l.openedFor("platform", platformInput(), l.page)
	l.yes("platform")
	about := l.on("platform").ID
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.replied("platform", "decision", "refused", "")
	l.pass(time.Hour)
	if d := l.on("platform"); d.Instrument != "T4" {
		l.t.Fatalf("it stands at %s", d.Instrument)
	}
	return about
}

// saysOf registers what a platform decided on a document.
func (l *live) saysOf(document, decision string) {
	l.t.Helper()
	now, err := l.clock.Now(context.Background())
	l.ok(err)
	_, err = l.s.RegisterReply(context.Background(), specialist, casework.ReplyInput{
		TrackID: l.track("platform").ID, DocumentID: document, Kind: "decision", Decision: decision, Via: "mail", ReceivedAt: now,
	})
	l.ok(err)
	l.settle()
}

func (l *live) runs() (running int) {
	l.t.Helper()
	for _, c := range l.track("platform").Clocks {
		if c.Status == "running" {
			running++
		}
	}
	return running
}

// A word on the notice does not answer the complaint that followed it, sent or
// not; a word on the complaint does.
func TestASecondRefusalOfANoticeLeavesTheComplaintAlone(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	about := l.complained()
	stands := func(when string, clocks int) {
		t.Helper()
		rungs := l.track("platform").Rungs
		if last := rungs[len(rungs)-1]; last.Ending != "" || last.Instrument != "T4" || l.runs() != clocks {
			t.Errorf("%s: at %+v, %d clocks run, want %d", when, last, l.runs(), clocks)
		}
	}
	clocks := l.runs()
	l.saysOf(about, "refused")
	stands("a draft", clocks)
	l.yes("platform")
	complaint := l.on("platform").ID
	clocks = l.runs()
	for _, decision := range []string{"refused", "forwarded", "needs_more", "removed"} {
		l.saysOf(about, decision)
		stands(decision, clocks)
	}
	if clocks == 0 {
		t.Error("no clock ran that could have been stopped")
	}
	l.saysOf(complaint, "refused")
	rungs := l.track("platform").Rungs
	if last := rungs[len(rungs)-1]; last.Instrument == "T4" || rungs[len(rungs)-2].Ending != "refused" {
		t.Errorf("the complaint's own refusal ended nothing: %+v", rungs)
	}
}

// A decision that comes by mail on a passed notice is recorded where it says the
// same, and is for a person where it does not.
func TestAMailOnAPassedNoticeThatSaysOtherwiseIsForAPerson(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	about := b.last()
	b.receive(b.signedMail(b.mailTo(about, "", "Ihr Antrag: der Inhalt verstößt nicht gegen unsere Regeln.")))
	b.act("rung.ended refused")
	at := len(b.track("hoster").Rungs)
	if at < 2 {
		t.Fatal("the refusal led nowhere")
	}
	stands := func(when string, unclear int) {
		t.Helper()
		rungs, n := b.track("hoster").Rungs, 0
		for _, e := range b.entries(b.c) {
			if strings.Contains(e, "about_an_earlier_document") {
				n++
			}
		}
		if len(rungs) != at || rungs[at-1].Ending != "" || n != unclear {
			t.Errorf("%s: %+v; %d for a person, want %d", when, rungs, n, unclear)
		}
	}
	b.receive(b.signedMail(b.mailTo(about, "", "Nochmals: der Inhalt verstößt nicht gegen unsere Regeln.")))
	stands("the same", 0)
	b.receive(b.signedMail(b.mailTo(about, "", "Der Beitrag wurde gelöscht.")))
	stands("another", 1)
}

// Who asks has what we sent: the wait for a receipt is over.
func TestAQuestionConfirmsReceipt(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("complaint_art20", "")
	l.openedFor("platform", platformInput(), l.page)
	l.yes("platform")
	if l.counts("platform", "C1") == nil {
		t.Fatal("no receipt is waited for")
	}
	l.replied("platform", "question", "", "Wie bent u?")
	if l.counts("platform", "C1") != nil {
		t.Error("the receipt is still waited for")
	}
}
