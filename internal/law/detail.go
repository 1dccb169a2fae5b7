package law

import (
	"slices"
	"time"
)

// What a decision says beside what was done, each a field of the DSA
// transparency database (features.md §1.7).
const (
	Territory = "territorial_scope" // where it holds
	Category  = "category"          // what kind of content it was about
	Ground    = "decision_ground"   // illegal, or against the service's own terms
)

// Detail is one value for what a decision says beside what was done, with the
// database's own values for it, or why there is none. Below is set of a
// territory that leaves the content visible elsewhere.
type Detail struct {
	Record
	Field  string   `json:"field"` // Territory, Category, Ground
	Title  Text     `json:"title"`
	Codes  []string `json:"codes,omitempty"`
	NoCode Text     `json:"noCode,omitzero"`
	Below  bool     `json:"below,omitempty"`
}

// Detail gives a value on a day. NotFound for one that is of another field.
func (d *Data) Detail(field, id string, on time.Time) (Detail, error) {
	of := slices.DeleteFunc(slices.Clone(d.details), func(v Detail) bool { return v.Field != field })
	return find(of, field, id, on)
}

func (d *Data) checkDetails(f *faults) {
	for _, v := range d.details {
		f.known("details", v.ID, "field", v.Field, Territory, Category, Ground)
		if (len(v.Codes) == 0) != (v.NoCode.NL != "" && v.NoCode.EN != "") {
			f.add("details", v.ID, "has codes of the transparency database, or says in both languages why it has none")
		}
		if slices.Contains(v.Codes, "") || len(slices.Compact(slices.Sorted(slices.Values(v.Codes)))) != len(v.Codes) {
			f.add("details", v.ID, "names each code once")
		}
		if v.Below && v.Field != Territory {
			f.add("details", v.ID, "only a territory leaves the content visible elsewhere")
		}
	}
}
