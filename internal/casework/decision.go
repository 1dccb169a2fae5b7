package casework

import (
	"context"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// CaseDecisionInput is the body of POST …/decisions.
type CaseDecisionInput struct {
	Kind         string `json:"kind" enum:"talk_employer,police_stop_talk,reply_to_sender,media,own_sources,no_public_statement,professional_secrecy,third_party_basis,amplification,indemnity"`
	Choice       string `json:"choice" maxLength:"60" doc:"A code."`
	PersonID     string `json:"personId,omitempty" maxLength:"60" doc:"With third_party_basis: whom it is about."`
	Pros         string `json:"pros,omitempty" maxLength:"2000" doc:"Sealed."`
	Cons         string `json:"cons,omitempty" maxLength:"2000" doc:"Sealed."`
	Consent      string `json:"consent,omitempty" maxLength:"60"`
	PoliceAnswer string `json:"policeAnswer,omitempty" maxLength:"60"`
}

// adviserDecisions are a legal adviser's alone: the last four of api.md.
var adviserDecisions = []string{"professional_secrecy", "third_party_basis", "amplification", "indemnity"}

var decisionKinds = append([]string{"talk_employer", "police_stop_talk", "reply_to_sender", "media", "own_sources", "no_public_statement"}, adviserDecisions...)

type decisionWords struct {
	Pros string `json:"pros,omitempty"`
	Cons string `json:"cons,omitempty"`
}

// Decide records a choice with its pros and cons. An indemnity is never
// accepted. Roles: coordinator; legal adviser for the last four kinds.
func (s *Service) Decide(ctx context.Context, who takedown.Principal, caseID string, in CaseDecisionInput) (string, error) {
	var b bad
	b.oneOf("/kind", in.Kind, decisionKinds)
	b.codes("/choice", []string{in.Choice})
	if in.Kind == "indemnity" && in.Choice == "accepted" {
		b.add("/choice", "an indemnity is never accepted")
	}
	if in.Pros == "" && in.Cons == "" {
		b.add("/pros", "say what speaks for or against it")
	}
	roles := coordinatorOnly
	if slices.Contains(adviserDecisions, in.Kind) {
		roles = []takedown.Role{takedown.LegalAdviser}
	}
	if err := need(who, roles...); err != nil {
		return "", err
	}
	var id string
	err := s.inCase(ctx, who, caseID, roles, func(t *tx, c *takedown.Case) error {
		if err := refuseAll(b.fields); err != nil {
			return err
		}
		d := &takedown.Decision{Meta: takedown.Meta{Case: c.ID}, Kind: in.Kind, Choice: in.Choice, Consent: in.Consent, PoliceAnswer: in.PoliceAnswer, By: who.ID, At: t.now}
		var err error
		if d.Words, err = t.seal(d, "words", decisionWords{in.Pros, in.Cons}); err != nil {
			return err
		}
		if err := t.put(d); err != nil {
			return err
		}
		if err := t.thirdPartyBasis(in); err != nil {
			return err
		}
		id = d.ID
		t.done(201, d.ID)
		if err := t.log("decision.recorded", in.Kind+":"+in.Choice, []string{d.ID}); err != nil {
			return err
		}
		return t.touch()
	})
	return id, err
}

// thirdPartyBasis lets help for somebody else than an employee go beyond
// referral.
func (t *tx) thirdPartyBasis(in CaseDecisionInput) error {
	if in.Kind != "third_party_basis" {
		return nil
	}
	p, err := t.personOf(in.PersonID)
	if err != nil {
		return refuse("/personId", "is no affected person of this case")
	}
	p.ThirdBasis = in.Choice != "none"
	if err := t.put(p); err != nil {
		return err
	}
	return t.closeTasks("third_party_basis", p.ID)
}

// AttemptInput is the body of POST …/contact-attempts.
type AttemptInput struct {
	ContactID string    `json:"contactId,omitempty" maxLength:"60"`
	Role      string    `json:"role,omitempty" enum:"site_operator,poster"`
	Channel   string    `json:"channel" enum:"mail,form,phone,letter"`
	At        time.Time `json:"at"`
	Result    string    `json:"result" enum:"no_answer,refused,no_address,bounced,answered"`
}

// RecordAttempt records what was tried with a site operator or poster. The
// poster is not contacted unless the police allowed it (S0-13). Role:
// specialist.
func (s *Service) RecordAttempt(ctx context.Context, who takedown.Principal, caseID string, in AttemptInput) (string, error) {
	var id string
	err := s.inCase(ctx, who, caseID, []takedown.Role{takedown.Specialist}, func(t *tx, c *takedown.Case) error {
		if err := t.checkAttempt(in); err != nil {
			return err
		}
		a := &takedown.Attempt{Meta: takedown.Meta{Case: c.ID}, Contact: in.ContactID, Role: in.Role, Channel: in.Channel, At: in.At.UTC().Truncate(time.Second), Result: in.Result, By: who.ID}
		if err := t.put(a); err != nil {
			return err
		}
		id = a.ID
		t.done(201, a.ID)
		if err := t.log("attempt.recorded", in.Role+":"+in.Result, idsOf(a.ID, in.ContactID)); err != nil {
			return err
		}
		return t.touch()
	})
	return id, err
}

func (t *tx) checkAttempt(in AttemptInput) error {
	var b bad
	b.oneOf("/role", in.Role, []string{"", "site_operator", "poster"})
	b.oneOf("/channel", in.Channel, []string{"mail", "form", "phone", "letter"})
	b.oneOf("/result", in.Result, []string{"no_answer", "refused", "no_address", "bounced", "answered"})
	if in.Role == "" && in.ContactID == "" {
		b.add("/role", "say who was tried: a role or a contact")
	}
	if in.At.IsZero() {
		b.add("/at", "is needed")
	}
	b.notFuture("/at", in.At, t.now)
	if in.ContactID != "" {
		if _, err := t.contact(in.ContactID); err != nil {
			b.add("/contactId", "is no contact of the register")
		}
	}
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	if in.Role != "poster" {
		return nil
	}
	a, err := t.alignment()
	if err != nil {
		return err
	}
	if a == nil || a.Status != "answered" || a.PosterContact != "allowed" {
		return state("the police have not allowed contact with the poster")
	}
	return nil
}
