package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// postbox is an inbox whose mail service tells what became of each message.
type postbox struct{ *inbox }

func newPostbox(t *testing.T, channels ...string) *postbox {
	t.Helper()
	return &postbox{newInbox(t, channels...)}
}

// unsettled is a postbox whose notice has an end that nobody knows.
func unsettled(t *testing.T) *postbox {
	t.Helper()
	l := newLive(t)
	l.attempt()
	l.mail.says(casework.MailUncertain)
	l.approve()
	l.at("AwaitReply", "dispatch_uncertain")
	return &postbox{&inbox{live: l}}
}

// tried is the message of the last attempt, whatever became of it.
func (b *postbox) tried() casework.Message {
	b.mail.mu.Lock()
	defer b.mail.mu.Unlock()
	return b.mail.attempts[len(b.mail.attempts)-1]
}

// event is one of a message, of its first recipient, a second after it left.
func (b *postbox) event(m casework.Message, kind casework.MailEventKind) casework.MailEvent {
	b.t.Helper()
	now, err := b.clock.Now(context.Background())
	b.ok(err)
	e := casework.MailEvent{
		Kind: kind, By: "ses", Code: string(kind), Dispatch: m.Dispatch, Reference: m.Reference, MessageID: "0102018f-" + m.Dispatch, SentAt: now, At: now.Add(time.Second),
	}
	for _, a := range m.To {
		e.To = append(e.To, a.Email)
	}
	if kind != casework.EventSent && kind != casework.EventRejected {
		e.About = []casework.MailRecipient{{Address: m.To[0].Email, Permanence: casework.BouncePermanent, Diagnostic: "smtp; 550 5.1.1 user unknown"}}
	}
	return e
}

// tell takes an event twice and lets follow what follows: it is one.
func (b *postbox) tell(e casework.MailEvent) {
	b.t.Helper()
	ctx := context.Background()
	b.ok(b.s.TakeMailEvent(ctx, e))
	b.settle()
	before := strings.Join(b.entries(b.c), "\n")
	b.ok(b.s.TakeMailEvent(ctx, e))
	b.settle()
	if after := strings.Join(b.entries(b.c), "\n"); after != before {
		b.t.Errorf("told again, it changes more:\n%s", strings.TrimPrefix(after, before))
	}
}

func (b *postbox) acts(want string) int {
	n := 0
	for _, e := range b.entries(b.c) {
		if strings.HasPrefix(e, want) {
			n++
		}
	}
	return n
}

// TestTheServicesWordSettlesAnUncertainDispatch: by each event that proves that
// it left, from the moment of leaving, and without a second mail.
func TestTheServicesWordSettlesAnUncertainDispatch(t *testing.T) {
	t.Parallel()
	for _, kind := range []casework.MailEventKind{casework.EventSent, casework.EventDelivered, casework.EventDelayed, casework.EventComplaint} {
		b := unsettled(t)
		d := b.document()
		left, err := b.clock.Now(context.Background())
		b.ok(err)
		b.clock.advance(3 * time.Minute)
		e := b.event(b.tried(), kind)
		e.SentAt = left.Add(2 * time.Second)
		b.tell(e)
		b.at("AwaitReply", "reply")
		d, err = b.s.GetDocument(context.Background(), specialist, d.ID)
		b.ok(err)
		if d.LastDispatch.Status != "sent" || !d.LastDispatch.At.Equal(e.SentAt) || d.LastDispatch.MessageID != e.MessageID {
			t.Errorf("%s: %+v", kind, d.LastDispatch)
		}
		if b.running() == 0 {
			t.Errorf("%s: no clock runs", kind)
		}
		b.mails(1, 0)
		b.act("dispatch.sent mailed")
	}
}

// TestAMomentThatCannotBeIsNotBelieved: case time may be simulated, and clocks
// differ.
func TestAMomentThatCannotBeIsNotBelieved(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{-time.Hour, 400 * 24 * time.Hour} {
		b := unsettled(t)
		d := b.document()
		intended, err := b.clock.Now(context.Background())
		b.ok(err)
		e := b.event(b.tried(), casework.EventSent)
		e.SentAt = e.SentAt.Add(off)
		b.tell(e)
		d, err = b.s.GetDocument(context.Background(), specialist, d.ID)
		b.ok(err)
		if d.LastDispatch.Status != "sent" || !d.LastDispatch.At.Equal(intended) {
			t.Errorf("%v off: %+v, intended at %v", off, d.LastDispatch, intended)
		}
	}
}

// TestAnEventMayComeBeforeTheAnswer: the sender still waits, or will never
// record it.
func TestAnEventMayComeBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	for _, outcome := range []casework.MailOutcome{casework.MailSent, casework.MailUncertain, casework.MailTemporary} {
		l := newLive(t)
		l.attempt()
		b := &postbox{&inbox{live: l}}
		l.mail.says(outcome)
		l.mail.during = func() {
			d := b.document()
			e := casework.MailEvent{
				Kind: casework.EventSent, By: "ses", Dispatch: "dispatch_" + strings.TrimPrefix(d.ID, "doc_") + "_1",
				MessageID: "0102018f", SentAt: monday, At: monday,
			}
			if err := b.s.TakeMailEvent(context.Background(), e); err != nil {
				t.Errorf("%s: %v", outcome, err)
			}
		}
		l.approve()
		l.pass(time.Hour) // what was temporary comes back meanwhile
		l.at("AwaitReply", "reply")
		if a, _ := l.mail.counts(); a != 1 {
			t.Errorf("%s: %d attempts", outcome, a)
		}
	}
}

// TestALateSentWins: a person took it for not sent, and it had left.
func TestALateSentWins(t *testing.T) {
	t.Parallel()
	b := unsettled(t)
	d := b.document()
	b.settings(func(in *casework.SettingsInput) { in.KillSwitch = true }) // so that it does not leave again at once
	b.ok(b.s.ResolveDispatch(context.Background(), specialist, d.ID, casework.ResolutionInput{Outcome: "not_sent", Reason: "de dienst kent het niet"}))
	b.settle()
	b.at("AwaitGate", "kill_switch")
	b.tell(b.event(b.tried(), casework.EventDelivered))
	b.at("AwaitReply", "reply")
	b.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
	b.pass(time.Hour)
	b.mails(1, 0)
}

func TestARedirectedMessageStartsNoClock(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.settings(func(in *casework.SettingsInput) { in.RedirectTo = "test@praktijk.example" })
	l.attempt()
	l.mail.says(casework.MailUncertain)
	l.approve()
	l.at("AwaitReply", "dispatch_uncertain")
	b := &postbox{&inbox{live: l}}
	b.tell(b.event(b.tried(), casework.EventDelivered))
	b.act("dispatch.redirected")
	b.at("AwaitGate", "redirected")
	b.tell(b.event(b.tried(), casework.EventBounced))
	if n := b.running(); n != 0 {
		t.Errorf("%d clocks run", n)
	}
}

func TestDeliveryIsRecordedOnceAndWakesNobody(t *testing.T) {
	t.Parallel()
	b := newPostbox(t)
	clocks := b.running()
	b.tell(b.event(b.last(), casework.EventSent))
	second := b.event(b.last(), casework.EventDelivered)
	b.tell(second)
	second.About[0].Address, second.At = "cc@host.example", second.At.Add(time.Minute)
	b.tell(second)
	if n := b.acts("dispatch.accepted"); n != 1 || b.running() != clocks {
		t.Errorf("%d entries, %d clocks run, %d before", n, b.running(), clocks)
	}
}

func TestAPermanentBounceByEventReroutes(t *testing.T) {
	t.Parallel()
	b := newPostbox(t, "abuse@host.example", "noc@host.example")
	clocks := b.running()
	e := b.event(b.last(), casework.EventBounced)
	e.About[0].Address = "ABUSE@host.example"
	b.tell(e)
	b.act("reply.classified bounce")
	b.act("dispatch.bounced")
	if n := b.running(); n != clocks {
		t.Errorf("%d clocks run, want those of the second attempt alone: %d", n, clocks)
	}
	b.at("AwaitReply", "reply")
	c, err := b.s.GetContact(context.Background(), auditor, "contact_hoster")
	b.ok(err)
	if !c.Bounced {
		t.Error("the register does not know")
	}
	if to := b.last().To[0].Email; to != "noc@host.example" {
		t.Errorf("rerouted to %s", to)
	}
	// The bounce itself comes by mail too, a day later: it changes no more.
	before := b.acts("dispatch.bounced")
	b.receive(bounceOf(b.mail.sent[0], "abuse@host.example", "failed", "5.1.1"))
	if n := b.acts("dispatch.bounced"); n != before {
		t.Errorf("%d bounces, %d before", n, before)
	}
	b.mails(2, 2)
}

// What was refused before it was sent never left: no later word of the mail service
// makes it sent, while the document waits for its next address.
func TestNoEventSettlesWhatWasRefusedAtOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range []casework.MailEventKind{casework.EventDelayed, casework.EventBounced, casework.EventComplaint} {
		l, ctx := newIdle(t, asItIs), context.Background()
		in := hosterInput("abuse@host.example")
		in.Channels = append(in.Channels, takedown.Channel{Kind: "mail", Address: "noc@host.example", Purpose: "notice"})
		l.setUpAt("contact_hoster", in)
		l.attempt()
		l.mail.says(casework.MailPermanent)
		l.mail.refuse = []string{"abuse@host.example"}
		l.mail.during = func() { // so that the document waits between its two attempts
			have, err := l.s.GetSettings(ctx, coordinator)
			l.ok(err)
			set := have.SettingsInput
			set.KillSwitch = true
			_, err = l.s.PutSettings(ctx, coordinator, set, have.Version)
			l.ok(err)
		}
		l.approve()
		b := &postbox{&inbox{live: l}}
		refused := b.document()
		b.tell(b.event(b.tried(), kind))
		d, err := b.s.GetDocument(ctx, specialist, refused.ID)
		b.ok(err)
		if d.Status != "approved" || d.LastDispatch.Status != "failed" || b.running() != 0 {
			t.Errorf("%s: %s, %+v, %d clocks", kind, d.Status, d.LastDispatch, b.running())
		}
		b.mail.during = nil
		b.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
		b.at("AwaitReply", "reply")
		if to := b.last().To[0].Email; to != "noc@host.example" {
			t.Errorf("%s: went to %s", kind, to)
		}
	}
}

func TestABounceOfAnUncertainDispatchProvesThatItLeft(t *testing.T) {
	t.Parallel()
	b := unsettled(t)
	b.tell(b.event(b.tried(), casework.EventBounced))
	b.act("dispatch.sent mailed")
	b.act("dispatch.bounced")
	b.at("AwaitGate", "task:find_channel")
	b.mails(1, 0)
}

func TestABounceForNowIsForAPerson(t *testing.T) {
	t.Parallel()
	b := newPostbox(t)
	clocks := b.running()
	e := b.event(b.last(), casework.EventBounced)
	e.About[0].Permanence = casework.BounceTemporary
	b.tell(e)
	b.act("reply.unclear bounce:unclear")
	b.at("AwaitReply", "reply")
	if n := b.running(); n != clocks {
		t.Errorf("%d clocks run, %d before", n, clocks)
	}
	var reply string
	page, err := b.s.CaseHistory(context.Background(), auditor, b.c, "", 200)
	b.ok(err)
	for _, entry := range page.Items {
		if entry.Act == "reply.unclear" {
			reply = entry.IDs[0]
		}
	}
	b.task(b.c, "classify_reply")
	b.ok(b.s.ClassifyReply(context.Background(), specialist, reply, casework.ClassificationInput{Kind: "bounce"}))
	b.settle()
	b.act("dispatch.bounced")
}

func TestDelayAndComplaintStopNothing(t *testing.T) {
	t.Parallel()
	b := newPostbox(t)
	clocks := b.running()
	b.tell(b.event(b.last(), casework.EventDelayed))
	b.tell(b.event(b.last(), casework.EventComplaint))
	b.act("reply.classified bounce")
	b.act("reply.classified other")
	b.checkTask("contact_hoster")
	b.at("AwaitReply", "reply")
	if n := b.running(); n != clocks {
		t.Errorf("%d clocks run, %d before", n, clocks)
	}
}

// TestARejectedMessageWasNotDelivered: its clock stops, and the register does
// not blame the addressee.
func TestARejectedMessageWasNotDelivered(t *testing.T) {
	t.Parallel()
	b := newPostbox(t)
	b.tell(b.event(b.last(), casework.EventRejected))
	b.act("dispatch.failed rejected_by_the_mail_service")
	if n := b.running(); n != 0 {
		t.Errorf("%d clocks run", n)
	}
	b.at("AwaitGate", "task:find_channel")
	c, err := b.s.GetContact(context.Background(), auditor, "contact_hoster")
	b.ok(err)
	if c.Bounced {
		t.Error("the register blames the addressee")
	}
	b.mails(1, 1)
}
