package law

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// How a clock is counted (ClockRule.Counting).
const (
	countHours   = "hours"
	countPlain   = "plain"   // the last day stays where it falls
	countWorking = "working" // working days
	countEU      = "1182/71"
	countATW     = "ATW"
	countKlacht  = "klacht" // months of 30 days, never later
	countEarly   = "early"  // a day earlier, the side that is safe for us
)

// Against whom a clock runs (ClockRule.Against).
const (
	addressee = "addressee"
	us        = "us"
)

// faults collects what is wrong, each with its file and id.
type faults struct{ errs []error }

func (f *faults) add(file, id, format string, args ...any) {
	f.errs = append(f.errs, fmt.Errorf("%s.json: %s: %s", file, id, fmt.Sprintf(format, args...)))
}

// known holds a value of a record to a list.
func (f *faults) known(file, id, field, value string, list ...string) {
	if !slices.Contains(list, value) {
		f.add(file, id, "%s %q is not one of %v", field, value, list)
	}
}

// once holds that a list has no value twice.
func (f *faults) once(file, id, what string, list []string) {
	for n, v := range list {
		if slices.Contains(list[:n], v) {
			f.add(file, id, "%s %q stands twice", what, v)
		}
	}
}

// Check looks whether the data hang together: source and flag everywhere,
// versions without gap or overlap, nothing named that is not there, no ending
// of a rung that leads nowhere. It gives every fault at once, Internal.
func (d *Data) Check() error {
	f := &faults{}
	checkSources(f, d.sources)
	checkRecords(f, d, "articles", d.articles)
	checkRecords(f, d, "offences", d.offences)
	checkRecords(f, d, "capacities", d.capacities)
	checkRecords(f, d, "clocks", d.clocks)
	checkRecords(f, d, "events", d.events)
	checkRecords(f, d, "ladders", d.ladders)
	checkRecords(f, d, "outcomes", d.outcomes)
	checkRecords(f, d, "routes", d.routes)
	checkRecords(f, d, "services", d.services)
	checkRecords(f, d, "gates", d.gates)
	checkRecords(f, d, "employers", d.employers)
	checkRecords(f, d, "decisions", d.decisions)
	checkRecords(f, d, "details", d.details)
	checkRecords(f, d, "minors", d.minors)
	checkRecords(f, d, "grounds", d.grounds)
	checkRecords(f, d, "instruments", d.instruments)
	d.checkTitles(f)
	d.checkLists(f)
	d.checkOutcomes(f)
	d.checkDetails(f)
	d.checkMinors(f)
	d.checkGrounds(f)
	d.checkInstruments(f)
	d.checkEmployers(f)
	d.checkServices(f)
	for _, o := range d.offences {
		d.checkOffence(f, o)
	}
	for _, c := range d.clocks {
		d.checkClock(f, c)
	}
	for _, l := range d.ladders {
		d.checkLadder(f, l)
	}
	if len(f.errs) > 0 {
		return broken(errors.Join(f.errs...))
	}
	return nil
}

func checkSources(f *faults, all []Source) {
	seen := map[string]bool{}
	for _, s := range all {
		if s.Code == "" || s.Title == "" || s.Version == "" || s.Extent == "" {
			f.add("sources", s.Code, "needs code, title, version and extent")
		}
		if seen[s.Code] {
			f.add("sources", s.Code, "stands twice")
		}
		seen[s.Code] = true
	}
}

// checkRecords holds what every record carries, and its versions in the file's
// order: each begins on the day after the one before ends.
func checkRecords[T dated](f *faults, d *Data, file string, all []T) {
	last := map[string]Record{}
	for _, v := range all {
		r := v.record()
		if r.ID == "" || r.Source == "" {
			f.add(file, r.ID, "needs id and source")
		}
		d.checkFlag(f, file, r.ID, r.Flag)
		from, err := time.Parse(time.DateOnly, r.ValidFrom)
		if err != nil {
			f.add(file, r.ID, "validFrom is no day (YYYY-MM-DD)")
		}
		if _, err := time.Parse(time.DateOnly, r.ValidUntil); r.ValidUntil != "" && (err != nil || r.ValidUntil < r.ValidFrom) {
			f.add(file, r.ID, "validUntil is no day (YYYY-MM-DD) on or after validFrom")
		}
		if before, seen := last[r.ID]; seen && before.ValidUntil != from.AddDate(0, 0, -1).Format(time.DateOnly) {
			f.add(file, r.ID, "the version from %s overlaps the one before, or leaves a gap", r.ValidFrom)
		}
		last[r.ID] = r
	}
}

// flagForm is domain.md §0.1, with a word behind it as there.
var flagForm = regexp.MustCompile(`^\[(V|V-sec|own|infer)(: ([^\]]+))?\]( adjacent)?$`)

var flagParts = regexp.MustCompile(`, | and |/`)

// checkFlag holds a flag to its form; what a [V: …] names must be a source.
func (d *Data) checkFlag(f *faults, file, id, flag string) {
	m := flagForm.FindStringSubmatch(flag)
	if m == nil || (m[1] == "V-sec" && m[3] == "") {
		f.add(file, id, "flag %q is none of [V: …], [V-sec: …], [own], [infer]", flag)
		return
	}
	if m[1] != "V" || m[3] == "" {
		return
	}
	for n, part := range flagParts.Split(m[3], -1) {
		code, _, _ := strings.Cut(part, " ")
		isCode := n == 0 || (code != "" && code[0] >= 'A' && code[0] <= 'Z')
		if isCode && !slices.ContainsFunc(d.sources, func(s Source) bool { return s.Code == code }) {
			f.add(file, id, "flag %q names source %q, which is not there", flag, code)
		}
	}
}

func (d *Data) checkTitles(f *faults) {
	both := func(file, id string, t Text) {
		if t.NL == "" || t.EN == "" {
			f.add(file, id, "needs its name in both languages")
		}
	}
	for _, v := range d.articles {
		both("articles", v.ID, v.Name)
	}
	for _, v := range d.events {
		both("events", v.ID, v.Title)
	}
	for _, v := range d.outcomes {
		both("outcomes", v.ID, v.Title)
	}
	for _, v := range d.routes {
		both("routes", v.ID, v.Title)
		both("routes", v.ID+"/when", v.When)
		both("routes", v.ID+"/addressee", v.Addressee)
	}
	for _, v := range d.employers {
		both("employers", v.ID, v.Title)
	}
	for _, v := range d.decisions {
		both("decisions", v.ID, v.Title)
	}
	for _, v := range d.details {
		both("details", v.ID, v.Title)
	}
	for _, v := range d.minors {
		both("minors", v.ID, v.Title)
	}
	for _, v := range d.instruments {
		both("instruments", v.ID, v.Title)
	}
	for _, v := range d.gates {
		both("gates", v.ID, v.Title)
	}
	for _, v := range d.capacities {
		for _, m := range v.Members {
			both("capacities", v.ID+"/"+m.Code, m.Text)
		}
	}
}

// checkLists holds the small lists together.
func (d *Data) checkLists(f *faults) {
	for _, g := range d.capacities {
		covers(f, "capacities", g.Record, "article", g.Article, d.articles, g.ValidFrom)
		for _, m := range g.Members {
			if m.Code == "" || m.Code == NoneOfLid2 {
				f.add("capacities", g.ID, "%q cannot be the code of a member", m.Code)
			}
		}
		f.once("capacities", g.ID, "member", codesOf(g.Members))
	}
	for _, g := range d.gates {
		f.once("gates", g.ID, "action", g.Actions)
		f.once("gates", g.ID, "instrument", g.Instruments)
	}
	for _, r := range d.routes {
		f.once("routes", r.ID, "track", r.Tracks)
		for _, route := range r.Tracks {
			d.hasLadder(f, "routes", r.Record, r.ID, route)
		}
	}
	for _, a := range d.articles {
		d.wasRead(f, "articles", a.ID, a.Flag, a.ValidFrom)
		d.checkParagraphs(f, a)
	}
}

// covers holds that what a record names is there on every day on which the
// record holds, from a day on: a version that ends in between is a dangling id
// as one that never was.
func covers[T dated](f *faults, file string, r Record, what, id string, all []T, from string) {
	at := from
	for _, v := range all {
		if c := v.record(); c.ID == id && c.holds(at) {
			if c.ValidUntil == "" || (r.ValidUntil != "" && c.ValidUntil >= r.ValidUntil) {
				return
			}
			last, err := time.Parse(time.DateOnly, c.ValidUntil)
			if err != nil {
				return // said of that record
			}
			at = last.AddDate(0, 0, 1).Format(time.DateOnly)
		}
	}
	f.add(file, r.ID, "names %s %q, which is not there on %s", what, id, at)
}

func (d *Data) hasLadder(f *faults, file string, r Record, id, route string) {
	r.ID = id
	covers(f, file, r, "route (a ladder)", route, d.ladders, r.ValidFrom)
}

// wasRead refuses a text called verified on a day before that of any copy in
// which it was read: what stood there then is not known.
func (d *Data) wasRead(f *faults, file, id, flag, from string) {
	m := flagForm.FindStringSubmatch(flag)
	if m == nil || m[1] != "V" || m[3] == "" {
		return
	}
	first := ""
	for _, part := range flagParts.Split(m[3], -1) {
		code, _, _ := strings.Cut(part, " ")
		i := slices.IndexFunc(d.sources, func(s Source) bool { return s.Code == code })
		if i < 0 {
			continue
		}
		if _, err := time.Parse(time.DateOnly, d.sources[i].Version); err != nil {
			return // undated: nothing to hold it to
		}
		if first == "" || d.sources[i].Version < first {
			first = d.sources[i].Version
		}
	}
	if from < first {
		f.add(file, id, "is flagged %s from %s on, but the first copy read is of %s", flag, from, first)
	}
}
