package asl

import (
	"errors"
	"fmt"
	"regexp"
	"time"
)

// run takes a thread as far as it goes without the outside world.
func (x *Execution) run(t *thread) {
	for x.Status == Running && !x.full && (t.Phase == entering || t.Phase == again) {
		s := t.machine.states[t.State]
		if t.Phase == entering {
			t.Entered, t.Tries, t.Retries = x.env.Now.UnixMilli(), nil, 0
			in := t.Input // its own: the thread's moves on
			t.EventID = x.event(t, Event{Type: string(s.typ) + "StateEntered", Input: &in})
		}
		x.work(t, s)
	}
}

// work does what a state does; afterwards the thread is in the next state, or
// waits, or is done.
func (x *Execution) work(t *thread, s *state) {
	var err error
	switch s.typ {
	case passState:
		err = x.pass(t, s)
	case choiceState:
		err = x.choose(t, s)
	case succeedState:
		err = x.leave(t, s, Data{}, true)
	case failState:
		err = x.failHere(t, s)
	case waitState:
		err = x.wait(t, s)
	case taskState:
		err = x.schedule(t, s)
	case parallelState, mapState:
		err = x.open(t, s)
	}
	if err != nil {
		x.failed(t, s, x.failureOf(t, s, err))
	}
}

// scope is where a thread's paths look; input is what $ means.
func (x *Execution) scope(t *thread, input any) *scope {
	return &scope{
		input:     input,
		context:   func() any { return x.context(t, t.Item) },
		variables: t.variable,
	}
}

func (t *thread) variable(name string) (any, bool) {
	for ; t != nil; t = t.up {
		if vars, ok := t.Vars.V.(Object); ok {
			if v, ok := vars.Get(name); ok {
				return v, true
			}
		}
	}
	return nil, false
}

// effective is the input after InputPath.
func (x *Execution) effective(t *thread, s *state) (any, error) {
	return s.input.apply(x.scope(t, t.Input.V))
}

func (f *pathField) apply(sc *scope) (any, error) {
	switch {
	case f.null:
		return Object{}, nil
	case f.path == nil:
		return sc.input, nil
	}
	v, err := f.path.eval(sc)
	return v, f.path.invalid(err)
}

// invalid puts a path's failure in the service's words.
func (p *path) invalid(err error) error {
	var m *missing
	if errors.As(err, &m) {
		return &runtimeError{fmt.Sprintf("Invalid path '%s' : %s", p.text, m.text)}
	}
	return err
}

func (x *Execution) pass(t *thread, s *state) error {
	in, err := x.effective(t, s)
	if err != nil {
		return err
	}
	if s.params != nil {
		if in, err = s.params.eval(x.scope(t, in), x.env); err != nil {
			return err
		}
	}
	if s.result != nil {
		in = s.result.V
	}
	return x.leave(t, s, Data{in}, false)
}

func (x *Execution) choose(t *thread, s *state) error {
	in, err := x.effective(t, s)
	if err != nil {
		return err
	}
	sc := x.scope(t, in)
	next, assign := s.fallback, s.assign
	for i := range s.rules {
		ok, err := s.rules[i].test(sc)
		if err != nil {
			return err
		}
		if ok {
			next, assign = s.rules[i].next, s.rules[i].assign
			break
		}
	}
	if next == "" {
		return &failureError{Failure{Error: "States.NoChoiceMatched", Cause: x.entered(t) + "Failed to transition out of the state. The state's input did not match any choice.", hasCause: true}}
	}
	return x.exit(t, s, in, in, assign, next)
}

func (x *Execution) wait(t *thread, s *state) error {
	in, err := x.effective(t, s)
	if err != nil {
		return err
	}
	due, err := x.until(s, x.scope(t, in))
	if err != nil {
		return err
	}
	t.Phase, t.Due = waiting, due.UnixMilli()
	if !due.After(x.env.Now) {
		return x.waited(t, s)
	}
	return nil
}

// longestWait is how far off a timestamp may lie.
const longestWait = (1<<31 - 1) * time.Second

func (x *Execution) until(s *state, sc *scope) (time.Time, error) {
	if s.seconds.set {
		n, err := s.seconds.value(sc, 0)
		return x.env.Now.Add(time.Duration(n) * time.Second), err
	}
	text, shown := s.timestamp.text, ""
	if s.timestamp.expr != nil {
		v, err := s.timestamp.value(sc, x.env)
		if err != nil {
			return time.Time{}, err
		}
		text, shown = v, s.timestamp.path
	}
	at, ok := parseTimestamp(text)
	if !ok {
		return at, &runtimeError{fmt.Sprintf("The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: %s == %s", shown, text)}
	}
	if at.Sub(x.env.Now) > longestWait {
		return at, &runtimeError{"Wait state delay is too long."}
	}
	return at, nil
}

var wholeText = regexp.MustCompile(`^-?\d{1,9}$`)

// value resolves a number, or its path, that must be a whole one of at least
// low.
func (f *numberField) value(sc *scope, low int64) (int64, error) {
	if f.path == nil {
		return f.n, nil
	}
	v, err := f.path.eval(sc)
	if err != nil {
		return 0, f.path.invalid(err)
	}
	num, isNumber := v.(Number)
	if s, ok := v.(string); ok && f.name == "MaxConcurrencyPath" && wholeText.MatchString(s) {
		num, isNumber = Number(s), true // the service reads a text of digits too
	}
	n, isWhole := num.asInt()
	shown := string(AppendJSON(nil, v))
	switch {
	case f.name == "MaxConcurrencyPath" && (!isNumber || !isWhole || n < 0):
		return 0, &runtimeError{fmt.Sprintf("The MaxConcurrencyPath field refers to value \"%s\" which is not a valid integer: %s", appendJava(nil, v), f.path.text)}
	case !isNumber || !isWhole:
		return 0, &runtimeError{fmt.Sprintf("The %s parameter cannot be parsed as a long value: %s == %s", f.name, f.path.text, shown)}
	case n < low && n < 0:
		return 0, &runtimeError{fmt.Sprintf("The %s parameter references a negative value: %s == %s", f.name, f.path.text, shown)}
	case n < low || n > maxSeconds:
		return 0, &runtimeError{fmt.Sprintf("The %s parameter references a value out of range: %s == %s", f.name, f.path.text, shown)}
	}
	return n, nil
}

// value gives a text, or what its path or call leads to.
func (f *textField) value(sc *scope, env *Env) (string, error) {
	if f.expr == nil {
		return f.text, nil
	}
	v, err := f.expr.eval(sc, env)
	var m *missing
	if errors.As(err, &m) {
		return "", &runtimeError{fmt.Sprintf("The JSONPath '%s' specified for the field '%s' could not be found in the input '%s'", f.path, f.name, AppendJSON(nil, sc.input))}
	}
	if err != nil {
		return "", err
	}
	s, ok := v.(string)
	if !ok {
		return "", &runtimeError{fmt.Sprintf("The %s parameter does not reference a text: %s", f.name, f.path)}
	}
	return s, nil
}

// waited ends a Wait.
func (x *Execution) waited(t *thread, s *state) error {
	t.Due = 0
	in, err := x.effective(t, s)
	if err != nil {
		return err
	}
	return x.exit(t, s, in, in, s.assign, s.next)
}

// leave ends a state with its result; bare ones (Succeed) have none.
func (x *Execution) leave(t *thread, s *state, result Data, bare bool) error {
	if bare {
		in, err := x.effective(t, s)
		if err != nil {
			return err
		}
		return x.exit(t, s, in, in, nil, "")
	}
	out, err := s.resultPath.apply(t.Input.V, result.V)
	if err != nil {
		return err
	}
	return x.exit(t, s, out, result.V, s.assign, s.next)
}

func (r *resultPath) apply(input, result any) (any, error) {
	switch {
	case r.discard:
		return input, nil
	case r.path == nil:
		return result, nil
	}
	out, ok := put(input, r.path.steps, result)
	if !ok {
		return nil, &failureError{Failure{Error: "States.ResultPathMatchFailure", hasCause: true, Cause: fmt.Sprintf("Unable to apply step \"%s\" to input %s", r.path.text, AppendJSON(nil, input))}}
	}
	return out, nil
}

// exit assigns variables, applies OutputPath and goes on.
func (x *Execution) exit(t *thread, s *state, out, result any, assign *template, next string) error {
	out, err := s.output.apply(x.scope(t, out))
	if err != nil {
		return err
	}
	if err := x.assign(t, s, out, result, assign); err != nil {
		return err
	}
	x.goOn(t, out, next)
	return nil
}

// assign computes all variables from the old ones, writes the exit and sets
// them.
func (x *Execution) assign(t *thread, s *state, out, result any, assign *template) error {
	if err := limited(s.name, out); err != nil {
		return err
	}
	var set Object
	if assign != nil {
		v, err := assign.eval(x.scope(t, result), x.env)
		if err != nil {
			return err
		}
		set, _ = v.(Object)
		if err := limited(s.name, v); err != nil {
			return err
		}
		vars, _ := t.Vars.V.(Object)
		t.Vars.V = vars.WithAll(set)
	}
	x.event(t, Event{Type: string(s.typ) + "StateExited", Output: &Data{out}, Assigned: set})
	return nil
}

// goOn enters the next state, or ends the thread.
func (x *Execution) goOn(t *thread, out any, next string) {
	t.Task, t.Due, t.Kids, t.Group = nil, 0, nil, nil
	if next != "" {
		t.State, t.Phase, t.Input = next, entering, Data{out}
		return
	}
	t.Phase, t.Output = done, &Data{out}
	if x.full {
		return
	}
	if t.up != nil {
		x.childDone(t)
		return
	}
	x.Output = out
	x.event(t, Event{Type: "ExecutionSucceeded", Output: &Data{out}})
	x.end(Succeeded, Failure{})
}
