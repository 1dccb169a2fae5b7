package notice

import (
	"slices"
	"strings"
	"testing"
)

// What domain.md §8 asks of an instrument and a text can be held to, by
// instrument: a draft says it in both languages, and an edit that leaves nothing
// of the text is asked for each.
var asked = map[string]string{
	T1:  "reference name mailbox role ground url statement request answers confidential",
	T2:  "reference name mailbox role ground url statement request answers confidential",
	T3:  "reference name mailbox earlier nextStep url",
	T4:  "reference name mailbox earlier request",
	T4b: "reference name mailbox request provider",
	T5:  "reference name mailbox request provider",
	T6:  "reference name mailbox mandate subject request",
	T7:  "reference name mailbox provider request ground url",
	T8a: "reference name mailbox request",
	T8b: "reference name mailbox request",
	T12: "reference name mailbox ground url",
	T13: "reference name mailbox mandate subject earlier provider request",
	T14: "reference name mailbox request",
}

func TestAnEditIsHeldToWhatADraftMustSay(t *testing.T) {
	for instrument, want := range asked {
		for _, language := range Languages() {
			f := demoFacts(instrument)
			if language == "en" {
				f = inEnglish(f)
			}
			d, _, err := Compose(instrument, language, f)
			if err != nil {
				t.Fatal(err)
			}
			if found := Lost(d.Required, d); len(found) > 0 {
				t.Errorf("%s %s: the draft itself lacks %+v", instrument, language, found)
			}
			edited := d
			edited.Text, edited.Form = "Haal het weg.", nil
			found := Lost(d.Required, edited)
			for _, what := range strings.Fields(want) {
				i := slices.IndexFunc(found, func(f Finding) bool {
					return f.Code == "edited_out" && f.Blocking && (f.Field == "text/"+what || strings.HasPrefix(f.Field, "text/"+what+"/"))
				})
				if i < 0 {
					t.Errorf("%s %s: nobody asks for %s", instrument, language, what)
					continue
				}
				if f := found[i]; f.Why == "" || f.Where == "" || f.Dutch.Message == "" || f.Dutch.Why == "" || f.Dutch.Where == "" {
					t.Errorf("%s %s: %s is not explained: %+v", instrument, language, what, f)
				}
			}
		}
	}
}

// A passage may be broken into lines anew, and stand at a sentence's end; within
// another word or address it is none.
func TestWhatCountsAsStillThere(t *testing.T) {
	for _, c := range []struct {
		text string
		p    Passage
		want bool
	}{
		{"Zie <https://forum.example/t/1>.", Passage{What: "url", Text: "https://forum.example/t/1"}, true},
		{"Zie https://forum.example/t/10", Passage{What: "url", Text: "https://forum.example/t/1"}, false},
		{"kenmerk TD-2027-1A, en", Passage{What: "reference", Text: "TD-2027-1A"}, true},
		{"kenmerk TD-2027-1AB en TD-2027-1A", Passage{What: "reference", Text: "TD-2027-1A"}, true},
		{"kenmerk TD-2027-1AB", Passage{What: "reference", Text: "TD-2027-1A"}, false},
		{"Verwijder\n  de inhoud.", Passage{What: "request", Text: "Verwijder de inhoud."}, true},
		{"Verwijder alles.", Passage{What: "request", Text: "Verwijder de inhoud."}, false},
	} {
		if got := readingOf(c.text).holds(c.p); got != c.want {
			t.Errorf("%q holds %q: %v", c.text, c.p.Text, got)
		}
	}
}

// A short field of a form has no room for all of it: what a person shortens there
// is no loss, what has a field of its own is.
func TestAFormMayBeShortened(t *testing.T) {
	f := demoFacts(T2)
	f.Addressee.Form = []FormField{{Name: "link"}, {Name: "e-mail"}, {Name: "toelichting", Limit: 120}}
	d, _, err := Compose(T2, "nl", f)
	if err != nil {
		t.Fatal(err)
	}
	short := d
	short.Form = slices.Clone(d.Form)
	short.Form[2].Text = "Een woonadres staat in regel 2."
	if found := Lost(d.Required, short); len(found) > 0 {
		t.Errorf("a shortened explanation: %+v", found)
	}
	short.Form[0].Text = ""
	if found := Lost(d.Required, short); len(found) != len(f.Items) || !strings.HasPrefix(found[0].Field, "text/url/") {
		t.Errorf("without the locations: %+v", found)
	}
}

// A klacht is of each person and for each offence that needs one.
func TestAKlachtIsOfEachPersonForEachOffence(t *testing.T) {
	f := Facts{Grounds: []Ground{
		{Offence: "285b", Verified: true, Klacht: "yes", KlachtOf: []string{"A1", "A2"}},
		{Offence: "318", Verified: true, Klacht: "yes", KlachtOf: []string{"A2"}},
		{Offence: "285d", Verified: true, Klacht: "no", KlachtOf: []string{"A1", "A2"}},
	}}
	for n, k := range []Klacht{{Mark: "A1", Offence: "285b"}, {Mark: "A1", Offence: "318"}, {Mark: "A2", Offence: "285b"}, {Mark: "A2", Offence: "318"}} {
		if f.Klachten = append(f.Klachten, k); everyKlachtRecorded(f) != (n == 3) {
			t.Errorf("with %+v: %v", f.Klachten, everyKlachtRecorded(f))
		}
	}
}

// Of an offence with a conditional klacht it is known of each person whether one is
// needed; that none is stands in the text as our view, with the condition.
func TestAConditionalKlachtIsAnsweredForEachPerson(t *testing.T) {
	f := Facts{Grounds: []Ground{{Offence: "261", Verified: true, Klacht: "conditional", KlachtOf: []string{"A1", "A2"}}}}
	for n, k := range []Klacht{{Mark: "A1", Offence: "261", NotNeeded: true}, {Mark: "A2", Offence: "262"}, {Mark: "A2", Offence: "261"}} {
		if f.Klachten = append(f.Klachten, k); everyConditionalAnswered(f) != (n == 2) {
			t.Errorf("with %+v: %v", f.Klachten, everyConditionalAnswered(f))
		}
	}
	for _, instrument := range []string{T7, T12} {
		f := demoFacts(instrument)
		withoutKlacht(&f)
		for language, want := range map[string]string{
			"nl": "is volgens ons geen klacht nodig van de betrokkene (A1). De voorwaarde in de wet: klacht nodig, tenzij artikel 267 van toepassing is.",
			"en": "no complaint by the person concerned (klacht) is needed in our view (A1). The condition in the law: klacht nodig, tenzij artikel 267 van toepassing is.",
		} {
			d, _, err := Compose(instrument, language, f)
			if err != nil || !strings.Contains(d.Text, want) || strings.Contains(d.Text, "een klacht nodig van de betrokkene zelf (A1)") {
				t.Errorf("%s %s: %v\n%s", instrument, language, err, d.Text)
			}
		}
	}
}

// A ground whose paragraph is part of its code ("285-1") stands in a letter as an
// article and a paragraph: an edit that takes the article out is told all the same.
func TestAnEditKeepsTheGroundOfAParagraph(t *testing.T) {
	for _, offence := range []string{"285-1", "285-2", "137c-3", "137d-1", "137d-2"} {
		for _, language := range Languages() {
			f := demoFacts(T1)
			if language == "en" {
				f = inEnglish(f)
			}
			f.Grounds = f.Grounds[:1]
			article, _, _ := strings.Cut(offence, "-")
			f.Grounds[0].Offence, f.Grounds[0].Article = offence, "artikel "+article+", eerste lid, van het Wetboek van Strafrecht"
			if language == "en" {
				f.Grounds[0].Article = "article " + article + ", first paragraph, of the Criminal Code"
			}
			d, _, err := Compose(T1, language, f)
			if err != nil {
				t.Fatal(err)
			}
			edited := d
			edited.Text = strings.ReplaceAll(d.Text, article, "")
			if edited.Text == d.Text {
				t.Fatalf("%s %s: the letter does not name article %s", offence, language, article)
			}
			if !slices.ContainsFunc(Lost(d.Required, edited), func(f Finding) bool { return f.Field == "text/ground" }) {
				t.Errorf("%s %s: the ground may be taken out", offence, language)
			}
		}
	}
}
