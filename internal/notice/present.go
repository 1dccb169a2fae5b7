package notice

import (
	"slices"
	"time"
)

func contains(list []string, s string) bool { return slices.Contains(list, s) }

func hasGround(f Facts) bool {
	return slices.ContainsFunc(f.Grounds, func(g Ground) bool { return g.Verified && g.Article != "" && g.Title != "" })
}

func hasEligible(f Facts) bool {
	return slices.ContainsFunc(f.Grounds, func(g Ground) bool { return g.Verified && g.Eligible && g.EligibleBy != "" })
}

func hasElements(f Facts) bool {
	return !slices.ContainsFunc(f.Grounds, func(g Ground) bool { return g.Verified && len(g.Elements) == 0 })
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

func hostingService(a Addressee) bool {
	return a.ServiceKind == "hosting" || a.ServiceKind == onlinePlatform
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

func needsKlacht(f Facts) bool {
	return slices.ContainsFunc(f.Grounds, func(g Ground) bool { return g.Verified && g.Klacht == "yes" })
}
