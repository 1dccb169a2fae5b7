package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// Bounds of what a case's row lists: it stays under 4 KB.
const (
	maxAssignees    = 20
	maxFlareUps     = 30
	maxFlareUpAhead = 5 // years
	maxPrincipal    = 60
)

// CasePatch is the body of PATCH /v1/cases/{case} (RFC 7396): what is left out
// stays, null removes.
type CasePatch struct {
	Coordinator *string     `json:"coordinator,omitempty" doc:"A principal. A case keeps one."`
	Deputy      *string     `json:"deputy,omitempty" doc:"A principal; null for none."`
	Goals       *[]string   `json:"goals,omitempty" doc:"removal, prosecution, support."`
	Flags       *FlagsPatch `json:"flags,omitempty"`
	Restricted  *bool       `json:"restricted,omitempty" doc:"Only coordinator, deputy and assignees see it."`
	FlareUps    *[]string   `json:"flareUps,omitempty" doc:"Dates, YYYY-MM-DD, on which it may flare up. As such a date begins, the specialist is told, and pages that are gone are looked at each day."`
	WatchDays   *int        `json:"watchDays,omitempty" doc:"For how many days after the date they are, 1 to 90; 7 if none is given."`
	Assignees   *[]string   `json:"assignees,omitempty"`
	Related     *[]string   `json:"relatedCases,omitempty" doc:"Other cases of the same story, by id."`
	OccurredAt  *time.Time  `json:"occurredAt,omitempty" doc:"When the act was done: it decides which text of the law holds for every item that does not say itself when it was posted."`

	Suspects *[]SuspectInput `json:"suspects,omitempty" doc:"Sealed. All that are known, those of the intake too; a colleague among them restricts the case."`
}

// FlagsPatch changes single flags.
type FlagsPatch struct {
	DeathThreat   *bool               `json:"deathThreat,omitempty"`
	LifeOrSafety  *bool               `json:"lifeOrSafety,omitempty"`
	Misidentified *MisidentifiedInput `json:"misidentified,omitempty" doc:"An empty intendedTarget, or null, removes it."`
	ConcernOnly   *bool               `json:"concernOnly,omitempty"`
}

// UnmarshalJSON reads null as "remove": pointers alone cannot tell it from a
// field that was left out. Unknown fields are refused.
func (in *CasePatch) UnmarshalJSON(b []byte) error {
	type plain CasePatch
	nulls, err := strictPatch(b, (*plain)(in))
	if err != nil {
		return err
	}
	none, no, zero := "", false, 0
	for _, name := range nulls {
		switch name {
		case "coordinator":
			in.Coordinator = &none
		case "deputy":
			in.Deputy = &none
		case "goals":
			in.Goals = &[]string{}
		case "flareUps":
			in.FlareUps = &[]string{}
		case "watchDays":
			in.WatchDays = &zero
		case "assignees":
			in.Assignees = &[]string{}
		case "relatedCases":
			in.Related = &[]string{}
		case "restricted":
			in.Restricted = &no
		case "suspects":
			in.Suspects = &[]SuspectInput{}
		case "occurredAt":
			in.OccurredAt = &time.Time{}
		case "flags":
			in.Flags = &FlagsPatch{&no, &no, &MisidentifiedInput{}, &no}
		}
	}
	return nil
}

// UnmarshalJSON reads null as "not set".
func (p *FlagsPatch) UnmarshalJSON(b []byte) error {
	type plain FlagsPatch
	nulls, err := strictPatch(b, (*plain)(p))
	if err != nil {
		return err
	}
	no := false
	for _, name := range nulls {
		switch name {
		case "deathThreat":
			p.DeathThreat = &no
		case "lifeOrSafety":
			p.LifeOrSafety = &no
		case "concernOnly":
			p.ConcernOnly = &no
		case "misidentified":
			p.Misidentified = &MisidentifiedInput{}
		}
	}
	return nil
}

// strictPatch reads a merge patch and names the fields that are null in it.
func strictPatch(b []byte, into any) ([]string, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return nil, err
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, err
	}
	var nulls []string
	for name, v := range raw {
		if string(v) == "null" {
			nulls = append(nulls, name)
		}
	}
	return nulls, nil
}

// PatchCase changes who works on a case and how it is flagged. A flag that is
// set starts its urgent work at once. Role: coordinator.
func (s *Service) PatchCase(ctx context.Context, who takedown.Principal, caseID string, in CasePatch, version int64) error {
	return s.inAnyCase(ctx, who, caseID, coordinatorOnly, func(t *tx, c *takedown.Case) error {
		if c.Status != takedown.CaseOpen && !in.datesOnly() {
			return state("the case is %s; reopen it first", c.Status)
		}
		if err := sameVersion(c.Version, version); err != nil {
			return err
		}
		if err := t.checkCasePatch(c, in); err != nil {
			return err
		}
		before := c.Flags
		in.apply(c)
		if c.Flags.Misidentified != before.Misidentified {
			c.MisidentifiedAt = t.now
		}
		if err := t.sealSuspects(c, in.Suspects); err != nil {
			return err
		}
		if in.FlareUps != nil {
			c.FlareUpAt = nextFlareUp(c, t.now)
		}
		if err := t.put(c); err != nil {
			return err
		}
		if c.Coordinator != "" {
			if err := t.closeTasks("assign_coordinator", c.ID); err != nil {
				return err
			}
		}
		if err := t.newFlags(c, before); err != nil {
			return err
		}
		if err := t.log("case.changed", in.names(), []string{c.ID}); err != nil {
			return err
		}
		return t.touch()
	})
}

// datesOnly says that nothing is changed but when it may flare up: dates become
// known after a case was closed, too.
func (in CasePatch) datesOnly() bool {
	in.FlareUps, in.WatchDays = nil, nil
	return in == CasePatch{}
}

// names says in an entry what was changed, never to what.
func (in CasePatch) names() string {
	var out []string
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"coordinator", in.Coordinator != nil},
		{"deputy", in.Deputy != nil},
		{"goals", in.Goals != nil},
		{"flags", in.Flags != nil},
		{"restricted", in.Restricted != nil},
		{"flareUps", in.FlareUps != nil},
		{"watchDays", in.WatchDays != nil},
		{"assignees", in.Assignees != nil},
		{"relatedCases", in.Related != nil},
		{"occurredAt", in.OccurredAt != nil},
		{"suspects", in.Suspects != nil},
	} {
		if f.set {
			out = append(out, f.name)
		}
	}
	return strings.Join(out, ",")
}

// newFlags opens what a flag that was set asks for at once, as firstTasks does
// for a new case.
func (t *tx) newFlags(c *takedown.Case, before takedown.Flags) error {
	if c.Flags.DeathThreat && !before.DeathThreat {
		task := takedown.Task{Kind: taskDeathThreat, Owner: takedown.Coordinator, Reason: "death_threat", Subject: c.ID, Mandatory: true, Urgent: true}
		if err := t.openTask(task); err != nil { // each threat has its own
			return err
		}
	}
	if err := t.askCorrection(c, before.Misidentified); err != nil {
		return err
	}
	if !c.Flags.Urgent() || before.Urgent() {
		return nil
	}
	if err := t.openOnce(takedown.Task{Kind: "urgent_safety", Owner: takedown.Coordinator, Reason: "urgent_flag", Subject: c.ID, Urgent: true}); err != nil {
		return err
	}
	if err := t.hurryTasks(); err != nil {
		return err
	}
	return t.hurryAlignment(c)
}

// maxHurried bounds the tasks that one change puts first: the rest of a commit
// needs room too.
const maxHurried = 40

// hurryTasks puts the case's open tasks before others in the worklists.
func (t *tx) hurryTasks() error {
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return err
	}
	n := 0
	for _, task := range tasks {
		if task.Status != takedown.TaskOpen || task.Urgent || n == maxHurried {
			continue
		}
		n++
		task.Urgent = true
		if err := t.put(task); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) checkCasePatch(c *takedown.Case, in CasePatch) error {
	var b bad
	if in.Coordinator != nil && *in.Coordinator == "" {
		b.add("/coordinator", "a case keeps a coordinator: name another")
	}
	b.principal("/coordinator", in.Coordinator)
	b.principal("/deputy", in.Deputy)
	if in.Goals != nil {
		b.distinct("/goals", *in.Goals, len(goals))
		for n, g := range *in.Goals {
			b.oneOf(fmt.Sprintf("/goals/%d", n), g, goals)
		}
	}
	if in.FlareUps != nil {
		b.distinct("/flareUps", *in.FlareUps, maxFlareUps)
		for n, d := range *in.FlareUps {
			at, err := time.Parse(time.DateOnly, d)
			switch {
			case err != nil:
				b.add(fmt.Sprintf("/flareUps/%d", n), "must be a date, YYYY-MM-DD")
			case at.After(t.now.AddDate(maxFlareUpAhead, 0, 0)):
				b.add(fmt.Sprintf("/flareUps/%d", n), "lies more than %d years ahead", maxFlareUpAhead)
			}
		}
	}
	if d := in.WatchDays; d != nil && (*d < 0 || *d > maxWatchDays) {
		b.add("/watchDays", "must be 1 to %d", maxWatchDays)
	}
	if in.Assignees != nil {
		b.distinct("/assignees", *in.Assignees, maxAssignees)
		for n, a := range *in.Assignees {
			if b.principal(fmt.Sprintf("/assignees/%d", n), &a); a == "" {
				b.add(fmt.Sprintf("/assignees/%d", n), "is empty")
			}
		}
	}
	t.checkRelated(&b, c, in.Related)
	if in.OccurredAt != nil {
		b.notFuture("/occurredAt", *in.OccurredAt, t.now)
	}
	if in.Suspects != nil {
		b.suspects("/suspects", *in.Suspects)
	}
	if err := t.checkFlags(&b, in.Flags); err != nil {
		return err
	}
	after := *c
	in.apply(&after)
	if after.Deputy != "" && after.Deputy == after.Coordinator {
		b.add("/deputy", "is the coordinator: name somebody else")
	}
	if in.Restricted != nil && !*in.Restricted && after.ColleagueSusp {
		b.add("/restricted", "a case with a colleague as suspect stays restricted")
	}
	if len(b.fields) == 0 && !maySee(t.who, &after) {
		b.add("/restricted", "you would not see the case any more: name yourself coordinator, deputy or assignee")
	}
	return refuseAll(b.fields)
}

func (t *tx) checkFlags(b *bad, in *FlagsPatch) error {
	if in == nil || in.Misidentified == nil {
		return nil
	}
	target := in.Misidentified.IntendedTarget
	if target == "" || target == "unknown" {
		return nil
	}
	p, err := find[takedown.Person](t, target)
	if err != nil {
		return err
	}
	if p == nil || p.Case != string(t.base.Stream) {
		b.add("/flags/misidentified/intendedTarget", "must be unknown or an affected person of this case")
	}
	return nil
}

// principal wants a principal's id to be one that a row has room for.
func (b *bad) principal(pointer string, id *string) {
	if id == nil {
		return
	}
	if len(*id) > maxPrincipal || strings.TrimSpace(*id) != *id || strings.ContainsAny(*id, "\r\n\t\x00") {
		b.add(pointer, "must be a principal of at most %d characters", maxPrincipal)
	}
}

// distinct wants at most so many values, each once.
func (b *bad) distinct(pointer string, values []string, limit int) {
	if len(values) > limit {
		b.add(pointer, "at most %d", limit)
	}
	for n, v := range values {
		if slices.Contains(values[:n], v) {
			b.add(fmt.Sprintf("%s/%d", pointer, n), "is named twice")
		}
	}
}

func (in CasePatch) apply(c *takedown.Case) {
	if in.OccurredAt != nil {
		c.OccurredAt = second(*in.OccurredAt)
	}
	setTo(&c.Coordinator, in.Coordinator)
	setTo(&c.Deputy, in.Deputy)
	setTo(&c.Goals, in.Goals)
	setTo(&c.Restricted, in.Restricted)
	setTo(&c.FlareUps, in.FlareUps)
	setTo(&c.WatchDays, in.WatchDays)
	setTo(&c.Assignees, in.Assignees)
	setTo(&c.Related, in.Related)
	if in.Suspects != nil {
		restrictFor(c, *in.Suspects)
	}
	if f := in.Flags; f != nil {
		setTo(&c.Flags.DeathThreat, f.DeathThreat)
		setTo(&c.Flags.LifeOrSafety, f.LifeOrSafety)
		setTo(&c.Flags.ConcernOnly, f.ConcernOnly)
		if f.Misidentified != nil {
			c.Flags.Misidentified = f.Misidentified.IntendedTarget
		}
	}
}

func setTo[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}
