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

// The law is chosen by one day everywhere: what an assessment may name, what a
// text names, and whether an order can be asked for. A ground that was no law on
// that day is never left out unsaid.
func TestOneDayChoosesTheLaw(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.ok(l.patch(coordinator, l.c, `{"occurredAt":null}`))
	before := time.Date(2023, 6, 1, 10, 0, 0, 0, time.UTC) // art. 285d Sr holds since 2024
	l.ok(l.s.PatchItem(ctx, specialist, l.c, l.page, casework.ItemPatch{FirstSeenAt: &before}, l.item(l.c, 0).Version))
	l.settle()
	l.attempt()

	d := l.document()
	i := slices.IndexFunc(d.Findings, func(f casework.Finding) bool { return f.Code == "ground_not_law" })
	if i < 0 {
		t.Fatalf("nobody is told that a ground was left out: %+v", d.Findings)
	}
	if f := d.Findings[i]; !strings.Contains(f.Message, "285d") || f.NL == nil || !strings.Contains(f.NL.Message, "285d") || f.Where == "" {
		t.Errorf("says %+v", f)
	}
	if got := lacking(d); !slices.Contains(got, "grounds") {
		t.Errorf("lacks %v", got)
	}
	a, err := l.s.GetAssessment(ctx, specialist, l.c, l.page)
	l.ok(err)
	_, err = l.s.PutAssessment(ctx, specialist, l.c, l.page, a.AssessmentInput, a.Version)
	l.pointers(err, "/grounds/0/offence")
	_, err = l.s.PutPoliceReport(ctx, liaison, l.c, "report_then", casework.PoliceReportInput{Kind: "aangifte", By: "employer", Offences: []string{"285d"}}, 0)
	l.pointers(err, "/offences/0")
	l.register("contact_police", policeInput(), 0)
	_, err = l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "legal_order", ContactID: "contact_police", ProviderID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "urgent_spread", Order: &takedown.OrderRequest{Waiting: "spread"}})
	l.kind(err, takedown.Conflict)
	if !strings.Contains(err.Error(), "eligible_offence") {
		t.Errorf("the order route is refused for something else: %v", err)
	}
}
