package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// running is a live case's service on a simulated clock and a host's clock that
// the test moves, with an engine that only takes notes.
func (l *live) running(host *time.Time) *casework.Service {
	l.t.Helper()
	l.s.HostNow = func() time.Time { return *host }
	s := l.simulated(monday)
	s.SetEngine(l.engine)
	return s
}

// TestAClockRunsToItsInstantAndStands: nothing moves before the lead is over,
// then a day passes in each second.
func TestAClockRunsToItsInstantAndStands(t *testing.T) {
	t.Parallel()
	l, ctx, host := newLive(t), context.Background(), time.Now()
	s, began := l.running(&host), host
	l.ok(s.RunClock(ctx, casework.ClockRun{Until: monday.AddDate(0, 0, 10), Pace: 86_400, Lead: 2 * time.Second}))
	for after, want := range map[time.Duration]time.Time{
		0: monday, 2 * time.Second: monday, 2500 * time.Millisecond: monday.Add(12 * time.Hour), 5 * time.Second: monday.AddDate(0, 0, 3),
		12 * time.Second: monday.AddDate(0, 0, 10), 13 * time.Second: monday.AddDate(0, 0, 10), 1000 * time.Hour: monday.AddDate(0, 0, 10),
	} {
		host = began.Add(after)
		if got, err := s.Now(ctx); err != nil || !got.Equal(want) {
			t.Errorf("after %s it is %s, want %s: %v", after, got, want, err)
		}
	}
	host = began.Add(3 * time.Second)
	_, err := s.AdvanceClock(ctx, coordinator, casework.Advance{To: monday.Add(time.Hour)})
	l.pointers(err, "/to") // never back
	_, err = s.AdvanceClock(ctx, coordinator, casework.Advance{To: monday.AddDate(0, 0, 2)})
	l.ok(err)
	host = began.Add(8 * time.Second)
	if got, err := s.Now(ctx); err != nil || !got.Equal(monday.AddDate(0, 0, 2)) {
		t.Errorf("after an advance it does not stand: %s, %v", got, err)
	}
}

// TestAWaitLastsAsLongAsTheClockTakes: the engine is told host time.
func TestAWaitLastsAsLongAsTheClockTakes(t *testing.T) {
	t.Parallel()
	l, ctx, host := newLive(t), context.Background(), time.Now()
	s := l.running(&host)
	tr := l.track("hoster")
	l.ok(s.ActOnTrack(ctx, coordinator, tr.ID, "hold", casework.TrackActInput{Reason: "police_asked", Until: monday.Add(36 * time.Hour)}))
	seconds := func(want int64) {
		t.Helper()
		got, err := s.PlanStep(ctx, casework.TrackInput{V: casework.InputVersion, Track: tr.ID, Generation: 1})
		l.ok(err)
		if got.Next != "AwaitDate" || got.Seconds != want {
			t.Errorf("%s for %d s, want AwaitDate for %d", got.Next, got.Seconds, want)
		}
	}
	seconds(36 * 3600)
	l.ok(s.RunClock(ctx, casework.ClockRun{Until: monday.Add(24 * time.Hour), Pace: 3600, Lead: 2 * time.Second}))
	seconds(36 * 3600) // the clock stands again before
	l.ok(s.RunClock(ctx, casework.ClockRun{Until: monday.Add(48 * time.Hour), Pace: 3600, Lead: 2 * time.Second}))
	seconds(2 + 36)
	host = host.Add(time.Second)
	seconds(1 + 36)
	host = host.Add(1500 * time.Millisecond)
	seconds(36) // 35.5, and a timer that fires early would wait again
	host = host.Add(35*time.Second + 400*time.Millisecond)
	seconds(1)
	if n, err := s.PastDue(ctx); err != nil || n != 0 {
		t.Errorf("%d waits are past their instant, %v", n, err)
	}
	host = host.Add(100 * time.Millisecond)
	if n, err := s.PastDue(ctx); err != nil || n != 1 {
		t.Errorf("%d waits are past their instant, want the hold's: %v", n, err)
	}
}

func TestWhatRunsNoClock(t *testing.T) {
	t.Parallel()
	l, ctx, host := newLive(t), context.Background(), time.Now()
	l.kind(newFixture(t).s.RunClock(ctx, casework.ClockRun{Until: monday.Add(time.Hour), Pace: 1}), takedown.NotFound)
	s := l.running(&host)
	l.pointers(s.RunClock(ctx, casework.ClockRun{Until: monday.Add(-time.Hour), Pace: 1}), "/to")
	l.pointers(s.RunClock(ctx, casework.ClockRun{Until: monday.AddDate(9, 0, 0), Pace: 1}), "/to")
	l.pointers(s.RunClock(ctx, casework.ClockRun{Until: monday.Add(time.Hour)}), "/pace")
	l.pointers(s.RunClock(ctx, casework.ClockRun{Until: monday.Add(time.Hour), Pace: 1, Lead: -1}), "/lead")
	s.SetEngine(l.run) // its timers run on case time
	l.kind(s.RunClock(ctx, casework.ClockRun{Until: monday.Add(time.Hour), Pace: 1}), takedown.Conflict)
	if now, err := s.Now(ctx); err != nil || !now.Equal(monday) {
		t.Errorf("it is %s, %v", now, err)
	}
}
