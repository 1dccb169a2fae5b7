package localengine

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/ontdox/takedown/internal/engine/asl"
	"github.com/ontdox/takedown/internal/takedown"
)

// touch notes that this batch uses an execution.
func (b *batch) touch(l *live) *live {
	for _, t := range b.touched {
		if t == l {
			return l
		}
	}
	b.touched = append(b.touched, l)
	return l
}

// open gives a running execution, from memory or the journal; nil if there is
// none.
func (b *batch) open(row int64) (*live, error) {
	b.at = row
	l := b.e.live[row]
	if cause := b.e.poison[row]; cause != nil {
		return nil, b.stopOnce(row, cause)
	}
	if l != nil && l.x != nil {
		return b.touch(l), nil
	}
	var hash string
	var snapshot []byte
	err := b.query(b.e.sql.load, row).Scan(&hash, &snapshot)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // no such execution runs
	}
	if err != nil {
		return nil, err
	}
	x, err := b.restore(hash, snapshot)
	if err != nil {
		return nil, b.stopOnce(row, err)
	}
	if l == nil {
		l = &live{row: row, hash: hash, tasks: map[int64]*call{}}
		b.e.live[row] = l
	}
	l.x = x
	return b.touch(l), nil
}

// stopOnce stops a damaged execution, once in a batch.
func (b *batch) stopOnce(row int64, cause error) error {
	for _, d := range b.damaged {
		if d.row == row {
			return nil
		}
	}
	return b.stop(row, cause)
}

func (b *batch) restore(hash string, snapshot []byte) (*asl.Execution, error) {
	d := b.e.defs[hash]
	if d == nil {
		var body []byte
		if err := b.query(b.e.sql.body, hash).Scan(&body); err != nil {
			return nil, err
		}
		var err error
		// Handlers may have gone since: calls to them fail like those to a
		// function that was deleted.
		d, err = asl.Load(body, asl.Host{Supports: func(asl.Resource) bool { return true }})
		if err != nil {
			return nil, err
		}
		b.e.defs[hash] = d
	}
	return d.Restore(snapshot)
}

func (b *batch) env(row int64) *asl.Env {
	return &asl.Env{
		Now: b.now, Rand: b.e.o.Rand, MaxEvents: b.e.o.MaxEvents,
		Token: func(task int64) string { return b.e.newToken(row, task) },
	}
}

// apply notes the effects of a move.
func (b *batch) apply(l *live, eff asl.Effects) {
	l.changed = true
	l.events = append(l.events, eff.Events...)
	l.calls = append(l.calls, eff.Calls...)
}

func (b *batch) start(machine, name string, input []byte) (answer, fatal error) {
	d := b.e.machines[machine]
	if d == nil {
		return errNoMachine(machine), nil
	}
	v, err := asl.ParseJSON(input)
	if err != nil || len(input) > asl.MaxPayload {
		return takedown.Errorf(takedown.Invalid, "InvalidExecutionInput", "The input is not JSON of at most 256 KiB."), nil
	}
	canonical := asl.AppendJSON(nil, v)
	sum := sha256.Sum256(canonical)
	if found, same, err := b.named(machine, name, sum[:]); err != nil || found {
		if err == nil && !same {
			answer = takedown.Errorf(takedown.Conflict, "ExecutionAlreadyExists", "There is an execution %s already.", name)
		}
		return answer, err
	}
	b.e.lastRow++
	row := b.e.lastRow
	id := asl.Identity{Name: name, ID: "execution:" + machine + ":" + name, Machine: machine, MachineID: "stateMachine:" + machine}
	l := &live{row: row, hash: d.Hash(), fresh: &fresh{sum[:]}, tasks: map[int64]*call{}}
	x, eff, err := begin(d, id, v, b.env(row))
	if err != nil {
		b.e.o.Log.Error("engine: start", "execution", name, "err", err)
		return takedown.Errorf(takedown.Internal, takedown.NameInternal, "The state machine %s cannot begin with this input.", machine), nil
	}
	l.x = x
	b.e.live[row], b.started[name] = l, l
	b.apply(b.touch(l), eff)
	return nil, nil
}

// begin starts an execution; a panic is an error, and leaves nothing behind.
func begin(d *asl.Definition, id asl.Identity, input any, env *asl.Env) (x *asl.Execution, eff asl.Effects, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	x, eff = d.Start(id, input, env)
	return x, eff, nil
}

// named looks for an execution of this name: in the batch, then in the journal.
func (b *batch) named(machine, name string, input []byte) (found, same bool, err error) {
	if l := b.started[name]; l != nil {
		return true, l.x.Status == asl.Running && l.x.Machine == machine && bytes.Equal(l.fresh.input, input), nil
	}
	var row int64
	var m, status string
	var in []byte
	err = b.query(b.e.sql.byName, name).Scan(&row, &m, &in, &status)
	if errors.Is(err, sql.ErrNoRows) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	if l := b.e.live[row]; l != nil && l.x != nil { // this batch may have ended it
		status = string(l.x.Status)
	}
	return true, m == machine && status == string(asl.Running) && bytes.Equal(in, input), nil
}

// byToken moves the execution whose open task a token names.
func (b *batch) byToken(token string, f func(x *asl.Execution, task int64, env *asl.Env) (asl.Effects, bool)) (answer, fatal error) {
	row, task, err := readToken(token)
	if err != nil {
		return err, nil
	}
	l, err := b.open(row)
	if err != nil {
		return nil, err
	}
	if l == nil {
		var n int
		if err := b.query(b.e.sql.exists, row).Scan(&n); err != nil {
			return nil, err
		}
		if n == 0 {
			return errNoTask(), nil
		}
		return errTimedOut(), nil
	}
	open := l.x.TokenOf(task)
	if open == "" || subtle.ConstantTimeCompare([]byte(open), []byte(token)) != 1 {
		return errTimedOut(), nil
	}
	// A time-out that is due and was not fired yet comes first.
	b.fire(l)
	eff, ok := f(l.x, task, b.env(row))
	if !ok {
		return errTimedOut(), nil
	}
	b.apply(l, eff)
	return nil, nil
}

// fire does all that is due in one execution.
func (b *batch) fire(l *live) {
	for {
		eff, ok := l.x.Fire(b.env(l.row))
		if !ok {
			return
		}
		if len(eff.Events) == 0 { // whatever fires is seen in the history
			panic("a timer fires and nothing follows")
		}
		b.apply(l, eff)
	}
}

// maxDue bounds how many due executions share a commit.
const maxDue = 500

// fireRequest fires what is due; n, if not nil, gets how many there were.
func (e *Engine) fireRequest(n *int) *request {
	return &request{apply: func(b *batch) (error, error) {
		count, err := b.fireDue()
		if n != nil {
			*n = count
		}
		return nil, err
	}}
}

func (b *batch) fireDue() (int, error) {
	b.rescan = true
	rows, err := b.due()
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		l, err := b.open(row)
		if err != nil {
			return 0, err
		}
		if l != nil {
			b.fire(l)
		}
	}
	return len(rows), nil
}

func (b *batch) due() (out []int64, err error) {
	rows, err := b.tx.StmtContext(b.ctx, b.e.sql.due).QueryContext(b.ctx, b.now.UnixMilli(), maxDue)
	if err != nil {
		return nil, err
	}
	return scanRows(rows)
}

func scanRows(rows *sql.Rows) (out []int64, err error) {
	defer func() {
		if cerr := rows.Close(); err == nil {
			err = cerr
		}
	}()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
