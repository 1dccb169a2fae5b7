package notice

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// spoil puts a value into every string of the facts, those that ought to be
// codes included; what must be a URL stays one.
func spoil(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		if strings.HasPrefix(v.String(), "https://") {
			s = "https://platform.example/" + s
		}
		v.SetString(s)
	case reflect.Pointer:
		if !v.IsNil() {
			own := reflect.New(v.Type().Elem()) // what other tests' facts share stays as it is
			own.Elem().Set(v.Elem())
			spoil(own.Elem(), s)
			v.Set(own)
		}
	case reflect.Slice:
		own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(own, v)
		for n := range own.Len() {
			spoil(own.Index(n), s)
		}
		v.Set(own)
	case reflect.Struct:
		if v.Type() != timeType {
			for n := range v.NumField() {
				spoil(v.Field(n), s)
			}
		}
	}
}

// spoilText leaves the codes: every field of free text that a letter prints.
func spoilText(f *Facts, s string) {
	f.Organisation.Name, f.Organisation.Unit = s, s
	f.Addressee.LegalName, f.Addressee.DisplayName, f.Addressee.Source = s, s, s
	f.Reference, f.Mandate = s, s
	f.Terms.Clause = s
	eachItem(f, func(i *Item) {
		i.URL, i.PostID, i.Handle, i.AccountID, i.Place.Service, i.Place.Access = "https://platform.example/"+s, s, s, s, s, s
	})
	for n := range f.Persons {
		f.Persons[n].Function, f.Persons[n].FunctionIdentifies = s, false
	}
	spoil(reflect.ValueOf(&f.Sealed).Elem(), s)
}

// unsafe reports a character that can turn a text around or hide in it.
func unsafe(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }

// pageTags are all that a page's body is made of; none has an attribute but a
// class, a language, a scope or an anchor of our own.
var (
	pageTags  = regexp.MustCompile(`^/?(main|article|section|header|footer|h[1-6]|p|ul|ol|li|br|hr|div|span|table|thead|tbody|tr|th|td|pre|code|strong|em|dl|dt|dd|address|time|body|html)$`)
	tagOf     = regexp.MustCompile(`<([^\s>]*)([^>]*)>`)
	ownAttrib = regexp.MustCompile(`^(\s+(class|lang|scope|id|start|datetime)="[A-Za-z0-9 :+.-]*")*\s*/?$`)
)

func checkHarmless(t *testing.T, s string, paper bool) {
	t.Helper()
	f := demoFacts(T2)
	spoilText(&f, s)
	checkDraft(t, T2, "nl", f, paper)
}

// checkDraft holds that a draft in all its forms shows what its fields hold and
// does nothing else; on paper too, which takes longest.
func checkDraft(t *testing.T, instrument, language string, f Facts, paper bool) {
	t.Helper()
	d, findings, err := Compose(instrument, language, f)
	if err != nil {
		t.Fatal(instrument, err)
	}
	page := string(HTML(d))
	places := map[string]string{"subject": d.Subject, "text": d.Text, "html": page}
	for _, a := range d.Annexes {
		places["annex "+a.Part] = a.Text
		places["name of annex "+a.Part] = a.Name
		for _, c := range strings.TrimSuffix(a.Name, ".txt") {
			if c != '-' && c != '.' && (c > 'z' || !unicode.IsLetter(c) && !unicode.IsDigit(c)) {
				t.Errorf("%s: the name of annex %s holds %q", instrument, a.Part, c)
			}
		}
	}
	for _, form := range d.Form {
		places["form field "+form.Name] = form.Text
	}
	for _, x := range findings {
		places["finding "+x.Code], places["finding in Dutch "+x.Code] = x.Message, x.Dutch.Message
	}
	for place, text := range places {
		if strings.ContainsFunc(text, unsafe) || !utf8.ValidString(text) {
			t.Errorf("%s: %s holds a control or direction character, or no text", instrument, place)
		}
	}
	if strings.Contains(d.Subject, "\n") {
		t.Errorf("%s: the subject has two lines", instrument)
	}
	for _, tag := range tagOf.FindAllStringSubmatch(page[strings.Index(page, "<main>"):], -1) {
		if !pageTags.MatchString(tag[1]) || !ownAttrib.MatchString(tag[2]) {
			t.Errorf("%s: the page holds %s", instrument, tag[0])
		}
	}
	if paper {
		if _, err := PDF(d, sheetOf(f)); err != nil {
			t.Errorf("%s: no PDF: %v", instrument, err)
		}
	}
	headings := 0
	for line := range strings.Lines(d.Text) {
		if strings.TrimSpace(line) == "VERKLARING" {
			headings++
		}
	}
	if headings > 1 {
		t.Errorf("%s: a field made a heading of its own", instrument)
	}
	for _, c := range fileName(f.Reference) {
		if c != '-' && (c > 'z' || !unicode.IsLetter(c) && !unicode.IsDigit(c)) {
			t.Errorf("a file name holds %q", c)
		}
	}
}

// vile are values that do something in one form or another.
var vile = []string{
	"a\u202Egnp.exe", "a\u2066b\u2069", "x\x00y\x1b[31m", "a\r\nBcc: b@c.example", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`,
	"{{.Facts.Sealed}}", "{{template \"annexA\" .}}", "%s%!d(MISSING)", "../../etc/passwd", "a\n\nVERKLARING\n\nb", "\xff\xfe", "😀 𝒳", "\u200b\ufeff", "(a\\)b",
	"</main><script>", "&lt;b&gt;", "javascript:alert(1)", "=cmd|' /C calc'!A0", "\u0085\u2028\u2029", "con\\nul", strings.Repeat("e\u0301", 60),
}

// TestHarmlessEverywhere: every instrument, with every string that it can hold
// spoilt, free text and codes alike; the languages take turns.
func TestHarmlessEverywhere(t *testing.T) {
	for k, instrument := range Instruments() {
		for n, s := range vile {
			language := []string{"nl", "en"}[(n+k)%2]
			f := demoFacts(instrument)
			if n%2 == 0 {
				spoilText(&f, s)
			} else {
				spoil(reflect.ValueOf(&f).Elem(), s)
			}
			checkDraft(t, instrument, language, f, (n+k)%8 == 0)
		}
	}
}

// What a field holds stays data: in text, page, PDF, subject and file name.
func TestHarmlessFields(t *testing.T) {
	for _, s := range vile {
		checkHarmless(t, s, true)
	}
}

// A megabyte in any one field of free text is refused, names the field, and
// breaks nothing.
func TestMegabyteInAnyField(t *testing.T) {
	big := strings.Repeat("meldpunt ", 1<<17)
	for field, set := range map[string]func(*Facts){
		"organisation/name":   func(f *Facts) { f.Organisation.Name = big },
		"addressee/legalName": func(f *Facts) { f.Addressee.LegalName = big },
		"reference":           func(f *Facts) { f.Reference = big },
		"items/0/handle":      func(f *Facts) { f.Items[0].Handle = big },
		"items/0/uRL":         func(f *Facts) { f.Items[0].URL = "https://platform.example/" + strings.Repeat("a", 1<<20) },
		"terms/clause":        func(f *Facts) { f.Terms.Clause = big },
		"persons/0/function":  func(f *Facts) { f.Persons[0].Function = big },
	} {
		f := demoFacts(T2)
		set(&f)
		_, findings, err := Compose(T2, "nl", f)
		if err != nil || !hasBlocking(findings, field) {
			t.Errorf("%s: %v, %v", field, err, fields(findings))
		}
		if n := len(fileName(f.Reference)); n > maxFileName {
			t.Errorf("%s: a file's name of %d", field, n)
		}
	}
}

func hasBlocking(findings []Finding, field string) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Field == field && f.Code == "too_long" && f.Blocking })
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

// FuzzHarmless looks for a value that does something: as text in a notice, and in
// every field of an instrument that the value's length picks.
func FuzzHarmless(f *testing.F) {
	for _, s := range []string{"a\u202Eb", "<b>&amp;", "{{.}}", "a\r\nb", "\xff", "TD-1\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 200 {
			s = s[:200]
		}
		checkHarmless(t, s, len(s)%16 == 1)
		all := Instruments()
		instrument, language := all[len(s)%len(all)], []string{"nl", "en"}[len(s)/len(all)%2]
		facts := demoFacts(instrument)
		spoil(reflect.ValueOf(&facts).Elem(), s)
		checkDraft(t, instrument, language, facts, false)
	})
}
