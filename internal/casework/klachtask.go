package casework

import (
	"slices"

	"github.com/ontdox/takedown/internal/takedown"
)

// What is asked of a klacht before its record says anything.
const (
	klachtUnasked     = "when_did_they_learn" // needed: the day on which the person learned of it starts the term
	klachtConditional = "is_it_needed"        // needed under a condition of the law data
)

// klachtUnderCondition is what the law data say of an offence that is prosecuted
// on a klacht where their condition holds.
const klachtUnderCondition = "conditional"

// klachtNotNeeded is why a legal adviser is asked: the record says that the
// condition does not hold, and whether that is so is for them.
const klachtNotNeeded = "klacht_not_needed"

// isConditional reports whether the law asks a klacht for an offence under a
// condition on the day of the act.
func (t *tx) isConditional(offence string) (bool, error) {
	c, err := load[takedown.Case](t, string(t.base.Stream))
	if err != nil {
		return false, err
	}
	on, err := t.actDate(c)
	if err != nil {
		return false, err
	}
	o, err := t.s.Law.Offence(offence, on)
	return err == nil && o.Klacht.Needed == klachtUnderCondition, nil
}

// askKlachten asks, for every affected person and every offence of the case's
// assessments that is prosecuted on a klacht, or may be, what the fatal term
// (C12) hangs on: when the person learned of the act. What an assessment no
// longer names, and nobody recorded anything about, is no longer asked.
func (t *tx) askKlachten() error {
	c, err := load[takedown.Case](t, string(t.base.Stream))
	if err != nil {
		return err
	}
	wanted, err := t.klachtOffences(c)
	if err != nil {
		return err
	}
	for _, w := range wanted {
		known, err := find[takedown.Klacht](t, w.Subject)
		if err != nil {
			return err
		}
		if known != nil {
			continue // its record keeps its own task
		}
		if err := t.openTask(w); err != nil {
			return err
		}
	}
	return t.dropKlachten(wanted)
}

// klachtOffences are the tasks that the assessments ask for: one for a person
// and an offence, in the order of the items.
func (t *tx) klachtOffences(c *takedown.Case) ([]takedown.Task, error) {
	assessments, err := all[takedown.Assessment](t)
	if err != nil {
		return nil, err
	}
	var out []takedown.Task
	for _, a := range assessments {
		it, err := load[takedown.Item](t, a.Item)
		if err != nil {
			return nil, err
		}
		on, err := t.lawDate(c, it)
		if err != nil {
			return nil, err
		}
		for _, g := range a.Grounds {
			o, err := t.s.Law.Offence(g.Offence, on)
			if !isOffence(g) || err != nil || o.Klacht.Needed == "no" {
				continue // an act that was dated otherwise since: the assessment is to be put anew
			}
			why := klachtUnasked
			if o.Klacht.Needed == klachtUnderCondition {
				why = klachtConditional
			}
			for _, person := range it.People {
				id := klachtID(person, g.Offence)
				if !slices.ContainsFunc(out, func(w takedown.Task) bool { return w.Subject == id }) {
					out = append(out, takedown.Task{Kind: taskKlacht, Owner: takedown.Coordinator, Reason: why, Subject: id, Mandatory: true})
				}
			}
		}
	}
	return out, nil
}

// dropKlachten closes the questions that nothing asks any more.
func (t *tx) dropKlachten(wanted []takedown.Task) error {
	tasks, err := all[takedown.Task](t)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		asked := slices.ContainsFunc(wanted, func(w takedown.Task) bool { return w.Subject == task.Subject })
		if asked || task.Kind != taskKlacht || task.Status != takedown.TaskOpen {
			continue
		}
		known, err := find[takedown.Klacht](t, task.Subject)
		if err != nil {
			return err
		}
		if known != nil {
			continue
		}
		if err := t.closeTask(task); err != nil {
			return err
		}
	}
	return nil
}
