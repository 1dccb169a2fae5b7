package notice

import "testing"

// spelt is a sealed value and a text with, or without, a spelling of it.
type spelt struct{ field, value, text string }

func checkSpelt(t *testing.T, found bool, list []spelt) {
	t.Helper()
	for _, c := range list {
		hits := NewGuard([]Sensitive{{c.field, []string{c.value}}}, Allowed{}).Check("text", c.text)
		if found && !hasField(hits, c.field) {
			t.Errorf("%s %q is not found in %q", c.field, c.value, c.text)
		}
		if !found && len(hits) > 0 {
			t.Errorf("%s %q is found in %q: %+v", c.field, c.value, c.text, hits)
		}
	}
}

// A field that holds more than one thing holds each of them.
func TestEachPartOfAValueIsLookedFor(t *testing.T) {
	checkSpelt(t, true, []spelt{
		{"phones", "06-12345678 (sinds 2019)", "bel 0612345678"},
		{"phones", "06-12345678 / 030-1234567", "bel 06 1234 5678"},
		{"phones", "06-12345678 / 030-1234567", "bel (030) 123 45 67"},
		{"phones", "06-12345678 030-1234567", "bel +31 30 1234567"},
		{"phones", "thuis 030-1234567, mobiel +31 (0)6 12345678", "bel 06-12345678"},
		{"phones", "06-12345678 of 06-87654321", "bel 06 87 65 43 21"},
		{"emails", "Jan <jan@thuis.example>", "mail jan@thuis.example"},
		{"emails", "jan@thuis.example; saskia@werk.example", "saskia at werk dot example"},
		{"emails", "jan@thuis.example en saskia@werk.example", "mail jan@thuis.example"},
		{"reporter", "Piet Verzinsel, 06-12345678", "volgens P. Verzinsel"},
		{"reporter", "Piet Verzinsel, 06-12345678", "bel 0612345678"},
		{"reporter", "piet verzinsel, 06-12345678", "volgens Piet"},
		{"reporter", "06-12345678, mail: piet@thuis.example", "piet@thuis.example"},
		{"reporter", "Piet Verzinsel (buurman), Markt 5, 9998 ZZ Nergensdorp", "op Markt 5"},
		{"suspects", "Piet Verzinsel, Nergensstraat 5, 9998 ZZ Nergensdorp", "door Piet Verzinsel"},
		{"suspects", "Piet Verzinsel, Nergensstraat 5, 9998 ZZ Nergensdorp", "de heer Verzinsel"},
		{"suspects", "Piet Verzinsel, Nergensstraat 5, 9998 ZZ Nergensdorp", "Nergensstraat 5"},
		{"suspects", "Piet Verzinsel, Nergensstraat 5, 9998 ZZ Nergensdorp", "postcode 9998zz"},
		{"suspects", "Piet Verzinsel of zijn broer Kees Nergens, 06-12345678", "Kees"},
		{"suspects", "Piet Verzinsel\npiet@thuis.example", "piet@thuis.example"},
		{"familyNames", "Jan, Piet en Klaas Nergens", "zoon Piet"},
		{"familyNames", "Jan Verzinsel; Klaas Nergens", "mevrouw Nergens"},
		{"aliases", "nerg82, zonderling", "zie @zonderling"},
		{"addresses", "Nergensstraat 5, 9998 ZZ Nergensdorp; Zondergracht 7, 9997 XX Nergensdorp", "Zondergracht 7"},
		{"addresses", "Nergensstraat 5, 9998 ZZ Nergensdorp; Zondergracht 7, 9997 XX Nergensdorp", "9997XX"},
		{"addresses", "Nergensstraat 5 en Markt 7", "op Markt 7"},
		{"addresses", "Nergensstraat, nr. 5", "Nergensstraat 5"},
		{"addresses", "Markt nr. 5", "Markt 5"},
		{"aliases", "https://forum.example/u/nerg82", "zie @nerg82"},
		{"summary", "Hij mailde jan@thuis.example en schreef dat hij langs zou komen bij haar ouders.", "dat hij langs zou komen bij haar ouders"},
		{"numberPlates", "XX-999-Y, ZZ-111-B", "kenteken zz 111 b"},
		{"numberPlates", "XX-999-Y (rode auto)", "xx999y"},
		{"schools", "De Verzinsels; Het Kompas", "bij Het Kompas"},
	})
	checkSpelt(t, false, []spelt{
		{"phones", "06-12345678 (sinds 2019)", "het account bestaat sinds 2019"},
		{"addresses", "Nergensstraat 5 (sinds 2012), Nergensdorp", "het account bestaat sinds 2012, in Nergensdorp"},
		{"addresses", "Nergensstraat 5, etage 3, Nergensdorp", "etage 3"},
		{"addresses", "Nergensstraat, nr. 5", "zie nr 5"},
		{"reporter", "via de receptie, belde maandag", "de receptie belde"},
		{"reporter", "Collega, 06-12345678", "Collega's en andere medewerkers"},
		{"suspects", "Woont bij zijn moeder, rijdt in een rode auto, werkt soms", "een auto die werkt"},
		{"schools", "De Verzinsels, Nergensdorp", "in Nergensdorp"},
		{"aliases", "https://forum.example/u/nerg82", "https://forum.example/regels"},
	})
}

// What of a value is the organisation's own is no sealed value either.
func TestAPartThatIsOursIsNoHit(t *testing.T) {
	g := NewGuard([]Sensitive{{"reporter", []string{"Piet Verzinsel, 010-0000012, post@praktijk.example"}}},
		Allowed{Organisation: []string{"+31 10 000 00 12", "post@praktijk.example"}})
	if hits := g.Check("text", "Bel 010 000 00 12 of mail post@praktijk.example."); len(hits) > 0 {
		t.Errorf("%+v", hits)
	}
	if len(g.Check("text", "Piet Verzinsel")) == 0 {
		t.Error("the rest passes")
	}
}

// Whose something is says who they are.
func TestTheGenitiveOfANameIsFound(t *testing.T) {
	checkSpelt(t, true, []spelt{
		{"name", "Willem Mulder", "Mulders adres"},
		{"name", "Willem Mulder", "de Mulders wonen daar"},
		{"name", "Willem Mulder", "willems huis"},
		{"name", "Willem Mulder", "Willem Mulders adres"},
		{"name", "Saar Jansen", "mevrouw Jansens woning"},
		{"name", "Saar Jansen", "@jansens82"},
		{"name", "Pat de Vriend", "de Vriends woning"},
		{"name", "Jan Wet", "Jans woning"},
		{"familyNames", "Zoë Spoed", "mevrouw Spoeds woning"},
	})
	checkSpelt(t, false, []spelt{
		{"familyNames", "Zoë Post", "Posts and account numbers"},
		{"name", "Jan Wet", "jans"},
		{"name", "Saar Adre", "het adres"},
	})
}

// Streets are written in more than one way, with no postcode to tell.
func TestStreetsAreFoundAsTheyAreWritten(t *testing.T) {
	checkSpelt(t, true, []spelt{
		{"addresses", "Eerste Helmersstraat 5", "1e Helmersstraat 5"},
		{"addresses", "Eerste Helmersstraat 5", "in de 1e Helmersstraat"},
		{"addresses", "Eerste Helmersstraat 5", "1e helmersstr. 5"},
		{"addresses", "1e Helmersstraat 5", "Eerste Helmersstraat 5"},
		{"addresses", "1ste Helmersstraat 5", "Eerste Helmersstraat 5"},
		{"addresses", "Tweede Nergensdijk 12a", "2e Nergensdijk 12"},
		{"addresses", "2e Nergensdijk 12a", "Tweede Nergensdijk 12-a"},
		{"addresses", "2e Nergensdijk 12a", "2de Nergensdijk 12-a"},
		{"addresses", "Derde Nergensweg 3", "3e Nergensweg 3"},
		{"addresses", "Martin Luther Kinglaan 5", "M.L. Kinglaan 5"},
		{"addresses", "Martin Luther Kinglaan 5", "Kinglaan 5"},
		{"addresses", "Martin Luther Kinglaan 5", "ML Kingln 5"},
		{"addresses", "Dr. Martin Luther Kinglaan 5", "M.L. Kinglaan 5"},
		{"addresses", "M.L. Kinglaan 5", "Martin Luther Kinglaan 5"},
		{"addresses", "Oudezijds Voorburgwal 12", "O.Z. Voorburgwal 12"},
		{"addresses", "Oudezijds Voorburgwal 12", "OZ Voorburgwal 12"},
		{"addresses", "O.Z. Voorburgwal 12", "Oudezijds Voorburgwal 12"},
		{"addresses", "Nieuwezijds Voorburgwal 12", "N.Z. Voorburgwal 12"},
		{"addresses", "Nieuwe Keizersgracht 5", "Nw. Keizersgracht 5"},
		{"addresses", "Nieuwe Keizersgracht 5", "N. Keizersgracht 5"},
		{"addresses", "Nw. Keizersgracht 5", "Nieuwe Keizersgracht 5"},
		{"addresses", "Grote Nergensstraat 5", "Gr. Nergensstraat 5"},
	})
	checkSpelt(t, false, []spelt{
		{"addresses", "Nieuwe Weg 16", "onderweg 16 en weg 16"},
		{"addresses", "Nieuwe Markt 16", "Autoriteit Consument & Markt 16"},
		{"addresses", "Eerste Helmersstraat 5", "de eerste straat 5"},
		{"addresses", "Martin Luther Kinglaan 5", "de laan 5"},
	})
}

// Schools and practices are called by less than their whole names.
func TestPlacesAreFoundByTheirShortNames(t *testing.T) {
	checkSpelt(t, true, []spelt{
		{"schools", "Sint Jozefschool", "de St. Jozefschool"},
		{"schools", "Sint Jozefschool", "op de Jozefschool"},
		{"schools", "Sint Jozefschool", "op de St. Jozef"},
		{"schools", "St. Jozefschool", "de Sint Jozefschool"},
		{"schools", "St. Jozefschool", "op de sint jozef"},
		{"schools", "Basisschool Sint Jozef", "op de Jozefschool"},
		{"schools", "Koningin Julianaschool", "de Julianaschool"},
		{"schools", "Koningin Julianaschool", "op de Juliana"},
		{"schools", "Koningin Julianaschool", "op de juliana"},
		{"schools", "Koningin Julianaschool", "kon. julianaschool"},
		{"schools", "Regenboogschool", "op De Regenboog"},
		{"workplaces", "Praktijk Van der Meer", "praktijk v.d. Meer"},
		{"workplaces", "Praktijk Van der Meer", "bij v/d Meer"},
		{"workplaces", "Praktijk v.d. Meer", "praktijk van der Meer"},
		{"workplaces", "Praktijk v.d. Meer", "praktijk van den Meer"},
	})
	checkSpelt(t, false, []spelt{
		{"workplaces", "Stadhuis", "in de stad"},
		{"workplaces", "Gemeentehuis", "de gemeente vraagt dit"},
		{"workplaces", "Buurthuis", "in de buurt"},
		{"schools", "Dorpsschool", "de dorps"},
		{"schools", "Koningin Julianaschool", "de koningin"},
		{"schools", "Muziekschool", "de muziek in de video"},
	})
}

// Who calls their account after themselves puts their year of birth behind it.
func TestUsernamesAreFound(t *testing.T) {
	checkSpelt(t, true, []spelt{
		{"name", "Ilse Mulder", "@imulder85"},
		{"name", "Jan de Vries", "jdevries82"},
		{"name", "Anna de Vries", "annavries82"},
		{"name", "Anna de Vries", "x.example/annadevries1982/foto"},
		{"name", "Anna de Vries", "vriesanna82"},
	})
	checkSpelt(t, false, []spelt{
		{"name", "Jan B.", "onderdeel JB12"},
		{"staff", "coordinator-1", "bewijs C1 en element 12"},
	})
}

// A label in one word with its number, an at-sign as it is said aloud.
func TestNumbersAndMailsInOneWord(t *testing.T) {
	checkSpelt(t, true, []spelt{
		{fieldBSN, "", "bsn123456782"},
		{fieldBSN, "", "BSN123 456 782"},
		{fieldBSN, "", "burgerservicenummer123456782"},
		{fieldBSN, "", "sofi 123456782"},
		{"emails", "saskia@voorbeeld.example", "saskia(a)voorbeeld.example"},
		{"emails", "saskia@voorbeeld.example", "saskia [a] voorbeeld (punt) example"},
		{"emails", "a@voorbeeld.example", "a(a)voorbeeld.example"},
		{"emails", "a@voorbeeld.example", "a at voorbeeld dot example"},
	})
	checkSpelt(t, false, []spelt{
		{"emails", "saskia@voorbeeld.example", "saskia, artikel 16, onder (a)"},
		{fieldBSN, "", "bsn12"},
		{fieldBSN, "", "bsnummer en sofia12345678"},
	})
	for text, want := range map[string]bool{"BSN123456782": true, "bsn_1": true, "het bsn": true, "absnel": false, "absn1": false} {
		if lints(Lint(text), "id_number") != want {
			t.Errorf("%q: want %v", text, want)
		}
	}
}

// A family name that is an ordinary word is one with a capital, or behind a form
// of address.
func TestNamesThatAreOrdinaryWords(t *testing.T) {
	checkSpelt(t, true, []spelt{
		{"name", "Saar Klein", "mevrouw Klein"},
		{"name", "Saar Klein", "mevrouw klein"},
		{"name", "Saar Klein", "dhr. klein"},
		{"name", "Saar Klein", "familie klein woont daar"},
		{"name", "Saar Klein", "saar klein"},
		{"name", "Saar Klein", "@sklein82"},
		{"familyNames", "Klein", "de heer Klein"},
		{"name", "Saar de Stad", "over De Stad"},
		{"name", "Saar de Stad", "@destad"},
		{"name", "Saar Vrij", "Vrijs woning"},
	})
	checkSpelt(t, false, []spelt{
		{"name", "Saar Klein", "een klein aantal berichten"},
		{"familyNames", "Klein", "een kleine groep, een klein aantal"},
		{"name", "Saar Vrij", "vrij snel"},
		{"name", "Saar Best", "het best bereikbaar"},
		{"name", "Saar Stad", "in de stad"},
		{"name", "Saar de Stad", "in de stad, naar de stad"},
		{"name", "Saar van den Berg", "een berg van berichten"},
		{"name", "Saar Groot", "in groot aantal"},
	})
}
