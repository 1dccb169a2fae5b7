package lambdahost

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// Options say what a host runs.
type Options struct {
	Functions []Function
	// Log gets what functions print; nothing without.
	Log io.Writer
	// RetryAfter are the waits between the attempts of a queued event; a minute
	// and two without, as on Lambda (AWS Lambda guide, "How Lambda handles
	// errors and retries with asynchronous invocation").
	RetryAfter []time.Duration
	// OnFailure is told of a queued event that failed for good; it may be nil.
	OnFailure func(function string, event []byte, last Result)
}

// Host runs functions. It is safe for concurrent use; it serves the Invoke API.
type Host struct {
	o     Options
	pools map[string]*pool
	mux   *http.ServeMux

	ctx  context.Context //nolint:containedctx // ends queued events with Close
	stop context.CancelFunc
	work sync.WaitGroup
}

// New makes a host. A function's process starts with its first invocation.
func New(o Options) (*Host, error) {
	if o.RetryAfter == nil {
		o.RetryAfter = []time.Duration{time.Minute, 2 * time.Minute}
	}
	h := &Host{o: o, pools: map[string]*pool{}}
	h.ctx, h.stop = context.WithCancel(context.Background())
	for _, fn := range o.Functions {
		if err := fn.defaults(); err != nil {
			return nil, err
		}
		if h.pools[fn.Name] != nil {
			return nil, fmt.Errorf("lambdahost: function %s is given twice", fn.Name)
		}
		p := &pool{fn: fn, logs: o.Log}
		p.changed = sync.NewCond(&p.mu)
		h.pools[fn.Name] = p
	}
	h.routes()
	return h, nil
}

// Close ends every process and waits for them. Invocations under way end as
// when their process is killed; queued events are dropped.
func (h *Host) Close() {
	h.stop()
	for _, p := range h.pools {
		p.close()
	}
	h.work.Wait()
}

// Invoke runs a function once and waits for its end. If ctx ends first the
// function goes on, as on Lambda, and its answer is lost. The error is a
// refusal: the function was not reached.
func (h *Host) Invoke(ctx context.Context, name string, payload []byte) (Result, error) {
	p := h.pools[name]
	if p == nil {
		return Result{}, notFound(name)
	}
	done := make(chan Result, 1)
	e, err := p.acquire(false)
	if err != nil {
		return Result{}, err
	}
	h.work.Add(1)
	go func() {
		defer h.work.Done()
		done <- p.run(e, payload)
	}()
	select {
	case r := <-done:
		return r, nil
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

func notFound(name string) *refusal {
	arn := name
	if len(name) < 100 {
		arn = (&Function{Name: name}).ARN()
	}
	return &refusal{status: http.StatusNotFound, name: "ResourceNotFoundException", message: "Function not found: " + arn}
}

// requestID is a random UUID.
func requestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
