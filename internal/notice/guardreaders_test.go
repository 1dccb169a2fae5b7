package notice

import (
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
