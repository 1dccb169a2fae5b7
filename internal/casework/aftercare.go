package casework

import (
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// taskCheckIn reminds the coordinator to ask the person how it goes (S0-15).
	taskCheckIn = "check_in"
	// taskInform asks to tell the person what became of it (S2-19). It outlives the
	// closing of the case.
	taskInform = "inform_outcome"
	// The first question, and each after it, in days: our own choice. The framework
	// says "regularly".
	firstCheckIn = 7
	nextCheckIn  = 14
)

// checkIn is the reminder of a day so far ahead.
func (t *tx) checkIn(days int) takedown.Task {
	at := second(t.now).Add(time.Duration(days) * 24 * time.Hour)
	return takedown.Task{Kind: taskCheckIn, Owner: takedown.Coordinator, Reason: "ask_how_it_goes", Subject: string(t.base.Stream), DueAt: at}
}
