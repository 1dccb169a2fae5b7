package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// operatorTried opens the last gate of the hoster's track, with a result.
func (l *live) operatorTried(result string) {
	l.t.Helper()
	_, err := l.s.RecordAttempt(context.Background(), specialist, l.c, casework.AttemptInput{Role: "site_operator", Channel: "form", At: monday, Result: result})
	l.ok(err)
	l.settle()
}

// Why the poster was not approached is what somebody recorded, never a guess:
// without it a notice is not complete, and it says where the reason is entered.
func TestWhyThePosterWasNotApproachedIsRecorded(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.operatorTried("no_address")
	d := l.document()
	if got := lacking(d); len(got) != 1 || got[0] != "posterNotContacted" {
		t.Fatalf("lacks %v", got)
	}
	for _, f := range d.Findings {
		if f.Field == "posterNotContacted" && !strings.Contains(f.Where, "contact-attempts") {
			t.Errorf("entered at %q", f.Where)
		}
	}
	if !strings.Contains(d.Text, "Wij vonden geen bruikbaar contactadres van de beheerder") || strings.Contains(d.Text, "veiligheid van de medewerker") {
		t.Errorf("claims what nobody recorded:\n%s", d.Text)
	}
	record := func(in casework.AttemptInput) error {
		in.At = monday
		_, err := l.s.RecordAttempt(ctx, specialist, l.c, in)
		return err
	}
	l.pointers(record(casework.AttemptInput{Role: "poster", Result: "not_approached"}), "/reason")
	l.pointers(record(casework.AttemptInput{Role: "poster", Result: "not_approached", Reason: "police", Channel: "mail"}), "/reason", "/channel")
	l.pointers(record(casework.AttemptInput{Role: "site_operator", Result: "not_approached", Reason: "unsafe"}), "/result")
	l.pointers(record(casework.AttemptInput{Role: "site_operator", Channel: "mail", Result: "refused", Reason: "unsafe"}), "/reason")
	l.ok(record(casework.AttemptInput{Role: "poster", Result: "not_approached", Reason: "unknown"}))
	l.settle()
	d = l.document()
	complete(t, d)
	if !strings.Contains(d.Text, "Wij weten niet wie de plaatser is") {
		t.Errorf("the reason does not stand in:\n%s", d.Text)
	}
}

// A poster whom the police let us approach was approached: the notice does not
// deny it.
func TestAPosterWhoWasApproachedIsTold(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	a, err := l.s.GetAlignment(ctx, coordinator, l.c)
	l.ok(err)
	_, err = l.s.PutAlignment(ctx, coordinator, l.c, casework.AlignmentInput{Status: "answered", MayNotify: true, PosterContact: "allowed"}, a.Version)
	l.ok(err)
	_, err = l.s.RecordAttempt(ctx, specialist, l.c, casework.AttemptInput{Role: "poster", Channel: "mail", At: monday, Result: "refused"})
	l.ok(err)
	l.operatorTried("no_answer")
	d := l.document()
	complete(t, d)
	if strings.Contains(d.Text, "niet benaderd") || !strings.Contains(d.Text, "Ook de plaatser van het bericht hebben wij benaderd") || !strings.Contains(d.Text, "geen medewerking") {
		t.Errorf("the attempt does not stand in:\n%s", d.Text)
	}
}

// An attempt with a contact is about the pages that the register has as its,
// those on a part of its host too: nobody is asked which.
func TestAnAttemptIsAboutPagesOnAPartOfTheHost(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	in := hosterInput("beheer@other.example")
	in.Hosts, in.LegalName = []string{"other.example"}, "Anderehost B.V."
	_, err := l.s.PutContact(ctx, coordinator, "contact_other", in, 0)
	l.ok(err)
	_, err = l.s.AddItems(ctx, specialist, l.c, caseInput("https://leden.other.example/t/2").Items) // not planned yet
	l.ok(err)
	in.Hosts, in.LegalName = []string{"elsewhere.example"}, "Verderhost B.V."
	_, err = l.s.PutContact(ctx, coordinator, "contact_elsewhere", in, 0)
	l.ok(err)
	attempt := casework.AttemptInput{Role: "site_operator", ContactID: "contact_elsewhere", Channel: "mail", At: monday, Result: "no_answer"}
	_, err = l.s.RecordAttempt(ctx, specialist, l.c, attempt)
	l.pointers(err, "/itemIds")
	attempt.ContactID = "contact_other"
	_, err = l.s.RecordAttempt(ctx, specialist, l.c, attempt)
	l.ok(err)
}
