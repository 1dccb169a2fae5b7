package notice

import (
	"slices"
	"strings"
	"time"
)

func contains(list []string, s string) bool { return slices.Contains(list, s) }

func hasGround(f Facts) bool {
	return slices.ContainsFunc(f.Grounds, func(g Ground) bool { return g.Verified && g.Article != "" && g.Title != "" })
}

// isShown reports that evidence shows an offence, or that none was found.
func isShown(f Facts) bool { return hasGround(f) || len(f.Withheld) == 0 }

func hasEligible(f Facts) bool {
	return slices.ContainsFunc(f.Grounds, func(g Ground) bool { return g.Verified && g.Eligible && g.EligibleBy != "" })
}

// evidenceOfItems is the evidence of the document's own items: that of other
// tracks' is not listed in a request for an order.
func evidenceOfItems(f Facts) []Evidence {
	ours := func(no int) bool { return slices.ContainsFunc(f.Items, func(i Item) bool { return i.No == no }) }
	return slices.DeleteFunc(slices.Clone(f.Evidence), func(e Evidence) bool { return len(e.Items) > 0 && !slices.ContainsFunc(e.Items, ours) })
}

func everyGround(f Facts, ok func(Ground) bool) bool {
	return !slices.ContainsFunc(f.Grounds, func(g Ground) bool { return g.Verified && !ok(g) })
}

func everyKlacht(f Facts, ok func(Klacht) bool) bool {
	return !slices.ContainsFunc(f.Klachten, func(k Klacht) bool { return !ok(k) })
}

func hasEvent(f Facts) bool {
	return len(f.Events) > 0 || slices.ContainsFunc(f.Items, func(i Item) bool { return !i.FirstSeenAt.IsZero() || !i.PostedAt.IsZero() })
}

// union are the Member States: a provider established in one needs no
// representative under art. 13 DSA.
const union = " AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK "

func inUnion(country string) bool {
	return country == "" || strings.Contains(union, " "+strings.ToUpper(country)+" ")
}

// hasIndicator reports whether an indicator can be told. Timing cannot: it
// gives away what started it.
func hasIndicator(f Facts) bool {
	return slices.ContainsFunc(f.Items, func(i Item) bool {
		return slices.ContainsFunc(i.Indicators, func(c string) bool { return c != "timing" })
	})
}

func hasStillOnline(f Facts) bool {
	return slices.ContainsFunc(f.Items, func(i Item) bool { return i.GoneAt.IsZero() && !i.StillOnlineAt.IsZero() })
}

func seenAfter(f Facts, sent time.Time) bool {
	return slices.ContainsFunc(f.Items, func(i Item) bool { return i.GoneAt.IsZero() && i.StillOnlineAt.After(sent) })
}

// hostingService reports whether the law data bind an addressee to art. 16 DSA.
func hostingService(a Addressee) bool { return contains(a.Articles, "16") }

// communicates reports whether a provider falls under art. 138g Sv by its kind of
// service: for others a legal adviser says why.
func communicates(a Addressee) bool {
	return contains([]string{"hosting", "online_platform", "messaging"}, a.ServiceKind)
}

func hasFiledReport(f Facts) bool {
	return slices.ContainsFunc(f.Reports, func(r Report) bool { return r.Registration != "" && !r.FiledAt.IsZero() })
}

func vpt(f Facts) bool {
	return slices.ContainsFunc(f.Reports, func(r Report) bool { return r.VPTRequested })
}

func hasOwnNotice(f Facts) bool {
	return slices.ContainsFunc(f.Earlier, func(e Earlier) bool { return !e.Police })
}

func everySealed(f Facts, ok func(SealedPerson) bool) bool {
	return f.Sealed == nil || !slices.ContainsFunc(f.Sealed.Persons, func(p SealedPerson) bool { return !ok(p) })
}

// askedProvider are the notices that reached whom the order would be about: a
// letter to somebody else says nothing of what this provider did with one.
func askedProvider(f Facts) []Earlier {
	return slices.DeleteFunc(slices.Clone(f.Earlier), func(e Earlier) bool { return !e.ToProvider || !contains(notices, e.Instrument) })
}

// notAsked are the items that no notice to the provider was about, where it got
// one: a notice without items was about all of its track.
func notAsked(f Facts) []int {
	asked := askedProvider(f)
	var out []int
	for _, i := range f.Items {
		if len(asked) > 0 && !slices.ContainsFunc(asked, func(e Earlier) bool { return len(e.Items) == 0 || slices.Contains(e.Items, i.No) }) {
			out = append(out, i.No)
		}
	}
	return out
}

// everyKlachtRecorded says that for each offence prosecuted on a klacht each
// person that it was done to has theirs on record (arts 64 to 67 Sr): nobody's
// stands for another's.
func everyKlachtRecorded(f Facts) bool { return klachtOfEach(f, "yes") }

// everyConditionalAnswered says that for each offence that the law asks a klacht
// for under a condition it is on record of each person whether one is needed.
func everyConditionalAnswered(f Facts) bool { return klachtOfEach(f, "conditional") }

func klachtOfEach(f Facts, klacht string) bool {
	return everyGround(f, func(g Ground) bool {
		of := g.KlachtOf
		if len(of) == 0 {
			for _, p := range f.Persons {
				of = append(of, p.Mark)
			}
		}
		return g.Klacht != klacht || !slices.ContainsFunc(of, func(mark string) bool {
			return !slices.ContainsFunc(f.Klachten, func(k Klacht) bool {
				return k.Mark == mark && k.Offence == g.Offence && (!k.NotNeeded || klacht == "conditional")
			})
		})
	})
}
