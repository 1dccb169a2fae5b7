package asl_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/engine/asl"
)

// TestServiceWords holds what AWS answers where one would expect something else.
func TestServiceWords(t *testing.T) {
	pass := func(expr string) string {
		return state(`{"Type": "Pass", "End": true, "Parameters": {"r.$": "` + expr + `"}}`)
	}
	const input = `{"o": {"a": 1, "b": [], "c": [null, "x", 1.0, 1e10, true]}, "n": [1, 1.0, {"a": 1, "b": 2}, {"b": 2, "a": 1}]}`
	for _, c := range []struct{ def, want string }{
		{pass(`States.Format('{}', $.o)`), `{"r":"{a=1, b=[], c=[null, x, 1.0, 1.0E10, true]}"}`},
		{pass(`States.ArrayUnique($.n)`), `{"r":[1,{"a":1,"b":2}]}`},
		{pass(`$.[?(@.o)].o.a`), `{"r":[1]}`},
		{pass(`States.JsonMerge($.o, States.StringToJson('{\"a\": -0, \"z\": 3}'), false)`), `{"r":{"a":0,"b":[],"c":[null,"x",1.0,1e10,true],"z":3}}`},
	} {
		x, _ := begin(t, c.def, input)
		if got := string(asl.AppendJSON(nil, x.Output)); got != c.want {
			t.Errorf("%s gives %s %+v, want %s", c.def, got, x.Failure, c.want)
		}
	}
	x, _ := begin(t, state(`{"Type": "Choice", "Choices": [{"Variable": "$.jobs[0].done", "BooleanEquals": true, "Next": "A"}]}`), `{}`)
	if want := "Invalid path '$.jobs[0].done': The choice state's condition path references an invalid value."; !strings.HasSuffix(x.Failure.Cause, want) {
		t.Errorf("cause %q, want %q at its end", x.Failure.Cause, want)
	}
}

// TestConcurrencyFromText: a text of digits is a number here, and only here.
func TestConcurrencyFromText(t *testing.T) {
	_, eff := begin(t, state(`{"Type": "Map", "ItemsPath": "$.l", "MaxConcurrencyPath": "$.n", "End": true, "ItemProcessor": {"StartAt": "T", "States":
		{"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}}}`), `{"l": [1, 2, 3], "n": "1"}`)
	if len(eff.Calls) != 1 {
		t.Errorf("%d calls at once, want 1", len(eff.Calls))
	}
}

// TestHistoryIsBounded: the last event has room only for the end.
func TestHistoryIsBounded(t *testing.T) {
	const two = `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "End": true}}}`
	for _, c := range []struct {
		def, input string
		limit      int64
		want       asl.Status
	}{
		{two, `{}`, 6, asl.Succeeded},
		{two, `{}`, 5, asl.Failed},
		{state(`{"Type": "Pass", "Next": "A"}`), `{}`, 0, asl.Failed},
		{state(`{"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}}`), `[` + strings.Repeat("1,", 9999) + `1]`, 0, asl.Failed},
		{state(`{"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}}`), `[` + strings.Repeat("1,", 9999) + `1]`, 50000, asl.Succeeded},
	} {
		e := env(monday)
		e.MaxEvents = c.limit
		x, eff := load(t, c.def).Start(asl.Identity{Name: "x"}, parse(t, c.input), e)
		if x.Status != c.want || x.Status == asl.Failed && !strings.HasPrefix(x.Failure.Cause, "The execution reached the maximum number of history events (") {
			t.Errorf("limit %d: %s %+v", c.limit, x.Status, x.Failure)
		}
		last := eff.Events[len(eff.Events)-1]
		if limit := max(c.limit, 25000*(1-min(c.limit, 1))); last.ID > limit || x.Status == asl.Failed && last.ID != limit {
			t.Errorf("limit %d: the last event is %d", c.limit, last.ID)
		}
	}
}

// TestNothingGrowsWithoutBound ends by name what would eat memory or time.
func TestNothingGrowsWithoutBound(t *testing.T) {
	big := `{"t": "` + strings.Repeat("x", 200_000) + `", "l": [` + strings.Repeat(`[1,1,1,1,1,1,1,1],`, 500) + `1]}`
	many := make([]string, 2000)
	for i := range many {
		many[i] = fmt.Sprintf(`"f%d.$": "$"`, i)
	}
	nested := strings.Repeat(`[`, 400) + strings.Repeat(`]`, 400)
	big = `{"d": ` + nested + `, ` + big[1:]
	for _, def := range []string{
		state(`{"Type": "Pass", "Next": "A", "Parameters": {"a.$": "States.Array($, $)"}}`),
		state(`{"Type": "Pass", "Next": "A", "Parameters": {"a.$": "$", "b": 1}}`),
		state(`{"Type": "Pass", "End": true, "Parameters": {` + strings.Join(many, ",") + `}}`),
		state(`{"Type": "Pass", "End": true, "Parameters": {"n.$": "States.Hash(States.Format('` + strings.Repeat("{}", 2000) + `'` + strings.Repeat(", $.t", 2000) + `), 'MD5')"}}`),
		state(`{"Type": "Pass", "End": true, "InputPath": "$..[*]..[*]..[*]..[*]..[*]..[*]..[*]..[*]"}`),
		state(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true, "Parameters": {"a.$": "States.Array($, $)"}}`),
	} {
		from := time.Now()
		x, _ := begin(t, def, big)
		if x.Status != asl.Failed || x.Failure.Error != "States.DataLimitExceeded" {
			t.Errorf("%.120s\nends %s %s", def, x.Status, x.Failure.Error)
		}
		if took := time.Since(from); took > 20*time.Second {
			t.Errorf("%.120s\ntook %v", def, took)
		}
	}
}

// TestDeepNesting refuses what is nested beyond every reader.
func TestDeepNesting(t *testing.T) {
	deep := func(open, in, shut string) string {
		return strings.Repeat(open, 5000) + in + strings.Repeat(shut, 5000)
	}
	for _, def := range []string{
		deep(`{"a":`, `1`, `}`),
		state(`{"Type": "Pass", "End": true, "Result": ` + deep(`[`, ``, `]`) + `}`),
		state(`{"Type": "Pass", "End": true, "Parameters": {"a.$": "` + deep(`States.Array(`, `1`, `)`) + `"}}`),
		state(`{"Type": "Pass", "End": true, "InputPath": "$[?` + deep(`(`, `@.a`, `)`) + `]"}`),
		state(`{"Type": "Pass", "End": true, "InputPath": "$[?(` + deep(`!`, `@.a`, ``) + `)]"}`),
		state(`{"Type": "Pass", "End": true, "InputPath": "` + deep(`$[?(@`, `1`, `)]`) + `"}`),
		strings.Repeat(" ", 10<<20),
	} {
		if _, err := asl.Load([]byte(def), asl.Host{Supports: everything}); err == nil {
			t.Errorf("accepted: %.80s", def)
		}
	}
	if _, err := asl.ParseJSON([]byte(deep(`[`, ``, `]`))); err == nil {
		t.Error("input nested 5000 deep was read")
	}
}

// TestUnsureIsRefused: what AWS does with these is not known for certain.
func TestUnsureIsRefused(t *testing.T) {
	for _, body := range []string{
		`"Parameters": {"a.$": "States.MathRandom(1, 9, 7)"}`,
		`"Parameters": {"a.$": "States.StringToJson('\\\"')"}`,
		`"InputPath": "$['a\\\"b']"`,
		`"Assign": {"_a": 1}`,
		`"Assign": {"1a": 1}`,
	} {
		if _, err := asl.Load([]byte(state(`{"Type": "Pass", "End": true, `+body+`}`)), asl.Host{Supports: everything}); err == nil {
			t.Errorf("accepted: %s", body)
		}
	}
}
