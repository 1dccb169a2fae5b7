package casework

import (
	"context"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// States of statemachines/case.asl.json that Triage may name.
const (
	goGates = "AwaitGates"
	goPlan  = "PlanTracks"
)

// onCase runs a case function as the system, if the generation is current.
func (s *Service) onCase(ctx context.Context, in CaseInput, f func(*tx, *takedown.Case) error) error {
	if err := served(in.V); err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(in.Case), func(t *tx) error {
		c, err := load[takedown.Case](t, in.Case)
		if err != nil {
			return err
		}
		if c.Generation != in.Generation {
			return takedown.Errorf(takedown.Conflict, takedown.NameStaleInput, "generation %d of the case is over", in.Generation)
		}
		return f(t, c)
	})
}

// Triage opens urgent work at once and says whether items may be planned or
// what the gates still wait for. Handler of triage; idempotent.
func (s *Service) Triage(ctx context.Context, in CaseInput) (CaseStep, error) {
	out := CaseStep{V: InputVersion, Case: in.Case, Generation: in.Generation}
	err := s.onCase(ctx, in, func(t *tx, c *takedown.Case) error {
		st, err := t.decideIntake(c)
		if err != nil {
			return err
		}
		if err := t.settleIntake(c, st); err != nil {
			return err
		}
		out.Next, out.Wait, out.Seconds = st.next, 0, 0
		if c.Wait != nil {
			out.Wait = c.Wait.No
			out.Seconds, err = t.secondsUntil(c.Wait.Due)
		}
		return err
	})
	if stale(err) {
		out.Next = goStop
		return out, nil
	}
	return out, err
}

// decideIntake looks at what stands before planning: the safety triage, and
// evidence and assessment of each item. An urgent case does not wait for the
// triage form; evidence and assessment it never skips.
func (t *tx) decideIntake(c *takedown.Case) (step, error) {
	if c.Status != takedown.CaseOpen {
		return step{next: goStop}, nil
	}
	if c.Flags.Urgent() {
		task := takedown.Task{Kind: "urgent_safety", Owner: takedown.Coordinator, Reason: "urgent_flag", Subject: c.ID, Urgent: true}
		if err := t.openOnce(task); err != nil {
			return step{}, err
		}
	}
	if err := t.offerPeerSupport(c); err != nil {
		return step{}, err
	}
	items, err := all[takedown.Item](t)
	if err != nil {
		return step{}, err
	}
	var why []string
	ready, waiting := 0, 0
	for _, it := range items {
		if it.SuspectedCSAM { // referred: no evidence of it will ever come
			continue
		}
		switch it.Status {
		case takedown.ItemAssessed:
			if t.plannable(it) {
				ready++
				continue
			}
			waiting++
			why = append(why, "contact:"+it.ID)
		case takedown.ItemReported:
			waiting++
			why = append(why, missingOf(it)...)
		}
	}
	triage, err := all[takedown.Triage](t)
	if err != nil {
		return step{}, err
	}
	if len(triage) == 0 && !c.Flags.Urgent() {
		return t.asking(step{next: goGates, why: append([]string{"triage"}, why...)})
	}
	together := c.OpenedAt.Add(togetherFor)
	switch {
	case ready > 0 && (waiting == 0 || c.Flags.Urgent() || !t.now.Before(together)):
		return step{next: goPlan}, nil
	case waiting == 0:
		return step{next: goStop}, nil
	}
	st := step{next: goGates, why: why}
	if ready > 0 {
		st.due = together
	}
	return t.asking(st)
}

// togetherFor is how long after a case is opened items that are ready wait for
// the others, so that an addressee gets one notice about all of them.
const togetherFor = 4 * time.Hour

// missingOf says what an item's gates wait for.
func missingOf(it *takedown.Item) []string {
	var why []string
	if it.Evidence == 0 {
		why = append(why, "evidence:"+it.ID)
	}
	if it.Assessment == "" || !it.AssessmentLive {
		why = append(why, "assessment:"+it.ID)
	}
	return why
}

// plannable says whether the item's contact is known, or not asked for yet.
func (t *tx) plannable(it *takedown.Item) bool {
	id, err := t.itemContact(it)
	if err != nil || id != "" {
		return true
	}
	asked, err := t.hasOpenTask(taskFindContact, it.ID)
	return err != nil || !asked
}

func (t *tx) settleIntake(c *takedown.Case, st step) error {
	before := c.Wait
	c.Wait = nil
	if st.waits() {
		c.Wait = nextWait(before, c.Waits, st, t.now)
		c.Waits = c.Wait.No
	}
	if sameWait(before, c.Wait) && len(t.dirty) == 0 {
		return nil
	}
	if err := t.put(c); err != nil {
		return err
	}
	return t.log("case.planned", planReason(st), []string{c.ID})
}

// openOnce opens a task that is never opened again once it is done.
func (t *tx) openOnce(task takedown.Task) error {
	known, err := t.hadTask(task.Kind, task.Subject)
	if err != nil || known {
		return err
	}
	return t.openTask(task)
}

// hadTask reports whether a task of a kind on exactly this subject is open or
// was.
func (t *tx) hadTask(kind, subject string) (bool, error) {
	tasks, err := all[takedown.Task](t)
	return slices.ContainsFunc(tasks, func(task *takedown.Task) bool { return task.Kind == kind && task.Subject == subject }), err
}

// maxTrackItems bounds the items of one track: its row stays under 4 KB, and
// its entry under 40 ids.
const maxTrackItems = 30

// group is the items of one addressee and route.
type group struct {
	contact, route string
	items          []string
}

// PlanTracks opens one track per addressee for every item that is assessed and
// has none. Handler of plan-tracks; idempotent: a planned item is pursued. Each
// track is a commit of its own.
func (s *Service) PlanTracks(ctx context.Context, in CaseInput) (CaseStep, error) {
	out := CaseStep{V: InputVersion, Case: in.Case, Generation: in.Generation}
	for range maxItemsCase {
		more := false
		err := s.onCase(ctx, in, func(t *tx, c *takedown.Case) error {
			more = false
			if c.Status != takedown.CaseOpen {
				return nil
			}
			g, err := t.nextGroup()
			if err != nil {
				return err
			}
			more = g != nil
			if g == nil {
				return nil
			}
			return t.planGroup(c, g)
		})
		if stale(err) || (err == nil && !more) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

// nextGroup is the next addressee with items to be planned; nil without. What
// has no contact becomes a task.
func (t *tx) nextGroup() (*group, error) {
	items, err := all[takedown.Item](t)
	if err != nil {
		return nil, err
	}
	var g *group
	most := maxTrackItems
	for _, it := range items {
		if it.Status != takedown.ItemAssessed || it.SuspectedCSAM {
			continue
		}
		id, err := t.itemContact(it)
		if err != nil {
			return nil, err
		}
		if id == "" {
			if err := t.askContact(it); err != nil {
				return nil, err
			}
			continue
		}
		if g == nil {
			contact, err := t.contact(id)
			if err != nil {
				return nil, err
			}
			g, most = &group{contact: id, route: routeFor(contact.Kind)}, filingItems(contact)
		}
		if g.contact == id && len(g.items) < most {
			g.items = append(g.items, it.ID)
		}
	}
	return g, nil
}

// filingItems is how many items one track to a contact may have: what one filing
// of its form takes, where there is one.
func filingItems(c *takedown.Contact) int {
	if c.Form == nil || c.Form.MaxItems == 0 || !slices.ContainsFunc(c.Channels, func(ch takedown.Channel) bool { return ch.Kind == "form" }) {
		return maxTrackItems
	}
	return c.Form.MaxItems
}

func (t *tx) askContact(it *takedown.Item) error {
	asked, err := t.hasOpenTask(taskFindContact, it.ID)
	if err != nil || asked {
		return err
	}
	if err := t.openTask(takedown.Task{Kind: taskFindContact, Owner: takedown.Specialist, Reason: notInRegister, Subject: it.ID}); err != nil {
		return err
	}
	return t.log("contact.wanted", notInRegister, []string{it.ID})
}

// itemContact is the addressee of an item: named by a person, or known by the
// host of its URL.
func (t *tx) itemContact(it *takedown.Item) (string, error) {
	if it.Contact != "" {
		return it.Contact, nil
	}
	p, err := t.place(it)
	if err != nil || p.Canonical == "" {
		return "", err
	}
	return t.s.contactForHost(t.ctx, hostOf(p.Canonical))
}

// routeFor is the route that begins with an addressee of a kind.
func routeFor(kind string) string {
	switch kind {
	case "platform":
		return "platform"
	case "search_engine":
		return "delisting"
	}
	return "hoster"
}

func (t *tx) planGroup(c *takedown.Case, g *group) error {
	for _, id := range g.items {
		it, err := load[takedown.Item](t, id)
		if err != nil {
			return err
		}
		it.Status, it.Contact = takedown.ItemPursued, g.contact
		if err := t.put(it); err != nil {
			return err
		}
		if err := t.closeTasks(taskFindContact, it.ID); err != nil {
			return err
		}
	}
	return t.openTrack(&takedown.Track{Meta: takedown.Meta{Case: c.ID}, Contact: g.contact, Route: g.route, Items: g.items, Reason: "planned"})
}
