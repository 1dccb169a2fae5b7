package casework

import (
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// actDate is the day on which the law is chosen, for everything in a case: that
// of the act, or while it is not known the first day on which anybody knew of
// it or saw one of the items. No text calls the latter the day of the act.
func (t *tx) actDate(c *takedown.Case) (time.Time, error) {
	if !c.OccurredAt.IsZero() {
		return c.OccurredAt, nil
	}
	known := []time.Time{c.DiscoveredAt, c.ReportedAt}
	items, err := all[takedown.Item](t)
	if err != nil {
		return time.Time{}, err
	}
	for _, it := range items {
		known = append(known, it.FirstSeenAt)
	}
	at := c.OpenedAt
	for _, day := range known {
		if !day.IsZero() && day.Before(at) {
			at = day
		}
	}
	return at, nil
}
