package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// taskStale asks a specialist to hold a contact against its source: once a
	// contact, however many tracks wait for it.
	taskStale = "confirm_contact"
	// contactDays is for how long a contact that was verified is used without
	// another look, where the settings say nothing: our own policy.
	contactDays    = 180
	maxContactDays = 1825
	whyStale       = "contact_stale"
)

// unverified says that a contact was not held against its source within the set
// time, or never: nothing goes to it before somebody confirms it.
func unverified(c *takedown.Contact, set *takedown.Settings, now time.Time) bool {
	days := cmp.Or(set.ContactDays, contactDays)
	return c.LastVerified.IsZero() || now.After(c.LastVerified.AddDate(0, 0, days))
}

// contactGate holds a contact that was not verified for too long. Life or safety
// does not wait for that: who approves says why it may be used (needVouched).
func (p *planner) contactGate(g *gate) {
	if !p.c.Flags.Urgent() && unverified(p.contact, p.settings, p.t.now) {
		g.block(whyStale, time.Time{})
	}
}

// staleMessage asks for a look at a contact.
type staleMessage struct {
	Contact string `json:"contact"`
}

// askConfirmation has the register ask a person for a look at the contact that a
// track has begun to wait for.
func (t *tx) askConfirmation(p *planner) error {
	id := fmt.Sprintf("stale:%s:%d:%d", p.contact.ID, p.contact.LastVerified.Unix(), p.settings.Version)
	return t.outbox(id, outboxStale, staleMessage{p.contact.ID})
}

// openStale carries a staleMessage out: idempotent, and harmless late.
func (s *Service) openStale(ctx context.Context, payload []byte) error {
	var m staleMessage
	if err := json.Unmarshal(payload, &m); err != nil {
		return err
	}
	return s.write(ctx, takedown.TheSystem, takedown.System, StreamID(m.Contact), func(t *tx) error {
		c, err := load[takedown.Contact](t, m.Contact)
		if err != nil {
			return err
		}
		set, err := t.settings()
		if err != nil || !unverified(c, set, t.now) {
			return err
		}
		open, err := t.hasOpenTask(taskStale, c.ID)
		if err != nil || open {
			return err
		}
		if err := t.openTask(takedown.Task{Kind: taskStale, Owner: takedown.Specialist, Reason: whyStale, Subject: c.ID}); err != nil {
			return err
		}
		return t.log("contact.stale", whyStale, []string{c.ID})
	})
}

// confirmed closes the question whether a contact still holds, once it does.
func (t *tx) confirmed(c *takedown.Contact) error {
	set, err := t.settings()
	if err != nil || unverified(c, set, t.now) {
		return err
	}
	return t.closeTasks(taskStale, c.ID)
}

// ConfirmationInput is the body of POST /v1/contacts/{contact}/confirmation.
type ConfirmationInput struct {
	Source string `json:"source,omitempty" maxLength:"500" doc:"Where it was looked up now; left out, the source stays."`
}

// ConfirmContact says that a contact was held against its source now, and that
// all it holds is so. Roles: specialist, coordinator.
func (s *Service) ConfirmContact(ctx context.Context, who takedown.Principal, id string, in ConfirmationInput) error {
	roles := []takedown.Role{takedown.Specialist, takedown.Coordinator}
	if err := need(who, roles...); err != nil {
		return err
	}
	return s.write(ctx, who, who.As(roles...), StreamID(id), func(t *tx) error {
		c, err := t.contact(id)
		if err != nil {
			return err
		}
		var b bad
		b.line("/source", in.Source, 500)
		if err := refuseAll(b.fields); err != nil {
			return err
		}
		c.LastVerified = t.now
		if strings.TrimSpace(in.Source) != "" {
			c.Source = in.Source
		}
		t.done(200, c.ID)
		return t.contactChanged(c, "contact.confirmed", c.Kind)
	})
}

// needVouched wants to know from who approves in the urgent lane why a contact
// that nobody verified for so long may be used.
func (t *tx) needVouched(tr *takedown.Track, d *takedown.Document, reason string) error {
	if ownForm(d) {
		return nil // it goes to nobody
	}
	p, err := t.newPlanner(tr)
	if err != nil || !p.c.Flags.Urgent() || !unverified(p.contact, p.settings, t.now) {
		return err
	}
	if fields := checkReason("/reason", reason); len(fields) > 0 {
		return refuse("/reason", "the addressee's contact was not verified for too long: say why it may be used, or confirm it first")
	}
	code, err := t.reason("contact.vouched", p.contact.ID, reason)
	if err != nil {
		return err
	}
	if err := t.askConfirmation(p); err != nil {
		return err
	}
	return t.log("contact.vouched", code, []string{p.contact.ID, d.ID})
}

// addProfiles shows the profiles of a page of contacts, read at once.
func (s *Service) addProfiles(ctx context.Context, views []ContactView) error {
	if len(views) == 0 {
		return nil
	}
	keys, at := make([]Key, len(views)), map[string]int{}
	for n, v := range views {
		keys[n] = Key{KindProfile, profileID(v.ID)}
		at[keys[n].ID] = n
	}
	rows, err := s.Store.Get(ctx, keys...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		row, err := decode[takedown.ContactProfile](r)
		if err != nil {
			return err
		}
		views[at[r.ID]].add(row)
	}
	return nil
}
