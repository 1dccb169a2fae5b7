package notice

import (
	"slices"
	"strings"
)

// AccountNames are those handles and numbers of accounts that [Lint] or
// [LintPolice] would stop a letter for, as names for them: an account that is
// called lisa___88 leaves no placeholder. One that is nothing but a word of a rule
// ("aangifte") counts with its @ alone, for a sentence may say the word.
func AccountNames(accounts ...string) []string {
	var out []string
	seen := map[string]bool{}
	for _, a := range accounts {
		bare := strings.TrimPrefix(strings.TrimSpace(a), "@")
		if bare == "" || seen[bare] {
			continue
		}
		seen[bare] = true
		switch part, whole := lintsName(bare); {
		case whole:
			out = append(out, "@"+bare)
		case part:
			out = append(out, "@"+bare, bare)
		}
	}
	return out
}

// lintsName reports whether a rule finds part of a name, and whether one finds all
// of it and it is a word.
func lintsName(name string) (part, whole bool) {
	word := !strings.ContainsFunc(name, func(r rune) bool { return r < 'A' || r > 'Z' && r < 'a' || r > 'z' })
	for _, r := range slices.Concat(lintRules(), lintEnglish(), []lintRule{{find: ofPolice()}, {find: ofPoliceActs()}}) {
		switch found := r.find.FindString(name); {
		case found == "":
		case found == name && word:
			whole = true
		default:
			part = true
		}
	}
	return part, whole
}
