package casework_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// otherProcess is verify-content over the same store, which alone may fetch.
type otherProcess struct {
	s     *casework.Service
	fails bool
	begun func() // called before it reads its job
}

func (p *otherProcess) Look(ctx context.Context, in casework.TrackInput) error {
	if p.fails {
		return takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "it cannot be called")
	}
	if p.begun != nil {
		p.begun()
	}
	_, err := p.s.VerifyContent(ctx, in)
	if err == nil {
		_, err = p.s.VerifyContent(ctx, in) // it was called again, as functions are
	}
	return err
}

// Where the API may not fetch, verify-content asks the registries for it: what
// passes between them holds no host and no answer in the clear, and what is no
// holder is not taken over.
//
// Requirement: S0-6a
func TestRegistriesAreAskedByTheFunctionThatMayFetch(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	hostile := []casework.Holder{
		{Role: "judge", Name: "x", Registry: "https://rdap.example/a"},
		{Role: "hoster", Name: "two\nlines", Registry: "https://rdap.example/b"},
		{Role: "hoster", Mailbox: "no address", Registry: "https://rdap.example/c"},
		{Role: "hoster", Name: strings.Repeat("x", 201), Registry: "https://rdap.example/d"},
	}
	registries := &scriptedRegistries{found: append(hostile[:3:3], holdersFound[1])}
	store := &seenJobs{Store: f.s.Store}
	deps := f.s.Deps
	deps.Store, deps.Pages, deps.Registries = store, &scriptedPages{}, registries
	there := &otherProcess{s: casework.New(deps)}
	f.s.Store, f.s.Looker = store, there

	c := f.open(caseInput("https://forum.example/t/1", "https://elders.example/t/2"))
	item := c.Items[0].Item
	v := f.who(c.Case, item, false)
	want := []casework.AddresseeView{{Role: "hoster", Name: "Voorbeeldhost", Mailbox: "Abuse@Host.example", Source: "https://rdap.example/ip/8.8.8.8"}}
	if diff := cmp.Diff(want, v.Addressees); diff != "" || v.Missing != "no_contact_for_host" {
		t.Errorf("missing %q, %s", v.Missing, diff)
	}
	if len(store.jobs) != 1 || len(store.results) != 1 || len(registries.asked) != 1 || registries.asked[0] != "forum.example" {
		t.Fatalf("%d jobs, %d results, asked %v", len(store.jobs), len(store.results), registries.asked)
	}
	for _, body := range append(store.jobs, store.results...) {
		for _, secret := range []string{"forum.example", "Voorbeeldhost", "rdap.example"} {
			if strings.Contains(string(body), secret) {
				t.Errorf("%q stands in %s", secret, body)
			}
		}
	}
	if _, err := store.Job(ctx, "look/"+item+"/2"); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("the job is still there: %v", err)
	}

	other := c.Items[1].Item
	registries.found = hostile[3:]
	if v = f.who(c.Case, other, false); len(v.Addressees) != 0 || v.Missing != "registries_silent" {
		t.Errorf("only what is no holder: %+v", v)
	}
	registries.found = nil
	if v = f.who(c.Case, other, true); v.Missing != "registries_silent" {
		t.Errorf("silence: %+v", v)
	}
	asked := len(registries.asked)
	there.fails = true
	if v = f.who(c.Case, other, true); v.Missing != "registries_silent" {
		t.Errorf("the function cannot be called: %+v", v)
	}
	if asked != 3 { // once a question, for all the calls
		t.Errorf("asked %v", registries.asked)
	}
	if _, err := store.Job(ctx, "look/"+other+"/2"); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("the job that failed is still there: %v", err)
	}
}

// An item that is flagged while the registries are to be asked is asked about no
// more.
func TestNoRegistryIsAskedAboutAnItemThatWasFlagged(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	registries := &scriptedRegistries{found: holdersFound}
	deps := f.s.Deps
	deps.Pages, deps.Registries = &scriptedPages{}, registries
	there := &otherProcess{s: casework.New(deps)}
	f.s.Looker = there
	c := f.open(caseInput("https://forum.example/t/1"))
	yes := true
	there.begun = func() {
		f.ok(f.s.PatchItem(ctx, specialist, c.Case, c.Items[0].Item, casework.ItemPatch{SuspectedCSAM: &yes}, f.item(c.Case, 0).Version))
	}
	f.kind(f.s.FindAddressees(ctx, specialist, c.Case, c.Items[0].Item, casework.AddresseesInput{}), takedown.Conflict)
	if len(registries.asked) != 0 {
		t.Errorf("asked about %v", registries.asked)
	}
}
