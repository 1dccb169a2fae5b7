package lambdahost

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// pool is a function's environments.
type pool struct {
	fn   Function
	logs io.Writer

	mu      sync.Mutex
	changed *sync.Cond
	all     []*environment
	idle    []*environment // the last one used is used first
	busy    int            // invocations under way
	started int
	closed  bool
}

// phase is where a process stands between two requests for an event. The
// pool's lock guards it.
type phase int

const (
	starting  phase = iota // has not asked for an event yet
	working                // has one
	finishing              // has answered and not asked again: not free yet
	waiting                // asks for the next
)

// acquire takes a place for one invocation: a process that waits, nil for one
// that must be started. With patience it waits for a place instead of being
// throttled.
func (p *pool) acquire(patient bool) (*environment, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if p.closed {
			return nil, &refusal{status: http.StatusServiceUnavailable, name: "ServiceException", message: "The host is closing."}
		}
		if e := p.free(); e != nil {
			p.busy++
			e.phase = working
			return e, nil
		}
		full := p.busy >= p.fn.Concurrency
		if full && !patient {
			return nil, &refusal{
				status: http.StatusTooManyRequests, name: "TooManyRequestsException", message: "Rate Exceeded.",
				reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
			}
		}
		// One that is about to be free is worth waiting for: it is warm.
		if !full && !slices.ContainsFunc(p.all, func(e *environment) bool { return e.phase == finishing && e.alive() }) {
			p.busy++
			return nil, nil
		}
		p.changed.Wait()
	}
}

// free takes a living process from the idle ones. The caller holds mu.
func (p *pool) free() *environment {
	for len(p.idle) > 0 {
		e := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if e.alive() {
			return e
		}
	}
	return nil
}

// run takes one event through an environment, a new one if e is nil.
func (p *pool) run(e *environment, payload []byte) Result {
	id := requestID()
	if e == nil {
		var r *Result
		if e, r = p.start(id); r != nil {
			p.done(nil)
			return *r
		}
	}
	e.log.take()
	inv := &invocation{id: id, payload: payload, deadline: time.Now().Add(p.fn.Timeout), outcome: make(chan Result, 1)}
	timer := time.NewTimer(p.fn.Timeout)
	defer timer.Stop()
	select {
	case e.jobs <- inv:
	case <-e.gone:
		p.done(nil)
		return exited(id, e.err)
	}
	r := p.await(e, inv, timer.C)
	r.Log = e.log.take()
	p.done(e)
	return r
}

// await waits for the answer, the end of the process, or the time-out.
func (p *pool) await(e *environment, inv *invocation, timeout <-chan time.Time) Result {
	select {
	case r := <-inv.outcome:
		return r
	case <-e.gone:
		inv.answer(exited(inv.id, e.err)) // unless it answered before it ended
	case <-timeout:
		inv.answer(timedOut(inv.id, p.fn.Timeout))
		e.kill()
	}
	return <-inv.outcome
}

// done gives an invocation's place back; e is nil where no process lives on. A
// process is free when it asks for the next event, which it may have done
// already; one that does not within the function's time is replaced.
func (p *pool) done(e *environment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy--
	p.changed.Broadcast()
	if e == nil || e.phase != working || !e.alive() {
		return
	}
	e.phase = finishing
	e.turn++
	turn := e.turn
	time.AfterFunc(p.fn.Timeout, func() {
		p.mu.Lock()
		stuck := e.phase == finishing && e.turn == turn
		p.mu.Unlock()
		if stuck {
			e.kill()
		}
	})
}

// asked is called when a process asks for an event.
func (p *pool) asked(e *environment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.phase == starting {
		e.phase = working // for whoever started it
		close(e.ready)
		return
	}
	e.phase = waiting
	p.idle = append(p.idle, e)
	p.changed.Broadcast()
}

// start brings up a process and waits until it asks for its first invocation.
func (p *pool) start(id string) (*environment, *Result) {
	p.mu.Lock()
	p.started++
	stream := fmt.Sprintf("[$LATEST]%s-%d", p.fn.Name, p.started)
	p.mu.Unlock()
	e, err := startEnvironment(&p.fn, stream, p.logs, p.asked)
	if err != nil {
		r := failed(id, "Runtime.Unknown", err.Error())
		return nil, &r
	}
	if !p.keep(e) {
		e.kill()
	}
	timer := time.NewTimer(p.fn.InitTimeout)
	defer timer.Stop()
	select {
	case <-e.ready:
		return e, nil
	case <-e.gone:
		r := e.initFailed(id)
		return nil, &r
	case <-timer.C:
		e.kill()
		r := timedOut(id, p.fn.InitTimeout)
		return nil, &r
	}
}

// keep counts a process in until it ends. It says whether the pool is open.
func (p *pool) keep(e *environment) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, e)
	go func() {
		<-e.gone
		p.mu.Lock()
		defer p.mu.Unlock()
		same := func(o *environment) bool { return o == e }
		p.idle, p.all = slices.DeleteFunc(p.idle, same), slices.DeleteFunc(p.all, same)
		p.changed.Broadcast()
	}()
	return !p.closed
}

// close ends every process.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	all := slices.Clone(p.all)
	p.changed.Broadcast()
	p.mu.Unlock()
	for _, e := range all {
		e.kill()
	}
}
