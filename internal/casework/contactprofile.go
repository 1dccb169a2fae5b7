package casework

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// maxProfile bounds a profile's JSON: with what was observed, its row stays
// under 4 KB. It is a row of its own because plans do not read it, but for
// the point for authorities that an order request lacks otherwise.
const maxProfile = 3000

// maxObserved is how many times of a leg are kept: enough for a median that is
// no accident, few enough for the row.
const maxObserved = 20

// beside is the id of a row of another kind beside a contact's.
func beside(kind RecordKind, contact string) string {
	return string(kind) + strings.TrimPrefix(contact, string(KindContact))
}

func profileID(contact string) string { return beside(KindProfile, contact) }

// putProfile writes a contact's profile, if it has or had one. It belongs to the
// contact's version: who changes it changes the contact.
func (t *tx) putProfile(c *takedown.Contact, in *takedown.Profile) (*takedown.ContactProfile, error) {
	row, err := find[takedown.ContactProfile](t, profileID(c.ID))
	if err != nil || (row == nil && in == nil) {
		return row, err
	}
	if row == nil {
		row = &takedown.ContactProfile{Meta: takedown.Meta{ID: profileID(c.ID)}}
	}
	next := profileOf(in)
	if reflect.DeepEqual(row.Profile, next) {
		return row, nil
	}
	row.Profile = next
	return row, t.put(row)
}

// article11 is the point for authorities that a contact's profile names (art. 11
// DSA), for one whose channels name none.
func (t *tx) article11(c *takedown.Contact) (string, error) {
	row, err := find[takedown.ContactProfile](t, profileID(c.ID))
	if err != nil || row == nil || row.Profile.Article11 == nil {
		return "", err
	}
	return row.Profile.Article11.Address, nil
}

// profileOf is a profile as it is stored.
func profileOf(in *takedown.Profile) takedown.Profile {
	if in == nil {
		return takedown.Profile{}
	}
	out := *in
	out.Facts = slices.Clone(in.Facts)
	for n := range out.Facts {
		out.Facts[n].VerifiedAt = second(out.Facts[n].VerifiedAt)
	}
	if in.Standing != nil {
		standing := *in.Standing
		standing.Since = second(standing.Since)
		out.Standing = &standing
	}
	return out
}

// LegView is how long a contact took for one leg, over the newest cases.
type LegView struct {
	Count       int   `json:"count"`
	MedianHours int64 `json:"medianHours" doc:"Rounded down."`
}

// ObservedView is how long a contact took, of notices and complaints of ours on
// which it decided; a leg that was never seen is left out.
type ObservedView struct {
	Acknowledged *LegView `json:"sentToAcknowledged,omitempty"`
	Considered   *LegView `json:"acknowledgedToDecided,omitempty"`
	Decided      *LegView `json:"sentToDecided,omitempty"`
}

func viewLeg(minutes []int64) *LegView {
	if len(minutes) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(minutes))
	return &LegView{len(sorted), sorted[len(sorted)/2] / 60}
}

// add shows a profile with its contact.
func (v *ContactView) add(row *takedown.ContactProfile) {
	if row == nil {
		return
	}
	if p := row.Profile; !reflect.DeepEqual(p, takedown.Profile{}) {
		v.Profile = &p
	}
	o := ObservedView{viewLeg(row.Observed.Acknowledged), viewLeg(row.Observed.Considered), viewLeg(row.Observed.Decided)}
	if o != (ObservedView{}) {
		v.Observed = &o
	}
}

// observe adds how long an addressee took with one notice.
func (t *tx) observe(c *takedown.Contact, m decidedMessage) error {
	if m.SentAt.IsZero() || m.DecidedAt.Before(m.SentAt) {
		return nil // it does not stand when the notice left
	}
	row, err := find[takedown.ContactProfile](t, profileID(c.ID))
	if err != nil {
		return err
	}
	if row == nil {
		row = &takedown.ContactProfile{Meta: takedown.Meta{ID: profileID(c.ID)}}
	}
	o := &row.Observed
	leg(&o.Decided, m.SentAt, m.DecidedAt)
	if !m.AcknowledgedAt.IsZero() && !m.AcknowledgedAt.Before(m.SentAt) && !m.DecidedAt.Before(m.AcknowledgedAt) {
		leg(&o.Acknowledged, m.SentAt, m.AcknowledgedAt)
		leg(&o.Considered, m.AcknowledgedAt, m.DecidedAt)
	}
	return t.put(row)
}

func leg(kept *[]int64, from, to time.Time) {
	*kept = append(*kept, int64(to.Sub(from)/time.Minute))
	*kept = (*kept)[max(0, len(*kept)-maxObserved):]
}

// legsOf fills in when the notice left on which an addressee decided, and when
// it was first acknowledged.
func (t *tx) legsOf(m *decidedMessage, r *takedown.Reply) error {
	if r.Document == "" {
		return nil
	}
	d, err := load[takedown.Document](t, r.Document)
	if err != nil || d.LastDispatch == "" {
		return err
	}
	n, err := load[takedown.Dispatch](t, d.LastDispatch)
	if err != nil {
		return err
	}
	m.SentAt, m.DecidedAt = n.At, r.ReceivedAt
	replies, err := all[takedown.Reply](t)
	for _, other := range replies {
		if other.Document != d.ID || other.Kind != "acknowledgement" || other.Status != takedown.ReplyClassified {
			continue
		}
		if m.AcknowledgedAt.IsZero() || other.ReceivedAt.Before(m.AcknowledgedAt) {
			m.AcknowledgedAt = other.ReceivedAt
		}
	}
	return err
}

// profile finds every bad field of a contact's profile.
func (b *bad) profile(in ContactInput, now time.Time) {
	p := in.Profile
	if p == nil {
		return
	}
	for _, f := range []struct {
		name, value string
		limit       int
	}{
		{"establishment", p.Establishment, 200},
		{"coordinator", p.Coordinator, 120},
		{"orderFormat", p.OrderFormat, 200},
		{"areYouThePerson", p.AreYouThePerson, 300},
	} {
		b.line("/profile/"+f.name, f.value, f.limit)
	}
	b.contactPoint("/profile/article11", p.Article11)
	b.contactPoint("/profile/article12", p.Article12)
	b.contactPoint("/profile/article13", p.Article13)
	b.languages("/profile/orderLanguages", p.OrderLanguages)
	b.maybe("/profile/indemnity", p.Indemnity, "asks", "may_ask", "never_asks")
	b.maybe("/profile/tellsUploader", p.TellsUploader, "yes", "no")
	b.maybe("/profile/recipientSeesText", p.RecipientSees, "yes", "no")
	b.maybe("/profile/needsAccount", p.NeedsAccount, "yes", "no")
	b.maybe("/profile/needsIdDocument", p.NeedsIdentity, "yes", "no")
	b.maybe("/profile/replyChannel", p.ReplyChannel, "mail", "in_app", "mail_or_in_app")
	if p.AppealDays < 0 || p.AppealDays > 366 {
		b.add("/profile/appealDays", "1 to 366; left out, it is the law's")
	}
	b.profileOfKind(in)
	b.facts(p.Facts, now)
	if body, err := json.Marshal(p); err == nil && len(body) > maxProfile {
		b.add("/profile", "is too large: at most %d bytes", maxProfile)
	}
}

// profileOfKind holds what only one kind of contact has.
func (b *bad) profileOfKind(in ContactInput) {
	p := in.Profile
	if len(p.DisputeBodies) > 5 {
		b.add("/profile/disputeBodies", "at most 5")
	}
	for n, id := range p.DisputeBodies {
		if !contactID().MatchString(id) {
			b.add(fmt.Sprintf("/profile/disputeBodies/%d", n), "is no contact's id")
		}
	}
	if v := p.VPT; v != nil {
		if in.Kind != "police_unit" {
			b.add("/profile/vpt", "is a police unit's")
		}
		b.needed("/profile/vpt/function", v.Function, 120)
		b.mailbox("/profile/vpt/mailbox", v.Mailbox)
		b.line("/profile/vpt/phone", v.Phone, 40)
	}
	if s := p.Standing; s != nil {
		if in.Kind != "trusted_flagger" && in.Kind != "police_unit" {
			b.add("/profile/informalStanding", "is a trusted flagger's or a police unit's")
		}
		b.needed("/profile/informalStanding/with", s.With, 200)
		b.line("/profile/informalStanding/area", s.Area, 200)
		b.needed("/profile/informalStanding/source", s.Source, 300)
	}
}

func (b *bad) contactPoint(pointer string, in *takedown.ContactPoint) {
	if in == nil {
		return
	}
	b.needed(pointer+"/address", in.Address, 300)
	b.languages(pointer+"/languages", in.Languages)
}

func (b *bad) facts(in []takedown.Fact, now time.Time) {
	if len(in) > 20 {
		b.add("/profile/facts", "at most 20")
	}
	for n, f := range in {
		at := fmt.Sprintf("/profile/facts/%d", n)
		b.needed(at+"/field", f.Field, 60)
		b.needed(at+"/source", f.Source, 300)
		b.line(at+"/text", f.Text, 400)
		b.line(at+"/read", f.Read, 40)
		b.oneOf(at+"/flag", f.Flag, []string{"V", "S", "O"})
		b.notFuture(at+"/verifiedAt", f.VerifiedAt, now)
	}
}

// needed is a line that must say something.
func (b *bad) needed(pointer, value string, limit int) {
	if strings.TrimSpace(value) == "" {
		b.add(pointer, "is needed")
		return
	}
	b.line(pointer, value, limit)
}

func (b *bad) languages(pointer string, in []string) {
	if len(in) > 5 {
		b.add(pointer, "at most 5 languages")
	}
	for n, l := range in {
		if !twoLetters.MatchString(l) {
			b.add(fmt.Sprintf("%s/%d", pointer, n), "must be a two-letter code")
		}
	}
}
