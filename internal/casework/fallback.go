package casework

import (
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// fallbacks are the contact's further mail addresses that an instrument may go
// to if the one that it is written to refuses it: approved with the document,
// because its hash binds them. Another channel is another text, and none.
func (p *planner) fallbacks(d *takedown.Document, to []Recipient) []string {
	if d.Channel != "mail" {
		return nil
	}
	var out []string
	for _, c := range p.contact.Channels {
		if c.Kind != "mail" || !permitted(c, d.Instrument) || p.refused(c.Address) || addressed(to, c.Address) || hasAddress(out, c.Address) {
			continue
		}
		out = append(out, c.Address)
	}
	return out
}

// withoutFallbacks leaves out of approved fallbacks what is written to anyway.
func withoutFallbacks(fallbacks []string, to []Recipient) []string {
	return slices.DeleteFunc(slices.Clone(fallbacks), func(a string) bool { return addressed(to, a) })
}

func addressed(to []Recipient, address string) bool {
	return slices.ContainsFunc(to, func(r Recipient) bool { return strings.EqualFold(r.Address, address) })
}

func hasAddress(all []string, address string) bool {
	return slices.ContainsFunc(all, func(a string) bool { return strings.EqualFold(a, address) })
}

// refusedOf are the addresses that refused a document for good, in its attempts
// before the given one.
func (t *tx) refusedOf(d *takedown.Document, before int) ([]string, error) {
	var out []string
	for no := 1; no < before; no++ {
		n, err := find[takedown.Dispatch](t, dispatchID(d.ID, no))
		if err != nil {
			return nil, err
		}
		if n == nil {
			continue
		}
		out = append(out, n.Refused...)
		if n.Status == takedown.DispatchBounced && n.Recipient != "" {
			out = append(out, n.Recipient)
		}
	}
	return out, nil
}

// sentTo is whom an attempt goes to: the document's recipients without those that
// refused it for good or that somebody else reads; or, where all that it is written to did (a copy is no
// addressee), the first approved fallback that did not, as the register knows it
// too. Empty where none is left.
func (t *tx) sentTo(tr *takedown.Track, d *takedown.Document, c content, no int) ([]Recipient, error) {
	gone, err := t.refusedOf(d, no)
	if err != nil {
		return nil, err
	}
	contact, err := t.contact(tr.Contact)
	if err != nil {
		return nil, err
	}
	wrong, err := t.wrongAt(tr, contact)
	if gone = append(gone, wrong...); err != nil || len(gone) == 0 {
		return c.Recipients, err
	}
	left := slices.DeleteFunc(slices.Clone(c.Recipients), func(r Recipient) bool { return hasAddress(gone, r.Address) })
	if slices.ContainsFunc(left, func(r Recipient) bool { return !isCopy(r) }) {
		return left, nil
	}
	for _, a := range c.Fallbacks {
		if !hasAddress(gone, a) && !hasAddress(contact.BouncedAt, a) {
			return []Recipient{{Kind: "to", Name: c.Recipients[0].Name, Address: a}}, nil
		}
	}
	return nil, nil
}

// fallBack has a document that its addressee's server refused go to the recipients
// that are left, or to the next approved address, without another approval: while
// it is what its track stands at, and its approval is of what is there. It says
// whether it does.
func (t *tx) fallBack(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch) (bool, error) {
	cur := tr.Current()
	if d.Channel != "mail" || cur == nil || cur.Document != d.ID || d.Approval == nil || d.Approval.ContentHash != d.ContentHash {
		return false, nil
	}
	c, err := t.content(d)
	if err != nil {
		return false, err
	}
	to, err := t.sentTo(tr, d, c, n.No+1)
	if err != nil || len(to) == 0 {
		return false, err
	}
	d.Status = takedown.DocumentApproved
	if err := t.put(d); err != nil {
		return false, err
	}
	cur.Rerouted++
	if err := t.put(tr); err != nil {
		return false, err
	}
	why, code := "rerouted", "approved_fallback"
	if addressed(c.Recipients, to[0].Address) {
		why, code = "one_recipient_bounced", "recipients_left"
	}
	if err := t.askCheck(tr, why, n.ID, d.ContactVersions); err != nil {
		return false, err
	}
	t.wakeTrack(tr)
	return true, t.log("document.rerouted", code, []string{d.ID, tr.ID, tr.Contact})
}

// Why a document that was not sent is not for its addressee to answer for.
const (
	reasonNotSent      = "not_sent"             // our own server said no, or not to an address
	reasonTestRedirect = "test_redirect_failed" // the mailbox of the test redirect
)

// refusedAtOnce notes that nothing was sent, for good. Where a server refused
// addresses, the document goes to those that are left, or to an approved
// fallback. What says nothing of an address uses up none and marks none: the
// document has failed, and the ladder leads to a task.
func (t *tx) refusedAtOnce(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, job *sendJob, res MailResult) error {
	if job.redirected {
		return t.failed(tr, d, n, reasonTestRedirect)
	}
	recipients, err := t.recipientsOf(d, n)
	if err != nil {
		return err
	}
	for _, a := range recipients {
		if slices.ContainsFunc(res.Refused, func(r string) bool { return sameMailbox(a, r) }) && !hasAddress(n.Refused, a) {
			n.Refused = append(n.Refused, a)
		}
	}
	if len(n.Refused) == 0 {
		return t.failed(tr, d, n, reasonNotSent)
	}
	n.AtOnce = true
	if err := t.put(n); err != nil {
		return err
	}
	again, err := t.fallBack(tr, d, n)
	if err != nil || !again {
		return orElse(err, t.failed(tr, d, n, "refused"))
	}
	n.Status, n.LeaseUntil = takedown.DispatchFailed, time.Time{}
	if err := t.put(n); err != nil {
		return err
	}
	return t.log("dispatch.failed", "refused", []string{n.ID, d.ID, tr.ID})
}

// writtenTo is the address that a document names as its addressee's. What refused
// the document itself stays it: an approved fallback gets the same text.
func (p *planner) writtenTo(d *takedown.Document, instrument string) (string, error) {
	own, err := p.t.refusedOf(d, d.Dispatches+1)
	if err != nil || len(own) == 0 {
		return p.address(d.Channel, instrument), err
	}
	for _, c := range p.contact.Channels {
		if c.Kind == d.Channel && permitted(c, instrument) && (hasAddress(own, c.Address) || !p.refused(c.Address)) {
			return c.Address, nil
		}
	}
	return p.address(d.Channel, instrument), nil
}

// nobodyLeft gives up a document whose recipients and approved fallbacks have all
// refused it, or are known to the register by now as addresses that refuse.
func (p *planner) nobodyLeft(cur *takedown.Taken, d *takedown.Document) (bool, error) {
	if d.Channel != "mail" {
		return false, nil
	}
	if wrong, err := p.t.wrongAt(p.track, p.contact); err != nil || d.Dispatches == 0 && (len(wrong) == 0 || hasAddress(wrong, p.address(d.Channel, d.Instrument))) {
		return false, err // addressGate holds it
	}
	c, err := p.t.content(d)
	if err != nil || len(c.Recipients) == 0 {
		return false, err
	}
	to, err := p.t.sentTo(p.track, d, c, d.Dispatches+1)
	if err != nil || len(to) > 0 {
		return false, err
	}
	cur.Undelivered, d.Status = true, takedown.DocumentFailed
	if err := p.t.put(p.track); err != nil {
		return false, err
	}
	return true, p.t.put(d)
}
