package local

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// sweepEvery is how often the sweep runs, in host time.
const sweepEvery = 10 * time.Second

// Start begins to work: the engine takes up what it was at, the dispatcher
// and the sweep run until ctx ends. With a simulated clock, everything that a
// former process left is settled before it returns. wait ends the work.
func (a *App) Start(ctx context.Context) (wait func(), err error) {
	if err := a.engine.Run(ctx); err != nil {
		return nil, err
	}
	var work sync.WaitGroup
	work.Go(func() { a.Service.RunDispatcher(ctx) })
	if _, err := a.sweep(ctx); err != nil {
		return nil, err
	}
	if a.Simulated() {
		if err := a.Settle(ctx); err != nil {
			return nil, err
		}
	}
	work.Go(func() { a.sweepLoop(ctx) })
	if a.mailbox != nil {
		work.Go(func() { a.pollLoop(ctx) })
	}
	return func() {
		work.Wait()
		a.engine.Stop()
		a.sequenceLast(ctx)
	}, nil
}

// sequenceLast takes into the log what was written since the sweep did: an
// installation at rest has every entry there. What fails is the next start's.
func (a *App) sequenceLast(ctx context.Context) {
	end, done := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer done()
	if _, err := a.seq.CatchUp(end); err != nil {
		a.cfg.Log.ErrorContext(end, "entries are not yet in the log; the next start takes them in", "error", err)
	}
}

func (a *App) sweepLoop(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := a.sweep(ctx); err != nil && ctx.Err() == nil {
				a.cfg.Log.ErrorContext(ctx, "sweep", "error", err)
			}
			a.pruneHistories(ctx)
			if err := a.Store.Prune(ctx, a.cfg.HostNow().Add(-8*24*time.Hour)); err != nil && ctx.Err() == nil {
				a.cfg.Log.ErrorContext(ctx, "prune", "error", err)
			}
		}
	}
}

// historiesKept is how long an execution's history stays after its end, in
// case time: as long as AWS keeps it. Entries, the history that counts, stay.
const historiesKept = 90 * 24 * time.Hour

func (a *App) pruneHistories(ctx context.Context) {
	now, err := a.now(ctx)
	if err == nil {
		_, err = a.engine.Prune(ctx, now.Add(-historiesKept))
	}
	if err != nil && ctx.Err() == nil {
		a.cfg.Log.ErrorContext(ctx, "prune histories", "error", err)
	}
}

// Settle fires what is due at case time and lets everything that follows
// happen. Only with a simulated clock, which stands still meanwhile.
func (a *App) Settle(ctx context.Context) error {
	if err := a.engine.Tick(ctx); err != nil {
		return err
	}
	if err := a.Service.Settle(ctx); err != nil {
		return err
	}
	_, err := a.seq.CatchUp(ctx)
	return err
}

// Log is where the installation writes what operators should read.
func (a *App) Log() *slog.Logger { return a.cfg.Log }
