package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// TestFindingsAreReadInBothLanguages: what the completeness check, the lint and
// the guard find is read in English and in Dutch.
func TestFindingsAreReadInBothLanguages(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	d := l.document()
	text := strings.Replace(d.Text, "WAT WIJ U VRAGEN", "Dit is een bevel volgens artikel 51ac Sv. Sealedstraat 1.\n\nWAT WIJ U VRAGEN", 1)
	l.ok(l.s.EditDocument(context.Background(), specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: text, Recipients: d.Recipients}, d.Version))
	d = l.document()
	codes := map[string]bool{}
	for _, f := range d.Findings {
		codes[f.Code] = true
		if f.Message == "" || f.NL == nil || f.NL.Message == "" || f.NL.Message == f.Message && f.Code != "unreviewed" {
			t.Errorf("%+v in Dutch %+v", f, f.NL)
		}
		if (f.Why == "") != (f.NL.Why == "") || (f.Where == "") != (f.NL.Where == "") {
			t.Errorf("%+v in Dutch %+v", f, f.NL)
		}
	}
	for _, code := range []string{"unreviewed", "lint", "guard"} {
		if !codes[code] {
			t.Errorf("no finding %s: %v", code, codes)
		}
	}
}
