package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// Results of a look at a page.
const (
	checkGone    = "gone"
	checkOnline  = "online"
	checkEdited  = "edited" // the page stands, the data do not
	checkWalled  = "login_walled"
	checkBlocked = "geo_blocked"
	checkUnknown = "unknown"
)

// noMore says that a look found the data nowhere on the page.
func noMore(result string) bool { return result == checkGone || result == checkEdited }

// maxUnknown is how often we look again before a person must.
const maxUnknown = 3

// keptChecks bounds the checks kept with an item: its row stays small.
const keptChecks = 8

// claimed handles items of which somebody says that they are gone: they count
// as gone after two looks at least an hour apart.
func (p *planner) claimed() (step, bool, error) {
	var next time.Time
	claimed, byHand := 0, 0
	for _, it := range p.openItems() {
		if it.Status != takedown.ItemClaimed {
			continue
		}
		if p.byHand(it) {
			waits, err := p.askByHand(it)
			if err != nil {
				return step{}, false, err
			}
			claimed, byHand = claimed+waits, byHand+waits
			continue
		}
		claimed++
		at := nextCheck(it)
		if !at.After(p.t.now) {
			return step{next: goVerify}, true, nil
		}
		next = earlier(next, at)
	}
	if claimed == 0 {
		return step{}, false, nil
	}
	if byHand == claimed {
		return step{next: goGate, why: []string{"check_by_hand"}}, true, nil
	}
	return step{next: goDate, due: next, why: []string{"second_look"}}, true, nil
}

// askByHand asks a person to look at a claimed item, and says how many claims
// the track waits for by that: one, or none where it was made on a recipient's
// page alone. Whoever has that page's address must not hold the ladder up.
func (p *planner) askByHand(it *takedown.Item) (int, error) {
	err := p.t.openTask(takedown.Task{Kind: taskByHand, Owner: takedown.Specialist, Reason: whyByHand(it), Subject: it.ID, Track: p.track.ID})
	if err != nil || !it.OnPage {
		return 1, err
	}
	it.Status, it.OnPage = takedown.ItemPursued, false
	return 0, p.t.put(it)
}

// saysStill are the instruments that say that the content is still there.
var saysStill = []string{notice.T3, notice.T4, notice.T4b, notice.T7}

// stillFresh is how long a look holds for such a text.
const stillFresh = 24 * time.Hour

// looksFirst says that a page must be looked at before a text is drafted that
// says that it is still there: what is gone needs no reminder.
func (p *planner) looksFirst(rung law.Rung) bool {
	return slices.Contains(saysStill, rung.Instrument) && slices.ContainsFunc(p.openItems(), func(it *takedown.Item) bool { return p.t.unseen(it) })
}

// unseen says that nobody looked at an open page of late, and that the program
// can.
func (t *tx) unseen(it *takedown.Item) bool {
	if !t.s.looks() || it.SuspectedCSAM || it.LocationType != "url" || it.Status == takedown.ItemClaimed || it.Status == takedown.ItemGone || it.Status == takedown.ItemSettled {
		return false
	}
	n := len(it.Checks)
	return n == 0 || !it.Checks[n-1].At.Add(stillFresh).After(t.now)
}

// byHand says that the program cannot look at the item itself. Suspected
// child-abuse material is never fetched.
func (p *planner) byHand(it *takedown.Item) bool {
	if !p.t.s.looks() || it.SuspectedCSAM || it.LocationType != "url" {
		return true
	}
	unknown := 0
	for _, c := range sinceClaim(it) {
		if !noMore(c.Result) {
			unknown++
		}
	}
	return unknown >= maxUnknown
}

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

// nextCheck is when a claimed item may be looked at again.
func nextCheck(it *takedown.Item) time.Time {
	looks := sinceClaim(it)
	if len(looks) == 0 {
		return it.ClaimedAt
	}
	return looks[len(looks)-1].At.Add(afterHour)
}

// claim notes that somebody says that an item is gone: the page decides.
func (t *tx) claim(it *takedown.Item) error {
	if it.Status == takedown.ItemGone || it.Status == takedown.ItemSettled {
		return nil
	}
	it.Status, it.ClaimedAt, it.OnPage = takedown.ItemClaimed, t.now, false
	return t.put(it)
}

// dueForLook says that a page is to be fetched now: somebody says that it is
// gone, or a text is about to say that it is not.
func (t *tx) dueForLook(it *takedown.Item) bool {
	if it.Status == takedown.ItemClaimed {
		return !it.SuspectedCSAM && it.LocationType == "url" && !nextCheck(it).After(t.now)
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
	return t.applyCheck(tr, it, l.Check)
}

// applyCheck records a look. One that first finds a page gone is a claim, which
// a second look proves.
func (t *tx) applyCheck(tr *takedown.Track, it *takedown.Item, check takedown.Check) error {
	if it.Status == takedown.ItemGone {
		return t.watched(it, check)
	}
	if noMore(check.Result) && it.Status != takedown.ItemClaimed {
		if err := t.claim(it); err != nil {
			return err
		}
	}
	if err := t.keepCheck(it, check, idsOf(it.ID, trackID(tr))); err != nil {
		return err
	}
	switch {
	case check.Result == checkOnline && it.Status == takedown.ItemClaimed:
		onPage := it.OnPage
		it.Status, it.OnPage = takedown.ItemPursued, false
		if tr != nil && !onPage && answered(tr) {
			if err := t.endRung(tr, law.EndNoEffect); err != nil {
				return err
			}
		}
	case noMore(check.Result) && twiceGone(it):
		if err := t.isGone(it, check.Result, trackID(tr)); err != nil {
			return err
		}
	}
	return t.put(it)
}

// keepCheck adds a look to an item's last ones, with an entry.
func (t *tx) keepCheck(it *takedown.Item, check takedown.Check, ids []string) error {
	check = sayWhy(check)
	it.Checks = append(it.Checks, check)
	if n := len(it.Checks); n > keptChecks {
		it.Checks = it.Checks[n-keptChecks:]
	}
	it.Seen = it.Seen || check.Result == checkOnline
	return t.log("item.checked", checkCode(check), ids)
}

// isGone ends an item whose data two looks found no more, and has its page
// watched from then on. What the decision says to hold in a part of the world
// only is not gone.
func (t *tx) isGone(it *takedown.Item, result, track string) error {
	code := "removed"
	if result == checkEdited {
		code = "edited"
	}
	it.Status = takedown.ItemGone
	it.Outcome = &takedown.Outcome{Code: code, At: t.now, By: t.who.ID, Verified: true, Track: track}
	if err := t.asDecided(it); err != nil {
		return err
	}
	if err := t.watch(it); err != nil {
		return err
	}
	if err := t.closeTasks(taskByHand, it.ID); err != nil {
		return err
	}
	if it.Status != takedown.ItemGone {
		return t.log("item.outcome", it.Outcome.Code+":decision", idsOf(it.ID, track))
	}
	return t.log("item.gone", "verified", idsOf(it.ID, track))
}

// whyByHand says what the program met on a page that a person must look at.
func whyByHand(it *takedown.Item) string {
	if n := len(it.Checks); n > 0 {
		last := it.Checks[n-1]
		switch last.Result {
		case checkWalled, checkBlocked:
			return "page_" + last.Result
		}
		if last.Why != "" {
			return "page_not_read:" + last.Why
		}
	}
	return "page_not_read"
}

// answered says that the track stands on a rung whose document has left: only
// then can a page that is still there be its lack of effect.
func answered(tr *takedown.Track) bool {
	cur := tr.Current()
	return cur != nil && cur.Document != ""
}

func trackID(tr *takedown.Track) string {
	if tr == nil {
		return ""
	}
	return tr.ID
}

// idsOf drops empty ids.
func idsOf(ids ...string) []string {
	var out []string
	for _, id := range ids {
		if id != "" {
			out = append(out, id)
		}
	}
	return out
}

// twiceGone says that the last two looks since the claim found it no more, at
// least an hour apart.
func twiceGone(it *takedown.Item) bool {
	looks := sinceClaim(it)
	n := len(looks)
	return n >= 2 && noMore(looks[n-1].Result) && noMore(looks[n-2].Result) && looks[n-1].At.Sub(looks[n-2].At) >= afterHour
}

// itemOf is an item of this tx's case; not found otherwise.
func (t *tx) itemOf(id string) (*takedown.Item, error) {
	it, err := find[takedown.Item](t, id)
	if err != nil {
		return nil, err
	}
	if it == nil || it.Case != string(t.base.Stream) {
		return nil, noSuch(KindItem)
	}
	return it, nil
}
