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

// gramBytes is how many bytes of ownText are looked up at once.
const gramBytes = 4

// ownGrams are all rows of four bytes in ownText: most values hold one that does
// not stand there, and are not looked for in the whole text.
var ownGrams = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for i, text := 0, ownText(); i+gramBytes <= len(text); i++ {
		out[text[i:i+gramBytes]] = true
	}
	return out
})

// saysOwn reports whether a row of letters stands in our own texts.
func saysOwn(s string) bool {
	for i := 0; i+gramBytes <= len(s); i++ {
		if !ownGrams()[s[i:i+gramBytes]] {
			return false
		}
	}
	return strings.Contains(ownText(), s)
}

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
// not stop every letter that says "Dan horen wij dat graag." How a sentence
// begins, a heading, a label, the number of an item and a date are ours at their
// places too.
func (c canon) ours(i int) bool {
	for _, from := range []int{i, i - 1, i - 2} {
		if from < 0 || from+ourWindow > len(c.tokens) {
			continue
		}
		if strings.Contains(ownLines(), c.lined(from, from+ourWindow)) {
			return true
		}
	}
	return c.inStart(i) || c.inHeading(i) || c.inLabel(i) || c.inNumber(i) || c.inDate(i) || c.inLanguages(i)
}

// words are some tokens in one.
func (c canon) words(from, to int) string {
	var b strings.Builder
	for _, t := range c.tokens[from:to] {
		b.WriteString(t.text)
	}
	return b.String()
}

// lined are some tokens in one, each line apart.
func (c canon) lined(from, to int) string {
	var b strings.Builder
	for n, t := range c.tokens[from:to] {
		if n > 0 && t.line != c.tokens[from+n-1].line {
			b.WriteByte('\n')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// ownLines is ownText with its lines apart: what ends one and what begins the
// next say nothing together.
var ownLines = sync.OnceValue(func() string { c := ownCanon(); return "\n" + c.lined(0, len(c.tokens)) + "\n" })

// ownStarts are the two words with which our lines and sentences begin.
var ownStarts = sync.OnceValue(func() map[[2]string]bool {
	out := map[[2]string]bool{}
	c := ownCanon()
	for n, t := range c.tokens[:len(c.tokens)-1] {
		if next := c.tokens[n+1]; t.begins && next.line == t.line {
			out[[2]string{t.text, next.text}] = true
		}
	}
	return out
})

// inStart says that a word begins a sentence, with the next one, as ours do.
func (c canon) inStart(i int) bool {
	t := c.tokens[i]
	return t.begins && i+1 < len(c.tokens) && c.tokens[i+1].line == t.line && ownStarts()[[2]string{t.text, c.tokens[i+1].text}]
}

// inHeading says that the whole line of a word, one of few, is one of ours.
func (c canon) inHeading(i int) bool {
	from, to := i, i+1
	for from > 0 && from > i-ourWindow && c.tokens[from-1].line == c.tokens[i].line {
		from--
	}
	for to < len(c.tokens) && to < i+ourWindow && c.tokens[to].line == c.tokens[i].line {
		to++
	}
	return to-from < ourWindow && strings.Contains(ownLines(), "\n"+c.words(from, to)+"\n")
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

// inNumber says that a word begins with a numbered item: "Onderdeel 1".
func (c canon) inNumber(i int) bool {
	t := c.tokens[i]
	return t.begins && (t.text == "onderdeel" || t.text == "item") && i+1 < len(c.tokens) && isDigits(c.tokens[i+1].text)
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

// languageWords are the languages that letters name.
var languageWords = []string{"nederlands", "engels", "duits", "frans", "dutch", "english", "german", "french"}

// inLanguages says that a word stands in a row of languages: "Nederlands en Engels".
func (c canon) inLanguages(i int) bool {
	named := func(n int) bool {
		return n >= 0 && n < len(c.tokens) && slices.Contains(languageWords, c.tokens[n].text)
	}
	and := func(n int) bool {
		return named(n-1) && named(n+1) && (c.tokens[n].text == "en" || c.tokens[n].text == "and")
	}
	return named(i) && (and(i-1) || and(i+1) || named(i-1) || named(i+1))
}
