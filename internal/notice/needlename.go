package notice

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxNameWords is how many words a name has at most: longer values are prose.
const maxNameWords = 6

var (
	titleWords = []string{"dr", "drs", "mr", "ir", "ing", "prof", "mw", "mevr", "mevrouw", "dhr", "heer", "meneer"}
	// styleWords stand before a name too, and are part of none.
	styleWords = []string{"fam", "familie", "dokter", "zuster", "broeder", "juf", "juffrouw", "meester", "agent", "mrs", "ms", "miss", "sir"}
	// addressForms are those by which a name is known in small letters too.
	addressForms = []string{"mevrouw", "mevr", "mw", "meneer", "dhr", "heer", "familie", "fam", "dokter", "dr"}
	infixes      = []string{
		"van", "de", "der", "den", "ten", "ter", "te", "het", "t", "von", "el", "al", "la", "le", "du", "op", "in", "bin", "ben", "v", "d", "s", "o",
	}
)

// nameNeedles looks for a name in full, turned round, without its infix, with
// an initial, and for each of its parts as a word of its own.
func nameNeedles(value string, add func(string, rule)) {
	var words []string
	for _, t := range canonical(value).tokens {
		if !slices.Contains(titleWords, t.text) {
			words = append(words, t.text)
		}
	}
	if len(words) == 0 {
		return
	}
	if len(words) == 1 {
		oneNeedle(words[0], add)
		return
	}
	first, rest := words[0], words[1:]
	bare := slices.DeleteFunc(slices.Clone(rest), isInfix)
	for _, last := range []string{strings.Join(rest, ""), strings.Join(bare, ""), shortInfixes(rest)} {
		if last == "" {
			continue
		}
		handleNeedle(first+last, add)
		handleNeedle(last+first, add)
		add(strings.Join(bare, "")+first+strings.Join(rest[:len(rest)-len(bare)], ""), bounded)
		initial, size := utf8.DecodeRuneInString(first)
		if size > 0 && !isDigits(last) { // a principal called coordinator-1 is not the proof C1
			for _, w := range []string{string(initial) + last, last + string(initial)} {
				if !ordinary(w) { // the accounts are not S. Account
					handleNeedle(w, add)
				}
			}
		}
	}
	add(wordsRule(canonical(strings.Join(words, ""))))
	for _, w := range append([]string{first}, bare...) {
		partNeedle(w, add)
	}
	if len(rest) > 1 { // a family name with what belongs to it, as one word
		for _, last := range []string{strings.Join(rest, ""), shortInfixes(rest)} {
			joinedNeedle(last, bare, add)
		}
	}
}

// partNameNeedles looks for a name that was written among other things.
func partNameNeedles(value string, add func(string, rule)) {
	if tokens := canonical(value).tokens; len(tokens) == 1 {
		partNeedle(tokens[0].text, add)
		return
	}
	nameNeedles(value, add)
}

// minHandle is how long what an account is called must be to be looked for with
// digits behind it: "JB12" is an item.
const minHandle = 5

// handleNeedle looks for given and family name in one, as accounts are called:
// with a year behind it too.
func handleNeedle(w string, add func(string, rule)) {
	if utf8.RuneCountInString(w) < minHandle {
		add(w, bounded)
		return
	}
	add(w, styled)
}

func isInfix(w string) bool { return slices.Contains(infixes, w) }

// shortInfixes writes a family name with its infixes by their first letter:
// "vdberg", "dvries".
func shortInfixes(rest []string) string {
	var b strings.Builder
	for _, w := range rest {
		if isInfix(w) {
			_, size := utf8.DecodeRuneInString(w)
			w = w[:size]
		}
		b.WriteString(w)
	}
	return b.String()
}

// joinedNeedle looks for several words as one: what they say side by side may
// be a phrase of ours, or of anybody's where all but the infixes are ordinary.
func joinedNeedle(w string, bare []string, add func(string, rule)) {
	switch {
	case utf8.RuneCountInString(w) < 5 || !slices.ContainsFunc(bare, func(b string) bool { return !ordinary(b) }):
		add(w, oneWord)
	case saysOwn(w):
		add(w, oneWord)
	default:
		add(w, styled)
	}
}

// oneNeedle looks for a name of one word: within other words too, unless our
// texts are full of it.
func oneNeedle(w string, add func(string, rule)) {
	if isDateWord(w) || commonWords()[w] || saysOwn(w) {
		partNeedle(w, add)
		return
	}
	add(wordsRule(canonical(w)))
}

// partNeedle looks for a given or family name alone: in any spelling, but only
// with a capital or behind a form of address if it is also an ordinary word or
// very short.
func partNeedle(w string, add func(string, rule)) {
	switch {
	case utf8.RuneCountInString(w) < 2:
	case utf8.RuneCountInString(w) < 4, ordinary(w):
		add(w, titled)
		if utf8.RuneCountInString(w) < 3 {
			return
		}
		for _, form := range addressForms {
			if !saysOwn(form + w) {
				add(form+w, bounded)
			}
		}
	case isDateWord(w):
		add(w, notDated)
	default:
		add(w, styled)
	}
}

// minContracted is how long a word must be to be looked for with one letter
// for two: "Mueller" as Müller, but not "Boer" as "Bor".
const minContracted = 6

var (
	expanding   = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ø", "oe", "Ø", "Oe", "å", "aa", "Å", "Aa")
	contracting = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "Ae", "A", "Oe", "O", "Ue", "U")
)

// transliterations are a value as it stands and with its umlauts as two letters
// ("Mueller" for Müller); or a name that was stored so with the two as one.
func transliterations(field, value string) []string {
	out := []string{value}
	plain := strings.Join(strings.Fields(norm.NFC.String(value)), " ")
	if long := expanding.Replace(plain); long != plain {
		return append(out, long)
	}
	if field != fieldName && field != "familyNames" && field != namePart {
		return out
	}
	words := strings.Split(plain, " ")
	for n, w := range words {
		if utf8.RuneCountInString(w) >= minContracted {
			words[n] = contracting.Replace(w)
		}
	}
	if short := strings.Join(words, " "); short != plain {
		out = append(out, short)
	}
	return out
}

var (
	clauseEnd  = regexp.MustCompile(`[.;:!?\n]+`)
	blanks     = regexp.MustCompile(`\{\{.*?\}\}`)
	shingle    = 6 // words in a row that give a sentence away
	shortWords = 3
)

// proseNeedles looks for sentences of a sealed text, and for any six words of
// it in a row that are not our own stock phrases.
func proseNeedles(value string, add func(string, rule)) {
	add(proseRule(canonical(value)))
	for _, clause := range clauseEnd.Split(value, -1) {
		c := canonical(clause)
		if len(c.tokens) >= shortWords && len(c.squeezed) >= 12 && !saysOwn(c.squeezed) {
			add(c.squeezed, anywhere)
		}
		for n := 0; n+shingle <= len(c.tokens); n++ {
			var b strings.Builder
			for _, t := range c.tokens[n : n+shingle] {
				b.WriteString(t.text)
			}
			if !saysOwn(b.String()) {
				add(b.String(), anywhere)
			}
		}
	}
}

func proseRule(c canon) (string, rule) {
	if saysOwn(c.squeezed) {
		return "", anywhere
	}
	return wordsRule(c)
}

// pageNeedles looks for the address of somebody's page, and for its last word
// where that is no word of any language.
func pageNeedles(value string, add func(string, rule)) {
	add(wordsRule(canonical(value)))
	last := value[strings.LastIndexByte(strings.TrimRight(value, "/"), '/')+1:]
	if c := canonical(last); strings.ContainsAny(last, "._-0123456789") && utf8.RuneCountInString(c.squeezed) >= minHandle {
		add(c.squeezed, styled)
	}
}
