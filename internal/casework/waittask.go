package casework

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// Kinds of tasks that stand for a track's wait: each closes with it.
const (
	taskApprove  = "approve_document"
	taskEdit     = "edit_document"
	taskFile     = "file_form"
	taskPost     = "post_letter"
	taskHandOver = "hand_over"
)

const (
	// deputyUrgent is after how long a task of an urgent case is raised, if any is.
	// Our own choice.
	deputyUrgent   = time.Hour
	maxDeputyHours = 168
	// raiseLook is how many tasks one sweep raises.
	raiseLook = 100
)

// insteadOfWait says what ends a wait's task.
var insteadOfWait = map[string]string{
	taskApprove:  "approve or reject the document",
	taskEdit:     "edit the document",
	taskFile:     "record the document's filing",
	taskPost:     "record the document's posting",
	taskHandOver: "record the document's handover",
}

// Why a document that waits for approval is the specialist's to repair first: it
// was rejected, or something in it stops the approval.
const (
	whyEdit     = "edit"
	whyFindings = "blocking_findings"
)

// waitTaskID is derived, so that a wait has one task however often it is planned.
func waitTaskID(track string, wait int) string {
	return string(KindTask) + "_" + strings.TrimPrefix(track, string(KindTrack)+"_") + "-" + strconv.Itoa(wait)
}

// waitTask is what a person here must do for a wait; false for one that others,
// or tasks of their own, end.
func waitTask(w *takedown.Wait) (takedown.Task, bool) {
	why := ""
	if len(w.Why) > 0 {
		why = w.Why[0]
	}
	task := takedown.Task{Owner: takedown.Specialist, Reason: why, DueAt: w.Due}
	switch {
	case w.Kind == goApproval && (why == whyEdit || why == whyFindings):
		task.Kind = taskEdit
	case w.Kind == goApproval:
		task.Kind, task.Owner = taskApprove, takedown.LegalAdviser
	case w.Kind == goFiling && why == "posting":
		task.Kind = taskPost
	case w.Kind == goFiling:
		task.Kind = taskFile
	case w.Kind == goHandOver:
		task.Kind, task.Owner = taskHandOver, takedown.Liaison
	}
	return task, task.Kind != ""
}

// followWait keeps the task of a track's wait: that of the wait before is done,
// that of a new one is opened. Its DueAt is when the text expires.
func (p *planner) followWait(before *takedown.Wait, document string) error {
	now := p.track.Wait
	if before != nil && (now == nil || now.No != before.No) {
		if err := p.t.closeWaitTask(p.track.ID, before); err != nil {
			return err
		}
	}
	if now == nil || (before != nil && now.No == before.No) {
		return nil
	}
	task, ok := waitTask(now)
	if !ok {
		return nil
	}
	task.Meta = takedown.Meta{ID: waitTaskID(p.track.ID, now.No), Case: p.track.Case}
	task.Subject, task.Track, task.Urgent = document, p.track.ID, p.c.Flags.Urgent()
	task.Status, task.CreatedAt, task.By = takedown.TaskOpen, p.t.now, p.t.who.ID
	if hours := p.settings.DeputyAfter; hours > 0 {
		task.DeputyAt = p.t.now.Add(time.Duration(hours) * time.Hour)
		if task.Urgent {
			task.DeputyAt = p.t.now.Add(min(deputyUrgent, time.Duration(hours)*time.Hour))
		}
	}
	return p.t.put(&task)
}

// closeWaitTask ends the task of a wait, if it has one that is open.
func (t *tx) closeWaitTask(track string, w *takedown.Wait) error {
	if w == nil {
		return nil
	}
	if _, ok := waitTask(w); !ok {
		return nil
	}
	task, err := find[takedown.Task](t, waitTaskID(track, w.No))
	if err != nil || task == nil || task.Status != takedown.TaskOpen {
		return err
	}
	return t.closeTask(task)
}

// sweepDeputies raises what waited longer than the settings allow: it becomes
// urgent, and stands in the coordinator's worklist too, who finds a deputy. One
// task, in two lists.
func (s *Service) sweepDeputies(ctx context.Context) error {
	set, err := get[takedown.Settings](ctx, s, settingsID)
	if err != nil {
		return unlessMissing(err)
	}
	if set.DeputyAfter == 0 {
		return nil // one row read, instead of every shard of a list
	}
	now, err := s.now(ctx)
	if err != nil {
		return err
	}
	page, err := s.Store.Query(ctx, Query{Index: indexDue, Partition: "task", Before: sortTime(now.Add(time.Second)), Limit: raiseLook})
	if err != nil {
		return err
	}
	var errs error
	for _, r := range page.Records {
		err := s.write(ctx, takedown.TheSystem, takedown.System, r.Stream, func(t *tx) error { return t.raise(r.ID) })
		errs = errors.Join(errs, err)
	}
	return errs
}

func (t *tx) raise(id string) error {
	task, err := load[takedown.Task](t, id)
	if err != nil || task.Status != takedown.TaskOpen || task.DeputyAt.IsZero() || task.DeputyAt.After(t.now) || task.Raised {
		return err
	}
	task.Raised, task.Urgent = true, true
	if err := t.put(task); err != nil {
		return err
	}
	return t.log("task.raised", task.Kind, idsOf(task.ID, task.Subject, task.Track))
}

// taskPlaces are the lists that an open task stands in, urgent and oldest first.
func taskPlaces(v *takedown.Task) []IndexPlace {
	if v.Status != takedown.TaskOpen {
		return nil
	}
	rank := "1"
	switch {
	case v.Warnings >= lastWarning:
		rank = "00"
	case v.Urgent:
		rank = "0"
	}
	out := []IndexPlace{{indexWorklist, string(v.Owner), rank + sortTime(v.CreatedAt)}}
	switch {
	case v.Raised && v.Owner != takedown.Coordinator:
		out = append(out, IndexPlace{indexWorklist, string(takedown.Coordinator), rank + sortTime(v.CreatedAt)})
	case !v.Raised && !v.DeputyAt.IsZero():
		out = append(out, IndexPlace{indexDue, "task", sortTime(v.DeputyAt)})
	}
	return out
}
