package casework

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/takedown"
)

// DigestSettings say who gets a daily digest by mail: what waits for a person,
// in ids and counts alone. Who is not named gets none.
type DigestSettings struct {
	Hour   string         `json:"hour" maxLength:"5" doc:"In Amsterdam, like 08:00; not within the quiet hours."`
	People []DigestReader `json:"people" maxItems:"20"`
}

// DigestReader is one person who wants a digest.
type DigestReader struct {
	Person  string   `json:"person" maxLength:"200" doc:"The token's name; in the cloud the claim sub."`
	Address string   `json:"address" maxLength:"254" doc:"At the domain of mail.from or organisation.mailbox."`
	Roles   []string `json:"roles" minItems:"1" maxItems:"4" enum:"specialist,legal_adviser,coordinator,liaison" doc:"Whose worklists it counts."`
}

const (
	maxDigestPeople = 20
	// maxDigestBytes bounds what the settings' one row holds for digests.
	maxDigestBytes = 2000
)

// digestRoles are the roles that have tasks.
var digestRoles = []string{string(takedown.Specialist), string(takedown.LegalAdviser), string(takedown.Coordinator), string(takedown.Liaison)}

func (b *bad) digests(in SettingsInput) {
	d := in.Digest
	if d == nil {
		return
	}
	b.hour("/digest/hour", d.Hour)
	if at, ok := minutes(d.Hour); ok && in.QuietHours != nil && quietAt(in.QuietHours, at) {
		b.add("/digest/hour", "lies in the quiet hours")
	}
	if stored, err := json.Marshal(d); len(d.People) > maxDigestPeople || err != nil || len(stored) > maxDigestBytes {
		b.add("/digest/people", "at most %d people, and %d bytes in all", maxDigestPeople, maxDigestBytes)
	}
	seen := map[string]bool{}
	for n, p := range d.People {
		at := fmt.Sprintf("/digest/people/%d", n)
		b.line(at+"/person", p.Person, 200)
		if p.Person == "" || seen[p.Person] {
			b.add(at+"/person", "is needed, once")
		}
		seen[p.Person] = true
		found := len(b.fields)
		b.mailbox(at+"/address", p.Address)
		if len(b.fields) == found && !ownMailbox(p.Address, in.Mail.From, in.Organisation.Mailbox) {
			b.add(at+"/address", "is not at the organisation's own domain, that of mail.from or organisation.mailbox")
		}
		if len(p.Roles) == 0 {
			b.add(at+"/roles", "name at least one role")
		}
		b.distinct(at+"/roles", p.Roles, len(digestRoles))
		for r, role := range p.Roles {
			b.oneOf(fmt.Sprintf("%s/roles/%d", at, r), role, digestRoles)
		}
	}
}

// quietAt says whether a minute of the day lies in the quiet hours.
func quietAt(q *QuietHours, at int) bool {
	day := time.Date(2027, time.March, 1, at/60, at%60, 0, 0, calendar.Amsterdam) // one that has every hour
	return !quietUntil(&takedown.Settings{QuietFrom: q.From, QuietUntil: q.Until}, day).IsZero()
}

// ownMailbox says whether an address is at the domain of one of the
// organisation's own: that very domain, none below it.
func ownMailbox(address string, own ...string) bool {
	_, domain, ok := strings.Cut(address, "@")
	for _, o := range own {
		if _, its, is := strings.Cut(o, "@"); ok && is && strings.EqualFold(domain, its) {
			return true
		}
	}
	return false
}

func (d *DigestSettings) stored() takedown.Digests {
	var out takedown.Digests
	if d == nil {
		return out
	}
	out.Hour = d.Hour
	for _, p := range d.People {
		one := takedown.DigestPerson{Person: p.Person, Address: p.Address}
		for _, r := range p.Roles {
			one.Roles = append(one.Roles, takedown.Role(r))
		}
		out.People = append(out.People, one)
	}
	return out
}

func viewDigests(d takedown.Digests) *DigestSettings {
	if d.Hour == "" {
		return nil
	}
	out := &DigestSettings{Hour: d.Hour, People: []DigestReader{}}
	for _, p := range d.People {
		one := DigestReader{Person: p.Person, Address: p.Address}
		for _, r := range p.Roles {
			one.Roles = append(one.Roles, string(r))
		}
		out.People = append(out.People, one)
	}
	return out
}
