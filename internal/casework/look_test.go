package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// seenJobs notes what is kept for verify-content.
type seenJobs struct {
	casework.Store
	jobs, results [][]byte
}

func (s *seenJobs) PutJob(ctx context.Context, id string, body []byte) error {
	s.jobs = append(s.jobs, body)
	return s.Store.PutJob(ctx, id, body)
}

func (s *seenJobs) PutResult(ctx context.Context, id string, body []byte) error {
	s.results = append(s.results, body)
	return s.Store.PutResult(ctx, id, body)
}

// TestALookKnowsNothing: what a look is asked and what it says hold no address
// and no person's data in the clear, and both are gone once they are taken over.
func TestALookKnowsNothing(t *testing.T) {
	l := newLive(t)
	store := &seenJobs{Store: l.s.Store}
	l.s.Store = store
	l.pages.shows(200, "Bel Sealed Name op 06 00 00 00 00.")
	check, err := l.s.CheckItem(context.Background(), specialist, l.c, l.page)
	l.ok(err)
	if check.Status != 200 || check.Result != "online" || len(store.jobs) != 1 || len(store.results) != 1 {
		t.Fatalf("got %+v after %d jobs and %d results", check, len(store.jobs), len(store.results))
	}
	for _, body := range append(store.jobs, store.results...) {
		for _, secret := range []string{"forum.example", "Sealed", "sealed", "00000000"} {
			if strings.Contains(string(body), secret) {
				t.Errorf("%q stands in %s", secret, body)
			}
		}
	}
	if _, err := store.Job(context.Background(), "look/"+l.page+"/0"); err == nil {
		t.Error("the job is still there")
	}
}
