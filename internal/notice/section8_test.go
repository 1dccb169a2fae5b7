package notice

import (
	"strings"
	"testing"
	"time"
)

// section8 is domain.md §8 for what goes to the police, field by field in its
// own words: how the field is left empty, and which finding refuses it. A row
// with a condition is a C: it is refused when the condition holds, and only then.
var section8 = []struct {
	of, what, field string
	empty, holds    func(*Facts)
}{
	{"T7 T12", "A: date", "draftedAt", func(f *Facts) { f.DraftedAt = time.Time{} }, nil},
	{"T7 T12", "A: sender organisation", "organisation/name", func(f *Facts) { f.Organisation.Name = "" }, nil},
	{"T7 T12", "A: functional mailbox", "organisation/mailbox", func(f *Facts) { f.Organisation.Mailbox = "" }, nil},
	{"T7 T12", "A: phone of desk; contact for questions", "organisation/phone", func(f *Facts) { f.Organisation.Phone = "" }, nil},
	{"T7 T12", "A: reference", "reference", func(f *Facts) { f.Reference = "" }, nil},
	{"T7 T12", "A: to whom", "addressee/legalName", func(f *Facts) { f.Addressee.LegalName = "" }, nil},
	{"T7 T12", "B: exact URL", "items/0/url", func(f *Facts) { f.Items[0].URL = "" }, nil},
	{"T7 T12", "B: data categories", "items/0/dataCategories", func(f *Facts) { f.Items[0].DataCategories = nil }, nil},
	{"T7 T12", "B: content type", "items/0/contentType", func(f *Facts) { f.Items[0].ContentType = "" }, nil},
	{"T7 T12", "B: original or repost", "items/0/kind", func(f *Facts) { f.Items[0].Kind = "" }, nil},
	{"T7 T12", "VPT/ELA marking", "reports/vptRequested", func(f *Facts) { f.Reports[0].VPTRequested = false }, nil},
	{"T7 T12", "reporter's role on a mandate", "mandate", func(f *Facts) { f.Mandate = "" }, func(f *Facts) { f.Role, f.Mandate = "mandate", "M-1" }},
	{"T7 T12", "domicile address", "sealed/persons/domicile", func(f *Facts) { f.Sealed.Persons[0].Domicile = "" }, nil},
	{"T7 T12", "identity in the sealed annex", "sealed/persons/name", func(f *Facts) { f.Sealed.Persons[0].Name = "" }, nil},
	{"T7 T12", "sealed annex", "sealed", func(f *Facts) { f.Sealed = nil }, nil},
	{"T7 T12", "professional secrecy decided", "secrecyDecided", func(f *Facts) { f.SecrecyDecided = false }, nil},
	{"T7 T12", "offences", "grounds", func(f *Facts) { f.Grounds = nil }, nil},
	{"T7 T12", "offences: version date", "grounds/actDate", func(f *Facts) { f.Grounds[0].ActDate = time.Time{} }, nil},
	{"T7 T12", "elements E1-E4 to evidence", "grounds/elements", func(f *Facts) { f.Grounds[0].Elements[3].Evidence = nil }, nil},
	{"T7 T12", "elements: evidence that is listed", "grounds/elements", func(f *Facts) { f.Grounds[0].Elements[1].Evidence = []string{"C99"} }, nil},
	{"T7 T12", "purpose indicators", "items/indicators", func(f *Facts) { eachItem(f, func(i *Item) { i.Indicators = nil }) }, nil},
	{"T7 T12", "klacht: recorded", "klachten", func(f *Facts) { f.Klachten = nil }, withKlacht},
	{"T7 T12", "klacht: date victim learned", "klachten/learnedAt", func(f *Facts) { f.Klachten[0].LearnedAt = time.Time{} }, withKlacht},
	{"T7 T12", "klacht: last day", "klachten/lastDay", func(f *Facts) { f.Klachten[0].LastDay = Deadline{} }, withKlacht},
	{"T7 T12", "klacht: whether it is needed", "klachten/needed", func(f *Facts) { f.Klachten = nil }, withoutKlacht},
	{"T7 T12", "klacht: whose day it is", "klachten/0/lastDay/nature", func(f *Facts) { f.Klachten[0].LastDay.Nature = "" }, withKlacht},
	{"T7 T12", "facts in order of time; necessity", "events", clears["events"], nil},
	{"T7 T12", "evidence manifest", "evidence", func(f *Facts) { f.Evidence = nil }, nil},
	{"T7", "offences: 67(1) Sv", "grounds/eligible", func(f *Facts) { f.Grounds[0].Eligible = false }, nil},
	{"T7", "police ref, or filed together", "reports", func(f *Facts) { f.Reports[0].Registration = "" }, nil},
	{"T7", "filed together: the report that goes along", "filedTogether", func(f *Facts) { f.Reports = nil }, func(f *Facts) { f.FiledTogether, f.Reports[0].Registration = "same_facts", "" }},
	{"T7", "exact data: which part", "items/0/locator", func(f *Facts) { f.Items[0].Locator = "" }, nil},
	{"T7", "still there", "items/stillOnlineAt", func(f *Facts) { eachItem(f, func(i *Item) { i.StillOnlineAt = time.Time{} }) }, nil},
	{"T7", "provider: legal name", "provider/legalName", func(f *Facts) { f.Provider.LegalName = "" }, nil},
	{"T7", "provider: art. 11 contact point", "provider/contactPoint", func(f *Facts) { f.Provider.ContactPoint = "" }, nil},
	{"T7", "provider: languages", "provider/languages", func(f *Facts) { f.Provider.Languages = nil }, nil},
	{"T7", "provider: representative", "provider/representative", func(f *Facts) { f.Provider.Representative = "" }, func(f *Facts) {
		f.Provider.Country, f.Provider.Representative = "US", "Voorbeeld Vertegenwoordiging Ltd."
	}},
	{"T7", "provider: 138g reasoning", "provider/serviceKind", func(f *Facts) { f.Order.Service138g = "" }, func(f *Facts) { f.Provider.ServiceKind, f.Order.Service138g = "search_engine", "stores" }},
	{"T7", "subsidiarity: notices, or why waiting is irresponsible", "earlier", func(f *Facts) { f.Earlier = nil }, nil},
	{"T7", "subsidiarity: the reason", "earlier", func(f *Facts) { f.Waiting = "" }, func(f *Facts) { f.Earlier, f.Waiting = nil, "spread" }},
	{"T7", "proportionality", "amplification", func(f *Facts) { f.Amplification = "" }, nil},
	{"T7", "contra-indicators, honest: one without words", "contra", func(f *Facts) { f.Contra = []string{"something_new"} }, nil},
	{"T7", "preservation: what data", "order/volatile", func(f *Facts) { f.Order.Volatile = nil }, func(f *Facts) { f.Preservation126ni = "asked" }},
	{"T7", "preservation: why volatile", "order/haste", func(f *Facts) { f.Order.Haste = "" }, func(f *Facts) { f.Preservation126ni = "asked" }},
	{"T7", "contact for officer of justice and judge 24/7", "dutyPhone", func(f *Facts) { f.DutyPhone = "" }, nil},
	{"T7", "effects", "effects", func(f *Facts) { f.Effects = []string{"other"} }, nil},
	{"T7 T12", "victims count", "persons", func(f *Facts) { f.Persons = nil }, nil},
	{"T12", "kind", "reports/kind", func(f *Facts) { f.Reports[0].Kind = "" }, nil},
	{"T12", "a death threat needs an aangifte", "reports/kind", func(f *Facts) { f.Reports[0].Kind, f.DeathThreat, f.Threat = "melding", true, Locus{Item: 1} }, nil},
	{"T12", "by whom", "reports/by", func(f *Facts) { f.Reports[0].By = "" }, nil},
	{"T12", "the report", "reports", func(f *Facts) { f.Reports = nil }, nil},
	{"T12", "what the employer asks", "requests", func(f *Facts) { f.Requests = nil }, nil},
	{"T12", "death threat: where it stands", "threat", func(f *Facts) { f.Threat = Locus{} }, func(f *Facts) { f.DeathThreat, f.Threat = true, Locus{Item: 1} }},
}

func withKlacht(f *Facts) {
	f.Grounds[0].Klacht = "yes"
	f.Klachten = []Klacht{{Mark: "A1", Offence: f.Grounds[0].Offence, Article: f.Grounds[0].Article, LearnedAt: at("2027-03-22 08:00"), Decision: "undecided", LastDay: Deadline{On: at("2027-06-20 12:00"), Nature: "legal"}}}
}

// withoutKlacht: the law asks for a klacht under a condition that does not hold.
func withoutKlacht(f *Facts) {
	f.Grounds[0].Klacht = "conditional"
	f.Klachten = []Klacht{{Mark: "A1", Offence: f.Grounds[0].Offence, Article: f.Grounds[0].Article, NotNeeded: true, Condition: "klacht nodig, tenzij artikel 267 van toepassing is"}}
}

// Every R of what goes to the police is refused when empty, every C when its
// condition holds, and not without it.
//
// Requirement: S0-sum-3, S0-19b, S0-19e, S2-28, S3-3, S4-19
func TestSection8OfWhatGoesToThePolice(t *testing.T) {
	for _, row := range section8 {
		for instrument := range strings.FieldsSeq(row.of) {
			t.Run(instrument+" "+row.what, func(t *testing.T) {
				f := demoFacts(instrument)
				if row.holds != nil {
					row.holds(&f)
				}
				if _, findings := compose(t, instrument, f); len(blocking(findings)) > 0 {
					t.Fatalf("complete, and yet: %+v", blocking(findings))
				}
				row.empty(&f)
				if _, findings := compose(t, instrument, f); !contains(fields(findings), row.field) {
					t.Errorf("%s is not refused: %v", row.field, fields(findings))
				}
			})
		}
	}
}

// Without its condition a C is not asked for.
func TestWhatIsConditionalIsNotAlwaysAsked(t *testing.T) {
	f := demoFacts(T7)
	f.Klachten, f.Provider.Representative, f.FiledTogether, f.Waiting, f.Order, f.Preservation126ni, f.Contra, f.Mandate = nil, "", "", "", nil, "", nil, ""
	if d, findings := compose(t, T7, f); len(blocking(findings)) > 0 || strings.Contains(d.Text, "Het gaat om de berichten") || strings.Contains(d.Text, "Vertegenwoordiger") {
		t.Errorf("%+v:\n%s", blocking(findings), d.Text)
	}
}

// What a person said for the request stands in it, in both languages: why report
// and request go together, why waiting is not responsible although a notice went
// before, the representative, a legal adviser's word on the service.
func TestWhatWasSaidForAnOrder(t *testing.T) {
	f := demoFacts(T7)
	f.Reports[0].Registration, f.Reports[0].FiledAt, f.FiledTogether = "", time.Time{}, "same_facts"
	f.Earlier, f.Waiting, f.Contra = f.Earlier[:1], "spread", []string{"criticism"}
	f.Provider.Country, f.Provider.Representative, f.Provider.ServiceKind, f.Order.Service138g = "US", "Voorbeeld Vertegenwoordiging Ltd.", "search_engine", "stores"
	f.DutyPhone = "+31 10 000 00 09"
	for language, wants := range map[string][]string{
		"nl": {
			"Wij dienen dit verzoek samen met de aangifte in. De reden is: aangifte en verzoek gaan over dezelfde feiten.", "Langer wachten is volgens ons niet verantwoord. De gegevens verspreiden zich zo snel",
			"Vertegenwoordiger in de Unie (artikel 13 DSA): Voorbeeld Vertegenwoordiging Ltd.", "verwerkt of slaat beroepsmatig gegevens op", "Wij vonden ook het volgende: de tekst bevat ook kritiek.", "dag en nacht naar ons meldpunt: +31 10 000 00 09",
		},
		"en": {
			"We submit this request together with the criminal report. The reason is: report and request are about the same facts.", "In our view it is not responsible to wait longer.",
			"Representative in the Union (Article 13 DSA): Voorbeeld Vertegenwoordiging Ltd.", "We also found the following: the text also contains criticism.", "day and night to our desk: +31 10 000 00 09",
		},
	} {
		d, findings, err := Compose(T7, language, f)
		if err != nil || len(blocking(findings)) > 0 {
			t.Errorf("%s: %v, %+v", language, err, blocking(findings))
		}
		for _, want := range wants {
			if !strings.Contains(d.Text, want) {
				t.Errorf("%s: %q does not stand in:\n%s", language, want, d.Text)
			}
		}
	}
}

// Each person has the address for service that their own report chose: the request
// says which kind, by their marks.
func TestARequestNamesTheDomicileOfEachPerson(t *testing.T) {
	f := demoFacts(T7)
	f.Persons[0].Domicile = "lawyer"
	second := f.Persons[0]
	second.Mark, second.Domicile = "A2", "other"
	third := second
	third.Mark, third.Domicile = "A3", ""
	for language, wants := range map[string][]string{
		"nl": {"domicilie op het adres in bijlage A.", "domicilie op het adres in bijlage A voor A1 en A2 en het adres van onze organisatie (bijlage A) voor A3."},
		"en": {"we choose the address in annex A.", "we choose the address in annex A for A1 and A2 and the address of our organisation (annex A) for A3."},
	} {
		for n, persons := range [][]Person{{f.Persons[0], second}, {f.Persons[0], second, third}} {
			f.Persons = persons
			if d, _, err := Compose(T7, language, f); err != nil || !strings.Contains(d.Text, wants[n]) {
				t.Errorf("%s: %v, without %q:\n%s", language, err, wants[n], d.Text)
			}
		}
	}
}

// A number that any report asks for is told in the request; annex A says it of each
// person, and of the others once.
func TestARequestTellsWhoAsksForANumber(t *testing.T) {
	f := demoFacts(T7)
	f.Reports = append(f.Reports, Report{Kind: "aangifte", By: "affected", Mark: "A1", UnderNumber: "affected", VPTRequested: true})
	f.Sealed.Persons[0].UnderNumber = true
	d, _ := compose(t, T7, f)
	if !strings.Contains(d.Text, "onder nummer voor wie het bewijs vastlegde en de betrokkene.") {
		t.Errorf("the request says:\n%s", d.Text)
	}
	if a := d.Annexes[0].Text; !strings.Contains(a, "onder nummer: gevraagd") || !strings.Contains(a, "Onder nummer wordt ook gevraagd voor wie het bewijs vastlegde.") {
		t.Errorf("annex A says:\n%s", a)
	}
}
