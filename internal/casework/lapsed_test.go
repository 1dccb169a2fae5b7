package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// A form was filed with the approved text; before that is recorded, the facts
// change and another text is drafted. The filing counts, its clock runs from it,
// and the platform gets no second notice.
func TestWhatWasFiledBeforeItsFactsChangedIsOnRecord(t *testing.T) {
	t.Parallel()
	l, _ := noticeByForm(t, formInput(0, takedown.FormField{Name: "link", Kind: "url"}, takedown.FormField{Name: "toelichting"}), 1)
	ctx := context.Background()
	d := l.on("platform")
	l.ok(l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}))
	l.settle()
	filed := l.clock.at.Add(10 * time.Minute)
	l.pass(20 * time.Minute)
	proof := l.filingProof(l.c, l.page, filed)
	l.ok(l.reassess(func(in *casework.AssessmentInput) { in.Contra = []string{"public_debate"} }))
	l.settle()
	next := l.on("platform")
	if next.ID == d.ID || l.superseded("facts_changed") != 1 {
		t.Fatalf("%s was not drafted anew", d.ID)
	}
	l.pass(time.Hour)
	file := func(doc string, at time.Time) error {
		return l.s.FileDocument(ctx, specialist, doc, casework.FilingInput{FiledAt: at, Ticket: "T-1", Proof: proof})
	}
	l.kind(file(d.ID, l.clock.at), takedown.Conflict)      // that text was taken back by then
	l.kind(file(d.ID, filed.Add(-day)), takedown.Conflict) // and not approved yet
	l.ok(file(d.ID, filed))
	l.settle()
	if now := l.on("platform"); now.ID != d.ID || now.Status != "delivered" {
		t.Errorf("the track stands at %s, %s", now.ID, now.Status)
	}
	l.kind(file(next.ID, filed), takedown.Conflict)
	if tr := l.track("platform"); tr.WaitsFor == nil || tr.WaitsFor.State != "AwaitReply" {
		t.Errorf("waits for %+v", tr.WaitsFor)
	}
	for _, c := range l.track("platform").Clocks {
		if c.Status == "running" && !c.Start.Equal(filed) {
			t.Errorf("%s runs from %s, want %s", c.Rule, c.Start, filed)
		}
	}
	if n := l.superseded("left_before"); n != 1 {
		t.Errorf("the text in its place was taken back %d times", n)
	}
}
