package asl_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/engine/asl"
)

type recordedEvent struct {
	ID       int64  `json:"id"`
	Previous int64  `json:"-"`
	Type     string `json:"type"`
	raw      asl.Object
	details  asl.Object
}

func (e *recordedEvent) UnmarshalJSON(b []byte) error {
	v, err := asl.ParseJSON(b)
	if err != nil {
		return err
	}
	o, ok := v.(asl.Object)
	if !ok {
		return fmt.Errorf("an event is not an object")
	}
	e.raw = o
	e.ID, e.Previous = number(o, "id"), number(o, "previousEventId")
	typ, _ := o.Get("type")
	e.Type, _ = typ.(string)
	for _, m := range o {
		if strings.HasSuffix(m.Key, "EventDetails") {
			e.details, _ = m.Value.(asl.Object)
		}
	}
	return nil
}

func number(o asl.Object, key string) int64 {
	v, _ := o.Get(key)
	var n int64
	_ = json.Unmarshal(asl.AppendJSON(nil, v), &n) // a placeholder stays 0
	return n
}

func (e *recordedEvent) text(key string) string {
	v, _ := e.details.Get(key)
	if s, ok := v.(string); ok {
		return s
	}
	if v == nil {
		return ""
	}
	return string(asl.AppendJSON(nil, v)) // the recorder takes JSON in texts apart
}

// value gives recorded data: the recorder took objects apart and left the rest
// as JSON text.
func (e *recordedEvent) value(key string) any {
	v, _ := e.details.Get(key)
	return decoded(v)
}

func decoded(v any) any {
	if s, ok := v.(string); ok {
		if in, err := asl.ParseJSON([]byte(s)); err == nil {
			return in
		}
	}
	return v
}

// outcome is how an attempt at a task ended.
type outcome struct {
	submitted any
	submit    bool
	started   bool
	result    any
	err       string
	cause     string
	failed    bool
	timedOut  bool
	aborted   bool
}

// player replays the recorded outcomes to the interpreter.
type player struct {
	r      recording
	queue  map[string][]outcome // by state
	now    time.Time
	random *rand.ChaCha8
	open   map[int64]outcome // given to a task that a timer must end
}

func newPlayer(r recording) *player {
	p := &player{
		r: r, queue: map[string][]outcome{}, open: map[int64]outcome{},
		now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), random: rand.NewChaCha8([32]byte{1}),
	}
	p.collect()
	return p
}

func kind(typ string) string {
	for _, prefix := range []string{"LambdaFunction", "Activity", "Task"} {
		if s, ok := strings.CutPrefix(typ, prefix); ok && !strings.HasPrefix(s, "State") {
			return s
		}
	}
	return ""
}

// collect finds each attempt's outcome and, along previousEventId, its state.
func (p *player) collect() {
	owner := map[int64]string{}     // event → state
	attempt := map[int64]*outcome{} // event → attempt
	type scheduled struct {
		state string
		o     *outcome
	}
	var all []scheduled
	for i := range p.r.Events {
		e := &p.r.Events[i]
		if e.ID == 0 { // sorted by the recorder: nothing tells whose it is
			if kind(e.Type) == "Succeeded" {
				p.queue[""] = append(p.queue[""], outcome{result: e.value("output")})
			}
			continue
		}
		owner[e.ID] = owner[e.Previous]
		attempt[e.ID] = attempt[e.Previous]
		if strings.HasSuffix(e.Type, "StateEntered") {
			owner[e.ID] = e.text("name")
		}
		switch kind(e.Type) {
		case "Scheduled":
			o := &outcome{aborted: true}
			attempt[e.ID] = o
			all = append(all, scheduled{owner[e.ID], o})
		case "Started":
			attempt[e.ID].started = true
		case "Submitted":
			attempt[e.ID].submit, attempt[e.ID].submitted = true, e.value("output")
		case "Succeeded":
			attempt[e.ID].aborted, attempt[e.ID].result = false, e.value("output")
		case "Failed":
			*attempt[e.ID] = outcome{started: attempt[e.ID].started, submit: attempt[e.ID].submit, submitted: attempt[e.ID].submitted, failed: true, err: e.text("error"), cause: e.text("cause")}
		case "TimedOut":
			attempt[e.ID].aborted, attempt[e.ID].timedOut = false, true
		}
	}
	for _, s := range all {
		p.queue[s.state] = append(p.queue[s.state], *s.o)
	}
}

func (p *player) env() *asl.Env {
	return &asl.Env{Now: p.now, Rand: p.random, Token: func(n int64) string { return fmt.Sprintf("<token-%d>", n) }}
}

// play runs the definition to its end, or to where the recording was aborted.
func (p *player) play(d *asl.Definition) (*asl.Execution, []asl.Event) {
	input := p.input()
	x, eff := d.Start(asl.Identity{Name: "<name>", ID: "<id>", RoleARN: "snf_role_arn", Machine: "<machine>", MachineID: "<machine-id>"}, input, p.env())
	events := eff.Events
	calls := eff.Calls
	add := func(e asl.Effects) {
		events = append(events, e.Events...)
		calls = append(calls, e.Calls...)
	}
	for x.Status == asl.Running {
		if len(calls) > 0 {
			c := calls[0]
			calls = calls[1:]
			x = p.reborn(d, x)
			p.answer(x, c, add)
			continue
		}
		due := x.Due()
		if due.IsZero() || p.aborted() {
			break
		}
		p.now = due
		e, _ := x.Fire(p.env())
		add(e)
	}
	if x.Status == asl.Running && p.aborted() {
		add(x.Abort(p.env(), asl.Failure{}))
	}
	return x, events
}

// reborn sends the execution through its written form.
func (p *player) reborn(d *asl.Definition, x *asl.Execution) *asl.Execution {
	b, err := x.Marshal()
	if err != nil {
		panic(err)
	}
	y, err := d.Restore(b)
	if err != nil {
		panic(err)
	}
	return y
}

func (p *player) aborted() bool {
	return slices.ContainsFunc(p.r.Events, func(e recordedEvent) bool { return e.Type == "ExecutionAborted" })
}

func (p *player) answer(x *asl.Execution, c asl.Call, add func(asl.Effects)) {
	state := c.State
	if len(p.queue[state]) == 0 {
		state = ""
	}
	q := p.queue[state]
	if len(q) == 0 {
		e, _ := x.Fail(c.Task, "Test.NotRecorded", "", p.env())
		add(e)
		return
	}
	o := q[0]
	p.queue[state] = q[1:]
	if o.started { // else no worker took it
		e, _ := x.Begin(c.Task, p.env())
		add(e)
	}
	if o.submit {
		e, _ := x.Submit(c.Task, o.submitted, p.env())
		add(e)
	}
	switch {
	case o.timedOut && x.Due().IsZero(): // the service's own limit
		e, _ := x.Fail(c.Task, "States.Timeout", "", p.env())
		add(e)
	case o.timedOut || o.aborted:
	case o.failed:
		e, _ := x.Fail(c.Task, o.err, o.cause, p.env())
		add(e)
	default:
		e, _ := x.Resolve(c.Task, o.result, p.env())
		add(e)
	}
}

var (
	shown  = regexp.MustCompile(` == (\S.*)$`)
	suffix = regexp.MustCompile(`\[(\.\d+Z?|Z)\]`)
	days   = regexp.MustCompile(`boundary\[(\d+)\]`)
)

// input is the recorded input; where a Wait's timestamp was replaced by a
// placeholder, one like it is put in: the recorded cause or the test's name
// tells its form.
func (p *player) input() any {
	in := p.r.Events[0].value("input")
	o, ok := in.(asl.Object)
	if !ok || !strings.Contains(string(p.r.Definition), `"TimestampPath"`) {
		return in
	}
	form := p.now.Add(time.Second).Format("2006-01-02T15:04:05") + "Z"
	last := p.r.Events[len(p.r.Events)-1]
	if m := shown.FindStringSubmatch(last.text("cause")); m != nil && !strings.HasPrefix(m[1], "<") {
		form = m[1]
	} else if m := suffix.FindStringSubmatch(p.r.ID); m != nil {
		form = strings.TrimSuffix(form, "Z") + m[1]
	} else if m := days.FindStringSubmatch(p.r.ID); m != nil {
		var n int
		_, _ = fmt.Sscan(m[1], &n) // the expression lets only digits through
		form = p.now.AddDate(0, 0, n).Format("2006-01-02T15:04:05Z")
	}
	for i := range o {
		if s, ok := o[i].Value.(string); ok && wildcard(s) {
			o = o.With(o[i].Key, form)
		}
	}
	return o
}
