package casework_test

import (
	"context"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// keyless is a mailer over SMTP without a key to sign with.
type keyless struct{ *scriptedMailer }

func (keyless) Signs() bool { return false }

func TestMailIsSignedAsTheSettingsSay(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.settings(func(in *casework.SettingsInput) {
		in.Mail.DKIM = &casework.DKIMSettings{Domain: "Praktijk.example", Selector: "td1"}
	})
	got, err := l.s.GetSettings(context.Background(), coordinator)
	l.ok(err)
	if d := got.Mail.DKIM; d == nil || d.Domain != "praktijk.example" || d.Selector != "td1" {
		t.Errorf("settings %+v", d)
	}
	l.attempt()
	l.approve()
	if m := l.mail.sent[0]; m.SignDomain != "praktijk.example" || m.SignSelector != "td1" {
		t.Errorf("signed as %s of %s", m.SignSelector, m.SignDomain)
	}
}

func TestBadMailSettingsAreNamed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	put := func(in casework.MailSettings) error {
		_, err := f.s.PutSettings(context.Background(), coordinator, casework.SettingsInput{Mail: in}, 0)
		return err
	}
	const from = "desk@mail.praktijk.example"
	f.s.Mailer = &scriptedMailer{}
	f.pointers(put(casework.MailSettings{From: from, DKIM: &casework.DKIMSettings{Domain: "else.example", Selector: "a.b"}}), "/mail/dkim/selector", "/mail/dkim/domain")
	f.pointers(put(casework.MailSettings{From: from, DKIM: &casework.DKIMSettings{}}), "/mail/dkim/selector", "/mail/dkim/domain")
	f.pointers(put(casework.MailSettings{From: from, ContactRate: &casework.ContactRate{Mails: 31, Minutes: 0}}), "/mail/contactRate/mails", "/mail/contactRate/minutes")
	f.s.Mailer = keyless{&scriptedMailer{}}
	f.pointers(put(casework.MailSettings{From: from, DKIM: &casework.DKIMSettings{Domain: "praktijk.example", Selector: "a"}}), "/mail/dkim")
	f.s.Mailer = &scriptedMailer{}
	f.ok(put(casework.MailSettings{From: from, DKIM: &casework.DKIMSettings{Domain: "praktijk.example", Selector: "a"}}))
}
