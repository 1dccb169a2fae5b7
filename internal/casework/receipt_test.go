package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// erasureSent sends an erasure request by mail.
func erasureSent(t *testing.T) *live {
	t.Helper()
	l := newLive(t)
	l.consent("erasure", l.mandate([]byte("signed")))
	l.opened("erasure", controllerInput())
	l.yes("erasure")
	return l
}

// The month of art. 12(3) GDPR begins with the receipt. That a mail left proves
// none: until something does, the clock says that its start is assumed.
func TestTheMonthRunsFromTheReceiptThatIsProven(t *testing.T) {
	t.Parallel()
	l := erasureSent(t)
	first := l.counts("erasure", "C10")
	if first == nil || first.Receipt != "assumed" || first.Start != monday || first.DueDate != "2027-04-22" {
		t.Fatalf("after the mail left: %+v", first)
	}
	l.pass(3 * day)
	l.replied("erasure", "acknowledgement", "", "Ontvangen.")
	now := l.counts("erasure", "C10")
	if now.Receipt != "proven" || now.Start != monday.Add(3*day) || now.DueDate != "2027-04-26" || now.Supersedes != first.ID {
		t.Fatalf("after the acknowledgement: %+v", now)
	}
	if was, err := l.s.GetClock(context.Background(), adviser, first.ID); err != nil || was.Status != "superseded" || was.Reason != "receipt_proven" {
		t.Errorf("the first row: %+v, %v", was, err)
	}
	l.pass(day)
	l.replied("erasure", "question", "", "Wie bent u?")
	if again := l.counts("erasure", "C10"); again.ID != now.ID {
		t.Errorf("a second answer moved it: %+v", again)
	}
	l.pass(29 * day) // past 22 April, the day counted from the mail; 24 and 25 April are a weekend
	if tr := l.track("erasure"); len(tr.Rungs) != 1 {
		t.Errorf("the ladder went on before the month was over: %+v", tr.Rungs)
	}
	l.pass(4 * day)
	if tr := l.track("erasure"); len(tr.Rungs) != 2 || tr.Rungs[0].Ending != "silence" {
		t.Errorf("the ladder did not go on: %+v", tr.Rungs)
	}
}

// An automatic answer proves no receipt by the controller.
func TestAnAutomaticAnswerProvesNothing(t *testing.T) {
	t.Parallel()
	l := erasureSent(t)
	l.pass(day)
	l.replied("erasure", "auto_reply", "", "Wij zijn met vakantie.")
	if c := l.counts("erasure", "C10"); c == nil || c.Receipt != "assumed" || c.Start != monday {
		t.Errorf("%+v", c)
	}
}

// A form's own receipt, kept as proof of the filing, proves the receipt.
func TestAFormsReceiptProvesTheReceipt(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("erasure", l.mandate([]byte("signed")))
	in := controllerInput()
	in.Channels = []takedown.Channel{{Kind: "form", Address: "https://forum.example/avg", Purpose: "notice"}}
	in.Form = &takedown.Form{URL: "https://forum.example/avg", Fields: []takedown.FormField{{Name: "verzoek", Limit: 20_000}}}
	// A site that takes no mail gets the request through its form.
	l.consent("delisting", l.mandate([]byte("signed too")))
	d := l.opened("delisting", in)
	complete(t, d)
	l.ok(l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}))
	l.settle()
	l.ok(l.s.FileDocument(ctx, specialist, d.ID, casework.FilingInput{FiledAt: monday, Proof: l.filingProof(l.c, l.page, monday)}))
	l.settle()
	if c := l.counts("delisting", "C10"); c == nil || c.Receipt != "proven" || c.Start != monday {
		t.Errorf("%+v", c)
	}
}

// What a person can prove counts, not the day of the mail: the authority is told
// the last day from there, and no silence before that day.
func TestTheAuthorityIsToldTheLastDayFromTheReceipt(t *testing.T) {
	t.Parallel()
	l := erasureSent(t)
	l.pass(33 * day)
	l.about("supervisor_ap", "contact_erasure", authority("Autoriteit Persoonsgegevens", "authority"))
	received := monday.Add(9 * day) // 31 March, by registered letter
	l.say("supervisor_ap", casework.ParticularsInput{Infringement: &takedown.Infringement{
		ReceivedAt: received, Proof: "letter_receipt", Breaches: []string{"not_erased"},
	}}, 0)
	l.lacks("supervisor_ap", atParticulars, "infringement/answer") // until 30 April they may answer
	l.pass(8 * day)
	l.say("supervisor_ap", casework.ParticularsInput{Infringement: &takedown.Infringement{
		ReceivedAt: received, Proof: "letter_receipt", Breaches: []string{"not_erased"},
	}}, 1)
	d := l.on("supervisor_ap")
	if !strings.Contains(d.Text, "Wij rekenen vrijdag 30 april 2027 als laatste dag voor het antwoord (wettelijke termijn).") {
		t.Errorf("the last day:\n%s", d.Text)
	}
	complete(t, d)
}

// That the mail server took the request is no proof that the controller has it:
// the authority is told a receipt only where something or somebody shows it.
func TestAMailServersWordProvesNoReceipt(t *testing.T) {
	t.Parallel()
	l := erasureSent(t)
	l.pass(40 * day)
	l.about("supervisor_ap", "contact_erasure", authority("Autoriteit Persoonsgegevens", "authority"))
	l.lacks("supervisor_ap", atParticulars, "infringement/receivedAt", "infringement/proof", "infringement/termEnded")
}

// The receipt that a person proves moves the month of the request itself.
func TestTheMonthMovesToTheReceiptThatAPersonProves(t *testing.T) {
	t.Parallel()
	l := erasureSent(t)
	l.pass(12 * day)
	first := l.counts("erasure", "C10")
	l.about("supervisor_ap", "contact_erasure", authority("Autoriteit Persoonsgegevens", "authority"))
	l.say("supervisor_ap", casework.ParticularsInput{Infringement: &takedown.Infringement{
		ReceivedAt: monday.Add(9 * day), Proof: "letter_receipt", Breaches: []string{"not_erased"},
	}}, 0)
	now := l.counts("erasure", "C10")
	if now == nil || now.Receipt != "proven" || now.DueDate != "2027-04-30" || now.Supersedes != first.ID {
		t.Fatalf("%+v after %+v", now, first)
	}
	l.pass(20 * day) // past 22 April, before 30 April
	if tr := l.track("erasure"); len(tr.Rungs) != 1 {
		t.Errorf("the ladder went on before the month was over: %+v", tr.Rungs)
	}
}

// A complaint goes on from a delisting as from an erasure: on its consent and
// mandate, with the name that was searched for.
func TestAComplaintToTheAuthorityAfterADelisting(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("delisting", l.mandate([]byte("signed")))
	search := authority("Voorbeeldzoek BV", "search_engine")
	search.ServiceKind = "search_engine"
	l.opened("delisting", search)
	l.yes("delisting")
	l.pass(day)
	l.replied("delisting", "decision", "refused", "Wij tonen het resultaat nog.")
	l.about("supervisor_ap", "contact_delisting", authority("Autoriteit Persoonsgegevens", "authority"))
	l.say("supervisor_ap", casework.ParticularsInput{Infringement: &takedown.Infringement{Breaches: []string{"not_erased"}}}, 0)
	d := l.on("supervisor_ap")
	for _, want := range []string{`om zoekresultaten niet meer te tonen bij een zoekopdracht op de naam "Sealed Name"`, "De zoekresultaten worden nog getoond", "Het verzoek is afgewezen.", "Dat blijkt uit het antwoord zelf."} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
	if strings.Contains(d.Text, "nog online") {
		t.Error("a page that may stay is held against the search engine")
	}
	l.yes("supervisor_ap")
}
