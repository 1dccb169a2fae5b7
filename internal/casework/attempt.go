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
	Channel   string    `json:"channel,omitempty" enum:"mail,form,phone,letter" doc:"None with not_approached."`
	At        time.Time `json:"at"`
	Result    string    `json:"result" enum:"no_answer,refused,no_address,bounced,answered,not_approached"`
	Reason    string    `json:"reason,omitempty" enum:"unsafe,unknown,both" doc:"With not_approached: contact with the poster is not safe, or we do not know who it is. Never that the police asked it."`
}

// notApproached is the result of who decided not to try: T1 says so, with the
// reason.
const notApproached = "not_approached"

// RecordAttempt records what was tried with a site operator or poster, or why
// the poster was not approached. The poster is not contacted unless the police
// allowed it (S0-13). Role: specialist.
func (s *Service) RecordAttempt(ctx context.Context, who takedown.Principal, caseID string, in AttemptInput) (string, error) {
	var id string
	err := s.inCase(ctx, who, caseID, []takedown.Role{takedown.Specialist}, func(t *tx, c *takedown.Case) error {
		if err := t.checkAttempt(in); err != nil {
			return err
		}
		a := &takedown.Attempt{Meta: takedown.Meta{Case: c.ID}, Contact: in.ContactID, Role: in.Role, Channel: in.Channel, At: second(in.At), Result: in.Result, Reason: in.Reason, By: who.ID}
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
	b.oneOf("/result", in.Result, []string{"no_answer", "refused", "no_address", "bounced", "answered", notApproached})
	b.approached(in)
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
	if in.Role != "poster" || in.Result == notApproached {
		return nil
	}
	if ok, err := t.posterAllowed(); err != nil || !ok {
		return orElse(err, state("the police have not allowed contact with the poster"))
	}
	return nil
}

// approached holds an attempt and the reason why there was none apart.
func (b *bad) approached(in AttemptInput) {
	if in.Result != notApproached {
		b.oneOf("/channel", in.Channel, []string{"mail", "form", "phone", "letter"})
		if in.Reason != "" {
			b.add("/reason", "is why the poster was not approached: it goes with not_approached")
		}
		return
	}
	b.oneOf("/reason", in.Reason, []string{"unsafe", "unknown", "both"})
	if in.Role != "poster" {
		b.add("/result", "is for the poster: with a site operator, say what was tried")
	}
	if in.Channel != "" {
		b.add("/channel", "nobody was approached")
	}
}
