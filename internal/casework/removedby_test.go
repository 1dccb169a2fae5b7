package casework

import (
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// What a decision removed is what it names; of one that names nothing, what went
// since it came and not by the poster.
func TestWhatADecisionRemoved(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 3, 22, 9, 0, 0, 0, time.UTC)
	gone := func(no int, code string, after time.Duration) *takedown.Item {
		return &takedown.Item{No: no, Status: takedown.ItemGone, ClaimedAt: at, Outcome: &takedown.Outcome{Code: code, At: at.Add(after)}}
	}
	claimed := &takedown.Item{No: 1, Status: takedown.ItemClaimed, ClaimedAt: at}
	for _, c := range []struct {
		it      *takedown.Item
		removes []int
		want    bool
	}{
		{gone(1, "removed", 0), nil, true},
		{gone(1, "removed", -time.Hour), nil, false},
		{gone(1, authorRemoved, time.Hour), nil, false},
		{claimed, nil, true},
		{claimed, []int{1}, true},
		{gone(2, "removed", time.Hour), []int{1}, false},
		{gone(1, authorRemoved, time.Hour), []int{1}, false},
		{&takedown.Item{No: 1, Status: takedown.ItemPursued}, []int{1}, false}, // it was seen again
	} {
		if got := removedBy(c.it, notice.Reply{Removes: c.removes, At: at}); got != c.want {
			t.Errorf("%+v by one that names %v: %v", c.it, c.removes, got)
		}
	}
}
