package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// kindNotTheirs is a reply of which a person says that the addressee did not
// write it. It is kept and proves nothing: no text, dossier or clock rests on
// it, and a number in it is not theirs.
const kindNotTheirs = "not_theirs"

// dismissed takes back what a reply asked of us once a person says that it is
// not the addressee's. A decision that was acted on stays (ClassifyReply).
func (t *tx) dismissed(tr *takedown.Track, r *takedown.Reply) error {
	if r.Indemnity {
		r.Indemnity = false
		if err := t.put(r); err != nil {
			return err
		}
	}
	task, err := t.findTask(taskAnswer, r.ID)
	if err != nil {
		return err
	}
	if task != nil {
		if err := t.closeTask(task); err != nil {
			return err
		}
	}
	if err := t.dropTicketOf(tr, r); err != nil || tr.Ended() {
		return err
	}
	if task != nil { // they asked for nothing: their term runs anew
		if err := t.informationSent(task); err != nil {
			return err
		}
	}
	t.wakeTrack(tr) // a text that told of it is drafted again
	return t.touch()
}

// dropTicketOf gives up the number that was taken over from such a mail: by it
// somebody else's later mail would be matched.
func (t *tx) dropTicketOf(tr *takedown.Track, r *takedown.Reply) error {
	if r.Mail == nil || r.Ticket == "" || r.Document == "" {
		return nil
	}
	d, err := load[takedown.Document](t, r.Document)
	if err != nil {
		return err
	}
	n, err := t.lastDispatch(d)
	if err != nil || n == nil || n.Ticket != r.Ticket {
		return err
	}
	replies, err := all[takedown.Reply](t)
	theirs := func(other *takedown.Reply) bool {
		return other.ID != r.ID && other.Document == r.Document && other.Ticket == r.Ticket && other.Kind != kindNotTheirs
	}
	if err != nil || slices.ContainsFunc(replies, theirs) {
		return err
	}
	n.Ticket = ""
	t.change.Release = append(t.change.Release, Lookup{Space: spaceTicket, Value: t.s.ticketValue(tr.Contact, r.Ticket), Ref: Key{KindDocument, d.ID}})
	return t.put(n)
}

// quotable says that a text may tell of a reply to a document.
func quotable(r *takedown.Reply, document string) bool {
	return r.Document == document && r.Status == takedown.ReplyClassified && r.Kind != kindNotTheirs
}

// quoted is what a text tells of a reply. The number in one whose sender is not
// known is nobody's.
func quoted(r *takedown.Reply) notice.Reply {
	out := notice.Reply{Kind: r.Kind, Decision: r.Decision, Reason: r.Reason, At: r.ReceivedAt, Ticket: r.Ticket, SenderUnknown: senderUnknown(r)}
	if out.SenderUnknown {
		out.Ticket = ""
	}
	return out
}

// senderUnknown says that nothing shows who wrote a reply: its mail is not
// authenticated as the addressee's, and no person said what it is. Of kind other
// a person says only what it is not. A bounce is no answer of the addressee.
func senderUnknown(r *takedown.Reply) bool {
	m := r.Mail
	return m != nil && !m.OfContact && (!m.Confirmed || r.Kind == "other") && r.Kind != "bounce"
}
