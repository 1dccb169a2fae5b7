package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/takedown"
)

// reportedOn takes what a delivery report (RFC 3464) proves beside a bounce: a
// mail that a server says it has or still tries to deliver did leave, so an
// uncertain dispatch was sent; and one that every recipient's server took has
// been accepted. It sends nothing and ends no wait. A report that carries no
// more than a reference proves nothing: anybody can write one.
func (t *tx) reportedOn(r *takedown.Reply, in *mailRead) error {
	delivered, delayed := reported(in.verdict)
	if in.weak() || !delivered && !delayed {
		return nil
	}
	d, err := load[takedown.Document](t, r.Document)
	if err != nil {
		return err
	}
	n, err := t.dispatchOf(d, in.match.Target)
	if err != nil || n == nil || n.ID != d.LastDispatch {
		return err
	}
	if t.openEnd(d, n) {
		tr, err := t.trackOf(d)
		if err != nil {
			return err
		}
		n.Status = takedown.DispatchSent
		if err := t.delivered(tr, d, n, n.IntendedAt, "mailed"); err != nil {
			return err
		}
	}
	if !delivered || n.Status != takedown.DispatchSent || !n.AcceptedAt.IsZero() {
		return nil
	}
	n.AcceptedAt = r.ReceivedAt
	if err := t.put(n); err != nil {
		return err
	}
	return t.log("dispatch.accepted", "report", []string{n.ID, d.ID, r.ID})
}

// reported says whether a report tells that all its recipients have the mail,
// or that it is still on its way.
func reported(v correspondence.Verdict) (delivered, delayed bool) {
	if len(v.Deliveries) == 0 {
		return false, false
	}
	is := func(want correspondence.Permanence) bool {
		return !slices.ContainsFunc(v.Deliveries, func(d correspondence.Delivery) bool { return d.Permanence != want })
	}
	return v.Report && is(correspondence.Delivered), v.Kind == correspondence.KindBounce && is(correspondence.Delayed)
}
