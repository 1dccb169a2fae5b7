package casework_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func TestAPermanentBounceStopsTheClockAndReroutes(t *testing.T) {
	t.Parallel()
	b := newInbox(t, "abuse@host.example", "noc@host.example")
	clocks := b.running()
	if d := b.document(); clocks == 0 || !slices.Equal(d.Fallbacks, []string{"noc@host.example"}) {
		t.Fatalf("%d clocks run; fallbacks %q", clocks, d.Fallbacks)
	}
	first, approved := b.last(), b.document().ContentHash
	b.receive(bounceOf(first, "ABUSE@host.example", "failed", "5.1.1"))
	b.act("dispatch.bounced")
	if n := b.running(); n != clocks {
		t.Errorf("%d clocks run, want those of the second attempt alone: %d", n, clocks)
	}
	b.at("AwaitReply", "reply") // the other address was approved with it
	b.checkTask("contact_hoster")
	c, err := b.s.GetContact(context.Background(), auditor, "contact_hoster")
	b.ok(err)
	if !c.Bounced {
		t.Error("the register does not know")
	}
	if to := b.last().To; len(to) != 1 || to[0].Email != "noc@host.example" || b.last().Text != first.Text || b.last().ID == first.ID {
		t.Errorf("rerouted to %v as %s", to, b.last().ID)
	}
	if d := b.document(); d.ContentHash != approved || d.LastDispatch.No != 2 || d.LastDispatch.Recipient != "noc@host.example" {
		t.Errorf("another document: %+v", d.LastDispatch)
	}
	// The second bounces too: nobody is left, a person finds an address.
	b.receive(bounceOf(b.last(), "noc@host.example", "failed", "5.1.1"))
	b.at("AwaitGate", "task:find_channel")
	b.mails(2, 2)
}

func TestADelayChangesNothing(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	clocks := b.running()
	b.receive(bounceOf(b.last(), "abuse@host.example", "delayed", "4.4.1"))
	b.at("AwaitReply", "reply")
	if n := b.running(); n != clocks {
		t.Errorf("%d clocks run, %d before", n, clocks)
	}
	b.act("reply.classified bounce")
}

func TestABounceAfterTheReminderUndoesBothRungs(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	notice := b.last()
	b.pages.shows(200, "still here")
	b.pass(24 * 24 * time.Hour)
	b.at("AwaitApproval", "approval")
	b.approve()
	b.at("AwaitReply", "reply")
	b.mails(2, 2)
	b.receive(bounceOf(notice, "abuse@host.example", "failed", "5.1.1"))
	tr := b.track("hoster")
	if n := len(tr.Rungs); n < 3 || tr.Rungs[0].Ending != "bounced" || tr.Rungs[1].Ending != "bounced" || tr.Rungs[2].Rung != "hoster.contact" {
		t.Errorf("rungs %+v", tr.Rungs)
	}
	if n := b.running(); n != 0 {
		t.Errorf("%d clocks run", n)
	}
	b.at("AwaitGate", "task:find_channel")
}

func TestAnAutomaticAnswerStopsNothing(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	clocks := b.running()
	b.receive(b.signedMail(b.mailTo(b.last(), "Auto-Submitted: auto-replied\n", "Ik ben afwezig tot 4 mei.")))
	b.receive(b.mailTo(b.last(), "", "Wij hebben uw melding ontvangen. Uw zaaknummer: 4711-22"))
	b.at("AwaitReply", "reply")
	b.act("reply.classified auto_reply")
	b.act("reply.classified acknowledgement")
	if n := b.running(); n >= clocks || n == 0 { // the receipt's clock alone is met
		t.Errorf("%d clocks run, %d before", n, clocks)
	}
	// A later mail of the same desk is known by its number.
	raw := []byte("From: abuse@host.example\r\nTo: meldpunt@praktijk.example\r\nSubject: zaaknummer: 4711-22\r\nMessage-ID: <n@host.example>\r\n\r\nKunt u ons bellen?\r\n")
	b.receive(raw)
	b.act("reply.classified question")
}

func TestAClearAuthenticatedDecisionEndsTheWait(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	b.pages.shows(410, "")
	b.receive(b.signedMail(b.mailTo(b.last(), "", "De inhoud is verwijderd.")))
	b.act("reply.classified decision:removed")
	if n := b.running(); n != 0 {
		t.Errorf("%d clocks run", n)
	}
	var hashed bool
	page, err := b.s.CaseHistory(context.Background(), auditor, b.c, "", 200)
	b.ok(err)
	for _, e := range page.Items {
		hashed = hashed || e.Act == "reply.classified" && strings.HasPrefix(strings.Join(e.Hashes, " "), "text:")
	}
	if !hashed {
		t.Error("no hash of the text in the history")
	}
}

func TestADecisionThatIsNotTheAddresseesWaitsForAPerson(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	clocks := b.running()
	forged := b.mailTo(b.last(), "", "De inhoud is verwijderd.") // the right address, no signature
	id := b.receive(forged)
	b.act("reply.unclear decision:removed:sender_not_authenticated")
	b.at("AwaitReply", "reply")
	if n := b.running(); n != clocks {
		t.Errorf("%d clocks run, %d before", n, clocks)
	}
	b.task(b.c, "classify_reply")
	reply := "reply_m" + strings.TrimPrefix(id, "reply_")
	b.ok(b.s.ClassifyReply(context.Background(), specialist, reply, casework.ClassificationInput{Kind: "decision", Decision: "refused"}))
	b.settle()
	b.act("reply.classified decision:refused")
	if n := b.running(); n != 0 {
		t.Errorf("%d clocks run after the person's word", n)
	}
}

func TestAnUnmatchedMailIsMatchedInOneStep(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	id := b.receive([]byte("From: x@else.example\r\nSubject: hello\r\nMessage-ID: <q@else.example>\r\n\r\nsealed words\r\n"))
	list, _, err := b.s.UnmatchedReplies(context.Background(), specialist, "", 10)
	b.ok(err)
	if len(list) != 1 || list[0].ID != id || list[0].Mail == nil || list[0].Mail.Doubt != "nothing_found" {
		t.Fatalf("unmatched: %+v", list)
	}
	b.ok(b.s.ClassifyReply(context.Background(), specialist, id, casework.ClassificationInput{TrackID: b.track("hoster").ID, Kind: "other"}))
	list, _, err = b.s.UnmatchedReplies(context.Background(), specialist, "", 10)
	b.ok(err)
	if len(list) != 0 {
		t.Errorf("still unmatched: %+v", list)
	}
	b.act("reply.classified other")
}

func TestAForgedReplyAddressMatchesNobody(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	m := b.last()
	m.ReplyTo.Email = strings.Replace(m.ReplyTo.Email, ".", "x.", 1)
	raw := b.mailTo(m, "In-Reply-To: <"+m.ID+">\n", "De inhoud is verwijderd.")
	raw = bytes.Replace(raw, []byte(b.last().ReplyTo.Email), nil, 1)
	b.receive(raw)
	list, _, err := b.s.UnmatchedReplies(context.Background(), specialist, "", 10)
	b.ok(err)
	if len(list) != 1 || list[0].Mail.Doubt != "forged_address" {
		t.Errorf("%+v", list)
	}
	b.at("AwaitReply", "reply")
}

func TestOneMailIsReadOnce(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	raw := b.mailTo(b.last(), "", "Wij hebben uw melding ontvangen.")
	first := b.receive(raw)
	if again := b.receive(raw); again != first {
		t.Errorf("the same bytes are %s and %s", first, again)
	}
	before := len(b.entries(b.c))
	b.receive(append([]byte("Received: by another way\r\n"), raw...))
	if n := len(b.entries(b.c)); n != before {
		t.Errorf("the same message by another way: %d entries more", n-before)
	}
}

func TestOurOwnMailComingBackIsNoReply(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	m := b.last()
	b.receive([]byte("From: meldpunt@praktijk.example\r\nTo: " + m.ReplyTo.Email + "\r\nX-Takedown-Ref: " + m.Reference + "\r\nSubject: x\r\n\r\nmelding\r\n"))
	b.at("AwaitReply", "reply")
	for _, e := range b.entries(b.c) {
		if strings.HasPrefix(e, "reply.") {
			t.Errorf("entry %q", e)
		}
	}
}

// A mail without a Message-ID is known again by its bytes alone.
func TestAMailWithoutAMessageIDIsReadOnce(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	raw := b.mailTo(b.last(), "", "Wij hebben uw melding ontvangen.")
	at := bytes.Index(raw, []byte("Message-ID:"))
	raw = append(raw[:at:at], raw[at+bytes.IndexByte(raw[at:], '\n')+1:]...)
	first := b.receive(raw)
	if again := b.receive(raw); again != first {
		t.Errorf("%s and %s", first, again)
	}
	b.act("reply.classified acknowledgement")
}

// An answering machine at the other end hears nothing of us, whatever it says
// and however often: nothing that comes in is ever answered by itself (RFC 3834).
func TestNothingThatComesInIsAnswered(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	for n, headers := range []string{"", "Auto-Submitted: auto-replied\n", "Precedence: bulk\n", "X-Loop: desk\n", "Return-Path: <>\n"} {
		b.receive(b.mailTo(b.last(), headers, strings.Repeat("Ik ben afwezig. ", n+1)))
		b.receive([]byte("From: x@else.example\r\nSubject: hello\r\n" + headers + "\r\nhello\r\n"))
	}
	b.mails(1, 1)
	b.at("AwaitReply", "reply")
}

func TestWhatCannotBeReadNowStaysInTheQueue(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	ctx := context.Background()
	id, err := b.s.ReceiveMail(ctx, casework.InboundMail{Raw: b.mailTo(b.last(), "", "Wij hebben uw melding ontvangen."), By: "smtp"})
	b.ok(err)
	blobs := b.s.Blobs
	b.s.Blobs = &memBlobs{} // the blobs cannot be had
	if err := b.s.ReadMail(ctx, id); err == nil {
		t.Fatal("read without its bytes")
	}
	b.s.Blobs = blobs
	b.pass(time.Minute)
	b.act("reply.classified acknowledgement")
}

func TestBadMailIsRefusedBeforeItIsStored(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := f.s.ReceiveMail(context.Background(), casework.InboundMail{By: "smtp"})
	f.kind(err, takedown.Invalid)
	_, err = f.s.ReceiveMail(context.Background(), casework.InboundMail{Raw: make([]byte, casework.MaxMail+1), By: "smtp"})
	f.kind(err, takedown.TooLarge)
}

func TestAContactsOwnWordsAreLearntFromAReply(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	id := b.receive(b.mailTo(b.last(), "", "Zaak gesloten volgens protocol blauw."))
	reply := "reply_m" + strings.TrimPrefix(id, "reply_")
	b.act("reply.unclear other:unclear")
	seen, err := b.s.ReadReply(ctx, specialist, reply)
	b.ok(err)
	if !strings.Contains(seen.Text, "protocol blauw") || seen.Mail == nil || seen.Mail.Why != "unclear" {
		t.Errorf("%+v", seen)
	}
	in := casework.ClassificationInput{Kind: "acknowledgement", Pattern: "staat er niet in"}
	b.pointers(b.s.ClassifyReply(ctx, specialist, reply, in), "/pattern")
	in.Pattern = "kort"
	b.pointers(b.s.ClassifyReply(ctx, specialist, reply, in), "/pattern")
	in.Pattern = "Volgens protocol  blauw"
	b.ok(b.s.ClassifyReply(ctx, specialist, reply, in))
	b.settle()
	b.receive(b.mailTo(b.last(), "X-Second: yes\n", "Ook dit ging volgens protocol blauw."))
	n := 0
	for _, e := range b.entries(b.c) {
		if e == "reply.classified acknowledgement" {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d acknowledgements\n%s", n, strings.Join(b.entries(b.c), "\n"))
	}
}

func TestMailThatIsNobodysExpires(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	b.settings(func(in *casework.SettingsInput) { in.Mail.UnmatchedDays = 5 })
	id := b.receive([]byte("From: x@else.example\r\nSubject: hello\r\nMessage-ID: <q@else.example>\r\n\r\nsealed words\r\n"))
	b.pass(4 * 24 * time.Hour)
	if v, err := b.s.ReadReply(ctx, specialist, id); err != nil || v.Text != "sealed words" {
		t.Fatalf("%+v, %v", v, err)
	}
	b.pass(2 * 24 * time.Hour)
	v, err := b.s.ReadReply(ctx, specialist, id)
	b.ok(err)
	if v.Status != "expired" || v.Text != "" {
		t.Errorf("%+v", v)
	}
}
