package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// A yes by phone is of the text as it stood then: one that was edited after the
// call was not read out.
func TestAYesByPhoneIsNotOfALaterText(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	l.ok(l.patch(coordinator, l.c, `{"flags":{"lifeOrSafety":true}}`))
	l.settle()
	l.settings(func(in *casework.SettingsInput) {
		in.PhoneApproval = &casework.PhoneSettings{Approvers: []string{"adviser-2"}, Minutes: 30}
	})
	l.pass(10 * time.Minute)
	called := l.now()
	l.pass(10 * time.Minute)
	d := l.document()
	l.edited(d, d.Text+"\n", d.Recipients)
	d = l.document()
	in := casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash, ByPhone: &casework.PhoneApproval{Approver: "adviser-2", CalledAt: called}}
	l.pointers(l.s.DecideDocument(ctx, coordinator, d.ID, in), "/byPhone/calledAt")
	in.ByPhone.CalledAt = l.now()
	l.ok(l.s.DecideDocument(ctx, coordinator, d.ID, in))
}

// A review that nobody else may do does not hold a case open for ever: an adviser
// who only edited may look, and a coordinator may record that nobody can.
func TestAPhoneReviewIsNeverImpossible(t *testing.T) {
	t.Parallel()
	for _, edits := range []bool{true, false} {
		l, ctx := newLive(t), context.Background()
		l.attempt()
		l.ok(l.patch(coordinator, l.c, `{"flags":{"lifeOrSafety":true}}`))
		l.settle()
		only := "adviser-2"
		if !edits {
			only = adviser.ID
		}
		l.settings(func(in *casework.SettingsInput) {
			in.PhoneApproval = &casework.PhoneSettings{Approvers: []string{only}, Minutes: 30}
		})
		d := l.document()
		if edits {
			l.ok(l.s.EditDocument(ctx, adviser, d.ID, casework.EditInput{Subject: d.Subject, Text: d.Text + "\n", Recipients: d.Recipients}, d.Version))
			d = l.document()
		}
		in := casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash, ByPhone: &casework.PhoneApproval{Approver: only, CalledAt: l.now()}}
		l.ok(l.s.DecideDocument(ctx, coordinator, d.ID, in))
		l.settle()
		review := l.task(l.c, "review_phone_approval")
		said := casework.TaskCompletion{Reason: "the_only_adviser"}
		if edits {
			l.kind(l.s.CompleteTask(ctx, coordinator, review, said), takedown.Forbidden)
			l.ok(l.s.CompleteTask(ctx, adviser, review, said))
			if l.count("phone_approval.reviewed_by_editor") != 1 {
				t.Error("nothing says that an editor reviewed it")
			}
			continue
		}
		l.kind(l.s.CompleteTask(ctx, adviser, review, said), takedown.Forbidden)
		l.kind(l.s.CompleteTask(ctx, coordinator, review, said), takedown.Forbidden)
		said.NoReviewer = true
		l.kind(l.s.CompleteTask(ctx, adviser, review, said), takedown.Forbidden)
		l.pointers(l.s.CompleteTask(ctx, coordinator, review, casework.TaskCompletion{NoReviewer: true}), "/reason")
		l.ok(l.s.CompleteTask(ctx, coordinator, review, said))
		if len(l.openTasks(l.c, "review_phone_approval")) != 0 || l.count("phone_approval.not_reviewed no_reviewer") != 1 {
			t.Error("the override is not on record")
		}
		for _, c := range l.track("hoster").Clocks {
			if c.Rule == "P20" && c.Status != "superseded" {
				t.Errorf("clock %s is %s: nobody reviewed it", c.ID, c.Status)
			}
		}
	}
}
