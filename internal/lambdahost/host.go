package lambdahost

import (
	"fmt"
	"io"
	"slices"
	"sync"
)

// Host runs functions until it is closed. Its methods may be called from many
// goroutines at once.
type Host struct {
	cfg       Config
	functions map[string]*function
	together  chan struct{} // one place an invocation of a function without reserved concurrency
	queue     chan struct{} // one place an event that is not done
	log       *lines

	mu      sync.Mutex
	closed  bool
	closing chan struct{}
	work    sync.WaitGroup // invocations, events and environments
}

// function is a Function with what runs of it.
type function struct {
	Function
	host  *Host
	arn   string
	slots chan struct{}

	mu   sync.Mutex
	idle []*environment // the one used last at the end: it is used first
}

// maxQueued bounds the events that wait or run. Lambda's queue has no bound
// that one meets; ours is in memory [own].
const maxQueued = 10_000

// New checks the configuration and gives a host. Nothing is started before
// the first invocation. Errors name the function and the field.
func New(cfg Config) (*Host, error) {
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, err
	}
	h := &Host{
		cfg: cfg, functions: map[string]*function{},
		together: make(chan struct{}, cfg.Concurrency), queue: make(chan struct{}, maxQueued),
		log: &lines{to: cfg.Log}, closing: make(chan struct{}),
	}
	for _, f := range cfg.Functions {
		if err := h.add(f.withDefaults()); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func (h *Host) add(f Function) error {
	if err := f.check(); err != nil {
		return err
	}
	if _, twice := h.functions[f.Name]; twice {
		return fmt.Errorf("lambdahost: function %q is given twice", f.Name)
	}
	fn := &function{Function: f, host: h, arn: h.arn(h.cfg.Region, h.cfg.Account, f.Name), slots: h.together}
	if f.Reserved > 0 {
		fn.slots = make(chan struct{}, f.Reserved)
	}
	h.functions[f.Name] = fn
	return nil
}

// Close kills every function with its whole process group, answers running
// invocations with ServiceException, gives waiting events to OnFailure, and
// returns when nothing of the host runs any more. Closing twice is harmless.
func (h *Host) Close() error {
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.closing)
	}
	h.mu.Unlock()
	h.work.Wait()
	return nil
}

// begin counts a piece of work that Close waits for; false after Close.
func (h *Host) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.work.Add(1)
	return true
}

// tryAcquire takes a place or refuses as Lambda does.
func (f *function) tryAcquire() error {
	select {
	case f.slots <- struct{}{}:
		return nil
	default:
	}
	if f.Reserved > 0 {
		return tooMany("ReservedFunctionConcurrentInvocationLimitExceeded")
	}
	return tooMany("ConcurrentInvocationLimitExceeded")
}

// acquire waits for a place; false when the host closes first.
func (f *function) acquire() bool {
	select {
	case f.slots <- struct{}{}:
		return true
	case <-f.host.closing:
		return false
	}
}

func (f *function) release() { <-f.slots }

// warm takes an idle environment, nil if there is none.
func (f *function) warm() *environment {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.idle) == 0 {
		return nil
	}
	e := f.idle[len(f.idle)-1]
	f.idle = f.idle[:len(f.idle)-1]
	return e
}

// keep makes an environment that polls again available to the next one.
func (f *function) keep(e *environment) {
	f.mu.Lock()
	defer f.mu.Unlock()
	select {
	case <-e.dead:
	default:
		f.idle = append(f.idle, e)
	}
}

func (f *function) forget(e *environment) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.idle, e); i >= 0 {
		f.idle = slices.Delete(f.idle, i, i+1)
	}
}

// lines writes whole lines of many environments to one writer.
type lines struct {
	mu sync.Mutex
	to io.Writer
}

// write passes a line on. A log that cannot be written stops no function.
func (l *lines) write(name string, line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintf(l.to, "%s %s\n", name, line)
}
