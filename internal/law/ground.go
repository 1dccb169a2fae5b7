package law

import (
	"slices"
	"time"
)

// What a ground without an offence rests on (LegalGround.Kind).
const (
	GroundLaw   = "law"   // another law than the Criminal Code
	GroundTerms = "terms" // the addressee's own terms
)

// What a ground needs beside evidence (LegalGround.Needs).
const (
	NeedReasons  = "reasons"  // facts that make it unlawful, which anyone sees in the content
	NeedWeighing = "weighing" // why freedom of expression and information does not prevail
	NeedTerms    = "terms"    // the clause, and of which version
)

// LegalGround is a ground for a notice where no offence is claimed: content that
// breaks another law, or the addressee's own terms (domain.md §8 T1, T2). It
// opens nothing with the police: art. 125p Sv, a report and a klacht are about
// offences.
type LegalGround struct {
	Record
	Kind    string `json:"kind"`    // GroundLaw, GroundTerms
	Article string `json:"article"` // id of the article it stands in
	Title   Text   `json:"title"`
	// Provision is how a text cites it and Rule what it says, in one sentence;
	// none of the addressee's own terms.
	Provision Text `json:"provision,omitzero"`
	Rule      Text `json:"rule,omitzero"`
	// Elements are what evidence must show before a text rests on it. Each has a
	// flag of its own: one that was not read asks for evidence, and no text says
	// that the provision has it.
	Elements []Element `json:"elements"`
	Needs    []string  `json:"needs"`
	// DecisionGround and Category are the values of the DSA transparency database
	// that fit it (Detail), the second empty where none does.
	DecisionGround string `json:"decisionGround"`
	Category       string `json:"category,omitempty"`
}

// LegalGround gives a ground without an offence on a day. NotFound for none.
func (d *Data) LegalGround(id string, on time.Time) (LegalGround, error) {
	return find(d.grounds, "ground", id, on)
}

// LegalGrounds lists the grounds without an offence that hold on a day.
func (d *Data) LegalGrounds(on time.Time) []LegalGround { return list(d.grounds, on) }

func (d *Data) checkGrounds(f *faults) {
	for _, g := range d.grounds {
		covers(f, "grounds", g.Record, "article", g.Article, d.articles, g.ValidFrom)
		d.wasRead(f, "grounds", g.ID, g.Flag, g.ValidFrom)
		f.known("grounds", g.ID, "kind", g.Kind, GroundLaw, GroundTerms)
		if g.Title.NL == "" || g.Title.EN == "" {
			f.add("grounds", g.ID, "needs a title in both languages")
		}
		byLaw := g.Kind == GroundLaw
		for what, t := range map[string]Text{"provision": g.Provision, "rule": g.Rule} {
			if (t.NL != "") != byLaw || (t.EN != "") != byLaw {
				f.add("grounds", g.ID, "a ground of kind law, and no other, has its %s in both languages", what)
			}
		}
		if len(g.Elements) == 0 {
			f.add("grounds", g.ID, "has no element that evidence could show")
		}
		checkElements(f, "grounds", g.ID, g.Elements)
		for _, e := range g.Elements {
			d.checkFlag(f, "grounds", g.ID+"/"+e.ID, e.Flag)
			d.wasRead(f, "grounds", g.ID+"/"+e.ID, e.Flag, g.ValidFrom)
		}
		for _, n := range g.Needs {
			f.known("grounds", g.ID, "needs", n, NeedReasons, NeedWeighing, NeedTerms)
		}
		f.once("grounds", g.ID, "need", g.Needs)
		d.namesDetail(f, g, Ground, g.DecisionGround)
		if g.Category != "" {
			d.namesDetail(f, g, Category, g.Category)
		}
		if slices.ContainsFunc(d.offences, func(o Offence) bool { return o.ID == g.ID }) {
			f.add("grounds", g.ID, "has the id of an offence")
		}
	}
}

// namesDetail holds that a ground names a value of the transparency database's
// field.
func (d *Data) namesDetail(f *faults, g LegalGround, field, id string) {
	of := slices.DeleteFunc(slices.Clone(d.details), func(v Detail) bool { return v.Field != field })
	r := g.Record
	// A value is of the database, which is younger than some laws.
	covers(f, "grounds", r, field, id, of, max(r.ValidFrom, firstOf(of, id)))
}

// firstOf is the day from which a value is held; empty if it is not.
func firstOf(all []Detail, id string) string {
	for _, v := range all {
		if v.ID == id {
			return v.ValidFrom
		}
	}
	return ""
}
