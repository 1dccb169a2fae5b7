package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// byReference is a mail of somebody who knows no more than the reference.
func (b *inbox) byReference(headers, text string) []byte {
	m := b.last()
	raw := strings.Replace(string(b.mailTo(m, headers, text)), m.ReplyTo.Email, "meldpunt@praktijk.example", 1)
	raw = strings.Replace(raw, "Subject: Re: "+m.Subject, "Subject: Re: "+m.Reference, 1)
	return []byte(strings.Replace(raw, "abuse@host.example", "iemand@elders.example", 1))
}

// What a stranger says who knows a reference stops no track and names no number: a
// person reads it first.
func TestAStrangersIndemnityAndTicketWaitForAPerson(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	id := b.receive(b.byReference("", "Wij hebben uw melding ontvangen. Uw zaaknummer: 4711-22. Wij verzoeken u ons te vrijwaren."))
	b.at("AwaitReply", "reply")
	b.act("reply.unclear acknowledgement:sender_not_authenticated")
	if n := len(b.openTasks(b.c, "indemnity_requested")); n != 0 {
		t.Errorf("%d tasks on an indemnity that a stranger asked for", n)
	}
	b.receive(b.byReference("X-Second: yes\n", "Wij hebben uw melding ontvangen. Uw zaaknummer: 4711-23."))
	if got := b.document().LastDispatch.Ticket; got != "" {
		t.Errorf("a stranger's number %q is the addressee's", got)
	}
	b.ok(b.s.ClassifyReply(ctx, specialist, inCase(id), casework.ClassificationInput{Kind: "acknowledgement"}))
	b.settle()
	b.at("AwaitGate", "decision:indemnity")
}

// Who answers at the secret address has our mail.
func TestAnAnswerAtTheSecretAddressStopsForAnIndemnity(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	b.receive(b.mailTo(b.last(), "", "Wij hebben uw melding ontvangen. Uw zaaknummer: 4711-22. Wij verzoeken u ons te vrijwaren."))
	b.at("AwaitGate", "decision:indemnity")
	if got := b.document().LastDispatch.Ticket; got != "4711-22" {
		t.Errorf("number %q", got)
	}
}

// Without a sender address nothing is our own mail come back.
func TestWithoutASenderAddressNoMailIsOurOwn(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	m := b.last()
	b.settings(func(in *casework.SettingsInput) { in.Mail.From = "" })
	b.receive(b.mailTo(m, "X-Takedown-Ref: "+m.Reference+"\n", "Kunt u ons bellen?"))
	b.act("reply.classified question")
}

// Mail for a case that was erased is a person's at once, and is not tried again.
func TestMailOfAnErasedCaseIsSaidSo(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	b.tamper(`UPDATE records SET body = json_remove(body, '$.key') WHERE kind = 'case'`)
	id, err := b.s.ReceiveMail(ctx, casework.InboundMail{Raw: b.mailTo(b.last(), "", "Kunt u ons bellen?"), By: "smtp"})
	b.ok(err)
	b.ok(b.s.ReadMail(ctx, id))
	list, _, err := b.s.UnmatchedReplies(ctx, specialist, "", 10)
	b.ok(err)
	if len(list) != 1 || list[0].Mail == nil || list[0].Mail.Doubt != "its_case_is_erased" {
		t.Errorf("%+v", list)
	}
}

// A reply that was matched stays in its track: named with another it is refused.
func TestAMatchedReplyIsNotMatchedAgain(t *testing.T) {
	t.Parallel()
	b, ctx := newInbox(t), context.Background()
	id, err := b.s.RegisterReply(ctx, specialist, casework.ReplyInput{Kind: "other", Via: "letter", Text: "woorden", ReceivedAt: monday})
	b.ok(err)
	first := b.track("hoster").ID
	b.ok(b.s.ClassifyReply(ctx, specialist, id, casework.ClassificationInput{TrackID: first, Kind: "other"}))
	other := newSecond(b.live, "https://forum.example/t/2")
	tracks, err := b.s.ListTracks(ctx, specialist, other.c)
	b.ok(err)
	i := slices.IndexFunc(tracks, func(v casework.TrackView) bool { return v.Route == "hoster" })
	b.pointers(b.s.ClassifyReply(ctx, specialist, id, casework.ClassificationInput{TrackID: tracks[i].ID, Kind: "other"}), "/trackId")
	b.ok(b.s.ClassifyReply(ctx, specialist, id, casework.ClassificationInput{TrackID: first, Kind: "other"}))
}
