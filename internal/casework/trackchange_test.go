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

func TestATextPastItsSendByIsDraftedAgain(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	first := l.document()
	l.pass(5 * 24 * time.Hour)
	second := l.document()
	if first.ID == second.ID || second.Status != "pending" {
		t.Errorf("the same document %s, %s", second.ID, second.Status)
	}
	err := l.s.DecideDocument(context.Background(), adviser, first.ID, casework.DecisionInput{Decision: "approve", ContentHash: first.ContentHash})
	l.kind(err, takedown.Conflict)
}

func TestTheWatchdogRevivesADeadTrack(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	tr := l.track("hoster")
	l.ok(l.run.Abort(context.Background(), strings.Replace(tr.ID, "_", "-", 1)+"-1", "Broken", "test"))
	l.pass(time.Minute)
	if got := l.track("hoster").Generation; got != 2 {
		t.Fatalf("generation %d", got)
	}
	l.task(l.c, "look_at_repair")
	l.at("AwaitApproval", "approval")
	l.pass(time.Minute)
	if got := l.track("hoster").Generation; got != 2 {
		t.Errorf("revived once more: generation %d", got)
	}
	l.approve()
	l.mails(1, 1)
}

func TestADamagedExecutionIsAPersonsTask(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	name := strings.Replace(l.track("hoster").ID, "_", "-", 1) + "-1"
	_, err := l.store.Writer().Exec(`UPDATE engine_executions SET snapshot = substr(snapshot, 3) WHERE name = ?`, name)
	l.ok(err)
	// Nothing sweeps here: the engine itself says what it met.
	l.ok(l.run.Abort(context.Background(), name, "Broken", "test"))
	l.settle()
	if got := l.track("hoster").Generation; got != 2 {
		t.Fatalf("generation %d", got)
	}
	l.task(l.c, "look_at_repair")
	l.approve()
	l.mails(1, 1)
}

// Requirement: S0-15
func TestHoldResumeSkipStop(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	ctx := context.Background()
	l.attempt()
	l.approve()
	id := l.track("hoster").ID
	act := func(what string) {
		t.Helper()
		l.ok(l.s.ActOnTrack(ctx, coordinator, id, what, casework.TrackActInput{Reason: "in words, which are sealed"}))
		l.settle()
	}
	act("hold")
	l.at("AwaitDate", "held")
	l.pass(40 * 24 * time.Hour)
	l.at("AwaitDate", "held")
	act("resume")
	if rungs := l.track("hoster").Rungs; rungs[len(rungs)-1].Rung != "hoster.reminder" {
		t.Errorf("after the hold: %+v", rungs)
	}
	act("skip")
	act("stop")
	if tr := l.track("hoster"); tr.Status != "stopped" || tr.WaitsFor != nil {
		t.Errorf("%s, %+v", tr.Status, tr.WaitsFor)
	}
	l.absent("in words, which are sealed")
}

// Requirement: S1-19
func TestSaidToBeGoneIsLookedAt(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	l.approve()
	d := l.document()
	say := func() {
		_, err := l.s.RegisterReply(context.Background(), specialist, casework.ReplyInput{DocumentID: d.ID, Kind: "decision", Decision: "removed", Via: "mail", ReceivedAt: l.clock.at})
		l.ok(err)
		l.settle()
	}
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	say()
	if rungs := l.track("hoster").Rungs; rungs[0].Ending != "no_effect" || rungs[1].Rung != "hoster.reminder" {
		t.Fatalf("rungs %+v", rungs)
	}
	l.pass(2 * time.Hour)
	l.approve()
	d = l.document()
	l.pages.shows(410, "")
	say()
	if l.item(l.c, 0).Status != "claimed" {
		t.Error("one look is not enough")
	}
	l.pass(61 * time.Minute)
	if tr := l.track("hoster"); tr.Status != "done" || tr.Outcome != "removed" {
		t.Errorf("%s %s", tr.Status, tr.Outcome)
	}
}

// A text that says "still online" is drafted after a look at the page.
func TestAReminderIsDraftedAfterALook(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	l.approve()
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.pass(22 * 24 * time.Hour)
	l.at("AwaitApproval", "approval")
	d := l.document()
	if d.Instrument != "T3" || !strings.Contains(d.Text, "Deze onderdelen stonden nog online toen wij keken, op dinsdag 13 april 2027") {
		t.Errorf("%s:\n%s", d.Instrument, d.Text)
	}
	if slices.ContainsFunc(d.Findings, func(f casework.Finding) bool { return f.Code == "stale" }) {
		t.Errorf("the look is too old: %+v", d.Findings)
	}
}

func TestWhatIsGoneGetsNoReminder(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	l.approve()
	l.pages.shows(404, "")
	l.pass(22 * 24 * time.Hour)
	l.at("AwaitDate", "second_look")
	l.pass(61 * time.Minute)
	if tr := l.track("hoster"); tr.Status != "done" || tr.Outcome != "removed" {
		t.Errorf("%s %s", tr.Status, tr.Outcome)
	}
	l.mails(1, 1)
}

// A page that answers nothing we can read holds nobody up: the text says when
// we last saw it.
func TestAPageThatCannotBeReadHoldsNoReminder(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	l.approve()
	l.pages.shows(503, "")
	l.pass(22 * 24 * time.Hour)
	l.at("AwaitApproval", "approval")
	if d := l.document(); !strings.Contains(d.Text, "Wij zagen deze onderdelen het laatst op maandag 22 maart 2027") {
		t.Errorf("says more than was seen:\n%s", d.Text)
	}
}

func TestAContactThatChangedIsDraftedAnew(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	ctx := context.Background()
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = true })
	l.attempt()
	l.approve()
	before := l.document()
	have, err := l.s.GetContact(ctx, coordinator, "contact_hoster")
	l.ok(err)
	_, err = l.s.PutContact(ctx, coordinator, "contact_hoster", hosterInput("ntd@host.example"), have.Version)
	l.ok(err)
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
	l.mails(0, 0)
	l.at("AwaitApproval", "approval")
	after := l.document()
	if after.ID == before.ID || after.Recipients[0].Address != "ntd@host.example" {
		t.Errorf("still %s to %s", after.ID, after.Recipients[0].Address)
	}
	l.approve()
	l.mails(1, 1)
}

func TestAFlaggedItemLeavesEveryText(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	before := l.document()
	yes := true
	l.ok(l.s.PatchItem(context.Background(), specialist, l.c, l.page, casework.ItemPatch{SuspectedCSAM: &yes}, l.item(l.c, 0).Version))
	l.settle()
	err := l.s.DecideDocument(context.Background(), adviser, before.ID, casework.DecisionInput{Decision: "approve", ContentHash: before.ContentHash})
	l.kind(err, takedown.Conflict)
	if tr := l.track("hoster"); tr.Status != "done" {
		t.Errorf("the track of nothing but a flagged item is %s", tr.Status)
	}
	l.mails(0, 0)
}

// Requirement: S0-16, S0-sum-2
func TestAWithdrawnConsentHoldsAnApprovedNotice(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = true })
	l.attempt()
	l.approve()
	ctx := context.Background()
	v, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	person := v.People[0].ID
	consent, err := l.s.GetConsent(ctx, coordinator, l.c, person, "notice")
	l.ok(err)
	_, err = l.s.PutConsent(ctx, coordinator, l.c, person, "notice", casework.ConsentInput{Status: "withdrawn", Date: monday, Channel: "phone"}, consent.Version)
	l.ok(err)
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
	l.at("AwaitGate", "consent:notice")
	l.mails(0, 0)
}

// TestAForeignApprovalSendsNothingAndDoesNotSpin: an approval in the database
// that is not of the current content (a row was tampered with) is taken back
// when the document is about to leave.
func TestAForeignApprovalSendsNothingAndDoesNotSpin(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.settings(func(s *casework.SettingsInput) { s.KillSwitch = true })
	l.attempt()
	l.approve()
	l.at("AwaitGate", "kill_switch")
	l.tamper(`UPDATE records SET body = json_set(body, '$.approval.contentHash', 'other') WHERE kind = 'doc'`)
	l.settings(func(s *casework.SettingsInput) { s.KillSwitch = false })
	l.mails(0, 0)
	l.at("AwaitApproval", "approval")
	l.approve()
	l.mails(1, 1)
}

// TestWhatIsBeingSentIsNeitherSkippedNorStopped: while a message is on its way
// nobody can say that it was not sent.
func TestWhatIsBeingSentIsNeitherSkippedNorStopped(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	track := l.track("hoster").ID
	asked := 0
	l.mail.during = func() {
		for _, act := range []string{"skip", "stop"} {
			asked++
			l.kind(l.s.ActOnTrack(context.Background(), adviser, track, act, casework.TrackActInput{Reason: "no_longer_needed"}), takedown.Conflict)
		}
	}
	l.approve()
	l.mails(1, 1)
	l.at("AwaitReply", "reply")
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}
