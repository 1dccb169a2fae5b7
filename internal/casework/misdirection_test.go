package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// TestAWrongAddresseeStartsTheTermOfADataBreach: C15 runs from awareness, once,
// and a legal adviser's word ends it.
func TestAWrongAddresseeStartsTheTermOfADataBreach(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	sent := &takedown.Dispatch{No: 1, Status: takedown.DispatchSent, IntendedAt: monday.Add(-3 * time.Hour), At: monday.Add(-3 * time.Hour)}
	doc := &takedown.Document{Track: "track_a", Status: takedown.DocumentDelivered}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, doc))
	sent.Document = doc.ID
	f.ok(casework.PutNoun(ctx, f.s, c.Case, sent))
	doc.LastDispatch = sent.ID
	f.ok(casework.PutNoun(ctx, f.s, c.Case, doc))
	reply := &takedown.Reply{Track: "track_a", ReceivedAt: monday.Add(-time.Hour)}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, reply))

	f.kind(f.s.MarkMisdirected(ctx, specialist, doc.ID, casework.MisdirectionInput{Reason: "wrong_mailbox"}), takedown.Forbidden)
	f.pointers(f.s.MarkMisdirected(ctx, coordinator, doc.ID, casework.MisdirectionInput{ReplyID: "reply_none"}), "/reason", "/replyId", "/awareAt")
	f.pointers(f.s.MarkMisdirected(ctx, coordinator, doc.ID, casework.MisdirectionInput{Reason: "wrong_mailbox", AwareAt: monday.Add(time.Hour)}), "/awareAt")
	f.pointers(f.s.MarkMisdirected(ctx, coordinator, doc.ID, casework.MisdirectionInput{Reason: "wrong_mailbox", AwareAt: monday.Add(-4 * time.Hour)}), "/awareAt")
	f.pointers(f.s.MarkMisdirected(ctx, coordinator, doc.ID, casework.MisdirectionInput{Reason: "wrong_mailbox", AwareAt: monday, DispatchID: "dispatch_none"}), "/dispatchId")

	breach := func() casework.ClockView {
		t.Helper()
		n, err := casework.GetNoun[takedown.Dispatch](ctx, f.s, sent.ID)
		f.ok(err)
		return f.clockNow(n.Breach)
	}
	// The reply told us before somebody read it: its receipt counts.
	in := casework.MisdirectionInput{Reason: "wrong_mailbox", AwareAt: monday, ReplyID: reply.ID}
	f.ok(f.s.MarkMisdirected(ctx, coordinator, doc.ID, in))
	first := breach()
	if first.Rule != "C15" || first.Nature != "legal" || !first.Start.Equal(reply.ReceivedAt) || !first.Due.Equal(reply.ReceivedAt.Add(72*time.Hour)) {
		t.Errorf("clock %+v", first)
	}
	f.ok(f.s.MarkMisdirected(ctx, adviser, doc.ID, in))
	if again := breach(); again.ID != first.ID {
		t.Errorf("marked again: clock %s, then %s", first.ID, again.ID)
	}
	in.ReplyID = ""
	f.kind(f.s.MarkMisdirected(ctx, adviser, doc.ID, in), takedown.Conflict) // later: it would lengthen the term
	in.AwareAt = monday.Add(-2 * time.Hour)
	f.ok(f.s.MarkMisdirected(ctx, adviser, doc.ID, in))
	earlier := breach()
	if earlier.Supersedes != first.ID || !earlier.Due.Equal(monday.Add(70*time.Hour)) || f.clockNow(first.ID).Status != "superseded" {
		t.Errorf("aware earlier: %+v", earlier)
	}
	tasks := f.openTasks(c.Case, "data_breach")
	if len(tasks) != 1 || tasks[0].Owner != "legal_adviser" || !tasks[0].Urgent || !tasks[0].Mandatory || !tasks[0].DueAt.Equal(earlier.Due) {
		t.Fatalf("tasks %+v", tasks)
	}
	done := casework.TaskCompletion{Reason: "Notified, and the addressee deleted it."}
	f.kind(f.s.CompleteTask(ctx, coordinator, tasks[0].ID, done), takedown.Forbidden)
	f.ok(f.s.CompleteTask(ctx, adviser, tasks[0].ID, done))
	if got := breach(); got.Status != "met" || got.Reason != "breach_decided" {
		t.Errorf("decided: %+v", got)
	}
}

// breachOf is the dispatch of the hoster's notice, which has the clock of a breach.
func (l *live) breachOf() *takedown.Dispatch {
	l.t.Helper()
	ctx := context.Background()
	var sent string
	for _, r := range l.track("hoster").Rungs {
		if r.Document != "" {
			sent = r.Document
		}
	}
	d, err := casework.GetNoun[takedown.Document](ctx, l.s, sent)
	l.ok(err)
	n, err := casework.GetNoun[takedown.Dispatch](ctx, l.s, d.LastDispatch)
	l.ok(err)
	return n
}

// A mail of the addressee which says clearly that our document was not for them
// starts the term of a data breach by itself, at its receipt; one that may speak
// of their service alone waits for a person's word.
func TestAReplyThatItWasNotForThemStartsTheTerm(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	unclear := b.receive(b.signedMail(b.mailTo(b.last(), "", "Wij zijn niet de juiste geadresseerde.")))
	if asked := b.openTasks(b.c, "classify_reply"); len(asked) != 1 || !asked[0].Urgent {
		t.Fatalf("a person is asked at once: %+v", asked)
	}
	if n := b.breachOf(); n.Breach != "" {
		t.Fatalf("a doubtful mail started %s", n.Breach)
	}
	b.receive(b.mailTo(b.last(), "", "Uw bericht is niet voor ons bestemd, groet."))
	if n := b.breachOf(); n.Breach != "" {
		t.Fatalf("a mail of nobody known started %s", n.Breach)
	}
	b.clock.advance(time.Hour)
	at := b.now()
	b.receive(b.signedMail(b.mailTo(b.last(), "", "Uw bericht is niet voor ons bestemd; wij hebben het gewist.")))
	c := b.clockNow(b.breachOf().Breach)
	if c.Rule != "C15" || c.Start.Sub(at).Abs() > time.Minute || !c.Due.Equal(c.Start.Add(72*time.Hour)) {
		t.Fatalf("clock %+v", c)
	}
	b.task(b.c, "data_breach")
	b.checkTask("contact_hoster")
	if n := b.running(); n != 1 {
		t.Errorf("%d clocks run: whoever has it owes us no answer", n)
	}
	b.at("AwaitGate", "task:find_channel")
	b.act("dispatch.misdirected wrong_addressee")
	// A person reads the first one so: we knew from its receipt, an hour earlier.
	id := "reply_m" + strings.TrimPrefix(unclear, "reply_")
	b.ok(b.s.ClassifyReply(ctx, specialist, id, casework.ClassificationInput{Kind: "wrong_addressee"}))
	earlier := b.clockNow(b.breachOf().Breach)
	if earlier.Supersedes != c.ID || !earlier.Start.Before(c.Start) {
		t.Errorf("the term runs from %s, not from the first reply", earlier.Start)
	}
	b.ok(b.s.ClassifyReply(ctx, specialist, id, casework.ClassificationInput{Kind: "wrong_addressee"}))
	if again := b.breachOf().Breach; again != earlier.ID {
		t.Errorf("said twice: %s, then %s", earlier.ID, again)
	}
}

// What somebody says by phone counts too, and only of what was sent.
func TestAWrongAddresseeByPhoneStartsTheTerm(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	said := casework.ReplyInput{TrackID: l.track("hoster").ID, Kind: "wrong_addressee", Via: "phone", ReceivedAt: l.now()}
	_, err := l.s.RegisterReply(ctx, specialist, said)
	l.pointers(err, "/documentId")
	l.approve()
	said.ReceivedAt = monday.Add(-24 * time.Hour)
	_, err = l.s.RegisterReply(ctx, specialist, said)
	l.pointers(err, "/documentId")
	said.ReceivedAt = l.now()
	_, err = l.s.RegisterReply(ctx, specialist, said)
	l.ok(err)
	if c := l.clockNow(l.breachOf().Breach); c.Rule != "C15" || !c.Start.Equal(said.ReceivedAt) {
		t.Errorf("clock %+v", c)
	}
	l.task(l.c, "data_breach")
}

// The letter lies where it went, whether or not anything is still asked on its
// track.
func TestAWrongAddresseeOfAnEndedTrackStartsTheTerm(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	b.ok(b.s.ActOnTrack(ctx, coordinator, b.track("hoster").ID, "stop", casework.TrackActInput{Reason: "no_use"}))
	b.settle()
	b.receive(b.signedMail(b.mailTo(b.last(), "", "We are not the intended recipient of your message.")))
	if c := b.clockNow(b.breachOf().Breach); c.Rule != "C15" || c.Status != "running" {
		t.Errorf("clock %+v", c)
	}
	if open := b.checkTasks("contact_hoster"); len(open) != 0 {
		t.Errorf("nobody writes to them any more, and yet: %+v", open)
	}
}

// What a wrong addressee has is not sent to them once more: the ladder waits for
// a working address, and a task that was only ticked off is none.
func TestAWrongAddresseeIsNotWrittenToAgain(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	b.pages.shows(200, "still here")
	b.pass(24 * 24 * time.Hour)
	b.approve()
	b.mails(2, 2) // the notice and its reminder
	b.receive(b.signedMail(b.mailTo(b.last(), "", "Uw bericht is niet voor ons bestemd; wij hebben het gewist.")))
	b.checkTask("contact_hoster")
	b.at("AwaitGate", "task:find_channel")
	for _, r := range b.track("hoster").Rungs {
		if r.Document != "" && r.Ending != "bounced" {
			t.Errorf("%s counts as %s", r.Rung, r.Ending)
		}
	}
	b.ok(b.s.CompleteTask(ctx, specialist, b.task(b.c, "find_channel"), casework.TaskCompletion{Reason: "still_works"}))
	b.settle()
	b.at("AwaitGate", "wrong_addressee")
	b.pass(9 * 24 * time.Hour)
	b.at("AwaitGate", "wrong_addressee")
	b.mails(2, 2)
	have, err := b.s.GetContact(ctx, coordinator, "contact_hoster")
	b.ok(err)
	in := hosterInput("meldpunt@host.example")
	in.LastVerified = b.now()
	_, err = b.s.PutContact(ctx, coordinator, "contact_hoster", in, have.Version)
	b.ok(err)
	b.settle()
	if open := b.checkTasks("contact_hoster"); len(open) != 0 {
		t.Errorf("the contact is corrected, and yet: %+v", open)
	}
	b.at("AwaitApproval", "approval")
	if to := b.document().Recipients; len(to) != 1 || to[0].Address != "meldpunt@host.example" {
		t.Errorf("written to %+v", to)
	}
}

// Marked by hand it goes another way too, and nothing that reaches the right one
// later says that the first was delivered.
func TestAMisdirectionByHandTakesAnotherChannel(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t, "abuse@host.example", "noc@host.example"), context.Background()
	first := b.track("hoster").Rungs[len(b.track("hoster").Rungs)-1].Document
	b.ok(b.s.MarkMisdirected(ctx, coordinator, first, casework.MisdirectionInput{Reason: "wrong_mailbox", AwareAt: b.now()}))
	b.settle()
	b.checkTask("contact_hoster")
	b.at("AwaitApproval", "approval")
	if to := b.document().Recipients; len(to) != 1 || to[0].Address != "noc@host.example" {
		t.Fatalf("written to %+v", to)
	}
	n, err := casework.GetNoun[takedown.Dispatch](ctx, b.s, "dispatch_"+strings.TrimPrefix(first, "doc_")+"_1")
	b.ok(err)
	if b.clockNow(n.Breach).Status != "running" {
		t.Errorf("the breach's own term ended")
	}
	right := b.document().Reference
	b.approve()
	b.pages.shows(200, "still here")
	b.pass(24 * 24 * time.Hour)
	b.at("AwaitApproval", "approval")
	text := b.document().Text
	old, err := b.s.GetDocument(ctx, specialist, first)
	b.ok(err)
	if strings.Contains(text, old.Reference) || !strings.Contains(text, right) {
		t.Errorf("the reminder names what a wrong addressee has:\n%s", text)
	}
}

// A reply to an attempt that another followed is about that attempt: whom the
// fallback went to has said nothing.
func TestAWrongAddresseeOfAnEarlierAttempt(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t, "abuse@host.example", "noc@host.example"), context.Background()
	first := b.last()
	b.receive(bounceOf(first, "abuse@host.example", "failed", "5.1.1"))
	b.at("AwaitReply", "reply")
	b.mails(2, 2)
	b.clock.advance(time.Hour)
	b.receive(b.signedMail(b.mailTo(first, "", "Uw bericht is niet voor ons bestemd; wij hebben het gewist.")))
	attempt := func(no string) *takedown.Dispatch {
		n, err := casework.GetNoun[takedown.Dispatch](ctx, b.s, "dispatch_"+strings.TrimPrefix(b.document().ID, "doc_")+"_"+no)
		b.ok(err)
		return n
	}
	if one, two := attempt("1").Breach, attempt("2").Breach; one == "" || two != "" {
		t.Errorf("the breach is of attempts %q, %q", one, two)
	}
	b.at("AwaitReply", "reply") // of whom the second went to
}

// A machine that may say that ours was not for them is looked at at once: the
// term would count from its receipt.
func TestAnAutomaticWrongAddresseeIsUrgent(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	b.receive(b.signedMail(b.mailTo(b.last(), "Auto-Submitted: auto-replied\n", "Uw bericht is niet voor ons bestemd.")))
	if asked := b.openTasks(b.c, "classify_reply"); len(asked) != 1 || !asked[0].Urgent {
		t.Errorf("asked %+v", asked)
	}
}

// What went by hand went when it was filed or posted, not when somebody wrote that
// down: who said in between that it was not for them starts the term, in words or
// by hand, and nobody said so before it went.
func TestWhatWasRecordedLaterWasReadBefore(t *testing.T) {
	t.Parallel()
	for _, byHand := range []bool{true, false} {
		l, d := letterOf(t, postAddress, true)
		ctx, at := context.Background(), monday.Add(day)
		l.yes("civil")
		l.pass(2 * day)
		l.ok(l.s.PostDocument(ctx, specialist, d.ID, casework.PostingInput{
			PostedAt: monday.Add(time.Hour), Carrier: "Postbedrijf Voorbeeld", Registered: true, Tracking: "VB1", Proof: l.capture(l.c, l.page),
		}))
		l.settle()
		says := func(at time.Time) error {
			if byHand {
				return l.s.MarkMisdirected(ctx, coordinator, d.ID, casework.MisdirectionInput{Reason: "wrong_address", AwareAt: at})
			}
			_, err := l.s.RegisterReply(ctx, specialist, casework.ReplyInput{TrackID: l.track("civil").ID, Kind: "wrong_addressee", Via: "phone", ReceivedAt: at})
			return err
		}
		pointer := "/awareAt"
		if !byHand {
			pointer = "/documentId"
		}
		l.pointers(says(monday), pointer)
		l.ok(says(at))
		n, err := casework.GetNoun[takedown.Dispatch](ctx, l.s, "dispatch_"+strings.TrimPrefix(d.ID, "doc_")+"_1")
		l.ok(err)
		if c := l.clockNow(n.Breach); c.Rule != "C15" || !c.Start.Equal(at) || !c.Due.Equal(at.Add(72*time.Hour)) {
			t.Errorf("by hand %v: %+v", byHand, c)
		}
	}
}
