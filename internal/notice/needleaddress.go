package notice

import (
	"regexp"
	"slices"
	"strings"
)

// address is what can be told from an address as somebody typed it.
type address struct {
	street   string // squeezed, without number
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
	for _, part := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == '\n' || r == ';' }) {
		if a.readStreet(canonical(part).tokens) {
			return a, true
		}
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
		if len(street) == 0 {
			continue
		}
		a.number, a.suffix = m[1], m[2]
		if n > 0 && a.suffix == "" && n+1 < len(words) && len(words[n+1].text) == 1 {
			a.suffix = words[n+1].text
		}
		for _, s := range street {
			a.street += s.text
		}
		return true
	}
	return false
}

// addressNeedles looks for an address whole and in its telling parts: street
// with number in either order, the postcode, and the street alone where its
// name shows that it is one. A town alone tells nobody's address.
func addressNeedles(value string, add func(string, rule)) {
	a, ok := parseAddress(value)
	add(wordsRule(canonical(a.whole)))
	add(a.postcode, bounded)
	if !ok {
		return
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
		if isStreet(a.street) && len(street) >= len(a.street)-shortened {
			add(wordsRule(canonical(street)))
		}
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
		for _, v := range s.Values {
			a, _ := parseAddress(v)
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
		if slices.Contains(spellings(h.street), a.street) || slices.Contains(spellings(a.street), h.street) {
			return true
		}
	}
	return false
}
