// Package draw draws a state machine from its Amazon States Language file as an
// SVG picture: states in columns by their distance from the start, what leads
// back as lines above them, the errors that a state catches in words below its
// name. With an execution's path, the states and transitions that it took are
// marked, and where it stands. The same input gives the same bytes.
package draw

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Path is how far an execution has come: its states in the order it entered
// them. The last one is where it stands, unless Ended.
type Path struct {
	Execution string
	States    []string
	Ended     bool
}

// node is one state.
type node struct {
	name   string
	kind   string // its Type, or Wait for a task that waits for a token
	ends   bool
	caught []string // "States.Timeout, StaleInput: Again"
	rank   int      // column
	row    int
	x, y   float64 // upper left corner
}

// edge is one transition.
type edge struct {
	from, to string
	onError  bool
}

// graph is a machine to be drawn.
type graph struct {
	start   string
	comment string
	nodes   []*node // in the order of the file
	edges   []edge
	// lanes are the states that something leads back to: each has a line above
	// the columns.
	lanes []string
}

// state is what a drawing needs of a state.
type state struct {
	Type, Next, Default, Resource string
	End                           bool
	Choices                       []struct{ Next string }
	Catch                         []struct {
		ErrorEquals []string
		Next        string
	}
}

// parse reads a definition. States keep the order of the file: a person put
// them there.
func parse(definition []byte) (*graph, error) {
	var m struct {
		StartAt, Comment string
		States           json.RawMessage
	}
	if err := json.Unmarshal(definition, &m); err != nil {
		return nil, fmt.Errorf("the definition cannot be read: %w", err)
	}
	g := &graph{start: m.StartAt, comment: m.Comment}
	dec := json.NewDecoder(bytes.NewReader(m.States))
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("the states cannot be read: %w", err)
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var s state
		if err := dec.Decode(&s); err != nil {
			return nil, fmt.Errorf("state %v: %w", name, err)
		}
		g.add(fmt.Sprint(name), s)
	}
	if g.node(g.start) == nil {
		return nil, fmt.Errorf("StartAt names no state")
	}
	g.layOut()
	return g, nil
}

func (g *graph) add(name string, s state) {
	n := &node{name: name, kind: s.Type, ends: s.End || s.Type == "Succeed" || s.Type == "Fail", rank: -1}
	if strings.HasSuffix(s.Resource, ".waitForTaskToken") {
		n.kind = "Wait"
	}
	g.nodes = append(g.nodes, n)
	targets := []string{s.Next, s.Default}
	for _, c := range s.Choices {
		targets = append(targets, c.Next)
	}
	for _, to := range targets {
		g.connect(edge{from: name, to: to})
	}
	caught := map[string][]string{}
	var order []string
	for _, c := range s.Catch {
		if caught[c.Next] == nil {
			order = append(order, c.Next)
		}
		caught[c.Next] = append(caught[c.Next], c.ErrorEquals...)
	}
	for _, to := range order {
		n.caught = append(n.caught, strings.Join(caught[to], ", ")+": "+to)
		g.connect(edge{from: name, to: to, onError: true})
	}
}

// connect adds an edge once; an error that leads where the state leads anyway
// is told below its name alone.
func (g *graph) connect(e edge) {
	same := func(o edge) bool { return o.from == e.from && o.to == e.to }
	if e.to != "" && !slices.ContainsFunc(g.edges, same) {
		g.edges = append(g.edges, e)
	}
}

func (g *graph) node(name string) *node {
	for _, n := range g.nodes {
		if n.name == name {
			return n
		}
	}
	return nil
}

// Measures of a drawing, in pixels.
const (
	boxWidth, boxHeight = 190, 40
	columnGap, rowGap   = 90, 18
	margin, laneGap     = 24, 14
)

// layOut gives every state its column, the distance from the start, and its
// row, the order of the file.
func (g *graph) layOut() {
	queue := []string{g.start}
	g.node(g.start).rank = 0
	for len(queue) > 0 {
		at := g.node(queue[0])
		queue = queue[1:]
		for _, e := range g.edges {
			if to := g.node(e.to); e.from == at.name && to != nil && to.rank < 0 {
				to.rank = at.rank + 1
				queue = append(queue, e.to)
			}
		}
	}
	rows := map[int]int{}
	most := 0
	for _, n := range g.nodes {
		n.rank = max(n.rank, 0) // unreachable: with the start
		n.row = rows[n.rank]
		rows[n.rank]++
		most = max(most, rows[n.rank])
	}
	for _, e := range g.edges {
		if g.back(e) && !slices.Contains(g.lanes, e.to) {
			g.lanes = append(g.lanes, e.to)
		}
	}
	top := float64(margin + laneGap*(len(g.lanes)+1))
	for _, n := range g.nodes {
		n.x = margin + 30 + float64(n.rank)*(boxWidth+columnGap)
		n.y = top + (float64(most-rows[n.rank])/2+float64(n.row))*(boxHeight+rowGap)
	}
}

// back says that an edge leads to its own column or one before it.
func (g *graph) back(e edge) bool {
	from, to := g.node(e.from), g.node(e.to)
	return from != nil && to != nil && to.rank <= from.rank
}
