package casework

import (
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// supersede takes a text back: another will stand in its place, or none. What a
// legal adviser had approved stays on record, as a person may have filed or
// handed it over before they hear of it.
func (t *tx) supersede(d *takedown.Document) error {
	d.Status, d.Lapsed, d.Approval = takedown.DocumentSuperseded, d.Approval, nil
	d.SupersededAt = t.now
	return t.put(d)
}

// giveUpDraft supersedes the text of a rung that is over, unless it has left or
// may be on its way: nobody decides on it any more, and it goes to nobody.
func (t *tx) giveUpDraft(tr *takedown.Track, cur *takedown.Taken) error {
	if cur == nil || cur.Document == "" {
		return nil
	}
	d, err := load[takedown.Document](t, cur.Document)
	if err != nil {
		return err
	}
	switch d.Status {
	case takedown.DocumentPending, takedown.DocumentRejected, takedown.DocumentApproved:
	default:
		return nil
	}
	if last, err := t.lastDispatch(d); err != nil || last != nil && last.Status == takedown.DispatchIntended && !last.LeaseUntil.IsZero() {
		return err
	}
	if err := t.supersede(d); err != nil {
		return err
	}
	return t.log("document.superseded", "rung_ended", []string{d.ID, tr.ID})
}

// mayDecide refuses a decision on what is not the text that waits for one.
func (t *tx) mayDecide(tr *takedown.Track, d *takedown.Document, hash string) error {
	switch {
	case d.Status == takedown.DocumentSuperseded:
		return state("the document is superseded: it goes to nobody, and there is nothing to decide")
	case d.Status != takedown.DocumentPending && d.Status != takedown.DocumentRejected:
		return state("the document is %s: there is nothing to decide", d.Status)
	case !ownForm(d) && overFor(tr, d):
		return state("the document's rung has ended: it goes to nobody, and there is nothing to decide")
	case hash != d.ContentHash:
		return state("the document has changed: its content hash is another one now")
	}
	return nil
}

// draftedAgain says when a text whose facts changed is drafted anew.
func draftedAgain(tr *takedown.Track) string {
	if tr.Status == takedown.TrackHeld {
		return "it is drafted again once the track is resumed"
	}
	return "it is being drafted again"
}

// overFor says that a track does not stand at a document's rung any more.
func overFor(tr *takedown.Track, d *takedown.Document) bool {
	cur := tr.Current()
	return tr.Ended() || cur == nil || cur.Document != d.ID
}

// taskEditsDropped says that a text which a person had changed by hand was
// drafted anew without the change; its subject is the old document, which stays
// readable.
const taskEditsDropped = "edits_dropped"

// replace supersedes a text that another is drafted for, and tells who changed
// it by hand: the new one knows nothing of that.
func (t *tx) replace(d *takedown.Document, reason string) error {
	if err := t.supersede(d); err != nil || len(d.Editors) == 0 {
		return err
	}
	return t.openTask(takedown.Task{Kind: taskEditsDropped, Owner: takedown.Specialist, Reason: reason, Subject: d.ID, Track: d.Track})
}

// actedOn lets a person record what they did with a document while its approval
// stood, though it was superseded before they recorded it: the addressee has it,
// and their clock runs. A second text to them would be one notice too many
// (art. 23(2) DSA).
func (t *tx) actedOn(tr *takedown.Track, d *takedown.Document, at time.Time) error {
	if d.Status != takedown.DocumentSuperseded || d.Lapsed == nil || d.Dispatches > 0 {
		return t.approvedNow(tr, d)
	}
	if at.Before(d.Lapsed.At.Add(-time.Minute)) || at.After(d.SupersededAt) {
		return state("the document is superseded; it was approved from %s to %s only: record what was done then, or use the text in its place",
			d.Lapsed.At.UTC().Format(time.RFC3339), d.SupersededAt.UTC().Format(time.RFC3339))
	}
	d.Approval, d.Lapsed, d.SupersededAt = d.Lapsed, nil, time.Time{}
	return t.takeUpAgain(tr, d)
}

// takeUpAgain puts a document in the place of the one that was to follow it on
// its rung, if that one has not left as well.
func (t *tx) takeUpAgain(tr *takedown.Track, d *takedown.Document) error {
	cur := tr.Current()
	if cur == nil || cur.Rung != d.Rung || tr.Ended() {
		return nil // the ladder went on: what was done is on record, and nothing follows
	}
	if cur.Document != "" {
		next, err := load[takedown.Document](t, cur.Document)
		if err != nil || next.Dispatches > 0 {
			return err
		}
		if err := t.replace(next, "left_before"); err != nil {
			return err
		}
		if err := t.log("document.superseded", "left_before", []string{next.ID, d.ID, tr.ID}); err != nil {
			return err
		}
	}
	cur.Document = d.ID
	return nil
}
