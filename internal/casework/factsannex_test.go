package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

const lawyersOffice = "Advocatenkantoor Sealedbrink, Sealedbrink 7, 9997 YY Voorbeeldstad"

// An address for service that is not the organisation's is given with the report,
// sealed, and stays with it until another is given.
//
// Requirement: S4-17
func TestADomicileElsewhereHasAnAddress(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	put := func(domicile, address string, version int64) error {
		in := aangifte(c.People[0])
		in.Domicile, in.DomicileAddress = domicile, address
		_, err := f.s.PutPoliceReport(ctx, coordinator, c.Case, "report_een", in, version)
		return err
	}
	for _, domicile := range []string{"lawyer", "other"} {
		f.pointers(put(domicile, " ", 0), "/domicileAddress")
	}
	f.pointers(put("employer", lawyersOffice, 0), "/domicileAddress")
	f.pointers(put("", lawyersOffice, 0), "/domicileAddress")
	f.pointers(put("lawyer", "Sealedbrink 7\n9997 YY", 0), "/domicileAddress")
	f.pointers(put("lawyer", strings.Repeat("x", 301), 0), "/domicileAddress")
	f.ok(put("lawyer", lawyersOffice, 0))
	f.absent("Sealedbrink")
	v, err := f.s.GetPoliceReport(ctx, liaison, c.Case, "report_een")
	f.ok(err)
	if v.DomicileAddress != "" || !v.DomicileSealed || v.Domicile != "lawyer" {
		t.Errorf("the record shows %+v", v)
	}
	f.ok(put("lawyer", "", v.Version)) // what was read is put again with a correction
	f.pointers(put("other", "", v.Version+1), "/domicileAddress")
	f.ok(put("employer", "", v.Version+1))
	if v, err = f.s.GetPoliceReport(ctx, liaison, c.Case, "report_een"); err != nil || v.DomicileSealed {
		t.Errorf("%v: the old address stays: %+v", err, v)
	}
}

// Annex A says of each person where they can be reached: as their own report chose,
// else at the organisation. The request names the kinds, never an address, and the
// guard knows the address everywhere else.
//
// Requirement: S4-17
func TestAnnexAHasTheDomicileOfEachPerson(t *testing.T) {
	t.Parallel()
	d, ctx := newDossier(t, ""), context.Background()
	person := d.person()
	d.join("somebody")
	v, err := d.s.GetCase(ctx, coordinator, d.c)
	d.ok(err)
	for _, p := range v.People {
		if p.ID != person {
			_, err := d.s.PutConsent(ctx, coordinator, d.c, p.ID, "order_request", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0)
			d.ok(err)
		}
	}
	theirs := aangifte(person)
	theirs.By, theirs.Domicile, theirs.DomicileAddress = "affected", "lawyer", lawyersOffice
	theirs.UnderNumber = &casework.UnderNumberInput{For: "affected", Requested: true}
	_, err = d.s.PutPoliceReport(ctx, liaison, d.c, "report_twee", theirs, 0)
	d.ok(err)
	d.settle()
	doc := d.on("legal_order")
	annex, err := d.s.AnnexOf(ctx, doc.ID, "A")
	d.ok(err)
	_, first, _ := strings.Cut(annex, "Persoon A1")
	first, second, both := strings.Cut(first, "Persoon A2")
	if !both || !strings.Contains(first, "Gekozen domicilie: "+lawyersOffice+"\n") || !strings.Contains(first, "onder nummer: gevraagd") {
		t.Errorf("annex A says of the first:\n%s", annex)
	}
	if strings.Contains(second, "Sealedbrink") || !strings.Contains(second, "Gekozen domicilie: Praktijk Voorbeeld, Postbus 0") || !strings.Contains(second, "onder nummer: niet gevraagd") {
		t.Errorf("annex A says of the second:\n%s", annex)
	}
	want := "Wij kiezen domicilie op het adres in bijlage A voor A1 en het adres van onze organisatie (bijlage A) voor A2."
	if !strings.Contains(doc.Text, want) || strings.Contains(doc.Text, "Sealedbrink") {
		t.Errorf("the request says:\n%s", doc.Text)
	}
	for _, f := range doc.Findings {
		if f.Code == "guard" {
			t.Errorf("the guard stops annex A: %+v", f)
		}
	}
	text := strings.Replace(doc.Text, want, "Zie Sealedbrink 7, 9997 YY Voorbeeldstad.", 1)
	d.ok(d.s.EditDocument(ctx, specialist, doc.ID, casework.EditInput{Subject: doc.Subject, Text: text, Recipients: doc.Recipients}, doc.Version))
	doc, err = d.s.GetDocument(ctx, specialist, doc.ID)
	d.ok(err)
	if !slices.ContainsFunc(doc.Findings, func(f casework.Finding) bool { return f.Code == "guard" && strings.Contains(f.Message, "(domicile)") }) {
		t.Errorf("the guard does not know the address: %+v", doc.Findings)
	}
}

// A suspect of whom only that is known may be a minor, and annex B says so.
//
// Requirement: S2-2
func TestASuspectOfWhomOnlyTheAgeIsSuspected(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("police_report", "")
	l.secrecy()
	l.planned(func(*casework.PoliceReportInput) {})
	l.ok(l.patch(coordinator, l.c, `{"suspects":[{"minor":true},{"minor":false}]}`))
	l.settle()
	got, err := l.s.AnnexOf(ctx, l.reportOn(l.page).ID, "B")
	l.ok(err)
	if strings.Count(got, "\n- ") != 1 || !strings.Contains(got, "- Mogelijk minderjarig. Bron: na de melding aan ons opgegeven.") || strings.Contains(got, "niet bekend") {
		t.Errorf("annex B says %q", got)
	}
}
