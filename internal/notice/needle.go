package notice

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// rule says where a needle counts as found.
type rule int

const (
	anywhere rule = iota // long enough to mean nothing else
	inside               // within one word, or from the start of one to the end of one
	bounded              // from the start of a word to the end of one
	numbered             // from the start of a word, no digit behind
	titled               // one word, written with a capital; a genitive of it too
	oneWord              // as styled, within one word
	styled               // as bounded; within one word also behind a form of address, before digits and in the genitive
	notDated             // as styled, but not as part of a date
	postal               // no digit before, no letter behind
	number               // inside a run of digits
	wholeRun             // exactly a run of digits
	mailbox              // anywhere, "at" and "dot" written out too
)

// needle is one spelling of one sealed value.
type needle struct {
	field string
	text  string
	rule  rule
}

// stands applies a rule to one occurrence.
func (c canon) stands(from, to int, r rule) (int, bool) {
	first := c.tokenAt(from)
	last := c.tokenAt(to - 1)
	t := c.tokens[first]
	starts := t.at == from
	ends := c.tokens[last].at+len(c.tokens[last].text) == to
	switch r {
	case inside:
		return t.line, first == last || starts && ends
	case bounded:
		return t.line, starts && ends
	case numbered:
		return t.line, starts && (ends || !isDigits(c.squeezed[to:to+1]))
	case titled:
		return t.line, first == last && starts && t.capital && (ends || to-from >= minGenitive && isGenitive(t, t.text[to-t.at:])) && !c.ours(first)
	case oneWord:
		return t.line, first == last && c.isStyled(t, from, to)
	case styled:
		return t.line, starts && ends || first == last && c.isStyled(t, from, to)
	case notDated:
		return t.line, (starts && ends || first == last && c.isStyled(t, from, to)) && !c.inDate(first)
	case postal:
		return t.line, c.isPostal(t, from, to, starts)
	}
	return t.line, true
}

// isStyled says that only a form of address stands before a name in its word,
// and only digits or an s behind: "mevrouwDeVries", "devries82", "Mulders".
func (c canon) isStyled(t token, from, to int) bool {
	before, behind := t.text[:from-t.at], t.text[to-t.at:]
	return (before == "" || slices.Contains(titleWords, before) || slices.Contains(styleWords, before)) &&
		(behind == "" || isDigits(behind) || isGenitive(t, behind))
}

// minGenitive is how long a name must be for its genitive to be looked for: "Als"
// is not somebody called Al.
const minGenitive = 3

// isGenitive says that the s of a genitive stands behind a name, digits or none
// behind that, and that both together are no ordinary word.
func isGenitive(t token, behind string) bool {
	return len(behind) > 0 && behind[0] == 's' && (len(behind) == 1 || isDigits(behind[1:])) && !ordinary(t.text)
}

// isPostal says that a postcode stands there: "NL1234AB", "1234AB12a". A hash
// is none.
func (c canon) isPostal(t token, from, to int, starts bool) bool {
	last := c.tokens[c.tokenAt(to-1)]
	ends := last.at+len(last.text) == to
	if len(t.text) >= hashLength && isHash(t.text) {
		return false
	}
	return (starts || !isDigits(c.squeezed[from-1:from])) && (ends || isDigits(c.squeezed[to:to+1]))
}

// hashLength is how many hexadecimal digits in one word are no address.
const hashLength = 32

func isHash(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') }) < 0
}

func (c canon) tokenAt(offset int) int {
	return sort.Search(len(c.tokens), func(i int) bool { return c.tokens[i].at > offset }) - 1
}

const (
	fieldAddresses = "addresses"
	fieldName      = "name"
)

// needlesFor gives every spelling of one value that is looked for.
func needlesFor(field, value string) []needle {
	var out []needle
	add := func(text string, r rule) {
		if text != "" {
			out = append(out, needle{field, text, r})
		}
	}
	for _, spelling := range transliterations(field, decode(value)) {
		spelledNeedles(field, spelling, add)
	}
	return out
}

// spelledNeedles gives them for one spelling of the letters.
func spelledNeedles(field, value string, add func(string, rule)) {
	switch {
	case field == fieldAddresses || field == "domicile":
		addressNeedles(value, add)
	case field == fieldPhones || looksLikePhone(value):
		phoneNeedles(value, add)
	case field == fieldEmails || isMail(value):
		emailNeedles(value, add)
	case field == fieldPlates:
		add(canonical(value).squeezed, bounded)
	case field == fieldAliases && strings.Contains(value, "://"):
		pageNeedles(value, add)
	case field == fieldName || field == fieldAliases || field == "familyNames" || field == "staff" || field == OtherNames:
		nameNeedles(value, add)
	case field == namePart:
		partNameNeedles(value, add)
	case field == "summary" || field == "trigger" || field == "suspects":
		if field == "suspects" && len(canonical(value).tokens) <= maxNameWords {
			nameNeedles(value, add)
			break
		}
		proseNeedles(value, add)
	case field == "schools" || field == "workplaces":
		placeNeedles(value, add)
	default:
		add(wordsRule(canonical(value)))
	}
}

// wordsRule is the rule for plain words: under four characters only as a whole
// word, up to seven within one word, longer ones across any separators.
func wordsRule(c canon) (string, rule) {
	switch n := utf8.RuneCountInString(c.squeezed); {
	case n < 4:
		return c.squeezed, bounded
	case n < 8:
		return c.squeezed, inside
	}
	return c.squeezed, anywhere
}

// isMail says that a value is one mail address: a text that holds one is not.
func isMail(value string) bool {
	return mailWord.FindString(value) == strings.TrimSpace(value) && value != ""
}

func emailNeedles(value string, add func(string, rule)) {
	add(canonical(value).squeezed, mailbox)
	local, _, _ := strings.Cut(value, "@")
	if c := canonical(local); strings.ContainsAny(local, "._-0123456789") && len(c.squeezed) >= 6 {
		add(c.squeezed, bounded)
	}
}

func looksLikePhone(v string) bool {
	n := 0
	for _, r := range v {
		switch {
		case r >= '0' && r <= '9':
			n++
		case !strings.ContainsRune(" +-./()", r):
			return false
		}
	}
	return n >= 7
}

// phoneNeedles looks for the national number, whatever stands in front of it:
// 06-, +31 6, 0031 (0)6; and for a subscriber's number without its area code.
func phoneNeedles(value string, add func(string, rule)) {
	nsn, dutch := national(value)
	if len(nsn) < 7 {
		add(nsn, wholeRun)
		return
	}
	add(nsn, number)
	if !dutch {
		return
	}
	add(nsn[1:], wholeRun) // 06 or the last of a two-digit area code left out
	if nsn[0] != '6' {
		add(nsn[2:], wholeRun)
		add(nsn[3:], wholeRun)
	}
}

// national is a number without country code and leading zero; a foreign one by
// its last eight digits.
func national(v string) (string, bool) {
	var d strings.Builder
	for _, r := range v {
		if r >= '0' && r <= '9' {
			d.WriteRune(r)
		}
	}
	s, plus := d.String(), strings.HasPrefix(strings.TrimSpace(v), "+")
	abroad := plus || strings.HasPrefix(s, "00")
	s = strings.TrimPrefix(s, "00")
	if abroad && !strings.HasPrefix(s, "31") {
		return s[max(0, len(s)-8):], false
	}
	if abroad || len(s) == 11 && strings.HasPrefix(s, "31") {
		s = strings.TrimPrefix(s, "31")
	}
	s = strings.TrimLeft(s, "0")
	return s, len(s) == 9
}

// keysOf are the allowed values by the key they are compared by.
func keysOf(a Allowed, homes []address) map[string]bool {
	out := map[string]bool{}
	for _, list := range [][]string{a.Organisation, a.Addressee} {
		for _, v := range list {
			if strings.TrimSpace(v) == "" || isHome(v, homes) {
				continue
			}
			out[key("", v)] = true
		}
	}
	return out
}

func key(field, v string) string {
	if field == fieldPhones || looksLikePhone(v) {
		n, _ := national(v)
		return "tel:" + n
	}
	return canonical(decode(v)).squeezed
}
