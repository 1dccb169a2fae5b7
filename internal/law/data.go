package law

import (
	"embed"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

//go:embed data/*.json
var files embed.FS

// Data is all law data, loaded and checked. It is never changed after Load and
// safe for concurrent use.
type Data struct {
	sources    []Source
	articles   []Article
	offences   []Offence
	capacities []CapacityGroup
	clocks     []ClockRule
	events     []Event
	ladders    []Ladder
	outcomes   []Outcome
	routes     []Route
	services   []Service
	gates      []Gate
	employers  []Employer
	decisions  []Decision
	details    []Detail
	minors     []Minor
	grounds    []LegalGround

	instruments []Instrument
}

// Source is one text that the data rest on; flags name it by its code.
type Source struct {
	Code    string `json:"code"`    // "SR26"
	Title   string `json:"title"`   //
	Version string `json:"version"` // the day of the text, YYYY-MM-DD, or how it is dated
	Extent  string `json:"extent"`  // how much of it was read
}

// Article is a provision that a text may name.
type Article struct {
	Record
	Name Text `json:"name"`
	// Paragraphs is up to which paragraph domain.md says that it was read; 0 where
	// it does not say.
	Paragraphs int `json:"paragraphs,omitempty"`
}

// Event is something that starts a clock. Assumed marks an event that is only
// taken for the addressee's receipt.
type Event struct {
	Record
	Title   Text `json:"title"`
	Assumed bool `json:"assumed,omitempty"`
}

// Route is one of the Dutch routes R1 to R15 (domain.md §5): when it is taken,
// to whom it leads, and the tracks' routes that walk it; none where people do,
// not documents.
type Route struct {
	Record
	Title     Text     `json:"title"`
	When      Text     `json:"when"`
	Addressee Text     `json:"addressee"`
	Tracks    []string `json:"tracks,omitempty"`
}

// Gate is something that must be true before a rung. A gate with actions is
// asked for one of them, "consent:notice", or for that of several which the
// track goes on from, "consent:erasure|delisting".
type Gate struct {
	Record
	Title   Text     `json:"title"`
	Actions []string `json:"actions,omitempty"`
	// Instruments are the documents that ask for what this gate holds: every
	// rung with one of them needs it.
	Instruments []string `json:"instruments,omitempty"`
}

// GateActions are the gate that a rung needs and the actions that it is asked
// for; none for a gate without actions.
func GateActions(need string) (gate string, actions []string) {
	gate, list, ok := strings.Cut(need, ":")
	if ok {
		actions = strings.Split(list, "|")
	}
	return gate, actions
}

type dated interface{ record() Record }

// find gives the version of a record on a day.
func find[T dated](all []T, kind, id string, on time.Time) (T, error) {
	day := dayOf(on)
	i := slices.IndexFunc(all, func(v T) bool { r := v.record(); return r.ID == id && r.holds(day) })
	if i < 0 {
		var none T
		return none, takedown.Errorf(takedown.NotFound, takedown.NameNotFound,
			"the law data hold no %s %s on %s", kind, id, day)
	}
	return all[i], nil
}

// list gives every record valid on a day, in the file's order.
func list[T dated](all []T, on time.Time) []T {
	day := dayOf(on)
	var out []T
	for _, v := range all {
		if v.record().holds(day) {
			out = append(out, v)
		}
	}
	return out
}

// Load reads the embedded data and checks all of it. An error is Internal and
// names every fault with its file and id.
func Load() (*Data, error) {
	data, err := fs.Sub(files, "data")
	if err != nil {
		return nil, broken(err)
	}
	return Read(data)
}

// file is one data file and where its records go.
type file struct {
	name string
	into any
}

func (d *Data) files() []file {
	return []file{
		{"sources", &d.sources},
		{"articles", &d.articles},
		{"offences", &d.offences},
		{"capacities", &d.capacities},
		{"clocks", &d.clocks},
		{"events", &d.events},
		{"ladders", &d.ladders},
		{"outcomes", &d.outcomes},
		{"routes", &d.routes},
		{"services", &d.services},
		{"gates", &d.gates},
		{"employers", &d.employers},
		{"decisions", &d.decisions},
		{"details", &d.details},
		{"minors", &d.minors},
		{"grounds", &d.grounds},
		{"instruments", &d.instruments},
	}
}

// Read loads the data files of a directory, each strictly, and checks all of
// it, as Load does.
func Read(dir fs.FS) (*Data, error) {
	d := &Data{}
	for _, f := range d.files() {
		raw, err := fs.ReadFile(dir, f.name+".json")
		if err != nil {
			return nil, broken(err)
		}
		if err := readList(f, raw); err != nil {
			return nil, broken(err)
		}
	}
	if err := d.Check(); err != nil {
		return nil, err
	}
	return d, nil
}

func broken(err error) error {
	return &takedown.Error{
		Kind: takedown.Internal, Name: takedown.NameInternal, Err: err,
		Message: "the law data cannot be used: " + err.Error(),
	}
}

// Counts says how many records each data file holds.
func (d *Data) Counts() map[string]int {
	out := map[string]int{}
	for _, f := range d.files() {
		out[f.name] = reflect.ValueOf(f.into).Elem().Len()
	}
	return out
}

// ArticleName is how texts name an article on a day; empty if it is unknown.
func (d *Data) ArticleName(id string, on time.Time) Text {
	a, err := d.Article(id, on)
	if err != nil {
		return Text{}
	}
	return a.Name
}

// Article gives an article on a day; Verified says whether a text may rest on
// it.
func (d *Data) Article(id string, on time.Time) (Article, error) {
	return find(d.articles, "article", id, on)
}

// Show gives whatever record has an id on a day: a clock, an offence, a
// ladder, an outcome, a route, and so on. Where a ladder and a gate share an id
// (police_report) the ladder is given.
func (d *Data) Show(id string, on time.Time) (any, error) {
	for _, get := range []func() (any, error){
		func() (any, error) { return find(d.clocks, "clock rule", id, on) },
		func() (any, error) { return find(d.offences, "offence", id, on) },
		func() (any, error) { return find(d.ladders, "ladder", id, on) },
		func() (any, error) { return find(d.outcomes, "outcome", id, on) },
		func() (any, error) { return find(d.routes, "route", id, on) },
		func() (any, error) { return find(d.capacities, "capacity group", id, on) },
		func() (any, error) { return find(d.services, "service", id, on) },
		func() (any, error) { return find(d.gates, "gate", id, on) },
		func() (any, error) { return find(d.articles, "article", id, on) },
		func() (any, error) { return find(d.events, "event", id, on) },
		func() (any, error) { return find(d.employers, "kind of employer", id, on) },
		func() (any, error) { return find(d.decisions, "decision", id, on) },
		func() (any, error) { return find(d.details, "detail", id, on) },
		func() (any, error) { return find(d.minors, "minor", id, on) },
		func() (any, error) { return find(d.grounds, "ground", id, on) },
		func() (any, error) { return find(d.instruments, "instrument", id, on) },
	} {
		if v, err := get(); err == nil {
			return v, nil
		}
	}
	return nil, takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "the law data hold no record %s on %s", id, dayOf(on))
}
