package notice

import (
	"fmt"
	"strings"
)

// Further kinds of planted values: several in one field, genitives, what accounts,
// streets and places are called for short, and names that are ordinary words.
var furtherSecrets = map[string]func(dice) secret{
	"several":    severalVariant,
	"genitives":  genitiveVariant,
	"handles":    handleVariant,
	"streets":    streetVariant,
	"places":     shortPlaceVariant,
	"commonName": commonVariant,
	"oneWord":    oneWordVariant,
}

func init() {
	for kind, draw := range furtherSecrets {
		secrets[kind] = draw
	}
}

// severalVariant is a field that holds more than one thing, and one of them.
func severalVariant(d dice) secret {
	n, m := d.digits(8), d.digits(7)
	first, last, street := d.word(2), d.word(2), d.word(2)+d.of("straat", "laan", "kade")
	mail := strings.ToLower(first) + "@" + strings.ToLower(last) + ".example"
	no, code := d.digits(2), d.digits(4)+" ZX"
	gap := d.of(", ", "; ", " / ", "\n", " en ", " of ")
	switch d.IntN(5) {
	case 0:
		v := "06-" + n + d.of(" (sinds 2019)", gap+"030-"+m, " 030-"+m, " (werk)", gap+"thuis 030-"+m)
		return secret{fieldPhones, v, d.of("06"+n, "06 "+n[:4]+" "+n[4:], "+31 6 "+n)}
	case 1:
		v := d.of(first+" <"+mail+">", mail+gap+"x@y.example", "x@y.example"+gap+mail, mail+" (werk)")
		return secret{fieldEmails, v, d.of(mail, strings.ReplaceAll(mail, "@", " at "), strings.ToUpper(mail))}
	case 2:
		field := d.of("reporter", "suspects")
		v := first + " " + last + d.of(", ", "; ", "\n", " (buurman), ") + d.of("06-"+n+", ", "") + street + " " + no + ", " + code + " Nergensdorp, " + mail
		return secret{field, v, d.of(first+" "+last, "mevrouw "+last, first, street+" "+no, strings.ReplaceAll(code, " ", ""), mail)}
	case 3:
		other := d.word(2)
		v := d.of(first+", "+other+" en Bo "+last, other+gap+first+" "+last)
		return secret{"familyNames", v, d.of("dochter "+first, other, "familie "+last)}
	}
	v := street + " " + no + ", " + code + " Nergensdorp" + d.of("; ", "\n", " / ", " en ") + "Zondergracht 7"
	return secret{fieldAddresses, v, d.of("Zondergracht 7", street+" "+no, code)}
}

func genitiveVariant(d dice) secret {
	first, last := d.word(2)+"m", d.word(2)+"r"
	infix := d.of("", "", "de ", "van der ")
	return secret{"name", first + " " + infix + last, d.of(last+"s adres", strings.ToLower(last)+"s adres", "mevrouw "+infix+last+"s woning", "de "+last+"s", first+"s huis", strings.ToLower(first)+"s huis", first+" "+infix+last+"s telefoon")}
}

func handleVariant(d dice) secret {
	first, last, year := d.word(2), d.word(2), d.digits(2+2*d.IntN(2))
	infix := d.of("", "de ", "van der ")
	joined := strings.ToLower(strings.ReplaceAll(infix, " ", "") + last)
	f := strings.ToLower(first)
	return secret{"name", first + " " + infix + last, d.of("@"+f[:1]+joined+year, f[:1]+strings.ToLower(last)+year, f+joined+year, "x.example/"+f+strings.ToLower(last)+year, joined+year, f+year, "#"+strings.ToLower(last)+f+year)}
}

func streetVariant(d dice) secret {
	no, stem := d.digits(1+d.IntN(3)), d.word(2)+d.of("straat", "gracht", "laan", "kade", "singel")
	switch d.IntN(3) {
	case 0:
		n := d.IntN(4)
		long, short := []string{"Eerste", "Tweede", "Derde", "Vierde"}[n], fmt.Sprintf("%de", n+1)
		if d.IntN(2) == 0 {
			long, short = short, long
		}
		return secret{fieldAddresses, long + " " + stem + " " + no, d.of(short+" "+stem+" "+no, strings.ToLower(short+" "+stem+" "+no), "aan de "+short+" "+stem, strings.ToUpper(short+" "+stem))}
	case 1:
		a, b := d.word(2), d.word(2)
		return secret{fieldAddresses, a + " " + b + " " + stem + " " + no, d.of(a[:1]+"."+b[:1]+". "+stem+" "+no, a[:1]+b[:1]+" "+stem+" "+no, stem+" "+no, "aan de "+stem)}
	}
	pair := [][2]string{{"Oudezijds", "O.Z."}, {"Nieuwezijds", "NZ"}, {"Nieuwe", "Nw."}, {"Oude", "O."}, {"Grote", "Gr."}, {"Lange", "L."}}[d.IntN(6)]
	stored, written := pair[0], pair[1]
	if len(written) > 2 && d.IntN(2) == 0 {
		stored, written = written, stored
	}
	return secret{fieldAddresses, stored + " " + stem + " " + no, d.of(written+" "+stem+" "+no, strings.ToLower(written+" "+stem+" "+no), stem+" "+no)}
}

func shortPlaceVariant(d dice) secret {
	own := d.word(3)
	if d.IntN(3) == 0 {
		infix := d.of("Van der ", "Van den ", "Van de ")
		stored, written := d.of("Praktijk ", "Tandartspraktijk ")+infix+own, "praktijk v.d. "+own
		if d.IntN(2) == 0 {
			stored, written = "Praktijk v.d. "+own, "praktijk "+infix+own
		}
		return secret{"workplaces", stored, d.of(written, strings.ToLower(written))}
	}
	pair := [][2]string{{"Sint", "St."}, {"Koningin", "Kon."}, {"Prins", "Pr."}, {"Burgemeester", "Burg."}, {"Pastoor", "Past."}}[d.IntN(5)]
	low := strings.ToLower(own)
	return secret{"schools", d.of("", "Basisschool ") + pair[0] + " " + own + d.of("school", "college", "lyceum"), d.of(pair[1]+" "+own, "de "+low, "De "+own, "op de "+own, "de "+own+d.of("school", ""), pair[0]+" "+own)}
}

// commonNames are family names that are ordinary words outside our letters.
var commonNames = []string{"Klein", "Vrij", "Best", "Stad", "Groot", "Berg", "Dorp", "Wolf", "Winter", "Zwart", "Hoop", "Young", "Bank"}

func commonVariant(d dice) secret {
	first, last := d.word(2), d.of(commonNames...)
	low := strings.ToLower(last)
	return secret{"familyNames", d.of("", first+" ", first+" de ") + last, d.of("de heer "+last, "mevrouw "+low+" belde", "familie "+low, "dhr. "+low, "Met "+last+" gesproken", "volgens "+last)}
}

func oneWordVariant(d dice) secret {
	if d.IntN(2) == 0 {
		a, b := strings.ToLower(d.word(2)), strings.ToLower(d.word(2))
		return secret{fieldEmails, a + "@" + b + ".example", d.of(a+"(a)"+b+".example", a+" [a] "+b+" [punt] example", a+"(A)"+b+"(dot)example")}
	}
	for {
		if n := d.digits(9); elevenProof(n) {
			return secret{fieldBSN, "", d.of("bsn"+n, "BSN"+n, "burgerservicenummer"+n, "bsn"+n[:3]+" "+n[3:6]+" "+n[6:])}
		}
	}
}

// ordinaryTexts speak of nobody, in words that somebody may be called.
var ordinaryTexts = []string{
	"Het gaat om een klein aantal berichten in een groot forum.",
	"Dat kan vrij snel, en het is het best bereikbaar voor de hele stad.",
	"In het dorp staat een berg van zulke berichten; de bank en de hoop daarop blijven, zwart op wit.",
	"Dit is de eerste straat, niet de nieuwe gracht 5; de winter is lang.",
	"Wij hopen op een goed einde, in de stad en in het dorp.",
	"Het forum is vrij toegankelijk, sinds 2012, voor jong en oud.",
	"A small number of good posts by young people, in the bank or on the street.",
	"Onder (a) en (b) van artikel 16 staat wat een melding nodig heeft.",
	"Het bureau staat bij de praktijk, de school en het college, op nummer 7.",
}
