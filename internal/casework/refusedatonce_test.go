package casework_test

import (
	"bufio"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/smtpmail"
	"github.com/ontdox/takedown/internal/takedown"
)

// relay is our own mail server, which says no to the commands that begin as told.
type relay struct {
	no map[string]string // the beginning of a command to the answer
	mu sync.Mutex
	to [][]string // the recipients of each message that it took
}

// newRelay has a case's mail go over a real conversation with a relay.
func (l *live) newRelay(user string, no map[string]string) *relay {
	l.t.Helper()
	r := &relay{no: no}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	l.ok(err)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // closed
			}
			r.talk(conn)
		}
	})
	l.t.Cleanup(func() {
		_ = listener.Close()
		wg.Wait()
	})
	m, err := smtpmail.New(smtpmail.Options{URL: "smtp://" + user + listener.Addr().String(), Password: "geheim", HostNow: time.Now})
	l.ok(err)
	l.s.Mailer = m
	return r
}

func (r *relay) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	say := func(line string) { _, _ = conn.Write([]byte(line + "\r\n")) }
	say("220 relay.example")
	var to []string
	body := false
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		line := lines.Text()
		switch answer := r.answer(line); {
		case body && line != ".":
		case body:
			r.mu.Lock()
			r.to = append(r.to, to)
			r.mu.Unlock()
			body, to = false, nil
			say("250 2.0.0 taken")
		case answer != "":
			say(answer)
		case strings.HasPrefix(line, "EHLO"):
			say("250-relay.example\r\n250 AUTH PLAIN")
		case strings.HasPrefix(line, "RCPT"):
			to = append(to, strings.TrimSuffix(strings.TrimPrefix(line, "RCPT TO:<"), ">"))
			say("250 2.1.5 ok")
		case line == "DATA":
			body = true
			say("354 go on")
		default:
			say("250 2.0.0 ok")
		}
	}
}

func (r *relay) answer(line string) string {
	for begin, answer := range r.no {
		if strings.HasPrefix(line, begin) {
			return answer
		}
	}
	return ""
}

// took fails the test unless the relay took these messages alone.
func (r *relay) took(t *testing.T, want ...[]string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.EqualFunc(r.to, want, slices.Equal) {
		t.Errorf("the relay took %q, want %q", r.to, want)
	}
}

// written is a case whose notice goes to abuse@, with a copy to legal@, and may
// fall back on noc@.
func written(t *testing.T) (*live, casework.DocumentView) {
	t.Helper()
	l := newIdle(t, asItIs)
	in := hosterInput("abuse@host.example")
	for _, a := range []string{"legal@host.example", "noc@host.example"} {
		in.Channels = append(in.Channels, takedown.Channel{Kind: "mail", Address: a, Purpose: "notice"})
	}
	l.setUpAt("contact_hoster", in)
	l.attempt()
	d := l.document()
	to := []casework.Recipient{{Kind: "to", Name: "Voorbeeldhost B.V.", Address: "abuse@host.example"}, {Kind: "cc", Name: "Voorbeeldhost B.V.", Address: "legal@host.example"}}
	l.ok(l.s.EditDocument(t.Context(), specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: d.Text, Recipients: to}, d.Version))
	l.settle()
	return l, l.document()
}

// Of two recipients one refuses before anything is sent: the other gets it, no
// fallback is used up, and a person looks at the contact.
func TestOfTwoRecipientsTheOneThatIsLeftGetsIt(t *testing.T) {
	t.Parallel()
	l, _ := written(t)
	r := l.newRelay("", map[string]string{"RCPT TO:<legal@": "550 5.1.1 no such user"})
	l.approve()
	l.at("AwaitReply", "reply")
	r.took(t, []string{"abuse@host.example"})
	if task := l.checkTask("contact_hoster"); task.Reason != "one_recipient_bounced" {
		t.Errorf("%+v", task)
	}
	d := l.document()
	if d.Status != "delivered" || d.LastDispatch.No != 2 || len(d.LastDispatch.Refused) != 0 {
		t.Errorf("%s, %+v", d.Status, d.LastDispatch)
	}
}

// A copy is no addressee: where the one that it is written to refuses it, the
// approved fallback gets it.
func TestACopyAloneIsNoDelivery(t *testing.T) {
	t.Parallel()
	l, _ := written(t)
	r := l.newRelay("", map[string]string{"RCPT TO:<abuse@": "550 5.1.1 no such user"})
	l.approve()
	l.at("AwaitReply", "reply")
	r.took(t, []string{"noc@host.example"})
	l.checkTask("contact_hoster")
}

// What our own server refuses is no address's fault: no fallback is used up, no
// address is marked, nothing counts as delivered, and a person has a task.
func TestWhatOurOwnServerRefusesMarksNoAddress(t *testing.T) {
	t.Parallel()
	for name, no := range map[string]map[string]string{
		"sender":   {"MAIL": "550 5.7.1 not yours"},
		"relaying": {"RCPT": "554 5.7.1 relaying denied"},
		"data":     {"DATA": "554 5.5.1 no"},
	} {
		l, d := written(t)
		r := l.newRelay("", no)
		l.approve()
		r.took(t)
		l.notBlamed(name, d.ID, "dispatch.failed not_sent")
	}
}

// A password that the server no longer takes is mended by whoever runs the program;
// the approved mail waits for that, and leaves as it is.
func TestARefusedLogInIsTriedAgain(t *testing.T) {
	t.Parallel()
	l, d := written(t)
	r := l.newRelay("desk@", map[string]string{"AUTH": "535 5.7.8 wrong"})
	l.approve()
	r.took(t)
	if v, err := l.s.GetDocument(t.Context(), specialist, d.ID); err != nil || v.Status != "approved" {
		t.Errorf("%s, %v", v.Status, err)
	}
	r = l.newRelay("desk@", map[string]string{"AUTH": "235 2.7.0 welcome"})
	l.pass(time.Hour)
	r.took(t, []string{"abuse@host.example", "legal@host.example"})
	l.at("AwaitReply", "reply")
}

// A test redirect that fails says nothing of the addressee either, whose address
// was never named.
func TestAFailingTestRedirectMarksNoAddress(t *testing.T) {
	t.Parallel()
	l, d := written(t)
	l.settings(func(in *casework.SettingsInput) { in.RedirectTo = "test@praktijk.example" })
	r := l.newRelay("", map[string]string{"RCPT TO:<test@": "550 5.1.1 no such user"})
	l.approve()
	r.took(t)
	l.notBlamed("redirect", d.ID, "dispatch.failed test_redirect_failed")
}

func (l *live) notBlamed(name, doc, why string) {
	l.t.Helper()
	d, err := l.s.GetDocument(l.t.Context(), specialist, doc)
	l.ok(err)
	if d.Status != "failed" || d.LastDispatch.No != 1 || len(d.LastDispatch.Refused) != 0 {
		l.t.Errorf("%s: %s, %+v", name, d.Status, d.LastDispatch)
	}
	if tasks := l.checkTasks("contact_hoster"); len(tasks) != 0 {
		l.t.Errorf("%s: the contact is to blame: %+v", name, tasks)
	}
	if !slices.ContainsFunc(l.entries(l.c), func(e string) bool { return strings.HasPrefix(e, why) }) {
		l.t.Errorf("%s: no %q in the log", name, why)
	}
	l.task(l.c, "find_channel")
}
