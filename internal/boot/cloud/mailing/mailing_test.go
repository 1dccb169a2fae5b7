package mailing

import (
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/mail/sesmail"
)

func read1(t *testing.T, vars map[string]string) (*cloud.Build, error, error) {
	t.Helper()
	e := cloud.NewEnvironment(func(name string) string {
		if name == cloud.EvidenceBucket {
			return "evidence"
		}
		return vars[name]
	})
	add := Part().Read(e, cloud.Config{})
	b := &cloud.Build{}
	if e.Err() != nil {
		return b, e.Err(), nil
	}
	return b, nil, add(t.Context(), b)
}

func TestTheMailerIsOneOfTwo(t *testing.T) {
	b, wrong, err := read1(t, map[string]string{SMTP: "smtp://127.0.0.1:2525"})
	if wrong != nil || err != nil || b.Deps.Mailer == nil {
		t.Errorf("over SMTP: %v, %v, %v", b.Deps.Mailer, wrong, err)
	}
	b, wrong, err = read1(t, map[string]string{SES: "set"})
	if _, ses := b.Deps.Mailer.(*sesmail.Mailer); wrong != nil || err != nil || !ses {
		t.Errorf("by SES: %v, %v, %v", b.Deps.Mailer, wrong, err)
	}
	for name, c := range map[string]struct {
		vars map[string]string
		says string
	}{
		"neither":           {nil, SES + " is not set"},
		"both":              {map[string]string{SES: "set", SMTP: "smtp://127.0.0.1"}, SMTP + " and " + SES + " are both set"},
		"no address":        {map[string]string{SMTP: "127.0.0.1"}, SMTP + " cannot be used"},
		"user, no secret":   {map[string]string{SMTP: "smtps://desk@mail.example.nl"}, "there is no password"},
		"secret in the URL": {map[string]string{SMTP: "smtps://desk:geheim@mail.example.nl"}, "does not belong in its URL"},
	} {
		_, wrong, _ := read1(t, c.vars)
		if wrong == nil || !strings.Contains(wrong.Error(), c.says) || strings.Contains(wrong.Error(), "geheim") {
			t.Errorf("%s: got %v", name, wrong)
		}
	}
}
