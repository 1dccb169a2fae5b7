package casework_test

import (
	"context"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// loseExecutions leaves an engine that knows nothing of what it ran.
func (l *live) loseExecutions() {
	l.t.Helper()
	_, err := l.store.Writer().Exec(`DELETE FROM engine_executions`)
	l.ok(err)
}

func TestATrackGoesOnWhereItStoodOnceItsExecutionIsLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		until      func(*live)
		state, why string
		then       func(*live)
	}{
		"gate":     {func(*live) {}, "AwaitGate", "", func(l *live) { l.attempt(); l.approve(); l.mails(1, 1) }},
		"approval": {(*live).attempt, "AwaitApproval", "approval", func(l *live) { l.approve(); l.mails(1, 1) }},
		"reply":    {func(l *live) { l.attempt(); l.approve() }, "AwaitReply", "", func(l *live) { l.mails(1, 1) }},
		"held": {func(l *live) {
			l.attempt()
			l.ok(l.s.ActOnTrack(context.Background(), coordinator, l.track("hoster").ID, "hold", casework.TrackActInput{Reason: "in words, which are sealed"}))
			l.settle()
		}, "AwaitDate", "held", func(l *live) {
			l.ok(l.s.ActOnTrack(context.Background(), coordinator, l.track("hoster").ID, "resume", casework.TrackActInput{Reason: "in words, which are sealed"}))
			l.settle()
			l.approve()
			l.mails(1, 1)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLive(t)
			c.until(l)
			l.at(c.state, c.why)
			if n, err := l.s.ReviveGone(context.Background()); n != 0 || err != nil {
				t.Fatalf("revived %d that run: %v", n, err)
			}
			l.loseExecutions()
			n, err := l.s.ReviveGone(context.Background())
			l.ok(err)
			l.settle()
			if got := l.track("hoster").Generation; n != 1 || got != 2 {
				t.Fatalf("revived %d, generation %d", n, got)
			}
			l.task(l.c, "look_at_repair")
			l.at(c.state, c.why)
			if n, err := l.s.ReviveGone(context.Background()); n != 0 || err != nil {
				t.Errorf("revived %d once more: %v", n, err)
			}
			c.then(l)
		})
	}
}
