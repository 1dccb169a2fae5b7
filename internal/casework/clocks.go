package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// maxExplanation bounds the stored steps of one clock.
const maxExplanation = 256 << 10

// startClock counts a clock by its rule from the law data and puts it, running,
// with the steps that led to its date. c says what it is about.
func (t *tx) startClock(rule string, start time.Time, in law.CountInput, c takedown.Clock) (*takedown.Clock, error) {
	in.Start = start
	var err error
	if in.Extra, err = t.extraDays(); err != nil {
		return nil, err
	}
	r, err := t.s.Law.Count(rule, in)
	if err != nil {
		return nil, err
	}
	c.Counted = countedFrom(in)
	if c.Receipt == "" {
		if data, err := t.s.Law.Clock(rule, start); err == nil {
			c.Receipt = data.Proof
		}
		if r.Assumed {
			c.Receipt = receiptAssumed
		}
	}
	c.Rule, c.Start = rule, start.UTC().Truncate(time.Second)
	return t.putClock(c, r)
}

// putClock puts a counted clock, running, with an entry.
func (t *tx) putClock(c takedown.Clock, r law.Reckoning) (*takedown.Clock, error) {
	next, err := t.placeClock(c, r)
	if err != nil {
		return nil, err
	}
	return next, t.log("clock.started", next.Rule, idsOf(next.ID, next.Track, next.Document, next.Person, next.Supersedes))
}

// placeClock puts a counted clock, running.
func (t *tx) placeClock(c takedown.Clock, r law.Reckoning) (*takedown.Clock, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	// The steps name days and rules, nothing of the case: they are not sealed.
	if c.Explanation, _, err = t.s.Blobs.Put(t.ctx, bytes.NewReader(body), maxExplanation); err != nil {
		return nil, err
	}
	c.Meta = takedown.Meta{ID: c.ID, Case: string(t.base.Stream)}
	c.Nature, c.Status = string(r.Nature), takedown.ClockRunning
	c.Due, c.DueDate = r.Due.UTC(), r.DueDate
	c.Calendar, c.CalVersion = string(r.Calendar), r.CalendarVersion
	if c.WarnAt, err = t.s.nextLook(&c, r); err != nil {
		return nil, err
	}
	return &c, t.put(&c)
}

// endClock ends a running clock; one that has ended stays as it is. It writes
// no entry: what ended it has one.
func (t *tx) endClock(id string, st takedown.ClockStatus, reason string) error {
	c, err := load[takedown.Clock](t, id)
	if err != nil || c.Status != takedown.ClockRunning {
		return err
	}
	c.Status, c.EndedAt, c.Reason = st, t.now, reason
	if c.Warned > 0 && st != takedown.ClockSuperseded {
		if err := t.closeTasks(taskClockEnds, c.ID); err != nil {
			return err
		}
	}
	return t.put(c)
}

// ClockView is a clock that explains itself. Nature keeps legal, self-set and
// policy apart; Receipt says whether its start is assumed or proven.
type ClockView struct {
	ID              string          `json:"id"`
	Case            string          `json:"caseId"`
	Version         int64           `json:"version"`
	Track           string          `json:"trackId,omitempty"`
	Document        string          `json:"documentId,omitempty"`
	Person          string          `json:"personId,omitempty"`
	Rule            string          `json:"rule"`
	RuleVersion     string          `json:"ruleVersion"`
	Title           law.Text        `json:"title"`
	Nature          string          `json:"nature" enum:"legal,self-set,policy"`
	Status          string          `json:"status" enum:"running,met,expired,superseded"`
	Start           time.Time       `json:"start"`
	Due             time.Time       `json:"dueAt"`
	DueDate         string          `json:"dueDate"`
	Calendar        string          `json:"calendar,omitempty"`
	CalendarVersion string          `json:"calendarVersion,omitempty"`
	Steps           []calendar.Step `json:"steps"`
	NotBefore       string          `json:"notBefore,omitempty"`
	Warnings        []string        `json:"warnings,omitempty"`
	Premature       bool            `json:"premature,omitempty"`
	Receipt         string          `json:"receipt,omitempty"`
	EndedAt         time.Time       `json:"endedAt,omitzero"`
	Supersedes      string          `json:"supersedes,omitempty"`
	RecountedAt     time.Time       `json:"recountedAt,omitzero" doc:"When a changed calendar put it in the place of another."`
	MovedFrom       string          `json:"movedFrom,omitempty" doc:"The due date before that."`
	Kept            string          `json:"kept,omitempty" doc:"Why the date stayed."`
	Reason          string          `json:"reason,omitempty"`
}

func (t *tx) clockView(c *takedown.Clock) (ClockView, error) { return t.s.clockView(t.ctx, c) }

func (s *Service) clockView(ctx context.Context, c *takedown.Clock) (ClockView, error) {
	v := ClockView{
		ID: c.ID, Case: c.Case, Version: c.Version, Track: c.Track, Document: c.Document, Person: c.Person, Rule: c.Rule,
		Nature: c.Nature, Status: string(c.Status), Start: c.Start, Due: c.Due, DueDate: c.DueDate, Calendar: c.Calendar,
		CalendarVersion: c.CalVersion, Receipt: c.Receipt, EndedAt: c.EndedAt, Supersedes: c.Supersedes, Reason: c.Reason,
		RecountedAt: c.RecountedAt, MovedFrom: c.MovedFrom, Kept: c.Kept,
	}
	r, err := s.reckoning(ctx, c)
	if err != nil {
		return v, err
	}
	v.RuleVersion, v.NotBefore, v.Warnings, v.Premature = r.RuleVersion, r.NotBefore, r.Warnings, r.Premature
	if v.Steps = r.Steps; v.Steps == nil {
		v.Steps = []calendar.Step{}
	}
	rule, err := s.Law.Clock(c.Rule, c.Start)
	v.Title = rule.Title
	return v, err
}

// reckoning reads how a clock was counted.
func (s *Service) reckoning(ctx context.Context, c *takedown.Clock) (law.Reckoning, error) {
	var r law.Reckoning
	body, err := s.readBlob(ctx, c.Explanation)
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(body, &r)
}

// ClockQuery narrows GET /v1/clocks.
type ClockQuery struct {
	DueBefore time.Time
	Nature    string
	Cursor    string
	Limit     int
}

// ClockPage is one page of running clocks by due instant.
type ClockPage struct {
	Items []ClockView `json:"items"`
	Next  string      `json:"next,omitempty"`
}

// ListClocks gives the running clocks of the cases that one may see, the
// earliest first. Roles: all that work on cases.
func (s *Service) ListClocks(ctx context.Context, who takedown.Principal, q ClockQuery) (ClockPage, error) {
	out := ClockPage{Items: []ClockView{}}
	if err := need(who, anyRole...); err != nil {
		return out, err
	}
	var b bad
	b.oneOf("/nature", q.Nature, []string{"", string(law.Legal), string(law.SelfSet), string(law.Policy)})
	if err := refuseAll(b.fields); err != nil {
		return out, err
	}
	list := Query{Index: indexClocks, Partition: "running", Cursor: q.Cursor, Limit: q.Limit}
	if !q.DueBefore.IsZero() {
		list.Before = sortTime(q.DueBefore)
	}
	seen := s.sight(ctx, who)
	var err error
	out.Next, err = s.eachRecord(ctx, list, func(r Record) (bool, error) {
		c, err := decode[takedown.Clock](r)
		if err != nil || c.Status != takedown.ClockRunning || (q.Nature != "" && c.Nature != q.Nature) {
			return false, err
		}
		if ok, err := seen(c.Case); err != nil || !ok {
			return false, err
		}
		v, err := s.clockView(ctx, c)
		out.Items = append(out.Items, v)
		return true, err
	})
	return out, err
}

// GetClock gives one clock, whatever its status. Roles: whoever may see its
// case.
func (s *Service) GetClock(ctx context.Context, who takedown.Principal, id string) (ClockView, error) {
	var out ClockView
	if err := need(who, anyRole...); err != nil {
		return out, err
	}
	caseID, err := caseOf[takedown.Clock](ctx, s, id)
	if err != nil {
		return out, err
	}
	err = s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		c, err := load[takedown.Clock](t, id)
		if err != nil {
			return err
		}
		out, err = t.clockView(c)
		return err
	})
	return out, err
}
