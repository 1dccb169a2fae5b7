package notice

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"testing"
)

func macUnder(key string) func([]byte) []byte {
	return func(data []byte) []byte {
		h := hmac.New(sha256.New, []byte(key))
		h.Write(data)
		return h.Sum(nil)
	}
}

var marked = []Sensitive{
	{"name", []string{"Testa van der Voorbeeld"}},
	{"addresses", []string{"Nergensstraat 12-a, 1234 AB Nergenshuizen"}},
	{"phones", []string{"06-12345678"}},
	{"emails", []string{"testa.voorbeeld@example.nl"}},
	{"numberPlates", []string{"XX-99-YY"}},
}

func TestMarksFindWhatAPageShows(t *testing.T) {
	mac := macUnder("one")
	m := NewMarks(marked, mac)
	for _, page := range []string{
		"<p>Zij heet <b>Testa</b> van der&nbsp;Voorbeeld.</p>",
		"Nergensstraat 12a", "nergensstr. 12 A", "1234ab", "1234 AB",
		"bel +31 6 12 34 56 78", "0031612345678", "tel:0612345678",
		"testa.voorbeeld at example dot nl", "mailto:testa.voorbeeld@example.nl", "kenteken XX99YY",
	} {
		if !m.On("Een pagina. "+page+" Meer tekst.", mac) {
			t.Errorf("not found: %s", page)
		}
	}
	for _, page := range []string{"", "Een pagina over niemand.", "Nergensweg 12", "bel 0687654321", "1235 AB", "Testaanpak"} {
		if m.On(page, mac) {
			t.Errorf("found where it is not: %s", page)
		}
	}
	if m.On("1234 AB", macUnder("two")) {
		t.Error("another key finds it too")
	}
}

func TestMarksHoldNoValue(t *testing.T) {
	mac := macUnder("one")
	text, err := json.Marshal(NewMarks(marked, mac))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"testa", "voorbeeld", "nergens", "1234", "612345678", "xx99yy"} {
		if strings.Contains(strings.ToLower(string(text)), part) {
			t.Errorf("the marks hold %q", part)
		}
	}
	var back Marks
	if err := json.Unmarshal(text, &back); err != nil || !back.On("1234 AB", mac) {
		t.Errorf("read back they find nothing (%v)", err)
	}
}
