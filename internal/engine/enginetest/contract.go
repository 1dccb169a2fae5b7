// Package enginetest is the contract that every engine keeps: start and names,
// tokens, time-outs, heartbeats, retries, catch names, stop, describe, restart,
// and the wait protocol of design §4. An adapter's test calls Run, or RunReal
// if its time is nobody's to move.
package enginetest

import (
	"context"
	"time"

	"github.com/ontdox/takedown/internal/engine/localengine"
)

// Engine is what the suite holds against the contract: casework.Engine, and
// what AWS has beside it.
type Engine interface {
	Start(ctx context.Context, machine, name string, input []byte) error
	Complete(ctx context.Context, token string, output []byte) error
	Describe(ctx context.Context, name string) (localengine.Execution, error)
	Executions(ctx context.Context, status, cursor string, limit int) ([]localengine.Execution, string, error)
	Output(ctx context.Context, name string) ([]byte, error)
	Fail(ctx context.Context, token, name, cause string) error
	Heartbeat(ctx context.Context, token string) error
	Abort(ctx context.Context, name, errorName, cause string) error
	Events(ctx context.Context, name string, after int64, limit int) ([]localengine.ExecutionEvent, error)
}

// Handler is one function of a machine.
type Handler = func(ctx context.Context, payload []byte) ([]byte, error)

// Setup is what a harness has to run: the suite's machines, with ${Plan} and
// the like to be filled by the function's name, and its functions.
type Setup struct {
	Machines      map[string][]byte
	Substitutions map[string]string
	Handlers      map[string]Handler
}

// Harness is one engine under test.
type Harness struct {
	Engine Engine
	// Advance moves case time on and fires what is due.
	Advance func(d time.Duration)
	// Settle waits until nothing is runnable.
	Settle func()
	// Restart ends the engine and starts it anew on the same journal; nil if
	// the engine is not ours to end.
	Restart func() Engine
	// NoTimers: Describe does not say what is waited for, since when and until
	// when. AWS's does not.
	NoTimers bool
	// ReadsHistory: where NoTimers, Describe reads from the history what is
	// waited for and since when.
	ReadsHistory bool
	// Deviations are what the engine is known to do otherwise, each with a line
	// of evidence.
	Deviations map[Deviation]string
	// Refuse tries to load a definition and gives the error.
	Refuse func(definition string) error
}
