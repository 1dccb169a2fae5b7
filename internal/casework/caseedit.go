package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// CasePatch is the body of PATCH /v1/cases/{case} (RFC 7396): what is left out
// stays.
type CasePatch struct {
	Coordinator *string     `json:"coordinator,omitempty"`
	Deputy      *string     `json:"deputy,omitempty"`
	Goals       *[]string   `json:"goals,omitempty"`
	Flags       *FlagsPatch `json:"flags,omitempty"`
	Restricted  *bool       `json:"restricted,omitempty"`
	FlareUps    *[]string   `json:"flareUps,omitempty"`
	Assignees   *[]string   `json:"assignees,omitempty"`
}

// FlagsPatch changes single flags.
type FlagsPatch struct {
	DeathThreat   *bool               `json:"deathThreat,omitempty"`
	LifeOrSafety  *bool               `json:"lifeOrSafety,omitempty"`
	Misidentified *MisidentifiedInput `json:"misidentified,omitempty"`
	ConcernOnly   *bool               `json:"concernOnly,omitempty"`
}

// PatchCase changes who works on a case and how it is flagged. Role:
// coordinator.
func (s *Service) PatchCase(ctx context.Context, who takedown.Principal, caseID string, in CasePatch, version int64) error {
	return s.inCase(ctx, who, caseID, coordinatorOnly, func(t *tx, c *takedown.Case) error {
		if err := sameVersion(c.Version, version); err != nil {
			return err
		}
		if err := refuseAll(checkCasePatch(c, in)); err != nil {
			return err
		}
		before := c.Flags
		in.apply(c)
		if err := t.put(c); err != nil {
			return err
		}
		if c.Coordinator != "" {
			if err := t.closeTasks("assign_coordinator", c.ID); err != nil {
				return err
			}
		}
		if err := t.newFlags(c, before); err != nil {
			return err
		}
		if err := t.log("case.changed", "", []string{c.ID}); err != nil {
			return err
		}
		return t.touch()
	})
}

// newFlags opens what a flag that was set asks for at once.
func (t *tx) newFlags(c *takedown.Case, before takedown.Flags) error {
	if c.Flags.DeathThreat && !before.DeathThreat {
		task := takedown.Task{Kind: "death_threat_report", Owner: takedown.Coordinator, Reason: "death_threat", Subject: c.ID, Mandatory: true, Urgent: true}
		if err := t.openOnce(task); err != nil {
			return err
		}
	}
	if c.Flags.Urgent() && !before.Urgent() {
		return t.openOnce(takedown.Task{Kind: "urgent_safety", Owner: takedown.Coordinator, Reason: "urgent_flag", Subject: c.ID, Urgent: true})
	}
	return nil
}

func checkCasePatch(c *takedown.Case, in CasePatch) []takedown.FieldError {
	var b bad
	if in.Coordinator != nil && *in.Coordinator == "" {
		b.add("/coordinator", "a case has a coordinator")
	}
	if in.Goals != nil {
		for n, g := range *in.Goals {
			b.oneOf(fmt.Sprintf("/goals/%d", n), g, goals)
		}
	}
	if in.FlareUps != nil {
		for n, d := range *in.FlareUps {
			if _, err := time.Parse(time.DateOnly, d); err != nil {
				b.add(fmt.Sprintf("/flareUps/%d", n), "must be a date, YYYY-MM-DD")
			}
		}
	}
	if in.Assignees != nil && len(*in.Assignees) > 20 {
		b.add("/assignees", "at most 20")
	}
	if in.Restricted != nil && !*in.Restricted && c.ColleagueSusp {
		b.add("/restricted", "a case with a colleague as suspect stays restricted")
	}
	return b.fields
}

func (in CasePatch) apply(c *takedown.Case) {
	setTo(&c.Coordinator, in.Coordinator)
	setTo(&c.Deputy, in.Deputy)
	setTo(&c.Goals, in.Goals)
	setTo(&c.Restricted, in.Restricted)
	setTo(&c.FlareUps, in.FlareUps)
	setTo(&c.Assignees, in.Assignees)
	if f := in.Flags; f != nil {
		setTo(&c.Flags.DeathThreat, f.DeathThreat)
		setTo(&c.Flags.LifeOrSafety, f.LifeOrSafety)
		setTo(&c.Flags.ConcernOnly, f.ConcernOnly)
		if f.Misidentified != nil {
			c.Flags.Misidentified = f.Misidentified.IntendedTarget
		}
	}
}

func setTo[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// ItemPatch is the body of PATCH …/items/{item}.
type ItemPatch struct {
	Location      *LocationInput `json:"location,omitempty"`
	SuspectedCSAM *bool          `json:"suspectedCsam,omitempty" doc:"Blocks upload, capture, rendering and fetching at once."`
	ContactID     *string        `json:"contactId,omitempty" doc:"The addressee, where the register knows none for the host."`
}

var itemRoles = []takedown.Role{takedown.Specialist}

// PatchItem corrects an item's location or contact, or flags suspected
// child-abuse material: from then on nothing of it is stored, shown or
// fetched, and it is referred. Role: specialist.
func (s *Service) PatchItem(ctx context.Context, who takedown.Principal, caseID, item string, in ItemPatch, version int64) error {
	return s.inCase(ctx, who, caseID, itemRoles, func(t *tx, c *takedown.Case) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		if err := sameVersion(it.Version, version); err != nil {
			return err
		}
		for _, step := range []func(*takedown.Item, ItemPatch) error{t.moveItem, t.flagItem, t.addressItem} {
			if err := step(it, in); err != nil {
				return err
			}
		}
		if err := t.put(it); err != nil {
			return err
		}
		if err := t.log("item.changed", "", []string{it.ID}); err != nil {
			return err
		}
		return t.touch()
	})
}

// moveItem corrects the location: before anything was sent about the old one.
func (t *tx) moveItem(it *takedown.Item, in ItemPatch) error {
	if in.Location == nil {
		return nil
	}
	if it.Status != takedown.ItemReported && it.Status != takedown.ItemAssessed {
		return state("a location is corrected before the item is pursued; after that, add a new item")
	}
	fake := ItemInput{Location: *in.Location, Kind: it.Kind, ContentType: it.ContentType, DataCategories: it.DataCategories, Audience: it.Audience}
	place, fields := checkItem(fake, "", t.now, nil)
	if err := refuseAll(fields); err != nil {
		return err
	}
	old, err := t.place(it)
	if err != nil {
		return err
	}
	if place.Canonical != old.Canonical {
		other, err := t.claimPlace(it, place)
		if err != nil {
			return err
		}
		if other != nil && other.ID != it.ID {
			return state("another item has this location already")
		}
		if old.Canonical != "" {
			t.change.Release = append(t.change.Release, Lookup{Space: "url", Value: t.s.urlValue(old.Canonical), Ref: Key{KindItem, it.ID}})
		}
	}
	place.PostID, place.Handle, place.AccountID, place.ProfileURL = old.PostID, old.Handle, old.AccountID, old.ProfileURL
	it.LocationType = in.Location.Type
	it.Place, err = t.seal(it, "place", place)
	return err
}

func (t *tx) flagItem(it *takedown.Item, in ItemPatch) error {
	if in.SuspectedCSAM == nil || *in.SuspectedCSAM == it.SuspectedCSAM {
		return nil
	}
	if !*in.SuspectedCSAM {
		return state("the flag is taken back by nobody here")
	}
	it.SuspectedCSAM = true
	return t.openTask(takedown.Task{Kind: "refer_csam", Owner: takedown.Coordinator, Reason: "suspected_csam", Subject: it.ID, Mandatory: true, Urgent: true})
}

func (t *tx) addressItem(it *takedown.Item, in ItemPatch) error {
	if in.ContactID == nil {
		return nil
	}
	if _, err := t.contact(*in.ContactID); err != nil {
		return refuse("/contactId", "is no contact of the register")
	}
	it.Contact = *in.ContactID
	return t.closeTasks("find_contact", it.ID)
}

// OutcomeInput is the body of PUT …/items/{item}/outcome.
type OutcomeInput struct {
	Code   string `json:"code" maxLength:"60"`
	Reason string `json:"reason" minLength:"3" maxLength:"1000"`
}

// SetOutcome ends an item by hand, with a reason. Role: specialist.
func (s *Service) SetOutcome(ctx context.Context, who takedown.Principal, caseID, item string, in OutcomeInput, version int64) error {
	return s.inCase(ctx, who, caseID, itemRoles, func(t *tx, c *takedown.Case) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		if err := sameVersion(it.Version, version); err != nil {
			return err
		}
		var b bad
		b.fields = checkReason("/reason", in.Reason)
		o, err := t.s.Law.Outcome(in.Code, t.now)
		if err != nil || !slices.Contains([]string{"gone", "partly", "settled"}, o.Kind) {
			b.add("/code", "is no outcome of the law data that ends an item")
		}
		if err := refuseAll(b.fields); err != nil {
			return err
		}
		code, err := t.reason("item.outcome", it.ID, in.Reason)
		if err != nil {
			return err
		}
		it.Status, it.Outcome = takedown.ItemSettled, &takedown.Outcome{Code: in.Code, At: t.now, By: who.ID, Reason: code}
		if err := t.put(it); err != nil {
			return err
		}
		if err := t.closeTasks("check_by_hand", it.ID); err != nil {
			return err
		}
		if err := t.log("item.outcome", in.Code+":"+code, []string{it.ID}); err != nil {
			return err
		}
		if err := t.offerClosing(); err != nil {
			return err
		}
		return t.touch()
	})
}
