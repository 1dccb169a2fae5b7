package casework_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/storetest"
	"github.com/ontdox/takedown/internal/takedown"
)

// Every store call between an approval and the answer fails once, before its
// effect or after it: one mail goes out and the track waits where it would have
// waited; or, where the answer to the recorded intent was lost, at most one went
// out and a person is asked.
func TestOneFailedStoreCallChangesNothing(t *testing.T) {
	for at := int64(1); at <= 120; at += 3 {
		for name, fault := range map[string]storetest.Fault{"request": storetest.RequestLost, "reply": storetest.ReplyLost} {
			t.Run(fmt.Sprintf("call=%d,%s", at, name), func(t *testing.T) {
				t.Parallel()
				l := newLive(t)
				l.attempt()
				d := l.document()
				faulty := storetest.Faulty(l.store, storetest.Faults{At: map[int64]storetest.Fault{at: fault}})
				l.s.Store = faulty
				decision := casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}
				for range 3 {
					err := l.s.DecideDocument(context.Background(), adviser, d.ID, decision)
					if err == nil || takedown.KindOf(err) == takedown.Conflict { // the answer was lost, not the effect
						break
					}
					l.kind(err, takedown.Unavailable)
				}
				for range 8 {
					l.tryToPass(2 * time.Minute)
				}
				faulty.Heal()
				l.pass(2 * time.Minute)
				l.at("AwaitReply", "")
				if a, sent := l.mail.counts(); a != 1 || sent != 1 {
					if why := l.track("hoster").WaitsFor.Why[0]; why != "dispatch_uncertain" || a > 1 {
						t.Errorf("%d attempts, %d sent, waiting for %s", a, sent, why)
					}
				}
			})
		}
	}
}

// tryToPass is pass where a call may fail: the next one makes it good.
func (l *live) tryToPass(d time.Duration) {
	l.t.Helper()
	l.clock.advance(d)
	for _, step := range []func() error{
		func() error { return l.run.Tick(context.Background()) },
		func() error { return l.s.Settle(context.Background()) },
		func() error {
			_, err := l.s.Sweep(context.Background(), casework.SweepInput{V: casework.InputVersion})
			return err
		},
	} {
		if err := step(); err != nil && takedown.KindOf(err) != takedown.Unavailable {
			l.t.Fatal(err)
		}
	}
}
