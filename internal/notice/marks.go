package notice

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"
)

// Marks are sealed values as keyed hashes: a page can be searched for them by
// whoever must not know them. They hold hashes and lengths only.
type Marks struct {
	Words  []int    `json:"words,omitempty"`  // lengths in bytes of spellings made of whole words
	Digits []int    `json:"digits,omitempty"` // lengths of numbers
	Hashes []string `json:"hashes,omitempty"` // hex of the first 16 bytes, sorted
	Cut    bool     `json:"cut,omitempty"`    // there were more than maxMarks: what a page does not show cannot be told
}

const (
	markBytes = 16
	// minMark leaves out what is too short to say that a page shows a person.
	minMark = 4
	// maxMarkWords is how many words in a row one value spans at most.
	maxMarkWords = 12
	// maxMarks bounds the marks of one page.
	maxMarks = 2000
)

// NewMarks hashes every spelling of sealed values that the guard would look
// for, under a key that is used once. What the guard finds only with a capital
// (a family name that is also a word) is left out: a hash has no capitals.
func NewMarks(sealed []Sensitive, mac func([]byte) []byte) Marks {
	var m Marks
	for _, s := range sealed {
		for _, v := range s.Values {
			for _, n := range needlesFor(s.Field, v) {
				m.add(n, mac)
			}
		}
	}
	slices.Sort(m.Words)
	slices.Sort(m.Digits)
	slices.Sort(m.Hashes)
	m.Words, m.Digits, m.Hashes = slices.Compact(m.Words), slices.Compact(m.Digits), slices.Compact(m.Hashes)
	if m.Cut = len(m.Hashes) > maxMarks; m.Cut {
		m.Hashes = m.Hashes[:maxMarks]
	}
	return m
}

func (m *Marks) add(n needle, mac func([]byte) []byte) {
	if n.rule == titled || utf8.RuneCountInString(n.text) < minMark {
		return
	}
	if n.rule == number || n.rule == wholeRun {
		m.Digits = append(m.Digits, len(n.text))
		m.Hashes = append(m.Hashes, markOf("d", n.text, mac))
		return
	}
	m.Words = append(m.Words, len(n.text))
	m.Hashes = append(m.Hashes, markOf("w", n.text, mac))
}

func markOf(kind, text string, mac func([]byte) []byte) string {
	return hex.EncodeToString(mac([]byte(kind + "/" + text))[:markBytes])
}

// maxHashes bounds the work on one page, which may be made to cost much, for
// its words and for its numbers each: half a second of processor time or so.
const maxHashes = 250_000

// On says whether a text shows one of the values, as whole words in a row with
// whatever between them, or as a number within a run of digits; and whether it
// was read to the end for all of them, where it shows none. What a reader sees is read first.
func (m Marks) On(text string, mac func([]byte) []byte) (shows, whole bool) {
	if len(m.Hashes) == 0 {
		return false, true
	}
	words, numbers := &markSearch{m, mac, maxHashes}, &markSearch{m, mac, maxHashes}
	forms := readings(text)
	if len(forms) > 1 { // without tags before with them
		forms[0], forms[1] = forms[1], forms[0]
	}
	for _, form := range forms {
		c := canonical(form)
		if words.inWords(c) || numbers.inDigits(c) {
			return true, true
		}
		if spoken, ok := c.spokenMail(); ok && words.inWords(spoken) {
			return true, true
		}
	}
	return false, !m.Cut && words.left > 0 && numbers.left > 0
}

// markSearch looks for marks until it has hashed as much as it may.
type markSearch struct {
	Marks
	mac  func([]byte) []byte
	left int
}

func (s *markSearch) has(kind, text string) bool {
	if s.left <= 0 {
		return false
	}
	s.left--
	_, found := slices.BinarySearch(s.Hashes, markOf(kind, text, s.mac))
	return found
}

// inWords hashes only what is as long as a value is.
func (s *markSearch) inWords(c canon) bool {
	for i := range c.tokens {
		var b strings.Builder
		for _, t := range c.tokens[i:min(i+maxMarkWords, len(c.tokens))] {
			b.WriteString(t.text)
			if _, found := slices.BinarySearch(s.Words, b.Len()); found && s.has("w", b.String()) {
				return true
			}
		}
		if s.left <= 0 {
			return false
		}
	}
	return false
}

func (s *markSearch) inDigits(c canon) bool {
	for _, run := range c.digits {
		for _, n := range s.Digits {
			for i := 0; i+n <= len(run.text) && s.left > 0; i++ {
				if s.has("d", run.text[i:i+n]) {
					return true
				}
			}
		}
	}
	return false
}
