package casework

import (
	"context"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// ExecutionView is what the engine says of one execution.
type ExecutionView struct {
	Name       string    `json:"name"`
	Machine    string    `json:"machine"`
	Status     string    `json:"status"`
	State      string    `json:"state,omitempty"`
	StartedAt  time.Time `json:"startedAt"`
	StoppedAt  time.Time `json:"stoppedAt,omitzero"`
	WaitsUntil time.Time `json:"waitsUntil,omitzero"`
	Error      string    `json:"error,omitempty"`
	Cause      string    `json:"cause,omitempty"`
}

// EventView is one line of an execution's history.
type EventView struct {
	ID       int64     `json:"id"`
	Previous int64     `json:"previous,omitempty"`
	Type     string    `json:"type"`
	At       time.Time `json:"at"`
	State    string    `json:"state,omitempty"`
	Details  string    `json:"details,omitempty"`
}

// ListExecutions lists what the engine runs and waits for, newest first. Role:
// coordinator.
func (s *Service) ListExecutions(ctx context.Context, who takedown.Principal, status, cursor string, limit int) ([]ExecutionView, string, error) {
	out := []ExecutionView{}
	if err := need(who, takedown.Coordinator); err != nil {
		return out, "", err
	}
	list, next, err := s.Engine.Executions(ctx, status, cursor, limit)
	for _, e := range list {
		out = append(out, viewExecution(e))
	}
	return out, next, err
}

// GetExecution gives one execution. Role: coordinator.
func (s *Service) GetExecution(ctx context.Context, who takedown.Principal, name string) (ExecutionView, error) {
	if err := need(who, takedown.Coordinator); err != nil {
		return ExecutionView{}, err
	}
	e, err := s.Engine.Describe(ctx, name)
	return viewExecution(e), err
}

// maxEvents bounds one answer.
const maxEvents = 1000

// ExecutionEvents gives an execution's history. Role: coordinator.
func (s *Service) ExecutionEvents(ctx context.Context, who takedown.Principal, name string) ([]EventView, error) {
	out := []EventView{}
	if err := need(who, takedown.Coordinator); err != nil {
		return out, err
	}
	list, err := s.Engine.Events(ctx, name, 0, maxEvents)
	for _, e := range list {
		out = append(out, EventView(e))
	}
	return out, err
}

func viewExecution(e Execution) ExecutionView {
	return ExecutionView{e.Name, e.Machine, e.Status, e.State, e.StartedAt, e.StoppedAt, e.WaitsUntil, e.Error, e.Cause}
}
