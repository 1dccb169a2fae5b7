package casework_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// What was not approved with a document is asked for again: an address that came
// into the register since, another channel, and a text whose date has passed.
func TestABounceGoesNowhereThatWasNotApproved(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t, "abuse@host.example"), context.Background()
	if d := b.document(); len(d.Fallbacks) != 0 {
		t.Fatalf("fallbacks %q of a contact with one address", d.Fallbacks)
	}
	c, err := b.s.GetContact(ctx, coordinator, "contact_hoster")
	b.ok(err)
	in := c.ContactInput
	in.Channels = append(in.Channels, takedown.Channel{Kind: "mail", Address: "noc@host.example", Purpose: "notice"})
	_, err = b.s.PutContact(ctx, coordinator, "contact_hoster", in, c.Version)
	b.ok(err)
	b.settle()
	b.receive(bounceOf(b.last(), "abuse@host.example", "failed", "5.1.1"))
	b.at("AwaitApproval", "approval")
	b.mails(1, 1)
}

func TestABounceOfAnOldTextIsDraftedAnew(t *testing.T) {
	t.Parallel()
	b := newInbox(t, "abuse@host.example", "noc@host.example")
	b.pass(b.document().SendBy.Sub(monday) + 2*time.Hour)
	b.receive(bounceOf(b.last(), "abuse@host.example", "failed", "5.1.1"))
	b.at("AwaitApproval", "approval")
	b.mails(1, 1)
}

// The order's and the complaint's address are no fallback of a notice; an edit
// that writes to a fallback leaves it out of them, and drops the approval.
func TestFallbacksAreThePermittedAddressesAlone(t *testing.T) {
	t.Parallel()
	l, ctx := newIdle(t, asItIs), context.Background()
	in := hosterInput("abuse@host.example")
	for _, c := range []takedown.Channel{
		{Kind: "mail", Address: "ABUSE@host.example", Purpose: "notice"},
		{Kind: "mail", Address: "orders@host.example", Purpose: "order"},
		{Kind: "mail", Address: "complaints@host.example", Purpose: "complaint"},
		{Kind: "letter", Address: "Postbus 1, 0000 ZZ Nergenshuizen", Purpose: "notice"},
		{Kind: "mail", Address: "noc@host.example", Purpose: "notice"},
		{Kind: "mail", Address: "desk@host.example", Purpose: "notice"},
	} {
		in.Channels = append(in.Channels, c)
	}
	l.setUpAt("contact_hoster", in)
	l.attempt()
	d := l.document()
	if !slices.Equal(d.Fallbacks, []string{"noc@host.example", "desk@host.example"}) {
		t.Fatalf("fallbacks %q", d.Fallbacks)
	}
	to := []casework.Recipient{{Kind: "to", Name: "Voorbeeldhost B.V.", Address: "noc@host.example"}}
	l.ok(l.s.EditDocument(ctx, specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: d.Text, Recipients: to}, d.Version))
	if d = l.document(); !slices.Equal(d.Fallbacks, []string{"desk@host.example"}) {
		t.Errorf("after the edit: %q", d.Fallbacks)
	}
	l.settle()
	l.approve()
	l.mails(1, 1)
}

// A server that refuses at once is no other than one that sends a bounce.
func TestARefusalAtOnceGoesToTheApprovedFallback(t *testing.T) {
	t.Parallel()
	l := newIdle(t, asItIs)
	in := hosterInput("abuse@host.example")
	in.Channels = append(in.Channels, takedown.Channel{Kind: "mail", Address: "noc@host.example", Purpose: "notice"})
	l.setUpAt("contact_hoster", in)
	l.attempt()
	l.mail.says(casework.MailPermanent)
	l.mail.refuse = []string{"abuse@host.example"}
	l.approve()
	l.at("AwaitReply", "reply")
	l.mails(2, 1)
	if to := l.mail.sent[0].To[0].Email; to != "noc@host.example" {
		t.Errorf("went to %s", to)
	}
	l.checkTask("contact_hoster")
}
