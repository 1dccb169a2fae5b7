package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// gates are the gates that a role's worklist names, one text each.
func (l *live) gates(who takedown.Principal, role string) []string {
	l.t.Helper()
	var out []string
	for _, task := range l.waiting(who, role, "gate_missing") {
		for _, g := range task.Gates {
			out = append(out, g.Gate)
		}
	}
	return out
}

// A gate that is missing is one task of whoever can open it, which says what to
// enter where, and is over once it is entered.
func TestAMissingGateIsOneTask(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	tasks := l.waiting(specialist, "specialist", "gate_missing")
	if len(tasks) != 1 || tasks[0].Track != l.track("hoster").ID || tasks[0].Subject != tasks[0].Track || tasks[0].Case != l.c || tasks[0].Owner != "specialist" ||
		len(tasks[0].Gates) != 1 || tasks[0].Reason != "site_operator_attempt" || !strings.Contains(tasks[0].Gates[0].Enter, "POST /v1/cases/{case}/contact-attempts") {
		t.Fatalf("%+v", tasks)
	}
	got, err := l.s.GetTask(ctx, specialist, tasks[0].ID)
	l.ok(err)
	if got.ID != tasks[0].ID || got.Reason != tasks[0].Reason || !got.CreatedAt.Equal(tasks[0].CreatedAt) {
		t.Errorf("%+v, in the list %+v", got, tasks[0])
	}
	err = l.s.CompleteTask(ctx, specialist, tasks[0].ID, casework.TaskCompletion{Reason: "done"})
	l.kind(err, takedown.Conflict)
	if !strings.Contains(err.Error(), "contact-attempts") {
		t.Errorf("completing it says %v", err)
	}
	for _, id := range []string{tasks[0].ID + "9", "task_gate-", "task_gate-track_none-1", "task_gate-doc_x-1"} {
		_, err = l.s.GetTask(ctx, specialist, id)
		l.kind(err, takedown.NotFound)
	}
	if n := len(l.openTasks(l.c, "gate_missing")); n != 0 {
		t.Errorf("%d such tasks are stored", n)
	}
	l.attempt()
	if open := l.gates(specialist, "specialist"); len(open) != 0 {
		t.Errorf("still asked for: %q", open)
	}
	_, err = l.s.GetTask(ctx, specialist, tasks[0].ID)
	l.kind(err, takedown.NotFound)
}

// A gate that has a task already is not asked twice; without the task it is.
func TestAGateThatHasATaskIsNotAskedTwice(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.ok(l.reassess(func(in *casework.AssessmentInput) { in.Amplification = "high" }))
	l.attempt()
	l.at("AwaitGate", "decision:amplification")
	if open := l.gates(adviser, "legal_adviser"); len(open) != 0 {
		t.Errorf("%q beside decide_amplification", open)
	}
	l.ok(l.decide(adviser, "amplification", "monitor"))
	l.settle()
	if open := l.gates(adviser, "legal_adviser"); !slices.Equal(open, []string{"decision:amplification"}) {
		t.Errorf("after the task is done nothing asks: %q", open)
	}
}

// What the intake waits for is a task too; what two waits of a case lack is asked
// once, and what belongs to somebody else's case is not shown.
func TestTheIntakesGatesAreATask(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	in := caseInput("https://forum.example/t/2")
	in.Flags.LifeOrSafety = true
	second := l.open(in)
	l.settle()
	tasks := l.waiting(specialist, "specialist", "gate_missing")
	if len(tasks) != 2 || tasks[0].Case != second.Case || !tasks[0].Urgent || tasks[0].Track != "" || tasks[1].Urgent {
		t.Fatalf("not the urgent one first: %+v", tasks)
	}
	if got := tasks[0].Gates; got[0].Gate != "evidence:"+second.Items[0].Item {
		t.Errorf("%+v", got)
	}
	page, err := l.s.Worklist(ctx, specialist, "specialist", "", 1)
	l.ok(err)
	seen := 0
	for {
		for _, g := range page.Items {
			if g.Kind == "gate_missing" {
				seen += len(g.Tasks)
			}
		}
		if page.Next == "" {
			break
		}
		page, err = l.s.Worklist(ctx, specialist, "specialist", page.Next, 1)
		l.ok(err)
	}
	if seen != 2 {
		t.Errorf("%d of two on the pages", seen)
	}
	hidden := caseInput("https://forum.example/t/3")
	hidden.Suspects = []casework.SuspectInput{{IsColleague: true}}
	l.open(hidden)
	l.settle()
	if n := len(l.waiting(specialist, "specialist", "gate_missing")); n != 2 {
		t.Errorf("%d tasks: those of a restricted case are shown", n)
	}
}

// What two tracks of a case lack is asked once.
func TestTwoTracksThatLackTheSameAskOnce(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	ctx := context.Background()
	in := hosterInput("abuse@other.example")
	in.Hosts = []string{"other.example"}
	_, err := l.s.PutContact(ctx, coordinator, "contact_other", in, 0)
	l.ok(err)
	l.another("https://other.example/t/1")
	tracks, err := l.s.ListTracks(ctx, specialist, l.c)
	l.ok(err)
	waiting := 0
	for _, tr := range tracks {
		if tr.WaitsFor != nil && slices.Contains(tr.WaitsFor.Why, "site_operator_attempt") {
			waiting++
		}
	}
	if open := l.gates(specialist, "specialist"); waiting != 2 || !slices.Equal(open, []string{"site_operator_attempt"}) {
		t.Errorf("%d tracks wait, asked: %q", waiting, open)
	}
}

// A wait that lacks what two roles can enter asks both, each for its own, and stands
// in the list once.
func TestAWaitAsksEveryRoleThatCanOpenSomething(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.authorise("notice", casework.ConsentInput{Status: "withdrawn", Channel: "phone"})
	l.settle()
	consents := l.gates(coordinator, "coordinator")
	if len(consents) != 1 || !strings.HasPrefix(consents[0], "consent:notice") {
		t.Fatalf("the coordinator is asked for %q, waits %+v", consents, l.track("hoster").WaitsFor)
	}
	if open := l.gates(specialist, "specialist"); !slices.Equal(open, []string{"site_operator_attempt"}) {
		t.Errorf("the specialist is asked for %q", open)
	}
	ids := map[string]bool{}
	for who, role := range map[*takedown.Principal]string{&coordinator: "coordinator", &specialist: "specialist"} {
		task := l.waiting(*who, role, "gate_missing")[0]
		ids[task.ID] = true
		got, err := l.s.GetTask(ctx, *who, task.ID)
		l.ok(err)
		if got.Owner != role || got.Reason != task.Reason {
			t.Errorf("%+v, in the list %+v", got, task)
		}
		page, err := l.s.Worklist(ctx, *who, role, "", 1)
		l.ok(err)
		seen := 0
		for pages := 0; pages < 50; pages++ {
			for _, g := range page.Items {
				if g.Kind == "gate_missing" {
					seen += len(g.Tasks)
				}
			}
			if page.Next == "" {
				break
			}
			page, err = l.s.Worklist(ctx, *who, role, page.Next, 1)
			l.ok(err)
		}
		if seen != 1 {
			t.Errorf("%s: %d on the pages", role, seen)
		}
	}
	if len(ids) != 2 {
		t.Errorf("two tasks share an id: %v", ids)
	}
	_, err := l.s.Worklist(ctx, specialist, "specialist", "gates.7.", 1)
	l.pointers(err, "/cursor")
}

// A wait that stands in a role's worklist is still found by the sweep.
func TestAWaitThatAsksSomebodyIsStillSwept(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	wait := &takedown.Wait{No: 1, Kind: "AwaitGate", Due: monday.Add(time.Hour), Why: []string{"site_operator_attempt"}, Asks: takedown.Specialist}
	track := &takedown.Track{Route: "hoster", Status: takedown.TrackActive, Generation: 1, Wait: wait}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, track))
	f.ok(f.store.PutToken(ctx, track.ID+":1:1", "the-token"))
	f.engine.started = []string{"track-" + track.ID[len("track_"):] + "-1"}
	f.clock.advance(2 * time.Hour)
	got, err := f.s.Sweep(ctx, casework.SweepInput{V: casework.InputVersion})
	f.ok(err)
	if got.OverdueWaits != 1 {
		t.Errorf("found %+v", got)
	}
}

// What holds all mail back is one task of the coordinator, however many cases wait
// for it, and is over when it is.
func TestWhatHoldsAllMailBackIsOneTask(t *testing.T) {
	t.Parallel()
	for why, change := range map[string]func(*casework.SettingsInput){
		"kill_switch": func(in *casework.SettingsInput) { in.KillSwitch = true },
		"redirected":  func(in *casework.SettingsInput) { in.RedirectTo = "test@praktijk.example" },
	} {
		l := newLive(t)
		l.settings(change)
		l.attempt()
		l.approve()
		second := newSecond(l, "https://forum.example/t/2")
		second.approve()
		second.at("AwaitGate", why)
		tasks := l.waiting(coordinator, "coordinator", "gate_missing")
		if open := l.gates(coordinator, "coordinator"); len(tasks) != 1 || !slices.Equal(open, []string{why}) || !strings.Contains(tasks[0].Gates[0].Enter, "PUT /v1/settings") {
			t.Errorf("%s of two cases: %q, %+v", why, open, tasks)
		}
		l.settings(func(in *casework.SettingsInput) { in.KillSwitch, in.RedirectTo = false, "" })
		if open := l.gates(coordinator, "coordinator"); len(open) != 0 {
			t.Errorf("still asked for: %q", open)
		}
	}
}
