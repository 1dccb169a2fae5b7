package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// openRoute opens the route that the ladder comes to, for the items that are
// still there, and ends this rung.
func (p *planner) openRoute(rung law.Rung) (step, bool, error) {
	if shut, err := p.shut(rung.OpensRoute); shut || err != nil {
		return step{}, false, err
	}
	contact := p.track.Contact
	provider := ""
	if rung.OpensRoute == routeOrder || rung.OpensRoute == "police_report" {
		if p.settings.PoliceUnit == "" {
			err := p.t.openTask(takedown.Task{Kind: "set_police_unit", Owner: takedown.Coordinator, Reason: "no_police_unit", Subject: p.track.ID, Track: p.track.ID})
			return step{next: goGate, why: []string{"settings:policeUnit"}}, true, err
		}
		contact, provider = p.settings.PoliceUnit, p.track.Contact
	}
	person := p.track.Person
	if mandateActions[rung.OpensRoute] == nil {
		person = "" // in nobody's name: about everybody
	}
	if !p.routeOpen(rung.OpensRoute, contact, provider, person) {
		tr := &takedown.Track{
			Meta: takedown.Meta{Case: p.c.ID}, Contact: contact, Provider: provider, Route: rung.OpensRoute,
			Items: itemIDs(p.openItems()), Person: person, Parent: p.track.ID, Reason: "ladder:" + rung.ID,
		}
		if err := p.t.openTrack(tr); err != nil {
			return step{}, false, err
		}
	}
	if err := p.t.closeTasks("set_police_unit", p.track.ID); err != nil {
		return step{}, false, err
	}
	return step{}, false, p.endRung(law.EndDone)
}

// routeOpen says whether an active track already asks the same of the same for
// every item that is still there.
func (p *planner) routeOpen(route, contact, provider, person string) bool {
	tracks, err := all[takedown.Track](p.t)
	if err != nil {
		return false
	}
	for _, tr := range tracks {
		if tr.Route != route || tr.Contact != contact || tr.Provider != provider || tr.Person != person || tr.Status != takedown.TrackActive {
			continue
		}
		missing := func(it *takedown.Item) bool { return !slices.Contains(tr.Items, it.ID) }
		if !slices.ContainsFunc(p.openItems(), missing) {
			return true
		}
	}
	return false
}

func itemIDs(items []*takedown.Item) []string {
	ids := []string{}
	for _, it := range items {
		ids = append(ids, it.ID)
	}
	return ids
}

// openTrack puts a new track and starts its first generation.
func (t *tx) openTrack(tr *takedown.Track) error {
	tr.Status, tr.Generation, tr.StartedAt = takedown.TrackActive, 1, t.now
	if err := t.put(tr); err != nil {
		return err
	}
	ids := append([]string{tr.ID, tr.Contact}, tr.Items...)
	if err := t.log("track.opened", tr.Route+":"+tr.Reason, ids); err != nil {
		return err
	}
	return t.startExecution("track", tr.ID, tr.Generation)
}
