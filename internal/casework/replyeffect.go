package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// applyReply does what a reply means for its track. An acknowledgement or an
// automatic answer never stops a clock on the decision.
func (t *tx) applyReply(tr *takedown.Track, r *takedown.Reply, items []string, pointer string) error {
	if err := itemsOf(tr, items, pointer); err != nil {
		return err
	}
	if r.Kind == kindWrongAddressee {
		return t.sentWrong(tr, r)
	}
	if r.Kind == kindNotTheirs {
		return t.dismissed(tr, r)
	}
	if tr.Ended() {
		return nil // kept, but it moves nothing any more
	}
	d, err := t.repliedTo(tr, r)
	if err != nil {
		return err
	}
	t.wakeTrack(tr)
	if err := t.stopForIndemnity(tr, r); err != nil {
		return err
	}
	if d != nil && r.Kind != "bounce" {
		if err := t.settledByReply(tr, d, r); err != nil {
			return err
		}
	}
	if undelivered := d == nil || d.Status != takedown.DocumentDelivered; undelivered && slices.Contains([]string{"refused", "partly", "upheld"}, r.Decision) {
		return state("nothing was delivered that could have been decided on: the reply belongs to another document, or is of kind other")
	}
	if d != nil {
		if err := t.receiptProvedBy(tr, d, r); err != nil {
			return err
		}
	}
	switch r.Kind {
	case "acknowledgement":
		return t.endClocksOf(tr.ID, "C1", takedown.ClockMet, "acknowledged")
	case "bounce":
		return t.bouncedByHand(tr, d, r)
	case "question":
		if err := t.endClocksOf(tr.ID, "C1", takedown.ClockMet, "acknowledged"); err != nil {
			return err // who asks has it
		}
		return t.openTask(takedown.Task{Kind: taskAnswer, Owner: takedown.Specialist, Reason: "question", Subject: r.ID, Track: tr.ID})
	case "decision":
		return t.decided(tr, r, items)
	}
	return nil
}

// repliedTo is the document that a reply is about: the one it names, else the
// track's last one that was delivered.
func (t *tx) repliedTo(tr *takedown.Track, r *takedown.Reply) (*takedown.Document, error) {
	if r.Document != "" {
		d, err := load[takedown.Document](t, r.Document)
		if err == nil && d.Track != tr.ID {
			return nil, refuse("/documentId", "belongs to another track")
		}
		return d, err
	}
	for i := len(tr.Rungs) - 1; i >= 0; i-- {
		if tr.Rungs[i].Document == "" {
			continue
		}
		d, err := load[takedown.Document](t, tr.Rungs[i].Document)
		if err != nil {
			return nil, err
		}
		if d.Status != takedown.DocumentDelivered && d.Status != takedown.DocumentUncertain {
			continue
		}
		r.Document = d.ID
		return d, t.put(r)
	}
	return nil, nil
}

// settledByReply: an answer of the addressee proves that an uncertain dispatch
// arrived.
func (t *tx) settledByReply(tr *takedown.Track, d *takedown.Document, r *takedown.Reply) error {
	if d.Status != takedown.DocumentUncertain || r.Kind == "other" || !provesReceipt(r) {
		return nil
	}
	n, err := load[takedown.Dispatch](t, d.LastDispatch)
	if err != nil {
		return err
	}
	n.Status = takedown.DispatchSent
	return t.delivered(tr, d, n, n.IntendedAt, "mailed")
}

// decided: the addressee decided. What it says is removed is only claimed
// until the page shows it.
func (t *tx) decided(tr *takedown.Track, r *takedown.Reply, items []string) error {
	if err := t.countDecision(tr, r); err != nil {
		return err
	}
	switch r.Decision {
	case "removed", "partly":
		if err := t.metByDecision(tr, r); err != nil {
			return err
		}
		if r.Decision == "removed" {
			items = tr.Items
		}
		for _, id := range items {
			it, err := load[takedown.Item](t, id)
			if err != nil {
				return err
			}
			if err := t.claimBy(tr, r, it); err != nil {
				return err
			}
		}
		if err := t.said(items, r.DecisionDetails); err != nil {
			return err
		}
		if r.Decision == "partly" && len(items) < len(tr.Items) {
			return t.refused(tr, r)
		}
		return nil
	case "refused":
		if err := t.metByDecision(tr, r); err != nil {
			return err
		}
		return t.refused(tr, r)
	case "upheld":
		return t.upheld(tr, r)
	case "needs_more":
		return t.informationAsked(tr, r)
	}
	return nil // forwarded, other: recorded; the clock goes on
}

// metByDecision ends the receipt's and the decision's clocks, and what still
// waited for information of ours; a decision on a passed rung ends nothing.
func (t *tx) metByDecision(tr *takedown.Track, r *takedown.Reply) error {
	cur := tr.Current()
	if cur == nil || isPassed(tr, r) {
		return nil
	}
	if err := t.noLongerAsked(tr, cur); err != nil {
		return err
	}
	clocks, err := all[takedown.Clock](t)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if c.Track == tr.ID && c.Status == takedown.ClockRunning && (c.ID == cur.Clock || c.Rule == "C1") {
			if err := t.endClock(c.ID, takedown.ClockMet, "decided"); err != nil {
				return err
			}
		}
	}
	return nil
}

// refused ends the rung on a decision that left content where it is, all of it
// or a part, and starts the window, if any, within which the next rung must be
// taken: it runs from the day we were told. The two decisions have their
// endings' names.
func (t *tx) refused(tr *takedown.Track, r *takedown.Reply) error {
	if isPassed(tr, r) {
		return t.refusedLate(tr, r)
	}
	cur := tr.Current()
	if cur == nil {
		return nil
	}
	after, ending := cur.Rung, r.Decision
	if err := t.closeRungTasks(tr); err != nil {
		return err
	}
	if err := t.endRung(tr, ending); err != nil {
		return err
	}
	p, err := t.newPlanner(tr)
	if err != nil {
		return err
	}
	next, ok := p.ladder.Next(after, ending, p.facts...)
	if !ok {
		return nil
	}
	return t.startWindow(p, next, r)
}

// startWindow starts the time within which a rung that a decision opened must be
// taken, where the law sets one.
func (t *tx) startWindow(p *planner, next law.Rung, r *takedown.Reply) error {
	if next.Window == "" {
		return nil
	}
	tr := p.track
	base := takedown.Clock{Meta: takedown.Meta{Case: tr.Case}, Track: tr.ID, Document: r.Document}
	_, err := t.startClock(next.Window, r.ReceivedAt, p.countInput(next.Window, "decision_received"), base)
	return err
}
