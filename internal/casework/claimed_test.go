package casework_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// newUntracked is a case with one page that nobody has assessed: no track has it.
func newUntracked(t *testing.T) (*live, casework.CaseOpened) {
	t.Helper()
	l := newIdle(t, asItIs)
	_, err := l.s.PutContact(context.Background(), coordinator, "contact_hoster", hosterInput("abuse@host.example"), 0)
	l.ok(err)
	l.settings(func(*casework.SettingsInput) {})
	opened := l.open(caseInput(forumURL))
	l.c, l.page = opened.Case, opened.Items[0].Item
	l.settle()
	return l, opened
}

// A look takes no page out of the intake that no track has: it is looked at
// again an hour later, and what stands there then goes on as if nothing was.
func TestALookTakesNoPageOutOfTheIntake(t *testing.T) {
	t.Parallel()
	l, opened := newUntracked(t)
	l.looks(404, "", "gone")
	l.settle()
	if v := l.item(l.c, 0); v.Status != "reported" || v.Outcome != nil || !v.WatchAt.Equal(l.at0().Add(time.Hour)) {
		t.Fatalf("after one look: %s, %+v, looked at again at %s", v.Status, v.Outcome, v.WatchAt)
	}
	l.pages.shows(200, shown)
	l.pass(time.Hour)
	if v := l.item(l.c, 0); v.Status != "reported" || len(v.Checks) != 2 || !v.WatchAt.IsZero() {
		t.Fatalf("after another: %s, %+v, looked at again at %s", v.Status, v.Checks, v.WatchAt)
	}
	l.makeReady(opened)
	if v := l.item(l.c, 0); v.Status != "pursued" || l.track("hoster").ID == "" {
		t.Errorf("assessed it is %s", v.Status)
	}
}

// Two looks an hour apart end it, also where no track has it: the case may close.
func TestTwoLooksEndAPageWithoutATrack(t *testing.T) {
	t.Parallel()
	l, _ := newUntracked(t)
	l.looks(404, "", "gone")
	l.pass(30 * time.Minute)
	l.looks(404, "", "gone")
	l.pass(30 * time.Minute)
	if v := l.item(l.c, 0); v.Status != "reported" || v.Outcome != nil {
		t.Fatalf("within the hour: %s, %+v", v.Status, v.Outcome)
	}
	l.pass(30 * time.Minute)
	if v := l.item(l.c, 0); v.Status != "gone" || v.Outcome == nil || v.Outcome.Code != "removed" || !v.Outcome.Verified {
		t.Errorf("after it: %s, %+v", v.Status, v.Outcome)
	}
	l.task(l.c, "close_case")
}

// What cannot be told the second time is tried a few times, and then a person
// looks.
func TestAPageWithoutATrackThatCannotBeTold(t *testing.T) {
	t.Parallel()
	l, _ := newUntracked(t)
	l.looks(404, "", "gone")
	l.pages.shows(403, "")
	for range 3 {
		if len(l.openTasks(l.c, "check_by_hand")) != 0 {
			t.Fatal("a person is asked too early")
		}
		l.pass(time.Hour)
	}
	l.task(l.c, "check_by_hand")
	if v := l.item(l.c, 0); v.Status != "reported" || !v.WatchAt.IsZero() {
		t.Errorf("it is %s, looked at again at %s", v.Status, v.WatchAt)
	}
}

// noticed is a hoster that got a notice and says that the page is removed.
func noticed(t *testing.T, status int, body string) *live {
	t.Helper()
	l := newLive(t)
	l.attempt()
	l.approve()
	l.pages.shows(status, body)
	l.replied("hoster", "decision", "removed", "Wij hebben dit verwijderd.")
	return l
}

// A track that is stopped between two looks leaves its page to be looked at, and
// what is still there is pursued.
func TestAStoppedTrackLeavesNoPageUnwatched(t *testing.T) {
	t.Parallel()
	for shows, want := range map[int]string{404: "gone", 200: "pursued"} {
		l := noticed(t, 404, "")
		l.at("AwaitDate", "second_look")
		l.ok(l.s.ActOnTrack(context.Background(), coordinator, l.track("hoster").ID, "stop", casework.TrackActInput{Reason: "said_so"}))
		l.settle()
		l.pages.shows(shows, shown)
		if shows == 404 {
			l.pages.shows(404, "")
		}
		l.pass(time.Hour)
		if v := l.item(l.c, 0); v.Status != want || (v.Outcome != nil) != (want == "gone") || len(v.Checks) != 2 {
			t.Errorf("with %d it is %s, %+v after %d looks", shows, v.Status, v.Outcome, len(v.Checks))
		}
	}
}

// ending is how the hoster's first rung ended.
func (l *live) ending() string {
	l.t.Helper()
	rungs := l.track("hoster").Rungs
	if len(rungs) == 0 {
		l.t.Fatal("no rung was taken")
	}
	return rungs[0].Ending
}

// Whoever finds the page still there, the track whose addressee said that it is
// removed goes on.
func TestWhatIsStillThereEndsTheRungOfWhoSaidOtherwise(t *testing.T) {
	t.Parallel()
	l := noticed(t, 404, "")
	l.at("AwaitDate", "second_look")
	l.clock.advance(10 * time.Minute)
	l.looks(200, shown, "online") // a person's
	l.settle()
	if v := l.item(l.c, 0); v.Status != "pursued" || l.ending() != "no_effect" {
		t.Errorf("the page is %s, the rung ended %q", v.Status, l.ending())
	}
}

// Our own look is nobody's word: two that differ end no rung, neither of a text
// that is not approved nor of one that the addressee may still answer.
func TestOurOwnLookEndsNoRung(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	for _, stands := range []string{"AwaitApproval", "AwaitReply"} {
		l.at(stands, "")
		l.looks(404, "", "gone")
		l.settle()
		l.at("AwaitDate", "second_look")
		l.pages.shows(200, shown)
		l.pass(time.Hour + time.Second)
		l.at(stands, "")
		if v := l.item(l.c, 0); v.Status != "pursued" || l.ending() != "" {
			t.Errorf("at %s the page is %s, the rung ended %q", stands, v.Status, l.ending())
		}
		if stands == "AwaitApproval" {
			l.approve()
		}
	}
}

// answers completes the task to look by hand.
func (l *live) answers(reason string) error {
	l.t.Helper()
	err := l.s.CompleteTask(context.Background(), specialist, l.task(l.c, "check_by_hand"), casework.TaskCompletion{Reason: reason})
	l.settle()
	return err
}

// Who looks behind a wall can say that the page is still there: the ladder goes
// on, and the look is on record. That it is gone is its outcome.
func TestAPersonSaysThatItIsStillThere(t *testing.T) {
	t.Parallel()
	l := noticed(t, 401, "")
	for range 3 {
		l.pass(time.Hour + time.Second)
	}
	l.at("AwaitGate", "check_by_hand")
	for _, reason := range []string{"", "looked_at_it"} {
		if l.kind(l.answers(reason), takedown.Conflict); len(l.openTasks(l.c, "check_by_hand")) != 1 {
			t.Fatal("the task is done without an answer")
		}
	}
	l.ok(l.answers("still_there"))
	v := l.item(l.c, 0)
	if last := v.Checks[len(v.Checks)-1]; v.Status != "pursued" || last.Result != "online" || !last.At.Equal(l.at0()) || l.ending() != "no_effect" {
		t.Errorf("the page is %s, seen %+v, the rung ended %q", v.Status, last, l.ending())
	}
	if got := l.entries(l.c); !slices.Contains(got, "item.checked online:by_hand") || len(l.openTasks(l.c, "check_by_hand")) != 0 {
		t.Errorf("entries %q", got)
	}
}

// That what was gone is there is a re-appearance, whoever saw it.
func TestAPersonSeesWhatCameBack(t *testing.T) {
	t.Parallel()
	for _, closed := range []bool{false, true} {
		l := newLive(t)
		l.gone()
		if closed {
			l.closed()
		}
		l.pages.shows(401, "")
		for range 3 {
			l.pass(day)
		}
		l.ok(l.answers("still_there"))
		v, err := l.s.GetCase(context.Background(), auditor, l.c)
		l.ok(err)
		if it := v.Items[0]; v.Status != "open" || it.Status != "pursued" || it.CameBack != 1 || it.Outcome != nil {
			t.Errorf("closed %t: the case is %s, its item %+v", closed, v.Status, it)
		}
		l.task(l.c, "came_back")
	}
}

// The task to look by hand is about the page, which several tracks may share: it
// stays when one of them ends.
func TestLookingByHandOutlivesATrack(t *testing.T) {
	t.Parallel()
	l := noticed(t, 401, "")
	for range 3 {
		l.pass(time.Hour + time.Second)
	}
	task := l.task(l.c, "check_by_hand")
	l.ok(l.s.ActOnTrack(context.Background(), coordinator, l.track("hoster").ID, "stop", casework.TrackActInput{Reason: "said_so"}))
	l.settle()
	if l.task(l.c, "check_by_hand") != task {
		t.Error("another task")
	}
	l.ok(l.answers("still_there"))
	if v := l.item(l.c, 0); v.Status != "pursued" {
		t.Errorf("it is %s", v.Status)
	}
}
