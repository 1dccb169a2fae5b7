package casework_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/engine/localengine"
)

// thrice calls a function as Step Functions may at its worst: two at once, and
// once more after they succeeded. The last answer counts.
func thrice(h localengine.Handler) localengine.Handler {
	return func(ctx context.Context, payload []byte) (out []byte, err error) {
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { _, _ = h(ctx, payload) }) // the third has to say how it went
		}
		both.Wait()
		return h(ctx, payload)
	}
}

// rung takes the first rung from its plan to the answer that ends its wait.
func (l *live) rung() {
	l.t.Helper()
	l.attempt()
	l.at("AwaitApproval", "approval")
	l.approve()
	l.at("AwaitReply", "reply")
}

func TestEveryFunctionCalledThriceIsOneDocumentAndOneMail(t *testing.T) {
	t.Parallel()
	l := newLiveBy(t, thrice)
	l.rung()
	l.mails(1, 1)
	first := l.document()
	tr := l.track("hoster")
	if len(tr.Clocks) != 2 {
		t.Errorf("%d clocks, want 2", len(tr.Clocks))
	}
	list, err := l.s.ListDocuments(context.Background(), specialist, l.c)
	l.ok(err)
	if len(list) != 1 || list[0].ID != first.ID {
		t.Errorf("%d documents, want %s alone", len(list), first.ID)
	}
}

// mostTransitions is what a rung may cost from its plan to the answer: Step
// Functions bills each state that is entered.
const mostTransitions = 18

func TestARungTakesFewTransitions(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.rung()
	ctx := context.Background()
	_, err := l.s.RegisterReply(ctx, specialist, casework.ReplyInput{DocumentID: l.document().ID, Kind: "decision", Decision: "refused", Via: "mail", ReceivedAt: monday})
	l.ok(err)
	l.settle()
	events, err := l.run.Events(ctx, strings.ReplaceAll(l.track("hoster").ID, "_", "-")+"-1", 0, 1000)
	l.ok(err)
	n, began := 0, false
	var states []string
	for i := range events {
		if !strings.HasSuffix(events[i].Type, "StateEntered") {
			continue
		}
		states = append(states, events[i].State)
	}
	// From the plan that led to the draft to the state after the answer.
	for i, s := range states {
		if i+2 < len(states) && states[i+2] == "DraftDocument" && !began {
			began = true
		}
		if began {
			n++
		}
		if began && s == "Again" && states[i-1] == "AwaitReply" {
			break
		}
	}
	t.Logf("%d transitions: %v", n, states)
	if n == 0 || n > mostTransitions {
		t.Errorf("%d transitions, at most %d", n, mostTransitions)
	}
}
