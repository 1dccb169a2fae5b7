package casework

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/ontdox/takedown/internal/bundle"
	"github.com/ontdox/takedown/internal/directory"
	"github.com/ontdox/takedown/internal/takedown"
)

// The code lists of contacts.
var (
	contactKinds = []string{"site_operator", "platform", "hoster", "registrar", "search_engine", "police_unit", "authority", "trusted_flagger", kindDisputeBody}
	serviceKinds = []string{"", "mere_conduit", "caching", "hosting", "online_platform", "search_engine", "messaging", "registrar"}
	channelKinds = []string{"mail", "form", "phone", "letter", "police"}
	purposes     = []string{"", "notice", "complaint", "order"}
	termUnits    = []string{"", "working_days", "calendar_days", "hours"}
	twoLetters   = regexp.MustCompile(`^[A-Za-z]{2}$`)
)

// maxContact bounds a contact's JSON: its row stays under 4 KB.
const maxContact = 3400

// checkContact finds every bad field and gives the hosts in canonical form.
func checkContact(in ContactInput, now time.Time) ([]string, []takedown.FieldError) {
	var b bad
	b.oneOf("/kind", in.Kind, contactKinds)
	b.oneOf("/serviceKind", in.ServiceKind, serviceKinds)
	b.oneOf("/ownTermUnit", in.OwnTermUnit, termUnits)
	if in.OwnTerm < 0 || in.OwnTerm > 365 || (in.OwnTerm > 0) != (in.OwnTermUnit != "") {
		b.add("/ownTerm", "1 to 365, together with its unit")
	}
	if in.MaxMailMiB < 0 || in.MaxMailMiB > maxMailMiB {
		b.add("/maxMailMiB", "1 to %d; left out, it is %d", maxMailMiB, maxMailMiB)
	}
	b.needed("/legalName", in.LegalName, 200)
	if strings.TrimSpace(in.Source) == "" {
		b.add("/source", "say where this was read")
	}
	b.line("/displayName", in.DisplayName, 200)
	b.line("/source", in.Source, 500)
	b.notFuture("/lastVerifiedAt", in.LastVerified, now)
	if in.Country != "" && !twoLetters.MatchString(in.Country) {
		b.add("/country", "must be a two-letter code")
	}
	b.languages("/languages", in.Languages)
	if in.EncryptionKey != "" {
		if err := bundle.CheckRecipient(in.EncryptionKey); err != nil {
			b.add("/encryptionKey", "%s", err.Error())
		}
	}
	b.pageTexts("/removedTexts", in.RemovedTexts)
	b.pageTexts("/loginTexts", in.LoginTexts)
	b.award(in, now)
	b.profile(in, now)
	checkChannels(&b, in)
	hosts := checkHosts(&b, in.Hosts)
	in.Profile = nil // a row of its own
	if body, err := json.Marshal(in); err == nil && len(body) > maxContact {
		b.add("", "the contact is too large: at most %d bytes", maxContact)
	}
	return hosts, b.fields
}

func checkHosts(b *bad, in []string) []string {
	if len(in) > 20 {
		b.add("/hosts", "at most 20 hosts")
	}
	hosts := []string{}
	for n, raw := range in {
		at := fmt.Sprintf("/hosts/%d", n)
		h, err := directory.Host(raw)
		if err != nil {
			b.add(at, "%s", publicDetail(err))
			continue
		}
		if suffix, icann := publicsuffix.PublicSuffix(h); icann && suffix == h {
			b.add(at, "is a suffix under which anybody may register")
		}
		if slices.Contains(hosts, h) {
			b.add(at, "stands there twice")
		}
		hosts = append(hosts, h)
	}
	return hosts
}

func checkChannels(b *bad, in ContactInput) {
	if len(in.Channels) > 10 {
		b.add("/channels", "at most 10 channels")
	}
	for n, c := range in.Channels {
		at := fmt.Sprintf("/channels/%d", n)
		b.oneOf(at+"/kind", c.Kind, channelKinds)
		b.oneOf(at+"/purpose", c.Purpose, purposes)
		switch c.Kind {
		case "mail":
			if c.Address == "" {
				b.add(at+"/address", "is needed")
			}
			b.mailbox(at+"/address", c.Address)
		case "form":
			b.location(at+"/address", c.Address)
		default:
			b.line(at+"/address", c.Address, 300)
		}
	}
	if in.Form == nil {
		return
	}
	b.form(in.Form)
}
