package casework

import (
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/law"
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

// gateOrder is the order of domain.md §9.1 in which gates are asked for. What
// is not named here comes last, in the order of the law data.
var gateOrder = []string{gateTriage, "evidence", "assessment", "amplification", gateBasis, "consent", "mandate", gateContact, "own_sources", gateHold, "alignment"}

// Gates that no rung names, because every rung has them.
const (
	gateTriage  = "triage"            // what leaves for others than the police
	gateBasis   = "third_party_basis" // everything
	gateContact = "contact"           // everything
	gateHold    = "police_hold"       // what leaves for others than the police
)

// gates checks the gates that a rung needs and gives what is unmet.
func (p *planner) gates(rung law.Rung) (gate, error) {
	needs := append([]string{gateBasis, gateContact}, rung.Needs...)
	if p.channel(rung) != "police" {
		needs = append(needs, gateTriage, gateHold)
	}
	place := func(need string) int {
		id, _, _ := strings.Cut(need, ":")
		if n := slices.Index(gateOrder, id); n >= 0 {
			return n
		}
		return len(gateOrder)
	}
	slices.SortStableFunc(needs, func(a, b string) int { return place(a) - place(b) })
	var g gate
	for _, need := range needs {
		if err := p.oneGate(&g, rung, need); err != nil {
			return g, err
		}
	}
	return g, nil
}

// gatesHold says whether the gates of the rung that a track stands on hold now:
// what was approved may have lost one since.
func (t *tx) gatesHold(tr *takedown.Track) (bool, error) {
	cur := tr.Current()
	if cur == nil {
		return true, nil
	}
	if asked, err := t.indemnityOpen(tr); asked || err != nil {
		return false, err
	}
	p, err := t.newPlanner(tr)
	if err != nil {
		return false, err
	}
	rung, ok := p.ladder.Rung(cur.Rung)
	if !ok {
		return true, nil
	}
	g, err := p.gates(rung)
	return len(g.why) == 0, err
}

func (p *planner) oneGate(g *gate, rung law.Rung, need string) error {
	if id, actions := law.GateActions(need); id == "consent" {
		action, err := p.actsOn(actions)
		if err != nil {
			return err
		}
		return p.consentGate(g, action)
	}
	switch need {
	case gateTriage:
		return p.triageGate(g)
	case gateBasis:
		return p.personGate(g)
	case gateHold:
		return p.holdGate(g)
	case gateContact:
		p.contactGate(g)
		return p.addressGate(g, rung)
	case "amplification":
		return p.amplificationGate(g)
	case "own_sources":
		return p.ownSourcesGate(g)
	case "evidence":
		p.itemGate(g, "evidence", func(it *takedown.Item) bool { return it.Evidence > 0 })
	case "assessment":
		p.itemGate(g, "assessment", func(it *takedown.Item) bool { return it.Assessment == "act" && it.AssessmentLive })
	case "alignment":
		return p.alignmentGate(g)
	case "order_pending":
		return p.orderGate(g)
	case "poster_contact":
		return p.posterGate(g)
	case "site_operator_attempt":
		return p.attemptGate(g)
	case "police_report":
		return p.reportGate(g)
	case law.NeedOffence:
		return p.offenceGate(g)
	case "secrecy_decision":
		return p.decisionGate(g, "professional_secrecy")
	case "mandate":
		return p.mandateGate(g, rung)
	case "subsidiarity":
		return p.subsidiarityGate(g)
	case "decision":
		return p.posterDecisionGate(g)
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

// people are the affected persons of the track's items, or the one in whose name
// it is.
func (p *planner) people() ([]*takedown.Person, error) {
	var out []*takedown.Person
	seen := map[string]bool{}
	for _, it := range p.items {
		for _, id := range it.People {
			if seen[id] || (p.track.Person != "" && id != p.track.Person) {
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

// helped are the affected persons for whom we may do more than refer, and of
// whom a text may speak: employees, and others for whom a legal adviser recorded
// a basis. Whom the poster meant instead of them (S2-1) is told to the police
// alone: every other text would lead to them.
func (p *planner) helped() ([]*takedown.Person, error) {
	people, err := p.people()
	meant := func(person *takedown.Person) bool { return person.ID == p.c.Flags.Misidentified }
	if p.contact.Kind != "police_unit" && slices.ContainsFunc(people, func(q *takedown.Person) bool { return !meant(q) }) {
		people = slices.DeleteFunc(people, meant)
	}
	return slices.DeleteFunc(people, func(person *takedown.Person) bool { return person.Relation != "employee" && !person.ThirdBasis }), err
}

// personGate holds help for others than employees at referral until a legal
// adviser recorded a basis (S2-1, api.md).
func (p *planner) personGate(g *gate) error {
	helped, err := p.helped()
	if err == nil && len(helped) == 0 && slices.ContainsFunc(p.items, func(it *takedown.Item) bool { return len(it.People) > 0 }) {
		g.block(gateBasis, time.Time{})
	}
	return err
}

func (p *planner) consentGate(g *gate, action string) error {
	people, err := p.helped()
	if err != nil {
		return err
	}
	for _, person := range people {
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
	if a.Status == "not_suspected" {
		return p.unsuspectedGate(g)
	}
	if a.Status != "asked" || a.Clock == "" || a.LeaveOnlineUntil.After(p.t.now) {
		return nil // what they answered is holdGate's
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

// attemptGate wants an attempt with the operator of the site of every open item.
func (p *planner) attemptGate(g *gate) error {
	attempts, err := p.attempts()
	if err != nil {
		return err
	}
	var with []*takedown.Attempt
	for _, a := range attempts {
		operator, err := p.operator(a)
		if err != nil {
			return err
		}
		if operator || a.Role == "" && a.Contact == p.track.Contact {
			with = append(with, a)
		}
	}
	for _, it := range p.openItems() {
		tried, err := p.tried(with, it)
		if err != nil {
			return err
		}
		if !tried {
			g.block("site_operator_attempt", time.Time{})
			return nil
		}
	}
	return nil
}

func (p *planner) tried(attempts []*takedown.Attempt, it *takedown.Item) (bool, error) {
	for _, a := range attempts {
		if about, err := p.t.attemptAbout(a, it); about || err != nil {
			return about, err
		}
	}
	return false, nil
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

// reportGate wants a report that was filed, or on record who decided that report
// and request go together.
func (p *planner) reportGate(g *gate) error {
	said, err := p.said()
	if err != nil || said.Order.FiledTogether != "" {
		return err
	}
	r, err := p.t.filedReport()
	if err == nil && r == nil {
		g.block("police_report", time.Time{})
	}
	return err
}

// eligible says whether an assessment of the track's items names an offence
// that opens the order route (art. 125p(1) Sv, through 67(1) Sv). What is listed
// there and was not read opens nothing: no text may rest on it.
func (p *planner) eligible() (bool, error) {
	assessments, err := p.assessments()
	if err != nil {
		return false, err
	}
	for _, a := range assessments {
		it, err := load[takedown.Item](p.t, a.Item)
		if err != nil {
			return false, err
		}
		on, err := p.t.lawDate(p.c, it)
		if err != nil {
			return false, err
		}
		for _, ground := range a.Grounds {
			if !isOffence(ground) {
				continue
			}
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
		g.block(law.NeedOffence, time.Time{})
	}
	return err
}

func (p *planner) decisionGate(g *gate, kind string) error {
	yes, err := p.t.decidedYes(kind)
	if err == nil && !yes {
		g.block("decision:"+kind, time.Time{})
	}
	return err
}
