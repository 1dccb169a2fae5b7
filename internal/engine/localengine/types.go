package localengine

import "github.com/ontdox/takedown/internal/casework"

// Execution is what the engine says of one execution.
type Execution = casework.Execution

// ExecutionEvent is one line of an execution's history.
type ExecutionEvent = casework.ExecutionEvent

var _ casework.Engine = (*Engine)(nil)
