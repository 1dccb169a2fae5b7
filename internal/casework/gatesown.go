package casework

import (
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// Tasks that a gate opens, closed by the decision that it waits for.
const (
	taskOwnSources    = "check_own_sources"
	taskAmplification = "decide_amplification"
)

// triageGate wants the safety triage before anybody outside is approached
// (domain.md §9.1, S2-8). The urgent lane does not wait for the form.
func (p *planner) triageGate(g *gate) error {
	if p.c.Flags.Urgent() {
		return nil
	}
	done, err := all[takedown.Triage](p.t)
	if err == nil && len(done) == 0 {
		g.block("triage", time.Time{})
	}
	return err
}

// holdGate holds everything that asks somebody to act on content which the
// police asked to leave online, whether or not the rung asks for alignment: a
// complaint or a delisting would take it down as a notice does (S0-13).
func (p *planner) holdGate(g *gate) error {
	a, err := p.t.alignment()
	if err != nil || a == nil {
		return err
	}
	switch {
	case a.LeaveOnlineUntil.After(p.t.now):
		g.block("police_ask_to_leave_online", a.LeaveOnlineUntil)
	case a.Status == "answered" && !a.MayNotify && a.LeaveOnlineUntil.IsZero():
		g.block("police_asked_to_wait", a.AskAgainAt)
	case a.WaitAsked && (a.Status == "not_wanted" || a.Status == "not_suspected"): // asked again, C19 holds it
		g.block("police_asked_to_wait", a.AskAgainAt)
	}
	return nil
}

// mandateGate wants a live mandate of each person for each action of the rung:
// nobody acts in another's name on what somebody else signed, or signed for
// something else (domain.md §3.1).
func (p *planner) mandateGate(g *gate, rung law.Rung) error {
	people, err := p.helped()
	if err != nil {
		return err
	}
	for _, need := range rung.Needs {
		id, actions := law.GateActions(need)
		if id != "consent" {
			continue
		}
		action, err := p.actsOn(actions)
		if err != nil {
			return err
		}
		for _, person := range people {
			mandate, err := p.t.mandate(person.ID, action)
			if err != nil {
				return err
			}
			if mandate == "" {
				g.block("mandate:"+action+":"+person.ID, time.Time{})
			}
		}
	}
	return nil
}

// posterDecisionGate wants a recorded yes to approaching the poster: a summons
// is that too (domain.md §8 T9, S4-15).
func (p *planner) posterDecisionGate(g *gate) error {
	for _, kind := range posterDecisions {
		yes, err := p.t.decidedYes(kind)
		if yes || err != nil {
			return err
		}
	}
	g.block("decision:"+strings.Join(posterDecisions, "|"), time.Time{})
	return nil
}

// lastDecision is the newest decision of a kind; nil without.
func (t *tx) lastDecision(kind string) (*takedown.Decision, error) {
	decisions, err := all[takedown.Decision](t)
	if err != nil {
		return nil, err
	}
	var last *takedown.Decision
	for _, d := range decisions {
		if d.Kind == kind && (last == nil || d.At.After(last.At) || (d.At.Equal(last.At) && d.No > last.No)) {
			last = d
		}
	}
	return last, nil
}

// amplificationGate holds what would draw much attention until a legal adviser
// decided that acting is worth it (S2-17, domain.md §7.6), with the assessment
// before them: one that is newer than the decision asks for another. Life or
// safety does not wait for that.
func (p *planner) amplificationGate(g *gate) error {
	if p.c.Flags.Urgent() {
		return nil
	}
	assessments, err := p.assessments()
	if err != nil {
		return err
	}
	for _, a := range assessments { // left out in the urgent lane
		if a.Decision == "act" && a.Amplification == "" && p.isOpen(a.Item) {
			g.block("assessment:"+a.Item, time.Time{})
		}
	}
	d, err := p.t.lastDecision("amplification")
	if err != nil {
		return err
	}
	high := func(a *takedown.Assessment) bool { return a.Amplification == "high" && p.isOpen(a.Item) }
	unseen := func(a *takedown.Assessment) bool { return high(a) && (d == nil || a.At.After(d.At)) }
	asks := slices.ContainsFunc(assessments, unseen)
	if !asks && (d == nil || isYes(d) || !slices.ContainsFunc(assessments, high)) {
		return nil
	}
	g.block("decision:amplification", time.Time{})
	if !asks {
		return nil // decided otherwise: the items are assessed anew, or the track is stopped
	}
	return p.t.openTask(takedown.Task{Kind: taskAmplification, Owner: takedown.LegalAdviser, Reason: "amplification_high", Subject: p.c.ID})
}

func (p *planner) isOpen(item string) bool {
	return slices.ContainsFunc(p.openItems(), func(it *takedown.Item) bool { return it.ID == item })
}

// ownCategories are what an employer's own pages may show of an employee: staff
// pages, photo books, rosters (S0-3).
var ownCategories = []string{"photo", "work_schedule", "employment_history"}

// ownSourcesGate asks before the first notice whether our own pages show what
// others are asked to take down. A private address stands on none of them, so
// nothing else waits; nor does life or safety, where the question stays open.
func (p *planner) ownSourcesGate(g *gate) error {
	people, err := p.people()
	if err != nil {
		return err
	}
	ours := slices.ContainsFunc(people, func(q *takedown.Person) bool { return q.Relation == "employee" })
	if !ours {
		return nil
	}
	d, err := p.t.lastDecision("own_sources")
	if err != nil {
		return err
	}
	unasked := func(it *takedown.Item) bool { // an answer is about what was reported by then
		return (d == nil || it.No > d.Items) && slices.ContainsFunc(it.DataCategories, func(c string) bool { return slices.Contains(ownCategories, c) })
	}
	if !slices.ContainsFunc(p.openItems(), unasked) {
		return nil
	}
	if !p.c.Flags.Urgent() {
		g.block("decision:own_sources", time.Time{})
	}
	return p.t.openTask(takedown.Task{Kind: taskOwnSources, Owner: takedown.Coordinator, Reason: "own_pages", Subject: p.c.ID})
}

// unsuspectedGate holds what rests on the police not being asked because no
// offence is suspected, while an assessment of these items acts on one: both
// cannot be so, and a person says which.
func (p *planner) unsuspectedGate(g *gate) error {
	assessments, err := p.assessments()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(assessments, func(a *takedown.Assessment) bool {
		return a.Decision == "act" && suspects(a) && p.isOpen(a.Item)
	}) {
		g.block("alignment_denies_assessed_offence", time.Time{})
	}
	return nil
}

// subsidiarityGate wants a notice that reached the provider whom the order would
// be about (art. 125p(2)(b) Sv asks why less was not enough), or why waiting is
// not responsible: on record, or because the case is flagged for it.
func (p *planner) subsidiarityGate(g *gate) error {
	said, err := p.said()
	if err != nil || said.Order.Waiting != "" || p.c.Flags.Urgent() {
		return err
	}
	tracks, err := p.towards()
	if err != nil {
		return err
	}
	for _, tr := range tracks {
		if d, err := p.lastDelivered(tr, notice.T1, notice.T2); d != nil || err != nil {
			return err
		}
	}
	g.block("subsidiarity", time.Time{})
	return nil
}
