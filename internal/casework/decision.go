package casework

import (
	"context"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// CaseDecisionInput is the body of POST …/decisions.
type CaseDecisionInput struct {
	Kind         string `json:"kind" enum:"talk_employer,police_stop_talk,reply_to_sender,media,own_sources,no_public_statement,professional_secrecy,third_party_basis,amplification,indemnity,correction"`
	Choice       string `json:"choice" maxLength:"60" doc:"A code of the kind. talk_employer, reply_to_sender: yes, no; police_stop_talk: wanted, not_wanted; own_sources: none_found, removed, stays; media: statement, no_statement; no_public_statement: silence; professional_secrecy: nothing_to_disclose, no_medical_data, not_allowed; third_party_basis: household, relative, works_for_us, mistaken_for_ours, none; amplification: act, monitor; indemnity: refused, not_asked; correction: allowed, not_allowed."`
	PersonID     string `json:"personId,omitempty" maxLength:"60" doc:"With third_party_basis: whom it is about."`
	TrackID      string `json:"trackId,omitempty" maxLength:"60" doc:"With indemnity: whose addressee asked for one; needed where more than one did."`
	Pros         string `json:"pros,omitempty" maxLength:"2000" doc:"Sealed."`
	Cons         string `json:"cons,omitempty" maxLength:"2000" doc:"Sealed."`
	Consent      string `json:"consent,omitempty" maxLength:"120" doc:"The id of the consent that it rests on."`
	PoliceAnswer string `json:"policeAnswer,omitempty" enum:"allowed,forbidden,no_answer,not_asked"`
}

// adviserDecisions are a legal adviser's alone: the last four of api.md, and
// whether a notice may say that its content points at the wrong person.
var adviserDecisions = []string{"professional_secrecy", "third_party_basis", "amplification", "indemnity", "correction"}

var decisionKinds = append([]string{"talk_employer", "police_stop_talk", "reply_to_sender", "media", "own_sources", "no_public_statement"}, adviserDecisions...)

type decisionWords struct {
	Pros string `json:"pros,omitempty"`
	Cons string `json:"cons,omitempty"`
}

// posterDecisions are about speaking to the poster: nobody does before the
// police allowed it (S0-13).
var posterDecisions = []string{"talk_employer", "reply_to_sender"}

// choices are the codes of one kind of decision. Only a yes opens what waits for
// the decision; any of them answers the question.
type choices struct{ yes, no []string }

var decisionChoices = map[string]choices{
	"talk_employer":       {[]string{"yes"}, []string{"no"}},
	"police_stop_talk":    {[]string{"wanted"}, []string{"not_wanted"}},
	"reply_to_sender":     {[]string{"yes"}, []string{"no"}},
	"own_sources":         {[]string{"none_found", "removed", "stays"}, nil}, // asked first, whatever the answer (S0-3)
	"no_public_statement": {[]string{"silence"}, nil},
	"media":               {[]string{"statement"}, []string{"no_statement"}},
	// What secrecy covers stands in no document (domain.md §8): a yes says that
	// nothing of it does; not_allowed, that secrecy forbids going to the police.
	"professional_secrecy": {[]string{"nothing_to_disclose", "no_medical_data"}, []string{"not_allowed"}},
	// Why somebody who is no employee is helped; none: help stays at referral.
	"third_party_basis": {[]string{"household", "relative", "works_for_us", "mistaken_for_ours"}, []string{"none"}},
	"amplification":     {[]string{"act"}, []string{"monitor"}},
	"indemnity":         {nil, []string{"refused", "not_asked"}}, // never accepted
	"correction":        {[]string{"allowed"}, []string{"not_allowed"}},
}

func isYes(d *takedown.Decision) bool { return slices.Contains(decisionChoices[d.Kind].yes, d.Choice) }

// decidedYes says that the last decision of a kind is a yes.
func (t *tx) decidedYes(kind string) (bool, error) {
	d, err := t.lastDecision(kind)
	return d != nil && isYes(d), err
}

// settles are the tasks that a decision closes.
var settles = map[string]string{"own_sources": taskOwnSources, "amplification": taskAmplification, "correction": taskCorrection, "indemnity": taskIndemnity}

// Decide records a choice with its pros and cons. An indemnity is never
// accepted. Roles: coordinator; legal adviser for the last five kinds.
func (s *Service) Decide(ctx context.Context, who takedown.Principal, caseID string, in CaseDecisionInput) (string, error) {
	roles := coordinatorOnly
	if slices.Contains(adviserDecisions, in.Kind) {
		roles = []takedown.Role{takedown.LegalAdviser}
	}
	var id string
	err := s.inCase(ctx, who, caseID, roles, func(t *tx, c *takedown.Case) error {
		if err := t.checkDecision(in); err != nil {
			return err
		}
		track, err := t.indemnityOf(in)
		if err != nil {
			return err
		}
		d := &takedown.Decision{Meta: takedown.Meta{Case: c.ID}, Kind: in.Kind, Choice: in.Choice, Consent: in.Consent, PoliceAnswer: in.PoliceAnswer, Track: track, By: who.ID, At: t.now, Items: c.Items}
		before, err := all[takedown.Decision](t)
		if err != nil {
			return err
		}
		d.No = len(before) + 1
		if d.Words, err = t.seal(d, "words", decisionWords{in.Pros, in.Cons}); err != nil {
			return err
		}
		if err := t.put(d); err != nil {
			return err
		}
		if err := t.thirdPartyBasis(in); err != nil {
			return err
		}
		if in.Kind == "media" || in.Kind == "no_public_statement" {
			c.Statement = in.Kind == "media" && in.Choice == "statement"
			if err := t.put(c); err != nil {
				return err
			}
		}
		if kind, ok := settles[in.Kind]; ok {
			if err := t.closeTasks(kind, track); err != nil {
				return err
			}
		}
		id = d.ID
		t.done(201, d.ID)
		if err := t.log("decision.recorded", in.Kind+":"+in.Choice, idsOf(d.ID, in.PersonID, in.Consent, track)); err != nil {
			return err
		}
		return t.touch()
	})
	return id, err
}

func (t *tx) checkDecision(in CaseDecisionInput) error {
	var b bad
	b.oneOf("/kind", in.Kind, decisionKinds)
	b.oneOf("/policeAnswer", in.PoliceAnswer, []string{"", "allowed", "forbidden", "no_answer", "not_asked"})
	codes := decisionChoices[in.Kind]
	known := slices.Concat(codes.yes, codes.no)
	switch {
	case in.Kind == "indemnity" && !slices.Contains(known, in.Choice):
		b.add("/choice", "an indemnity is never accepted: refused, or not_asked")
	case len(known) > 0:
		b.oneOf("/choice", in.Choice, known)
	}
	if strings.TrimSpace(in.Pros) == "" && strings.TrimSpace(in.Cons) == "" {
		b.add("/pros", "say what speaks for or against it")
	}
	b.atMost("/pros", in.Pros, 2000)
	b.atMost("/cons", in.Cons, 2000)
	if err := t.checkDecisionIDs(&b, in); err != nil {
		return err
	}
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	if !slices.Contains(posterDecisions, in.Kind) || in.Choice != "yes" {
		return nil
	}
	if ok, err := t.posterAllowed(); err != nil || !ok {
		return orElse(err, state("the police have not allowed contact with the poster"))
	}
	return nil
}

func (t *tx) checkDecisionIDs(b *bad, in CaseDecisionInput) error {
	if (in.Kind == "third_party_basis") != (in.PersonID != "") {
		b.add("/personId", "belongs to third_party_basis, which needs it")
	} else if in.PersonID != "" {
		p, err := find[takedown.Person](t, in.PersonID)
		if err != nil {
			return err
		}
		if p == nil || p.Case != string(t.base.Stream) {
			b.add("/personId", "is no affected person of this case")
		}
	}
	if in.Consent == "" {
		switch in.Kind + ":" + in.Choice {
		case "talk_employer:yes":
			b.add("/consent", "a talk is agreed with the person first: name the consent (S0-12)")
		case "media:statement":
			b.add("/consent", "nothing is said in public before it is agreed with the person: name the consent to media (S0-14)")
		}
		return nil
	}
	c, err := find[takedown.Consent](t, in.Consent)
	if err != nil {
		return err
	}
	if c == nil || c.Case != string(t.base.Stream) {
		b.add("/consent", "is no consent of this case")
		return nil
	}
	if in.Kind == "media" && in.Choice == "statement" && c.Action != "media" {
		b.add("/consent", "is no consent to media")
	}
	granted, _, err := t.consents(c.Person, c.Action)
	if err == nil && !granted {
		b.add("/consent", "does not stand: refused, withdrawn or expired")
	}
	return err
}

// orElse is the first error there is.
func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// thirdPartyBasis lets help for somebody else than an employee go beyond
// referral.
func (t *tx) thirdPartyBasis(in CaseDecisionInput) error {
	if in.Kind != "third_party_basis" {
		return nil
	}
	p, err := t.personOf(in.PersonID)
	if err != nil {
		return err
	}
	p.ThirdBasis = slices.Contains(decisionChoices[in.Kind].yes, in.Choice)
	if err := t.put(p); err != nil {
		return err
	}
	return t.closeTasks("third_party_basis", p.ID)
}
