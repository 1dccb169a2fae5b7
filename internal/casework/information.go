package casework

import (
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// taskAnswer asks a specialist to answer a question, or to send what the
	// addressee needs before it decides.
	taskAnswer = "answer_question"
	// taskOverdue tells the coordinator that what the addressee needs was not sent
	// in our own term.
	taskOverdue = "information_overdue"
	// clockInformation is that term.
	clockInformation = "P21"

	reasonNeedsMore = "needs_more"
	reasonAsked     = "information_asked" // ends a clock on an addressee who waits for us
	reasonSent      = "information_sent"
)

// informationAsked: the addressee decides once it has more of us. The term that
// is our own to set stops, ours to answer begins, and the track waits. A legal
// term goes on: nothing we know of stops it.
func (t *tx) informationAsked(tr *takedown.Track, r *takedown.Reply) error {
	task := takedown.Task{Kind: taskAnswer, Owner: takedown.Specialist, Reason: reasonNeedsMore, Subject: r.ID, Track: tr.ID}
	cur := tr.Current()
	if cur == nil || isPassed(tr, r) {
		return t.openTask(task)
	}
	if err := t.endClocksOf(tr.ID, "C1", takedown.ClockMet, "acknowledged"); err != nil {
		return err // who asks has it
	}
	if cur.Asked == "" {
		if err := t.startInformation(tr, cur, r); err != nil {
			return err
		}
	}
	asked, err := load[takedown.Clock](t, cur.Asked)
	if err != nil {
		return err
	}
	task.DueAt = asked.Due
	return t.openTask(task)
}

func (t *tx) startInformation(tr *takedown.Track, cur *takedown.Taken, r *takedown.Reply) error {
	asked, err := t.startClock(clockInformation, r.ReceivedAt, law.CountInput{}, takedown.Clock{Track: tr.ID, Document: r.Document})
	if err != nil {
		return err
	}
	cur.Asked = asked.ID
	if cur.Clock != "" {
		c, err := load[takedown.Clock](t, cur.Clock)
		if err != nil {
			return err
		}
		if c.Nature != string(law.Legal) {
			if err := t.endClock(c.ID, takedown.ClockSuperseded, reasonAsked); err != nil {
				return err
			}
		}
	}
	return t.put(tr)
}

// awaitInformation holds a track until what the addressee asked for was sent.
// After our own term the coordinator hears of it; the track waits on.
func (p *planner) awaitInformation(cur *takedown.Taken, d *takedown.Document) (step, bool, error) {
	st := step{next: goGate, document: d.ID, why: []string{"task:" + taskAnswer}}
	c, err := load[takedown.Clock](p.t, cur.Asked)
	if err != nil || c.Status != takedown.ClockRunning {
		return st, true, err
	}
	if !p.t.now.After(c.Due) {
		st.due = afterOrZero(c.Due)
		return st, true, nil
	}
	if err := p.t.endClock(c.ID, takedown.ClockExpired, "not_sent"); err != nil {
		return step{}, false, err
	}
	task := takedown.Task{Kind: taskOverdue, Owner: takedown.Coordinator, Reason: reasonNeedsMore, Subject: p.track.ID, Track: p.track.ID}
	return st, true, p.t.openTask(task)
}

// informationSent goes on after a specialist's word that what a reply asked for
// was sent: the addressee's term is counted anew from then. Nothing goes on
// while another reply of the track still asks.
func (t *tx) informationSent(task *takedown.Task) error {
	if task.Reason != reasonNeedsMore || task.Track == "" {
		return nil
	}
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return err
	}
	for _, other := range tasks {
		if other.ID != task.ID && stillAsks(other, task.Track) {
			return nil
		}
	}
	tr, err := load[takedown.Track](t, task.Track)
	if err != nil {
		return err
	}
	cur := tr.Current()
	if cur == nil || cur.Asked == "" {
		return nil
	}
	if err := t.endInformation(tr, cur, reasonSent); err != nil {
		return err
	}
	if err := t.countAnew(tr, cur); err != nil {
		return err
	}
	return t.put(tr)
}

func stillAsks(task *takedown.Task, track string) bool {
	return task.Kind == taskAnswer && task.Reason == reasonNeedsMore && task.Track == track && task.Status == takedown.TaskOpen
}

// countAnew starts the addressee's term again, where the question had stopped it.
func (t *tx) countAnew(tr *takedown.Track, cur *takedown.Taken) error {
	if cur.Clock == "" {
		return nil
	}
	old, err := load[takedown.Clock](t, cur.Clock)
	if err != nil || old.Status != takedown.ClockSuperseded || old.Reason != reasonAsked {
		return err
	}
	p, err := t.newPlanner(tr)
	if err != nil {
		return err
	}
	base := takedown.Clock{Track: tr.ID, Document: old.Document, Supersedes: old.ID}
	next, err := t.startClock(old.Rule, t.now, p.countInput(old.Rule, reasonSent), base)
	if err != nil {
		return err
	}
	cur.Clock = next.ID
	return nil
}

func (t *tx) endInformation(tr *takedown.Track, cur *takedown.Taken, reason string) error {
	if err := t.endClock(cur.Asked, takedown.ClockMet, reason); err != nil {
		return err
	}
	cur.Asked = ""
	return t.closeTasks(taskOverdue, tr.ID)
}

// noLongerAsked: the addressee decided after all, without what it asked for.
func (t *tx) noLongerAsked(tr *takedown.Track, cur *takedown.Taken) error {
	if cur.Asked == "" {
		return nil
	}
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if !stillAsks(task, tr.ID) {
			continue
		}
		if err := t.closeTask(task); err != nil {
			return err
		}
	}
	return t.endInformation(tr, cur, "decided")
}
