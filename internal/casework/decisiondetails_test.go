package casework_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// What a decision says beside what it did is kept with the outcome, in the words
// and codes of the law data; what contradicts the outcome is refused.
func TestAnOutcomeSaysWhereTheDecisionHolds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	ctx := context.Background()
	c := f.open(caseInput(forumURL))
	item := c.Items[0].Item
	set := func(code string, d takedown.DecisionDetails, version int64) error {
		return f.s.SetOutcome(ctx, specialist, c.Case, item, casework.OutcomeInput{Code: code, Reason: "by_hand", DecisionDetails: d}, version)
	}
	for _, c := range []struct {
		code    string
		details takedown.DecisionDetails
		pointer string
	}{
		{"removed", takedown.DecisionDetails{Territory: "moon"}, "/territory"},
		{"removed", takedown.DecisionDetails{Territory: "nl"}, "/territory"},            // that is geo_blocked
		{"geo_blocked", takedown.DecisionDetails{Territory: "worldwide"}, "/territory"}, // that is removed
		{"removed", takedown.DecisionDetails{Territory: "privacy"}, "/territory"},
		{"author_removed", takedown.DecisionDetails{Category: "privacy"}, "/category"}, // no service decided
		{"registered_only", takedown.DecisionDetails{Ground: "terms"}, "/ground"},
		{"removed", takedown.DecisionDetails{Ground: "taste"}, "/ground"},
	} {
		f.pointers(set(c.code, c.details, 0), c.pointer)
	}
	f.ok(set("geo_blocked", takedown.DecisionDetails{Territory: "nl", Category: "privacy", Ground: "terms"}, 0))
	v, err := f.s.GetOutcome(ctx, auditor, c.Case, item)
	f.ok(err)
	if len(v.Details) != 3 || v.Territory != "nl" || !slices.Equal(v.Details[0].Codes, []string{"NL"}) || v.Details[0].Title.NL != "alleen in Nederland" ||
		!slices.Equal(v.Details[1].Codes, []string{"STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS"}) ||
		!slices.Equal(v.Details[2].Codes, []string{"DECISION_GROUND_INCOMPATIBLE_CONTENT"}) {
		t.Errorf("%+v", v)
	}
	it, err := f.s.GetItem(ctx, auditor, c.Case, item)
	f.ok(err)
	if it.Outcome == nil || it.Outcome.Territory != "nl" || len(it.Outcome.Details) != 3 {
		t.Errorf("with its item: %+v", it.Outcome)
	}
}

// decides brings a decision of the platform's that says where it holds.
func (l *live) decides(in casework.ReplyInput) error {
	l.t.Helper()
	in.TrackID, in.Kind, in.Via, in.ReceivedAt = l.track("platform").ID, "decision", "form", l.now()
	_, err := l.s.RegisterReply(context.Background(), specialist, in)
	l.settle()
	return err
}

func (l *live) now() time.Time {
	l.t.Helper()
	now, err := l.clock.Now(context.Background())
	l.ok(err)
	return now
}

// A page that a platform says it removed in the Netherlands only is not shown to
// us any more, and yet it is not gone: the outcome says blocked in some
// countries. What is removed everywhere is gone.
func TestRemovedInOneCountryIsNotGone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		territory, code string
		status          takedown.ItemStatus
	}{
		{"nl", "geo_blocked", takedown.ItemSettled},
		{"eu", "geo_blocked", takedown.ItemSettled},
		{"elsewhere", "geo_blocked", takedown.ItemSettled},
		{"worldwide", "removed", takedown.ItemGone},
		{"", "removed", takedown.ItemGone},
	} {
		t.Run(c.territory, func(t *testing.T) {
			t.Parallel()
			l := newLive(t)
			ctx := context.Background()
			l.openedFor("platform", platformInput(), l.page)
			l.yes("platform")
			l.pointers(l.decides(casework.ReplyInput{Decision: "refused", DecisionDetails: takedown.DecisionDetails{Ground: "illegal"}}), "/ground")
			l.pages.shows(404, "")
			l.ok(l.decides(casework.ReplyInput{Decision: "removed", DecisionDetails: takedown.DecisionDetails{Territory: c.territory, Ground: "illegal"}}))
			l.pass(3 * time.Hour)
			it, err := l.s.GetItem(ctx, auditor, l.c, l.page)
			l.ok(err)
			if it.Outcome == nil || it.Outcome.Code != c.code || it.Outcome.Territory != c.territory || it.Outcome.Ground != "illegal" || it.Status != string(c.status) {
				t.Errorf("%s: %+v, %s", c.territory, it.Outcome, it.Status)
			}
		})
	}
}
