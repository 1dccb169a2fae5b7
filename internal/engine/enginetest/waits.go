package enginetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

func testEventBefore(_ *testing.T, b *bench) {
	// The registration itself finds that the wait is over.
	b.w.waits["x"] = 1
	b.w.onRegister = func(_, token string) error {
		return b.Engine.Complete(context.Background(), token, []byte(`{}`))
	}
	b.start("hub", "h", `{"id": "x", "generation": 1}`)
	b.status("h", "SUCCEEDED", "")
	b.complete(b.w.token("x"), "TaskTimedOut")
}

func testEventDuring(t *testing.T, b *bench) {
	b.w.waits["x"] = 1
	registered, finish := make(chan string), make(chan struct{})
	b.w.onRegister = func(_, token string) error {
		registered <- token
		<-finish
		return nil
	}
	if err := b.Engine.Start(context.Background(), "hub", "h", []byte(`{"id": "x", "generation": 1}`)); err != nil {
		t.Fatal(err)
	}
	token := <-registered
	b.wants("", b.Engine.Complete(context.Background(), token, []byte(`{}`)))
	close(finish)
	b.Settle()
	b.status("h", "SUCCEEDED", "")
}

func testEventAfter(t *testing.T, b *bench) {
	b.w.waits["x"] = 3
	b.start("hub", "h", `{"id": "x", "generation": 1}`)
	seen := map[string]bool{}
	for range 3 {
		b.status("h", "RUNNING", "Await")
		token := b.w.token("x")
		if seen[token] {
			t.Fatal("a token came twice")
		}
		seen[token] = true
		b.complete(token, "")
	}
	b.status("h", "SUCCEEDED", "")
	if n := b.w.planned(); n != 4 {
		t.Errorf("planned %d times, want 4", n)
	}
}

func testTimeout(t *testing.T, b *bench) {
	b.endsItself()
	b.w.waits["x"] = 1
	b.start("hub", "h", `{"id": "x", "generation": 1}`)
	token := b.w.token("x")
	b.Advance(b.almost(b.long))
	b.Settle()
	b.status("h", "RUNNING", "Await")
	b.Advance(b.long - b.almost(b.long))
	b.Settle()
	b.status("h", "SUCCEEDED", "")
	if n := b.w.planned(); n != 2 {
		t.Errorf("planned %d times, want 2: a time-out goes back to the plan", n)
	}
	b.complete(token, "TaskTimedOut")
}

func testRace(t *testing.T, b *bench) {
	turns := 20
	if b.real {
		turns = 3
	}
	b.endsItself()
	b.w.waits["x"] = turns
	b.start("hub", "h", `{"id": "x", "generation": 1}`)
	for b.w.planned() <= turns {
		before, token := b.w.planned(), b.w.token("x")
		var wg sync.WaitGroup
		var err error
		wg.Go(func() {
			if b.real { // its time-out comes by itself: meet it
				<-time.After(b.long)
			}
			err = b.Engine.Complete(context.Background(), token, []byte(`{}`))
		})
		b.Advance(b.long)
		wg.Wait()
		b.Settle()
		var e *takedown.Error
		if err != nil && (!errors.As(err, &e) || e.Name != "TaskTimedOut" && !b.deviates(ClosedTokens)) {
			t.Fatalf("after %d plans: %v", before, err)
		}
		b.soon(func() bool { return b.w.planned() > before })
		// Whoever won: one step was taken. A completion may win by so much that
		// the time-out is the next wait's: then it was two.
		if n := b.w.planned() - before; n != 1 && (err != nil || n != 2) {
			t.Fatalf("after %d plans: %d steps, the completion's error is %v", before, n, err)
		}
	}
	b.status("h", "SUCCEEDED", "")
}

func testDoubled(t *testing.T, b *bench) {
	b.w.waits["x"] = 2
	b.start("hub", "h", `{"id": "x", "generation": 1}`)
	old := b.w.token("x")
	b.complete(old, "")
	b.complete(old, "TaskTimedOut")
	b.status("h", "RUNNING", "Await")
	if n := b.w.planned(); n != 2 {
		t.Errorf("planned %d times, want 2: an old token must not end the next wait", n)
	}
	b.complete(b.w.token("x"), "")
	b.complete(old, "TaskTimedOut")
	b.status("h", "SUCCEEDED", "")
}

func testBadTokens(_ *testing.T, b *bench) {
	b.w.waits["x"] = 1
	b.start("hub", "h", `{"id": "x", "generation": 1}`)
	b.complete("", "InvalidToken")
	b.complete("nonsense!", "InvalidToken")
	token := []byte(b.w.token("x"))
	if at := len(token) - 2; token[at] == 'a' {
		token[at] = 'b'
	} else {
		token[at] = 'a'
	}
	b.complete(string(token), b.unknown())
	b.status("h", "RUNNING", "Await")
	b.wants("InvalidOutput", b.Engine.Complete(context.Background(), b.w.token("x"), []byte(`{`)))
	b.status("h", "RUNNING", "Await")
}

func testReplaced(t *testing.T, b *bench) {
	b.w.waits["x"] = 1
	var tokens []string
	b.w.onRegister = func(_, token string) error {
		tokens = append(tokens, token)
		if len(tokens) == 1 {
			return conflict()
		}
		return nil
	}
	b.start("hub", "h", `{"id": "x", "generation": 1}`)
	b.Advance(second)
	b.Settle()
	if len(tokens) != 2 {
		t.Fatalf("registered %d times, want 2", len(tokens))
	}
	if same := tokens[0] == tokens[1]; same != b.deviates(SameToken) {
		t.Errorf("the tokens are the same: %t", same)
	}
	if !b.deviates(SameToken) {
		b.complete(tokens[0], "TaskTimedOut")
	}
	b.status("h", "RUNNING", "Await")
	b.complete(tokens[1], "")
	b.status("h", "SUCCEEDED", "")
}

func testStale(t *testing.T, b *bench) {
	b.w.waits["x"] = 2
	b.start("hub", "x-1", `{"id": "x", "generation": 1}`)
	old := b.w.token("x")
	b.w.mu.Lock()
	b.w.generation["x"] = 2
	b.w.mu.Unlock()
	b.start("hub", "x-2", `{"id": "x", "generation": 2}`)
	b.status("x-1", "RUNNING", "Await")
	b.complete(old, "")
	b.status("x-1", "SUCCEEDED", "")
	b.status("x-2", "RUNNING", "Await")
	b.complete(b.w.token("x"), "")
	b.status("x-2", "SUCCEEDED", "")
	if n := b.w.planned(); n != 4 {
		t.Errorf("planned %d times, want 4", n)
	}
}

func testStands(t *testing.T, b *bench) {
	if b.NoTimers && !b.ReadsHistory {
		return
	}
	b.w.waits["x"] = 1
	b.start("hub", "h", `{"id": "x", "generation": 1}`)
	b.w.onWork = func(int) error { return conflict() }
	b.start("retry", "r", `{}`)
	b.start("pass", "p", `{}`)
	for name, want := range map[string]string{"h": "token", "r": "retry", "p": ""} {
		x, err := b.Engine.Describe(context.Background(), name)
		if err != nil || x.WaitsFor != want || x.Since.IsZero() != (want == "") {
			t.Errorf("%s waits for %q since %v, %v, want %q", name, x.WaitsFor, x.Since, err, want)
		}
	}
}

func testRetry(t *testing.T, b *bench) {
	b.w.onWork = func(n int) error {
		if n <= 2 {
			return conflict()
		}
		return nil
	}
	b.start("retry", "r", `{}`)
	for _, step := range []struct {
		advance int
		works   int
	}{{0, 1}, {1, 2}, {1, 2}, {1, 3}} {
		b.Advance(time.Duration(step.advance) * second)
		b.Settle()
		b.soon(func() bool { return b.w.worked() >= step.works })
		// Real time may have gone on further than it was waited for.
		if n := b.w.worked(); n != step.works && !b.real {
			t.Errorf("worked %d times, want %d", n, step.works)
		}
	}
	if n := b.w.worked(); n != 3 {
		t.Errorf("worked %d times in the end, want 3", n)
	}
	b.status("r", "SUCCEEDED", "")
}

func testCatch(t *testing.T, b *bench) {
	b.w.onWork = func(int) error { return conflict() }
	b.start("retry", "r", `{}`)
	b.Advance(second)
	b.Settle()
	b.Advance(2 * second)
	b.Settle()
	b.status("r", "SUCCEEDED", "")
	if n := b.w.worked(); n != 3 {
		t.Errorf("worked %d times, want 3", n)
	}
	b.w.onWork = func(int) error { panic("on purpose") }
	b.start("retry", "p", `{}`)
	b.status("p", "SUCCEEDED", "")
	b.w.onWork = func(int) error { return takedown.Errorf(takedown.Invalid, "Other", "Something else.") }
	b.start("retry", "o", `{}`)
	b.status("o", "FAILED", "")
}

func testTimer(t *testing.T, b *bench) {
	b.start("timer", "t", `{}`)
	x, err := b.Engine.Describe(context.Background(), "t")
	if err != nil || !b.NoTimers && !x.WaitsUntil.Equal(x.StartedAt.Add(b.long)) {
		t.Errorf("waits until %v, started %v, %v", x.WaitsUntil, x.StartedAt, err)
	}
	if !b.NoTimers && (x.WaitsFor != "timer" || !x.Since.Equal(x.StartedAt)) {
		t.Errorf("waits for %q since %v", x.WaitsFor, x.Since)
	}
	b.Advance(b.almost(b.long))
	b.Settle()
	b.status("t", "RUNNING", "W")
	b.Advance(b.long - b.almost(b.long))
	b.Settle()
	b.status("t", "SUCCEEDED", "")
}

func testRestart(t *testing.T, b *bench) {
	if b.Restart == nil {
		return // not ours to end: what it does then is its owner's promise
	}
	b.w.waits["x"], b.w.waits["y"] = 2, 1
	b.start("hub", "x-1", `{"id": "x", "generation": 1}`)
	b.start("hub", "y-1", `{"id": "y", "generation": 1}`)
	b.start("timer", "t", `{}`)
	b.w.onWork = func(n int) error {
		if n == 1 {
			return conflict()
		}
		return nil
	}
	b.start("retry", "r", `{}`)
	b.Engine = b.Restart()
	b.Settle()
	if n := b.w.planned(); n != 2 {
		t.Errorf("planned %d times, want 2: what was committed is not run again", n)
	}
	b.complete(b.w.token("x"), "")
	b.complete(b.w.token("x"), "")
	b.status("x-1", "SUCCEEDED", "")
	b.status("t", "RUNNING", "W")
	b.Advance(b.long)
	b.Settle()
	b.status("y-1", "SUCCEEDED", "")
	b.status("t", "SUCCEEDED", "")
	b.status("r", "SUCCEEDED", "")
}
