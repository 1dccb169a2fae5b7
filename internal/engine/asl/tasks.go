package asl

import "time"

// schedule starts an attempt of a Task.
func (x *Execution) schedule(t *thread, s *state) error {
	in, err := x.effective(t, s)
	if err != nil {
		return err
	}
	x.lastTask++
	k := &task{ID: x.lastTask}
	if s.resource.Pattern != RequestResponse || s.resource.Kind == ActivityResource {
		k.Token = x.env.Token(k.ID)
	}
	t.Task = k // before the parameters: $$.Task.Token
	sc := x.scope(t, in)
	params := in
	if s.params != nil {
		if params, err = s.params.eval(sc, x.env); err != nil {
			return err
		}
	}
	if s.credentials != nil {
		v, err := s.credentials.eval(sc, x.env)
		if err != nil {
			return err
		}
		k.Creds = &Data{v}
	}
	if err := limited(s.name, params, k.credentials()); err != nil {
		return err
	}
	if err := k.limits(s, sc, x.env.Now); err != nil {
		return err
	}
	k.Params = &Data{params}
	t.Phase, t.Due = tasking, 0
	x.event(t, Event{Type: s.resource.event("Scheduled"), Params: k.Params, Resource: &s.resource, Timeout: k.Seconds, Interval: k.Beat})
	if s.resource.Kind != ActivityResource {
		x.event(t, Event{Type: s.resource.event("Started"), Resource: &s.resource})
	}
	x.calls = append(x.calls, t.call(s))
	return nil
}

func (k *task) credentials() any {
	if k.Creds == nil {
		return nil
	}
	return k.Creds.V
}

func (k *task) limits(s *state, sc *scope, now time.Time) error {
	if s.timeout.set {
		n, err := s.timeout.value(sc, 1)
		if err != nil {
			return err
		}
		k.Seconds, k.Timeout = n, now.UnixMilli()+n*1000
	}
	if s.heartbeat.set {
		n, err := s.heartbeat.value(sc, 1)
		if err != nil {
			return err
		}
		k.Beat, k.Heartbeat = n, now.UnixMilli()+n*1000
	}
	return nil
}

func (t *thread) call(s *state) Call {
	return Call{
		Task: t.Task.ID, State: s.name, Resource: s.resource, Params: t.Task.Params.V,
		Credentials: t.Task.credentials(), Token: t.Task.Token, Timeout: t.Task.Seconds,
	}
}

// shown is how the service names a resource in a cause.
func (r *Resource) shown() string {
	if r.Kind == ServiceResource {
		return r.Service
	}
	return r.ARN
}

// event is an event's type for this kind of resource.
func (r *Resource) event(what string) string {
	switch r.Kind {
	case FunctionResource:
		return "LambdaFunction" + what
	case ActivityResource:
		return "Activity" + what
	case ServiceResource:
	}
	return "Task" + what
}

// find looks for the thread that waits for a task.
func (t *thread) find(id int64) *thread {
	if t == nil {
		return nil
	}
	if t.Phase == tasking && t.Task != nil && t.Task.ID == id {
		return t
	}
	for _, k := range t.Kids {
		if f := k.find(id); f != nil {
			return f
		}
	}
	return nil
}

// Waits says whether the execution still waits for a task.
func (x *Execution) Waits(id int64) bool { return x.Status == Running && x.root.find(id) != nil }

// on moves the execution if it still waits for a task.
func (x *Execution) on(id int64, env *Env, f func(t *thread, s *state)) (Effects, bool) {
	if x.Status != Running {
		return Effects{}, false
	}
	t := x.root.find(id)
	if t == nil {
		return Effects{}, false
	}
	return x.move(env, func() { f(t, t.machine.states[t.State]) }), true
}

// Resolve ends a task with its result. ok is false if the execution does not
// wait for it any more.
func (x *Execution) Resolve(id int64, result any, env *Env) (e Effects, ok bool) {
	return x.on(id, env, func(t *thread, s *state) {
		if !withinLimits(result) {
			x.taskFailed(t, s, Failure{Error: "States.DataLimitExceeded", hasCause: true, Cause: "The state/task '" + s.resource.shown() + "' returned a result with a size exceeding the maximum number of bytes service limit."})
			return
		}
		x.event(t, Event{Type: s.resource.event("Succeeded"), Resource: &s.resource, Output: &Data{result}})
		t.Task = nil
		if err := x.finish(t, s, result); err != nil {
			x.failed(t, s, x.failureOf(t, s, err))
			return
		}
		x.ready = append(x.ready, t)
	})
}

// Fail ends a task with an error's name and cause.
func (x *Execution) Fail(id int64, name, cause string, env *Env) (e Effects, ok bool) {
	return x.on(id, env, func(t *thread, s *state) {
		x.taskFailed(t, s, Failure{Error: name, Cause: cause, hasCause: cause != ""})
	})
}

func (x *Execution) taskFailed(t *thread, s *state, f Failure) {
	what := "Failed"
	if f.Error == "States.Timeout" {
		what = "TimedOut"
	}
	x.event(t, Event{Type: s.resource.event(what), Resource: &s.resource, Error: f.Error, Cause: f.Cause})
	x.failed(t, s, f)
}

// Submit notes that a task whose result comes later was handed over.
func (x *Execution) Submit(id int64, output any, env *Env) (e Effects, ok bool) {
	return x.on(id, env, func(t *thread, s *state) {
		t.Task.Submitted, t.Task.Params, t.Task.Creds = true, nil, nil
		x.event(t, Event{Type: "TaskSubmitted", Resource: &s.resource, Output: &Data{output}})
	})
}

// Begin notes that an activity's worker took a task.
func (x *Execution) Begin(id int64, env *Env) (e Effects, ok bool) {
	return x.on(id, env, func(t *thread, s *state) {
		if s.resource.Kind == ActivityResource && !t.Task.Submitted {
			t.Task.Submitted = true
			x.event(t, Event{Type: "ActivityStarted", Resource: &s.resource})
		}
	})
}

// Beat starts a task's heartbeat interval anew.
func (x *Execution) Beat(id int64, env *Env) bool {
	_, ok := x.on(id, env, func(t *thread, _ *state) {
		if t.Task.Beat > 0 {
			t.Task.Heartbeat = env.Now.UnixMilli() + t.Task.Beat*1000
		}
	})
	return ok
}

// Pending gives the calls that are under way or were when the host died:
// everything but what was submitted.
func (x *Execution) Pending() []Call {
	var out []Call
	if x.Status == Running {
		x.root.pending(&out)
	}
	return out
}

func (t *thread) pending(out *[]Call) {
	if t.Phase == tasking && !t.Task.Submitted {
		*out = append(*out, t.call(t.machine.states[t.State]))
	}
	for _, k := range t.Kids {
		if k != nil {
			k.pending(out)
		}
	}
}

// Resume gives the calls that were under way when the host died. The time
// limit of a call that answers by itself begins anew: the time the host was
// away is not the function's.
func (x *Execution) Resume(now time.Time) []Call {
	if x.Status == Running {
		x.root.renew(now)
	}
	return x.Pending()
}

func (t *thread) renew(now time.Time) {
	if t == nil {
		return
	}
	if k := t.Task; t.Phase == tasking && !k.Submitted && t.machine.states[t.State].resource.Pattern == RequestResponse {
		if k.Seconds > 0 {
			k.Timeout = now.UnixMilli() + k.Seconds*1000
		}
		if k.Beat > 0 {
			k.Heartbeat = now.UnixMilli() + k.Beat*1000
		}
	}
	for _, kid := range t.Kids {
		kid.renew(now)
	}
}

// TokenOf gives the token of a task that the execution waits for, "" without.
func (x *Execution) TokenOf(id int64) string {
	if x.Status != Running {
		return ""
	}
	if t := x.root.find(id); t != nil {
		return t.Task.Token
	}
	return ""
}
