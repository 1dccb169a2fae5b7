package casework

import (
	"context"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// digestIDs is how many ids of a kind a digest names.
	digestIDs = 10
	// digestMost bounds how many tasks of a role a digest counts.
	digestMost = 1000
)

// digestOf counts what waits for a person in the worklists of their roles, in
// the cases that they may see, as GET /v1/worklist shows them: by kind, those
// with something urgent first. Nobody is told of their own act: what a person
// opened since an instant is left out.
func (s *Service) digestOf(ctx context.Context, p takedown.DigestPerson, since time.Time) (notice.Digest, error) {
	var d notice.Digest
	now, err := s.now(ctx)
	if err != nil {
		return d, err
	}
	seen := s.sight(ctx, takedown.Principal{ID: p.Person, Roles: p.Roles})
	known := map[string]bool{} // a raised task stands in two lists
	for _, role := range p.Roles {
		left := digestMost
		q := Query{Partition: string(role), Limit: maxPage}
		for {
			next, err := s.eachWaiting(ctx, seen, q, func(task TaskView) bool {
				if known[task.ID] {
					return false
				}
				known[task.ID] = true
				if task.by == p.Person && task.CreatedAt.After(since) {
					return false
				}
				if task.Kind == taskCheckIn && task.DueAt.After(now) {
					return false // its day has not come
				}
				countTask(&d, task)
				left--
				return true
			})
			if err != nil {
				return d, err
			}
			if next == "" || left <= 0 {
				d.More = d.More || next != ""
				break
			}
			q.Cursor = next
		}
	}
	slices.SortStableFunc(d.Groups, func(a, b notice.DigestGroup) int { return min(b.Urgent, 1) - min(a.Urgent, 1) })
	return d, nil
}

func countTask(d *notice.Digest, task TaskView) {
	n := slices.IndexFunc(d.Groups, func(g notice.DigestGroup) bool { return g.Kind == task.Kind })
	if n < 0 {
		n, d.Groups = len(d.Groups), append(d.Groups, notice.DigestGroup{Kind: task.Kind})
	}
	g := &d.Groups[n]
	d.Tasks++
	g.Tasks++
	if task.Urgent {
		d.Urgent++
		g.Urgent++
	}
	if len(g.IDs) < digestIDs {
		g.IDs = append(g.IDs, task.ID)
		return
	}
	g.Left++
}
