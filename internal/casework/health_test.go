package casework_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/storetest"
	"github.com/ontdox/takedown/internal/takedown"
)

// TestHealthNamesWhatStandsStill: sweep, dispatcher, mail and store, each after
// five minutes without headway, and well again once it moves.
func TestHealthNamesWhatStandsStill(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l := newLive(t)
	l.attempt()
	well := func(want string) {
		t.Helper()
		if got := l.s.Health(ctx); got != want {
			t.Errorf("standing still: %q, want %q", got, want)
		}
	}
	l.pass(time.Minute)
	well("")
	l.clock.advance(6 * time.Minute)
	well("sweep")
	l.pass(time.Minute)
	well("")

	l.mail.says(casework.MailTemporary, casework.MailTemporary, casework.MailTemporary, casework.MailTemporary)
	l.approve()
	for range 3 {
		l.pass(3 * time.Minute)
	}
	well("mail")

	l.s.Store = storetest.Faulty(l.store, storetest.Faults{At: map[int64]storetest.Fault{1: storetest.RequestLost}})
	well("store, mail")
	l.s.Store = l.store

	engine := l.s.Engine
	l.s.SetEngine(deadEngine{engine})
	if _, err := l.s.AddItems(ctx, specialist, l.c, []casework.ItemInput{caseInput("https://forum.example/t/2").Items[0]}); err != nil {
		t.Fatal(err)
	}
	l.clock.advance(6 * time.Minute)
	well("dispatcher, sweep, mail")
}

// A mailbox that nobody can read shows after as long as mail that does not leave.
func TestHealthNamesAMailboxThatIsNotReached(t *testing.T) {
	t.Parallel()
	ctx, l := context.Background(), newLive(t)
	l.pass(time.Minute)
	failed := errors.New("no route to host")
	l.s.MailboxRead(failed)
	if got := l.s.Health(ctx); got != "" {
		t.Errorf("at once: %q", got)
	}
	l.clock.advance(4 * time.Minute)
	l.s.MailboxRead(failed)
	l.pass(2 * time.Minute)
	if got := l.s.Health(ctx); got != "mailbox" {
		t.Errorf("after six minutes: %q", got)
	}
	l.s.MailboxRead(nil)
	if got := l.s.Health(ctx); got != "" {
		t.Errorf("after a look that went well: %q", got)
	}
}

// deadEngine takes no message.
type deadEngine struct{ casework.Engine }

func (deadEngine) Start(context.Context, string, string, []byte) error { return errDead() }

func (deadEngine) Complete(context.Context, string, []byte) error { return errDead() }

func errDead() error {
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "no engine", Err: errors.New("dead")}
}
