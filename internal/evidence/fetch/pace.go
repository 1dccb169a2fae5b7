package fetch

import (
	"context"
	"sync"
	"time"
)

// defaultGap is how long a host is left alone between two connections: our own
// choice, no more than a reader who clicks.
const defaultGap = 500 * time.Millisecond

// maxPaced bounds the hosts that are remembered; those whose time is over go
// first.
const maxPaced = 4096

// pacer spaces the connections to each host. Host time: it spares servers.
type pacer struct {
	gap     time.Duration
	hostNow func() time.Time

	mu   sync.Mutex
	next map[string]time.Time // when a host may be asked again
}

func newPacer(gap time.Duration, hostNow func() time.Time) *pacer {
	if gap <= 0 {
		gap = defaultGap
	}
	return &pacer{gap: gap, hostNow: hostNow, next: map[string]time.Time{}}
}

// wait takes the host's next turn and waits for it.
func (p *pacer) wait(ctx context.Context, host string) error {
	left := p.turn(host, p.hostNow())
	if left <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// turn says how long until the host's next turn, and takes it.
func (p *pacer) turn(host string, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.next) >= maxPaced {
		for h, at := range p.next {
			if at.Before(now) {
				delete(p.next, h)
			}
		}
	}
	at := p.next[host]
	if at.Before(now) {
		at = now
	}
	p.next[host] = at.Add(p.gap)
	return at.Sub(now)
}
