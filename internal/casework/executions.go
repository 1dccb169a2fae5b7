package casework

import (
	"context"
	"strconv"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// ExecutionView is what the engine says of one execution.
type ExecutionView struct {
	Name       string    `json:"name"`
	Machine    string    `json:"machine"`
	Status     string    `json:"status"`
	State      string    `json:"state,omitempty"`
	Since      time.Time `json:"since,omitzero"`
	WaitsFor   string    `json:"waitsFor,omitempty"`
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
	if err != nil {
		return out, next, err
	}
	return out, next, s.sayWaits(ctx, out)
}

// GetExecution gives one execution. Role: coordinator.
func (s *Service) GetExecution(ctx context.Context, who takedown.Principal, name string) (ExecutionView, error) {
	if err := need(who, takedown.Coordinator); err != nil {
		return ExecutionView{}, err
	}
	e, err := s.Engine.Describe(ctx, name)
	if err != nil {
		return ExecutionView{}, err
	}
	out := []ExecutionView{viewExecution(e)}
	err = s.sayWaits(ctx, out)
	return out[0], err
}

// sayWaits says of executions under way where they wait, since when and until
// when, in case time: the store knows it in every shape, an engine that runs on
// the world's time does not.
func (s *Service) sayWaits(ctx context.Context, views []ExecutionView) error {
	var keys []Key
	for _, v := range views {
		if id, _, ok := ofExecution(v.Name); ok && v.Status == "RUNNING" {
			keys = append(keys, Key{RecordKind(v.Machine), id})
		}
	}
	if len(keys) == 0 {
		return nil
	}
	records, err := s.Store.Get(ctx, keys...)
	if err != nil {
		return err
	}
	waits := map[string]*takedown.Wait{}
	for _, r := range records {
		name, w, err := waitOf(r)
		if err != nil {
			return err
		}
		waits[name] = w
	}
	for i := range views {
		if w := waits[views[i].Name]; w != nil && views[i].Status == "RUNNING" {
			views[i].say(w)
		}
	}
	return nil
}

func (v *ExecutionView) say(w *takedown.Wait) {
	v.State, v.WaitsFor, v.WaitsUntil = w.Kind, "token", w.Due
	if !w.Since.IsZero() { // waits of an earlier program have none
		v.Since = w.Since
	}
}

// waitOf is the open wait of a case or track with its execution's name.
func waitOf(r Record) (string, *takedown.Wait, error) {
	if r.Kind == KindCase {
		c, err := decode[takedown.Case](r)
		if err != nil {
			return "", nil, err
		}
		return executionName(c.ID, c.Generation), c.Wait, nil
	}
	tr, err := decode[takedown.Track](r)
	if err != nil {
		return "", nil, err
	}
	return executionName(tr.ID, tr.Generation), tr.Wait, nil
}

// ExecutionEvents gives a page of an execution's history, oldest first. The
// cursor is the last event's number of the page before. Role: coordinator.
func (s *Service) ExecutionEvents(ctx context.Context, who takedown.Principal, name, cursor string, limit int) ([]EventView, string, error) {
	out := []EventView{}
	if err := need(who, takedown.Coordinator); err != nil {
		return out, "", err
	}
	after := int64(0)
	if cursor != "" {
		var err error
		if after, err = strconv.ParseInt(cursor, 10, 64); err != nil || after < 0 {
			return out, "", takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "This is not a cursor.")
		}
	}
	list, err := s.Engine.Events(ctx, name, after, limit)
	for _, e := range list {
		out = append(out, EventView(e))
	}
	next := ""
	if limit > 0 && len(list) == limit {
		next = strconv.FormatInt(list[len(list)-1].ID, 10)
	}
	return out, next, err
}

func viewExecution(e Execution) ExecutionView {
	return ExecutionView{e.Name, e.Machine, e.Status, e.State, e.Since, e.WaitsFor, e.StartedAt, e.StoppedAt, e.WaitsUntil, e.Error, e.Cause}
}
