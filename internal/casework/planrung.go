package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// onRung decides on the rung that the track stands on.
func (p *planner) onRung(cur *takedown.Taken) (step, bool, error) {
	rung, ok := p.ladder.Rung(cur.Rung)
	if !ok {
		return step{}, false, takedown.Errorf(takedown.Internal, takedown.NameInternal, "the law data no longer hold rung %s", cur.Rung)
	}
	if st, old, err := p.tooOld(cur, rung); old || err != nil {
		return st, true, err
	}
	window, err := p.windowOver(rung)
	if err != nil {
		return step{}, false, err
	}
	switch rung.Action {
	case law.ActOpenRoute:
		return p.openRoute(rung)
	case law.ActTask:
		return p.taskRung(cur, rung, window)
	}
	return p.documentRung(cur, rung)
}

// taskDone says that a person did a task about the track that was opened at an
// instant or after it.
func (p *planner) taskDone(kind string, since time.Time) (bool, error) {
	tasks, err := all[takedown.Task](p.t)
	return slices.ContainsFunc(tasks, func(task *takedown.Task) bool {
		return task.Kind == kind && task.Subject == p.track.ID && task.Status == takedown.TaskDone && !task.CreatedAt.Before(since)
	}), err
}

// taskRung waits for a person's decision: done when the task is. window is when
// the term within which it must be taken ends; zero without one.
func (p *planner) taskRung(cur *takedown.Taken, rung law.Rung, window time.Time) (step, bool, error) {
	done, err := p.taskDone(rung.TaskKind, cur.EnteredAt)
	if err != nil {
		return step{}, false, err
	}
	if done {
		return step{}, false, p.endRung(law.EndDone)
	}
	owner := takedown.LegalAdviser
	if rung.TaskKind == law.TaskFindChannel {
		owner = takedown.Specialist
	}
	err = p.t.openTask(takedown.Task{Kind: rung.TaskKind, Owner: owner, Reason: rung.ID, Subject: p.track.ID, Track: p.track.ID})
	return step{next: goGate, due: afterOrZero(window), why: []string{"task:" + rung.TaskKind}}, true, err
}

// documentRung drafts, awaits approval, sends, files or hands over, and awaits
// the answer.
func (p *planner) documentRung(cur *takedown.Taken, rung law.Rung) (step, bool, error) {
	if shut, err := p.shutRung(cur, rung); shut || err != nil {
		return step{}, false, err
	}
	if cur.Document == "" {
		return p.beforeDraft(rung)
	}
	d, err := load[takedown.Document](p.t, cur.Document)
	if err != nil {
		return step{}, false, err
	}
	switch d.Status {
	case takedown.DocumentPending, takedown.DocumentRejected:
		return p.beforeApproval(cur, d)
	case takedown.DocumentApproved:
		return p.beforeDispatch(cur, rung, d)
	case takedown.DocumentUncertain:
		return p.uncertain(d)
	case takedown.DocumentFailed:
		return step{}, false, p.endRung(law.EndBounced)
	case takedown.DocumentDelivered:
		return p.awaiting(cur, rung, d)
	}
	cur.Document = "" // superseded: draft anew
	return step{}, false, p.t.put(p.track)
}

func (p *planner) beforeDraft(rung law.Rung) (step, bool, error) {
	if p.remindedEnough(rung) {
		return step{}, false, p.endRung(law.EndSilence)
	}
	g, err := p.gates(rung)
	if err != nil {
		return step{}, false, err
	}
	if len(g.why) > 0 {
		return step{next: goGate, due: g.due, why: g.why}, true, nil
	}
	if st, none, err := p.unreachable(rung); none || err != nil {
		return st, true, err
	}
	if st, early, err := p.spaced(rung); early || err != nil {
		return st, true, err
	}
	if p.looksFirst(rung) {
		return step{next: goVerify}, true, nil
	}
	if p.channel(rung) == "police" {
		return step{next: goDossier}, true, nil
	}
	return step{next: goDraft}, true, nil
}

// beforeApproval awaits a legal adviser; a text past its send-by is drafted
// again, because its dates would be wrong.
func (p *planner) beforeApproval(cur *takedown.Taken, d *takedown.Document) (step, bool, error) {
	if reason, err := p.outdated(d); reason != "" || err != nil {
		return step{}, false, orElse(err, p.redraft(cur, d, reason))
	}
	why := "approval"
	switch {
	case d.Status == takedown.DocumentRejected:
		why = whyEdit
	case d.Findings > 0: // nobody can approve it as it is
		why = whyFindings
	}
	return step{next: goApproval, document: d.ID, due: afterOrZero(d.SendBy), why: []string{why}}, true, nil
}

// afterOrZero is the second after an instant; a zero instant stays zero.
func afterOrZero(at time.Time) time.Time {
	if at.IsZero() {
		return at
	}
	return at.Add(time.Second)
}

func (p *planner) redraft(cur *takedown.Taken, d *takedown.Document, reason string) error {
	cur.Document = ""
	if err := p.t.replace(d, reason); err != nil {
		return err
	}
	if err := p.t.put(p.track); err != nil {
		return err
	}
	return p.t.log("document.superseded", reason, []string{d.ID, p.track.ID})
}

// beforeDispatch holds an approved document until it may leave: its gates must
// still hold, the kill switch be off, the hour be right.
func (p *planner) beforeDispatch(cur *takedown.Taken, rung law.Rung, d *takedown.Document) (step, bool, error) {
	last, err := p.t.lastDispatch(d)
	if err != nil {
		return step{}, false, err
	}
	// Without a lease it was a temporary failure: it goes once more, under the
	// same number, if everything below still holds.
	if last != nil && last.Status == takedown.DispatchIntended && !last.LeaseUntil.IsZero() {
		return p.intended(d, last)
	}
	if reason, err := p.outdated(d); reason != "" || err != nil {
		return step{}, false, orElse(err, p.redraft(cur, d, reason))
	}
	if given, err := p.nobodyLeft(cur, d); given || err != nil {
		return step{}, false, err
	}
	g, err := p.gates(rung)
	if err != nil {
		return step{}, false, err
	}
	if len(g.why) > 0 {
		return step{next: goGate, due: earlier(g.due, afterOrZero(d.SendBy)), why: g.why}, true, nil
	}
	switch d.Channel {
	case "form":
		return step{next: goFiling, document: d.ID, due: afterOrZero(d.SendBy), why: []string{"filing"}}, true, nil
	case "letter":
		return step{next: goFiling, document: d.ID, due: afterOrZero(d.SendBy), why: []string{"posting"}}, true, nil
	case "police":
		return step{next: goHandOver, document: d.ID, due: afterOrZero(d.SendBy), why: []string{"handover"}}, true, nil
	}
	return p.beforeMail(d)
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

func (p *planner) beforeMail(d *takedown.Document) (step, bool, error) {
	if missing := missingSettings(p.settings); len(missing) > 0 {
		return step{next: goGate, document: d.ID, due: afterOrZero(d.SendBy), why: missing}, true, nil
	}
	if p.settings.KillSwitch {
		return step{next: goGate, document: d.ID, due: afterOrZero(d.SendBy), why: []string{"kill_switch"}}, true, nil
	}
	last, err := p.t.lastDispatch(d)
	if err != nil {
		return step{}, false, err
	}
	if last != nil && last.Status == takedown.DispatchRedirected && p.settings.RedirectTo != "" {
		return step{next: goGate, document: d.ID, due: afterOrZero(d.SendBy), why: []string{"redirected"}}, true, nil
	}
	if until := quietUntil(p.settings, p.t.now); !until.IsZero() && !p.c.Flags.Urgent() {
		return step{next: goDate, document: d.ID, due: until, why: []string{"quiet_hours"}}, true, nil
	}
	if p.settings.ContactRate != nil && d.Turn.After(p.t.now) && !p.c.Flags.Urgent() {
		return step{next: goDate, document: d.ID, due: d.Turn, why: []string{"contact_rate"}}, true, nil
	}
	return step{next: goSend, document: d.ID}, true, nil
}

// awaiting waits for the addressee under the rung's clock; past it the ladder
// goes on.
func (p *planner) awaiting(cur *takedown.Taken, rung law.Rung, d *takedown.Document) (step, bool, error) {
	if err := p.expireSideClocks(cur); err != nil {
		return step{}, false, err
	}
	if err := p.deferOrder(); err != nil {
		return step{}, false, err
	}
	if cur.Asked != "" {
		return p.awaitInformation(cur, d)
	}
	state, why := goReply, "reply"
	if p.channel(rung) == "police" {
		state, why = goFeedback, "feedback"
	}
	if cur.Clock == "" {
		return step{next: state, document: d.ID, why: []string{why}}, true, nil
	}
	clock, err := load[takedown.Clock](p.t, cur.Clock)
	if err != nil {
		return step{}, false, err
	}
	if clock.Status == takedown.ClockRunning && p.t.now.After(clock.Due) {
		if err := p.t.endClock(clock.ID, takedown.ClockExpired, "silence"); err != nil {
			return step{}, false, err
		}
		if clock.Rule == rung.Follow {
			return step{}, false, p.lookWhetherFollowed()
		}
		return step{}, false, p.endRung(law.EndSilence)
	}
	var due time.Time
	if clock.Status == takedown.ClockRunning {
		due = afterOrZero(clock.Due)
	}
	return step{next: state, document: d.ID, due: due, why: []string{why}}, true, nil
}

// expireSideClocks ends clocks on the addressee beside the rung's own (receipt)
// that have run out; they move no ladder. A term of ours does not end as
// somebody's silence (ownClock).
func (p *planner) expireSideClocks(cur *takedown.Taken) error {
	clocks, err := all[takedown.Clock](p.t)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if c.Track == p.track.ID && c.ID != cur.Clock && c.ID != cur.Asked && c.Status == takedown.ClockRunning && !ownClock(c) && p.t.now.After(c.Due) {
			if err := p.t.endClock(c.ID, takedown.ClockExpired, "silence"); err != nil {
				return err
			}
		}
	}
	return nil
}
