package localengine_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/takedown"
)

const oneTask = `{"StartAt": "T", "States": {
	"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "OutputPath": "$.Payload", "End": true}}}`

// TestLockedJournal: what a caller asks is refused as unavailable, what a
// handler answered is kept until the journal takes it.
func TestLockedJournal(t *testing.T) {
	called, answer := make(chan struct{}), make(chan struct{})
	calls := 0
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "engine.db"), options: localengine.Options{
		Machines: map[string][]byte{"m": []byte(oneTask)}, Now: newClock().Now,
		Handlers: map[string]localengine.Handler{"f": func(context.Context, []byte) ([]byte, error) {
			calls++
			close(called)
			<-answer
			return []byte(`{"n": 1}`), nil
		}},
	}}
	r.open()
	t.Cleanup(r.close)
	if _, err := r.db.Exec(`PRAGMA busy_timeout = 20`); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if err := r.engine.Start(ctx, "m", "a", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	<-called
	other := openDB(t, r.path)
	lock, err := other.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Exec(`UPDATE engine_meta SET commits = commits`); err != nil {
		t.Fatal(err)
	}
	close(answer)
	if err := r.engine.Start(ctx, "m", "b", []byte(`{}`)); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("Start on a locked journal: %v", err)
	}
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	r.settle()
	out, err := r.engine.Output(ctx, "a")
	if err != nil || string(out) != `{"n":1}` || calls != 1 {
		t.Errorf("output %s after %d calls, %v", out, calls, err)
	}
	if _, err := r.engine.Describe(ctx, "b"); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("the refused start left something: %v", err)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}

// TestDamagedRow stops one execution and nothing else.
func TestDamagedRow(t *testing.T) {
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "engine.db"), options: localengine.Options{
		Machines: map[string][]byte{"m": []byte(killHub)}, Now: newClock().Now,
	}}
	tokens := make(chan string, 2)
	s := killStub{tokens}
	r.options.Handlers = map[string]localengine.Handler{"plan": s.plan, "register": s.register}
	r.open()
	t.Cleanup(r.close)
	ctx := context.Background()
	var held []string
	for _, name := range []string{"a", "b"} {
		if err := r.engine.Start(ctx, "m", name, []byte(`{"id": "x"}`)); err != nil {
			t.Fatal(err)
		}
		held = append(held, <-tokens)
	}
	r.settle()
	if _, err := r.db.Exec(`UPDATE engine_executions SET snapshot = substr(snapshot, 1, 40) WHERE name = 'a'`); err != nil {
		t.Fatal(err)
	}
	if err := r.engine.Complete(ctx, held[0], []byte(`{}`)); takedown.NameOf(err) != "TaskTimedOut" {
		t.Errorf("completing the damaged one: %v", err)
	}
	if err := r.engine.Complete(ctx, held[1], []byte(`{}`)); err != nil {
		t.Errorf("completing the sound one: %v", err)
	}
	r.settle()
	x, err := r.engine.Describe(ctx, "a")
	if err != nil || x.Error != "Engine.Damaged" || x.Status != "FAILED" {
		t.Errorf("the damaged one is %+v, %v", x, err)
	}
}

// TestWallClock lets a Wait end by itself.
func TestWallClock(t *testing.T) {
	ran := make(chan struct{})
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "engine.db"), options: localengine.Options{
		Machines: map[string][]byte{"m": []byte(`{"StartAt": "W", "States": {"W": {"Type": "Wait", "TimestampPath": "$.at", "Next": "T"},
			"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "End": true}}}`)},
		Handlers: map[string]localengine.Handler{"f": func(context.Context, []byte) ([]byte, error) { close(ran); return nil, nil }},
		Now:      func(context.Context) (time.Time, error) { return time.Now(), nil }, HostNow: time.Now, Wall: true,
	}}
	r.open()
	t.Cleanup(r.close)
	at := time.Now().Add(50 * time.Millisecond)
	if err := r.engine.Start(context.Background(), "m", "a", []byte(`{"at": "`+at.UTC().Format(time.RFC3339Nano)+`"}`)); err != nil {
		t.Fatal(err)
	}
	<-ran
	if late := time.Since(at); late < -time.Millisecond || late > 5*time.Second {
		t.Errorf("fired %v after its instant", late)
	}
}

// TestDefinitionIsKept: an execution goes on with what it started with.
func TestDefinitionIsKept(t *testing.T) {
	tokens := make(chan string, 1)
	s := killStub{tokens}
	plans := 0
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "engine.db"), options: localengine.Options{
		Machines: map[string][]byte{"m": []byte(killHub)}, Now: newClock().Now,
		Handlers: map[string]localengine.Handler{"register": s.register, "plan": func(ctx context.Context, p []byte) ([]byte, error) {
			if plans++; plans > 1 {
				return []byte(`{"next": "Stop", "kept": true}`), nil
			}
			return s.plan(ctx, p)
		}},
	}}
	r.open()
	t.Cleanup(func() { r.close() })
	ctx := context.Background()
	if err := r.engine.Start(ctx, "m", "a", []byte(`{"id": "x"}`)); err != nil {
		t.Fatal(err)
	}
	token := <-tokens
	r.settle()
	r.close()
	r.options.Machines = map[string][]byte{"m": []byte(`{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`)}
	r.open()
	if err := r.engine.Complete(ctx, token, []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	r.settle()
	out, err := r.engine.Output(ctx, "a")
	if err != nil || string(out) != `{"next":"Stop","kept":true}` {
		t.Errorf("output %s, %v", out, err)
	}
}

// TestLeap: neither a leap of the simulated clock nor the time that a host was
// away counts as a handler's own.
func TestLeap(t *testing.T) {
	const limited = `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
		"Parameters": {"FunctionName": "f"}, "TimeoutSeconds": 10, "End": true}}}`
	c := newClock()
	called := make(chan struct{}, 3)
	answer := make(chan struct{})
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "engine.db"), options: localengine.Options{
		Machines: map[string][]byte{"m": []byte(limited)}, Now: c.Now,
		Handlers: map[string]localengine.Handler{"f": func(ctx context.Context, _ []byte) ([]byte, error) {
			called <- struct{}{}
			select {
			case <-answer:
				return nil, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}},
	}}
	r.open()
	t.Cleanup(func() { r.close() })
	ctx := context.Background()
	if err := r.engine.Start(ctx, "m", "a", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	<-called
	r.close() // the handler is cut off
	c.advance(time.Hour)
	r.open()
	<-called
	c.advance(time.Hour)
	close(answer)
	if err := r.engine.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	r.settle()
	if x, err := r.engine.Describe(ctx, "a"); err != nil || x.Status != "SUCCEEDED" {
		t.Errorf("%+v, %v", x, err)
	}
}

// TestLongErrors: what AWS does not take leaves the task open.
func TestLongErrors(t *testing.T) {
	tokens := make(chan string, 1)
	s := killStub{tokens}
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "engine.db"), options: localengine.Options{
		Machines: map[string][]byte{"m": []byte(killHub)}, Now: newClock().Now,
		Handlers: map[string]localengine.Handler{"plan": s.plan, "register": s.register},
	}}
	r.open()
	t.Cleanup(r.close)
	ctx := context.Background()
	if err := r.engine.Start(ctx, "m", "a", []byte(`{"id": "x"}`)); err != nil {
		t.Fatal(err)
	}
	token := <-tokens
	r.settle()
	long := strings.Repeat("c", 300000)
	for _, err := range []error{r.engine.Fail(ctx, token, "E", long), r.engine.Fail(ctx, token, long, ""), r.engine.Abort(ctx, "a", long, "")} {
		if takedown.NameOf(err) != "ValidationException" {
			t.Errorf("a long error gives %v", err)
		}
	}
	if x, err := r.engine.Describe(ctx, "a"); err != nil || x.Status != "RUNNING" {
		t.Errorf("it is %+v, %v", x, err)
	}
	if err := r.engine.Complete(ctx, token, []byte(`{}`)); err != nil {
		t.Errorf("completing: %v", err)
	}
}
