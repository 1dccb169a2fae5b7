package casework_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/takedown"
)

// A document is written in the language that its addressee declared, with the
// law's own words in it, and is the same file each time it is given as PDF.
func TestDocumentInTheAddresseesLanguage(t *testing.T) {
	t.Parallel()
	for language, words := range map[string][2]string{
		"nl": {"artikel 285d, eerste lid, van het Wetboek van Strafrecht", "Geachte mevrouw, meneer,"},
		"en": {"Article 285d(1) of the Dutch Criminal Code", "Dear Sir or Madam,"},
	} {
		t.Run(language, func(t *testing.T) {
			l := newLive(t)
			ctx := context.Background()
			in := hosterInput("abuse@host.example")
			in.Languages, in.Country = []string{language}, "IE"
			have, err := l.s.GetContact(ctx, coordinator, "contact_hoster")
			l.ok(err)
			_, err = l.s.PutContact(ctx, coordinator, "contact_hoster", in, have.Version)
			l.ok(err)
			l.attempt()
			d := l.document()
			if d.Language != language || !strings.Contains(d.Text, words[0]) || !strings.Contains(d.Text, words[1]) {
				t.Errorf("the document is in %s:\n%s", d.Language, d.Text)
			}
			for _, f := range d.Findings {
				if f.Blocking {
					t.Errorf("it cannot be approved: %+v", f)
				}
			}
			first, err := l.s.RenderDocument(ctx, specialist, d.ID, "pdf")
			l.ok(err)
			second, err := l.s.RenderDocument(ctx, specialist, d.ID, "pdf")
			l.ok(err)
			if first.MediaType != "application/pdf" || !bytes.HasPrefix(first.Body, []byte("%PDF-")) || !bytes.Equal(first.Body, second.Body) {
				t.Errorf("%s, %d bytes: not the same PDF", first.MediaType, len(first.Body))
			}
			page, err := l.s.RenderDocument(ctx, specialist, d.ID, "html")
			l.ok(err)
			if !strings.Contains(string(page.Body), `<html lang="`+language+`">`) {
				t.Error("the page does not say its language")
			}
			_, err = l.s.RenderDocument(ctx, specialist, d.ID, "doc")
			l.kind(err, takedown.Invalid)
		})
	}
}
