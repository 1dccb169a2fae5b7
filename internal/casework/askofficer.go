package casework

import (
	"cmp"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// taskAskOfficer asks the liaison to put a freeze to the officer who handles the
// report: the way to the police's desk for every employer without one of its own
// (domain.md §5 R6).
const taskAskOfficer = "ask_handling_officer"

// throughOfficer says whether a freeze by the police is not this employer's to
// ask for itself.
func (t *tx) throughOfficer(in OpenTrackInput) (bool, error) {
	if in.Route != "freeze" {
		return false, nil
	}
	c, err := t.contact(in.ContactID)
	if err != nil || c.Kind != "police_unit" {
		return false, err
	}
	set, err := t.settings()
	return err == nil && t.employer(set).FreezeThrough != law.OwnDesk, err
}

// askOfficer opens the task in the track's place, one for each provider that is
// to freeze something. A liaison sees only cases that the police know of: before
// that it is the coordinator's.
func (t *tx) askOfficer(c *takedown.Case, tr *takedown.Track) error {
	subject := cmp.Or(tr.Provider, c.ID)
	if open, err := t.hasOpenTask(taskAskOfficer, subject); err != nil || open {
		return err
	}
	owner := takedown.Coordinator
	if c.Police {
		owner = takedown.Liaison
	}
	if err := t.openTask(takedown.Task{Kind: taskAskOfficer, Owner: owner, Reason: "freeze", Subject: subject}); err != nil {
		return err
	}
	return t.log("freeze.through_officer", "", idsOf(c.ID, tr.Contact, tr.Provider))
}
