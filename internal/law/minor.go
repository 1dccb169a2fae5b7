package law

import "time"

// SuspectedMinorID is the record for a suspect who may be a minor.
const SuspectedMinorID = "suspected_minor"

// Minor is what the law makes of a suspect who may be a minor: how a sealed
// annex says it, and against whom a claim is made for one who is younger than
// Under (years; art. 51g(4) Sv). No text tells somebody's age as a fact.
type Minor struct {
	Record
	Title   Text   `json:"title"`
	Article string `json:"article"`
	Under   int    `json:"under"` // years
	Claim   Text   `json:"claim"`
}

// SuspectedMinor gives that record on a day. NotFound before the data begin.
func (d *Data) SuspectedMinor(on time.Time) (Minor, error) {
	return find(d.minors, "minor", SuspectedMinorID, on)
}

func (d *Data) checkMinors(f *faults) {
	for _, m := range d.minors {
		f.known("minors", m.ID, "id", m.ID, SuspectedMinorID)
		covers(f, "minors", m.Record, "article", m.Article, d.articles, m.ValidFrom)
		if m.Under < 1 || m.Under > 18 {
			f.add("minors", m.ID, "under is an age in years, at most 18")
		}
		if m.Claim.NL == "" || m.Claim.EN == "" {
			f.add("minors", m.ID, "says in both languages against whom a claim is made")
		}
		d.wasRead(f, "minors", m.ID, m.Flag, m.ValidFrom)
	}
	if len(d.minors) == 0 {
		f.add("minors", SuspectedMinorID, "is missing")
	}
}
