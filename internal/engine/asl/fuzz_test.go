package asl_test

import (
	"encoding/json"
	"testing"

	"github.com/ontdox/takedown/internal/engine/asl"
)

// fuzzRun starts what was accepted, answers its tasks, fires its timers and
// goes through the written form: nothing may panic or go on without end.
func fuzzRun(t *testing.T, def string) {
	d, err := asl.Load([]byte(def), asl.Host{Supports: everything})
	if err != nil {
		return
	}
	e := env(monday)
	e.MaxEvents = 60
	x, _ := d.Start(asl.Identity{Name: "x"}, parse(t, `{"x": [1, {"a": 2}], "a": "b*", "n": 1.5, "z": null, "t": "2027-03-22T09:00:01Z"}`), e)
	for turn := 0; x.Status == asl.Running; turn++ {
		b, err := x.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if x, err = d.Restore(b); err != nil {
			t.Fatal(err)
		}
		if turn > 500 {
			t.Fatalf("no end: %s", def)
		}
		if calls := x.Pending(); len(calls) > 0 {
			if turn%3 == 0 {
				x.Fail(calls[0].Task, "Odd", "", e)
			} else {
				x.Resolve(calls[0].Task, calls[0].Params, e)
			}
			continue
		}
		due := x.Due()
		if due.IsZero() {
			return
		}
		e.Now = due
		x.Fire(e)
	}
}

// FuzzLoad: no definition makes the loader panic, and what it accepts runs.
func FuzzLoad(f *testing.F) {
	f.Add(state(`{"Type": "Pass", "End": true, "Parameters": {"a.$": "States.Format('{}', $.x[?(@.a > 1)])"}}`))
	f.Add(state(`{"Type": "Map", "End": true, "ItemsPath": "$..x[1:]", "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Fail"}}}}`))
	f.Add(state(`{"Type": "Choice", "Choices": [{"And": [{"Variable": "$.a", "StringMatches": "*\\*"}], "Next": "A"}]}`))
	f.Add(state(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Retry": [{"ErrorEquals": ["Odd"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "A", "Assign": {"v.$": "$.Error"}}], "End": true}`))
	f.Add(state(`{"Type": "Parallel", "End": true, "Branches": [{"StartAt": "B", "States": {"B": {"Type": "Wait", "TimestampPath": "$.t", "End": true}}}, {"StartAt": "C", "States": {"C": {"Type": "Succeed"}}}]}`))
	f.Fuzz(fuzzRun)
}

// FuzzPath: no path makes the parser or the evaluation panic.
func FuzzPath(f *testing.F) {
	for _, s := range []string{`$.x[1:].a`, `$..a`, `$.x[?(@.a == 2 && !(@.b) || $.n < 2)]`, `$['a b'][-1]`, `$$.State.Name`, `$.x[0,1]`, `$.[*]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) { fuzzExpr(t, path) })
}

// FuzzIntrinsic: no call makes the parser or a function panic.
func FuzzIntrinsic(f *testing.F) {
	for _, s := range []string{
		`States.Format('{} \{\}', $.x, 1)`, `States.ArrayRange(1, 9, 2)`, `States.ArrayPartition($.x, 2)`, `States.StringSplit('a,b', ',')`,
		`States.MathAdd(-1.5, 2147483647)`, `States.MathRandom(1, 2)`, `States.JsonMerge($, $, false)`, `States.Base64Decode('YQ==')`,
		`States.StringToJson('{"a": [1]}')`, `States.ArrayGetItem(States.ArrayUnique($.x), 0)`, `States.Hash($.a, 'MD5')`, `States.UUID()`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, call string) { fuzzExpr(t, call) })
}

func fuzzExpr(t *testing.T, expr string) {
	quoted := string(asl.AppendJSON(nil, expr))
	fuzzRun(t, state(`{"Type": "Pass", "End": true, "Parameters": {"r.$": `+quoted+`}}`))
	fuzzRun(t, state(`{"Type": "Map", "ItemsPath": `+quoted+`, "End": true, "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Pass", "InputPath": "$", "End": true}}}}`))
}

// ran loads and runs a definition that holds one text of the fuzzer, if it is
// accepted: nothing panics, and the run ends within its events.
func ran(t *testing.T, def string) {
	t.Helper()
	d, err := asl.Load([]byte(def), asl.Host{Supports: everything})
	if err != nil {
		return
	}
	e := env(monday)
	e.MaxEvents = 100
	x, _ := d.Start(asl.Identity{Name: "x"}, parse(t, `{"x": [1, {"a": 2}, "c"], "a": "b*", "n": -1.5e3, "o": {"p": {"q": null}}}`), e)
	if x.Status == asl.Running {
		t.Errorf("still running: %s", def)
	}
}

// quoted is a text as a JSON string.
func quoted(t *testing.T, s string) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// FuzzPath: no path makes the loader or the run panic, wherever it stands.
func FuzzPath(f *testing.F) {
	for _, p := range []string{"$", "$.x[0]", "$..a", "$.x[?(@.a > 1 && @.b == 'c')]", "$.x[-1:]", "$['a','n']", "$$.Execution.Id", "$v.a", "$.x[*].a", "$.o.p['q']"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, path string) {
		p := quoted(t, path)
		ran(t, state(`{"Type": "Pass", "End": true, "InputPath": `+p+`}`))
		ran(t, state(`{"Type": "Pass", "End": true, "OutputPath": `+p+`, "ResultPath": `+p+`}`))
		ran(t, state(`{"Type": "Choice", "Choices": [{"Variable": `+p+`, "IsPresent": true, "Next": "A"}], "Default": "A"}`))
	})
}

// FuzzIntrinsic: no expression makes the loader or the run panic.
func FuzzIntrinsic(f *testing.F) {
	for _, e := range []string{
		"States.Format('{} {}', $.a, $.n)", "States.Array(1, 'a', $.x, null, true)", "States.ArrayPartition($.x, 2)", "States.ArrayRange(1, 9, 2)", "States.ArrayGetItem($.x, 1)",
		"States.ArrayUnique($.x)", "States.ArrayContains($.x, 1)", "States.ArrayLength($.x)", "States.Base64Encode('a')", "States.Base64Decode('YQ==')", "States.Hash('a', 'SHA-256')",
		"States.JsonMerge($.o, $.o, false)", "States.JsonToString($)", "States.StringToJson('[1]')", "States.MathAdd(1, -2)", "States.MathRandom(1, 9, 3)", "States.StringSplit('a,b', ',')", "States.UUID()",
	} {
		f.Add(e)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		ran(t, state(`{"Type": "Pass", "End": true, "Parameters": {"v.$": `+quoted(t, expression)+`}}`))
	})
}
