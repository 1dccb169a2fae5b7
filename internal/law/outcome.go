package law

import (
	"slices"
	"time"
)

// Outcome is how an item may end, with the decision's code in the DSA
// transparency database, or why it has none. Kind says what is left of the
// item: "gone", "partly" (still there for some), "settled" (nothing more is
// done), "open".
type Outcome struct {
	Record
	Title   Text   `json:"title"`
	DSACode string `json:"dsaCode,omitempty"` // id of a Decision
	NoCode  Text   `json:"noCode,omitzero"`   // without one: why
	Kind    string `json:"kind"`
	// Territories are the Details of Territory with which it may come; what is
	// left in some countries is not "gone". Below is the outcome that it is
	// instead where a decision holds in a part of the world only.
	Territories []string `json:"territories,omitempty"`
	Below       string   `json:"below,omitempty"`
}

// Takes says whether a decision with this outcome may name a territory.
func (o Outcome) Takes(territory string) bool { return slices.Contains(o.Territories, territory) }

// Decision is one value that the DSA transparency database has for what a
// service decided, in one of its four fields (features.md §1.7), with the
// outcome that such a decision is for an item, or why it is none.
type Decision struct {
	Record
	Field   string `json:"field"` // decision_visibility, decision_account, decision_provision, decision_monetary
	Title   Text   `json:"title"`
	Outcome string `json:"outcome,omitempty"`
	None    Text   `json:"none,omitzero"`
}

// Outcome gives an outcome code on a day.
func (d *Data) Outcome(id string, on time.Time) (Outcome, error) {
	return find(d.outcomes, "outcome", id, on)
}

// Outcomes lists every outcome code on a day.
func (d *Data) Outcomes(on time.Time) []Outcome { return list(d.outcomes, on) }

func (d *Data) checkOutcomes(f *faults) {
	for _, o := range d.outcomes {
		f.known("outcomes", o.ID, "kind", o.Kind, "gone", "partly", "settled", "open")
		if (o.DSACode == "") != (o.NoCode.NL != "" && o.NoCode.EN != "") {
			f.add("outcomes", o.ID, "has a code of the transparency database, or says in both languages why it has none")
		}
		if o.DSACode != "" {
			covers(f, "outcomes", o.Record, "code", o.DSACode, d.decisions, o.since(transparency))
		}
		d.checkTerritories(f, o)
	}
	for _, v := range d.decisions {
		f.known("decisions", v.ID, "field", v.Field, "decision_visibility", "decision_account", "decision_provision", "decision_monetary")
		if (v.Outcome == "") != (v.None.NL != "" && v.None.EN != "") {
			f.add("decisions", v.ID, "has an outcome, or says in both languages why it has none")
		}
		if v.Outcome != "" {
			covers(f, "decisions", v.Record, "outcome", v.Outcome, d.outcomes, v.ValidFrom)
		}
	}
}

// checkTerritories holds apart what is gone and what is gone in some countries.
func (d *Data) checkTerritories(f *faults, o Outcome) {
	if len(o.Territories) > 0 && o.DSACode == "" {
		f.add("outcomes", o.ID, "has territories, and is no decision of a service")
	}
	f.once("outcomes", o.ID, "territory", o.Territories)
	for _, id := range o.Territories {
		covers(f, "outcomes", o.Record, "territory", id, d.details, o.since(transparency))
		for _, v := range d.details {
			if v.ID == id && (v.Field != Territory || (v.Below && o.Kind == "gone")) {
				f.add("outcomes", o.ID, "is %s, and cannot hold %s", o.Kind, id)
			}
		}
	}
	if o.Below == "" {
		return
	}
	covers(f, "outcomes", o.Record, "outcome", o.Below, d.outcomes, o.ValidFrom)
	for _, v := range d.outcomes {
		if v.ID == o.Below && v.Kind != "partly" {
			f.add("outcomes", o.ID, "is %s in a part of the world, which leaves it visible", v.ID)
		}
	}
}

// transparency is the day from which the DSA applies (art. 93(2)): before it
// nothing was published (domain.md §1.14).
const transparency = "2024-02-17"

// since is the later of a record's first day and another.
func (r Record) since(day string) string { return max(r.ValidFrom, day) }
