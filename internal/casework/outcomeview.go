package casework

import (
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// OutcomeMeaning is what the law data of the day say of an outcome's code: its
// words, what is left of the item, and the value of the DSA transparency
// database that it is, or why there is none.
type OutcomeMeaning struct {
	Title   law.Text `json:"title"`
	Kind    string   `json:"kind,omitempty" enum:"gone,partly,settled,open" doc:"What is left of the item."`
	DSACode string   `json:"dsaCode,omitempty" doc:"The decision's value in the DSA transparency database."`
	NoCode  law.Text `json:"noCode,omitzero" doc:"Without such a value: why."`

	Details []DetailMeaning `json:"details,omitempty" doc:"What the service's decision says beside that."`
}

// OutcomeView is how an item ended. Version is the item's.
type OutcomeView struct {
	Item     string    `json:"itemId"`
	Version  int64     `json:"version"`
	Code     string    `json:"code"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Reason   string    `json:"reason,omitempty"`
	Verified bool      `json:"verified"`
	Track    string    `json:"trackId,omitempty"`
	takedown.DecisionDetails
	OutcomeMeaning
}

// ItemOutcome is an item's outcome where the item is read.
type ItemOutcome struct {
	takedown.Outcome
	OutcomeMeaning
}

// meaning looks a code up on the day it was set; one that the data no longer
// hold means nothing.
func (t *tx) meaning(o *takedown.Outcome) OutcomeMeaning {
	l, err := t.s.Law.Outcome(o.Code, o.At)
	if err != nil {
		return OutcomeMeaning{}
	}
	return OutcomeMeaning{Title: l.Title, Kind: l.Kind, DSACode: l.DSACode, NoCode: l.NoCode, Details: t.s.detailMeanings(o.DecisionDetails, o.At)}
}

func (t *tx) viewOutcome(it *takedown.Item) OutcomeView {
	o := it.Outcome
	return OutcomeView{it.ID, it.Version, o.Code, o.At, o.By, o.Reason, o.Verified, o.Track, o.DecisionDetails, t.meaning(o)}
}

func (t *tx) itemOutcome(o *takedown.Outcome) *ItemOutcome {
	if o == nil {
		return nil
	}
	return &ItemOutcome{*o, t.meaning(o)}
}
