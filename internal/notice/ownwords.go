package notice

import (
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/ontdox/takedown/templates"
)

// ownText is all template text in canonical spelling: what we say in any
// letter gives nothing away.
var ownText = sync.OnceValue(func() string { return ownCanon().squeezed })

var ownWords = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, t := range ownCanon().tokens {
		out[t.text] = true
	}
	return out
})

var ownCanon = sync.OnceValue(func() canon {
	var b strings.Builder
	// The files are embedded: walking them cannot fail, and with fewer of them
	// the guard is only stricter.
	_ = fs.WalkDir(templates.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if text, err := fs.ReadFile(templates.FS, path); err == nil {
			b.WriteString(blanks.ReplaceAllString(string(text), " ") + "\n")
		}
		return nil
	})
	return canonical(b.String())
})

// ourWindow is how many words in a row are known as ours.
const ourWindow = 3

// ours says that a word stands in a sentence of our own templates: with two
// words beside it, it is read there. Somebody called Dan must
// not stop every letter that says "Dan horen wij dat graag." A label, the
// number of an item and a date are ours at their places too.
func (c canon) ours(i int) bool {
	for _, from := range []int{i, i - 1, i - 2} {
		if from < 0 || from+ourWindow > len(c.tokens) {
			continue
		}
		if strings.Contains(ownText(), c.words(from, from+ourWindow)) {
			return true
		}
	}
	return c.inLabel(i) || c.inNumber(i) || c.inDate(i)
}

// words are some tokens in one.
func (c canon) words(from, to int) string {
	var b strings.Builder
	for _, t := range c.tokens[from:to] {
		b.WriteString(t.text)
	}
	return b.String()
}

// maxLabel is how many words a label has at most.
const maxLabel = 4

// ownLabels are the words that our texts put before a colon: "berichtid",
// "postid", "account".
var ownLabels = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	c := ownCanon()
	for to, t := range c.tokens {
		for from := to; t.colon && from >= 0 && from > to-maxLabel && c.tokens[from].line == t.line; from-- {
			out[c.words(from, to+1)] = true
		}
	}
	return out
})

// inLabel says that a word stands in a label of ours, before its colon.
func (c canon) inLabel(i int) bool {
	for to := i; to < len(c.tokens) && to < i+maxLabel && c.tokens[to].line == c.tokens[i].line; to++ {
		for from := i; c.tokens[to].colon && from >= 0 && from > to-maxLabel && c.tokens[from].line == c.tokens[i].line; from-- {
			if ownLabels()[c.words(from, to+1)] {
				return true
			}
		}
	}
	return false
}

// inNumber says that a word begins the line of a numbered item: "Onderdeel 1".
func (c canon) inNumber(i int) bool {
	t := c.tokens[i]
	starts := i == 0 || c.tokens[i-1].line != t.line
	return (t.text == "onderdeel" || t.text == "item") && starts && i+1 < len(c.tokens) && isDigits(c.tokens[i+1].text)
}

var (
	monthNames = monthWords[:20] // in full, Dutch and English
	weekdays   = []string{
		"maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
	}
)

// isDateWord says that our dates are written with a word.
func isDateWord(w string) bool { return slices.Contains(monthNames, w) || slices.Contains(weekdays, w) }

// inDate says that a word stands in a date as our texts write it: "zondag 21
// maart 2027".
func (c canon) inDate(i int) bool {
	month := i
	if slices.Contains(weekdays, c.tokens[i].text) {
		month = i + 2
	}
	return month > 0 && month+1 < len(c.tokens) && isDay(c.tokens[month-1].text) && slices.Contains(monthNames, c.tokens[month].text) && isYear(c.tokens[month+1].text)
}
