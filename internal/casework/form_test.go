package casework_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// formInput is a platform that takes notices by a form alone.
func formInput(most int, fields ...takedown.FormField) casework.ContactInput {
	return casework.ContactInput{
		Kind: "platform", LegalName: "Voorbeeldplatform Ltd.", ServiceKind: "online_platform", Hosts: []string{"platform.example"}, Country: "NL", Languages: []string{"nl"},
		Channels: []takedown.Channel{{Kind: "form", Address: "https://platform.example/melden", Purpose: "notice"}}, Source: "https://platform.example/melden", LastVerified: monday,
		Form: &takedown.Form{URL: "https://platform.example/melden", Fields: fields, MaxItems: most},
	}
}

// noticeByForm opens a case with pages at a platform with a form and gives the first
// notice.
func noticeByForm(t *testing.T, in casework.ContactInput, pages int) (*live, casework.DocumentView) {
	t.Helper()
	l, ctx := newIdle(t, asItIs), context.Background()
	_, err := l.s.PutContact(ctx, coordinator, "contact_platform", in, 0)
	l.ok(err)
	l.settings(func(*casework.SettingsInput) {})
	var urls []string
	for n := range pages {
		urls = append(urls, fmt.Sprintf("https://platform.example/p/%d", n+1))
	}
	opened := l.open(caseInput(urls...))
	l.c, l.page = opened.Case, opened.Items[0].Item
	_, err = l.s.PutTriage(ctx, coordinator, l.c, casework.TriageInput{ThreatLevel: "low", JudgedBy: "coördinator"}, 0)
	l.ok(err)
	_, err = l.s.PutConsent(ctx, coordinator, l.c, opened.People[0], "notice", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0)
	l.ok(err)
	_, err = l.s.PutAlignment(ctx, coordinator, l.c, casework.AlignmentInput{Status: "not_wanted", Reason: "not_wanted"}, 0)
	l.ok(err)
	for _, item := range opened.Items {
		evid := l.capture(l.c, item.Item)
		_, err = l.s.PutAssessment(ctx, specialist, l.c, item.Item, casework.AssessmentInput{
			Grounds: []casework.GroundInput{{Offence: "285d", Elements: map[string][]string{"E1": {evid}, "E2": {evid}, "E3": {evid}, "E4": {evid}}}},
			Effects: []string{"contact"}, Purpose: []string{"call_to_act"}, Amplification: "low", Locator: "line:2", Decision: "act",
		}, 0)
		l.ok(err)
	}
	l.settle()
	return l, l.on("platform")
}

// A text that does not fit into a form's field stops the approval, uncut; what a
// person shortens fits, and what the form did not take is on record.
func TestATextThatAFormDoesNotHold(t *testing.T) {
	t.Parallel()
	in := formInput(0,
		takedown.FormField{Name: "link", Kind: "url"}, takedown.FormField{Name: "toelichting", Limit: 120},
		takedown.FormField{Name: "wie", Kind: "choice", Value: "Nee, ik meld voor een ander"},
	)
	in.Profile = &takedown.Profile{
		NeedsAccount: "yes", AreYouThePerson: "Alleen de persoon of een vertegenwoordiger.",
		Facts: []takedown.Fact{{Field: "/profile/areYouThePerson", Source: "https://platform.example/help", Read: "2026-07-22", Flag: "V"}},
	}
	l, d := noticeByForm(t, in, 1)
	ctx := context.Background()
	if len([]rune(d.Form[1].Text)) <= 120 || d.Form[2].Text != "Nee, ik meld voor een ander" || d.Form[2].Kind != "choice" {
		t.Fatalf("%+v", d.Form)
	}
	_, err := l.s.FilingSheet(ctx, specialist, d.ID, "text")
	l.kind(err, takedown.Conflict) // nobody approved it
	decide := func() error {
		t.Helper()
		got, err := l.s.GetDocument(ctx, specialist, d.ID)
		l.ok(err)
		return l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: got.ContentHash})
	}
	l.pointers(decide(), "/addressee/form/1")
	asked := func(role, kind string) int {
		who := map[string]takedown.Principal{"specialist": specialist, "legal_adviser": adviser}[role]
		return len(l.waiting(who, role, kind))
	}
	if got := l.waiting(specialist, "specialist", "edit_document"); len(got) != 1 || got[0].Subject != d.ID || got[0].Reason != "blocking_findings" || asked("legal_adviser", "approve_document") != 0 {
		t.Errorf("nobody is asked to repair what cannot be approved: %+v", got)
	}
	edit := casework.EditInput{Subject: d.Subject, Text: d.Text, Recipients: d.Recipients, Form: []notice.FormText{{Name: "toelichting", Text: strings.Repeat("x", 121), Limit: 999}}}
	l.pointers(l.s.EditDocument(ctx, specialist, d.ID, edit, d.Version), "/form/0/text")
	edit.Form[0].Text = "Een woonadres staat in regel 2. Wij vragen om verwijdering."
	l.ok(l.s.EditDocument(ctx, specialist, d.ID, edit, d.Version))
	l.settle()
	if asked("specialist", "edit_document") != 0 || asked("legal_adviser", "approve_document") != 1 {
		t.Error("the adviser is not asked for what was repaired")
	}
	l.ok(decide())
	l.settle()
	got, err := l.s.GetDocument(ctx, specialist, d.ID)
	l.ok(err)
	if len(got.Form) != 3 || got.Form[1].Text != edit.Form[0].Text || got.Form[1].Limit != 120 || got.Form[0].Text != d.Form[0].Text {
		t.Errorf("the form after the edit: %+v", got.Form)
	}
	l.readsSheet(d.ID, edit.Form[0].Text, "59 van hoogstens 120 tekens", "Kies: Nee, ik meld voor een ander", "https://platform.example/melden", got.ContentHash,
		"Alleen de persoon of een vertegenwoordiger.", "https://platform.example/help, gelezen 2026-07-22", "om in te loggen")
	capture := l.captureOf(l.upload(l.c, []byte("screenshot of the form")), l.page)
	other := l.capture(l.c, l.page)
	capture.Purpose, capture.CapturedAt = "filing_proof", monday.Add(-6*time.Minute)
	early, err := l.s.CommitEvidence(ctx, specialist, l.c, capture)
	l.ok(err)
	for _, no := range []string{"evid_none", other, early} { // none, of the content, from before it was filed
		l.pointers(l.s.FileDocument(ctx, specialist, d.ID, casework.FilingInput{FiledAt: monday, Ticket: "VP-1", Proof: no}), "/proofEvidenceId")
	}
	capture = l.captureOf(l.upload(l.c, []byte("screenshot of the form, filed")), l.page)
	capture.Purpose, capture.CapturedAt = "filing_proof", monday.Add(-4*time.Minute) // another clock
	proof, err := l.s.CommitEvidence(ctx, specialist, l.c, capture)
	l.ok(err)
	filing := casework.FilingInput{FiledAt: monday, Ticket: "VP-1", Proof: proof, NotEntered: []string{"toelichting", "kleur"}}
	l.pointers(l.s.FileDocument(ctx, specialist, d.ID, filing), "/notEntered/1")
	filing.NotEntered = filing.NotEntered[:1]
	l.ok(l.s.FileDocument(ctx, specialist, d.ID, filing))
	if got, err = l.s.GetDocument(ctx, specialist, d.ID); err != nil || !slices.Equal(got.LastDispatch.NotEntered, filing.NotEntered) {
		t.Errorf("%+v, %v", got.LastDispatch, err)
	}
	if to := got.LastDispatch.Recipient; to != "https://platform.example/melden" {
		t.Errorf("filed at %q", to)
	}
	if !slices.Contains(l.entries(l.c), "dispatch.filed_in_part fields_1") {
		t.Error("the history does not say that something was left out")
	}
}

// A form of which the register knows no field is filed with the whole approved
// text; the approval says so, and where the fields are entered.
func TestAFormWithoutKnownFields(t *testing.T) {
	t.Parallel()
	l, d := noticeByForm(t, formInput(0), 2)
	if !slices.ContainsFunc(d.Findings, func(f casework.Finding) bool {
		return f.Code == "form_unknown" && !f.Blocking && f.Where != "" && f.NL.Message != ""
	}) {
		t.Errorf("nothing says that the form is not known: %+v", d.Findings)
	}
	l.yes("platform")
	l.readsSheet(d.ID, "https://platform.example/p/1\nhttps://platform.example/p/2", "De velden van dit formulier zijn niet bekend.", d.Reference)
}

// More locations than a form's filing takes are filed in groups, each with its
// own document and ticket; by hand, too.
func TestAFormThatTakesFewLocations(t *testing.T) {
	t.Parallel()
	l, d := noticeByForm(t, formInput(2, takedown.FormField{Name: "link", Kind: "url"}, takedown.FormField{Name: "toelichting"}), 5)
	tracks, err := l.s.ListTracks(context.Background(), auditor, l.c)
	l.ok(err)
	var sizes []int
	for _, tr := range tracks {
		sizes = append(sizes, len(tr.Items))
	}
	slices.Sort(sizes)
	if !slices.Equal(sizes, []int{1, 2, 2}) || strings.Count(d.Form[0].Text, "\n") > 1 {
		t.Errorf("groups of %v; %q", sizes, d.Form[0].Text)
	}
	all := make([]string, 3)
	copy(all, tracks[0].Items)
	_, err = l.s.OpenTrack(context.Background(), coordinator, l.c, casework.OpenTrackInput{Route: "erasure", ContactID: "contact_platform", ItemIDs: all, Reason: "by_hand"})
	var e *takedown.Error
	if !errors.As(err, &e) || e.Fields[0].Pointer != "/itemIds" || e.Fields[0].Detail != "name 1 to 2 items" {
		t.Errorf("three at once: %v", err)
	}
}

// A form that is described badly is refused, field by field.
func TestAFormIsChecked(t *testing.T) {
	t.Parallel()
	l := newIdle(t, asItIs)
	in := formInput(31, takedown.FormField{Name: "a", Kind: "poem"}, takedown.FormField{Name: "a", Kind: "choice"}, takedown.FormField{Name: "b", Kind: "url", Value: "x"})
	_, err := l.s.PutContact(context.Background(), coordinator, "contact_platform", in, 0)
	l.pointers(err, "/form/maxItems", "/form/fields/0/kind", "/form/fields/1/name", "/form/fields/1/value", "/form/fields/2/value")
}

// filingProof brings in the proof that a form was filed at an instant.
func (f *fixture) filingProof(caseID, item string, at time.Time) string {
	f.t.Helper()
	in := f.captureOf(f.upload(caseID, []byte("the form as filed, "+at.String())), item)
	in.Purpose, in.CapturedAt = "filing_proof", at
	id, err := f.s.CommitEvidence(context.Background(), specialist, caseID, in)
	f.ok(err)
	return id
}

// readsSheet fails the test unless the document's filing sheet says all of this,
// in each form that can be read here.
func (l *live) readsSheet(doc string, must ...string) {
	l.t.Helper()
	ctx := context.Background()
	for _, as := range []string{"text", "html"} {
		sheet, err := l.s.FilingSheet(ctx, specialist, doc, as)
		l.ok(err)
		for _, want := range append(must, "meldpunt@praktijk.example", "Antwoord nee: Praktijk Voorbeeld") {
			if !strings.Contains(string(sheet.Body), want) {
				l.t.Errorf("%s: no %q in\n%s", as, want, sheet.Body)
			}
		}
	}
	paper, err := l.s.FilingSheet(ctx, specialist, doc, "pdf")
	l.ok(err)
	if paper.MediaType != "application/pdf" || !strings.HasPrefix(string(paper.Body), "%PDF-") {
		l.t.Errorf("%s %.20q", paper.MediaType, paper.Body)
	}
	_, err = l.s.FilingSheet(ctx, specialist, doc, "docx")
	l.pointers(err, "/as")
	_, err = l.s.FilingSheet(ctx, auditor, doc, "text")
	l.kind(err, takedown.Forbidden)
}
