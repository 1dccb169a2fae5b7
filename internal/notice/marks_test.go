package notice

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
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
		if shows, _ := m.On("Een pagina. "+page+" Meer tekst.", mac); !shows {
			t.Errorf("not found: %s", page)
		}
	}
	for _, page := range []string{"", "Een pagina over niemand.", "Nergensweg 12", "bel 0687654321", "1235 AB", "Testaanpak"} {
		if shows, whole := m.On(page, mac); shows || !whole {
			t.Errorf("found where it is not: %s", page)
		}
	}
	if shows, _ := m.On("1234 AB", macUnder("two")); shows {
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
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if shows, _ := back.On("1234 AB", mac); !shows {
		t.Error("read back they find nothing")
	}
}

// A page that is made to cost much is not read to the end, and that is said;
// what stands before that is found, in the text before the tags.
func TestMarksReadNoLongerThanTheyMay(t *testing.T) {
	hashed := 0
	mac := func(b []byte) []byte { hashed++; return macUnder("one")(b) }
	m := NewMarks(marked, mac)
	for name, unit := range map[string]string{"digits": "1", "numbers": "1 ", "words": "ab ", "both": "12ab-", "letters": "a", "tags": "<b>a</b>", "codes": "&#65;%41"} {
		page := strings.Repeat(unit, (1<<20)/len(unit))
		hashed = 0
		shows, whole := m.On(page, mac)
		if shows || hashed > 2*maxHashes || whole != (hashed < maxHashes) {
			t.Errorf("%s: shows %t, whole %t after %d hashes", name, shows, whole, hashed)
		}
		if shows, _ := m.On("bel 0612345678 "+page, mac); !shows {
			t.Errorf("%s: what stands before it is not found", name)
		}
	}
	script := "<script x='" + strings.Repeat("ab ", 1<<19) + "'></script>"
	if shows, _ := m.On(script+"<p>bel 0612345678</p>", mac); !shows {
		t.Error("what stands behind a long tag is not found")
	}
}

// Of more values than a look can hold, it says that it cannot tell what a page
// does not show: it knows nothing of those that were left out.
func TestMarksThatAreCutTellNothingOfWhatTheyDoNotFind(t *testing.T) {
	mac := macUnder("one")
	var names []string
	for n := range maxMarks + 1 {
		names = append(names, fmt.Sprintf("Voornaam%c%c%c Achternaam%d", 'a'+n%26, 'a'+n/26%26, 'a'+n/676, n))
	}
	m := NewMarks([]Sensitive{{"aliases", names}}, mac)
	if !m.Cut || len(m.Hashes) != maxMarks {
		t.Fatalf("%d hashes, cut %t", len(m.Hashes), m.Cut)
	}
	if shows, whole := m.On("Een pagina over niemand.", mac); shows || whole {
		t.Errorf("shows %t, whole %t", shows, whole)
	}
	if shows, whole := m.On(strings.Join(names[:20], ". "), mac); !shows || !whole {
		t.Errorf("some of them: shows %t, whole %t", shows, whole)
	}
}
