package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

const routeOrder = "legal_order"

// shut gives an opening up where the law does not allow the route: no offence
// that was found is within art. 67(1) Sv (art. 125p(1) Sv). The track says so,
// and the ladder goes on to what remains.
func (p *planner) shut(route string) (bool, error) {
	if ok, err := p.allowed(route); ok || err != nil {
		return false, err
	}
	return true, p.giveUp(route, "")
}

// giveUp ends the rung, and says on the track why the route is not gone.
func (p *planner) giveUp(route, document string) error {
	p.track.Deferred = noEligibleOffence
	if err := p.t.log("route.deferred", route+":"+noEligibleOffence, idsOf(p.track.ID, document)); err != nil {
		return err
	}
	return p.endRung(law.EndCancelled)
}

// OpenRoute is a route that a person may open.
type OpenRoute struct {
	Route string        `json:"route"`
	Title calendarWords `json:"title"`
}

// allowed says whether the law allows a route for what was found on the track's
// items.
func (p *planner) allowed(route string) (bool, error) {
	ladder, err := p.t.s.Law.Ladder(route, p.t.now)
	if err != nil {
		return false, err
	}
	first, _ := ladder.Next("", law.Start, p.facts...)
	if !slices.Contains(first.Needs, law.NeedOffence) {
		return true, nil
	}
	return p.eligible()
}

// shutRung gives a rung up that the law no longer opens, because what was found
// is assessed otherwise since: no waiting changes that. The ladder leads to what
// remains. A request that has left stays where it is.
func (p *planner) shutRung(cur *takedown.Taken, rung law.Rung) (bool, error) {
	if !slices.Contains(rung.Needs, law.NeedOffence) {
		return false, nil
	}
	if ok, err := p.eligible(); ok || err != nil {
		return false, err
	}
	if cur.Document != "" {
		d, err := load[takedown.Document](p.t, cur.Document)
		if err != nil {
			return false, err
		}
		if d.Status == takedown.DocumentDelivered || d.Status == takedown.DocumentUncertain {
			return false, nil
		}
		if err := p.t.supersede(d); err != nil {
			return false, err
		}
	}
	return true, p.giveUp(p.track.Route, cur.Document)
}

// alternatives are the routes that the ladder names beside the track's last
// rung and that the law allows.
func (p *planner) alternatives() ([]OpenRoute, error) {
	if len(p.track.Rungs) == 0 {
		return nil, nil
	}
	rung, _ := p.ladder.Rung(p.track.Rungs[len(p.track.Rungs)-1].Rung)
	return p.openRoutes(rung.Alternatives)
}

func (p *planner) openRoutes(routes []string) ([]OpenRoute, error) {
	var out []OpenRoute
	for _, route := range routes {
		ok, err := p.allowed(route)
		if err != nil {
			return nil, err
		}
		ladder, err := p.t.s.Law.Ladder(route, p.t.now)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, OpenRoute{Route: route, Title: ladder.Title})
		}
	}
	return out, nil
}

// whatRemains says, behind a refusal to open a route that the law does not
// allow, why and which routes its ladder names instead; "" for other gates.
func (p *planner) whatRemains(g gate) string {
	if !slices.Contains(g.why, law.NeedOffence) {
		return ""
	}
	var names []string
	for _, r := range p.ladder.Rungs {
		for _, route := range r.Alternatives {
			if !slices.Contains(names, route) {
				names = append(names, route)
			}
		}
	}
	why := "no offence that was found on these items is within art. 67(1) Sv (art. 125p(1) Sv)"
	if assessments, err := p.assessments(); err == nil && !slices.ContainsFunc(assessments, suspects) {
		why = "the assessment of these items names no offence, and an order is about one within art. 67(1) Sv (art. 125p(1) Sv)"
	}
	return fmt.Sprintf("; %s; open remain %s", why, strings.Join(names, ", "))
}

// orderEnded are the words on an order after which it is no longer pending.
// That nobody may say is none of them.
var orderEnded = []string{"executed", "refused", "impossible", "withdrawn"}

// orderGate holds letters to a provider about which the police have a request
// for an order, until they said after it that we may write (domain.md §8,
// Secrecy).
func (p *planner) orderGate(g *gate) error {
	tracks, err := all[takedown.Track](p.t)
	if err != nil {
		return err
	}
	for _, tr := range tracks {
		over := tr.Ended()
		if tr.Route != routeOrder || tr.Provider != p.track.Contact || slices.Contains(orderEnded, tr.Feedback) || (over && tr.Feedback != "unknown_confidential") {
			continue
		}
		// One that went wrong counts too: the police may have it by now.
		d, err := p.lastSent(tr, func(*takedown.Document, *takedown.Dispatch) (bool, error) { return true, nil })
		if err != nil {
			return err
		}
		if d == nil {
			continue // nothing was handed over yet
		}
		free, err := p.mayWriteSince(d)
		if err != nil {
			return err
		}
		if !free {
			g.block("order_pending", time.Time{})
			return nil
		}
	}
	return nil
}

// mayWriteSince says whether the police allowed letters after they had a
// request.
func (p *planner) mayWriteSince(d *takedown.Document) (bool, error) {
	a, err := p.t.alignment()
	if err != nil || a == nil || a.Status != "answered" || !a.MayNotify {
		return false, err
	}
	n, err := load[takedown.Dispatch](p.t, d.LastDispatch)
	return err == nil && !a.AnsweredAt.Before(n.At), err
}
