package law

import (
	"slices"
	"time"
)

// Offence is one version of an offence. It holds no fine and no fine category:
// the program never names one.
type Offence struct {
	Record
	Article string `json:"article"` // id of the article it stands in
	Title   Text   `json:"title"`
	// Elements are what evidence must show before a text claims the offence: of
	// 285d those of its text, of the others what their title in domain.md §4.2
	// names. Those that are there to warn have none: nobody claims them.
	Elements []Element `json:"elements,omitempty"`
	Klacht   Klacht    `json:"klacht"`
	Remand   Remand    `json:"remand"`
	// CapacityGroup is the id of the closed list whose members raise the
	// maximum by a third (285d(2), 285(5)); empty without one.
	CapacityGroup string `json:"capacityGroup,omitempty"`
	// MaxPrisonMonths is the maximum prison term in months; 0 is unknown. For
	// eligibility and retention only, never for a text.
	MaxPrisonMonths int    `json:"maxPrisonMonths,omitempty"`
	TextVersion     string `json:"textVersion"` // the copy of the code that was read
	// Suggest marks what the assessment offers; the others are there to warn.
	Suggest bool `json:"suggest"`
}

// Element is one thing that must be shown, E1 to E5 for 285d.
type Element struct {
	ID   string `json:"id"`
	Text Text   `json:"text"`
	Only string `json:"only,omitempty"` // "lid2": only for the aggravated form
	// Flag is of an element of a ground without an offence: it may be ours, where
	// the provision itself was read. An offence's elements share the offence's flag.
	Flag string `json:"flag,omitempty"`
}

// Klacht says whether an offence is prosecuted only on the victim's complaint
// (arts 64–67 Sr, clock C12).
type Klacht struct {
	Needed    string `json:"needed"` // "yes", "no", "conditional"
	Condition Text   `json:"condition,omitzero"`
	Article   string `json:"article,omitempty"`
	Source    string `json:"source"`
	Flag      string `json:"flag"`
}

// Remand says whether the offence is within art. 67(1) Sv, the entry to a
// 125p order.
type Remand struct {
	Listed bool   `json:"listed"`
	Ground string `json:"ground,omitempty"` // "a" or "b" of art. 67(1); "" if that was not looked up
	Source string `json:"source"`
	Flag   string `json:"flag"`
}

// Verified says whether the entry to the order was read: only then a text may
// rest on it.
func (r Remand) Verified() bool { return verified(r.Flag) }

// Verified says whether it was read that a klacht is needed, or not.
func (k Klacht) Verified() bool { return verified(k.Flag) }

// Offence gives the version of an offence on the day of the act (Amsterdam).
// NotFound if there is none, or none on that day: 285d before 2024-01-01.
func (d *Data) Offence(id string, on time.Time) (Offence, error) {
	return find(d.offences, "offence", id, on)
}

// CapacityGroup is a closed list of functions of a statute, by date.
type CapacityGroup struct {
	Record
	Article string     `json:"article"`
	Members []Capacity `json:"members"`
}

// Capacity is one member of a CapacityGroup. Code is the value of an affected
// person's capacity in the API; NoneOfLid2 is in no group.
type Capacity struct {
	Code string `json:"code"`
	Text Text   `json:"text"`
}

// NoneOfLid2 is the capacity of everybody whom no list names: GPs, nurses,
// ambulance staff, teachers, firefighters and other civil servants.
const NoneOfLid2 = "none_of_lid2"

// CapacityGroup gives a closed list on a day.
func (d *Data) CapacityGroup(id string, on time.Time) (CapacityGroup, error) {
	return find(d.capacities, "capacity group", id, on)
}

// Capacities are the codes that a person's capacity may have on a day: those of
// the closed lists, each once in their order, and NoneOfLid2.
func (d *Data) Capacities(on time.Time) []string {
	var out []string
	for _, g := range list(d.capacities, on) {
		for _, code := range codesOf(g.Members) {
			if !slices.Contains(out, code) {
				out = append(out, code)
			}
		}
	}
	return append(out, NoneOfLid2)
}

// Aggravated says whether a capacity is on the offence's list (lid 2 of 285d).
// The act must also be against the person in that capacity.
func (d *Data) Aggravated(offence, capacity string, on time.Time) (bool, error) {
	o, err := d.Offence(offence, on)
	if err != nil || o.CapacityGroup == "" {
		return false, err
	}
	g, err := d.CapacityGroup(o.CapacityGroup, on)
	if err != nil {
		return false, err
	}
	for _, m := range g.Members {
		if m.Code == capacity {
			return true, nil
		}
	}
	return false, nil
}

// Eligible says whether an offence of a day opens the order route (art. 125p(1)
// Sv): it is within art. 67(1) Sv, of which the list is that of the day of the
// request, and that was read. What is listed on an inference opens nothing: no text may rest on it.
func (d *Data) Eligible(offence string, on time.Time) (bool, error) {
	o, err := d.Offence(offence, on)
	return err == nil && o.Remand.Listed && o.Remand.Verified(), err
}
