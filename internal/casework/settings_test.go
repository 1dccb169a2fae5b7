package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func goodSettings() casework.SettingsInput {
	return casework.SettingsInput{
		Organisation: casework.OrganisationInput{Name: "Zorg Voorbeeld", Kind: "care", Unit: "Meldpunt", Mailbox: "meldpunt@zorg.example", Phone: "010-0000000", PostalAddress: "Postbus 1\n3000 AA Rotterdam"},
		Mail:         casework.MailSettings{From: "meldpunt@zorg.example", ReplyDomain: "antwoord.zorg.example"},
		QuietHours:   &casework.QuietHours{From: "21:00", Until: "07:00"}, ReminderSpacing: 3,
	}
}

// wakesAll counts the messages that wake every open wait.
func (f *fixture) wakesAll() int {
	f.t.Helper()
	rows, err := f.store.OutboxDue(context.Background(), time.Now().Add(time.Hour), 100)
	f.ok(err)
	n := 0
	for _, r := range rows {
		if r.Kind == "touch-all" {
			n++
		}
	}
	return n
}

// Requirement: S0-intro-3
func TestSettingsAreEmptyAtFirstAndThenVersioned(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	got, err := f.s.GetSettings(ctx, auditor)
	f.ok(err)
	if got.Version != 0 || got.Organisation.Name != "" {
		t.Fatalf("fresh settings %+v", got)
	}
	_, err = f.s.GetSettings(ctx, reporter)
	f.kind(err, takedown.Forbidden)
	_, err = f.s.PutSettings(ctx, specialist, goodSettings(), 0)
	f.kind(err, takedown.Forbidden)
	_, err = f.s.PutSettings(ctx, coordinator, goodSettings(), 1)
	f.kind(err, takedown.Stale)

	put, err := f.s.PutSettings(ctx, coordinator, goodSettings(), 0)
	f.ok(err)
	got, err = f.s.GetSettings(ctx, specialist)
	f.ok(err)
	if put.Version != 1 || got.Version != 1 || got.Mail.ReplyDomain != "antwoord.zorg.example" || *got.QuietHours != *goodSettings().QuietHours {
		t.Fatalf("put %+v, got %+v", put, got)
	}
	if f.wakesAll() != 1 {
		t.Error("open waits are not woken")
	}
	_, err = f.s.PutSettings(ctx, coordinator, goodSettings(), 0)
	f.kind(err, takedown.Stale)

	f.clock.advance(48 * time.Hour) // another day's stream: still the same row
	changed := goodSettings()
	changed.KillSwitch, changed.QuietHours = true, nil
	put, err = f.s.PutSettings(ctx, coordinator, changed, 1)
	f.ok(err)
	got, err = f.s.GetSettings(ctx, specialist)
	f.ok(err)
	if put.Version != 2 || !got.KillSwitch || got.QuietHours != nil || f.wakesAll() != 2 {
		t.Fatalf("put %+v, got %+v", put, got)
	}
}

func TestSettingsNameEveryBadFieldAtOnce(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := casework.SettingsInput{
		Organisation: casework.OrganisationInput{Name: "a\r\nBcc: x", Kind: "army", Mailbox: "Meldpunt <m@zorg.example>"},
		Mail:         casework.MailSettings{From: "nobody", ReplyDomain: "localhost"},
		RedirectTo:   "a@b.example\r\nX: y", QuietHours: &casework.QuietHours{From: "9:00", Until: "25:00"},
		ReminderSpacing: -1, PoliceUnit: "contact_none",
	}
	_, err := f.s.PutSettings(ctx, coordinator, in, 0)
	f.pointers(err, "/organisation/kind", "/organisation/name", "/organisation/mailbox", "/mail/from", "/redirectTo",
		"/mail/replyDomain", "/quietHours/from", "/quietHours/until", "/reminderSpacing", "/policeUnit")
	got, err := f.s.GetSettings(ctx, auditor)
	f.ok(err)
	if got.Version != 0 || f.wakesAll() != 0 {
		t.Error("bad settings left something behind")
	}
}

func goodContact() casework.ContactInput {
	return casework.ContactInput{
		Kind: "hoster", LegalName: "Hoster Voorbeeld B.V.", ServiceKind: "hosting", Hosts: []string{"Forum.Example.", "bücher.example"},
		Channels: []takedown.Channel{{Kind: "mail", Address: "abuse@hoster.example", Purpose: "notice"}}, Languages: []string{"nl"},
		Country: "NL", Source: "their website", LastVerified: monday.Add(-time.Hour),
	}
}

// Requirement: S0-6a, S0-6c
func TestContactsAreChosenByIDAndVersioned(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	put, err := f.s.PutContact(ctx, specialist, "contact_hoster-1", goodContact(), 0)
	f.ok(err)
	if put.Version != 1 || put.AddressVersion != 1 || !slices.Equal(put.Hosts, []string{"forum.example", "xn--bcher-kva.example"}) {
		t.Fatalf("put %+v", put)
	}
	for _, who := range []takedown.Principal{reporter, auditor, liaison, adviser} {
		_, err := f.s.PutContact(ctx, who, "contact_hoster-1", goodContact(), 1)
		f.kind(err, takedown.Forbidden)
	}
	_, err = f.s.PutContact(ctx, specialist, "contact_hoster-1", goodContact(), 0)
	f.kind(err, takedown.Stale)
	for _, id := range []string{"contact_ab", "contact_UPPER", "hoster", "contact_" + strings.Repeat("a", 41)} {
		_, err = f.s.PutContact(ctx, specialist, id, goodContact(), 0)
		f.kind(err, takedown.Invalid)
	}

	same := goodContact()
	same.Source = "a call on Monday"
	put, err = f.s.PutContact(ctx, coordinator, "contact_hoster-1", same, 1)
	f.ok(err)
	if put.Version != 2 || put.AddressVersion != 1 {
		t.Errorf("a new source is no new address: %+v", put)
	}
	same.Channels = []takedown.Channel{{Kind: "mail", Address: "ntd@hoster.example"}}
	put, err = f.s.PutContact(ctx, coordinator, "contact_hoster-1", same, 2)
	f.ok(err)
	if put.AddressVersion != 2 {
		t.Errorf("a new channel is a new address: %+v", put)
	}
	got, err := f.s.GetContact(ctx, liaison, "contact_hoster-1")
	f.ok(err)
	if got.Version != 3 || got.Channels[0].Address != "ntd@hoster.example" {
		t.Errorf("got %+v", got)
	}
	_, err = f.s.GetContact(ctx, reporter, "contact_hoster-1")
	f.kind(err, takedown.Forbidden)
	_, err = f.s.GetContact(ctx, liaison, "contact_none")
	f.kind(err, takedown.NotFound)
	page, err := f.s.ListContacts(ctx, auditor, "", 0)
	f.ok(err)
	if len(page.Items) != 1 || page.Items[0].ID != "contact_hoster-1" {
		t.Errorf("list %+v", page)
	}
}

func TestAHostBelongsToOneContact(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	_, err := f.s.PutContact(ctx, specialist, "contact_hoster-1", goodContact(), 0)
	f.ok(err)
	deep := goodContact()
	deep.Hosts = []string{"img.forum.example"}
	_, err = f.s.PutContact(ctx, specialist, "contact_hoster-2", deep, 0)
	f.ok(err)
	for host, want := range map[string]string{
		"forum.example": "contact_hoster-1", "www.forum.example": "contact_hoster-1", "a.img.forum.example": "contact_hoster-2",
		"notforum.example": "", "example": "", "8.8.8.8": "", "2606:4700::1111": "",
	} {
		got, err := f.s.ContactForHost(ctx, host)
		f.ok(err)
		if got != want {
			t.Errorf("%s belongs to %q, want %q", host, got, want)
		}
	}
	taken := goodContact()
	taken.Hosts = []string{"own.example", "forum.example"}
	_, err = f.s.PutContact(ctx, specialist, "contact_hoster-3", taken, 0)
	f.pointers(err, "/hosts/1")
	if got, err := f.s.ContactForHost(ctx, "own.example"); err != nil || got != "" {
		t.Errorf("a refused contact has %q, %v", got, err)
	}

	less := goodContact()
	less.Hosts = []string{"bücher.example"}
	_, err = f.s.PutContact(ctx, specialist, "contact_hoster-1", less, 1)
	f.ok(err)
	_, err = f.s.PutContact(ctx, specialist, "contact_hoster-3", taken, 0)
	f.ok(err)
	if got, err := f.s.ContactForHost(ctx, "forum.example"); err != nil || got != "contact_hoster-3" {
		t.Errorf("the host that was given back belongs to %q, %v", got, err)
	}
}

func TestContactsNameEveryBadFieldAtOnce(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := casework.ContactInput{
		Kind: "friend", ServiceKind: "x", OwnTerm: 3, LegalName: " ", Country: "Netherlands", Languages: []string{"nl", "dutch"},
		Hosts: []string{"co.uk", "127.0.0.1", "a.example", "A.example"}, LastVerified: monday.Add(time.Hour),
		Channels: []takedown.Channel{{Kind: "mail", Address: "x"}, {Kind: "form", Address: "javascript:alert(1)"}, {Kind: "pigeon", Purpose: "y"}},
		Form:     &takedown.Form{URL: "ftp://a.example", Fields: []takedown.FormField{{Limit: -1}}},
	}
	_, err := f.s.PutContact(ctx, specialist, "contact_bad", in, 0)
	f.pointers(err, "/kind", "/serviceKind", "/ownTerm", "/legalName", "/source", "/lastVerifiedAt", "/country", "/languages/1",
		"/channels/0/address", "/channels/1/address", "/channels/2/kind", "/channels/2/purpose", "/form/url", "/form/fields/0",
		"/hosts/0", "/hosts/1", "/hosts/3")
	if strings.Contains(err.Error(), "127.0.0.1") || strings.Contains(err.Error(), "alert") {
		t.Errorf("the error gives a value away: %v", err)
	}
}
