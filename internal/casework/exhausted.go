package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/takedown"
)

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
	if considered, err := p.considered(); considered || err != nil {
		return step{next: goOutcome}, true, err
	}
	return step{next: goGate, why: []string{"ladder_exhausted"}}, true, nil
}

// considered says that a person said what follows after the last rung.
func (p *planner) considered() (bool, error) {
	tasks, err := all[takedown.Task](p.t)
	ended := p.track.Rungs[len(p.track.Rungs)-1].EndedAt
	return slices.ContainsFunc(tasks, func(task *takedown.Task) bool {
		return task.Kind == taskNextRoute && task.Subject == p.track.ID && task.Status == takedown.TaskDone && !task.CreatedAt.Before(ended)
	}), err
}
