package notice

import "slices"

// What a notice claimed, as its document recorded it when it was drafted: a later
// letter tells of it what it said then, whatever the assessment says today.
const (
	claimsArticle16 = "art16"   // something illegal, as a notice under art. 16 DSA
	claimsIllegal   = "illegal" // something illegal, to a service that art. 16 DSA is not taken to bind
	claimsTerms     = "terms"   // the addressee's own terms alone
)

// claims is what a notice's text claims; empty for any other instrument.
func (v *view) claims() string {
	switch {
	case !contains(notices, v.Instrument):
		return ""
	case v.TermsAlone():
		return claimsTerms
	case v.DSA():
		return claimsArticle16
	}
	return claimsIllegal
}

// names are the grounds that a notice's text names.
func (v *view) names() []string {
	if !contains(notices, v.Instrument) {
		return nil
	}
	var out []string
	for _, g := range v.Facts.Grounds {
		out = append(out, g.Offence)
	}
	for _, u := range v.Facts.Unlawful {
		out = append(out, u.ID)
	}
	return out
}

// goesOnFrom is the notice that a text goes on from: the one that was decided on, else
// the latest.
func (v *view) goesOnFrom() Earlier {
	ref := of(v.Facts.Decision).NoticeRef
	for _, e := range v.Facts.Earlier {
		if (e.Instrument == T1 || e.Instrument == T2) && e.Reference == ref {
			return e
		}
	}
	return v.Notice()
}

// NoticeNames reports whether the notice that this text goes on from is known to
// name a ground.
func (v *view) NoticeNames(ground string) bool { return slices.Contains(v.goesOnFrom().Names, ground) }

// NoticeDSA reports whether that notice was one under art. 16 DSA. Of one that
// nothing is recorded of, the law data and what is pleaded now decide.
func (v *view) NoticeDSA() bool {
	if c := v.goesOnFrom().Claims; c != "" {
		return c == claimsArticle16
	}
	to := v.Facts.Addressee
	if elsewhere(v.Instrument) {
		to = *v.Facts.Provider
	}
	return hostingService(to) && !v.TermsAlone()
}

// noticeOnTerms reports whether that notice was about the addressee's own terms
// alone.
func (v *view) noticeOnTerms() bool {
	if c := v.goesOnFrom().Claims; c != "" {
		return c == claimsTerms
	}
	return v.TermsAlone()
}

// underArticle16 are what art. 16(4) to (6) DSA asks on a notice under it.
var underArticle16 = []string{"receipt", "decision", "diligence"}

// notArticle16 refuses a complaint that art. 16(4) to (6) DSA was infringed where
// none of our notices was one under that article.
func notArticle16(instrument string, f Facts) []Finding {
	if instrument != T5 || !slices.ContainsFunc(of(f.Supervision).Breaches, func(c string) bool { return contains(underArticle16, c) }) {
		return nil
	}
	ours := 0
	for _, e := range f.Earlier {
		if e.Instrument != T1 && e.Instrument != T2 {
			continue
		}
		if ours++; e.Claims == "" || e.Claims == claimsArticle16 {
			return nil
		}
	}
	if ours == 0 {
		return nil // said of the chronology
	}
	return []Finding{finding("not_article_16", "supervision/breaches", true, "none of our notices to this provider was one under art. 16 DSA, so its paragraphs 4 to 6 asked nothing on them: leave receipt, decision and diligence out")}
}
