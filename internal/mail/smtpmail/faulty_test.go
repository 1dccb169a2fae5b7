package smtpmail_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
)

// fault is what a server does wrong, and where. Places: connect, EHLO,
// STARTTLS and AUTH (offered only for a fault there), MAIL, RCPT, RCPT2 (the
// second recipient alone), DATA, body, dot, QUIT.
type fault struct{ at, do string }

// Kinds of fault beside an answer of its own, given as its text.
const (
	hang       = "hang"
	dropBefore = "drop before" // closes in place of an answer
	dropAfter  = "drop after"  // answers as it should, then closes
	half       = "half"        // half an answer, then closes
	doubled    = "doubled"     // answers twice
)

// faulty is a mail server with one fault.
type faulty struct {
	t        *testing.T
	listener net.Listener
	over     chan struct{} // ends what hangs
	wg       sync.WaitGroup

	mu       sync.Mutex
	fault    fault
	accepted int // messages that got a yes
	commands []string
	rcpts    int
}

func newFaulty(t *testing.T, f fault) *faulty {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &faulty{t: t, listener: l, over: make(chan struct{}), fault: f}
	s.wg.Go(s.serve)
	t.Cleanup(func() {
		close(s.over)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		s.wg.Wait()
	})
	return s
}

func (s *faulty) url() string { return "smtp://" + s.listener.Addr().String() }

func (s *faulty) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		s.wg.Go(func() {
			s.talk(conn, bufio.NewReader(conn))
			_ = conn.Close()
		})
	}
}

// talk is one conversation; it ends when an answer says so.
func (s *faulty) talk(conn net.Conn, r *bufio.Reader) {
	if !s.answer(conn, "connect", "220 hello") {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		at, right := s.command(strings.TrimSpace(line))
		if !s.answer(conn, at, right) || at == "QUIT" {
			return
		}
		if at == "DATA" && s.right("DATA") && !s.message(conn, r) {
			return
		}
	}
}

// command notes a command and says what its right answer is.
func (s *faulty) command(line string) (at, right string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = append(s.commands, line)
	verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
	switch verb {
	case "HELO", "EHLO":
		if s.fault.at == "STARTTLS" || s.fault.at == "AUTH" {
			return "EHLO", "250-faulty.example\r\n250 " + map[string]string{"STARTTLS": "STARTTLS", "AUTH": "AUTH PLAIN"}[s.fault.at]
		}
		return "EHLO", "250 faulty.example"
	case "STARTTLS":
		return "STARTTLS", "220 2.0.0 go on" // and then it does not: what comes is no TLS
	case "AUTH":
		return "AUTH", "235 2.7.0 welcome"
	case "RCPT":
		s.rcpts++
		if s.fault.at == fmt.Sprintf("RCPT%d", s.rcpts) {
			return s.fault.at, "250 2.1.5 ok"
		}
		return "RCPT", "250 2.1.5 ok"
	case "DATA":
		return "DATA", "354 go on"
	case "QUIT":
		return "QUIT", "221 bye"
	}
	return verb, "250 2.1.0 ok"
}

// right says that an answer at a place is the right one, if there is one.
func (s *faulty) right(at string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault.at != at || s.fault.do == doubled
}

// message takes the body and the final dot.
func (s *faulty) message(conn net.Conn, r *bufio.Reader) bool {
	if s.fault.at == "body" {
		if _, err := r.ReadString('\n'); err != nil {
			return false
		}
		return s.answer(conn, "body", "250 too early")
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
	}
	if s.right("dot") || s.fault.do == dropAfter || strings.HasPrefix(s.fault.do, "25") && s.fault.do[3] == ' ' {
		s.mu.Lock()
		s.accepted++
		s.mu.Unlock()
	}
	return s.answer(conn, "dot", "250 2.0.0 Ok: queued as 4XyZ123abc for <abuse@hoster.example>")
}

// answer says the right thing, or does what is wrong here; false ends it.
func (s *faulty) answer(conn net.Conn, at, right string) bool {
	if s.fault.at != at {
		return s.say(conn, right)
	}
	switch s.fault.do {
	case hang:
		<-s.over
		return false
	case dropBefore:
		return false
	case dropAfter:
		s.say(conn, right)
		return false
	case half:
		_, _ = conn.Write([]byte(right[:2])) // the client may be gone
		return false
	case doubled:
		return s.say(conn, right+"\r\n"+right)
	}
	return s.say(conn, s.fault.do)
}

func (s *faulty) say(conn net.Conn, line string) bool {
	_, err := conn.Write([]byte(line + "\r\n"))
	return err == nil
}

func (s *faulty) seen() (accepted int, commands []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepted, append([]string(nil), s.commands...)
}
