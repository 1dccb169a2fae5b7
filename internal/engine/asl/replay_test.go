package asl_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ontdox/takedown/internal/engine/asl"
)

// randomMachine makes small machines; each state leaves its trace in the data.
type randomMachine struct {
	t *rapid.T
	n int
}

func (m *randomMachine) machine(depth int) string {
	n := rapid.IntRange(1, 4-depth).Draw(m.t, "states")
	names := make([]string, n)
	for i := range names {
		m.n++
		names[i] = "S" + strconv.Itoa(m.n)
	}
	states := make([]string, n)
	for i, name := range names {
		next := `"End": true`
		if i+1 < n {
			next = `"Next": "` + names[i+1] + `"`
		}
		states[i] = quoted(name) + `: ` + m.state(name, next, depth)
	}
	return `"StartAt": "` + names[0] + `", "States": {` + strings.Join(states, ", ") + `}`
}

func (m *randomMachine) state(name, next string, depth int) string {
	end := `"ResultPath": "$.` + name + `", ` + next + `}`
	kinds := 5
	if depth < 2 {
		kinds = 7
	}
	switch rapid.IntRange(0, kinds-1).Draw(m.t, "kind") {
	case 0:
		return `{"Type": "Pass", "Parameters": {"u.$": "States.UUID()", "r.$": "States.MathRandom(0, 99)"}, "Assign": {"` + name + `.$": "$.u"}, ` + end
	case 1:
		return `{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 30, "Parameters": {"c.$": "$$.State.RetryCount", "in.$": "$"},
			"ResultSelector": {"r.$": "$.c"}, "Retry": [{"ErrorEquals": ["Odd"], "MaxAttempts": 2, "JitterStrategy": "FULL"}],
			"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.caught", "Next": "` + name + `caught"}], ` + end + `,
			"` + name + `caught": {"Type": "Pass", ` + next + `}`
	case 2:
		return `{"Type": "Wait", "Seconds": ` + strconv.Itoa(rapid.IntRange(0, 9).Draw(m.t, "seconds")) + `, ` + next + `}`
	case 3:
		return `{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"token.$": "$$.Task.Token"}, ` + end
	case 4:
		return `{"Type": "Pass", "Result": "` + name + `", ` + end
	case 5:
		return `{"Type": "Parallel", "Branches": [{` + m.machine(depth+1) + `}, {` + m.machine(depth+1) + `}], ` + end
	}
	return `{"Type": "Map", "ItemsPath": "$$.Execution.Input.l", "MaxConcurrency": 2, "ItemSelector": {"i.$": "$$.Map.Item.Index"}, "ItemProcessor": {` + m.machine(depth+1) + `}, ` + end
}

// drive runs an execution to its end; between sends it on its way after every
// move.
func drive(t *rapid.T, d *asl.Definition, pick func(n int) int, between func(*asl.Execution) *asl.Execution) (*asl.Execution, string) {
	e := env(monday)
	var log strings.Builder
	note := func(eff asl.Effects) {
		for _, ev := range eff.Events {
			fmt.Fprintf(&log, "%d<%d %s %s %s\n", ev.ID, ev.Previous, ev.Type, ev.State, ev.Error)
		}
	}
	in, err := asl.ParseJSON([]byte(`{"l": [1, 2, 3]}`))
	if err != nil {
		t.Fatal(err)
	}
	x, eff := d.Start(asl.Identity{Name: "x"}, in, e)
	note(eff)
	for turn := 0; x.Status == asl.Running; turn++ {
		if turn > 5000 {
			t.Fatal("no end")
		}
		x = between(x)
		calls := x.Pending()
		if len(calls) == 0 {
			e.Now = x.Due()
			eff, _ = x.Fire(e)
			note(eff)
			continue
		}
		c := calls[pick(len(calls))]
		if pick(3) == 0 && c.Token == "" {
			eff, _ = x.Fail(c.Task, "Odd", "a cause", e)
		} else {
			eff, _ = x.Resolve(c.Task, c.Params, e)
		}
		note(eff)
	}
	return x, log.String()
}

// TestReplayFromEveryStep: an execution that goes through its written form
// after every move ends as one does that never left memory, by the same events.
func TestReplayFromEveryStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &randomMachine{t: t}
		def := `{` + m.machine(0) + `}`
		d, err := asl.Load([]byte(def), asl.Host{Supports: everything})
		if err != nil {
			t.Fatalf("%s\n%v", def, err)
		}
		seed := rapid.Uint32().Draw(t, "picks")
		picker := func() func(int) int {
			s := seed
			return func(n int) int {
				s = s*1664525 + 1013904223
				return int(s>>8) % n
			}
		}
		whole, wantLog := drive(t, d, picker(), func(x *asl.Execution) *asl.Execution { return x })
		again, gotLog := drive(t, d, picker(), func(x *asl.Execution) *asl.Execution {
			b, err := x.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			y, err := d.Restore(b)
			if err != nil {
				t.Fatal(err)
			}
			return y
		})
		if whole.Status != again.Status || whole.Failure != again.Failure || !asl.Equal(whole.Output, again.Output) || wantLog != gotLog {
			t.Fatalf("%s\nends %s %v %s\n  or %s %v %s\n%s\nor\n%s", def, whole.Status, whole.Failure, asl.AppendJSON(nil, whole.Output),
				again.Status, again.Failure, asl.AppendJSON(nil, again.Output), wantLog, gotLog)
		}
	})
}
