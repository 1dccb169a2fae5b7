package localcloud

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/lambdahost"
)

// settleWait bounds how long an answer waits for what follows from it.
const settleWait = 40 * time.Second

// settled makes the answer to a change wait until nothing moves any more, as
// the embedded shape does on a simulated clock. What the API does for that
// clock alone needs no permission on AWS and is not recorded.
func (d *Deployment) settled(next http.Handler) http.Handler {
	if !d.opt.Settles {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/v1/clock/") {
			defer d.rec.unnoted(accessKey("api"))()
		}
		held := &heldAnswer{header: http.Header{}, status: http.StatusOK}
		next.ServeHTTP(held, r)
		if held.status < http.StatusBadRequest {
			ctx, cancel := context.WithTimeout(r.Context(), settleWait)
			defer cancel()
			err := d.Settle(ctx)
			if err == nil && strings.HasPrefix(r.URL.Path, "/v1/clock/") {
				_, err = d.call(ctx, sendDigest) // its schedule would have come round
			}
			if err != nil {
				_, _ = fmt.Fprintln(d.opt.Log, "settling failed; the sweep repeats it:", err)
			}
		}
		held.release(w)
	})
}

// heldAnswer keeps an answer back.
type heldAnswer struct {
	header http.Header
	status int
	body   []byte
}

// Header is the answer's.
func (h *heldAnswer) Header() http.Header { return h.header }

// WriteHeader keeps the status.
func (h *heldAnswer) WriteHeader(status int) { h.status = status }

func (h *heldAnswer) Write(b []byte) (int, error) {
	h.body = append(h.body, b...)
	return len(b), nil
}

func (h *heldAnswer) release(w http.ResponseWriter) {
	for name, values := range h.header {
		w.Header()[name] = values
	}
	w.WriteHeader(h.status)
	_, _ = w.Write(h.body) // the client may be gone
}

// Settle lets dispatch-outbox run, and the executions, until nothing moves any
// more, and then the sequencer.
func (d *Deployment) Settle(ctx context.Context) error {
	for {
		delivered, err := d.call(ctx, "dispatch-outbox")
		if err != nil {
			return err
		}
		moves := d.watch.moved()
		if delivered == 0 && int64(moves) == d.rested.Load() {
			break
		}
		if err := d.watch.await(ctx); err != nil {
			return fmt.Errorf("the executions do not come to rest: %w", err)
		}
		d.rested.Store(int64(moves))
	}
	_, err := d.call(ctx, "sequence-history")
	return err
}

// SettleAnew is Settle where timers may have fired: no message told of those, so
// every execution is looked at again.
func (d *Deployment) SettleAnew(ctx context.Context) error {
	d.watch.forget()
	d.rested.Store(-1)
	return d.Settle(ctx)
}

// call runs a scheduled function once and says how much it delivered.
func (d *Deployment) call(ctx context.Context, directory string) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	out, err := d.host.Invoke(lambdahost.Request{Name: d.named(directory), Payload: []byte(`{"v":1}`)})
	if err != nil {
		return 0, err
	}
	if out.FunctionError != "" {
		return 0, fmt.Errorf("%s: %s", directory, out.Payload)
	}
	var result struct{ Delivered int }
	return result.Delivered, json.Unmarshal(out.Payload, &result)
}
