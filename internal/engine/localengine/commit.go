package localengine

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/ontdox/takedown/internal/engine/asl"
)

// request is one change that somebody wants. apply runs inside the transaction
// and gives the answer; a fatal error is the journal's and undoes the batch.
type request struct {
	apply func(b *batch) (answer, fatal error)
	done  chan error // nil: ours, repeated until the journal takes it
}

// live is an execution in memory: while it is moved and while handlers work
// for it.
type live struct {
	row   int64
	x     *asl.Execution // nil after a failed commit: the journal knows better
	hash  string
	fresh *fresh          // set until the first commit
	tasks map[int64]*call // under way
	// Of this batch:
	events   []asl.Event
	calls    []asl.Call
	answered []int64 // tasks whose handler is done
	changed  bool
}

// fresh is what only a new row needs.
type fresh struct{ input []byte }

// batch is one transaction.
type batch struct {
	e       *Engine
	ctx     context.Context
	tx      *sql.Tx
	now     time.Time
	touched []*live
	started map[string]*live // by name
	rescan  bool             // ask for the next due instant
	nextDue int64            // its answer
	wrote   bool             // there is something to commit
	at      int64            // the row that is being moved
	damaged []damage
	defined []addition
}

// maxBatch bounds how many requests share a commit.
const maxBatch = 256

func (e *Engine) commitLoop() {
	defer e.done.Done()
	for {
		timer := e.timer()
		var fire <-chan time.Time
		if timer != nil {
			fire = timer.C
		}
		select {
		case <-e.ctx.Done():
			e.refuseAll()
			return
		case <-fire:
			e.enqueue(e.fireRequest(nil))
		case <-e.wake:
		}
		if timer != nil {
			timer.Stop()
		}
		for batch := e.take(); len(batch) > 0 || len(e.lost) > 0; batch = e.take() {
			if e.ctx.Err() != nil {
				break
			}
			if !e.commit(batch) {
				e.rest()
			}
		}
	}
}

// longestTimer bounds how long the committer trusts a timer: the wall clock may
// be set, and a machine may sleep.
const longestTimer = time.Minute

// timer wakes the committer when the next execution is due, by the wall clock.
func (e *Engine) timer() *time.Timer {
	if !e.o.Wall || e.nextDue == 0 {
		return nil
	}
	return time.NewTimer(min(longestTimer, time.UnixMilli(e.nextDue).Sub(e.o.HostNow())))
}

func (e *Engine) rest() {
	t := time.NewTimer(e.o.Pause)
	defer t.Stop()
	select {
	case <-t.C:
	case <-e.ctx.Done():
	}
}

func (e *Engine) take() []*request {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return nil
	}
	n := min(len(e.requests), maxBatch)
	out := e.requests[:n:n]
	e.requests = e.requests[n:]
	return out
}

// refuseAll answers what was asked too late.
func (e *Engine) refuseAll() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stopped = true
	for _, r := range e.requests {
		r.answer(errStopped())
		e.end()
	}
	e.requests = nil
}

func (r *request) answer(err error) {
	if r.done != nil {
		r.done <- err // has room for one
	}
}

func (e *Engine) enqueue(r *request) {
	e.mu.Lock()
	e.enqueueLocked(r)
	e.mu.Unlock()
}

func (e *Engine) enqueueLocked(r *request) {
	if e.stopped {
		r.answer(errStopped())
		return
	}
	e.begin()
	e.requests = append(e.requests, r)
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// ask hands a request over and waits for its answer.
func (e *Engine) ask(ctx context.Context, apply func(*batch) (error, error)) error {
	r := &request{apply: apply, done: make(chan error, 1)}
	e.mu.Lock()
	if !e.running {
		e.mu.Unlock()
		return errStopped()
	}
	e.enqueueLocked(r)
	e.mu.Unlock()
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// commit makes one transaction of the requests. It says whether the journal
// took it; if not, callers are told and our own requests come again.
func (e *Engine) commit(requests []*request) bool {
	b := &batch{e: e, ctx: context.WithoutCancel(e.ctx), started: map[string]*live{}}
	answers := make([]error, len(requests))
	err := b.run(requests, answers)
	if err != nil {
		e.o.Log.Error("engine: journal", "err", err)
		b.forget()
		e.mu.Lock()
		e.refuse(requests, err)
		e.mu.Unlock()
		// A panic is not the journal's: there is nothing to rest for.
		return errors.As(err, new(*panicError))
	}
	b.publish()
	e.mu.Lock()
	for i, r := range requests {
		r.answer(answers[i])
		e.end()
	}
	e.mu.Unlock()
	return true
}

// refuse tells callers that the journal did not answer. What is ours comes
// again before anything else; after a panic so does what is theirs, without
// the execution that caused it. The caller holds mu.
func (e *Engine) refuse(requests []*request, err error) {
	var again []*request
	for _, r := range requests {
		if r.done == nil || errors.As(err, new(*panicError)) {
			again = append(again, r)
			continue
		}
		r.answer(storeError(err))
		e.end()
	}
	e.requests = append(again, e.requests...)
}

func (b *batch) run(requests []*request, answers []error) (err error) {
	e := b.e
	if b.now, err = e.o.Now(b.ctx); err != nil {
		return err
	}
	b.now = b.now.UTC()
	if b.tx, err = e.o.DB.BeginTx(b.ctx, nil); err != nil {
		return err
	}
	defer func() {
		if rerr := b.tx.Rollback(); err == nil && rerr != nil && !errors.Is(rerr, sql.ErrTxDone) {
			err = rerr
		}
	}()
	if _, err := b.exec(e.sql.begin); err != nil {
		return err
	}
	for i, r := range requests {
		if err := b.guard(func() (fatal error) {
			answers[i], fatal = r.apply(b)
			return fatal
		}); err != nil {
			return err
		}
	}
	if err := b.guard(b.revive); err != nil {
		return err
	}
	if err := b.guard(b.write); err != nil || !b.wrote {
		return err
	}
	e.o.Hook("commit:before")
	if err := b.tx.Commit(); err != nil {
		return err
	}
	e.o.Hook("commit:after")
	return nil
}

func (b *batch) exec(s *sql.Stmt, args ...any) (sql.Result, error) {
	return b.tx.StmtContext(b.ctx, s).ExecContext(b.ctx, args...)
}

func (b *batch) query(s *sql.Stmt, args ...any) *sql.Row {
	return b.tx.StmtContext(b.ctx, s).QueryRowContext(b.ctx, args...)
}

// write stores what changed.
func (b *batch) write() error {
	for _, l := range b.touched {
		if !l.changed {
			continue
		}
		b.wrote = true
		if err := b.store(l); err != nil {
			return err
		}
	}
	if b.rescan {
		if err := b.query(b.e.sql.nextDue).Scan(&b.nextDue); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) store(l *live) error {
	b.at = l.row
	snapshot, err := l.x.Marshal()
	if err != nil { // its state came from a damaged row
		panic(err)
	}
	var stopped, due any
	if l.x.Status != asl.Running {
		stopped = b.now.UnixMilli()
	}
	if at := l.x.Due(); !at.IsZero() {
		due = at.UnixMilli()
	}
	since, waits := l.x.Standing()
	sinceMS := int64(0)
	if !since.IsZero() {
		sinceMS = since.UnixMilli()
	}
	active := 0
	if len(l.x.Pending()) > 0 {
		active = 1
	}
	args := []any{string(l.x.Status), l.x.Where(), stopped, l.x.Failure.Error, l.x.Failure.Cause, due, active, sinceMS, waits, snapshot, l.row}
	stmt := b.e.sql.update
	if l.fresh != nil {
		stmt = b.e.sql.insert
		args = append(args, l.x.Name, l.x.Machine, l.hash, l.fresh.input, l.x.StartedAtMS)
	}
	if _, err := b.exec(stmt, args...); err != nil {
		return err
	}
	if len(l.events) == 0 {
		return nil
	}
	lines, err := json.Marshal(written(l.events))
	if err != nil {
		return err
	}
	_, err = b.exec(b.e.sql.event, l.row, l.events[len(l.events)-1].ID, lines)
	if constraint(err) { // it counts its events from a damaged row
		panic(err)
	}
	return err
}

// constraint says that the journal refuses a row for what stands in it: asking
// again does not help. 19 is SQLITE_CONSTRAINT.
func constraint(err error) bool {
	var coded interface {
		error
		Code() int
	}
	return errors.As(err, &coded) && coded.Code()&0xff == 19
}
