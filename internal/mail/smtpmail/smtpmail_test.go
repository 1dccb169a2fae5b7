package smtpmail_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/smtpmail"
	"github.com/ontdox/takedown/internal/takedown"
)

var accepted = time.Date(2027, 3, 25, 9, 30, 1, 0, time.UTC)

func message() casework.Message {
	return casework.Message{
		ID: "doc_01.1@care.example", From: casework.Address{Name: "Zorggroep", Email: "notices@care.example"},
		To:      []casework.Address{{Email: "abuse@hoster.example"}, {Email: "legal@hoster.example"}},
		Cc:      []casework.Address{{Email: "desk@hoster.example"}},
		Subject: "Kennisgeving", Text: "Geachte heer, mevrouw,\n.\nMet punten.\n", Reference: "TD-1", Date: accepted,
	}
}

func mailer(t *testing.T, opt smtpmail.Options) *smtpmail.Mailer {
	t.Helper()
	opt.HostNow = func() time.Time { return accepted }
	m, err := smtpmail.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func send(t *testing.T, m *smtpmail.Mailer, msg casework.Message) casework.MailResult {
	t.Helper()
	res, err := m.Send(t.Context(), msg)
	if err != nil {
		t.Fatal(err)
	}
	if res.MessageID != msg.ID || !res.At.Equal(accepted) {
		t.Errorf("result for %s at %v", res.MessageID, res.At)
	}
	return res
}

const (
	sent      = casework.MailSent
	temporary = casework.MailTemporary
	permanent = casework.MailPermanent
	uncertain = casework.MailUncertain
)

// faults is every fault at every step, with the only right outcome.
func faults() map[fault]casework.MailOutcome {
	all := map[fault]casework.MailOutcome{
		{"none", ""}:   sent,
		{"QUIT", hang}: sent, {"QUIT", dropBefore}: sent, {"QUIT", dropAfter}: sent, {"QUIT", "500 no"}: sent, {"QUIT", "421 no"}: sent,
		{"dot", hang}: uncertain, {"dot", dropBefore}: uncertain, {"dot", half}: uncertain, {"dot", "garbage"}: uncertain,
		{"dot", "354 again"}: uncertain, {"dot", "099 odd"}: uncertain, {"dot", "150 odd"}: uncertain, {"dot", "250-and no more"}: uncertain,
		{"dot", dropAfter}: sent, {"dot", "251 as good"}: sent, {"dot", "452 4.2.2 full"}: temporary, {"dot", "421 later"}: temporary,
		{"dot", "554 5.7.1 spam"}: permanent,
		// The body is small: its final dot is under way before the drop shows.
		{"DATA", dropAfter}:                 uncertain,
		{"RCPT2", "550 5.1.1 no such user"}: permanent, {"RCPT2", "450 4.2.1 later"}: temporary, {"RCPT2", hang}: temporary,
		{"RCPT2", "421 closing"}: temporary, {"RCPT2", "250 fine"}: sent, {"RCPT2", "251 forwarded"}: sent,
	}
	for _, at := range []string{"connect", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"} {
		for do, outcome := range map[string]casework.MailOutcome{
			hang: temporary, dropBefore: temporary, half: temporary, "garbage": temporary, "421 4.3.2 later": temporary,
			"451 4.3.0 later": temporary, "550 5.7.1 never": permanent, "554 no": permanent, "199 odd": temporary, "999 odd": temporary,
		} {
			if outcome == permanent && slices.Contains([]string{"connect", "EHLO", "STARTTLS", "AUTH"}, at) {
				outcome = temporary // it is about our access, not about this mail
			}
			all[fault{at, do}] = outcome
		}
		if at != "DATA" {
			all[fault{at, dropAfter}] = temporary
		}
	}
	// It agrees to TLS and then speaks none, or says the next thing at once.
	all[fault{"STARTTLS", "220 2.0.0 go on"}] = temporary
	all[fault{"STARTTLS", doubled}] = temporary
	all[fault{"STARTTLS", "220 go on\r\n250-x\r\n250 AUTH PLAIN"}] = temporary
	// An answer too much before the body would pass for the one to the dot.
	all[fault{"DATA", doubled}] = temporary
	return all
}

func TestFaultyServer(t *testing.T) {
	for f, want := range faults() {
		t.Run(f.at+"/"+f.do, func(t *testing.T) {
			t.Parallel()
			s := newFaulty(t, f)
			opt := smtpmail.Options{URL: s.url(), Step: 10 * time.Second, Total: 30 * time.Second, Dot: 10 * time.Second}
			if f.do == hang || strings.HasSuffix(f.do, "no more") {
				opt.Step, opt.Dot = time.Second, time.Second
			}
			if f.at == "AUTH" {
				opt.URL, opt.Password = strings.Replace(opt.URL, "//", "//desk@", 1), "p w"
			}
			res := send(t, mailer(t, opt), message())
			if res.Outcome != want {
				t.Errorf("%s (%s), want %s", res.Outcome, res.Reply, want)
			}
			if res.Reply == "" || strings.Contains(res.Reply, "@") {
				t.Errorf("the reply %q is empty or names somebody", res.Reply)
			}
			stored, commands := s.seen()
			if stored > 0 != (want == sent) {
				t.Errorf("%d messages accepted, outcome %s", stored, res.Outcome)
			}
			if f.at == "RCPT2" && want != sent && slices.Contains(commands, "DATA") {
				t.Errorf("some were sent, some not: %q", commands)
			}
		})
	}
}

func TestReplyCountsTheRefused(t *testing.T) {
	for f, want := range map[fault]string{
		{"RCPT2", "550 5.1.1 <legal@hoster.example> unknown"}: "1 of 3 recipients refused: 550 5.1.1; nothing was sent",
		{"RCPT", "550 unknown"}:                               "3 of 3 recipients refused: 550; nothing was sent",
		{"MAIL", "451 4.3.0 try later, https://x.example"}:    "451 4.3.0 (MAIL)",
		{"none", ""}:        "250 2.0.0 (final dot), queued as 4XyZ123abc",
		{"dot", dropBefore}: "the connection was closed (final dot)",
		{"dot", "554 5.7.1 blocked: https://x.example/dr-x"}: "554 5.7.1 (final dot)",
	} {
		if res := send(t, mailer(t, smtpmail.Options{URL: newFaulty(t, f).url()}), message()); res.Reply != want {
			t.Errorf("%v: %q, want %q", f, res.Reply, want)
		}
	}
}

// Only an address that is refused as such is named: not with a fault of ours.
func TestTheRefusedAreNamed(t *testing.T) {
	for f, want := range map[fault][]string{
		{"RCPT2", "550 5.1.1 unknown"}:    {"legal@hoster.example"},
		{"RCPT", "550 unknown"}:           {"abuse@hoster.example", "legal@hoster.example", "desk@hoster.example"},
		{"RCPT", "554 5.7.1 no relaying"}: nil,
		{"RCPT", "530 log in first"}:      nil,
		{"RCPT2", "450 4.2.1 later"}:      nil,
		{"MAIL", "550 5.1.0 not yours"}:   nil,
		{"dot", "554 5.6.0 no"}:           nil,
	} {
		if res := send(t, mailer(t, smtpmail.Options{URL: newFaulty(t, f).url()}), message()); !slices.Equal(res.Refused, want) {
			t.Errorf("%v: %q, want %q", f, res.Refused, want)
		}
	}
}

// TestDropInTheBody: a body larger than what the connection buffers, so that
// the drop shows before the final dot can have gone out.
func TestDropInTheBody(t *testing.T) {
	msg := message()
	msg.Attachments = []casework.MailAttachment{{Name: "a.bin", MediaType: "application/octet-stream", Content: make([]byte, 16<<20)}}
	for _, f := range []fault{{"body", dropBefore}, {"DATA", dropAfter}} {
		if res := send(t, mailer(t, smtpmail.Options{URL: newFaulty(t, f).url()}), msg); res.Outcome != temporary {
			t.Errorf("%v: %s (%s)", f, res.Outcome, res.Reply)
		}
	}
	res := send(t, mailer(t, smtpmail.Options{URL: newFaulty(t, fault{"body", hang}).url(), Total: time.Second}), msg)
	if res.Outcome != temporary {
		t.Errorf("a server that stops reading: %s (%s)", res.Outcome, res.Reply)
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if res := send(t, mailer(t, smtpmail.Options{URL: "smtp://" + l.Addr().String()}), message()); res.Outcome != temporary || res.Reply != "no connection (connect)" {
		t.Errorf("%s (%s)", res.Outcome, res.Reply)
	}
}

func TestServerThatTalksForEver(t *testing.T) {
	s := newFaulty(t, fault{"EHLO", "250-" + strings.Repeat("x", 2<<20)})
	if res := send(t, mailer(t, smtpmail.Options{URL: s.url()}), message()); res.Outcome != temporary {
		t.Errorf("%s (%s)", res.Outcome, res.Reply)
	}
}

// TestInTheClearToThisMachineOnly: no address counts as
// this machine here.
// Neither a message nor a password goes to one without TLS.
func TestInTheClearToThisMachineOnly(t *testing.T) {
	s := newFaulty(t, fault{"AUTH", "235 2.7.0 welcome"})
	for _, user := range []string{"", "desk@"} {
		m := mailer(t, smtpmail.Options{URL: strings.Replace(s.url(), "//", "//"+user, 1), Password: "p w"})
		smtpmail.NowhereIsHere(m)
		res := send(t, m, message())
		if res.Outcome != temporary || res.Reply != "the server offers no TLS: nothing goes to another machine in the clear (STARTTLS)" {
			t.Errorf("%s (%s)", res.Outcome, res.Reply)
		}
	}
	accepted, commands := s.seen()
	if accepted > 0 || slices.ContainsFunc(commands, func(c string) bool { return strings.HasPrefix(c, "MAIL") || strings.HasPrefix(c, "AUTH") }) {
		t.Errorf("the server heard %q", commands)
	}
}

func TestTotalBoundsManySlowSteps(t *testing.T) {
	s := newFaulty(t, fault{"MAIL", hang})
	m := mailer(t, smtpmail.Options{URL: s.url(), Step: time.Hour, Total: 300 * time.Millisecond})
	if res := send(t, m, message()); res.Outcome != temporary || !strings.Contains(res.Reply, "in time") {
		t.Errorf("%s (%s)", res.Outcome, res.Reply)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newFaulty(t, fault{})
	m := mailer(t, smtpmail.Options{URL: s.url(), Hook: func(string) { cancel() }})
	// Cancelled just before MAIL FROM: nothing is sent.
	if res, err := m.Send(ctx, message()); err != nil || res.Outcome != temporary {
		t.Errorf("%s (%s), %v", res.Outcome, res.Reply, err)
	}
	if res, err := m.Send(ctx, message()); err != nil || res.Outcome != temporary {
		t.Errorf("cancelled before: %s, %v", res.Outcome, err)
	}
	if n, _ := s.seen(); n != 0 {
		t.Errorf("%d messages accepted", n)
	}
}

func TestHooksStandAroundTheSend(t *testing.T) {
	for f, want := range map[fault][]string{
		{"none", ""}:        {"send:before 0 EHLO", "send:after 1 DATA"},
		{"dot", "550 no"}:   {"send:before 0 EHLO", "send:after 0 DATA"},
		{"dot", dropBefore}: {"send:before 0 EHLO"},
		{"MAIL", "550 no"}:  {"send:before 0 EHLO"},
		{"EHLO", "550 no"}:  nil,
	} {
		s := newFaulty(t, f)
		var got []string
		m := mailer(t, smtpmail.Options{URL: s.url(), Hook: func(point string) {
			n, commands := s.seen()
			verb, _, _ := strings.Cut(commands[len(commands)-1], " ")
			got = append(got, fmt.Sprintf("%s %d %s", point, n, verb))
		}})
		send(t, m, message())
		if !slices.Equal(got, want) {
			t.Errorf("%v: hooks %v, want %v", f, got, want)
		}
	}
}

func TestRefusedMessageIsNoAttempt(t *testing.T) {
	s := newFaulty(t, fault{})
	m, msg := mailer(t, smtpmail.Options{URL: s.url()}), message()
	msg.To[1].Email = "x@y.example>\r\nRCPT TO:<z@z.example"
	if err := m.Check(msg); takedown.KindOf(err) != takedown.Invalid {
		t.Errorf("Check: %v", err)
	}
	if _, err := m.Send(t.Context(), msg); takedown.KindOf(err) != takedown.Invalid {
		t.Errorf("Send: %v", err)
	}
	if _, commands := s.seen(); len(commands) > 0 {
		t.Errorf("the server heard %q", commands)
	}
}

func TestOptions(t *testing.T) {
	for _, url := range []string{"", "mail.example", "http://mail.example", "smtp://", "smtp://u:secret@mail.example", "smtp://mail.example/x", "smtp://mail.example?x=1", "smtp://mail.example:x", "smtp://u@mail.example"} {
		_, err := smtpmail.New(smtpmail.Options{URL: url, HostNow: time.Now})
		if takedown.KindOf(err) != takedown.Invalid || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
