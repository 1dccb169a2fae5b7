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
	checkAgain(f, l)
}

// checkRung holds that what a rung names is there.
func (d *Data) checkRung(f *faults, l Ladder, r Rung) {
	const file = "ladders"
	f.known(file, r.ID, "action", r.Action, ActDocument, ActOpenRoute, ActTask)
	if (r.Action == ActDocument) != (r.Instrument != "") || (r.Action == ActOpenRoute) != (r.OpensRoute != "") || (r.Action == ActTask) != (r.TaskKind != "") {
		f.add(file, r.ID, "has exactly what its action needs: instrument, opensRoute or taskKind")
	}
	if r.Instrument != "" {
		covers(f, file, l.of(r), "instrument", r.Instrument, d.instruments, l.ValidFrom)
	}
	if r.TaskKind != "" {
		f.known(file, r.ID, "taskKind", r.TaskKind, TaskFindChannel, TaskConsiderArt53, TaskConsiderNext, TaskAskPolice)
	}
	if r.Title.NL == "" || r.Title.EN == "" {
		f.add(file, r.ID, "needs a title in both languages")
	}
	for _, c := range r.Channel {
		f.known(file, r.ID, "channel", c, "mail", "form", "police", "letter")
	}
	f.once(file, r.ID, "channel", r.Channel)
	f.once(file, r.ID, "gate", r.Needs)
	f.once(file, r.ID, "alternative", r.Alternatives)
	if r.Action == ActDocument && (len(r.Channel) == 0 || (r.Clock == "") == (len(r.ClockChoice) == 0)) {
		f.add(file, r.ID, "a document needs a channel, and a clock or a choice of clocks")
	}
	if r.Action != ActDocument && (r.Clock != "" || len(r.ClockChoice) > 0 || r.Receipt != "" || r.Follow != "" || len(r.Channel) > 0 || len(r.Needs) > 0) {
		f.add(file, r.ID, "only a document has clocks, channels and gates")
	}
	for _, id := range append([]string{r.Clock, r.Receipt, r.Window, r.Follow}, r.ClockChoice...) {
		if id != "" {
			covers(f, file, l.of(r), "clock", id, d.clocks, l.ValidFrom)
		}
	}
	for status, id := range r.Feedback {
		f.known(file, r.ID, "feedback", status, feedbackStatuses...)
		i := slices.IndexFunc(d.clocks, func(c ClockRule) bool { return c.ID == id })
		if i < 0 || d.clocks[i].Nature != Policy || !slices.Contains(r.Channel, "police") {
			f.add(file, r.ID, "counts clock %q from %s: it must be there, be our own policy, and follow what goes to the police", id, status)
		}
	}
	for _, n := range r.Needs {
		d.checkGate(f, l, r, n)
	}
	if !r.Once || r.UpperAgeDays < 0 {
		f.add(file, r.ID, "a rung is taken once, and its upper age is in days")
	}
	d.checkChoice(f, r)
	for _, g := range d.gates {
		if slices.Contains(g.Instruments, r.Instrument) && !slices.Contains(r.Needs, g.ID) {
			f.add(file, r.ID, "drafts %s and does not need gate %q", r.Instrument, g.ID)
		}
	}
	for _, w := range r.When {
		f.known(file, r.ID, "fact", w, FactOnlinePlatform, FactContactPolice)
	}
	for _, route := range append([]string{r.OpensRoute}, r.Alternatives...) {
		if route != "" {
			d.hasLadder(f, file, l.Record, r.ID, route)
		}
	}
}

// feedbackStatuses are what police or prosecutor may say of an order (api.md)
// while it is under way.
var feedbackStatuses = []string{"received", "forwarded", "authorisation_requested", "authorised", "heard", "ordered"}

// orderPending is the gate that keeps a letter from giving a pending order away.
const orderPending = "order_pending"

// checkAgain holds a document that is sent a second time to the same addressee
// to the gate that a reminder has: an order may have been asked for meanwhile
// (domain.md §8 Secrecy).
func checkAgain(f *faults, l Ladder) {
	seen := map[string]bool{}
	for _, r := range l.Rungs {
		if r.Instrument != "" && seen[r.Instrument] && !slices.Contains(r.Needs, orderPending) {
			f.add("ladders", r.ID, "drafts %s again and does not need gate %q", r.Instrument, orderPending)
		}
		seen[r.Instrument] = true
	}
}

func (d *Data) checkGate(f *faults, l Ladder, r Rung, need string) {
	id, actions := GateActions(need)
	covers(f, "ladders", l.of(r), "gate", id, d.gates, l.ValidFrom)
	i := slices.IndexFunc(d.gates, func(g Gate) bool { return g.ID == id })
	unknown := func(a string) bool { return !slices.Contains(d.gates[i].Actions, a) }
	if i >= 0 && ((len(actions) == 0) != (len(d.gates[i].Actions) == 0) || slices.ContainsFunc(actions, unknown)) {
		f.add("ladders", r.ID, "needs gate %q, but its actions are %v", need, d.gates[i].Actions)
	}
}

// of is a rung as a record of its ladder: it holds when the ladder does.
func (l Ladder) of(r Rung) Record {
	out := l.Record
	out.ID = r.ID
	return out
}

// checkChoice holds that one clock of a choice always fits: the last is for
// all that the others are not for.
func (d *Data) checkChoice(f *faults, r Rung) {
	for n, id := range r.ClockChoice {
		for _, c := range d.clocks {
			if c.ID == id && (c.For == nil) != (n == len(r.ClockChoice)-1) {
				f.add("ladders", r.ID, "of its clocks %v the last, and no other, is for all else", r.ClockChoice)
			}
		}
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
	if reminders(l, path) > maxReminders {
		f.add("ladders", r.ID, "is a third reminder on one way: %v", path)
	}
	for _, ending := range r.Endings() {
		if next, ok := l.Next(r.ID, ending, facts...); ok {
			walk(f, l, next, path, facts, reached)
		}
	}
}

// maxReminders is how often one addressee is reminded (domain.md §8 T3; art.
// 23(2) DSA).
const maxReminders = 2

func reminders(l Ladder, path []string) int {
	n := 0
	for _, id := range path {
		if r, _ := l.Rung(id); r.Instrument == "T3" {
			n++
		}
	}
	return n
}
