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

// checkInAfter keeps one reminder open, with the day that it is for.
func (t *tx) checkInAfter(days int) error {
	at := second(t.now).Add(time.Duration(days) * 24 * time.Hour)
	return t.openTask(takedown.Task{Kind: taskCheckIn, Owner: takedown.Coordinator, Reason: "ask_how_it_goes", Subject: string(t.base.Stream), DueAt: at})
}

// firstCheckInOnce opens the first reminder of a case.
func (t *tx) firstCheckInOnce() error {
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if task.Kind == taskCheckIn {
			return nil
		}
	}
	return t.checkInAfter(firstCheckIn)
}
