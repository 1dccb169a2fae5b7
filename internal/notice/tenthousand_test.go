package notice

import (
	"encoding/base64"
	"fmt"
	"html"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const generated = 10_000

// dice draws from a fixed seed: the same ten thousand each time.
type dice struct{ *rand.Rand }

func (d dice) of(list ...string) string { return list[d.IntN(len(list))] }

func (d dice) word(least int) string {
	var b strings.Builder
	for range least + d.IntN(2) {
		b.WriteString(syllables[d.IntN(len(syllables))])
	}
	return strings.ToUpper(b.String()[:1]) + b.String()[1:]
}

func (d dice) digits(n int) string {
	b := []byte{byte('1' + d.IntN(9))}
	for range n - 1 {
		b = append(b, byte('0'+d.IntN(10)))
	}
	return string(b)
}

// secret is a sealed value and one way to write it.
type secret struct{ field, value, written string }

var secrets = map[string]func(dice) secret{
	"name":         nameVariant,
	"aliases":      aliasVariant,
	"familyNames":  familyVariant,
	"umlauts":      umlautVariant,
	"ordinary":     ordinaryVariant,
	"addresses":    addressVariant,
	"phones":       phoneVariant,
	"emails":       mailVariant,
	"numberPlates": plateVariant,
	"schools":      placeVariant("schools", "Basisschool ", "Obs ", "Kinderdagverblijf ", "Lyceum "),
	"workplaces":   placeVariant("workplaces", "Bureau ", "Praktijk ", "Locatie ", "Steunpunt "),
	fieldBSN:       bsnVariant,
	fieldIBAN:      ibanVariant,
	fieldBorn:      bornVariant,
}

func nameVariant(d dice) secret {
	first, last := d.word(2), d.word(2)
	infix := d.of("", "van ", "van der ", "de ", "van 't ", "ten ", "O'")
	full := first + " " + infix + last
	if d.IntN(2) == 0 {
		return secret{"name", full, joinedName(d, first, infix, last)}
	}
	return secret{"name", full, d.of(full, strings.ToUpper(full), strings.ToLower(full), last+", "+first+" "+infix, first[:1]+". "+infix+last, "de heer "+last, "mevr. "+last,
		"familie "+infix+last, first+" "+last, first, last, strings.ToLower(first+"-"+last), strings.ToLower(first+"."+last), strings.ToLower(first+"_"+last), first+last)}
}

// joinedName writes a name as handles and letters of other scripts do.
func joinedName(d dice, first, infix, last string) string {
	joined := strings.ReplaceAll(strings.ReplaceAll(infix, " ", ""), "'", "") + last
	camel := strings.ReplaceAll(strings.ReplaceAll(strings.ToUpper(infix[:min(1, len(infix))])+infix[min(1, len(infix)):], " ", ""), "'", "") + last
	return d.of(joined, strings.ToLower(joined), "@"+strings.ToLower(joined)+d.digits(2), "mevrouw"+camel, "DHR"+strings.ToUpper(last), "#familie"+camel, first[:1]+joined,
		lookalike(d, first+" "+infix+last), lookalike(d, last), "https://x.example/u/"+base64.RawURLEncoding.EncodeToString([]byte(first+" "+infix+last))+d.of("/", "/2", "/adres", "-1", "_x"),
		"https://x.example/profile-"+base64.RawURLEncoding.EncodeToString([]byte(first+" "+infix+last)))
}

// lookalike writes some letters with those of another script.
func lookalike(d dice, s string) string {
	return d.of(strings.NewReplacer("a", "\u0430", "e", "\u0435", "o", "\u043e").Replace(s), strings.NewReplacer("o", "\u03bf", "i", "\u03b9", "k", "\u03ba").Replace(s), strings.NewReplacer("r", "\u0280", "n", "\u0274", "e", "\u1d07").Replace(s))
}

// umlautVariant is a name with two spellings of its own.
func umlautVariant(d dice) secret {
	stem := d.word(2)
	pair := [][2]string{{"\u00fc", "ue"}, {"\u00f6", "oe"}, {"\u00e4", "ae"}}[d.IntN(3)]
	one, two := "Gr"+pair[0]+strings.ToLower(stem), "Gr"+pair[1]+strings.ToLower(stem)
	if d.IntN(2) == 0 {
		one, two = two, one
	}
	return secret{"name", d.word(2) + " " + one, d.of("de heer "+two, two, strings.ToUpper(two), strings.ToLower(two))}
}

// ordinaryNames are family names that are words of our own letters.
var ordinaryNames = []string{"Post", "Account", "Item", "Exact", "Maart", "Zondag", "Onderdeel", "Eerst", "Spoed", "Melding", "Sunday", "April", "Datum"}

func ordinaryVariant(d dice) secret {
	last := d.of(ordinaryNames...)
	return secret{"familyNames", d.of("", d.word(2)+" ") + last, d.of("de heer "+last, "mevrouw "+last+" belde", "familie "+last, "Met "+last+" gesproken", "Gezien door "+last)}
}

func familyVariant(d dice) secret {
	first, last := d.word(2), d.word(2)
	return secret{"familyNames", first + " " + last, d.of("dochter "+first, first+" "+last, "zoon van "+last, last+"-"+first)}
}

func aliasVariant(d dice) secret {
	a := strings.ToLower(d.word(2)) + d.digits(2)
	return secret{"aliases", a, d.of(a, "@"+a, strings.ToUpper(a), "account "+a+".", "x.example/"+a, "#"+a)}
}

// addressVariant covers domain words in Dutch: abbreviations, suffixes of a
// house number, postcodes with and without their space.
func addressVariant(d dice) secret {
	if d.IntN(3) == 0 {
		return titledVariant(d)
	}
	kind := d.of("straat", "laan", "weg", "plein", "gracht", "singel", "kade", "dreef")
	short := map[string]string{"straat": "str.", "laan": "ln.", "plein": "pln.", "gracht": "gr.", "kade": "kd.", "weg": "w.", "singel": "sngl.", "dreef": "dreef"}[kind]
	stem, suffix := d.of("", "Burgemeester van ", "Sint ", "Van der ", "Nieuwe ", "Professor ")+d.word(2), d.of("", "a", "-a", " bis", "-2", " B")
	no, code, letters, city := d.digits(1+d.IntN(3)), d.digits(4), d.of("AB", "ZX", "KL", "PQ"), d.word(2)
	street := stem + kind
	full := fmt.Sprintf("%s %s%s, %s %s %s", street, no, suffix, code, letters, city)
	return secret{"addresses", full, d.of(full, street+" "+no, street+" "+no+suffix, stem+short+" "+no, stem+short+" "+no+suffix, strings.ToUpper(street+" "+no), no+" "+street,
		street+" nr. "+no, street+", huisnummer "+no, code+letters, code+" "+letters, strings.ToLower(code+letters), strings.ToLower(code+" "+letters), street+no,
		"de "+street+" in "+city, strings.ToLower(stem+"-"+kind+"-"+no), street+"\n"+no, code+"\u00a0"+letters,
		"https://kaart.example/?pc="+code+letters+no, strings.ToLower(code+letters)+no+"a", "NL"+code+letters, "postcode"+strings.ToLower(code+letters))}
}

// titledVariant is a street named after somebody, and one known by its first word.
func titledVariant(d dice) secret {
	no, kind := d.digits(1+d.IntN(3)), d.of("laan", "straat", "plein", "weg")
	if d.IntN(2) == 0 {
		street := d.of("Laan ", "Plein ", "Weg ", "Hof ") + d.of("van ", "der ", "van de ") + d.word(3)
		return secret{"addresses", street + d.of("", " "+no) + d.of("", ", "+d.word(2)), d.of(street, "op de "+strings.ToLower(street), strings.ToUpper(street))}
	}
	titles := map[string]string{"Burgemeester ": "Bgm. ", "Professor ": "Prof. ", "Dokter ": "Dr. ", "Dominee ": "Ds. ", "Generaal ": "Gen. ", "Pastoor ": "Past. "}
	title := d.of(slices.Sorted(maps.Keys(titles))...)
	infix, stem := d.of("", "van ", "van der "), d.word(2)
	name := infix + stem + kind
	return secret{"addresses", d.of(title, titles[title]) + name + " " + no, d.of(title+name+" "+no, titles[title]+name+" "+no, name+" "+no, stem+kind+" "+no, "aan de "+name, strings.ToLower(name)+no)}
}

func phoneVariant(d dice) secret {
	n := d.digits(8)
	if d.IntN(3) == 0 { // a fixed line
		area := d.of("10", "20", "30", "70")
		m := d.digits(7)
		return secret{"phones", "0" + area + "-" + m, d.of("0"+area+m, "0"+area+" "+m[:3]+" "+m[3:5]+" "+m[5:], "+31 "+area+" "+m, "(0"+area+") "+m, "0031"+area+m, "+31("+"0)"+area+"-"+m[:3]+"."+m[3:], "lokaal "+m)}
	}
	return secret{"phones", d.of("06-"+n, "+316"+n, "0031 6 "+n), d.of("06"+n, "06-"+n, "06 "+n[:4]+" "+n[4:], "+31 6 "+n, "+316"+n, "+31 (0)6-"+n, "00316"+n, "0031 6 "+n[:2]+" "+n[2:4]+" "+n[4:6]+" "+n[6:],
		"06-"+n[:2]+"."+n[2:4]+"."+n[4:6]+"."+n[6:], "06/"+n, "tel:+316"+n, "06 - "+n[:4]+"-"+n[4:], "wa.me/316"+n)}
}

func mailVariant(d dice) secret {
	a, b := strings.ToLower(d.word(2)), strings.ToLower(d.word(2))
	full := a + "@" + b + ".example"
	return secret{"emails", full, d.of(full, strings.ToUpper(full), a+" at "+b+" dot example", a+"[at]"+b+".example", a+"(at)"+b+"(dot)example", a+" apenstaartje "+b+" punt example", a+"{at}"+b+"[punt]example",
		a+" @ "+b+" . example", "mailto:"+full, a+"&#64;"+b+".example", a+"\uff20"+b+".example")}
}

func plateVariant(d dice) secret {
	x, n, y := d.of("XK", "TZ", "GH"), d.digits(3), d.of("B", "R", "P")
	return secret{"numberPlates", x + "-" + n + "-" + y, d.of(x+n+y, x+" "+n+" "+y, x+"-"+n+"-"+y, strings.ToLower(x+n+y), x+"."+n+"."+y, x+"–"+n+"–"+y)}
}

func placeVariant(field string, kinds ...string) func(dice) secret {
	return func(d dice) secret {
		kind, article, own := d.of(kinds...), d.of("De ", "Het ", ""), d.word(3)
		v := kind + article + own
		return secret{field, v + d.of("", ", Verzonnenplein 3"), d.of(v, strings.ToLower(v), strings.ToUpper(v), strings.ReplaceAll(v, " ", "-"), strings.ReplaceAll(v, " ", "_"),
			article+own, own, strings.ToLower("bij "+article+own), "de "+own+d.of("school", "praktijk", "college"), "#"+strings.ToLower(strings.ReplaceAll(article, " ", "")+own))}
	}
}

// bsnVariant makes nine digits that meet the 11-proof; nobody's.
func bsnVariant(d dice) secret {
	for {
		if n := d.digits(9); elevenProof(n) {
			return secret{fieldBSN, "", d.of(n, "BSN "+n, "bsn: "+n, n[:3]+" "+n[3:6]+" "+n[6:], n[:4]+"."+n[4:6]+"."+n[6:], n[:3]+"-"+n[3:6]+"-"+n[6:], "burgerservicenummer is "+n, "BSN "+n[1:],
				n[:2]+" "+n[2:6]+" "+n[6:], n[:3]+" "+n[3:5]+" "+n[5:])}
		}
	}
}

func ibanVariant(d dice) secret {
	bank := d.of("TEST", "NERG", "VERZ")
	for {
		iban := "NL" + d.digits(2) + bank + d.digits(10)
		if ninetySeven(strings.ToLower(iban)) {
			spaced := iban[:4] + " " + iban[4:8] + " " + iban[8:12] + " " + iban[12:16] + " " + iban[16:]
			return secret{fieldIBAN, "", d.of(iban, spaced, strings.ToLower(iban), "rekening "+spaced, strings.ReplaceAll(spaced, " ", "."), strings.ReplaceAll(spaced, " ", "-"), "IBAN"+iban, "rekening"+iban)}
		}
	}
}

func bornVariant(d dice) secret {
	day, month, year := 1+d.IntN(28), 1+d.IntN(12), 1930+d.IntN(90)
	label := d.of("geboren ", "geboren op ", "geb. ", "geboortedatum: ", "geb.dat. ", "born on ", "date of birth: ", "DOB ", "geboorte datum ",
		"geboren in Alphen aan den Rijn op ", "geboren te Bergen op Zoom, op ", "born in the town of Verzonnen on ")
	name := monthWords[month-1]
	date := d.of(fmt.Sprintf("%02d-%02d-%d", day, month, year), fmt.Sprintf("%d/%d/%d", day, month, year), fmt.Sprintf("%d-%02d-%02d", year, month, day), fmt.Sprintf("%d %s %d", day, name, year), fmt.Sprintf("%02d.%02d.%02d", day, month, year%100),
		fmt.Sprintf("%02d-%02d-%dT00:00", day, month, year), fmt.Sprintf("the %dth of %s %d", day, monthWords[12+d.IntN(8)], year))
	return secret{fieldBorn, "", label + date}
}

// carried hides a value as programs and people do.
func carried(d dice, s string) string {
	switch d.IntN(14) {
	case 7:
		return "https://x.example/u/" + base64.RawURLEncoding.EncodeToString([]byte(s)) + d.of("/", "/2", "/adres", "-3", "_a")
	case 8:
		return "https://x.example/profile-" + base64.RawURLEncoding.EncodeToString([]byte(s))
	case 0:
		return "https://x.example/?q=" + url.QueryEscape(s)
	case 1:
		return "https://x.example/" + url.PathEscape(url.PathEscape(s)) + "/1"
	case 2:
		return "https://x.example/r/" + base64.URLEncoding.EncodeToString([]byte(s))
	case 3:
		return "https://x.example/?to=" + base64.RawStdEncoding.EncodeToString([]byte(s))
	case 4:
		return strings.ReplaceAll(html.EscapeString(s), "e", "&#101;")
	case 5:
		n := d.IntN(len([]rune(s)) + 1)
		return string([]rune(s)[:n]) + d.of("\u00ad", "\u200b", "\u2060") + string([]rune(s)[n:])
	case 6:
		return "<b>" + s + "</b>"
	}
	return s
}

var plantPlaces = []string{"subject", "text", "form/reason", "annex/1", "file/bijlage", "recipient/1"}

// Every planted variant of a generated set of ten thousand is refused.
func TestTenThousandPlanted(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(27, 3))}
	kinds := slices.Sorted(maps.Keys(secrets))
	missed := 0
	for n := range generated {
		s := secrets[kinds[n%len(kinds)]](d)
		text := "Geachte heer of mevrouw,\nhet gaat om " + carried(d, s.written) + " zoals gemeld.\nHoogachtend"
		if d.IntN(2) == 0 {
			text = carried(d, s.written)
		}
		if !hasField(NewGuard([]Sensitive{{s.field, []string{s.value}}}, Allowed{Instrument: T2}).Check(plantPlaces[n%len(plantPlaces)], text), s.field) {
			if missed++; missed < 20 {
				t.Errorf("%s %q passes in %q", s.field, s.value, text)
			}
		}
	}
	t.Logf("%d planted, %d passed", generated, missed)
}

// None of ten thousand clean texts is: letters as they leave, with what looks
// like the sealed values and is not.
func TestTenThousandClean(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(5, 2))}
	var letters []Draft
	for _, instrument := range Instruments() {
		l, _ := compose(t, instrument, demoFacts(instrument))
		l.Annexes = nil // the sealed ones name the person they are about
		letters = append(letters, l)
	}
	kinds, refused := slices.Sorted(maps.Keys(secrets)), 0
	for n := range generated {
		var sealed []Sensitive
		for _, k := range kinds {
			if s := secrets[k](d); s.value != "" {
				sealed = append(sealed, Sensitive{s.field, []string{s.value}})
			}
		}
		instrument := Instruments()[n%len(letters)]
		letter := letters[n%len(letters)]
		lines := strings.Split(letter.Text, "\n")
		from := d.IntN(len(lines))
		text := strings.Join(lines[from:min(len(lines), from+12)], "\n") + "\n" + nearMiss(d) + "\n" + d.of(ordinaryTexts...)
		allowed := demoAllowed(instrument, demoFacts(instrument))
		if hits := NewGuard(sealed, allowed).Check("text", text); len(hits) > 0 {
			if refused++; refused < 20 {
				t.Errorf("%+v in\n%s\nof %+v", hits[0], strings.Split(text, "\n")[hits[0].Line-1], sealed)
			}
		}
	}
	t.Logf("%d clean, %d refused", generated, refused)
}

// nearMiss is what a letter may say although it resembles a sealed value.
func nearMiss(d dice) string {
	for {
		no := d.digits(9)
		if elevenProof(no) {
			continue
		}
		return d.of(
			"Ons kenmerk: TD-2027-"+d.digits(4)+", uw kenmerk "+no+".",
			"SHA-256 "+strings.ToLower(fmt.Sprintf("%016x%016x%016x%016x", d.Uint64(), d.Uint64(), d.Uint64(), d.Uint64())),
			"Exacte URL: https://forum.example/t/"+no+"/p/"+d.digits(6),
			"Vastgelegd op 2027-0"+d.digits(1)+"-1"+d.digits(1)+" om 09:20:00 UTC.",
			"Verordening (EU) 2022/2065, artikel 16, tweede lid, PbEU 2022, L 277; ECLI:NL:HR:2019:"+d.digits(3)+".",
			"Bel ons op 0"+d.of("14", "88", "85")+"-"+d.digits(7)+" tussen 09.00 en 17.00 uur.",
			"Postbus "+d.digits(3)+", "+"1"+d.digits(3)+" XX Voorbeeldstad",
			"Het bericht is "+d.digits(5)+" keer bekeken, "+d.digits(3)+" keer gedeeld.",
			"De inhoud stond er op "+d.digits(1)+" maart 2027; het account bestaat sinds 2012.",
			"Wij vroegen dit ook aan Platform "+d.of("Alfa", "Beta", "Gamma")+" B.V., Handelskade 1"+d.digits(1)+"9.",
			"Het gaat om een kind dat in die gemeente is geboren en getogen.",
			"Post ID: "+d.digits(4)+"\nAccount: @"+d.digits(5)+"\nFirst seen: Sunday 21 March 2027, 20:15 (Europe/Amsterdam), 2027-03-21 19:15:00 UTC",
			"Onderdeel 1 (origineel, tekst)\nExacte URL: https://forum.example/t/"+no+"\nBericht-ID: "+d.digits(4)+"\nEerst gezien: zondag 2"+d.digits(1)+" maart 2027 om 20.15 uur",
			"Item 2 (repost, image)\nExact URL: https://forum.example/t/"+no+"\nSeen still online: Thursday 1 April 2027",
			"Zie https://forum.example/regels/melding-doen_2/"+d.digits(6)+"/veelgestelde-vragen/over-adressen",
			"Het postvak van de school en de praktijk bij de post is vol; huisnummer "+d.digits(4)+" is geen postcode, nr "+d.digits(5)+"ab evenmin.",
			"IBAN en BSN noemen wij niet. NL is het land van de dienst, id "+no+".",
		)
	}
}

func hasField(hits []Hit, field string) bool {
	for _, h := range hits {
		if h.Field == field {
			return true
		}
	}
	return false
}
