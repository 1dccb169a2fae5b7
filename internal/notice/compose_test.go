package notice

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

var update = flag.Bool("update", false, "write the golden files")

// whole writes a draft as one text, so that a golden file shows all of it.
func whole(d Draft) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n%s\n\n%s\n", d.Template, d.Language, d.Subject, d.Text)
	for _, f := range d.Form {
		fmt.Fprintf(&b, "\n=== form field %s (limit %d)\n%s\n", f.Name, f.Limit, f.Text)
	}
	for _, a := range d.Annexes {
		fmt.Fprintf(&b, "\n=== annex %s, %s, sealed %v\n%s\n", a.Part, a.Name, a.Sealed, a.Text)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); go test -update writes it:\n%s", name, diff)
	}
}

func compose(t *testing.T, instrument string, f Facts) (Draft, []Finding) {
	t.Helper()
	d, findings, err := Compose(instrument, "nl", f)
	if err != nil {
		t.Fatal(err)
	}
	return d, findings
}

func blocking(fs []Finding) []Finding {
	var out []Finding
	for _, f := range fs {
		if f.Blocking {
			out = append(out, f)
		}
	}
	return out
}

// The demo's documents: complete, word for word, and silent about everything
// that is sealed.
//
// Requirement: S0-sum-3, S0-19b, S0-19e, S2-9, S2-13, S2-16, S3-3, S3-8, S4-6, S4-15, S4-17, S4-19, S0-26
func TestGolden(t *testing.T) {
	data, err := law.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, instrument := range Instruments() {
		t.Run(instrument, func(t *testing.T) {
			f := demoFacts(instrument)
			d, findings := compose(t, instrument, f)
			if b := blocking(findings); len(b) > 0 {
				t.Errorf("blocking findings on complete facts: %+v", b)
			}
			if hits := NewGuard(demoSealed(), demoAllowed(instrument, f)).CheckDraft(d); len(hits) > 0 {
				t.Errorf("the guard stops the demo's own document: %+v", hits)
			}
			for _, part := range append(formTexts(d), d.Subject+"\n"+d.Text) {
				if cited := data.Unverified(part, at("2027-03-21 20:15"), f.DraftedAt); len(cited) > 0 {
					t.Errorf("cites what nobody read: %q in\n%s", cited, part)
				}
			}
			if telling.MatchString(d.Subject) {
				t.Errorf("the subject %q tells what it is about", d.Subject)
			}
			golden(t, instrument+".golden", whole(d))
			golden(t, instrument+".html.golden", string(HTML(d)))
		})
	}
}

// telling is what no subject holds: it stands in previews, tickets and forwarded
// mail.
var telling = regexp.MustCompile(`(?i)doxing|bedreig|adres|politie|bevel|dossier|https?:|www\.|\.example|huisarts|platform|forum`)

func formTexts(d Draft) []string {
	var out []string
	for _, f := range d.Form {
		out = append(out, f.Text)
	}
	return out
}

// A sealed annex never comes into text, form or page.
func TestSealedStaysApart(t *testing.T) {
	for _, instrument := range []string{T7, T12} {
		f := demoFacts(instrument)
		f.Sealed.Suspects = []string{"Kees Bestaatniet"}
		d, _ := compose(t, instrument, f)
		open := d.Subject + d.Text + string(HTML(d))
		for _, secret := range []string{secretName, "Kees Bestaatniet", f.Sealed.Persons[0].Domicile} {
			if strings.Contains(open, secret) {
				t.Errorf("%s: a sealed value stands in the open text", instrument)
			}
		}
		if len(d.Annexes) != 2 || !d.Annexes[0].Sealed || !strings.Contains(d.Annexes[0].Text, secretName) || !strings.Contains(d.Annexes[1].Text, "Kees Bestaatniet") {
			t.Errorf("%s: the sealed annexes are not there: %+v", instrument, d.Annexes)
		}
	}
	f := demoFacts(T1)
	f.Sealed = &SealedAnnex{Persons: []SealedPerson{{Name: secretName}}}
	if d, _ := compose(t, T1, f); strings.Contains(whole(d), secretName) {
		t.Error("T1 prints the sealed annex")
	}
}

func TestUnknownInstrumentAndLanguage(t *testing.T) {
	for _, c := range []struct{ instrument, language string }{{"T99", "nl"}, {T1, "xx"}, {"", ""}} {
		if _, _, err := Compose(c.instrument, c.language, demoFacts(T1)); takedown.KindOf(err) != takedown.Invalid {
			t.Errorf("Compose(%q, %q): %v", c.instrument, c.language, err)
		}
	}
}

// clears empties one required field each. Every requirement must have one.
var clears = map[string]func(*Facts){
	"reference":             func(f *Facts) { f.Reference = "" },
	"draftedAt":             func(f *Facts) { f.DraftedAt = time.Time{} },
	"organisation/name":     func(f *Facts) { f.Organisation.Name = "" },
	"organisation/mailbox":  func(f *Facts) { f.Organisation.Mailbox = "" },
	"organisation/phone":    func(f *Facts) { f.Organisation.Phone = "" },
	"addressee/legalName":   func(f *Facts) { f.Addressee.LegalName = "" },
	"addressee/source":      func(f *Facts) { f.Addressee.Source = "" },
	"addressee/serviceKind": func(f *Facts) { f.Addressee.Articles = nil },
	"persons":               func(f *Facts) { f.Persons = nil },
	"mandate":               func(f *Facts) { f.Role, f.Mandate = "mandate", "" },
	"items":                 func(f *Facts) { f.Items = nil },
	"items/indicators":      func(f *Facts) { eachItem(f, func(i *Item) { i.Indicators = []string{"timing"} }) },
	"items/stillOnlineAt":   func(f *Facts) { eachItem(f, func(i *Item) { i.StillOnlineAt = time.Time{} }) },
	"grounds":               func(f *Facts) { f.Grounds = nil },
	"grounds/eligible":      func(f *Facts) { f.Grounds[0].Eligible = false },
	"grounds/elements":      func(f *Facts) { f.Grounds[0].Elements = nil },
	"attempts":              func(f *Facts) { f.Attempts = nil },
	"posterNotContacted":    func(f *Facts) { f.PosterNotContacted = "" },
	"earlier":               func(f *Facts) { f.Earlier = nil },
	"earlier/reference":     func(f *Facts) { f.Earlier[0].Reference = "" },
	"nextStep":              func(f *Facts) { f.NextStep = Deadline{} },
	"decision":              func(f *Facts) { f.Decision = nil },
	"decision/code":         func(f *Facts) { f.Decision.Code = "" },
	"decision/informedAt":   func(f *Facts) { f.Decision.InformedAt = time.Time{} },
	"decision/notice":       func(f *Facts) { f.Decision.NoticeRef = "" },
	"reports":               func(f *Facts) { f.Reports = nil },
	"reports/kind":          func(f *Facts) { f.Reports[0].Kind, f.DeathThreat, f.Threat = "melding", true, Locus{Item: 1} },
	"reports/person":        func(f *Facts) { f.Reports[0].By = "affected" },
	"reports/vptRequested":  func(f *Facts) { f.Reports[0].VPTRequested = false },
	"provider/legalName":    func(f *Facts) { f.Provider.LegalName = "" },
	"provider/contactPoint": func(f *Facts) { f.Provider.ContactPoint = "" },
	"provider/serviceKind":  func(f *Facts) { f.Provider.ServiceKind = "search_engine" },
	"grounds/actDate":       func(f *Facts) { f.Grounds[0].ActDate = time.Time{} },
	"events": func(f *Facts) {
		f.Events = nil
		eachItem(f, func(i *Item) { i.FirstSeenAt, i.PostedAt = time.Time{}, time.Time{} })
	},
	"reports/by":              func(f *Facts) { f.Reports[0].By = "" },
	"provider/languages":      func(f *Facts) { f.Provider.Languages = nil },
	"provider/representative": func(f *Facts) { f.Provider.Country = "US" },
	"klachten/learnedAt":      func(f *Facts) { f.Klachten = []Klacht{{Mark: "A1", Article: "x", Signed: true}} },
	"klachten/needed":         func(f *Facts) { f.Grounds[0].Klacht = "conditional" },
	"klachten/lastDay": func(f *Facts) {
		f.Klachten = []Klacht{{Mark: "A1", Article: "x", LearnedAt: at("2027-03-22 08:00"), Decision: "undecided"}}
	},
	"decision/removedNos":     func(f *Facts) { f.ComplaintGrounds = []string{"partial"} },
	"terms/versionOf":         func(f *Facts) { f.Terms.Clause = "huisregel 4" },
	"flagger":                 func(f *Facts) { f.Flagger = &Flagger{ID: "TF-1", Area: "geweld online"} },
	"threat/item":             func(f *Facts) { f.Threat.Item = 99 },
	"threat":                  func(f *Facts) { f.DeathThreat = true },
	"evidence":                func(f *Facts) { f.Evidence = nil },
	"secrecyDecided":          func(f *Facts) { f.SecrecyDecided = false },
	"sealed":                  func(f *Facts) { f.Sealed = nil },
	"sealed/persons/name":     func(f *Facts) { f.Sealed.Persons[0].Name = "" },
	"sealed/persons/domicile": func(f *Facts) { f.Sealed.Persons[0].Domicile = "" },
	"klachten":                func(f *Facts) { f.Grounds[0].Klacht = "yes" },
	"requests":                func(f *Facts) { f.Requests = nil },
	"effects":                 func(f *Facts) { f.Effects = nil },
	"amplification":           func(f *Facts) { f.Amplification = "" },
	"filedTogether":           func(f *Facts) { f.FiledTogether, f.Reports = "same_facts", nil },
	"order/volatile":          func(f *Facts) { f.Order.Volatile = nil },
	"order/haste":             func(f *Facts) { f.Order.Haste = "" },
	"unlawful/reasons": func(f *Facts) {
		f.Unlawful = []Unlawful{unlawfulProcessing(f, "nl")}
		f.Unlawful[0].Said[0].Reasons = nil
	},
	"unlawful/weighing": func(f *Facts) {
		f.Unlawful = []Unlawful{unlawfulProcessing(f, "nl")}
		f.Unlawful[0].Said[0].Weighing = nil
	},
	"terms/clause": func(f *Facts) { f.Unlawful, f.Terms = []Unlawful{ownTerms(f)}, Terms{} },
}

func eachItem(f *Facts, do func(*Item)) {
	for n := range f.Items {
		do(&f.Items[n])
	}
}

// Each required field, left empty alone, gives its finding and still a text.
//
// Requirement: S4-22
func TestEveryRequiredField(t *testing.T) {
	for _, r := range allRequirements() {
		for _, instrument := range r.of {
			t.Run(instrument+" "+r.field, func(t *testing.T) {
				f := demoFacts(instrument)
				clearField(t, instrument, r.field, &f)
				d, findings := compose(t, instrument, f)
				want := finding("missing", r.field, true, r.message)
				if !contains(fields(findings), r.field) || !hasFinding(findings, want) {
					t.Errorf("no finding for %s: %+v", r.field, findings)
				}
				for _, f := range blocking(findings) {
					if f.Code == "missing" && (f.Why == "" || f.Where == "") {
						t.Errorf("%s does not say why it matters, or where it is entered", f.Field)
					}
				}
				if d.Text == "" {
					t.Error("nothing was drafted")
				}
			})
		}
	}
}

func TestEveryItemField(t *testing.T) {
	for field, empty := range map[string]func(*Item){
		"locator": func(i *Item) { i.Locator = "" },
		"url":     func(i *Item) { i.URL = " " }, "no": func(i *Item) { i.No = 0 }, "dataCategories": func(i *Item) { i.DataCategories = nil },
		"contentType": func(i *Item) { i.ContentType = "" }, "kind": func(i *Item) { i.Kind = "" },
	} {
		f := demoFacts(T2)
		empty(&f.Items[1])
		if _, findings := compose(t, T2, f); !contains(fields(findings), "items/1/"+field) {
			t.Errorf("no finding for items/1/%s: %+v", field, findings)
		}
	}
}

func fields(fs []Finding) []string {
	var out []string
	for _, f := range blocking(fs) {
		out = append(out, f.Field)
	}
	return out
}

func hasFinding(fs []Finding, want Finding) bool {
	for _, f := range fs {
		f.Why, f.Where, f.Dutch.Why, f.Dutch.Where = "", "", "", ""
		if f == want {
			return true
		}
	}
	return false
}
