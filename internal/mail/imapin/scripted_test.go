package imapin

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// scripted is an IMAP server that does what its test says with each message.
type scripted struct {
	mu       sync.Mutex
	messages map[string]string // uid to "ok", "no", "drop", "hang", "empty", "huge", "understated"
	order    []string
	flags    map[string]string // uid to the flags that were set
	asked    []string          // uids whose body was asked for
	silent   bool              // not even a greeting
	readOnly bool              // no flag is set
	hung     sync.WaitGroup
	stop     chan struct{}
}

func startScripted(t *testing.T, s *scripted) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.flags, s.stop = map[string]string{}, make(chan struct{})
	s.hung.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.hung.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		close(s.stop)
		_ = l.Close()
		s.hung.Wait()
	})
	return l.Addr().String()
}

var ofUID = regexp.MustCompile(`(?i)UID (FETCH|STORE) (\d+) (.*)$`)

func (s *scripted) serve(conn net.Conn) {
	done := make(chan struct{})
	defer close(done)
	s.hung.Go(func() {
		select {
		case <-s.stop:
		case <-done:
		}
		_ = conn.Close()
	})
	if s.silent {
		<-s.stop
		return
	}
	_, _ = fmt.Fprint(conn, "* OK ready\r\n") // a client that has gone reads nothing
	in := bufio.NewScanner(conn)
	for in.Scan() {
		tag, command, _ := strings.Cut(in.Text(), " ")
		answer, goOn := s.answer(tag, command)
		_, _ = fmt.Fprint(conn, answer)
		if !goOn {
			return
		}
	}
}

func (s *scripted) answer(tag, command string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ok := tag + " OK done\r\n"
	upper := strings.ToUpper(command)
	switch {
	case strings.HasPrefix(upper, "CAPABILITY"):
		return "* CAPABILITY IMAP4rev1\r\n" + ok, true
	case strings.HasPrefix(upper, "SELECT"):
		return fmt.Sprintf("* %d EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n%s", len(s.order), ok), true
	case strings.HasPrefix(upper, "UID SEARCH"):
		var unseen []string
		for _, uid := range s.order {
			if !strings.Contains(s.flags[uid], "Seen") {
				unseen = append(unseen, uid)
			}
		}
		return "* SEARCH " + strings.Join(unseen, " ") + "\r\n" + ok, true
	case strings.HasPrefix(upper, "LOGOUT"):
		return "* BYE\r\n" + ok, false
	}
	m := ofUID.FindStringSubmatch(command)
	if m == nil {
		return ok, true
	}
	if strings.EqualFold(m[1], "STORE") && s.readOnly {
		return tag + " NO read-only\r\n", true
	}
	if strings.EqualFold(m[1], "STORE") {
		s.flags[m[2]] = m[3]
		return ok, true
	}
	return s.fetched(m[2], m[3], ok, tag)
}

func (s *scripted) fetched(uid, what, ok, tag string) (string, bool) {
	kind := s.messages[uid]
	size := 100
	if kind == "huge" {
		size = casework.MaxMail + 1
	}
	if strings.Contains(what, "RFC822.SIZE") {
		return fmt.Sprintf("* 1 FETCH (UID %s RFC822.SIZE %d)\r\n%s", uid, size, ok), true
	}
	s.asked = append(s.asked, uid)
	section, body := "BODY[]", "Subject: "+uid+"\r\n\r\nwords\r\n"
	if strings.Contains(what, "<") {
		section += "<0>"
	} else if kind == "huge" {
		return tag + " NO asked for all of it\r\n", true
	}
	if kind == "understated" {
		body += strings.Repeat(strings.Repeat("a", 70)+"\r\n", casework.MaxMail/72+1)
	}
	switch {
	case kind == "no" && section == "BODY[]":
		return tag + " NO cannot read it\r\n", true
	case kind == "drop":
		return "", false
	case kind == "hang":
		return "* OK wait\r\n", true
	case kind == "empty":
		return ok, true
	}
	return fmt.Sprintf("* 1 FETCH (UID %s %s {%d}\r\n%s)\r\n%s", uid, section, len(body), body, ok), true
}

func scriptedBox(t *testing.T, k *kept, addr string) *Mailbox {
	t.Helper()
	m, err := New(Options{URL: "imap://user@" + addr, Password: "x", Store: k.store, Timeout: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func subjects(k *kept) string {
	var out []string
	for _, in := range k.mails {
		line, _, _ := strings.Cut(string(in.Raw), "\r\n")
		out = append(out, strings.TrimPrefix(line, "Subject: "))
	}
	return strings.Join(out, " ")
}

// A message that the server does not give, whatever it does instead, holds up
// none behind it.
func TestOneMessageThatFailsHoldsUpNone(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"no", "drop", "hang", "empty"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := &scripted{messages: map[string]string{"1": kind, "2": "ok", "3": kind, "4": "ok"}, order: []string{"1", "2", "3", "4"}}
			k := &kept{}
			m := scriptedBox(t, k, startScripted(t, s))
			if n, err := m.Poll(context.Background()); n != 2 || err != nil || subjects(k) != "2 4" {
				t.Fatalf("%d stored, %v: %s", n, err, subjects(k))
			}
			// What failed comes after what is new.
			s.mu.Lock()
			s.messages["5"], s.order, s.asked = "ok", append(s.order, "5"), nil
			s.mu.Unlock()
			if n, err := m.Poll(context.Background()); n != 1 || err != nil {
				t.Errorf("%d stored, %v", n, err)
			}
			if s.asked[0] != "5" {
				t.Errorf("asked for %v", s.asked)
			}
		})
	}
}

// What the server never gives whole is a person's in the end: its beginning is
// taken, and it is flagged.
func TestAMessageThatNeverComesIsTakenAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	s := &scripted{messages: map[string]string{"7": "no"}, order: []string{"7"}}
	k := &kept{}
	m := scriptedBox(t, k, startScripted(t, s))
	for range giveUp {
		if n, err := m.Poll(context.Background()); n != 0 || err != nil {
			t.Fatalf("%d stored, %v", n, err)
		}
	}
	if n, err := m.Poll(context.Background()); n != 1 || err != nil || k.mails[0].Size != 100 {
		t.Fatalf("%d stored, %v: %+v", n, err, k.mails)
	}
	if f := s.flags["7"]; !strings.Contains(f, "Flagged") || !strings.Contains(f, "Seen") {
		t.Errorf("flags %q", f)
	}
}

func TestOfAMessageThatIsTooLargeTheBeginningIsStored(t *testing.T) {
	t.Parallel()
	s := &scripted{messages: map[string]string{"1": "huge", "2": "ok"}, order: []string{"1", "2"}}
	k := &kept{}
	m := scriptedBox(t, k, startScripted(t, s))
	if n, err := m.Poll(context.Background()); n != 2 || err != nil {
		t.Fatalf("%d stored, %v", n, err)
	}
	if k.mails[0].Size != casework.MaxMail+1 || len(k.mails[0].Raw) == 0 || k.mails[1].Size != 0 {
		t.Errorf("%+v", k.mails)
	}
	if !strings.Contains(s.flags["1"], "Flagged") || strings.Contains(s.flags["2"], "Flagged") {
		t.Errorf("flags %v", s.flags)
	}
}

// A message that is larger than its server said is not cut without a word.
func TestOfAMessageThatIsLargerThanItsServerSaidTheBeginningIsStored(t *testing.T) {
	t.Parallel()
	s := &scripted{messages: map[string]string{"1": "understated"}, order: []string{"1"}}
	k := &kept{}
	m := scriptedBox(t, k, startScripted(t, s))
	m.opt.Timeout = 10 * time.Second
	if n, err := m.Poll(context.Background()); n != 1 || err != nil {
		t.Fatalf("%d stored, %v", n, err)
	}
	if in := k.mails[0]; in.Size <= casework.MaxMail || len(in.Raw) != headOnly || !strings.Contains(s.flags["1"], "Flagged") {
		t.Errorf("%d bytes of %d, flags %q", len(in.Raw), in.Size, s.flags["1"])
	}
}

// A mailbox that takes no flag gives each message once, whole, and holds up none:
// that it cannot be marked is no fault of the message.
func TestWhatCannotBeMarkedIsStoredOnceAndWhole(t *testing.T) {
	t.Parallel()
	s := &scripted{messages: map[string]string{"1": "ok", "2": "ok"}, order: []string{"1", "2"}, readOnly: true}
	k := &kept{}
	m := scriptedBox(t, k, startScripted(t, s))
	for look := range giveUp + 2 {
		if n, err := m.Poll(context.Background()); err != nil || n != 2 && look == 0 || n != 0 && look > 0 {
			t.Fatalf("look %d: %d stored, %v", look, n, err)
		}
	}
	if subjects(k) != "1 2" || k.mails[0].Size != 0 {
		t.Errorf("%+v", k.mails)
	}
	s.mu.Lock()
	s.readOnly, s.messages["3"], s.order = false, "ok", append(s.order, "3")
	s.mu.Unlock()
	if n, err := m.Poll(context.Background()); n != 1 || err != nil || subjects(k) != "1 2 3" {
		t.Errorf("%d stored, %v: %s", n, err, subjects(k))
	}
	if len(s.flags) != 3 || strings.Contains(s.flags["1"], "Flagged") {
		t.Errorf("flags %v", s.flags)
	}
}

// A server that says nothing, and conversations that all break off, end a look in
// bounded time, and say so.
func TestAMailboxThatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	k := &kept{}
	if _, err := scriptedBox(t, k, startScripted(t, &scripted{silent: true})).Poll(context.Background()); err == nil {
		t.Error("no error of a server that does not greet")
	}
	s := &scripted{messages: map[string]string{}}
	for n := range 50 {
		uid := fmt.Sprint(n + 1)
		s.messages[uid], s.order = "drop", append(s.order, uid)
	}
	if _, err := scriptedBox(t, k, startScripted(t, s)).Poll(context.Background()); err == nil || len(s.asked) != maxBroken+1 {
		t.Errorf("%v after %d tries", err, len(s.asked))
	}
}
