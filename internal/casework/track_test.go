package casework_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func TestNoticeGoesOutOnceAndItsClockRuns(t *testing.T) {
	l := newLive(t)
	l.at("AwaitGate", "site_operator_attempt")
	l.attempt()
	l.at("AwaitApproval", "approval")
	l.mails(0, 0)
	l.approve()
	l.at("AwaitReply", "reply")
	l.mails(1, 1)
	tr := l.track("hoster")
	if len(tr.Clocks) != 2 || tr.Next == nil || tr.Next.Rung != "hoster.reminder" {
		t.Errorf("clocks %d, next %+v", len(tr.Clocks), tr.Next)
	}
	l.pass(30 * time.Minute)
	l.mails(1, 1)
}

func TestKillSwitchHoldsAndLetsGo(t *testing.T) {
	l := newLive(t)
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = true })
	l.attempt()
	l.approve()
	l.at("AwaitGate", "kill_switch")
	l.mails(0, 0)
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
	l.at("AwaitReply", "reply")
	l.mails(1, 1)
}

func TestRedirectedMailStartsNoClock(t *testing.T) {
	l := newLive(t)
	l.settings(func(in *casework.SettingsInput) { in.RedirectTo = "test@praktijk.example" })
	l.attempt()
	l.approve()
	l.at("AwaitGate", "redirected")
	if tr := l.track("hoster"); len(tr.Clocks) != 0 {
		t.Errorf("a redirected mail started %d clocks", len(tr.Clocks))
	}
	l.mails(1, 1)
	if to := l.mail.sent[0].To; len(to) != 1 || to[0].Email != "test@praktijk.example" {
		t.Errorf("went to %v", to)
	}
	l.settings(func(in *casework.SettingsInput) { in.RedirectTo = "" })
	l.at("AwaitReply", "reply")
	l.mails(2, 2)
	if to := l.mail.sent[1].To[0].Email; to != "abuse@host.example" {
		t.Errorf("went to %s", to)
	}
}

func TestQuietHoursHoldAllButUrgentCases(t *testing.T) {
	night := func(in *casework.SettingsInput) { in.QuietHours = &casework.QuietHours{From: "21:00", Until: "07:00"} }
	l := newLive(t)
	l.settings(night)
	l.attempt()
	l.pass(14 * time.Hour) // 23:00 in Amsterdam
	l.approve()
	l.at("AwaitDate", "quiet_hours")
	l.mails(0, 0)
	l.pass(9 * time.Hour)
	l.at("AwaitReply", "reply")
	l.mails(1, 1)

	u := newLive(t)
	u.settings(night)
	u.attempt()
	u.pass(14 * time.Hour)
	v, err := u.s.GetCase(context.Background(), coordinator, u.c)
	u.ok(err)
	yes := true
	u.ok(u.s.PatchCase(context.Background(), coordinator, u.c, casework.CasePatch{Flags: &casework.FlagsPatch{LifeOrSafety: &yes}}, v.Version))
	u.settle()
	u.mails(0, 0) // nothing leaves without approval, however urgent
	u.approve()
	u.mails(1, 1)
}

func TestTemporaryFailuresAreTriedAgainUnderOneNumber(t *testing.T) {
	l := newLive(t)
	l.attempt()
	l.mail.says(casework.MailTemporary, casework.MailTemporary)
	l.approve()
	l.mails(1, 0)
	l.pass(10 * time.Minute)
	l.mails(2, 0)
	l.pass(time.Hour)
	l.mails(3, 1)
	l.at("AwaitReply", "reply")
	if d := l.document(); d.LastDispatch.No != 1 {
		t.Errorf("the dispatch has number %d", d.LastDispatch.No)
	}
}

func TestPatienceEndsInATask(t *testing.T) {
	l := newLive(t)
	l.attempt()
	var never []casework.MailOutcome
	for range 40 {
		never = append(never, casework.MailTemporary)
	}
	l.mail.says(never...)
	l.approve()
	for range 20 {
		l.pass(4 * time.Hour)
	}
	if a, s := l.mail.counts(); a > 10 || s != 0 {
		t.Errorf("%d attempts, %d sent", a, s)
	}
	l.task(l.c, "find_channel")
}

func TestUncertainIsSettledByPeopleAlone(t *testing.T) {
	for _, c := range []struct {
		outcome        string
		attempts, sent int
	}{{"sent", 1, 0}, {"not_sent", 2, 1}} {
		t.Run(c.outcome, func(t *testing.T) {
			l := newLive(t)
			l.attempt()
			l.mail.says(casework.MailUncertain)
			l.approve()
			l.at("AwaitReply", "dispatch_uncertain")
			l.task(l.c, "settle_dispatch")
			l.pass(48 * time.Hour)
			l.mails(1, 0)
			l.at("AwaitReply", "dispatch_uncertain")
			d := l.document()
			l.ok(l.s.ResolveDispatch(context.Background(), specialist, d.ID, casework.ResolutionInput{Outcome: c.outcome, Reason: "mail_log"}))
			l.settle()
			l.mails(c.attempts, c.sent)
			l.at("AwaitReply", "reply")
		})
	}
}

func TestAReplyProvesThatAnUncertainNoticeArrived(t *testing.T) {
	l := newLive(t)
	l.attempt()
	l.mail.says(casework.MailUncertain)
	l.approve()
	d := l.document()
	_, err := l.s.RegisterReply(context.Background(), specialist, casework.ReplyInput{DocumentID: d.ID, Kind: "acknowledgement", Via: "mail", ReceivedAt: monday})
	l.ok(err)
	l.settle()
	l.at("AwaitReply", "reply")
	l.mails(1, 0)
}

func TestNobodyRefusesWhatWasNotSent(t *testing.T) {
	l, ctx := newLive(t), context.Background()
	l.attempt()
	d := l.document()
	refused := casework.ReplyInput{DocumentID: d.ID, Kind: "decision", Decision: "refused", Via: "mail", ReceivedAt: monday}
	byTrack := refused
	byTrack.DocumentID, byTrack.TrackID = "", d.Track
	for _, in := range []casework.ReplyInput{refused, byTrack} {
		_, err := l.s.RegisterReply(ctx, specialist, in)
		l.kind(err, takedown.Conflict)
		l.settle()
		l.at("AwaitApproval", "approval")
	}
	l.approve()
	l.at("AwaitReply", "reply")
	_, err := l.s.RegisterReply(ctx, specialist, byTrack)
	l.ok(err)
}

func TestDoubledInvocationsSendOnce(t *testing.T) {
	l := newLive(t)
	l.attempt()
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = true })
	l.approve()
	d, tr := l.document(), l.track("hoster")
	have, err := l.s.GetSettings(context.Background(), coordinator)
	l.ok(err)
	in := have.SettingsInput
	in.KillSwitch = false
	_, err = l.s.PutSettings(context.Background(), coordinator, in, have.Version)
	l.ok(err)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := l.s.SendDocument(context.Background(), casework.DocumentInput{V: 1, Track: tr.ID, Generation: tr.Generation, Document: d.ID}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	l.settle()
	l.mails(1, 1)
}

func TestAnEditDropsTheApprovalAndTheGuardBlocks(t *testing.T) {
	l := newLive(t)
	ctx := context.Background()
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = true })
	l.attempt()
	l.approve()
	d := l.document()
	edit := func(text string) error {
		d = l.document()
		return l.s.EditDocument(ctx, specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: text, Recipients: d.Recipients}, d.Version)
	}
	l.ok(edit(d.Text + "\nZie ook Sealedstraat 1.\n"))
	l.settle()
	old := d.ContentHash
	if d = l.document(); d.Status != "pending" || d.Approval != nil {
		t.Fatalf("after an edit: %s, %+v", d.Status, d.Approval)
	}
	f := func(hash string, who takedown.Principal) error {
		return l.s.DecideDocument(ctx, who, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: hash})
	}
	l.kind(f(old, adviser), takedown.Conflict)
	l.kind(f(d.ContentHash, adviser), takedown.Invalid) // the guard found the address
	l.ok(edit(strings.Replace(d.Text, "\nZie ook Sealedstraat 1.\n", "\nDank u.\n", 1)))
	d = l.document()
	both := takedown.Principal{ID: specialist.ID, Roles: []takedown.Role{takedown.LegalAdviser}}
	l.kind(f(d.ContentHash, both), takedown.Forbidden) // an editor, whatever the role
	l.ok(f(d.ContentHash, adviser))
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
	l.mails(1, 1)
}

// What nobody read of the law, and what no letter says, stops an approval: also
// where a person wrote it in.
func TestAnEditMayNotCiteWhatWasNotRead(t *testing.T) {
	l := newLive(t)
	l.attempt()
	for _, bad := range []string{"Wij wijzen op artikel 51ac Sv.", "Zie artikel 317 van het Wetboek van Strafrecht.", "U moet dit binnen 24 uur verwijderen volgens artikel 16 DSA.", "De plaatser is een oud-patiënt.", "De politie weet hiervan."} {
		d := l.document()
		text := strings.Replace(d.Text, "WAT WIJ U VRAGEN", bad+"\n\nWAT WIJ U VRAGEN", 1)
		l.ok(l.s.EditDocument(context.Background(), specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: text, Recipients: d.Recipients}, d.Version))
		edited := l.document()
		if !slices.ContainsFunc(edited.Findings, func(f casework.Finding) bool { return f.Code == "lint" && f.Blocking }) {
			t.Errorf("%q passes: %+v", bad, edited.Findings)
		}
		l.kind(l.s.DecideDocument(context.Background(), adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: edited.ContentHash}), takedown.Invalid)
		l.ok(l.s.EditDocument(context.Background(), specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: d.Text, Recipients: d.Recipients}, edited.Version))
	}
}

// The display name of an addressee leaves too.
func TestTheGuardReadsRecipients(t *testing.T) {
	l := newLive(t)
	l.attempt()
	d := l.document()
	to := slices.Clone(d.Recipients)
	to[0].Name = "Abuse desk, over Sealed Name"
	l.ok(l.s.EditDocument(context.Background(), specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: d.Text, Recipients: to}, d.Version))
	if found := l.document().Findings; !slices.ContainsFunc(found, func(f casework.Finding) bool { return f.Code == "guard" && strings.HasPrefix(f.Place, "recipient/1") }) {
		t.Errorf("a name among the recipients passes: %+v", found)
	}
}

// Somebody joins the case after the approval, and a word of the approved text
// is a sealed value of theirs: the guard stops the send, and says where.
func TestASealedValueAddedAfterTheApprovalStopsTheSend(t *testing.T) {
	l := newLive(t)
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = true })
	l.attempt()
	l.approve()
	l.at("AwaitGate", "kill_switch")
	l.join("evident")
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
	l.mails(0, 0)
	l.at("AwaitApproval", "approval")
	d := l.document()
	found := slices.ContainsFunc(d.Findings, func(f casework.Finding) bool {
		return f.Code == "guard" && f.Blocking && strings.Contains(f.Message, "aliases")
	})
	if d.Status != "pending" || d.Approval != nil || !found {
		t.Errorf("the document is %s with findings %+v", d.Status, d.Findings)
	}
	err := l.s.DecideDocument(context.Background(), adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash})
	l.kind(err, takedown.Invalid)
}

// A host that carries a sealed value is named by its place: the exact URL
// stands in annex 1 alone.
func TestAHostThatNamesThePersonIsMasked(t *testing.T) {
	l := newLive(t)
	l.join("forum")
	l.attempt()
	d := l.document()
	if !strings.Contains(d.Text, "De website uit bijlage 1 staat volgens onze gegevens bij u op een server.") || strings.Count(d.Text, "forum") != 1 || !strings.Contains(d.Text, "Exacte URL: "+forumURL) {
		t.Errorf("the host stands in running text:\n%s", d.Text)
	}
	if slices.ContainsFunc(d.Findings, func(f casework.Finding) bool { return f.Blocking }) {
		t.Errorf("findings %+v", d.Findings)
	}
	l.approve()
	l.mails(1, 1)
}

func TestATextPastItsSendByIsDraftedAgain(t *testing.T) {
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

func TestHoldResumeSkipStop(t *testing.T) {
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

func TestSaidToBeGoneIsLookedAt(t *testing.T) {
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

func TestAWithdrawnConsentHoldsAnApprovedNotice(t *testing.T) {
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
