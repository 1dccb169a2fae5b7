package casework_test

import (
	"context"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// What a sender and an addressee are called, and where the content stands, is no
// sentence of ours: a practice called after its doctor, a host called after the
// police and the function of an affected person stop no letter.
func TestNamesOfBothSidesStopNoLetter(t *testing.T) {
	t.Parallel()
	l := newIdle(t, asItIs)
	ctx := context.Background()
	host := hosterInput("abuse@host.example")
	host.LegalName, host.DisplayName, host.Hosts = "Hoster! Nederland B.V.", "Hoster!", []string{"politieforum.example"}
	_, err := l.s.PutContact(ctx, coordinator, "contact_hoster", host, 0)
	l.ok(err)
	l.settings(func(in *casework.SettingsInput) {
		in.Organisation.Name, in.Organisation.Unit = "Huisartsenpraktijk dr. Verzinsel", "Mr. Nergens Advocaten"
	})
	in := caseInput("https://politieforum.example/t/1")
	in.Affected[0].Function = "officier van justitie"
	l.readied(in)
	l.attempt()
	d := l.document()
	for _, f := range d.Findings {
		if f.Blocking {
			t.Errorf("%+v in\n%s", f, d.Text)
		}
	}
}

// The police as an employer write as the police, and tell nobody of their own
// acts either.
func TestThePoliceAsEmployerTellNoActOfTheirs(t *testing.T) {
	t.Parallel()
	l := newIdle(t, asItIs)
	_, err := l.s.PutContact(context.Background(), coordinator, "contact_hoster", hosterInput("abuse@host.example"), 0)
	l.ok(err)
	l.settings(func(in *casework.SettingsInput) {
		in.Organisation.Kind, in.Organisation.Name, in.Organisation.Unit = "police", "Politie-eenheid Voorbeeld", "Meldpunt"
	})
	in := caseInput("https://forum.example/t/1")
	in.Affected[0].Function = "politieagent"
	l.readied(in)
	l.attempt()
	d := l.document()
	if found := stops(d); len(found) > 0 {
		t.Fatalf("%v in\n%s", d.Findings, d.Text)
	}
	d = l.edited(d, d.Text+"\nDe politie is onze werkgever.", d.Recipients)
	if found := stops(d); len(found) > 0 {
		t.Fatalf("the police may not name themselves: %v", d.Findings)
	}
	d = l.edited(d, d.Text+"\nBij de politie is deze zaak bekend onder PL-1.", d.Recipients)
	if found := stops(d); len(found) != 1 || found[0] != "text" {
		t.Fatalf("an act of the police passes: %v", d.Findings)
	}
}

// Nor does what the accounts of the items are called: a list of them is data. A
// placeholder beside them still stops the letter.
func TestWhatAnAccountIsCalledStopsNoLetter(t *testing.T) {
	t.Parallel()
	l := newIdle(t, asItIs)
	_, err := l.s.PutContact(context.Background(), coordinator, "contact_hoster", hosterInput("abuse@host.example"), 0)
	l.ok(err)
	l.settings(func(*casework.SettingsInput) {})
	in := caseInput("https://forum.example/t/1")
	in.Items[0].Author = &casework.AuthorInput{Handle: "politiekijker___88", AccountID: "id___1"}
	l.readied(in)
	l.attempt()
	d := l.document()
	d = l.edited(d, d.Text+"\nHet gaat om deze accounts:\n- @politiekijker___88, accountnummer id___1\n- politiekijker___88", d.Recipients)
	if found := stops(d); len(found) > 0 {
		t.Fatalf("%v in\n%s", d.Findings, d.Text)
	}
	d = l.edited(d, d.Text+"\nNaam: ____", d.Recipients)
	if found := stops(d); len(found) != 1 || found[0] != "text" {
		t.Fatalf("a placeholder passes: %v", d.Findings)
	}
}
