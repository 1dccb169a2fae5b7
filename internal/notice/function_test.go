package notice

import (
	"strings"
	"testing"
)

// A function stands in an English letter by its English word, else quoted with
// the language it was written in, and the approver is told; in a Dutch letter it
// stands as it was written.
func TestAFunctionIsInTheLanguageOfTheLetter(t *testing.T) {
	for _, c := range []struct{ own, language, function, signatory, affected, signed string }{
		{"", "nl", "ergotherapeut", "hoofd meldpunt", "(ergotherapeut)", "\nhoofd meldpunt, "},
		{"", "en", "Huisarts", "coördinator veilig werken", "(general practitioner)", "\ncoordinator for safety at work, "},
		{"", "en", "ergotherapeut", "hoofd meldpunt", `("ergotherapeut", Dutch)`, "\n\"hoofd meldpunt\", Dutch, "},
		{"en", "nl", "general practitioner", "head of desk", "(huisarts)", "\n\"head of desk\", Engels, "},
		{"en", "en", "occupational therapist", "head of desk", "(occupational therapist)", "\nhead of desk, "},
	} {
		f := demoFacts(T2)
		f.Organisation.Language, f.Organisation.SignatoryFunction = c.own, c.signatory
		f.Persons[0].Function, f.Persons[0].FunctionIdentifies = c.function, false
		d, findings, err := Compose(T2, c.language, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{c.affected, c.signed} {
			if !strings.Contains(d.Text, want) {
				t.Errorf("%+v: %q does not stand in\n%s", c, want, d.Text)
			}
		}
		told := false
		for _, found := range findings {
			told = told || found.Code == "function_untranslated"
		}
		if told != strings.Contains(c.affected+c.signed, `"`) {
			t.Errorf("%+v: the approver is told: %v", c, told)
		}
		if found := Lint(d.Text); len(found) > 0 {
			t.Errorf("%+v: %+v", c, found)
		}
	}
}

// Who declared only a language that there are no letters in gets one in another:
// the approver is told.
func TestAFallbackLanguageIsTold(t *testing.T) {
	for declared, want := range map[string]bool{"": false, "nl": false, "de en": false, "de": true, "de fr": true} {
		f := demoFacts(T2)
		f.Addressee.Languages = strings.Fields(declared)
		_, findings, err := Compose(T2, "en", f)
		if err != nil {
			t.Fatal(err)
		}
		got := false
		for _, found := range findings {
			if found.Code == "language_fallback" {
				got = true
				if found.Blocking || found.Why == "" || found.Where == "" || found.Dutch.Message == "" {
					t.Errorf("%+v", found)
				}
			}
		}
		if got != want {
			t.Errorf("declared %q: told %v, want %v", declared, got, want)
		}
	}
}
