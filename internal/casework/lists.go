package casework

import (
	"context"

	"github.com/ontdox/takedown/internal/takedown"
)

// Limits of a list's page.
const (
	defaultPage = 50
	maxPage     = 200
	// maxScan bounds how many rows one page looks at: what one may not see is
	// passed over, and the cursor goes on behind it.
	maxScan = 2000
)

// pageSize is a page's length within its bounds.
func pageSize(limit int) int {
	if limit <= 0 {
		return defaultPage
	}
	return min(limit, maxPage)
}

// eachRecord pages through a list until keep has taken a page's worth, and
// gives the cursor behind it.
func (s *Service) eachRecord(ctx context.Context, q Query, keep func(Record) (bool, error)) (string, error) {
	left := pageSize(q.Limit)
	for scanned := 0; ; {
		q.Limit = left // never past what may be kept: a cursor stands between pages
		page, err := s.Store.Query(ctx, q)
		if err != nil {
			return "", err
		}
		for _, r := range page.Records {
			ok, err := keep(r)
			if err != nil {
				return "", err
			}
			if ok {
				left--
			}
		}
		scanned += len(page.Records)
		if page.Next == "" || left == 0 || scanned >= maxScan {
			return page.Next, nil
		}
		q.Cursor = page.Next
	}
}

// streamOf is the stream that a row of no case and no contact stands in: a row
// never leaves the stream of the day it was first written. Before that it is
// today's.
func (s *Service) streamOf(ctx context.Context, key Key) (StreamID, error) {
	rs, err := s.Store.Get(ctx, key)
	if err != nil {
		return "", err
	}
	if len(rs) > 0 {
		return rs[0].Stream, nil
	}
	now, err := s.now(ctx)
	return orgStream(now), err
}

// sight answers, once per case, whether a principal may see it. What belongs
// to no case is the coordinators'.
func (s *Service) sight(ctx context.Context, who takedown.Principal) func(caseID string) (bool, error) {
	known := map[string]bool{"": who.Has(takedown.Coordinator, takedown.Auditor, takedown.System)}
	return func(caseID string) (bool, error) {
		if ok, asked := known[caseID]; asked {
			return ok, nil
		}
		c, err := get[takedown.Case](ctx, s, caseID)
		if err != nil && takedown.KindOf(err) != takedown.NotFound {
			return false, err
		}
		known[caseID] = err == nil && maySee(who, c)
		return known[caseID], nil
	}
}
