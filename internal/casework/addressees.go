package casework

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// Registries says who stands behind a host: RDAP, looked up behind the guard.
// Adapter: evidence/fetch.
type Registries interface {
	// Holders gives the registrar of a host's domain and who holds the network of
	// its address, as far as their registries say; an error only means that
	// nothing was found out.
	Holders(ctx context.Context, host string) ([]Holder, error)
}

// What a registry names somebody as.
const (
	HolderHoster    = "hoster"
	HolderRegistrar = "registrar"
)

// Holder is somebody whom a registry names. Each text is one line of at most 200
// characters, as the registry wrote it.
type Holder struct {
	Role     string `json:"role"` // hoster, registrar
	Name     string `json:"name,omitempty"`
	Mailbox  string `json:"mailbox,omitempty"` // where misuse is reported
	Phone    string `json:"phone,omitempty"`
	Registry string `json:"registry"` // the address of the answer
}

const (
	taskFindContact = "find_contact"
	// holdersFor is how long a registry's answer is used again: our own choice.
	holdersFor = 7 * 24 * time.Hour
	maxHolders = 4
)

// Why nobody, or not everybody, was found.
const (
	registriesOff    = "registries_off"    // nobody may ask them, or this installation cannot
	registriesSilent = "registries_silent" // they did not say
	notInRegister    = "no_contact_for_host"
)

// addressOrder is the order in which addressees are approached: who placed a
// page can do most, a registrar only make the whole name unreachable
// (domain.md §2, "Order of approach").
var addressOrder = []string{"platform", "search_engine", "site_operator", "hoster", "registrar"}

// AddresseesInput is the body of POST …/items/{item}/addressees.
type AddresseesInput struct {
	Again bool `json:"again,omitempty" doc:"Ask the registries even if an answer of the last seven days is kept."`
}

// AddresseeView is somebody who can act on an item.
type AddresseeView struct {
	Role      string `json:"role" enum:"platform,search_engine,site_operator,hoster,registrar,other"`
	ContactID string `json:"contactId,omitempty" doc:"Where the register has it; else a specialist adds it."`
	Name      string `json:"name,omitempty"`
	Mailbox   string `json:"mailbox,omitempty" doc:"Where misuse is reported, as the registry says."`
	Phone     string `json:"phone,omitempty"`
	Source    string `json:"source" doc:"Where this was read: the register's source, or the address of the registry's answer."`
	Stale     bool   `json:"stale,omitempty" doc:"The register's contact was not verified in time."`
}

// AddresseesView is who can act on an item, in the order of address.
type AddresseesView struct {
	Addressees []AddresseeView `json:"addressees"`
	LookedUpAt time.Time       `json:"lookedUpAt,omitzero" doc:"When the registries answered."`
	Missing    string          `json:"missing,omitempty" enum:"registries_off,registries_silent,no_contact_for_host" doc:"Why a person must look further."`
}

// FindAddressees looks up who can act on an item: by the register, and where its
// host is no platform's, by the registries of domains and addresses. What they
// say is kept, sealed, with the case. Where that yields nobody of the register, a
// task asks a person. Nothing is looked up for what is never fetched. Role:
// specialist.
func (s *Service) FindAddressees(ctx context.Context, who takedown.Principal, caseID, item string, in AddresseesInput) error {
	var host string
	var ask bool
	roles := []takedown.Role{takedown.Specialist}
	err := s.readCase(ctx, who, caseID, roles, func(t *tx, c *takedown.Case) error {
		if c.Status != takedown.CaseOpen {
			return state("the case is %s; reopen it first", c.Status)
		}
		var err error
		host, ask, err = t.asksRegistries(item, in.Again)
		return err
	})
	if err != nil {
		return err
	}
	var found []Holder
	if ask { // outside the write: a slow registry holds nobody up
		if found, err = s.askHolders(ctx, item, host); err != nil {
			s.Log.WarnContext(ctx, "the registries did not say who holds a host", "item", item, "error", takedown.NameOf(err))
		}
	}
	return s.inCase(ctx, who, caseID, roles, func(t *tx, _ *takedown.Case) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		if err := mayLook(it); err != nil {
			return err // flagged meanwhile
		}
		if len(found) > 0 {
			if err := t.keepHolders(host, found[:min(len(found), maxHolders)]); err != nil {
				return err
			}
		}
		return t.askWhoElse(it)
	})
}

// asksRegistries gives an item's host, and whether the registries are to be asked
// about it.
func (t *tx) asksRegistries(item string, again bool) (string, bool, error) {
	it, err := t.itemOf(item)
	if err != nil {
		return "", false, err
	}
	if err := mayLook(it); err != nil {
		return "", false, err
	}
	host, own, err := t.hostAndContact(it)
	if err != nil || host == "" || isPlatform(own) {
		return host, false, err
	}
	off, err := t.registriesOff()
	if err != nil || off {
		return host, false, err
	}
	kept, err := t.holders(host)
	return host, again || kept == nil || t.now.After(kept.At.Add(holdersFor)), err
}

func (t *tx) registriesOff() (bool, error) {
	set, err := t.settings()
	return err != nil || (t.s.Registries == nil && !t.s.asksElsewhere()) || set.RegistriesOff, err
}

// hostAndContact is an item's host and who the register says acts for it; nil
// without.
func (t *tx) hostAndContact(it *takedown.Item) (string, *takedown.Contact, error) {
	host, err := t.hostOf(it)
	if err != nil {
		return "", nil, err
	}
	id, err := t.itemContact(it)
	if err != nil || id == "" {
		return host, nil, err
	}
	c, err := t.contact(id)
	return host, c, err
}

func isPlatform(c *takedown.Contact) bool {
	return c != nil && (c.Kind == "platform" || c.Kind == "search_engine")
}

// holdersID is the row of a host's holders: which host, nobody can tell without
// the case's key.
func (t *tx) holdersID(host string) (string, error) {
	key, err := t.caseKey()
	if err != nil {
		return "", err
	}
	return string(KindHolders) + "_" + hex.EncodeToString(key.MAC([]byte("holders:" + host)))[:32], nil
}

func (t *tx) holders(host string) (*takedown.Holders, error) {
	id, err := t.holdersID(host)
	if err != nil {
		return nil, err
	}
	return find[takedown.Holders](t, id)
}

func (t *tx) keepHolders(host string, found []Holder) error {
	row, err := t.holders(host)
	if err != nil {
		return err
	}
	if row == nil {
		id, err := t.holdersID(host)
		if err != nil {
			return err
		}
		row = &takedown.Holders{Meta: takedown.Meta{ID: id, Case: string(t.base.Stream)}}
	}
	row.At = t.now
	if row.Found, err = t.seal(row, "found", found); err != nil {
		return err
	}
	return t.put(row)
}

// askWhoElse writes that addressees were looked for, and asks a person where no
// contact of the register was found.
func (t *tx) askWhoElse(it *takedown.Item) error {
	view, err := t.addressees(it)
	if err != nil {
		return err
	}
	reason := "found"
	if view.Missing != "" {
		reason = view.Missing
		if it.Status != takedown.ItemPursued {
			if err := t.openTask(takedown.Task{Kind: taskFindContact, Owner: takedown.Specialist, Reason: reason, Subject: it.ID}); err != nil {
				return err
			}
		}
	}
	t.done(200, it.ID)
	return t.log("addressees.looked_up", reason, []string{it.ID})
}

// Addressees gives who can act on an item, from what was last looked up. Role:
// specialist.
func (s *Service) Addressees(ctx context.Context, who takedown.Principal, caseID, item string) (AddresseesView, error) {
	var out AddresseesView
	err := s.readCase(ctx, who, caseID, []takedown.Role{takedown.Specialist}, func(t *tx, _ *takedown.Case) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		out, err = t.addressees(it)
		return err
	})
	return out, err
}

func (t *tx) addressees(it *takedown.Item) (AddresseesView, error) {
	out := AddresseesView{Addressees: []AddresseeView{}}
	host, own, err := t.hostAndContact(it)
	if err != nil {
		return out, err
	}
	set, err := t.settings()
	if err != nil {
		return out, err
	}
	if own != nil {
		out.add(own, set, t.now, AddresseeView{Source: own.Source})
	}
	if host != "" && !isPlatform(own) {
		if err := t.addHolders(&out, host, set); err != nil {
			return out, err
		}
	}
	slices.SortStableFunc(out.Addressees, func(a, b AddresseeView) int {
		return rankOf(a.Role) - rankOf(b.Role)
	})
	inRegister := func(a AddresseeView) bool { return a.ContactID != "" }
	switch {
	case slices.ContainsFunc(out.Addressees, inRegister):
	case len(out.Addressees) > 0:
		out.Missing = notInRegister
	default:
		off, err := t.registriesOff()
		if err != nil {
			return out, err
		}
		if out.Missing = registriesSilent; off {
			out.Missing = registriesOff
		}
	}
	return out, nil
}

// add puts somebody in the list, with what the register says of it.
func (v *AddresseesView) add(c *takedown.Contact, set *takedown.Settings, now time.Time, a AddresseeView) {
	if slices.ContainsFunc(v.Addressees, func(b AddresseeView) bool { return b.ContactID == c.ID }) {
		return
	}
	a.ContactID, a.Stale = c.ID, unverified(c, set, now)
	if a.Role == "" {
		a.Role, a.Name = roleOf(c.Kind), c.LegalName
	}
	v.Addressees = append(v.Addressees, a)
}

func roleOf(kind string) string {
	if slices.Contains(addressOrder, kind) {
		return kind
	}
	return "other"
}

func rankOf(role string) int {
	if n := slices.Index(addressOrder, role); n >= 0 {
		return n
	}
	return len(addressOrder)
}

// addHolders adds whom the registries name, each with the contact of the register
// that has its mail domain.
func (t *tx) addHolders(out *AddresseesView, host string, set *takedown.Settings) error {
	row, err := t.holders(host)
	if err != nil || row == nil {
		return err
	}
	var found []Holder
	if err := t.open(row, "found", row.Found, &found); err != nil {
		return err
	}
	out.LookedUpAt = row.At
	for _, h := range found {
		a := AddresseeView{Role: h.Role, Name: h.Name, Mailbox: h.Mailbox, Phone: h.Phone, Source: h.Registry}
		c, err := t.contactOfMailbox(h.Mailbox)
		if err != nil {
			return err
		}
		if c != nil {
			out.add(c, set, t.now, a)
			continue
		}
		out.Addressees = append(out.Addressees, a)
	}
	return nil
}

// contactOfMailbox is the hoster or registrar that the register has for a
// mailbox's domain, and that has an address there; nil without.
func (t *tx) contactOfMailbox(mailbox string) (*takedown.Contact, error) {
	_, domain, ok := strings.Cut(mailbox, "@")
	if !ok {
		return nil, nil
	}
	ref, err := t.s.Store.FindLookup(t.ctx, spaceMailHost, strings.ToLower(domain))
	if err != nil {
		return nil, unlessMissing(err)
	}
	c, err := find[takedown.Contact](t, ref.ID)
	if err != nil || c == nil || !slices.Contains(mailHosts(c), strings.ToLower(domain)) || (c.Kind != HolderHoster && c.Kind != HolderRegistrar) {
		return nil, err // a mail provider's domain says nothing of who has a mailbox there
	}
	return c, nil
}
