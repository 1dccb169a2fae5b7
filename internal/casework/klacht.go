package casework

import (
	"context"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// KlachtInput is the body of PUT …/people/{person}/complaints/{offence}.
type KlachtInput struct {
	VictimLearnedAt time.Time `json:"victimLearnedAt,omitzero"`
	Needed          bool      `json:"needed"`
	Decision        string    `json:"decision,omitempty" enum:"undecided,wanted,not_wanted"`
	DecidedAt       time.Time `json:"decidedAt,omitzero"`
	TextShown       string    `json:"textShown,omitempty" maxLength:"200"`
	SignedAt        time.Time `json:"signedAt,omitzero"`
	FiledAt         time.Time `json:"filedAt,omitzero"`
	WithdrawnAt     time.Time `json:"withdrawnAt,omitzero"`
	SpecialPower    bool      `json:"specialPowerOfAttorney,omitempty"`
}

// KlachtView is the klacht of one person for one offence.
type KlachtView struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Person  string `json:"personId"`
	Offence string `json:"offence"`
	KlachtInput
	Clock string `json:"clockId,omitempty"`
}

func klachtID(person, offence string) string {
	return "klacht_" + strings.TrimPrefix(person, "person_") + "_" + offence
}

// PutKlacht records a person's klacht (arts 64 to 67 Sr): the decision is
// theirs alone. Learning of the act starts C12 where a klacht is needed. Role:
// coordinator.
func (s *Service) PutKlacht(ctx context.Context, who takedown.Principal, caseID, person, offence string, in KlachtInput, version int64) (KlachtView, error) {
	var out KlachtView
	err := s.inCase(ctx, who, caseID, coordinatorOnly, func(t *tx, c *takedown.Case) error {
		if _, err := t.personOf(person); err != nil {
			return err
		}
		if err := t.checkKlacht(c, offence, in); err != nil {
			return err
		}
		k, err := find[takedown.Klacht](t, klachtID(person, offence))
		if err != nil {
			return err
		}
		if k == nil {
			k = &takedown.Klacht{Meta: takedown.Meta{ID: klachtID(person, offence), Case: c.ID}, Person: person, Offence: offence}
		}
		if err := sameVersion(k.Version, version); err != nil {
			return err
		}
		if err := t.applyKlacht(k, in); err != nil {
			return err
		}
		out = viewKlacht(k)
		out.Version = k.Version + 1
		return t.touch()
	})
	return out, err
}

func (t *tx) checkKlacht(c *takedown.Case, offence string, in KlachtInput) error {
	var b bad
	on := c.OccurredAt
	if on.IsZero() {
		on = c.OpenedAt
	}
	o, err := t.s.Law.Offence(offence, on)
	if err != nil {
		return noSuch("offence")
	}
	if o.Klacht.Needed == "yes" && !in.Needed {
		b.add("/needed", "this offence is prosecuted on a klacht only")
	}
	if o.Klacht.Needed == "no" && in.Needed {
		b.add("/needed", "this offence needs no klacht")
	}
	b.oneOf("/decision", in.Decision, []string{"", "undecided", "wanted", "not_wanted"})
	for _, f := range []struct {
		name string
		at   time.Time
	}{{"/victimLearnedAt", in.VictimLearnedAt}, {"/decidedAt", in.DecidedAt}, {"/signedAt", in.SignedAt}, {"/filedAt", in.FiledAt}, {"/withdrawnAt", in.WithdrawnAt}} {
		b.notFuture(f.name, f.at, t.now)
	}
	if (in.Decision == "wanted" || in.Decision == "not_wanted") && in.TextShown == "" {
		b.add("/textShown", "say which text the person was shown")
	}
	return refuseAll(b.fields)
}

func (t *tx) applyKlacht(k *takedown.Klacht, in KlachtInput) error {
	learned := in.VictimLearnedAt.UTC()
	if in.Needed && !learned.IsZero() && !learned.Equal(k.VictimLearnedAt) {
		if k.Clock != "" {
			if err := t.endClock(k.Clock, takedown.ClockSuperseded, "learned_at_corrected"); err != nil {
				return err
			}
		}
		c, err := t.startClock("C12", learned, law.CountInput{Event: "learned"}, takedown.Clock{Meta: takedown.Meta{Case: k.Case}, Person: k.Person})
		if err != nil {
			return err
		}
		k.Clock = c.ID
	}
	k.Needed, k.VictimLearnedAt, k.Decision, k.DecidedAt, k.TextShown = in.Needed, learned, in.Decision, in.DecidedAt, in.TextShown
	k.SignedAt, k.FiledAt, k.WithdrawnAt, k.SpecialPower = in.SignedAt, in.FiledAt, in.WithdrawnAt, in.SpecialPower
	if !k.FiledAt.IsZero() {
		if err := t.endRunning(k.Clock, "klacht_filed"); err != nil {
			return err
		}
	}
	if err := t.put(k); err != nil {
		return err
	}
	return t.log("klacht.recorded", k.Offence+":"+k.Decision, []string{k.ID, k.Person})
}

func viewKlacht(k *takedown.Klacht) KlachtView {
	return KlachtView{
		ID: k.ID, Version: k.Version, Person: k.Person, Offence: k.Offence, Clock: k.Clock,
		KlachtInput: KlachtInput{k.VictimLearnedAt, k.Needed, k.Decision, k.DecidedAt, k.TextShown, k.SignedAt, k.FiledAt, k.WithdrawnAt, k.SpecialPower},
	}
}

// GetKlacht gives a person's klacht for an offence.
func (s *Service) GetKlacht(ctx context.Context, who takedown.Principal, caseID, person, offence string) (KlachtView, error) {
	var out KlachtView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, c *takedown.Case) error {
		k, err := load[takedown.Klacht](t, klachtID(person, offence))
		if err == nil && k.Case != c.ID {
			err = noSuch(KindKlacht)
		}
		if err == nil {
			out = viewKlacht(k)
		}
		return err
	})
	return out, err
}
