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
