package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"html"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // decodes what is not UTF-8
)

// sealedValues are what the stories' cases keep sealed, as whole values and in
// the spellings that a search would use.
func sealedValues() []string {
	return []string{
		demoName, "Testpersoon", demoAddress, "Nergensstraat 999", "0000 ZZ", "0000ZZ", "Nergensstraat", "Nergenshuizen",
		demoPhone, "+31600000000", "0600000000", "06-00000000", "0031600000000", "06 00 00 00 00",
		demoSummary, demoTrigger, "geschil over", "na een geschil", "behandeling die", "patiënt", demoReporter,
	}
}

// hidden are the same values as they stand in base64, wherever they begin.
func hidden(value string) []string {
	if len(value) < 8 {
		return nil
	}
	var out []string
	for shift := range 3 {
		digits := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + value))
		from, to := (shift*8+5)/6, (shift+len(value))*8/6 // those that are the value's alone
		out = append(out, digits[from:to])
	}
	return out
}

// noSealed looks for sealed values in every file below a directory: database,
// journal, heads, blobs, mails, documents, history, summary, logs.
func noSealed(t testing.TB, dir string) {
	t.Helper()
	everyFile(t, dir, func(where string, content []byte) { noSealedIn(t, where, content) })
}

// everyFile shows every file below a directory.
func everyFile(t testing.TB, dir string, look func(where string, content []byte)) {
	t.Helper()
	files := 0
	tree := os.DirFS(dir)
	err := fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := fs.ReadFile(tree, path)
		if err == nil {
			look(path, b)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%s: %d files: %v", dir, files, err)
	}
}

func noSealedIn(t testing.TB, where string, b []byte) {
	t.Helper()
	if found := sealedIn(where, b); found != "" {
		t.Errorf("%s holds %s", where, found)
	}
}

// sealedIn is the first sealed value in a file, with what stands around it;
// empty if there is none. Mails are read as their readers' programs do.
func sealedIn(where string, b []byte) string {
	for _, value := range sealedValues() {
		for _, h := range hidden(value) {
			if bytes.Contains(b, []byte(h)) {
				return value + ", in base64"
			}
		}
	}
	texts := []string{string(b)}
	if strings.HasSuffix(where, ".eml") {
		texts = append(texts, mailTexts(b)...)
	}
	for _, text := range texts {
		text = strings.ToLower(text)
		for _, seen := range []string{text, strings.NewReplacer("%20", " ", "+", " ", "%2c", ",").Replace(text), strings.Join(strings.Fields(html.UnescapeString(text)), " ")} {
			for _, value := range sealedValues() {
				if i := strings.Index(seen, strings.ToLower(value)); i >= 0 {
					return value + ": …" + seen[max(0, i-30):min(len(seen), i+60)] + "…"
				}
			}
		}
	}
	return ""
}

// mailTexts are a message's headers and parts, decoded.
func mailTexts(raw []byte) []string {
	entity, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		return []string{}
	}
	var out []string
	_ = entity.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil {
			return err
		}
		for fields := part.Header.Fields(); fields.Next(); {
			text, err := fields.Text()
			if err != nil {
				text = fields.Value()
			}
			out = append(out, text)
		}
		body, err := io.ReadAll(part.Body)
		out = append(out, string(body))
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return err
	})
	return out
}

// TestSealedValuesAreFound: the search above sees a value however it is
// written, or its silence would mean nothing.
func TestSealedValuesAreFound(t *testing.T) {
	mail := func(encoding, body string) string {
		return "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + body
	}
	for name, c := range map[string]struct{ file, text string }{
		"plain":                    {"x.txt", "wonend Nergensstraat 999 te"},
		"other case":               {"x.txt", "TESTPERSOON NUL"},
		"in a link":                {"x.txt", "https://example.nl/?q=nergensstraat+999"},
		"percent-encoded":          {"x.txt", "https://example.nl/?q=na%20een%20geschil"},
		"over two lines":           {"x.txt", "woont aan de Nergens-\nstraat 999, 0000\n ZZ"},
		"as HTML":                  {"x.html", "na een&nbsp;<wbr>geschil &#48;&#48;00&#32;ZZ"},
		"base64 at 0":              {"takedown.db", base64.StdEncoding.EncodeToString([]byte(demoName))},
		"base64 at 1":              {"takedown.db", base64.StdEncoding.EncodeToString([]byte("a" + demoName + "b"))},
		"base64 at 2":              {"takedown.db", base64.StdEncoding.EncodeToString([]byte(`{"` + demoName + `"}`))},
		"a quoted-printable mail":  {"1.eml", mail("quoted-printable", "woont aan de Nergens=\r\nstraat=20999")},
		"a base64 mail":            {"1.eml", mail("base64", base64.StdEncoding.EncodeToString([]byte("0000 ZZ")))},
		"an encoded subject":       {"1.eml", "Subject: =?utf-8?q?Nergens?= =?utf-8?q?straat?=\r\n\r\nx"},
		"the phone number, spaced": {"x.txt", "bel 06 00 00 00 00"},
	} {
		if sealedIn(c.file, []byte(c.text)) == "" {
			t.Errorf("%s: not seen in %q", name, c.text)
		}
	}
	if found := sealedIn("x.txt", []byte("Huisartsenpraktijk Voorbeeld, +31 20 0000000, Postbus 0")); found != "" {
		t.Errorf("the organisation's own data are not sealed: %s", found)
	}
}
