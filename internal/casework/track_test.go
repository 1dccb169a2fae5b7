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
	t.Parallel()
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

// A notice leaves in the organisation's name, from the desk's mailbox: who found
// it, wrote it or approved it stands nowhere in it.
//
// Requirement: S0-20b
func TestANoticeLeavesInTheOrganisationsName(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	l.approve()
	m := l.mail.sent[0]
	if m.From.Email != "meldpunt@praktijk.example" || !strings.Contains(m.Text, "Praktijk Voorbeeld") {
		t.Errorf("from %+v:\n%s", m.From, m.Text)
	}
	for _, who := range []string{specialist.ID, adviser.ID, coordinator.ID} {
		if strings.Contains(m.From.Name+m.Subject+m.Text+m.HTML, who) {
			t.Errorf("the notice names %s", who)
		}
	}
}

func TestKillSwitchHoldsAndLetsGo(t *testing.T) {
	t.Parallel()
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

// Requirement: S0-6a, S2-7
func TestRedirectedMailStartsNoClock(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
	l := newIdle(t, asItIs)
	l.setUpWith(func(in *casework.OpenCaseInput) { in.Affected[0].Function = "poortwachter" }) // no word of our own
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = true })
	l.attempt()
	l.approve()
	l.at("AwaitGate", "kill_switch")
	l.join("poortwachter")
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
	l.mails(0, 0)
	l.at("AwaitApproval", "blocking_findings")
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
	t.Parallel()
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
