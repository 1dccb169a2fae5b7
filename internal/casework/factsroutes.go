package casework

import (
	"cmp"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// factRoute adds what only the instruments of the slower routes may say, as far
// as the store holds it. What it does not hold stays empty, and is a finding.
func (p *planner) factRoute(f *notice.Facts, instrument string) error {
	switch instrument {
	case notice.T1, notice.T2, notice.T3, notice.T4:
		return p.factNotice(f)
	case notice.T12:
		return p.factRequests(f)
	case notice.T4b:
		return p.factDispute(f)
	case notice.T5:
		return p.factSupervision(f)
	case notice.T6:
		return p.factErasure(f)
	case notice.T9:
		return p.factSummons(f)
	case notice.T13:
		return p.factInfringement(f)
	case notice.T8a:
		return p.factFreeze(f)
	case notice.T8b:
		if err := p.factDossier(f); err != nil {
			return err
		}
		return p.factFreeze(f)
	case notice.T14:
		return p.factRelay(f)
	}
	return nil
}

// factErasure opens the name of the person whose request it is: only theirs,
// and only with a recorded mandate for it. Two persons are two requests: where
// the pages show more than one, the track says in whose name it is.
func (p *planner) factErasure(f *notice.Facts) error {
	// A search engine has no text of its own that could stay, and made nothing public.
	atSource := p.track.Route != "delisting"
	f.Erasure = &notice.Erasure{RestMayStay: atSource, MadePublic: atSource, Shield: true}
	if err := p.factGrounds(f); err != nil {
		return err
	}
	if err := p.factMandate(f); err != nil || f.Mandate == "" {
		return err
	}
	person, _, err := p.subject()
	if err != nil {
		return err
	}
	var secret personSecrets
	if err := p.t.open(person, "secrets", person.Secrets, &secret); err != nil {
		return err
	}
	f.Erasure.Subject = secret.Private.Name
	route := p.track.Route
	if route == routeSupervisor {
		if route, err = p.actsOn(requestActions); err != nil {
			return err
		}
	}
	if route == "delisting" {
		f.Erasure.Query = secret.Private.Name
	}
	if p.track.Route == routeSupervisor {
		return nil // its own copies go along, the mandate last
	}
	err = p.encloseMandate(f.Mandate)
	f.Erasure.Copies = p.copies()
	return err
}

// factGrounds adds what a person pleads and weighed: nothing is pleaded without.
func (p *planner) factGrounds(f *notice.Facts) error {
	said, err := p.said()
	if err != nil {
		return err
	}
	in := said.Erasure
	f.Erasure.Officer, f.Erasure.OfficerAddress = string(in.Officer), in.OfficerAddress
	f.Erasure.Objection, f.Erasure.Grounds, f.Erasure.Weighing = in.Objection, in.Grounds, in.Weighing
	return nil
}

// mandate is the evidence that holds a person's mandate; empty without a live
// one. With actions, one that was signed for one of them: what was signed for
// something else shows no mandate to anybody.
func (t *tx) mandate(person string, actions ...string) (string, error) {
	consents, err := all[takedown.Consent](t)
	if err != nil {
		return "", err
	}
	for _, c := range consents {
		live := c.Status == "given" && c.Mandate != "" && (c.ValidUntil.IsZero() || !t.now.After(c.ValidUntil))
		if c.Person == person && live && (len(actions) == 0 || slices.Contains(actions, c.Action)) {
			return c.Mandate, nil
		}
	}
	return "", nil
}

// The clocks that say until when we ask for data to be kept, and for an account
// to be restricted.
const (
	keepClock    = "C18"
	suspendClock = "P5"
)

// until is the day on which a clock's rule ends, counted from a document's
// date.
func (p *planner) until(rule string, from time.Time) (time.Time, error) {
	extra, err := p.t.extraDays()
	if err != nil {
		return time.Time{}, err
	}
	r, err := p.t.s.Law.Count(rule, law.CountInput{Start: from, Extra: extra})
	return r.Due, err
}

// factFreeze names the accounts that the items were posted with, and what the
// triage and the items say of threat and haste.
func (p *planner) factFreeze(f *notice.Facts) error {
	said, err := p.said()
	if err != nil {
		return err
	}
	in := said.Freeze
	freeze := &notice.Freeze{Measure: cmp.Or(in.Measure, "suspend"), Volatile: in.Volatile, Haste: in.Haste, Repeats: in.Repeats, Breach: in.Breach}
	f.Terms = notice.Terms{Clause: in.Clause, VersionOf: in.VersionOf}
	if freeze.Until, err = p.until(suspendClock, f.DraftedAt); err != nil {
		return err
	}
	if freeze.RetainUntil, err = p.until(keepClock, f.DraftedAt); err != nil {
		return err
	}
	for _, i := range f.Items {
		if i.Handle == "" && i.AccountID == "" {
			continue
		}
		same := func(a notice.Account) bool { return a.Handle == i.Handle && a.ID == i.AccountID }
		if !slices.ContainsFunc(freeze.Accounts, same) {
			freeze.Accounts = append(freeze.Accounts, notice.Account{Handle: i.Handle, ID: i.AccountID, Item: i.No})
		}
	}
	switch {
	case freeze.Breach != "":
	case p.c.Flags.Urgent():
		freeze.Breach = "life_or_safety"
	case len(f.Persons) > 1:
		freeze.Breach = "many_victims"
	case slices.ContainsFunc(f.Items, func(i notice.Item) bool { return i.Kind == "repost" || slices.Contains(i.Indicators, "history") }):
		freeze.Breach = "repeated"
	}
	triage, err := all[takedown.Triage](p.t)
	if err != nil {
		return err
	}
	for _, t := range triage {
		if t.ThreatLevel != "none" {
			freeze.Threat = t.ThreatLevel
		}
	}
	f.Freeze = freeze
	return nil
}
