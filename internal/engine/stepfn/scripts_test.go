package stepfn_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ontdox/takedown/statemachines"
)

// definition is what the scripts need to know of a state machine's file.
type definition struct {
	StartAt string
	States  map[string]struct {
		Type, Resource, Default string
		Parameters              struct {
			FunctionName string
			Payload      struct {
				Kind   string
				GiveUp bool
			}
		}
		Choices []struct{ StringEquals, Next string }
		Retry   []struct {
			ErrorEquals []string
			MaxAttempts int
		}
		Catch []struct {
			ErrorEquals []string
			Next        string
		}
	}
}

func parse(t *testing.T, text []byte) definition {
	t.Helper()
	var d definition
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// script is one run: what the deciding function answers in turn, and which
// state goes wrong how. It is told by its own name, which stands in every
// payload as the id.
type script struct {
	machine, name string
	next          []string // of PlanStep or Triage; "Stop" when used up
	trouble       map[string]trouble
}

// trouble is a state's error, so often, before it goes well. "timeout" leaves a
// wait to its time-out.
type trouble struct {
	err   string
	times int
}

const timeout = "timeout"

var machineFiles = map[string][]byte{"case": statemachines.Case, "track": statemachines.Track}

// fast is a machine's file with retries a second apart: waits of hours would
// show nothing more of what follows from them.
func fast(t *testing.T, text []byte) []byte {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	for _, state := range v["States"].(map[string]any) {
		retries, _ := state.(map[string]any)["Retry"].([]any)
		for _, r := range retries {
			r := r.(map[string]any)
			r["IntervalSeconds"], r["BackoffRate"] = 1, 1
			delete(r, "MaxDelaySeconds")
		}
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// scripts takes every branch of a machine: each state on its way through, each
// Catch, each Retry that helps and each that is used up.
func scripts(machine string, d definition) []script {
	var out []script
	add := func(name string, next []string, troubles map[string]trouble) {
		out = append(out, script{machine, machine + "-" + name, next, troubles})
	}
	add("stop", nil, nil)
	for _, state := range slices.Sorted(maps.Keys(d.States)) {
		s := d.States[state]
		if s.Type != "Task" {
			continue
		}
		way, before := []string{state}, map[string]trouble{}
		if s.Parameters.Payload.GiveUp { // reached by an error alone
			way, before = []string{"SendDocument"}, map[string]trouble{"SendDocument": {"MailTemporary", 9}}
		}
		if state == d.StartAt {
			way = nil
		}
		with := func(w trouble) map[string]trouble {
			m := maps.Clone(before)
			m[state] = w
			return m
		}
		add(state, way, maps.Clone(before))
		for i, r := range s.Retry {
			for _, e := range r.ErrorEquals {
				add(fmt.Sprintf("%s-retry-%s", state, e), way, with(trouble{e, 1}))
			}
			add(fmt.Sprintf("%s-retries-%d", state, i), way, with(trouble{r.ErrorEquals[0], r.MaxAttempts + 1}))
		}
		for _, c := range s.Catch {
			for _, e := range c.ErrorEquals {
				if e == "States.Timeout" {
					add(state+"-time-out", way, with(trouble{timeout, 1}))
				} else if !slices.ContainsFunc(s.Retry, func(r struct {
					ErrorEquals []string
					MaxAttempts int
				},
				) bool {
					return slices.Contains(r.ErrorEquals, e)
				}) {
					add(state+"-catch-"+e, way, with(trouble{e, 1}))
				}
			}
		}
		add(state+"-unknown", way, with(trouble{"Odd", 1}))
	}
	return out
}

// run is a script under way.
type run struct {
	script
	d    definition
	mu   sync.Mutex
	plan int
	met  map[string]int
}

func newRun(s script, d definition) *run { return &run{script: s, d: d, met: map[string]int{}} }

// answer says what the function of a call answers: an output or an error's
// name, and whether the call's wait is completed.
func (r *run) answer(function string, payload map[string]any) (out map[string]any, failure string, complete bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	state := r.stateOf(function, payload)
	w := r.trouble[state]
	if r.met[state]++; r.met[state] <= w.times && w.err != timeout {
		return nil, w.err, false
	}
	out = map[string]any{"v": 1, r.machine: r.name, "generation": 1}
	if state == r.d.StartAt {
		next := "Stop"
		if r.plan < len(r.next) {
			next = r.next[r.plan]
		}
		r.plan++
		out["next"], out["wait"], out["document"], out["seconds"] = next, r.plan, "D1", 600
		if r.trouble[next].err == timeout {
			out["seconds"] = 20 // a busy machine registers it within that
		}
	}
	return out, "", payload["token"] != nil && w.err != timeout
}

// stateOf tells the state by its function, and by what it alone sends.
func (r *run) stateOf(function string, payload map[string]any) string {
	kind, _ := payload["kind"].(string)
	giveUp, _ := payload["giveUp"].(bool)
	for name, s := range r.d.States {
		p := s.Parameters
		if p.FunctionName == "${"+function+"}" && p.Payload.Kind == kind && p.Payload.GiveUp == giveUp {
			return name
		}
	}
	return ""
}

// fact is what is compared of an event, as text; "" if nothing is.
func fact(typ, state, data, failure string) string {
	switch {
	case strings.HasSuffix(typ, "Entered"), strings.HasSuffix(typ, "Exited"):
		return typ + " " + state + " " + canonical(data)
	case typ == "TaskScheduled", typ == "ExecutionSucceeded":
		return typ + " " + canonical(data)
	}
	return strings.TrimSpace(typ + " " + failure)
}

// canonical writes JSON with its keys sorted and its token masked.
func canonical(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	if o, ok := v.(map[string]any); ok {
		if p, ok := o["Payload"].(map[string]any); ok && p["token"] != nil {
			p["token"] = "a token"
		}
	}
	out, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return string(out)
}
