package casework

import (
	"context"
	"errors"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// simulatedID is the one row of a simulated clock.
const simulatedID = "time_simulated"

// SimClock is a Clock that reads stored case time: it stands still between
// advances and survives a restart (design §7). Before the first advance it
// stands at Initial.
type SimClock struct {
	store   Store
	initial time.Time
	hostNow func() time.Time
}

// NewSimClock makes a simulated clock over a store. initial holds only until
// time is stored; hostNow is real time, for a clock that runs.
func NewSimClock(store Store, initial time.Time, hostNow func() time.Time) *SimClock {
	return &SimClock{store: store, initial: initial.UTC().Truncate(time.Second), hostNow: hostNow}
}

// Now reads the stored time.
func (c *SimClock) Now(ctx context.Context) (time.Time, error) {
	row, err := c.row(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return row.At(c.hostNow()), nil
}

// Left is how long an engine whose timers run on host time waits for due.
func (c *SimClock) Left(ctx context.Context, due time.Time) (time.Duration, error) {
	row, err := c.row(ctx)
	if err != nil {
		return 0, err
	}
	return row.Left(due, c.hostNow()), nil
}

func (c *SimClock) row(ctx context.Context) (takedown.SimulatedClock, error) {
	rs, err := c.store.Get(ctx, Key{KindTime, simulatedID})
	if err != nil {
		return takedown.SimulatedClock{}, err
	}
	if len(rs) == 0 {
		return takedown.SimulatedClock{Now: c.initial}, nil
	}
	row, err := decode[takedown.SimulatedClock](rs[0])
	if err != nil {
		return takedown.SimulatedClock{}, err
	}
	return *row, nil
}

// Advance is the body of POST /v1/clock/advance: exactly one of By (a Go
// duration, or days as "10d") and To.
type Advance struct {
	By string    `json:"by,omitempty" maxLength:"40"`
	To time.Time `json:"to,omitzero"`
}

// ClockTime is the answer of GET /v1/clock.
type ClockTime struct {
	Now       time.Time `json:"now"`
	Simulated bool      `json:"simulated"`
}

// SimulatedNow reads case time. Role: coordinator; only with a simulated
// clock, else there is no such resource.
func (s *Service) SimulatedNow(ctx context.Context, who takedown.Principal) (ClockTime, error) {
	if err := need(who, coordinatorOnly...); err != nil {
		return ClockTime{}, err
	}
	if !s.Simulated {
		return ClockTime{}, takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "time here is the time of day: only `serve --simulated-clock INSTANT` has a clock that can be moved")
	}
	now, err := s.now(ctx)
	return ClockTime{Now: now, Simulated: true}, err
}

// BeginSimulation stores the instant a simulation starts at, unless time is
// stored already: a restart goes on where it was.
func (s *Service) BeginSimulation(ctx context.Context, at time.Time) error {
	stream, err := s.streamOf(ctx, Key{KindTime, simulatedID})
	if err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, stream, func(t *tx) error {
		row, err := find[takedown.SimulatedClock](t, simulatedID)
		if err != nil || row != nil {
			return err
		}
		row = &takedown.SimulatedClock{Meta: takedown.Meta{ID: simulatedID}, Now: at.UTC().Truncate(time.Second)}
		if err := t.put(row); err != nil {
			return err
		}
		return t.log("clock.simulated", sortTime(row.Now), []string{row.ID})
	})
}

// AdvanceClock moves the simulated clock on, never back, then sweeps, so that
// what has become due wakes. Role: coordinator.
func (s *Service) AdvanceClock(ctx context.Context, who takedown.Principal, in Advance) (ClockTime, error) {
	if _, err := s.SimulatedNow(ctx, who); err != nil {
		return ClockTime{}, err
	}
	stream, err := s.streamOf(ctx, Key{KindTime, simulatedID})
	if err != nil {
		return ClockTime{}, err
	}
	out := ClockTime{Simulated: true}
	err = s.write(ctx, who, who.As(coordinatorOnly...), stream, func(t *tx) error {
		to, err := in.target(t.now)
		if err != nil {
			return err
		}
		row, err := find[takedown.SimulatedClock](t, simulatedID)
		if err != nil {
			return err
		}
		if row == nil {
			row = &takedown.SimulatedClock{Meta: takedown.Meta{ID: simulatedID}}
		}
		row.Now, out.Now = to, to
		row.Pace, row.From, row.Until = 0, time.Time{}, time.Time{}
		if err := t.put(row); err != nil {
			return err
		}
		t.done(200, row.ID)
		return t.log("clock.advanced", sortTime(to), []string{row.ID})
	})
	if err != nil {
		return ClockTime{}, err
	}
	if err := s.catchUp(ctx); err != nil {
		s.Log.ErrorContext(ctx, "the sweep after an advance", "error", err) // time has moved; the next sweep goes on
	}
	return out, nil
}

// catchUp lets what has become due happen: the sweep's work, and the timers of
// an engine that runs on case time.
func (s *Service) catchUp(ctx context.Context) error {
	_, err := s.Sweep(ctx, SweepInput{V: InputVersion})
	if engine, ok := s.Engine.(interface{ Tick(context.Context) error }); ok {
		err = errors.Join(err, engine.Tick(ctx))
	}
	return err
}

// maxAdvance bounds one advance: past it a slip of the keyboard is likelier.
const maxAdvance = 5 * 366 * 24 * time.Hour

// target is the instant that an advance asks for, later than now.
func (in Advance) target(now time.Time) (time.Time, error) {
	if (in.By == "") == in.To.IsZero() {
		return time.Time{}, refuse("", "give exactly one of by and to")
	}
	to, pointer := in.To.UTC().Truncate(time.Second), "/to"
	if in.By != "" {
		d, err := ParseSpan(in.By)
		if err != nil {
			return time.Time{}, refuse("/by", "must be a duration like 90m, 36h or 10d")
		}
		to, pointer = now.Add(d).Truncate(time.Second), "/by"
	}
	if to.Before(now) {
		return time.Time{}, refuse(pointer, "the clock never goes back")
	}
	if to.Sub(now) > maxAdvance {
		return time.Time{}, refuse(pointer, "is more than five years ahead")
	}
	return to, nil
}

// ParseSpan reads a Go duration, or whole days as "10d" (24 hours each).
func ParseSpan(s string) (time.Duration, error) {
	if n := len(s); n > 1 && s[n-1] == 'd' {
		d, err := time.ParseDuration(s[:n-1] + "h")
		if err == nil && d.Abs() > maxAdvance {
			d = maxAdvance + time.Hour // refused by its size, before it overflows
		}
		return 24 * d, err
	}
	return time.ParseDuration(s)
}
