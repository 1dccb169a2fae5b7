package casework_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// TestEveryOutcomeIsRecordedWithItsCode: each code of the law data that ends an
// item can be set by hand, and is read with what it means and with the value of
// the transparency database, or the reason why there is none. No other can.
func TestEveryOutcomeIsRecordedWithItsCode(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	c := f.open(caseInput(forumURL))
	item, version, set := c.Items[0].Item, int64(0), 0
	for _, o := range f.s.Law.Outcomes(monday) {
		in := casework.OutcomeInput{Code: o.ID, Reason: "by_hand"}
		if o.Kind == "open" {
			f.pointers(f.s.SetOutcome(ctx, specialist, c.Case, item, in, version), "/code")
			continue
		}
		f.ok(f.s.SetOutcome(ctx, specialist, c.Case, item, in, version))
		set++
		v, err := f.s.GetOutcome(ctx, specialist, c.Case, item)
		f.ok(err)
		it, err := f.s.GetItem(ctx, auditor, c.Case, item)
		f.ok(err)
		version = v.Version
		if v.Code != o.ID || v.DSACode != o.DSACode || v.Kind != o.Kind || v.Title != o.Title || v.NoCode != o.NoCode {
			t.Errorf("%s: %+v", o.ID, v)
		}
		if it.Outcome == nil || it.Outcome.Code != o.ID || !reflect.DeepEqual(it.Outcome.OutcomeMeaning, v.OutcomeMeaning) {
			t.Errorf("%s, with its item: %+v", o.ID, it.Outcome)
		}
		if (v.DSACode == "") == (v.NoCode.NL == "") {
			t.Errorf("%s: code %q, and why not %q", o.ID, v.DSACode, v.NoCode.NL)
		}
	}
	if set < 12 {
		t.Errorf("%d outcomes were set", set)
	}
}
