package correspondence

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSentence bounds how far from a phrase its sentence is looked for, in bytes.
const maxSentence = 240

// sentence gives the bounds of the sentence in which a span of folded text
// stands, as far as maxSentence on either side.
func sentence(text string, at, end int) (from, to int) {
	from, to = max(0, at-maxSentence), min(len(text), end+maxSentence)
	for i := at - 1; i > from; i-- {
		if text[i] == ' ' && endsSentence(text[i-1]) {
			from = i + 1
			break
		}
	}
	for i := end; i < to; i++ {
		if endsSentence(text[i]) && (i+1 == len(text) || text[i+1] == ' ') {
			to = i + 1
			break
		}
	}
	return from, to
}

// endsSentence says so of a mark before a space; a colon brings a new one.
func endsSentence(c byte) bool { return strings.IndexByte(".!?;:", c) >= 0 }

// beside says whether what a rule asks for stands in the sentence of a phrase of
// it: "more information" asks for nothing without a verb of asking.
func (r *rule) beside(text string, at int, phrase string) bool {
	if len(r.With) == 0 {
		return true
	}
	from, to := sentence(text, at, at+len(phrase))
	return slices.ContainsFunc(r.With, func(w string) bool { return indexWord(text[from:to], w, 0) >= 0 })
}

// unconditional leaves out the decisions that a sentence only speaks of as what
// may or will be: "once it has been removed". One behind a comma after the
// condition may be the fact that it frames; then a doubt is left.
func (b *book) unconditional(r *reading, hits []hit) (kept []hit, doubt bool) {
	for _, h := range hits {
		if h.rule.Sign != signDecision || h.rule.contact {
			kept = append(kept, h)
			continue
		}
		switch b.hypothetical(r.field(h.field, ""), h) {
		case supposed:
		case framed:
			doubt = true
			kept = append(kept, h)
		default:
			kept = append(kept, h)
		}
	}
	return kept, doubt
}

// How a sentence puts what a phrase in it says.
type mood int

const (
	stated   mood = iota
	framed        // stated behind a condition
	supposed      // only as what may or will be
)

func (b *book) hypothetical(text string, h hit) mood {
	f := b.frameOf(text, h)
	switch {
	case !f.open:
		return stated
	case f.turned, f.comma && (f.moment || !keeps(h.rule)):
		return framed
	}
	return supposed // what would be kept, if
}

// opened finds the last conjunction of a sign that opens a clause in the head of
// a sentence, -1 without one, and whether a comma closes that clause. What is
// given, as in "as a result of", opens none.
func (b *book) opened(s sign, lang, head string) (at int, comma bool) {
	at = -1
	for i, end := range b.spans(s, lang, head) {
		if !b.isGiven(lang, head, i, end) {
			at = max(at, i)
		}
	}
	return at, at >= 0 && strings.Contains(head[at:], ", ")
}

func (b *book) isGiven(lang, head string, at, end int) bool {
	for from, to := range b.spans(signGiven, lang, head) {
		if from < end && at < to {
			return true
		}
	}
	return false
}

// says whether a text has one of the phrases of a sign in a language, as words.
func (b *book) says(s sign, lang, text string) bool {
	for range b.spans(s, lang, text) {
		return true
	}
	return false
}

// spans are the places at which the phrases of a sign in a language stand in a
// text as words: where each begins and ends.
func (b *book) spans(s sign, lang, text string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for _, rule := range b.rules[s] {
			if rule.Lang != lang {
				continue
			}
			for _, p := range rule.Any {
				for i := wholeWord(text, p, 0); i >= 0; i = wholeWord(text, p, i+len(p)) {
					if !yield(i, i+len(p)) {
						return
					}
				}
			}
		}
	}
}

// promised says whether a message says that ours is or will be looked at; not
// what would be if we disagreed.
func (b *book) promised(r *reading, hits []hit) bool {
	return slices.ContainsFunc(hits, func(h hit) bool {
		if h.rule.Sign != signPromise {
			return false
		}
		text := r.field(h.field, "")
		from, to := sentence(text, h.at, h.at+len(h.phrase))
		at, _ := b.opened(signCondition, h.rule.Lang, text[from:h.at])
		return at < 0 && !b.says(signAppeal, h.rule.Lang, text[from:to])
	})
}

// wholeWord finds a phrase that begins and ends where a word does.
func wholeWord(text, phrase string, from int) int {
	for from <= len(text) {
		i := indexWord(text, phrase, from)
		if i < 0 {
			return -1
		}
		last, _ := utf8.DecodeLastRuneInString(phrase)
		if next, _ := utf8.DecodeRuneInString(text[i+len(phrase):]); !unicode.IsLetter(last) || !unicode.IsLetter(next) {
			return i
		}
		from = i + len(phrase)
	}
	return -1
}

// asked gives a question that is put to us: one whose sentence ends as a question
// does. "Let us know" ends many acknowledgements.
func asked(r *reading, hits []hit) *hit {
	for i, h := range hits {
		if h.rule.Sign != signQuestion {
			continue
		}
		text := r.field(h.field, "")
		if _, to := sentence(text, h.at, h.at+len(h.phrase)); to > 0 && text[to-1] == '?' {
			return &hits[i]
		}
	}
	return nil
}

// muchMore is how many letters beside thanks, greetings and remarks of a machine
// say nothing yet: a name.
const muchMore = 9

// saysMore says whether a message says more than the phrases of some signs: their
// clauses, what only holds on a condition, and all from the closing words on do
// not count.
func (b *book) saysMore(r *reading, signs ...sign) bool {
	text := r.text
	var spans [][2]int
	for _, h := range b.all(r, nil, signs...) {
		if h.field == inText {
			spans = append(spans, clause(text, h.at, h.at+len(h.phrase)))
		}
	}
	if end := b.closes(text); end >= 0 {
		text = text[:end]
	}
	n := 0
	for at := 0; at < len(text) && n <= muchMore; {
		_, to := sentence(text, at, at)
		to = max(to, at+1)
		if !b.conditional(text[at:to]) || b.excepted(text[at:to]) {
			n += lettersOutside(text, at, to, spans)
		}
		at = to
	}
	return n > muchMore
}

// clause is what stands around a phrase between marks, a greeting before it at
// the very start included.
func clause(text string, at, end int) [2]int {
	from, to := sentence(text, at, end)
	if i := strings.LastIndex(text[from:at], ", "); i >= 0 && from > 0 {
		from += i
	}
	if i := strings.Index(text[end:to], ", "); i >= 0 {
		to = end + i
	}
	return [2]int{from, to}
}

func (b *book) closes(text string) int {
	first := -1
	for _, rule := range b.rules[signClosing] {
		for _, p := range rule.Any {
			if i := indexWord(text, p, 0); i >= 0 && (first < 0 || i < first) {
				first = i
			}
		}
	}
	return first
}

func (b *book) conditional(s string) bool {
	s = strings.TrimSpace(s)
	for _, rule := range b.rules[signCondition] {
		for _, p := range rule.Any {
			if wholeWord(s[:min(len(s), len(p)+utf8.UTFMax)], p, 0) == 0 {
				return true
			}
		}
	}
	return false
}

func lettersOutside(text string, from, to int, spans [][2]int) int {
	n := 0
	for i, c := range text[from:to] {
		at := from + i
		if unicode.IsLetter(c) && !slices.ContainsFunc(spans, func(s [2]int) bool { return s[0] <= at && at < s[1] }) {
			n++
		}
	}
	return n
}
