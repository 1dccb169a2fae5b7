package notice

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// search looks for many needles in one pass: a text of a megabyte is compared
// with some thousand spellings before every approval and every send.
type search struct {
	words, mails index
	whole        map[string][]string // runs of digits, and their fields
	numbers      []needle            // what may stand within a run
}

// found takes the field and the line of one occurrence.
type found func(field string, line int)

func newSearch(needles []needle) search {
	var s search
	s.words, s.mails, s.whole = newIndex(), newIndex(), map[string][]string{}
	seen := map[needle]bool{}
	for _, n := range needles {
		if seen[n] {
			continue
		}
		seen[n] = true
		switch n.rule {
		case wholeRun:
			s.whole[n.text] = append(s.whole[n.text], n.field)
		case number:
			s.numbers = append(s.numbers, n)
		case mailbox:
			n.rule = anywhere
			s.mails.add(n)
			s.words.add(n)
		default:
			s.words.add(n)
		}
	}
	return s
}

func (s search) find(c canon, hit found) {
	s.words.find(c, hit)
	if len(s.mails.at) > 0 {
		if spoken, ok := c.spokenMail(); ok {
			s.mails.find(spoken, hit)
		}
	}
	for _, r := range c.digits {
		for _, field := range s.whole[r.text] {
			hit(field, r.line)
		}
		for _, n := range s.numbers {
			if len(r.text) >= len(n.text) && strings.Contains(r.text, n.text) {
				hit(n.field, r.line)
			}
		}
	}
}

// index holds needles by their first bytes.
type index struct {
	at    map[uint32][]headed // by three bytes
	first *[1 << 13]uint64    // which pairs of bytes begin a needle
	short []needle            // of one and two bytes
}

// headed is a needle with its first eight bytes as a number: one comparison
// tells those that begin alike apart, and no bytes are looked at one by one.
type headed struct {
	needle
	head, mask uint64
}

const (
	keyBytes  = 3
	headBytes = 8
)

func newIndex() index { return index{at: map[uint32][]headed{}, first: &[1 << 13]uint64{}} }

func (x *index) add(n needle) {
	if len(n.text) < keyBytes {
		x.short = append(x.short, n)
		return
	}
	key := keyAt(n.text, 0)
	mask := uint64(1)<<(8*min(len(n.text), headBytes)) - 1 // all bits for eight bytes: the shift gives 0
	x.at[key] = append(x.at[key], headed{needle: n, head: headAt(n.text, 0), mask: mask})
	bits := hashOf(key)
	x.first[bits>>6] |= 1 << (bits & 63)
}

func keyAt(s string, i int) uint32 {
	return uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16
}

// headAt is what stands at i, up to eight bytes of it, the first one lowest.
func headAt(s string, i int) uint64 {
	if i+headBytes <= len(s) {
		s = s[i : i+headBytes]
		return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	}
	var head uint64
	for n := range len(s) - i {
		head |= uint64(s[i+n]) << (8 * n)
	}
	return head
}

// hashOf spreads three bytes over the bits of first.
func hashOf(key uint32) uint32 { return key * 2654435761 >> 13 }

// find tells where needles stand under their rules.
func (x index) find(c canon, hit found) {
	text := c.squeezed
	for i := 0; i+keyBytes <= len(text); i++ {
		key := keyAt(text, i)
		bits := hashOf(key)
		if x.first[bits>>6]&(1<<(bits&63)) == 0 {
			continue
		}
		head := headAt(text, i)
		for _, n := range x.at[key] {
			if head&n.mask != n.head || !strings.HasPrefix(text[i:], n.text) {
				continue
			}
			if line, ok := c.stands(i, i+len(n.text), n.rule); ok {
				hit(n.field, line)
			}
		}
	}
	for _, n := range x.short {
		for _, line := range c.lines(n.text, n.rule) {
			hit(n.field, line)
		}
	}
}

// lines are the lines on which a value stands under a rule.
func (c canon) lines(value string, r rule) []int {
	var lines []int
	for from := 0; value != ""; {
		i := strings.Index(c.squeezed[from:], value)
		if i < 0 {
			break
		}
		at := from + i
		if line, ok := c.stands(at, at+len(value), r); ok {
			lines = append(lines, line)
		}
		_, size := utf8.DecodeRuneInString(c.squeezed[at:])
		from = at + size
	}
	return lines
}

// isSpoken says of a word that it stands for @ or the dot.
func isSpoken(t token) bool {
	switch t.text {
	case "a":
		return t.inside
	case "at", "apenstaart", "apenstaartje", "apestaart", "apestaartje", "dot", "punt":
		return true
	}
	return false
}

// spokenMail leaves these words out; false if there are none.
func (c canon) spokenMail() (canon, bool) {
	if !slices.ContainsFunc(c.tokens, isSpoken) {
		return c, false
	}
	keep := make([]token, 0, len(c.tokens))
	for _, t := range c.tokens {
		if !isSpoken(t) {
			keep = append(keep, t)
		}
	}
	return rebuilt(keep, nil), true
}
