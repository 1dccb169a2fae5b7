package enginetest

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// Deviation is a promise that a known engine does not keep as AWS does. A
// harness declares it with its evidence; then the suite holds the engine to
// what is left of the promise, and to the deviation: one that does not show any
// more fails too.
type Deviation string

// What is known to differ somewhere.
const (
	// NamesPerMachine: a name is taken within one state machine only. This is
	// AWS's rule; the engine of one machine knows a name once.
	NamesPerMachine Deviation = "a name is taken per state machine"
	// ClosedTokens: the token of a closed task is not TaskTimedOut. What was
	// closed stays closed all the same.
	ClosedTokens Deviation = "a closed task's token is not TaskTimedOut"
	// SameToken: a retry of a wait brings the token of the attempt before.
	SameToken Deviation = "a retry has the same token"
	// LateStop: a stop takes effect only when the wait under way ends; then the
	// execution counts as failed, and error and cause of the stop are not told.
	LateStop Deviation = "a stop waits for the task under way"
	// LooseDefinitions: some definitions that cannot run are accepted.
	LooseDefinitions Deviation = "definitions that cannot run are accepted"
	// UnknownTokens: a token that names nothing is InvalidToken, however it looks.
	UnknownTokens Deviation = "a token of nothing is InvalidToken"
	// HeartbeatIsTimeout: a missing heartbeat has not the name that tells it from
	// the time-out.
	HeartbeatIsTimeout Deviation = "a missing heartbeat is States.Timeout"
	// PlainNames: a name with round brackets or letters beyond ASCII starts, and
	// cannot be asked for.
	PlainNames Deviation = "names beyond ASCII cannot be described"
)

func (b *bench) deviates(d Deviation) bool {
	_, ok := b.Deviations[d]
	return ok
}

// unknown is how a token is answered that looks like one and names nothing.
func (b *bench) unknown() string {
	if b.deviates(UnknownTokens) {
		return "InvalidToken"
	}
	return "TaskTimedOut"
}

// closed checks the answer to the token of a task that is closed.
func (b *bench) closed(err error) {
	b.t.Helper()
	if !b.deviates(ClosedTokens) {
		b.wants("TaskTimedOut", err)
		return
	}
	if !slices.Contains([]string{"InvalidToken", "TaskDoesNotExist"}, takedown.NameOf(err)) && err != nil {
		b.t.Errorf("a closed task's token gives %v", err)
	}
}

// endsItself makes the hub's waits short: their time-out is what is looked at.
func (b *bench) endsItself() { b.w.seconds = int64(b.long / second) }

// almost is a time short of an end: a second, or more where a busy machine may
// be late.
func (b *bench) almost(d time.Duration) time.Duration {
	if b.real {
		return d / 2
	}
	return d - second
}

// soon waits in real time until ok, or for as long as an engine may take; where
// time is the suite's to move it asks once.
func (b *bench) soon(ok func() bool) bool {
	if !b.real || ok() {
		return ok()
	}
	tick, end := time.NewTicker(20*time.Millisecond), time.NewTimer(b.long+20*second)
	defer tick.Stop()
	defer end.Stop()
	for {
		select {
		case <-end.C:
			return ok()
		case <-tick.C:
			if ok() {
				return true
			}
		}
	}
}
