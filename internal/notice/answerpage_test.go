package notice

import (
	"strings"
	"testing"
)

// The page says the same in both languages, can be filled in without a mouse or
// a script, and shows no markup that came from the settings.
func TestTheAnswerPage(t *testing.T) {
	t.Parallel()
	for _, language := range Languages() {
		raw, err := WriteAnswerPage(AnswerForm, language, "p<", AnswerPage{Language: "nl", Organisation: "<b>Praktijk</b> & Co", Reference: "TD-2027-1"})
		if err != nil {
			t.Fatal(err)
		}
		page := string(raw)
		for _, must := range []string{
			`<html lang="` + language, "&lt;b&gt;Praktijk&lt;/b&gt; &amp; Co", "TD-2027-1", `value="p&lt;"`, `for="received"`, `for="removed"`, `for="refused"`, `for="words"`,
			"<legend>", `name="robots" content="noindex, nofollow"`, `action="?lang=` + language,
		} {
			if !strings.Contains(page, must) {
				t.Errorf("%s: no %q in\n%s", language, must, page)
			}
		}
		for _, never := range []string{"<script", "src=", "http:", "https:", "<b>", "onclick", "<no value>", "%!"} {
			if strings.Contains(page, never) {
				t.Errorf("%s: %q in\n%s", language, never, page)
			}
		}
		again, err := WriteAnswerPage(AnswerAgain, language, "", AnswerPage{})
		if err != nil || !strings.Contains(string(again), `role="alert"`) {
			t.Errorf("%s: nothing says what was wrong, %v", language, err)
		}
	}
	letters, err := WriteAnswerPage(AnswerForm, "fr", "", AnswerPage{Language: "en"})
	if err != nil || !strings.Contains(string(letters), `<html lang="en"`) {
		t.Errorf("an unknown language is not the letter's: %v", err)
	}
}
