package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// stillThere is the answer of whoever looked by hand and saw the content.
const stillThere = "still_there"

// sinceClaim are the looks since the item was last said to be gone.
func sinceClaim(it *takedown.Item) []takedown.Check {
	var out []takedown.Check
	for _, c := range it.Checks {
		if !c.At.Before(it.ClaimedAt) {
			out = append(out, c)
		}
	}
	return out
}

// untold counts the looks since the claim that did not find it gone.
func untold(it *takedown.Item) int {
	n := 0
	for _, c := range sinceClaim(it) {
		if !noMore(c.Result) {
			n++
		}
	}
	return n
}

// nextCheck is when a claimed item may be looked at again.
func nextCheck(it *takedown.Item) time.Time {
	looks := sinceClaim(it)
	if len(looks) == 0 {
		return it.ClaimedAt
	}
	return looks[len(looks)-1].At.Add(afterHour)
}

// twiceGone says that the last two looks since the claim found it no more, at
// least an hour apart.
func twiceGone(it *takedown.Item) bool {
	looks := sinceClaim(it)
	n := len(looks)
	return n >= 2 && noMore(looks[n-1].Result) && noMore(looks[n-2].Result) && looks[n-1].At.Sub(looks[n-2].At) >= afterHour
}

// claim notes that somebody says that an item is gone: the page decides. by is
// the track whose addressee says so, "" for a look of our own and for a
// recipient's page.
func (t *tx) claim(it *takedown.Item, by string) error {
	if it.Status == takedown.ItemGone || it.Status == takedown.ItemSettled {
		return nil
	}
	if it.Status != takedown.ItemClaimed && !(atIntake(it) && !it.WatchAt.IsZero()) {
		it.ClaimedBy = nil
	}
	if by != "" && !slices.Contains(it.ClaimedBy, by) {
		it.ClaimedBy = append(it.ClaimedBy, by)
	}
	it.ClaimedAt, it.OnPage, it.WatchAt = t.now, false, time.Time{}
	if atIntake(it) { // the intake goes on with it: the sweep looks
		it.WatchAt = t.now
	} else {
		it.Status = takedown.ItemClaimed
	}
	return t.put(it)
}

// atIntake says that an item is not pursued yet, although a track may have it: a
// report and a relay to a flagger wait for no assessment.
func atIntake(it *takedown.Item) bool {
	return it.Status == takedown.ItemReported || it.Status == takedown.ItemAssessed
}

// dueForLook says that a page is to be fetched now: somebody says that it is
// gone, or a text is about to say that it is not.
func (t *tx) dueForLook(it *takedown.Item) bool {
	if it.Status == takedown.ItemClaimed {
		return it.Fetchable() && !nextCheck(it).After(t.now)
	}
	return t.unseen(it)
}

// checked records a look and what follows from it.
func (t *tx) checked(tr *takedown.Track, l look) error {
	it, err := load[takedown.Item](t, l.Item)
	if err != nil {
		return err
	}
	if !t.dueForLook(it) {
		return nil // another invocation was faster
	}
	return t.applyCheck(tr, it, l)
}

// tracked says that a track that has not ended has an item; tr is the one that
// asks, nil for none.
func (t *tx) tracked(tr *takedown.Track, it *takedown.Item) (bool, error) {
	has := func(tr *takedown.Track) bool { return !tr.Ended() && slices.Contains(tr.Items, it.ID) }
	if tr != nil && has(tr) {
		return true, nil
	}
	tracks, err := all[takedown.Track](t)
	return slices.ContainsFunc(tracks, has), err
}

// applyCheck records a look. One that first finds a page gone is a claim, which
// a second look proves. tr is the track that had it looked at, nil for a person
// and for the sweep.
func (t *tx) applyCheck(tr *takedown.Track, it *takedown.Item, l look) error {
	if it.Status == takedown.ItemGone {
		return t.watched(it, l)
	}
	held, err := t.tracked(tr, it)
	if err != nil {
		return err
	}
	if !held || atIntake(it) {
		return t.lookedAlone(it, l)
	}
	since, again := it.ClaimedAt, !it.WatchAt.IsZero()
	it.WatchAt = time.Time{} // the track looks from here on
	if noMore(l.Check.Result) && it.Status != takedown.ItemClaimed {
		if err := t.claim(it, ""); err != nil {
			return err
		}
		if again {
			it.ClaimedAt = since
		}
	}
	if err := t.keepCheck(it, l, idsOf(it.ID, trackID(tr))); err != nil {
		return err
	}
	switch {
	case l.Check.Result == checkOnline && it.Status == takedown.ItemClaimed:
		if err := t.notGone(tr, it); err != nil {
			return err
		}
	case noMore(l.Check.Result) && twiceGone(it):
		if err := t.isGone(it, l.Check.Result, trackID(tr)); err != nil {
			return err
		}
	}
	return t.put(it)
}

// lookedAlone records a look at an item that no track has: the intake goes on
// with it, so nothing but its end changes its status. What is found gone is
// looked at again in an hour, by the sweep.
func (t *tx) lookedAlone(it *takedown.Item, l look) error {
	again, settled := !it.WatchAt.IsZero(), it.Status == takedown.ItemSettled
	if noMore(l.Check.Result) && !again && !settled {
		it.ClaimedAt = t.now
	}
	if err := t.keepCheck(it, l, []string{it.ID}); err != nil {
		return err
	}
	switch {
	case noMore(l.Check.Result) && twiceGone(it):
		if err := t.isGone(it, l.Check.Result, ""); err != nil {
			return err
		}
		if settled {
			break
		}
		if err := t.endedAlone(it); err != nil {
			return err
		}
	case settled:
	case noMore(l.Check.Result):
		it.WatchAt = t.now.Add(afterHour)
	case l.Check.Result == checkOnline:
		if it.WatchAt = (time.Time{}); it.Status == takedown.ItemClaimed || len(it.ClaimedBy) > 0 { // of a track that has ended, or of one before the intake
			if err := t.notGone(nil, it); err != nil {
				return err
			}
		}
	case again && untold(it) < maxUnknown:
		it.WatchAt = t.now.Add(afterHour)
	case again:
		it.WatchAt = time.Time{}
		if err := t.openTask(takedown.Task{Kind: taskByHand, Owner: takedown.Specialist, Reason: whyByHand(it), Subject: it.ID}); err != nil {
			return err
		}
	}
	return t.put(it)
}

// endedAlone is what follows where the end of an item ends no track.
func (t *tx) endedAlone(it *takedown.Item) error {
	for _, kind := range []string{taskFindContact, "confirm_assessment"} {
		if err := t.closeTasks(kind, it.ID); err != nil {
			return err
		}
	}
	return t.offerClosing()
}

// notGone: what was said to be gone is there. Each track whose addressee said so
// goes on without effect; another's rung waits for its own addressee. tr is the
// track that looked, nil for none: it need not be woken.
func (t *tx) notGone(tr *takedown.Track, it *takedown.Item) error {
	by := it.ClaimedBy
	if it.OnPage, it.ClaimedBy = false, nil; !atIntake(it) {
		it.Status = takedown.ItemPursued
	}
	if err := t.closeTasks(taskByHand, it.ID); err != nil {
		return err
	}
	for _, id := range by {
		said, err := find[takedown.Track](t, id)
		if err != nil {
			return err
		}
		if said == nil || said.Ended() {
			continue
		}
		answered, err := t.answered(said)
		if err != nil {
			return err
		}
		if !answered {
			continue
		}
		if err := t.endRung(said, law.EndNoEffect); err != nil {
			return err
		}
		if said.ID != trackID(tr) {
			t.wakeTrack(said)
		}
	}
	return nil
}

// answered says that the track stands on a rung whose document its addressee
// has: only then can a page that is still there be its lack of effect.
func (t *tx) answered(tr *takedown.Track) (bool, error) {
	cur := tr.Current()
	if cur == nil || cur.Document == "" {
		return false, nil
	}
	d, err := load[takedown.Document](t, cur.Document)
	return err == nil && d.Status == takedown.DocumentDelivered, err
}

// letGo has the pages looked at again that a track leaves behind claimed, where
// no other has them: one look alone is not believed, and the claim was its own.
func (t *tx) letGo(tr *takedown.Track) error {
	items, err := all[takedown.Item](t)
	if err != nil {
		return err
	}
	for _, it := range items {
		if it.Status != takedown.ItemClaimed || !slices.Contains(tr.Items, it.ID) {
			continue
		}
		held, err := t.tracked(nil, it)
		if err != nil {
			return err
		}
		if held {
			continue
		}
		it.Status, it.OnPage, it.ClaimedBy = takedown.ItemPursued, false, nil
		if it.Fetchable() {
			if it.WatchAt = nextCheck(it); it.WatchAt.Before(t.now) {
				it.WatchAt = t.now
			}
		}
		if err := t.put(it); err != nil {
			return err
		}
	}
	return nil
}

// mayAnswerByHand refuses to end the task to look by hand without an answer,
// where a track waits for one.
func (t *tx) mayAnswerByHand(task *takedown.Task, in TaskCompletion) error {
	it, err := t.itemOf(task.Subject)
	if err != nil || it.Status != takedown.ItemClaimed || in.Reason == stillThere {
		return err
	}
	return state("put the item's outcome if it is gone, which closes this task, or complete it with the reason %s", stillThere)
}

// seenByHand records that a person looked and saw the content: what was said to
// be gone is not, and what was gone came back.
func (t *tx) seenByHand(c *takedown.Case, task *takedown.Task, in TaskCompletion) error {
	if in.Reason != stillThere {
		return nil
	}
	it, err := t.itemOf(task.Subject)
	if err != nil {
		return err
	}
	addCheck(it, takedown.Check{At: t.now, Result: checkOnline})
	if err := t.log("item.checked", checkOnline+":by_hand", []string{it.ID}); err != nil {
		return err
	}
	switch it.Status {
	case takedown.ItemGone:
		return t.cameBack(c, it)
	case takedown.ItemClaimed, takedown.ItemReported, takedown.ItemAssessed:
		it.WatchAt = time.Time{}
		if err := t.notGone(nil, it); err != nil {
			return err
		}
	}
	return t.put(it)
}
