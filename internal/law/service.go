package law

import "slices"

// section3 are the articles that fall away for micro and small enterprises
// (art. 19 DSA), but for 24(3).
var section3 = []string{"20", "21", "22", "23", "24"}

// onlinePlatform is the kind of service that arts 20 to 24 are for.
const onlinePlatform = "online_platform"

// DSAArticles lists the DSA articles that apply to a kind of service
// (domain.md §1.1): section 3 falls away for micro and small enterprises
// (art. 19), arts 33 to 43 come on top for those designated under art. 33. An
// unknown kind has none.
func (d *Data) DSAArticles(serviceKind string, microOrSmall, vlop bool) []string {
	i := slices.IndexFunc(d.services, func(s Service) bool { return s.ID == serviceKind })
	if i < 0 {
		return nil
	}
	out := slices.Clone(d.services[i].Articles)
	if microOrSmall && !vlop && serviceKind == onlinePlatform {
		out = slices.DeleteFunc(out, func(a string) bool { return slices.Contains(section3, a) })
		out = append(out, "24(3)")
	}
	if vlop {
		out = append(out, "33-43")
	}
	return out
}

// The facts that choose between rungs on the same edge (Rung.When).
const (
	// FactOnlinePlatform says that arts 20 to 24 DSA apply to the addressee.
	FactOnlinePlatform = onlinePlatform
	// FactContactPolice says that the addressee is a police unit.
	FactContactPolice = "contact_police"
)

// Facts names what holds for an addressee by its service, for Ladder.Next.
func Facts(serviceKind string, microOrSmall, vlop bool) []string {
	if serviceKind == onlinePlatform && (!microOrSmall || vlop) {
		return []string{FactOnlinePlatform}
	}
	return nil
}

// urgentCategories make a platform's decision a matter of 48 hours (C3): where
// somebody can be found, called, or reached through the family.
var urgentCategories = []string{"home_address", "phone", "family", "school", "live_location"}

// DecisionClock picks the clock for a platform's decision: C2 for life or
// safety, C3 for home address, phone, family (a child's school too) or live
// location, C4 else.
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
