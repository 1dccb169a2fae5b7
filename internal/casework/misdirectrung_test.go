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

// notFor has a mail of one of the hoster's addresses say that our document was not
// for them, and a specialist read it so.
func (b *inbox) notFor(from string) {
	b.t.Helper()
	raw := string(b.mailTo(b.last(), "", "Uw bericht is niet voor ons bestemd; wij hebben het gewist."))
	id := b.receive([]byte(strings.Replace(raw, "abuse@host.example", from, 1)))
	id = "reply_m" + strings.TrimPrefix(id, "reply_")
	b.ok(b.s.ClassifyReply(context.Background(), specialist, id, casework.ClassificationInput{Kind: "wrong_addressee"}))
	b.settle()
}

// Of two addresses one was wrong: whom we meant may have the notice at the other,
// so that the reminder counts from it and goes to the right one alone.
func TestOneWrongAddressOfTwoStopsNoReminder(t *testing.T) {
	t.Parallel()
	for wrong, right := range map[string]string{"noc@host.example": "abuse@host.example", "abuse@host.example": "noc@host.example"} {
		b := newPair(t, "to")
		b.pages.shows(200, "still here")
		clocks, first := b.running(), b.document().Reference
		b.notFor(wrong)
		b.at("AwaitReply", "reply")
		if n := b.running(); n != clocks+1 { // and the breach's own
			t.Errorf("%s: %d clocks run, %d before", wrong, n, clocks)
		}
		b.pass(24 * 24 * time.Hour)
		b.at("AwaitApproval", "approval")
		d := b.document()
		complete(t, d)
		if !strings.Contains(d.Text, first) {
			t.Errorf("%s: the reminder does not name the notice:\n%s", wrong, d.Text)
		}
		if len(d.Recipients) != 1 || d.Recipients[0].Address != right || slices.Contains(d.Fallbacks, wrong) {
			t.Errorf("%s was wrong: written to %+v, then %q", wrong, d.Recipients, d.Fallbacks)
		}
	}
}

// By hand it is said which address it was; one that the attempt did not go to is none.
func TestAMisdirectionByHandNamesTheAddress(t *testing.T) {
	t.Parallel()
	b, ctx := newPair(t, "to"), context.Background()
	b.pages.shows(200, "still here")
	in := casework.MisdirectionInput{Reason: "wrong_mailbox", AwareAt: b.now(), Address: "desk@host.example"}
	b.pointers(b.s.MarkMisdirected(ctx, coordinator, b.document().ID, in), "/address")
	in.Address = "noc@host.example"
	b.ok(b.s.MarkMisdirected(ctx, coordinator, b.document().ID, in))
	b.settle()
	have, err := b.s.GetContact(ctx, coordinator, "contact_hoster")
	b.ok(err)
	if !slices.Equal(have.WrongAt, []string{"noc@host.example"}) {
		t.Errorf("the register knows %q", have.WrongAt)
	}
	b.pass(24 * 24 * time.Hour)
	if to := b.document().Recipients; len(to) != 1 || to[0].Address != "abuse@host.example" {
		t.Errorf("written to %+v", to)
	}
}

// What stands approved or drafted on another track, or in another case, does not
// leave for an address that somebody else reads, until the contact is corrected.
func TestNoTrackWritesToAWrongAddress(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	other := newSecond(b.live, "https://forum.example/t/2")
	other.at("AwaitApproval", "approval")
	b.consent("erasure", b.mandate([]byte("signed")))
	_, err := b.s.OpenTrack(ctx, coordinator, b.c, casework.OpenTrackInput{Route: "erasure", ContactID: "contact_hoster", ItemIDs: []string{b.page}, Reason: "by_hand"})
	b.ok(err)
	b.settle()
	b.say("erasure", casework.ParticularsInput{Erasure: &takedown.Erasure{Officer: "no", Grounds: []string{"unlawful"}, Weighing: []string{"no_debate"}}}, 0)
	request, err := b.s.GetDocument(ctx, specialist, b.track("erasure").Document.ID)
	b.ok(err)
	if to := request.Recipients; request.Instrument != "T6" || len(to) != 1 || to[0].Address != "abuse@host.example" {
		t.Fatalf("%s to %+v", request.Instrument, to)
	}
	b.notFor("abuse@host.example")
	b.ok(b.s.DecideDocument(ctx, adviser, request.ID, casework.DecisionInput{Decision: "approve", ContentHash: request.ContentHash}))
	b.settle()
	if tr := b.track("erasure"); tr.WaitsFor == nil || !slices.Contains(tr.WaitsFor.Why, "wrong_addressee") {
		t.Errorf("the case's second track waits for %+v", tr.WaitsFor)
	}
	other.approve()
	other.at("AwaitGate", "wrong_addressee")
	b.mails(1, 1)
	have, err := b.s.GetContact(ctx, coordinator, "contact_hoster")
	b.ok(err)
	if !slices.Equal(have.WrongAt, []string{"abuse@host.example"}) {
		t.Errorf("the register knows %q", have.WrongAt)
	}
	in := hosterInput("abuse@host.example")
	in.LastVerified, in.MaxMailMiB = b.now(), 5
	have, err = b.s.PutContact(ctx, coordinator, "contact_hoster", in, have.Version)
	b.ok(err)
	b.settle()
	if !slices.Equal(have.WrongAt, []string{"abuse@host.example"}) {
		t.Errorf("another change of the contact, and the register knows %q", have.WrongAt)
	}
	other.at("AwaitGate", "wrong_addressee")
	in = hosterInput("meldpunt@host.example")
	in.LastVerified = b.now()
	have, err = b.s.PutContact(ctx, coordinator, "contact_hoster", in, have.Version)
	b.ok(err)
	b.settle()
	if len(have.WrongAt) != 0 {
		t.Errorf("corrected, and yet %q", have.WrongAt)
	}
	other.at("AwaitApproval", "approval")
	if to := other.document().Recipients; len(to) != 1 || to[0].Address != "meldpunt@host.example" {
		t.Errorf("written to %+v", to)
	}
}

// What waits for its approval while its address turns out to be somebody else's is
// drafted anew for another channel of the contact.
func TestAWrongAddressLeadsToAnotherChannel(t *testing.T) {
	t.Parallel()
	l, ctx := newIdle(t, asItIs), context.Background()
	in := hosterInput("abuse@host.example")
	in.Channels = append(in.Channels, takedown.Channel{Kind: "letter", Address: "Postbus 1, 0000 ZZ Nergenshuizen", Purpose: "notice"})
	l.setUpAt("contact_hoster", in)
	l.attempt()
	l.approve()
	l.at("AwaitReply", "reply")
	b := &inbox{live: l}
	other := newSecond(b.live, "https://forum.example/t/2")
	other.at("AwaitApproval", "approval")
	if d := other.document(); d.Channel != "mail" {
		t.Fatalf("goes by %s", d.Channel)
	}
	first := b.document().ID
	b.ok(b.s.MarkMisdirected(ctx, coordinator, first, casework.MisdirectionInput{Reason: "wrong_mailbox", AwareAt: b.now(), Address: "abuse@host.example"}))
	b.settle()
	other.at("AwaitApproval", "approval")
	if d := other.document(); d.Channel != "letter" {
		t.Errorf("goes by %s", d.Channel)
	}
}

// A notice that whom we meant has at another address stays theirs where the
// reminder went to a wrong one alone.
func TestAWrongReminderTakesNoNoticeBack(t *testing.T) {
	t.Parallel()
	b := newPair(t, "to")
	b.pages.shows(200, "still here")
	notice := b.document().ID
	b.pass(24 * 24 * time.Hour)
	b.at("AwaitApproval", "approval")
	if to := b.document().Recipients; b.document().Instrument != "T3" || len(to) != 1 || to[0].Address != "abuse@host.example" {
		t.Fatalf("%s to %+v", b.document().Instrument, to)
	}
	b.approve()
	b.at("AwaitReply", "reply")
	b.notFor("abuse@host.example")
	d, err := b.s.GetDocument(context.Background(), specialist, notice)
	b.ok(err)
	if d.Status != "delivered" {
		t.Errorf("the notice is %s", d.Status)
	}
}
