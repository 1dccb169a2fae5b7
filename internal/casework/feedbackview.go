package casework

import (
	"slices"
	"time"

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

// restricted stands where something is secret for a while.
const restricted = "restricted"

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
	return t.log("feedback.given", restricted, ids, sum)
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
