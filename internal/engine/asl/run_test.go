package asl_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/engine/asl"
)

var monday = time.Date(2027, 3, 22, 9, 0, 0, 0, time.UTC)

func env(at time.Time) *asl.Env {
	return &asl.Env{Now: at, Rand: rand.NewChaCha8([32]byte{7}), Token: func(n int64) string { return fmt.Sprint("token-", n) }}
}

func load(t testing.TB, def string) *asl.Definition {
	t.Helper()
	d, err := asl.Load([]byte(def), asl.Host{Supports: everything})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func parse(t testing.TB, s string) any {
	t.Helper()
	v, err := asl.ParseJSON([]byte(s))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}

func begin(t testing.TB, def, input string) (*asl.Execution, asl.Effects) {
	t.Helper()
	return load(t, def).Start(asl.Identity{Name: "x", ID: "id"}, parse(t, input), env(monday))
}

// TestExpressions evaluates paths and intrinsic functions in a Pass.
func TestExpressions(t *testing.T) {
	const input = `{"a": {"b c": 1, "l": [1, 2, 3, {"k": "x", "n": 5}, {"k": "y", "n": 7}]}, "s": "é{}", "z": null}`
	for _, c := range []struct{ expr, want string }{
		{`$.a['b c']`, `1`},
		{`$.a.l[-1].k`, `"y"`},
		{`$.a.l[1:3]`, `[2,3]`},
		{`$.a.l[:2]`, `[1,2]`},
		{`$.a.l[0,2]`, `[1,3]`},
		{`$.a.l[*].k`, `["x","y"]`},
		{`$..n`, `[5,7]`},
		{`$.a.l[?(@.n > 5)].k`, `["y"]`},
		{`$.a.l[?(@.k == 'x' || @.n == 7)].n`, `[5,7]`},
		{`$.a.l[?(@.k && !(@.n >= 7))].n`, `[5]`},
		{`$.nothing[*]`, `[]`},
		{`$.z`, `null`},
		{`$$.Execution.Name`, `"x"`},
		{`States.Format('{} \\{\\} \\'{}\\'', $.s, $.a.l[0])`, `"é{} {} '1'"`},
		{`States.Format('{}', States.Array(1, 'a', null, true, $.z))`, `"[1, a, null, true, null]"`},
		{`States.ArrayRange(5, 1, -2)`, `[5,3,1]`},
		{`States.ArrayUnique(States.Array(1, 1.0, 2))`, `[1,2]`},
		{`States.ArrayGetItem($.a.l, 0)`, `1`},
		{`States.JsonToString($.a.l[3])`, `"{\"k\":\"x\",\"n\":5}"`},
		{`States.StringToJson('{"a": [1]}')`, `{"a":[1]}`},
		{`States.Base64Decode(States.Base64Encode($.s))`, `"é{}"`},
		{`States.Hash('abc', 'SHA-1')`, `"a9993e364706816aba3e25717850c26c9cd0d89d"`},
	} {
		def := state(`{"Type": "Pass", "End": true, "Parameters": {"r.$": "` + strings.ReplaceAll(c.expr, `"`, `\"`) + `"}}`)
		x, _ := begin(t, def, input)
		if got := string(asl.AppendJSON(nil, x.Output)); got != `{"r":`+c.want+`}` {
			t.Errorf("%s gives %s %+v, want %s", c.expr, got, x.Failure, c.want)
		}
	}
}

// TestFailures names what goes wrong while it runs.
func TestFailures(t *testing.T) {
	pass := func(body string) string { return state(`{"Type": "Pass", "End": true, ` + body + `}`) }
	for _, c := range []struct{ def, want string }{
		{pass(`"Parameters": {"r.$": "$.nothing"}`), "States.Runtime"},
		{pass(`"Parameters": {"r.$": "States.ArrayGetItem($.l, 9)"}`), "States.IntrinsicFailure"},
		{pass(`"Parameters": {"r.$": "States.Format('{}{}', 1)"}`), "States.IntrinsicFailure"},
		{pass(`"Parameters": {"r.$": "States.StringToJson('{')"}`), "States.IntrinsicFailure"},
		{pass(`"ResultPath": "$.l.x"`), "States.ResultPathMatchFailure"},
		{state(`{"Type": "Choice", "Choices": [{"Variable": "$.s", "IsNull": true, "Next": "A"}]}`), "States.NoChoiceMatched"},
		{state(`{"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": true, "Next": "A"}]}`), "States.Runtime"},
		{state(`{"Type": "Wait", "SecondsPath": "$.s", "End": true}`), "States.Runtime"},
		{state(`{"Type": "Pass", "Next": "A"}`), "States.Runtime"}, // without end
	} {
		x, _ := begin(t, c.def, `{"l": [1], "s": "x"}`)
		if x.Status != asl.Failed || x.Failure.Error != c.want {
			t.Errorf("%s\nends %s %+v, want %s", c.def, x.Status, x.Failure, c.want)
		}
	}
}

// TestChoice compares every way.
func TestChoice(t *testing.T) {
	const input = `{"s": "a*b\\c", "n": 2, "m": 2.0, "b": true, "t": "2027-03-22T10:00:00+01:00", "u": "2027-03-22T09:00:00Z", "z": null, "l": []}`
	for _, c := range []struct {
		rule string
		want bool
	}{
		{`"Variable": "$.s", "StringMatches": "a*c"`, true},
		{`"Variable": "$.s", "StringMatches": "a\\*b\\\\*"`, true},
		{`"Variable": "$.s", "StringMatches": "a\\*b"`, false},
		{`"Variable": "$.s", "StringLessThan": "b"`, true},
		{`"Variable": "$.s", "StringGreaterThanEquals": "b"`, false},
		{`"Variable": "$.n", "NumericEqualsPath": "$.m"`, true},
		{`"Variable": "$.n", "NumericGreaterThan": 1.5`, true},
		{`"Variable": "$.n", "StringEquals": "2"`, false},
		{`"Variable": "$.s", "NumericLessThanEquals": 3`, false},
		{`"Variable": "$.b", "BooleanEquals": true`, true},
		{`"Variable": "$.b", "BooleanEqualsPath": "$.n"`, false},
		{`"Variable": "$.t", "TimestampEqualsPath": "$.u"`, true},
		{`"Variable": "$.u", "TimestampLessThan": "2027-03-22T09:00:01Z"`, true},
		{`"Variable": "$.t", "IsTimestamp": true`, true},
		{`"Variable": "$.s", "IsTimestamp": false`, true},
		{`"Variable": "$.x", "IsPresent": false`, true},
		{`"Variable": "$.z", "IsPresent": true`, true},
		{`"Variable": "$.z", "IsNull": true`, true},
		{`"Variable": "$.n", "IsNumeric": true`, true},
		{`"Variable": "$.s", "IsString": false`, false},
		{`"Variable": "$.b", "IsBoolean": true`, true},
		{`"And": [{"Variable": "$.x", "IsPresent": true}, {"Variable": "$.x", "IsNull": true}]`, false},
		{`"Or": [{"Variable": "$.n", "NumericEquals": 1}, {"Not": {"Variable": "$.n", "NumericEquals": 1}}]`, true},
	} {
		def := `{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{` + c.rule + `, "Next": "Yes"}], "Default": "No"},
			"Yes": {"Type": "Pass", "Result": true, "End": true}, "No": {"Type": "Pass", "Result": false, "End": true}}}`
		x, _ := begin(t, def, input)
		if x.Output != c.want {
			t.Errorf("%s gives %v %+v, want %v", c.rule, x.Output, x.Failure, c.want)
		}
	}
}

// TestHeartbeat lets a beat come and then none.
func TestHeartbeat(t *testing.T) {
	x, eff := begin(t, `{"StartAt": "A", "TimeoutSeconds": 1000, "States": {"A": {"Type": "Task",
		"Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "TimeoutSeconds": 100, "HeartbeatSeconds": 10,
		"Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "B"}], "End": true}, "B": {"Type": "Wait", "Seconds": 5000, "End": true}}}`, `{}`)
	id := eff.Calls[0].Task
	if eff.Calls[0].Token == "" || eff.Calls[0].Timeout != 100 {
		t.Fatalf("call %+v", eff.Calls[0])
	}
	at := monday.Add(9 * time.Second)
	if !x.Beat(id, env(at)) || !x.Due().Equal(at.Add(10*time.Second)) {
		t.Fatalf("due %v", x.Due())
	}
	if _, ok := x.Fire(env(at.Add(9 * time.Second))); ok {
		t.Error("fired early")
	}
	x.Fire(env(at.Add(10 * time.Second)))
	if x.Where() != "B" || x.Waits(id) {
		t.Errorf("stands in %s", x.Where())
	}
	if _, ok := x.Resolve(id, nil, env(at)); ok {
		t.Error("a late result was taken")
	}
	x.Fire(env(monday.Add(1000 * time.Second)))
	if x.Status != asl.TimedOut {
		t.Errorf("status %s", x.Status)
	}
}

// TestRetryDelays walks through intervals with a ceiling.
func TestRetryDelays(t *testing.T) {
	x, eff := begin(t, state(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
		"Retry": [{"ErrorEquals": ["A"], "IntervalSeconds": 2, "MaxAttempts": 4, "BackoffRate": 2, "MaxDelaySeconds": 7}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 0}]}`), `{}`)
	at := monday
	for _, want := range []int{2, 4, 7, 7} {
		x.Fail(eff.Calls[0].Task, "A", "", env(at))
		if got := x.Due().Sub(at); got != time.Duration(want)*time.Second {
			t.Fatalf("delay %v, want %d s", got, want)
		}
		at = x.Due()
		eff, _ = x.Fire(env(at))
	}
	x.Fail(eff.Calls[0].Task, "A", "", env(at))
	if x.Status != asl.Failed {
		t.Errorf("status %s after the last attempt", x.Status)
	}
}

// TestMapSurvivesItsWrittenForm stops a Map half-way and goes on from JSON.
func TestMapSurvivesItsWrittenForm(t *testing.T) {
	d := load(t, `{"StartAt": "M", "States": {"M": {"Type": "Map", "MaxConcurrency": 2, "End": true,
		"ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value"},
		"ItemProcessor": {"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}}}}}`)
	x, eff := d.Start(asl.Identity{Name: "x"}, parse(t, `["a", "b", "c"]`), env(monday))
	if len(eff.Calls) != 2 {
		t.Fatalf("%d calls at once, want 2", len(eff.Calls))
	}
	for done := 0; x.Status == asl.Running; done++ {
		b, err := x.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if x, err = d.Restore(b); err != nil {
			t.Fatal(err)
		}
		pending := x.Pending()
		c := pending[len(pending)-1]
		if _, ok := x.Resolve(c.Task, c.Params, env(monday)); !ok || done > 3 {
			t.Fatal("the call is not waited for")
		}
	}
	if got, want := string(asl.AppendJSON(nil, x.Output)), `[{"i":0,"v":"a"},{"i":1,"v":"b"},{"i":2,"v":"c"}]`; got != want {
		t.Errorf("output %s, want %s", got, want)
	}
}

// BenchmarkFourPass is the interpreter alone.
func BenchmarkFourPass(b *testing.B) {
	d := load(b, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"},
		"C": {"Type": "Pass", "Next": "D"}, "D": {"Type": "Pass", "End": true}}}`)
	in := parse(b, `{"a": 1}`)
	e := env(monday)
	for b.Loop() {
		if x, _ := d.Start(asl.Identity{Name: "x"}, in, e); x.Status != asl.Succeeded {
			b.Fatal(x.Failure)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "executions/s")
}

// TestHeartbeatSeenLate looks only when the time-out is over too: the heartbeat
// came first all the same.
func TestHeartbeatSeenLate(t *testing.T) {
	x, _ := begin(t, `{"StartAt": "A", "States": {
		"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"FunctionName": "f"},
			"HeartbeatSeconds": 10, "TimeoutSeconds": 100, "Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "B"}], "End": true},
		"B": {"Type": "Pass", "Result": "silent", "End": true}}}`, `{}`)
	x.Fire(env(monday.Add(200 * time.Second)))
	if x.Status != asl.Succeeded || x.Output != "silent" {
		t.Errorf("%s %+v with %v", x.Status, x.Failure, x.Output)
	}
}
