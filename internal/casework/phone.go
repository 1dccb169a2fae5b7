package casework

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// taskPhoneReview closes by a legal adviser's word on an approval by phone.
	taskPhoneReview = "review_phone_approval"
	// phoneReview is the clock within which that is due.
	phoneReview = "P20"
	// Bounds of the minutes within which a call is recorded.
	minPhoneMinutes = 5
	maxPhoneMinutes = 240
	maxApprovers    = 10
)

// PhoneApproval is the yes of a deputy approver who cannot come to a screen.
type PhoneApproval struct {
	Approver string    `json:"approver" maxLength:"60" doc:"One of the settings' phoneApproval.approvers."`
	CalledAt time.Time `json:"calledAt"`
}

// PhoneSettings say who may approve by phone in the urgent lane.
type PhoneSettings struct {
	Approvers []string `json:"approvers" maxItems:"10" doc:"Principals: legal advisers who can be called at any hour."`
	Minutes   int      `json:"minutes" minimum:"5" maximum:"240" doc:"Within how many minutes of the call it must be on record."`
}

// approveByPhone records an approval that somebody named in the settings gave by
// phone to a coordinator: in an urgent case alone, of exactly this content, by
// nobody who edited it or wrote it down, within the set time. The urgent lane
// skips much, never the legal yes; a legal adviser reviews it afterwards
// (issue "gates and guards").
func (t *tx) approveByPhone(tr *takedown.Track, d *takedown.Document, verdict *takedown.Approval, in PhoneApproval) error {
	c, err := load[takedown.Case](t, d.Case)
	if err != nil {
		return err
	}
	if !c.Flags.Urgent() {
		return state("the case is not urgent: a legal adviser decides at the screen")
	}
	set, err := t.settings()
	if err != nil {
		return err
	}
	if set.Phone == nil {
		return state("the settings name nobody who may approve by phone (phoneApproval)")
	}
	var b bad
	switch {
	case !slices.Contains(set.Phone.Approvers, in.Approver):
		b.add("/byPhone/approver", "is none of the settings' phoneApproval.approvers")
	case in.Approver == t.who.ID || slices.Contains(d.Editors, in.Approver):
		b.add("/byPhone/approver", "who edited the document or records the call does not approve it")
	}
	if len(b.fields) == 0 {
		if err := t.advises(&b, "/byPhone/approver", in.Approver); err != nil {
			return err
		}
	}
	called := second(in.CalledAt)
	switch {
	case in.CalledAt.IsZero():
		b.add("/byPhone/calledAt", "is needed")
	case called.Before(d.DraftedAt), called.Before(second(d.RevisedAt)):
		b.add("/byPhone/calledAt", "lies before the draft or its last edit: what was read out was another text")
	case called.Add(time.Duration(set.Phone.Minutes) * time.Minute).Before(t.now):
		b.add("/byPhone/calledAt", "lies longer back than the set %d minutes: call again", set.Phone.Minutes)
	}
	b.notFuture("/byPhone/calledAt", in.CalledAt, t.now)
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	verdict.By, verdict.RecordedBy, verdict.CalledAt = in.Approver, t.who.ID, called
	if err := t.approve(tr, d, verdict); err != nil {
		return err
	}
	return t.reviewPhone(tr, d)
}

// advises refuses a person whom this installation knows, by a token, and who has
// not the role of a legal adviser, or not any more. Whom a sign-in of its own
// vouches for it does not know: there the settings' list counts alone.
func (t *tx) advises(b *bad, pointer, person string) error {
	known, advises := false, false
	q := Query{Index: indexTokens, Partition: "all", Limit: maxPage}
	for {
		next, err := t.s.eachRecord(t.ctx, q, func(r Record) (bool, error) {
			tok, err := decode[takedown.Token](r)
			if err != nil || tok.Name != person {
				return false, err
			}
			known = true
			advises = advises || tok.RevokedAt.IsZero() && slices.Contains(tok.Roles, takedown.LegalAdviser)
			return false, nil
		})
		if err != nil {
			return err
		}
		if next == "" || advises {
			break
		}
		q.Cursor = next
	}
	if known && !advises {
		b.add(pointer, "does not have the role %s here", string(takedown.LegalAdviser))
	}
	return nil
}

// newApprovers holds whoever is named anew as an approver against the roles that
// are known; who was named before stops no other change of the settings.
func (t *tx) newApprovers(b *bad, in *PhoneSettings) error {
	if in == nil || len(b.fields) > 0 {
		return nil
	}
	set, err := t.settings()
	if err != nil {
		return err
	}
	for n, a := range in.Approvers {
		if set.Phone != nil && slices.Contains(set.Phone.Approvers, a) {
			continue
		}
		if err := t.advises(b, fmt.Sprintf("/phoneApproval/approvers/%d", n), a); err != nil {
			return err
		}
	}
	return nil
}

// reviewPhone starts the clock of the review and opens its task.
func (t *tx) reviewPhone(tr *takedown.Track, d *takedown.Document) error {
	clock, err := t.startClock(phoneReview, t.now, law.CountInput{Event: "approved"}, takedown.Clock{Track: tr.ID, Document: d.ID})
	if err != nil {
		return err
	}
	task := takedown.Task{
		Kind: taskPhoneReview, Owner: takedown.LegalAdviser, Reason: "approved_by_phone", Subject: d.ID, Track: tr.ID,
		Mandatory: true, Urgent: true, DueAt: clock.Due,
	}
	if err := t.openTask(task); err != nil {
		return err
	}
	return t.log("document.approved_by_phone", "", []string{d.ID, tr.ID, clock.ID})
}

// phoneReviewed ends the review's clock; too late is too late. Whoever said yes or wrote the call down
// does not review it. A legal adviser who edited the text may: the yes was
// another's, and the task's reason and the entry show who looked.
func (t *tx) phoneReviewed(task *takedown.Task) error {
	d, err := load[takedown.Document](t, task.Subject)
	if err != nil {
		return err
	}
	yes := cmp.Or(d.Approval, d.Lapsed)
	if yes != nil && (yes.RecordedBy == t.who.ID || yes.By == t.who.ID) {
		return takedown.Errorf(takedown.Forbidden, takedown.NameForbidden,
			"who approved the document or recorded the call does not review it; a coordinator records with noReviewer that nobody else may")
	}
	if slices.Contains(d.Editors, t.who.ID) {
		if err := t.log("phone_approval.reviewed_by_editor", "", []string{d.ID, task.ID}); err != nil {
			return err
		}
	}
	late := func(c *takedown.Clock) bool { return reviewOf(d.ID)(c) && t.now.After(c.Due) }
	if err := t.endEach(late, takedown.ClockExpired, "reviewed_late"); err != nil {
		return err
	}
	return t.endEach(reviewOf(d.ID), takedown.ClockMet, "reviewed")
}

// phoneNotReviewed records that no legal adviser is left who may review a yes by
// phone, so that its case can close: the clock is not met, and the history says
// who went past the review, and why.
func (t *tx) phoneNotReviewed(task *takedown.Task) error {
	if err := t.endEach(reviewOf(task.Subject), takedown.ClockSuperseded, "no_reviewer"); err != nil {
		return err
	}
	return t.log("phone_approval.not_reviewed", "no_reviewer", []string{task.Subject, task.ID})
}

func reviewOf(document string) func(*takedown.Clock) bool {
	return func(c *takedown.Clock) bool { return c.Document == document && c.Rule == phoneReview }
}

func (b *bad) phone(in *PhoneSettings) {
	if in == nil {
		return
	}
	if len(in.Approvers) == 0 || len(in.Approvers) > maxApprovers {
		b.add("/phoneApproval/approvers", "name 1 to %d", maxApprovers)
	}
	b.distinct("/phoneApproval/approvers", in.Approvers, maxApprovers)
	for n, a := range in.Approvers {
		at := fmt.Sprintf("/phoneApproval/approvers/%d", n)
		if b.principal(at, &a); a == "" {
			b.add(at, "is empty")
		}
	}
	if in.Minutes < minPhoneMinutes || in.Minutes > maxPhoneMinutes {
		b.add("/phoneApproval/minutes", "%d to %d minutes", minPhoneMinutes, maxPhoneMinutes)
	}
}
