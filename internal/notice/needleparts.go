package notice

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// part is one thing that a sealed value holds, and as which field it is looked
// for.
type part struct{ kind, value string }

// The fields as which parts are looked for.
const (
	fieldPhones  = "phones"
	fieldEmails  = "emails"
	fieldPlates  = "numberPlates"
	fieldAliases = "aliases"
	namePart     = "namePart" // a name within a longer value: one word of it is no alias
)

var (
	partBreak  = regexp.MustCompile(`[,;/<>()\[\]|\n]|\s[-\x{2010}-\x{2015}&+]\s|(?i:\s(?:en|of|and|or)\s)`)
	placeBreak = regexp.MustCompile(`[;/|\n]`)
	partLabel  = regexp.MustCompile(`^\s*[\p{L} .-]{1,20}:\s*`)
	remark     = regexp.MustCompile(`\([^()]*\)`)
	mailWord   = regexp.MustCompile(`[^\s,;:<>()\[\]"'/|@]+@[^\s,;:<>()\[\]"'/|@]+`)
	numberRow  = regexp.MustCompile(`[+(0-9][-+0-9 \t()./\x{2010}-\x{2015}]*`)
	codeAlone  = regexp.MustCompile(`\b[1-9][0-9]{3} ?[A-Z]{2}\b`)
)

// minNumber is how many digits a telephone number has at least.
const minNumber = 7

// partsOf are a value and, where it holds more than one thing, each of them:
// people write two numbers, a name with a number or a remark into one field.
func partsOf(field, value string) []part {
	out := []part{{field, value}}
	plain := norm.NFKC.String(decode(value))
	add := func(kind string, values ...string) {
		for _, v := range values {
			if v = strings.TrimSpace(v); v != "" && v != value {
				out = append(out, part{kind, v})
			}
		}
	}
	switch field {
	case fieldPhones:
		add(fieldPhones, phonesIn(plain)...)
	case fieldEmails:
		add(fieldEmails, mailWord.FindAllString(plain, -1)...)
	case "reporter", "suspects":
		freeParts(plain, add)
	case fieldName, "familyNames", "staff", OtherNames:
		add(namePart, namesIn(plain)...)
	case fieldAliases:
		add(fieldAliases, aliasesIn(plain)...)
	case fieldAddresses, "domicile":
		add(fieldAddresses, addressesIn(plain)...)
	case fieldPlates:
		add(fieldPlates, platesIn(plain)...)
	case "schools", "workplaces":
		if pieces := placeBreak.Split(plain, -1); len(pieces) > 1 {
			add(field, pieces...)
		}
	}
	return out
}

// freeParts are the parts of free text about somebody.
func freeParts(plain string, add func(string, ...string)) {
	rest := plain
	for _, m := range mailWord.FindAllString(plain, -1) {
		add(fieldEmails, m)
		rest = strings.Replace(rest, m, ";", 1)
	}
	for _, n := range phonesIn(rest) {
		if strings.ContainsAny(n[:1], "+(0") || !strings.Contains(n, " ") { // "5 9998" is a house and a postcode
			add(fieldPhones, n)
			rest = strings.Replace(rest, n, ";", 1)
		}
	}
	add(namePart, namesIn(rest)...)
	add(fieldAddresses, addressesIn(rest)...)
}

// phonesIn are the numbers of seven digits or more. One ends where it has all
// its digits and the next group begins as a number does.
func phonesIn(plain string) []string {
	var out, groups []string
	size := 0
	flush := func() {
		if size >= minNumber {
			out = append(out, strings.Join(groups, " "))
		}
		groups, size = nil, 0
	}
	for _, row := range numberRow.FindAllString(plain, -1) {
		for _, group := range strings.Fields(strings.ReplaceAll(row, "/", " / ")) {
			if group == "/" {
				if size >= minNumber {
					flush()
				}
				continue
			}
			if strings.ContainsAny(group[:1], "+(0") && size > 0 && size >= wholeNumber(groups[0]) {
				flush()
			}
			groups, size = append(groups, group), size+countDigits(group)
		}
		flush()
	}
	return out
}

// wholeNumber is how many digits a number has by how it begins: in the
// Netherlands, with the country's code behind + or 00.
func wholeNumber(begin string) int {
	switch {
	case strings.HasPrefix(begin, "+"):
		return 11
	case strings.HasPrefix(begin, "00"):
		return 13
	}
	return 10
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if digit(s[i]) {
			n++
		}
	}
	return n
}

// pieces are what stands between separators, without a label before it.
func pieces(plain string) []string {
	var out []string
	for _, p := range partBreak.Split(plain, -1) {
		if p = strings.TrimSpace(partLabel.ReplaceAllString(p, "")); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// namesIn are the pieces that look like somebody's name: written with capitals,
// or the first one of a value that has none.
func namesIn(plain string) []string {
	var out []string
	small := strings.IndexFunc(plain, unicode.IsUpper) < 0
	for n, p := range pieces(plain) {
		if p = behindKin(p); nameLike(p, small && n == 0) {
			out = append(out, p)
		}
	}
	return out
}

// kinWords stand before a name in small letters: "zijn broer Kees".
var kinWords = strings.Fields("zijn haar hun de mijn ex broer zus zoon dochter vader moeder neef nicht oom tante opa oma vriend vriendin partner man vrouw echtgenoot echtgenote buurman buurvrouw collega")

func behindKin(piece string) string {
	for {
		first, rest, more := strings.Cut(piece, " ")
		if !more || !slices.Contains(kinWords, first) {
			return piece
		}
		piece = strings.TrimSpace(rest)
	}
}

func nameLike(piece string, small bool) bool {
	tokens := canonical(piece).tokens
	words, ordinaries := 0, 0
	for _, t := range tokens {
		if countDigits(t.text) > 0 {
			return false
		}
		if isInfix(t.text) || slices.Contains(titleWords, t.text) || slices.Contains(styleWords, t.text) {
			continue
		}
		words++
		if ordinary(t.text) {
			ordinaries++
		}
		if !t.capital && !small {
			return false
		}
	}
	if small {
		return words > 1 && ordinaries == 0 && len(tokens) <= maxNameWords
	}
	return words > ordinaries && len(tokens) <= maxNameWords
}

// minAlias is how long an alias must be to be looked for as one of several.
const minAlias = 3

// aliasesIn are the aliases of a row; an address of a page is one alias.
func aliasesIn(plain string) []string {
	if strings.Contains(plain, "://") || strings.Contains(plain, "www.") {
		return nil
	}
	var out []string
	for _, p := range pieces(remark.ReplaceAllString(plain, ";")) {
		if c := canonical(p); utf8.RuneCountInString(c.squeezed) >= minAlias && !ordinary(c.squeezed) {
			out = append(out, p)
		}
	}
	return out
}

// roomWords stand before a number that is no street's.
var roomWords = []string{"etage", "verdieping", "bus", "box", "postbus", "kamer", "appartement", "app", "unit", "flat", "toevoeging", "item", "onderdeel", "artikel", "leeftijd", "sinds", "tot", "vanaf"}

// addressesIn are the pieces with a street and its number or with a postcode. A
// town alone tells nobody's address.
func addressesIn(plain string) []string {
	var out []string
	for _, p := range pieces(plain) {
		if isAddress(p) {
			out = append(out, p)
		}
	}
	return out
}

func isAddress(piece string) bool {
	if codeAlone.MatchString(piece) {
		return true
	}
	a, ok := parseAddress(piece)
	if !ok || slices.Contains(roomWords, a.words[0]) || slices.Contains(numberWords, a.words[0]) {
		return false
	}
	if isStreet(a.street) {
		return true
	}
	first, _ := utf8.DecodeRuneInString(piece)
	return unicode.IsUpper(first) && utf8.RuneCountInString(a.street) >= minPlace && !isYear(a.number)
}

// Bounds of a number plate, without its hyphens.
const (
	minPlate = 4
	maxPlate = 8
)

func platesIn(plain string) []string {
	var out []string
	for _, p := range pieces(plain) {
		s := canonical(p).squeezed
		if digits := countDigits(s); digits > 0 && digits < len(s) && len(s) >= minPlate && len(s) <= maxPlate {
			out = append(out, p)
		}
	}
	return out
}

// needlesOf gives every spelling of a value and of its parts, but of those that
// are nothing sealed.
func needlesOf(field, value string, free func(part) bool) []needle {
	var out []needle
	for _, p := range partsOf(field, value) {
		if free != nil && free(p) {
			continue
		}
		for _, n := range needlesFor(p.kind, p.value) {
			n.field = field
			out = append(out, n)
		}
	}
	return out
}
