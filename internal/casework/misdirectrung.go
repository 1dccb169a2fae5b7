package casework

import (
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// gateWrong is what a rung waits for whose only address is the one that a
// document of its track went wrong at: a corrected contact.
const gateWrong = kindWrongAddressee

// notTheirs keeps a track from writing to a wrong addressee again: the register
// is asked for a look at the contact, and what the track sent to that one address
// is taken as never having reached whom we meant, so that it goes another way or
// waits for a working address. Of what went to more than one, or to the police,
// whom we meant may have it too, and its term runs on.
func (t *tx) notTheirs(d *takedown.Document, n *takedown.Dispatch) error {
	tr, err := find[takedown.Track](t, d.Track)
	if err != nil || tr == nil || tr.Ended() {
		return err
	}
	t.wakeTrack(tr)
	if err := t.askCheck(tr, kindWrongAddressee, n.ID, d.ContactVersions); err != nil {
		return err
	}
	if n.ID != d.LastDispatch || d.Channel == "police" {
		return nil
	}
	address, err := t.onlyAddress(tr, d, n)
	if err != nil || address == "" {
		return err
	}
	n.Recipient = address // of a form, which names none
	if err := t.put(n); err != nil {
		return err
	}
	return t.takeBack(tr, d, address)
}

// onlyAddress is where an attempt went, "" where it went to more than one.
func (t *tx) onlyAddress(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch) (string, error) {
	if n.Recipient == "" && d.Channel == "form" {
		c, err := t.contact(tr.Contact)
		if err != nil || !slices.Contains(d.ContactVersions, addressVersion(c)) {
			return "", err
		}
		return channelAddress(c, "form"), nil
	}
	if d.Channel != "mail" {
		return n.Recipient, nil
	}
	to, err := t.recipientsOf(d, n)
	if err != nil || len(to) != 1 {
		return "", err
	}
	return n.Recipient, nil
}

// takeBack undoes the rungs whose documents went to a wrong address: from the
// first that nobody answered there up to the last. Where the track went on to
// something else meanwhile, a legal adviser looks at that.
func (t *tx) takeBack(tr *takedown.Track, d *takedown.Document, address string) error {
	first := slices.IndexFunc(tr.Rungs, func(r takedown.Taken) bool { return r.Document == d.ID })
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

// wentTo says whether the last attempt of a document went to an address.
func (t *tx) wentTo(document, address string) (bool, error) {
	d, err := load[takedown.Document](t, document)
	if err != nil {
		return false, err
	}
	n, err := t.lastDispatch(d)
	return err == nil && n != nil && strings.EqualFold(n.Recipient, address), err
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

// addressGate holds a rung that would go to the address that a document of its
// track went wrong at: what a wrong addressee has is not sent to them once more.
// Another address or a corrected contact opens it.
func (p *planner) addressGate(g *gate, rung law.Rung) error {
	channel := p.channel(rung)
	if channel == "" || channel == "police" || p.openChannel(rung) != "" {
		return nil
	}
	address := p.address(channel, rung.Instrument)
	for _, r := range p.track.Rungs {
		if !r.Undelivered || r.Document == "" {
			continue
		}
		d, err := load[takedown.Document](p.t, r.Document)
		if err != nil {
			return err
		}
		n, err := p.t.lastDispatch(d)
		if err != nil {
			return err
		}
		if n != nil && n.Breach != "" && strings.EqualFold(n.Recipient, address) && slices.Contains(d.ContactVersions, addressVersion(p.contact)) {
			g.block(gateWrong, time.Time{})
			return nil
		}
	}
	return nil
}
