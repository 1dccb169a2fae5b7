package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// intended looks at a send whose end is not recorded. Inside its lease nothing
// is done; after it nobody knows whether the addressee has it (design §6).
func (p *planner) intended(d *takedown.Document, last *takedown.Dispatch) (step, bool, error) {
	if left := p.t.s.leaseLeft(last.LeaseUntil); left > 0 {
		return p.inFlight(d, left), true, nil
	}
	return step{}, false, p.t.markUncertain(d, last, "lease_over")
}

// inFlight waits for the rest of a lease. The lease runs in host time, the wait
// in case time: its date is worked out once and then kept, or every look would
// find another date, end the wait and plan it again without a pause.
func (p *planner) inFlight(d *takedown.Document, left time.Duration) step {
	st := step{next: goDate, document: d.ID, due: p.t.now.Add(left + time.Second), why: []string{"send_in_flight"}}
	if w := p.track.Wait; w != nil && w.Kind == st.next && slices.Equal(w.Why, st.why) && w.Due.After(p.t.now) {
		st.due = w.Due
	}
	return st
}

// uncertain waits for whoever can say whether it was sent: nothing is sent
// again by itself.
func (p *planner) uncertain(d *takedown.Document) (step, bool, error) {
	err := p.t.openTask(settleTask(d)) // of an urgent case it is urgent
	return step{next: goReply, document: d.ID, why: []string{"dispatch_uncertain"}}, true, err
}

// settleTask asks a person whether a document left.
func settleTask(d *takedown.Document) takedown.Task {
	return takedown.Task{Kind: "settle_dispatch", Owner: takedown.Specialist, Reason: "uncertain", Subject: d.ID, Track: d.Track}
}
