package casework

import (
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// DetailMeaning is what the law data of the day say of one thing that a decision
// says beside what it did.
type DetailMeaning struct {
	Field  string   `json:"field" enum:"territorial_scope,category,decision_ground" doc:"The field of the DSA transparency database."`
	Value  string   `json:"value"`
	Title  law.Text `json:"title"`
	Codes  []string `json:"codes,omitempty" doc:"The database's own values."`
	NoCode law.Text `json:"noCode,omitzero" doc:"Without such values: why."`
}

// detailFields are the fields of details, with where they stand in a body.
func detailFields(d takedown.DecisionDetails) []struct{ field, pointer, value string } {
	return []struct{ field, pointer, value string }{
		{law.Territory, "/territory", d.Territory}, {law.Category, "/category", d.Category}, {law.Ground, "/ground", d.Ground},
	}
}

// detailsKnown refuses what the law data of the day do not hold.
func (s *Service) detailsKnown(b *bad, d takedown.DecisionDetails, now time.Time) {
	for _, v := range detailFields(d) {
		if v.value == "" {
			continue
		}
		if _, err := s.Law.Detail(v.field, v.value, now); err != nil {
			b.add(v.pointer, "is no %s of the law data", v.field)
		}
	}
}

// detailsOfReply holds details to a decision that acts.
func (s *Service) detailsOfReply(b *bad, d takedown.DecisionDetails, decision string, now time.Time) {
	had := len(b.fields)
	if s.detailsKnown(b, d, now); len(b.fields) > had {
		return
	}
	for _, v := range detailFields(d) {
		if v.value != "" && decision != "removed" && decision != "partly" {
			b.add(v.pointer, "goes with the decisions removed and partly")
		}
	}
}

// detailsOfOutcome holds details to what an outcome may say: one that is gone
// is gone everywhere, and what no service decided has none.
func (s *Service) detailsOfOutcome(b *bad, d takedown.DecisionDetails, o law.Outcome, now time.Time) {
	had := len(b.fields)
	if s.detailsKnown(b, d, now); len(b.fields) > had || o.ID == "" {
		return
	}
	if d.Territory != "" && !o.Takes(d.Territory) {
		b.add("/territory", "does not go with %s: it takes %v", o.ID, o.Territories)
	}
	for _, v := range detailFields(d)[1:] {
		if v.value != "" && o.DSACode == "" {
			b.add(v.pointer, "goes with a decision of the service")
		}
	}
}

// said keeps with items what the decision says that is said to have ended them,
// those that a look ended before it came too.
func (t *tx) said(ids []string, d takedown.DecisionDetails) error {
	if d == (takedown.DecisionDetails{}) {
		return nil
	}
	for _, id := range ids {
		it, err := load[takedown.Item](t, id)
		if err != nil {
			return err
		}
		it.Said = d
		if it.Status == takedown.ItemGone && it.Outcome != nil {
			if err := t.asDecided(it); err != nil {
				return err
			}
		}
		if err := t.put(it); err != nil {
			return err
		}
	}
	return nil
}

// asDecided lets an outcome that our looks found say what the decision said:
// what is removed in a part of the world is not gone. We look from some places
// only, so the decision's word is the better one there.
func (t *tx) asDecided(it *takedown.Item) error {
	if it.Said == (takedown.DecisionDetails{}) {
		return nil
	}
	o, err := t.s.Law.Outcome(it.Outcome.Code, t.now)
	if err != nil {
		return err
	}
	details := it.Said
	if details.Territory != "" && o.Below != "" {
		v, err := t.s.Law.Detail(law.Territory, details.Territory, t.now)
		if err != nil {
			return err
		}
		if v.Below {
			it.Outcome.Code, it.Status, it.WatchAt = o.Below, takedown.ItemSettled, time.Time{}
			if o, err = t.s.Law.Outcome(o.Below, t.now); err != nil {
				return err
			}
		}
	}
	if !o.Takes(details.Territory) {
		details.Territory = ""
	}
	it.Outcome.DecisionDetails = details
	return nil
}

// detailMeanings looks details up on a day; what the data no longer hold means
// nothing.
func (s *Service) detailMeanings(d takedown.DecisionDetails, on time.Time) []DetailMeaning {
	var out []DetailMeaning
	for _, v := range detailFields(d) {
		if v.value == "" {
			continue
		}
		if l, err := s.Law.Detail(v.field, v.value, on); err == nil {
			out = append(out, DetailMeaning{v.field, v.value, l.Title, slices.Clone(l.Codes), l.NoCode})
		}
	}
	return out
}
