package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// asksMore lets the hoster ask for information, by its own signed mail.
func (b *inbox) asksMore(text string) {
	b.t.Helper()
	b.receive(b.signedMail(b.mailTo(b.last(), "", text)))
	b.act("reply.classified decision:needs_more")
}

func (b *inbox) clocksUnder(rule string) map[string]casework.ClockView {
	out := map[string]casework.ClockView{}
	for _, c := range b.track("hoster").Clocks {
		if c.Rule == rule {
			out[c.Status] = c
		}
	}
	return out
}

const wantsMore = "Wij hebben meer informatie nodig voordat wij uw melding kunnen beoordelen."

func TestATrackWaitsUntilWhatWasAskedForIsSent(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	b.asksMore(wantsMore)
	b.at("AwaitGate", "task:answer_question")
	asked := b.clocksUnder("P21")["running"]
	if asked.Nature != "policy" || !strings.Contains(asked.Title.NL, "informatie") {
		t.Errorf("our own term: %+v", asked)
	}
	if c := b.clocksUnder("C5"); c["running"].ID != "" || c["superseded"].Reason != "information_asked" {
		t.Errorf("the hoster's term runs on: %+v", c)
	}
	b.task(b.c, "answer_question")
	task := b.openTasks(b.c, "answer_question")[0]
	if !task.DueAt.Equal(asked.Due) {
		t.Errorf("the task is due %v, its clock %v", task.DueAt, asked.Due)
	}
	if w := b.track("hoster").WaitsFor; w.Whose != "specialist" {
		t.Errorf("whose move: %+v", w)
	}

	// Our own term passes: the coordinator hears of it, and nothing is reminded of.
	b.pass(40 * 24 * time.Hour)
	b.at("AwaitGate", "task:answer_question")
	b.task(b.c, "information_overdue")
	b.mails(1, 1)

	b.ok(b.s.CompleteTask(context.Background(), specialist, task.ID, casework.TaskCompletion{Reason: "sent"}))
	b.settle()
	b.at("AwaitReply", "reply")
	now, err := b.clock.Now(context.Background())
	b.ok(err)
	c := b.clocksUnder("C5")["running"]
	if !c.Start.Equal(now) || c.Supersedes == "" {
		t.Errorf("the hoster's term is not counted anew: %+v", c)
	}
	if open := b.openTasks(b.c, "information_overdue"); len(open) != 0 {
		t.Errorf("still overdue: %+v", open)
	}
	// And then it is silent: the ladder goes on.
	b.pass(30 * 24 * time.Hour)
	b.at("AwaitApproval", "approval")
}

func TestOurOwnTermToAnswerCanBeExtended(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	b.asksMore(wantsMore)
	until := b.clocksUnder("P21")["running"].Due.AddDate(0, 0, 20)
	_, err := b.s.ExtendClock(context.Background(), adviser, b.clocksUnder("P21")["running"].ID, casework.ExtensionInput{Until: until, Reason: "agreed"})
	b.ok(err)
	b.settle()
	b.pass(10 * 24 * time.Hour)
	b.at("AwaitGate", "task:answer_question")
	if n := len(b.openTasks(b.c, "information_overdue")); n != 0 {
		t.Errorf("overdue before the new date: %d tasks", n)
	}
	b.pass(20 * 24 * time.Hour)
	b.task(b.c, "information_overdue")
}

func TestTwoQuestionsAreAnsweredBeforeTheTermRunsAgain(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	b.asksMore(wantsMore)
	b.asksMore(wantsMore + " Graag ook een schermafdruk.")
	open := b.openTasks(b.c, "answer_question")
	if len(open) != 2 {
		t.Fatalf("%d tasks", len(open))
	}
	for n, task := range open {
		b.ok(b.s.CompleteTask(context.Background(), specialist, task.ID, casework.TaskCompletion{Reason: "sent"}))
		b.settle()
		if running := b.clocksUnder("C5")["running"].ID != ""; running != (n == 1) {
			t.Errorf("after %d answers the term runs: %v", n+1, running)
		}
	}
	b.at("AwaitReply", "reply")
}

func TestADecisionNeedsNoAnswerAnyMore(t *testing.T) {
	t.Parallel()
	b := newInbox(t)
	b.asksMore(wantsMore)
	b.pages.shows(410, "")
	b.receive(b.signedMail(b.mailTo(b.last(), "X-A: b\n", "De inhoud is verwijderd.")))
	b.act("reply.classified decision:removed")
	if open := b.openTasks(b.c, "answer_question"); len(open) != 0 {
		t.Errorf("still asked: %+v", open)
	}
	if n := b.running(); n != 0 {
		t.Errorf("%d clocks run", n)
	}
}

func TestABounceShowsWhichOpenCasesUseTheAddress(t *testing.T) {
	t.Parallel()
	b := newInbox(t, "abuse@host.example", "noc@host.example")
	other := newSecond(b.live, "https://forum.example/t/2")
	hidden := newSecond(b.live, "https://forum.example/t/3")
	v, err := b.s.GetCase(context.Background(), coordinator, hidden.c)
	b.ok(err)
	yes := true
	b.ok(b.s.PatchCase(context.Background(), coordinator, hidden.c, casework.CasePatch{Restricted: &yes}, v.Version))
	b.receive(bounceOf(b.mail.sent[0], "abuse@host.example", "failed", "5.1.1"))

	seen := func(who takedown.Principal) map[string]bool {
		page, err := b.s.ContactCases(context.Background(), who, "contact_hoster", "", 0)
		b.ok(err)
		out := map[string]bool{}
		for _, c := range page.Items {
			out[c.Case] = c.Bounced
		}
		return out
	}
	if got := seen(coordinator); len(got) != 3 || !got[b.c] || got[other.c] {
		t.Errorf("the coordinator sees %v", got)
	}
	if got := seen(specialist); len(got) != 2 {
		t.Errorf("a specialist sees %v: one is restricted", got)
	}
	task, err := b.s.GetTask(context.Background(), specialist, b.checkTask("contact_hoster").ID)
	b.ok(err)
	if len(task.Cases) != 2 {
		t.Errorf("the task names %v", task.Cases)
	}
	_, err = b.s.ContactCases(context.Background(), coordinator, "contact_none", "", 0)
	b.kind(err, takedown.NotFound)

	ended := b.track("hoster")
	b.ok(b.s.ActOnTrack(context.Background(), coordinator, ended.ID, "stop", casework.TrackActInput{Reason: "no_use"}))
	b.settle()
	if got := seen(coordinator); len(got) != 2 {
		t.Errorf("after the track's end: %v", got)
	}
}
