package notice

import (
	"strings"
	"testing"
)

// A sentence stands in a text only where a field of the case says it.
func TestSentencesFollowFromFields(t *testing.T) {
	for name, c := range map[string]struct {
		instrument, language string
		set                  func(*Facts)
		says                 string
		silent               []string
	}{
		"established":    {T5, "nl", func(f *Facts) { f.Supervision.Located = "established" }, "De afnemer van de dienst is gevestigd in Nederland.", []string{"woont in Nederland"}},
		"lives":          {T5, "en", func(f *Facts) { f.Supervision.Located = "lives" }, "The recipient of the service lives in the Netherlands.", []string{"established in the Netherlands"}},
		"seen elsewhere": {T2, "nl", func(f *Facts) { f.Items[1].Indicators = []string{"history"} }, "in de inhoud zelf te zien: onderdeel 1.", []string{"juridisch onderzoek"}},
		"seen nowhere":   {T1, "en", func(f *Facts) { eachItem(f, func(i *Item) { i.Indicators = []string{"history"} }) }, "The same account posted such data before.", []string{"in the content itself", "evidently", "legal examination"}},
		"no place known": {T1, "nl", func(f *Facts) { eachItem(f, func(i *Item) { i.Locator = "" }) }, "Doxing is strafbaar", []string{"in de inhoud zelf", "evident"}},
		"complaint": {T4, "nl", func(f *Facts) {
			f.ComplaintGrounds = []string{"visible"}
			eachItem(f, func(i *Item) { i.Indicators = []string{"history"} })
		}, "Onze melding noemt welke soorten gegevens", []string{"in de inhoud zelf te zien"}},
		"complaint on terms alone": {T4, "nl", func(f *Facts) {
			f.Grounds, f.Unlawful = nil, []Unlawful{ownTerms(f)}
			f.Terms, f.ComplaintGrounds = Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}, []string{"terms_only"}
		}, "De inhoud is volgens ons in strijd met uw eigen voorwaarden: huisregel 4", []string{"ook over de wet", "beide te toetsen", "285d"}},
		"no public task, data kept":       {T8b, "nl", func(f *Facts) { f.Organisation.PublicTask, f.Reports = false, nil }, "artikel 126ni Sv", []string{"VPT", "Publieke Taak", "publieke taak"}},
		"no public task to keep data for": {T8b, "en", func(f *Facts) { f.Organisation.PublicTask, f.Reports = false, nil }, "Article 126ni", []string{"VPT", "public task"}},
		"marking asked for": {T8b, "nl", func(f *Facts) {
			f.Organisation.PublicTask, f.Reports = false, []Report{{Kind: "aangifte", VPTRequested: true}}
		}, "Deze zaak valt onder de Veilige Publieke Taak", nil},
		"no public task":        {T12, "nl", func(f *Facts) { f.Organisation.PublicTask, f.Reports[0].VPTRequested = false, false }, "gegevens van een medewerker (", []string{"publieke taak heeft", "een publieke taak."}},
		"a public task":         {T12, "en", func(f *Facts) { f.Organisation.PublicTask = false }, "The person concerned has a public task.", nil},
		"no public task, short": {T2, "en", func(f *Facts) { f.Organisation.PublicTask = false }, "of an employee. ", []string{"public task"}},
	} {
		f := demoFacts(c.instrument)
		if c.language == "en" {
			f = inEnglish(f)
		}
		c.set(&f)
		d, _, err := Compose(c.instrument, c.language, f)
		if err != nil {
			t.Fatal(err)
		}
		text := whole(d)
		if !strings.Contains(text, c.says) {
			t.Errorf("%s: does not say %q:\n%s", name, c.says, text)
		}
		for _, not := range c.silent {
			if strings.Contains(text, not) {
				t.Errorf("%s: says %q", name, not)
			}
		}
	}
}

// A request for an order says which items the provider was asked about, and that
// it was not about the others: that is owed a reason.
func TestANoticeAboutPartIsTold(t *testing.T) {
	for language, says := range map[string][]string{
		"nl": {"zelf om verwijdering van onderdeel 3.", "Over onderdeel 1 deden wij bij deze aanbieder geen melding."},
		"en": {"for removal of item 3 ourselves.", "We did not notify this provider of item 1."},
	} {
		f := demoFacts(T7)
		if language == "en" {
			f = inEnglish(f)
		}
		more := demoItems()[0]
		more.StillOnlineAt = f.Items[0].StillOnlineAt
		f.Items = append(f.Items, more)
		d, findings, err := Compose(T7, language, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range says {
			if !strings.Contains(d.Text, want) {
				t.Errorf("does not say %q", want)
			}
		}
		if got := fields(findings); len(got) != 1 || got[0] != "earlier" {
			t.Errorf("blocking: %v", got)
		}
		f.Waiting = "spread"
		if _, findings, err = Compose(T7, language, f); err != nil || len(blocking(findings)) > 0 || !contains(codes(findings), "partly_asked") {
			t.Errorf("with a reason: %+v, %v", blocking(findings), err)
		}
		f.Items = f.Items[:1]
		if d, findings, err = Compose(T7, language, f); err != nil || contains(codes(findings), "partly_asked") || strings.Contains(d.Text, "van onderdeel 3.") {
			t.Errorf("all were asked about: %+v, %v", codes(findings), err)
		}
	}
}
