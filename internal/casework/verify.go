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
// page alone. Whoever has that page's address must not hold the ladder up. The
// task is the item's, which other tracks may have too: it ends with none of them.
func (p *planner) askByHand(it *takedown.Item) (int, error) {
	err := p.t.openTask(takedown.Task{Kind: taskByHand, Owner: takedown.Specialist, Reason: whyByHand(it), Subject: it.ID})
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
	if !t.s.looks() || !it.Fetchable() || it.Status == takedown.ItemClaimed || it.Status == takedown.ItemGone || it.Status == takedown.ItemSettled {
		return false
	}
	n := len(it.Checks)
	return n == 0 || !it.Checks[n-1].At.Add(stillFresh).After(t.now)
}

// byHand says that the program cannot look at the item itself.
func (p *planner) byHand(it *takedown.Item) bool {
	return !p.t.s.looks() || !it.Fetchable() || untold(it) >= maxUnknown
}

// keepCheck adds a look to an item's last ones, with an entry, and how the page
// looked on which it read the data.
func (t *tx) keepCheck(it *takedown.Item, l look, ids []string) error {
	check := sayWhy(l.Check)
	addCheck(it, check)
	if check.Result == checkOnline {
		it.Seen, it.Showed = true, sound(l.Showed)
	}
	return t.log("item.checked", checkCode(check), ids)
}

func addCheck(it *takedown.Item, check takedown.Check) {
	it.Checks = append(it.Checks, check)
	if n := len(it.Checks); n > keptChecks {
		it.Checks = it.Checks[n-keptChecks:]
	}
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
