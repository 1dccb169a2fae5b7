package notice

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is a run of letters and digits in canonical spelling.
type token struct {
	text    string
	line    int
	at      int  // offset of its first byte in squeezed
	capital bool // as it stood it began with a capital: that matters for a family name alone
	colon   bool // a colon stands right behind it, as behind a label
	begins  bool // it begins a line or a sentence
	inside  bool // brackets stand right before and behind it: "(a)"
}

// canon is a text as the guard reads it: lower case, without diacritics and
// invisible characters, as tokens and as one string without separators. digits
// are its runs of digits with only separators between them, by line.
type canon struct {
	tokens   []token
	squeezed string
	digits   []digitRun
}

type digitRun struct {
	text string
	line int
}

// invisible characters are soft hyphens, zero-width ones and the like.
func invisible(r rune) bool { return r >= utf8.RuneSelf && unicode.Is(unicode.Cf, r) }

// reader turns runes into tokens. Letters outside ASCII are folded once each.
type reader struct {
	tokens   []token
	squeezed []byte
	folded   map[rune]string
	in       bool // a token is being read
	begins   bool // the next one begins a line or a sentence
	bracket  bool // one was opened right before what comes next
	opened   bool // one was opened right before the last token
}

// canonical reads a text: entities must have been resolved.
func canonical(s string) canon {
	s = norm.NFKC.String(s)
	r := reader{begins: true, squeezed: make([]byte, 0, len(s)), tokens: make([]token, 0, len(s)/6+1)}
	line := 1
	for _, c := range s {
		switch {
		case c < utf8.RuneSelf:
			r.ascii(byte(c&0x7f), line)
		case invisible(c) || unicode.Is(unicode.Mn, c):
			// part of nothing and no separator
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			r.letter(c, line)
		default:
			r.in = false
		}
		if c == '\n' {
			line++
		}
	}
	out := canon{squeezed: string(r.squeezed), digits: digitRuns(s)}
	out.tokens = joinSpelled(ends(r.tokens, out.squeezed), out.squeezed)
	return out
}

func (r *reader) ascii(c byte, line int) {
	capital := c >= 'A' && c <= 'Z'
	if capital {
		c += 'a' - 'A'
	}
	if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
		r.separator(c)
		return
	}
	r.open(line, capital)
	r.squeezed = append(r.squeezed, c)
}

// separator ends a word, and with a stop the sentence.
func (r *reader) separator(c byte) {
	switch c {
	case ':':
		if r.in {
			r.tokens[len(r.tokens)-1].colon = true
		}
		r.begins = true
	case '\n', '.', '?', '!':
		r.begins = true
	case ')', ']', '}':
		if r.in && r.opened {
			r.tokens[len(r.tokens)-1].inside = true
		}
	}
	r.bracket = c == '(' || c == '[' || c == '{'
	r.in = false
}

func (r *reader) letter(c rune, line int) {
	if r.folded == nil {
		r.folded = map[rune]string{}
	}
	text, ok := r.folded[c]
	if !ok {
		text = fold(string(c))
		r.folded[c] = text
	}
	if text == "" {
		return
	}
	r.open(line, unicode.IsUpper(c))
	r.squeezed = append(r.squeezed, text...)
}

func (r *reader) open(line int, capital bool) {
	if r.in {
		return
	}
	r.in = true
	r.tokens = append(r.tokens, token{line: line, at: len(r.squeezed), capital: capital, begins: r.begins})
	r.begins = false
	r.opened, r.bracket = r.bracket, false
}

// ends gives each token its text: it goes as far as the next one begins.
func ends(tokens []token, squeezed string) []token {
	for n := range tokens {
		end := len(squeezed)
		if n+1 < len(tokens) {
			end = tokens[n+1].at
		}
		tokens[n].text = squeezed[tokens[n].at:end]
	}
	return tokens
}

// joinSpelled reads "J a n s e n" as one word: three or more single letters in
// a row become one token. The squeezed text stays as it is.
func joinSpelled(in []token, squeezed string) []token {
	out := in[:0]
	for n := 0; n < len(in); {
		end, size := n, 0
		for end < len(in) && len(in[end].text) == 1 && !isDigits(in[end].text) {
			end++
			size++
		}
		joined := in[n]
		if end-n < 3 {
			end = n + 1
		} else {
			joined.text = squeezed[joined.at : joined.at+size]
		}
		out = append(out, joined)
		n = end
	}
	return out
}

// maxGap is how many separators may stand between two digits of one number.
const maxGap = 4

// digitRuns finds numbers as people write them: digits with spaces, dashes,
// dots, slashes or brackets between them. What stands between slashes is a
// number of its own too: a path goes on behind one. The text is in NFKC.
func digitRuns(s string) []digitRun {
	var out []digitRun
	var run []byte
	line, start, gap, part := 1, 1, 0, 0
	slash := func() {
		if len(run) > part {
			out = append(out, digitRun{string(run[part:]), start})
			part = len(run)
		}
	}
	flush := func() {
		if part > 0 {
			slash() // the last one
		}
		if len(run) > 0 {
			out = append(out, digitRun{string(run), start})
			run, part = run[:0], 0
		}
	}
	for i := 0; i < len(s); {
		if len(run) == 0 && !digit(s[i]) { // most of a text: no byte of a longer letter is a digit
			if s[i] == '\n' {
				line++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r >= '0' && r <= '9':
			if len(run) == 0 {
				start = line
			}
			run = append(run, byte(r))
			gap = 0
		case invisible(r):
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf && unicode.IsLetter(r):
			flush()
		default:
			if r == '/' {
				slash()
			}
			if gap++; gap > maxGap {
				flush()
			}
		}
		if r == '\n' {
			line++
		}
	}
	flush()
	return out
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func isDigits(s string) bool {
	for i := range len(s) {
		if !digit(s[i]) {
			return false
		}
	}
	return s != ""
}

// without takes whole values out: what the organisation or the addressee may
// be called, wherever it stands on token borders, the longest one first. A gap
// stays, so that what stood on both sides does not become one word.
func (c canon) without(values []string) canon {
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	if len(values) == 0 {
		return c
	}
	slices.SortFunc(values, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var byFirst [256][]string
	for _, v := range values {
		byFirst[v[0]] = append(byFirst[v[0]], v)
	}
	keep := c.tokens[:0] // it never overtakes what is read
	for n := 0; n < len(c.tokens); {
		if end := c.longest(n, byFirst[c.tokens[n].text[0]]); end > n {
			keep = append(keep, token{text: gapToken, line: c.tokens[n].line})
			c.dropDigits(c.tokens[n:end])
			n = end
			continue
		}
		keep = append(keep, c.tokens[n])
		n++
	}
	return rebuilt(keep, c.digits)
}

// longest is where the first of these values that begins at token n ends, or n.
func (c canon) longest(n int, values []string) int {
	for _, v := range values {
		if end, ok := c.spells(n, v); ok {
			return end
		}
	}
	return n
}

// gapToken stands where an allowed value was taken out. It is no letter and no
// digit, so no needle holds it.
const gapToken = "\x00"

// spells reports whether the tokens from n on are exactly the value.
func (c canon) spells(n int, value string) (int, bool) {
	for end := n; end < len(c.tokens); end++ {
		t := c.tokens[end].text
		if !strings.HasPrefix(value, t) {
			return 0, false
		}
		if value = value[len(t):]; value == "" {
			return end + 1, true
		}
	}
	return 0, false
}

// dropDigits forgets the numbers that belong to an allowed value.
func (c *canon) dropDigits(of []token) {
	var b strings.Builder
	for _, t := range of {
		for _, r := range t.text {
			if r >= '0' && r <= '9' {
				b.WriteRune(r)
			}
		}
	}
	number, line := b.String(), of[0].line
	if number == "" {
		return
	}
	first := sort.Search(len(c.digits), func(i int) bool { return c.digits[i].line >= line })
	for i := first; i < len(c.digits) && c.digits[i].line == line; i++ {
		c.digits[i].text = strings.Replace(c.digits[i].text, number, gapToken, 1)
	}
}

func rebuilt(tokens []token, digits []digitRun) canon {
	size := 0
	for _, t := range tokens {
		size += len(t.text)
	}
	var b strings.Builder
	b.Grow(size)
	for n, t := range tokens {
		tokens[n].at = b.Len()
		b.WriteString(t.text)
	}
	return canon{tokens: tokens, squeezed: b.String(), digits: digits}
}
