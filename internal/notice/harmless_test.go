package notice

import (
	"reflect"
	"strings"
	"testing"
	"unicode"
)

// spoil puts a value into every string of the facts that is free text.
func spoil(f *Facts, s string) {
	f.Organisation.Name, f.Organisation.Unit = s, s
	f.Addressee.LegalName, f.Addressee.DisplayName, f.Addressee.Source = s, s, s
	f.Reference, f.Mandate = s, s
	f.Terms.Clause = s
	eachItem(f, func(i *Item) { i.URL, i.PostID, i.Handle, i.AccountID = "https://platform.example/"+s, s, s, s })
	for n := range f.Persons {
		f.Persons[n].Function, f.Persons[n].FunctionIdentifies = s, false
	}
}

// unsafe reports a character that can turn a text around or hide in it.
func unsafe(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }

func checkHarmless(t *testing.T, s string) {
	t.Helper()
	f := demoFacts(T2)
	spoil(&f, s)
	d, _, err := Compose(T2, "nl", f)
	if err != nil {
		t.Fatal(err)
	}
	page := string(HTML(d))
	for place, text := range map[string]string{"subject": d.Subject, "text": d.Text, "html": page} {
		if strings.ContainsFunc(text, unsafe) {
			t.Errorf("%s holds a control or direction character", place)
		}
	}
	if strings.Contains(d.Subject, "\n") {
		t.Error("the subject has two lines")
	}
	body := page[strings.Index(page, "<main>"):]
	for _, tag := range []string{"<script", "<img", "<a ", "<iframe", "onerror="} {
		if strings.Contains(strings.ToLower(body), tag) && tag[0] == '<' {
			t.Errorf("the page holds %s", tag)
		}
	}
	if _, err := PDF(d, sheetOf(f)); err != nil {
		t.Errorf("no PDF: %v", err)
	}
	headings := 0
	for line := range strings.Lines(d.Text) {
		if strings.TrimSpace(line) == "VERKLARING" {
			headings++
		}
	}
	if headings > 1 {
		t.Error("a field made a heading of its own")
	}
	for _, c := range fileName(f.Reference) {
		if c != '-' && (c > 'z' || !unicode.IsLetter(c) && !unicode.IsDigit(c)) {
			t.Errorf("a file name holds %q", c)
		}
	}
}

// What a field holds stays data: in text, page, PDF, subject and file name.
func TestHarmlessFields(t *testing.T) {
	for _, s := range []string{
		"a\u202Egnp.exe", "a\u2066b\u2069", "x\x00y\x1b[31m", "a\r\nBcc: b@c.example", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`,
		"{{.Facts.Sealed}}", "{{template \"annexA\" .}}", "%s%!d(MISSING)", "../../etc/passwd", "a\n\nVERKLARING\n\nb", "\xff\xfe", "😀 𝒳", "\u200b\ufeff", "(a\\)b",
	} {
		checkHarmless(t, s)
	}
}

// A megabyte in one field is refused, names the field, and breaks nothing.
func TestMegabyteField(t *testing.T) {
	f := demoFacts(T2)
	f.Organisation.Unit = strings.Repeat("meldpunt ", 1<<17)
	d, findings, err := Compose(T2, "nl", f)
	if err != nil || !contains(fields(findings), "organisation/unit") {
		t.Fatalf("%v, %+v", err, fields(findings))
	}
	if _, err := PDF(d, sheetOf(f)); err != nil {
		t.Error(err)
	}
	if len(HTML(d)) < 1<<20 {
		t.Error("the page was cut")
	}
}

// Cleaning changes nothing in facts that are clean, and a location stays the
// same location.
func TestCleanFactsStay(t *testing.T) {
	f := demoFacts(T7)
	got, findings := cleaned(f)
	if len(findings) > 0 || !reflect.DeepEqual(f, got) {
		t.Errorf("clean facts were changed: %+v", findings)
	}
	if got := cleanURL("https://a.example/\u202e\n x"); got != "https://a.example/%E2%80%AE%0A%20x" {
		t.Errorf("cleanURL: %q", got)
	}
}

func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"a\u202Eb", "<b>&amp;", "{{.}}", "a\r\nb", "\xff", "TD-1\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 200 {
			s = s[:200]
		}
		checkHarmless(t, s)
	})
}
