package smtpmail_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/mail/smtpmail"
)

// offering is a server that names an extension and says what it was asked.
func offering(t *testing.T, extensions string) *faulty {
	t.Helper()
	return newFaulty(t, fault{"EHLO", "250-mail.example" + extensions + "\r\n250 HELP"})
}

func TestDeliveryReportsAreAskedForWhereTheyAreOffered(t *testing.T) {
	msg := message()
	msg.ID = "doc_01+x.1=2@care.example"
	const (
		from  = "MAIL FROM:<notices@care.example>"
		envid = " RET=HDRS ENVID=doc_01+2Bx.1+3D2@care.example"
	)
	for extensions, want := range map[string][]string{
		"\r\n250-DSN":                 {from + envid, "RCPT TO:<abuse@hoster.example> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;abuse@hoster.example"},
		"\r\n250-8BITMIME\r\n250-DSN": {from + " BODY=8BITMIME" + envid},
		"\r\n250-8BITMIME":            {from + " BODY=8BITMIME", "RCPT TO:<abuse@hoster.example>"},
		"":                            {from, "RCPT TO:<desk@hoster.example>"},
	} {
		s := offering(t, extensions)
		if res := send(t, mailer(t, smtpmail.Options{URL: s.url()}), msg); res.Outcome != sent {
			t.Fatalf("%q: %s (%s)", extensions, res.Outcome, res.Reply)
		}
		_, commands := s.seen()
		for _, c := range want {
			if !slices.Contains(commands, c) {
				t.Errorf("%q: no %q in\n%s", extensions, c, strings.Join(commands, "\n"))
			}
		}
	}
}
