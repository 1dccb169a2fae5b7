package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
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
