package localengine

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/engine/asl"
)

// NameDamaged is the error of an execution that was stopped because its row in
// the journal cannot be read, or cannot be moved.
const NameDamaged = casework.NameDamaged

// damage is an execution that this batch stops.
type damage struct {
	row   int64
	name  string
	cause error
}

// panicError is the interpreter's panic over one execution.
type panicError struct {
	row   int64
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// guard runs a part of the batch. A panic is charged to the execution that was
// being moved: the batch is undone and comes again without it.
func (b *batch) guard(part func() error) (fatal error) {
	b.at = 0
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if b.at == 0 {
			panic(p) // no execution's fault
		}
		fatal = &panicError{b.at, p, debug.Stack()}
		b.e.poison[b.at] = fatal
	}()
	return part()
}

// stop ends an execution that is damaged, and nothing else.
func (b *batch) stop(row int64, cause error) error {
	b.e.o.Log.Error("engine: damaged execution", "row", row, "err", cause)
	d := damage{row: row, cause: cause}
	if err := b.query(b.e.sql.nameOf, row).Scan(&d.name); err != nil {
		return err
	}
	b.wrote = true
	b.damaged = append(b.damaged, d)
	_, err := b.exec(b.e.sql.damaged, b.now.UnixMilli(), row)
	return err
}

// forget drops what the transaction moved in memory: whether it stands on disk
// is not known, so that the journal is asked again.
func (b *batch) forget() {
	e := b.e
	for _, l := range b.touched {
		if l.changed {
			l.x, l.fresh = nil, nil
			e.lose(l.row)
		}
		l.events, l.calls, l.answered, l.changed = nil, nil, nil, false
		if len(l.tasks) == 0 {
			delete(e.live, l.row)
		}
	}
}

// lose notes that a commit with this execution failed, or only its answer did.
func (e *Engine) lose(row int64) {
	if len(e.lost) == 0 {
		e.mu.Lock()
		e.begin()
		e.mu.Unlock()
	}
	e.lost[row] = true
}

// revive takes up the executions of a commit that failed. If it stands after
// all, their calls were never made. It writes them again: only a commit that
// was answered is known to be on disk.
func (b *batch) revive() error {
	for row := range b.e.lost {
		l, err := b.open(row)
		if err != nil {
			return err
		}
		if l != nil {
			b.recall(l)
		}
	}
	return nil
}

// recall makes the calls that an execution waits for and nobody works on.
func (b *batch) recall(l *live) {
	l.changed = true
	for _, c := range l.x.Pending() {
		called := slices.ContainsFunc(l.calls, func(o asl.Call) bool { return o.Task == c.Task })
		if l.tasks[c.Task] == nil && !called {
			l.calls = append(l.calls, c)
		}
	}
}

// publish lets the world see what is durable now.
func (b *batch) publish() {
	e := b.e
	if b.rescan {
		e.nextDue = b.nextDue
	}
	for _, l := range b.touched {
		b.show(l)
	}
	for _, a := range b.defined {
		e.machines[a.name], e.defs[a.d.Hash()] = a.d, a.d
		e.mu.Lock()
		e.texts[a.name] = a.text
		e.mu.Unlock()
	}
	for _, d := range b.damaged {
		e.report(d)
	}
	if len(e.lost) > 0 {
		clear(e.lost)
		e.mu.Lock()
		e.end()
		e.mu.Unlock()
	}
}

func (b *batch) show(l *live) {
	e := b.e
	if l.changed {
		if due := l.x.Due(); !due.IsZero() && (e.nextDue == 0 || due.UnixMilli() < e.nextDue) {
			e.nextDue = due.UnixMilli()
		}
	}
	for _, task := range l.answered {
		delete(l.tasks, task)
	}
	calls := l.calls
	l.changed, l.fresh, l.events, l.answered, l.calls = false, nil, nil, nil, nil
	e.cancelStale(l)
	for _, c := range calls {
		e.dispatch(l, c)
	}
	if len(l.tasks) == 0 {
		delete(e.live, l.row)
	}
}

// report ends the work for a damaged execution and tells the host.
func (e *Engine) report(d damage) {
	if l := e.live[d.row]; l != nil {
		for _, c := range l.tasks {
			c.cancel()
		}
		delete(e.live, d.row)
	}
	delete(e.poison, d.row)
	e.mu.Lock()
	e.begin()
	e.mu.Unlock()
	e.done.Go(func() {
		e.o.Damaged(context.WithoutCancel(e.ctx), d.name, d.cause)
		e.mu.Lock()
		e.end()
		e.mu.Unlock()
	})
}
