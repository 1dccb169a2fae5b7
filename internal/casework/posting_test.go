package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

const postAddress = "Voorbeeldlaan 0, 0000 XX Nergenshuizen"

// letterOf opens a summons to the operator of a page at a postal address, and
// at a mail address too if told so.
func letterOf(t *testing.T, address string, mailToo bool) (*live, casework.DocumentView) {
	t.Helper()
	l := newLive(t)
	l.posterMayBeAsked()
	in := authority("Beheerder Voorbeeld", "site_operator")
	if !mailToo {
		in.Channels = nil
	}
	in.Channels = append(in.Channels, takedown.Channel{Kind: "letter", Address: address, Purpose: "notice"})
	l.about("civil", "", in)
	l.say("civil", casework.ParticularsInput{Summons: &takedown.Summons{
		Lawyer: "Voorbeeld Advocaten", Approved: true, Identity: "own_statement", Service: "registered_letter", Demands: []string{"remove", "no_repeat"},
	}}, 0)
	return l, l.on("civil")
}

// A summons is printed for the post, posted against signature, and counted anew
// from the day on which it was proven to arrive.
func TestASummonsByRegisteredLetter(t *testing.T) {
	t.Parallel()
	l, d := letterOf(t, postAddress, true)
	ctx := context.Background()
	if d.Channel != "letter" || d.Recipients[0] != (casework.Recipient{Kind: "letter", Name: "Beheerder Voorbeeld", Address: postAddress}) {
		t.Fatalf("%s to %+v", d.Channel, d.Recipients)
	}
	proof := l.capture(l.c, l.page)
	in := casework.PostingInput{PostedAt: monday, Carrier: "Postbedrijf Voorbeeld", Registered: true, Tracking: "VB0000000000", Proof: proof}
	l.kind(l.s.PostDocument(ctx, specialist, d.ID, in), takedown.Conflict) // nobody approved it
	l.yes("civil")
	if tr := l.track("civil"); tr.WaitsFor.State != "AwaitFiling" || tr.WaitsFor.Why[0] != "posting" || tr.WaitsFor.Whose != "specialist" {
		t.Errorf("%+v", tr.WaitsFor)
	}
	paper, err := l.s.RenderDocument(ctx, specialist, d.ID, "pdf")
	l.ok(err)
	if !strings.HasPrefix(string(paper.Body), "%PDF-") {
		t.Errorf("%.20q", paper.Body)
	}
	l.pointers(l.s.PostDocument(ctx, specialist, d.ID, casework.PostingInput{PostedAt: monday.Add(day), Proof: "evid_none"}), "/postedAt", "/carrier", "/proofEvidenceId", "/registered")
	l.pointers(l.s.PostDocument(ctx, specialist, d.ID, casework.PostingInput{PostedAt: monday.Add(-day), Carrier: "a\nb", Registered: true, Proof: proof}), "/postedAt", "/carrier", "/trackingNumber")
	l.kind(l.s.PostDocument(ctx, coordinator, d.ID, in), takedown.Forbidden)
	l.kind(l.s.FileDocument(ctx, specialist, d.ID, casework.FilingInput{FiledAt: monday, Proof: proof}), takedown.Conflict)
	l.ok(l.s.PostDocument(ctx, specialist, d.ID, in))
	l.settle()
	l.mails(0, 0)
	l.kind(l.s.PostDocument(ctx, specialist, d.ID, in), takedown.Conflict) // once
	first := l.counts("civil", "P4")
	if first == nil || first.Receipt != "assumed" || !first.Start.Equal(monday) {
		t.Fatalf("after the posting: %+v", first)
	}
	l.pass(2 * day)
	l.pointers(l.s.LetterReceipt(ctx, specialist, d.ID, casework.LetterReceiptInput{Outcome: "lost", At: monday.Add(-day)}), "/outcome", "/at", "/proofEvidenceId")
	got := casework.LetterReceiptInput{Outcome: "delivered", At: monday.Add(day), Proof: proof}
	l.ok(l.s.LetterReceipt(ctx, specialist, d.ID, got))
	l.settle()
	l.kind(l.s.LetterReceipt(ctx, specialist, d.ID, got), takedown.Conflict)
	now := l.counts("civil", "P4")
	if now.ID == first.ID || !now.Start.Equal(monday.Add(day)) || now.Receipt == "assumed" && now.Supersedes != first.ID {
		t.Errorf("after the receipt: %+v", now)
	}
	if post := l.on("civil").LastDispatch; post.Status != "posted" || !post.Post.ReceivedAt.Equal(monday.Add(day)) || post.Post.Tracking != in.Tracking {
		t.Errorf("%+v", post)
	}
	l.pass(60 * day)
	if tr := l.track("civil"); tr.Rungs[0].Ending != "silence" {
		t.Errorf("%+v", tr.Rungs)
	}
}

// A letter that comes back was not earned: a person looks at the contact, and
// the rung is taken again by mail, which says so of itself.
func TestALetterThatComesBack(t *testing.T) {
	t.Parallel()
	l, d := letterOf(t, postAddress, true)
	ctx := context.Background()
	l.yes("civil")
	proof := l.capture(l.c, l.page)
	l.ok(l.s.PostDocument(ctx, specialist, d.ID, casework.PostingInput{PostedAt: monday, Carrier: "Deurwaarder Voorbeeld", Registered: true, Tracking: "VB1", Proof: proof}))
	l.settle()
	l.pass(3 * day)
	l.ok(l.s.LetterReceipt(ctx, specialist, d.ID, casework.LetterReceiptInput{Outcome: "returned", At: monday.Add(2 * day), Proof: proof}))
	l.settle()
	if task := l.checkTask("contact_civil"); task.Reason != "letter_returned" {
		t.Errorf("%+v", task)
	}
	if c := l.counts("civil", "P4"); c != nil {
		t.Errorf("a clock runs on what came back: %+v", c)
	}
	next := l.on("civil")
	if next.ID == d.ID || next.Channel != "mail" {
		t.Errorf("the rung is not taken again by mail: %s %s", next.Channel, next.Status)
	}
	blocked := false
	for _, f := range next.Findings {
		blocked = blocked || f.Code == "service_channel" && f.Blocking && f.NL.Message != ""
	}
	if !blocked {
		t.Errorf("a mail says that it is a registered letter: %+v", next.Findings)
	}
	contact, err := l.s.GetContact(ctx, coordinator, "contact_civil")
	l.ok(err)
	if !contact.Bounced {
		t.Error("the register does not know")
	}
}

// Without an address on either side a letter is not approved.
func TestALetterNeedsItsAddresses(t *testing.T) {
	t.Parallel()
	l, _ := letterOf(t, "", false)
	l.settings(func(in *casework.SettingsInput) { in.Organisation.PostalAddress = "" })
	d := l.on("civil")
	found := map[string]bool{}
	for _, f := range d.Findings {
		found[f.Code] = found[f.Code] || f.Blocking
	}
	if d.Channel != "letter" || !found["no_address"] || !found["no_sender"] {
		t.Errorf("%s: %+v", d.Channel, d.Findings)
	}
	err := l.s.DecideDocument(context.Background(), adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash})
	l.kind(err, takedown.Invalid)
}
