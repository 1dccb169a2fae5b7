package notice

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// What the first letters rule out is never a text: else a name in base64 would
// pass unread. Every pair of first bytes, with all ways in which UTF-8 goes on.
func TestNoReadableTextIsTakenForACode(t *testing.T) {
	texts := 0
	for first := range 256 {
		for second := range 256 {
			for _, rest := range []string{"aaaa", "\x80aaa", "\x80\x80aa"} {
				text := string([]byte{byte(first), byte(second)}) + rest
				if !utf8.ValidString(text) || strings.ContainsFunc(oneSpace.Replace(text), unicode.IsControl) {
					continue
				}
				texts++
				if got, ok := fromBase64(base64.RawStdEncoding.EncodeToString([]byte(text))); !ok || got != oneSpace.Replace(text) {
					t.Errorf("%q is readable, and is given as %q, %v", text, got, ok)
				}
			}
		}
	}
	if texts < 10_000 {
		t.Errorf("only %d of the pairs begin a text", texts)
	}
}

// Needles that begin alike, are shorter than the head that is compared, or stand
// at the very end of a text are told apart.
func TestNeedlesThatBeginAlike(t *testing.T) {
	g := NewGuard([]Sensitive{
		{"schools", []string{"Verzonnenkwijtweg"}},
		{"workplaces", []string{"Verzonnenkwijtlaan"}},
		{"numberPlates", []string{"XX-9-Q"}},
	}, Allowed{})
	for text, want := range map[string][]string{
		"Zij zit op Verzonnenkwijtweg":     {"schools"},
		"Zij werkt op Verzonnenkwijtlaan":  {"workplaces"},
		"Verzonnenkwijz, Verzonnenkwijtwe": nil,
		"Zijn auto is XX9Q":                {"numberPlates"},
		"Zijn auto is XX9":                 nil,
	} {
		var got []string
		for _, h := range g.Check("text", text) {
			got = append(got, h.Field)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q: found %v, want %v", text, got, want)
		}
	}
}
