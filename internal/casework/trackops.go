package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// OpenTrackInput is the body of POST …/tracks: a route opened by hand, at any
// stage.
type OpenTrackInput struct {
	ContactID  string   `json:"contactId" maxLength:"60"`
	Route      string   `json:"route" maxLength:"40"`
	ItemIDs    []string `json:"itemIds" maxItems:"30"`
	ProviderID string   `json:"providerId,omitempty" maxLength:"60" doc:"legal_order, regulator, supervisor_ap, ods: whose pages or whose conduct it is about."`
	PersonID   string   `json:"personId,omitempty" maxLength:"60" doc:"erasure, delisting, supervisor_ap, regulator, ods: in whose name it is, where the items show more than one affected person. Each has a request of their own."`
	Reason     string   `json:"reason" minLength:"3" maxLength:"1000" doc:"A code of the list, or words, which are sealed."`

	Order *takedown.OrderRequest `json:"order,omitempty" doc:"legal_order: its particulars, where its gates rest on them: filed together with the report, or why waiting is not responsible."`
}

// TrackActInput is the body of POST /v1/tracks/{track}/{hold,resume,skip,stop}.
type TrackActInput struct {
	Reason string    `json:"reason" minLength:"3" maxLength:"1000" doc:"A code of the list, or words, which are sealed."`
	Until  time.Time `json:"until,omitzero" doc:"hold only: when it goes on by itself."`
}

// aboutProvider are the routes that complain of one contact to another.
var aboutProvider = []string{"regulator", "supervisor_ap", routeDispute}

var trackRoles = []takedown.Role{takedown.Coordinator, takedown.LegalAdviser}

// OpenTrack opens a route by hand. The gates of its first rung are checked at
// once: what does not hold is refused with what is missing, not opened to
// wait. A freeze that is not this employer's to ask of the police becomes a task
// instead (askOfficer). Roles: coordinator, legal adviser.
func (s *Service) OpenTrack(ctx context.Context, who takedown.Principal, caseID string, in OpenTrackInput) (string, error) {
	var id string
	asked := false
	err := s.inCase(ctx, who, caseID, trackRoles, func(t *tx, c *takedown.Case) error {
		tr, err := t.checkOpenTrack(c, in)
		if err != nil {
			return err
		}
		if asked, err = t.throughOfficer(in); err != nil {
			return err
		}
		if asked {
			return t.askOfficer(c, tr)
		}
		if tr.Reason, err = t.reason("track.opened", "", in.Reason); err != nil {
			return err
		}
		if err := t.openedWith(tr, in); err != nil {
			return err
		}
		if err := t.firstGates(tr); err != nil {
			return err
		}
		for _, item := range tr.Items {
			it, err := load[takedown.Item](t, item)
			if err != nil {
				return err
			}
			if it.Status == takedown.ItemAssessed {
				it.Status = takedown.ItemPursued
				if err := t.put(it); err != nil {
					return err
				}
			}
		}
		if err := t.openTrack(tr); err != nil {
			return err
		}
		id = tr.ID
		t.done(201, tr.ID)
		return t.touch()
	})
	if err == nil && asked {
		err = state("only a police employer asks a police unit for a freeze; the task %s says that the officer who handles the report is to be asked", taskAskOfficer)
	}
	return id, err
}

// openedWith records the particulars that a route is opened with.
func (t *tx) openedWith(tr *takedown.Track, in OpenTrackInput) error {
	if in.Order == nil {
		return nil
	}
	if err := t.ident(tr); err != nil {
		return err
	}
	said := ParticularsInput{Order: in.Order}
	if err := t.checkParticulars(tr, nil, said); err != nil {
		return err
	}
	return t.applyParticulars(tr, newParticulars(tr), said)
}

func (t *tx) checkOpenTrack(c *takedown.Case, in OpenTrackInput) (*takedown.Track, error) {
	var b bad
	b.fields = checkReason("/reason", in.Reason)
	if _, err := t.s.Law.Ladder(in.Route, t.now); err != nil {
		b.add("/route", "is no route with a ladder")
	}
	if err := t.checkAddressee(&b, in); err != nil {
		return nil, err
	}
	if in.ProviderID == "" && slices.Contains(aboutProvider, in.Route) {
		b.add("/providerId", "say about whom it is: the provider or controller that was asked")
	}
	if in.ProviderID != "" {
		if _, err := t.contact(in.ProviderID); err != nil {
			b.add("/providerId", "is no contact of the register")
		}
	}
	most := maxTrackItems
	if to, err := t.contact(in.ContactID); err == nil {
		most = filingItems(to)
	}
	if len(in.ItemIDs) == 0 || len(in.ItemIDs) > most {
		b.add("/itemIds", "name 1 to %d items", most)
	}
	b.distinct("/itemIds", in.ItemIDs, maxTrackItems)
	running, err := all[takedown.Track](t)
	if err != nil {
		return nil, err
	}
	shown := in.PersonID == ""
	for n, id := range in.ItemIDs {
		if slices.ContainsFunc(running, func(tr *takedown.Track) bool { return asks(tr, in, id) }) {
			b.add(fmt.Sprintf("/itemIds/%d", n), "is pursued on this route with this contact already")
		}
		it, err := t.itemOf(id)
		switch {
		case err != nil:
			b.add(fmt.Sprintf("/itemIds/%d", n), "is no item of this case")
		case it.Outcome != nil:
			b.add(fmt.Sprintf("/itemIds/%d", n), "has an outcome already")
		default:
			shown = shown || slices.Contains(it.People, in.PersonID)
		}
	}
	switch {
	case in.PersonID != "" && mandateActions[in.Route] == nil:
		b.add("/personId", "does not belong to route %s: it is in nobody's name", in.Route)
	case !shown:
		b.add("/personId", "is no affected person of these items")
	}
	if in.Order != nil && in.Route != routeOrder {
		b.add("/order", "does not belong to route %s", in.Route)
	}
	tr := &takedown.Track{Meta: takedown.Meta{Case: c.ID}, Contact: in.ContactID, Provider: in.ProviderID, Person: in.PersonID, Route: in.Route, Items: in.ItemIDs}
	return tr, refuseAll(b.fields)
}

// checkAddressee keeps the police's routes and the others' apart.
func (t *tx) checkAddressee(b *bad, in OpenTrackInput) error {
	c, err := t.contact(in.ContactID)
	if err != nil {
		b.add("/contactId", "is no contact of the register")
		return nil
	}
	unit := c.Kind == "police_unit"
	switch {
	case in.Route == routeDispute && c.Kind != kindDisputeBody:
		b.add("/contactId", "a dispute is submitted to a dispute body")
	case in.Route != routeDispute && c.Kind == kindDisputeBody:
		b.add("/contactId", "a dispute body gets disputes, nothing else")
	case in.Route == routeOrder || in.Route == "police_report":
		if !unit {
			b.add("/contactId", "an order is requested through a police unit")
		}
	case unit && in.Route != "freeze":
		b.add("/contactId", "a police unit gets reports and requests for an order, nothing else")
	}
	return nil
}

// asks says whether a track that has not ended asks the same for an item.
func asks(tr *takedown.Track, in OpenTrackInput, item string) bool {
	// A dispute is settled by one body, whichever it is.
	same := tr.Contact == in.ContactID || in.Route == routeDispute
	if tr.Person != "" && in.PersonID != "" && tr.Person != in.PersonID {
		return false // another person's own request
	}
	return !tr.Ended() && same && tr.Route == in.Route && tr.Provider == in.ProviderID && slices.Contains(tr.Items, item)
}

// firstGates refuses a track whose first rung cannot begin.
func (t *tx) firstGates(tr *takedown.Track) error {
	tr.StartedAt = t.now
	p, err := t.newPlanner(tr)
	if err != nil {
		return err
	}
	rung, ok := p.ladder.Next("", law.Start, p.facts...)
	if !ok {
		return nil
	}
	g, err := p.gates(rung)
	if err != nil {
		return err
	}
	if len(g.why) > 0 {
		return state("the route's own gates do not hold: %v%s", g.why, p.whatRemains(g))
	}
	return nil
}

// onTrackBy runs a person's act on a track.
func (s *Service) onTrackBy(ctx context.Context, who takedown.Principal, track string, roles []takedown.Role, f func(*tx, *takedown.Track) error) error {
	if err := need(who, roles...); err != nil {
		return err
	}
	caseID, err := caseOf[takedown.Track](ctx, s, track)
	if err != nil {
		return err
	}
	return s.inCase(ctx, who, caseID, roles, func(t *tx, _ *takedown.Case) error {
		tr, err := load[takedown.Track](t, track)
		if err != nil {
			return err
		}
		return f(t, tr)
	})
}

// ActOnTrack holds, resumes or stops a track, or skips its rung. Roles:
// coordinator, legal adviser; a mandatory rung is skipped by a legal adviser.
func (s *Service) ActOnTrack(ctx context.Context, who takedown.Principal, track, act string, in TrackActInput) error {
	if err := need(who, trackRoles...); err != nil {
		return err
	}
	if err := refuseAll(checkReason("/reason", in.Reason)); err != nil {
		return err
	}
	return s.onTrackBy(ctx, who, track, trackRoles, func(t *tx, tr *takedown.Track) error {
		if tr.Ended() {
			return state("the track has ended")
		}
		code, err := t.reason("track."+act, tr.ID, in.Reason)
		if err != nil {
			return err
		}
		if err := t.log("track."+act, code, []string{tr.ID}); err != nil {
			return err
		}
		t.done(200, tr.ID)
		t.wakeTrack(tr)
		return t.act(tr, act, in)
	})
}

func (t *tx) act(tr *takedown.Track, act string, in TrackActInput) error {
	switch act {
	case "hold":
		if !in.Until.IsZero() && !in.Until.After(t.now) {
			return refuse("/until", "lies in the past")
		}
		tr.Status, tr.HoldUntil = takedown.TrackHeld, in.Until.UTC().Truncate(time.Second)
		return t.put(tr)
	case "resume":
		if tr.Status != takedown.TrackHeld {
			return state("the track is not held")
		}
		tr.Status, tr.HoldUntil = takedown.TrackActive, time.Time{}
		return t.put(tr)
	case "stop":
		return t.stop(tr)
	case "skip":
		return t.skip(tr)
	}
	return noSuch("act")
}

// stop ends a track by a person's word, unless a document is on its way.
func (t *tx) stop(tr *takedown.Track) error {
	if cur := tr.Current(); cur != nil && cur.Document != "" {
		d, err := load[takedown.Document](t, cur.Document)
		if err != nil {
			return err
		}
		if err := t.notOnItsWay(d); err != nil {
			return err
		}
	}
	return t.endTrack(tr, takedown.TrackStopped, "stopped")
}

// notOnItsWay refuses while nobody knows whether a document is being sent.
func (t *tx) notOnItsWay(d *takedown.Document) error {
	if d.Status == takedown.DocumentUncertain {
		return state("settle first whether the document was sent")
	}
	last, err := t.lastDispatch(d)
	if err != nil {
		return err
	}
	if last != nil && last.Status == takedown.DispatchIntended && !last.LeaseUntil.IsZero() {
		return state("the document is being sent: look again when it is known to have left")
	}
	return nil
}

// skip leaves the current rung as if its aim had failed: the ladder goes on
// from its silence. A document that may be on its way is never skipped.
func (t *tx) skip(tr *takedown.Track) error {
	cur := tr.Current()
	if cur == nil {
		return state("the track stands on no rung")
	}
	p, err := t.newPlanner(tr)
	if err != nil {
		return err
	}
	rung, _ := p.ladder.Rung(cur.Rung)
	if rung.Mandatory && !t.who.Has(takedown.LegalAdviser) {
		return takedown.Errorf(takedown.Forbidden, takedown.NameForbidden, "only a legal adviser skips this rung")
	}
	if cur.Document != "" {
		d, err := load[takedown.Document](t, cur.Document)
		if err != nil {
			return err
		}
		if err := t.notOnItsWay(d); err != nil {
			return err
		}
		if d.Status != takedown.DocumentDelivered {
			if err := t.supersede(d); err != nil {
				return err
			}
		}
	}
	ending := law.EndSilence
	if !slices.Contains(rung.Endings(), ending) {
		ending = law.EndCancelled
	}
	if cur.Clock != "" {
		if err := t.endClock(cur.Clock, takedown.ClockSuperseded, "skipped"); err != nil {
			return err
		}
	}
	if err := t.closeRungTasks(tr); err != nil {
		return err
	}
	cur.Skipped = t.who.ID
	return t.endRung(tr, ending)
}
