package casework

import (
	"context"
	"fmt"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// ClockRun lets a simulated clock run: a trial of an engine's own timers, which
// on a clock that stands would never fire in time.
type ClockRun struct {
	Until time.Time // case time at which the clock stands again
	Pace  int64     // seconds of case time in one of host time, from 1
	// Lead is host time before the clock moves, in which open waits get their new
	// timers.
	Lead time.Duration
}

// RunClock starts a run of the simulated clock and wakes every open wait: its
// timer was set for a clock that stood. Nobody reaches it over the API. An
// engine whose timers run on case time refuses it: it follows advances alone.
func (s *Service) RunClock(ctx context.Context, in ClockRun) error {
	if !s.Simulated {
		return noSuch("simulated clock")
	}
	if _, ok := s.Engine.(interface{ Tick(context.Context) error }); ok {
		return state("the engine's timers run on case time: the clock is advanced, it does not run")
	}
	stream, err := s.streamOf(ctx, Key{KindTime, simulatedID})
	if err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, stream, func(t *tx) error {
		until, err := Advance{To: in.Until}.target(t.now)
		if err != nil {
			return err
		}
		if in.Pace < 1 {
			return refuse("/pace", "must be 1 or more")
		}
		if in.Lead < 0 {
			return refuse("/lead", "must not be negative")
		}
		row, err := find[takedown.SimulatedClock](t, simulatedID)
		if err != nil {
			return err
		}
		if row == nil {
			row = &takedown.SimulatedClock{Meta: takedown.Meta{ID: simulatedID}}
		}
		row.Now, row.Pace, row.From, row.Until = t.now, in.Pace, s.HostNow().Add(in.Lead).UTC(), until
		if err := t.put(row); err != nil {
			return err
		}
		if err := t.outbox(fmt.Sprintf("touch-all:clock:%d", row.Version+1), outboxTouchAll, struct{}{}); err != nil {
			return err
		}
		return t.log("clock.running", sortTime(until), []string{row.ID})
	})
}

// PastDue counts the open waits whose instant has passed: on a clock that ran,
// those whose timers have still to fire.
func (s *Service) PastDue(ctx context.Context) (int, error) {
	now, err := s.now(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	err = s.eachWait(ctx, sortTime(now.Add(time.Second)), func(openWait, Record) error {
		n++
		return nil
	})
	return n, err
}
