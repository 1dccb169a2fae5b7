package notice

import (
	"slices"
	"strconv"
	"strings"
)

// What is never stored, and so can't be compared with, is known by its form
// alone: a citizen's number (BSN, 11-proof), a bank account (IBAN, ISO 13616)
// and a date of birth (domain.md §8: forbidden in every outgoing document).
const (
	fieldBSN  = "bsn"
	fieldIBAN = "iban"
	fieldBorn = "dateOfBirth"
)

// patterns tells where one of them stands. numbers are the case's own: what an
// item or a ticket is numbered with may look like one.
func patterns(c canon, numbers map[string]bool, hit found) {
	for n := range c.tokens {
		if bsnAt(c.tokens, n, numbers) {
			hit(fieldBSN, c.tokens[n].line)
		}
		if ibanAt(c.tokens, n) {
			hit(fieldIBAN, c.tokens[n].line)
		}
		if bornAt(c.tokens, n) {
			hit(fieldBorn, c.tokens[n].line)
		}
	}
}

// bsnShapes are the groups in which people write the nine digits.
var bsnShapes = [][]int{{9}, {3, 3, 3}, {4, 2, 3}, {4, 5}, {2, 3, 4}, {2, 4, 3}, {3, 2, 4}, {2, 2, 2, 3}}

// bsnAt reads nine digits that meet the 11-proof, or what is called a BSN.
func bsnAt(tokens []token, n int, numbers map[string]bool) bool {
	if rest := withoutNumberWord(tokens[n].text); rest != "" {
		return longEnough(tokens[n+1:], len(rest))
	}
	if labelled(tokens, n, numberLabels...) {
		return longEnough(tokens[n:], 0)
	}
	if !isDigits(tokens[n].text) || len(tokens[n].text) > 9 || reference(tokens, n) {
		return false
	}
	for _, shape := range bsnShapes {
		if digits, ok := shaped(tokens, n, shape); ok && elevenProof(digits) && !numbers[digits] {
			return true
		}
	}
	return false
}

// numberLabels stand before a citizen's number, in one word with it too.
var numberLabels = []string{"bsn", "burgerservicenummer", "sofinummer", "sofi"}

// withoutNumberWord is "123456782" of "bsn123456782".
func withoutNumberWord(word string) string {
	if len(word) < 4 || word[0] != 'b' && word[0] != 's' { // most words: this is asked of each
		return ""
	}
	for _, label := range numberLabels {
		if rest, ok := strings.CutPrefix(word, label); ok && isDigits(rest) {
			return rest
		}
	}
	return ""
}

// labelled says that a token stands at most three behind one of these words.
func labelled(tokens []token, n int, words ...string) bool {
	if !isDigits(tokens[n].text) {
		return false
	}
	for i := n - 1; i >= max(0, n-3); i-- {
		if slices.Contains(words, tokens[i].text) {
			return true
		}
	}
	return false
}

// referenceWords stand before numbers that are nobody's: those of a ticket, a
// post, a register of companies.
var referenceWords = []string{
	"kenmerk", "ticket", "ticketnummer", "zaaknummer", "referentie", "reference", "case", "id", "kvk", "account", "accountnummer", "melding", "meldingsnummer", "nummer", "number", "rsin",
}

func reference(tokens []token, n int) bool {
	return n > 0 && slices.Contains(referenceWords, tokens[n-1].text)
}

// longEnough says that eight or nine digits stand in some tokens, those of the
// word before them counted: an older number was written without its leading zero.
func longEnough(tokens []token, size int) bool {
	for n := 0; n < len(tokens) && isDigits(tokens[n].text) && size < 8; n++ {
		size += len(tokens[n].text)
	}
	return size == 8 || size == 9
}

// shaped reads digits in exactly these groups; several of them with no group
// before and none behind, or it is part of something longer.
func shaped(tokens []token, n int, groups []int) (string, bool) {
	if len(tokens)-n < len(groups) || len(groups) > 1 && (isGroup(tokens, n-1) || isGroup(tokens, n+len(groups))) {
		return "", false
	}
	digits := ""
	for i, size := range groups {
		t := tokens[n+i]
		if len(t.text) != size || !isDigits(t.text) || t.line != tokens[n].line {
			return "", false
		}
		digits += t.text
	}
	return digits, true
}

func isGroup(tokens []token, n int) bool {
	return n >= 0 && n < len(tokens) && len(tokens[n].text) > 1 && isDigits(tokens[n].text)
}

// elevenProof is the check of nine digits: weighted 9 to 2 and -1, their sum is
// a multiple of eleven.
func elevenProof(digits string) bool {
	sum := -int(digits[8] - '0')
	for i := range 8 {
		sum += (9 - i) * int(digits[i]-'0')
	}
	return sum%11 == 0 && digits != "000000000"
}

// ibanLengths are the lengths of an account's number in the countries of SEPA.
var ibanLengths = map[string]int{
	"ad": 24, "at": 20, "be": 16, "bg": 22, "ch": 21, "cy": 28, "cz": 24, "de": 22, "dk": 18, "ee": 20, "es": 24, "fi": 18, "fr": 27, "gb": 22, "gi": 23, "gr": 27, "hr": 21, "hu": 28,
	"ie": 22, "is": 26, "it": 27, "li": 21, "lt": 20, "lu": 20, "lv": 21, "mc": 27, "mt": 31, "nl": 18, "no": 15, "pl": 28, "pt": 25, "ro": 24, "se": 24, "si": 19, "sk": 24, "sm": 27, "va": 22,
}

// accountWords may stand before an account's number in one word with it.
var accountWords = []string{"iban", "bankrekeningnummer", "rekeningnummer", "bankrekening", "rekeningnr", "rekening", "rek", "account"}

// withoutAccountWord is "nl91…" of "ibannl91…".
func withoutAccountWord(word string) string {
	if len(word) < 8 || !strings.Contains("ibra", word[:1]) { // most words: this is asked of each
		return word
	}
	for _, label := range accountWords {
		if rest, ok := strings.CutPrefix(word, label); ok && len(rest) > 3 && isDigits(rest[2:4]) {
			return rest
		}
	}
	return word
}

// ibanAt reads an account's number from a token on, in groups or in one.
func ibanAt(tokens []token, n int) bool {
	first := withoutAccountWord(tokens[n].text)
	if len(first) < 2 || inReference(tokens, n) {
		return false
	}
	if len(first) > 2 && !isDigits(first[2:min(4, len(first))]) {
		return false
	}
	size, ok := ibanLengths[first[:2]]
	if !ok {
		return false
	}
	var b strings.Builder
	b.WriteString(first)
	for n++; n < len(tokens) && b.Len() < size; n++ {
		b.WriteString(tokens[n].text)
	}
	return b.Len() == size && isDigits(b.String()[2:4]) && ninetySeven(b.String())
}

// referenceDigits are how many hexadecimal digits end our reference, TD-YEAR-DIGITS:
// fewer than any account's number has.
const referenceDigits = 10

// inReference says that a token ends our own reference, or names the court of a
// judgment (ECLI:NL:HR:…): one that begins as a country's code would make an
// account's number with the words behind it.
func inReference(tokens []token, n int) bool {
	if n > 1 && tokens[n-2].text == "ecli" {
		return true
	}
	return n > 1 && tokens[n-2].text == "td" && len(tokens[n-1].text) == 4 && isDigits(tokens[n-1].text) &&
		len(tokens[n].text) == referenceDigits && strings.Trim(tokens[n].text, "0123456789abcdef") == ""
}

// ninetySeven is the check of ISO 7064: the number with its head behind it,
// letters as 10 to 35, leaves 1.
func ninetySeven(iban string) bool {
	rest := 0
	for _, r := range iban[4:] + iban[:4] {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'a' && r <= 'z':
			rest = (rest*100 + int(r-'a') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// isBorn is a word that says whose date stands beside it.
func isBorn(word string) bool {
	switch word {
	case "geboren", "geb", "geboorte", "geboortedatum", "geboortedag", "geboortejaar", "gebdatum", "verjaardag", "jarig", "born", "birth", "birthdate", "birthday", "dob":
		return true
	}
	return false
}

var monthWords = []string{
	"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december",
	"january", "february", "march", "may", "june", "july", "august", "october",
	"jan", "feb", "mrt", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "okt", "oct", "nov", "dec",
}

const (
	bornBefore = 4 // words between "geboren" and the date
	bornBroken = 1 // where a line ends between them
	bornFar    = 9 // and a whole date on its line: a place may stand between
	bornBehind = 2 // and between a date and "(geboortedatum)"
	dateTokens = 3
)

// bornAt reads a date beside a word that says whose it is.
func bornAt(tokens []token, n int) bool {
	if !isBorn(tokens[n].text) {
		return false
	}
	for i := n + 1; i <= n+1+bornFar && i < len(tokens); i++ {
		near, here := i <= n+1+bornBefore, tokens[i].line == tokens[n].line
		if near && (here || i <= n+1+bornBroken) && dateAt(tokens, i) || here && wholeDateAt(tokens, i) {
			return true
		}
	}
	for i := max(0, n-bornBehind-dateTokens); i < n; i++ {
		if dateAt(tokens, i) && n-i-dateTokens <= bornBehind {
			return true
		}
	}
	return false
}

// dateAt reads a day, month and year in any order and spelling, or a year
// alone that somebody can be born in.
func dateAt(tokens []token, n int) bool {
	t := tokens[n].text
	return isDigits(t) && (len(t) == 8 || isYear(t)) || wholeDateAt(tokens, n)
}

// wholeDateAt reads a date that has its day: "12 maart", "the 12th of March",
// "12-03-1980T00:00".
func wholeDateAt(tokens []token, n int) bool {
	if n+1 >= len(tokens) {
		return false
	}
	a, b := tokens[n].text, tokens[n+1].text
	if isDayWord(a) && slices.Contains(monthWords, b) || slices.Contains(monthWords, a) && isDayWord(b) {
		return true
	}
	if n+2 >= len(tokens) {
		return false
	}
	c := tokens[n+2].text
	if isDayWord(a) && b == "of" && slices.Contains(monthWords, c) {
		return true
	}
	last, _, _ := strings.Cut(c, "t") // the hour of ISO 8601
	return isDay(a) && isDay(b) && isDigits(last) && (len(last) == 2 || isYear(last)) || isYear(a) && isDay(b) && isDay(last)
}

// isDayWord is a day as a number or as the ordinal of one: "12", "12th", "12e".
func isDayWord(s string) bool { return isDay(strings.TrimRight(s, "stndrhe")) }

func isDay(s string) bool {
	v, err := strconv.Atoi(s)
	return err == nil && len(s) <= 2 && v >= 1 && v <= 31
}

func isYear(s string) bool {
	v, err := strconv.Atoi(s)
	return err == nil && len(s) == 4 && v >= 1900 && v <= 2100
}
