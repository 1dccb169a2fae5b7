package casework_test

import (
	"context"
	"slices"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// changes puts a contact anew with a change, and gives it.
func (f *fixture) changes(id string, change func(*casework.ContactInput)) casework.ContactView {
	f.t.Helper()
	ctx := context.Background()
	have, err := f.s.GetContact(ctx, auditor, id)
	f.ok(err)
	in := have.ContactInput
	change(&in)
	out, err := f.s.PutContact(ctx, coordinator, id, in, have.Version)
	f.ok(err)
	return out
}

// Another name makes no dead address live: it stays marked, its task open, and
// what is written next goes elsewhere. Other channels start afresh.
func TestARenamedContactsDeadAddressStaysMarked(t *testing.T) {
	t.Parallel()
	b := newInbox(t, "abuse@host.example", "noc@host.example")
	b.receive(bounceOf(b.last(), "abuse@host.example", "failed", "5.1.1"))
	c := b.changes("contact_hoster", func(in *casework.ContactInput) { in.LegalName, in.AttachPDF = "Voorbeeldhosting B.V.", true })
	if !c.Bounced || !slices.Equal(c.BouncedAt, []string{"abuse@host.example"}) || c.AddressVersion != 3 {
		t.Errorf("renamed: %+v", c)
	}
	b.checkTask("contact_hoster")
	c = b.changes("contact_hoster", func(in *casework.ContactInput) { in.Channels = in.Channels[1:] })
	if c.Bounced || len(c.BouncedAt) != 0 || len(b.checkTasks("contact_hoster")) != 0 {
		t.Errorf("with other channels: %+v", c)
	}
}

// A bounce of a message that left before the contact was renamed is its address's
// all the same: the register marks it, and the track knows it.
func TestABounceAfterARenamingIsRemembered(t *testing.T) {
	t.Parallel()
	b := newInbox(t, "abuse@host.example", "noc@host.example")
	sent := b.last()
	b.changes("contact_hoster", func(in *casework.ContactInput) { in.LegalName = "Voorbeeldhosting B.V." })
	b.settle()
	b.receive(bounceOf(sent, "abuse@host.example", "failed", "5.1.1"))
	c, err := b.s.GetContact(context.Background(), auditor, "contact_hoster")
	b.ok(err)
	if !c.Bounced || !slices.Equal(c.BouncedAt, []string{"abuse@host.example"}) {
		t.Errorf("the register says %+v", c)
	}
	b.checkTask("contact_hoster")
}

// A mail domain goes with its address: a contact that has no address there any
// more is nobody to approach about it, and gives it to the next.
func TestAMailDomainGoesWithItsAddress(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	f.s.Registries = &scriptedRegistries{found: holdersFound}
	item := f.open(caseInput("https://forum.example/t/1"))
	put := func(id, mail string) {
		t.Helper()
		in := hosterInput(mail)
		in.Hosts = nil
		_, err := f.s.PutContact(ctx, specialist, id, in, 0)
		f.ok(err)
	}
	holder := func() string {
		t.Helper()
		for _, a := range f.who(item.Case, item.Items[0].Item, false).Addressees {
			if a.Role == "hoster" {
				return a.ContactID
			}
		}
		return "nobody"
	}
	put("contact_first", "abuse@host.example")
	put("contact_second", "desk@host.example")
	if got := holder(); got != "contact_first" {
		t.Fatalf("at first %s", got)
	}
	moves := func(id, mail string) {
		f.changes(id, func(in *casework.ContactInput) {
			in.Channels = []takedown.Channel{{Kind: "mail", Address: mail, Purpose: "notice"}}
		})
	}
	moves("contact_first", "abuse@elsewhere.example")
	if got := holder(); got != "" {
		t.Errorf("without an address there it is %s", got)
	}
	moves("contact_second", "noc@host.example")
	if got := holder(); got != "contact_second" {
		t.Errorf("then %s", got)
	}
}
