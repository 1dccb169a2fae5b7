package notice

import "slices"

// onFace are the indicators that anyone sees in the content, or right under it.
// That an account did it before, and when, stands elsewhere.
var onFace = []string{"call_to_act", "call_to_identify", "address_and_incitement", "tags", "hashtags", "threat_in_thread"}

// showsItself reports whether an item's data and an indicator of the purpose can
// be seen in it, and where.
func showsItself(i Item) bool {
	return len(i.DataCategories) > 0 && i.Locator != "" &&
		slices.ContainsFunc(i.Indicators, func(c string) bool { return slices.Contains(onFace, c) })
}

// OnFace names the items in which what a notice of doxing rests on can be seen
// (art. 16(3) DSA): by what the assessment found, for no other offence.
func (v *view) OnFace() string {
	if !v.Has("285d") {
		return ""
	}
	var nos []int
	for _, i := range v.Items {
		if v.doxed(i.No) && showsItself(i.Item) {
			nos = append(nos, i.No)
		}
	}
	return v.set.itemNos(nos)
}

// AllOnFace reports that every item shows it, and nothing that the notice tells
// must be looked up elsewhere: only then a text says that no detailed legal
// examination is needed.
func (v *view) AllOnFace() bool {
	told := func(c string) bool { return c != "timing" && !slices.Contains(onFace, c) }
	return v.Has("285d") && len(v.Items) > 0 && !slices.ContainsFunc(v.Items, func(i itemView) bool {
		return !v.doxed(i.No) || !showsItself(i.Item) || slices.ContainsFunc(i.Indicators, told)
	})
}
