package casework_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// scriptedRegistries answer as a test says, and note what they were asked.
type scriptedRegistries struct {
	asked []string
	found []casework.Holder
}

func (r *scriptedRegistries) Holders(_ context.Context, host string) ([]casework.Holder, error) {
	r.asked = append(r.asked, host)
	if len(r.found) == 0 {
		return nil, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "they do not answer")
	}
	return r.found, nil
}

var holdersFound = []casework.Holder{
	{Role: "registrar", Name: "Voorbeeldregistrar", Mailbox: "abuse@registrar.example", Registry: "https://rdap.example/domain/forum.example"},
	{Role: "hoster", Name: "Voorbeeldhost", Mailbox: "Abuse@Host.example", Registry: "https://rdap.example/ip/8.8.8.8"},
}

// who looks up who can act on an item.
func (f *fixture) who(caseID, item string, again bool) casework.AddresseesView {
	f.t.Helper()
	f.ok(f.s.FindAddressees(context.Background(), specialist, caseID, item, casework.AddresseesInput{Again: again}))
	v, err := f.s.Addressees(context.Background(), specialist, caseID, item)
	f.ok(err)
	return v
}

// Requirement: S0-6a
func TestWhoCanActOnAnItem(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	registries := &scriptedRegistries{found: holdersFound}
	f.s.Registries = registries
	c := f.open(caseInput("https://forum.example/t/1", "https://forum.example/t/2"))
	item := c.Items[0].Item

	v := f.who(c.Case, item, false)
	want := []casework.AddresseeView{
		{Role: "hoster", Name: "Voorbeeldhost", Mailbox: "Abuse@Host.example", Source: "https://rdap.example/ip/8.8.8.8"},
		{Role: "registrar", Name: "Voorbeeldregistrar", Mailbox: "abuse@registrar.example", Source: "https://rdap.example/domain/forum.example"},
	}
	if diff := cmp.Diff(want, v.Addressees); diff != "" || v.Missing != "no_contact_for_host" || !v.LookedUpAt.Equal(monday) {
		t.Errorf("missing %s, %s", v.Missing, diff)
	}
	f.task(c.Case, "find_contact")
	f.absent("Voorbeeldregistrar", "rdap.example") // what it says points to the host
	f.who(c.Case, c.Items[1].Item, false)          // the same host: kept
	f.who(c.Case, item, true)
	f.clock.advance(8 * 24 * time.Hour)
	f.who(c.Case, item, false)
	if !slices.Equal(registries.asked, []string{"forum.example", "forum.example", "forum.example"}) {
		t.Errorf("asked %v", registries.asked)
	}

	hoster := hosterInput("abuse@host.example")
	hoster.Hosts, hoster.LastVerified = nil, time.Time{}
	_, err := f.s.PutContact(ctx, specialist, "contact_hoster", hoster, 0)
	f.ok(err)
	operator := hosterInput("beheer@forum.example")
	operator.Kind = "site_operator"
	_, err = f.s.PutContact(ctx, specialist, "contact_beheer", operator, 0)
	f.ok(err)
	v = f.who(c.Case, item, false)
	var order []string
	for _, a := range v.Addressees {
		order = append(order, a.Role+" "+a.ContactID)
	}
	if !slices.Equal(order, []string{"site_operator contact_beheer", "hoster contact_hoster", "registrar "}) || v.Missing != "" || !v.Addressees[1].Stale {
		t.Errorf("%v, missing %q", order, v.Missing)
	}

	for _, who := range []takedown.Principal{reporter, auditor, liaison, coordinator} {
		f.kind(f.s.FindAddressees(ctx, who, c.Case, item, casework.AddresseesInput{}), takedown.Forbidden)
	}
	f.kind(f.s.FindAddressees(ctx, specialist, c.Case, "item_none", casework.AddresseesInput{}), takedown.NotFound)
	if !slices.Contains(f.entries(c.Case), "addressees.looked_up found") {
		t.Errorf("entries %v", f.entries(c.Case))
	}
}

func TestRegistriesAreNotAskedAboutAPlatform(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	registries := &scriptedRegistries{found: holdersFound}
	f.s.Registries = registries
	platform := goodContact()
	platform.Kind, platform.Hosts = "platform", []string{"forum.example"}
	_, err := f.s.PutContact(ctx, specialist, "contact_platform", platform, 0)
	f.ok(err)
	c := f.open(caseInput("https://www.forum.example/t/1"))
	v := f.who(c.Case, c.Items[0].Item, true)
	if len(v.Addressees) != 1 || v.Addressees[0].ContactID != "contact_platform" || v.Addressees[0].Role != "platform" || v.Missing != "" || len(registries.asked) != 0 {
		t.Errorf("%+v, asked %v", v, registries.asked)
	}
}

// Where nobody may be asked, or nobody answers, a person looks; what is flagged
// is looked up nowhere.
func TestOfflineAPersonIsAskedWhoCanAct(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/t/1", "https://forum.example/t/2"))
	item := c.Items[0].Item
	if v := f.who(c.Case, item, false); v.Missing != "registries_off" || len(v.Addressees) != 0 {
		t.Errorf("%+v", v)
	}
	f.task(c.Case, "find_contact")

	registries := &scriptedRegistries{}
	f.s.Registries = registries
	if v := f.who(c.Case, item, false); v.Missing != "registries_silent" {
		t.Errorf("%+v", v)
	}
	set := goodSettings()
	set.RegistriesOff = true
	_, err := f.s.PutSettings(ctx, coordinator, set, 0)
	f.ok(err)
	if v := f.who(c.Case, item, true); v.Missing != "registries_off" || len(registries.asked) != 1 {
		t.Errorf("%+v, asked %v", v, registries.asked)
	}
	set.RegistriesOff = false
	_, err = f.s.PutSettings(ctx, coordinator, set, 1)
	f.ok(err)

	yes := true
	second := c.Items[1].Item
	v, err := f.s.GetItem(ctx, specialist, c.Case, second)
	f.ok(err)
	f.ok(f.s.PatchItem(ctx, specialist, c.Case, second, casework.ItemPatch{SuspectedCSAM: &yes}, v.Version))
	f.kind(f.s.FindAddressees(ctx, specialist, c.Case, second, casework.AddresseesInput{Again: true}), takedown.Conflict)
	if len(registries.asked) != 1 {
		t.Errorf("asked %v about what is never fetched", registries.asked)
	}
}
