package casework_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func goodProfile() *takedown.Profile {
	return &takedown.Profile{
		Establishment: "Dublin, Ierland", Coordinator: "Voorbeeldtoezichthouder",
		Article11:      &takedown.ContactPoint{Address: "https://host.example/orders", Languages: []string{"en"}},
		Article12:      &takedown.ContactPoint{Address: "dsa@host.example", Languages: []string{"en", "nl"}},
		Article13:      &takedown.ContactPoint{Address: "Voorbeeldlaan 0, Brussel"},
		OrderLanguages: []string{"en"}, OrderFormat: "PDF", Indemnity: "asks", DisputeBodies: []string{"contact_geschillen"},
		TellsUploader: "yes", RecipientSees: "no", ReplyChannel: "mail", AppealDays: 180, NeedsAccount: "no", NeedsIdentity: "yes",
		Facts: []takedown.Fact{{Field: "/form", Source: "https://host.example/dsa", Read: "2026-07-22", Flag: "V", VerifiedAt: monday.Add(-time.Hour)}},
	}
}

// Requirement: S0-6a, S1-7
func TestAContactsProfileStandsBesideIt(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := goodContact()
	in.Profile = goodProfile()
	put, err := f.s.PutContact(ctx, specialist, "contact_hoster-1", in, 0)
	f.ok(err)
	got, err := f.s.GetContact(ctx, auditor, "contact_hoster-1")
	f.ok(err)
	page, err := f.s.ListContacts(ctx, auditor, "", 10)
	f.ok(err)
	for _, v := range []casework.ContactView{put, got, page.Items[0]} {
		if diff := cmp.Diff(goodProfile(), v.Profile); diff != "" || v.Version != 1 {
			t.Errorf("version %d, profile %s", v.Version, diff)
		}
	}
	in.Profile.TellsUploader = "no"
	put, err = f.s.PutContact(ctx, specialist, "contact_hoster-1", in, 1)
	f.ok(err)
	if put.Version != 2 || put.AddressVersion != 1 || put.Profile.TellsUploader != "no" {
		t.Errorf("a profile is no address: %+v", put)
	}
	in.Profile = nil
	_, err = f.s.PutContact(ctx, specialist, "contact_hoster-1", in, 2)
	f.ok(err)
	if got, err = f.s.GetContact(ctx, auditor, "contact_hoster-1"); err != nil || got.Profile != nil {
		t.Errorf("a profile that was left out stays: %+v, %v", got.Profile, err)
	}
}

func TestAProfileNamesEveryBadField(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := goodContact()
	in.Profile = &takedown.Profile{
		Establishment: "a\nb", Article11: &takedown.ContactPoint{}, Article12: &takedown.ContactPoint{Address: "x", Languages: []string{"english"}},
		OrderLanguages: []string{"e"}, Indemnity: "always", TellsUploader: "perhaps", AppealDays: 400, DisputeBodies: []string{"someone"},
		VPT:      &takedown.VPTContact{Mailbox: "nobody"},
		Standing: &takedown.FlaggerStanding{},
		Facts:    []takedown.Fact{{Flag: "X", VerifiedAt: monday.Add(time.Hour)}},
	}
	_, err := f.s.PutContact(ctx, specialist, "contact_hoster-1", in, 0)
	f.pointers(err, "/profile/establishment", "/profile/article11/address", "/profile/article12/languages/0", "/profile/orderLanguages/0",
		"/profile/indemnity", "/profile/tellsUploader", "/profile/appealDays", "/profile/disputeBodies/0",
		"/profile/vpt", "/profile/vpt/function", "/profile/vpt/mailbox",
		"/profile/informalStanding", "/profile/informalStanding/with", "/profile/informalStanding/source",
		"/profile/facts/0/field", "/profile/facts/0/source", "/profile/facts/0/flag", "/profile/facts/0/verifiedAt")

	in.Profile = &takedown.Profile{}
	for n := range 21 {
		in.Profile.Facts = append(in.Profile.Facts, takedown.Fact{Field: fmt.Sprint(n), Source: strings.Repeat("s", 200), Flag: "S"})
	}
	_, err = f.s.PutContact(ctx, specialist, "contact_hoster-1", in, 0)
	f.pointers(err, "/profile/facts", "/profile")
	_, err = f.s.GetContact(ctx, auditor, "contact_hoster-1")
	f.kind(err, takedown.NotFound)
}

// The largest profile that is taken, with every leg observed, fits its row.
func TestTheLargestProfileFitsItsRow(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	v, err := l.s.GetContact(ctx, auditor, "contact_hoster")
	l.ok(err)
	in := v.ContactInput
	in.Profile = &takedown.Profile{}
	for n := range 14 {
		in.Profile.Facts = append(in.Profile.Facts, takedown.Fact{Field: fmt.Sprint(n), Source: strings.Repeat("s", 150), Flag: "S"})
	}
	_, err = l.s.PutContact(ctx, specialist, "contact_hoster", in, v.Version)
	l.ok(err)
	for n := range 25 {
		l.ok(casework.ObservedMessage(ctx, l.s, "contact_hoster", fmt.Sprintf("reply_%d", n), monday, monday.AddDate(1, 0, 0), monday.AddDate(9, 0, 0)))
	}
	v, err = l.s.GetContact(ctx, auditor, "contact_hoster")
	l.ok(err)
	if v.Observed == nil || v.Observed.Decided.Count != 20 || len(v.Profile.Facts) != 14 {
		t.Errorf("observed %+v", v.Observed)
	}
}

func TestHowLongAnAddresseeTookIsObservedPerLeg(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	l.approve()
	track := l.track("hoster").ID
	for _, kind := range []string{"acknowledgement", "decision"} {
		l.clock.advance(30 * time.Hour)
		in := casework.ReplyInput{TrackID: track, Kind: kind, Via: "phone", ReceivedAt: l.clock.at}
		if kind == "decision" {
			in.Decision = "removed"
		}
		_, err := l.s.RegisterReply(ctx, specialist, in)
		l.ok(err)
	}
	l.settle()
	l.settle()
	v, err := l.s.GetContact(ctx, auditor, "contact_hoster")
	l.ok(err)
	want := &casework.ObservedView{
		Acknowledged: &casework.LegView{Count: 1, MedianHours: 30}, Considered: &casework.LegView{Count: 1, MedianHours: 30}, Decided: &casework.LegView{Count: 1, MedianHours: 60},
	}
	if diff := cmp.Diff(want, v.Observed); diff != "" {
		t.Error(diff)
	}
}

// The police's own desk is a contact of its own, with the informal standing that
// platforms give it; the award of art. 22 DSA is no part of that, and only a
// flagger's.
//
// Requirement: S2-11
func TestAPoliceUnitsStandingIsNoAward(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := casework.ContactInput{
		Kind: "police_unit", LegalName: "Politie, landelijke eenheid Voorbeeld", Country: "NL", Languages: []string{"nl"}, Source: "https://politie.example",
		Channels: []takedown.Channel{{Kind: "police", Address: "loket", Purpose: "order"}}, LastVerified: monday.Add(-time.Hour),
		Profile: &takedown.Profile{Standing: &takedown.FlaggerStanding{With: "platforms", Area: "freezing", Source: "https://politie.example/loket"}},
	}
	put, err := f.s.PutContact(ctx, specialist, "contact_unit", in, 0)
	f.ok(err)
	if put.Profile.Standing == nil || put.Award != nil {
		t.Errorf("standing %+v, award %+v", put.Profile.Standing, put.Award)
	}
	in.Award = &takedown.Award{Coordinator: "Autoriteit Voorbeeld", Area: "freezing", Since: monday.AddDate(-1, 0, 0), Source: "https://lijst.example/flaggers"}
	_, err = f.s.PutContact(ctx, specialist, "contact_unit", in, put.Version)
	f.pointers(err, "/award")
}

// The point for authorities that the profile names stands in the request where
// no channel is for orders, and clears its finding; a channel for orders counts
// first. Without any, no languages stand there alone.
func TestTheProfilesPointForAuthoritiesStandsInTheRequest(t *testing.T) {
	t.Parallel()
	d, ctx := newDossier(t, ""), context.Background()
	const where = "provider/contactPoint"
	put := func(change func(*casework.ContactInput)) casework.DocumentView {
		t.Helper()
		have, err := d.s.GetContact(ctx, coordinator, "contact_hoster")
		d.ok(err)
		in := have.ContactInput
		change(&in)
		_, err = d.s.PutContact(ctx, coordinator, "contact_hoster", in, have.Version)
		d.ok(err)
		d.redrafted()
		return d.doc
	}
	lacks := func(doc casework.DocumentView) bool {
		return slices.ContainsFunc(doc.Findings, func(f casework.Finding) bool { return f.Field == where })
	}
	none := put(func(in *casework.ContactInput) { in.Channels = in.Channels[:1] })
	if !lacks(none) || strings.Contains(none.Text, "Talen:") || strings.Contains(none.Text, "Contactpunt voor autoriteiten") {
		t.Errorf("no point: %+v\n%s", none.Findings, none.Text)
	}
	named := put(func(in *casework.ContactInput) {
		in.Profile = &takedown.Profile{Article11: &takedown.ContactPoint{Address: "orders@host.example", Languages: []string{"nl"}}}
	})
	if lacks(named) || !strings.Contains(named.Text, "Contactpunt voor autoriteiten (artikel 11 DSA): orders@host.example. Talen: Nederlands.") {
		t.Errorf("the profile's point: %+v\n%s", named.Findings, named.Text)
	}
	channel := put(func(in *casework.ContactInput) {
		in.Channels = append(in.Channels, takedown.Channel{Kind: "mail", Address: "autoriteiten@host.example", Purpose: "order"})
	})
	if lacks(channel) || !strings.Contains(channel.Text, "(artikel 11 DSA): autoriteiten@host.example.") {
		t.Errorf("the channel's: %+v\n%s", channel.Findings, channel.Text)
	}
}
