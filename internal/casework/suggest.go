package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/takedown"
)

// suggested names doxing (art. 285d Sr) beside other offences where the item
// shows personal data and the law of the day of the act knows it: it is reported
// as well, not instead (S1-4). A specialist judges whether the purpose is there.
func (t *tx) suggested(a *takedown.Assessment) ([]string, error) {
	const doxing = "285d"
	named := func(g takedown.Ground) bool { return g.Offence == doxing }
	if !suspects(a) || slices.ContainsFunc(a.Grounds, named) {
		return nil, nil
	}
	it, err := load[takedown.Item](t, a.Item)
	if err != nil || len(it.DataCategories) == 0 {
		return nil, err
	}
	c, err := load[takedown.Case](t, a.Case)
	if err != nil {
		return nil, err
	}
	on, err := t.lawDate(c, it)
	if err != nil {
		return nil, err
	}
	if _, err := t.s.Law.Offence(doxing, on); err != nil {
		return nil, nil // not yet an offence then
	}
	return []string{doxing}, nil
}
