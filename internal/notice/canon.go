package notice

import (
	"encoding/base64"
	"html"
	"net/url"
	"regexp"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is a run of letters and digits in canonical spelling.
type token struct {
	text string
	raw  string // as it stood: capitals matter for a family name alone
	line int
	at   int // offset of its first byte in squeezed
}

// canon is a text as the guard reads it: lower case, without diacritics and
// invisible characters, as tokens and as one string without separators. digits
// are its runs of digits with only separators between them.
type canon struct {
	tokens   []token
	squeezed string
	digits   []digitRun
}

type digitRun struct {
	text string
	line int
}

var (
	tags      = regexp.MustCompile(`<[^<>]*>`)
	percent   = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2})+`)
	foldTable = strings.NewReplacer("ß", "ss", "ø", "o", "æ", "ae", "œ", "oe", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")
)

// decode drops invisible characters and resolves HTML entities and
// percent-encoding, also where they were escaped again.
func decode(s string) string {
	for range maxEscapes {
		next := html.UnescapeString(unpercent(s))
		if next == s {
			break
		}
		s = next
	}
	return s
}

// unpercent resolves percent-encoding, however often: before entities, because
// a reader of HTML takes "&amp" for one without its semicolon.
func unpercent(s string) string {
	for range maxEscapes {
		next := percent.ReplaceAllStringFunc(strings.Map(visible, s), func(m string) string {
			if u, err := url.PathUnescape(m); err == nil {
				return u
			}
			return m
		})
		if next == s {
			break
		}
		s = next
	}
	return s
}

// coded is what could be a value in base64, as links carry them.
var coded = regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}={0,2}`)

// uncode resolves base64 where it gives readable text; line ends in it become
// spaces, so that lines keep their numbers.
func uncode(s string) string {
	return coded.ReplaceAllStringFunc(s, func(m string) string {
		for rest := m; len(rest) >= 8; {
			if text, ok := fromBase64(rest); ok {
				return m[:len(m)-len(rest)] + " " + text + " "
			}
			_, after, ok := strings.Cut(rest, "/")
			if !ok {
				break
			}
			rest = after
		}
		return m
	})
}

func fromBase64(s string) (string, bool) {
	s = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(s, "="))
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil || !utf8.Valid(b) {
		return "", false
	}
	text := strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(string(b))
	return text, !strings.ContainsFunc(text, unicode.IsControl)
}

const maxEscapes = 12

// visible drops format characters: soft hyphens, zero-width ones.
func visible(r rune) rune {
	if unicode.Is(unicode.Cf, r) {
		return -1
	}
	return r
}

func stripTags(s string) string { return tags.ReplaceAllString(s, "") }

// fold is a text's canonical spelling, separators kept.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r), r == '\u034f', r == '\u115f', r == '\u3164':
			// combining marks, soft hyphen, zero-width and other invisible characters
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return foldTable.Replace(b.String())
}

// canonical reads a text: entities must have been resolved.
func canonical(s string) canon {
	var c canon
	var squeezed strings.Builder
	var word, raw strings.Builder
	line := 1
	flush := func() {
		if word.Len() == 0 {
			return
		}
		c.tokens = append(c.tokens, token{text: word.String(), raw: raw.String(), line: line, at: squeezed.Len()})
		squeezed.WriteString(word.String())
		word.Reset()
		raw.Reset()
	}
	for _, r := range norm.NFKC.String(s) {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) {
			continue
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			word.WriteString(fold(string(r)))
			raw.WriteRune(r)
			continue
		}
		flush()
		if r == '\n' {
			line++
		}
	}
	flush()
	c.tokens, c.squeezed = joinSpelled(c.tokens, squeezed.String())
	c.digits = digitRuns(s)
	return c
}

// joinSpelled reads "J a n s e n" as one word: three or more single letters in
// a row become one token. The squeezed text stays as it is.
func joinSpelled(in []token, squeezed string) ([]token, string) {
	var out []token
	for n := 0; n < len(in); {
		end := n
		for end < len(in) && len(in[end].text) == 1 && !isDigits(in[end].text) {
			end++
		}
		if end-n < 3 {
			out = append(out, in[n])
			n++
			continue
		}
		joined := in[n]
		for _, t := range in[n+1 : end] {
			joined.text += t.text
			joined.raw += t.raw
		}
		out = append(out, joined)
		n = end
	}
	return out, squeezed
}

// maxGap is how many separators may stand between two digits of one number.
const maxGap = 4

// digitRuns finds numbers as people write them: digits with spaces, dashes,
// dots, slashes or brackets between them.
func digitRuns(s string) []digitRun {
	var out []digitRun
	var run strings.Builder
	line, start, gap := 1, 1, 0
	flush := func() {
		if run.Len() > 0 {
			out = append(out, digitRun{run.String(), start})
			run.Reset()
		}
	}
	for _, r := range norm.NFKC.String(s) {
		switch {
		case r >= '0' && r <= '9':
			if run.Len() == 0 {
				start = line
			}
			run.WriteRune(r)
			gap = 0
		case unicode.Is(unicode.Cf, r):
		case unicode.IsLetter(r):
			flush()
		default:
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

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// without takes whole values out: what the organisation or the addressee may
// be called, wherever it stands on token borders. A gap stays, so that what
// stood on both sides does not become one word.
func (c canon) without(values []string) canon {
	sorted := append([]string(nil), values...)
	sort.Slice(sorted, func(i, j int) bool { return len(sorted[i]) > len(sorted[j]) })
	for _, v := range sorted {
		c = c.cut(v)
	}
	return c
}

func (c canon) cut(value string) canon {
	if value == "" {
		return c
	}
	var keep []token
	for n := 0; n < len(c.tokens); {
		if end, ok := c.spells(n, value); ok {
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
	number := b.String()
	if number == "" {
		return
	}
	out := make([]digitRun, 0, len(c.digits))
	for _, d := range c.digits {
		if d.line == of[0].line {
			d.text = strings.Replace(d.text, number, gapToken, 1)
		}
		out = append(out, d)
	}
	c.digits = out
}

func rebuilt(tokens []token, digits []digitRun) canon {
	var b strings.Builder
	out := make([]token, len(tokens))
	for n, t := range tokens {
		t.at = b.Len()
		b.WriteString(t.text)
		out[n] = t
	}
	return canon{tokens: out, squeezed: b.String(), digits: digits}
}
