package asl_test

import (
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
	x, _ := d.Start(asl.Identity{Name: "x"}, parse(t, `{"x": [1, {"a": 2}], "a": "b*", "n": -1.5e3, "o": {"p": {"q": null}}, "t": "2027-03-22T09:00:01Z"}`), e)
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

// quoted is a text as a JSON string.
func quoted(s string) string { return string(asl.AppendJSON(nil, s)) }

// FuzzPath: no path makes the loader or the run panic, wherever it stands.
func FuzzPath(f *testing.F) {
	for _, p := range []string{
		"$", "$.x[0]", "$..a", "$.x[?(@.a > 1 && @.b == 'c')]", "$.x[?(@.a == 2 && !(@.b) || $.n < 2)]", "$.x[-1:]", "$['a','n']", "$['a b'][-1]",
		"$$.Execution.Id", "$v.a", "$.x[*].a", "$.x[0,1]", "$.[*]", "$.o.p['q']",
	} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, path string) {
		p := quoted(path)
		fuzzRun(t, state(`{"Type": "Pass", "End": true, "InputPath": `+p+`}`))
		fuzzRun(t, state(`{"Type": "Pass", "End": true, "OutputPath": `+p+`, "ResultPath": `+p+`}`))
		fuzzRun(t, state(`{"Type": "Choice", "Choices": [{"Variable": `+p+`, "IsPresent": true, "Next": "A"}], "Default": "A"}`))
		fuzzRun(t, state(`{"Type": "Map", "ItemsPath": `+p+`, "End": true, "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}}`))
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
		fuzzRun(t, state(`{"Type": "Pass", "End": true, "Parameters": {"v.$": `+quoted(expression)+`}}`))
	})
}
