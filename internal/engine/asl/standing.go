package asl

import "time"

// Standing says since when an execution stands in the state that Where names,
// and what it waits for there: "answer" of a function, "token", "timer",
// "retry", or "branches" of a Parallel or Map. Zero and "" at the end.
func (x *Execution) Standing() (since time.Time, waitsFor string) {
	if x.root == nil || x.Status != Running {
		return time.Time{}, ""
	}
	t := x.root
	if t.Entered > 0 {
		since = time.UnixMilli(t.Entered).UTC()
	}
	switch t.Phase {
	case tasking:
		waitsFor = "answer"
		if t.Task.Submitted {
			waitsFor = "token"
		}
	case waiting:
		waitsFor = "timer"
	case retrying:
		waitsFor = "retry"
	case grouping:
		waitsFor = "branches"
	case entering, again, done:
	}
	return since, waitsFor
}
