package casework

import (
	"context"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// RecordOutcome writes how a track ended. Handler of record-outcome;
// idempotent: a track that has ended is left alone.
func (s *Service) RecordOutcome(ctx context.Context, in TrackInput) (TrackStep, error) {
	out := TrackStep{V: InputVersion, Track: in.Track, Generation: in.Generation, Next: goStop}
	err := s.onTrack(ctx, in, func(t *tx, tr *takedown.Track) error {
		if tr.Ended() {
			return nil
		}
		outcome, err := t.trackOutcome(tr)
		if err != nil {
			return err
		}
		return t.endTrack(tr, takedown.TrackDone, outcome)
	})
	if stale(err) {
		err = nil
	}
	return out, err
}

// trackOutcome sums up a track: removed if the pages are verified gone, else
// how its ladder ended.
func (t *tx) trackOutcome(tr *takedown.Track) (string, error) {
	gone, settled := 0, 0
	for _, id := range tr.Items {
		it, err := load[takedown.Item](t, id)
		if err != nil {
			return "", err
		}
		switch it.Status {
		case takedown.ItemGone:
			gone++
		case takedown.ItemSettled:
			settled++
		default:
			if it.SuspectedCSAM {
				settled++
			}
		}
	}
	switch {
	case gone == len(tr.Items):
		return "removed", nil
	case gone+settled == len(tr.Items) && gone > 0:
		return "partly_removed", nil
	case gone+settled == len(tr.Items):
		return "settled", nil
	}
	if n := len(tr.Rungs); n > 0 {
		last := tr.Rungs[n-1]
		if last.Ending == law.EndDone && last.Instrument == "" {
			return "escalated", nil
		}
		return last.Ending, nil
	}
	return "unknown", nil
}

// endTrack ends a track: what its addressee owed ends with it, and no task of it
// stays open. What we owe, or must do in time, runs on (ownClock).
func (t *tx) endTrack(tr *takedown.Track, status takedown.TrackStatus, outcome string) error {
	if err := t.giveUpDraft(tr, tr.Current()); err != nil {
		return err
	}
	if cur := tr.Current(); cur != nil && outcome == "removed" {
		cur.Ending, cur.EndedAt = law.EndDone, t.now
	}
	tr.Status, tr.Outcome, tr.EndedAt = status, outcome, t.now
	t.wakeTrack(tr)
	tr.Wait = nil
	if err := t.put(tr); err != nil {
		return err
	}
	clocks := takedown.ClockSuperseded
	if outcome == "removed" {
		clocks = takedown.ClockMet
	}
	theirs := func(c *takedown.Clock) bool { return c.Track == tr.ID && !ownClock(c) }
	if err := t.endEach(theirs, clocks, "track_ended"); err != nil {
		return err
	}
	if err := orElse(t.closeTrackTasks(tr.ID), t.letGo(tr)); err != nil {
		return err
	}
	if err := t.log("track.ended", outcome, []string{tr.ID}); err != nil {
		return err
	}
	return t.offerClosing()
}

// closeTrackTasks ends what was asked for a track that is over; mandatory
// tasks are a person's to end, and the warning of a clock that runs on is its
// clock's.
func (t *tx) closeTrackTasks(track string) error {
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if task.Track != track || task.Status != takedown.TaskOpen || task.Mandatory {
			continue
		}
		warns, err := t.stillWarns(task)
		if err != nil {
			return err
		}
		if !warns {
			if err := t.closeTasks(task.Kind, task.Subject); err != nil {
				return err
			}
		}
	}
	return nil
}

// offerClosing asks the coordinator to close once every item has an outcome.
func (t *tx) offerClosing() error {
	open, err := t.itemsWithoutOutcome()
	if err != nil || len(open) > 0 {
		return err
	}
	if err := t.openTask(takedown.Task{Kind: taskInform, Owner: takedown.Coordinator, Reason: "all_items_have_an_outcome", Subject: string(t.base.Stream)}); err != nil {
		return err
	}
	return t.openTask(takedown.Task{Kind: "close_case", Owner: takedown.Coordinator, Reason: "all_items_have_an_outcome", Subject: string(t.base.Stream)})
}

func (t *tx) itemsWithoutOutcome() ([]string, error) {
	items, err := all[takedown.Item](t)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, it := range items {
		if it.Outcome == nil {
			out = append(out, it.ID)
		}
	}
	return out, nil
}
