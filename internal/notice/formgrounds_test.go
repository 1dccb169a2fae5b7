package notice

import (
	"slices"
	"strings"
	"testing"
)

// field drafts one field of a web form.
func field(t *testing.T, instrument string, f Facts, limit int) (string, []Finding) {
	t.Helper()
	f.Addressee.Form = []FormField{{Name: "explanation", Limit: limit}, {Name: "url"}, {Name: "email"}, {Name: "good_faith"}}
	d, findings := compose(t, instrument, f)
	if b := blocking(findings); len(b) > 0 {
		t.Fatalf("%s: blocking %+v", instrument, b)
	}
	return d.Form[0].Text, findings
}

func lacksInForm(findings []Finding, what string) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool {
		return f.Code == "form_lacks" && strings.Contains(f.Message, what) && f.Dutch.Message != ""
	})
}

// A form's long field says what the letter says: reasons and weighing of a ground
// without an offence (art. 16(2)(a) DSA), and no indication of a purpose. What a
// short field cannot carry is told.
func TestAFormTellsWhyContentIsUnlawful(t *testing.T) {
	for _, instrument := range []string{T1, T2, T4} {
		f := demoFacts(instrument)
		f.Grounds, f.Unlawful = nil, []Unlawful{unlawfulProcessing(&f, "nl")}
		f.ComplaintGrounds = nil
		long, findings := field(t, instrument, f, 0)
		for _, want := range []string{"artikel 17, lid 1, onder d,", "De betrokkene heeft niet ingestemd met de publicatie.", "Ook de vrijheid van meningsuiting en informatie leidt"} {
			if !strings.Contains(long, want) {
				t.Errorf("%s: %q is not in:\n%s", instrument, want, long)
			}
		}
		if strings.Contains(long, "anwijzing") || lacksInForm(findings, "unlawful") {
			t.Errorf("%s: %+v in:\n%s", instrument, findings, long)
		}
	}
	f := demoFacts(T2)
	f.Grounds, f.Unlawful = nil, []Unlawful{unlawfulProcessing(&f, "nl")}
	short, findings := field(t, T2, f, 500)
	if strings.Contains(short, "oproep") || !lacksInForm(findings, "what makes the content unlawful") || lacksInForm(findings, "terms") {
		t.Errorf("%+v in:\n%s", findings, short)
	}
	f.Terms = Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}
	if _, findings = field(t, T2, f, 500); !lacksInForm(findings, "the clause") {
		t.Errorf("the clause is in no field: %+v", findings)
	}
	if _, findings = field(t, T2, f, 0); lacksInForm(findings, "the clause") {
		t.Errorf("the clause is in the long field: %+v", findings)
	}
}

// Doxing does not hide what else is pleaded, and what holds of one item is said
// of that one.
func TestAFormNamesEveryGround(t *testing.T) {
	for limit, wants := range map[int][]string{
		0:   {"Waarom illegaal: artikel 285d", "Volgens ons gaat het ook om onrechtmatige verwerking", "Het zijn privégegevens", "Aanwijzingen voor het doel van doxing:"},
		900: {"Volgens ons is dit doxing", "Volgens ons is dit ook onrechtmatige verwerking"},
	} {
		f := demoFacts(T2)
		f.Unlawful = []Unlawful{unlawfulProcessing(&f, "nl")}
		text, _ := field(t, T2, f, limit)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in:\n%s", want, text)
			}
		}
		f.Items = f.Items[:2]
		f.Grounds[0].Items, f.Unlawful[0].Items = []int{1}, []int{2}
		text, _ = field(t, T2, f, limit)
		if !strings.Contains(text, "Dat geldt volgens ons voor onderdeel 1.") || !strings.Contains(text, "; onderdeel 2)") {
			t.Errorf("whose ground it is:\n%s", text)
		}
	}
}

// A relay tells no indication of a purpose where none is pleaded.
func TestARelayTellsThePurposeOfDoxingAlone(t *testing.T) {
	f := demoFacts(T14)
	if d, _ := compose(t, T14, f); !strings.Contains(d.Text, "De aanwijzingen voor het doel van doxing:") {
		t.Errorf("no indication:\n%s", d.Text)
	}
	f.Grounds, f.Unlawful = nil, []Unlawful{unlawfulProcessing(&f, "nl")}
	d, findings := compose(t, T14, f)
	if b := blocking(findings); len(b) > 0 || strings.Contains(whole(d), "anwijzing") {
		t.Errorf("blocking %+v:\n%s", b, whole(d))
	}
}
