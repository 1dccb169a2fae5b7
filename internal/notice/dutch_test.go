package notice

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sources is the package's own code, without its tests and without dutch.go.
func sources(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || name == "dutch.go" {
			continue
		}
		raw, err := os.ReadFile(name) // #nosec G304 -- our own code
		if err != nil {
			t.Fatal(err)
		}
		b.Write(raw)
	}
	return b.String()
}

var verbs = regexp.MustCompile(`%[a-z]`)

// composed says that a message is put together of a beginning and what lacks;
// TestAnEmptyDraftSaysEverythingInBothLanguages holds these.
func composed(m string) bool {
	return strings.HasPrefix(m, "an item lacks its") || strings.HasPrefix(m, "the form has no field for ")
}

// TestEveryFindingIsDutchToo: every message has its Dutch with the same values
// in the same order, nothing in the list is left over, and no finding is made
// past it.
func TestEveryFindingIsDutchToo(t *testing.T) {
	var messages []string
	for _, r := range allRequirements() {
		messages = append(messages, r.message)
	}
	for _, r := range slices.Concat(lintRules(), lintEnglish()) {
		messages = append(messages, r.message)
	}
	code := sources(t)
	for _, m := range regexp.MustCompile(`findingf?\([^"\n]*"[a-z_]+",[^\n]*?, (?:true|false|needsWords\[list\]), ("(?:[^"\\]|\\.)*")`).FindAllStringSubmatch(code, -1) {
		text, err := strconv.Unquote(m[1])
		if err != nil {
			t.Fatal(err)
		}
		messages = append(messages, text)
	}
	for _, m := range messages {
		if composed(m) {
			continue
		}
		nl := messagesDutch[m]
		if nl == "" || (nl == m && m[0] != 't') {
			t.Errorf("%q has no Dutch", m)
		}
		if !slices.Equal(verbs.FindAllString(m, -1), verbs.FindAllString(nl, -1)) {
			t.Errorf("%q says other things than %q", nl, m)
		}
	}
	for m := range messagesDutch {
		if !slices.Contains(messages, m) && !strings.Contains(code, strconv.Quote(m)) && !composed(m) {
			t.Errorf("nothing says %q any more", m)
		}
	}
	if n := len(regexp.MustCompile(`Finding\{+\s*Code`).FindAllString(code, -1)); n > 0 {
		t.Errorf("%d findings are made without their Dutch", n)
	}
}

// TestWhyAndWhereAreDutchToo: both languages give the same place to enter it.
func TestWhyAndWhereAreDutchToo(t *testing.T) {
	place := func(s string) string {
		_, api, _ := strings.Cut(s, ": ")
		return api
	}
	for field, e := range entries {
		if e.why == "" || e.where == "" || e.whyDutch == "" || e.whereDutch == "" || e.why == e.whyDutch {
			t.Errorf("%s: %+v", field, e)
		}
		if place(e.where) != place(e.whereDutch) {
			t.Errorf("%s: is entered at %q and %q", field, e.where, e.whereDutch)
		}
	}
}

// TestAnEmptyDraftSaysEverythingInBothLanguages, what is missing, why it
// matters and where it is entered.
func TestAnEmptyDraftSaysEverythingInBothLanguages(t *testing.T) {
	for _, instrument := range Instruments() {
		_, findings, err := Compose(instrument, "nl", Facts{Items: []Item{{}, {Place: Place{Type: "closed_group"}}}, Addressee: Addressee{Form: []FormField{{Name: "captcha", Limit: 10}}}})
		if err != nil {
			t.Fatal(err)
		}
		missing := 0
		for _, f := range findings {
			if f.Message == "" || f.Dutch.Message == "" || f.Message == f.Dutch.Message && f.Code != "unreviewed" {
				t.Errorf("%s: %s %s says %q and %q", instrument, f.Code, f.Field, f.Message, f.Dutch.Message)
			}
			if f.Code == "unknown_code" {
				continue
			}
			missing++
			if f.Why == "" || f.Where == "" || f.Dutch.Why == "" || f.Dutch.Where == "" {
				t.Errorf("%s: %s %s does not say why or where: %+v", instrument, f.Code, f.Field, f)
			}
		}
		if missing < 4 {
			t.Errorf("%s: %d findings", instrument, missing)
		}
	}
}
