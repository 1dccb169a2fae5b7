package casework

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// taskGateMissing stands for a wait for a gate that no other task is about. It is
// read off the wait and stored nowhere: it ends when the wait does.
const taskGateMissing = "gate_missing"

// gatePrefix begins the id of a gate's task, gateCursor the cursor of the part of
// a worklist in which they stand.
const (
	gatePrefix = string(KindTask) + "_gate-"
	gateCursor = "gates."
)

// GateToOpen is one gate that is missing, and what opens it.
type GateToOpen struct {
	Gate  string `json:"gate" doc:"The reason code, with the action, item or person that it is about."`
	Enter string `json:"enter" doc:"What to enter, and where."`
}

// gateEntries say what opens a gate that has no task of its own, and where it is
// entered, by its reason code up to the first colon. A code that is not here has
// a task, or is nobody's here to open.
var gateEntries = map[string]string{
	"evidence":              "register evidence of the item: POST /v1/cases/{case}/evidence",
	"assessment":            "assess the item: PUT /v1/cases/{case}/items/{item}/assessment",
	"consent":               "record what the person decided: PUT /v1/cases/{case}/people/{person}/consents/{action}",
	"mandate":               "record the person's mandate with its evidence: PUT /v1/cases/{case}/people/{person}/consents/{action}",
	"alignment_not_asked":   "record what was agreed with the police, or why they are not asked: PUT /v1/cases/{case}/police-alignment",
	"police_report":         "record the report that was filed: PUT /v1/cases/{case}/police-reports/{report}",
	"site_operator_attempt": "record what was tried with the operator of the site: POST /v1/cases/{case}/contact-attempts",
	"eligible_offence":      "assess an item on an offence that opens this route: PUT /v1/cases/{case}/items/{item}/assessment",
	"decision":              "record the decision of this kind: POST /v1/cases/{case}/decisions",
	"online_platform":       "open the route at a provider that art. 21 DSA binds: POST /v1/cases/{case}/tracks with providerId; or mend what the register says of it: PUT /v1/contacts/{contact}",
	"platform_decision":     "register the platform's decision: POST /v1/replies",
	"certified_body":        "record the body's certificate: PUT /v1/contacts/{contact}",
	gateWrong:               "take the address out of the contact, which is a wrong addressee's: PUT /v1/contacts/{contact}; or stop the track",
	"subsidiarity":          "say why waiting for the provider is not responsible: PUT /v1/tracks/{track}/particulars",
	"settings":              "complete what mail is sent with: PUT /v1/settings",
	"kill_switch":           "sending is switched off; when it shall go on, switch it on again: PUT /v1/settings",
	"redirected":            "mail goes to the test address; when it shall go to who it is for, take the redirect away: PUT /v1/settings",

	"alignment_denies_assessed_offence": "say which of the two holds: PUT /v1/cases/{case}/police-alignment, or PUT /v1/cases/{case}/items/{item}/assessment",
}

// gateTasks are the tasks that a gate has already, by its whole reason code:
// always, or ("" without) only while a task of that kind is open.
var gateTasks = map[string]string{
	"decision:own_sources":   "",
	"decision:indemnity":     "",
	"decision:correction":    "",
	"decision:amplification": taskAmplification,
	"police_report":          taskReport,
}

// ofAllCases are the gates that one entry opens for every case: they are asked for
// once, beside whichever case waits longest.
var ofAllCases = []string{"settings", "kill_switch", "redirected"}

// askedFor is what a gate is asked for once in.
func askedFor(caseID, why string) string {
	if code, _, _ := strings.Cut(why, ":"); slices.Contains(ofAllCases, code) {
		return why
	}
	return caseID + " " + why
}

// entryFor says what opens a gate; "" for one that is nobody's here, or that
// another task always stands for.
func entryFor(why string) string {
	if kind, has := gateTasks[why]; has && kind == "" {
		return ""
	}
	code, _, _ := strings.Cut(why, ":")
	return gateEntries[code]
}

// gateAsks says in whose worklists a wait for gates stands: the roles that can open
// one of those that no open task is about, in the order of the gates. Tasks are
// listed only for the few gates that may have one or not.
func (t *tx) gateAsks(st step) ([]takedown.Role, error) {
	if st.next != goGate && st.next != goGates {
		return nil, nil
	}
	var out []takedown.Role
	for _, why := range st.why[:min(len(st.why), maxWhy)] {
		role := takedown.Role(mover(why))
		if entryFor(why) == "" || !slices.Contains(gateMovers, role) || slices.Contains(out, role) {
			continue
		}
		if kind := gateTasks[why]; kind != "" {
			open, err := t.hasOpenTask(kind, string(t.base.Stream))
			if err != nil {
				return nil, err
			}
			if open {
				continue
			}
		}
		out = append(out, role)
	}
	return out, nil
}

// asking adds to a step whom it asks.
func (t *tx) asking(st step) (step, error) {
	var err error
	st.asks, err = t.gateAsks(st)
	return st, err
}

// gateMovers are the roles that a gate's task may stand with.
var gateMovers = []takedown.Role{takedown.Specialist, takedown.LegalAdviser, takedown.Coordinator}

// waitPartition is the part of the list of what is due in which a wait stands: one
// that asks a role is found by that role too, in the one place that it has.
func waitPartition(asks takedown.Role) string {
	if asks == "" {
		return "wait"
	}
	return "wait:" + string(asks)
}

// waitPartitions are all of them.
func waitPartitions() []string {
	out := []string{waitPartition("")}
	for _, role := range gateMovers {
		out = append(out, waitPartition(role))
	}
	return out
}

// waitPlace is where an open wait stands.
func waitPlace(w *takedown.Wait) IndexPlace {
	return IndexPlace{indexDue, waitPartition(w.Asks), sortTime(w.Due)}
}

// gateTaskID names what the wait of a case or track asks a role: of the role in
// whose part of the list it stands without more.
func gateTaskID(holder string, w *takedown.Wait, role takedown.Role) string {
	id := gatePrefix + holder + "-" + strconv.Itoa(w.No)
	if role != w.Asks {
		id += "-" + string(role)
	}
	return id
}

// gateTaskOf reads a role's gate task off the wait of a case or track; nil for a
// wait that does not ask it. Without a role it is the one that the wait asks first.
func gateTaskOf(caseID, track, holder string, w *takedown.Wait, role takedown.Role) *TaskView {
	if w == nil || w.Asks == "" {
		return nil
	}
	if role == "" {
		role = w.Asks
	}
	if role != w.Asks && !slices.Contains(w.AlsoAsks, role) {
		return nil
	}
	v := &TaskView{
		ID: gateTaskID(holder, w, role), Case: caseID, Version: 1, Kind: taskGateMissing, Owner: string(role), Subject: holder, Track: track,
		Status: string(takedown.TaskOpen), CreatedAt: w.Since,
	}
	var maybe []GateToOpen // a task of their own may be open: they are named only if nothing else is
	for _, why := range w.Why {
		enter := entryFor(why)
		if enter == "" || mover(why) != string(role) {
			continue
		}
		if gateTasks[why] != "" {
			maybe = append(maybe, GateToOpen{why, enter})
			continue
		}
		v.Gates = append(v.Gates, GateToOpen{why, enter})
	}
	if len(v.Gates) == 0 {
		v.Gates = maybe
	}
	if len(v.Gates) == 0 { // written by a version that knew another gate
		return nil
	}
	v.Reason = v.Gates[0].Gate
	return v
}

// gateTaskIn is the same, for a row of the list of what is due.
func gateTaskIn(r Record, role takedown.Role) (*TaskView, error) {
	if r.Kind == KindCase {
		c, err := decode[takedown.Case](r)
		if err != nil {
			return nil, err
		}
		return gateTaskOf(c.ID, "", c.ID, c.Wait, role), nil
	}
	tr, err := decode[takedown.Track](r)
	if err != nil {
		return nil, err
	}
	return gateTaskOf(tr.Case, tr.ID, tr.ID, tr.Wait, role), nil
}

// eachGateTask pages through the gates' tasks of a role in the cases that are
// seen: in its own part of the list, then in those of the others, whose waits may
// ask it too; a cursor begins with which part. What an earlier one of the same case
// on the page names already is not asked twice.
func (s *Service) eachGateTask(ctx context.Context, seen func(caseID string) (bool, error), q Query, keep func(TaskView) bool) (string, error) {
	role := takedown.Role(q.Partition)
	if !slices.Contains(gateMovers, role) {
		return "", nil
	}
	parts := append([]takedown.Role{role}, slices.DeleteFunc(slices.Clone(gateMovers), func(r takedown.Role) bool { return r == role })...)
	part := 0
	if at, rest, ok := strings.Cut(q.Cursor, "."); ok {
		n, err := strconv.Atoi(at)
		if err != nil || n < 0 || n >= len(parts) {
			return "", refuse("/cursor", "is none of ours")
		}
		part, q.Cursor = n, rest
	}
	show := s.gateShower(ctx, seen, role, func(v TaskView) bool {
		kept := keep(v)
		if kept {
			q.Limit--
		}
		return kept
	})
	for q.Limit = pageSize(q.Limit); ; part, q.Cursor = part+1, "" {
		if q.Index, q.Partition = indexDue, waitPartition(parts[part]); q.Limit == 0 {
			return strconv.Itoa(part) + ".", nil
		}
		next, err := s.eachRecord(ctx, q, show)
		if next != "" {
			next = strconv.Itoa(part) + "." + next
		}
		if err != nil || next != "" || part == len(parts)-1 {
			return next, err
		}
	}
}

// gateShower shows each gate's task of a role in the rows of what is due, those of
// one page.
func (s *Service) gateShower(ctx context.Context, seen func(caseID string) (bool, error), role takedown.Role, keep func(TaskView) bool) func(Record) (bool, error) {
	named, urgent := map[string]bool{}, map[string]bool{}
	return func(r Record) (bool, error) {
		v, err := gateTaskIn(r, role)
		if err != nil || v == nil {
			return false, err
		}
		if ok, err := seen(v.Case); err != nil || !ok {
			return false, err
		}
		v.Gates = slices.DeleteFunc(v.Gates, func(g GateToOpen) bool {
			once := askedFor(v.Case, g.Gate)
			again := named[once]
			named[once] = true
			return again
		})
		if len(v.Gates) == 0 {
			return false, nil
		}
		v.Reason = v.Gates[0].Gate
		if _, known := urgent[v.Case]; !known {
			c, err := get[takedown.Case](ctx, s, v.Case)
			if err != nil {
				return false, err
			}
			urgent[v.Case] = c.Flags.Urgent()
		}
		v.Urgent = urgent[v.Case]
		return keep(*v), nil
	}
}

// gateTask gives the task of a wait for a gate by its id; NotFound once the wait
// is over, or for somebody who may not see its case.
func (s *Service) gateTask(ctx context.Context, who takedown.Principal, id string) (TaskView, error) {
	holder, rest, _ := strings.Cut(strings.TrimPrefix(id, gatePrefix), "-")
	no, role, _ := strings.Cut(rest, "-")
	kind, _, _ := strings.Cut(holder, "_")
	if no == "" || (kind != string(KindCase) && kind != string(KindTrack)) {
		return TaskView{}, noSuch(KindTask)
	}
	rs, err := s.Store.Get(ctx, Key{RecordKind(kind), holder})
	if err != nil || len(rs) == 0 {
		return TaskView{}, orElse(err, noSuch(KindTask))
	}
	v, err := gateTaskIn(rs[0], takedown.Role(role))
	if err != nil || v == nil || v.ID != id {
		return TaskView{}, orElse(err, noSuch(KindTask))
	}
	if ok, err := s.sight(ctx, who)(v.Case); err != nil || !ok {
		return TaskView{}, orElse(err, noSuch(KindTask))
	}
	c, err := get[takedown.Case](ctx, s, v.Case)
	if err != nil {
		return TaskView{}, err
	}
	v.Urgent = c.Flags.Urgent()
	return *v, nil
}
