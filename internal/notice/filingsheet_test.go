package notice

import (
	"strings"
	"testing"
	"time"
)

// The sheet says the same in both languages and all forms, and a text from
// outside stays text.
func TestTheFilingSheet(t *testing.T) {
	t.Parallel()
	hostile := "</textarea><script>x</script>\nregel 2"
	for _, language := range Languages() {
		f := FilingSheet{
			Language: language, Organisation: "Praktijk <Voorbeeld>", Mailbox: "meldpunt@praktijk.example", Addressee: "Platform\nLtd.", URL: "https://platform.example/melden?a=1&b=2",
			Document: "doc_1", ContentHash: "abc", Reference: "TD-2027-1", DraftedAt: time.Date(2027, 3, 22, 8, 0, 0, 0, time.UTC), SendBy: time.Date(2027, 3, 25, 8, 0, 0, 0, time.UTC),
			Fields: []FormText{{Name: "uitleg", Kind: "explanation", Text: hostile, Limit: 100}, {Name: "wie", Kind: "choice", Text: "Nee"}, {Name: "kleur"}, {Name: "link", Text: "https://a.example/?b&c"}},
		}
		text, err := f.Text()
		if err != nil || !strings.Contains(string(text), "\n-----\n"+hostile+"\n-----\n") || !strings.Contains(string(text), "Platform Ltd.") {
			t.Errorf("%s: %v\n%s", language, err, text)
		}
		page, err := f.HTML()
		if err != nil || strings.Contains(string(page), "<script") || strings.Contains(string(page), "<Voorbeeld>") {
			t.Errorf("%s: %v\n%s", language, err, page)
		}
		for _, must := range []string{">\n&lt;/textarea&gt;&lt;script&gt;x&lt;/script&gt;\nregel 2</textarea>", `aria-labelledby="field1"`, `<html lang="` + language, "Nee", "https://a.example/?b&amp;c"} {
			if !strings.Contains(string(page), must) {
				t.Errorf("%s: no %q in\n%s", language, must, page)
			}
		}
		if strings.Contains(string(page), "<a ") || strings.Contains(string(text), "%!") {
			t.Errorf("%s: a link, or a gap:\n%s", language, text)
		}
		first, err := f.PDF()
		again, _ := f.PDF()
		if err != nil || string(first) != string(again) {
			t.Errorf("%s: not the same bytes, %v", language, err)
		}
		f.Mandated = true
		if of, _ := f.Text(); string(of) == string(text) {
			t.Errorf("%s: a mandate changes nothing", language)
		}
	}
}

// The sheet says what the register knows of the form's question who files, with
// its source and how far that goes; what is not known stands on no sheet.
func TestTheSheetSaysWhoFiles(t *testing.T) {
	t.Parallel()
	sheet := func(change func(*FilingSheet)) string {
		t.Helper()
		f := FilingSheet{Language: "nl", Organisation: "Praktijk Voorbeeld", Mailbox: "meldpunt@praktijk.example"}
		change(&f)
		text, err := f.Text()
		if err != nil || strings.Contains(string(text), "%!") {
			t.Fatalf("%v\n%s", err, text)
		}
		return string(text)
	}
	all := FormCustom{Person: "Alleen de persoon.\nGeen collega's.", Source: "platform.example/help", Read: "2026-07-22", Flag: "S", Account: "yes", IdentityDoc: "yes"}
	for _, c := range []struct {
		change func(*FilingSheet)
		want   []string
		not    []string
	}{
		{
			func(*FilingSheet) {},
			[]string{"account van de organisatie (meldpunt@praktijk.example), nooit dat van de medewerker", "Antwoord nee", "nooit vertegenwoordiger of gemachtigde"},
			[]string{"contactregister"},
		},
		{
			func(f *FilingSheet) { f.Known = all },
			[]string{"van dit formulier: Alleen de persoon. Geen collega's.", "platform.example/help, gelezen 2026-07-22 (uit de tweede hand)", "om in te loggen", "identiteitsbewijs van de betrokkene"},
			[]string{"niet vastgelegd"},
		},
		{
			func(f *FilingSheet) {
				f.Mandated, f.Known = true, FormCustom{Person: "Alleen de persoon.", Account: "no"}
			},
			[]string{"Kies gemachtigde of vertegenwoordiger", "Een bron daarvan is niet vastgelegd", "zonder account"},
			[]string{"nooit vertegenwoordiger", "identiteitsbewijs"},
		},
	} {
		text := sheet(c.change)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("%q in\n%s", not, text)
			}
		}
	}
	english := sheet(func(f *FilingSheet) { f.Language, f.Known = "en", all })
	if !strings.Contains(english, "second hand") || !strings.Contains(english, "never representative or agent") {
		t.Errorf("in English:\n%s", english)
	}
}

// Of a form without known fields the sheet gives the whole text and every location
// to copy, and says that the fields are not known.
func TestTheSheetOfAFormThatNobodyKnows(t *testing.T) {
	t.Parallel()
	for language, unknown := range map[string]string{"nl": "De velden van dit formulier zijn niet bekend.", "en": "The fields of this form are not known."} {
		f := FilingSheet{Language: language, Whole: "Wij melden.\nTot zover.", Locations: []string{"https://a.example/1", "https://a.example/2"}}
		text, err := f.Text()
		for _, want := range []string{"\n-----\nWij melden.\nTot zover.\n-----\n", "\n-----\nhttps://a.example/1\nhttps://a.example/2\n-----\n", unknown} {
			if err != nil || !strings.Contains(string(text), want) {
				t.Errorf("%s: %v, no %q in\n%s", language, err, want, text)
			}
		}
		f.Fields = []FormText{{Name: "uitleg", Text: "Wij melden."}}
		if text, err = f.Text(); err != nil || strings.Contains(string(text), unknown) || strings.Contains(string(text), "Tot zover.") {
			t.Errorf("%s: %v, a form that is known:\n%s", language, err, text)
		}
	}
}
