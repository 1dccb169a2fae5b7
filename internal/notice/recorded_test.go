package notice

import (
	"slices"
	"strings"
	"testing"
)

// A notice's draft says what the notice claims and names, no other draft does.
func TestANoticeRecordsWhatItClaims(t *testing.T) {
	onTerms := func(f *Facts) {
		f.Grounds, f.Unlawful, f.Terms = nil, []Unlawful{ownTerms(f)}, Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}
	}
	for name, c := range map[string]struct {
		instrument string
		set        func(*Facts)
		claims     string
		names      []string
	}{
		"offence": {T2, func(*Facts) {}, "art16", []string{"285d"}},
		"both":    {T1, func(f *Facts) { f.Unlawful = []Unlawful{unlawfulProcessing(f, "nl")} }, "art16", []string{"285d", "avg17-1-d"}},
		"terms":   {T2, onTerms, "terms", []string{"own_terms"}},
		"messaging": {T2, func(f *Facts) {
			f.Addressee.ServiceKind, f.Addressee.Articles = "messaging", []string{"12"}
		}, "illegal", []string{"285d"}},
		"complaint": {T4, func(*Facts) {}, "", nil},
	} {
		f := demoFacts(c.instrument)
		c.set(&f)
		if d, _ := compose(t, c.instrument, f); d.Claims != c.claims || !slices.Equal(d.Names, c.names) {
			t.Errorf("%s: claims %q, names %v", name, d.Claims, d.Names)
		}
	}
}

// recordedAs makes the earlier notices what their documents recorded.
func recordedAs(f *Facts, claims string, names ...string) {
	f.Earlier = slices.Clone(f.Earlier)
	for n := range f.Earlier {
		f.Earlier[n].Claims, f.Earlier[n].Names = claims, names
	}
}

// A letter that goes on from a notice says of it what it said then: today's
// assessment adds nothing to it.
func TestALaterLetterTellsWhatTheNoticeSaid(t *testing.T) {
	for _, c := range []struct {
		name, instrument string
		claims           string
		names            []string
		says, not        string
	}{
		{"named", T4, "art16", []string{"285d"}, "Onze melding noemt artikel 285d", "Doxing is strafbaar"},
		{"found since", T4, "art16", []string{"avg17-1-d"}, "Doxing is strafbaar volgens artikel 285d", "Onze melding noemt artikel"},
		{"nothing recorded", T4, "", nil, "Doxing is strafbaar volgens artikel 285d", "Onze melding noemt artikel"},
		{"terms alone", T4, "terms", []string{"own_terms"}, "Onze melding noemt welke soorten gegevens", "Onze melding gaat ook over de wet"},
		{"dispute", T4b, "art16", []string{"285d"}, "deden wij een melding volgens artikel 16 DSA", "deden wij een melding ("},
		{"dispute on terms", T4b, "terms", []string{"own_terms"}, "deden wij een melding (", "artikel 16"},
		{"dispute, nothing recorded", T4b, "", nil, "deden wij een melding volgens artikel 16 DSA", "deden wij een melding ("},
		{"reminder", T3, "art16", []string{"285d"}, "artikel 16", "zz"},
		{"reminder on terms", T3, "terms", []string{"own_terms"}, "Wij hebben nog geen ontvangstbevestiging", "artikel 16"},
	} {
		f := demoFacts(c.instrument)
		recordedAs(&f, c.claims, c.names...)
		d, findings := compose(t, c.instrument, f)
		if b := blocking(findings); len(b) > 0 || !strings.Contains(d.Text, c.says) || strings.Contains(d.Text, c.not) {
			t.Errorf("%s: blocking %+v, wants %q and not %q:\n%s", c.name, b, c.says, c.not, d.Text)
		}
	}
}

// A dispute about a notice on the platform's own terms says which.
func TestADisputeTellsThePlatformsTerms(t *testing.T) {
	f := demoFacts(T4b)
	recordedAs(&f, claimsTerms, "own_terms")
	f.Grounds, f.Unlawful, f.Terms = nil, []Unlawful{ownTerms(&f)}, Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}
	eachItem(&f, func(i *Item) { i.Indicators = nil })
	d, findings := compose(t, T4b, f)
	if b := blocking(findings); len(b) > 0 || !strings.Contains(d.Text, "De inhoud is volgens ons in strijd met de voorwaarden van het platform: huisregel 4") {
		t.Errorf("blocking %+v:\n%s", b, d.Text)
	}
	for _, not := range []string{"illegaal", "strafbaar", "artikel 16", "uw eigen"} {
		if strings.Contains(whole(d), not) {
			t.Errorf("says %q:\n%s", not, whole(d))
		}
	}
}

// Art. 23(1) DSA is about illegal content: neither a notice on own terms nor one
// about another page pleads an account's habit.
func TestAHabitIsOfIllegalContent(t *testing.T) {
	for _, instrument := range []string{T2, T4} {
		f := demoFacts(instrument)
		eachItem(&f, func(i *Item) { i.Indicators = append(slices.Clone(i.Indicators), "history") })
		if d, _ := compose(t, instrument, f); !strings.Contains(d.Text, "rtikel 23, lid 1") {
			t.Errorf("%s pleads no habit:\n%s", instrument, d.Text)
		}
		f.Grounds, f.Unlawful, f.Terms = nil, []Unlawful{ownTerms(&f)}, Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}
		if d, _ := compose(t, instrument, f); strings.Contains(d.Text, "rtikel 23") {
			t.Errorf("%s on own terms pleads a habit:\n%s", instrument, d.Text)
		}
	}
	f := demoFacts(T8a)
	if d, _ := compose(t, T8a, f); !strings.Contains(d.Text, "rtikel 23, lid 1") {
		t.Fatalf("no habit:\n%s", d.Text)
	}
	recordedAs(&f, claimsTerms, "own_terms")
	if d, _ := compose(t, T8a, f); strings.Contains(d.Text, "rtikel 23") {
		t.Errorf("notices on own terms show a habit:\n%s", d.Text)
	}
}

// Art. 16(4) to (6) DSA asks something on a notice under art. 16 alone.
func TestABreachOfArticle16NeedsItsNotice(t *testing.T) {
	for _, c := range []struct {
		claims   string
		breaches []string
		refused  bool
	}{
		{"art16", []string{"receipt", "decision"}, false},
		{"", []string{"receipt"}, false},
		{"terms", []string{"receipt"}, true},
		{"illegal", []string{"misuse", "diligence"}, true},
		{"terms", []string{"contact_point", "mechanism", "complaint"}, false},
	} {
		f := demoFacts(T5)
		recordedAs(&f, c.claims)
		f.Supervision.Breaches = c.breaches
		_, findings := compose(t, T5, f)
		n := slices.IndexFunc(findings, func(f Finding) bool { return f.Code == "not_article_16" })
		if (n >= 0) != c.refused || c.refused && (!findings[n].Blocking || findings[n].Where == "" || findings[n].Dutch.Message == "") {
			t.Errorf("%q, %v: %+v", c.claims, c.breaches, findings)
		}
	}
}
