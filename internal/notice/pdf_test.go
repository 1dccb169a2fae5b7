package notice

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
)

func sheetOf(f Facts) Sheet {
	return Sheet{Reference: f.Reference, Organisation: f.Organisation.Name, DraftedAt: f.DraftedAt}
}

// The same document is the same file, each time and in every run: what each is
// stands in the golden file.
func TestPDFIsTheSameEachTime(t *testing.T) {
	var sums strings.Builder
	for _, instrument := range Instruments() {
		for _, language := range Languages() {
			f := demoFacts(instrument)
			d, _, err := Compose(instrument, language, f)
			if err != nil {
				t.Fatal(err)
			}
			first, second := pdfOf(t, d, f), pdfOf(t, d, f)
			if !bytes.Equal(first, second) {
				t.Errorf("%s %s: rendered again it is another file", instrument, language)
			}
			sum := sha256.Sum256(first)
			fmt.Fprintf(&sums, "%s  %s.%s.pdf\n", hex.EncodeToString(sum[:]), instrument, language)
		}
	}
	golden(t, "pdf.golden", sums.String())
}

func pdfOf(t *testing.T, d Draft, f Facts) []byte {
	t.Helper()
	raw, err := PDF(d, sheetOf(f))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

var stream = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)

// pdfText is what a PDF shows: our fonts are written as UTF-16 codes, so the
// text stands in its streams and can be read back without another program.
func pdfText(t *testing.T, raw []byte) string {
	t.Helper()
	var out strings.Builder
	for _, m := range stream.FindAllSubmatch(raw, -1) {
		z, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue
		}
		page, err := io.ReadAll(z)
		if err != nil || !bytes.Contains(page, []byte("BT")) {
			continue
		}
		for _, s := range shownStrings(page) {
			out.WriteString(s + "\n")
		}
	}
	return footer.ReplaceAllString(out.String(), "")
}

// footer stands at the end of each page.
var footer = regexp.MustCompile(`(?m)^TD-\S+ \| \d+\n`)

// shownStrings reads the strings that a page's content shows.
func shownStrings(page []byte) []string {
	var out []string
	for len(page) > 0 {
		open := bytes.IndexByte(page, '(')
		if open < 0 {
			break
		}
		var s []byte
		n := open + 1
		for ; n < len(page) && page[n] != ')'; n++ {
			if page[n] == '\\' {
				n++
				if page[n] == 'r' {
					s = append(s, '\r')
					continue
				}
			}
			s = append(s, page[n])
		}
		var runes []rune
		for i := 0; i+1 < len(s); i += 2 {
			runes = append(runes, rune(s[i])<<8|rune(s[i+1]))
		}
		out = append(out, string(runes))
		page = page[n:]
	}
	return out
}

// What stands in the text stands in the PDF, and nothing sealed does.
func TestPDFHoldsTheText(t *testing.T) {
	for _, instrument := range []string{T1, T7} {
		f := demoFacts(instrument)
		d, _ := compose(t, instrument, f)
		raw := pdfOf(t, d, f)
		got := squeezeBlanks(pdfText(t, raw))
		for line := range strings.Lines(d.Text) {
			want := squeezeBlanks(listMarkless(line))
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in the PDF", instrument, line)
			}
		}
		if strings.Contains(got, squeezeBlanks(secretName)) {
			t.Errorf("%s: a sealed value is in the PDF", instrument)
		}
		for _, about := range []string{f.Reference, f.Organisation.Name} {
			if !bytes.Contains(raw, utf16be(about)) {
				t.Errorf("%s: the file does not say %q of itself", instrument, about)
			}
		}
	}
}

func listMarkless(line string) string {
	line = strings.TrimSpace(line)
	return strings.TrimPrefix(line, listMark(line))
}

func squeezeBlanks(s string) string { return strings.Join(strings.Fields(s), "") }

func utf16be(s string) []byte {
	var out []byte
	for _, r := range s {
		for _, c := range []byte{byte(r >> 8), byte(r)} {
			if c == '(' || c == ')' || c == '\\' {
				out = append(out, '\\')
			}
			out = append(out, c)
		}
	}
	return out
}

// thousand are the facts of a notice about a thousand items.
func thousand() Facts {
	f := demoFacts(T2)
	for n := len(f.Items); n < 1000; n++ {
		i := f.Items[n%2]
		i.No, i.URL, i.PostID = n+1, fmt.Sprintf("https://platform.example/p/%d", n+2000), fmt.Sprint(n+2000)
		f.Items = append(f.Items, i)
	}
	f.Addressee.Form = nil
	return f
}
