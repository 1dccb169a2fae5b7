package localengine

import (
	"context"
	"fmt"
	"reflect"
	"runtime/debug"

	"github.com/ontdox/takedown/internal/engine/asl"
)

// call is one handler's work for one task.
type call struct {
	row    int64
	task   asl.Call
	name   string // execution
	ctx    context.Context
	cancel context.CancelFunc
}

// dispatch hands a call to the workers. Only the committer calls it, after the
// commit.
func (e *Engine) dispatch(l *live, task asl.Call) {
	c := &call{row: l.row, task: task, name: l.x.Name}
	c.ctx, c.cancel = context.WithCancel(e.ctx)
	l.tasks[task.Task] = c
	e.mu.Lock()
	e.begin()
	e.calls = append(e.calls, c)
	e.work.Signal()
	e.mu.Unlock()
}

// cancelStale tells handlers that nobody waits for their answer any more. One
// that registers a token may finish: its answer is not the result.
func (e *Engine) cancelStale(l *live) {
	for id, c := range l.tasks {
		if c.task.Resource.Pattern == asl.RequestResponse && !l.x.Waits(id) {
			c.cancel()
		}
	}
}

func (e *Engine) worker() {
	defer e.done.Done()
	for {
		e.mu.Lock()
		for len(e.calls) == 0 && !e.stopped {
			e.work.Wait()
		}
		if e.stopped {
			e.mu.Unlock()
			return
		}
		c := e.calls[0]
		e.calls = e.calls[1:]
		e.mu.Unlock()
		r := e.handle(c)
		c.cancel()
		e.mu.Lock()
		e.enqueueLocked(r)
		e.end()
		e.mu.Unlock()
	}
}

// handle calls the function and makes a request of its answer.
func (e *Engine) handle(c *call) *request {
	name, payload := invocation(c.task)
	h := e.o.Handlers[functionName(name)]
	if h == nil {
		return e.failRequest(c, "Lambda.ResourceNotFoundException", nil)
	}
	out, panicked, err := protect(c.ctx, h, payload)
	switch {
	case panicked != "":
		e.o.Log.Error("engine: a handler panicked", "execution", c.name, "state", c.task.State, "function", name)
		return e.failRequest(c, panicked, nil)
	case err != nil:
		return e.failRequest(c, e.o.NameOf(err), err)
	}
	var v any
	if len(out) > 0 {
		if v, err = asl.ParseJSON(out); err != nil {
			return e.failRequest(c, "Runtime.MarshalError", err)
		}
	}
	return e.resultRequest(c, v)
}

// invocation gives the function's name and payload.
func invocation(c asl.Call) (string, []byte) {
	if c.Resource.Kind == asl.FunctionResource {
		return c.Resource.Name, asl.AppendJSON(nil, c.Params)
	}
	params, _ := c.Params.(asl.Object)
	name, _ := params.Get("FunctionName")
	payload, ok := params.Get("Payload")
	if !ok {
		payload = asl.Object{}
	}
	s, _ := name.(string)
	return s, asl.AppendJSON(nil, payload)
}

// protect calls a handler. A panic gives the name that a compiled function
// reports for it: the type of what was thrown, as aws-lambda-go names it.
func protect(ctx context.Context, h Handler, payload []byte) (out []byte, panicked string, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, panicked, err = nil, typeName(p), fmt.Errorf("panic: %s", debug.Stack())
		}
	}()
	out, err = h(ctx, payload)
	return out, "", err
}

// typeName is a value's type without its package or pointer.
func typeName(v any) string {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" {
		return "Runtime.ExitError" // a type without a name
	}
	return t.Name()
}

// answered moves the execution by a handler's answer, if it still waits.
func (e *Engine) answered(c *call, f func(x *asl.Execution, env *asl.Env) (asl.Effects, bool)) *request {
	return &request{apply: func(b *batch) (error, error) {
		l, err := b.open(c.row)
		if l == nil || err != nil {
			return nil, err
		}
		l.answered = append(l.answered, c.task.Task)
		if eff, ok := f(l.x, b.env(c.row)); ok {
			b.apply(l, eff)
		}
		return nil, nil
	}}
}

func (e *Engine) failRequest(c *call, name string, err error) *request {
	if e.ctx.Err() != nil && err != nil {
		// We are stopping: the handler was cut off and is called again.
		return &request{apply: func(*batch) (error, error) { return nil, nil }}
	}
	e.o.Log.Warn("engine: task failed", "execution", c.name, "state", c.task.State, "error", name, "err", err)
	// The cause holds no more than the name: messages stay out of the journal.
	cause := string(asl.AppendJSON(nil, asl.Object{{Key: "errorType", Value: name}}))
	return e.answered(c, func(x *asl.Execution, env *asl.Env) (asl.Effects, bool) {
		return x.Fail(c.task.Task, name, cause, env)
	})
}

func (e *Engine) resultRequest(c *call, payload any) *request {
	result := payload
	if c.task.Resource.Kind == asl.ServiceResource {
		result = asl.Object{
			{Key: "ExecutedVersion", Value: "$LATEST"},
			{Key: "Payload", Value: payload},
			{Key: "StatusCode", Value: asl.Number("200")},
		}
	}
	return e.answered(c, func(x *asl.Execution, env *asl.Env) (asl.Effects, bool) {
		if c.task.Resource.Pattern == asl.WaitForToken {
			return x.Submit(c.task.Task, result, env)
		}
		return x.Resolve(c.task.Task, result, env)
	})
}

// resume takes up what was under way when the process ended.
func (e *Engine) resume() error {
	if err := e.o.DB.QueryRowContext(e.ctx, `SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'engine_executions'`).Scan(&e.lastRow); err != nil {
		return storeError(err)
	}
	if err := e.sql.nextDue.QueryRowContext(e.ctx).Scan(&e.nextDue); err != nil {
		return storeError(err)
	}
	rows, err := e.sql.active.QueryContext(e.ctx)
	if err != nil {
		return storeError(err)
	}
	ids, err := scanRows(rows)
	if err != nil {
		return storeError(err)
	}
	for _, id := range ids {
		e.enqueue(&request{apply: func(b *batch) (error, error) {
			l, err := b.open(id)
			if l == nil || err != nil {
				return nil, err
			}
			l.x.Resume(b.now)
			b.recall(l)
			return nil, nil
		}})
	}
	return nil
}
