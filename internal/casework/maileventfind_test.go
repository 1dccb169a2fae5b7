package casework_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// TestEventsFindTheirMessage: by the tag, else by the service's id, else by our
// reference; what is not ours changes nothing.
func TestEventsFindTheirMessage(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*casework.MailEvent, casework.Message){
		"message id": func(e *casework.MailEvent, m casework.Message) { e.Dispatch, e.Reference, e.MessageID = "", "", m.ID },
		"reference":  func(e *casework.MailEvent, _ casework.Message) { e.Dispatch = "" },
		"a tag that is not there": func(e *casework.MailEvent, _ casework.Message) {
			e.Dispatch, e.Reference = "dispatch_x_9", strings.ToLower(e.Reference)
		},
	} {
		b := newPostbox(t)
		e := b.event(b.last(), casework.EventDelivered)
		change(&e, b.last())
		b.tell(e)
		if b.acts("dispatch.accepted") != 1 {
			t.Errorf("by %s: not found", name)
		}
	}
	b := newPostbox(t)
	e := b.event(b.last(), casework.EventBounced)
	e.Dispatch, e.Reference = "", ""
	before := len(b.entries(b.c))
	b.tell(e)
	if n := len(b.entries(b.c)); n != before {
		t.Errorf("a stranger's bounce wrote %d entries", n-before)
	}
}

func TestABadEventIsRefused(t *testing.T) {
	t.Parallel()
	b := newPostbox(t)
	before := len(b.entries(b.c))
	for pointer, spoil := range map[string]func(*casework.MailEvent){
		"/kind":      func(e *casework.MailEvent) { e.Kind = "opened" },
		"/messageId": func(e *casework.MailEvent) { e.MessageID = "" },
		"/sentAt":    func(e *casework.MailEvent) { e.SentAt = time.Time{} },
		"/at":        func(e *casework.MailEvent) { e.At = time.Time{} },
		"/about":     func(e *casework.MailEvent) { e.About = nil },
	} {
		e := b.event(b.last(), casework.EventBounced)
		spoil(&e)
		b.pointers(b.s.TakeMailEvent(context.Background(), e), pointer)
	}
	if n := len(b.entries(b.c)); n != before {
		t.Errorf("bad events wrote %d entries", n-before)
	}
}

// TestAnInternationalAddressIsTheSameOverTheWire: the service tells the domain
// in ASCII.
func TestAnInternationalAddressIsTheSameOverTheWire(t *testing.T) {
	t.Parallel()
	b := newPostbox(t, "misbruik@hóst.example")
	e := b.event(b.last(), casework.EventBounced)
	e.To, e.About[0].Address = []string{"misbruik@xn--hst-gna.example"}, "misbruik@xn--hst-gna.example"
	b.tell(e)
	b.act("dispatch.bounced")
	if b.acts("dispatch.redirected") != 0 {
		t.Error("taken for the test address")
	}
}

// TestEventsAtOnceAreOneEach: the service tells in any order, some twice.
func TestEventsAtOnceAreOneEach(t *testing.T) {
	t.Parallel()
	b := unsettled(t)
	m := b.tried()
	kinds := []casework.MailEventKind{casework.EventSent, casework.EventDelivered, casework.EventDelayed, casework.EventBounced}
	var wg sync.WaitGroup
	for _, kind := range append(kinds, kinds...) {
		e := b.event(m, kind)
		wg.Go(func() {
			if err := b.s.TakeMailEvent(context.Background(), e); err != nil {
				t.Errorf("%s: %v", e.Kind, err)
			}
		})
	}
	wg.Wait()
	b.settle()
	for want, n := range map[string]int{"dispatch.sent": 1, "dispatch.bounced": 1, "reply.classified bounce": 2} {
		if got := b.acts(want); got != n {
			t.Errorf("%d entries %q, want %d", got, want, n)
		}
	}
	b.at("AwaitGate", "task:find_channel")
	b.mails(1, 0)
}
