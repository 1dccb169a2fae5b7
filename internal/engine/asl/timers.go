package asl

import "time"

// Due says when Fire has something to do; the zero time if nothing is timed.
func (x *Execution) Due() time.Time {
	if x.Status != Running {
		return time.Time{}
	}
	at := x.deadline
	x.root.due(func(_ *thread, ms int64) {
		if at == 0 || ms < at {
			at = ms
		}
	})
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(at).UTC()
}

func (t *thread) due(visit func(t *thread, ms int64)) {
	if t == nil || t.Phase == done {
		return
	}
	if t.Due > 0 {
		visit(t, t.Due)
	}
	if t.Task != nil && t.Task.Timeout > 0 {
		visit(t, t.Task.Timeout)
	}
	if t.Task != nil && t.Task.Heartbeat > 0 {
		visit(t, t.Task.Heartbeat)
	}
	for _, k := range t.Kids {
		k.due(visit)
	}
}

// Fire does the earliest thing that is due at env.Now. ok is false if nothing
// is; a host calls it until then.
func (x *Execution) Fire(env *Env) (e Effects, ok bool) {
	if x.Status != Running {
		return Effects{}, false
	}
	now := env.Now.UnixMilli()
	if x.deadline > 0 && x.deadline <= now && x.deadline <= x.Due().UnixMilli() {
		return x.move(env, func() {
			x.event(nil, Event{Type: "ExecutionTimedOut", Error: "States.Timeout"})
			x.end(TimedOut, Failure{Error: "States.Timeout"})
		}), true
	}
	var first *thread
	var at int64
	x.root.due(func(t *thread, ms int64) {
		if ms <= now && (first == nil || ms < at) {
			first, at = t, ms
		}
	})
	if first == nil {
		return Effects{}, false
	}
	return x.move(env, func() { x.expire(first) }), true
}

func (x *Execution) expire(t *thread) {
	s := t.machine.states[t.State]
	switch t.Phase {
	case waiting:
		if err := x.waited(t, s); err != nil {
			x.failed(t, s, x.failureOf(t, s, err))
			return
		}
		x.ready = append(x.ready, t)
	case retrying:
		t.Phase, t.Due = again, 0
		x.ready = append(x.ready, t)
	case tasking:
		x.taskFailed(t, s, Failure{Error: "States.Timeout", heartbeat: t.Task.silent()})
	case entering, again, grouping, done:
	}
}

// silent says that a task's heartbeat runs out before its time does, however
// late that is seen.
func (k *task) silent() bool {
	return k.Heartbeat > 0 && (k.Timeout == 0 || k.Heartbeat < k.Timeout)
}
