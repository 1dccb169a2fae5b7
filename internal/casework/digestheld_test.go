package casework_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/storetest"
	"github.com/ontdox/takedown/internal/takedown"
)

func TestWhatHoldsDigestsBack(t *testing.T) {
	t.Parallel()
	d := newDigested(t)
	d.opened(caseInput("https://forum.example/1"))
	for name, change := range map[string]func(*casework.SettingsInput){
		"nobody wants one": func(in *casework.SettingsInput) { in.Digest = nil },
		"the kill switch":  func(in *casework.SettingsInput) { in.KillSwitch = true },
		"no sender":        func(in *casework.SettingsInput) { in.Mail.From = "" },
		"quiet hours": func(in *casework.SettingsInput) {
			in.Digest.Hour, in.QuietHours = "07:30", &casework.QuietHours{From: "08:00", Until: "10:00"}
		},
	} {
		d.settings(change)
		d.sends(casework.DigestResult{})
		if len(d.to()) != 0 || len(d.digests("2027-03-22")) != 0 {
			t.Errorf("%s: mails to %q", name, d.to())
		}
	}
	d.settings(func(in *casework.SettingsInput) { in.RedirectTo = "test@elsewhere.example" })
	d.sends(casework.DigestResult{Failed: 1, Quiet: 1}) // not even by the test redirect
	if got := d.digests("2027-03-22"); len(d.to()) != 0 || !slices.Contains(got, "digest.failed foreign_domain") {
		t.Errorf("mails to %q, %q", d.to(), got)
	}
	d.clock.advance(24 * time.Hour)
	d.settings(func(in *casework.SettingsInput) { in.RedirectTo = "test@zorg.example" })
	d.sends(casework.DigestResult{Sent: 1, Quiet: 1})
	if got := d.digests("2027-03-23"); !slices.Equal(d.to(), []string{"test@zorg.example"}) || !slices.Contains(got, "digest.redirected") {
		t.Errorf("mails to %q, %q", d.to(), got)
	}
}

func TestASweepWithAMailerSendsDigests(t *testing.T) {
	t.Parallel()
	d := newDigested(t)
	d.opened(caseInput("https://forum.example/1"))
	d.s.Mailer = nil
	sweep := func() {
		t.Helper()
		_, err := d.s.Sweep(context.Background(), casework.SweepInput{V: casework.InputVersion})
		d.ok(err)
	}
	sweep()
	if got := d.digests("2027-03-22"); len(got) != 0 {
		t.Errorf("%q without a mailer", got)
	}
	d.s.Mailer = d.mail
	sweep()
	sweep()
	if len(d.to()) != 1 {
		t.Errorf("mails to %q", d.to())
	}
}

func TestDigestSettingsNameEveryBadField(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := digestSettings()
	in.Organisation.Language = "fr"
	in.Digest.Hour = "22:00" // quiet from 21:00
	in.Digest.People = []casework.DigestReader{
		{Person: "anna", Address: "anna@elsewhere.example", Roles: []string{"specialist"}},
		{Person: "anna", Address: "anna@sub.zorg.example", Roles: []string{"specialist", "specialist"}},
		{Person: "b\nc", Address: "Bas <bas@zorg.example>", Roles: nil},
		{Address: "", Roles: []string{"auditor"}},
	}
	_, err := f.s.PutSettings(ctx, coordinator, in, 0)
	f.pointers(err, "/organisation/language", "/digest/hour", "/digest/people/0/address", "/digest/people/1/person", "/digest/people/1/address",
		"/digest/people/1/roles/1", "/digest/people/2/person", "/digest/people/2/address", "/digest/people/2/roles",
		"/digest/people/3/person", "/digest/people/3/address", "/digest/people/3/roles/0")
	if strings.Contains(err.Error(), "elsewhere") {
		t.Errorf("the error gives a value away: %v", err)
	}
	in = digestSettings()
	in.Digest.Hour = "9"
	for range 20 {
		in.Digest.People = append(in.Digest.People, casework.DigestReader{Person: strings.Repeat("a", len(in.Digest.People)+1), Address: "a@ZORG.example", Roles: []string{"liaison"}})
	}
	_, err = f.s.PutSettings(ctx, coordinator, in, 0)
	f.pointers(err, "/digest/hour", "/digest/people")
	got, err := f.s.GetSettings(ctx, auditor)
	f.ok(err)
	if got.Version != 0 || got.Digest != nil {
		t.Errorf("bad settings left %+v behind", got)
	}
	_, err = f.s.PutSettings(ctx, coordinator, digestSettings(), 0)
	f.ok(err)
	got, err = f.s.GetSettings(ctx, specialist)
	f.ok(err)
	if d := got.Digest; d == nil || d.Hour != "09:00" || len(d.People) != 2 || d.People[1].Address != "bas@zorg.example" || !slices.Equal(d.People[1].Roles, []string{"legal_adviser"}) {
		t.Errorf("got %+v", got.Digest)
	}
}

// TestOneFailedStoreCallSendsNoDigestTwice: every store call of a digest fails
// once, before its effect or after it.
func TestOneFailedStoreCallSendsNoDigestTwice(t *testing.T) {
	for at := int64(1); at <= 30; at++ {
		for name, fault := range map[string]storetest.Fault{"request": storetest.RequestLost, "reply": storetest.ReplyLost} {
			t.Run(fmt.Sprintf("call=%d,%s", at, name), func(t *testing.T) {
				t.Parallel()
				d := newDigested(t)
				d.opened(caseInput("https://forum.example/1"))
				faulty := storetest.Faulty(d.store, storetest.Faults{At: map[int64]storetest.Fault{at: fault}})
				d.s.Store = faulty
				for range 3 {
					_, err := d.s.SendDigest(context.Background(), casework.DigestInput{V: casework.InputVersion})
					if err != nil {
						d.kind(err, takedown.Unavailable)
					}
					d.clock.advance(6 * time.Minute)
				}
				faulty.Heal()
				d.sends(casework.DigestResult{})
				got := d.digests("2027-03-22")
				sent := slices.Contains(got, "digest.sent")
				if uncertain := slices.Contains(got, "digest.uncertain lease_over"); sent == uncertain || len(d.to()) > 1 || sent && len(d.to()) != 1 {
					t.Errorf("%d mails: %q", len(d.to()), got)
				}
			})
		}
	}
}

// TestOneMailboxHoldsUpNoOther: a server that puts one recipient off all day.
func TestOneMailboxHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	d := newDigested(t)
	d.settings(func(in *casework.SettingsInput) {
		in.Digest.People[1] = casework.DigestReader{Person: "coordinator-2", Address: "dirk@zorg.example", Roles: []string{"coordinator"}}
	})
	d.opened(caseInput("https://forum.example/1"))
	d.mail.says(casework.MailTemporary, casework.MailSent, casework.MailTemporary, casework.MailTemporary)
	for _, want := range []casework.DigestResult{{Delayed: 1}, {Sent: 1, Delayed: 1}, {Delayed: 1}, {Sent: 1}, {}} {
		d.sends(want)
		d.clock.advance(15 * time.Minute)
	}
	if want := []string{"anna@zorg.example", "dirk@zorg.example", "anna@zorg.example", "anna@zorg.example", "anna@zorg.example"}; !slices.Equal(d.to(), want) {
		t.Errorf("mails went to %q", d.to())
	}
}
