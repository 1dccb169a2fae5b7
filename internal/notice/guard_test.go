package notice

import (
	"encoding/base64"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Requirement: S0-1e
func TestGuardFinds(t *testing.T) {
	for _, c := range []struct{ field, value, text string }{
		{"name", "Bep Nergenshuizen", "De brief gaat over Bep Nergenshuizen."},
		{"name", "Bep Nergenshuizen", "de brief gaat over bep  nergenshuizen"},
		{"name", "Bep Nergenshuizen", "over mevrouw NERGENSHUIZEN"},
		{"name", "Bep Nergenshuizen", "over B. Nergenshuizen"},
		{"name", "Bep Nergenshuizen", "Nergenshuizen, Bep"},
		{"name", "Bep Nergenshuizen", "foto van Bep"},
		{"name", "Bep Nergenshuizen", "https://x.example/bep-nergenshuizen"},
		{"name", "Bep Nergenshuizen", "https://x.example/bep_nergenshuizen.html"},
		{"name", "Bep Nergenshuizen", "https://x.example/Bep%20Nergenshuizen"},
		{"name", "Bep Nergenshuizen", "Bep&nbsp;Nergens&shy;huizen"},
		{"name", "Bep Nergenshuizen", "Bep Ner\u00adgens\u200bhui\u2060zen"},
		{"name", "Bep Nergenshuizen", "Bep <b>Nergens</b>huizen"},
		{"name", "Bep Nergenshuizen", "N e r g e n s h u i z e n"},
		{"name", "Zoë Café-Øst", "zoe cafe ost"},
		{"name", "Zoe Cafe Ost", "Zoë CAFÉ-ØST"},
		{"name", "dr. J. van der Nergens", "J. van der Nergens"},
		{"name", "dr. J. van der Nergens", "familie Nergens"},
		{"name", "Jan Wet", "de heer Wet"},
		{"aliases", "nerg", "zie @nergje"},
		{"aliases", "Bo", "dit is Bo."},
		{"familyNames", "Saar Nergenshuizen", "dochter Saar"},
		{"addresses", "Verzonnenlaan 12a, 9998 ZZ Nergensdorp", "aan de Verzonnenlaan 12 a te Nergensdorp"},
		{"addresses", "Verzonnenlaan 12a, 9998 ZZ Nergensdorp", "verzonnenlaan 12A"},
		{"addresses", "Verzonnenlaan 12a, 9998 ZZ Nergensdorp", "Verzonnenlaan 12"},
		{"addresses", "Verzonnenlaan 12a, 9998 ZZ Nergensdorp", "in de Verzonnen Laan"},
		{"addresses", "Verzonnenlaan 12a, 9998 ZZ Nergensdorp", "Verzonnenln. 12"},
		{"addresses", "Verzonnenlaan 12a, 9998 ZZ Nergensdorp", "postcode 9998zz"},
		{"addresses", "Verzonnenlaan 12a, 9998 ZZ Nergensdorp", "9998\u00a0ZZ nummer 12"},
		{"addresses", "Verzonnenlaan 12a\n9998ZZ Nergensdorp", "Verzonnenlaan 12a"},
		{"addresses", "Markt 5, 9998 ZZ Nergensdorp", "woont op Markt 5"},
		{"addresses", "Markt 5, 9998 ZZ Nergensdorp", "woont op Markt nr. 5"},
		{"addresses", "Markt 5, 9998 ZZ Nergensdorp", "Markt, huisnummer 5"},
		{"addresses", "Markt 5 bis, 9998 ZZ Nergensdorp", "Markt 5-bis"},
		{"addresses", "Verzonnenstraat 12-a", "Verzonnenstr. 12-A"},
		{"addresses", "Verzonnenstraat 12-a", "Verzonnenstr 12 a"},
		{"addresses", "Burgemeester van Nergensstraat 3", "Burg. v. Nergensstr. 3"},
		{"addresses", "Van der Nergenslaan 3", "v.d. Nergensln 3"},
		{"addresses", "Verzonnenlaan 12a, 9998 ZZ Nergensdorp", "https://kaart.example/?q=Verzonnenlaan+12a%2C+9998%20ZZ"},
		{"addresses", "Verzonnenlaan 12a, 9998 ZZ Nergensdorp", "https://kaart.example/9998ZZ/12"},
		{"addresses", "Verzonnenlaan 12a, 9998 ZZ Nergensdorp", "https://kaart.example/?q=Verzonnenlaan%252012"},
		{"name", "Bep Nergenshuizen", "https://x.example/?n=Bep+Nergenshuizen"},
		{"name", "Bep Nergenshuizen", "https://x.example/?n=%42%65%70%20%4E%65%72%67%65%6E%73%68%75%69%7A%65%6E"},
		{"name", "Bep Nergenshuizen", "https://x.example/r/QmVwIE5lcmdlbnNodWl6ZW4="},
		{"name", "Bep Nergenshuizen", "https://x.example/r?to=QmVwIE5lcmdlbnNodWl6ZW4"},
		{"phones", "06-00000012", "https://x.example/?bel=MDYtMDAwMDAwMTI%3D"},
		{"name", "Dan Nergenshuizen", "Dan woont daar."},
		{"addresses", "Markt 5, 9998 ZZ Nergensdorp", "woont op Markt 5b"},
		{"addresses", "12 Rue Nulle Part, 75000 Paris", "Rue Nulle Part 12"},
		{"addresses", "1e Verzonnenstraat 3", "de 1e Verzonnenstraat"},
		{"phones", "06-00000012", "bel 0600000012"},
		{"phones", "06-00000012", "+31 6 0000 0012"},
		{"phones", "06-00000012", "0031600000012"},
		{"phones", "06-00000012", "+31 (0)6 00 00 00 12"},
		{"phones", "06-00000012", "tel:+31600000012"},
		{"phones", "06-00000012", "0&#54;-00\u200b000012"},
		{"phones", "06-00000012", "06.00.00.00.12"},
		{"phones", "+31600000012", "06 - 00000012"},
		{"phones", "0031 10 0000012", "(010) 000 00 12"},
		{"phones", "010-0000012", "bel lokaal 000 00 12."},
		{"phones", "+49 170 0000012", "0170 0000012"},
		{"emails", "bep.n@thuis.example", "BEP.N@THUIS.EXAMPLE"},
		{"emails", "bep.n@thuis.example", "bep.n [at] thuis [punt] example"},
		{"emails", "bep.n@thuis.example", "bep.n&#64;thuis.example"},
		{"emails", "bep.nergens@thuis.example", "account bep.nergens"},
		{"numberPlates", "XX-999-Y", "kenteken xx999y"},
		{"numberPlates", "XX999Y", "kenteken XX 999 Y"},
		{"schools", "Basisschool De Verzinsels", "bij basisschool de verzinsels"},
		{"summary", "De plaatser was boos over een geweigerde verwijzing. Daarna ging het mis.", "want: de plaatser was boos over een geweigerde verwijzing, dus"},
		{"trigger", "geweigerde verwijzing", "Geweigerde  verwijzing"},
		{"suspects", "Kees Bestaatniet", "door K. Bestaatniet"},
		{"staff", "Jo Specialist-Verzonnen", "behandeld door Jo"},
		{"function", "wijkagent", "de wijkagent"},
	} {
		g := NewGuard([]Sensitive{{c.field, []string{c.value}}}, Allowed{})
		text := "eerste regel\n" + c.text
		hits := g.Check("text", text)
		if len(hits) == 0 || hits[0].Field != c.field || hits[0].Place != "text" || hits[0].Line != 2 {
			t.Errorf("%s %q is not found in %q: %+v", c.field, c.value, c.text, hits)
		}
	}
}

func TestGuardLeavesAlone(t *testing.T) {
	for _, c := range []struct{ field, value, text string }{
		{"name", "Jan Wet", "het Wetboek van Strafrecht, de wet"},
		{"name", "Aman Test", "naam aanvragen"},
		{"aliases", "Bo", "bewijs en boek"},
		{"aliases", "aman", "de naam aan de deur"},
		{"addresses", "Markt 5, 9998 ZZ Nergensdorp", "Autoriteit Consument & Markt, artikel 5, Nergensdorp"},
		{"addresses", "Markt 5, 9998 ZZ Nergensdorp", "Markt 55"},
		{"phones", "06-00000012", "60000001 en 2"},
		{"phones", "06-00000012", "2027-03-22 09:20:00 UTC"},
		{"numberPlates", "AB-12-CD", "SHA-256 9fab12cd6e"},
		{"summary", "Een medewerker van onze organisatie.", "Het gaat om gegevens van een medewerker van onze organisatie:"},
		{"staff", "coordinator-1", "bewijs C1 en element 1"},
		{"name", "Dan Nergenshuizen", "Is er een contactpunt dat dit sneller kan behandelen? Dan horen wij dat graag."},
		{"name", "", "wat dan ook"},
		{"phones", "", "wat dan ook"},
		{"addresses", " ", "wat dan ook"},
	} {
		if hits := NewGuard([]Sensitive{{c.field, []string{c.value}}}, Allowed{}).Check("text", c.text); len(hits) > 0 {
			t.Errorf("%s %q is found in %q: %+v", c.field, c.value, c.text, hits)
		}
	}
}

// People whose names are ordinary words, or words of our letters, are not
// found in letters that do not speak of them: a guard that stops every letter
// would be switched off.
func TestGuardPassesCleanLetters(t *testing.T) {
	names := []string{
		"Jan de Vries", "Anna Bakker", "Wim Smit", "Marijke van den Berg", "Mark de Groot", "Roos Visser", "Dan Post", "Wil Punt", "Bas Kok", "Bo Deel", "Eva de Jong",
		"Daan de Boer", "Noor Mulder", "Ties Dijk", "Is van 't Veld", "Ella Bos", "Sem Peters", "Lot Vermeer", "Amber Spoed", "Guus Melding", "Pim Wet", "Rik Markt", "An Koning", "Door Klacht",
	}
	addresses := []string{"Kerkstraat 1", "Dorpsstraat 12, 1000 AA Amsterdam", "Markt 5, 2000 BB Gouda", "Plein 1944 nr 3", "Laan van Meerdervoort 16", "Hof 2", "Nieuwe Weg 16", "Singel 285"}
	phones := []string{"06-12345678", "020-1234567", "+31 10 0000012", "0612 34 56 78", "112", "0800-0113"}
	for _, instrument := range Instruments() {
		f := demoFacts(instrument)
		d, _ := compose(t, instrument, f)
		for field, values := range map[string][]string{"name": names, "addresses": addresses, "phones": phones} {
			for _, v := range values {
				if hits := NewGuard([]Sensitive{{field, []string{v}}}, demoAllowed(instrument, f)).CheckDraft(d); len(hits) > 0 {
					t.Errorf("%s: %s %q is found where nobody speaks of it: %+v", instrument, field, v, hits)
				}
			}
		}
	}
}

// The organisation's and the addressee's own data are no sealed values, unless
// somebody lives there.
func TestGuardAllowed(t *testing.T) {
	sealed := []Sensitive{
		{"name", []string{"Bep de Nergens"}},
		{"workplaces", []string{"Praktijk De Nergens"}},
		{"phones", []string{"010-0000012"}},
		{"function", []string{"huisarts"}},
		{"emails", []string{"post@praktijk.example"}},
	}
	allowed := Allowed{Organisation: []string{"Huisartsenpraktijk De Nergens", "Praktijk De Nergens", "+31 10 000 00 12", "post@praktijk.example", "Praktijkweg 1, 9999 XX Voorbeeldstad"}}
	own := "Huisartsenpraktijk De Nergens, Praktijk De Nergens, 010 000 00 12, post@praktijk.example, Praktijkweg 1, 9999 XX Voorbeeldstad"
	g := NewGuard(sealed, allowed)
	if hits := g.Check("text", own); len(hits) > 0 {
		t.Errorf("the organisation's own data are hits: %+v", hits)
	}
	for _, text := range []string{own + " Bep de Nergens", "dokter Nergens van " + own, "de huisarts"} {
		if len(g.Check("text", text)) == 0 {
			t.Errorf("nothing is found in %q", text)
		}
	}
	home := append(sealed, Sensitive{"addresses", []string{"Praktijkweg 1, 9999XX Voorbeeldstad"}})
	g = NewGuard(home, allowed)
	if hits := g.Check("text", own); len(hits) != 1 || hits[0].Field != "addresses" {
		t.Errorf("a practice run from home: %+v", hits)
	}
	allowed.Instrument = T7
	g = NewGuard(home, allowed)
	if hits := g.Check("annex/A", "Gekozen domicilie: Praktijkweg 1, 9999 XX Voorbeeldstad"); len(hits) > 0 {
		t.Errorf("the domicile in the sealed annex: %+v", hits)
	}
	if len(g.Check("text", "Praktijkweg 1, 9999 XX Voorbeeldstad")) == 0 {
		t.Error("the home address passes in T7's text")
	}
}

// Which sealed field may stand where, for every instrument.
func TestGuardPlaces(t *testing.T) {
	sealed := append(demoSealed(), Sensitive{"domicile", []string{"Advocatenkantoor Voorbeeld, Kantoorkade 7, 9997 YY Voorbeeldstad"}})
	values := map[string]string{"domicile": "Kantoorkade 7, 9997YY", "name": secretName, "suspects": "Kees Bestaatniet", "phones": secretPhone, "addresses": secretAddress}
	for _, instrument := range append(Instruments(), "") {
		for field, value := range values {
			for _, place := range []string{"text", "subject", "annex/1", "annex/A", "annex/B", "file/x", "form/name"} {
				want := !(police(instrument) && ((field == "name" || field == "domicile") && place == "annex/A" || field == "suspects" && place == "annex/B"))
				if got := len(NewGuard(sealed, Allowed{Instrument: instrument}).Check(place, value)) > 0; got != want {
					t.Errorf("%s %s at %s: hit %v, want %v", instrument, field, place, got, want)
				}
			}
		}
	}
}

// A request in one person's name names nobody else in the case; that a relative
// bears the same family name stops it not.
func TestGuardNamesOnlyWhoseRequestItIs(t *testing.T) {
	sealed := []Sensitive{
		{"name", []string{"Bep Nergenshuizen"}},
		{"familyNames", []string{"Saar Nergenshuizen"}},
		{OtherNames, []string{"Kees Nergenshuizen", "Dirk Zondernaam"}},
	}
	for _, instrument := range []string{T6, T13} {
		g := NewGuard(sealed, Allowed{Instrument: instrument, Mandate: true})
		if hits := g.Check("text", "Wij schrijven namens Bep Nergenshuizen."); len(hits) > 0 {
			t.Errorf("%s: whose request it is may not be named: %+v", instrument, hits)
		}
		for _, text := range []string{"Kees Nergenshuizen", "Saar Nergenshuizen", "Dirk Zondernaam", "Zondernaam", "mevrouw Saar"} {
			if len(g.Check("text", text)) == 0 {
				t.Errorf("%s names %q", instrument, text)
			}
		}
		if len(g.Check("subject", "Bep Nergenshuizen")) == 0 {
			t.Errorf("%s: the name stands in the subject", instrument)
		}
		if g := NewGuard(sealed, Allowed{Instrument: instrument}); len(g.Check("text", "Nergenshuizen")) == 0 {
			t.Errorf("%s: named without a mandate", instrument)
		}
	}
	if g := NewGuard(sealed, Allowed{Instrument: T12}); len(g.Check("annex/A", "Bep Nergenshuizen")) > 0 || len(g.Check("annex/A", "Dirk Zondernaam")) == 0 {
		t.Error("the sealed annex names others than whom it is about")
	}
}

// An exact URL may carry a name where art. 16(2)(b) needs it, nowhere else.
func TestGuardLocations(t *testing.T) {
	exact := "https://platform.example/bep-nergenshuizen/1"
	g := NewGuard([]Sensitive{{"name", []string{"Bep Nergenshuizen"}}}, Allowed{Locations: []string{exact}})
	for text, want := range map[string]bool{
		"Exacte URL: " + exact: false, exact: false, "Exacte URL van het profiel: " + exact: false,
		"Zie " + exact: true, "Exacte URL: " + exact + "?x=nergenshuizen": true, "Exacte URL: Bep Nergenshuizen": true,
	} {
		if got := len(g.Check("text", text)) > 0; got != want {
			t.Errorf("%q: hit %v, want %v", text, got, want)
		}
	}
}

// A host and an account that carry a sealed value are named by their place: the
// exact URLs stand in annex 1 alone, and the guard passes the letter.
func TestPlacesThatNameThePerson(t *testing.T) {
	for _, instrument := range []string{T1, T2, T7} {
		f := demoFacts(instrument)
		i := &f.Items[0]
		i.URL, i.ProfileURL, i.Handle, i.AccountID = "https://bep-nergenshuizen.example/t/1", "https://bep-nergenshuizen.example/u/9", "", ""
		i.Masked, i.HandleMasked = true, true
		d, findings := compose(t, instrument, f)
		if b := blocking(findings); len(b) > 0 {
			t.Errorf("%s: %+v", instrument, b)
		}
		g := NewGuard([]Sensitive{{"name", []string{"Bep Nergenshuizen"}}}, demoAllowed(instrument, f))
		if hits := g.CheckDraft(d); len(hits) > 0 || strings.Count(d.Text, "nergenshuizen") != 2 || !strings.Contains(d.Text, "Account: zie de exacte URL") {
			t.Errorf("%s: hits %+v in\n%s", instrument, hits, d.Text)
		}
	}
}

// No hit ever holds a value.
func TestHitsHoldNoValue(t *testing.T) {
	g := NewGuard(demoSealed(), Allowed{})
	hits := g.CheckDraft(Draft{
		Subject: secretName, Text: secretAddress + "\n" + secretPhone, Form: []FormText{{Name: "reason", Text: secretName}},
		Annexes: []Annex{{Part: "1", Name: "x-" + strings.ReplaceAll(secretName, " ", "-") + ".txt", Text: secretPhone}},
	})
	var places []string
	for _, h := range hits {
		places = append(places, h.Place[:4])
		if s := strings.ToLower(fmt.Sprintf("%+v", h)); strings.Contains(s, "00000012") || strings.Contains(s, "nergens") {
			t.Errorf("a hit tells the value: %s", s)
		}
	}
	for _, want := range []string{"subj", "text", "form", "anne", "file"} {
		if !slices.Contains(places, want) {
			t.Errorf("nothing at %s: %+v", want, hits)
		}
	}
}

var syllables = []string{"ver", "zon", "ner", "gens", "bor", "kel", "tim", "dra", "lo", "wij", "pa", "sru"}

func word(t *rapid.T, label string, least int) string {
	s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(syllables), least, least+2).Draw(t, label), "")
	return strings.ToUpper(s[:1]) + s[1:]
}

func digitString(t *rapid.T, label string, n int) string {
	return rapid.StringMatching(fmt.Sprintf("[1-9][0-9]{%d}", n-1)).Draw(t, label)
}

// disguise spells a value differently as people, forms and pages do.
func disguise(t *rapid.T, s string) string {
	for range rapid.IntRange(0, 3).Draw(t, "disguises") {
		switch rapid.IntRange(0, 5).Draw(t, "disguise") {
		case 0:
			s = strings.ToUpper(s)
		case 1:
			s = strings.ReplaceAll(s, " ", rapid.SampledFrom([]string{"  ", "\u00a0", "-", "_", "\t", "\n"}).Draw(t, "blank"))
		case 2:
			n := rapid.IntRange(0, len([]rune(s))).Draw(t, "where")
			s = string([]rune(s)[:n]) + rapid.SampledFrom([]string{"\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff"}).Draw(t, "hidden") + string([]rune(s)[n:])
		case 3:
			s = strings.NewReplacer("e", "é", "o", "ö", "a", "à").Replace(s)
		case 4:
			s = strings.ReplaceAll(s, "i", "ï")
		case 5:
			s = strings.ToLower(s)
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "escaped") { // last: whoever changes an escape breaks it
		s = strings.ReplaceAll(html.EscapeString(s), "e", "&#101;")
	}
	return s
}

// linked puts a value into a link as programs do, or leaves it.
func linked(t *rapid.T, s string) string {
	switch rapid.IntRange(0, 4).Draw(t, "link") {
	case 0:
		return "https://x.example/?q=" + url.QueryEscape(s)
	case 1:
		return "https://x.example/" + url.PathEscape(url.PathEscape(s)) + "/1"
	case 2:
		return "https://x.example/r/" + base64.URLEncoding.EncodeToString([]byte(s))
	}
	return s
}

// A planted variant of any sealed value is always found, wherever in an
// instrument it stands.
func TestPlantedVariantIsFound(t *testing.T) {
	d, _, err := Compose(T2, "nl", demoFacts(T2))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(d.Text, "\n")
	rapid.Check(t, func(t *rapid.T) {
		field, value, variant := planted(t)
		at := rapid.IntRange(0, len(lines)).Draw(t, "line")
		text := strings.Join(slices.Insert(slices.Clone(lines), at, "Zie "+linked(t, disguise(t, variant))+" hierbij."), "\n")
		g := NewGuard([]Sensitive{{field, []string{value}}}, demoAllowed(T2, demoFacts(T2)))
		if len(g.Check("text", text)) == 0 {
			t.Fatalf("%s %q written as %q is not found", field, value, variant)
		}
	})
}

func planted(t *rapid.T) (field, value, variant string) {
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		first, last := word(t, "first", 2), word(t, "last", 2)
		infix := rapid.SampledFrom([]string{" ", " van ", " van der ", " de "}).Draw(t, "infix")
		name := first + infix + last
		return "name", name, rapid.SampledFrom([]string{name, last + ", " + first + strings.TrimRight(infix, " "), first[:1] + "." + infix + last, "familie " + last, first + " " + last}).Draw(t, "spelling")
	case 1:
		street := word(t, "street", 2) + rapid.SampledFrom([]string{"straat", "laan", "weg", "plein"}).Draw(t, "kind of street")
		no, letters := digitString(t, "number", rapid.IntRange(1, 3).Draw(t, "digits")), rapid.SampledFrom([]string{"AB", "ZX", "KL"}).Draw(t, "letters")
		code, city := digitString(t, "postcode", 4), word(t, "city", 2)
		full := fmt.Sprintf("%s %s, %s %s %s", street, no, code, letters, city)
		return "addresses", full, rapid.SampledFrom([]string{full, street + " " + no, code + letters, code + " " + letters, street + " in " + city, no + " " + street}).Draw(t, "spelling")
	case 2:
		n := digitString(t, "phone", 8)
		return "phones", rapid.SampledFrom([]string{"06-" + n, "+316" + n, "0031 6 " + n}).Draw(t, "stored"),
			rapid.SampledFrom([]string{"06" + n, "06 " + n[:4] + " " + n[4:], "+31 6 " + n, "+31 (0)6-" + n, "00316" + n, "06-" + n[:2] + "." + n[2:4] + "." + n[4:6] + "." + n[6:]}).Draw(t, "spelling")
	case 3:
		a, b := word(t, "local", 2), word(t, "domain", 2)
		return "emails", a + "@" + b + ".example", rapid.SampledFrom([]string{a + "@" + b + ".example", a + " at " + b + " dot example", a + "[at]" + b + ".example"}).Draw(t, "spelling")
	}
	x, n, y := rapid.SampledFrom([]string{"XK", "TZ", "GH"}).Draw(t, "x"), digitString(t, "n", 3), rapid.SampledFrom([]string{"B", "R", "P"}).Draw(t, "y")
	return "numberPlates", x + "-" + n + "-" + y, rapid.SampledFrom([]string{x + n + y, x + " " + n + " " + y, x + "-" + n + "-" + y}).Draw(t, "spelling")
}

// Whatever bytes come in, the guard and the linter answer.
func FuzzGuard(f *testing.F) {
	for _, s := range []string{"", secretName, "&#0;%ff%zz\x00\xff", "J a n s e n 1 2", strings.Repeat("Ø ", 40), "<a <b> c>"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, value, text string) {
		g := NewGuard([]Sensitive{
			{"name", []string{value}}, {"addresses", []string{value}}, {"phones", []string{value}}, {"trigger", []string{value}}, {"x", []string{value}},
		}, Allowed{Organisation: []string{text}})
		g.Check("text", text)
		Lint(text)
		HTML(Draft{Text: text})
	})
}
