package casework

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// bouncedMail does what a delivery report means. A delay changes nothing. Where
// some of the recipients have it, the clock goes on and a person looks at the
// contact; where none has but for a copy, nothing was delivered.
func (t *tx) bouncedMail(tr *takedown.Track, r *takedown.Reply, in *mailRead) error {
	if worst(in.verdict.Deliveries) != correspondence.Permanent {
		return nil
	}
	d, err := load[takedown.Document](t, r.Document)
	if err != nil {
		return err
	}
	n, err := t.dispatchOf(d, in.match.Target)
	if err != nil || n == nil || n.ID != d.LastDispatch {
		return err // of an attempt that was followed by another
	}
	return t.refusedForGood(tr, d, n, r, in.verdict.Deliveries)
}

// refusedForGood records which of a document's recipients refused it, and what
// follows from that.
func (t *tx) refusedForGood(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, r *takedown.Reply, all []correspondence.Delivery) error {
	recipients, err := t.recipientsOf(d, n)
	if err != nil {
		return err
	}
	r.Mail.Undelivered = refusedBy(all, recipients)
	for _, a := range r.Mail.Undelivered {
		if !slices.Contains(n.Refused, a) {
			n.Refused = append(n.Refused, a)
		}
	}
	if err := t.put(r); err != nil {
		return err
	}
	if err := t.put(n); err != nil {
		return err
	}
	t.wakeTrack(tr)
	left, err := t.meant(d, n)
	if err != nil {
		return err
	}
	if len(left) > 0 { // a copy is no addressee: who has nothing else has no notice
		if err := t.tellRegister(tr, d, n.Refused); err != nil {
			return err
		}
		return t.askCheck(tr, "one_recipient_bounced", r.ID, d.ContactVersions)
	}
	return t.bounced(tr, d)
}

// dispatchOf is the dispatch a match points to, or the document's last one.
func (t *tx) dispatchOf(d *takedown.Document, target string) (*takedown.Dispatch, error) {
	if strings.HasPrefix(target, string(KindDispatch)+"_") {
		return load[takedown.Dispatch](t, target)
	}
	return t.lastDispatch(d)
}

// recipientsOf are the addresses that an attempt mailed a document to: without
// those that had refused it before.
func (t *tx) recipientsOf(d *takedown.Document, n *takedown.Dispatch) ([]string, error) {
	c, err := t.content(d)
	if err != nil {
		return nil, err
	}
	if n.Recipient != "" && !addressed(c.Recipients, n.Recipient) {
		return []string{n.Recipient}, nil // a fallback
	}
	gone, err := t.refusedOf(d, n.No)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range c.Recipients {
		if (r.Kind == "to" || r.Kind == "cc") && !hasAddress(gone, r.Address) {
			out = append(out, r.Address)
		}
	}
	return out, nil
}

// refusedBy are those of our recipients that a report says failed for good. A
// report that names nobody speaks of the only one there is; one that names
// somebody else, a member of an alias, says nothing of ours.
func refusedBy(all []correspondence.Delivery, recipients []string) []string {
	var out []string
	for _, d := range all {
		if d.Permanence != correspondence.Permanent {
			continue
		}
		for _, a := range recipients {
			if (sameMailbox(a, d.Recipient) || sameMailbox(a, d.Original)) && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	if len(recipients) == 1 && !namesAny(all) {
		return recipients
	}
	return out
}

// sameMailbox compares two addresses of which one may have its domain in ASCII,
// as it goes over the wire.
func sameMailbox(a, b string) bool { return strings.EqualFold(wireAddress(a), wireAddress(b)) }

func wireAddress(a string) string {
	i := strings.LastIndexByte(a, '@') + 1
	domain, err := idna.Lookup.ToASCII(a[i:])
	if err != nil {
		return a
	}
	return a[:i] + domain
}

// bounced: the document never arrived, so nothing runs on it any more; and what
// went to the same address after it, because nobody answered, was not earned.
func (t *tx) bounced(tr *takedown.Track, d *takedown.Document) error {
	if d == nil || !mayHave(d) {
		return nil
	}
	n, err := t.lastDispatch(d)
	if err != nil || n == nil {
		return err
	}
	address := n.Recipient
	if again, err := t.bouncedAgain(tr, d, n); again || err != nil {
		return err
	}
	first := rungOf(tr, d.ID)
	if first < 0 {
		return t.neverArrived(tr, d)
	}
	for i := first; i < len(tr.Rungs); i++ {
		rung := &tr.Rungs[i]
		if rung.Document == "" {
			return t.lateBounce(tr)
		}
		went, err := t.notEarned(tr, rung.Document, address, i > first)
		if err != nil {
			return err
		}
		if !went {
			return t.lateBounce(tr)
		}
		rung.Undelivered = true
		if rung.Ending != "" || i > first {
			rung.Ending = law.EndBounced
			if rung.EndedAt.IsZero() {
				rung.EndedAt = t.now
			}
		}
	}
	return t.put(tr)
}

// bouncedAgain has a document that bounced go to the next approved address, if
// there is one and nothing came after it on its track. Who did not refuse it has
// it, and gets it no second time.
func (t *tx) bouncedAgain(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch) (bool, error) {
	was := n.Status
	n.Status = takedown.DispatchBounced
	again, err := t.allRefused(d, n)
	if err == nil && again {
		again, err = t.fallBack(tr, d, n)
	}
	if err != nil || !again {
		n.Status = was
		return false, err
	}
	return true, t.undelivered(tr, d, n)
}

// allRefused says whether nobody whom a document is written to took it, up to an
// attempt; a copy is not written to.
func (t *tx) allRefused(d *takedown.Document, n *takedown.Dispatch) (bool, error) {
	c, err := t.content(d)
	if err != nil {
		return false, err
	}
	gone, err := t.refusedOf(d, n.No+1)
	return err == nil && !slices.ContainsFunc(c.Recipients, func(r Recipient) bool { return !isCopy(r) && !hasAddress(gone, r.Address) }), err
}

// lateBounce asks a legal adviser, where the track went on to something that a
// bounce does not undo.
func (t *tx) lateBounce(tr *takedown.Track) error {
	if err := t.put(tr); err != nil {
		return err
	}
	return t.openTask(takedown.Task{Kind: "late_bounce", Owner: takedown.LegalAdviser, Reason: "bounced_after_the_next_step", Subject: tr.ID, Track: tr.ID})
}

// notEarned undoes one document of a rung at or after the one that bounced: one
// that went to the same address did not arrive either, and one that did not
// leave yet must not. It says whether that was so.
func (t *tx) notEarned(tr *takedown.Track, document, address string, later bool) (bool, error) {
	d, err := load[takedown.Document](t, document)
	if err != nil {
		return false, err
	}
	switch d.Status {
	case takedown.DocumentDelivered, takedown.DocumentUncertain:
		n, err := t.lastDispatch(d)
		if err != nil || n == nil || later && !strings.EqualFold(n.Recipient, address) {
			return false, err
		}
		return true, t.neverArrived(tr, d)
	case takedown.DocumentPending, takedown.DocumentApproved, takedown.DocumentRejected:
		if n, err := t.lastDispatch(d); err != nil || (n != nil && n.Status == takedown.DispatchIntended) {
			return false, err // it may be leaving just now
		}
		if err := t.replace(d, "bounced_before"); err != nil {
			return false, err
		}
		return true, t.log("document.superseded", "bounced_before", []string{d.ID, tr.ID})
	}
	return d.Status == takedown.DocumentFailed || d.Status == takedown.DocumentSuperseded, nil
}

// neverArrived records that a document was not delivered after all: no clock
// runs on it, and the register learns which address refused it.
func (t *tx) neverArrived(tr *takedown.Track, d *takedown.Document) error {
	n, err := load[takedown.Dispatch](t, d.LastDispatch)
	if err != nil {
		return err
	}
	d.Status = takedown.DocumentFailed
	if err := t.put(d); err != nil {
		return err
	}
	return t.undelivered(tr, d, n)
}

// undelivered records that an attempt did not reach its addressee after all.
func (t *tx) undelivered(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch) error {
	n.Status = takedown.DispatchBounced
	if err := t.put(n); err != nil {
		return err
	}
	if err := t.closeTasks("settle_dispatch", d.ID); err != nil {
		return err
	}
	if err := t.supersedeClocksOf(d.ID, "bounced"); err != nil {
		return err
	}
	refused := n.Refused
	if len(refused) == 0 && n.Recipient != "" {
		refused = []string{n.Recipient}
	}
	if err := t.tellRegister(tr, d, refused); err != nil {
		return err
	}
	return t.log("dispatch.bounced", "", []string{n.ID, d.ID, tr.ID, tr.Contact})
}

// supersedeClocksOf ends what its addressee owes on a document that was not
// delivered; what we owe because of it runs on (ownClock).
func (t *tx) supersedeClocksOf(document, reason string) error {
	ofText := func(c *takedown.Clock) bool { return c.Document == document && !ownClock(c) }
	return t.endEach(ofText, takedown.ClockSuperseded, reason)
}

// bouncedMessage tells the register which of a contact's addresses refused a
// document for good. It names the address versions that the document was
// written to: a contact that was corrected since is not marked.
type bouncedMessage struct {
	Contact         string   `json:"contact"`
	ContactVersions []string `json:"contactVersions"`
	Dispatch        string   `json:"dispatch"`
	Refused         []string `json:"refused,omitempty"`
}

func (t *tx) tellRegister(tr *takedown.Track, d *takedown.Document, refused []string) error {
	m := bouncedMessage{Contact: tr.Contact, ContactVersions: d.ContactVersions, Dispatch: d.LastDispatch, Refused: refused}
	id := "bounced:" + d.LastDispatch
	if len(refused) > 0 {
		id += ":" + strings.Join(refused, ",")
	}
	return t.outbox(id[:min(len(id), 400)], outboxBounced, m)
}

// markBounced carries a bouncedMessage out: idempotent, and harmless late.
func (s *Service) markBounced(ctx context.Context, payload json.RawMessage) error {
	var m bouncedMessage
	if err := json.Unmarshal(payload, &m); err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(m.Contact), func(t *tx) error {
		c, err := load[takedown.Contact](t, m.Contact)
		if err != nil {
			return err
		}
		known := func(a string) bool { return slices.Contains(c.BouncedAt, a) }
		if !reachedAsNow(c, m.ContactVersions) || c.Bounced && !slices.ContainsFunc(m.Refused, func(a string) bool { return !known(a) }) {
			return nil
		}
		c.Bounced = true
		for _, a := range m.Refused {
			if !known(a) && len(c.BouncedAt) < maxBouncedAt {
				c.BouncedAt = append(c.BouncedAt, a)
			}
		}
		if err := t.put(c); err != nil {
			return err
		}
		return t.log("contact.bounced", "permanent", []string{c.ID, m.Dispatch})
	})
}

// maxBouncedAt keeps a contact's row short; it has at most ten channels.
const maxBouncedAt = 10
