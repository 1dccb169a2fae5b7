package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// passed says of a document that its track stands at a later rung, whose clock
// and course a word on that document no longer concerns, and how the rungs that
// it was at ended. A reminder is about the notice before it, and what was skipped or
// never arrived is no later word of ours. A rung that sends nothing is a later one
// too: a task or a route that was opened ends by what a person does, not by this.
func passed(tr *takedown.Track, document string) (endings []string, later bool) {
	at := rungOf(tr, document)
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

// rungOf is the first of a track's rungs at which a document stood, -1 for none.
func rungOf(tr *takedown.Track, document string) int {
	return slices.IndexFunc(tr.Rungs, func(r takedown.Taken) bool { return document != "" && r.Document == document })
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

// decidedOn is the instrument that a decision is about: the named document's, else
// what the track stands at; "" for nothing.
func decidedOn(tr *takedown.Track, r *takedown.Reply) string {
	if at := rungOf(tr, r.Document); at >= 0 {
		return tr.Rungs[at].Instrument
	}
	if cur := tr.Current(); cur != nil {
		return cur.Instrument
	}
	return ""
}

// refusedLate takes up a refusal that came after its term: where nothing but a
// person's choice has followed, the ladder goes on from the refusal, as if it had
// come in time (an online platform's leads to art. 20 DSA, domain.md §1.7). A
// later document of ours runs its own course.
func (t *tx) refusedLate(tr *takedown.Track, r *takedown.Reply) error {
	if tr.Ended() {
		return nil
	}
	p, err := t.newPlanner(tr)
	if err != nil {
		return err
	}
	at := rungOf(tr, r.Document)
	for _, taken := range tr.Rungs[at+1:] {
		if taken.Instrument != "" && taken.Instrument != notice.T3 {
			return nil
		}
	}
	next, ok := p.ladder.Next(tr.Rungs[at].Rung, r.Decision, p.facts...)
	if !ok || next.Action != law.ActDocument || next.Once && p.taken(next.ID) {
		return nil
	}
	if cur := tr.Current(); cur != nil {
		rung, _ := p.ladder.Rung(cur.Rung)
		if err := t.closeTasks(rung.TaskKind, tr.ID); err != nil {
			return err
		}
		cur.Skipped = t.who.ID // not taken: after the complaint it is a person's choice again
		if err := t.endRung(tr, law.EndCancelled); err != nil {
			return err
		}
	}
	if err := t.closeTasks(taskNextRoute, tr.ID); err != nil {
		return err
	}
	tr.Exhausted = false
	if err := p.take(next, next.ID+":refused_late", r.ID); err != nil {
		return err
	}
	return t.startWindow(p, next, r)
}

// saidAgain says of a decision on a passed document that it was made before: it is
// counted once.
func (t *tx) saidAgain(tr *takedown.Track, r *takedown.Reply) (bool, error) {
	if !isPassed(tr, r) {
		return false, nil
	}
	replies, err := all[takedown.Reply](t)
	return slices.ContainsFunc(replies, func(b *takedown.Reply) bool {
		return b.ID != r.ID && b.Document == r.Document && b.Kind == "decision" && b.Decision == r.Decision && b.Status == takedown.ReplyClassified
	}), err
}
