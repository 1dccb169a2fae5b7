package notice

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// functionIn is a function of the sender's people in the language of a text:
// by its word there where the lists have one. known is false for one that has
// none: it stands as it was written, and own is the language it was written in.
func functionIn(written, own, language string) (word string, known bool) {
	if own == language || written == "" {
		return written, true
	}
	from, err := load(own)
	if err != nil {
		return written, false
	}
	to, err := load(language)
	if err != nil {
		return written, false
	}
	for _, code := range slices.Sorted(maps.Keys(from.phrases["function"])) {
		if strings.EqualFold(from.phrases["function"][code], strings.TrimSpace(written)) {
			return to.phrases["function"][code], true
		}
	}
	return written, false
}

// FunctionShown is how a text shows a function in its brackets: by its word in
// the text's language, else quoted with the language it was written in.
func FunctionShown(written, own, language string) string {
	if own = ownLanguage(own); written == "" {
		return ""
	}
	word, known := functionIn(written, own, language)
	if known {
		return word
	}
	set, err := load(language)
	if err != nil {
		return word
	}
	return `"` + word + `", ` + set.phrases["languageName"][own]
}

// ownLanguage is that of the sender's own words: Dutch unless the settings say
// otherwise.
func ownLanguage(language string) string {
	if language == "" {
		return "nl"
	}
	return language
}

// function is FunctionShown, and tells the approver where a word is missing.
func (v *view) function(written string) string {
	own := ownLanguage(v.Facts.Organisation.Language)
	if _, known := functionIn(written, own, v.set.language); !known {
		v.note(findingf("function_untranslated", "persons", false, "the function %q has no word in the language of the text: it is quoted with its own", written))
	}
	return FunctionShown(written, own, v.set.language)
}

// Signatory is the function of who signs, in the language of the text.
func (v *view) Signatory() string { return v.function(v.Facts.Organisation.SignatoryFunction) }

// ofAnnex is the mark of a person in the sealed annex, which stands for a
// function where the person captured something.
var ofAnnex = regexp.MustCompile(`^[A-Z][0-9]+$`)

// inWords puts the functions of who captured something into the text's language.
func (v *view) inWords(evidence []Evidence) []Evidence {
	out := slices.Clone(evidence)
	for n, e := range out {
		if !ofAnnex.MatchString(e.By) {
			out[n].By = v.function(e.By)
		}
	}
	return out
}
