package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// consentActions are api.md's: what a person may authorise.
var consentActions = []string{
	"notice", "complaint_art20", "ods", "complaint_art53", "erasure", "delisting", "flagger", "freeze", "police_report",
	"order_request", "talk", "sommatie", "media", "monitoring", "family_contact",
}

// ConsentInput is the body of PUT …/people/{person}/consents/{action}: an
// authorisation, not the legal basis.
type ConsentInput struct {
	Status     string    `json:"status" enum:"given,refused,withdrawn,overridden"`
	TextShown  string    `json:"textShown,omitempty" maxLength:"200" doc:"Which text the person was shown: the id of their approved consent form (T10), or another text's name."`
	Date       time.Time `json:"date"`
	Channel    string    `json:"channel,omitempty" maxLength:"60"`
	ValidUntil time.Time `json:"validUntil,omitzero"`
	Mandate    string    `json:"mandateEvidenceId,omitempty" maxLength:"60" doc:"The signed mandate, uploaded with purpose mandate; a request in the person's name encloses it."`
	Ground     string    `json:"overrideGround,omitempty" enum:"life_or_safety,unreachable" doc:"Needed with overridden."`
	Override   string    `json:"overrideReason,omitempty" maxLength:"1000" doc:"Needed with overridden; sealed."`
}

// ConsentView is one authorisation.
type ConsentView struct {
	ID         string    `json:"id"`
	Version    int64     `json:"version"`
	Person     string    `json:"personId"`
	Action     string    `json:"action"`
	Status     string    `json:"status"`
	TextShown  string    `json:"textShown,omitempty"`
	Date       time.Time `json:"date"`
	Channel    string    `json:"channel,omitempty"`
	ValidUntil time.Time `json:"validUntil,omitzero"`
	Mandate    string    `json:"mandateEvidenceId,omitempty"`
	By         string    `json:"by"`
	Overridden bool      `json:"overrideSealed,omitempty"`
}

// consentOverride is what is sealed of an override.
type consentOverride struct {
	Ground string `json:"ground"`
	Reason string `json:"reason"`
}

// consentID is unique across cases, because a person's id is.
func consentID(person, action string) string {
	return "consent_" + strings.TrimPrefix(person, "person_") + "_" + action
}

// consents says whether a person's authorisation of an action holds now, or
// was overridden with a reason.
func (t *tx) consents(person, action string) (bool, string, error) {
	c, err := find[takedown.Consent](t, consentID(person, action))
	if err != nil {
		return false, "", err
	}
	switch {
	case c == nil:
		return false, "not_asked", nil
	case c.Status != "given" && c.Status != "overridden":
		return false, c.Status, nil
	case !c.ValidUntil.IsZero() && t.now.After(c.ValidUntil):
		return false, "expired", nil
	}
	return true, c.Status, nil
}

// PutConsent records a person's authorisation of one action. The coordinator
// may override a missing one for life or safety or an unreachable person, with
// a reason; the person is then told. Role: coordinator.
func (s *Service) PutConsent(ctx context.Context, who takedown.Principal, caseID, person, action string, in ConsentInput, version int64) (ConsentView, error) {
	var out ConsentView
	err := s.inCase(ctx, who, caseID, coordinatorOnly, func(t *tx, c *takedown.Case) error {
		if !slices.Contains(consentActions, action) {
			return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "there is no action of that name: one of %s", strings.Join(consentActions, ", "))
		}
		if _, err := t.personOf(person); err != nil {
			return err
		}
		have, err := find[takedown.Consent](t, consentID(person, action))
		if err != nil {
			return err
		}
		if have == nil {
			have = &takedown.Consent{Meta: takedown.Meta{ID: consentID(person, action), Case: c.ID}, Person: person, Action: action}
		}
		if err := sameVersion(have.Version, version); err != nil {
			return err
		}
		if err := t.checkConsent(c, have, in); err != nil {
			return err
		}
		if err := t.applyConsent(have, in); err != nil {
			return err
		}
		out = viewConsent(have)
		out.Version = have.Version + 1
		return t.touch()
	})
	return out, err
}

// personOf is an affected person of this tx's case; not found otherwise.
func (t *tx) personOf(id string) (*takedown.Person, error) {
	p, err := find[takedown.Person](t, id)
	if err == nil && (p == nil || p.Case != string(t.base.Stream)) {
		err = noSuch(KindPerson)
	}
	return p, err
}

func (t *tx) checkConsent(c *takedown.Case, have *takedown.Consent, in ConsentInput) error {
	var b bad
	b.oneOf("/status", in.Status, []string{"given", "refused", "withdrawn", "overridden"})
	if in.Date.IsZero() {
		b.add("/date", "is needed")
	}
	b.notFuture("/date", in.Date, t.now)
	if in.Status == "given" && strings.TrimSpace(in.TextShown) == "" {
		b.add("/textShown", "say which text the person was shown")
	}
	if in.Status != "overridden" && strings.TrimSpace(in.Channel) == "" {
		b.add("/channel", "say how the person told us")
	}
	b.atMost("/textShown", in.TextShown, 200)
	if err := t.checkFormShown(&b, have.Person, in.TextShown); err != nil {
		return err
	}
	b.atMost("/channel", in.Channel, 60)
	if !in.ValidUntil.IsZero() && in.ValidUntil.Before(in.Date) {
		b.add("/validUntil", "lies before the date")
	}
	if in.Mandate != "" {
		if err := t.checkMandate(&b, in.Mandate); err != nil {
			return err
		}
	}
	if in.Status == "overridden" {
		checkOverride(&b, c, have, in)
	} else if in.Ground != "" || in.Override != "" {
		b.add("/overrideGround", "belongs to an override")
	}
	return refuseAll(b.fields)
}

// checkMandate wants the file that was uploaded as a mandate: it goes to whoever
// is asked in the person's name, and a capture must never go there by mistake.
func (t *tx) checkMandate(b *bad, id string) error {
	e, err := find[takedown.Evidence](t, id)
	if err != nil {
		return err
	}
	if e == nil || e.Case != string(t.base.Stream) || e.Purpose != purposeMandate {
		b.add("/mandateEvidenceId", "is no mandate of this case: upload the signed file with purpose mandate first")
	}
	return nil
}

// checkOverride holds an override to its two grounds: a case that is flagged
// so, or a person who could not be asked. Who refused was reached.
func checkOverride(b *bad, c *takedown.Case, have *takedown.Consent, in ConsentInput) {
	b.oneOf("/overrideGround", in.Ground, []string{"life_or_safety", "unreachable"})
	b.fields = append(b.fields, checkReason("/overrideReason", in.Override)...)
	if in.Ground == "life_or_safety" && !c.Flags.Urgent() {
		b.add("/overrideGround", "the case is not flagged for life or safety")
	}
	if in.Ground == "unreachable" && (have.Status == "refused" || have.Status == "withdrawn") {
		b.add("/overrideGround", "the person was reached and said no")
	}
}

func (t *tx) applyConsent(c *takedown.Consent, in ConsentInput) error {
	c.Status, c.TextShown, c.Date, c.Channel = in.Status, in.TextShown, second(in.Date), in.Channel
	c.ValidUntil, c.Mandate, c.By, c.Override = second(in.ValidUntil), in.Mandate, t.who.ID, takedown.Sealed{}
	if in.Status == "overridden" {
		var err error
		if c.Override, err = t.seal(c, "override", consentOverride{in.Ground, in.Override}); err != nil {
			return err
		}
		task := takedown.Task{Kind: "inform_person", Owner: takedown.Coordinator, Reason: "consent_overridden", Subject: c.Person}
		if err := t.openTask(task); err != nil {
			return err
		}
	}
	if err := t.put(c); err != nil {
		return err
	}
	return t.log("consent.recorded", c.Action+":"+c.Status, []string{c.ID, c.Person})
}

func viewConsent(c *takedown.Consent) ConsentView {
	return ConsentView{c.ID, c.Version, c.Person, c.Action, c.Status, c.TextShown, c.Date, c.Channel, c.ValidUntil, c.Mandate, c.By, !c.Override.Empty()}
}

// GetConsent gives one authorisation; an override's reason is masked. Roles:
// whoever may see the case.
func (s *Service) GetConsent(ctx context.Context, who takedown.Principal, caseID, person, action string) (ConsentView, error) {
	var out ConsentView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, c *takedown.Case) error {
		have, err := load[takedown.Consent](t, consentID(person, action))
		if err == nil && have.Case != c.ID {
			err = noSuch(KindConsent)
		}
		if err == nil {
			out = viewConsent(have)
		}
		return err
	})
	return out, err
}
