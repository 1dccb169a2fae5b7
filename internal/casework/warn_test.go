package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// openTasks gives the case's open tasks of a kind.
func (f *fixture) openTasks(caseID, kind string) []casework.TaskView {
	f.t.Helper()
	tasks, err := f.s.CaseTasks(context.Background(), auditor, caseID)
	f.ok(err)
	var out []casework.TaskView
	for _, task := range tasks {
		if task.Kind == kind && task.Status == "open" {
			out = append(out, task)
		}
	}
	return out
}

// klachtCase is a case that was discovered long before its person learned of it.
func (f *fixture) klachtCase() (casework.CaseOpened, string) {
	f.t.Helper()
	in := caseInput("https://forum.example/1")
	in.Incident.DiscoveredAt = monday.Add(-20 * 24 * time.Hour)
	in.Incident.OccurredAt = monday.Add(-30 * 24 * time.Hour)
	c := f.open(in)
	return c, c.People[0]
}

func TestAKlachtTermCountsFromThePersonsOwnLearning(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Incident.DiscoveredAt = monday.Add(-20 * 24 * time.Hour)
	in.Incident.OccurredAt = monday.Add(-30 * 24 * time.Hour)
	in.Affected = append(in.Affected, in.Affected[0])
	c := f.open(in)
	one, two := c.People[0], c.People[1]
	k, err := f.s.PutKlacht(ctx, coordinator, c.Case, one, "266", casework.KlachtInput{Needed: true}, 0)
	f.ok(err)
	if k.Clock != "" {
		t.Errorf("a clock started though nobody knows when the person learned of it: %+v", k)
	}
	due := func(person, offence string, learned time.Time, version int64) string {
		t.Helper()
		k, err := f.s.PutKlacht(ctx, coordinator, c.Case, person, offence, casework.KlachtInput{Needed: true, VictimLearnedAt: learned}, version)
		f.ok(err)
		return f.clockNow(k.Clock).DueDate
	}
	if got := due(one, "266", monday.AddDate(0, 0, -3), 1); got != "2027-06-17" {
		t.Errorf("one: %s", got) // ninety days after 19 March
	}
	if got := due(two, "266", monday.AddDate(0, 0, -1), 0); got != "2027-06-19" { // a Saturday: it never moves
		t.Errorf("two: %s", got)
	}
	if got := due(one, "261", monday, 0); got != "2027-06-20" {
		t.Errorf("another offence: %s", got)
	}
}

// TestTheKlachtWarnsThreeTimesAndIsOneTask: sixty, seventy-five and eighty-five
// days, one task, more urgent each time.
func TestTheKlachtWarnsThreeTimesAndIsOneTask(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c, person := f.klachtCase()
	k, err := f.s.PutKlacht(ctx, coordinator, c.Case, person, "266", casework.KlachtInput{Needed: true, VictimLearnedAt: monday}, 0)
	f.ok(err)
	id := f.task(c.Case, "klacht")
	for _, x := range []struct {
		day      int
		reason   string
		warnings int
		urgent   bool
	}{{59, "klacht_needed", 0, false}, {60, "day_60", 1, false}, {74, "day_60", 1, false}, {75, "day_75", 2, true}, {85, "day_85", 3, true}, {120, "day_85", 3, true}} {
		f.clock.at = monday.AddDate(0, 0, x.day)
		f.sweep()
		f.sweep()
		tasks := f.openTasks(c.Case, "klacht")
		if len(tasks) != 1 || tasks[0].ID != id || tasks[0].Reason != x.reason || tasks[0].Warnings != x.warnings || tasks[0].Urgent != x.urgent || !tasks[0].Mandatory {
			t.Errorf("day %d: %+v", x.day, tasks)
		}
	}
	warned := 0
	for _, e := range f.entries(c.Case) {
		if strings.HasPrefix(e, "clock.warned") {
			warned++
		}
	}
	if warned != 3 {
		t.Errorf("%d warnings in the history", warned)
	}
	if got := f.clockNow(k.Clock); got.Status != "running" {
		t.Errorf("the clock is %s", got.Status)
	}
	f.ok(f.s.OpenTask(ctx, c.Case, takedown.Task{Kind: "old_and_urgent", Owner: takedown.Coordinator, Urgent: true}))
	list, err := f.s.Worklist(ctx, coordinator, "coordinator", "", 0)
	f.ok(err)
	if list.Items[0].Kind != "klacht" {
		t.Errorf("first in the worklist: %s", list.Items[0].Kind)
	}
}

// TestNothingElseClosesTheKlacht than filing, or the person's own decision with
// a legal adviser's note.
func TestNothingElseClosesTheKlacht(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c, person := f.klachtCase()
	put := func(in casework.KlachtInput, version int64) (casework.KlachtView, error) {
		in.VictimLearnedAt = monday
		return f.s.PutKlacht(ctx, coordinator, c.Case, person, "266", in, version)
	}
	first, err := put(casework.KlachtInput{Needed: true}, 0)
	f.ok(err)
	id := f.task(c.Case, "klacht")
	note := casework.TaskCompletion{Reason: "Spoken with, the choice is theirs and was explained."}
	f.kind(f.s.CompleteTask(ctx, coordinator, id, note), takedown.Forbidden)
	f.kind(f.s.CompleteTask(ctx, adviser, id, note), takedown.Conflict)
	_, err = put(casework.KlachtInput{Needed: false}, 1)
	f.pointers(err, "/needed")
	_, err = f.s.PutKlacht(ctx, coordinator, c.Case, person, "266", casework.KlachtInput{Needed: true}, 1)
	f.pointers(err, "/victimLearnedAt")
	_, err = put(casework.KlachtInput{Needed: true, Decision: "not_wanted"}, 1)
	f.pointers(err, "/textShown", "/decidedAt")
	f.kind(f.s.CloseCase(ctx, coordinator, c.Case, casework.ClosureInput{Reason: "done_here"}), takedown.Conflict)

	against := casework.KlachtInput{Needed: true, Decision: "not_wanted", DecidedAt: monday, TextShown: "klacht-uitleg v2"}
	_, err = put(against, 1)
	f.ok(err)
	tasks := f.openTasks(c.Case, "klacht")
	if len(tasks) != 1 || tasks[0].ID != id || tasks[0].Owner != "legal_adviser" || f.clockNow(first.Clock).Status != "running" {
		t.Errorf("the decision alone: %+v", tasks)
	}
	f.kind(f.s.CompleteTask(ctx, coordinator, id, note), takedown.Forbidden)
	f.pointers(f.s.CompleteTask(ctx, adviser, id, casework.TaskCompletion{}), "/reason")
	f.ok(f.s.CompleteTask(ctx, adviser, id, note))
	if got := f.clockNow(first.Clock); got.Status != "met" || got.Reason != "klacht_not_wanted" {
		t.Errorf("after the note: %+v", got)
	}
	f.clock.at = monday.AddDate(0, 0, 61)
	f.sweep()
	if tasks := f.openTasks(c.Case, "klacht"); len(tasks) != 0 {
		t.Errorf("warned of what was dismissed: %+v", tasks)
	}

	k, err := f.s.GetKlacht(ctx, coordinator, c.Case, person, "266")
	f.ok(err)
	again, err := put(casework.KlachtInput{Needed: true, Decision: "wanted", DecidedAt: f.clock.at, TextShown: "klacht-uitleg v2"}, k.Version)
	f.ok(err)
	row := f.clockNow(again.Clock)
	if row.Supersedes != first.Clock || row.Status != "running" || row.DueDate != f.clockNow(first.Clock).DueDate {
		t.Errorf("the person thought again: %+v", row)
	}
	f.task(c.Case, "klacht")
	_, err = put(casework.KlachtInput{Needed: true, Decision: "wanted", DecidedAt: f.clock.at, TextShown: "klacht-uitleg v2", FiledAt: f.clock.at}, again.Version)
	f.ok(err)
	if tasks := f.openTasks(c.Case, "klacht"); len(tasks) != 0 || f.clockNow(again.Clock).Status != "met" {
		t.Errorf("filed: %+v", tasks)
	}
}

// TestThePetitionWarnsOnItsOwnDays (C11): the days stand in the law data, the
// task follows the clock when a calendar changes, and ends with it.
func TestThePetitionWarnsOnItsOwnDays(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	f.sweep()
	start := time.Date(2027, 2, 17, 10, 0, 0, 0, time.UTC)
	id := f.start(c.Case, "C11", start, takedown.Clock{})
	for _, x := range []struct {
		day, warnings int
		urgent        bool
	}{{36, 2, true}, {39, 3, true}} { // the warning of day 28 was missed
		f.clock.at = start.AddDate(0, 0, x.day)
		f.sweep()
		tasks := f.openTasks(c.Case, "clock_ends")
		if len(tasks) != 1 || tasks[0].Subject != id || tasks[0].Owner != "legal_adviser" || tasks[0].Warnings != x.warnings || tasks[0].Urgent != x.urgent {
			t.Errorf("day %d: %+v", x.day, tasks)
		}
	}
	f.addDays(mourning("2027-03-31"))
	f.sweep()
	next := f.heir(c.Case, id)
	if tasks := f.openTasks(c.Case, "clock_ends"); len(tasks) != 1 || tasks[0].Subject != next.ID {
		t.Errorf("after the recount: %+v", tasks)
	}
	f.ok(f.s.EndClock(ctx, c.Case, next.ID, takedown.ClockMet, "rung_taken"))
	if tasks := f.openTasks(c.Case, "clock_ends"); len(tasks) != 0 {
		t.Errorf("the term ended: %+v", tasks)
	}
}
