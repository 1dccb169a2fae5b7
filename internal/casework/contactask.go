package casework

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/ontdox/takedown/internal/takedown"
)

// taskBounced asks a specialist for a look at a contact that refused mail, or
// called it spam. It stands in the register, once a contact, however many cases
// write to it: the address is mended in one place, and the task names the cases
// (TaskView.Cases). Each track goes on by itself meanwhile.
const taskBounced = "check_contact"

// checkMessage has the register ask for a look at a contact. It names the address
// versions that were written to, as a bouncedMessage does.
type checkMessage struct {
	Contact  string   `json:"contact"`
	Versions []string `json:"contactVersions"`
	Reason   string   `json:"reason"`
	Urgent   bool     `json:"urgent,omitempty"`
	Wrong    string   `json:"wrong,omitempty"`    // an address that somebody else reads
	MarkOnly bool     `json:"markOnly,omitempty"` // of a track that has ended: no task
}

// askCheck has the register ask for a look at a track's contact; about is what
// shows that it is needed, and with the reason tells one message from another.
func (t *tx) askCheck(tr *takedown.Track, reason, about string, versions []string) error {
	c, err := load[takedown.Case](t, tr.Case)
	if err != nil {
		return err
	}
	return t.outbox("check:"+reason+":"+about, outboxCheck, checkMessage{Contact: tr.Contact, Versions: versions, Reason: reason, Urgent: c.Flags.Urgent()})
}

// openCheck carries a checkMessage out: idempotent, and harmless late. A task
// that is open takes on the urgency of a case that needs the contact too.
func (s *Service) openCheck(ctx context.Context, payload json.RawMessage) error {
	var m checkMessage
	if err := json.Unmarshal(payload, &m); err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(m.Contact), func(t *tx) error {
		c, err := load[takedown.Contact](t, m.Contact)
		if err != nil || !reachedAsNow(c, m.Versions) {
			return err // it was corrected since
		}
		if err := t.markWrong(c, m.Wrong); err != nil || m.MarkOnly {
			return err
		}
		tasks, err := all[takedown.Task](t)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(tasks, func(task *takedown.Task) bool {
			return task.Kind == taskBounced && task.Status == takedown.TaskOpen
		})
		switch {
		case n < 0:
			task := takedown.Task{Kind: taskBounced, Owner: takedown.Specialist, Reason: m.Reason, Subject: c.ID, Urgent: m.Urgent}
			if err := t.openTask(task); err != nil {
				return err
			}
			return t.log("contact.check", m.Reason, []string{c.ID})
		case m.Urgent && !tasks[n].Urgent:
			tasks[n].Urgent = true
			if err := t.put(tasks[n]); err != nil {
				return err
			}
			return t.log("contact.check", "urgent", []string{c.ID, tasks[n].ID})
		}
		return nil
	})
}

// completeCheck closes the task by hand: somebody looked, and the contact stays as
// it is. A contact whose addresses change closes it by itself. The register has no
// key to seal words with, so the reason is a code.
func (s *Service) completeCheck(ctx context.Context, who takedown.Principal, task *takedown.Task, in TaskCompletion) error {
	roles := []takedown.Role{task.Owner, takedown.Coordinator}
	if err := need(who, roles...); err != nil {
		return err
	}
	var b bad
	if in.Reason != "" {
		b.reasonCode("/reason", in.Reason)
	}
	if in.Evidence != "" {
		b.add("/evidence", "goes with tasks of a case")
	}
	if len(in.Referrals) > 0 {
		b.add("/referrals", "goes with refer_csam")
	}
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	return s.write(ctx, who, who.As(roles...), StreamID(task.Subject), func(t *tx) error {
		task, err := load[takedown.Task](t, task.ID)
		if err != nil {
			return err
		}
		if task.Status != takedown.TaskOpen {
			return state("the task is done already")
		}
		if err := t.closeTask(task); err != nil {
			return err
		}
		t.done(200, task.ID)
		return t.log("task.completed", in.Reason, []string{task.ID, task.Subject})
	})
}

// ofRegister says of a task that it stands in the register, which everybody reads.
func ofRegister(task *takedown.Task) bool {
	return task.Kind == taskStale || task.Kind == taskBounced && task.Case == ""
}
