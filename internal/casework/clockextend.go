package casework

import (
	"context"
	"fmt"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// ExtensionInput is the body of POST /v1/clocks/{clock}/extension.
type ExtensionInput struct {
	Until   time.Time `json:"until" doc:"The day until which it runs on; the clock ends with that day in Amsterdam."`
	Reason  string    `json:"reason" minLength:"3" maxLength:"1000" doc:"A code of the list, or words, which are sealed."`
	ReplyID string    `json:"replyId,omitempty" maxLength:"60" doc:"The addressee's notice; needed where law asks for one (C10)."`
}

// maxPause bounds a pause of a policy or self-set clock. Our own choice.
const maxPause = 366 * 24 * time.Hour

// ExtendClock puts a new row in a running clock's place, with the reason among
// its steps. Legal clocks only as far as law lets them: C10 by the addressee's
// notice received in the first month, two months more at most; C8 180 days in
// all. Role: legal adviser.
func (s *Service) ExtendClock(ctx context.Context, who takedown.Principal, id string, in ExtensionInput) (ClockView, error) {
	var out ClockView
	roles := []takedown.Role{takedown.LegalAdviser}
	if err := need(who, roles...); err != nil {
		return out, err
	}
	caseID, err := caseOf[takedown.Clock](ctx, s, id)
	if err != nil {
		return out, err
	}
	err = s.inCase(ctx, who, caseID, roles, func(t *tx, _ *takedown.Case) error {
		old, err := load[takedown.Clock](t, id)
		if err != nil {
			return err
		}
		if old.Status != takedown.ClockRunning {
			return state("the clock is %s", old.Status)
		}
		if err := t.mayExtend(old, in); err != nil {
			return err
		}
		next, err := t.extend(old, in)
		if err != nil {
			return err
		}
		t.done(200, next.ID)
		out, err = t.clockView(next)
		out.Version = next.Version + 1
		return err
	})
	return out, err
}

// endOfDay is the last second of an instant's day in Amsterdam.
func endOfDay(at time.Time) time.Time {
	d := at.In(calendar.Amsterdam)
	return time.Date(d.Year(), d.Month(), d.Day(), 23, 59, 59, 0, calendar.Amsterdam).UTC()
}

// mayExtend holds an extension to what the clock's rule allows.
func (t *tx) mayExtend(old *takedown.Clock, in ExtensionInput) error {
	rule, err := t.s.Law.Clock(old.Rule, old.Start)
	if err != nil {
		return err
	}
	if rule.Binding() || rule.Extendable == "" {
		return state("clock %s is never extended", old.Rule)
	}
	var b bad
	b.fields = checkReason("/reason", in.Reason)
	until := endOfDay(in.Until)
	if in.Until.IsZero() || !until.After(old.Due) || !until.After(t.now) {
		b.add("/until", "must lie after the day on which the clock ends now, and after today")
	}
	reply, err := t.replyFor(&b, old, in.ReplyID)
	if err != nil {
		return err
	}
	switch rule.Extendable {
	case "free":
		if old.Nature == string(law.Legal) {
			return state("clock %s is a legal one and is not paused", old.Rule)
		}
		if until.After(t.now.Add(maxPause)) {
			b.add("/until", "at most a year ahead")
		}
	case "total", "notice_in_first_period":
		if rule.Extendable != "total" {
			if err := t.noticeInTime(&b, reply, old); err != nil {
				return err
			}
		}
		if err := t.withinLongest(&b, old, until); err != nil {
			return err
		}
	}
	return refuseAll(b.fields)
}

// replyFor is the reply that an extension rests on: one of this case and, if it
// is about a track, of the clock's.
func (t *tx) replyFor(b *bad, old *takedown.Clock, id string) (*takedown.Reply, error) {
	if id == "" {
		return nil, nil
	}
	r, err := find[takedown.Reply](t, id)
	if err != nil {
		return nil, err
	}
	if r == nil || r.Case != old.Case || (r.Track != "" && r.Track != old.Track) {
		b.add("/replyId", "is no reply to what this clock is about")
		return nil, nil
	}
	return r, nil
}

// noticeInTime wants a notice received within the first period, whatever was
// extended since (GDPR 12(3): the data subject is told within a month).
func (t *tx) noticeInTime(b *bad, r *takedown.Reply, old *takedown.Clock) error {
	if r == nil {
		if len(b.fields) == 0 || b.fields[len(b.fields)-1].Pointer != "/replyId" {
			b.add("/replyId", "name the addressee's notice of extension")
		}
		return nil
	}
	first, err := t.count(old, false)
	if err != nil {
		return err
	}
	if r.ReceivedAt.After(first.Due) || r.ReceivedAt.Before(old.Start) {
		b.add("/replyId", "was not received within the first month")
	}
	return nil
}

// count counts a clock's rule from its start, on the calendar as it is now.
func (t *tx) count(c *takedown.Clock, extended bool) (law.Reckoning, error) {
	extra, err := t.extraDays()
	if err != nil {
		return law.Reckoning{}, err
	}
	in := law.CountInput{Start: c.Start, Calendar: calendar.Calendar(c.Calendar), Extended: extended, Extra: extra}
	return t.s.Law.Count(c.Rule, in)
}

// withinLongest holds a legal clock to the longest that its rule allows.
func (t *tx) withinLongest(b *bad, old *takedown.Clock, until time.Time) error {
	longest, err := t.count(old, true)
	if err != nil {
		return err
	}
	if until.After(longest.Due) {
		b.add("/until", "at most until %s", longest.DueDate)
	}
	return nil
}

// extend supersedes a clock by a new row and moves what points at it.
func (t *tx) extend(old *takedown.Clock, in ExtensionInput) (*takedown.Clock, error) {
	r, err := t.s.reckoning(t.ctx, old)
	if err != nil {
		return nil, err
	}
	r.Due = endOfDay(in.Until)
	r.DueDate = r.Due.In(calendar.Amsterdam).Format(time.DateOnly)
	r.Nature = law.Nature(old.Nature)
	r.Steps = append(r.Steps, extensionStep(r, in))
	base, err := t.s.successor(t.ctx, old)
	if err != nil {
		return nil, err
	}
	base.Counted.Extended = true
	next, err := t.putClock(base, r)
	if err != nil {
		return nil, err
	}
	if err := t.endClock(old.ID, takedown.ClockSuperseded, "extended"); err != nil {
		return nil, err
	}
	if err := t.repoint(old.ID, next.ID); err != nil {
		return nil, err
	}
	code, err := t.reason("clock.extended", next.ID, in.Reason)
	if err != nil {
		return nil, err
	}
	if err := t.log("clock.extended", code, idsOf(next.ID, old.ID, old.Track, in.ReplyID)); err != nil {
		return nil, err
	}
	return next, t.touch()
}

func extensionStep(r law.Reckoning, in ExtensionInput) calendar.Step {
	step := calendar.Step{
		Date: r.DueDate, Code: "extended", Rule: r.Rule, OurChoice: true, Source: "legal adviser",
		NL: fmt.Sprintf("Verlengd door de juridisch adviseur tot en met %s.", calendar.DateNL(r.Due.In(calendar.Amsterdam))),
		EN: fmt.Sprintf("Extended by the legal adviser to %s.", calendar.DateEN(r.Due.In(calendar.Amsterdam))),
	}
	if in.ReplyID != "" {
		step.OurChoice, step.Source = false, "reply "+in.ReplyID
		step.NL = fmt.Sprintf("Verlengd door de geadresseerde tot en met %s.", calendar.DateNL(r.Due.In(calendar.Amsterdam)))
		step.EN = fmt.Sprintf("Extended by the addressee to %s.", calendar.DateEN(r.Due.In(calendar.Amsterdam)))
	}
	return step
}

// exchange puts the next id in the place of an old one, and says whether any of
// the places held it.
func exchange(old, next string, places ...*string) bool {
	held := false
	for _, id := range places {
		if *id == old {
			*id, held = next, true
		}
	}
	return held
}

// repoint lets tracks, the police alignment and a klacht follow the new row.
func (t *tx) repoint(old, next string) error {
	tracks, err := all[takedown.Track](t)
	if err != nil {
		return err
	}
	for _, tr := range tracks {
		if cur := tr.Current(); cur != nil && exchange(old, next, &cur.Clock, &cur.Asked) {
			if err := t.put(tr); err != nil {
				return err
			}
		}
	}
	alignments, err := all[takedown.Alignment](t)
	if err != nil {
		return err
	}
	for _, a := range alignments {
		if exchange(old, next, &a.Clock, &a.PreservationClock, &a.EUPreservationClock) {
			if err := t.put(a); err != nil {
				return err
			}
		}
	}
	if err := t.repointTasks(old, next); err != nil {
		return err
	}
	klachten, err := all[takedown.Klacht](t)
	if err != nil {
		return err
	}
	for _, k := range klachten {
		if k.Clock == old {
			k.Clock = next
			if err := t.put(k); err != nil {
				return err
			}
		}
	}
	return nil
}
