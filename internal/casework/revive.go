package casework

import (
	"context"

	"github.com/ontdox/takedown/internal/takedown"
)

// ReviveGone looks at every open case and track and starts the next generation
// of what the engine does not know any more, each with a task for a person; it
// says how many. For an engine that lost its executions, as one that was set up
// anew: the sweep finds those only when their waits are overdue. Idempotent.
func (s *Service) ReviveGone(ctx context.Context) (int, error) {
	revived := 0
	for cursor := ""; ; {
		page, err := s.Store.Query(ctx, Query{Index: indexCases, Partition: string(takedown.CaseOpen), Cursor: cursor, Limit: maxPage})
		if err != nil {
			return revived, err
		}
		for _, r := range page.Records {
			n, err := s.reviveGoneIn(ctx, r.ID)
			if revived += n; err != nil {
				return revived, err
			}
		}
		if cursor = page.Next; cursor == "" {
			return revived, nil
		}
	}
}

// reviveGoneIn does so in one case.
func (s *Service) reviveGoneIn(ctx context.Context, caseID string) (int, error) {
	tracks, err := listAll[takedown.Track](ctx, s, StreamID(caseID))
	if err != nil {
		return 0, err
	}
	revived := 0
	for _, tr := range tracks {
		gone, err := s.executionGone(ctx, tr.ID, tr.Generation)
		if err != nil || !gone {
			if err != nil {
				return revived, err
			}
			continue
		}
		ok, err := s.reviveTrack(ctx, tr.ID, tr.Generation, reasonGone)
		if err != nil {
			return revived, err
		}
		if ok {
			revived++
		}
	}
	intake, err := s.reviveGoneIntake(ctx, caseID, len(tracks))
	if intake {
		revived++
	}
	return revived, err
}

// reviveGoneIntake leaves an intake that is over: one that waits for nothing
// and has planned its tracks.
func (s *Service) reviveGoneIntake(ctx context.Context, caseID string, tracks int) (bool, error) {
	rs, err := s.Store.Get(ctx, Key{KindCase, caseID})
	if err != nil || len(rs) == 0 {
		return false, err
	}
	c, err := decode[takedown.Case](rs[0])
	if err != nil || c.Wait == nil && tracks > 0 {
		return false, err
	}
	gone, err := s.executionGone(ctx, c.ID, c.Generation)
	if err != nil || !gone {
		return false, err
	}
	return s.reviveCase(ctx, c.ID, c.Generation, reasonGone)
}

func (s *Service) executionGone(ctx context.Context, id string, generation int) (bool, error) {
	_, err := s.Engine.Describe(ctx, executionName(id, generation))
	if err != nil && takedown.KindOf(err) == takedown.NotFound {
		return true, nil
	}
	return false, err
}
