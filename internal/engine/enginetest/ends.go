package enginetest

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

func (b *bench) output(name, want string) {
	b.t.Helper()
	var out []byte
	var err error
	same := func() bool {
		out, err = b.Engine.Output(context.Background(), name)
		return err == nil && sameJSON(out, want)
	}
	if !b.soon(same) {
		b.t.Errorf("output of %s is %s, %v, want %s", name, out, err, want)
	}
}

// sameJSON compares what an engine may have written anew.
func sameJSON(got []byte, want string) bool {
	var a, b any
	return json.Unmarshal(got, &a) == nil && json.Unmarshal([]byte(want), &b) == nil && reflect.DeepEqual(a, b)
}

func testStop(t *testing.T, b *bench) {
	b.endsItself()
	ctx := context.Background()
	b.w.waits["x"] = 1
	b.start("hub", "h", `{"id": "x", "generation": 1}`)
	token := b.w.token("x")
	b.wants("", b.Engine.Abort(ctx, "h", "Stopped", "by hand"))
	status, lastEvent := "ABORTED", "ExecutionAborted"
	if b.deviates(LateStop) {
		b.status("h", "RUNNING", "Await")
		b.Advance(b.long)
		status, lastEvent = "FAILED", "ExecutionFailed"
	}
	b.Settle()
	b.status("h", status, "")
	x, err := b.Engine.Describe(ctx, "h")
	if told := x.Error == "Stopped" && x.Cause == "by hand"; told == b.deviates(LateStop) {
		t.Errorf("Describe tells %q and %q", x.Error, x.Cause)
	}
	if err != nil || x.StoppedAt.IsZero() || !x.WaitsUntil.IsZero() {
		t.Errorf("Describe gives %+v, %v", x, err)
	}
	types := b.types("h")
	if last := types[len(types)-1]; last != lastEvent {
		t.Errorf("the last event is %s", last)
	}
	b.complete(token, "TaskTimedOut")
	b.closed(b.Engine.Fail(ctx, token, "Refused", ""))
	b.closed(b.Engine.Heartbeat(ctx, token))
	b.wants("", b.Engine.Abort(ctx, "h", "Again", ""))
	if again, err := b.Engine.Describe(ctx, "h"); err != nil || again.Error != x.Error {
		t.Errorf("stopped twice, Describe gives %+v, %v", x, err)
	}
	b.wants("ExecutionDoesNotExist", b.Engine.Abort(ctx, "nobody", "", ""))
	if n := b.w.planned(); n != 1 {
		t.Errorf("planned %d times, want once", n)
	}
}

func testTokenFails(_ *testing.T, b *bench) {
	ctx := context.Background()
	for _, c := range []struct{ name, err, cause, output string }{
		{"own", "Refused", "not ours", `{"Error":"Refused","Cause":"not ours"}`},
		{"other", "Different", "", `"other"`},
	} {
		b.start("beat", c.name, `{"id": "x"}`)
		token := b.w.token("x")
		b.wants("", b.Engine.Fail(ctx, token, c.err, c.cause))
		b.Settle()
		b.status(c.name, "SUCCEEDED", "")
		b.output(c.name, c.output)
		b.closed(b.Engine.Fail(ctx, token, c.err, c.cause))
	}
	b.wants("InvalidToken", b.Engine.Fail(ctx, "nonsense!", "Refused", ""))
	b.wants("InvalidToken", b.Engine.Heartbeat(ctx, "nonsense!"))
}

func testHeartbeat(_ *testing.T, b *bench) {
	ctx := context.Background()
	b.start("beat", "h", `{"id": "x"}`)
	token := b.w.token("x")
	most := b.almost(b.long)
	b.Advance(most)
	b.Settle()
	b.wants("", b.Engine.Heartbeat(ctx, token))
	b.Advance(most)
	b.Settle()
	b.status("h", "RUNNING", "Await")
	b.Advance(b.long - most)
	b.Settle()
	b.status("h", "SUCCEEDED", "")
	if b.deviates(HeartbeatIsTimeout) {
		b.output("h", `"late"`)
	} else {
		b.output("h", `"silent"`)
	}
	b.closed(b.Engine.Heartbeat(ctx, token))
	b.start("beat", "late", `{"id": "y"}`)
	beats := 3
	if b.real {
		beats = 5 // of half an interval each
	}
	for range beats {
		b.wants("", b.Engine.Heartbeat(ctx, b.w.token("y")))
		b.Advance(most)
		b.Settle()
	}
	b.wants("", b.Engine.Heartbeat(ctx, b.w.token("y")))
	b.Advance(3*b.long - time.Duration(beats)*most)
	b.Settle()
	b.output("late", `"late"`)
}

func testBranches(t *testing.T, b *bench) {
	b.start("branches", "p", `{}`)
	b.status("p", "SUCCEEDED", "")
	b.output("p", `[{"n":1},{"n":1},{"n":1}]`)
	if n := b.w.worked(); n != 6 {
		t.Errorf("worked %d times, want 6: each task once", n)
	}
}

func testBadNames(t *testing.T, b *bench) {
	ctx := context.Background()
	for _, name := range []string{
		"", "a b", "a/b", "a:b", "a*", "a?", "<a>", "{a}", "[a]", "a\"", "a#", "a%", "a\\", "a^", "a|", "a~", "a`", "a$", "a&", "a,", "a;",
		"a\x00", "a\u0085", "a\n", strings.Repeat("a", 81),
	} {
		if err := b.Engine.Start(ctx, "pass", name, []byte(`{}`)); takedown.KindOf(err) != takedown.Invalid {
			t.Errorf("the name %q gives %v", name, err)
		}
	}
	b.start("pass", strings.Repeat("a", 80), `{}`)
	if !b.deviates(PlainNames) {
		b.start("pass", "Zaak-1_(b).é", `{}`)
		return
	}
	b.start("pass", "Zaak-1_b.e", `{}`)
	b.wants("", b.Engine.Start(ctx, "pass", "Zaak-1_(b).é", []byte(`{}`)))
	if _, err := b.Engine.Describe(ctx, "Zaak-1_(b).é"); err == nil {
		t.Error("the name can be described")
	}
}

func testSizes(t *testing.T, b *bench) {
	ctx := context.Background()
	const most = 262144
	text := func(n int) string { return `"` + strings.Repeat("a", n-2) + `"` }
	b.wants("InvalidExecutionInput", b.Engine.Start(ctx, "pass", "big", []byte(text(most+1))))
	b.start("pass", "full", text(most))
	b.output("full", text(most))
	b.start("beat", "h", `{"id": "x"}`)
	token := b.w.token("x")
	b.wants("InvalidOutput", b.Engine.Complete(ctx, token, []byte(text(most+1))))
	b.status("h", "RUNNING", "Await")
	b.wants("", b.Engine.Complete(ctx, token, []byte(text(most))))
	b.Settle()
	b.output("h", text(most))
	if _, err := b.Engine.Output(ctx, "nobody"); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("Output of nobody: %v", err)
	}
}
