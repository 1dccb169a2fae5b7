package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// opened opens a route by hand to a new contact and gives its first document. A
// request for erasure gets the plea that most have.
func (l *live) opened(route string, in casework.ContactInput) casework.DocumentView {
	l.t.Helper()
	ctx := context.Background()
	in.Source, in.LastVerified = "https://contact.example", monday
	contact := "contact_" + strings.ReplaceAll(route, "_", "-")
	_, err := l.s.PutContact(ctx, coordinator, contact, in, 0)
	l.ok(err)
	_, err = l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: route, ContactID: contact, ItemIDs: []string{l.page}, Reason: "by_hand"})
	l.ok(err)
	l.settle()
	if route == "erasure" || route == "delisting" {
		l.say(route, casework.ParticularsInput{Erasure: &takedown.Erasure{Officer: "no", Grounds: []string{"unlawful"}, Weighing: []string{"no_debate"}}}, 0)
	}
	tr := l.track(route)
	if tr.Document == nil {
		l.t.Fatalf("no document: %s, %+v", tr.Status, tr.WaitsFor)
	}
	v, err := l.s.GetDocument(ctx, specialist, tr.Document.ID)
	l.ok(err)
	return v
}

func (l *live) consent(action, mandate string) {
	l.t.Helper()
	ctx := context.Background()
	c, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	_, err = l.s.PutConsent(ctx, coordinator, l.c, c.People[0].ID, action, casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone", Mandate: mandate}, 0)
	l.ok(err)
}

func complete(t testing.TB, d casework.DocumentView) {
	t.Helper()
	for _, f := range d.Findings {
		if f.Blocking {
			t.Errorf("%s cannot be approved: %+v", d.Instrument, f)
		}
	}
}

// A search engine is asked in the person's name, on a recorded mandate: the
// name stands in the request, and nowhere without the mandate.
//
// Requirement: S0-inf-3
func TestDelistingOnAMandate(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("delisting", l.mandate([]byte("signed")))
	l.consent("erasure", "")
	d := l.opened("delisting", casework.ContactInput{
		Kind: "search_engine", LegalName: "Voorbeeldzoek B.V.", ServiceKind: "search_engine", Country: "NL", Languages: []string{"nl"},
		Channels: []takedown.Channel{{Kind: "mail", Address: "privacy@zoek.example", Purpose: "notice"}},
	})
	if d.Instrument != "T6" || !strings.Contains(d.Text, `bij een zoekopdracht op de naam "Sealed Name"`) || strings.Contains(d.Subject, "Sealed") {
		t.Errorf("%s, %q:\n%s", d.Instrument, d.Subject, d.Text)
	}
	complete(t, d)
}

// A flagger is told that the person agreed, and when; and who else was asked, so
// that nobody asks twice.
//
// Requirement: S1-8, S1-12, S3-9, S2-11
func TestRelayOnConsent(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("flagger", "")
	_, err := l.s.PutPoliceReport(context.Background(), coordinator, l.c, "report_een", casework.PoliceReportInput{
		Kind: "aangifte", By: "employer", Offences: []string{"285d"}, FiledAt: monday.Add(-time.Hour), Support: true,
	}, 0)
	l.ok(err)
	d := l.opened("flagger", casework.ContactInput{
		Kind: "trusted_flagger", LegalName: "Voorbeeldhulp Stichting", Country: "NL", Languages: []string{"nl"},
		Channels: []takedown.Channel{{Kind: "mail", Address: "melden@hulp.example", Purpose: "notice"}},
	})
	if d.Instrument != "T14" || !strings.Contains(d.Text, "De betrokkene stemde op") || !strings.Contains(d.Text, "Ook gevraagd is: een organisatie voor slachtofferhulp.") || strings.Contains(d.Text, "betrouwbare flagger kunt melden") {
		t.Errorf("%s:\n%s", d.Instrument, d.Text)
	}
	complete(t, d)
}

// A flagger is told of every notice about the same pages that we sent ourselves, to
// whomever, so that nobody asks twice; what went to the police stays unsaid.
//
// Requirement: S3-9
func TestAFlaggerIsToldOfOurNotices(t *testing.T) {
	t.Parallel()
	d := newDossier(t, "") // a notice to a hoster, refused, and a request for an order
	d.consent("flagger", "")
	doc := d.opened("flagger", casework.ContactInput{
		Kind: "trusted_flagger", LegalName: "Voorbeeldhulp Stichting", Country: "NL", Languages: []string{"nl"},
		Channels: []takedown.Channel{{Kind: "mail", Address: "melden@hulp.example", Purpose: "notice"}},
	})
	sent, err := d.s.GetDocument(context.Background(), specialist, d.notice)
	d.ok(err)
	if !strings.Contains(doc.Text, "kenmerk "+sent.Reference) || strings.Contains(doc.Text, "nog geen melding gedaan") || strings.Contains(doc.Text, d.doc.Reference) {
		t.Errorf("notice %s, request %s:\n%s", sent.Reference, d.doc.Reference, doc.Text)
	}
}

// A stop talk that the coordinator wants is asked of the police in the report,
// and only then.
//
// Requirement: S1-11, S2-2
func TestAStopTalkIsAskedOfThePoliceOnceItIsWanted(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	const asks = "Bespreek met ons of een stopgesprek past."
	decide := func(choice string) {
		t.Helper()
		_, err := l.s.Decide(ctx, coordinator, l.c, casework.CaseDecisionInput{Kind: "police_stop_talk", Choice: choice, Pros: "may be a minor"})
		l.ok(err)
		l.clock.advance(time.Minute)
		_, err = l.s.Decide(ctx, adviser, l.c, casework.CaseDecisionInput{Kind: "professional_secrecy", Choice: "nothing_to_disclose", Pros: "no treatment is named"})
		l.ok(err)
	}
	report := func() casework.DocumentView {
		t.Helper()
		return l.opened("police_report", casework.ContactInput{
			Kind: "police_unit", LegalName: "Politie, eenheid Voorbeeld", Country: "NL", Languages: []string{"nl"},
			Channels: []takedown.Channel{{Kind: "police", Address: "loket", Purpose: "order"}},
		})
	}
	l.consent("police_report", "")
	decide("not_wanted")
	decide("wanted")
	if d := report(); d.Instrument != "T12" || !strings.Contains(d.Text, asks) {
		t.Errorf("%s does not ask for it:\n%s", d.Instrument, d.Text)
	}

	l = newLive(t)
	l.consent("police_report", "")
	decide("wanted")
	decide("not_wanted") // the last word counts
	if d := report(); strings.Contains(d.Text, asks) {
		t.Errorf("asks for what nobody wants:\n%s", d.Text)
	}
}

// That somebody is a trusted flagger is said where the register holds an award
// in force and a person found that it covers this kind of content; who else was
// asked is told.
//
// Requirement: S1-12, S2-11
func TestRelayToATrustedFlaggerWithItsAward(t *testing.T) {
	t.Parallel()
	const claim = "of u dit als betrouwbare flagger kunt melden"
	l, ctx := newLive(t), context.Background()
	l.consent("flagger", "")
	flagger := authority("Voorbeeldhulp Stichting", "trusted_flagger")
	flagger.Award = &takedown.Award{Coordinator: "Autoriteit Voorbeeld", Area: "cyber violence", Since: monday.AddDate(-1, 0, 0), Source: "https://lijst.example/flaggers"}
	l.opened("flagger", flagger)
	if d := l.on("flagger"); strings.Contains(d.Text, claim) {
		t.Errorf("the award is claimed although nobody said that it covers this:\n%s", d.Text)
	}
	l.say("flagger", casework.ParticularsInput{Relay: &takedown.Relay{AwardCovers: true, OthersTold: []string{"victim_support"}}}, 0)
	if d := l.on("flagger"); !strings.Contains(d.Text, claim) || !strings.Contains(d.Text, "Ook gevraagd is: een organisatie voor slachtofferhulp.") {
		t.Errorf("the award and who was asked do not stand in:\n%s", d.Text)
	}
	flagger.Award.Until = monday.Add(-time.Hour)
	l.register("contact_flagger", flagger, 1)
	_, err := l.s.PutParticulars(ctx, adviser, l.track("flagger").ID, casework.ParticularsInput{Relay: &takedown.Relay{AwardCovers: true, OthersTold: []string{"everybody"}}}, 1)
	l.pointers(err, "/relay/awardCovers", "/relay/othersTold/0")
	l.say("flagger", casework.ParticularsInput{Relay: &takedown.Relay{}}, 1)
	l.lacks("flagger", atParticulars, "relay/othersTold")
	_, err = l.s.PutParticulars(ctx, adviser, l.track("flagger").ID, casework.ParticularsInput{Relay: &takedown.Relay{OthersTold: []string{"none", "police"}}}, 2)
	l.pointers(err, "/relay/othersTold")
	l.say("flagger", casework.ParticularsInput{Relay: &takedown.Relay{OthersTold: []string{"none"}}}, 2)
	if d := l.on("flagger"); strings.Contains(d.Text, claim) || !strings.Contains(d.Text, "Ook gevraagd is: niemand anders.") {
		t.Errorf("an award that is over is claimed:\n%s", d.Text)
	}
	l.yes("flagger")

	other := authority("Ander Voorbeeldmeldpunt", "trusted_flagger")
	l.register("contact_second", other, 0)
	id, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "flagger", ContactID: "contact_second", ItemIDs: []string{l.page}, Reason: "by_hand"})
	l.ok(err)
	l.settle()
	tr, err := l.s.GetTrack(ctx, auditor, id)
	l.ok(err)
	d, err := l.s.GetDocument(ctx, specialist, tr.Document.ID)
	l.ok(err)
	if !strings.Contains(d.Text, "Ook gevraagd is: een andere hulporganisatie.") {
		t.Errorf("the second flagger is not told of the first:\n%s", d.Text)
	}
}
