package main

import (
	"context"
	"maps"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/casework"
)

const (
	// casePace lets four days of case time pass in a second.
	casePace = 4 * 86_400
	// timerLead is what open waits have to be registered anew, before time moves.
	timerLead = 2 * time.Second
	// timerWait bounds how long after a run of the clock its timers have fired.
	timerWait = 30 * time.Second
)

// TestTimersOnLocalCloud plays stories that are about silence with the engine's
// own timers: where a story says until, case time runs there, and the state
// machines' waits time out in LocalStack. The clock is never advanced, and the
// sweep, which would wake what a timer missed, does not run. want is how many
// waits at least must time out.
func TestTimersOnLocalCloud(t *testing.T) {
	on := cloudServices(t)
	for story, want := range map[string]int{"silent-hoster": 2, "urgent-at-night": 3, "silent-then-bounced": 1} {
		t.Run(story, func(t *testing.T) {
			t.Parallel()
			h, w := newCloudHost(t, on)
			h.opt.Unscheduled = true
			server := h.start()
			b, err := h.operate(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			commands := maps.Clone(storyCommands)
			commands["until"] = func(ts *testscript.TestScript, neg bool, args []string) {
				positive(ts, neg, args, 1, "until INSTANT")
				until, err := time.Parse(time.RFC3339, args[0])
				ts.Check(err)
				h.runClock(ts, b, until)
			}
			testscript.Run(t, testscript.Params{
				Files: []string{filepath.Join("testdata", story+".txtar")}, Cmds: commands, RequireExplicitExec: true, RequireUniqueNames: true,
				Setup: func(env *testscript.Env) error {
					env.Defer(func() {
						n := h.timedOut()
						t.Logf("%d waits timed out", n)
						if n < want {
							t.Errorf("%d waits timed out, want at least %d", n, want)
						}
						lookBehind(t, h)
					})
					return setUpStory(env, h, w, server)
				},
			})
		})
	}
}

// runClock lets case time run to an instant, and waits until every timer that is
// due by then has fired and what follows from it has happened.
func (h *cloudHost) runClock(ts *testscript.TestScript, b *cloud.Build, until time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), timerLead+timerWait+6*time.Minute)
	defer cancel()
	began, err := b.Service.Now(ctx)
	ts.Check(err)
	ts.Check(b.Service.RunClock(ctx, casework.ClockRun{Until: until, Pace: casePace, Lead: timerLead}))
	deadline := time.Now().Add(timerLead + until.Sub(began)/casePace + timerWait)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for ts.Check(h.SettleAnew(ctx)); !h.stands(ts, b, until); <-tick.C {
		if time.Now().After(deadline) {
			n, err := b.Service.PastDue(ctx)
			ts.Fatalf("%d waits are past their instant and did not time out: %v", n, err)
		}
	}
}

// stands says whether case time has come to an instant and nothing moves any
// more.
func (h *cloudHost) stands(ts *testscript.TestScript, b *cloud.Build, until time.Time) bool {
	ctx := context.Background()
	now, err := b.Service.Now(ctx)
	ts.Check(err)
	if now.Before(until) {
		return false
	}
	for range 2 { // what settled may have planned a wait anew
		n, err := b.Service.PastDue(ctx)
		ts.Check(err)
		if n > 0 {
			return false
		}
		ts.Check(h.SettleAnew(ctx))
	}
	return true
}

// timedOut counts the waits of all executions that ended by their time-out.
func (h *cloudHost) timedOut() int {
	h.t.Helper()
	n := 0
	if err := h.everyRow(context.Background(), func(where string, content []byte) {
		if strings.HasPrefix(where, "execution ") {
			n += strings.Count(string(content), `"TaskTimedOut"`)
		}
	}); err != nil {
		h.t.Error(err)
	}
	return n
}
