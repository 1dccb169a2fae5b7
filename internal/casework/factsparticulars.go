package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// said is what a person said for the track, with its words; never nil, so that
// what nobody said is empty and becomes a finding.
func (p *planner) said() (takedown.Particulars, error) { return p.saidOf(p.track.ID) }

// saidOf is said for another track.
func (p *planner) saidOf(track string) (takedown.Particulars, error) {
	have, err := p.t.particulars(track)
	if err != nil {
		return takedown.Particulars{}, err
	}
	var out takedown.Particulars
	if have != nil {
		out = *have
	}
	var words particularWords
	if have != nil {
		if err := p.t.open(have, "words", have.Words, &words); err != nil {
			return out, err
		}
	}
	out.Supervision, out.Infringement, out.Summons = orNew(out.Supervision), orNew(out.Infringement), orNew(out.Summons)
	out.Dispute, out.Relay, out.Erasure = orNew(out.Dispute), orNew(out.Relay), orNew(out.Erasure)
	out.Order, out.Notice, out.Freeze, out.Report = orNew(out.Order), orNew(out.Notice), orNew(out.Freeze), orNew(out.Report)
	out.Notice.Clause, out.Freeze.Clause = words.Clause, words.Clause
	out.Report.Events = slices.Clone(out.Report.Events)
	for n := range min(len(out.Report.Events), len(words.Events)) {
		out.Report.Events[n].Text = words.Events[n]
	}
	out.Supervision.Representative, out.Summons.Lawyer = words.Representative, words.Lawyer
	out.Order.Representative, out.Erasure.OfficerAddress = words.Representative, words.Officer
	return out, nil
}

// orNew gives a copy of a section, an empty one for none.
func orNew[T any](section *T) *T {
	var out T
	if section != nil {
		out = *section
	}
	return &out
}

// factProvider names whom a track to somebody else is about: the provider or
// controller that did not do what was asked.
func (p *planner) factProvider(f *notice.Facts) error {
	if p.track.Provider == "" {
		return nil
	}
	c, err := p.t.contact(p.track.Provider)
	if err != nil {
		return err
	}
	provider := p.addressee(c, "mail")
	f.Provider = &provider
	if provider.ContactPoint == "" && p.track.Route == routeOrder {
		f.Provider.ContactPoint, err = p.t.article11(c)
	}
	return err
}

// mandateActions are what a route acts on in the person's name (gates.json); the
// complaint to the authority goes on from the request (actsOn).
var mandateActions = map[string][]string{
	"erasure": {"erasure"}, "delisting": {"delisting"}, routeSupervisor: requestActions, "regulator": {"complaint_art53"}, routeDispute: {"ods"},
}

// subject is the one person in whose name the track acts, with the evidence of
// their live mandate for what its route does; nil where it is about more than
// one, or without such a mandate.
func (p *planner) subject() (*takedown.Person, string, error) {
	people, err := p.helped()
	if err != nil || len(people) != 1 {
		return nil, "", err
	}
	actions := mandateActions[p.track.Route]
	if len(actions) > 1 {
		action, err := p.actsOn(actions)
		if err != nil {
			return nil, "", err
		}
		actions = []string{action}
	}
	mandate, err := p.t.mandate(people[0].ID, actions...)
	if err != nil || mandate == "" {
		return nil, "", err
	}
	return people[0], mandate, nil
}

// factMandate lets the organisation speak in the person's name.
func (p *planner) factMandate(f *notice.Facts) error {
	person, mandate, err := p.subject()
	if err == nil && person != nil {
		f.Role, f.Mandate = "mandate", mandate
	}
	return err
}

// factSupervision is what T5 complains of: the provider from the register, the
// chronology and the copies from the case, the rest as a person said.
func (p *planner) factSupervision(f *notice.Facts) error {
	said, err := p.said()
	if err != nil {
		return err
	}
	in := said.Supervision
	f.Supervision = &notice.Supervision{Recipient: in.Recipient, Located: in.Located, Use: in.Use, Large: in.Designated, Breaches: in.Breaches}
	if err := p.factProvider(f); err != nil {
		return err
	}
	if f.Provider != nil {
		f.Provider.Representative, f.Supervision.Established = in.Representative, f.Provider.Country
		c, err := p.t.contact(p.track.Provider)
		if err != nil {
			return err
		}
		if c.VLOP {
			f.Supervision.Large = "yes"
		}
		if f.Supervision.Pattern, err = p.pattern(c); err != nil {
			return err
		}
	}
	if in.Recipient == "mandate" {
		if err := p.factMandate(f); err != nil {
			return err
		}
	}
	if f.Supervision.Proceedings, err = p.proceedings(in.Proceedings); err != nil {
		return err
	}
	f.Supervision.Copies, err = p.encloseAll(f.Mandate)
	return err
}

// minDecided is from how many decisions on a complaint to the coordinator may
// speak of a pattern: our own choice, so that no single case shows.
const minDecided = 5

// pattern is how long a provider took with our notices and complaints, over all
// cases (domain.md §8 T5): nothing where too few were decided, or within a day.
func (p *planner) pattern(c *takedown.Contact) (notice.Pattern, error) {
	row, err := find[takedown.ContactProfile](p.t, profileID(c.ID))
	if err != nil || row == nil {
		return notice.Pattern{}, err
	}
	took := viewLeg(row.Observed.Decided)
	if took == nil || took.Count < minDecided || took.MedianHours < 24 {
		return notice.Pattern{}, nil
	}
	return notice.Pattern{Notices: took.Count, MedianDays: int(took.MedianHours / 24)}, nil
}

// proceedings are those that a person named and those that run in this case.
func (p *planner) proceedings(named []string) ([]string, error) {
	return p.alsoAsked(slices.Clone(named), map[string]string{"supervisor_ap": "ap", "police_report": "police", routeOrder: "police", routeDispute: "ods"})
}

// routeFlagger asks a trusted flagger or help organisation.
const routeFlagger = "flagger"

// alsoAsked adds the codes of the routes on which something about the same pages
// reached somebody else; none goes once there is one. A flagger without an award
// is a help organisation.
func (p *planner) alsoAsked(out []string, codes map[string]string) ([]string, error) {
	tracks, err := all[takedown.Track](p.t)
	if err != nil {
		return nil, err
	}
	for _, tr := range tracks {
		code, err := p.askedOn(tr, codes)
		if err != nil {
			return nil, err
		}
		if code == "" || slices.Contains(out, code) || tr.ID == p.track.ID || !p.sharesItems(tr) {
			continue
		}
		last, err := p.lastDelivered(tr)
		if err != nil {
			return nil, err
		}
		if last != nil {
			out = append(out, code)
		}
	}
	if len(out) > 1 {
		out = slices.DeleteFunc(out, func(c string) bool { return c == "none" })
	}
	return out, nil
}

func (p *planner) askedOn(tr *takedown.Track, codes map[string]string) (string, error) {
	if tr.Route != routeFlagger || codes[tr.Route] == "" {
		return codes[tr.Route], nil
	}
	c, err := p.t.contact(tr.Contact)
	if err == nil && !c.Award.Holds(p.t.now) {
		return "help_organisation", nil
	}
	return codes[tr.Route], err
}

// lastDelivered is a track's last document that reached its addressee: one that
// a wrong addressee alone has did not.
func (p *planner) lastDelivered(tr *takedown.Track, instruments ...string) (*takedown.Document, error) {
	return p.lastSent(tr, func(d *takedown.Document, n *takedown.Dispatch) (bool, error) {
		astray, err := p.t.astray(d, n)
		return !astray, err
	}, instruments...)
}

// lastSent is lastDelivered with an eye on the attempt, nil where none is on record.
func (p *planner) lastSent(tr *takedown.Track, counts func(*takedown.Document, *takedown.Dispatch) (bool, error), instruments ...string) (*takedown.Document, error) {
	for _, r := range slices.Backward(tr.Rungs) {
		if r.Document == "" || (len(instruments) > 0 && !slices.Contains(instruments, r.Instrument)) {
			continue
		}
		d, err := load[takedown.Document](p.t, r.Document)
		if err != nil {
			return nil, err
		}
		if d.Status != takedown.DocumentDelivered {
			continue
		}
		n, err := p.t.lastDispatch(d)
		if err != nil {
			return nil, err
		}
		if ok, err := counts(d, n); err != nil || ok {
			return d, err
		}
	}
	return nil, nil
}

// factSummons is the lawyer's letter; the gate is the police's word.
func (p *planner) factSummons(f *notice.Facts) error {
	said, err := p.said()
	if err != nil {
		return err
	}
	in := said.Summons
	f.Summons = &notice.Summons{Lawyer: in.Lawyer, Approved: in.Approved, Identity: in.Identity, Service: in.Service, Demands: in.Demands}
	f.Summons.GateDecided, err = p.t.posterAllowed()
	return err
}

// factInfringement takes the request, its receipt and its answer from the
// erasure track of the same controller.
func (p *planner) factInfringement(f *notice.Facts) error {
	said, err := p.said()
	if err != nil {
		return err
	}
	if err := p.factErasure(f); err != nil {
		return err
	}
	in := said.Infringement
	out := &notice.Infringement{ReceivedAt: in.ReceivedAt, Proof: in.Proof, Breaches: in.Breaches}
	f.Infringement = out
	if err := p.factProvider(f); err != nil {
		return err
	}
	if err := p.factRequest(out); err != nil {
		return err
	}
	if out.Answer == "silence" && !slices.Contains(out.Breaches, "no_answer") {
		out.Breaches = append([]string{"no_answer"}, out.Breaches...)
	}
	out.Copies, err = p.encloseAll(f.Mandate)
	return err
}

// factRequest reads the last request to the controller: what it was, when it
// was received and by what that is known, what came of it.
func (p *planner) factRequest(out *notice.Infringement) error {
	last, err := p.lastRequest()
	if err != nil || last.document == nil {
		return err
	}
	out.RequestRef, out.RequestAt = last.document.Reference, last.dispatch.At
	return p.factAnswer(out, last.track, last.document, last.dispatch)
}

// eachSent calls f for the last document of an instrument on each track that
// asked the provider itself for the same pages, if it reached it.
func (p *planner) eachSent(instrument string, f func(*takedown.Track, *takedown.Document, *takedown.Dispatch) error) error {
	tracks, err := p.towards()
	if err != nil {
		return err
	}
	for _, tr := range tracks {
		d, err := p.lastDelivered(tr, instrument)
		if err != nil {
			return err
		}
		if d == nil {
			continue
		}
		n, err := load[takedown.Dispatch](p.t, d.LastDispatch)
		if err != nil {
			return err
		}
		if err := f(tr, d, n); err != nil {
			return err
		}
	}
	return nil
}

// factAnswer reads what came of a request. An answer proves receipt, and so
// does a form's own; anything else a person must say.
func (p *planner) factAnswer(out *notice.Infringement, tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch) error {
	replies, err := p.repliesTo(d)
	if err != nil {
		return err
	}
	out.Answer, out.AnsweredAt, out.TermEnded = "", time.Time{}, notice.Deadline{}
	for _, r := range replies {
		if againstUs(r.Kind, r.Decision) {
			out.Answer, out.AnsweredAt = r.Decision, r.ReceivedAt
		}
	}
	if out.Proof == "" {
		out.ReceivedAt, out.Proof = receipt(n, replies)
	}
	for _, rung := range tr.Rungs {
		if rung.Document != d.ID || rung.Ending != law.EndSilence || out.Answer != "" || rung.Clock == "" {
			continue
		}
		clock, err := load[takedown.Clock](p.t, rung.Clock)
		if err != nil {
			return err
		}
		if err := p.factSilence(out, tr, clock); err != nil {
			return err
		}
	}
	return nil
}

// receipt is what the store knows of a delivery's receipt. That a mail server
// took a mail proves none (domain.md §3.5).
func receipt(n *takedown.Dispatch, replies []*takedown.Reply) (time.Time, string) {
	switch {
	case n.Channel == "form" && n.Proof != "":
		return n.At, "form_receipt"
	case n.Post != nil && !n.Post.ReceivedAt.IsZero():
		return n.Post.ReceivedAt, "letter_receipt"
	case len(replies) > 0:
		return replies[0].ReceivedAt, "answer"
	}
	return time.Time{}, ""
}

// repliesTo are what an addressee itself answered to a document, oldest first:
// no bounce, no automatic answer, and nothing whose sender is not known.
func (p *planner) repliesTo(d *takedown.Document) ([]*takedown.Reply, error) {
	replies, err := all[takedown.Reply](p.t)
	if err != nil {
		return nil, err
	}
	replies = slices.DeleteFunc(replies, func(r *takedown.Reply) bool {
		return r.Document != d.ID || r.Status != takedown.ReplyClassified || (r.Kind != "decision" && r.Kind != "acknowledgement") || senderUnknown(r)
	})
	slices.SortStableFunc(replies, func(a, b *takedown.Reply) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	return replies, nil
}

// quietRoutes are those whose acts no letter to others tells (domain.md §8,
// secrecy).
var quietRoutes = []string{routeOrder, "freeze", "police_report"}

// towards are the tracks that asked the provider itself for the same pages.
func (p *planner) towards() ([]*takedown.Track, error) {
	tracks, err := all[takedown.Track](p.t)
	return slices.DeleteFunc(tracks, func(tr *takedown.Track) bool { return !p.isTowards(tr) }), err
}

func (p *planner) isTowards(tr *takedown.Track) bool {
	if p.track.Person != "" && tr.Person != "" && tr.Person != p.track.Person {
		return false // somebody else's request, which names them
	}
	return p.track.Provider != "" && tr.Contact == p.track.Provider && tr.ID != p.track.ID && p.sharesItems(tr) && !slices.Contains(quietRoutes, tr.Route)
}
