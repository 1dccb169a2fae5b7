package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// ready has somebody judge an item that was added, on a capture of it.
func (l *live) ready(item string) {
	l.t.Helper()
	l.fixture.assess(l.c, item, l.capture(l.c, item))
	l.settle()
}

// onItems opens a police report about these items and gives its draft.
func (l *live) reportOn(items ...string) casework.DocumentView {
	l.t.Helper()
	ctx := context.Background()
	in := policeDesk()
	in.Source, in.LastVerified = "https://politie.example", monday
	_, err := l.s.PutContact(ctx, coordinator, "contact_desk", in, 0)
	l.ok(err)
	_, err = l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "police_report", ContactID: "contact_desk", ItemIDs: items, Reason: "by_hand"})
	l.ok(err)
	l.settle()
	return l.on("police_report")
}

func (l *live) planned(change func(*casework.PoliceReportInput)) {
	l.t.Helper()
	in := casework.PoliceReportInput{Kind: "aangifte", By: "employer", Offences: []string{"285d"}, VPTRequested: true}
	change(&in)
	_, err := l.s.PutPoliceReport(context.Background(), coordinator, l.c, "report_een", in, 0)
	l.ok(err)
	l.settle()
}

func (l *live) secrecy() {
	l.t.Helper()
	_, err := l.s.Decide(context.Background(), adviser, l.c, casework.CaseDecisionInput{Kind: "professional_secrecy", Choice: "nothing_to_disclose", Pros: "no treatment is named"})
	l.ok(err)
	l.settle()
}

// What stands in a closed group, a message or on no page at all is reported by
// its service and how it was seen: there is no address to give.
//
// Requirement: S2-5
func TestAReportAboutWhatHasNoPage(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("police_report", "")
	l.secrecy()
	l.planned(func(*casework.PoliceReportInput) {})
	var items []string
	for _, kind := range []string{"closed_group", "message", "offline"} {
		added, err := l.s.AddItems(ctx, specialist, l.c, []casework.ItemInput{{
			Location: casework.LocationInput{Type: kind, Service: "Voorbeelddienst", Access: "een lid liet het zien", AccessedBy: "teamleider"},
			Kind:     "original", ContentType: "text", DataCategories: []string{"home_address"}, Audience: "closed", FirstSeenAt: monday.Add(-time.Hour),
		}})
		l.ok(err)
		items = append(items, added.Items[0].Item)
		l.ready(added.Items[0].Item)
	}
	d := l.reportOn(items...)
	if got := lacking(d); len(got) > 0 {
		t.Errorf("it cannot be approved: %v", got)
	}
	for _, want := range []string{"een gesloten groep (Voorbeelddienst)", "Hoe het is gezien: een lid liet het zien", "een plaats buiten internet (Voorbeelddienst)"} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
	if strings.Contains(d.Text, "Exacte URL:") {
		t.Error("an address is given that there is not")
	}
}

// An account may be known by its name alone; a page without an address is a
// finding, and so is an item whose data nobody named.
func TestAnItemIsNamedByWhatItIs(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("police_report", "")
	l.secrecy()
	l.planned(func(*casework.PoliceReportInput) {})
	added, err := l.s.AddItems(ctx, specialist, l.c, []casework.ItemInput{{
		Location: casework.LocationInput{Type: "account"}, Kind: "impersonation", ContentType: "image", Audience: "public",
		Author: &casework.AuthorInput{Handle: "@nep-account"},
	}})
	l.ok(err)
	item := added.Items[0].Item
	l.ready(item)
	d := l.reportOn(item)
	if got := lacking(d); !slices.Equal(got, []string{"events", "items/0/dataCategories"}) && !slices.Equal(got, []string{"items/0/dataCategories"}) {
		t.Fatalf("lacks %v", got)
	}
	posted, seen, what := monday.Add(-3*time.Hour), monday.Add(-2*time.Hour), []string{"photo"}
	v := l.item(l.c, 1)
	err = l.s.PatchItem(ctx, specialist, l.c, item, casework.ItemPatch{PostedAt: &seen, FirstSeenAt: &posted, Categories: &[]string{"shoe_size"}}, v.Version)
	l.pointers(err, "/postedAt", "/dataCategories/0")
	rumour, own, none := "rumour", "own_observation", time.Time{}
	err = l.s.PatchItem(ctx, specialist, l.c, item, casework.ItemPatch{FirstSeenAt: &none, FirstSeenBy: &rumour}, v.Version)
	l.pointers(err, "/firstSeenBy", "/firstSeenBy")
	in := caseInput("https://forum.example/t/9").Items[0]
	in.FirstSeenBy = "reported_to_us"
	bad, err := l.s.AddItems(ctx, specialist, l.c, []casework.ItemInput{in})
	l.ok(err)
	if r := bad.Items[0]; r.Status != "invalid" || r.Errors[0].Pointer != "/items/0/firstSeenBy" {
		t.Errorf("a source without a time: %+v", r)
	}
	l.ok(l.s.PatchItem(ctx, specialist, l.c, item, casework.ItemPatch{PostedAt: &posted, FirstSeenAt: &seen, Categories: &what}, v.Version))
	l.settle()
	d = l.on("police_report")
	if got := lacking(d); len(got) > 0 || !strings.Contains(d.Text, "onderdeel 2 werd geplaatst (een foto)") || !strings.Contains(d.Text, "onderdeel 2 was online te zien (een foto).\n") {
		t.Errorf("lacks %v, or names a source that nobody gave:\n%s", got, d.Text)
	}
	l.ok(l.s.PatchItem(ctx, specialist, l.c, item, casework.ItemPatch{FirstSeenBy: &own}, l.item(l.c, 1).Version))
	l.settle()
	if d = l.on("police_report"); l.item(l.c, 1).FirstSeenBy != own || !strings.Contains(d.Text, "onderdeel 2 was online te zien (een foto). Bron: eigen waarneming.\n") {
		t.Errorf("does not say how we know it:\n%s", d.Text)
	}
}

// Which day the act was done is never guessed: a dossier waits for it, a letter
// goes with the law of the day on which it was seen and names no day.
func TestTheDayOfTheActIsNotGuessed(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("police_report", "")
	l.secrecy()
	l.planned(func(*casework.PoliceReportInput) {})
	c, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	when := c.OccurredAt
	l.ok(l.patch(coordinator, l.c, `{"occurredAt":null}`))
	seen := monday.Add(-time.Hour)
	l.ok(l.s.PatchItem(ctx, specialist, l.c, l.page, casework.ItemPatch{FirstSeenAt: &seen}, l.item(l.c, 0).Version))
	l.attempt()
	complete(t, l.document())
	if !slices.ContainsFunc(l.document().Findings, func(f casework.Finding) bool { return f.Code == "act_undated" }) {
		t.Error("nobody is told that the day is not known")
	}
	d := l.reportOn(l.page)
	if got := lacking(d); !slices.Equal(got, []string{"grounds/actDate"}) || strings.Contains(d.Text, "zoals die gold op") {
		t.Errorf("lacks %v:\n%s", got, d.Text)
	}
	if f := d.Findings[slices.IndexFunc(d.Findings, func(f casework.Finding) bool { return f.Field == "grounds/actDate" })]; !strings.Contains(f.Where, "PATCH /v1/cases/{case}") {
		t.Errorf("entered at %q", f.Where)
	}
	future := l.patch(coordinator, l.c, `{"occurredAt":"2031-01-01T00:00:00Z"}`)
	l.pointers(future, "/occurredAt")
	l.ok(l.patch(coordinator, l.c, `{"occurredAt":"`+when.Format(time.RFC3339)+`"}`))
	l.settle()
	d = l.on("police_report")
	if got := lacking(d); len(got) > 0 || !strings.Contains(d.Text, "zoals die gold op zaterdag 20 maart 2027") {
		t.Errorf("lacks %v", got)
	}
}

// What was seen to be gone still happened: the report tells when it was there
// and when no more.
func TestAReportTellsWhatIsGone(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("police_report", "")
	l.secrecy()
	l.planned(func(*casework.PoliceReportInput) {})
	added, err := l.s.AddItems(ctx, specialist, l.c, caseInput("https://forum.example/t/2").Items)
	l.ok(err)
	item := added.Items[0].Item
	l.ready(item)
	if d := l.reportOn(l.page, item); strings.Contains(d.Text, "niet meer te zien") {
		t.Error("both are there")
	}
	l.clock.advance(time.Hour)
	l.ok(l.s.SetOutcome(ctx, specialist, l.c, l.page, casework.OutcomeInput{Code: "removed", Reason: "by_hand", Verified: true}, 0))
	l.settle()
	d := l.on("police_report")
	for _, want := range []string{"10.00 uur (Nederlandse tijd): onderdeel 1 was niet meer te zien.", "nog online (onderdeel 2)", "Onderdeel 1 (origineel, tekst)"} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
}
