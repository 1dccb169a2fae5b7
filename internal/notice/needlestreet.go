package notice

import (
	"slices"
	"unicode/utf8"
)

// streetWords are the ways in which a word of a street's name is written.
var streetWords = func() map[string][]string {
	out := map[string][]string{}
	for _, same := range [][]string{
		{"eerste", "1e", "1ste"},
		{"tweede", "2e", "2de"},
		{"derde", "3e", "3de"},
		{"vierde", "4e", "4de"},
		{"vijfde", "5e", "5de"},
		{"zesde", "6e", "6de"},
		{"zevende", "7e", "7de"},
		{"achtste", "8e", "8ste"},
		{"negende", "9e", "9de"},
		{"tiende", "10e", "10de"},
		{"oudezijds", "oz"},
		{"nieuwezijds", "nz"},
		{"nieuwe", "nw", "n"},
		{"oude", "o", "oud"},
		{"grote", "gr", "g"},
		{"kleine", "kl", "k"},
		{"lange", "lg", "l"},
		{"korte", "kt", "k"},
		{"noorder", "n"},
		{"zuider", "z"},
		{"ooster", "o"},
		{"wester", "w"},
	} {
		for _, w := range same {
			for _, other := range same {
				if other != w && utf8.RuneCountInString(w) > 1 { // which of several N stands for, its other words tell
					out[w] = append(out[w], other)
				}
			}
		}
	}
	return out
}()

// Bounds of the spellings of one street.
const (
	maxStreetWords = 6
	maxWritten     = 24
	minLastWord    = 6
)

// written are the other spellings of a street's words: "1e Helmersstraat" for
// "Eerste Helmersstraat", "M.L. Kinglaan" for "Martin Luther Kinglaan".
func (a address) written() []string {
	if len(a.words) < 2 || len(a.words) > maxStreetWords {
		return nil
	}
	out := []string{""}
	for _, w := range a.words {
		var longer []string
		for _, begun := range out {
			for _, form := range append([]string{w}, streetWords[w]...) {
				longer = append(longer, begun+form)
			}
		}
		out = longer[:min(len(longer), maxWritten)]
	}
	out = out[1:] // the first one is the street as it stands
	last, before := a.last()
	if last == "" {
		return out
	}
	initials := ""
	for n, w := range before {
		if len(initials) == 0 && slices.Contains(streetTitles, w) && n < len(before)-1 {
			continue
		}
		first, size := utf8.DecodeRuneInString(w)
		if size == 0 || first >= '0' && first <= '9' {
			return out
		}
		initials += string(first)
	}
	if s := initials + last; s != a.street && !slices.Contains(out, s) {
		out = append(out, s)
	}
	return out
}

// last is the last word of a street, where it is a street by itself, and the
// words before it.
func (a address) last() (string, []string) {
	if len(a.words) < 2 {
		return "", nil
	}
	last := a.words[len(a.words)-1]
	if len(last) < minLastWord || !isStreet(last) {
		return "", nil
	}
	return last, a.words[:len(a.words)-1]
}

// writtenNeedles looks for a street by its other spellings, and with its number
// by its last word: "Kinglaan 5". Alone the last word counts where the words
// before it do not tell two streets apart, as "Nieuwe" and "1e" do.
func (a address) writtenNeedles(add func(string, rule)) {
	for _, street := range a.written() {
		for _, s := range spellings(street) {
			add(s+a.number, numbered)
		}
		a.streetNeedle(street, add)
	}
	last, before := a.last()
	if last == "" {
		return
	}
	for _, s := range spellings(last) {
		add(s+a.number, numbered)
	}
	if !slices.ContainsFunc(before, func(w string) bool { return len(streetWords[w]) > 0 || len(w) < 2 }) {
		a.streetNeedle(last, add)
	}
}

// isWrittenAs says that one street is another spelling of this one.
func (a address) isWrittenAs(street string) bool {
	return slices.ContainsFunc(append(a.written(), a.street), func(s string) bool { return slices.Contains(spellings(s), street) })
}
