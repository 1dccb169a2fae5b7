package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// passed says of a document that its track stands at a later rung, whose clock
// and course a word on that document no longer concerns, and how the rungs that
// it was at ended. A reminder is about the notice before it, and what was skipped or
// never arrived is no later word of ours. A rung that sends nothing is a later one
// too: a task or a route that was opened ends by what a person does, not by this.
func passed(tr *takedown.Track, document string) (endings []string, later bool) {
	at := slices.IndexFunc(tr.Rungs, func(r takedown.Taken) bool { return document != "" && r.Document == document })
	if at < 0 {
		return nil, false
	}
	for n, r := range tr.Rungs[at:] {
		if n > 0 && r.Instrument != notice.T3 && r.Skipped == "" && !r.Undelivered {
			return endings, true
		}
		endings = append(endings, r.Ending)
	}
	return endings, false
}

// isPassed says so of the document that a reply is about.
func isPassed(tr *takedown.Track, r *takedown.Reply) bool {
	_, later := passed(tr, r.Document)
	return later
}

// saysOtherwise says of a decision on a passed document that it differs from how
// that ended: a second refusal of a notice says nothing new, and that it was sent
// on changes nothing.
func saysOtherwise(tr *takedown.Track, document, decision string) bool {
	endings, later := passed(tr, document)
	return later && decision != "forwarded" && !slices.Contains(endings, decision)
}

// claimBy notes that a decision says that an item is gone. Where a later document
// waits for its own answer, one on a passed rung has the page looked at, and nothing
// else follows: a page that is still there is not that document's lack of effect.
func (t *tx) claimBy(tr *takedown.Track, r *takedown.Reply, it *takedown.Item) error {
	if isPassed(tr, r) {
		waits, err := t.answered(tr)
		switch {
		case err != nil:
			return err
		case waits && it.Status == takedown.ItemClaimed:
			return nil
		case waits:
			return t.claim(it, "")
		}
	}
	return t.claim(it, tr.ID)
}
