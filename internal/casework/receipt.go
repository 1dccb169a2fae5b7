package casework

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/correspondence"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// How far it is known that an addressee has what was sent (Clock.Receipt).
const (
	receiptAssumed = "assumed"
	receiptProven  = "proven"
)

// reasonReceipt ends a clock whose start was only assumed once the receipt is
// known.
const reasonReceipt = "receipt_proven"

// startedBy is the event that a rung's clock starts with. A form's own receipt,
// which every filing keeps as its proof, is a receipt where law asks for one
// (domain.md §3.5: legal clocks against others at proven receipt only).
func (p *planner) startedBy(rule, event string) (string, error) {
	r, err := p.t.s.Law.Clock(rule, p.t.now)
	if err == nil && r.Proof == receiptProven && event == "filed" {
		return "received", nil
	}
	return event, err
}

// answersUs says of a reply that whoever sent it read what it answers; a machine
// that answers, or a report, reads nothing.
func answersUs(r *takedown.Reply) bool {
	return slices.Contains([]string{"acknowledgement", "question", "decision"}, r.Kind)
}

// receiptProvedBy counts a document's legal clocks anew from the day on which an
// addressee answered at the latest: until then their start is assumed. What is
// counted from proof stays, and so does what an extension set.
func (t *tx) receiptProvedBy(tr *takedown.Track, d *takedown.Document, r *takedown.Reply) error {
	if !answersUs(r) || !provesReceipt(r) || slices.Contains([]string{"removed", "partly", "refused", "upheld"}, r.Decision) {
		return nil // a decision ends the clock
	}
	return t.receiptProved(tr, d, r.ReceivedAt, false)
}

// provesReceipt says whether a reply shows that its addressee has what was sent.
// Legal clocks against others run from proven receipt only (domain.md §3.5), and
// an uncertain dispatch must not become a sent one on a stranger's word. So a
// mail counts whose sender is authenticated and the contact; or, where its
// sender is not known, one that came to the secret address of the dispatch or
// answers its Message-ID, once a person has said what it is: the address shows
// only that the writer saw our mail, which a forwarded or leaked copy gives to
// anybody. What a person confirmed as a decision ends the wait, so it settles
// this too; and what a person registered by hand is that person's word.
func provesReceipt(r *takedown.Reply) bool {
	m := r.Mail
	switch {
	case m == nil || m.OfContact:
		return true
	case !m.Confirmed:
		return false
	case r.Kind == "decision" || m.Sender == string(correspondence.Authenticated):
		return true
	}
	return m.Doubt != correspondence.DoubtForged && slices.ContainsFunc(m.Proofs, func(p string) bool {
		return strings.HasPrefix(p, string(correspondence.ProofAddress)+" ") || strings.HasPrefix(p, string(correspondence.ProofThread)+" ")
	})
}

// confirm lets count as proof of receipt what a person says a mail is that the
// program had read as the same, from a sender it did not know.
func (t *tx) confirm(tr *takedown.Track, r *takedown.Reply) error {
	if r.Mail == nil || r.Mail.Confirmed || r.Mail.OfContact || tr.Ended() {
		return nil
	}
	r.Mail.Confirmed = true
	if err := t.put(r); err != nil {
		return err
	}
	d, err := t.repliedTo(tr, r)
	if err != nil {
		return err
	}
	if err := t.log("reply.confirmed", replyCode(r), idsOf(r.ID, tr.ID, r.Document)); err != nil {
		return err
	}
	t.done(200, r.ID)
	if d == nil || r.Kind == "bounce" {
		return t.touch()
	}
	t.wakeTrack(tr)
	if err := t.settledByReply(tr, d, r); err != nil {
		return err
	}
	return errors.Join(t.receiptProvedBy(tr, d, r), t.touch())
}

// receiptSaid counts the clocks of the request that a complaint to the data
// protection authority is about from the receipt that a person can prove.
func (t *tx) receiptSaid(tr *takedown.Track, in *takedown.Infringement) error {
	if in == nil || in.Proof == "" || in.ReceivedAt.IsZero() {
		return nil
	}
	p, err := t.newPlanner(tr)
	if err != nil {
		return err
	}
	last, err := p.lastRequest()
	if err != nil || last.document == nil {
		return err
	}
	return t.receiptProved(last.track, last.document, in.ReceivedAt, false)
}

// receiptProved counts a document's running clocks anew whose start was only
// assumed: those that law counts from proven receipt, or every one. What an
// extension set stays.
func (t *tx) receiptProved(tr *takedown.Track, d *takedown.Document, received time.Time, every bool) error {
	clocks, err := all[takedown.Clock](t)
	if err != nil {
		return err
	}
	for _, c := range clocks {
		if c.Document != d.ID || c.Status != takedown.ClockRunning || c.Receipt != receiptAssumed || received.Before(c.Start) {
			continue
		}
		rule, err := t.s.Law.Clock(c.Rule, c.Start)
		if err != nil {
			return err
		}
		if (!every && rule.Proof != receiptProven) || (c.Counted != nil && c.Counted.Extended) {
			continue
		}
		if err := t.countFromReceipt(tr, c, received); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) countFromReceipt(tr *takedown.Track, c *takedown.Clock, received time.Time) error {
	p, err := t.newPlanner(tr)
	if err != nil {
		return err
	}
	base := takedown.Clock{Meta: takedown.Meta{Case: tr.Case}, Track: tr.ID, Document: c.Document, Supersedes: c.ID}
	next, err := t.startClock(c.Rule, received, p.countInput(c.Rule, "received"), base)
	if err != nil {
		return err
	}
	if err := t.endClock(c.ID, takedown.ClockSuperseded, reasonReceipt); err != nil {
		return err
	}
	return t.repoint(c.ID, next.ID)
}

// factSilence says that a controller kept silent, once the month that runs from
// the receipt is over (art. 12(3) GDPR). The track's own clock may have begun
// with the mail: its last day is told to nobody, unless the addressee's notice
// extended it.
func (p *planner) factSilence(out *notice.Infringement, tr *takedown.Track, clock *takedown.Clock) error {
	last := clock.Due
	if extended := clock.Counted != nil && clock.Counted.Extended; !extended && !out.ReceivedAt.IsZero() {
		of, err := p.t.newPlanner(tr)
		if err != nil {
			return err
		}
		in := of.countInput(clock.Rule, "received")
		in.Start = out.ReceivedAt
		if in.Extra, err = p.t.extraDays(); err != nil {
			return err
		}
		counted, err := p.t.s.Law.Count(clock.Rule, in)
		if err != nil {
			return err
		}
		last = counted.Due
	}
	if !p.t.now.After(last) {
		return nil // they may still answer
	}
	out.Answer = "silence"
	if !out.ReceivedAt.IsZero() {
		out.TermEnded = notice.Deadline{On: last, Nature: string(law.Legal)}
	}
	return nil
}
