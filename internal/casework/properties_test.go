package casework_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// The mandate's file goes along with a request, and so does what it says about
// itself: a sealed value there stops the approval, as does a position. That the
// person whose request it is wrote it gives nothing away.
func TestAFilesPropertiesAreGuarded(t *testing.T) {
	t.Parallel()
	pdf := func(author string) []byte {
		return []byte("%PDF-1.4\n1 0 obj\n<< /Author (" + author + ") /Producer (Writer) >>\nendobj\n%%EOF")
	}
	located := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x25\x88\x04\x00\x01\x00\x00\x00\x1a\x00\x00\x00\x00\x00\x00\x00")
	for name, c := range map[string]struct {
		file     []byte
		field    string
		code     string
		blocking bool
	}{
		"clean":          {pdf("balie 3"), "", "", false},
		"a home address": {pdf("Sealedstraat 1"), "text", "guard", true},
		"a position":     {located, "position", "guard", true},
		"encrypted":      {[]byte("%PDF-1.4\ntrailer << /Encrypt 5 0 R >>"), "properties", "enclose", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLive(t)
			l.consent("erasure", l.mandate(c.file))
			d := l.opened("erasure", controllerInput())
			i := slices.IndexFunc(d.Findings, func(f casework.Finding) bool {
				return strings.HasPrefix(f.Place, "file/1/properties")
			})
			switch {
			case c.code == "" && i >= 0:
				t.Errorf("%+v", d.Findings[i])
			case c.code != "" && i < 0:
				t.Errorf("nothing is found: %+v", d.Findings)
			case c.code != "" && (d.Findings[i].Code != c.code || d.Findings[i].Field != c.field || d.Findings[i].Blocking != c.blocking || d.Findings[i].NL == nil):
				t.Errorf("%+v", d.Findings[i])
			}
		})
	}
}
