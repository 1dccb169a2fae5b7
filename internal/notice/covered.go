package notice

import "slices"

// numbers of items that something was said of.
type numbers []int

func (n numbers) has(no int) bool { return slices.Contains(n, no) }

// illegal are the items of which an offence or another law is pleaded: of no
// other a text says that it is illegal (art. 16(2)(a) DSA).
func illegal(f Facts) numbers {
	var out numbers
	for _, g := range f.Grounds {
		if g.Verified {
			out = append(out, itemsOf(f, g.Items)...)
		}
	}
	for _, u := range f.Unlawful {
		if u.Verified && u.Kind == kindLaw {
			out = append(out, itemsOf(f, u.Items)...)
		}
	}
	return out
}

// againstTerms are the items that the assessment found against the addressee's
// own terms.
func againstTerms(f Facts) numbers {
	var out numbers
	for _, u := range f.Unlawful {
		if u.Verified && u.Kind == kindTerms {
			out = append(out, itemsOf(f, u.Items)...)
		}
	}
	return out
}

// uncovered names the items of which a notice pleads nothing, where it pleads
// something of others.
func uncovered(f Facts) []int {
	var out []int
	law, terms := illegal(f), againstTerms(f)
	for _, i := range f.Items {
		if grounded(f) && !law.has(i.No) && !terms.has(i.No) {
			out = append(out, i.No)
		}
	}
	return out
}

// some names the items that ok holds of, in the letter's order; empty where it
// holds of all.
func (v *view) some(ok func(no int) bool) string {
	var nos []int
	for _, i := range v.Items {
		if ok(i.No) {
			nos = append(nos, i.No)
		}
	}
	if len(nos) == len(v.Items) {
		return ""
	}
	return v.set.itemNos(nos)
}

// IllegalNos names the items that the text calls illegal, where these are not
// all.
func (v *view) IllegalNos() string {
	if v.TermsAlone() {
		return ""
	}
	return v.some(illegal(v.Facts).has)
}

// TermsNos names the items that are against the addressee's own terms, where
// these are not all.
func (v *view) TermsNos() string { return v.some(againstTerms(v.Facts).has) }

// TermsOnlyNos names those of them that nothing calls illegal.
func (v *view) TermsOnlyNos() string {
	law, terms := illegal(v.Facts), againstTerms(v.Facts)
	if v.TermsAlone() {
		return ""
	}
	return v.some(func(no int) bool { return terms.has(no) && !law.has(no) })
}

// TermsBeside reports whether what is against the terms is called illegal too.
func (v *view) TermsBeside() bool {
	law, terms := illegal(v.Facts), againstTerms(v.Facts)
	return !v.TermsAlone() && !slices.ContainsFunc(v.Items, func(i itemView) bool {
		return !law.has(i.No) && (len(terms) == 0 || terms.has(i.No))
	})
}

// DoxingNos names the items that doxing was found in, where these are not all.
func (v *view) DoxingNos() string { return v.some(v.doxed) }

// doxed reports whether an item is one that doxing is pleaded of.
func (v *view) doxed(no int) bool {
	return slices.ContainsFunc(v.Facts.Grounds, func(g Ground) bool {
		return g.Offence == "285d" && slices.Contains(itemsOf(v.Facts, g.Items), no)
	})
}
