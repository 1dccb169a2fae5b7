package casework_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Requirement: S4-18
func TestDeathThreatTaskNeedsAnAangifteOrAReasonedOverride(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Flags.DeathThreat = true
	c := f.open(in)
	id := f.task(c.Case, "death_threat_report")

	f.kind(f.s.CompleteTask(ctx, specialist, id, casework.TaskCompletion{Reason: "reported"}), takedown.Forbidden)
	f.kind(f.s.CompleteTask(ctx, auditor, id, casework.TaskCompletion{Reason: "reported"}), takedown.Forbidden)
	f.pointers(f.s.CompleteTask(ctx, coordinator, id, casework.TaskCompletion{}), "/reason")
	f.pointers(f.s.CompleteTask(ctx, coordinator, id, casework.TaskCompletion{Reason: "reported"}), "/evidence")
	f.pointers(f.s.CompleteTask(ctx, coordinator, id, casework.TaskCompletion{Reason: "reported", Evidence: c.Items[0].Item}), "/evidence")

	for _, r := range []*takedown.PoliceReport{
		{Meta: takedown.Meta{ID: "police_melding"}, Kind: "melding", FiledAt: monday},
		{Meta: takedown.Meta{ID: "police_unfiled"}, Kind: "aangifte"},
		{Meta: takedown.Meta{ID: "police_filed"}, Kind: "aangifte", FiledAt: monday, Registration: "PL0000-1"},
	} {
		f.ok(casework.PutNoun(ctx, f.s, c.Case, r))
	}
	f.pointers(f.s.CompleteTask(ctx, coordinator, id, casework.TaskCompletion{Reason: "reported", Evidence: "police_melding"}), "/evidence")
	f.pointers(f.s.CompleteTask(ctx, coordinator, id, casework.TaskCompletion{Reason: "reported", Evidence: "police_unfiled"}), "/evidence")
	f.ok(f.s.CompleteTask(ctx, coordinator, id, casework.TaskCompletion{Reason: "reported", Evidence: "police_filed"}))
	f.kind(f.s.CompleteTask(ctx, coordinator, id, casework.TaskCompletion{Reason: "reported", Evidence: "police_filed"}), takedown.Conflict)

	other := caseInput("https://forum.example/2")
	other.Flags.DeathThreat = true
	c2 := f.open(other)
	id = f.task(c2.Case, "death_threat_report")
	f.pointers(f.s.CompleteTask(ctx, coordinator, id, casework.TaskCompletion{Reason: "reported", Evidence: "police_filed"}), "/evidence")
	f.pointers(f.s.CompleteTask(ctx, adviser, id, casework.TaskCompletion{}), "/reason")
	f.ok(f.s.CompleteTask(ctx, adviser, id, casework.TaskCompletion{Reason: "The person does not want it, and that was sealed"}))
	got := f.entries(c2.Case)
	if !slices.Contains(got, "task.completed in_words") {
		t.Errorf("entries %q", got)
	}
	for _, e := range got {
		if strings.Contains(e, "does not want") {
			t.Errorf("the words of a reason stand in history: %q", e)
		}
	}
}

func TestTasksThatCloseByThemselvesAreRefusedWithWhatToDo(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput()
	in.Affected = append(in.Affected, casework.AffectedInput{Relation: "family"})
	c := f.open(in)
	f.ok(f.s.OpenTask(ctx, c.Case, takedown.Task{Kind: "settle_dispatch", Owner: takedown.Specialist, Reason: "uncertain", Subject: "doc_x"}))
	for kind, hint := range map[string]string{
		"settle_dispatch": "dispatch-resolution", "triage": "triage", "close_registered": "close the case", "third_party_basis": "third_party_basis",
	} {
		err := f.s.CompleteTask(ctx, coordinator, f.task(c.Case, kind), casework.TaskCompletion{Reason: "done"})
		f.kind(err, takedown.Conflict)
		if !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, &takedown.Triage{ThreatLevel: "low", At: monday}))
	f.ok(f.s.CompleteTask(ctx, coordinator, f.task(c.Case, "triage"), casework.TaskCompletion{}))
}

func TestATaskIsOpenedOnceAndAgainOnceItIsDone(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	task := takedown.Task{Kind: "find_contact", Owner: takedown.Specialist, Reason: "no_contact_for_host", Subject: c.Items[0].Item}
	f.ok(f.s.OpenTask(ctx, c.Case, task))
	first := f.task(c.Case, "find_contact")
	f.ok(f.s.OpenTask(ctx, c.Case, task))
	if n := f.count(c.Case, "find_contact"); n != 1 {
		t.Fatalf("%d tasks", n)
	}
	f.pointers(f.s.CompleteTask(ctx, specialist, first, casework.TaskCompletion{Evidence: "evid_elsewhere"}), "/evidence")
	f.ok(f.s.CompleteTask(ctx, specialist, first, casework.TaskCompletion{Evidence: c.Items[0].Item}))
	f.ok(f.s.OpenTask(ctx, c.Case, task))
	if second := f.task(c.Case, "find_contact"); second == first {
		t.Fatal("a done task was opened again")
	}
}

func (f *fixture) count(caseID, kind string) int {
	f.t.Helper()
	tasks, err := f.s.CaseTasks(context.Background(), auditor, caseID)
	f.ok(err)
	n := 0
	for _, task := range tasks {
		if task.Kind == kind {
			n++
		}
	}
	return n
}

// Requirement: S0-11b
func TestWorklistShowsUrgentAndOldestFirstAndOnlyWhatOneMaySee(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	calm := f.open(caseInput("https://forum.example/1"))
	f.clock.advance(60e9)
	urgent := caseInput("https://forum.example/2")
	urgent.Flags.LifeOrSafety = true
	hot := f.open(urgent)
	f.clock.advance(60e9)
	hidden := caseInput("https://forum.example/3")
	hidden.Suspects = []casework.SuspectInput{{IsColleague: true}}
	secret := f.open(hidden)

	other := takedown.Principal{ID: "coordinator-2", Roles: coordinator.Roles}
	page, err := f.s.Worklist(ctx, other, "coordinator", "", 0)
	f.ok(err)
	var cases []string
	for _, g := range page.Items {
		if g.Kind != "triage" {
			continue
		}
		for _, task := range g.Tasks {
			cases = append(cases, task.Case)
		}
	}
	if !slices.Equal(cases, []string{hot.Case, calm.Case}) {
		t.Errorf("triage tasks of %q, want %q; %q is hidden", cases, []string{hot.Case, calm.Case}, secret.Case)
	}
	_, err = f.s.Worklist(ctx, specialist, "coordinator", "", 0)
	f.kind(err, takedown.Forbidden)
	_, err = f.s.Worklist(ctx, specialist, "janitor", "", 0)
	f.pointers(err, "/role")
	_, err = f.s.GetTask(ctx, other, f.task(secret.Case, "triage"))
	f.kind(err, takedown.NotFound)
	f.kind(f.s.CompleteTask(ctx, other, f.task(secret.Case, "triage"), casework.TaskCompletion{}), takedown.NotFound)
	f.kind(f.s.CompleteTask(ctx, coordinator, "task_unknown", casework.TaskCompletion{}), takedown.NotFound)
}

func TestWorklistPagesWithoutGapsOrDoubles(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	want := map[string]bool{}
	for n := range 7 {
		in := caseInput()
		if n%2 == 1 {
			in.Suspects = []casework.SuspectInput{{IsColleague: true}}
		}
		c := f.open(in)
		if n%2 == 0 {
			want[f.task(c.Case, "triage")], want[f.task(c.Case, "close_registered")] = true, true
		}
	}
	other := takedown.Principal{ID: "coordinator-2", Roles: coordinator.Roles}
	got, cursor := map[string]bool{}, ""
	for {
		page, err := f.s.Worklist(ctx, other, "", cursor, 3)
		f.ok(err)
		for _, g := range page.Items {
			for _, task := range g.Tasks {
				if got[task.ID] {
					t.Fatalf("%s twice", task.ID)
				}
				got[task.ID] = true
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d tasks, want %d", len(got), len(want))
	}
	for id := range want {
		if !got[id] {
			t.Errorf("%s is missing", id)
		}
	}
}

// Who holds two roles sees what waits for both, each task once, whichever page
// it stands on; role narrows to one.
// Requirement: S0-11b
func TestAWorklistShowsTheTasksOfEveryRoleOnce(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	both := takedown.Principal{ID: "both-1", Roles: []takedown.Role{takedown.Specialist, takedown.Coordinator}}
	for n := range 3 {
		l.open(caseInput(fmt.Sprintf("https://forum.example/t/%d", n)))
	}
	l.settle()
	want := map[string]string{}
	for _, role := range []string{"specialist", "coordinator"} {
		page, err := l.s.Worklist(ctx, both, role, "", 0)
		l.ok(err)
		for _, g := range page.Items {
			for _, task := range g.Tasks {
				want[task.ID] = task.Owner
			}
		}
	}
	owners := map[string]bool{}
	for _, owner := range want {
		owners[owner] = true
	}
	if len(owners) < 2 {
		t.Fatalf("the tasks are of %v: the test shows nothing", owners)
	}
	for _, limit := range []int{1, 2, 200} {
		got, cursor := map[string]bool{}, ""
		for pages := 0; ; pages++ {
			page, err := l.s.Worklist(ctx, both, "", cursor, limit)
			l.ok(err)
			for _, g := range page.Items {
				for _, task := range g.Tasks {
					if got[task.ID] {
						t.Fatalf("limit %d: %s twice", limit, task.ID)
					}
					got[task.ID] = true
				}
			}
			if cursor = page.Next; cursor == "" || pages > 100 {
				break
			}
		}
		if len(got) != len(want) {
			t.Errorf("limit %d: %d tasks, want %d", limit, len(got), len(want))
		}
	}
	_, err := l.s.Worklist(ctx, both, "", "liaison:x", 1)
	l.pointers(err, "/cursor")
}
