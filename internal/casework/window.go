package casework

import (
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// taskWindowClosed asks what is done about a rung that came too late.
const taskWindowClosed = "window_closed"

// windowOver ends the window within which a rung had to be taken once it has
// passed, with a legal adviser's task: a term that runs against us does not end
// in silence. The rung stays for whoever skips it or finds that it is still
// taken. It gives the end of one that still runs, zero without one.
func (p *planner) windowOver(rung law.Rung) (time.Time, error) {
	var ends time.Time
	if rung.Window == "" {
		return ends, nil
	}
	clocks, err := all[takedown.Clock](p.t)
	if err != nil {
		return ends, err
	}
	for _, c := range clocks {
		if c.Track != p.track.ID || c.Rule != rung.Window || c.Status != takedown.ClockRunning {
			continue
		}
		if !p.t.now.After(c.Due) {
			ends = c.Due
			continue
		}
		if err := p.t.endClock(c.ID, takedown.ClockExpired, taskWindowClosed); err != nil {
			return ends, err
		}
		task := takedown.Task{Kind: taskWindowClosed, Owner: takedown.LegalAdviser, Reason: rung.ID, Subject: p.track.ID, Track: p.track.ID}
		if err := p.t.openTask(task); err != nil {
			return ends, err
		}
	}
	return ends, nil
}
