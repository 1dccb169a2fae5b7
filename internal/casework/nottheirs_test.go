package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// stray is an unsigned mail of somebody who knows the notice's reference.
func (d *dossier) stray(words string) string {
	d.t.Helper()
	b := &inbox{live: d.live}
	m := d.mail.sent[0]
	id := b.receive([]byte(strings.ReplaceAll("From: Abuse <abuse@host.example>\nTo: meldpunt@praktijk.example\nSubject: Re: "+m.Reference+"\nMessage-ID: <stray@host.example>\n\n"+words+"\n", "\n", "\r\n")))
	return inCase(id)
}

// redrafted fails the test unless the request can't be approved as it was, and
// lets it be drafted again.
func (d *dossier) redrafted() {
	d.t.Helper()
	d.settle()
	if now := d.on("legal_order"); now.ContentHash == d.doc.ContentHash {
		d.kind(d.s.DecideDocument(context.Background(), counsel, now.ID, casework.DecisionInput{Decision: "approve", ContentHash: now.ContentHash}), takedown.Conflict)
		d.settle()
	}
	d.doc = d.on("legal_order")
}

// tells is the text of the request as it stands now.
func (d *dossier) tells() string {
	d.t.Helper()
	return d.on("legal_order").Text
}

const (
	unknownSender = "een bericht dat zegt van de aanbieder te komen; de afzender is niet vastgesteld"
	ofTheirs      = "ericht van de aanbieder"
)

// A mail that nobody authenticated and no person vouched for is told of as what
// it is; one of which a person says that it is not the addressee's is kept, and
// told of nowhere.
func TestAMailThatIsNotTheirsStandsInNoDossier(t *testing.T) {
	t.Parallel()
	d, ctx := newDossier(t, ""), context.Background()
	reply := d.stray("Kunt u ons bellen? Ons zaaknummer is 4711-22.")
	d.redrafted()
	if text := d.tells(); !strings.Contains(text, unknownSender) || strings.Contains(text, ofTheirs) || strings.Contains(text, "4711-22") {
		t.Errorf("tells of a stranger's mail:\n%s", text)
	}
	d.ok(d.s.ClassifyReply(ctx, specialist, reply, casework.ClassificationInput{Kind: "other"}))
	d.redrafted()
	if text := d.tells(); !strings.Contains(text, unknownSender) || strings.Contains(text, ofTheirs) {
		t.Errorf("that it is something else says nothing of who wrote it:\n%s", text)
	}
	d.pointers(d.s.ClassifyReply(ctx, specialist, reply, casework.ClassificationInput{Kind: "not_theirs", Pattern: "Kunt u ons bellen"}), "/pattern")
	d.pointers(d.s.ClassifyReply(ctx, specialist, reply, casework.ClassificationInput{Kind: "not_theirs", Decision: "refused"}), "/decision")
	d.ok(d.s.ClassifyReply(ctx, specialist, reply, casework.ClassificationInput{Kind: "not_theirs"}))
	d.redrafted()
	if text := d.tells(); strings.Contains(text, unknownSender) || strings.Contains(text, ofTheirs) || strings.Contains(text, "4711-22") {
		t.Errorf("tells of what is not theirs:\n%s", text)
	}
	v, err := d.s.ReadReply(ctx, specialist, reply)
	d.ok(err)
	if v.Kind != "not_theirs" || v.Text == "" {
		t.Errorf("kept as %q: %q", v.Kind, v.Text)
	}
	if n := len(d.openTasks(d.c, "answer_question")); n != 0 {
		t.Errorf("%d tasks to answer a stranger", n)
	}
	d.ok(d.s.ClassifyReply(ctx, specialist, reply, casework.ClassificationInput{Kind: "question"}))
	d.redrafted()
	if text := d.tells(); !strings.Contains(text, ofTheirs) {
		t.Errorf("a person says that it is theirs:\n%s", text)
	}
}

// What is not theirs proves no receipt, settles no dispatch, and the number in it
// is not theirs: a later mail with it is not matched.
func TestWhatIsNotTheirsProvesNothing(t *testing.T) {
	t.Parallel()
	b, ctx := newUncertain(t), context.Background()
	m := b.mail.attempts[0]
	id := b.receive(b.mailTo(m, "", "Wij hebben uw melding ontvangen. Uw zaaknummer: 4711-22"))
	if got := b.document().LastDispatch.Ticket; got != "4711-22" {
		t.Fatalf("number %q", got)
	}
	b.ok(b.s.ClassifyReply(ctx, specialist, inCase(id), casework.ClassificationInput{Kind: "not_theirs"}))
	b.settle()
	if shown := b.document().LastDispatch; shown.Status != "uncertain" || shown.Ticket != "" || b.running() != 0 {
		t.Errorf("%+v, %d clocks run", shown, b.running())
	}
	later := strings.Replace(string(b.mailTo(m, "X-Later: yes\n", "Zaaknummer: 4711-22. Kunt u ons bellen?")), m.ReplyTo.Email, "meldpunt@praktijk.example", 1)
	later = strings.Replace(later, "Subject: Re: "+m.Subject, "Subject: Vraag", 1)
	later = strings.ReplaceAll(later, m.Reference, "")
	b.receive([]byte(later))
	list, _, err := b.s.UnmatchedReplies(ctx, specialist, "", 10)
	b.ok(err)
	if len(list) != 1 {
		t.Errorf("matched by a number that is not theirs: %+v", list)
	}
}
