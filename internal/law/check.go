package law

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Check looks whether the data hang together: sources and flags everywhere,
// versions without overlap, rungs that name clocks, gates and routes that
// exist, and no ending that leads nowhere.
func (d *Data) Check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("law data: "+format, args...)) }
	checkRecords(bad, "article", d.articles)
	checkRecords(bad, "offence", d.offences)
	checkRecords(bad, "capacity group", d.capacities)
	checkRecords(bad, "clock", d.clocks)
	checkRecords(bad, "ladder", d.ladders)
	checkRecords(bad, "outcome", d.outcomes)
	checkRecords(bad, "route", d.routes)
	checkRecords(bad, "service", d.services)
	checkRecords(bad, "gate", d.gates)
	for _, o := range d.offences {
		if !slices.ContainsFunc(d.articles, func(a Article) bool { return a.ID == o.Article }) {
			bad("offence %s names article %s, which is not there", o.ID, o.Article)
		}
		if o.CapacityGroup != "" && !slices.ContainsFunc(d.capacities, func(g CapacityGroup) bool { return g.ID == o.CapacityGroup }) {
			bad("offence %s names capacity group %s, which is not there", o.ID, o.CapacityGroup)
		}
	}
	for _, l := range d.ladders {
		d.checkLadder(bad, l)
	}
	return errors.Join(errs...)
}

func checkRecords[T dated](bad func(string, ...any), kind string, all []T) {
	last := map[string]string{} // id → validUntil of the version before
	for _, v := range all {
		r := v.record()
		if r.ID == "" || r.ValidFrom == "" || r.Source == "" || !strings.HasPrefix(r.Flag, "[") {
			bad("%s %q needs id, validFrom, source and flag", kind, r.ID)
		}
		if until, seen := last[r.ID]; seen && (until == "" || until >= r.ValidFrom) {
			bad("%s %s has versions that overlap at %s", kind, r.ID, r.ValidFrom)
		}
		last[r.ID] = r.ValidUntil
	}
}

func (d *Data) checkLadder(bad func(string, ...any), l Ladder) {
	hasClock := func(id string) bool {
		return slices.ContainsFunc(d.clocks, func(c ClockRule) bool { return c.ID == id })
	}
	for _, r := range l.Rungs {
		for _, id := range append([]string{r.Clock, r.Receipt, r.Window}, r.ClockChoice...) {
			if id != "" && !hasClock(id) {
				bad("rung %s names clock %s, which is not there", r.ID, id)
			}
		}
		for _, n := range r.Needs {
			gate, _, _ := strings.Cut(n, ":")
			if !slices.ContainsFunc(d.gates, func(g Gate) bool { return g.ID == gate }) {
				bad("rung %s needs gate %s, which is not there", r.ID, n)
			}
		}
		if r.OpensRoute != "" && !slices.ContainsFunc(d.ladders, func(o Ladder) bool { return o.Route == r.OpensRoute }) {
			bad("rung %s opens route %s, which has no ladder", r.ID, r.OpensRoute)
		}
		for _, after := range r.After {
			id, ending, ok := strings.Cut(after, ":")
			before, known := l.Rung(id)
			if after != Start && (!ok || !known || !slices.Contains(before.Endings(), ending)) {
				bad("rung %s comes after %q, which cannot happen", r.ID, after)
			}
		}
	}
}
