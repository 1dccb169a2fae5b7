package law

import (
	"slices"
	"strings"
)

func (d *Data) checkLadder(f *faults, l Ladder) {
	if l.Route != l.ID || l.Title.NL == "" || l.Title.EN == "" {
		f.add("ladders", l.ID, "its id is its route, and it needs a title in both languages")
	}
	seen := map[string]bool{}
	for _, r := range l.Rungs {
		if !strings.HasPrefix(r.ID, l.Route+".") || seen[r.ID] {
			f.add("ladders", r.ID, "a rung's id is its route, a dot and a name, and stands once")
		}
		seen[r.ID] = true
		d.checkRung(f, l, r)
		checkEndings(f, l, r)
		checkAfter(f, l, r)
	}
	if _, ok := l.Next("", Start); !ok {
		f.add("ladders", l.ID, "has no first rung")
	}
	checkReach(f, l)
}

// checkRung holds that what a rung names is there.
func (d *Data) checkRung(f *faults, l Ladder, r Rung) {
	const file = "ladders"
	f.known(file, r.ID, "action", r.Action, ActDocument, ActOpenRoute, ActTask)
	if (r.Action == ActDocument) != (r.Instrument != "") || (r.Action == ActOpenRoute) != (r.OpensRoute != "") || (r.Action == ActTask) != (r.TaskKind != "") {
		f.add(file, r.ID, "has exactly what its action needs: instrument, opensRoute or taskKind")
	}
	if r.Title.NL == "" || r.Title.EN == "" {
		f.add(file, r.ID, "needs a title in both languages")
	}
	if r.Action == ActDocument && (len(r.Channel) == 0 || (r.Clock == "") == (len(r.ClockChoice) == 0)) {
		f.add(file, r.ID, "a document needs a channel, and a clock or a choice of clocks")
	}
	if r.Action != ActDocument && (r.Clock != "" || len(r.ClockChoice) > 0 || r.Receipt != "" || r.Follow != "" || len(r.Channel) > 0 || len(r.Needs) > 0) {
		f.add(file, r.ID, "only a document has clocks, channels and gates")
	}
	for _, id := range append([]string{r.Clock, r.Receipt, r.Window, r.Follow}, r.ClockChoice...) {
		if id != "" && !slices.ContainsFunc(d.clocks, func(c ClockRule) bool { return c.ID == id }) {
			f.add(file, r.ID, "names clock %q, which is not there", id)
		}
	}
	for _, n := range r.Needs {
		d.checkGate(f, r, n)
	}
	for _, w := range r.When {
		f.known(file, r.ID, "fact", w, FactOnlinePlatform, FactContactPolice)
	}
	for _, route := range append([]string{r.OpensRoute}, r.Alternatives...) {
		if route != "" {
			d.hasLadder(f, file, r.ID, route)
		}
	}
}

func (d *Data) checkGate(f *faults, r Rung, need string) {
	id, action, _ := strings.Cut(need, ":")
	i := slices.IndexFunc(d.gates, func(g Gate) bool { return g.ID == id })
	switch {
	case i < 0:
		f.add("ladders", r.ID, "needs gate %q, which is not there", need)
	case (action == "") != (len(d.gates[i].Actions) == 0) || (action != "" && !slices.Contains(d.gates[i].Actions, action)):
		f.add("ladders", r.ID, "needs gate %q, but its actions are %v", need, d.gates[i].Actions)
	}
}

// everyFact are the sets of facts under which a ladder may be walked.
var everyFact = [][]string{nil, {FactOnlinePlatform}, {FactContactPolice}, {FactOnlinePlatform, FactContactPolice}}

// checkEndings holds that every ending of a rung leads to a rung or ends the
// track, under all facts, and never both.
func checkEndings(f *faults, l Ladder, r Rung) {
	for _, e := range r.EndsAfter {
		if !slices.Contains(r.Endings(), e) {
			f.add("ladders", r.ID, "ends after %q, which it cannot", e)
		}
	}
	for _, ending := range r.Endings() {
		ends := slices.Contains(r.EndsAfter, ending)
		for _, facts := range everyFact {
			next, leads := l.Next(r.ID, ending, facts...)
			switch {
			case leads && ends:
				f.add("ladders", r.ID, "after %q the track ends, and yet %s follows", ending, next.ID)
			case !leads && !ends:
				f.add("ladders", r.ID, "after %q nothing follows (facts %v)", ending, facts)
			}
		}
	}
}

// checkAfter holds that each edge to a rung can happen.
func checkAfter(f *faults, l Ladder, r Rung) {
	if len(r.After) == 0 {
		f.add("ladders", r.ID, "comes after nothing")
	}
	for _, after := range r.After {
		if after == Start {
			continue
		}
		id, ending, _ := strings.Cut(after, ":")
		if before, ok := l.Rung(id); !ok || !slices.Contains(before.Endings(), ending) {
			f.add("ladders", r.ID, "comes after %q, which cannot happen", after)
		}
	}
}

// checkReach holds that every rung can be reached, and that no walk comes to a
// rung twice: a rung is taken once.
func checkReach(f *faults, l Ladder) {
	reached := map[string]bool{}
	for _, facts := range everyFact {
		if first, ok := l.Next("", Start, facts...); ok {
			walk(f, l, first, nil, facts, reached)
		}
	}
	for _, r := range l.Rungs {
		if !reached[r.ID] {
			f.add("ladders", r.ID, "is never reached")
		}
	}
}

func walk(f *faults, l Ladder, r Rung, path, facts []string, reached map[string]bool) {
	if slices.Contains(path, r.ID) {
		f.add("ladders", r.ID, "is reached twice on one way: %v", path)
		return
	}
	reached[r.ID] = true
	path = append(slices.Clone(path), r.ID)
	for _, ending := range r.Endings() {
		if next, ok := l.Next(r.ID, ending, facts...); ok {
			walk(f, l, next, path, facts, reached)
		}
	}
}
