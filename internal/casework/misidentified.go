package casework

import "github.com/ontdox/takedown/internal/takedown"

// taskCorrection asks a legal adviser whether a notice may say that its content
// points at the wrong person: that sentence may send readers to the right one.
const taskCorrection = "decide_correction"

// askCorrection opens that question when a case is flagged so, and again when
// somebody else turns out to be meant (S2-1): what was allowed before was another
// sentence. Without the flag there is none.
func (t *tx) askCorrection(c *takedown.Case, before string) error {
	switch c.Flags.Misidentified {
	case before:
		return nil
	case "":
		return t.closeTasks(taskCorrection, c.ID)
	}
	return t.openTask(takedown.Task{Kind: taskCorrection, Owner: takedown.LegalAdviser, Reason: "misidentified", Subject: c.ID})
}

// mayCorrect says that the case is flagged, and that the last decision since then
// allows its notices to say so. Who is meant stands in none of them.
func (p *planner) mayCorrect() (bool, error) {
	if p.c.Flags.Misidentified == "" {
		return false, nil
	}
	d, err := p.t.lastDecision("correction")
	return d != nil && isYes(d) && !d.At.Before(p.c.MisidentifiedAt), err
}
