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
	ItemIDs   []string  `json:"itemIds,omitempty" maxItems:"25" doc:"Which items it was about; left out: those of the contact, else all that the case has now. Needed where these stand on several sites, or are of several posters."`
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
		if err := t.checkAttempt(c, in); err != nil {
			return err
		}
		a := &takedown.Attempt{
			Meta: takedown.Meta{Case: c.ID}, Contact: in.ContactID, Role: in.Role, Channel: in.Channel, At: second(in.At), Result: in.Result, Reason: in.Reason,
			Items: in.ItemIDs, By: who.ID,
		}
		if err := t.aboutItems(a); err != nil {
			return err
		}
		if err := t.put(a); err != nil {
			return err
		}
		id = a.ID
		t.done(201, a.ID)
		if err := t.log("attempt.recorded", strings.Trim(in.Role+":"+in.Result, ":"), append(idsOf(a.ID, in.ContactID), in.ItemIDs...)); err != nil {
			return err
		}
		return t.touch()
	})
	return id, err
}

func (t *tx) checkAttempt(c *takedown.Case, in AttemptInput) error {
	var b bad
	if err := t.afterTheAct(&b, c, "/at", in.At); err != nil {
		return err
	}
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
	if len(in.ItemIDs) > 0 {
		if err := t.checkEvidenceItems(&b, in.ItemIDs); err != nil {
			return err
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

// aboutItems says of an attempt that names no items which it was about: those of
// its contact, or all of the case, if they are of one site (of a poster: of one
// account). Of a decision not to approach the poster it is all there will be.
func (t *tx) aboutItems(a *takedown.Attempt) error {
	if len(a.Items) > 0 || a.Result == notApproached {
		return nil
	}
	items, err := all[takedown.Item](t)
	if err != nil {
		return err
	}
	if a.Contact != "" {
		if theirs, err := t.anyOfContact(a.Contact, items); theirs || err != nil {
			return err
		}
	}
	seen := map[string]bool{}
	for _, it := range items {
		of, err := t.sourceOf(a.Role, it)
		if err != nil {
			return err
		}
		seen[of] = true
		a.Through = max(a.Through, it.No)
	}
	if len(seen) > 1 {
		return refuse("/itemIds", "say about which items it was: those of this case stand on several sites, or are of several posters")
	}
	return nil
}

func (t *tx) anyOfContact(id string, items []*takedown.Item) (bool, error) {
	c, err := t.contact(id)
	if err != nil {
		return false, err
	}
	for _, it := range items {
		if theirs, err := t.itemOfContact(c, it); theirs || err != nil {
			return theirs, err
		}
	}
	return false, nil
}

// sourceOf tells items apart by whom an attempt is with: the account that posted
// them, or the site that they stand on.
func (t *tx) sourceOf(role string, it *takedown.Item) (string, error) {
	if role != "poster" {
		return t.hostOf(it)
	}
	place, err := t.place(it)
	return place.Handle + "\x00" + place.AccountID, err
}
