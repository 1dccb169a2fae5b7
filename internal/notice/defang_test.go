package notice

import (
	"strings"
	"testing"
)

func TestDefangedAddressesAreExactAndComeBack(t *testing.T) {
	text := "Zie https://forum.example/t/1.html?a=b.c#d en <HTTP://a.b.example:8080/x>, (https://één.example).\nMail: desk@care.example. Geen adres: http, https."
	for _, language := range Languages() {
		d := Draft{
			Language: language, Subject: "Melding https://forum.example/t/1", Text: text,
			Form:    []FormText{{Name: "url", Text: "https://forum.example/t/1"}},
			Annexes: []Annex{{Text: "1. https://forum.example/t/2"}, {Text: "https://forum.example/t/3", Sealed: true}},
		}
		got := Defang(d)
		for _, want := range []string{"hxxps://forum[.]example/t/1.html?a=b.c#d", "hxxp://a[.]b[.]example:8080/x", "hxxps://één[.]example", "desk@care.example"} {
			if !strings.Contains(got.Text, want) {
				t.Errorf("%s: no %s in %s", language, want, got.Text)
			}
		}
		if strings.Contains(strings.ToLower(got.Text+got.Subject+got.Annexes[0].Text), "http://") || strings.Contains(got.Text+got.Subject+got.Annexes[0].Text, "https://") {
			t.Errorf("%s: a link is left in %+v", language, got)
		}
		if got.Form[0].Text != d.Form[0].Text || got.Annexes[1] != d.Annexes[1] || d.Annexes[0].Text != "1. https://forum.example/t/2" {
			t.Errorf("%s: a form field, a sealed annex or the draft itself changed: %+v %+v", language, got, d)
		}
		if again := Defang(got); again.Text != got.Text || again.Subject != got.Subject {
			t.Errorf("%s: twice is another text:\n%s", language, again.Text)
		}
		if back := Refang(got.Text); !strings.HasPrefix(back, strings.Replace(text, "HTTP://", "http://", 1)) {
			t.Errorf("%s: comes back as %s", language, back)
		}
		if len(Lint(got.Text)) > len(Lint(text)) {
			t.Errorf("%s: the note is not to be written: %+v", language, Lint(got.Text))
		}
		if plain := Defang(Draft{Language: language, Text: "Geen adres."}); plain.Text != "Geen adres." {
			t.Errorf("%s: %q", language, plain.Text)
		}
	}
}
