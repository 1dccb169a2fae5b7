package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// form drafts a form of our own as the coordinator and shows it.
func (l *live) form(in casework.OwnFormInput) casework.DocumentView {
	l.t.Helper()
	ctx := context.Background()
	id, err := l.s.DraftOwnForm(ctx, coordinator, l.c, in)
	l.ok(err)
	d, err := l.s.GetDocument(ctx, coordinator, id)
	l.ok(err)
	return d
}

func (l *live) person() string {
	l.t.Helper()
	c, err := l.s.GetCase(context.Background(), coordinator, l.c)
	l.ok(err)
	return c.People[0].ID
}

func (l *live) approves(d casework.DocumentView) error {
	return l.s.DecideDocument(context.Background(), adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash})
}

func consentForm(person string) casework.OwnFormInput {
	return casework.OwnFormInput{Instrument: "T10", Consent: &casework.ConsentFormInput{
		Person: person, Actions: []string{"notice", "ods", "police_report"}, Mandate: []string{"art21"}, ValidUntil: monday.AddDate(1, 0, 0),
	}}
}

// A consent form asks one person for each action by itself, in words that name
// nobody, and is approved as every document is: by somebody else than who made it.
// A consent then says that this form was shown.
//
// Requirement: S0-16
func TestAConsentFormFromACase(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	d := l.form(consentForm(l.person()))
	for _, want := range []string{
		"- een geschil voorleggen aan een geschilleninstantie: [ ] ja [ ] nee", "- aangifte of melding doen bij de politie: [ ] ja [ ] nee",
		"U machtigt Praktijk Voorbeeld om namens u:", "De machtiging geldt tot en met woensdag 22 maart 2028.", "Bewaren:",
	} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
	if d.Instrument != "T10" || d.Channel != "hand" || d.Track != "" || d.Person != l.person() || len(d.Recipients) != 0 || strings.Contains(d.Text, "Sealed") {
		t.Errorf("%+v", d)
	}
	complete(t, d)
	both := takedown.Principal{ID: coordinator.ID, Roles: []takedown.Role{takedown.LegalAdviser}}
	l.kind(l.s.DecideDocument(ctx, both, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}), takedown.Forbidden)
	shown := func(form string, version int64) error {
		_, err := l.s.PutConsent(ctx, coordinator, l.c, l.person(), "ods", casework.ConsentInput{Status: "given", TextShown: form, Date: monday, Channel: "paper"}, version)
		return err
	}
	l.pointers(shown(d.ID, 0), "/textShown") // nobody approved it yet
	l.pointers(shown("doc_none", 0), "/textShown")
	l.ok(l.approves(d))
	l.ok(shown(d.ID, 0))
	got, err := l.s.GetDocument(ctx, coordinator, d.ID)
	l.ok(err)
	pdf, err := l.s.RenderDocument(ctx, coordinator, d.ID, "pdf")
	l.ok(err)
	if got.Status != "approved" || got.Approval == nil || !strings.HasPrefix(string(pdf.Body), "%PDF") {
		t.Errorf("%s, %+v", got.Status, got.Approval)
	}
	if !slices.Contains(l.entries(l.c), "document.drafted T10") {
		t.Error("no entry")
	}
	l.mails(0, 0)

	en := consentForm(l.person())
	en.Language = "en"
	if again := l.form(en); again.Language != "en" || !strings.Contains(again.Text, "[ ] yes [ ] no") {
		t.Errorf("%s:\n%s", again.Language, again.Text)
	}
	if got, err = l.s.GetDocument(ctx, coordinator, d.ID); err != nil || got.Status != "approved" {
		t.Errorf("the approved one is %s: %v", got.Status, err)
	}
}

// An edit drops nothing but the approval and sends nothing; a sealed value in it
// stops the approval; a form that nobody approved gives way to a new one, and an
// old one is drafted again.
func TestAConsentFormIsEditedGuardedAndReplaced(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	d := l.form(consentForm(l.person()))
	edit := func(text string, to []casework.Recipient) error {
		now, err := l.s.GetDocument(ctx, specialist, d.ID)
		l.ok(err)
		return l.s.EditDocument(ctx, specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: text, Recipients: to}, now.Version)
	}
	l.pointers(edit(d.Text, []casework.Recipient{{Kind: "to", Address: "someone@elders.example"}}), "/recipients")
	l.ok(edit(d.Text+"\nVoor Sealed Name.", nil))
	hit, err := l.s.GetDocument(ctx, specialist, d.ID)
	l.ok(err)
	l.pointers(l.approves(hit), "/text")
	l.ok(edit(d.Text+"\nBel ons bij vragen.", nil))
	clean, err := l.s.GetDocument(ctx, specialist, d.ID)
	l.ok(err)
	next := l.form(consentForm(l.person()))
	l.kind(l.approves(clean), takedown.Conflict)
	l.pass(29 * 24 * time.Hour)
	l.kind(l.approves(next), takedown.Conflict)
	l.ok(l.approves(l.form(consentForm(l.person()))))
}

// What is wrong with a form names its field, and nothing is drafted; who may
// not, hears so; a bundle or a filing of one there is not.
func TestOwnFormsAreChecked(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	draft := func(in casework.OwnFormInput) error {
		_, err := l.s.DraftOwnForm(ctx, coordinator, l.c, in)
		return err
	}
	l.pointers(draft(casework.OwnFormInput{Instrument: "T2", Language: "fr"}), "/instrument", "/language")
	l.pointers(draft(casework.OwnFormInput{Instrument: "T10"}), "/consentForm")
	l.pointers(draft(casework.OwnFormInput{Instrument: "T11", Consent: &casework.ConsentFormInput{}}), "/consentForm")
	l.pointers(draft(casework.OwnFormInput{Instrument: "T10", Consent: &casework.ConsentFormInput{Person: "person_none", Mandate: []string{"art21", "court"}}}),
		"/consentForm/personId", "/consentForm/actions", "/consentForm/mandate/1", "/consentForm/validUntil")
	l.pointers(draft(casework.OwnFormInput{Instrument: "T10", Consent: &casework.ConsentFormInput{Person: l.person(), Actions: []string{"notice", "notice", "all"}, ValidUntil: monday.AddDate(1, 0, 0)}}),
		"/consentForm/actions/1", "/consentForm/actions/2", "/consentForm/validUntil")
	past := consentForm(l.person())
	past.Consent.ValidUntil = monday.Add(-time.Hour)
	l.pointers(draft(past), "/consentForm/validUntil")
	docs, err := l.s.ListDocuments(ctx, auditor, l.c)
	l.ok(err)
	if len(docs) != 0 {
		t.Errorf("drafted %+v", docs)
	}
	_, err = l.s.DraftOwnForm(ctx, adviser, l.c, consentForm(l.person()))
	l.kind(err, takedown.Forbidden)
	d := l.form(consentForm(l.person()))
	_, err = l.s.GetDocument(ctx, auditor, d.ID)
	l.kind(err, takedown.Forbidden)
	l.kind(l.s.FileDocument(ctx, specialist, d.ID, casework.FilingInput{FiledAt: monday}), takedown.Conflict)
	l.kind(l.s.ExportBundle(ctx, specialist, d.ID), takedown.Conflict)
	l.attempt()
	_, err = l.s.GetDocument(ctx, coordinator, l.document().ID) // a letter is not the coordinator's to read
	l.kind(err, takedown.Forbidden)
}

// An evaluation is filled from the case, says with whom it was discussed, and is
// approved after the case was closed. It names nobody and no page.
//
// Requirement: S0-26, S0-28
func TestAnEvaluationFromACase(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	l.approve()
	l.replied("hoster", "decision", "refused", "Wij verwijderen dit niet.")
	l.clock.advance(5 * time.Hour)
	now, err := l.clock.Now(ctx)
	l.ok(err)
	l.ok(l.s.SetOutcome(ctx, specialist, l.c, l.page, casework.OutcomeInput{Code: "author_removed", Reason: "seen_gone"}, 0))
	l.settle()
	d := l.form(casework.OwnFormInput{Instrument: "T11"})
	var missing []string
	for _, f := range d.Findings {
		if f.Blocking {
			missing = append(missing, f.Field)
			if f.Where != "evaluation: PUT /v1/cases/{case}/evaluation" {
				t.Errorf("%s is entered at %q", f.Field, f.Where)
			}
		}
	}
	slices.Sort(missing)
	if want := []string{"evaluation/lessons", "evaluation/people", "evaluation/refusals", "evaluation/team"}; !slices.Equal(missing, want) {
		t.Errorf("lacks %v, want %v", missing, want)
	}
	l.kind(l.approves(d), takedown.Invalid)
	said := casework.EvaluationInput{
		Team: now, People: []takedown.EvaluationPerson{{Person: l.person(), At: now, Experience: "supported"}}, Lessons: []string{"earlier_capture"}, Refusals: []string{"none_given"},
	}
	v, err := l.s.PutEvaluation(ctx, coordinator, l.c, said, 0)
	l.ok(err)
	l.ok(l.s.CloseCase(ctx, coordinator, l.c, casework.ClosureInput{Reason: "done_here"}))
	d = l.form(casework.OwnFormInput{Instrument: "T11"})
	for _, want := range []string{
		"- het team: maandag 22 maart 2027", "- de betrokkene: maandag 22 maart 2027", "- melding bij een hoster", "- C5 (onze eigen termijn, geen wettelijke termijn)",
		"- onderdeel 1: door de plaatser zelf verwijderd, 5 uur nadat wij ervan hoorden", "- hostingdienst, tekst, door de plaatser zelf verwijderd: 1",
		"- de aanbieder noemde geen reden", "De betrokkene voelde zich gesteund.", "- eerder vastleggen",
	} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
	for _, never := range []string{"Sealed", "forum.example", "huisarts", "Voorbeeldhost"} {
		if strings.Contains(d.Text, never) {
			t.Errorf("%q stands in:\n%s", never, d.Text)
		}
	}
	complete(t, d)
	l.ok(l.approves(d))
	said.Lessons = []string{"none"}
	_, err = l.s.PutEvaluation(ctx, coordinator, l.c, said, v.Version)
	l.ok(err)
	if got, err := l.s.GetDocument(ctx, coordinator, d.ID); err != nil || got.Status != "approved" {
		t.Errorf("an approved evaluation is %s: %v", got.Status, err)
	}
}

// What police asked to keep from the person leaves no trace in an evaluation
// that is discussed with them, until the day they named.
func TestAnEvaluationKeepsWhatPoliceAskedToKeep(t *testing.T) {
	t.Parallel()
	d, ctx := newDossier(t, "").approved(), context.Background()
	d.ok(d.handOver())
	d.settle()
	now, err := d.clock.Now(ctx)
	d.ok(err)
	_, err = d.s.GiveFeedback(ctx, liaison, d.track("legal_order").ID, casework.FeedbackInput{Status: "received", By: "police", At: now, RestrictedUntil: now.AddDate(0, 1, 0)})
	d.ok(err)
	d.settle()
	const order = "- verzoek om een bevel van de officier van justitie"
	if text := d.form(casework.OwnFormInput{Instrument: "T11"}).Text; strings.Contains(text, order) || strings.Contains(text, "P1 (") || !strings.Contains(text, "melding bij een hoster") {
		t.Errorf("tells of the order:\n%s", text)
	}
	d.pass(32 * 24 * time.Hour)
	if text := d.form(casework.OwnFormInput{Instrument: "T11"}).Text; !strings.Contains(text, order) || !strings.Contains(text, "P1 (") {
		t.Errorf("still keeps the order:\n%s", text)
	}
}

// What was said of a case is checked and versioned; two who differ are mixed.
//
// Requirement: S0-26
func TestWhatIsSaidOfACaseIsChecked(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	put := func(who takedown.Principal, in casework.EvaluationInput, version int64) error {
		_, err := l.s.PutEvaluation(ctx, who, l.c, in, version)
		return err
	}
	later := monday.AddDate(0, 0, 1)
	l.pointers(put(coordinator, casework.EvaluationInput{
		Team: later, Lessons: []string{"none", "earlier_police"}, Refusals: []string{"bad_mood"},
		People: []takedown.EvaluationPerson{{Person: "person_none", At: later, Experience: "fine"}, {Person: l.person()}, {Person: l.person(), Not: "declined", Experience: "mixed"}, {Person: l.person(), Not: "busy", At: monday}},
	}, 0), "/teamAt", "/people/0/personId", "/people/0/at", "/people/0/experience", "/people/1/at", "/people/2/personId", "/people/2/experience",
		"/people/3/personId", "/people/3/not", "/people/3/at", "/lessons", "/refusals/0")
	_, err := l.s.GetEvaluation(ctx, auditor, l.c)
	l.kind(err, takedown.NotFound)
	l.kind(put(specialist, casework.EvaluationInput{}, 0), takedown.Forbidden)

	l.join("Sealed Alias")
	c, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	in := casework.EvaluationInput{People: []takedown.EvaluationPerson{{Person: c.People[0].ID, At: monday, Experience: "supported"}, {Person: c.People[1].ID, At: monday, Experience: "not_supported"}}}
	l.ok(put(coordinator, in, 0))
	l.kind(put(coordinator, in, 0), takedown.Stale)
	d := l.form(casework.OwnFormInput{Instrument: "T11"})
	if !strings.Contains(d.Text, "De betrokkene had gemengde ervaringen.") || !strings.Contains(d.Text, "- betrokkene 2: maandag 22 maart 2027") {
		t.Errorf("two persons are told otherwise:\n%s", d.Text)
	}
	v, err := l.s.GetEvaluation(ctx, auditor, l.c)
	l.ok(err)
	if v.Version != 1 || len(v.People) != 2 {
		t.Errorf("%+v", v)
	}
}

// Every instrument is drafted by a rung of a route of design §2, or is a form of
// our own.
func TestEveryInstrumentIsReached(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	reached := []string{"T10", "T11"}
	for _, route := range []string{"platform", "hoster", "erasure", "delisting", "flagger", "freeze", "police_report", "legal_order", "regulator", "ods", "supervisor_ap", "civil"} {
		ladder, err := f.s.Law.Ladder(route, monday)
		if err != nil {
			t.Errorf("%s: %v", route, err)
		}
		for _, rung := range ladder.Rungs {
			if rung.Instrument != "" {
				reached = append(reached, rung.Instrument)
			}
		}
	}
	for _, instrument := range notice.Instruments() {
		if !slices.Contains(reached, instrument) {
			t.Errorf("no route leads to %s", instrument)
		}
	}
}
