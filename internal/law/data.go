package law

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

//go:embed data/*.json
var files embed.FS

// Data is all law data, loaded and checked. It is never changed after Load and
// safe for concurrent use.
type Data struct {
	articles   []Article
	offences   []Offence
	capacities []CapacityGroup
	clocks     []ClockRule
	ladders    []Ladder
	outcomes   []Outcome
	routes     []Route
	services   []Service
	gates      []Gate
}

// Article is a provision that a text may name.
type Article struct {
	Record
	Name Text `json:"name"`
}

// Outcome is how an item may end, with the decision's code in the DSA
// transparency database where it has one.
type Outcome struct {
	Record
	Title   Text   `json:"title"`
	DSACode string `json:"dsaCode,omitempty"`
	Kind    string `json:"kind"` // gone, partly, settled, open
}

// Route is one of the Dutch routes R1 to R15 (domain.md §5).
type Route struct {
	Record
	Title Text `json:"title"`
}

// Service is a kind of service with the DSA articles that apply to it.
type Service struct {
	Record
	Articles []string `json:"articles"`
}

// Gate is something that must be true before a rung.
type Gate struct {
	Record
	Title Text `json:"title"`
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

// Load reads the embedded data and checks all of it.
func Load() (*Data, error) {
	d := &Data{}
	for _, f := range []struct {
		name string
		into any
	}{
		{"articles", &d.articles}, {"offences", &d.offences}, {"capacities", &d.capacities}, {"clocks", &d.clocks}, {"ladders", &d.ladders},
		{"outcomes", &d.outcomes}, {"routes", &d.routes}, {"services", &d.services}, {"gates", &d.gates},
	} {
		raw, err := files.ReadFile("data/" + f.name + ".json")
		if err != nil {
			return nil, err
		}
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.DisallowUnknownFields()
		if err := dec.Decode(f.into); err != nil {
			return nil, fmt.Errorf("law data %s: %w", f.name, err)
		}
	}
	return d, d.Check()
}

// ArticleName is how texts name an article on a day; empty if it is unknown.
func (d *Data) ArticleName(id string, on time.Time) Text {
	a, err := find(d.articles, "article", id, on)
	if err != nil {
		return Text{}
	}
	return a.Name
}

// Outcome gives an outcome code on a day.
func (d *Data) Outcome(id string, on time.Time) (Outcome, error) {
	return find(d.outcomes, "outcome", id, on)
}

// Outcomes lists every outcome code on a day.
func (d *Data) Outcomes(on time.Time) []Outcome { return list(d.outcomes, on) }

// Routes lists R1 to R15 on a day.
func (d *Data) Routes(on time.Time) []Route { return list(d.routes, on) }

// Gates lists every gate on a day.
func (d *Data) Gates(on time.Time) []Gate { return list(d.gates, on) }

// Show gives whatever record has an id on a day: a clock, an offence, a
// ladder, an outcome, a route.
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
	} {
		if v, err := get(); err == nil {
			return v, nil
		}
	}
	return nil, takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "the law data hold no record %s on %s", id, dayOf(on))
}

// DSAArticles lists the DSA articles that apply to a kind of service
// (domain.md §1.1): section 3 falls away for micro and small enterprises
// (art. 19), arts 33 to 43 come on top for those designated under art. 33.
func (d *Data) DSAArticles(serviceKind string, microOrSmall, vlop bool) []string {
	i := slices.IndexFunc(d.services, func(s Service) bool { return s.ID == serviceKind })
	if i < 0 {
		return nil
	}
	out := slices.Clone(d.services[i].Articles)
	if microOrSmall && !vlop {
		out = slices.DeleteFunc(out, func(a string) bool { return slices.Contains([]string{"20", "21", "22", "23", "24"}, a) })
		if serviceKind == "online_platform" {
			out = append(out, "24(3)")
		}
	}
	if vlop {
		out = append(out, "33-43")
	}
	return out
}

// FactOnlinePlatform says that arts 20 to 24 DSA apply to the addressee.
const FactOnlinePlatform = "online_platform"

// Facts names what holds for an addressee, for Ladder.Next.
func Facts(serviceKind string, microOrSmall, vlop bool) []string {
	if serviceKind == "online_platform" && (!microOrSmall || vlop) {
		return []string{FactOnlinePlatform}
	}
	return nil
}

// urgentCategories make a platform's decision a matter of 48 hours (C3).
var urgentCategories = []string{"home_address", "phone", "family", "live_location", "school"}

// DecisionClock picks the clock for a platform's decision: C2 for life or
// safety, C3 for home address, phone, family or live location, C4 else.
func DecisionClock(categories []string, lifeOrSafety bool) string {
	if lifeOrSafety {
		return "C2"
	}
	for _, c := range categories {
		if slices.Contains(urgentCategories, c) {
			return "C3"
		}
	}
	return "C4"
}
