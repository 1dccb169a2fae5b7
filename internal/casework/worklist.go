package casework

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// TaskView is a task as its owner sees it. Words are sealed and not shown.
type TaskView struct {
	ID        string    `json:"id"`
	Case      string    `json:"caseId,omitempty"`
	Version   int64     `json:"version"`
	Kind      string    `json:"kind"`
	Owner     string    `json:"owner"`
	Reason    string    `json:"reason"`
	Subject   string    `json:"subject,omitempty"`
	Track     string    `json:"trackId,omitempty"`
	Status    string    `json:"status" enum:"open,done"`
	Mandatory bool      `json:"mandatory,omitempty"`
	Urgent    bool      `json:"urgent,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
	DueAt     time.Time `json:"dueAt,omitzero" doc:"Of an approval, filing, posting or handover: when its text expires and is drafted again."`
	DeputyAt  time.Time `json:"deputyAt,omitzero" doc:"When it is raised to the coordinator, who finds a deputy."`
	Raised    bool      `json:"raised,omitempty" doc:"It stands in the coordinator's worklist too."`
	DoneAt    time.Time `json:"doneAt,omitzero"`
	DoneBy    string    `json:"doneBy,omitempty"`
	Evidence  string    `json:"evidence,omitempty"`
	Warnings  int       `json:"warnings,omitempty" doc:"How often its clock has warned."`
	Cases     []string  `json:"contactCases,omitempty" doc:"Of a task about a contact's address: the open cases that write to it, as far as you may see them; at most fifty, and not in lists: see GET /v1/contacts/{contact}/cases."`

	Gates []GateToOpen `json:"gates,omitempty" doc:"gate_missing: what is missing that its owner can open. It is done once the track or the intake goes on."`

	Referrals []takedown.Referral `json:"referrals,omitempty" doc:"refer_csam, done: to whom the location went."`

	by string // who opened it; nobody for a gate
}

func viewTask(t *takedown.Task) TaskView {
	return TaskView{
		ID: t.ID, Case: t.Case, Version: t.Version, Kind: t.Kind, Owner: string(t.Owner), Reason: t.Reason, Subject: t.Subject,
		Track: t.Track, Status: string(t.Status), Mandatory: t.Mandatory, Urgent: t.Urgent, CreatedAt: t.CreatedAt,
		DueAt: t.DueAt, DoneAt: t.DoneAt, DoneBy: t.DoneBy, Evidence: t.Evidence, Warnings: t.Warnings, Referrals: t.Referrals,
		DeputyAt: t.DeputyAt, Raised: t.Raised, by: t.By,
	}
}

// TaskGroup is the tasks of one kind, urgent and oldest first.
type TaskGroup struct {
	Kind  string     `json:"kind"`
	Tasks []TaskView `json:"tasks"`
}

// WorklistPage is what waits for a role, grouped by kind; groups stand in the
// order of their first task.
type WorklistPage struct {
	Items []TaskGroup `json:"items"`
	Next  string      `json:"next,omitempty"`
}

// Worklist gives the open tasks of every role that the principal holds, each
// once, or of role alone if one is named, in the cases that they may see.
// Roles come one behind the other, each with what is urgent and oldest first: of
// several, what is urgent in a later role may stand on a later page.
// Forbidden for a role that the principal does not hold.
func (s *Service) Worklist(ctx context.Context, who takedown.Principal, role, cursor string, limit int) (WorklistPage, error) {
	out := WorklistPage{Items: []TaskGroup{}}
	roles, err := worklistRoles(who, role)
	if err != nil {
		return out, err
	}
	out.Next, err = s.eachRoleWaiting(ctx, roles, s.sight(ctx, who), cursor, pageSize(limit), func(v TaskView) {
		out.Items = addToGroup(out.Items, v)
	})
	for _, g := range out.Items {
		slices.SortStableFunc(g.Tasks, firstTask)
	}
	slices.SortStableFunc(out.Items, func(a, b TaskGroup) int { return firstTask(a.Tasks[0], b.Tasks[0]) })
	return out, err
}

// worklistRoles are the roles whose worklists are asked for: the one that is
// named, else all that the principal works with.
func worklistRoles(who takedown.Principal, named string) ([]takedown.Role, error) {
	if named != "" {
		if !slices.Contains(takedown.Roles(), takedown.Role(named)) {
			return nil, refuse("/role", "is no role")
		}
		return []takedown.Role{takedown.Role(named)}, need(who, takedown.Role(named))
	}
	var held []takedown.Role
	for _, r := range anyRole {
		if who.Has(r) {
			held = append(held, r)
		}
	}
	if len(held) == 0 { // a reporter's, in which nothing stands, or the program's own
		held = append(held, who.As(anyRole...))
		return held, need(who, held...)
	}
	return held, nil
}

// roleCursor ends the role in a cursor of several roles' worklists: behind it
// stands the cursor in that role's own.
const roleCursor = ":"

// eachRoleWaiting pages through the worklists of roles, one behind the other. A
// task that stands in two of them, raised to the coordinator, is in the first.
func (s *Service) eachRoleWaiting(ctx context.Context, roles []takedown.Role, seen func(caseID string) (bool, error), cursor string, left int, keep func(TaskView)) (string, error) {
	from := 0
	if len(roles) > 1 && cursor != "" {
		role, rest, _ := strings.Cut(cursor, roleCursor)
		if from = slices.Index(roles, takedown.Role(role)); from < 0 {
			return "", refuse("/cursor", "is no cursor of this list")
		}
		cursor = rest
	}
	for n := from; n < len(roles); n++ {
		if left == 0 {
			return string(roles[n]) + roleCursor, nil
		}
		q := Query{Partition: string(roles[n]), Cursor: cursor, Limit: left}
		next, err := s.eachWaiting(ctx, seen, q, func(v TaskView) bool {
			if slices.ContainsFunc(roles[:n], v.standsWith) {
				return false
			}
			keep(v)
			left--
			return true
		})
		switch {
		case err != nil:
			return "", err
		case next != "" && len(roles) > 1:
			return string(roles[n]) + roleCursor + next, nil
		case next != "":
			return next, nil
		}
		cursor = ""
	}
	return "", nil
}

// standsWith says that an open task stands in a role's worklist.
func (v TaskView) standsWith(role takedown.Role) bool {
	return v.Owner == string(role) || v.Raised && role == takedown.Coordinator
}

// firstTask orders tasks: the last warning of a clock first, then urgent ones,
// then the oldest.
func firstTask(a, b TaskView) int {
	rank := func(v TaskView) int {
		switch {
		case v.Warnings >= lastWarning:
			return 0
		case v.Urgent:
			return 1
		}
		return 2
	}
	return cmp.Or(rank(a)-rank(b), a.CreatedAt.Compare(b.CreatedAt))
}

// eachWaiting pages through what waits for a role: its tasks, and behind them
// the gates that no task is about.
func (s *Service) eachWaiting(ctx context.Context, seen func(caseID string) (bool, error), q Query, keep func(TaskView) bool) (string, error) {
	left := q.Limit
	rest, gates := strings.CutPrefix(q.Cursor, gateCursor)
	if !gates {
		q.Index = indexWorklist
		next, err := s.eachTask(ctx, seen, q, func(task *takedown.Task) bool {
			kept := keep(viewTask(task))
			if kept {
				left--
			}
			return kept
		})
		if err != nil || next != "" {
			return next, err
		}
		if left == 0 {
			return gateCursor, nil
		}
	}
	q.Cursor, q.Limit = rest, left
	if !gates {
		q.Cursor = ""
	}
	next, err := s.eachGateTask(ctx, seen, q, keep)
	if next != "" {
		next = gateCursor + next
	}
	return next, err
}

// nameCases adds to a task about a contact's address which open cases use it.
func (s *Service) nameCases(ctx context.Context, who takedown.Principal, v *TaskView) error {
	if v.Kind != taskBounced || v.Status != string(takedown.TaskOpen) {
		return nil
	}
	page, err := s.ContactCases(ctx, who, v.Subject, "", defaultPage)
	for _, c := range page.Items {
		if !slices.Contains(v.Cases, c.Case) {
			v.Cases = append(v.Cases, c.Case)
		}
	}
	return err
}

// eachTask pages through the open tasks of a worklist in the cases that are
// seen, until keep has taken a page's worth, and gives the cursor behind it.
func (s *Service) eachTask(ctx context.Context, seen func(caseID string) (bool, error), q Query, keep func(*takedown.Task) bool) (string, error) {
	return s.eachRecord(ctx, q, func(r Record) (bool, error) {
		task, err := decode[takedown.Task](r)
		if err != nil || task.Status != takedown.TaskOpen {
			return false, err
		}
		if ok, err := taskSeen(seen, task); err != nil || !ok {
			return false, err
		}
		return keep(task), nil
	})
}

// taskSeen says whether a task is shown: what is asked about the register, which
// everybody reads, and about mail that is nobody's yet, which specialists match,
// is shown to whoever has its role.
func taskSeen(seen func(caseID string) (bool, error), task *takedown.Task) (bool, error) {
	if ofRegister(task) || task.Kind == taskMatch {
		return true, nil
	}
	return seen(task.Case)
}

func addToGroup(groups []TaskGroup, task TaskView) []TaskGroup {
	n := slices.IndexFunc(groups, func(g TaskGroup) bool { return g.Kind == task.Kind })
	if n < 0 {
		return append(groups, TaskGroup{task.Kind, []TaskView{task}})
	}
	groups[n].Tasks = append(groups[n].Tasks, task)
	return groups
}

// GetTask gives one task. Roles: whoever may see its case.
func (s *Service) GetTask(ctx context.Context, who takedown.Principal, id string) (TaskView, error) {
	if err := need(who, anyRole...); err != nil {
		return TaskView{}, err
	}
	if strings.HasPrefix(id, gatePrefix) {
		return s.gateTask(ctx, who, id)
	}
	task, err := get[takedown.Task](ctx, s, id)
	if err != nil {
		return TaskView{}, err
	}
	if ok, err := taskSeen(s.sight(ctx, who), task); err != nil || !ok {
		if err == nil {
			err = noSuch(KindTask)
		}
		return TaskView{}, err
	}
	v := viewTask(task)
	return v, s.nameCases(ctx, who, &v)
}
