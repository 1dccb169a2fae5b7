package casework

import "github.com/ontdox/takedown/internal/takedown"

// taskCorrection asks a legal adviser whether a notice may say that its content
// points at the wrong person: that sentence may send readers to the right one.
const taskCorrection = "decide_correction"

// askCorrection opens that question once a case is flagged so (S2-1).
func (t *tx) askCorrection(c *takedown.Case, before string) error {
	if c.Flags.Misidentified == "" || c.Flags.Misidentified == before {
		return nil
	}
	return t.openOnce(takedown.Task{Kind: taskCorrection, Owner: takedown.LegalAdviser, Reason: "misidentified", Subject: c.ID})
}

// mayCorrect says that the case is flagged, and that the last decision allows
// its notices to say so. Who is meant stands in none of them.
func (p *planner) mayCorrect() (bool, error) {
	if p.c.Flags.Misidentified == "" {
		return false, nil
	}
	return p.t.decidedYes("correction")
}
