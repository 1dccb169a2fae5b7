package casework

import (
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// gate is what an unmet gate answers: reason codes, and the case time at which
// it may open by itself (zero: only a person opens it).
type gate struct {
	why []string
	due time.Time
}

func (g *gate) block(code string, due time.Time) {
	g.why = append(g.why, code)
	if !due.IsZero() && (g.due.IsZero() || due.Before(g.due)) {
		g.due = due
	}
}

// gates checks the gates that a rung needs and gives what is unmet.
func (p *planner) gates(needs []string) (gate, error) {
	var g gate
	if err := p.personGate(&g); err != nil {
		return g, err
	}
	for _, need := range needs {
		if err := p.oneGate(&g, need); err != nil {
			return g, err
		}
	}
	return g, nil
}

func (p *planner) oneGate(g *gate, need string) error {
	if action, ok := strings.CutPrefix(need, "consent:"); ok {
		return p.consentGate(g, action)
	}
	switch need {
	case "evidence":
		p.itemGate(g, "evidence", func(it *takedown.Item) bool { return it.Evidence > 0 })
	case "assessment":
		p.itemGate(g, "assessment", func(it *takedown.Item) bool { return it.Assessment == "act" && it.AssessmentLive })
	case "alignment":
		return p.alignmentGate(g)
	case "poster_contact":
		return p.posterGate(g)
	case "site_operator_attempt":
		return p.attemptGate(g)
	case "police_report":
		return p.reportGate(g)
	case "eligible_offence":
		return p.offenceGate(g)
	case "secrecy_decision":
		if p.settings.Organisation.Kind == "care" {
			return p.decisionGate(g, "professional_secrecy")
		}
	case "mandate":
		return p.mandateGate(g)
	case "subsidiarity":
		return p.subsidiarityGate(g)
	case "decision":
		return p.decisionGate(g, "")
	case "online_platform":
		return p.platformGate(g)
	case "platform_decision":
		return p.refusalGate(g)
	case "certified_body":
		p.bodyGate(g)
	default:
		g.block("unknown_gate:"+need, time.Time{}) // data ahead of the program: never passed by accident
	}
	return nil
}

func (p *planner) itemGate(g *gate, code string, ok func(*takedown.Item) bool) {
	for _, it := range p.openItems() {
		if !ok(it) {
			g.block(code+":"+it.ID, time.Time{})
		}
	}
}

// people are the affected persons of the track's items.
func (p *planner) people() ([]*takedown.Person, error) {
	var out []*takedown.Person
	seen := map[string]bool{}
	for _, it := range p.items {
		for _, id := range it.People {
			if seen[id] {
				continue
			}
			seen[id] = true
			person, err := load[takedown.Person](p.t, id)
			if err != nil {
				return nil, err
			}
			out = append(out, person)
		}
	}
	return out, nil
}

// personGate holds help for others than employees at referral until a legal
// adviser recorded a basis (S0-4b).
func (p *planner) personGate(g *gate) error {
	people, err := p.people()
	if err != nil {
		return err
	}
	for _, person := range people {
		if person.Relation == "employee" || person.ThirdBasis {
			return nil
		}
	}
	if len(people) > 0 {
		g.block("third_party_basis", time.Time{})
	}
	return nil
}

func (p *planner) consentGate(g *gate, action string) error {
	people, err := p.people()
	if err != nil {
		return err
	}
	for _, person := range people {
		if person.Relation != "employee" && !person.ThirdBasis {
			continue
		}
		ok, _, err := p.t.consents(person.ID, action)
		if err != nil {
			return err
		}
		if !ok {
			g.block("consent:"+action+":"+person.ID, time.Time{})
		}
	}
	return nil
}

// alignmentGate asks for the police's word before anybody is notified; no
// answer never blocks beyond the policy clock C19 (S0-13).
func (p *planner) alignmentGate(g *gate) error {
	a, err := p.t.alignment()
	if err != nil {
		return err
	}
	if a == nil {
		g.block("alignment_not_asked", time.Time{})
		return nil
	}
	if a.LeaveOnlineUntil.After(p.t.now) {
		g.block("police_ask_to_leave_online", a.LeaveOnlineUntil)
		return nil
	}
	switch a.Status {
	case "not_wanted", "not_suspected", "no_answer":
		return nil
	case "answered":
		if !a.MayNotify && a.LeaveOnlineUntil.IsZero() {
			g.block("police_asked_to_wait", a.AskAgainAt)
		}
		return nil
	}
	if a.Clock == "" {
		return nil
	}
	clock, err := load[takedown.Clock](p.t, a.Clock)
	if err != nil {
		return err
	}
	if clock.Status == takedown.ClockRunning && !p.t.now.After(clock.Due) {
		g.block("awaiting_police", clock.Due.Add(time.Second))
	}
	return nil
}

// posterGate holds any contact with a poster until police allowed it: no
// answer always blocks it (S0-13).
func (p *planner) posterGate(g *gate) error {
	a, err := p.t.alignment()
	if err != nil {
		return err
	}
	if a == nil || a.Status != "answered" || a.PosterContact != "allowed" {
		g.block("poster_contact_not_allowed", time.Time{})
	}
	return nil
}

func (p *planner) attemptGate(g *gate) error {
	attempts, err := all[takedown.Attempt](p.t)
	if err != nil {
		return err
	}
	for _, a := range attempts {
		if a.Role == "site_operator" || a.Contact == p.track.Contact {
			return nil
		}
	}
	g.block("site_operator_attempt", time.Time{})
	return nil
}

// filedReport is the case's police report with a reference, nil without one.
func (t *tx) filedReport() (*takedown.PoliceReport, error) {
	reports, err := all[takedown.PoliceReport](t)
	if err != nil {
		return nil, err
	}
	for _, r := range reports {
		if !r.FiledAt.IsZero() && (r.Registration != "" || r.PVNumber != "") {
			return r, nil
		}
	}
	return nil, nil
}

func (p *planner) reportGate(g *gate) error {
	r, err := p.t.filedReport()
	if err == nil && r == nil {
		g.block("police_report", time.Time{})
	}
	return err
}

// eligible says whether an item's assessment names an offence that opens the
// order route (art. 125p(1) Sv, through 67(1) Sv).
func (p *planner) eligible() (bool, error) {
	assessments, err := all[takedown.Assessment](p.t)
	if err != nil {
		return false, err
	}
	on := p.c.OccurredAt
	if on.IsZero() {
		on = p.c.OpenedAt
	}
	for _, a := range assessments {
		for _, ground := range a.Grounds {
			ok, err := p.t.s.Law.Eligible(ground.Offence, on)
			if err == nil && ok {
				return true, nil
			}
		}
	}
	return false, nil
}

func (p *planner) offenceGate(g *gate) error {
	ok, err := p.eligible()
	if err == nil && !ok {
		g.block("eligible_offence", time.Time{})
	}
	return err
}

func (p *planner) decisionGate(g *gate, kind string) error {
	decisions, err := all[takedown.Decision](p.t)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		if d.Kind == kind || (kind == "" && !strings.HasPrefix(d.Kind, notePrefix)) {
			return nil
		}
	}
	g.block("decision:"+kind, time.Time{})
	return nil
}

func (p *planner) mandateGate(g *gate) error {
	consents, err := all[takedown.Consent](p.t)
	if err != nil {
		return err
	}
	for _, c := range consents {
		if c.Mandate != "" && c.Status == "given" {
			return nil
		}
	}
	g.block("mandate", time.Time{})
	return nil
}

// subsidiarityGate wants notices that went before, or a recorded reason why
// waiting is irresponsible: a route opened by hand carries one.
func (p *planner) subsidiarityGate(g *gate) error {
	if p.track.Parent != "" || p.track.Reason != "" {
		return nil
	}
	dispatches, err := all[takedown.Dispatch](p.t)
	if err != nil {
		return err
	}
	for _, d := range dispatches {
		if d.Status == takedown.DispatchSent || d.Status == takedown.DispatchFiled {
			return nil
		}
	}
	g.block("subsidiarity", time.Time{})
	return nil
}
