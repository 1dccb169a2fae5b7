package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ontdox/takedown/statemachines"
)

// machineCmd shows the state machines.
type machineCmd struct {
	Draw machineDrawCmd `cmd:"" help:"Draw a machine as a Mermaid diagram."`
}

type machineDrawCmd struct {
	Name string `arg:"" enum:"case,track" help:"case or track."`
}

// Run prints the diagram.
func (c *machineDrawCmd) Run(term terminal) error {
	source := map[string][]byte{"case": statemachines.Case, "track": statemachines.Track}[c.Name]
	var m struct {
		StartAt string
		States  map[string]struct {
			Type, Next, Default string
			End                 bool
			Choices             []struct{ Next string }
			Catch               []struct{ Next string }
		}
	}
	if err := json.Unmarshal(source, &m); err != nil {
		return err
	}
	fmt.Fprintf(term.out, "stateDiagram-v2\n  [*] --> %s\n", m.StartAt)
	var names []string
	for name := range m.States {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		s := m.States[name]
		targets := []string{s.Next, s.Default}
		for _, ch := range s.Choices {
			targets = append(targets, ch.Next)
		}
		for _, ca := range s.Catch {
			targets = append(targets, ca.Next)
		}
		slices.Sort(targets)
		for _, to := range slices.Compact(targets) {
			if to != "" {
				fmt.Fprintf(term.out, "  %s --> %s\n", name, to)
			}
		}
		if s.End || s.Type == "Succeed" {
			fmt.Fprintf(term.out, "  %s --> [*]\n", name)
		}
	}
	return nil
}
