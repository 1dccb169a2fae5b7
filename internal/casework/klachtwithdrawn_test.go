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
