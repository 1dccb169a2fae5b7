package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// newUnreported is a live case that may ask for an order: with a police unit, a
// provider that the register knows, and a report that is prepared and not filed.
func newUnreported(t *testing.T) *live {
	t.Helper()
	l, ctx := newLive(t), context.Background()
	in := hosterInput("abuse@host.example")
	in.Country, in.Languages = "US", []string{"nl"}
	in.Channels = append(in.Channels, takedown.Channel{Kind: "mail", Address: "autoriteiten@host.example", Purpose: "order"})
	_, err := l.s.PutContact(ctx, coordinator, "contact_hoster", in, 1)
	l.ok(err)
	_, err = l.s.PutContact(ctx, coordinator, policeUnit, casework.ContactInput{
		Kind: "police_unit", LegalName: "Politie, eenheid Voorbeeld", Country: "NL", Languages: []string{"nl"}, Source: "https://politie.example",
		Channels: []takedown.Channel{{Kind: "police", Address: "loket", Purpose: "order"}}, LastVerified: monday,
	}, 0)
	l.ok(err)
	l.settings(func(s *casework.SettingsInput) { s.PoliceUnit, s.Organisation.DutyPhone = policeUnit, "+31 20 0000009" })
	_, err = l.s.Decide(ctx, adviser, l.c, casework.CaseDecisionInput{Kind: "professional_secrecy", Choice: "nothing_to_disclose", Pros: "no treatment is named"})
	l.ok(err)
	l.ok(l.patch(coordinator, l.c, `{"coordinator":"chef"}`))
	item, err := casework.GetNoun[takedown.Item](ctx, l.s, l.page)
	l.ok(err)
	item.FirstSeenAt = monday.Add(-24 * time.Hour)
	l.ok(casework.PutNoun(ctx, l.s, l.c, item))
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	return l
}

// prepares records the report that is to go along.
func (l *live) prepares() {
	l.t.Helper()
	_, err := l.s.PutPoliceReport(context.Background(), liaison, l.c, "report_een", casework.PoliceReportInput{
		Kind: "aangifte", By: "employer", Offences: []string{"285d"}, VPTRequested: true,
	}, 0)
	l.ok(err)
}

func (l *live) orders(who takedown.Principal, order *takedown.OrderRequest) error {
	l.t.Helper()
	_, err := l.s.OpenTrack(context.Background(), who, l.c, casework.OpenTrackInput{
		Route: "legal_order", ContactID: policeUnit, ProviderID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "by_hand", Order: order,
	})
	l.settle()
	return err
}

// A request for an order needs a report's number or the recorded decision that
// both go together, and earlier notices or why waiting is not responsible: each
// is asked for by name, and what was said stands in the request, with who said it
// and when on record.
//
// Requirement: S1-9, S1-10, S2-28
func TestARequestThatGoesTogetherWithTheReport(t *testing.T) {
	t.Parallel()
	l, ctx := newUnreported(t), context.Background()
	l.prepares()
	err := l.orders(coordinator, nil)
	l.kind(err, takedown.Conflict)
	for _, gate := range []string{"police_report", "subsidiarity"} {
		if !strings.Contains(err.Error(), gate) {
			t.Errorf("%s is not among what is missing: %v", gate, err)
		}
	}
	l.kind(l.orders(coordinator, &takedown.OrderRequest{FiledTogether: "same_facts"}), takedown.Conflict)
	l.ok(l.orders(coordinator, &takedown.OrderRequest{FiledTogether: "same_facts", Waiting: "spread"}))
	l.lacks("legal_order", atParticulars, "provider/representative")
	id := l.track("legal_order").ID
	v, err := l.s.GetParticulars(ctx, auditor, id)
	l.ok(err)
	if v.Together == nil || v.Together.By != coordinator.ID || !v.Together.At.Equal(monday) {
		t.Errorf("who decided it, and when: %+v", v.Together)
	}
	l.clock.advance(time.Hour)
	l.say("legal_order", casework.ParticularsInput{Order: &takedown.OrderRequest{
		FiledTogether: "same_facts", Waiting: "spread", Representative: "Voorbeeld Vertegenwoordiging B.V.", Volatile: []string{"logs"}, Haste: "provider_deletes", Measures: []string{"phone"},
	}}, 1)
	v, err = l.s.GetParticulars(ctx, auditor, id)
	l.ok(err)
	if v.Together.By != coordinator.ID || !v.Together.At.Equal(monday) || v.By != adviser.ID || !v.At.Equal(monday.Add(time.Hour)) || v.Order.Representative != "" || !v.WordsSealed {
		t.Errorf("%+v, together %+v", v, v.Together)
	}
	if !slices.Contains(l.entries(l.c), "particulars.recorded order:filed_together") {
		t.Error("no entry says so")
	}
	d := l.on("legal_order")
	complete(t, d)
	for _, want := range []string{
		"Wij dienen dit verzoek samen met de aangifte in. De reden is: aangifte en verzoek gaan over dezelfde feiten.", "Er zijn geen eerdere meldingen bij deze aanbieder.", "Langer wachten is volgens ons niet verantwoord.",
		"Vertegenwoordiger in de Unie (artikel 13 DSA): Voorbeeld Vertegenwoordiging B.V.", "Telefoonnummers van de organisatie", "dag en nacht naar ons meldpunt: +31 20 0000009", "door medewerker meldpunt",
	} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
	l.ok(l.s.DecideDocument(ctx, counsel, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}))
}

// That both go together without a report that is prepared is no fact yet: the
// request is drafted and cannot be approved. Nobody's report is none.
func TestTogetherWithNoReportIsAFinding(t *testing.T) {
	t.Parallel()
	l := newUnreported(t)
	_, err := l.s.PutPoliceReport(context.Background(), liaison, l.c, "report_een", casework.PoliceReportInput{
		Kind: "melding", By: "employer", NotWanted: &casework.NotWantedInput{Reason: "the person does not want it yet"},
	}, 0)
	l.ok(err)
	l.ok(l.orders(coordinator, &takedown.OrderRequest{FiledTogether: "same_facts", Waiting: "spread", Representative: "Voorbeeld Vertegenwoordiging B.V."}))
	l.lacks("legal_order", "police-reports", "filedTogether")
}

// What a person says for a request is held against the case, and against who
// says it; a route that has no such particulars refuses them.
func TestTheParticularsOfAnOrderAreChecked(t *testing.T) {
	t.Parallel()
	l, ctx := newUnreported(t), context.Background()
	l.prepares()
	l.pointers(l.orders(coordinator, &takedown.OrderRequest{
		FiledTogether: "urgent", Waiting: "life_or_safety", Representative: "two\nlines", Service138g: "stores", Volatile: []string{"logs", "logs", "x"}, Haste: "y", Measures: []string{"z"},
	}), "/order/filedTogether", "/order/waitingIrresponsible", "/order/representative", "/order/service138g", "/order/volatile/1", "/order/volatile/2", "/order/haste", "/order/measures/0")
	_, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "hoster", ContactID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "by_hand", Order: &takedown.OrderRequest{}})
	l.pointers(err, "/itemIds/0", "/order")
	l.ok(l.orders(coordinator, &takedown.OrderRequest{FiledTogether: "same_facts", Waiting: "spread"}))
	id := l.track("legal_order").ID
	put := func(who takedown.Principal, order takedown.OrderRequest, version int64) error {
		_, err := l.s.PutParticulars(ctx, who, id, casework.ParticularsInput{Order: &order}, version)
		return err
	}
	note := takedown.OrderRequest{FiledTogether: "same_facts", Waiting: "spread", Service138g: "communicates"}
	l.pointers(put(specialist, note, 1), "/order/service138g")
	l.ok(put(adviser, note, 1))
	l.ok(put(specialist, note, 2)) // what the adviser said stands
	l.pointers(put(specialist, takedown.OrderRequest{}, 3), "/order/service138g")
	l.settle()
	v, err := l.s.GetParticulars(ctx, auditor, id)
	l.ok(err)
	if v.Version != 3 || v.Order.Service138g != "communicates" {
		t.Errorf("version %d, %+v", v.Version, v.Order)
	}
	l.ok(put(adviser, takedown.OrderRequest{Waiting: "spread"}, 3))
	l.settle()
	if tr := l.track("legal_order"); tr.WaitsFor == nil || !slices.Contains(tr.WaitsFor.Why, "police_report") {
		t.Errorf("taken back, and yet it waits for %+v", tr.WaitsFor)
	}
}
