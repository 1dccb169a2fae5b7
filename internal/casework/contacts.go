package casework

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// spaceHost are the look-up rows from a host to its contact.
const spaceHost = "host"

// contact reads an addressee from the register; NotFound without.
func (t *tx) contact(id string) (*takedown.Contact, error) {
	if !strings.HasPrefix(id, "contact_") {
		return nil, noSuch(KindContact)
	}
	return load[takedown.Contact](t, id)
}

// contactForHost is the contact with the longest suffix of a host, "" if none.
func (s *Service) contactForHost(ctx context.Context, host string) (string, error) {
	_, notIP := netip.ParseAddr(host)
	for host != "" {
		ref, err := s.Store.FindLookup(ctx, spaceHost, host)
		if err == nil {
			return ref.ID, nil
		}
		if takedown.KindOf(err) != takedown.NotFound {
			return "", err
		}
		if notIP == nil {
			return "", nil
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return "", nil
}

// hostOf is the host of a canonical location, without port.
func hostOf(canonical string) string {
	u, err := url.Parse(canonical)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// ContactInput is the body of PUT /v1/contacts/{contact}.
type ContactInput struct {
	Kind             string             `json:"kind" enum:"site_operator,platform,hoster,registrar,search_engine,police_unit,authority,trusted_flagger,dispute_body"`
	LegalName        string             `json:"legalName" maxLength:"200"`
	DisplayName      string             `json:"displayName,omitempty" maxLength:"200"`
	ServiceKind      string             `json:"serviceKind,omitempty" enum:"mere_conduit,caching,hosting,online_platform,search_engine,messaging,registrar"`
	MicroOrSmall     bool               `json:"microOrSmall,omitempty"`
	VLOP             bool               `json:"vlop,omitempty" doc:"Designated under art. 33 DSA."`
	Hosts            []string           `json:"hosts,omitempty" maxItems:"20" doc:"Host names whose pages are theirs, subdomains included."`
	Channels         []takedown.Channel `json:"channels,omitempty" maxItems:"10"`
	Languages        []string           `json:"languages,omitempty" maxItems:"5" doc:"Two-letter codes, the preferred first."`
	Country          string             `json:"country,omitempty" maxLength:"2" doc:"Two-letter code."`
	OwnTermUnit      string             `json:"ownTermUnit,omitempty" enum:"working_days,calendar_days,hours"`
	OwnTerm          int                `json:"ownTerm,omitempty" minimum:"0" maximum:"365" doc:"The term they publish themselves."`
	FollowsNTDCode   bool               `json:"followsNtdCode,omitempty"`
	PublishesNotices bool               `json:"publishesNotices,omitempty"`
	Form             *takedown.Form     `json:"form,omitempty"`
	RemovedTexts     []string           `json:"removedTexts,omitempty" maxItems:"10" doc:"What their pages say, word for word, where something was removed, though they answer with 200."`
	LoginTexts       []string           `json:"loginTexts,omitempty" maxItems:"10" doc:"What their pages say, word for word, to who is not logged in."`
	EncryptionKey    string             `json:"encryptionKey,omitempty" maxLength:"100" doc:"Their age recipient (age1…): bundles for them are encrypted to it."`
	AttachPDF        bool               `json:"attachPdf,omitempty" doc:"Mail to them carries the letter as a PDF too, beside text and HTML."`
	DefangURLs       bool               `json:"defangUrls,omitempty" doc:"Their mail filter holds links back: web addresses in mail to them are written with hxxp and [.], before the text is approved. Form fields keep them."`
	MaxMailMiB       int                `json:"maxMailMiB,omitempty" minimum:"0" maximum:"18" doc:"The largest mail they take, texts and attachments together; 18 if left out."`
	Award            *takedown.Award    `json:"award,omitempty" doc:"Of a trusted_flagger (art. 22(2) DSA) or dispute_body (art. 21(3) DSA) alone."`
	Profile          *takedown.Profile  `json:"profile,omitempty"`
	Source           string             `json:"source" maxLength:"500" doc:"Where this was read."`
	LastVerified     time.Time          `json:"lastVerifiedAt,omitzero"`
}

// ContactView is an addressee as read.
type ContactView struct {
	ID string `json:"id"`
	ContactInput
	Bounced        bool          `json:"bounced,omitempty"`
	BouncedAt      []string      `json:"bouncedAt,omitempty" doc:"The addresses that refused mail for good, since the channels were last changed."`
	WrongAt        []string      `json:"wrongAt,omitempty" doc:"The addresses at which somebody else got a document: nothing goes there while they stand in the contact. A mark that was a mistake is lifted by taking the address out and putting it in again."`
	Stale          bool          `json:"stale,omitempty" doc:"Not verified within the settings' contactDays: a person confirms it before it is used."`
	Decisions      int           `json:"decisions,omitempty" doc:"On notices and complaints of ours."`
	Refusals       int           `json:"refusals,omitempty" doc:"Of those, the ones not to act: see art. 23(2) DSA."`
	Observed       *ObservedView `json:"observed,omitempty"`
	AddressVersion int64         `json:"addressVersion" doc:"Raised when name, channel, form, key or what a mail may carry changes."`
	Version        int64         `json:"version"`
}

// ContactPage is one page of the register by id.
type ContactPage struct {
	Items []ContactView `json:"items"`
	Next  string        `json:"next,omitempty"`
}

func viewContact(c *takedown.Contact) ContactView {
	return ContactView{ID: c.ID, Bounced: c.Bounced, BouncedAt: c.BouncedAt, WrongAt: c.WrongAt, Decisions: c.Decisions, Refusals: c.Refusals, AddressVersion: c.Address, Version: c.Version, ContactInput: ContactInput{
		Kind: c.Kind, LegalName: c.LegalName, DisplayName: c.DisplayName, ServiceKind: c.ServiceKind,
		MicroOrSmall: c.MicroOrSmall, VLOP: c.VLOP, Hosts: c.Hosts, Channels: c.Channels, Languages: c.Languages,
		Country: c.Country, OwnTermUnit: c.OwnTermUnit, OwnTerm: c.OwnTerm, FollowsNTDCode: c.FollowsNTDCode,
		PublishesNotices: c.PublishesNotices, Form: c.Form, RemovedTexts: c.RemovedTexts, LoginTexts: c.LoginTexts,
		EncryptionKey: c.EncryptionKey, AttachPDF: c.AttachPDF, DefangURLs: c.DefangURLs, MaxMailMiB: c.MaxMailMiB, Award: c.Award, Source: c.Source, LastVerified: c.LastVerified,
	}}
}

// GetContact reads one contact. Roles: all but reporter.
func (s *Service) GetContact(ctx context.Context, who takedown.Principal, id string) (ContactView, error) {
	if err := need(who, anyRole...); err != nil {
		return ContactView{}, err
	}
	c, err := get[takedown.Contact](ctx, s, id)
	if err != nil {
		return ContactView{}, err
	}
	set, err := s.settingsNow(ctx)
	if err != nil {
		return ContactView{}, err
	}
	now, err := s.now(ctx)
	if err != nil {
		return ContactView{}, err
	}
	row, err := get[takedown.ContactProfile](ctx, s, profileID(id))
	if err != nil && takedown.KindOf(err) != takedown.NotFound {
		return ContactView{}, err
	}
	v := viewContact(c)
	v.add(row)
	v.Stale = unverified(c, set, now)
	return v, nil
}

// ListContacts pages through the register. Roles: all but reporter.
func (s *Service) ListContacts(ctx context.Context, who takedown.Principal, cursor string, limit int) (ContactPage, error) {
	out := ContactPage{Items: []ContactView{}}
	if err := need(who, anyRole...); err != nil {
		return out, err
	}
	set, err := s.settingsNow(ctx)
	if err != nil {
		return out, err
	}
	now, err := s.now(ctx)
	if err != nil {
		return out, err
	}
	q := Query{Index: indexContacts, Partition: "all", Cursor: cursor, Limit: limit}
	out.Next, err = s.eachRecord(ctx, q, func(r Record) (bool, error) {
		c, err := decode[takedown.Contact](r)
		if err != nil {
			return false, err
		}
		v := viewContact(c)
		v.Stale = unverified(c, set, now)
		out.Items = append(out.Items, v)
		return true, nil
	})
	if err != nil {
		return out, err
	}
	return out, s.addProfiles(ctx, out.Items)
}

var contactID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^contact_[a-z0-9-]{3,40}$`) })

// PutContact writes a contact whose id the client chose. version is the one
// the caller saw, 0 for a new one. Roles: specialist, coordinator.
func (s *Service) PutContact(ctx context.Context, who takedown.Principal, id string, in ContactInput, version int64) (ContactView, error) {
	roles := []takedown.Role{takedown.Specialist, takedown.Coordinator}
	var out ContactView
	if err := need(who, roles...); err != nil {
		return out, err
	}
	if !contactID().MatchString(id) {
		return out, refuse("", "the id must be contact_ and 3 to 40 of a-z, 0-9 and -")
	}
	now, err := s.now(ctx)
	if err != nil {
		return out, err
	}
	hosts, fields := checkContact(in, now)
	if err := refuseAll(fields); err != nil {
		return out, err
	}
	in.Hosts = hosts
	err = s.write(ctx, who, who.As(roles...), StreamID(id), func(t *tx) error {
		c, err := find[takedown.Contact](t, id)
		if err != nil {
			return err
		}
		if c == nil {
			c = &takedown.Contact{Meta: takedown.Meta{ID: id}}
		}
		if err := sameVersion(c.Version, version); err != nil {
			return err
		}
		row, err := t.putContact(c, in)
		if err != nil {
			return err
		}
		set, err := t.settings()
		if err != nil {
			return err
		}
		out = viewContact(c)
		out.add(row)
		out.Version, out.Stale = c.Version+1, unverified(c, set, t.now)
		return nil
	})
	return out, err
}

func (t *tx) putContact(c *takedown.Contact, in ContactInput) (*takedown.ContactProfile, error) {
	if err := t.claimHosts(c, in.Hosts); err != nil {
		return nil, err
	}
	if addressChanged(c, in) {
		c.Address++
	}
	if reachedElsewhere(c, in) { // a name says nothing of an address that refused
		c.Reached, c.Bounced, c.BouncedAt = c.Address, false, nil
		c.WrongAt = slices.DeleteFunc(c.WrongAt, func(a string) bool { return !listed(in, a) })
		if len(c.WrongAt) == 0 {
			if err := t.closeTasks(taskBounced, c.ID); err != nil {
				return nil, err
			}
		}
	}
	before := mailHosts(c)
	applyContact(c, in)
	if err := t.claimMailHosts(c, before); err != nil {
		return nil, err
	}
	row, err := t.putProfile(c, in.Profile)
	if err != nil {
		return nil, err
	}
	return row, t.contactChanged(c, "contact.changed", c.Kind)
}

// contactChanged writes a contact and what follows from a change: items may have
// found their addressee, and plans rest on its channels and its verification.
func (t *tx) contactChanged(c *takedown.Contact, act, reason string) error {
	if err := t.put(c); err != nil {
		return err
	}
	if err := t.confirmed(c); err != nil {
		return err
	}
	if err := t.outbox(fmt.Sprintf("touch-all:%s:%d", c.ID, c.Version+1), outboxTouchAll, struct{}{}); err != nil {
		return err
	}
	return t.log(act, reason, []string{c.ID})
}

// listed says whether an address is among what a contact is reached at: somebody
// else still reads one that stays.
func listed(in ContactInput, address string) bool {
	return in.Form != nil && strings.EqualFold(in.Form.URL, address) ||
		slices.ContainsFunc(in.Channels, func(c takedown.Channel) bool { return strings.EqualFold(c.Address, address) })
}

// reachedElsewhere says that what a contact is reached at changes.
func reachedElsewhere(c *takedown.Contact, in ContactInput) bool {
	return !slices.Equal(c.Channels, in.Channels) || !reflect.DeepEqual(c.Form, in.Form)
}

func addressChanged(c *takedown.Contact, in ContactInput) bool {
	return c.LegalName != in.LegalName || c.DisplayName != in.DisplayName || reachedElsewhere(c, in) || c.EncryptionKey != in.EncryptionKey ||
		c.AttachPDF != in.AttachPDF || c.DefangURLs != in.DefangURLs || c.MaxMailMiB != in.MaxMailMiB
}

func applyContact(c *takedown.Contact, in ContactInput) {
	c.Kind, c.LegalName, c.DisplayName, c.ServiceKind = in.Kind, in.LegalName, in.DisplayName, in.ServiceKind
	c.MicroOrSmall, c.VLOP, c.Hosts, c.Channels = in.MicroOrSmall, in.VLOP, in.Hosts, in.Channels
	c.Languages, c.Country, c.OwnTermUnit, c.OwnTerm = in.Languages, in.Country, in.OwnTermUnit, in.OwnTerm
	c.FollowsNTDCode, c.PublishesNotices, c.Form = in.FollowsNTDCode, in.PublishesNotices, in.Form
	c.RemovedTexts, c.LoginTexts = in.RemovedTexts, in.LoginTexts
	c.AttachPDF, c.DefangURLs, c.MaxMailMiB = in.AttachPDF, in.DefangURLs, in.MaxMailMiB
	c.Award = awardOf(in.Award)
	c.EncryptionKey, c.Source, c.LastVerified = in.EncryptionKey, in.Source, in.LastVerified.UTC().Truncate(time.Second)
}

// claimHosts gives hosts back that the contact no longer has and takes the new
// ones; one that another contact has is refused by its place in the list.
func (t *tx) claimHosts(c *takedown.Contact, hosts []string) error {
	ref := Key{KindContact, c.ID}
	for _, h := range c.Hosts {
		if !slices.Contains(hosts, h) {
			t.change.Release = append(t.change.Release, Lookup{Space: spaceHost, Value: h, Ref: ref})
		}
	}
	var b bad
	for n, h := range hosts {
		if slices.Contains(c.Hosts, h) {
			continue
		}
		held, err := t.s.Store.FindLookup(t.ctx, spaceHost, h)
		if err != nil && takedown.KindOf(err) != takedown.NotFound {
			return err
		}
		if err == nil && held != ref {
			b.add(fmt.Sprintf("/hosts/%d", n), "belongs to another contact of the register")
		}
		t.change.Claim = append(t.change.Claim, Lookup{Space: spaceHost, Value: h, Ref: ref})
	}
	return refuseAll(b.fields)
}
