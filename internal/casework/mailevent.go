package casework

import (
	"context"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/takedown"
)

// MailEventKind is what a mail service tells of a message.
type MailEventKind string

// The kinds. All but the last prove that the mail service took the message.
const (
	EventSent      MailEventKind = "sent"      // the mail service has it
	EventDelivered MailEventKind = "delivered" // a recipient's server took it
	EventDelayed   MailEventKind = "delayed"   // the mail service still tries
	EventBounced   MailEventKind = "bounced"   // it has given up
	EventComplaint MailEventKind = "complaint" // a recipient calls it spam
	EventRejected  MailEventKind = "rejected"  // the mail service will not send it after all
)

// MailEvent is what a mail service tells of one message, in our words.
type MailEvent struct {
	Kind      MailEventKind
	By        string // the service: ses
	Code      string // the service's own words for it, letters and / only
	ID        string // of the occurrence, where the service gives one: told twice, it is one
	Dispatch  string // the message's tags, see Message
	Reference string
	MessageID string    // the service's own
	SentAt    time.Time // when the service took the message
	At        time.Time // of the event
	To        []string  // to whom the message went
	About     []MailRecipient
}

// How a recipient's bounce is meant.
const (
	BouncePermanent = correspondence.Permanent
	BounceTemporary = correspondence.Temporary
	BounceUnknown   = correspondence.Unknown
)

// MailRecipient is what an event says of one recipient.
type MailRecipient struct {
	Address    string
	Permanence correspondence.Permanence // of a bounce, see BouncePermanent
	Diagnostic string                    // the addressee's server's words
}

// TakeMailEvent does what a mail service's event means: what proves that the
// message left settles its dispatch, also an uncertain one; a permanent bounce
// has the effect of a bounce by mail; nothing is ever sent again by it. One
// that is told twice, or is of no message of ours, changes nothing.
func (s *Service) TakeMailEvent(ctx context.Context, e MailEvent) error {
	if err := e.check(); err != nil {
		return err
	}
	id, err := s.dispatchOfEvent(ctx, e)
	if err != nil {
		return err
	}
	if id == "" {
		s.Log.InfoContext(ctx, "an event of the mail service is of no message of ours", "kind", e.Kind, "message", e.MessageID)
		return nil
	}
	caseID, err := caseOf[takedown.Dispatch](ctx, s, id)
	if err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
		n, err := load[takedown.Dispatch](t, id)
		if err != nil || n.Status == takedown.DispatchRedirected {
			return err // the addressee has nothing of it
		}
		d, tr, err := t.documentAndTrack(n.Document)
		if err != nil {
			return err
		}
		return t.mailEvent(tr, d, n, e)
	})
}

func (e MailEvent) check() error {
	var b bad
	b.oneOf("/kind", string(e.Kind), []string{
		string(EventSent), string(EventDelivered), string(EventDelayed), string(EventBounced), string(EventComplaint), string(EventRejected),
	})
	if e.MessageID == "" {
		b.add("/messageId", "is needed")
	}
	if e.SentAt.IsZero() {
		b.add("/sentAt", "is needed")
	}
	if e.At.IsZero() {
		b.add("/at", "is needed")
	}
	if e.Kind == EventBounced && len(e.About) == 0 {
		b.add("/about", "a bounce is of a recipient")
	}
	return refuseAll(b.fields)
}

// dispatchOfEvent is the dispatch that an event is of: by its tag, by the mail
// service's id, or the last one of the document with the reference; "" for none.
func (s *Service) dispatchOfEvent(ctx context.Context, e MailEvent) (string, error) {
	index := sentIndex{s}
	if e.Dispatch != "" {
		if sent, err := index.dispatch(ctx, e.Dispatch); err != nil || sent.Target != "" {
			return sent.Target, err
		}
	}
	if sent, err := index.Message(ctx, e.MessageID); err != nil || sent.Target != "" {
		return sent.Target, err
	}
	if e.Reference == "" {
		return "", nil
	}
	sent, err := index.Reference(ctx, strings.ToUpper(e.Reference))
	if err != nil || sent.Document == "" {
		return "", err
	}
	d, err := get[takedown.Document](ctx, s, sent.Document)
	if err != nil {
		return "", err
	}
	return d.LastDispatch, nil
}

func (t *tx) mailEvent(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, e MailEvent) error {
	if !e.meant(n) {
		return t.settledAsRedirected(tr, d, n)
	}
	if e.Kind == EventRejected {
		return t.rejected(tr, d, n, e)
	}
	if err := t.settledByEvent(tr, d, n, e); err != nil {
		return err
	}
	switch e.Kind {
	case EventDelivered:
		return t.accepted(d, n, e)
	case EventDelayed, EventBounced, EventComplaint:
		return t.eventReply(tr, d, n, e)
	}
	return nil
}

// meant says whether the message went to the addressee. While the test redirect
// is on it goes elsewhere, and an uncertain dispatch does not tell.
func (e MailEvent) meant(n *takedown.Dispatch) bool {
	return len(e.To) == 0 || n.Recipient == "" || slices.ContainsFunc(e.To, func(a string) bool { return sameMailbox(a, n.Recipient) })
}

// openEnd says that nobody knows yet whether a dispatch left, or that a person
// took it for not sent and nothing was sent since. A late "sent" wins; not over a
// refusal at once, after which the document waits for another address.
func (t *tx) openEnd(d *takedown.Document, n *takedown.Dispatch) bool {
	switch n.Status {
	case takedown.DispatchIntended, takedown.DispatchUncertain:
		return true
	case takedown.DispatchFailed:
		return n.ID == d.LastDispatch && d.Status == takedown.DocumentApproved && !n.AtOnce
	}
	return false
}

// settledByEvent: the mail service has the message, from the moment it says; a
// moment outside the time since the intent is another clock's.
func (t *tx) settledByEvent(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, e MailEvent) error {
	if !t.openEnd(d, n) {
		return nil
	}
	if n.MessageID != e.MessageID {
		n.MessageID = e.MessageID
		t.change.Claim = append(t.change.Claim, Lookup{Space: spaceMessage, Value: n.MessageID, Ref: Key{KindDispatch, n.ID}})
	}
	at := e.SentAt.UTC().Truncate(time.Second)
	if at.Before(n.IntendedAt) || at.After(t.now) {
		at = n.IntendedAt
	}
	n.Status, n.ServerReply = takedown.DispatchSent, e.By+" has it, by its event"
	return t.delivered(tr, d, n, at, "mailed")
}

func (t *tx) settledAsRedirected(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch) error {
	if n.Status != takedown.DispatchIntended && n.Status != takedown.DispatchUncertain {
		return nil
	}
	d.Status, n.LeaseUntil = takedown.DocumentApproved, time.Time{}
	if err := t.put(d); err != nil {
		return err
	}
	if err := t.closeTasks("settle_dispatch", d.ID); err != nil {
		return err
	}
	t.wakeTrack(tr)
	if err := t.put(tr); err != nil {
		return err
	}
	return t.redirected(d, n)
}

// accepted keeps when the addressee's own server took the message.
func (t *tx) accepted(d *takedown.Document, n *takedown.Dispatch, e MailEvent) error {
	if !n.AcceptedAt.IsZero() || n.Status != takedown.DispatchSent {
		return nil
	}
	n.AcceptedAt = e.At.UTC().Truncate(time.Second)
	if err := t.put(n); err != nil {
		return err
	}
	return t.log("dispatch.accepted", e.By, []string{n.ID, d.ID})
}

// rejected: the mail service took the message and then would not send it, so
// nothing was delivered. The addressee is not to blame: the register hears
// nothing.
func (t *tx) rejected(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, e MailEvent) error {
	if n.ID != d.LastDispatch || !t.openEnd(d, n) && d.Status != takedown.DocumentDelivered || n.Status == takedown.DispatchFailed {
		return nil
	}
	n.ServerReply = strings.TrimSpace(e.By + " rejected it: " + e.Code)
	if err := t.closeTasks("settle_dispatch", d.ID); err != nil {
		return err
	}
	if err := t.supersedeClocksOf(d.ID, "rejected"); err != nil {
		return err
	}
	if err := t.failed(tr, d, n, "rejected_by_the_mail_service"); err != nil {
		return err
	}
	t.wakeTrack(tr)
	if cur := tr.Current(); cur == nil || cur.Document != d.ID {
		return t.lateBounce(tr)
	}
	return t.put(tr)
}

// eventReply keeps what an event says as a reply, once, and does what it means.
func (t *tx) eventReply(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, e MailEvent) error {
	id := t.s.eventReplyID(n, e)
	if r, err := find[takedown.Reply](t, id); err != nil || r != nil {
		return err
	}
	r := &takedown.Reply{
		Meta: takedown.Meta{ID: id, Case: d.Case}, Track: tr.ID, Document: d.ID, Dispatch: n.ID, Kind: "bounce", Via: "mail", ReceivedAt: t.now,
		Status: takedown.ReplyClassified, Mail: &takedown.MailFacts{
			Confidence: string(correspondence.Clear), Rule: e.By + ":" + e.Code, Where: "event", Proofs: []string{"event tag"},
			Sender: string(correspondence.Authenticated), SenderBy: e.By,
		},
	}
	if e.Kind == EventComplaint {
		r.Kind = "other"
	} else {
		r.Mail.Permanence = string(worst(e.deliveries()))
	}
	if e.Kind == EventBounced {
		another, err := t.namesAnother(d, n, e.deliveries())
		switch {
		case err != nil:
			return err
		case r.Mail.Permanence != string(correspondence.Permanent):
			r.Status, r.Mail.Why = takedown.ReplyUnclear, whyUnclear
		case another && n.ID == d.LastDispatch:
			r.Status, r.Mail.Why = takedown.ReplyUnclear, whyNotOurs
		}
	}
	text := e.text()
	hash, err := t.mac("text", []byte(text))
	if err != nil {
		return err
	}
	r.Mail.TextHash = strings.TrimPrefix(hash, "text:")
	if r.Text, err = t.sealText(r, "text", text); err != nil {
		return err
	}
	if err := t.put(r); err != nil {
		return err
	}
	return t.actOnEvent(tr, d, n, r, e)
}

// eventReplyID is derived, so that an event that is told twice is one.
func (s *Service) eventReplyID(n *takedown.Dispatch, e MailEvent) string {
	what := e.ID
	if what == "" {
		what = e.At.UTC().Format(time.RFC3339Nano)
		for _, r := range e.About {
			what += "\x00" + r.Address
		}
	}
	mac := s.Keys.MAC("mail", []byte(n.ID+"\x00"+string(e.Kind)+"\x00"+what))
	return string(KindReply) + "_" + strings.ToLower(base32.StdEncoding.EncodeToString(mac[:10]))
}

func (t *tx) actOnEvent(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, r *takedown.Reply, e MailEvent) error {
	act, code := "reply.classified", replyCode(r)
	if r.Status == takedown.ReplyUnclear {
		act, code = "reply.unclear", code+":"+r.Mail.Why
	}
	if err := t.log(act, code, []string{r.ID, tr.ID, d.ID}, "text:"+r.Mail.TextHash); err != nil {
		return err
	}
	switch {
	case r.Status == takedown.ReplyUnclear: // given up for now, for a reason that the service could not read, or of somebody else
		return t.openTask(takedown.Task{Kind: taskClassify, Owner: takedown.Specialist, Reason: r.Mail.Why, Subject: r.ID, Track: tr.ID})
	case e.Kind == EventComplaint:
		return t.askCheck(tr, "called_spam", r.ID, d.ContactVersions)
	case e.Kind == EventBounced && n.ID == d.LastDispatch:
		return t.refusedForGood(tr, d, n, r, e.deliveries())
	}
	return nil
}

func (e MailEvent) deliveries() []correspondence.Delivery {
	var out []correspondence.Delivery
	for _, r := range e.About {
		p := r.Permanence
		if e.Kind == EventDelayed {
			p = correspondence.Delayed
		}
		out = append(out, correspondence.Delivery{Recipient: r.Address, Permanence: p})
	}
	return out
}

// text is what a person reads of an event; it is kept sealed.
func (e MailEvent) text() string {
	lines := []string{string(e.Kind) + " " + e.Code}
	for _, r := range e.About {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s", r.Address, r.Diagnostic)))
	}
	return clip(strings.Join(lines, "\n"), maxReplyText)
}
