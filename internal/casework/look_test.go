package casework_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
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
	t.Parallel()
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

// TestAWatchKnowsNothing: the job and the result of a sweep's look, and the
// log, hold no address and no person's data, and the job is gone afterwards;
// what the contact's pages say is no secret.
func TestAWatchKnowsNothing(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.looks(200, shown, "online")
	l.gone()
	store := &seenJobs{Store: l.s.Store}
	var log bytes.Buffer
	l.s.Store, l.s.Log = store, slog.New(slog.NewTextHandler(&log, nil))
	l.clock.advance(day)
	l.s.Pages = failingPages{}
	if out := l.sweeps(); out.Watched != 1 || len(store.jobs) != 1 || len(store.results) != 1 {
		t.Fatalf("%+v after %d jobs and %d results", out, len(store.jobs), len(store.results))
	}
	if !strings.Contains(log.String(), "a page could not be read") {
		t.Fatalf("the log says %q", log.String())
	}
	for _, body := range append(store.jobs, store.results[0], log.Bytes()) {
		for _, secret := range []string{"forum.example", "Sealed", "sealed", "00000000"} {
			if strings.Contains(string(body), secret) {
				t.Errorf("%q stands in %s", secret, body)
			}
		}
	}
	if _, err := store.Job(context.Background(), "look/"+l.page+"/1"); err == nil {
		t.Error("the job is still there")
	}
}

// failingPages cannot be reached, and says where they are.
type failingPages struct{}

func (failingPages) Fetch(_ context.Context, url, _ string) (casework.FetchedPage, error) {
	return casework.FetchedPage{}, errors.New("no answer from " + url)
}

// TestALookThatWasCutOff: a sweep that ended between the look and what follows
// from it finds the look's result, and does not look again.
func TestALookThatWasCutOff(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.gone()
	l.closed()
	l.clock.advance(day)
	asked := len(l.pages.asked)
	l.s.Store = &cutOff{Store: l.s.Store, at: "case"}
	if _, err := l.s.Sweep(context.Background(), casework.SweepInput{V: casework.InputVersion}); err == nil {
		t.Fatal("the sweep was not cut off")
	}
	l.s.Store = l.store
	if out := l.sweeps(); out.Watched != 1 || len(l.pages.asked) != asked+2 {
		t.Errorf("%+v; asked %d times more", out, len(l.pages.asked)-asked)
	}
}

// cutOff commits nothing to a case, and forgets no job.
type cutOff struct {
	casework.Store
	at string
}

func (c *cutOff) Commit(ctx context.Context, base casework.Revision, change casework.Change) (casework.Revision, error) {
	if strings.HasPrefix(string(base.Stream), c.at) {
		return casework.Revision{}, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "cut off")
	}
	return c.Store.Commit(ctx, base, change)
}

func (c *cutOff) DropJob(context.Context, string) error { return nil }
