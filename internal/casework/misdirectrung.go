package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// gateWrong is what a rung waits for whose only address is the one that a
// document of its track went wrong at: a corrected contact.
const gateWrong = kindWrongAddressee

// notTheirs keeps us from writing to a wrong addressee again: the register is
// told which address it was, and asked for a look at the contact; and what the
// track sent to that one address is taken as never having reached whom we meant,
// so that it goes another way or waits for a working address. Of what went to
// more than one, or to the police, whom we meant may have it too, and its term
// runs on. said is which of several addresses it was, "" where nobody says: then
// it is the first, the addressee's own.
func (t *tx) notTheirs(d *takedown.Document, n *takedown.Dispatch, said string) error {
	tr, err := find[takedown.Track](t, d.Track)
	if err != nil || tr == nil {
		return err
	}
	address, err := t.wrongOf(tr, d, n, said)
	if err != nil {
		return err
	}
	if err := t.tellWrong(tr, d, n, address); err != nil || tr.Ended() {
		return err
	}
	t.wakeTrack(tr)
	if n.ID != d.LastDispatch || address == "" {
		return nil
	}
	if astray, err := t.astray(d, n); err != nil || !astray {
		return err
	}
	return t.takeBack(tr, d, address)
}

// tellWrong has the register mark the address and ask for a look at the contact,
// which an ended track alone needs not.
func (t *tx) tellWrong(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, address string) error {
	if tr.Ended() && address == "" {
		return nil
	}
	c, err := load[takedown.Case](t, tr.Case)
	if err != nil {
		return err
	}
	id := "check:" + kindWrongAddressee + ":" + n.ID
	if address != "" {
		id += ":" + address
	}
	return t.outbox(id[:min(len(id), 400)], outboxCheck, checkMessage{
		Contact: tr.Contact, Versions: d.ContactVersions, Reason: kindWrongAddressee, Urgent: c.Flags.Urgent(), Wrong: address, MarkOnly: tr.Ended(),
	})
}

// markWrong notes at a contact of the register that somebody else reads one of
// its addresses; nothing of one that is none of its.
func (t *tx) markWrong(c *takedown.Contact, address string) error {
	own := slices.ContainsFunc(c.Channels, func(ch takedown.Channel) bool { return strings.EqualFold(ch.Address, address) })
	if c.Form != nil && strings.EqualFold(c.Form.URL, address) {
		own = true
	}
	if address == "" || !own || hasAddress(c.WrongAt, address) {
		return nil
	}
	c.WrongAt = append(c.WrongAt, address)
	if err := t.put(c); err != nil {
		return err
	}
	if err := t.outbox(fmt.Sprintf("touch-all:%s:%d", c.ID, c.Version+1), outboxTouchAll, struct{}{}); err != nil {
		return err // what is written to it in other cases goes another way, or waits
	}
	return t.log("contact.wrong_address", kindWrongAddressee, []string{c.ID})
}

// wrongOf notes at an attempt which of its addresses is not the addressee's, and
// gives it; "" of the police, and where nothing says where a form was filed.
func (t *tx) wrongOf(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, said string) (string, error) {
	if d.Channel == "police" {
		return "", nil
	}
	if n.Recipient == "" && d.Channel == "form" { // filed before filings named it
		c, err := t.contact(tr.Contact)
		if err != nil || !reachedAsNow(c, d.ContactVersions) {
			return "", err
		}
		n.Recipient = channelAddress(c, "form")
	}
	if said == "" {
		said = n.Recipient
	}
	if said != "" && !hasAddress(n.Wrong, said) {
		n.Wrong = append(n.Wrong, said)
	}
	if err := t.put(n); err != nil {
		return "", err
	}
	of, err := load[takedown.Case](t, tr.Case)
	if err != nil || of.Misdirected {
		return said, err
	}
	of.Misdirected = true
	return said, t.put(of)
}

// goesTo notes at an attempt by hand where its document goes.
func (t *tx) goesTo(d *takedown.Document, n *takedown.Dispatch) error {
	c, err := t.content(d)
	if err == nil && len(c.Recipients) > 0 {
		n.Recipient = c.Recipients[0].Address
	}
	return err
}

// reached are the addresses that an attempt went to.
func (t *tx) reached(d *takedown.Document, n *takedown.Dispatch) ([]string, error) {
	if d.Channel != "mail" {
		return []string{n.Recipient}, nil
	}
	return t.recipientsOf(d, n)
}

// meant are the addresses at which whom we meant may have an attempt's document:
// no copy, none that refused it, none that somebody else reads.
func (t *tx) meant(d *takedown.Document, n *takedown.Dispatch) ([]string, error) {
	to, err := t.reached(d, n)
	c, cerr := t.content(d)
	if err := orElse(err, cerr); err != nil {
		return nil, err
	}
	wrong := n.Wrong
	if len(wrong) == 0 && n.Breach != "" { // marked before the address was noted
		wrong = []string{n.Recipient}
	}
	addressees := slices.DeleteFunc(slices.Clone(c.Recipients), isCopy)
	return slices.DeleteFunc(slices.Clone(to), func(a string) bool {
		return a == "" || hasAddress(n.Refused, a) || hasAddress(wrong, a) || addressed(c.Recipients, a) && !addressed(addressees, a)
	}), nil
}

// astray says whether a wrong addressee has an attempt's document and whom we
// meant cannot: nobody else is left that it went to, and not to the police.
func (t *tx) astray(d *takedown.Document, n *takedown.Dispatch) (bool, error) {
	if n == nil || n.Breach == "" || d.Channel == "police" {
		return false, nil
	}
	left, err := t.meant(d, n)
	return err == nil && len(left) == 0, err
}

// whichOf is which of several addresses that a document went to a mail came from,
// "" where it is none of them or the only one.
func (t *tx) whichOf(in *mailRead) (string, error) {
	if in.match.Document == "" || in.message == nil {
		return "", nil
	}
	d, err := find[takedown.Document](t, in.match.Document)
	if err != nil || d == nil || d.Channel != "mail" {
		return "", err
	}
	n, err := t.dispatchOf(d, in.match.Target)
	if err != nil || n == nil {
		return "", err
	}
	to, err := t.recipientsOf(d, n)
	if err != nil || len(to) < 2 {
		return "", err
	}
	from := correspondence.Sender(in.message)
	i := slices.IndexFunc(to, func(a string) bool { return sameMailbox(a, from) })
	if i < 0 {
		return "", nil
	}
	return to[i], nil
}

// writerOf is the address that a mark by hand means, by its own word or by the
// reply that it names.
func (t *tx) writerOf(in MisdirectionInput) (string, error) {
	if in.Address != "" || in.ReplyID == "" {
		return in.Address, nil
	}
	r, err := find[takedown.Reply](t, in.ReplyID)
	if err != nil || r == nil || r.Mail == nil {
		return "", err
	}
	return r.Mail.Of, nil
}

// takeBack undoes the rungs whose documents went to a wrong address: from the
// first that nobody answered there up to the last. Where the track went on to
// something else meanwhile, a legal adviser looks at that.
func (t *tx) takeBack(tr *takedown.Track, d *takedown.Document, address string) error {
	first := rungOf(tr, d.ID)
	if first < 0 || tr.Rungs[first].Undelivered {
		return nil
	}
	for first > 0 && tr.Rungs[first-1].Ending == law.EndSilence && tr.Rungs[first-1].Document != "" {
		there, err := t.wentTo(tr.Rungs[first-1].Document, address)
		if err != nil {
			return err
		}
		if !there {
			break
		}
		first--
	}
	for i := first; i < len(tr.Rungs); i++ {
		rung := &tr.Rungs[i]
		if rung.Document == "" {
			return t.lateBounce(tr)
		}
		if undone, err := t.neverTheirs(tr, rung.Document, address); err != nil || !undone {
			return orElse(err, t.lateBounce(tr))
		}
		rung.Undelivered, rung.Ending = true, law.EndBounced
		if rung.EndedAt.IsZero() {
			rung.EndedAt = t.now
		}
	}
	return t.put(tr)
}

// wentTo says whether the last attempt of a document went to an address, and whom
// we meant has it at no other.
func (t *tx) wentTo(document, address string) (bool, error) {
	d, err := load[takedown.Document](t, document)
	if err != nil {
		return false, err
	}
	n, err := t.lastDispatch(d)
	if err != nil || n == nil || !strings.EqualFold(n.Recipient, address) {
		return false, err
	}
	left, err := t.meant(d, n)
	return err == nil && !slices.ContainsFunc(left, func(a string) bool { return !strings.EqualFold(a, address) }), err
}

// neverTheirs undoes one document: one that went to the address ends with its
// terms, one that did not leave yet is drafted anew. It says whether it did.
func (t *tx) neverTheirs(tr *takedown.Track, document, address string) (bool, error) {
	d, err := load[takedown.Document](t, document)
	if err != nil {
		return false, err
	}
	if d.Status != takedown.DocumentDelivered && d.Status != takedown.DocumentUncertain {
		return t.notEarned(tr, document, address, true)
	}
	if there, err := t.wentTo(document, address); err != nil || !there {
		return false, err
	}
	d.Status = takedown.DocumentFailed
	if err := t.put(d); err != nil {
		return false, err
	}
	if err := t.closeTasks("settle_dispatch", d.ID); err != nil {
		return false, err
	}
	return true, t.supersedeClocksOf(d.ID, kindWrongAddressee)
}

// addressGate holds a rung that would go to an address that somebody else reads:
// what a wrong addressee has is not sent to them once more, on whatever track.
// Another address or a corrected contact opens it.
func (p *planner) addressGate(g *gate, rung law.Rung) error {
	channel := p.channel(rung)
	if channel == "" || channel == "police" || p.openChannel(rung) != "" {
		return nil
	}
	wrong, err := p.t.wrongAt(p.track, p.contact)
	if err == nil && hasAddress(wrong, p.address(channel, rung.Instrument)) {
		g.block(gateWrong, time.Time{})
	}
	return err
}

// wrongAt are the addresses of a contact that somebody else reads: as the register
// knows them, and as documents of this case to the contact went wrong, on whatever
// track. A contact that was corrected since starts afresh. A case in which nothing
// went wrong is not searched: every plan and every sending asks.
func (t *tx) wrongAt(tr *takedown.Track, contact *takedown.Contact) ([]string, error) {
	out := slices.Clone(contact.WrongAt)
	of, err := load[takedown.Case](t, tr.Case)
	if err != nil || !of.Misdirected && !slices.ContainsFunc(tr.Rungs, func(r takedown.Taken) bool { return r.Undelivered }) {
		return out, err
	}
	clocks, err := all[takedown.Clock](t)
	if err != nil {
		return nil, err
	}
	for _, c := range clocks { // each breach has one
		if c.Rule != breachRule {
			continue
		}
		d, err := find[takedown.Document](t, c.Document)
		if err != nil {
			return nil, err
		}
		if d == nil || d.Channel == "police" || !reachedAsNow(contact, d.ContactVersions) {
			continue
		}
		for no := 1; no <= d.Dispatches; no++ {
			n, err := find[takedown.Dispatch](t, dispatchID(d.ID, no))
			if err != nil {
				return nil, err
			}
			if n == nil || n.Breach == "" {
				continue
			}
			out = append(out, n.Wrong...)
			if len(n.Wrong) == 0 && n.Recipient != "" { // marked before the address was noted
				out = append(out, n.Recipient)
			}
		}
	}
	return out, nil
}
