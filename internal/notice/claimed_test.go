package notice

import (
	"slices"
	"strings"
	"testing"
)

// Where nobody weighed what speaks against the purpose, no dossier says that
// nothing was found: the urgent lane tells its approver, elsewhere it is owed.
//
// Requirement: S4-22
func TestNothingWasFoundOnlyWhereSomebodyLooked(t *testing.T) {
	for _, instrument := range toPolice {
		for _, urgent := range []bool{true, false} {
			f := demoFacts(instrument)
			f.Weighed, f.Urgent = false, urgent
			d, findings := compose(t, instrument, f)
			for _, not := range []string{"niets dat tegen het oogmerk pleit", "geen aanwijzingen voor", "ook gezocht naar"} {
				if strings.Contains(d.Text, not) {
					t.Errorf("%s says %q", instrument, not)
				}
			}
			n := slices.IndexFunc(findings, func(f Finding) bool { return f.Code == "not_weighed" })
			if n < 0 || findings[n].Blocking == urgent || findings[n].Where == "" {
				t.Errorf("%s, urgent %v: %+v", instrument, urgent, findings)
			}
		}
		if d, _ := compose(t, instrument, demoFacts(instrument)); !strings.Contains(d.Text, "niets dat tegen het oogmerk pleit") {
			t.Errorf("%s does not say that nothing was found", instrument)
		}
	}
}

// An offence that no evidence shows is in no text, and a finding says so. The
// urgent lane's notice rests on the capture of the item.
func TestNoOffenceWithoutEvidence(t *testing.T) {
	for _, instrument := range []string{T1, T2, T4, T7, T9, T12, T14} {
		f := demoFacts(instrument)
		bare := threatGround()
		bare.Elements[0].Evidence = nil
		f.Grounds = append(f.Grounds, bare)
		d, findings := compose(t, instrument, f)
		if b := blocking(findings); len(b) > 0 || strings.Contains(whole(d), "artikel 285, eerste lid") || !contains(codes(findings), "unproven") {
			t.Errorf("%s: %v, %v", instrument, fields(findings), codes(findings))
		}
		f.Grounds = f.Grounds[1:]
		if _, findings = compose(t, instrument, f); !contains(fields(findings), "grounds/elements") {
			t.Errorf("%s claims nothing and passes: %v", instrument, fields(findings))
		}
	}
	f := demoFacts(T2)
	f.Urgent, f.Grounds[0].Elements = true, []Element{{ID: "E1", Text: "persoonsgegevens"}}
	if d, findings := compose(t, T2, f); len(blocking(findings)) > 0 || !strings.Contains(d.Text, "285d") {
		t.Errorf("an urgent notice waits for its elements: %+v", blocking(findings))
	}
	eachItem(&f, func(i *Item) { i.Captures = nil })
	if _, findings := compose(t, T2, f); !contains(fields(findings), "grounds/elements") {
		t.Error("an urgent notice without a capture claims an offence")
	}
}

// The elements of another offence are not told in the words of doxing's.
func TestElementsOfAnotherOffence(t *testing.T) {
	f := demoFacts(T12)
	f.Grounds = []Ground{threatGround()}
	d, _ := compose(t, T12, f)
	if !strings.Contains(d.Text, "- E1 bedreiging: Volgens ons blijkt dit uit onderdeel 1. Bewijs: C1.") || strings.Contains(d.Text, "tegen het oogmerk pleit") {
		t.Errorf("the elements:\n%s", d.Text)
	}
}

// The advice to have data kept stands in the request until the police demanded
// it; then what was done does.
func TestPreservationIsAdvisedUntilItIsDemanded(t *testing.T) {
	advice := "Beoordeel of een vordering tot bewaring nodig is"
	for state, want := range map[string]string{"": "", "asked": "Wij vroegen de politie al", "oral": "mondeling is gevorderd", "written": "schriftelijk is gevorderd", "refused": "niet wordt gevorderd"} {
		f := demoFacts(T7)
		f.Preservation126ni = state
		d, findings := compose(t, T7, f)
		if b := blocking(findings); len(b) > 0 || !strings.Contains(d.Text, want) || strings.Contains(d.Text, advice) != (state == "" || state == "asked") {
			t.Errorf("%q: %+v\n%s", state, b, d.Text)
		}
	}
	f := demoFacts(T7)
	f.Preservation126ni, f.Order.Volatile = "", nil
	if _, findings := compose(t, T7, f); len(blocking(findings)) > 0 || !slices.ContainsFunc(findings, func(f Finding) bool { return f.Field == "order/volatile" }) {
		t.Errorf("nobody hears what the advice lacks: %+v", findings)
	}
}

// The block of art. 9(2)(a) DSA stands in the language of the order's addressee
// too, with the law's words in it.
func TestTheOrdersBlockInTheAddresseesLanguage(t *testing.T) {
	f := demoFacts(T7)
	f.Order.Block = &OrderBlock{Language: "en", Grounds: []Ground{{Offence: "285d", Title: "doxing", Article: "Article 285d(1) of the Dutch Criminal Code"}, {Offence: "317", Title: "extortion", Article: "Article 317"}}}
	d, findings := compose(t, T7, f)
	for _, want := range []string{"(i) rechtsgrond: artikel 125p", "(Engels):", "- (i) legal basis: Article 125p", "- (ii) reasons: doxing (Article 285d(1) of the Dutch Criminal Code); see parts 3 and 4", "exact URLs"} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
	if len(blocking(findings)) > 0 || strings.Contains(d.Text, "extortion") {
		t.Errorf("%+v", blocking(findings))
	}
	f.Order.Block.Undeclared = true
	if _, findings := compose(t, T7, f); !contains(codes(findings), "order_language") {
		t.Error("nobody hears that the order needs a translation")
	}
}

// Texts fit who is affected: nobody's family is called an employee.
func TestWordsFitTheRelation(t *testing.T) {
	measures := func(relations ...string) string {
		f := demoFacts(T7)
		f.Persons, f.Order.Measures = nil, []string{"other_place", "other_hours", "access", "phone"}
		for n, r := range relations {
			f.Persons = append(f.Persons, Person{Mark: "A" + itoa(n+1), Relation: r, Capacity: noneOfLid2})
		}
		f.Role = "organisation"
		d, _ := compose(t, T7, f)
		return d.Text
	}
	for _, c := range []struct {
		relations  []string
		says, mute string
	}{
		{[]string{"employee"}, "De medewerker werkt tijdelijk op een andere plek.", "naaste"},
		{[]string{"family"}, "doet dit verzoek als organisatie waar een naaste van de betrokkene werkt", "De medewerker"},
		{[]string{"family"}, "De naaste die bij ons werkt, werkt tijdelijk op een andere plek.", "De medewerker"},
		{[]string{"third_party"}, "doet dit verzoek in eigen naam", "De medewerker"},
		{[]string{"employee", "third_party"}, "werkt tijdelijk op een andere plek", "De medewerker"},
	} {
		text := measures(c.relations...)
		if !strings.Contains(text, c.says) || strings.Contains(text, c.mute) {
			t.Errorf("%v: %q, not %q, in:\n%s", c.relations, c.says, c.mute, text)
		}
	}
	f := demoFacts(T12)
	f.Persons[0].Relation = "family"
	if d, _ := compose(t, T12, f); strings.Contains(d.Text, "waar de betrokkene werkt") || !strings.Contains(d.Text, "waar een naaste van de betrokkene werkt") {
		t.Errorf("a report for family:\n%s", d.Text)
	}
}
