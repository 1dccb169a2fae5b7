package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// TestRemindersKeepTheirSpacing: a reminder waits for the organisation's own
// spacing after the notice; an urgent case does not.
func TestRemindersKeepTheirSpacing(t *testing.T) {
	t.Parallel()
	spacing := func(days int) func(*casework.SettingsInput) {
		return func(in *casework.SettingsInput) { in.ReminderSpacing = days }
	}
	l := newLive(t)
	l.settings(spacing(30))
	l.attempt()
	l.approve()
	l.at("AwaitReply", "reply")
	l.pass(25 * 24 * time.Hour) // past the ten working days
	l.at("AwaitDate", "spacing")
	l.settings(spacing(35))
	l.pass(6 * 24 * time.Hour)
	l.at("AwaitDate", "spacing")
	l.pass(5 * 24 * time.Hour)
	l.at("AwaitApproval", "approval")

	u := newLive(t)
	u.settings(spacing(30))
	u.attempt()
	u.approve()
	u.pass(25 * 24 * time.Hour)
	u.at("AwaitDate", "spacing")
	v, err := u.s.GetCase(context.Background(), coordinator, u.c)
	u.ok(err)
	yes := true
	u.ok(u.s.PatchCase(context.Background(), coordinator, u.c, casework.CasePatch{Flags: &casework.FlagsPatch{LifeOrSafety: &yes}}, v.Version))
	u.settle()
	u.at("AwaitApproval", "approval")
}
