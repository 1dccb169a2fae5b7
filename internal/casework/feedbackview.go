package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// FeedbackView is what was said of an order request, without the reason.
type FeedbackView struct {
	ID              string    `json:"id"`
	Status          string    `json:"status"`
	By              string    `json:"by"`
	At              time.Time `json:"at"`
	Reference       string    `json:"reference,omitempty"`
	ReasonSealed    bool      `json:"reasonSealed,omitempty"`
	RestrictedUntil time.Time `json:"restrictedUntil,omitzero"`
}

// toldFeedback see what the police asked to keep secret for a while: who deals
// with them, and who must know what not to tell.
var toldFeedback = []takedown.Role{takedown.Liaison, takedown.LegalAdviser, takedown.Coordinator}

// logFeedback writes what was said. What is secret stands in the history, which
// is exported and is for ever, as a keyed hash alone.
func (t *tx) logFeedback(tr *takedown.Track, f *takedown.Feedback) error {
	ids := []string{f.ID, tr.ID}
	if !f.RestrictedUntil.After(t.now) {
		return t.log("feedback.given", f.By+":"+f.Status, ids)
	}
	sum, err := t.mac("feedback", []byte(f.ID+"\x00"+f.By+":"+f.Status))
	if err != nil {
		return err
	}
	if err := t.remind("feedback_may_be_told", takedown.Coordinator, f.ID, f.RestrictedUntil); err != nil {
		return err
	}
	return t.log("feedback.given", "restricted", ids, sum)
}

// feedbackOf is what was said of a track's request, oldest first, as far as the
// reader may see it now; last is the last of it.
func (t *tx) feedbackOf(tr *takedown.Track) (list []FeedbackView, last string, err error) {
	said, err := all[takedown.Feedback](t)
	if err != nil {
		return nil, "", err
	}
	told := t.who.Has(toldFeedback...)
	said = slices.DeleteFunc(said, func(f *takedown.Feedback) bool {
		return f.Track != tr.ID || !told && f.RestrictedUntil.After(t.now)
	})
	slices.SortStableFunc(said, func(a, b *takedown.Feedback) int { return a.At.Compare(b.At) })
	for _, f := range said {
		list = append(list, FeedbackView{f.ID, f.Status, f.By, f.At, f.Reference, !f.Reason.Empty(), f.RestrictedUntil})
		last = f.Status
	}
	return list, last, nil
}

// orderPending says that a provider is the subject of a request for an order
// which the police have and on which nothing final was said.
func (p *planner) orderPending(provider string) (since time.Time, pending bool, err error) {
	tracks, err := all[takedown.Track](p.t)
	if err != nil {
		return since, false, err
	}
	for _, tr := range tracks {
		if tr.Route != routeOrder || tr.Provider != provider || tr.ID == p.track.ID || !p.sharesItems(tr) {
			continue
		}
		if tr.Status == takedown.TrackDone || tr.Status == takedown.TrackStopped {
			continue
		}
		if _, ends := endsOrder(tr.Feedback); ends || tr.Feedback == "executed" {
			continue
		}
		d, err := p.lastDelivered(tr)
		if err != nil || d == nil {
			return since, false, err
		}
		n, err := p.t.lastDispatch(d)
		if err != nil || n == nil {
			return since, false, err
		}
		return n.At, true, nil
	}
	return since, false, nil
}

// orderGate holds a reminder to a provider while an order against it is pending,
// until the police said since that it may go (domain.md §8, secrecy).
func (p *planner) orderGate(g *gate) error {
	if cur := p.track.Current(); cur == nil || cur.Instrument != notice.T3 {
		return nil
	}
	since, pending, err := p.orderPending(p.track.Contact)
	if err != nil || !pending {
		return err
	}
	a, err := p.t.alignment()
	if err != nil {
		return err
	}
	if a == nil || a.Status != "answered" || !a.MayNotify || !a.AnsweredAt.After(since) {
		g.block("order_pending", time.Time{})
	}
	return nil
}
