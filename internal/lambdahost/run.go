package lambdahost

import (
	"encoding/hex"
	"fmt"
	"math"
	"time"
)

// run hands an invocation to the environment and waits for its end. False:
// the process was gone before it saw the request.
func (e *environment) run(inv *invocation) (ending, bool) {
	if inv.deadline.IsZero() {
		inv.deadline = time.Now().Add(e.fn.Timeout)
	}
	select {
	case e.next <- inv:
	case <-e.dead:
		return e.died(inv), false
	}
	return e.await(inv), e.seen(inv)
}

// await waits until the environment has answered and polls again, so that
// whoever calls next finds it idle; until it died; or until the time is over.
func (e *environment) await(inv *invocation) ending {
	timer, tick := time.NewTimer(time.Until(inv.deadline)), time.NewTicker(memoryPeriod)
	defer timer.Stop()
	defer tick.Stop()
	for {
		select {
		case <-inv.settled:
			return e.result(inv)
		case <-e.dead:
			return e.died(inv)
		case <-timer.C:
			return e.outOfTime(inv)
		case <-tick.C:
			e.enforceMemory()
		}
	}
}

// died is the end of an invocation whose process is gone. What it answered
// before stands: a panic is reported first and ends the process then. Whether
// Lambda keeps a good answer of a process that dies right after it was not
// found; here it stands [own].
func (e *environment) died(inv *invocation) ending {
	e.mu.Lock()
	answered := inv.answered
	e.mu.Unlock()
	switch {
	case answered:
		return e.result(inv)
	case e.hostClosed():
		return ending{err: closing()}
	default:
		return ending{failed: e.ended}
	}
}

// outOfTime kills the environment: the next invocation gets a new one.
func (e *environment) outOfTime(inv *invocation) ending {
	e.kill()
	<-e.dead
	end := e.died(inv)
	if end.failed == e.ended {
		return ending{failed: timedOut(e.fn.Timeout)}
	}
	return end
}

func (e *environment) result(inv *invocation) ending {
	e.mu.Lock()
	defer e.mu.Unlock()
	return ending{answer: inv.answer, failed: inv.failed}
}

// seen reports whether the function may have seen the invocation.
func (e *environment) seen(inv *invocation) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return inv.delivered
}

// close writes the invocation's last log lines, frees the environment for the
// next one, and gives the caller's answer.
func (e *environment) close(inv *invocation, end ending) (Response, error) {
	r := Response{RequestID: inv.id, Payload: end.answer, Init: e.takeInit(inv)}
	r.Duration = e.duration(inv)
	if end.failed != nil {
		r.FunctionError, r.Payload = "Unhandled", end.failed.payload(inv.id)
	}
	if e.out != nil {
		e.out.flush()
		r.LogTail = e.out.end(e.report(inv, r, end.failed))
	}
	if e.out != nil && end.err == nil {
		e.fn.keep(e)
	}
	if end.err != nil {
		return Response{}, end.err
	}
	return r, nil
}

// takeInit tells the start-up time to the first invocation only.
func (e *environment) takeInit(inv *invocation) time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !inv.delivered {
		return 0
	}
	init := e.init
	e.init = 0
	return init
}

func (e *environment) duration(inv *invocation) time.Duration {
	if inv.deadline.IsZero() {
		return 0
	}
	return e.fn.Timeout - time.Until(inv.deadline)
}

// report are the lines that Lambda ends an invocation's log with.
func (e *environment) report(inv *invocation, r Response, failed *failure) []string {
	var out []string
	if failed != nil && failed.reported == nil {
		out = append(out, fmt.Sprintf("RequestId: %s Error: %s", inv.id, failed.message), failed.kind)
	}
	ms := float64(r.Duration) / float64(time.Millisecond)
	line := fmt.Sprintf("REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %.0f ms\tMemory Size: %d MB\tMax Memory Used: %d MB",
		inv.id, ms, math.Ceil(ms), e.fn.MemoryMB, e.peak()>>20)
	if r.Init > 0 {
		line += fmt.Sprintf("\tInit Duration: %.2f ms", float64(r.Init)/float64(time.Millisecond))
	}
	return append(out, "END RequestId: "+inv.id, line)
}

// peak is the most memory the process has used, in bytes.
func (e *environment) peak() int64 {
	select {
	case <-e.dead:
		return e.maxRSS
	default:
		return residentBytes(e.cmd.Process.Pid)
	}
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
