package localengine_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/takedown"
)

const damageMachine = `{"StartAt": "B", "States": {"B": {"Type": "Parallel", "Branches": [
	{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.list", "MaxConcurrency": 1,
		"ItemProcessor": {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 10, "End": true}}}, "End": true}}},
	{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload": {"x.$": "$$.Execution.Name"}},
		"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10}], "End": true}}}], "End": true}}}`

// spoilings are ways in which a row's state is not what was written.
func spoilings(sound string) []string {
	out := []string{"", "null", "[]", "{}", `{"status":"RUNNING"}`, "\x00", sound[:len(sound)/2], sound[1:]}
	for i := 0; i < len(sound); i += 5 {
		for _, c := range []byte{0, '9', '"', '}'} {
			b := []byte(sound)
			b[i] = c
			out = append(out, string(b))
		}
	}
	// Well-formed, and wrong.
	for _, r := range [][2]string{
		{`"list":[1,2]`, `"list":7`},
		{`"next":1`, `"next":-9`},
		{`"next":1`, `"next":9`},
		{`"open":1`, `"open":9`},
		{`"s":"W"`, `"s":"B"`},
		{`"p":"wait"`, `"p":"task"`},
		{`"p":"wait"`, `"p":"group"`},
		{`"p":"group"`, `"p":"again"`},
		{`"p":"retry"`, `"p":"task"`},
		{`"t":[1]`, `"t":[]`},
		{`"m":{`, `"mm":{`},
		{`"g":{`, `"gg":{`},
		{`"c":[`, `"c":[null,`},
	} {
		out = append(out, strings.Replace(sound, r[0], r[1], 1))
	}
	return out
}

// TestSpoiltRows: whatever stands in one row, the engine lives and the other
// execution comes to its end.
func TestSpoiltRows(t *testing.T) {
	c := newClock()
	var told []string
	var mu sync.Mutex
	calls := map[string]int{}
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "engine.db"), options: localengine.Options{
		Machines: map[string][]byte{"m": []byte(damageMachine)}, Now: c.Now,
		Damaged: func(_ context.Context, name string, cause error) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, name)
			if cause == nil {
				t.Errorf("%s is damaged without a cause", name)
			}
		},
		Handlers: map[string]localengine.Handler{"f": func(_ context.Context, p []byte) ([]byte, error) {
			mu.Lock()
			defer mu.Unlock()
			if calls[string(p)]++; calls[string(p)] == 1 {
				return nil, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "Not yet.")
			}
			return nil, nil
		}},
	}}
	r.open()
	t.Cleanup(r.close)
	ctx := context.Background()
	start := func(name string) {
		t.Helper()
		if err := r.engine.Start(ctx, "m", name, []byte(`{"list":[1,2]}`)); err != nil {
			t.Fatal(err)
		}
		r.settle()
	}
	start("pattern")
	var sound string
	if err := r.db.QueryRow(`SELECT snapshot FROM engine_executions WHERE name = 'pattern'`).Scan(&sound); err != nil {
		t.Fatal(err)
	}
	all := spoilings(sound)
	for i, spoilt := range all {
		name := fmt.Sprintf("x-%d", i)
		start(name)
		if _, err := r.db.Exec(`UPDATE engine_executions SET snapshot = ? WHERE name = ?`, []byte(spoilt), name); err != nil {
			t.Fatal(err)
		}
	}
	start("sound")
	for range 6 {
		c.advance(10 * time.Second)
		if err := r.engine.Tick(ctx); err != nil {
			t.Fatal(err, errors.Unwrap(err))
		}
		r.settle()
	}
	for _, name := range []string{"pattern", "sound"} {
		if x, err := r.engine.Describe(ctx, name); err != nil || x.Status != "SUCCEEDED" {
			t.Errorf("%s is %+v, %v", name, x, err)
		}
	}
	checkTold(t, r, told, len(all))
}

// checkTold: who is damaged is told once, and the other way round.
func checkTold(t *testing.T, r *rig, told []string, n int) {
	t.Helper()
	damaged := 0
	for i := range n {
		name := fmt.Sprintf("x-%d", i)
		x, err := r.engine.Describe(context.Background(), name)
		if err != nil {
			t.Fatal(err)
		}
		is := x.Error == localengine.NameDamaged
		if is {
			damaged++
		}
		if is != slices.Contains(told, name) {
			t.Errorf("%s is %s %s, told: %v", name, x.Status, x.Error, !is)
		}
	}
	slices.Sort(told)
	if len(slices.Compact(slices.Clone(told))) != len(told) {
		t.Errorf("told twice: %v", told)
	}
	t.Logf("%d of %d spoilt rows were found damaged", damaged, n)
	if damaged < n/4 {
		t.Errorf("only %d of %d spoilt rows were found damaged", damaged, n)
	}
}

// TestPrune takes histories of what has ended, and nothing else.
func TestPrune(t *testing.T) {
	c := newClock()
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "engine.db"), options: localengine.Options{
		Machines: map[string][]byte{"p": []byte(fourPass), "w": []byte(journalMachines["timer"])}, Now: c.Now,
	}}
	r.open()
	t.Cleanup(r.close)
	ctx := context.Background()
	for _, m := range []string{"p", "w"} {
		if err := r.engine.Start(ctx, m, m, []byte(`{}`)); err != nil {
			t.Fatal(err)
		}
	}
	c.advance(time.Hour)
	if err := r.engine.Start(ctx, "p", "young", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} {
		if n, err := r.engine.Prune(ctx, c.now.Add(-time.Minute)); err != nil || n != want {
			t.Errorf("pruned %d, %v, want %d", n, err, want)
		}
	}
	for name, want := range map[string]bool{"p": false, "w": true, "young": true} {
		if ev, err := r.engine.Events(ctx, name, 0, 10); err != nil || len(ev) > 0 != want {
			t.Errorf("%s has %d events, %v", name, len(ev), err)
		}
	}
	if x, err := r.engine.Describe(ctx, "p"); err != nil || x.Status != "SUCCEEDED" {
		t.Errorf("the pruned one is %+v, %v", x, err)
	}
	if err := r.engine.Start(ctx, "p", "p", []byte(`{}`)); takedown.NameOf(err) != "ExecutionAlreadyExists" {
		t.Errorf("its name: %v", err)
	}
}
