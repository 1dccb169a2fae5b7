package lambdahost

import (
	"errors"
	"time"
)

// Dropped is an event that was given up, as Lambda tells a failure
// destination.
type Dropped struct {
	// Function is the ARN under which the event was sent.
	Function  string
	RequestID string
	Payload   []byte
	// Reason is RetriesExhausted, or HostClosed [own].
	Reason string
	// Attempts that ended; Response is the last one's error document.
	Attempts int
	Response []byte
}

// Enqueue takes an event (invocation type Event) and gives its request id at
// once. The event is tried when the function has a free place, and again
// after each of Config.EventRetries while the function fails; every attempt
// carries the same request id. A queue in memory: Close drops what waits.
func (h *Host) Enqueue(r Request) (string, error) {
	r.ClientContext = nil // for synchronous calls only [api]
	fn, inv, err := h.prepare(r, "Event", maxEvent)
	if err != nil {
		return "", err
	}
	if !h.begin() {
		return "", closing()
	}
	select {
	case h.queue <- struct{}{}:
	default:
		h.work.Done()
		return "", tooMany("FunctionInvocationRateLimitExceeded")
	}
	go func() {
		defer h.work.Done()
		defer func() { <-h.queue }()
		fn.process(inv)
	}()
	return inv.id, nil
}

// process tries an event until it succeeds or is given up.
func (f *function) process(inv *invocation) {
	drop := Dropped{Function: inv.arn, RequestID: inv.id, Payload: inv.Payload, Reason: "RetriesExhausted"}
	for {
		r, err := f.attempt(inv)
		var refused *APIError
		if errors.As(err, &refused) && f.host.isClosed() {
			drop.Reason = "HostClosed"
			break
		}
		drop.Attempts++
		drop.Response = r.Payload
		if err == nil && r.FunctionError == "" {
			return
		}
		if drop.Attempts > len(f.host.cfg.EventRetries) {
			break
		}
		if !f.host.pause(f.host.cfg.EventRetries[drop.Attempts-1]) {
			drop.Reason = "HostClosed"
			break
		}
	}
	f.host.cfg.OnFailure(drop)
}

// attempt waits for a free place and runs the event once.
func (f *function) attempt(inv *invocation) (Response, error) {
	if !f.acquire() {
		return Response{}, closing()
	}
	defer f.release()
	return f.invoke(newInvocation(inv.Request, inv.id, inv.arn))
}

// pause waits in the machine's time; false when the host closes first.
func (h *Host) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-h.closing:
		return false
	}
}

func (h *Host) isClosed() bool {
	select {
	case <-h.closing:
		return true
	default:
		return false
	}
}
