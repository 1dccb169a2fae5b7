package casework

import (
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// taskOldRung asks whether a rung is still right that follows something old.
const taskOldRung = "consider_old_rung"

// tooOld holds a rung whose upper age has passed (law.Rung.UpperAgeDays, our
// own figures): nothing is drafted and no route opened until a person looked.
// The task's completion lets the rung be taken as it is; whoever does not want
// it skips it or stops the track.
func (p *planner) tooOld(cur *takedown.Taken, rung law.Rung) (step, bool, error) {
	if rung.UpperAgeDays == 0 || cur.Document != "" {
		return step{}, false, nil
	}
	since, err := p.ledHere(cur)
	if err != nil || since.IsZero() || p.t.now.Before(since.AddDate(0, 0, rung.UpperAgeDays)) {
		return step{}, false, err
	}
	if looked, err := p.taskDone(taskOldRung, cur.EnteredAt); err != nil || looked {
		return step{}, false, err
	}
	err = p.t.openTask(takedown.Task{Kind: taskOldRung, Owner: takedown.LegalAdviser, Reason: rung.ID, Subject: p.track.ID, Track: p.track.ID})
	return step{next: goGate, why: []string{"task:" + taskOldRung}}, true, err
}

// ledHere is the moment of what a rung follows: the end of the term for a
// silence, the day we were told for a decision, else the end of the rung
// before; zero for a ladder's first. A rung that is taken again follows what it
// followed the first time. Time that the spacing of reminders took is no age.
func (p *planner) ledHere(cur *takedown.Taken) (time.Time, error) {
	n := len(p.track.Rungs) - 1
	for n >= 0 && p.track.Rungs[n].Rung == cur.Rung {
		n--
	}
	if n < 0 {
		return time.Time{}, nil
	}
	last := &p.track.Rungs[n]
	at, err := p.happened(last)
	if err != nil {
		return at, err
	}
	rung, _ := p.ladder.Rung(cur.Rung)
	st, _, err := p.spaced(rung)
	if err == nil && st.due.After(at) {
		at = st.due
	}
	return at, err
}

// happened is when the ending of a rung came about, which may be long before
// the program heard of it.
func (p *planner) happened(last *takedown.Taken) (time.Time, error) {
	if last.Skipped != "" {
		return last.EndedAt, nil
	}
	switch last.Ending {
	case law.EndSilence:
		c, err := find[takedown.Clock](p.t, last.Clock)
		if err == nil && c != nil && c.Due.Before(last.EndedAt) {
			return c.Due, nil
		}
		return last.EndedAt, err
	case law.EndRefused, law.EndPartly:
		replies, err := all[takedown.Reply](p.t)
		if err != nil {
			return last.EndedAt, err
		}
		var at time.Time
		for _, r := range replies {
			if r.Document == last.Document && r.Kind == "decision" && r.Decision == last.Ending && r.ReceivedAt.After(at) {
				at = r.ReceivedAt
			}
		}
		if !at.IsZero() {
			return at, nil
		}
	}
	return last.EndedAt, nil
}
