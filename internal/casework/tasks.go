package casework

import (
	"context"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// Kinds of tasks that a rule hangs on.
const (
	taskDeathThreat = "death_threat_report"
	taskNextRoute   = "consider_next_route"
	taskNewReport   = "new_report"
	taskAssess      = "complete_assessment" // closes with a full assessment
	taskReport      = "report_offence"      // closes with a report, or why there is none
	taskKlacht      = "klacht"              // closes with its filing, or by mayDismissKlacht
	taskClockEnds   = "clock_ends"          // closes with its clock
	taskBreach      = "data_breach"         // closes by a legal adviser's reasoned word
	taskByHand      = "check_by_hand"       // a page that the program cannot read
	taskCameBack    = "came_back"           // what was gone stands there again
	taskFlareUp     = "flare_up"            // a flare-up date has come: watch and collect (S0-25a)
	taskTellPerson  = "tell_flare_up"       // tell a person who wants to know (S0-23)
	taskLastRound   = "last_round"          // caches, archives, search results, reposts (S0-25b)
)

// afterClosure are the tasks that may come up, and be done, in a case that was
// closed.
var afterClosure = []string{taskBreach, taskByHand, taskCameBack, taskFlareUp, taskTellPerson, taskLastRound, taskInform}

// openTask opens a task in this tx's case. An open task of the same kind on
// the same subject is left alone. It writes no entry: the act that needs the
// task has one.
func (t *tx) openTask(task takedown.Task) error {
	open, err := t.hasOpenTask(task.Kind, task.Subject)
	if err != nil || open {
		return err
	}
	task.Meta = takedown.Meta{ID: task.ID}
	if strings.HasPrefix(string(t.base.Stream), "case_") {
		c, err := load[takedown.Case](t, string(t.base.Stream))
		if err != nil {
			return err
		}
		task.Case = c.ID
		task.Urgent = task.Urgent || c.Flags.Urgent()
	}
	task.Status, task.CreatedAt, task.By = takedown.TaskOpen, t.now, t.who.ID
	return t.put(&task)
}

// closeTasks closes the open tasks of a kind on a subject, "" for any. It
// writes no entry: the act that made them needless has one.
func (t *tx) closeTasks(kind, subject string) error {
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		if task.Kind != kind || task.Status != takedown.TaskOpen || (subject != "" && task.Subject != subject) {
			continue
		}
		if err := t.closeTask(task); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) closeTask(task *takedown.Task) error {
	task.Status, task.DoneAt, task.DoneBy = takedown.TaskDone, t.now, t.who.ID
	return t.put(task)
}

// hasOpenTask reports whether a task of a kind on exactly this subject is open.
func (t *tx) hasOpenTask(kind, subject string) (bool, error) {
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(tasks, func(task *takedown.Task) bool {
		return task.Kind == kind && task.Subject == subject && task.Status == takedown.TaskOpen
	}), nil
}

// TaskCompletion is the body of POST /v1/tasks/{task}/completion.
type TaskCompletion struct {
	Evidence string `json:"evidence,omitempty" maxLength:"60" doc:"The id of what proves it: an evidence, report, document or decision of the case."`
	Reason   string `json:"reason,omitempty" maxLength:"1000" doc:"A code of the list, or words, which are sealed. Mandatory tasks need it. Of check_by_hand, still_there says that the content was seen: what was said to be gone is pursued on, and what was gone came back."`

	Referrals []ReferralInput `json:"referrals,omitempty" maxItems:"2" doc:"refer_csam needs it: to whom the location went, when, and under which reference."`

	NoReviewer bool `json:"noReviewer,omitempty" doc:"review_phone_approval alone, by a coordinator: no legal adviser is left who may review it. The reason says why."`
}

// CompleteTask closes a task by hand. Roles: the task's owner, coordinator; a
// legal adviser may override death_threat_report with a reason (S4-18), and a
// coordinator review_phone_approval, where nobody may review it. What
// the program closes itself is refused with what to do instead.
func (s *Service) CompleteTask(ctx context.Context, who takedown.Principal, id string, in TaskCompletion) error {
	if err := need(who, anyRole[:4]...); err != nil {
		return err
	}
	if strings.HasPrefix(id, gatePrefix) {
		v, err := s.gateTask(ctx, who, id)
		if err != nil {
			return err
		}
		return state("this task closes by itself: %s", v.Gates[0].Enter)
	}
	task, err := get[takedown.Task](ctx, s, id)
	if err != nil {
		return err
	}
	if task.Kind == taskMatch {
		return state("match the reply to a track: that closes the task")
	}
	if task.Kind == taskStale {
		return state("confirm the contact, or put it with lastVerifiedAt: that closes the task")
	}
	if ofRegister(task) {
		return s.completeCheck(ctx, who, task, in)
	}
	if task.Case == "" {
		return state("close the report, or open a case from it: that closes the task")
	}
	roles := []takedown.Role{task.Owner, takedown.Coordinator}
	switch task.Kind {
	case taskDeathThreat:
		roles = append(roles, takedown.LegalAdviser)
	case taskKlacht, taskBreach, taskPhoneReview:
		roles = []takedown.Role{takedown.LegalAdviser}
		if in.NoReviewer {
			roles = coordinatorOnly
		}
	}
	within := s.inCase
	if slices.Contains(afterClosure, task.Kind) {
		within = s.inAnyCase
	}
	return within(ctx, who, task.Case, roles, func(t *tx, c *takedown.Case) error {
		task, err := load[takedown.Task](t, id)
		if err != nil {
			return err
		}
		if task.Status != takedown.TaskOpen {
			return state("the task is done already")
		}
		if err := t.mayComplete(c, task, in); err != nil {
			return err
		}
		if err := t.beforeCompletion(c, task, in); err != nil {
			return err
		}
		return t.completeTask(task, in)
	})
}

// beforeCompletion does what a person's word on a task means besides closing it.
func (t *tx) beforeCompletion(c *takedown.Case, task *takedown.Task, in TaskCompletion) error {
	switch task.Kind {
	case taskByHand:
		return t.seenByHand(c, task, in)
	case taskKlacht:
		return t.noteKlacht(task)
	case taskAnswer:
		return t.informationSent(task)
	case taskBreach:
		return t.breachDecided(task)
	case taskPhoneReview:
		if in.NoReviewer {
			return t.phoneNotReviewed(task)
		}
		return t.phoneReviewed(task)
	case taskPeerSupport:
		return t.peerSupportOffered()
	}
	return nil
}

func (t *tx) completeTask(task *takedown.Task, in TaskCompletion) error {
	code := in.Reason
	if in.Reason != "" && !isReasonCode(in.Reason) {
		code = inWords
		var err error
		if task.Words, err = t.sealText(task, "words", in.Reason); err != nil {
			return err
		}
	}
	task.Evidence = in.Evidence
	if err := t.recordReferrals(task, in.Referrals); err != nil {
		return err
	}
	if err := t.closeTask(task); err != nil {
		return err
	}
	if task.Kind == taskCheckIn {
		if err := t.openTask(t.checkIn(nextCheckIn)); err != nil {
			return err
		}
	}
	t.done(200, task.ID)
	if err := t.log("task.completed", code, idsOf(task.ID, task.Subject, in.Evidence)); err != nil {
		return err
	}
	return t.touch()
}

// mayComplete refuses what a tick alone cannot settle.
func (t *tx) mayComplete(c *takedown.Case, task *takedown.Task, in TaskCompletion) error {
	var b bad
	if task.Mandatory || task.Kind == taskNextRoute || in.Reason != "" { // what ends a route says why
		b.fields = checkReason("/reason", in.Reason)
	}
	if in.Evidence != "" && task.Kind != taskDeathThreat {
		known, err := t.belongs(in.Evidence)
		if err != nil {
			return err
		}
		if !known {
			b.add("/evidence", "is nothing of this case")
		}
	}
	if in.NoReviewer && task.Kind != taskPhoneReview {
		b.add("/noReviewer", "goes with %s alone", taskPhoneReview)
	}
	b.referrals(task, in.Referrals, t.now)
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	switch task.Kind {
	case taskDeathThreat:
		return t.reportedThreat(in)
	case taskKlacht:
		return t.mayDismissKlacht(task)
	case taskByHand:
		return t.mayAnswerByHand(task, in)
	}
	hint, err := t.insteadOf(c, task)
	if err != nil {
		return err
	}
	if hint != "" {
		return state("this task closes by itself: %s", hint)
	}
	return nil
}

// reportedThreat holds a death threat's task open until an aangifte is
// registered; only a legal adviser goes past that, with a reason.
func (t *tx) reportedThreat(in TaskCompletion) error {
	if in.Evidence == "" {
		if t.who.Has(takedown.LegalAdviser) {
			t.role = takedown.LegalAdviser
			return nil // mandatory: its reason was checked
		}
		return refuse("/evidence", "name the registered aangifte; only a legal adviser may close this without one")
	}
	r, err := find[takedown.PoliceReport](t, in.Evidence)
	if err != nil {
		return err
	}
	if r == nil || r.Case != string(t.base.Stream) || r.Kind != "aangifte" || r.FiledAt.IsZero() {
		return refuse("/evidence", "is no filed aangifte of this case")
	}
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(tasks, func(task *takedown.Task) bool { return task.Kind == taskDeathThreat && task.Evidence == r.ID }) {
		return refuse("/evidence", "answered an earlier threat: name the aangifte of this one")
	}
	return nil
}

// insteadOf says what closes a task that the program closes itself, "" for one
// that a person completes.
func (t *tx) insteadOf(c *takedown.Case, task *takedown.Task) (string, error) {
	if hint := insteadOfWait[task.Kind]; hint != "" {
		return hint, nil
	}
	switch task.Kind {
	case taskClassify:
		return "say what the reply is, through its classification", nil
	case "settle_dispatch":
		return "say through the document's dispatch-resolution whether it was sent", nil
	case taskAssess:
		return "put the item's assessment with evidence for every element", nil
	case taskReport:
		return "record the police report, or with notWanted why there is none", nil
	case "close_registered":
		return "add items, or close the case", nil
	case taskOwnSources:
		return "record the decision own_sources", nil
	case taskAmplification:
		return "a legal adviser records the decision amplification", nil
	case taskIndemnity:
		return "a legal adviser records the decision indemnity", nil
	case taskCorrection:
		return "a legal adviser records the decision correction", nil
	case "assign_coordinator":
		if c.Coordinator == "" {
			return "name a coordinator of the case", nil
		}
	case "triage":
		done, err := all[takedown.Triage](t)
		if err != nil || len(done) == 0 {
			return "record the case's triage", err
		}
	case "third_party_basis":
		p, err := find[takedown.Person](t, task.Subject)
		if err != nil || (p != nil && !p.ThirdBasis) {
			return "a legal adviser records the decision third_party_basis", err
		}
	}
	return "", nil
}

// belongs reports whether an id names something of this tx's case that may
// prove a task.
func (t *tx) belongs(id string) (bool, error) {
	kind, _, _ := strings.Cut(id, "_")
	proofs := []RecordKind{KindEvidence, KindPolice, KindDocument, KindDecision, KindReply, KindDispatch, KindTrack, KindItem}
	if !slices.Contains(proofs, RecordKind(kind)) {
		return false, nil
	}
	rs, err := t.s.Store.Get(t.ctx, Key{RecordKind(kind), id})
	if err != nil || len(rs) == 0 {
		return false, err
	}
	return rs[0].Stream == t.base.Stream, nil
}
