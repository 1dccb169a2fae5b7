package smtpin

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

type kept struct {
	mu    sync.Mutex
	mails []casework.InboundMail
	err   error
}

func (k *kept) store(_ context.Context, in casework.InboundMail) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err == nil {
		k.mails = append(k.mails, in)
	}
	return k.err
}

// listen starts a listener for desk@desk.example alone.
func listen(t *testing.T) (*kept, string) {
	t.Helper()
	k := &kept{}
	s, err := New(Options{Domain: "mx.desk.example", Store: k.store, Accepts: func(_ context.Context, a string) (bool, error) {
		if a == "down@desk.example" {
			return false, errors.New("the store is down")
		}
		return a == "desk@desk.example", nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return k, serve(t, s)
}

// serve runs a listener until the test ends, and gives its address.
func serve(t *testing.T, s *Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

func code(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 250
	}
	var e *textproto.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	return e.Code
}

func TestAMailIsAnsweredOnceItIsStored(t *testing.T) {
	k, addr := listen(t)
	if err := smtp.SendMail(addr, nil, "abuse@host.example", []string{"desk@desk.example"}, []byte("Subject: x\r\n\r\nhello\r\n..dot\r\n")); err != nil {
		t.Fatal(err)
	}
	if len(k.mails) != 1 {
		t.Fatalf("%d mails", len(k.mails))
	}
	in := k.mails[0]
	if want := "Return-Path: <abuse@host.example>\r\nSubject: x\r\n\r\nhello\r\n..dot\r\n"; string(in.Raw) != want || in.By != "smtp" || in.Envelope[0] != "desk@desk.example" {
		t.Errorf("%q %s %q", in.Raw, in.By, in.Envelope)
	}
	if p := in.Peer; !p.IP.IsLoopback() || p.Hello != "localhost" || p.From != "abuse@host.example" {
		t.Errorf("peer %+v", p)
	}
	// A report has no return path.
	if err := smtp.SendMail(addr, nil, "", []string{"desk@desk.example"}, []byte("Subject: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(k.mails[1].Raw, []byte("Return-Path: <>\r\n")) {
		t.Errorf("%q", k.mails[1].Raw)
	}
}

func TestWhatIsNotStoredIsNotTaken(t *testing.T) {
	k, addr := listen(t)
	for name, c := range map[string]struct {
		to, text string
		down     bool
		want     int
	}{
		"not ours":       {"else@else.example", "x", false, 550},
		"cannot check":   {"down@desk.example", "x", false, 451},
		"store is down":  {"desk@desk.example", "x", true, 451},
		"going in rings": {"desk@desk.example", strings.Repeat("Received: from a\r\n", maxHops+1) + "\r\nx", false, 554},
		"too large":      {"desk@desk.example", "Subject: x\r\n\r\n" + strings.Repeat(strings.Repeat("a", 70)+"\r\n", casework.MaxMail/72+10), false, 552},
	} {
		k.err = nil
		if c.down {
			k.err = errors.New("down")
		}
		err := smtp.SendMail(addr, nil, "a@host.example", []string{c.to}, []byte(c.text))
		if got := code(t, err); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if len(k.mails) != 0 {
		t.Errorf("%d mails stored", len(k.mails))
	}
}

func TestManyConversationsAtOnceAllGetThrough(t *testing.T) {
	k, addr := listen(t)
	var work sync.WaitGroup
	for range 120 {
		work.Go(func() {
			if err := smtp.SendMail(addr, nil, "a@host.example", []string{"desk@desk.example"}, []byte("Subject: x\r\n\r\nhello\r\n")); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if len(k.mails) != 120 {
		t.Errorf("%d mails", len(k.mails))
	}
}

// Ten thousand mails at once are all answered, and no more are stored at a time
// than the listener has connections: what comes beside them waits its turn.
func TestTenThousandMailsAreTakenWithinTheBounds(t *testing.T) {
	const mails, clients = 10_000, 100
	var now, most, stored atomic.Int64
	s, err := New(Options{
		Domain: "mx.desk.example", Accepts: func(context.Context, string) (bool, error) { return true, nil },
		Store: func(context.Context, casework.InboundMail) error {
			n := now.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			stored.Add(1)
			now.Add(-1)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	addr := serve(t, s)
	var work sync.WaitGroup
	for range clients {
		work.Go(func() {
			if err := sendMany(addr, mails/clients); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if stored.Load() != mails || most.Load() > maxConnections {
		t.Errorf("%d mails stored, %d at once", stored.Load(), most.Load())
	}
}

// sendMany sends so many mails over one connection.
func sendMany(addr string, n int) error {
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	for range n {
		if err := errors.Join(c.Mail("a@host.example"), c.Rcpt("desk@desk.example")); err != nil {
			return err
		}
		w, err := c.Data()
		if err != nil {
			return err
		}
		if _, err := w.Write([]byte("Subject: x\r\n\r\nhello\r\n")); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	return c.Quit()
}

func TestAListenerWithoutAPlaceToStoreIsNone(t *testing.T) {
	if _, err := New(Options{Domain: "x"}); err == nil {
		t.Error("built")
	}
}
