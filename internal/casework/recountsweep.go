package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/takedown"
)

// recountID is the one row that says on which calendars clocks were counted.
const recountID = "recount_org"

// Bounds of a recount. Our own choice: a function's time limit, and the rows
// that one commit may have.
const (
	recountLook    = 20_000 // clocks that one sweep looks at
	recountMoves   = 500    // clocks after which a sweep looks at no further page
	recountCommit  = 14     // clocks of one case in one commit
	recountPage    = 200
	recountConfirm = time.Minute // host time until the second pass
)

// calendarsNow gives the added days and a digest of every calendar's version.
func (s *Service) calendarsNow(ctx context.Context) (extraDays, string, error) {
	set, err := get[takedown.Settings](ctx, s, settingsID)
	if err != nil && takedown.KindOf(err) != takedown.NotFound {
		return nil, "", err
	}
	var extra extraDays
	if err == nil {
		list, err := s.holidays(ctx, set.Calendar)
		if err != nil {
			return nil, "", err
		}
		extra = daysOf(list)
	}
	var versions []string
	for _, c := range calendar.Calendars() {
		v, err := calendar.Version(c, extra[c]...)
		if err != nil {
			return nil, "", err
		}
		versions = append(versions, v)
	}
	sum := sha256.Sum256([]byte(strings.Join(versions, "\n")))
	return extra, hex.EncodeToString(sum[:8]), nil
}

// sweepRecount counts running clocks again after a calendar changed, by the
// settings or by a new build: two passes over all of them, a bounded part each
// time. The second, a minute later, finds what began on the former calendar
// meanwhile. It may stop anywhere: a clock that was counted on the calendars
// as they are is passed over.
func (s *Service) sweepRecount(ctx context.Context) error {
	extra, target, err := s.calendarsNow(ctx)
	if err != nil {
		return err
	}
	state, err := get[takedown.Recount](ctx, s, recountID)
	if err != nil && takedown.KindOf(err) != takedown.NotFound {
		return err
	}
	if err != nil {
		state = &takedown.Recount{Meta: takedown.Meta{ID: recountID}}
	}
	if state.Target == target && (state.Passes >= 2 || (state.Passes == 1 && s.HostNow().Before(state.AgainAt))) {
		return nil
	}
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	if state.Target != target {
		*state = takedown.Recount{Meta: state.Meta, Target: target, StartedAt: now}
	}
	failed, err := s.recountSome(ctx, state, extra)
	if err != nil {
		return err
	}
	state.Failed = state.Failed || failed != nil
	if state.Cursor == "" {
		if !state.Failed {
			state.Passes++
		}
		state.Failed = false
		state.DoneAt, state.AgainAt = now, s.HostNow().UTC().Add(recountConfirm)
	}
	return errors.Join(failed, s.putRecount(ctx, state))
}

// putRecount writes how far a recount came. Another sweep may have been
// quicker: its word stands then.
func (s *Service) putRecount(ctx context.Context, state *takedown.Recount) error {
	stream, err := s.streamOf(ctx, Key{KindRecount, recountID})
	if err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, stream, func(t *tx) error {
		have, err := find[takedown.Recount](t, recountID)
		if err != nil || (have != nil && have.Version != state.Version) {
			return err
		}
		next := *state
		if err := t.put(&next); err != nil {
			return err
		}
		act := "recount.passed"
		if next.Cursor != "" {
			act = "recount.continued"
		}
		return t.log(act, fmt.Sprintf("looked:%d,moved:%d,kept:%d", next.Looked, next.Moved, next.Kept), []string{recountID})
	})
}

// recountSome looks at running clocks from the cursor and counts again what
// has to be, one case after the other. A case that fails holds up no other: the
// pass does not count as one then, and is made again.
func (s *Service) recountSome(ctx context.Context, state *takedown.Recount, extra extraDays) (failed, err error) {
	found := map[string][]string{} // clocks by case
	cases := []string{}
	count := 0
	var each apart
	for looked := 0; looked < recountLook && count < recountMoves; {
		page, err := s.Store.Query(ctx, Query{Index: indexClocks, Partition: "running", Cursor: state.Cursor, Limit: recountPage})
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			c, err := decode[takedown.Clock](r)
			if err != nil || !s.hasToMove(ctx, c, extra) {
				each.goOn(ctx, named(r.ID, err))
				continue
			}
			if len(found[c.Case]) == 0 {
				cases = append(cases, c.Case)
			}
			found[c.Case] = append(found[c.Case], c.ID)
			count++
		}
		looked += len(page.Records)
		state.Looked += len(page.Records)
		if state.Cursor = page.Next; state.Cursor == "" {
			break
		}
	}
	for _, id := range cases {
		if err := s.recountCase(ctx, id, found[id], state); !each.goOn(ctx, named(id, err)) {
			return nil, each.err()
		}
	}
	return each.err(), nil
}

// hasToMove says whether a clock's count comes out differently now. One that
// cannot be counted any more stays as it is, loudly.
func (s *Service) hasToMove(ctx context.Context, c *takedown.Clock, extra extraDays) bool {
	_, ok, err := s.countAgain(ctx, c, extra, func() (bool, error) { return false, nil })
	if err != nil {
		s.Log.ErrorContext(ctx, "a clock cannot be counted again", "clock", c.ID, "error", err)
	}
	return ok && err == nil
}

// recountCase counts clocks of one case again, a few in each commit, and wakes
// what waits in it.
func (s *Service) recountCase(ctx context.Context, caseID string, clocks []string, state *takedown.Recount) error {
	for part := range slices.Chunk(clocks, recountCommit) {
		moved, kept := 0, 0
		err := s.write(ctx, takedown.TheSystem, takedown.System, StreamID(caseID), func(t *tx) error {
			moved, kept = 0, 0
			for _, id := range part {
				why, did, err := t.recountClock(id)
				if err != nil {
					return err
				}
				if did {
					moved++
				}
				if why != "" {
					kept++
				}
			}
			if moved == 0 {
				return nil
			}
			return t.touch()
		})
		if err != nil {
			return err
		}
		state.Moved, state.Kept = state.Moved+moved, state.Kept+kept
	}
	return nil
}

// RecountInput is the body of POST /v1/clocks/recount.
type RecountInput struct {
	Reason string `json:"reason" minLength:"3" maxLength:"100" pattern:"^[a-z0-9_]+$" doc:"A code of the list."`
}

// AskRecount lets every running clock be looked at again, from the first on.
// Those counted on the calendars as they are stay. Role: coordinator.
func (s *Service) AskRecount(ctx context.Context, who takedown.Principal, in RecountInput) error {
	if err := need(who, coordinatorOnly...); err != nil {
		return err
	}
	var b bad
	b.reasonCode("/reason", in.Reason)
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	stream, err := s.streamOf(ctx, Key{KindRecount, recountID})
	if err != nil {
		return err
	}
	return s.write(ctx, who, who.As(coordinatorOnly...), stream, func(t *tx) error {
		state, err := find[takedown.Recount](t, recountID)
		if err != nil {
			return err
		}
		if state == nil {
			state = &takedown.Recount{Meta: takedown.Meta{ID: recountID}}
		}
		*state = takedown.Recount{Meta: state.Meta, StartedAt: t.now} // no target: not begun
		if err := t.put(state); err != nil {
			return err
		}
		t.done(200, recountID)
		if err := t.outbox(fmt.Sprintf("recount:asked:%d", state.Version+1), outboxRecount, struct{}{}); err != nil {
			return err
		}
		return t.log("recount.asked", in.Reason, []string{recountID})
	})
}
