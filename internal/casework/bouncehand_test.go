package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// newPair is an inbox whose notice went to abuse@ of the hoster, and in the way
// that is named to noc@; a third was approved with it.
func newPair(t *testing.T, kind string) *inbox {
	t.Helper()
	l := newIdle(t, asItIs)
	in := hosterInput("abuse@host.example")
	for _, a := range []string{"noc@host.example", "desk@host.example"} {
		in.Channels = append(in.Channels, takedown.Channel{Kind: "mail", Address: a, Purpose: "notice"})
	}
	l.setUpAt("contact_hoster", in)
	l.settings(func(in *casework.SettingsInput) { in.Mail.ReplyDomain = "antwoord.praktijk.example" })
	l.attempt()
	d := l.document()
	to := []casework.Recipient{
		{Kind: "to", Name: "Voorbeeldhost B.V.", Address: "abuse@host.example"}, {Kind: kind, Name: "Voorbeeldhost B.V.", Address: "noc@host.example"},
	}
	l.ok(l.s.EditDocument(context.Background(), specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: d.Text, Recipients: to}, d.Version))
	l.settle()
	l.approve()
	l.at("AwaitReply", "reply")
	return &inbox{live: l}
}

// saysBounce has a specialist say of the one unclear reply that it is a bounce.
func (b *inbox) saysBounce() {
	b.t.Helper()
	tasks := b.openTasks(b.c, "classify_reply")
	if len(tasks) != 1 {
		b.t.Fatalf("%d tasks to say what a reply is", len(tasks))
	}
	b.ok(b.s.ClassifyReply(context.Background(), specialist, tasks[0].Subject, casework.ClassificationInput{Kind: "bounce"}))
	b.settle()
}

// Nobody says which of two recipients refused it: the other has it, so nothing
// is sent again, least of all to who refused, and the clock goes on.
func TestABounceSaidByAPersonOfOneOfTwoSendsNothingAgain(t *testing.T) {
	t.Parallel()
	b := newPair(t, "cc")
	clocks := b.running()
	b.receive(bounceOf(b.last(), "abuse@host.example", "failed", "4.4.7"))
	b.saysBounce()
	b.at("AwaitReply", "reply")
	b.mails(1, 1)
	if n := b.running(); n != clocks || clocks == 0 {
		t.Errorf("%d clocks run, %d before", n, clocks)
	}
	b.checkTask("contact_hoster")
}

// Of a single recipient it is that one: the approved address gets it.
func TestABounceSaidByAPersonOfTheOnlyRecipientGoesOn(t *testing.T) {
	t.Parallel()
	b := newInbox(t, "abuse@host.example", "noc@host.example")
	b.receive(bounceOf(b.last(), "abuse@host.example", "failed", "4.4.7"))
	b.saysBounce()
	b.at("AwaitReply", "reply")
	b.mails(2, 2)
	if to := b.last().To; len(to) != 1 || to[0].Email != "noc@host.example" {
		t.Errorf("went to %v", to)
	}
}

// Who refused already is remembered: the one that is left is the one that a
// person speaks of, and the approved address gets it.
func TestABounceSaidByAPersonOfTheOneThatIsLeftGoesOn(t *testing.T) {
	t.Parallel()
	b := newPair(t, "to")
	first := b.last()
	b.receive(bounceOf(first, "abuse@host.example", "failed", "5.1.1"))
	b.at("AwaitReply", "reply")
	b.mails(1, 1)
	raw := string(bounceOf(first, "noc@host.example", "failed", "4.4.7"))
	b.receive([]byte(strings.Replace(raw, "Message-ID: <failed", "Message-ID: <again", 1)))
	b.saysBounce()
	b.at("AwaitReply", "reply")
	b.mails(2, 2)
	if to := b.last().To; len(to) != 1 || to[0].Email != "desk@host.example" {
		t.Errorf("went to %v", to)
	}
}

// A copy is no addressee: where the one that it is written to refuses it after it
// left, the approved address gets it; where the copy alone does, nobody else.
func TestACopyAloneIsNoDeliveryAfterItLeft(t *testing.T) {
	t.Parallel()
	b := newPair(t, "cc")
	b.receive(bounceOf(b.last(), "noc@host.example", "failed", "5.1.1"))
	b.at("AwaitReply", "reply")
	b.mails(1, 1)

	b = newPair(t, "cc")
	b.receive(bounceOf(b.last(), "abuse@host.example", "failed", "5.1.1"))
	b.at("AwaitReply", "reply")
	b.mails(2, 2)
	if to := b.last().To; len(to) != 1 || to[0].Email != "desk@host.example" {
		t.Errorf("went to %v", to)
	}
	b.act("dispatch.bounced")
}

// A bounce that a person names late is of the attempt that it came for: the one
// that was sent after it has arrived.
func TestABounceSaidByAPersonIsOfItsOwnAttempt(t *testing.T) {
	t.Parallel()
	b := newInbox(t, "abuse@host.example", "noc@host.example", "desk@host.example")
	first := b.last()
	b.receive(bounceOf(first, "abuse@host.example", "failed", "4.4.7"))
	raw := string(bounceOf(first, "abuse@host.example", "failed", "5.1.1"))
	b.receive([]byte(strings.Replace(raw, "Message-ID: <failed", "Message-ID: <again", 1)))
	b.mails(2, 2)
	clocks := b.running()
	b.saysBounce()
	b.at("AwaitReply", "reply")
	b.mails(2, 2)
	if n := (&postbox{b}).acts("dispatch.bounced"); n != 1 || b.running() != clocks {
		t.Errorf("%d dispatches bounced, %d clocks run, %d before", n, b.running(), clocks)
	}
}

// A report about a member of the addressee's list does not say that the
// addressee refused: a person looks. One that names our address as the one that
// was written to does.
func TestABounceOfSomebodyElseStopsNoClock(t *testing.T) {
	t.Parallel()
	b := newInbox(t, "abuse@host.example")
	clocks := b.running()
	raw := bounceOf(b.last(), "lid@lijst.example", "failed", "5.1.1")
	b.receive(raw)
	b.act("reply.unclear bounce:names_another_recipient")
	b.at("AwaitReply", "reply")
	if n := b.running(); n != clocks || clocks == 0 {
		t.Errorf("%d clocks run, %d before", n, clocks)
	}
	own := strings.Replace(string(raw), "Final-Recipient:", "Original-Recipient: rfc822; abuse@host.example\r\nFinal-Recipient:", 1)
	b.receive([]byte(strings.Replace(own, "Message-ID: <failed", "Message-ID: <again", 1)))
	b.at("AwaitGate", "task:find_channel")
}

// Whoever saw our letter can write its reference into a report.
func TestABounceThatKnowsTheReferenceAloneIsForAPerson(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	m := b.last()
	raw := string(bounceOf(m, "abuse@host.example", "failed", "5.1.1"))
	b.receive([]byte(strings.Replace(raw, "Message-ID: <"+m.ID+">", "X-Takedown-Ref: "+m.Reference, 1)))
	b.act("reply.unclear bounce:matched_by_reference_alone")
	b.at("AwaitReply", "reply")
}

// Words that name neither a code nor anybody, and words that may stand elsewhere,
// stop no clock: a person reads them.
func TestABounceInFewWordsIsForAPerson(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, subject, text string }{
		"neither code nor recipient": {"MAILER-DAEMON@mx.host.example", "Undelivered Mail Returned to Sender", "Your message could not be delivered."},
		"of less than clear words":   {"Postmaster <postmaster@host.example>", "Re: your notice", "Your message could not be delivered: 550 5.7.1."},
	} {
		b := newInbox(t)
		running := b.running()
		raw := strings.ReplaceAll(string(b.mailTo(b.last(), "In-Reply-To: <"+b.last().ID+">\n", c.text)), "Abuse <abuse@host.example>", c.from)
		raw = strings.Replace(raw, "Subject: Re: "+b.last().Subject, "Subject: "+c.subject, 1)
		b.receive([]byte(raw))
		b.act("reply.unclear bounce")
		if b.running() != running {
			t.Errorf("%s: %d clocks run, %d before", name, b.running(), running)
		}
	}
}
