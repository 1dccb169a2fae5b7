package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// ClosureInput is the body of POST …/closure.
type ClosureInput struct {
	Reason string `json:"reason" minLength:"3" maxLength:"1000" doc:"A code of the list, or words, which are sealed."`
}

// ReopeningInput is the body of POST …/reopening.
type ReopeningInput struct {
	Reason  string   `json:"reason" minLength:"3" maxLength:"1000" doc:"A code of the list, or words, which are sealed."`
	ItemIDs []string `json:"itemIds"`
}

var coordinatorOnly = []takedown.Role{takedown.Coordinator}

// CloseCase closes a case. It is refused while an item has no outcome or a
// mandatory task is open. A case without items closes as registered. Role:
// coordinator.
func (s *Service) CloseCase(ctx context.Context, who takedown.Principal, caseID string, in ClosureInput) error {
	if err := refuseAll(checkReason("/reason", in.Reason)); err != nil {
		return err
	}
	if err := s.closeManyTasks(ctx, who, caseID); err != nil {
		return err
	}
	return s.inCase(ctx, who, caseID, coordinatorOnly, func(t *tx, c *takedown.Case) error {
		if err := t.mayClose(); err != nil {
			return err
		}
		c.Status, c.ClosedAt = takedown.CaseClosed, t.now
		if c.Items == 0 {
			c.Status = takedown.CaseRegistered
		}
		t.wakeCase(c)
		c.Wait = nil
		if err := t.put(c); err != nil {
			return err
		}
		tracks, err := all[takedown.Track](t)
		if err != nil {
			return err
		}
		for _, tr := range tracks {
			if tr.Status == takedown.TrackActive || tr.Status == takedown.TrackHeld {
				if err := t.endTrack(tr, takedown.TrackStopped, "case_closed"); err != nil {
					return err
				}
			}
		}
		if err := t.closeAllTasks(); err != nil {
			return err
		}
		code, err := t.reason("case.closed", c.ID, in.Reason)
		if err != nil {
			return err
		}
		t.done(200, c.ID)
		return t.log("case.closed", code, []string{c.ID})
	})
}

// closeManyTasks closes the tasks of a case that may close, in batches, until
// those left have room in the commit that closes it.
func (s *Service) closeManyTasks(ctx context.Context, who takedown.Principal, caseID string) error {
	for more := true; more; {
		err := s.inCase(ctx, who, caseID, coordinatorOnly, func(t *tx, _ *takedown.Case) error {
			if err := t.mayClose(); err != nil {
				return err
			}
			tasks, err := all[takedown.Task](t)
			tasks = slices.DeleteFunc(tasks, func(task *takedown.Task) bool { return task.Status != takedown.TaskOpen || task.Kind == taskInform })
			if more = len(tasks) > MaxEntryIDs; err != nil || !more {
				return err
			}
			var ids []string
			for _, task := range tasks[:MaxEntryIDs] {
				ids = append(ids, task.ID)
				if err := t.closeTask(task); err != nil {
					return err
				}
			}
			return t.log("tasks.closed", "case_closing", ids)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mayClose names everything that stands in the way at once.
func (t *tx) mayClose() error {
	open, err := t.itemsWithoutOutcome()
	if err != nil {
		return err
	}
	var why []string
	if len(open) > 0 {
		why = append(why, fmt.Sprintf("%d item(s) have no outcome: %s", len(open), strings.Join(open[:min(len(open), 10)], ", ")))
	}
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if task.Mandatory && task.Status == takedown.TaskOpen {
			why = append(why, fmt.Sprintf("mandatory task %s (%s) is open", task.ID, task.Kind))
		}
	}
	if len(why) > 0 {
		return state("the case cannot close: %s", strings.Join(why, "; "))
	}
	return nil
}

func (t *tx) closeAllTasks() error {
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if task.Status == takedown.TaskOpen && task.Kind != taskInform {
			if err := t.closeTasks(task.Kind, task.Subject); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReopenCase opens a closed case again for the named items: they lose their
// outcome and the intake's next generation plans them. Role: coordinator.
func (s *Service) ReopenCase(ctx context.Context, who takedown.Principal, caseID string, in ReopeningInput) error {
	if err := refuseAll(checkReason("/reason", in.Reason)); err != nil {
		return err
	}
	return s.inAnyCase(ctx, who, caseID, coordinatorOnly, func(t *tx, c *takedown.Case) error {
		if c.Status == takedown.CaseOpen {
			return state("the case is open")
		}
		var b bad
		for n, id := range in.ItemIDs {
			it, err := t.itemOf(id)
			if takedown.KindOf(err) == takedown.NotFound && err != nil {
				b.add(fmt.Sprintf("/itemIds/%d", n), "is no item of this case")
				continue
			}
			if err != nil {
				return err
			}
			if err := t.reopenItem(it); err != nil {
				return err
			}
		}
		if err := refuseAll(b.fields); err != nil {
			return err
		}
		c.Status, c.ClosedAt = takedown.CaseOpen, time.Time{}
		code, err := t.reason("case.reopened", c.ID, in.Reason)
		if err != nil {
			return err
		}
		t.done(200, c.ID)
		if err := t.log("case.reopened", code, append([]string{c.ID}, in.ItemIDs...)); err != nil {
			return err
		}
		return t.nextIntake(c)
	})
}

// reopenItem takes an outcome back. If meanwhile another open case took the
// item's location over, this one stays as it is there.
func (t *tx) reopenItem(it *takedown.Item) error {
	it.Outcome, it.Status, it.WatchAt, it.Said = nil, takedown.ItemReported, time.Time{}, takedown.DecisionDetails{}
	it.ClaimedBy, it.OnPage = nil, false
	if it.Evidence > 0 && it.Assessment == "act" && it.AssessmentLive {
		it.Status = takedown.ItemAssessed
	}
	place, err := t.place(it)
	if err != nil {
		return err
	}
	if place.Canonical != "" {
		held, err := t.s.Store.FindLookup(t.ctx, "url", t.s.urlValue(place.Canonical))
		if err != nil && takedown.KindOf(err) != takedown.NotFound {
			return err
		}
		if err != nil || held.ID != it.ID { // taken over by another case, or given back by it since
			other, err := t.claimPlace(it, place)
			if err != nil {
				return err
			}
			if other != nil {
				return state("item %s is pursued in another open case", it.ID)
			}
		}
	}
	return t.put(it)
}

func notCode(r rune) bool {
	code := r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '.' || r == '-'
	return !code
}
