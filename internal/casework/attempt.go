package casework

import (
	"context"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

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
		a := &takedown.Attempt{Meta: takedown.Meta{Case: c.ID}, Contact: in.ContactID, Role: in.Role, Channel: in.Channel, At: second(in.At), Result: in.Result, By: who.ID}
		if err := t.put(a); err != nil {
			return err
		}
		id = a.ID
		t.done(201, a.ID)
		if err := t.log("attempt.recorded", strings.Trim(in.Role+":"+in.Result, ":"), idsOf(a.ID, in.ContactID)); err != nil {
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
			if takedown.KindOf(err) != takedown.NotFound {
				return err
			}
			b.add("/contactId", "is no contact of the register")
		}
	}
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	if in.Role != "poster" {
		return nil
	}
	if ok, err := t.posterAllowed(); err != nil || !ok {
		return orElse(err, state("the police have not allowed contact with the poster"))
	}
	return nil
}
