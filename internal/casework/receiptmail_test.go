package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func inCase(id string) string { return "reply_m" + strings.TrimPrefix(id, "reply_") }

// What nobody vouches for settles nothing: a stranger who has seen our mail can
// write an acknowledgement too.
func TestAnAcknowledgementOfAStrangerSettlesNoUncertainDispatch(t *testing.T) {
	t.Parallel()
	b, ctx := newUncertain(t), context.Background()
	m := b.mail.attempts[0]
	for _, text := range []string{"Wij hebben uw melding ontvangen.", "Kunt u mij bellen?", "Ik ben afwezig tot 4 mei."} {
		b.receive(b.mailTo(m, "", text))
	}
	id := b.receive(b.mailTo(m, "X-Second: yes\n", "Wij hebben uw melding ontvangen en nemen die in behandeling."))
	if shown := b.document().LastDispatch; shown.Status != "uncertain" {
		t.Fatalf("settled by a stranger: %+v", shown)
	}
	if n := b.running(); n != 0 {
		t.Errorf("%d clocks run", n)
	}
	b.task(b.c, "settle_dispatch")
	// The same words, vouched for by a person: they came to the secret address.
	b.ok(b.s.ClassifyReply(ctx, specialist, inCase(id), casework.ClassificationInput{Kind: "acknowledgement"}))
	b.settle()
	if shown := b.document().LastDispatch; shown.Status != "sent" || b.running() == 0 {
		t.Errorf("not settled by a person's word: %+v, %d clocks", shown, b.running())
	}
	b.act("reply.confirmed acknowledgement")
	v, err := b.s.ReadReply(ctx, specialist, inCase(id))
	b.ok(err)
	if v.Mail == nil || !v.Mail.Confirmed || !v.Mail.Receipt || v.Mail.OfContact {
		t.Errorf("%+v", v.Mail)
	}
	before := len(b.entries(b.c))
	b.ok(b.s.ClassifyReply(ctx, specialist, inCase(id), casework.ClassificationInput{Kind: "acknowledgement"}))
	if n := len(b.entries(b.c)); n != before {
		t.Errorf("said twice: %d entries more", n-before)
	}
}

// A reference stands in the mail for anybody to copy: even a person's word about
// such a mail is no proof that the addressee wrote it.
func TestAnAcknowledgementByReferenceAloneProvesNothing(t *testing.T) {
	t.Parallel()
	b, ctx := newUncertain(t), context.Background()
	m := b.mail.attempts[0]
	raw := strings.Replace(string(b.mailTo(m, "", "Wij hebben uw melding ontvangen.")), m.ReplyTo.Email, "meldpunt@praktijk.example", 1)
	id := b.receive([]byte(raw))
	b.ok(b.s.ClassifyReply(ctx, specialist, inCase(id), casework.ClassificationInput{Kind: "acknowledgement"}))
	b.settle()
	if shown := b.document().LastDispatch; shown.Status != "uncertain" {
		t.Errorf("%+v", shown)
	}
}

func TestAnAuthenticatedAcknowledgementSettlesAnUncertainDispatch(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	u := newUncertain(t)
	u.s.Resolver, u.key = b.s.Resolver, b.key
	u.receive(u.signedMail(u.mailTo(u.mail.attempts[0], "", "Wij hebben uw melding ontvangen.")))
	if shown := u.document().LastDispatch; shown.Status != "sent" || u.running() == 0 {
		t.Errorf("%+v, %d clocks", shown, u.running())
	}
}

// The month of art. 12(3) GDPR runs from a receipt that is proven, and a mail
// whose sender nobody knows proves none.
func TestAStrangersAcknowledgementMovesNoLegalClock(t *testing.T) {
	t.Parallel()
	l := erasureSent(t)
	l.settings(func(in *casework.SettingsInput) { in.Mail.ReplyDomain = "antwoord.praktijk.example" })
	b := &inbox{live: l}
	m := b.last()
	first := l.counts("erasure", "C10")
	l.pass(3 * day)
	raw := strings.Replace(string(b.mailTo(m, "In-Reply-To: <"+m.ID+">\n", "Wij hebben uw verzoek ontvangen.")), "To: \r\n", "To: meldpunt@praktijk.example\r\n", 1)
	id := b.receive([]byte(raw))
	if c := l.counts("erasure", "C10"); c.ID != first.ID || c.Receipt != "assumed" {
		t.Fatalf("moved by a stranger: %+v", c)
	}
	l.ok(l.s.ClassifyReply(context.Background(), specialist, inCase(id), casework.ClassificationInput{Kind: "acknowledgement"}))
	if c := l.counts("erasure", "C10"); c.Receipt != "proven" || c.Start != monday.Add(3*day) {
		t.Errorf("not moved by a person's word: %+v", c)
	}
}

// At a provider of mailboxes for everybody only the contact's own mailbox is the
// contact.
func TestEverybodyAtAPublicMailProviderIsNotTheAddressee(t *testing.T) {
	t.Parallel()
	for sender, want := range map[string]string{
		"somebody.else@gmail.com": "reply.unclear decision:removed:sender_is_not_the_addressee",
		"The.Forum@GMail.com":     "reply.classified decision:removed",
	} {
		b := newInbox(t, "the.forum@gmail.com")
		zone := b.s.Resolver.(txtZone)
		zone["s._domainkey.gmail.com"] = zone["s._domainkey.host.example"]
		b.pages.shows(410, "")
		raw := strings.Replace(string(b.mailTo(b.last(), "", "De inhoud is verwijderd.")), "abuse@host.example", sender, 1)
		b.receive(b.signedMailOf("gmail.com", []byte(raw)))
		b.act(want)
	}
}

func TestAContactWithoutTheDomainIsNotTheSender(t *testing.T) {
	t.Parallel()
	c := &takedown.Contact{Hosts: []string{"forum.example"}, Channels: []takedown.Channel{
		{Kind: "mail", Address: "abuse@ziggo.nl"}, {Kind: "mail", Address: "abuse@bücher.example"}, {Kind: "form", Address: "https://else.example/x@form.example"},
	}}
	for sender, want := range map[string]bool{
		"abuse@ziggo.nl": true, "Abuse@Ziggo.NL": true, "jan@ziggo.nl": false, "x@mail.forum.example": true, "desk@xn--bcher-kva.example": true,
		"x@form.example": false, "x@else.example": false, "": false, "nobody": false,
	} {
		if got := casework.OfContact(sender, c); got != want {
			t.Errorf("%q: %t", sender, got)
		}
	}
}
