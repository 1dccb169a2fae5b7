package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// ItemPatch is the body of PATCH …/items/{item} (RFC 7396).
type ItemPatch struct {
	Location      *LocationPatch `json:"location,omitempty"`
	SuspectedCSAM *bool          `json:"suspectedCsam,omitempty" doc:"Blocks upload, capture, rendering and fetching at once."`
	ContactID     *string        `json:"contactId,omitempty" doc:"The addressee, where the register knows none for the host."`
	People        *[]string      `json:"people,omitempty" doc:"Ids of the affected persons it is about."`
	PostedAt      *time.Time     `json:"postedAt,omitempty" doc:"As the content itself says."`
	FirstSeenAt   *time.Time     `json:"firstSeenAt,omitempty"`
	FirstSeenBy   *string        `json:"firstSeenBy,omitempty" enum:"own_observation,reported_to_us" doc:"How we know it; empty for nobody said."`
	Categories    *[]string      `json:"dataCategories,omitempty" doc:"What data it shows, by kind."`
}

// LocationPatch corrects single fields of a location.
type LocationPatch struct {
	Type       *string `json:"type,omitempty"`
	URL        *string `json:"url,omitempty"`
	Service    *string `json:"service,omitempty"`
	Access     *string `json:"access,omitempty"`
	AccessedBy *string `json:"accessedBy,omitempty"`
}

var itemRoles = []takedown.Role{takedown.Specialist}

// PatchItem corrects an item's location, addressee or persons, or flags
// suspected child-abuse material: from then on nothing of it is stored, shown
// or fetched, and it is referred. Role: specialist.
func (s *Service) PatchItem(ctx context.Context, who takedown.Principal, caseID, item string, in ItemPatch, version int64) error {
	return s.inCase(ctx, who, caseID, itemRoles, func(t *tx, _ *takedown.Case) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		if err := sameVersion(it.Version, version); err != nil {
			return err
		}
		var b bad
		for _, step := range []func(*bad, *takedown.Item, ItemPatch) error{t.moveItem, t.flagItem, t.addressItem, t.peopleItem, t.describeItem} {
			if err := step(&b, it, in); err != nil {
				return err
			}
		}
		if err := refuseAll(b.fields); err != nil {
			return err
		}
		if err := t.put(it); err != nil {
			return err
		}
		if err := t.askKlachten(); err != nil {
			return err
		}
		reason := "corrected"
		if in.SuspectedCSAM != nil {
			reason = "suspected_csam"
		}
		if err := t.log("item.changed", reason, []string{it.ID}); err != nil {
			return err
		}
		return t.touch()
	})
}

// moveItem corrects the location: before anything was sent about the old one.
func (t *tx) moveItem(b *bad, it *takedown.Item, in ItemPatch) error {
	if in.Location == nil {
		return nil
	}
	if it.Status != takedown.ItemReported && it.Status != takedown.ItemAssessed {
		return state("a location is corrected before the item is pursued; after that, add a new item")
	}
	old, err := t.place(it)
	if err != nil {
		return err
	}
	place, fields := checkItem(in.Location.over(it, old), "", t.now, nil)
	if len(fields) > 0 {
		b.fields = append(b.fields, fields...)
		return nil
	}
	if err := t.reclaim(it, old, place); err != nil {
		return err
	}
	place.PostID, place.Handle, place.AccountID, place.ProfileURL = old.PostID, old.Handle, old.AccountID, old.ProfileURL
	place.Views, place.Shares, place.ReachAt = old.Views, old.Shares, old.ReachAt
	setTo(&it.LocationType, in.Location.Type)
	if place.URL != old.URL || it.LocationType != "url" { // what was seen was seen elsewhere
		it.Seen, it.Showed, it.Checks, it.ClaimedAt, it.WatchAt = false, takedown.Showing{}, nil, time.Time{}, time.Time{}
		if err := t.closeTasks(taskByHand, it.ID); err != nil {
			return err
		}
	}
	it.Place, err = t.seal(it, "place", place)
	return err
}

// over is the item as it would be submitted with its location corrected.
func (p LocationPatch) over(it *takedown.Item, old takedown.Place) ItemInput {
	loc := LocationInput{Type: it.LocationType, URL: old.URL, Service: old.Service, Access: old.Access, AccessedBy: old.AccessedBy}
	setTo(&loc.Type, p.Type)
	setTo(&loc.URL, p.URL)
	setTo(&loc.Service, p.Service)
	setTo(&loc.Access, p.Access)
	setTo(&loc.AccessedBy, p.AccessedBy)
	return ItemInput{Location: loc, Kind: it.Kind, ContentType: it.ContentType, DataCategories: it.DataCategories, Audience: it.Audience}
}

// reclaim gives the old canonical URL back and takes the new one.
func (t *tx) reclaim(it *takedown.Item, old, place takedown.Place) error {
	if place.Canonical == old.Canonical {
		return nil
	}
	other, err := t.claimPlace(it, place)
	if err != nil {
		return err
	}
	if other != nil {
		return state("another item has this location already")
	}
	if old.Canonical == "" {
		return nil
	}
	held := Lookup{Space: "url", Value: t.s.urlValue(old.Canonical), Ref: Key{KindItem, it.ID}}
	ref, err := t.s.Store.FindLookup(t.ctx, held.Space, held.Value)
	if err == nil && ref == held.Ref {
		t.change.Release = append(t.change.Release, held)
	}
	if takedown.KindOf(err) == takedown.NotFound {
		return nil // an open case took it over meanwhile
	}
	return err
}

// flagItem sets the flag at once. It is taken back only after the referral was
// completed: those who may look have said that it is nothing of the kind.
func (t *tx) flagItem(_ *bad, it *takedown.Item, in ItemPatch) error {
	if in.SuspectedCSAM == nil || *in.SuspectedCSAM == it.SuspectedCSAM {
		return nil
	}
	it.SuspectedCSAM = *in.SuspectedCSAM
	if !it.SuspectedCSAM {
		open, err := t.hasOpenTask(taskReferCSAM, it.ID)
		if err == nil && open {
			return state("the flag stays until the referral is completed: only the hotline or the police may say that it is none")
		}
		return err
	}
	if err := t.withdrawDrafts(it.ID, "item_flagged"); err != nil {
		return err
	}
	if err := t.forgetLooks(it); err != nil {
		return err
	}
	return t.openTask(takedown.Task{Kind: taskReferCSAM, Owner: takedown.Specialist, Reason: "suspected_csam", Subject: it.ID, Mandatory: true, Urgent: true})
}

// forgetLooks takes back every look at an item that was asked for and not made:
// who looks knows nothing of flags. The track asks again without the item.
func (t *tx) forgetLooks(it *takedown.Item) error {
	tracks, err := all[takedown.Track](t)
	if err != nil {
		return err
	}
	ids := []string{lookID(TrackInput{Track: it.ID}), lookID(TrackInput{Track: it.ID, Generation: holdersLook})}
	for _, tr := range tracks {
		if tr.Look != "" && slices.Contains(tr.Items, it.ID) {
			ids = append(ids, lookID(TrackInput{Track: tr.ID, Generation: tr.Generation}))
		}
	}
	for _, id := range ids {
		if err := t.s.Store.DropJob(t.ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// mayStore refuses what would store or show something of a flagged item.
func (t *tx) mayStore(items []string) error {
	for _, id := range items {
		it, err := t.itemOf(id)
		if err != nil {
			return err
		}
		if it.SuspectedCSAM {
			return state("an item is flagged: nothing of it is stored, shown or fetched; only its location is referred")
		}
	}
	return nil
}

func (t *tx) addressItem(b *bad, it *takedown.Item, in ItemPatch) error {
	if in.ContactID == nil {
		return nil
	}
	if it.Status != takedown.ItemReported && it.Status != takedown.ItemAssessed {
		return state("the item is pursued already: open a track to another addressee by hand")
	}
	if _, err := t.contact(*in.ContactID); err != nil {
		if takedown.KindOf(err) != takedown.NotFound {
			return err
		}
		b.add("/contactId", "is no contact of the register")
		return nil
	}
	it.Contact = *in.ContactID
	return t.closeTasks(taskFindContact, it.ID)
}

func (t *tx) peopleItem(b *bad, it *takedown.Item, in ItemPatch) error {
	if in.People == nil {
		return nil
	}
	if len(*in.People) == 0 {
		b.add("/people", "name at least one affected person")
	}
	b.distinct("/people", *in.People, 20)
	for n, id := range *in.People {
		p, err := find[takedown.Person](t, id)
		if err != nil {
			return err
		}
		if p == nil || p.Case != string(t.base.Stream) {
			b.add(fmt.Sprintf("/people/%d", n), "is no affected person of this case")
		}
	}
	if !slices.Equal(it.People, *in.People) { // other data are looked for: what was seen was not these
		it.Seen, it.Showed = false, takedown.Showing{}
		if slices.ContainsFunc(sinceClaim(it), func(c takedown.Check) bool { return c.Result == checkEdited }) {
			it.ClaimedAt = t.now
		}
	}
	it.People = *in.People
	return nil
}

// describeItem corrects when it was posted and seen, and what data it shows.
func (t *tx) describeItem(b *bad, it *takedown.Item, in ItemPatch) error {
	if in.PostedAt != nil {
		it.PostedAt = second(*in.PostedAt)
	}
	if in.FirstSeenAt != nil {
		it.FirstSeenAt = second(*in.FirstSeenAt)
	}
	if in.FirstSeenBy != nil {
		it.FirstSeenBy = *in.FirstSeenBy
	}
	if in.PostedAt != nil || in.FirstSeenAt != nil {
		b.seen("", it.PostedAt, it.FirstSeenAt, t.now)
	}
	b.seenBy("", it.FirstSeenBy, it.FirstSeenAt)
	if in.Categories == nil {
		return nil
	}
	if len(*in.Categories) == 0 {
		b.add("/dataCategories", "name at least one category")
	}
	b.some("/dataCategories", *in.Categories, dataCategories)
	it.DataCategories = *in.Categories
	return nil
}

// OutcomeInput is the body of PUT …/items/{item}/outcome.
type OutcomeInput struct {
	Code     string `json:"code" maxLength:"60" doc:"One of the law data's outcome codes that end an item."`
	Reason   string `json:"reason" minLength:"3" maxLength:"1000" doc:"A code of the list, or words, which are sealed."`
	Verified bool   `json:"verified,omitempty" doc:"Somebody looked at the page: it shows the data no more."`
	takedown.DecisionDetails
}

// SetOutcome ends an item by hand, with a reason. version is 0 for an item
// without outcome, else the item's. Role: specialist.
func (s *Service) SetOutcome(ctx context.Context, who takedown.Principal, caseID, item string, in OutcomeInput, version int64) error {
	return s.inCase(ctx, who, caseID, itemRoles, func(t *tx, _ *takedown.Case) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		have := it.Version
		if it.Outcome == nil {
			have = 0
		}
		if err := sameVersion(have, version); err != nil {
			return err
		}
		kind, err := t.checkOutcome(in)
		if err != nil {
			return err
		}
		return t.setOutcome(it, in, kind)
	})
}

// checkOutcome gives the kind of a code that ends an item: gone, partly or
// settled.
func (t *tx) checkOutcome(in OutcomeInput) (string, error) {
	var b bad
	o, err := t.s.Law.Outcome(in.Code, t.now)
	if err != nil || !slices.Contains([]string{"gone", "partly", "settled"}, o.Kind) {
		b.add("/code", "is no outcome of the law data that ends an item: %s", strings.Join(t.endings(), ", "))
	}
	b.fields = append(b.fields, checkReason("/reason", in.Reason)...)
	if in.Verified && o.Kind == "settled" {
		b.add("/verified", "belongs to an outcome that can be seen on the page")
	}
	t.s.detailsOfOutcome(&b, in.DecisionDetails, o, t.now)
	return o.Kind, refuseAll(b.fields)
}

// endings are the codes that end an item.
func (t *tx) endings() []string {
	var out []string
	for _, o := range t.s.Law.Outcomes(t.now) {
		if o.Kind != "open" {
			out = append(out, o.ID)
		}
	}
	return out
}

func (t *tx) setOutcome(it *takedown.Item, in OutcomeInput, kind string) error {
	code, err := t.reason("item.outcome", it.ID, in.Reason)
	if err != nil {
		return err
	}
	it.Status = takedown.ItemSettled
	if kind == "gone" && in.Verified {
		it.Status = takedown.ItemGone
	}
	it.Outcome = &takedown.Outcome{Code: in.Code, At: t.now, By: t.who.ID, Reason: code, Verified: in.Verified, DecisionDetails: in.DecisionDetails}
	if err := t.watch(it); err != nil {
		return err
	}
	if err := t.put(it); err != nil {
		return err
	}
	for _, task := range []string{taskByHand, taskFindContact, "confirm_assessment"} {
		if err := t.closeTasks(task, it.ID); err != nil {
			return err
		}
	}
	if err := t.log("item.outcome", in.Code+":"+code, []string{it.ID}); err != nil {
		return err
	}
	if err := t.offerClosing(); err != nil {
		return err
	}
	return t.touch()
}

// GetOutcome gives how an item ended; not found while it has not. Roles:
// whoever may see its case.
func (s *Service) GetOutcome(ctx context.Context, who takedown.Principal, caseID, item string) (OutcomeView, error) {
	var out OutcomeView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		if it.Outcome == nil {
			return noSuch("outcome")
		}
		out = t.viewOutcome(it)
		return nil
	})
	return out, err
}
