package casework_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// TestASweepCountsWhatStandsStill: a wait that nobody acts on, messages that
// nobody takes, entries that become no leaf; and none of them once it moves.
func TestASweepCountsWhatStandsStill(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	track := &takedown.Track{Route: "hoster", Status: takedown.TrackActive, Generation: 1, Wait: &takedown.Wait{No: 1, Kind: "reply", Due: monday.Add(time.Hour)}}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, track))
	f.ok(f.store.PutToken(ctx, track.ID+":1:1", "the-token"))
	f.engine.started = []string{"track-" + track.ID[len("track_"):] + "-1"}

	sweep := func(overdue, undelivered, unsequenced int) {
		t.Helper()
		got, err := f.s.Sweep(ctx, casework.SweepInput{V: casework.InputVersion})
		f.ok(err)
		if got.OverdueWaits != overdue || got.Undelivered != undelivered || got.Unsequenced != unsequenced {
			t.Errorf("found %+v, want %d overdue, %d undelivered, %d unsequenced", got, overdue, undelivered, unsequenced)
		}
	}
	lines := len(f.entries(c.Case)) + 1 // the first sweep's own: on which calendars clocks are counted
	sweep(0, 0, lines)
	f.clock.advance(time.Hour + 9*time.Minute)
	sweep(0, 0, lines)
	f.clock.advance(time.Minute)
	sweep(1, 0, lines)

	later := time.Now().Add(2 * time.Minute)
	f.s.HostNow = func() time.Time { return later }
	f.s.SetEngine(deadEngine{f.engine})
	var told casework.SweepResult
	var ended error
	f.s.Swept = func(_ context.Context, found casework.SweepResult, err error) { told, ended = found, err }
	got, err := f.s.Sweep(ctx, casework.SweepInput{V: casework.InputVersion})
	if err == nil || got.Undelivered != 1 {
		t.Errorf("a dead engine: %+v, %v; want the case's start undelivered", got, err)
	}
	if told != got || !errors.Is(ended, err) {
		t.Errorf("told %+v, %v; the sweep answered %+v, %v", told, ended, got, err)
	}
	f.s.SetEngine(f.engine)
	track.Wait = nil
	f.ok(casework.PutNoun(ctx, f.s, c.Case, track))
	sweep(0, 0, lines+2) // the track's, and the second look at the clocks
}

// crowded is an engine with many dead executions: it lists them by start, so
// that one which began long ago stands at the end.
type crowded struct {
	casework.Engine
	dead  []string
	pages int
}

func (e *crowded) Executions(_ context.Context, status, cursor string, limit int) ([]casework.Execution, string, error) {
	if status != "FAILED" {
		return nil, "", nil
	}
	from := 0
	if cursor != "" {
		from, _ = strconv.Atoi(cursor)
	}
	e.pages++
	to := min(len(e.dead), from+limit)
	var out []casework.Execution
	for _, name := range e.dead[from:to] {
		out = append(out, casework.Execution{Name: name, Machine: "track", Status: status})
	}
	if to == len(e.dead) {
		return out, "", nil
	}
	return out, strconv.Itoa(to), nil
}

// TestASweepFindsTheOldestOfManyDead: a track that began first and died last
// stands behind all that died before it.
func TestASweepFindsTheOldestOfManyDead(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	track := &takedown.Track{Route: "hoster", Status: takedown.TrackActive, Generation: 1}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, track))
	e := &crowded{Engine: f.engine}
	for n := range 1150 {
		e.dead = append(e.dead, fmt.Sprintf("track-gone%d-1", n))
	}
	e.dead = append(e.dead, "track-"+track.ID[len("track_"):]+"-1")
	f.s.SetEngine(e)
	repaired := 0
	for range 3 { // 500 a sweep
		got, err := f.s.Sweep(ctx, casework.SweepInput{V: casework.InputVersion})
		f.ok(err)
		repaired += got.Repaired
	}
	if repaired != 1 {
		t.Errorf("%d repaired after %d pages", repaired, e.pages)
	}
}
