package casework_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// TestACaseWithManyTasksCloses: more open tasks than a commit has room for.
func TestACaseWithManyTasksCloses(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c, other := f.open(caseInput()), f.open(caseInput())
	for _, into := range []string{c.Case, other.Case} { // every item of c is joined by the other's person: a task each
		for n := range 5 {
			var urls []string
			for m := range 25 {
				urls = append(urls, fmt.Sprintf("https://forum.example/%d/%d", n, m))
			}
			added, err := f.s.AddItems(ctx, specialist, into, caseInput(urls...).Items)
			f.ok(err)
			for _, item := range added.Items {
				if item.Status == "created" {
					f.ok(f.s.SetOutcome(ctx, specialist, into, item.Item, casework.OutcomeInput{Code: "removed", Reason: "by_hand"}, 0))
				}
			}
		}
	}
	f.ok(f.s.Settle(ctx))
	f.ok(f.s.CloseCase(ctx, coordinator, c.Case, casework.ClosureInput{Reason: "all_removed"}))
	tasks, err := f.s.CaseTasks(ctx, auditor, c.Case)
	f.ok(err)
	for _, task := range tasks {
		if task.Status == "open" && task.Kind != "inform_outcome" { // the person is told after it too
			t.Errorf("task %s is open in a closed case", task.Kind)
		}
	}
	if len(tasks) < 125 {
		t.Errorf("%d tasks", len(tasks))
	}
}

// TestAReopenedCaseHoldsItsPlacesAgain: also where another case had taken one
// over and given it back since.
func TestAReopenedCaseHoldsItsPlacesAgain(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	const place = "https://forum.example/1"
	c := f.open(caseInput(place))
	item := c.Items[0].Item
	f.ok(f.s.SetOutcome(ctx, specialist, c.Case, item, casework.OutcomeInput{Code: "removed", Reason: "by_hand"}, 0))
	f.ok(f.s.CloseCase(ctx, coordinator, c.Case, casework.ClosureInput{Reason: "all_removed"}))
	other := f.open(caseInput(place))
	elsewhere := "https://forum.example/2"
	f.ok(f.s.PatchItem(ctx, specialist, other.Case, other.Items[0].Item, casework.ItemPatch{Location: &casework.LocationPatch{URL: &elsewhere}}, 1))
	f.ok(f.s.ReopenCase(ctx, coordinator, c.Case, casework.ReopeningInput{Reason: "back_online", ItemIDs: []string{item}}))
	if r := f.open(caseInput(place)).Items[0]; r.Status != "duplicate" || r.Item != item {
		t.Errorf("the place of a reopened item: %+v", r)
	}
	v, err := f.s.GetCase(ctx, coordinator, c.Case)
	f.ok(err)
	if !v.ClosedAt.IsZero() {
		t.Errorf("open, and closed at %s", v.ClosedAt)
	}
}
