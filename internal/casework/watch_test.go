package casework_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

const day = 24 * time.Hour

// gone has the page found gone twice, an hour apart.
func (l *live) gone() {
	l.t.Helper()
	l.looks(404, "", "gone")
	l.clock.advance(time.Hour)
	l.looks(404, "", "gone")
	l.settle()
	if v := l.item(l.c, 0); v.Status != "gone" || v.Outcome.Code != "removed" || !v.WatchAt.Equal(l.at0().Add(day)) {
		l.t.Fatalf("the page is %s, %+v, watched at %s", v.Status, v.Outcome, v.WatchAt)
	}
}

func (l *live) at0() time.Time {
	l.t.Helper()
	now, err := l.s.Now(context.Background())
	l.ok(err)
	return now
}

// closed closes the case.
func (l *live) closed() {
	l.t.Helper()
	l.ok(l.s.CloseCase(context.Background(), coordinator, l.c, casework.ClosureInput{Reason: "all_removed"}))
	l.settle()
}

func (l *live) sweeps() casework.SweepResult {
	l.t.Helper()
	out, err := l.s.Sweep(context.Background(), casework.SweepInput{V: casework.InputVersion})
	l.ok(err)
	return out
}

// A page that is gone is looked at again after 1, 7 and 30 days, also after its
// case was closed, and not in between; then the last round is asked for.
//
// Requirement: S0-25b
func TestWhatIsGoneIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.gone()
	l.closed()
	since := l.at0()
	looked := len(l.pages.asked)
	for _, days := range []int{1, 7, 30} {
		l.clock.advance(since.Add(time.Duration(days)*day - time.Second).Sub(l.at0()))
		if out := l.sweeps(); out.Watched != 0 {
			t.Fatalf("a second before day %d: %+v", days, out)
		}
		if days == 30 && len(l.openTasks(l.c, "last_round")) != 0 {
			t.Fatal("the last round comes before the last look")
		}
		l.clock.advance(time.Second)
		for n, want := range []int{1, 0} { // the second of two sweeps finds nothing due
			if out := l.sweeps(); out.Watched != want {
				t.Fatalf("day %d, sweep %d: %+v", days, n, out)
			}
		}
		if looked += 2; len(l.pages.asked) != looked {
			t.Fatalf("day %d: asked %d times, want %d", days, len(l.pages.asked), looked)
		}
	}
	if v := l.item(l.c, 0); v.Status != "gone" || !v.WatchAt.IsZero() {
		t.Errorf("in the end it is %s, watched at %s", v.Status, v.WatchAt)
	}
	task := l.task(l.c, "last_round")
	l.ok(l.s.CompleteTask(context.Background(), specialist, task, casework.TaskCompletion{}))
	l.pass(400 * day)
	if len(l.pages.asked) != looked || len(l.openTasks(l.c, "last_round")) != 0 {
		t.Error("it never ends")
	}
}

// What comes back is a new attempt of the same case, which is opened again if
// it was closed: a new track begins, with a new approval before anything goes.
//
// Requirement: S0-intro-2
func TestWhatComesBackReopensItsCase(t *testing.T) {
	t.Parallel()
	for _, closed := range []bool{false, true} {
		t.Run(fmt.Sprintf("closed=%t", closed), func(t *testing.T) {
			l := newLive(t)
			l.looks(200, shown, "online")
			l.gone()
			if closed {
				l.closed()
			}
			l.pass(day)
			l.pages.shows(200, shown)
			l.pass(6 * day)
			v, err := l.s.GetCase(context.Background(), auditor, l.c)
			l.ok(err)
			it := v.Items[0]
			if v.Status != "open" || !v.ClosedAt.IsZero() || it.Outcome != nil || it.Status != "pursued" || it.CameBack != 1 || !it.WatchAt.IsZero() {
				t.Fatalf("the case is %s, its item %+v", v.Status, it)
			}
			task := l.task(l.c, "came_back")
			l.ok(l.s.CompleteTask(context.Background(), specialist, task, casework.TaskCompletion{}))
			got := l.entries(l.c)
			if slices.Contains(got, "case.reopened came_back") != closed || len(l.openTasks(l.c, "close_case")) != 0 {
				t.Errorf("entries %q", got)
			}
			tracks, err := l.s.ListTracks(context.Background(), auditor, l.c)
			l.ok(err)
			if active := slices.DeleteFunc(tracks, func(tr casework.TrackView) bool { return tr.Status != "active" }); len(active) != 1 {
				t.Errorf("%d tracks go on", len(active))
			}
			l.mails(0, 0)
			l.gone() // once more, from the start
			if v := l.item(l.c, 0); v.CameBack != 1 {
				t.Errorf("it came back %d times", v.CameBack)
			}
		})
	}
}

// What another open case pursues meanwhile is left to that one.
func TestWhatCameBackIsPursuedOnce(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.gone()
	l.closed()
	other := l.open(caseInput(forumURL))
	l.settle()
	if other.Items[0].Status != "created" {
		t.Fatalf("the other case: %+v", other.Items)
	}
	l.pages.shows(200, shown)
	l.pass(day)
	v, err := l.s.GetCase(context.Background(), auditor, l.c)
	l.ok(err)
	if it := v.Items[0]; v.Status != "closed" || it.Status != "gone" || it.Outcome == nil || !it.WatchAt.IsZero() || it.CameBack != 0 {
		t.Errorf("the case is %s, its item %+v", v.Status, it)
	}
	if got := l.entries(l.c); !slices.Contains(got, "item.came_back pursued_elsewhere") {
		t.Errorf("entries %q", got)
	}
}

// A look that cannot tell is repeated after an hour, twice; then a person
// looks, and the days go on.
func TestAWatchThatCannotTell(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.gone()
	l.closed()
	l.pages.shows(403, "")
	l.pass(day)
	for range 2 {
		if len(l.openTasks(l.c, "check_by_hand")) != 0 {
			t.Fatal("a person is asked too early")
		}
		if out := l.sweeps(); out.Watched != 0 {
			t.Fatal("it is looked at again at once")
		}
		l.pass(time.Hour)
	}
	task := l.task(l.c, "check_by_hand")
	l.ok(l.s.CompleteTask(context.Background(), specialist, task, casework.TaskCompletion{}))
	asked := len(l.pages.asked)
	l.pass(6*day - 3*time.Hour)
	if len(l.pages.asked) != asked {
		t.Error("it is looked at between the days")
	}
	l.pass(3 * time.Hour)
	l.pages.shows(404, "")
	l.pass(23 * day)
	if v := l.item(l.c, 0); v.Status != "gone" || !v.WatchAt.IsZero() || len(l.openTasks(l.c, "check_by_hand")) != 0 {
		t.Errorf("in the end it is %s, watched at %s", v.Status, v.WatchAt)
	}
	l.task(l.c, "last_round")
}

// sweepsAtOnce has four sweeps run side by side.
func (l *live) sweepsAtOnce() {
	l.t.Helper()
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			if _, err := l.s.Sweep(context.Background(), casework.SweepInput{V: casework.InputVersion}); err != nil {
				l.t.Error(err)
			}
		})
	}
	work.Wait()
}

// Sweeps at once look at a page that came back, and only one reopens it.
func TestDoubledSweepsReopenOnce(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.gone()
	l.closed()
	l.pages.shows(200, shown)
	l.clock.advance(day)
	l.sweepsAtOnce()
	l.settle()
	if l.sweeps().Watched > 1 { // one whose look was overtaken leaves it due
		t.Error("looked at twice")
	}
	l.settle()
	reopened := 0
	for _, e := range l.entries(l.c) {
		if e == "case.reopened came_back" {
			reopened++
		}
	}
	if v := l.item(l.c, 0); reopened != 1 || v.CameBack != 1 || len(l.openTasks(l.c, "came_back")) != 1 {
		t.Errorf("reopened %d times, came back %d times", reopened, v.CameBack)
	}
}

// brokenLooker never looks.
type brokenLooker struct{ calls int }

func (b *brokenLooker) Look(context.Context, casework.TrackInput) error {
	b.calls++
	return takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "pages cannot be looked at now")
}

// A looker that fails, or none, does not stop the watch: it is tried again in
// an hour, and a person looks in the end.
func TestAWatchWithoutLooker(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.gone()
	l.closed()
	broken := &brokenLooker{}
	l.s.Pages, l.s.Looker = nil, broken
	l.clock.advance(day)
	if _, err := l.s.Sweep(context.Background(), casework.SweepInput{V: casework.InputVersion}); err == nil {
		t.Error("the sweep says nothing of a looker that fails")
	}
	if l.sweeps(); broken.calls != 1 {
		t.Errorf("called %d times", broken.calls)
	}
	l.s.Looker = nil
	for range 2 {
		l.clock.advance(time.Hour)
		l.sweeps()
	}
	l.task(l.c, "check_by_hand")
	if v := l.item(l.c, 0); v.Status != "gone" || v.WatchAt.IsZero() {
		t.Errorf("it is %s, watched at %s", v.Status, v.WatchAt)
	}
}

// A flagged item is never fetched, whatever was due.
func TestAFlaggedItemIsNotWatched(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.gone()
	flag := true
	l.ok(l.s.PatchItem(context.Background(), specialist, l.c, l.page, casework.ItemPatch{SuspectedCSAM: &flag}, l.item(l.c, 0).Version))
	asked := len(l.pages.asked)
	l.pass(40 * day)
	if len(l.pages.asked) != asked || !l.item(l.c, 0).WatchAt.IsZero() {
		t.Error("it was fetched")
	}
}

// Forty-five pages of one case are watched in jobs of twenty.
func TestManyPagesAreWatched(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	var urls []string
	for n := range 25 {
		urls = append(urls, fmt.Sprintf("https://forum.example/many/%d", n))
	}
	in := caseInput(urls...)
	c := l.open(in)
	for _, it := range c.Items {
		l.ok(l.s.SetOutcome(context.Background(), specialist, c.Case, it.Item, casework.OutcomeInput{Code: "author_removed", Reason: "seen_by_hand", Verified: true}, 0))
	}
	l.pages.shows(404, "")
	l.clock.advance(day)
	if out := l.sweeps(); out.Watched != 25 {
		t.Errorf("%+v", out)
	}
	v, err := l.s.GetCase(context.Background(), auditor, c.Case)
	l.ok(err)
	for _, it := range v.Items {
		if len(it.Checks) != 1 || !it.WatchAt.Equal(l.at0().Add(6*day)) {
			t.Errorf("item %d: %+v, watched at %s", it.No, it.Checks, it.WatchAt)
		}
	}
}
