package notice

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/ontdox/takedown/templates"
)

// maxNameWords is how many words a name has at most: longer values are prose.
const maxNameWords = 6

var (
	titleWords = []string{"dr", "drs", "mr", "ir", "ing", "prof", "mw", "mevr", "mevrouw", "dhr", "heer", "meneer"}
	infixes    = []string{
		"van", "de", "der", "den", "ten", "ter", "te", "het", "t", "von", "el", "al", "la", "le", "du", "op", "in", "bin", "ben", "v", "d", "s",
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
		add(wordsRule(canonical(words[0])))
		return
	}
	first, rest := words[0], words[1:]
	bare := slices.DeleteFunc(slices.Clone(rest), func(w string) bool { return slices.Contains(infixes, w) })
	for _, last := range []string{strings.Join(rest, ""), strings.Join(bare, "")} {
		if last == "" {
			continue
		}
		add(first+last, bounded)
		add(last+first, bounded)
		add(strings.Join(bare, "")+first+strings.Join(rest[:len(rest)-len(bare)], ""), bounded)
		initial, size := utf8.DecodeRuneInString(first)
		if size > 0 && !isDigits(last) { // a principal called coordinator-1 is not the proof C1
			add(string(initial)+last, bounded)
			add(last+string(initial), bounded)
		}
	}
	add(wordsRule(canonical(strings.Join(words, ""))))
	for _, w := range append([]string{first}, bare...) {
		partNeedle(w, add)
	}
}

// partNeedle looks for a given or family name alone: in any spelling, but only
// with a capital if it is also an ordinary word of our own texts or very short.
func partNeedle(w string, add func(string, rule)) {
	switch {
	case utf8.RuneCountInString(w) < 2:
	case utf8.RuneCountInString(w) < 4, ownWords()[w]:
		add(w, titled)
	default:
		add(w, bounded)
	}
}

var (
	clauseEnd  = regexp.MustCompile(`[.;:!?\n]+`)
	blanks     = regexp.MustCompile(`\{\{.*?\}\}|\s+`)
	shingle    = 6 // words in a row that give a sentence away
	shortWords = 3
)

// proseNeedles looks for sentences of a sealed text, and for any six words of
// it in a row that are not our own stock phrases.
func proseNeedles(value string, add func(string, rule)) {
	add(proseRule(canonical(value)))
	for _, clause := range clauseEnd.Split(value, -1) {
		c := canonical(clause)
		if len(c.tokens) >= shortWords && len(c.squeezed) >= 12 && !strings.Contains(ownText(), c.squeezed) {
			add(c.squeezed, anywhere)
		}
		for n := 0; n+shingle <= len(c.tokens); n++ {
			var b strings.Builder
			for _, t := range c.tokens[n : n+shingle] {
				b.WriteString(t.text)
			}
			if !strings.Contains(ownText(), b.String()) {
				add(b.String(), anywhere)
			}
		}
	}
}

func proseRule(c canon) (string, rule) {
	if strings.Contains(ownText(), c.squeezed) {
		return "", anywhere
	}
	return wordsRule(c)
}

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
