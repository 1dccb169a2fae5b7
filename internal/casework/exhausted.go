package casework

import "github.com/ontdox/takedown/internal/takedown"

// exhausted is where the ladder has no more rungs: a person decides.
func (p *planner) exhausted() (step, bool, error) {
	if !p.track.Exhausted {
		p.track.Exhausted = true
		if err := p.t.put(p.track); err != nil {
			return step{}, false, err
		}
		err := p.t.openTask(takedown.Task{Kind: taskNextRoute, Owner: takedown.LegalAdviser, Reason: "ladder_exhausted", Subject: p.track.ID, Track: p.track.ID})
		if err != nil {
			return step{}, false, err
		}
	}
	ended := p.track.Rungs[len(p.track.Rungs)-1].EndedAt
	if considered, err := p.taskDone(taskNextRoute, ended); considered || err != nil { // a person said what follows
		return step{next: goOutcome}, true, err
	}
	return step{next: goGate, why: []string{"ladder_exhausted"}}, true, nil
}
