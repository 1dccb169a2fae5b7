package notice

import (
	"slices"
	"strings"
	"testing"
)

// What a reader found that passed: parts of a school's or workplace's name,
// base64 within a path, addresses and names as people write them, and what is
// known by its form.
func TestGuardFindsWhatPeopleWrite(t *testing.T) {
	for _, c := range []struct{ field, value, text string }{
		{"schools", "Basisschool De Regenboog", "het kind zit op De Regenboog"},
		{"schools", "Basisschool De Regenboog", "zij staat voor de Regenboogschool"},
		{"schools", "Basisschool De Regenboog", "x.example/deregenboog"},
		{"schools", "OBS Het Kompas", "bij Het Kompas"},
		{"schools", "obs 't Kompas, Verzonnenplein 3, Nergensdorp", "op Kompas; Verzonnenplein 3"},
		{"schools", "Verzinsel College", "het Verzinsel"},
		{"workplaces", "Huisartsenpraktijk Dorpszicht", "Werkt bij Dorpszicht."},
		{"workplaces", "Bureau Nergenshoek (balie)", "balie van nergenshoek"},
		{"name", "Jan de Vries", "https://x.example/u/SmFuIGRlIFZyaWVz/2"},
		{"name", "Jan de Vries", "https://x.example/u/SmFuIGRlIFZyaWVz/"},
		{"name", "Jan de Vries", "https://x.example/u/SmFuIGRlIFZyaWVz/adres"},
		{"name", "Jan de Vries", "https://x.example/profile-SmFuIGRlIFZyaWVz"},
		{"name", "Jan de Vries", "https://x.example/profile_SmFuIGRlIFZyaWVz_2"},
		{"addresses", "Verzonnenlaan 12a, 1234 AB Nergensdorp", "https://kaart.example/?pc=1234AB12"},
		{"addresses", "Verzonnenlaan 12a, 1234 AB Nergensdorp", "kaart 1234AB12a"},
		{"addresses", "Verzonnenlaan 12a, 1234 AB Nergensdorp", "NL1234AB"},
		{"addresses", "Verzonnenlaan 12a, 1234 AB Nergensdorp", "postcode1234ab"},
		{"addresses", "Burgemeester van Houtenlaan 7", "Van Houtenlaan 7"},
		{"addresses", "Burgemeester van Houtenlaan 7", "Bgm. van Houtenlaan 7"},
		{"addresses", "Burgemeester van Houtenlaan 7", "bgmvanhoutenlaan7"},
		{"addresses", "Bgm. van Houtenlaan 7", "Burgemeester van Houtenlaan 7"},
		{"addresses", "Burgemeester van Houtenlaan 7", "aan de Van Houtenlaan"},
		{"addresses", "Prof. J.H. Verzonnenlaan 7", "Verzonnenlaan 7"},
		{"addresses", "Laan van Meerdervoort 16", "ergens op de Laan van Meerdervoort"},
		{"addresses", "Laan van Meerdervoort, Den Haag", "op de laan van Meerdervoort"},
		{"addresses", "Plein der Verzinsels 3", "op het plein der verzinsels"},
		{"addresses", "Müllerstraße 8", "Muellerstrasse 8"},
		{"name", "Jan de Vries", "dit is J\u0430n"},
		{"name", "Jan de Vries", "V\u0433i\u0435s"},
		{"name", "Jan de Vries", "\u1d20\u0280\u026a\u1d07\ua731"},
		{"name", "Uwe Müller", "de heer Mueller"},
		{"name", "Uwe Mueller", "de heer Müller"},
		{"name", "Pat O'Brien", "volgens OBrien"},
		{"name", "Pat O'Brien", "volgens O\u2019Brien"},
		{"name", "Jan de Vries", "@devries"},
		{"name", "Jan de Vries", "over mevrouwDeVries gesproken"},
		{"name", "Jan de Vries", "#familiedevries"},
		{"name", "Jan de Vries", "account JdVries"},
		{"name", "Jan de Vries", "account devries82"},
		{"name", "Jan van der Nergens", "j.vd.nergens"},
		{"name", "Jan van der Nergens", "vdnergens"},
		{fieldBorn, "", "geboren in Alphen aan den Rijn op 12 maart 1980"},
		{fieldBorn, "", "born on the 12th of March 1980"},
		{fieldBorn, "", "geboorte datum 12-03-1980"},
		{fieldBorn, "", "geboren 12-03-1980T00:00"},
		{fieldIBAN, "", "IBANNL91ABNA0417164300"},
		{fieldIBAN, "", "rekeningnummernl91abna0417164300"},
		{fieldBSN, "", "12 3456 782"},
	} {
		hits := NewGuard([]Sensitive{{c.field, []string{c.value}}}, Allowed{}).Check("text", "eerste regel\n"+c.text)
		if !hasField(hits, c.field) || hits[0].Line != 2 {
			t.Errorf("%s %q is not found in %q: %+v", c.field, c.value, c.text, hits)
		}
	}
}

// What only looks like it.
func TestGuardLeavesWhatOnlyLooksLikeIt(t *testing.T) {
	for _, c := range []struct{ field, value, text string }{
		{"schools", "Basisschool De Brief", "deze brief gaat over de brief van 3 april"},
		{"workplaces", "Gemeente Nergensdorp", "Postbus 1, Nergensdorp"},
		{"addresses", "Verzonnenlaan 12a, 1234 AB Nergensdorp", "artikel 1234 abc, 51234 AB"},
		{"addresses", "Verzonnenlaan 12a, 1234 AB Nergensdorp", "SHA-256 9f861234ab5d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0800"},
		{"addresses", "Weg van de inhoud 3", "de weg van de wet"},
		{"familyNames", "Eerst", "Dit is de eerste keer."},
		{fieldBorn, "", "Het gaat om een kind dat in die gemeente is geboren en getogen.\nDatum: 22 maart 2027"},
		{fieldIBAN, "", "be 22 de 44"},
		{fieldIBAN, "", "zie ECLI:NL:HR:2019:497.\nA small number of good posts by young people, in the bank or on the street."}, // one in a hundred
		{fieldIBAN, "", "Onderwerp: Melding, kenmerk TD-2027-AD719828A2\n\nGeachte mevrouw, meneer,"},                            // one reference in 33,000
	} {
		if hits := NewGuard([]Sensitive{{c.field, []string{c.value}}}, Allowed{}).Check("text", c.text); len(hits) > 0 {
			t.Errorf("%s %q is found in %q: %+v", c.field, c.value, c.text, hits)
		}
	}
}

// A path that is nothing but pieces is read in one pass: with every piece
// tried against the whole rest, a megabyte of them would take hours.
func TestGuardReadsLongPaths(t *testing.T) {
	g := NewGuard([]Sensitive{{"name", []string{"Jan de Vries"}}}, Allowed{})
	for _, piece := range []string{"a/", "abcdefg/", "aGFsbG8/", "ab-", "abcdefgh"} {
		if hits := g.Check("text", strings.Repeat(piece, (1<<20)/len(piece))); len(hits) > 0 {
			t.Errorf("%s: %+v", piece, hits[0])
		}
	}
}

// nobodysNames are words at places where only they stand, and that nobody is
// called.
var nobodysNames = []string{"locaties", "locations", "nederlandse", "concerned", "reference", "aangever", "voor", "namens"}

// Whoever is called as a word of our letters is called has them approved: every
// word of every letter is somebody's family name here, and a letter that does
// not speak of them passes.
func TestGuardKnowsOurOwnWords(t *testing.T) {
	for _, instrument := range Instruments() {
		for _, language := range []string{"nl", "en"} {
			f := demoFacts(instrument)
			d, _, err := Compose(instrument, language, f)
			if err != nil {
				t.Fatal(err)
			}
			tried := map[string]bool{}
			for _, w := range canonical(d.Text).tokens {
				if tried[w.text] || len(w.text) < 4 || isDigits(w.text) || !ownWords()[w.text] && !isDateWord(w.text) || slices.Contains(nobodysNames, w.text) {
					continue
				}
				tried[w.text] = true
				g := NewGuard([]Sensitive{{"familyNames", []string{"Zo\u00eb " + w.text}}}, demoAllowed(instrument, f))
				if hits := g.Check("text", d.Text); len(hits) > 0 {
					t.Errorf("%s %s: somebody called %q is found in %q", instrument, language, w.text, strings.Split(d.Text, "\n")[hits[0].Line-1])
				}
			}
		}
	}
}

// And is found wherever it is them.
func TestGuardFindsPeopleCalledLikeOurWords(t *testing.T) {
	for _, last := range ordinaryNames {
		for _, value := range []string{last, "Zo\u00eb " + last} {
			g := NewGuard([]Sensitive{{"familyNames", []string{value}}}, Allowed{})
			for _, text := range []string{"mevrouw " + last + " zag het", "Met " + last + " gesproken.", "familie " + last, "Account: " + last, "Post ID: " + last, "zij heet " + last + ", zei men"} {
				if !hasField(g.Check("text", text), "familyNames") {
					t.Errorf("%q is not found in %q", value, text)
				}
			}
			for _, text := range []string{
				"Post ID: 55\nAccount: @x (account number 77)\nItem 1 (original, text)\nExact URL: https://a.example/1\nFirst seen: Sunday 21 March 2027, 20:15",
				"Onderdeel 1 (origineel, tekst)\nExacte URL: https://a.example/1\nEerst gezien: zondag 21 maart 2027 om 20.15 uur (Nederlandse tijd)\nNog online gezien: donderdag 1 april 2027",
				"Datum: zondag 4 april 2027",
			} {
				if hits := g.Check("text", text); len(hits) > 0 {
					t.Errorf("%q is found in %q", value, strings.Split(text, "\n")[hits[0].Line-1])
				}
			}
		}
	}
}
