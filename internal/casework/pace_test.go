package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func rated(mails, minutes int) func(*casework.SettingsInput) {
	return func(in *casework.SettingsInput) {
		in.Mail.ContactRate = &casework.ContactRate{Mails: mails, Minutes: minutes}
	}
}

func TestOneAddresseeGetsNoMoreMailThanTheRate(t *testing.T) {
	t.Parallel()
	a := newLive(t)
	a.settings(rated(1, 60))
	a.attempt()
	b := newSecond(a, "https://forum.example/t/2")
	c := newSecond(a, "https://forum.example/t/3")
	u := newSecond(a, "https://forum.example/t/4")
	v, err := u.s.GetCase(context.Background(), coordinator, u.c)
	u.ok(err)
	yes := true
	u.ok(u.s.PatchCase(context.Background(), coordinator, u.c, casework.CasePatch{Flags: &casework.FlagsPatch{LifeOrSafety: &yes}}, v.Version))
	u.settle()

	a.approve()
	a.at("AwaitReply", "reply")
	b.approve()
	b.at("AwaitDate", "contact_rate")
	c.approve()
	c.at("AwaitDate", "contact_rate")
	a.mails(1, 1)
	now, err := a.clock.Now(context.Background())
	a.ok(err)
	if until := b.track("hoster").WaitsFor.Until; until.Sub(now) != time.Hour {
		t.Errorf("the second waits until %v, it is %v", until, now)
	}
	u.approve() // urgent: waits for nobody
	u.at("AwaitReply", "reply")
	a.mails(2, 2)

	a.pass(59 * time.Minute)
	a.mails(2, 2)
	a.pass(time.Minute)
	b.at("AwaitReply", "reply")
	c.at("AwaitDate", "contact_rate")
	a.mails(3, 3)
	a.pass(61 * time.Minute)
	c.at("AwaitReply", "reply")
	a.mails(4, 4)
}

func TestAFailedAttemptKeepsItsTurn(t *testing.T) {
	t.Parallel()
	a := newLive(t)
	a.settings(rated(1, 600))
	a.attempt()
	a.mail.says(casework.MailTemporary)
	a.approve()
	a.mails(1, 0)
	a.pass(10 * time.Minute)
	a.mails(2, 1)
}

func TestWhatWaitedThroughTheNightLeavesSpread(t *testing.T) {
	t.Parallel()
	a := newLive(t)
	a.settings(func(in *casework.SettingsInput) {
		rated(1, 60)(in)
		in.QuietHours = &casework.QuietHours{From: "21:00", Until: "07:00"}
	})
	a.attempt()
	others := []*live{a}
	for _, url := range []string{"https://forum.example/t/2", "https://forum.example/t/3", "https://forum.example/t/4"} {
		others = append(others, newSecond(a, url))
	}
	a.pass(11*time.Hour + 30*time.Minute) // 20:30 in Amsterdam
	for _, l := range others {
		l.approve()
	}
	a.mails(1, 1)
	for range 20 { // until 06:30
		a.pass(30 * time.Minute)
	}
	a.mails(1, 1)
	a.pass(31 * time.Minute)
	a.mails(2, 2)
	a.pass(61 * time.Minute)
	a.mails(3, 3)
	a.pass(61 * time.Minute)
	a.mails(4, 4)
}

func TestWithoutTheRateNothingWaits(t *testing.T) {
	t.Parallel()
	a := newLive(t)
	a.settings(rated(1, 60))
	a.attempt()
	b := newSecond(a, "https://forum.example/t/2")
	a.approve()
	b.approve()
	b.at("AwaitDate", "contact_rate")
	a.settings(func(in *casework.SettingsInput) { in.Mail.ContactRate = nil })
	b.at("AwaitReply", "reply")
	a.mails(2, 2)
	if _, err := casework.GetNoun[takedown.Pace](context.Background(), a.s, "pace_hoster"); err != nil {
		t.Error(err)
	}
}
