package asl_test

import (
	"encoding/json"
	"testing"

	"github.com/ontdox/takedown/internal/engine/asl"
)

// FuzzLoad: no definition makes the loader panic, and what it accepts runs.
func FuzzLoad(f *testing.F) {
	f.Add(state(`{"Type": "Pass", "End": true, "Parameters": {"a.$": "States.Format('{}', $.x[?(@.a > 1)])"}}`))
	f.Add(state(`{"Type": "Map", "End": true, "ItemsPath": "$..x[1:]", "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Fail"}}}}`))
	f.Add(state(`{"Type": "Choice", "Choices": [{"And": [{"Variable": "$.a", "StringMatches": "*\\*"}], "Next": "A"}]}`))
	f.Fuzz(func(t *testing.T, def string) {
		d, err := asl.Load([]byte(def), asl.Host{Supports: everything})
		if err != nil {
			return
		}
		e := env(monday)
		e.MaxEvents = 100
		x, _ := d.Start(asl.Identity{Name: "x"}, parse(t, `{"x": [1, {"a": 2}], "a": "b*"}`), e)
		b, err := x.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Restore(b); err != nil {
			t.Fatal(err)
		}
	})
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
