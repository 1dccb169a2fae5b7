package casework

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// lastEarned is the rung that the next one follows: the last, or, where the
// last ones never arrived, the first of these.
func (p *planner) lastEarned() int {
	n := len(p.track.Rungs) - 1
	for n > 0 && p.track.Rungs[n].Undelivered && p.track.Rungs[n-1].Undelivered {
		n--
	}
	return n
}

// retake takes a rung again whose document never arrived, where the contact has
// another channel that the rung may use: drafted anew, so approved anew.
func (p *planner) retake(last *takedown.Taken) (bool, error) {
	rung, ok := p.ladder.Rung(last.Rung)
	if !ok || !last.Undelivered || last.Ending != law.EndBounced || p.openChannel(rung) == "" {
		return false, nil
	}
	refused, document := []string(nil), last.Document
	if document != "" {
		d, err := load[takedown.Document](p.t, document)
		if err != nil {
			return false, err
		}
		refused = d.ContactVersions // one that was corrected since needs no look
	}
	if err := p.t.askCheck(p.track, "rerouted", document, refused); err != nil {
		return false, err
	}
	return true, p.take(rung, rung.ID+":rerouted", p.contact.ID)
}

// openChannel is the first of a rung's channels at which the contact has an
// address that the instrument may go to and that refused nothing, "" without.
func (p *planner) openChannel(rung law.Rung) string {
	for _, want := range rung.Channel {
		for _, c := range p.contact.Channels {
			if c.Kind == want && permitted(c, rung.Instrument) && !p.refused(c.Address) {
				return want
			}
		}
	}
	return ""
}

// channel is how the rung's document reaches the contact: the first of the
// rung's channels that the contact has, one that refused nothing before others;
// "" where it has none that the instrument may go to.
func (p *planner) channel(rung law.Rung) string {
	if open := p.openChannel(rung); open != "" {
		return open
	}
	for _, want := range rung.Channel {
		if want == "police" || slices.ContainsFunc(p.contact.Channels, func(c takedown.Channel) bool {
			return c.Kind == want && permitted(c, rung.Instrument)
		}) {
			return want
		}
	}
	return ""
}

// unreachable holds a rung for whose instrument the contact has no address: a
// specialist finds one, and nothing is written before. With one, the question is
// answered.
func (p *planner) unreachable(rung law.Rung) (step, bool, error) {
	why := "task:" + law.TaskFindChannel
	if p.channel(rung) != "" {
		if w := p.track.Wait; w == nil || !slices.Contains(w.Why, why) {
			return step{}, false, nil
		}
		return step{}, false, p.t.closeTasks(law.TaskFindChannel, p.track.ID)
	}
	err := p.t.openTask(takedown.Task{Kind: law.TaskFindChannel, Owner: takedown.Specialist, Reason: "no_channel", Subject: p.track.ID, Track: p.track.ID})
	return step{next: goGate, why: []string{why}}, true, err
}

// closeRungTasks closes what was asked before a rung's text could be written, once
// the rung is over.
func (t *tx) closeRungTasks(tr *takedown.Track) error {
	for _, kind := range []string{taskOldRung, law.TaskFindChannel} {
		if err := t.closeTasks(kind, tr.ID); err != nil {
			return err
		}
	}
	return nil
}

// complaints are the instruments that an address for complaints takes.
var complaints = []string{notice.T4, notice.T4b, notice.T5, notice.T13}

// permitted keeps a notice away from the point for authorities (art. 11 DSA)
// and from the address that takes complaints alone.
func permitted(c takedown.Channel, instrument string) bool {
	switch c.Purpose {
	case "order":
		return c.Kind == "police"
	case "complaint":
		return slices.Contains(complaints, instrument)
	}
	return true
}

// address is where an instrument goes through a channel: the contact's first
// permitted address of the kind that refused nothing, else the first permitted.
func (p *planner) address(channel, instrument string) string {
	first := ""
	for _, c := range p.contact.Channels {
		if c.Kind != channel || !permitted(c, instrument) {
			continue
		}
		if !p.refused(c.Address) {
			return c.Address
		}
		first = cmp.Or(first, c.Address)
	}
	if first == "" && channel == "form" && p.contact.Form != nil {
		return p.contact.Form.URL
	}
	return first
}

// refused says whether an address refused a document for good, as the register
// knows it or as this track saw it just now, or has somebody else behind it. A contact
// whose addresses were corrected since starts afresh.
func (p *planner) refused(address string) bool {
	same := func(a string) bool { return strings.EqualFold(a, address) }
	if slices.ContainsFunc(p.contact.BouncedAt, same) {
		return true
	}
	if wrong, err := p.t.wrongAt(p.track, p.contact); err == nil && slices.ContainsFunc(wrong, same) {
		return true
	}
	for _, r := range p.track.Rungs {
		if (!r.Undelivered && r.Rerouted == 0) || r.Document == "" {
			continue
		}
		d, err := load[takedown.Document](p.t, r.Document)
		if err != nil || d.LastDispatch == "" || !reachedAsNow(p.contact, d.ContactVersions) {
			continue
		}
		if r.Undelivered {
			n, err := load[takedown.Dispatch](p.t, d.LastDispatch)
			if err == nil && (same(n.Recipient) || slices.ContainsFunc(n.Refused, same)) {
				return true
			}
		}
		if before, err := p.t.refusedOf(d, d.Dispatches); err == nil && slices.ContainsFunc(before, same) {
			return true
		}
	}
	return false
}
