package casework_test

import (
	"context"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// What the law data only warn of has no elements that anybody could show: no
// notice rests on it, and suspected child-abuse material is flagged instead
// (domain.md §4.2).
func TestNoNoticeRestsOnWhatIsOnlyWarnedOf(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	now, err := l.s.GetAssessment(ctx, specialist, l.c, l.page)
	l.ok(err)
	for _, offence := range []string{"252", "188", "268", "184a"} {
		in := casework.AssessmentInput{
			Grounds:    []casework.GroundInput{{Offence: offence}},
			InCapacity: true, Effects: []string{"contact"}, Purpose: []string{"call_to_act"}, Amplification: "low", Locator: "line:2", Decision: "act",
		}
		_, err := l.s.PutAssessment(ctx, specialist, l.c, l.page, in, now.Version)
		l.pointers(err, "/grounds/0/offence")
	}
}
