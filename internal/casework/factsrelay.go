package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// factRelay says that the persons agreed to the relay, with the latest date, or
// that an override is on record; that the addressee is a trusted flagger where
// the register holds its award and a person found that it covers this; and who
// else was asked.
func (p *planner) factRelay(f *notice.Facts) error {
	relay, err := p.relayConsent()
	if err != nil {
		return err
	}
	f.Relay = relay
	said, err := p.said()
	if err != nil {
		return err
	}
	relay.Awarded = said.Relay.AwardCovers && p.contact.Award.Holds(p.t.now)
	relay.OthersTold, err = p.othersTold(said.Relay.OthersTold)
	return err
}

// relayConsent is zero without everybody's consent or override.
func (p *planner) relayConsent() (*notice.Relay, error) {
	people, err := p.helped()
	if err != nil {
		return nil, err
	}
	relay := &notice.Relay{}
	for _, person := range people {
		c, err := find[takedown.Consent](p.t, consentID(person.ID, "flagger"))
		if err != nil {
			return nil, err
		}
		switch {
		case c == nil || c.Status != "given" && c.Status != "overridden":
			return &notice.Relay{}, nil
		case c.Status == "overridden":
			relay.Override = true
		case c.Date.After(relay.ConsentAt):
			relay.ConsentAt = c.Date
		}
	}
	if relay.Override {
		relay.ConsentAt = time.Time{} // not everybody agreed: no text says so
	}
	return relay, nil
}

// othersTold are those that a person named and those that were asked in this
// case: nobody is asked twice unseen (domain.md §8 T14).
func (p *planner) othersTold(named []string) ([]string, error) {
	out := slices.Clone(named)
	reports, err := all[takedown.PoliceReport](p.t)
	if err != nil {
		return nil, err
	}
	supported := slices.ContainsFunc(reports, func(r *takedown.PoliceReport) bool { return r.Support })
	if supported && !slices.Contains(out, "victim_support") {
		out = append(out, "victim_support") // so that nobody asks for the same twice (S1-12)
	}
	return p.alsoAsked(out, map[string]string{routeFlagger: "flagger", "police_report": "police", routeOrder: "police"})
}
