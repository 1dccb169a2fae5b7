package casework

import (
	"slices"
	"strings"

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

// sentTo is whom an attempt goes to: the document's recipients, or, where all of
// them refused it, the first approved fallback that did not, as the register
// knows it too. Empty where none is left.
func (t *tx) sentTo(tr *takedown.Track, d *takedown.Document, c content, no int) ([]Recipient, error) {
	gone, err := t.refusedOf(d, no)
	if err != nil || len(gone) == 0 || slices.ContainsFunc(c.Recipients, func(r Recipient) bool { return !hasAddress(gone, r.Address) }) {
		return c.Recipients, err
	}
	contact, err := t.contact(tr.Contact)
	if err != nil {
		return nil, err
	}
	for _, a := range c.Fallbacks {
		if !hasAddress(gone, a) && !hasAddress(contact.BouncedAt, a) {
			return []Recipient{{Kind: "to", Name: c.Recipients[0].Name, Address: a}}, nil
		}
	}
	return nil, nil
}

// fallBack has a document that its addressee's server refused go to the next
// approved address, without another approval: while it is what its track stands
// at, and its approval is of what is there. It says whether it does. Where one of
// those that the document was written to did not refuse it, it has it: it gets it
// no second time.
func (t *tx) fallBack(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch) (bool, error) {
	cur := tr.Current()
	if d.Channel != "mail" || cur == nil || cur.Document != d.ID || d.Approval == nil || d.Approval.ContentHash != d.ContentHash {
		return false, nil
	}
	c, err := t.content(d)
	if err != nil {
		return false, err
	}
	gone, err := t.refusedOf(d, n.No+1)
	if err != nil || slices.ContainsFunc(c.Recipients, func(r Recipient) bool { return !hasAddress(gone, r.Address) }) {
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
	if err := t.askCheck(tr, "rerouted", n.ID, d.ContactVersions); err != nil {
		return false, err
	}
	t.wakeTrack(tr)
	return true, t.log("document.rerouted", "approved_fallback", []string{d.ID, tr.ID, tr.Contact})
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
	if d.Channel != "mail" || d.Dispatches == 0 {
		return false, nil
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
