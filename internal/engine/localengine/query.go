package localengine

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/ontdox/takedown/internal/engine/asl"
	"github.com/ontdox/takedown/internal/takedown"
)

const columns = `SELECT id, name, machine, status, state, started, coalesce(stopped, 0), error, cause, coalesce(due, 0), since, waits FROM engine_executions `

type scanner interface{ Scan(dest ...any) error }

func scanExecution(s scanner) (id int64, x Execution, err error) {
	var started, stopped, due, since int64
	err = s.Scan(&id, &x.Name, &x.Machine, &x.Status, &x.State, &started, &stopped, &x.Error, &x.Cause, &due, &since, &x.WaitsFor)
	x.StartedAt, x.StoppedAt, x.WaitsUntil = instant(started), instant(stopped), instant(due)
	x.Since = instant(since)
	return id, x, err
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func errNotFound(name string) error {
	return takedown.Errorf(takedown.NotFound, "ExecutionDoesNotExist", "There is no execution %s.", name)
}

// Describe gives one execution as of the last commit; NotFound without.
func (e *Engine) Describe(ctx context.Context, name string) (Execution, error) {
	_, x, err := scanExecution(e.o.Readers.QueryRowContext(ctx, columns+`WHERE name = ?`, name))
	if errors.Is(err, sql.ErrNoRows) {
		return Execution{}, errNotFound(name)
	}
	return x, storeError(err)
}

func (e *Engine) rowOf(ctx context.Context, name string) (int64, error) {
	id, _, err := scanExecution(e.o.Readers.QueryRowContext(ctx, columns+`WHERE name = ?`, name))
	if errors.Is(err, sql.ErrNoRows) {
		return 0, errNotFound(name)
	}
	return id, storeError(err)
}

// Output gives the output of an execution that succeeded; nil before and
// otherwise.
func (e *Engine) Output(ctx context.Context, name string) ([]byte, error) {
	_, output, err := e.Data(ctx, name)
	return output, err
}

// Data gives an execution's input and, if it succeeded, its output; nil before
// and otherwise. NotFound without the execution.
func (e *Engine) Data(ctx context.Context, name string) (input, output []byte, err error) {
	var snapshot []byte
	err = e.o.Readers.QueryRowContext(ctx, `SELECT snapshot FROM engine_executions WHERE name = ?`, name).Scan(&snapshot)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, errNotFound(name)
	}
	if err != nil {
		return nil, nil, storeError(err)
	}
	var s struct {
		Status asl.Status `json:"status"`
		Input  asl.Data   `json:"input"`
		Output asl.Data   `json:"output"`
	}
	if err := json.Unmarshal(snapshot, &s); err != nil {
		return nil, nil, errUnreadable(err)
	}
	if s.Status == asl.Succeeded { // null is an output too
		output = asl.AppendJSON(nil, s.Output.V)
	}
	return asl.AppendJSON(nil, s.Input.V), output, nil
}

// errUnreadable says that what was asked for is damaged: asking again does not
// help.
func errUnreadable(err error) error {
	return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "This row of the engine's journal is damaged.", Err: err}
}

// Executions lists executions, newest first, of one status or of all (""). The
// cursor is the one of the page before, "" for the first; "" comes back after
// the last page.
func (e *Engine) Executions(ctx context.Context, status, cursor string, limit int) (out []Execution, next string, err error) {
	before := int64(1<<63 - 1)
	if cursor != "" {
		if before, err = strconv.ParseInt(cursor, 10, 64); err != nil {
			return nil, "", takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "This is not a cursor.")
		}
	}
	if limit <= 0 || limit > 1000 {
		limit = 1000
	}
	// A query for each: with one for both, SQLite walks all that ever ran to
	// find the few that failed.
	query, args := columns+`WHERE id < ? ORDER BY id DESC LIMIT ?`, []any{before, limit + 1}
	if status != "" {
		query, args = columns+`WHERE status = ? AND id < ? ORDER BY id DESC LIMIT ?`, append([]any{status}, args...)
	}
	rows, err := e.o.Readers.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, "", storeError(err)
	}
	defer func() {
		if cerr := rows.Close(); err == nil {
			err = storeError(cerr)
		}
	}()
	var last int64
	for rows.Next() {
		id, x, err := scanExecution(rows)
		if err != nil {
			return nil, "", storeError(err)
		}
		if len(out) == limit {
			return out, strconv.FormatInt(last, 10), nil
		}
		out, last = append(out, x), id
	}
	return out, "", storeError(rows.Err())
}

// line is an event as it is journalled: no input, no output.
type line struct {
	ID       int64  `json:"i"`
	Previous int64  `json:"p"`
	Type     string `json:"t"`
	At       int64  `json:"a"`
	State    string `json:"s,omitempty"`
	Details  string `json:"d,omitempty"`
}

func written(events []asl.Event) []line {
	out := make([]line, len(events))
	for i := range events {
		ev := &events[i]
		out[i] = line{ev.ID, ev.Previous, ev.Type, ev.At.UnixMilli(), ev.State, details(ev)}
	}
	return out
}

// details says which function a task called and which error it met.
func details(ev *asl.Event) string {
	if ev.Error != "" {
		return ev.Error
	}
	if ev.Params == nil {
		return ""
	}
	params, _ := ev.Params.V.(asl.Object)
	name, _ := params.Get("FunctionName")
	s, _ := name.(string)
	return s
}

// Events gives an execution's history from after an event's id on, oldest
// first; NotFound without the execution.
func (e *Engine) Events(ctx context.Context, name string, after int64, limit int) (out []ExecutionEvent, err error) {
	row, err := e.rowOf(ctx, name)
	if err != nil {
		return nil, err
	}
	if limit <= 0 || limit > 1000 {
		limit = 1000
	}
	rows, err := e.o.Readers.QueryContext(ctx, `SELECT events FROM engine_events WHERE execution = ? AND id > ? ORDER BY id LIMIT ?`, row, after, limit)
	if err != nil {
		return nil, storeError(err)
	}
	defer func() {
		if cerr := rows.Close(); err == nil {
			err = storeError(cerr)
		}
	}()
	for rows.Next() && len(out) < limit {
		var text []byte
		var lines []line
		if err := rows.Scan(&text); err != nil {
			return nil, storeError(err)
		}
		if err := json.Unmarshal(text, &lines); err != nil {
			return nil, errUnreadable(err)
		}
		for _, l := range lines {
			if l.ID > after && len(out) < limit {
				out = append(out, ExecutionEvent{
					ID: l.ID, Previous: l.Previous, Type: l.Type, At: time.UnixMilli(l.At).UTC(), State: l.State, Details: l.Details,
				})
			}
		}
	}
	return out, storeError(rows.Err())
}
