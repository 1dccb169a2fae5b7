package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// act does a person's act on the hoster's track.
func (l *live) act(what string) {
	l.t.Helper()
	l.ok(l.s.ActOnTrack(context.Background(), adviser, l.track("hoster").ID, what, casework.TrackActInput{Reason: "by_hand"}))
	l.settle()
}

// heldFor sends the notice and holds the track for so many days.
func heldFor(t *testing.T, days int) *live {
	t.Helper()
	l := newLive(t)
	l.attempt()
	l.approve()
	l.act("hold")
	l.pass(time.Duration(days) * 24 * time.Hour)
	return l
}

// TestAnOldRungIsAPersonsTask: ten working days ran out long ago, a reminder
// would come out of the blue. Nothing is drafted until a legal adviser looked.
func TestAnOldRungIsAPersonsTask(t *testing.T) {
	t.Parallel()
	young := heldFor(t, 16+29) // silence stands after 16 days: two weeks and Easter's two days
	young.act("resume")
	young.at("AwaitApproval", "approval")

	l := heldFor(t, 16+31)
	l.act("resume")
	l.at("AwaitGate", "task:consider_old_rung")
	if tr := l.track("hoster"); tr.Document != nil || tr.Rungs[len(tr.Rungs)-1].Rung != "hoster.reminder" {
		t.Fatalf("stands at %+v", tr)
	}
	l.pass(40 * 24 * time.Hour)
	l.at("AwaitGate", "task:consider_old_rung")
	l.ok(l.s.CompleteTask(context.Background(), adviser, l.task(l.c, "consider_old_rung"), casework.TaskCompletion{Reason: "still_right"}))
	l.settle()
	l.at("AwaitApproval", "approval")
	l.mails(1, 1)
}

// TestAnOldRungIsSkipped: whoever does not want it skips it, its task with it.
// What follows then follows the skip, which is new.
func TestAnOldRungIsSkipped(t *testing.T) {
	t.Parallel()
	l := heldFor(t, 60)
	l.act("resume")
	l.at("AwaitGate", "task:consider_old_rung")
	task := l.task(l.c, "consider_old_rung")
	l.act("skip")
	l.at("AwaitGate", "settings:policeUnit") // the order route opens where there is a unit
	v, err := l.s.GetTask(context.Background(), adviser, task)
	l.ok(err)
	if v.Status != string(takedown.TaskDone) {
		t.Errorf("the task is %s", v.Status)
	}
}

// TestADecisionIsAsOldAsTheDayWeWereTold, not as the day it was registered.
func TestADecisionIsAsOldAsTheDayWeWereTold(t *testing.T) {
	t.Parallel()
	for days, want := range map[int]string{80: "settings:policeUnit", 100: "task:consider_old_rung"} {
		l := heldFor(t, days)
		_, err := l.s.RegisterReply(context.Background(), specialist, casework.ReplyInput{
			TrackID: l.track("hoster").ID, Kind: "decision", Decision: "refused", Via: "mail", ReceivedAt: monday.Add(time.Hour),
		})
		l.ok(err)
		l.settle()
		l.act("resume")
		l.at("AwaitGate", want)
	}
}

// TestNoOrderIsAskedForWhereTheLawHasNone: insult is not within art. 67(1) Sv.
// The refused hoster leads to what remains, and the track says why.
func TestNoOrderIsAskedForWhereTheLawHasNone(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	a, err := l.s.GetAssessment(context.Background(), specialist, l.c, l.page)
	l.ok(err)
	in := a.AssessmentInput
	in.Grounds = []casework.GroundInput{{Offence: "266", Elements: map[string][]string{"E1": {l.capture(l.c, l.page)}}}}
	_, err = l.s.PutAssessment(context.Background(), specialist, l.c, l.page, in, a.Version)
	l.ok(err)
	l.attempt()
	l.approve()
	l.replied("hoster", "decision", "refused", "Wij verwijderen dit niet.")
	l.at("AwaitGate", "task:consider_next_route")
	if tr := l.track("hoster"); len(tr.Deferred) != 1 || tr.Deferred[0] != (casework.DeferredRoute{Route: "legal_order", Reason: "no_eligible_offence"}) {
		t.Errorf("deferred %+v", tr.Deferred)
	}
	list, err := l.s.ListTracks(context.Background(), auditor, l.c)
	l.ok(err)
	if len(list) != 1 {
		t.Errorf("%d tracks", len(list))
	}
}
