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

// posted says when an item was posted, by what it says itself.
func (l *live) posted(item string, at time.Time) {
	l.t.Helper()
	v, err := l.s.GetCase(context.Background(), coordinator, l.c)
	l.ok(err)
	i := slices.IndexFunc(v.Items, func(have casework.ItemView) bool { return have.ID == item })
	l.ok(l.s.PatchItem(context.Background(), specialist, l.c, item, casework.ItemPatch{PostedAt: &at}, v.Items[i].Version))
	l.settle()
}

// assessed puts an item's assessment anew with offences, shown by its own evidence.
func (l *live) assessed(item string, offences ...string) error {
	l.t.Helper()
	ctx := context.Background()
	a, err := l.s.GetAssessment(ctx, specialist, l.c, item)
	l.ok(err)
	in := a.AssessmentInput
	shown := in.Grounds[0].Elements["E1"]
	in.Grounds = nil
	for _, o := range offences {
		g := casework.GroundInput{Offence: o, Elements: map[string][]string{"E1": shown}}
		if o == "285d" {
			g.Elements = map[string][]string{"E1": shown, "E2": shown, "E3": shown, "E4": shown}
		}
		in.Grounds = append(in.Grounds, g)
	}
	_, err = l.s.PutAssessment(ctx, specialist, l.c, item, in, a.Version)
	l.settle()
	return err
}

var (
	// before art. 285d Sr, and the read text of art. 285 Sr, hold (2024-01-01)
	in2023 = time.Date(2023, 6, 1, 10, 0, 0, 0, time.UTC)
	// before the read text of art. 285b Sr holds (2026-01-01)
	in2025 = time.Date(2025, 6, 1, 10, 0, 0, 0, time.UTC)
	in2026 = time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
)

// An item is judged by the law of the day on which it was posted, not by that of
// another day of the incident: in the assessment, in the text, before the order's
// gate, for the report and for the klacht.
func TestAnItemIsJudgedByTheLawOfItsOwnDay(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.ok(l.patch(coordinator, l.c, `{"occurredAt":"2023-06-01T10:00:00Z"}`))
	l.pointers(l.assessed(l.page, "285d"), "/grounds/0/offence")
	l.posted(l.page, in2026)
	l.ok(l.assessed(l.page, "285d", "285b"))
	l.attempt()
	d := l.document()
	complete(t, d)
	for _, f := range d.Findings {
		if f.Code == "ground_not_law" || f.Code == "unverified" {
			t.Errorf("left out: %+v", f)
		}
	}
	if !strings.Contains(d.Text, "285d") || !strings.Contains(d.Text, "285b") {
		t.Errorf("does not name what was law in 2026:\n%s", d.Text)
	}
	person := l.person()
	k, err := l.s.PutKlacht(ctx, coordinator, l.c, person, "285b", casework.KlachtInput{Needed: true, VictimLearnedAt: monday.Add(-day)}, 0)
	l.ok(err)
	if k.Clock == "" {
		t.Error("no term runs")
	}
	_, err = l.s.PutPoliceReport(ctx, coordinator, l.c, "report_twee", casework.PoliceReportInput{Kind: "aangifte", By: "employer", Offences: []string{"285d", "285b"}, VPTRequested: true}, 0)
	l.ok(err)
	a, err := l.s.GetAssessment(ctx, specialist, l.c, l.page)
	l.ok(err)
	if len(a.Suggested) > 0 {
		t.Errorf("suggested %v", a.Suggested)
	}
	l.ok(l.assessed(l.page, "285b"))
	if a, err = l.s.GetAssessment(ctx, specialist, l.c, l.page); err != nil || !slices.Equal(a.Suggested, []string{"285d"}) {
		t.Errorf("suggested %v, %v", a.Suggested, err)
	}
}

// What was posted before the law held is not judged by it, though the incident
// went on after.
func TestWhatWasPostedBeforeTheLawIsNoOffence(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	second := l.another("https://forum.example/t/2")
	l.posted(second, in2023)
	l.pointers(l.assessed(second, "285d"), "/grounds/0/offence")
	l.openedFor("platform", platformInput(), l.page, second)
	d := l.on("platform")
	i := slices.IndexFunc(d.Findings, func(f casework.Finding) bool { return f.Code == "ground_not_law" })
	if i < 0 || !strings.Contains(d.Findings[i].Message, "285d") {
		t.Fatalf("nobody is told that a ground was left out: %+v", d.Findings)
	}
	if !strings.Contains(d.Text, "onderdeel 1") || strings.Contains(d.Text, "Volgens ons is onderdeel 2") {
		t.Errorf("does not say of which item it pleads doxing:\n%s", d.Text)
	}
}

// A ground over items whose texts of the law differ is a line for each text, with
// its own day and its own items: what nobody read of the older one is left out for
// the items of then alone.
//
// Requirement: S2-22
func TestAGroundIsALineForEachTextOfTheLaw(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("police_report", "")
	l.secrecy()
	l.planned(func(*casework.PoliceReportInput) {})
	second := l.another("https://forum.example/t/2")
	third := l.another("https://forum.example/t/3")
	l.posted(second, in2025)
	l.posted(third, in2026)
	for _, item := range []string{l.page, second, third} {
		l.ok(l.assessed(item, "285d", "285b"))
	}
	d := l.reportOn(l.page, second, third)
	left := 0
	for _, f := range d.Findings {
		if f.Code == "unverified" && strings.Contains(f.Message, "285b") {
			left++
		}
	}
	if left != 1 {
		t.Errorf("%d lines were left out: %+v", left, d.Findings)
	}
	// Doxing is one text since 2024: one line, by the earliest act. Stalking is
	// pleaded of the items since 2026 alone, by the earliest of those.
	for want, times := range map[string]int{
		"zoals die gold op zondag 1 juni 2025": 1, "zoals die gold op maandag 1 juni 2026": 1, "zoals die gold op zaterdag 20 maart 2027": 0,
	} {
		if got := strings.Count(d.Text, want); got != times {
			t.Errorf("%q stands there %d times:\n%s", want, got, d.Text)
		}
	}
}

// A day of the act that is not known stays so for the whole line.
func TestOneUnknownDayLeavesTheLineUndated(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("police_report", "")
	l.secrecy()
	l.planned(func(*casework.PoliceReportInput) {})
	l.ok(l.patch(coordinator, l.c, `{"occurredAt":null}`))
	second := l.another("https://forum.example/t/2")
	l.posted(second, in2026)
	d := l.reportOn(l.page, second)
	if got := lacking(d); !slices.Contains(got, "grounds/actDate") || strings.Contains(d.Text, "zoals die gold op") {
		t.Errorf("lacks %v:\n%s", got, d.Text)
	}
	l.posted(l.page, in2025)
	d = l.on("police_report")
	if got := lacking(d); slices.Contains(got, "grounds/actDate") || !strings.Contains(d.Text, "zoals die gold op zondag 1 juni 2025") {
		t.Errorf("lacks %v:\n%s", got, d.Text)
	}
}

// The order's gate asks whether an offence was one that opens it on the item's own
// day, and the aggravated form is claimed by that day's list.
func TestTheOrdersGateGoesByTheItemsDay(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.ok(l.patch(coordinator, l.c, `{"occurredAt":"2023-06-01T10:00:00Z"}`))
	l.register("contact_police", policeInput(), 0)
	open := func() error {
		_, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{
			Route: "legal_order", ContactID: "contact_police", ProviderID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "urgent_spread", Order: &takedown.OrderRequest{Waiting: "spread"},
		})
		return err
	}
	if err := open(); err == nil || !strings.Contains(err.Error(), "eligible_offence") {
		t.Errorf("opened for what was no offence: %v", err)
	}
	l.posted(l.page, in2026)
	if err := open(); err != nil && strings.Contains(err.Error(), "eligible_offence") {
		t.Errorf("refused by another day: %v", err)
	}
}
