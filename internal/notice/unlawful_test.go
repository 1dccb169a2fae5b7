package notice

import (
	"slices"
	"strings"
	"testing"
)

// A ground without an offence opens nothing with the police: the finding says so
// and what stays open, and no dossier repeats it.
//
// Requirement: S0-9b
func TestNoOffenceNoPolice(t *testing.T) {
	for _, instrument := range []string{T7, T8b, T12} {
		f := demoFacts(instrument)
		f.Unlawful = []Unlawful{unlawfulProcessing(&f, "nl")}
		d, findings := compose(t, instrument, f)
		if b := blocking(findings); len(b) > 0 || strings.Contains(whole(d), "AVG") {
			t.Errorf("%s beside an offence: %+v", instrument, b)
		}
		f.Grounds = nil
		d, findings = compose(t, instrument, f)
		n := slices.IndexFunc(findings, func(f Finding) bool { return f.Code == "no_offence" })
		if n < 0 || !findings[n].Blocking || !strings.Contains(findings[n].Message, "stay open") || strings.Contains(whole(d), "AVG") {
			t.Errorf("%s without an offence: %+v", instrument, findings)
		}
	}
}

// What nobody read, and what no evidence shows, is in no text.
func TestUnlawfulOnlyIfReadAndShown(t *testing.T) {
	f := demoFacts(T2)
	f.Grounds, f.Unlawful = nil, []Unlawful{unlawful(&f, "bw6-162", "nl", func(u *Unlawful) { u.Said = []Said{{Reasons: []string{"no_consent"}, Weighing: []string{"no_debate"}}} })}
	d, findings := compose(t, T2, f)
	if !contains(fields(findings), "grounds") || !contains(codes(findings), "unverified") || strings.Contains(whole(d), "Burgerlijk") {
		t.Errorf("the civil wrong is pleaded, which nobody read: %+v", findings)
	}
	f.Unlawful = []Unlawful{unlawfulProcessing(&f, "nl")}
	f.Unlawful[0].Elements[0].Evidence, f.Unlawful[0].Elements[1].Evidence = nil, nil
	d, findings = compose(t, T2, f)
	if !contains(fields(findings), "grounds/elements") || !contains(codes(findings), "unproven") || strings.Contains(d.Text, "Artikel 17, lid 1") {
		t.Errorf("a ground that nothing shows is pleaded: %+v", findings)
	}
}

// What evidence must show for such a ground is our inference: no text says that
// the provision has it.
func TestElementsOfOursAreNoLaw(t *testing.T) {
	for language, elements := range map[string][]string{"nl": {"op een andere manier beschikbaar gesteld"}, "en": {"otherwise made available"}} {
		for _, instrument := range pleading {
			f := demoFacts(instrument)
			f.Language, f.Grounds = language, nil
			f.Unlawful = []Unlawful{unlawfulProcessing(&f, language)}
			d, _ := compose(t, instrument, f)
			for _, text := range elements {
				if !slices.ContainsFunc(f.Unlawful[0].Elements, func(e Element) bool { return strings.Contains(e.Text, text) }) {
					t.Fatalf("no element has %q", text)
				}
				if strings.Contains(whole(d), text) {
					t.Errorf("%s, %s states %q", instrument, language, text)
				}
			}
		}
	}
}

// The approver hears what such a notice does not do.
func TestUnlawfulFindings(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*Facts)
		want string
	}{
		"weighed": {func(f *Facts) { f.Unlawful = []Unlawful{unlawfulProcessing(f, "nl")} }, "weighed_ground"},
		"terms": {func(f *Facts) {
			f.Unlawful, f.Terms = []Unlawful{ownTerms(f)}, Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}
		}, "terms_alone"},
		"closed": {func(f *Facts) {
			f.Unlawful = []Unlawful{unlawfulProcessing(f, "nl")}
			eachItem(f, func(i *Item) { i.Audience = "closed" })
		}, "household"},
		"public channel": {func(f *Facts) {
			f.Unlawful = []Unlawful{unlawfulProcessing(f, "nl")}
			f.Addressee.ServiceKind, f.Addressee.Articles = "messaging", []string{"12"}
		}, "messaging_public"},
	} {
		f := demoFacts(T2)
		f.Grounds = nil
		c.set(&f)
		_, findings := compose(t, T2, f)
		if b := blocking(findings); len(b) > 0 || !contains(codes(findings), c.want) {
			t.Errorf("%s: %v, blocking %+v", name, codes(findings), b)
		}
	}
	f := demoFacts(T2)
	f.Addressee.ServiceKind, f.Addressee.Articles = "", nil
	_, findings := compose(t, T2, f)
	n := slices.IndexFunc(findings, func(f Finding) bool { return f.Field == "addressee/serviceKind" })
	if n < 0 || !findings[n].Blocking || !strings.Contains(findings[n].Message, "messaging") || !strings.Contains(findings[n].Where, "serviceKind") {
		t.Errorf("no kind of service: %+v", findings)
	}
}

// An edit may not take the rule out that the notice rests on.
func TestUnlawfulStays(t *testing.T) {
	f := demoFacts(T2)
	f.Grounds, f.Unlawful = nil, []Unlawful{unlawfulProcessing(&f, "nl")}
	d, _ := compose(t, T2, f)
	required := d.Required
	d.Text = strings.ReplaceAll(d.Text, f.Unlawful[0].Rule, "")
	if lost := Lost(required, d); len(lost) == 0 || lost[0].Field != "text/ground" {
		t.Errorf("the edit took out the ground: %+v", lost)
	}
}

// A ground that was taken out for want of evidence is not pleaded: what is left
// is the addressee's own terms, and nothing is called illegal.
func TestTermsAloneBesideWithheld(t *testing.T) {
	f := demoFacts(T2)
	for i := range f.Grounds[0].Elements {
		f.Grounds[0].Elements[i].Evidence = nil
	}
	f.Unlawful, f.Terms = []Unlawful{ownTerms(&f)}, Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}
	d, findings := compose(t, T2, f)
	if b := blocking(findings); len(b) > 0 || !contains(codes(findings), "unproven") || !contains(codes(findings), "terms_alone") {
		t.Fatalf("%v, blocking %+v", codes(findings), b)
	}
	for _, not := range []string{"illegaal", "artikel 16", "285d"} {
		if strings.Contains(strings.ToLower(whole(d)), not) {
			t.Errorf("a notice on own terms says %q:\n%s", not, whole(d))
		}
	}
}

// What makes one item unlawful is told of that item alone, and what is said of
// one passes no check for the others.
func TestUnlawfulPerItem(t *testing.T) {
	f := demoFacts(T2)
	first, second := f.Items[0].No, f.Items[1].No
	f.Items = f.Items[:2]
	f.Grounds, f.Unlawful = nil, []Unlawful{unlawfulProcessing(&f, "nl")}
	f.Unlawful[0].Said = []Said{
		{Item: first, Reasons: []string{"no_consent", "private_data"}, Weighing: []string{"no_debate"}},
		{Item: second, Reasons: []string{"no_consent", "third_person"}, Weighing: []string{"no_debate", "readable_without"}},
	}
	d, findings := compose(t, T2, f)
	if b := blocking(findings); len(b) > 0 {
		t.Fatalf("blocking %+v", b)
	}
	for _, want := range []string{
		"- De betrokkene heeft niet ingestemd", "- onderdeel 1: Het zijn privégegevens", "- onderdeel 2: Het zijn gegevens van iemand",
		"publiek debat en de tekst blijft begrijpelijk zonder deze gegevens (onderdeel 2).",
	} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q is not in:\n%s", want, d.Text)
		}
	}
	f.Unlawful[0].Said[1].Weighing = nil
	if _, findings = compose(t, T2, f); !contains(fields(blocking(findings)), "unlawful/weighing") {
		t.Errorf("nothing is weighed of item 2: %+v", findings)
	}
	f.Unlawful[0].Said = f.Unlawful[0].Said[:1]
	if _, findings = compose(t, T2, f); !contains(fields(blocking(findings)), "unlawful/reasons") {
		t.Errorf("nothing is said of item 2: %+v", findings)
	}
	f.Unlawful[0].Items = []int{first}
	if _, findings = compose(t, T2, f); contains(fields(blocking(findings)), "unlawful/reasons") {
		t.Errorf("the ground was not found in item 2: %+v", findings)
	}
}

// What is pleaded of one item is claimed of no other, and the approver hears of
// an item that nothing is pleaded of.
func TestGroundsOfSomeItems(t *testing.T) {
	f := demoFacts(T2)
	f.Items = f.Items[:2]
	f.Grounds[0].Items = []int{f.Items[0].No}
	d, findings := compose(t, T2, f)
	for _, want := range []string{"volgens ons illegaal is (onderdeel 1).", "Voor onderdeel 1 is dit een melding", "Volgens ons geldt dat voor onderdeel 1."} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q is not in:\n%s", want, d.Text)
		}
	}
	n := slices.IndexFunc(findings, func(f Finding) bool { return f.Code == "item_without_ground" })
	if n < 0 || findings[n].Blocking || !strings.Contains(findings[n].Message, "item 2:") || !strings.Contains(findings[n].Dutch.Message, "onderdeel 2:") {
		t.Errorf("nothing is pleaded of item 2: %+v", findings)
	}
	f.Terms, f.Unlawful = Terms{Clause: "huisregel 4", VersionOf: at("2027-01-10 12:00")}, []Unlawful{ownTerms(&f)}
	d, findings = compose(t, T2, f)
	if contains(codes(findings), "item_without_ground") || !strings.Contains(d.Text, "De inhoud is volgens ons in strijd") {
		t.Errorf("both are against the terms: %+v\n%s", findings, d.Text)
	}
	f.Unlawful[0].Items = f.Grounds[0].Items
	if d, _ = compose(t, T2, f); !strings.Contains(d.Text, "De inhoud van onderdeel 1 is volgens ons ook in strijd") || !strings.Contains(d.Text, "aan beide te toetsen") {
		t.Errorf("item 1 is against both:\n%s", d.Text)
	}
}
