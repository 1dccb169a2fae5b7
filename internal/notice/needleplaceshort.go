package notice

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// placeTitles begin the names of schools and practices that are called after
// somebody, with how they are written short.
var placeTitles = func() map[string][]string {
	out := map[string][]string{}
	for _, same := range [][2]string{
		{"sint", "st"},
		{"sinte", "st"},
		{"koningin", "kon"},
		{"koning", "kon"},
		{"prins", "pr"},
		{"prinses", "pr"},
		{"burgemeester", "burg"},
		{"burgemeester", "bgm"},
		{"professor", "prof"},
		{"dokter", "dr"},
		{"doctor", "dr"},
		{"meester", "mr"},
		{"dominee", "ds"},
		{"pastoor", "past"},
	} {
		out[same[0]] = append(out[same[0]], same[1])
		out[same[1]] = append(out[same[1]], same[0])
	}
	return out
}()

// minStripped is how much of a word must be left of it without "school" or the
// like behind it.
const minStripped = 5

// shortNeedles looks for a place by less than its whole name: "St. Jozef" and
// "Jozefschool" for "Sint Jozefschool", "v.d. Meer" for "Van der Meer".
func shortNeedles(core []string, add func(string, rule)) {
	rest := core[1:]
	for _, title := range placeTitles[core[0]] {
		written := append([]string{title}, rest...)
		phraseNeedle(strings.Join(written, ""), add)
		strippedNeedles(written, add)
	}
	strippedNeedles(core, add)
	if len(placeTitles[core[0]]) > 0 && len(rest) > 0 {
		calledNeedles(rest, add)
	}
	if slices.ContainsFunc(core, func(w string) bool { return !isInfix(w) }) && slices.ContainsFunc(core, isInfix) {
		for _, name := range infixSpellings(core) {
			if utf8.RuneCountInString(name) >= minHandle {
				phraseNeedle(name, add)
			}
		}
	}
}

// calledNeedles looks for the name of whom a place is called after.
func calledNeedles(name []string, add func(string, rule)) {
	joined := strings.Join(name, "")
	if len(name) > 1 {
		phraseNeedle(joined, add)
	} else {
		looseNeedle(joined, add)
	}
	for _, tail := range placeTails {
		phraseNeedle(joined+tail, add)
	}
	if !strippedNeedles(name, add) {
		return
	}
	phraseNeedle(joined, add) // "Jozefschool" is nothing else
}

// strippedNeedles looks for a name without the kind of place that ends its last
// word; false if none does.
func strippedNeedles(name []string, add func(string, rule)) bool {
	last, tails := name[len(name)-1], 0
	for _, tail := range placeTails {
		if strings.HasSuffix(last, tail) {
			tails = max(tails, len(tail))
		}
	}
	bare := last[:len(last)-tails]
	if tails == 0 || utf8.RuneCountInString(bare) < minStripped {
		return false
	}
	if len(name) == 1 {
		looseNeedle(bare, add)
		for _, tail := range placeTails {
			phraseNeedle(bare+tail, add)
		}
	} else {
		phraseNeedle(strings.Join(name[:len(name)-1], "")+bare, add)
	}
	return true
}

// looseNeedle looks for a word that is part of a place's name: with a capital or
// behind an article, and not at all where it is an ordinary one.
func looseNeedle(w string, add func(string, rule)) {
	if ordinary(w) || ordinary(strings.TrimSuffix(w, "s")) {
		return
	}
	add(w, titled)
	for _, article := range []string{"de", "het", "t"} {
		phraseNeedle(article+w, add)
	}
}

// infixSpellings are a name with its infixes by their letters, and one that was
// stored so with them in full.
func infixSpellings(name []string) []string {
	out := []string{shortInfixes(name)}
	switch {
	case len(name) > 2 && name[0] == "v" && name[1] == "d":
		rest := strings.Join(name[2:], "")
		out = append(out, "vander"+rest, "vanden"+rest, "vande"+rest)
	case len(name) > 1 && (name[0] == "v" || name[0] == "vd"):
		rest := strings.Join(name[1:], "")
		out = append(out, "van"+rest, "vander"+rest, "vanden"+rest)
	}
	return out
}
