package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// edited puts a text and recipients in a document's place and gives it as it
// stands then.
func (l *live) edited(d casework.DocumentView, text string, to []casework.Recipient) casework.DocumentView {
	l.t.Helper()
	ctx := context.Background()
	now, err := l.s.GetDocument(ctx, specialist, d.ID)
	l.ok(err)
	l.ok(l.s.EditDocument(ctx, specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: text, Recipients: to}, now.Version))
	now, err = l.s.GetDocument(ctx, specialist, d.ID)
	l.ok(err)
	return now
}

// stops are the fields of the findings that stop a document.
func stops(d casework.DocumentView) []string {
	out := []string{}
	for _, f := range d.Findings {
		if f.Blocking {
			out = append(out, f.Field)
		}
	}
	slices.Sort(out)
	return out
}

// A text edited by hand still says what the law asks of a notice (art. 16(2)(a)
// to (d) DSA, domain.md §8): what the edit took out is named, with why, and stops
// the approval. Other words of one's own stop nothing.
func TestAnEditKeepsWhatANoticeMustSay(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	d := l.document()
	bare := l.edited(d, "Beste, Haal het weg.", d.Recipients)
	got := stops(bare)
	for _, want := range []string{"text/reference", "text/name", "text/mailbox", "text/role", "text/ground", "text/url/1", "text/statement", "text/request", "text/answers", "text/confidential"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not asked back among %v", want, got)
		}
	}
	for _, f := range bare.Findings {
		if f.Code == "edited_out" && (f.Why == "" || f.NL == nil || f.NL.Message == "" || f.NL.Why == "" || strings.Contains(f.Message, forumURL)) {
			t.Errorf("%+v in Dutch %+v", f, f.NL)
		}
	}
	l.kind(l.s.DecideDocument(context.Background(), adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: bare.ContentHash}), takedown.Invalid)
	if got := stops(l.edited(d, strings.ReplaceAll(d.Text, forumURL, forumURL+"0"), d.Recipients)); !slices.Equal(got, []string{"text/url/1"}) {
		t.Errorf("another page's location passes for it: %v", got)
	}
	own := l.edited(d, strings.Replace(d.Text, "Geachte mevrouw, meneer,", "Beste collega's,", 1)+"\nDank voor uw hulp.", d.Recipients)
	complete(t, own)
	l.approve()
	l.mails(1, 1)
}

// A text goes to the contact that its track is with: somebody else among the
// recipients stops the approval, and of what names the person it is refused.
func TestAnEditSendsToNobodyElse(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	d := l.document()
	ours := casework.Recipient{Kind: "cc", Address: "meldpunt@praktijk.example"}
	press := casework.Recipient{Kind: "cc", Address: "redactie@krant.example"}
	bad := l.edited(d, d.Text, []casework.Recipient{d.Recipients[0], ours, press})
	if got := stops(bad); !slices.Equal(got, []string{"recipients"}) {
		t.Errorf("findings %v", got)
	}
	l.kind(l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: bad.ContentHash}), takedown.Invalid)
	complete(t, l.edited(d, d.Text, []casework.Recipient{d.Recipients[0], ours}))

	l.consent("erasure", l.mandate([]byte("signed")))
	r := l.opened("erasure", controllerInput())
	err := l.s.EditDocument(ctx, specialist, r.ID, casework.EditInput{Subject: r.Subject, Text: r.Text, Recipients: []casework.Recipient{r.Recipients[0], press}}, r.Version)
	l.pointers(err, "/recipients/1/address")
	complete(t, l.edited(r, r.Text, []casework.Recipient{r.Recipients[0], ours}))
}

// What was tried with one site's operator is told to that site's hoster alone; in
// a case with several sites an attempt says which pages it was about.
func TestAnAttemptIsOfItsOwnSite(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	in := hosterInput("abuse@tweede.example")
	in.LegalName, in.Hosts = "Tweedehost B.V.", []string{"tweede.example"}
	_, err := l.s.PutContact(ctx, coordinator, "contact_tweede", in, 0)
	l.ok(err)
	second := l.another("https://tweede.example/t/9")
	l.assess(second, "285d")
	try := func(in casework.AttemptInput) error {
		in.At = monday
		_, err := l.s.RecordAttempt(ctx, specialist, l.c, in)
		l.settle()
		return err
	}
	l.ok(try(casework.AttemptInput{Role: "poster", Result: "not_approached", Reason: "unsafe"}))
	l.pointers(try(casework.AttemptInput{Role: "site_operator", Channel: "mail", Result: "refused"}), "/itemIds")
	l.pointers(try(casework.AttemptInput{Role: "site_operator", Channel: "mail", Result: "refused", ItemIDs: []string{"item_elsewhere"}}), "/itemIds/0")
	l.ok(try(casework.AttemptInput{Role: "site_operator", Channel: "mail", Result: "refused", ItemIDs: []string{second}}))
	first := func() casework.TrackView {
		t.Helper()
		list, err := l.s.ListTracks(ctx, auditor, l.c)
		l.ok(err)
		i := slices.IndexFunc(list, func(tr casework.TrackView) bool { return tr.Route == "hoster" && slices.Contains(tr.Items, l.page) })
		return list[i]
	}
	if w := first().WaitsFor; w == nil || !slices.Equal(w.Why, []string{"site_operator_attempt"}) {
		t.Fatalf("an attempt with another site's operator opens the gate: %+v", w)
	}
	l.ok(try(casework.AttemptInput{Role: "site_operator", Channel: "form", Result: "no_answer", ItemIDs: []string{l.page}}))
	d, err := l.s.GetDocument(ctx, specialist, first().Document.ID)
	l.ok(err)
	complete(t, d)
	if !strings.Contains(d.Text, "via het webformulier: geen antwoord") || strings.Contains(d.Text, "geen medewerking") {
		t.Errorf("tells what was tried with another site:\n%s", d.Text)
	}
}

// A request for an order says that we asked the provider only where a notice
// reached that provider: with a notice to somebody else, why waiting is not
// responsible is asked for.
func TestARequestNamesWhomWeAsked(t *testing.T) {
	t.Parallel()
	l, ctx := newUnreported(t), context.Background()
	l.prepares()
	l.attempt()
	l.approve()
	l.mails(1, 1)
	other := hosterInput("abuse@tweede.example")
	other.LegalName, other.Hosts = "Tweedehost B.V.", nil
	other.Channels = append(other.Channels, takedown.Channel{Kind: "mail", Address: "autoriteiten@tweede.example", Purpose: "order"})
	_, err := l.s.PutContact(ctx, coordinator, "contact_tweede", other, 0)
	l.ok(err)
	ask := func(provider, waiting string) error {
		_, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{
			Route: "legal_order", ContactID: policeUnit, ProviderID: provider, ItemIDs: []string{l.page}, Reason: "by_hand",
			Order: &takedown.OrderRequest{FiledTogether: "same_facts", Waiting: waiting, Representative: "Voorbeeld Vertegenwoordiging B.V."},
		})
		l.settle()
		return err
	}
	err = ask("contact_tweede", "")
	l.kind(err, takedown.Conflict)
	if !strings.Contains(err.Error(), "subsidiarity") {
		t.Error(err)
	}
	l.ok(ask("contact_tweede", "spread"))
	d := l.on("legal_order")
	complete(t, d)
	if !strings.Contains(d.Text, "Bij Tweedehost B.V. deden wij zelf geen melding. Wel schreven wij aan Voorbeeldhost B.V.; zie deel 6. Wachten is volgens ons niet verantwoord.") || strings.Contains(d.Text, "Wij vroegen Tweedehost") {
		t.Errorf("says whom we asked:\n%s", d.Text)
	}
}

// The same with the provider that got the notice: nobody has to say why.
func TestARequestAboutWhomWeAsked(t *testing.T) {
	t.Parallel()
	l := newUnreported(t)
	l.prepares()
	l.attempt()
	l.approve()
	l.ok(l.orders(coordinator, &takedown.OrderRequest{FiledTogether: "same_facts", Representative: "Voorbeeld Vertegenwoordiging B.V."}))
	d := l.on("legal_order")
	complete(t, d)
	if !strings.Contains(d.Text, "Wij vroegen Voorbeeldhost B.V. zelf om verwijdering.") {
		t.Errorf("does not say that we asked:\n%s", d.Text)
	}
}

// That the police were not asked because no offence is suspected, while an
// assessment acts on one: nothing leaves until a person says which it is.
//
// Requirement: S0-13
func TestNoOffenceSuspectedAndOneAssessed(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	l.ok(l.align(casework.AlignmentInput{Status: "not_suspected", Reason: "no_offence"}))
	l.approve()
	l.at("AwaitGate", "alignment_denies_assessed_offence")
	l.mails(0, 0)
	l.ok(l.align(casework.AlignmentInput{Status: "not_wanted", Reason: "not_wanted"}))
	l.mails(1, 1)
}

// Who signs stands under the letter as a function; where the settings have none,
// the approver is told.
func TestTheFunctionOfWhoSigns(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	told := func() bool {
		return slices.ContainsFunc(l.document().Findings, func(f casework.Finding) bool { return f.Code == "no_signatory" && !f.Blocking })
	}
	if !told() {
		t.Error("nobody is told that the letter bears no function")
	}
	l.settings(func(in *casework.SettingsInput) { in.Organisation.SignatoryFunction = "coördinator veilig werken" })
	if d := l.document(); told() || !strings.Contains(d.Text, "Met vriendelijke groet,\n\ncoördinator veilig werken, Meldpunt, Praktijk Voorbeeld\n") {
		t.Errorf("the function does not stand in:\n%s", d.Text)
	}
}
