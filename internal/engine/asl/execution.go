package asl

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Env is what an execution needs from outside for one move.
type Env struct {
	Now   time.Time
	Rand  io.Reader               // for UUIDs, random numbers and jitter
	Token func(task int64) string // makes a task's token
	// MaxEvents bounds an execution's history; 0 means AWS's 25,000.
	MaxEvents int64
}

func (e *Env) bytes(b []byte) {
	// A source that fails leaves zeros: no execution stops for that.
	_, _ = io.ReadFull(e.Rand, b)
}

func (e *Env) random(n int64) int64 {
	var b [8]byte
	e.bytes(b[:])
	return int64(binary.BigEndian.Uint64(b[:]) % uint64(n)) //nolint:gosec // n is positive, the rest below it
}

func (e *Env) uuid() string {
	var b [16]byte
	e.bytes(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// Status is where an execution stands, in AWS's words.
type Status string

// The statuses.
const (
	Running   Status = "RUNNING"
	Succeeded Status = "SUCCEEDED"
	Failed    Status = "FAILED"
	TimedOut  Status = "TIMED_OUT"
	Aborted   Status = "ABORTED"
)

// Identity names an execution and what it belongs to, for the context object.
type Identity struct {
	Name        string `json:"name"`
	ID          string `json:"id"` // ARN or what stands for it
	RoleARN     string `json:"role,omitempty"`
	Machine     string `json:"machine"`
	MachineID   string `json:"machineId"`
	StartedAtMS int64  `json:"started"` // Unix milliseconds; set by Start
}

// Execution is one run of a definition. It serialises by Marshal; Restore
// brings it back. It is not safe for concurrent use.
type Execution struct {
	Identity
	Status   Status
	Failure  Failure // when it failed, timed out or was aborted
	Output   any     // when it succeeded
	LastID   int64   // of the last event
	lastTask int64
	deadline int64 // Unix milliseconds, 0 without
	input    any
	root     *thread

	def    *Definition
	ready  []*thread
	events []Event
	calls  []Call
	env    *Env
	full   bool // the history has room for its last event only
}

// snapshot is an execution's written form.
type snapshot struct {
	Identity
	Status   Status   `json:"status"`
	Failure  *Failure `json:"failure,omitempty"`
	Output   *Data    `json:"output,omitempty"`
	LastID   int64    `json:"lastId"`
	LastTask int64    `json:"lastTask"`
	Deadline int64    `json:"deadline,omitempty"`
	Input    Data     `json:"input"`
	Root     *thread  `json:"root,omitempty"`
}

// thread runs the states of one machine one after another: the execution's
// own, a branch's, or an iteration's.
type thread struct {
	State   string    `json:"s,omitempty"`
	Phase   phase     `json:"p"`
	Input   Data      `json:"i"`
	Entered int64     `json:"e,omitempty"` // Unix milliseconds
	EventID int64     `json:"ei,omitempty"`
	Prev    int64     `json:"l,omitempty"` // last event
	Tries   []int64   `json:"t,omitempty"` // per retrier
	Retries int64     `json:"n,omitempty"`
	Due     int64     `json:"d,omitempty"` // of a wait or a retry
	Task    *task     `json:"k,omitempty"`
	Vars    Data      `json:"v"`
	Item    *mapItem  `json:"m,omitempty"`
	Kids    []*thread `json:"c,omitempty"`
	Group   *group    `json:"g,omitempty"`
	Output  *Data     `json:"o,omitempty"` // when done

	up      *thread
	machine *machine
}

type phase string

const (
	entering phase = ""
	again    phase = "again" // a retry's interval is over
	tasking  phase = "task"
	waiting  phase = "wait"
	retrying phase = "retry"
	grouping phase = "group"
	done     phase = "done"
)

type task struct {
	ID        int64  `json:"id"`
	Token     string `json:"token,omitempty"`
	Submitted bool   `json:"sub,omitempty"`
	Params    *Data  `json:"params,omitempty"` // until submitted
	Creds     *Data  `json:"creds,omitempty"`
	Timeout   int64  `json:"timeout,omitempty"`   // Unix milliseconds
	Heartbeat int64  `json:"heartbeat,omitempty"` // Unix milliseconds
	Beat      int64  `json:"beat,omitempty"`      // seconds
	Seconds   int64  `json:"seconds,omitempty"`   // the time-out's
}

type mapItem struct {
	Index int64 `json:"i"`
	Value Data  `json:"v"`
}

// group is a Parallel or Map under way.
type group struct {
	Items []any `json:"-"`
	Left  Data  `json:"items"` // the items, for the written form
	Input Data  `json:"in"`    // what ItemSelector sees
	Next  int64 `json:"next"`
	Open  int64 `json:"open"`
	Limit int64 `json:"limit"` // 0: no limit
}

// Failure is an error in the language's sense.
type Failure struct {
	Error     string `json:"error,omitempty"`
	Cause     string `json:"cause,omitempty"`
	heartbeat bool
	hasCause  bool
}

// Event is one line of an execution's history, in AWS's words. Input, Output
// and Params are nil where the type has none.
type Event struct {
	ID, Previous      int64
	Type              string
	At                time.Time
	State             string
	Input, Output     *Data
	Params            *Data
	Assigned          Object
	Error, Cause      string
	Resource          *Resource
	Timeout, Interval int64 // seconds: time-out and heartbeat of a task
	Index             int64 // of an iteration
}

// Call asks the host to run a task. A host answers with Resolve, or with Submit
// where the result comes later.
type Call struct {
	Task        int64 // the attempt's number in the execution
	State       string
	Resource    Resource
	Params      any
	Credentials any
	Token       string
	Timeout     int64 // seconds, 0 without
}

// Effects is what one move led to.
type Effects struct {
	Calls  []Call
	Events []Event
}

// MaxPayload is the most bytes an input or a result may have.
const MaxPayload = 262144

// Start begins an execution and runs it until it waits or ends.
func (d *Definition) Start(id Identity, input any, env *Env) (*Execution, Effects) {
	id.StartedAtMS = env.Now.UnixMilli()
	x := &Execution{Identity: id, Status: Running, input: input, def: d}
	if d.timeout > 0 {
		x.deadline = id.StartedAtMS + d.timeout*1000
	}
	x.root = &thread{State: d.startAt, Input: Data{input}, machine: &d.machine}
	return x, x.move(env, func() {
		x.event(nil, Event{Type: "ExecutionStarted", Input: &Data{input}})
		x.root.Prev = 0 // AWS counts the first state's from nothing
		x.ready = append(x.ready, x.root)
	})
}

// Marshal gives the written form.
func (x *Execution) Marshal() ([]byte, error) {
	s := snapshot{
		Identity: x.Identity, Status: x.Status, LastID: x.LastID, LastTask: x.lastTask,
		Deadline: x.deadline, Input: Data{x.input}, Root: x.root,
	}
	if x.Status == Succeeded {
		s.Output = &Data{x.Output}
	}
	if x.Failure.Error != "" || x.Failure.Cause != "" {
		s.Failure = &x.Failure
	}
	if x.Status != Running {
		s.Root = nil
	}
	return json.Marshal(s)
}

// Restore reads a written form back, under the definition it was started with.
func (d *Definition) Restore(b []byte) (*Execution, error) {
	var s snapshot
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("execution's state: %w", err)
	}
	x := &Execution{
		Identity: s.Identity, Status: s.Status, LastID: s.LastID, lastTask: s.LastTask,
		deadline: s.Deadline, input: s.Input.V, root: s.Root, def: d,
	}
	if s.Output != nil {
		x.Output = s.Output.V
	}
	if s.Failure != nil {
		x.Failure = *s.Failure
	}
	if x.root == nil {
		if x.Status == Running {
			return nil, errors.New("execution's state: nothing is running")
		}
		return x, nil
	}
	return x, x.root.attach(nil, &d.machine)
}

// attach ties a restored thread to its definition.
func (t *thread) attach(up *thread, m *machine) error {
	t.up, t.machine = up, m
	if t.Phase == done {
		if t.Output == nil { // null is a result too
			t.Output = &Data{}
		}
		return nil
	}
	s := m.states[t.State]
	if s == nil {
		return fmt.Errorf("execution's state: there is no state %q", t.State)
	}
	if t.Phase == tasking && t.Task == nil || t.Phase == grouping && t.Group == nil {
		return fmt.Errorf("execution's state: %q is incomplete", t.State)
	}
	if t.Group != nil {
		t.Group.Items, _ = t.Group.Left.V.([]any)
	}
	if t.Task != nil && t.Task.Params == nil {
		t.Task.Params = &Data{}
	}
	for i, k := range t.Kids {
		if k == nil { // an iteration that has not begun
			continue
		}
		b := 0
		if s.typ == parallelState {
			b = i
		}
		if b >= len(s.branches) {
			return errors.New("execution's state: too many branches")
		}
		if err := k.attach(t, s.branches[b]); err != nil {
			return err
		}
	}
	return nil
}

// move runs one change and whatever follows from it.
func (x *Execution) move(env *Env, change func()) Effects {
	x.env, x.events, x.calls = env, nil, nil
	change()
	for x.Status == Running && len(x.ready) > 0 && !x.full {
		t := x.ready[0]
		x.ready = x.ready[1:]
		x.run(t)
	}
	if x.Status == Running && x.full {
		x.overflow()
	}
	x.full = false
	x.ready, x.env = nil, nil
	e := Effects{Calls: x.calls, Events: x.events}
	x.events, x.calls = nil, nil
	if x.Status != Running {
		e.Calls = nil
	}
	return e
}

// event writes a line of history; t is whose it is, nil for the execution.
func (x *Execution) event(t *thread, e Event) int64 {
	if t != nil && e.Type != "ExecutionSucceeded" && x.LastID >= x.env.limit()-1 {
		x.full = true
		return x.LastID
	}
	x.LastID++
	e.ID, e.At = x.LastID, x.env.Now
	if t != nil {
		e.Previous = t.Prev
		t.Prev = e.ID
		if e.State == "" {
			e.State = t.State
		}
	}
	x.events = append(x.events, e)
	return e.ID
}

func (x *Execution) end(status Status, f Failure) {
	x.Status, x.Failure = status, f
	x.ready = nil
}

// Abort stops an execution.
func (x *Execution) Abort(env *Env, f Failure) Effects {
	return x.move(env, func() {
		if x.Status == Running {
			x.event(nil, Event{Type: "ExecutionAborted", Previous: 0, Error: f.Error, Cause: f.Cause})
			x.end(Aborted, f)
		}
	})
}

// Where names the state the execution stands in: the outermost one, "" at the
// end.
func (x *Execution) Where() string {
	if x.root == nil || x.Status != Running {
		return ""
	}
	return x.root.State
}
