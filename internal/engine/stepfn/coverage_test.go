package stepfn_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// ways are all that a machine's runs could take: its states, the branches of
// its choices, its catches, and its retries once used up.
func ways(d definition) map[string]bool {
	out := map[string]bool{}
	for name, s := range d.States {
		out[name] = false
		for _, c := range s.Choices {
			out[name+" → "+c.Next] = false
		}
		if s.Default != "" {
			out[name+" → "+s.Default] = false
		}
		for i := range s.Retry {
			out[fmt.Sprintf("%s retry %d", name, i)] = false
			out[fmt.Sprintf("%s retry %d used up", name, i)] = false
		}
		for i := range s.Catch {
			out[fmt.Sprintf("%s catch %d", name, i)] = false
		}
	}
	return out
}

// walk ticks off what a history took.
func walk(d definition, history []string, taken map[string]bool) {
	state, failure := "", ""
	failures := map[int]int{} // of the state, by retrier
	for _, line := range history {
		words := strings.SplitN(line, " ", 3)
		switch typ := words[0]; {
		case strings.HasSuffix(typ, "StateEntered"):
			if s := d.States[state]; s.Type == "Choice" {
				taken[state+" → "+words[1]] = true
			} else if failure != "" {
				taken[fmt.Sprintf("%s catch %d", state, catcher(d, state, failure))] = true
			}
			state, failure, failures = words[1], "", map[int]int{}
			taken[state] = true
		case typ == "TaskFailed" || typ == "TaskTimedOut":
			failure = words[1]
			for i, r := range d.States[state].Retry {
				if !slices.Contains(r.ErrorEquals, failure) {
					continue
				}
				if failures[i]++; failures[i] > r.MaxAttempts {
					taken[fmt.Sprintf("%s retry %d used up", state, i)] = true
				}
				break
			}
		case typ == "TaskScheduled" && failure != "":
			for i := range d.States[state].Retry {
				if failures[i] > 0 {
					taken[fmt.Sprintf("%s retry %d", state, i)] = true
				}
			}
			failure = ""
		}
	}
}

func catcher(d definition, state, failure string) int {
	for i, c := range d.States[state].Catch {
		if slices.Contains(c.ErrorEquals, failure) {
			return i
		}
	}
	return -1
}

// untaken runs scripts here and names what none of them took.
func untaken(t *testing.T, machine string, all []script) []string {
	t.Helper()
	d, text := parse(t, machineFiles[machine]), fast(t, machineFiles[machine])
	taken := ways(d)
	possible := len(taken)
	for _, s := range all {
		walk(d, here(t, newRun(s, d), text), taken)
	}
	if len(taken) != possible {
		t.Errorf("%s: %d ways taken of %d possible ones", machine, len(taken), possible)
	}
	var out []string
	for way, was := range taken {
		if !was {
			out = append(out, way)
		}
	}
	slices.Sort(out)
	return out
}

// TestScriptsTakeEveryWay: what the two interpreters are compared in is all
// that the files can do.
func TestScriptsTakeEveryWay(t *testing.T) {
	for machine, text := range machineFiles {
		all := scripts(machine, parse(t, text))
		if left := untaken(t, machine, all); len(left) > 0 {
			t.Errorf("%s: no script takes %q", machine, left)
		}
		if left := untaken(t, machine, all[:1]); len(left) == 0 {
			t.Errorf("%s: one script takes every way: nothing is counted", machine)
		}
	}
}

// TestDifferencesShow: the comparison bites.
func TestDifferencesShow(t *testing.T) {
	d := parse(t, machineFiles["track"])
	text := fast(t, machineFiles["track"])
	s := script{"track", "track-x", []string{"DraftDocument"}, nil}
	want := here(t, newRun(s, d), text)
	if len(want) < 15 || difference(want, here(t, newRun(s, d), text)) != "" {
		t.Errorf("the same run twice differs, or is no run: %q", want)
	}
	for name, other := range map[string]script{
		"another state":  {"track", "track-x", []string{"VerifyContent"}, nil},
		"an error":       {"track", "track-x", []string{"DraftDocument"}, map[string]trouble{"DraftDocument": {"Conflict", 1}}},
		"another output": {"track", "track-y", []string{"DraftDocument"}, nil},
		"one turn more":  {"track", "track-x", []string{"DraftDocument", "DraftDocument"}, nil},
	} {
		if difference(want, here(t, newRun(other, d), text)) == "" {
			t.Errorf("%s does not show", name)
		}
	}
}
