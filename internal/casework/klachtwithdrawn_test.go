package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// A klacht is withdrawn within eight days of its filing (art. 67 Sr); after that
// it stands, and the refusal says until when it could be.
func TestAKlachtIsWithdrawnWithinEightDays(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput(forumURL))
	filed := monday
	f.clock.advance(20 * day)
	in := casework.KlachtInput{Needed: true, VictimLearnedAt: monday.Add(-day), Decision: "wanted", DecidedAt: monday, TextShown: "v1", SignedAt: monday, FiledAt: filed}
	put := func(withdrawn time.Time, version int64) error {
		in.WithdrawnAt = withdrawn
		_, err := f.s.PutKlacht(ctx, coordinator, c.Case, c.People[0], "285b", in, version)
		return err
	}
	f.ok(put(time.Time{}, 0))
	late := time.Date(2027, 3, 30, 22, 0, 0, 0, time.UTC) // midnight in Amsterdam after 30 March, the eighth day
	err := put(late, 1)
	f.pointers(err, "/withdrawnAt")
	if !strings.Contains(err.Error(), "2027-03-30") || !strings.Contains(err.Error(), "art. 67 Sr") {
		t.Errorf("does not say why: %v", err)
	}
	if k, err := f.s.GetKlacht(ctx, coordinator, c.Case, c.People[0], "285b"); err != nil || !k.WithdrawnAt.IsZero() || k.Version != 1 {
		t.Errorf("stored %+v, %v", k, err)
	}
	f.ok(put(late.Add(-time.Second), 1))
}

// Days that cannot have been in that order are refused by name, and nothing is
// stored; several acts of one day are in order whatever their hours.
func TestAKlachtsDaysAreInOrder(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput(forumURL))
	f.clock.advance(20 * day)
	put := func(change func(*casework.KlachtInput)) error {
		in := casework.KlachtInput{
			Needed: true, VictimLearnedAt: monday, Decision: "wanted", DecidedAt: monday.Add(day), TextShown: "v1", SignedAt: monday.Add(2 * day), FiledAt: monday.Add(3 * day),
		}
		change(&in)
		_, err := f.s.PutKlacht(ctx, coordinator, c.Case, c.People[0], "285b", in, 0)
		return err
	}
	f.pointers(put(func(in *casework.KlachtInput) { in.DecidedAt = monday.Add(-day) }), "/decidedAt")
	f.pointers(put(func(in *casework.KlachtInput) { in.SignedAt = monday }), "/signedAt")
	f.pointers(put(func(in *casework.KlachtInput) { in.SignedAt = monday.Add(-day) }), "/signedAt", "/signedAt")
	f.pointers(put(func(in *casework.KlachtInput) { in.FiledAt = monday.Add(day) }), "/filedAt")
	f.pointers(put(func(in *casework.KlachtInput) { in.FiledAt = monday.Add(-day) }), "/filedAt", "/filedAt", "/filedAt")
	_, err := f.s.GetKlacht(ctx, coordinator, c.Case, c.People[0], "285b")
	f.kind(err, takedown.NotFound)
	f.ok(put(func(in *casework.KlachtInput) { // one day, noted in another order; made orally
		in.DecidedAt, in.SignedAt, in.FiledAt = monday.Add(-time.Hour), time.Time{}, monday.Add(time.Hour)
	}))
}

// A corrected day of filing is decided again: late becomes in time and the other
// way round, in a row of its own, and the one before says that it was corrected.
func TestACorrectedFilingIsDecidedAgain(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c, person := f.klachtCase()
	f.clock.at = monday.AddDate(0, 0, 100)
	version := int64(0)
	filed := func(days int) casework.ClockView {
		t.Helper()
		in := casework.KlachtInput{Needed: true, VictimLearnedAt: monday, Decision: "wanted", DecidedAt: monday, TextShown: "v1"}
		if days > 0 {
			in.FiledAt = monday.AddDate(0, 0, days)
		}
		k, err := f.s.PutKlacht(ctx, coordinator, c.Case, person, "266", in, version)
		f.ok(err)
		version = k.Version
		return f.clockNow(k.Clock)
	}
	before := filed(95) // the ninetieth day was the last
	if before.Status != "expired" || before.Reason != "klacht_filed_late" {
		t.Fatalf("filed late: %+v", before)
	}
	for _, x := range []struct {
		days           int
		status, reason string
	}{{10, "met", "klacht_filed"}, {96, "expired", "klacht_filed_late"}, {0, "running", ""}, {12, "met", "klacht_filed"}} {
		now := filed(x.days)
		if now.Status != x.status || now.Reason != x.reason || now.Due != before.Due {
			t.Errorf("filed on day %d: %+v", x.days, now)
		}
		if was := f.clockNow(before.ID); before.Status != "running" && (now.Supersedes != before.ID || was.Status != "superseded" || was.Reason != "klacht_corrected") {
			t.Errorf("before day %d: %+v", x.days, was)
		}
		before = now
	}
	if same := filed(13); same.ID != before.ID || same.Status != "met" {
		t.Errorf("another day in time is the same row: %+v", same)
	}
	if open := f.openTasks(c.Case, "klacht"); len(open) != 0 {
		t.Errorf("filed, and yet asked: %+v", open)
	}
}

// Who thought again after a note and filed too late has filed too late.
func TestAFilingAfterANoteIsDecided(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c, person := f.klachtCase()
	f.clock.at = monday.AddDate(0, 0, 100)
	in := casework.KlachtInput{Needed: true, VictimLearnedAt: monday, Decision: "not_wanted", DecidedAt: monday, TextShown: "v1"}
	first, err := f.s.PutKlacht(ctx, coordinator, c.Case, person, "266", in, 0)
	f.ok(err)
	f.ok(f.s.CompleteTask(ctx, adviser, f.task(c.Case, "klacht"), casework.TaskCompletion{Reason: "Their own choice."}))
	k, err := f.s.GetKlacht(ctx, coordinator, c.Case, person, "266")
	f.ok(err)
	in.Decision, in.DecidedAt, in.FiledAt = "wanted", f.clock.at, f.clock.at
	again, err := f.s.PutKlacht(ctx, coordinator, c.Case, person, "266", in, k.Version)
	f.ok(err)
	if now := f.clockNow(again.Clock); now.Status != "expired" || now.Reason != "klacht_filed_late" || now.Supersedes != first.Clock {
		t.Errorf("filed after the term: %+v", now)
	}
}
