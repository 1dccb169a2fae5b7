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

// A yes by phone is a legal adviser's: whom the installation knows by a token
// needs the role, still.
func TestAPhoneApproverHasTheRole(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	l.ok(l.patch(coordinator, l.c, `{"flags":{"lifeOrSafety":true}}`))
	l.settle()
	token := func(name string, roles ...takedown.Role) string {
		made, err := l.s.CreateToken(ctx, takedown.TheSystem, name, roles)
		l.ok(err)
		return made.ID
	}
	token("specialist-9", takedown.Specialist)
	leaves := token("adviser-9", takedown.Specialist, takedown.LegalAdviser)
	have, err := l.s.GetSettings(ctx, coordinator)
	l.ok(err)
	in := have.SettingsInput
	in.PhoneApproval = &casework.PhoneSettings{Approvers: []string{"adviser-9", "specialist-9", "of-the-sign-in"}, Minutes: 30}
	_, err = l.s.PutSettings(ctx, coordinator, in, have.Version)
	l.pointers(err, "/phoneApproval/approvers/1")
	l.settings(func(in *casework.SettingsInput) {
		in.PhoneApproval = &casework.PhoneSettings{Approvers: []string{"adviser-9", "of-the-sign-in"}, Minutes: 30}
	})
	l.ok(l.s.RevokeToken(ctx, takedown.TheSystem, leaves))
	l.settings(func(in *casework.SettingsInput) { in.ReminderSpacing = 9 }) // who left stops no other change
	d := l.document()
	yes := func(approver string) error {
		at, err := l.clock.Now(ctx)
		l.ok(err)
		return l.s.DecideDocument(ctx, coordinator, d.ID, casework.DecisionInput{
			Decision: "approve", ContentHash: d.ContentHash, ByPhone: &casework.PhoneApproval{Approver: approver, CalledAt: at},
		})
	}
	l.pointers(yes("adviser-9"), "/byPhone/approver")
	l.ok(yes("of-the-sign-in"))
}

// In the urgent lane a deputy approver may say yes by phone: of exactly this
// text, within the set time, written down by somebody else; a legal adviser
// reviews it, and until then the case does not close.
func TestAYesByPhone(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	d := l.document()
	now := func() time.Time { at, err := l.clock.Now(ctx); l.ok(err); return at }
	yes := func(who takedown.Principal, change func(*casework.DecisionInput)) error {
		in := casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash, ByPhone: &casework.PhoneApproval{Approver: "adviser-2", CalledAt: now()}}
		change(&in)
		err := l.s.DecideDocument(ctx, who, d.ID, in)
		l.settle()
		return err
	}
	same := func(*casework.DecisionInput) {}
	l.kind(yes(coordinator, same), takedown.Conflict) // not urgent
	l.ok(l.patch(coordinator, l.c, `{"flags":{"lifeOrSafety":true}}`))
	l.settle()
	l.at("AwaitApproval", "approval")
	d = l.document()                                  // drafted again: it says that it is urgent
	l.kind(yes(coordinator, same), takedown.Conflict) // nobody is named in the settings
	l.settings(func(in *casework.SettingsInput) {
		in.PhoneApproval = &casework.PhoneSettings{Approvers: []string{"adviser-2", coordinator.ID}, Minutes: 30}
	})
	l.kind(yes(specialist, same), takedown.Forbidden)
	l.kind(yes(adviser, same), takedown.Forbidden) // decides at the screen
	l.kind(yes(coordinator, func(in *casework.DecisionInput) { in.ByPhone = nil }), takedown.Forbidden)
	l.kind(yes(coordinator, func(in *casework.DecisionInput) { in.ContentHash = strings.Repeat("0", 64) }), takedown.Conflict)
	l.pointers(yes(coordinator, func(in *casework.DecisionInput) { in.Decision, in.Reason = "reject", "not_good" }), "/byPhone")
	l.pointers(yes(coordinator, func(in *casework.DecisionInput) {
		in.ByPhone = &casework.PhoneApproval{Approver: "somebody", CalledAt: d.DraftedAt.Add(-time.Minute)}
	}), "/byPhone/approver", "/byPhone/calledAt")
	l.pointers(yes(coordinator, func(in *casework.DecisionInput) { in.ByPhone.Approver = coordinator.ID }), "/byPhone/approver")
	l.pass(time.Hour)
	l.pointers(yes(coordinator, func(in *casework.DecisionInput) { in.ByPhone.CalledAt = now().Add(-31 * time.Minute) }), "/byPhone/calledAt")
	l.mails(0, 0)

	l.ok(yes(coordinator, func(in *casework.DecisionInput) { in.ByPhone.CalledAt = now().Add(-29 * time.Minute) }))
	l.mails(1, 1)
	if a := l.document().Approval; a == nil || a.By != "adviser-2" || a.RecordedBy != coordinator.ID {
		t.Errorf("approval %+v", a)
	}
	review, err := l.s.GetTask(ctx, adviser, l.task(l.c, "review_phone_approval"))
	l.ok(err)
	if !review.Mandatory || !review.Urgent || !review.DueAt.Equal(now().Add(24*time.Hour)) {
		t.Errorf("task %+v", review)
	}
	running := func() bool {
		return slices.ContainsFunc(l.track("hoster").Clocks, func(c casework.ClockView) bool { return c.Rule == "P20" && c.Status == "running" })
	}
	if !running() {
		t.Error("the review has no clock")
	}
	l.kind(l.s.CompleteTask(ctx, coordinator, review.ID, casework.TaskCompletion{Reason: "confirmed"}), takedown.Forbidden)
	l.pointers(l.s.CompleteTask(ctx, adviser, review.ID, casework.TaskCompletion{}), "/reason")
	l.ok(l.s.CompleteTask(ctx, adviser, review.ID, casework.TaskCompletion{Reason: "confirmed"}))
	if running() {
		t.Error("the clock of the review runs on")
	}
}
