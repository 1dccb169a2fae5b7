package casework_test

import (
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

func TestADeliveryReportSettlesAnUncertainDispatch(t *testing.T) {
	t.Parallel()
	for action, accepted := range map[string]bool{"delivered": true, "relayed": true, "delayed": false} {
		b := newUncertain(t)
		status := map[bool]string{true: "2.0.0", false: "4.4.1"}[accepted]
		b.receive(bounceOf(b.mail.attempts[0], "abuse@host.example", action, status))
		b.at("AwaitReply", "reply")
		d := b.document().LastDispatch
		if d.Status != "sent" || d.AcceptedAt.IsZero() == accepted {
			t.Errorf("%s: %+v", action, d)
		}
		if len(b.openTasks(b.c, "settle_dispatch")) != 0 || b.running() == 0 {
			t.Errorf("%s: not settled, or no clock runs", action)
		}
		b.mails(1, 0) // nothing was sent again
	}
}

func TestAReportThatKnowsAReferenceAloneSettlesNothing(t *testing.T) {
	t.Parallel()
	b := newUncertain(t)
	m := b.mail.attempts[0]
	raw := string(bounceOf(m, "abuse@host.example", "delivered", "2.0.0"))
	b.receive([]byte(strings.Replace(raw, "Message-ID: <"+m.ID+">", "X-Takedown-Ref: none", 1) + "\r\n"))
	b.at("AwaitReply", "dispatch_uncertain")
	shown := b.document().LastDispatch
	if shown.Status != "uncertain" || shown.IntendedAt.IsZero() || shown.ServerReply == "" {
		t.Errorf("what is known is not shown: %+v", shown)
	}
}

// newUncertain is an inbox whose notice left and nobody knows whether it arrived.
func newUncertain(t *testing.T) *inbox {
	t.Helper()
	l := newLive(t)
	l.settings(func(in *casework.SettingsInput) { in.Mail.ReplyDomain = "antwoord.praktijk.example" })
	l.attempt()
	l.mail.says(casework.MailUncertain)
	l.approve()
	l.at("AwaitReply", "dispatch_uncertain")
	return &inbox{live: l}
}
