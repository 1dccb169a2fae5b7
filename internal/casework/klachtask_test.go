package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// klachten gives the open klacht tasks of a live case.
func (l *live) klachten() []casework.TaskView {
	l.t.Helper()
	return l.openTasks(l.c, "klacht")
}

// An offence that is prosecuted on a klacht opens the question when the person
// learned of it, for each person and offence once: the fatal term must not hang
// on somebody's thinking of it.
//
// Requirement: S4-23
func TestAnAssessmentAsksForTheKlacht(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	if open := l.klachten(); len(open) != 0 {
		t.Fatalf("285d needs none: %+v", open)
	}
	l.assess(l.page, "285b")
	second := l.another("https://forum.example/t/2")
	l.assess(second, "285b") // the same person, the same offence: one question
	open := l.klachten()
	if len(open) != 1 || open[0].Owner != string(takedown.Coordinator) || !open[0].Mandatory || open[0].Reason != "when_did_they_learn" {
		t.Fatalf("tasks %+v", open)
	}
	l.kind(l.s.CompleteTask(ctx, adviser, open[0].ID, casework.TaskCompletion{Reason: "not_needed"}), takedown.Conflict)

	v, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	person := v.People[0].ID
	k, err := l.s.PutKlacht(ctx, coordinator, l.c, person, "285b", casework.KlachtInput{Needed: true, VictimLearnedAt: monday.Add(-10 * day)}, 0)
	l.ok(err)
	again := l.klachten()
	if len(again) != 1 || again[0].ID != open[0].ID || again[0].Reason != "klacht_needed" || again[0].DueAt.IsZero() {
		t.Errorf("the question became %+v", again)
	}
	l.assess(l.page, "285d")
	l.assess(second, "285d")
	if len(l.klachten()) != 1 {
		t.Error("a term that runs left the worklist with an assessment")
	}
	_, err = l.s.PutKlacht(ctx, coordinator, l.c, person, "285b", casework.KlachtInput{
		Needed: true, VictimLearnedAt: monday.Add(-10 * day), Decision: "wanted", DecidedAt: monday, TextShown: "v1", FiledAt: monday,
	}, k.Version)
	l.ok(err)
	if left := l.klachten(); len(left) != 0 {
		t.Errorf("after the filing: %+v", left)
	}
}

// A question that nothing asks any more goes, and so does one about an offence
// whose condition does not hold.
func TestAQuestionForAKlachtGoesWithWhatAskedIt(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.assess(l.page, "285b")
	l.assess(l.page, "285d")
	if open := l.klachten(); len(open) != 0 {
		t.Errorf("tasks %+v", open)
	}
	l.assess(l.page, "284")
	open := l.klachten()
	if len(open) != 1 || open[0].Reason != "is_it_needed" {
		t.Fatalf("tasks %+v", open)
	}
	v, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	_, err = l.s.PutKlacht(ctx, coordinator, l.c, v.People[0].ID, "284", casework.KlachtInput{}, 0)
	l.ok(err)
	// Whether the condition holds is for a legal adviser: the coordinator's word waits.
	open = l.klachten()
	if len(open) != 1 || open[0].Owner != string(takedown.LegalAdviser) || open[0].Reason != "klacht_not_needed" {
		t.Fatalf("tasks %+v", open)
	}
	l.kind(l.s.CompleteTask(ctx, coordinator, open[0].ID, casework.TaskCompletion{Reason: "not_needed"}), takedown.Forbidden)
	l.ok(l.s.CompleteTask(ctx, adviser, open[0].ID, casework.TaskCompletion{Reason: "no_threat_of_libel"}))
	if open := l.klachten(); len(open) != 0 {
		t.Errorf("tasks %+v", open)
	}
	// Put again it stays noted; needed after all, it is asked again.
	k, err := l.s.GetKlacht(ctx, coordinator, l.c, v.People[0].ID, "284")
	l.ok(err)
	k, err = l.s.PutKlacht(ctx, coordinator, l.c, v.People[0].ID, "284", casework.KlachtInput{}, k.Version)
	l.ok(err)
	if open := l.klachten(); len(open) != 0 {
		t.Errorf("tasks %+v", open)
	}
	k, err = l.s.PutKlacht(ctx, coordinator, l.c, v.People[0].ID, "284", casework.KlachtInput{Needed: true}, k.Version)
	l.ok(err)
	if open := l.klachten(); len(open) != 1 || open[0].Reason != "klacht_needed" {
		t.Errorf("tasks %+v", open)
	}
	_, err = l.s.PutKlacht(ctx, coordinator, l.c, v.People[0].ID, "284", casework.KlachtInput{}, k.Version)
	l.ok(err)
	if open := l.klachten(); len(open) != 1 || open[0].Reason != "klacht_not_needed" {
		t.Errorf("an old note answers a new question: %+v", open)
	}
}

// Whoever joins the case later has a term of their own.
func TestWhoJoinsHasAKlachtOfTheirOwn(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.assess(l.page, "285b")
	l.join("somebody")
	if open := l.klachten(); len(open) != 2 || open[0].Subject == open[1].Subject {
		t.Errorf("tasks %+v", open)
	}
	l.pass(time.Hour)
}
