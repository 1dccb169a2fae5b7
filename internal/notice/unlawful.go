package notice

import (
	"fmt"
	"slices"
	"strings"
)

// Unlawful is a ground without an offence that the assessment found, as the law
// data have it: content that breaks another law, or the addressee's own terms.
// It never reaches what goes to the police: report, klacht and order are about
// offences.
type Unlawful struct {
	ID        string // "avg17-1-d"
	Kind      string // law, terms
	Title     string // "onrechtmatige verwerking van persoonsgegevens"
	Provision string // "artikel 17, lid 1, onder d, AVG"; none of terms
	Rule      string // what the provision says, one sentence; none of terms
	Verified  bool
	Elements  []Element
	Items     []int    // where it was found; none: all
	Needs     []string // reasons, weighing, terms: what the law data ask beside evidence
	Said      []Said   // what the assessment of each item says of it
}

// Said is what one item's assessment says of a ground without an offence. What
// is true of one item may not be of another: no text says it of all.
type Said struct {
	Item     int      // its number; 0: of every item of the ground
	Reasons  []string // codes: no_consent, private_data, third_person
	Weighing []string // codes: no_debate, readable_without
}

// itemsOf are the numbers of the items that a ground was found in.
func itemsOf(f Facts, found []int) []int {
	if len(found) > 0 {
		return found
	}
	var nos []int
	for _, i := range f.Items {
		nos = append(nos, i.No)
	}
	return nos
}

// everySaid reports whether something is said of each item of a ground.
func everySaid(f Facts, u Unlawful, codes func(Said) []string) bool {
	said := func(no int) bool {
		return slices.ContainsFunc(u.Said, func(s Said) bool { return (s.Item == 0 || s.Item == no) && len(codes(s)) > 0 })
	}
	return !slices.ContainsFunc(itemsOf(f, u.Items), func(no int) bool { return !said(no) })
}

func reasonsOf(s Said) []string  { return s.Reasons }
func weighingOf(s Said) []string { return s.Weighing }

// The kinds of Unlawful.
const (
	kindLaw   = "law"
	kindTerms = "terms"
)

// pleading are the instruments that may rest on a ground without an offence; of
// these a notice and its complaint may on the addressee's own terms too.
var (
	pleading  = []string{T1, T2, T4, T9, T14}
	termsToo  = []string{T1, T2, T4}
	pleadsLaw = without(pleading, termsToo...)
)

// hasUnlawful reports whether a text may rest on a ground without an offence.
func hasUnlawful(f Facts, kinds ...string) bool {
	return slices.ContainsFunc(f.Unlawful, func(u Unlawful) bool { return u.Verified && slices.Contains(kinds, u.Kind) })
}

// grounded reports whether a notice rests on something: an offence, another law
// or the addressee's own terms.
func grounded(f Facts) bool { return hasGround(f) || hasUnlawful(f, kindLaw, kindTerms) }

// groundedInLaw is grounded for what goes to others than the addressee of a
// notice: its terms bind nobody else.
func groundedInLaw(f Facts) bool { return hasGround(f) || hasUnlawful(f, kindLaw) }

// termsAlone reports whether nothing is pleaded but the addressee's own terms:
// then nothing is called illegal, and no notice is one under art. 16 DSA. What
// was taken out for want of evidence is not pleaded either.
func termsAlone(f Facts) bool {
	return hasUnlawful(f, kindTerms) && !hasUnlawful(f, kindLaw) && !hasGround(f)
}

// everyUnlawful holds each verified ground that the law data ask something of.
func everyUnlawful(f Facts, need string, ok func(Unlawful) bool) bool {
	return !slices.ContainsFunc(f.Unlawful, func(u Unlawful) bool { return u.Verified && contains(u.Needs, need) && !ok(u) })
}

// unlawfulRequirements are what §8 asks where no offence is claimed: the facts
// that make it unmistakable take the place of the indicators of the purpose.
var unlawfulRequirements = []requirement{
	{"grounds", noGround, func(f Facts) bool { return grounded(f) || len(f.Withheld) > 0 }, termsToo},
	{"grounds", noGround, func(f Facts) bool { return groundedInLaw(f) || len(f.Withheld) > 0 }, pleadsLaw},
	{"grounds/elements", noEvidence, func(f Facts) bool { return grounded(f) || len(f.Withheld) == 0 }, termsToo},
	{"grounds/elements", noEvidence, func(f Facts) bool { return groundedInLaw(f) || len(f.Withheld) == 0 }, pleadsLaw},
	{"items/indicators", noIndicator, func(f Facts) bool { return hasIndicator(f) || !hasGround(f) && grounded(f) }, termsToo},
	{"unlawful/reasons", "say of each item what makes the content unlawful where no offence is claimed", func(f Facts) bool {
		return everyUnlawful(f, "reasons", func(u Unlawful) bool { return everySaid(f, u, reasonsOf) })
	}, pleading},
	{"unlawful/weighing", "say of each item why freedom of expression and information does not prevail", func(f Facts) bool {
		return everyUnlawful(f, "weighing", func(u Unlawful) bool { return everySaid(f, u, weighingOf) })
	}, pleading},
	{"terms/clause", "the notice rests on the addressee's own terms: name the clause", func(f Facts) bool {
		return everyUnlawful(f, kindTerms, func(Unlawful) bool { return f.Terms.Clause != "" })
	}, termsToo},
}

// unlawfulFindings say what a ground without an offence does not do.
func unlawfulFindings(instrument string, f Facts) []Finding {
	var out []Finding
	if police(instrument) {
		if len(f.Unlawful) > 0 && len(f.Grounds) == 0 && len(f.Withheld) == 0 {
			out = append(out, finding("no_offence", "grounds", true, "the assessment names no offence: a report, a klacht and an order are about offences; notice, erasure and civil action stay open"))
		}
		return out
	}
	if !contains(notices, instrument) {
		return nil
	}
	if termsAlone(f) {
		out = append(out, finding("terms_alone", "unlawful/alone", false, "the notice rests on the addressee's own terms alone: it does not call the content illegal and is no notice under art. 16 DSA"))
	}
	if nos := uncovered(f); len(nos) > 0 {
		out = append(out, findingf("item_without_ground", "grounds", false, "the notice names no ground for item %s: assess it, or put it on a track of its own", strings.Trim(strings.ReplaceAll(fmt.Sprint(nos), " ", ", "), "[]")))
	}
	if hasUnlawful(f, kindLaw) && !hasGround(f) {
		out = append(out, finding("weighed_ground", "unlawful", false, "who must weigh a ground gets no actual knowledge from a notice (art. 16(3) DSA): name the offence too, if there is one"))
	}
	if hasUnlawful(f, kindLaw) && !slices.ContainsFunc(f.Items, func(i Item) bool { return i.Audience != "closed" }) && len(f.Items) > 0 {
		out = append(out, finding("household", "unlawful", false, "everything stands in a closed circle: whether the GDPR holds there is for a legal adviser (household exemption, unverified)"))
	}
	return out
}

// claimedUnlawful takes out what nothing shows, as claimed does with offences.
func claimedUnlawful(instrument string, f Facts) (Facts, []Finding) {
	if police(instrument) {
		return f, nil
	}
	var findings []Finding
	var kept []Unlawful
	for n, u := range f.Unlawful {
		lacks := unproven(instrument, f, Ground{Elements: u.Elements, Items: u.Items})
		if !u.Verified || len(lacks) == 0 {
			kept = append(kept, u)
			continue
		}
		f.Withheld = append(f.Withheld, u.ID)
		findings = append(findings, findingf("unproven", fmt.Sprintf("unlawful/%d/elements", n), false,
			"no evidence is named for %s of ground %s: the ground is left out", strings.Join(lacks, ", "), u.ID))
	}
	f.Unlawful = kept
	return f, findings
}

// verifiedUnlawful are the grounds without an offence that this instrument may
// name: none that nobody read, none to the police.
func (v *view) verifiedUnlawful(in []Unlawful) []Unlawful {
	if police(v.Instrument) {
		return nil
	}
	var out []Unlawful
	for n, u := range in {
		if !u.Verified {
			v.note(findingf("unverified", fmt.Sprintf("unlawful/%d", n), false, "the law data hold ground %s unverified: it is left out", u.ID))
			continue
		}
		out = append(out, u)
	}
	return out
}

// Unlawful are the grounds of other law, each with its reasons.
func (v *view) Unlawful() []Unlawful {
	return slices.DeleteFunc(slices.Clone(v.Facts.Unlawful), func(u Unlawful) bool { return u.Kind != kindLaw })
}

// Reasons are what makes the content unlawful, each with the items that it is
// said of; without numbers it is said of every item of the ground.
func (v *view) Reasons(u Unlawful) []indicator { return v.said(u, "unlawful", reasonsOf) }

// Outweighs is why freedom of expression and information does not prevail.
func (v *view) Outweighs(u Unlawful) string {
	var out []string
	for _, w := range v.said(u, "weighing", weighingOf) {
		if w.Nos != "" {
			w.Text += " (" + w.Nos + ")"
		}
		out = append(out, w.Text)
	}
	return v.set.list(out)
}

// Grounding is what makes the content unlawful and what was weighed, for a form's
// long field (art. 16(2)(a) DSA).
func (v *view) Grounding() string {
	var out []string
	for _, u := range v.Unlawful() {
		for _, r := range v.Reasons(u) {
			if r.Nos != "" {
				r.Text = upper(r.Nos) + ": " + r.Text
			}
			out = append(out, r.Text)
		}
		if w := v.Outweighs(u); w != "" {
			out = append(out, v.say("outweighs", w))
		}
	}
	return strings.Join(out, " ")
}

// said are the phrases of what is said of a ground, each once, in their order.
func (v *view) said(u Unlawful, list string, codesOf func(Said) []string) []indicator {
	var codes []string
	where := map[string][]int{}
	all := itemsOf(v.Facts, u.Items)
	for _, s := range u.Said {
		nos := all
		if s.Item != 0 {
			nos = []int{s.Item}
		}
		for _, c := range codesOf(s) {
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
			where[c] = append(where[c], nos...)
		}
	}
	var out []indicator
	for _, c := range codes {
		p, nos := v.phrase(list, c), slices.Compact(slices.Sorted(slices.Values(where[c])))
		switch {
		case p == "":
		case len(nos) >= len(all):
			out = append(out, indicator{"", p})
		default:
			out = append(out, indicator{v.set.itemNos(nos), p})
		}
	}
	return out
}

// TermsAlone reports whether nothing is pleaded but the addressee's own terms.
func (v *view) TermsAlone() bool { return termsAlone(v.Facts) }

// messaging tells what is asked of a messaging service, to which the law data do
// not take art. 16 DSA to apply (domain.md §1.1).
func messaging(instrument string, f Facts) []Finding {
	if instrument != T2 || f.Addressee.ServiceKind != kindMessaging || hostingService(f.Addressee) {
		return nil
	}
	if slices.ContainsFunc(f.Items, func(i Item) bool { return i.Audience == "public" }) {
		return []Finding{finding("messaging_public", "addressee/serviceKind", false, "a messaging service, and an item that anyone can see: for public channels and groups keep a contact of kind hosting or online_platform; to this one the notice does not rest on art. 16 DSA")}
	}
	return []Finding{finding("messaging", "addressee/serviceKind", false, "for private messages art. 16 DSA is not taken to bind a messaging service (unverified): the notice asks without resting on it")}
}

const kindMessaging = "messaging"
