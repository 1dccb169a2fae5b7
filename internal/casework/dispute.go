package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// routeDispute is the settlement of a dispute with a platform by a certified
// body (art. 21 DSA).
const routeDispute = "ods"

// platformGate wants a provider that art. 21 DSA binds: an online platform that
// is not micro or small (arts 19, 21 DSA).
func (p *planner) platformGate(g *gate) error {
	if p.track.Provider == "" {
		g.block("online_platform", time.Time{})
		return nil
	}
	c, err := p.t.contact(p.track.Provider)
	if err == nil && !slices.Contains(p.t.s.Law.DSAArticles(c.ServiceKind, c.MicroOrSmall, c.VLOP, p.t.now), "21") {
		g.block("online_platform", time.Time{})
	}
	return err
}

// refusalGate wants a decision of the provider against us: silence is none, and
// goes to art. 53 DSA (domain.md §1.7, §1.8).
func (p *planner) refusalGate(g *gate) error {
	tracks, err := p.towards()
	if err != nil {
		return err
	}
	replies, err := all[takedown.Reply](p.t)
	if err != nil {
		return err
	}
	for _, r := range replies {
		ours := func(tr *takedown.Track) bool { return tr.ID == r.Track }
		if r.Status == takedown.ReplyClassified && againstUs(r.Kind, r.Decision) && slices.ContainsFunc(tracks, ours) {
			return nil
		}
	}
	g.block("platform_decision", time.Time{})
	return nil
}

// againstUs says that an answer is a decision that left content where it is.
func againstUs(kind, decision string) bool {
	return kind == "decision" && (decision == "refused" || decision == "partly")
}

// bodyGate wants a body whose certificate holds today (art. 21(3) DSA).
func (p *planner) bodyGate(g *gate) {
	if p.contact.Kind != kindDisputeBody || !p.contact.Award.Holds(p.t.now) {
		g.block("certified_body", time.Time{})
	}
}

// factDispute is what T4b submits: the decision, the complaint about it and the
// copies from the case, what a person checked of the body as they said.
func (p *planner) factDispute(f *notice.Facts) error {
	said, err := p.said()
	if err != nil {
		return err
	}
	in := said.Dispute
	out := &notice.Dispute{CheckedAt: in.CheckedAt, Languages: p.contact.Languages, Engaged: in.Engaged, ScopeFits: true}
	for _, what := range disputeScope {
		out.ScopeFits = out.ScopeFits && slices.Contains(in.Scope, what)
	}
	f.Dispute = out
	if err := p.factProvider(f); err != nil {
		return err
	}
	if err := p.factMandate(f); err != nil { // without one a notifier may come in its own name (art. 21(1) DSA)
		return err
	}
	f.Decision = disputed(f.Earlier)
	if err := p.factPlatformTerms(f); err != nil {
		return err
	}
	if err := p.factComplaint(out); err != nil {
		return err
	}
	if out.SubmittedBefore, err = p.submittedBefore(); err != nil {
		return err
	}
	out.Copies, err = p.encloseAll(f.Mandate)
	return err
}

// factPlatformTerms is the clause that the notice to the platform named, or the
// complaint after it.
func (p *planner) factPlatformTerms(f *notice.Facts) error {
	for _, instrument := range []string{notice.T2, notice.T4} {
		err := p.eachSent(instrument, func(tr *takedown.Track, _ *takedown.Document, _ *takedown.Dispatch) error {
			said, err := p.saidOf(tr.ID)
			if err == nil && said.Notice.Clause != "" {
				f.Terms = notice.Terms{Clause: said.Notice.Clause, VersionOf: said.Notice.VersionOf}
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// disputed is the platform's last decision against a notice of ours. What came
// of the complaint about it is told apart.
func disputed(earlier []notice.Earlier) *notice.Decision {
	var notified notice.Earlier
	var out *notice.Decision
	for _, e := range earlier {
		switch e.Instrument {
		case notice.T1, notice.T2:
			notified = e
		case notice.T3:
		default:
			continue
		}
		for _, r := range e.Replies {
			if !againstUs(r.Kind, r.Decision) {
				continue
			}
			out = &notice.Decision{Code: r.Decision, Reason: r.Reason, InformedAt: r.At, Ticket: r.Ticket, NoticeRef: notified.Reference, NoticeAt: notified.SentAt}
			if out.Ticket == "" {
				out.Ticket = e.Ticket
			}
		}
	}
	return out
}

// factComplaint says what came of the last internal complaint (art. 20 DSA):
// none was made, it was decided on, or we have seen no decision yet.
func (p *planner) factComplaint(out *notice.Dispute) error {
	out.Outcome = "none"
	return p.eachSent(notice.T4, func(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch) error {
		if n.At.Before(out.ComplaintAt) {
			return nil
		}
		out.ComplaintRef, out.ComplaintAt = d.Reference, n.At
		return p.factComplaintAnswer(out, tr, d)
	})
}

func (p *planner) factComplaintAnswer(out *notice.Dispute, tr *takedown.Track, d *takedown.Document) error {
	out.Outcome, out.DecidedAt = "silence", time.Time{}
	replies, err := p.repliesTo(d)
	if err != nil {
		return err
	}
	for _, r := range replies {
		if againstUs(r.Kind, r.Decision) {
			out.Outcome, out.DecidedAt = r.Decision, r.ReceivedAt
		}
	}
	reversed := func(r takedown.Taken) bool { return r.Document == d.ID && r.Ending == law.EndNoEffect }
	if slices.ContainsFunc(tr.Rungs, reversed) {
		out.Outcome = law.EndNoEffect
	}
	return nil
}

// submittedBefore says that a body had these pages before: the platform may
// refuse a dispute that was resolved already (art. 21(2) DSA).
func (p *planner) submittedBefore() (bool, error) {
	tracks, err := all[takedown.Track](p.t)
	if err != nil {
		return false, err
	}
	for _, tr := range tracks {
		if tr.Route != routeDispute || tr.ID == p.track.ID || tr.Provider != p.track.Provider || !p.sharesItems(tr) {
			continue
		}
		if d, err := p.lastDelivered(tr, notice.T4b); err != nil || d != nil {
			return d != nil, err
		}
	}
	return false, nil
}

// upheld: the addressee decided for us and cannot enforce it (art. 21(2) DSA).
// Its own clock is met; when the time to carry it out is over, the pages are
// looked at.
func (t *tx) upheld(tr *takedown.Track, r *takedown.Reply) error {
	p, err := t.newPlanner(tr)
	if err != nil {
		return err
	}
	cur := tr.Current()
	if cur == nil {
		return refuse("/decision", "is a dispute body's, and the track stands at no submission")
	}
	rung, _ := p.ladder.Rung(cur.Rung)
	if rung.Follow == "" {
		return refuse("/decision", "is a dispute body's decision: a provider's own is another code")
	}
	if err := t.metByDecision(tr, r); err != nil {
		return err
	}
	base := takedown.Clock{Meta: takedown.Meta{Case: tr.Case}, Track: tr.ID, Document: r.Document}
	c, err := t.startClock(rung.Follow, r.ReceivedAt, p.countInput(rung.Follow, "decision_received"), base)
	if err != nil {
		return err
	}
	cur.Clock = c.ID
	return t.put(tr)
}

// lookWhetherFollowed takes every page for gone that a decision in our favour is
// about, so that a look at it decides.
func (p *planner) lookWhetherFollowed() error {
	for _, it := range p.openItems() {
		if err := p.t.claim(it, p.track.ID); err != nil {
			return err
		}
	}
	return nil
}
