package casework_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// open are the open tasks of a kind in a role's worklist.
func (l *live) waiting(who takedown.Principal, role, kind string) []casework.TaskView {
	l.t.Helper()
	page, err := l.s.Worklist(context.Background(), who, role, "", 200)
	l.ok(err)
	for _, g := range page.Items {
		if g.Kind == kind {
			return g.Tasks
		}
	}
	return nil
}

// An approval that waits is one task, with the day on which its text expires; it
// is raised to the coordinator once nobody came to it, and done by who decides.
func TestAnApprovalThatWaitsIsOneTask(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.settings(func(in *casework.SettingsInput) { in.DeputyAfter = 4 })
	l.attempt()
	d := l.document()
	tasks := l.waiting(adviser, "legal_adviser", "approve_document")
	if len(tasks) != 1 || tasks[0].Subject != d.ID || !tasks[0].DueAt.After(d.SendBy) || !tasks[0].DeputyAt.Equal(monday.Add(4*time.Hour)) || tasks[0].Urgent {
		t.Fatalf("%+v", tasks)
	}
	l.settings(func(in *casework.SettingsInput) { in.ReportNorm = "ruim" }) // every plan is looked at again
	l.pass(3 * time.Hour)
	if n := len(l.waiting(coordinator, "coordinator", "approve_document")); n != 0 {
		t.Errorf("raised early: %d", n)
	}
	l.kind(l.s.CompleteTask(ctx, adviser, tasks[0].ID, casework.TaskCompletion{Reason: "seen_it"}), takedown.Conflict)
	l.pass(61 * time.Minute)
	l.pass(time.Minute)
	raised := l.waiting(coordinator, "coordinator", "approve_document")
	if len(raised) != 1 || raised[0].ID != tasks[0].ID || !raised[0].Raised || !raised[0].Urgent {
		t.Fatalf("%+v", raised)
	}
	if n := len(slices.DeleteFunc(l.entries(l.c), func(e string) bool { return e != "task.raised approve_document" })); n != 1 {
		t.Errorf("raised %d times", n)
	}
	l.approve()
	done, err := l.s.GetTask(ctx, adviser, tasks[0].ID)
	l.ok(err)
	if done.Status != "done" || done.DoneBy != adviser.ID || len(l.waiting(adviser, "legal_adviser", "approve_document"))+len(l.waiting(coordinator, "coordinator", "approve_document")) != 0 {
		t.Errorf("%+v", done)
	}
}

// A text that is drafted again is another task; a track that is stopped has none.
func TestATaskEndsWithItsWait(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	first := l.waiting(adviser, "legal_adviser", "approve_document")
	l.pass(30 * day) // past its send-by
	second := l.waiting(adviser, "legal_adviser", "approve_document")
	if len(first) != 1 || len(second) != 1 || second[0].ID == first[0].ID || second[0].Subject == first[0].Subject || !second[0].DeputyAt.IsZero() {
		t.Fatalf("%+v, then %+v", first, second)
	}
	d := l.document()
	l.ok(l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "reject", ContentHash: d.ContentHash, Reason: "unclear"}))
	l.settle()
	if edit := l.waiting(specialist, "specialist", "edit_document"); len(edit) != 1 || edit[0].Subject != d.ID {
		t.Errorf("%+v", edit)
	}
	l.ok(l.s.ActOnTrack(ctx, coordinator, l.track("hoster").ID, "stop", casework.TrackActInput{Reason: "start_again"}))
	l.settle()
	if n := len(l.waiting(specialist, "specialist", "edit_document")); n != 0 {
		t.Errorf("%d tasks of a stopped track", n)
	}
}
