package casework_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// flareUps sets the case's dates.
func (l *live) flareUps(patch string) {
	l.t.Helper()
	l.ok(l.patch(coordinator, l.c, patch))
	l.settle()
}

func (l *live) caseView() casework.CaseView {
	l.t.Helper()
	v, err := l.s.GetCase(context.Background(), auditor, l.c)
	l.ok(err)
	return v
}

// watchClocks are the case's clocks of rule C17 with a status.
func (l *live) watchClocks(status takedown.ClockStatus) []takedown.Clock {
	l.t.Helper()
	rs, err := l.store.List(context.Background(), casework.StreamID(l.c), casework.KindClock, "", 200)
	l.ok(err)
	var out []takedown.Clock
	for _, r := range rs {
		var c takedown.Clock
		l.ok(json.Unmarshal(r.Body, &c))
		if c.Rule == "C17" && c.Status == status {
			out = append(out, c)
		}
	}
	return out
}

// As a date begins on which it may flare up, the specialist is told, and the
// coordinator tells each person who wanted to know; pages that are gone are
// looked at each day until the clock of the flare-up ends, of a closed case
// too; then the last round is asked for. The employee is asked for nothing.
//
// Requirement: S0-23, S0-25a, S0-25b, S2-4, S2-6
func TestAFlareUpIsToldAndWatched(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.gone()
	person := l.caseView().People[0].ID
	_, err := l.s.PutConsent(context.Background(), coordinator, l.c, person, "monitoring", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0)
	l.ok(err)
	l.closed()
	l.pass(40 * day) // 1 May: the days after the removal are over
	l.ok(l.s.CompleteTask(context.Background(), specialist, l.task(l.c, "last_round"), casework.TaskCompletion{}))
	l.flareUps(`{"flareUps":["2027-05-04"],"watchDays":2}`)
	v := l.caseView()
	begins := time.Date(2027, 5, 3, 22, 0, 0, 0, time.UTC) // as the day does in Amsterdam
	if v.Status != "closed" || !v.FlareUpAt.Equal(begins) || !v.WatchUntil.IsZero() {
		t.Fatalf("the case is %s, the next flare-up at %s", v.Status, v.FlareUpAt)
	}
	l.pass(begins.Add(-time.Second).Sub(l.at0()))
	if len(l.openTasks(l.c, "flare_up")) != 0 {
		t.Fatal("told too early")
	}
	asked := len(l.pages.asked)
	l.pass(time.Second)
	l.pass(0)
	if v = l.caseView(); !v.FlareUpAt.IsZero() || v.WatchUntil.Format(time.RFC3339) != "2027-05-06T21:59:59Z" {
		t.Fatalf("the next at %s, this one until %s", v.FlareUpAt, v.WatchUntil)
	}
	told, asks := l.openTasks(l.c, "flare_up"), l.openTasks(l.c, "tell_flare_up")
	if len(told) != 1 || told[0].Owner != "specialist" || len(asks) != 1 || asks[0].Subject != person || asks[0].Owner != "coordinator" {
		t.Fatalf("tasks %+v, %+v", told, asks)
	}
	if c := l.watchClocks("running"); len(c) != 1 || !c[0].Due.Equal(v.WatchUntil) || c[0].Nature != "policy" {
		t.Fatalf("clocks %+v", c)
	}
	for n := range 3 {
		if asked += 2; len(l.pages.asked) != asked {
			t.Fatalf("day %d: asked %d times, want %d", n, len(l.pages.asked), asked)
		}
		l.pass(day - time.Second)
		if len(l.pages.asked) != asked {
			t.Fatalf("day %d: asked in between", n)
		}
		l.pass(time.Second)
	}
	if v = l.caseView(); !v.WatchUntil.IsZero() || !v.Items[0].WatchAt.IsZero() {
		t.Errorf("after it: until %s, next at %s", v.WatchUntil, v.Items[0].WatchAt)
	}
	if len(l.watchClocks("running")) != 0 || len(l.watchClocks("met")) != 1 {
		t.Errorf("clocks %+v, %+v", l.watchClocks("running"), l.watchClocks("met"))
	}
	l.ok(l.s.CompleteTask(context.Background(), specialist, told[0].ID, casework.TaskCompletion{}))
	l.ok(l.s.CompleteTask(context.Background(), coordinator, asks[0].ID, casework.TaskCompletion{}))
	l.ok(l.s.CompleteTask(context.Background(), specialist, l.task(l.c, "last_round"), casework.TaskCompletion{}))
	for range l.openTasks(l.c, "inform_outcome") {
		l.ok(l.s.CompleteTask(context.Background(), coordinator, l.task(l.c, "inform_outcome"), casework.TaskCompletion{}))
	}
	l.pass(400 * day)
	tasks, err := l.s.CaseTasks(context.Background(), auditor, l.c)
	l.ok(err)
	if len(l.pages.asked) != asked || slices.ContainsFunc(tasks, func(task casework.TaskView) bool { return task.Status == "open" }) {
		t.Errorf("it never ends: asked %d times of %d", len(l.pages.asked), asked)
	}
}

// Without the person's wish nobody is asked to tell them; a page that comes
// back at a flare-up reopens its case.
func TestAtAFlareUpAPageComesBack(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.gone()
	l.closed()
	l.flareUps(`{"flareUps":["2027-05-04"]}`)
	l.pass(time.Date(2027, 5, 5, 12, 0, 0, 0, time.UTC).Sub(l.at0()))
	if len(l.openTasks(l.c, "tell_flare_up")) != 0 {
		t.Error("a person is told who did not ask for it")
	}
	if v := l.caseView(); v.WatchUntil.Format(time.DateOnly) != "2027-05-11" {
		t.Errorf("watched until %s", v.WatchUntil)
	}
	l.pages.shows(200, shown)
	l.pass(day)
	if v := l.caseView(); v.Status != "open" || v.Items[0].CameBack != 1 {
		t.Errorf("the case is %s, its item %+v", v.Status, v.Items[0])
	}
	l.gone0() // found gone within the flare-up: looked at the next day, and each day
	if v := l.caseView(); !v.Items[0].WatchAt.Equal(l.at0().Add(day)) {
		t.Errorf("watched at %s", v.Items[0].WatchAt)
	}
}

func (l *live) gone0() {
	l.t.Helper()
	l.looks(410, "", "gone")
	l.clock.advance(time.Hour)
	l.looks(410, "", "gone")
	l.settle()
}

// Dates that are over are kept and not worked on; one that is added today
// begins at once; after an outage each that was missed begins; a second
// flare-up during the first makes the watch longer.
func TestDatesOfFlareUps(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.flareUps(`{"flareUps":["2027-03-21","2027-03-20"]}`)
	if v := l.caseView(); !v.FlareUpAt.IsZero() || len(v.FlareUps) != 2 {
		t.Fatalf("dates that are over: %+v", v)
	}
	l.flareUps(`{"flareUps":["2027-03-22","2027-03-24","2027-06-01","2027-06-03"],"watchDays":3}`)
	l.pass(0)
	if v := l.caseView(); v.WatchUntil.Format(time.DateOnly) != "2027-03-25" || v.FlareUpAt.Format(time.DateOnly) != "2027-03-23" {
		t.Fatalf("today's: until %s, then %s", v.WatchUntil, v.FlareUpAt)
	}
	l.pass(2 * day)
	if v := l.caseView(); v.WatchUntil.Format(time.DateOnly) != "2027-03-27" || len(l.watchClocks("running")) != 1 || len(l.watchClocks("superseded")) != 1 {
		t.Fatalf("the second: until %s, clocks %+v", v.WatchUntil, l.watchClocks("running"))
	}
	l.flareUps(`{"flareUps":["2027-03-22","2027-03-24","2027-06-01","2027-06-03"]}`) // the same again
	l.pass(0)
	if len(l.watchClocks("superseded")) != 1 {
		t.Error("a date that has begun begins again")
	}
	l.clock.advance(100 * day) // nobody sweeps until July
	l.pass(0)
	if v := l.caseView(); !v.WatchUntil.IsZero() || !v.FlareUpAt.IsZero() || len(l.watchClocks("met")) != 2 || len(l.watchClocks("running")) != 0 {
		t.Errorf("after the outage: until %s, then %s, met %d", v.WatchUntil, v.FlareUpAt, len(l.watchClocks("met")))
	}
	if begun := l.count("case.flare_up began"); begun != 4 {
		t.Errorf("%d began", begun)
	}
	l.flareUps(`{"flareUps":["2027-12-31"]}`)
	l.flareUps(`{"flareUps":null,"watchDays":null}`)
	if v := l.caseView(); !v.FlareUpAt.IsZero() || v.WatchDays != 0 {
		t.Errorf("taken back: %+v", v)
	}
}

func (l *live) count(entry string) int {
	l.t.Helper()
	n := 0
	for _, e := range l.entries(l.c) {
		if e == entry {
			n++
		}
	}
	return n
}

// Sweeps at once begin a flare-up once, and end it once.
func TestDoubledSweepsBeginAFlareUpOnce(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.gone()
	l.flareUps(`{"flareUps":["2027-03-24"],"watchDays":1}`)
	for _, at := range []time.Time{monday.Add(2 * day), monday.Add(5 * day)} {
		l.clock.advance(at.Sub(l.at0()))
		l.sweepsAtOnce()
	}
	if began, over := l.count("case.flare_up began"), l.count("case.flare_up over"); began != 1 || over != 1 || len(l.openTasks(l.c, "flare_up")) != 1 || len(l.openTasks(l.c, "last_round")) != 1 {
		t.Errorf("began %d times, ended %d times", began, over)
	}
}

// Dates become known after a case was closed: they alone may be changed then.
func TestFlareUpDatesOfAClosedCase(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.gone()
	l.closed()
	l.kind(l.patch(coordinator, l.c, `{"flareUps":["2027-05-04"],"deputy":"deputy-1"}`), takedown.Conflict)
	l.kind(l.patch(specialist, l.c, `{"flareUps":["2027-05-04"]}`), takedown.Forbidden)
	l.pointers(l.patch(coordinator, l.c, `{"watchDays":91}`), "/watchDays")
	l.pointers(l.patch(coordinator, l.c, `{"watchDays":-1}`), "/watchDays")
	l.flareUps(`{"flareUps":["2027-05-04"],"watchDays":90}`)
	if v := l.caseView(); v.Status != "closed" || v.WatchDays != 90 {
		t.Errorf("the case is %s, %d days", v.Status, v.WatchDays)
	}
}
