package asl_test

import (
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
