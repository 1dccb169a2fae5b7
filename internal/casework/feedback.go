package casework

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// FeedbackInput is the body of POST /v1/tracks/{track}/feedback: what police,
// prosecutor, examining judge or provider said of an order request.
type FeedbackInput struct {
	Status          string    `json:"status" enum:"received,forwarded,authorisation_requested,authorised,heard,ordered,executed,refused,impossible,withdrawn,unknown_confidential"`
	By              string    `json:"by" enum:"police,ovj,rc,provider" doc:"Whose word it is; ordered is the officier van justitie's (ovj) alone."`
	At              time.Time `json:"at"`
	Reference       string    `json:"reference,omitempty" maxLength:"120"`
	Reason          string    `json:"reason,omitempty" maxLength:"1000" doc:"Sealed; needed where it contradicts an earlier executed, refused, impossible or withdrawn."`
	RestrictedUntil time.Time `json:"restrictedUntil,omitzero" doc:"Secret until then (art. 125p(5) Sv): the employee is not told, and only coordinator, legal adviser and liaison see it."`
}

var feedbackRoles = []takedown.Role{takedown.Liaison, takedown.LegalAdviser}

// GiveFeedback records feedback on an order request. executed claims the
// items, which are then verified on the page; a refusal ends the rung; word on
// the way starts the policy clock anew. Roles: liaison, legal adviser.
func (s *Service) GiveFeedback(ctx context.Context, who takedown.Principal, track string, in FeedbackInput) (string, error) {
	var id string
	err := s.onTrackBy(ctx, who, track, feedbackRoles, func(t *tx, tr *takedown.Track) error {
		if err := refuseAll(checkFeedback(in, t.now)); err != nil {
			return err
		}
		cur, at, err := t.handedOver(tr)
		if err != nil {
			return err
		}
		if err := t.checkOrder(tr, in, at); err != nil {
			return err
		}
		f := &takedown.Feedback{
			Meta: takedown.Meta{Case: tr.Case}, Track: tr.ID, Status: in.Status, By: in.By,
			At: in.At.UTC().Truncate(time.Second), Reference: in.Reference, RestrictedUntil: second(in.RestrictedUntil),
		}
		if f.Reason, err = t.sealText(f, "reason", in.Reason); err != nil {
			return err
		}
		if err := t.put(f); err != nil {
			return err
		}
		id = f.ID
		t.done(201, f.ID)
		if err := t.logFeedback(tr, f); err != nil {
			return err
		}
		if err := t.touch(); err != nil { // what is pending holds letters to the provider
			return err
		}
		return t.applyFeedback(tr, cur, f)
	})
	return id, err
}

// handedOver is the rung whose request the police have, and since when: feedback
// may come after our own patience ran out and the ladder went on to ask.
func (t *tx) handedOver(tr *takedown.Track) (*takedown.Taken, time.Time, error) {
	if !tr.Ended() {
		for i := len(tr.Rungs) - 1; i >= 0; i-- {
			if tr.Rungs[i].Document == "" {
				continue
			}
			d, err := load[takedown.Document](t, tr.Rungs[i].Document)
			if err != nil {
				return nil, time.Time{}, err
			}
			if d.Channel != "police" || d.Status != takedown.DocumentDelivered {
				continue
			}
			n, err := load[takedown.Dispatch](t, d.LastDispatch)
			if err != nil {
				return nil, time.Time{}, err
			}
			return &tr.Rungs[i], n.At, nil
		}
	}
	return nil, time.Time{}, state("the track has no request that was handed over and that feedback could be about")
}

func checkFeedback(in FeedbackInput, now time.Time) []takedown.FieldError {
	var b bad
	b.oneOf("/status", in.Status, feedbackStatuses)
	b.oneOf("/by", in.By, []string{"police", "ovj", "rc", "provider"})
	if in.At.IsZero() {
		b.add("/at", "is needed")
	}
	b.notFuture("/at", in.At, now)
	if !in.RestrictedUntil.IsZero() && !in.RestrictedUntil.After(now) {
		b.add("/restrictedUntil", "lies in the past: leave it out")
	}
	if in.Status == "ordered" && slices.Contains([]string{"police", "rc", "provider"}, in.By) {
		b.add("/by", "an order is the officier van justitie's, with the rechter-commissaris' authorisation (art. 125p Sv): ovj")
	}
	b.atMost("/reference", in.Reference, 120)
	b.atMost("/reason", in.Reason, 1000)
	return b.fields
}

// finalFeedback is after which nothing else is expected.
var finalFeedback = []string{"executed", "refused", "impossible", "withdrawn"}

// checkOrder holds feedback to the request's own course: nothing is said of it
// before the police had it, and what contradicts a final word says why.
func (t *tx) checkOrder(tr *takedown.Track, in FeedbackInput, handedOver time.Time) error {
	var b bad
	at := second(in.At)
	if at.Before(second(handedOver)) {
		b.add("/at", "lies before the request was handed over, %s", handedOver.UTC().Format(time.RFC3339))
	}
	said, err := all[takedown.Feedback](t)
	if err != nil {
		return err
	}
	for _, f := range said {
		if f.Track == tr.ID && slices.Contains(finalFeedback, f.Status) && f.Status != in.Status && !f.At.After(at) {
			b.reasonAgainst(in.Reason, f)
			break
		}
	}
	return refuseAll(b.fields)
}

// reasonAgainst wants a reason for what contradicts an earlier final status.
func (b *bad) reasonAgainst(reason string, f *takedown.Feedback) {
	if len(checkReason("/reason", reason)) > 0 {
		b.add("/reason", "the request was %s on %s already: say in 3 to %d characters why this holds now", f.Status, f.At.UTC().Format(time.DateOnly), maxReason)
	}
}

// feedbackStatuses are api.md's.
var feedbackStatuses = []string{
	"received", "forwarded", "authorisation_requested", "authorised", "heard", "ordered", "executed",
	"refused", "impossible", "withdrawn", "unknown_confidential",
}

func (t *tx) applyFeedback(tr *takedown.Track, cur *takedown.Taken, f *takedown.Feedback) error {
	tr.Feedback = f.Status
	t.wakeTrack(tr)
	if err := t.put(tr); err != nil {
		return err
	}
	if f.Status == "executed" {
		return t.executed(tr, cur)
	}
	if ending, ends := endsOrder(f.Status); ends {
		if err := t.endRunning(cur.Clock, "feedback"); err != nil {
			return err
		}
		if cur.Ending != "" { // the ladder asked meanwhile: a person draws the conclusion
			return nil
		}
		if f.RestrictedUntil.After(t.now) {
			return t.endRungAs(tr, ending, restricted)
		}
		return t.endRung(tr, ending)
	}
	return t.restartPolicyClock(tr, cur, f)
}

// executed says that the order was carried out: the pages decide.
func (t *tx) executed(tr *takedown.Track, cur *takedown.Taken) error {
	if err := t.endRunning(cur.Clock, "executed"); err != nil {
		return err
	}
	for _, id := range tr.Items {
		it, err := load[takedown.Item](t, id)
		if err != nil {
			return err
		}
		if err := t.claim(it, tr.ID); err != nil {
			return err
		}
	}
	return nil
}

// restartPolicyClock counts our own patience from the last word we had, each
// with the length that the ladder gives it. A clock's rule would tell what is
// secret: then it is the rung's own.
func (t *tx) restartPolicyClock(tr *takedown.Track, cur *takedown.Taken, f *takedown.Feedback) error {
	if cur.Clock == "" {
		return nil
	}
	old, err := load[takedown.Clock](t, cur.Clock)
	if err != nil || old.Status != takedown.ClockRunning || old.Nature != "policy" {
		return err
	}
	if err := t.endClock(old.ID, takedown.ClockSuperseded, "feedback"); err != nil {
		return err
	}
	p, err := t.newPlanner(tr)
	if err != nil {
		return err
	}
	rung, _ := p.ladder.Rung(cur.Rung)
	rule := cmp.Or(rung.Feedback[f.Status], rung.Clock, old.Rule)
	if f.RestrictedUntil.After(t.now) {
		rule = cmp.Or(rung.Clock, old.Rule)
	}
	base := takedown.Clock{Meta: takedown.Meta{Case: tr.Case}, Track: tr.ID, Document: cur.Document, Supersedes: old.ID}
	c, err := t.startClock(rule, f.At, p.countInput(rule, "feedback"), base)
	if err != nil {
		return err
	}
	cur.Clock = c.ID
	return t.put(tr)
}

// endsOrder maps a final feedback to the ending of its rung.
func endsOrder(status string) (string, bool) {
	switch {
	case slices.Contains([]string{"refused", "impossible", "withdrawn"}, status):
		return law.EndRefused, true
	case status == "unknown_confidential":
		return law.EndUnknown, true
	}
	return "", false
}

// endRunning ends a clock as met, if there is one and it runs.
func (t *tx) endRunning(id, reason string) error {
	if id == "" {
		return nil
	}
	c, err := load[takedown.Clock](t, id)
	if err != nil || c.Status != takedown.ClockRunning {
		return err
	}
	return t.endClock(id, takedown.ClockMet, reason)
}
