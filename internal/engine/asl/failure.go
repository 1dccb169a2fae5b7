package asl

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Error lets a Failure travel through the interpreter.
func (f *failureError) Error() string { return f.Failure.Error }

type failureError struct{ Failure }

// runtimeError becomes States.Runtime, with where it happened before it.
type runtimeError struct{ text string }

func (e *runtimeError) Error() string { return e.text }

// entered begins a cause the way the service does.
func (x *Execution) entered(t *thread) string {
	return fmt.Sprintf("An error occurred while executing the state '%s' (entered at the event id #%d). ", t.State, t.EventID)
}

// failureOf turns what went wrong inside a state into a Failure.
func (x *Execution) failureOf(t *thread, _ *state, err error) Failure {
	var (
		own  *failureError
		run  *runtimeError
		call *intrinsicError
		path *pathFailure
	)
	switch {
	case errors.Is(err, errTooLarge):
		return limitedFailure(t.State)
	case errors.As(err, &own):
		return own.Failure
	case errors.As(err, &run):
		return Failure{Error: "States.Runtime", Cause: x.entered(t) + run.text, hasCause: true}
	case errors.As(err, &call):
		return Failure{Error: "States.IntrinsicFailure", Cause: x.entered(t) + call.text, hasCause: true}
	case errors.As(err, &path):
		return Failure{Error: "States.Runtime", Cause: x.entered(t) + path.Error() + " '" + string(AppendJSON(nil, t.Input.V)) + "'", hasCause: true}
	}
	return Failure{Error: "States.Runtime", Cause: x.entered(t) + err.Error(), hasCause: true}
}

// matches says whether a Retry's or Catch's list names a failure. What is the
// service's own trouble with the definition or the data is never retried.
func (f *Failure) matches(names []string) bool {
	if f.Error == "States.Runtime" {
		return false
	}
	if slices.Contains(names, f.Error) && f.Error != "" {
		return true
	}
	return slices.Contains(names, "States.ALL") ||
		f.heartbeat && slices.Contains(names, "States.HeartbeatTimeout") ||
		f.Error != "States.Timeout" && slices.Contains(names, "States.TaskFailed")
}

func (x *Execution) failHere(t *thread, s *state) error {
	sc := x.scope(t, t.Input.V)
	name, err := s.errorName.value(sc, x.env)
	if err != nil {
		return err
	}
	cause, err := s.cause.value(sc, x.env)
	if err != nil {
		return err
	}
	return &failureError{Failure{Error: name, Cause: cause, hasCause: s.cause.set}}
}

// failed retries, catches, or lets the thread fail.
func (x *Execution) failed(t *thread, s *state, f Failure) {
	started := t.Group != nil
	x.drop(t)
	t.Task, t.Due, t.Kids, t.Group = nil, 0, nil, nil
	if x.retry(t, s, &f) {
		return
	}
	if started {
		x.event(t, Event{Type: string(s.typ) + "StateFailed"})
	}
	for i := range s.catch {
		if c := &s.catch[i]; f.matches(c.errors) {
			if err := x.caught(t, s, c, &f); err != nil {
				break
			}
			x.ready = append(x.ready, t)
			return
		}
	}
	x.threadFailed(t, f)
}

// retry starts the interval of the first retrier that names the failure.
func (x *Execution) retry(t *thread, s *state, f *Failure) bool {
	for i := range s.retry {
		r := &s.retry[i]
		if !f.matches(r.errors) {
			continue
		}
		if t.Tries == nil {
			t.Tries = make([]int64, len(s.retry))
		}
		if t.Tries[i] >= r.attempts {
			return false
		}
		delay := r.delay(t.Tries[i], x.env)
		t.Tries[i]++
		t.Retries++
		t.Phase, t.Due = retrying, x.env.Now.UnixMilli()+delay
		return true
	}
	return false
}

// delay is the interval before a retry, in milliseconds.
func (r *retrier) delay(tries int64, env *Env) int64 {
	seconds := float64(r.interval) * math.Pow(r.backoff, float64(tries))
	if r.maxDelay > 0 {
		seconds = math.Min(seconds, float64(r.maxDelay))
	}
	ms := int64(math.Min(seconds, maxSeconds) * 1000)
	if r.jitter && ms > 0 {
		ms = env.random(ms + 1)
	}
	return ms
}

// caught goes to a catcher's state with the failure in the input.
func (x *Execution) caught(t *thread, s *state, c *catcher, f *Failure) error {
	info := Object{{"Error", nil}, {"Cause", nil}}
	if f.Error != "" {
		info[0].Value = f.Error
	}
	if f.hasCause || f.Cause != "" || f.Error == "States.Timeout" {
		info[1].Value = f.Cause
	}
	out, err := c.resultPath.apply(t.Input.V, info)
	if err != nil {
		return err
	}
	if err := x.assign(t, s, out, info, c.assign); err != nil {
		return err
	}
	x.goOn(t, out, c.next)
	return nil
}

// threadFailed lets the state around it fail, or the execution.
func (x *Execution) threadFailed(t *thread, f Failure) {
	if t.up == nil {
		x.fail(f)
		return
	}
	up := t.up
	x.abortions(t, t)
	s := up.machine.states[up.State]
	up.Prev = t.Prev
	if s.typ == mapState {
		x.event(up, Event{Type: "MapIterationFailed", Index: t.Item.Index})
		up.Prev = t.Prev
	}
	x.failed(up, s, f)
}

// abortions writes that a thread that failed, and what ran beside it, stops
// inside its state. The events hang off to the side: what follows goes on from
// the failure.
func (x *Execution) abortions(failed, t *thread) {
	if t == failed {
		for _, k := range t.up.Kids {
			if k != nil && k != failed && k.Phase != done {
				x.abortions(failed, k)
			}
		}
	}
	for _, k := range t.Kids {
		if k != nil && k.Phase != done {
			x.abortions(failed, k)
		}
	}
	s := t.machine.states[t.State]
	if t.Phase == entering && t != failed || s.typ != taskState && s.typ != waitState && t == failed {
		return
	}
	prev := t.Prev
	x.event(t, Event{Type: string(s.typ) + "StateAborted"})
	t.Prev = prev
}

// drop takes what runs inside a thread off the list of what is ready.
func (x *Execution) drop(up *thread) {
	if len(up.Kids) == 0 {
		return
	}
	x.ready = slices.DeleteFunc(x.ready, func(t *thread) bool {
		for t = t.up; t != nil; t = t.up {
			if t == up {
				return true
			}
		}
		return false
	})
	inside := map[int64]bool{}
	up.tasks(inside)
	x.calls = slices.DeleteFunc(x.calls, func(c Call) bool { return inside[c.Task] })
	for _, k := range up.Kids {
		if k != nil {
			k.Phase = done // a thread under way sees that it is over
		}
	}
}

// tasks collects the tasks that run below a thread.
func (t *thread) tasks(into map[int64]bool) {
	for _, k := range t.Kids {
		if k == nil {
			continue
		}
		if k.Phase == tasking && k.Task != nil {
			into[k.Task.ID] = true
		}
		k.tasks(into)
	}
}

func (x *Execution) fail(f Failure) {
	x.event(nil, Event{Type: "ExecutionFailed", Error: f.Error, Cause: f.Cause})
	x.end(Failed, f)
}
