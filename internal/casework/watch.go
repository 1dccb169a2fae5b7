package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// lookAgain are the days after a page was found gone on which it is looked at
// again. Our own choice; dates on which it may flare up come on top (S0-25a).
var lookAgain = []int{1, 7, 30}

// Bounds of what one sweep watches: its function's time limit. What is left is
// due at the next.
const (
	watchRounds = 25               // rounds of jobs of at most maxLookPages
	watchAtOnce = 4                // jobs of a round, where this process looks itself
	watchBudget = 20 * time.Second // host time after which no further job is begun
	// watchGeneration tells the sweep's jobs from those that people ask for.
	watchGeneration = 1
)

// watch has an item's page looked at again, if it is gone.
func (t *tx) watch(it *takedown.Item) error {
	it.WatchAt = time.Time{}
	if it.Status != takedown.ItemGone {
		return nil
	}
	c, err := load[takedown.Case](t, it.Case)
	if err != nil {
		return err
	}
	it.WatchAt = nextWatch(c, it, t.now)
	return nil
}

// nextWatch is when a page that is gone is looked at next: on the days after it
// was found so, and each day of a flare-up. Zero for not again.
func nextWatch(c *takedown.Case, it *takedown.Item, now time.Time) time.Time {
	var at time.Time
	for _, days := range lookAgain {
		if due := it.Outcome.At.Add(time.Duration(days) * 24 * time.Hour); due.After(now) {
			at = due
			break
		}
	}
	if daily := now.Add(24 * time.Hour); !daily.After(c.WatchUntil) {
		at = earlier(at, daily)
	}
	return at
}

// watched records a look at a page that was gone, in a case of any status. The
// data on it undo the outcome; what cannot be told is looked at again in an
// hour, a few times, and then by a person.
func (t *tx) watched(it *takedown.Item, l look) error {
	c, err := load[takedown.Case](t, it.Case)
	if err != nil {
		return err
	}
	if err := t.keepCheck(it, l, []string{it.ID}); err != nil {
		return err
	}
	if l.Check.Result == checkOnline {
		return t.cameBack(c, it)
	}
	it.WatchAt = nextWatch(c, it, t.now)
	switch n := unread(it); {
	case n == 0:
		if err := t.closeTasks(taskByHand, it.ID); err != nil {
			return err
		}
	case n < maxUnknown:
		it.WatchAt = earlier(it.WatchAt, t.now.Add(afterHour))
	default:
		if err := t.openTask(takedown.Task{Kind: taskByHand, Owner: takedown.Specialist, Reason: whyByHand(it), Subject: it.ID}); err != nil {
			return err
		}
	}
	if err := t.put(it); err != nil {
		return err
	}
	return t.watchOver(c)
}

// unread counts the last looks since the item's end that could not tell.
func unread(it *takedown.Item) int {
	n := 0
	for _, c := range slices.Backward(it.Checks) {
		if noMore(c.Result) || c.At.Before(it.Outcome.At) {
			break
		}
		n++
	}
	return n
}

// watchOver asks for the last round once no page of the case is to be looked
// at any more (S0-25b).
func (t *tx) watchOver(c *takedown.Case) error {
	items, err := all[takedown.Item](t)
	if err != nil || !c.WatchUntil.IsZero() || slices.ContainsFunc(items, isWatched) {
		return err
	}
	return t.openOnce(takedown.Task{Kind: taskLastRound, Owner: takedown.Specialist, Reason: "watch_over", Subject: c.ID})
}

func isWatched(it *takedown.Item) bool { return it.Status == takedown.ItemGone && it.Watched() }

// cameBack takes the outcome of an item back: a new attempt of the same case,
// which is opened again if it was closed. Nothing is sent without a new
// approval. What another open case pursues meanwhile is left to that one.
func (t *tx) cameBack(c *takedown.Case, it *takedown.Item) error {
	before := *it
	err := t.reopenItem(it)
	if err != nil && takedown.NameOf(err) == nameState {
		*it = before
		it.WatchAt = time.Time{}
		if err := t.log("item.came_back", "pursued_elsewhere", []string{it.ID}); err != nil {
			return err
		}
		return t.put(it)
	}
	if err != nil {
		return err
	}
	it.CameBack++
	reason := "case_open"
	if c.Status != takedown.CaseOpen {
		reason = "case_reopened"
		c.Status, c.ClosedAt = takedown.CaseOpen, time.Time{}
		if err := t.log("case.reopened", "came_back", []string{c.ID, it.ID}); err != nil {
			return err
		}
	}
	if err := t.log("item.came_back", reason, []string{it.ID}); err != nil {
		return err
	}
	for kind, subject := range map[string]string{taskByHand: it.ID, "close_case": c.ID} {
		if err := t.closeTasks(kind, subject); err != nil {
			return err
		}
	}
	if err := t.openTask(takedown.Task{Kind: taskCameBack, Owner: takedown.Specialist, Reason: reason, Subject: it.ID}); err != nil {
		return err
	}
	return t.nextIntake(c)
}

// sweepWatch looks at pages that are due to be looked at again, those that are
// gone of cases of any status. Two sweeps at once share a look or repeat it: only the
// first that writes counts.
func (s *Service) sweepWatch(ctx context.Context, out *SweepResult) error {
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	began, jobs := s.HostNow(), 1
	if s.Pages != nil {
		jobs = watchAtOnce
	}
	for range watchRounds {
		page, err := s.Store.Query(ctx, Query{Index: indexDue, Partition: "watch", Before: sortTime(now.Add(time.Second)), Limit: jobs * maxLookPages})
		if err != nil {
			return err
		}
		n, err := s.watchRound(ctx, page.Records)
		out.Watched += n
		if err != nil || n == 0 || s.HostNow().Sub(began) >= watchBudget {
			return err
		}
	}
	return nil
}

// watchRound works on several jobs at once. It says how many items it moved on.
func (s *Service) watchRound(ctx context.Context, due []Record) (int, error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs error
	moved := 0
	for part := range slices.Chunk(due, maxLookPages) {
		wg.Go(func() {
			n, err := s.watchPages(ctx, part)
			mu.Lock()
			defer mu.Unlock()
			moved, errs = moved+n, errors.Join(errs, err)
		})
	}
	wg.Wait()
	return moved, errs
}

// watchPages has one job's pages looked at and records what they show. It says
// how many items it moved on.
func (s *Service) watchPages(ctx context.Context, due []Record) (int, error) {
	in := TrackInput{V: InputVersion, Track: due[0].ID, Generation: watchGeneration}
	job, err := s.beginJob(ctx, lookID(in), "")
	if err != nil {
		return 0, err
	}
	items := map[string]StreamID{}
	moved := 0
	nonce := sha256.New()
	for _, r := range due {
		it, err := s.watchedPage(ctx, job, r)
		switch {
		case errors.Is(err, errJobFull):
			continue
		case err != nil || it != nil && !s.looks(): // a person looks
			moved++
			if err := errors.Join(err, s.rewatch(ctx, r.Stream, look{Item: r.ID, Check: takedown.Check{Result: checkUnknown}})); err != nil && ctx.Err() != nil {
				return moved, err
			}
		case it != nil:
			items[it.ID] = r.Stream
			_, _ = fmt.Fprintln(nonce, it.ID, it.Version) // a hash never fails
		}
	}
	if len(items) == 0 || !s.looks() {
		return moved, nil
	}
	job.Nonce = "watch_" + hex.EncodeToString(nonce.Sum(nil)[:10])
	looks, err := s.lookedAt(ctx, in, job)
	if err != nil && ctx.Err() != nil {
		return moved, err
	}
	errs := err
	if err != nil { // what stops the looker must not stop it for every page behind
		looks = nil
		for _, p := range job.Pages {
			looks = append(looks, look{Item: p.Item, Check: takedown.Check{Result: checkUnknown}})
		}
	}
	for _, l := range looks {
		if err := s.rewatch(ctx, items[l.Item], l); err != nil {
			errs = errors.Join(errs, err)
			continue
		}
		moved++
	}
	return moved, errors.Join(errs, s.Store.DropJob(ctx, lookID(in)))
}

// watchedPage adds a page to a job if it is still due; nil if it is not.
func (s *Service) watchedPage(ctx context.Context, job *openJob, r Record) (*takedown.Item, error) {
	t, err := s.begin(ctx, takedown.TheSystem, takedown.System, r.Stream)
	if err != nil {
		return nil, err
	}
	it, err := find[takedown.Item](t, r.ID)
	if err != nil || it == nil || !it.Watched() || it.WatchAt.After(t.now) {
		return nil, err // the list lags
	}
	if !s.looks() {
		return it, nil
	}
	return it, t.addPage(job, it)
}

// rewatch records a look at an item, if it is still due for one.
func (s *Service) rewatch(ctx context.Context, stream StreamID, l look) error {
	return s.write(ctx, takedown.TheSystem, takedown.System, stream, func(t *tx) error {
		it, err := t.itemOf(l.Item)
		if err != nil || !it.Watched() || it.WatchAt.After(t.now) {
			return err // another sweep was faster
		}
		gone := it.Status == takedown.ItemGone
		l.Check.At = t.now
		if err := t.applyCheck(nil, it, l); err != nil || gone {
			return err
		}
		return t.touch() // intake and tracks may wait for what this says
	})
}

// lookedAt has a job's pages looked at and waits for it.
func (s *Service) lookedAt(ctx context.Context, in TrackInput, job *openJob) ([]look, error) {
	body, err := json.Marshal(job.lookJob)
	if err != nil {
		return nil, err
	}
	id := lookID(in)
	if err := s.Store.PutJob(ctx, id, body); err != nil {
		return nil, err
	}
	if err := s.runLook(ctx, in); err != nil {
		return nil, err
	}
	return s.result(ctx, id, job.Nonce)
}
