package casework

import (
	"cmp"
	"slices"
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
		if err := p.t.windowClosed(c, rung.ID); err != nil {
			return ends, err
		}
	}
	return ends, nil
}

// windowClosed ends a window that has passed and asks a legal adviser about it,
// unless nothing is left that a step could be about.
func (t *tx) windowClosed(c *takedown.Clock, reason string) error {
	if err := t.endClock(c.ID, takedown.ClockExpired, taskWindowClosed); err != nil {
		return err
	}
	if over, err := t.nothingLeft(c); over || err != nil {
		return err
	}
	return t.openTask(takedown.Task{Kind: taskWindowClosed, Owner: takedown.LegalAdviser, Reason: reason, Subject: cmp.Or(c.Track, c.ID), Track: c.Track})
}

// ownWindows are the legal terms within which a step of ours must be taken: the
// complaint of art. 20 DSA (C6) and the petition of art. 35 UAVG (C11). A rung
// that is taken ends its window, and nothing else before its own end does.
var ownWindows = []string{"C6", "C11"}

func ownWindow(c *takedown.Clock) bool { return slices.Contains(ownWindows, c.Rule) }

// ownClock says whether a clock with a track counts what we must do. Neither the
// end of its track nor a text that went astray ends it, and nobody's silence
// does: only the decision that it waits for, the step taken within it, or, of a
// window, its own end. A klacht's term (C12) has no track.
func ownClock(c *takedown.Clock) bool {
	return c.Rule == breachRule || c.Rule == phoneReview || ownWindow(c)
}

// nothingLeft says whether every page of a window's track has its outcome, so that
// nobody need be asked about it. The window itself runs to its end: a page that
// comes back within it is complained of in time.
func (t *tx) nothingLeft(c *takedown.Clock) (bool, error) {
	if !ownWindow(c) || c.Track == "" {
		return false, nil
	}
	tr, err := find[takedown.Track](t, c.Track)
	if err != nil || tr == nil {
		return false, err
	}
	for _, id := range tr.Items {
		it, err := load[takedown.Item](t, id)
		if err != nil || it.Outcome == nil {
			return false, err
		}
	}
	return true, nil
}

// stillWarns says whether a task is the warning of a window that runs on and is
// about a page without outcome.
func (t *tx) stillWarns(task *takedown.Task) (bool, error) {
	if task.Kind != taskClockEnds {
		return false, nil
	}
	c, err := find[takedown.Clock](t, task.Subject)
	if err != nil || c == nil || !ownWindow(c) || c.Status != takedown.ClockRunning {
		return false, err
	}
	over, err := t.nothingLeft(c)
	return !over, err
}
