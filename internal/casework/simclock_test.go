package casework_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// simulated is the fixture's service over its store with a simulated clock.
func (f *fixture) simulated(initial time.Time) *casework.Service {
	f.t.Helper()
	d := f.s.Deps
	d.Clock, d.Simulated = casework.NewSimClock(f.store, initial, d.HostNow), true
	d.Rand, d.Log = rand.Reader, slog.New(slog.DiscardHandler)
	return casework.New(d)
}

func TestTheSimulatedClockStandsStillAndNeverGoesBack(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	s := f.simulated(monday)
	f.ok(s.BeginSimulation(ctx, monday))
	got, err := s.SimulatedNow(ctx, coordinator)
	f.ok(err)
	if !got.Now.Equal(monday) || !got.Simulated {
		t.Fatalf("begins at %+v", got)
	}
	_, err = s.SimulatedNow(ctx, specialist)
	f.kind(err, takedown.Forbidden)
	_, err = s.AdvanceClock(ctx, specialist, casework.Advance{By: "1h"})
	f.kind(err, takedown.Forbidden)
	for in, pointer := range map[casework.Advance]string{
		{}: "", {By: "1h", To: monday.Add(time.Hour)}: "", {By: "-1s"}: "/by", {To: monday.Add(-time.Hour)}: "/to",
		{By: "soon"}: "/by", {By: "99999d"}: "/by", {By: "9999999d"}: "/by", {To: monday.AddDate(6, 0, 0)}: "/to",
	} {
		_, err = s.AdvanceClock(ctx, coordinator, in)
		f.pointers(err, pointer)
	}
	got, err = s.AdvanceClock(ctx, coordinator, casework.Advance{By: "10d"})
	f.ok(err)
	if !got.Now.Equal(monday.Add(240 * time.Hour)) {
		t.Errorf("advanced to %s", got.Now)
	}
	to := time.Date(2027, 4, 12, 9, 0, 0, 0, time.FixedZone("", 7200))
	got, err = s.AdvanceClock(ctx, coordinator, casework.Advance{To: to})
	f.ok(err)
	if !got.Now.Equal(to) || got.Now.Location() != time.UTC {
		t.Errorf("advanced to %s", got.Now)
	}

	again := f.simulated(monday.AddDate(1, 0, 0)) // a restart goes on where it was
	f.ok(again.BeginSimulation(ctx, monday.AddDate(1, 0, 0)))
	got, err = again.SimulatedNow(ctx, coordinator)
	f.ok(err)
	if !got.Now.Equal(to) {
		t.Errorf("after a restart it is %s", got.Now)
	}
}

func TestARealClockCannotBeAdvanced(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	_, err := f.s.SimulatedNow(ctx, coordinator)
	f.kind(err, takedown.NotFound)
	_, err = f.s.AdvanceClock(ctx, coordinator, casework.Advance{By: "1h"})
	f.kind(err, takedown.NotFound)
}

func TestParseSpan(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]time.Duration{"90m": 90 * time.Minute, "36h": 36 * time.Hour, "10d": 240 * time.Hour, "1.5d": 36 * time.Hour} {
		if got, err := casework.ParseSpan(in); err != nil || got != want {
			t.Errorf("%s is %s, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "d", "10", "10x", "ten days"} {
		if got, err := casework.ParseSpan(in); err == nil {
			t.Errorf("%q is %s", in, got)
		}
	}
}
