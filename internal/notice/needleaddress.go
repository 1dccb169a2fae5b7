package notice

import (
	"regexp"
	"slices"
	"strings"
)

// address is what can be told from an address as somebody typed it.
type address struct {
	street   string // squeezed, without number
	words    []string
	number   string // digits alone
	suffix   string
	postcode string // "1234ab"
	whole    string // squeezed
}

var (
	postcode    = regexp.MustCompile(`(?i)\b([1-9][0-9]{3})\s*([a-z]{2})\b`)
	houseNumber = regexp.MustCompile(`^([0-9]+)([a-z]{0,3})$`)
	ordinal     = regexp.MustCompile(`^[0-9]+(e|de|ste)$`)
	// streetEnds are the endings by which a street is known to be one, so that
	// it counts without a house number. "Markt" and the like need theirs.
	streetEnds = []string{
		"straat", "laan", "weg", "plein", "kade", "gracht", "singel", "dijk", "pad", "hof", "dreef", "steeg", "baan", "wal", "park", "plantsoen",
		"erf", "veld", "brink", "burg", "haven", "kamp", "akker", "hoeve", "stede", "boulevard", "allee", "strasse", "street", "road", "avenue",
	}
	abbreviations = []struct{ long, short string }{
		{"straat", "str"},
		{"laan", "ln"},
		{"plein", "pln"},
		{"burgemeester", "burg"},
		{"burgemeester", "bgm"},
		{"sint", "st"},
		{"professor", "prof"},
		{"doctor", "dr"},
		{"dokter", "dr"},
		{"gracht", "gr"},
		{"singel", "sngl"},
		{"kade", "kd"},
		{"vander", "vd"},
		{"vanden", "vd"},
		{"van", "v"},
		{"laan", "l"},
		{"straat", "s"},
		{"plein", "pl"},
		{"weg", "w"},
	}
	// streetStarts are the first words of streets that are known by them: "Laan
	// van …", "Plein der …". One word more does not make a street of them.
	streetStarts = []string{"laan", "plein", "weg", "straat", "hof", "singel", "kade", "gracht", "dreef", "allee", "boulevard", "avenue", "rue", "via", "calle"}
	// streetTitles begin streets named after somebody, and are left out in speech.
	streetTitles = []string{
		"burgemeester", "burg", "bgm", "burgem", "professor", "prof", "doctor", "dokter", "dr", "drs", "meester", "mr", "ingenieur", "ir", "dominee", "ds", "pastoor", "past", "kapelaan",
		"monseigneur", "mgr", "deken", "pater", "generaal", "gen", "kolonel", "kapitein", "admiraal", "adm", "minister", "min", "president", "pres", "jonkheer", "jhr", "wethouder", "weth",
		"graaf", "gravin", "koning", "koningin", "kon", "prins", "prinses", "pr", "zuster", "sint", "st",
	}
	// numberWords stand between a street and its number.
	numberWords = []string{"nr", "no", "nummer", "huisnummer", "huisnr"}
)

// parseAddress reads an address in any of the usual orders. ok is false if
// there is no house number in it.
func parseAddress(v string) (address, bool) {
	v = fold(decode(v))
	a := address{whole: canonical(v).squeezed}
	if m := postcode.FindStringSubmatch(v); m != nil {
		a.postcode = m[1] + m[2]
		v = strings.Replace(v, m[0], ",", 1)
	}
	var before []token
	for _, part := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == '\n' || r == ';' }) {
		words := canonical(part).tokens
		if len(words) > 0 && slices.Contains(numberWords, words[0].text) { // "Markt, nr. 5"
			words = slices.Concat(before, words)
		}
		if a.readStreet(words) {
			return a, true
		}
		before = words
	}
	return a, false
}

func (a *address) readStreet(words []token) bool {
	for n, w := range words {
		m := houseNumber.FindStringSubmatch(w.text)
		if m == nil || ordinal.MatchString(w.text) && n == 0 {
			continue
		}
		street := words[:n]
		if n == 0 {
			street = words[1:]
		}
		for len(street) > 0 && slices.Contains(numberWords, street[len(street)-1].text) {
			street = street[:len(street)-1]
		}
		if len(street) == 0 {
			continue
		}
		a.number, a.suffix = m[1], m[2]
		if n > 0 && a.suffix == "" && n+1 < len(words) && len(words[n+1].text) == 1 {
			a.suffix = words[n+1].text
		}
		a.setStreet(street)
		return true
	}
	return false
}

func (a *address) setStreet(words []token) {
	for _, w := range words {
		a.street += w.text
		a.words = append(a.words, w.text)
	}
}

// withoutTitle is a street without the title and initials of whom it is named
// after, and with and without the infix behind them: "van Houtenlaan" and
// "Houtenlaan" for "Burgemeester van Houtenlaan".
func (a address) withoutTitle() []string {
	n := 0
	for n < len(a.words) && (slices.Contains(streetTitles, a.words[n]) || n > 0 && len(a.words[n]) == 1 && !isDigits(a.words[n])) {
		n++
	}
	bare := n
	for bare < len(a.words) && isInfix(a.words[bare]) {
		bare++
	}
	var out []string
	for _, from := range []int{n, bare} {
		if from > 0 && from < len(a.words) && !slices.Contains(out, strings.Join(a.words[from:], "")) {
			out = append(out, strings.Join(a.words[from:], ""))
		}
	}
	return out
}

// addressNeedles looks for an address whole and in its telling parts: street
// with number in either order, the postcode, and the street alone where its
// name shows that it is one. A town alone tells nobody's address.
func addressNeedles(value string, add func(string, rule)) {
	a, ok := parseAddress(value)
	add(wordsRule(canonical(a.whole)))
	add(a.postcode, postal)
	if !ok {
		first, _, _ := strings.Cut(value, ",")
		a.setStreet(canonical(first).tokens)
		a.streetNeedle(a.street, add)
		return
	}
	a.writtenNeedles(add)
	for _, street := range a.withoutTitle() {
		add(street+a.number, numbered)
		a.streetNeedle(street, add)
	}
	for _, street := range spellings(a.street) {
		add(street+a.number, numbered)
		for _, word := range numberWords {
			add(street+word+a.number, numbered)
		}
		add(a.number+street, bounded)
		if a.suffix != "" {
			add(a.number+a.suffix+street, bounded)
		}
		if len(street) >= len(a.street)-shortened {
			a.streetNeedle(street, add)
		}
	}
}

// streetNeedle looks for a street alone where its name shows that it is one.
func (a address) streetNeedle(street string, add func(string, rule)) {
	begins := len(a.words) > 2 && slices.Contains(streetStarts, a.words[0]) && !saysOwn(street)
	if begins || isStreet(a.street) {
		add(wordsRule(canonical(street)))
	}
}

// shortened is by how much a street's name may be abbreviated and still be
// looked for without its number: "Verzonnenl" alone is too little.
const shortened = 3

func spellings(street string) []string {
	out := []string{street}
	for _, ab := range abbreviations {
		for _, s := range slices.Clone(out) {
			if strings.Contains(s, ab.long) {
				out = append(out, strings.Replace(s, ab.long, ab.short, 1))
			}
		}
	}
	return out
}

func isStreet(street string) bool {
	return slices.ContainsFunc(streetEnds, func(end string) bool { return strings.HasSuffix(street, end) && len(street) > len(end)+1 })
}

// homeKeys are the addresses where an affected person lives.
func homeKeys(sealed []Sensitive) []address {
	var out []address
	for _, s := range sealed {
		if s.Field != fieldAddresses {
			continue
		}
		out = append(out, addressesOf(s.Values)...)
	}
	return out
}

// addressesOf are the addresses in some values.
func addressesOf(values []string) []address {
	var out []address
	for _, v := range values {
		for _, p := range partsOf(fieldAddresses, v) {
			a, _ := parseAddress(p.value)
			out = append(out, a)
		}
	}
	return out
}

// isHome reports whether an allowed value is one of these addresses: the same
// postcode and number, or the same street and number where one has no postcode.
func isHome(v string, homes []address) bool {
	a, ok := parseAddress(v)
	for _, h := range homes {
		if a.whole != "" && a.whole == h.whole {
			return true
		}
		if !ok || h.number != a.number || h.number == "" {
			continue
		}
		if h.postcode != "" && a.postcode != "" {
			if h.postcode == a.postcode {
				return true
			}
			continue
		}
		if h.isWrittenAs(a.street) || a.isWrittenAs(h.street) {
			return true
		}
	}
	return false
}
