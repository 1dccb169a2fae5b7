package localengine

import (
	"context"
	"crypto/rand"
	"database/sql"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/engine/asl"
	"github.com/ontdox/takedown/internal/takedown"
)

// Handler is one function: JSON in, JSON out. It gets an at-least-once call.
type Handler = func(ctx context.Context, payload []byte) ([]byte, error)

// Options say what an engine works with.
type Options struct {
	// DB is open, with one connection that may write; the engine's tables begin
	// with "engine_".
	DB *sql.DB
	// Readers is a pool of connections to the same file that only read, so that
	// questions do not wait for commits; DB without.
	Readers *sql.DB
	// Machines are the definitions by name ("case", "track").
	Machines map[string][]byte
	// Substitutions fill ${Name} in the definitions, as SAM does.
	Substitutions map[string]string
	// Handlers by function name.
	Handlers map[string]Handler
	// NameOf gives the name under which an error reaches Retry and Catch;
	// takedown.NameOf without.
	NameOf func(error) string
	// Now is case time. It is asked before a transaction begins, never inside.
	Now func(ctx context.Context) (time.Time, error)
	// Wall says that Now is the real clock: due timers then fire by themselves.
	// Otherwise only Tick fires them.
	Wall bool
	// HostNow is the host's clock, time.Now in a host.
	HostNow func() time.Time
	// Hook is called at "start:before", "start:after" (the start is durable),
	// "token:before", "token:after", and around every commit at
	// "commit:before" and "commit:after"; it may be nil.
	Hook func(point string)
	// Damaged is told which execution was stopped because its row cannot be
	// read, or drives the interpreter into a panic; it may be nil. It runs on
	// its own and may be told twice: a person has to look.
	Damaged func(ctx context.Context, execution string, cause error)
	// Volatile accepts a journal that may lose commits with the power: tests.
	Volatile bool
	// Workers is how many handlers run at once; 8 without.
	Workers int
	// MaxEvents bounds an execution's history; AWS's 25,000 without.
	MaxEvents int64
	// Pause is how long a journal that did not answer is left alone; 100 ms
	// without.
	Pause time.Duration
	// Rand gives tokens, UUIDs and jitter; crypto/rand without.
	Rand io.Reader
	Log  *slog.Logger
}

// Engine runs executions. It is safe for concurrent use.
type Engine struct {
	o        Options
	machines map[string]*asl.Definition
	sql      statements

	mu       sync.Mutex
	texts    map[string][]byte // the machines' definitions
	busy     int               // requests, calls and handlers under way
	idle     chan struct{}     // closed while busy is 0
	running  bool
	stopped  bool
	requests []*request
	calls    []*call
	wake     chan struct{} // requests are there
	work     *sync.Cond    // calls are there, or the engine stops

	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup

	// The committer's alone:
	live    map[int64]*live
	defs    map[string]*asl.Definition // by hash
	nextDue int64                      // Unix milliseconds, 0 if nothing is timed
	lastRow int64
	lost    map[int64]bool  // rows of commits that failed
	poison  map[int64]error // rows that made the interpreter panic
}

// New checks the machines against the handlers and makes the tables. A
// definition that is refused gives a *takedown.Error of kind Invalid that
// wraps *asl.RefusedError and names machine and JSON path.
func New(o Options) (*Engine, error) {
	o.defaults()
	ctx := context.Background() // a start is not cut short
	e := &Engine{
		o: o, idle: make(chan struct{}), wake: make(chan struct{}, 1),
		live: map[int64]*live{}, defs: map[string]*asl.Definition{}, lost: map[int64]bool{}, poison: map[int64]error{},
	}
	close(e.idle)
	e.work = sync.NewCond(&e.mu)
	if !o.Volatile {
		if err := requireDurable(ctx, o.DB); err != nil {
			return nil, err
		}
	}
	if err := migrate(ctx, o.DB); err != nil {
		return nil, err
	}
	if err := e.loadMachines(ctx); err != nil {
		return nil, err
	}
	return e, e.sql.prepare(ctx, o.DB)
}

func (o *Options) defaults() {
	if o.NameOf == nil {
		o.NameOf = takedown.NameOf
	}
	if o.Hook == nil {
		o.Hook = func(string) {}
	}
	if o.Damaged == nil {
		o.Damaged = func(context.Context, string, error) {}
	}
	if o.Readers == nil {
		o.Readers = o.DB
	}
	if o.Workers <= 0 {
		o.Workers = 8
	}
	if o.Pause <= 0 {
		o.Pause = 100 * time.Millisecond
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// Run starts the workers, takes up what a kill left behind and returns. The
// engine works until Stop or the end of ctx.
func (e *Engine) Run(ctx context.Context) error {
	e.mu.Lock()
	if e.running || e.stopped {
		e.mu.Unlock()
		return takedown.Errorf(takedown.Conflict, takedown.NameConflict, "The engine runs already, or was stopped.")
	}
	e.running = true
	e.ctx, e.cancel = context.WithCancel(ctx)
	e.mu.Unlock()
	if err := e.resume(); err != nil {
		e.cancel()
		e.refuseAll()
		return err
	}
	context.AfterFunc(e.ctx, func() {
		e.mu.Lock()
		e.stopped = true
		e.work.Broadcast()
		e.mu.Unlock()
	})
	e.done.Add(1 + e.o.Workers)
	go e.commitLoop()
	for range e.o.Workers {
		go e.worker()
	}
	return nil
}

// Stop ends the workers and waits for them. A handler under way has its
// context cancelled and is called again after the next Run.
func (e *Engine) Stop() {
	e.mu.Lock()
	cancel := e.cancel
	e.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	e.done.Wait()
}

// Idle blocks until nothing is runnable: no request, no call, no handler. What
// waits for a token or a timer does not count. A handler must not call it.
func (e *Engine) Idle(ctx context.Context) error {
	e.mu.Lock()
	idle, stopped, running := e.idle, e.stopped, e.ctx
	e.mu.Unlock()
	if stopped || running == nil {
		return errStopped()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-running.Done():
		return errStopped()
	case <-idle:
		return nil
	}
}

func errStopped() error {
	return takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "The engine is not running.")
}

// begin and end count what is under way. The caller holds mu.
func (e *Engine) begin() {
	if e.busy == 0 {
		e.idle = make(chan struct{})
	}
	e.busy++
}

func (e *Engine) end() {
	if e.busy--; e.busy == 0 {
		close(e.idle)
	}
}
