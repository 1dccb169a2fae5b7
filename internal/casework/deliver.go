package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// delivered records that an addressee has a document, from a proven moment,
// and starts the clocks of its rung.
func (t *tx) delivered(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, at time.Time, event string) error {
	n.At, n.LeaseUntil = at, time.Time{}
	d.Status = takedown.DocumentDelivered
	if err := t.put(n); err != nil {
		return err
	}
	if err := t.put(d); err != nil {
		return err
	}
	if err := t.log("dispatch."+string(n.Status), event, []string{n.ID, d.ID, tr.ID}, "content:"+d.ContentHash); err != nil {
		return err
	}
	if err := t.closeTasks("settle_dispatch", d.ID); err != nil {
		return err
	}
	cur := tr.Current()
	if cur == nil || cur.Document != d.ID || tr.Ended() {
		return nil // on record; nothing is waited for any more
	}
	if err := t.startRungClocks(tr, cur, d, at, event); err != nil {
		return err
	}
	if err := t.closeWaitTask(tr.ID, tr.Wait); err != nil {
		return err
	}
	t.wakeTrack(tr)
	return t.put(tr)
}

// startRungClocks starts the answer's clock and, beside it, the receipt's; and
// ends the window within which the rung had to be taken.
func (t *tx) startRungClocks(tr *takedown.Track, cur *takedown.Taken, d *takedown.Document, at time.Time, event string) error {
	p, err := t.newPlanner(tr)
	if err != nil {
		return err
	}
	rung, ok := p.ladder.Rung(cur.Rung)
	if !ok {
		return nil
	}
	if rung.Window != "" {
		if err := t.endClocksOf(tr.ID, rung.Window, takedown.ClockMet, "rung_taken"); err != nil {
			return err
		}
	}
	rule, err := p.rungClock(rung, at)
	if err != nil {
		return err
	}
	base := takedown.Clock{Meta: takedown.Meta{Case: d.Case}, Track: tr.ID, Document: d.ID}
	if rule != "" {
		event, err := p.startedBy(rule, event)
		if err != nil {
			return err
		}
		c, err := t.startClock(rule, at, p.countInput(rule, event), base)
		if err != nil {
			return err
		}
		cur.Clock = c.ID
	}
	if rung.Receipt != "" {
		_, err := t.startClock(rung.Receipt, at, p.countInput(rung.Receipt, event), base)
		return err
	}
	return nil
}

// rungClock is the rule of the clock for the answer to a rung's document; of
// several, the one that fits the data and the danger. Empty without one.
func (p *planner) rungClock(rung law.Rung, on time.Time) (string, error) {
	if len(rung.ClockChoice) == 0 {
		return rung.Clock, nil
	}
	return p.t.s.Law.ChooseClock(rung.ClockChoice, p.categories(), p.c.Flags.Urgent(), on)
}

// countInput is what a count needs of the addressee.
func (p *planner) countInput(rule, event string) law.CountInput {
	in := law.CountInput{Event: event, LifeOrSafety: p.c.Flags.Urgent()}
	if cal, err := calendar.ParseCalendar(p.contact.Country); err == nil {
		in.Calendar = cal
	} else {
		in.Country = p.contact.Country
	}
	if p.contact.OwnTerm > 0 && rule == "C5" {
		in.OwnTerm = &law.Term{Unit: law.Unit(p.contact.OwnTermUnit), Length: p.contact.OwnTerm}
	}
	return in
}

func (p *planner) categories() []string {
	var out []string
	for _, it := range p.items {
		for _, c := range it.DataCategories {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// endClocksOf ends a track's running clocks of a rule.
func (t *tx) endClocksOf(track, rule string, status takedown.ClockStatus, reason string) error {
	return t.endEach(func(c *takedown.Clock) bool { return c.Track == track && c.Rule == rule }, status, reason)
}

// endEach ends the case's running clocks that which names.
func (t *tx) endEach(which func(*takedown.Clock) bool, status takedown.ClockStatus, reason string) error {
	clocks, err := all[takedown.Clock](t)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if c.Status == takedown.ClockRunning && which(c) {
			if err := t.endClock(c.ID, status, reason); err != nil {
				return err
			}
		}
	}
	return nil
}

// FilingInput is the body of POST …/filing: a web form was filed by hand, with
// the organisation's account.
type FilingInput struct {
	FiledAt time.Time `json:"filedAt"`
	Ticket  string    `json:"ticket" maxLength:"120"`
	Proof   string    `json:"proofEvidenceId" maxLength:"60"`

	NotEntered []string `json:"notEntered,omitempty" maxItems:"40" doc:"The names of the document's form fields that the form did not take."`
}

// FileDocument records a filing by hand; the clock starts at the filing, also of
// a text that was superseded after it was filed. Role: specialist.
func (s *Service) FileDocument(ctx context.Context, who takedown.Principal, doc string, in FilingInput) error {
	return s.onDocument(ctx, who, doc, []takedown.Role{takedown.Specialist}, func(t *tx, tr *takedown.Track, d *takedown.Document) error {
		if d.Channel != "form" {
			return state("this document does not go by form")
		}
		if err := t.actedOn(tr, d, in.FiledAt); err != nil {
			return err
		}
		if err := t.checkFiling(d, in); err != nil {
			return err
		}
		n := t.newDispatch(d)
		if err := t.goesTo(d, n); err != nil {
			return err
		}
		n.Status, n.Ticket, n.Proof, n.NotEntered = takedown.DispatchFiled, in.Ticket, in.Proof, in.NotEntered
		if len(in.NotEntered) > 0 {
			if err := t.log("dispatch.filed_in_part", fmt.Sprintf("fields_%d", len(in.NotEntered)), []string{n.ID, d.ID}); err != nil {
				return err
			}
		}
		t.claimReference(d)
		if err := t.takeTicket(tr, d, in.Ticket); err != nil {
			return err
		}
		t.done(200, d.ID)
		return t.delivered(tr, d, n, in.FiledAt.UTC().Truncate(time.Second), "filed")
	})
}

// takeTicket lets replies be matched by an addressee's ticket. Where a later
// document of the track got the same one, it is the one that replies are about.
func (t *tx) takeTicket(tr *takedown.Track, d *takedown.Document, ticket string) error {
	if ticket == "" {
		return nil
	}
	l := Lookup{Space: spaceTicket, Value: t.s.ticketValue(tr.Contact, ticket), Ref: Key{KindDocument, d.ID}}
	t.change.Claim = append(t.change.Claim, l)
	ref, err := t.s.Store.FindLookup(t.ctx, l.Space, l.Value)
	if takedown.KindOf(err) == takedown.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	held, err := get[takedown.Document](t.ctx, t.s, ref.ID)
	if err == nil && held.Track != tr.ID {
		return refuse("/ticket", "is the ticket of another track's document with this contact")
	}
	l.Ref = ref
	t.change.Release = append(t.change.Release, l)
	return err
}

func (t *tx) checkFiling(d *takedown.Document, in FilingInput) error {
	var b bad
	if in.FiledAt.IsZero() {
		b.add("/filedAt", "is needed")
	}
	b.notFuture("/filedAt", in.FiledAt, t.now)
	if d.Approval != nil && in.FiledAt.Before(d.Approval.At.Add(-time.Minute)) {
		b.add("/filedAt", "lies before the approval")
	}
	b.atMost("/ticket", in.Ticket, 120)
	c, err := t.content(d)
	if err != nil {
		return err
	}
	b.distinct("/notEntered", in.NotEntered, 40)
	for n, name := range in.NotEntered {
		if !slices.ContainsFunc(c.Form, func(f notice.FormText) bool { return f.Name == name }) {
			b.add(fmt.Sprintf("/notEntered/%d", n), "is no field of this document's form")
		}
	}
	if err := t.filingProof(&b, in); err != nil {
		return err
	}
	return refuseAll(b.fields)
}

// clockSkew is how far the clock of whoever captured a filing may lie behind that
// of whoever noted when it was filed.
const clockSkew = 5 * time.Minute

// filingProof wants evidence of this case that was taken as the proof of a filing,
// when or after it was filed: what was captured before shows nothing of it.
func (t *tx) filingProof(b *bad, in FilingInput) error {
	const at = "/proofEvidenceId"
	e, err := find[takedown.Evidence](t, in.Proof)
	switch {
	case err != nil:
		return err
	case e == nil || e.Case != string(t.base.Stream):
		b.add(at, "is no evidence of this case: upload the proof first")
	case e.Purpose != purposeFiling:
		b.add(at, "is no proof of a filing: commit it as evidence with purpose %s", purposeFiling)
	case e.CapturedAt.Before(in.FiledAt.Add(-clockSkew)):
		b.add(at, "was captured before the form was filed (filedAt)")
	}
	return nil
}

// proof wants evidence of this case.
func (t *tx) proof(b *bad, pointer, id string) error {
	e, err := find[takedown.Evidence](t, id)
	if err != nil {
		return err
	}
	if e == nil || e.Case != string(t.base.Stream) {
		b.add(pointer, "is no evidence of this case: upload the proof first")
	}
	return nil
}

// ResolutionInput is the body of POST …/dispatch-resolution.
type ResolutionInput struct {
	Outcome string `json:"outcome" enum:"sent,not_sent"`
	Reason  string `json:"reason" minLength:"3" maxLength:"1000" doc:"A code of the list, or words, which are sealed."`
}

// ResolveDispatch settles an uncertain dispatch: sent starts the clock at the
// intent, not_sent lets it be sent again under a new number. Role: specialist.
func (s *Service) ResolveDispatch(ctx context.Context, who takedown.Principal, doc string, in ResolutionInput) error {
	if err := need(who, takedown.Specialist); err != nil {
		return err
	}
	var b bad
	b.fields = checkReason("/reason", in.Reason)
	b.oneOf("/outcome", in.Outcome, []string{"sent", "not_sent"})
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	return s.onDocument(ctx, who, doc, []takedown.Role{takedown.Specialist}, func(t *tx, tr *takedown.Track, d *takedown.Document) error {
		if d.Status != takedown.DocumentUncertain {
			return state("the document's dispatch is not uncertain")
		}
		n, err := load[takedown.Dispatch](t, d.LastDispatch)
		if err != nil {
			return err
		}
		code, err := t.reason("dispatch.resolved", d.ID, in.Reason)
		if err != nil {
			return err
		}
		if err := t.log("dispatch.resolved", in.Outcome+":"+code, []string{n.ID, d.ID}); err != nil {
			return err
		}
		t.done(200, d.ID)
		t.wakeTrack(tr)
		if in.Outcome == "sent" {
			n.Status = takedown.DispatchSent
			return t.delivered(tr, d, n, n.IntendedAt, "mailed")
		}
		n.Status, d.Status, n.LeaseUntil = takedown.DispatchFailed, takedown.DocumentApproved, time.Time{}
		if err := t.put(n); err != nil {
			return err
		}
		if err := t.closeTasks("settle_dispatch", d.ID); err != nil {
			return err
		}
		if overFor(tr, d) { // it goes to nobody any more
			return t.supersede(d)
		}
		return t.put(d)
	})
}
