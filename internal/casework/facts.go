package casework

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// factsFor fills in what an instrument may say, from the store. What is not
// asked for here cannot reach a text: the incident's summary and its trigger
// are never opened for it.
func (p *planner) factsFor(instrument string, d *takedown.Document) (notice.Facts, error) {
	set, employer := p.settings, p.t.employer(p.settings)
	f := headFacts(set, employer, d)
	f.Urgent, f.Role, f.Criticism, f.Preservation = p.c.Flags.Urgent(), employer.Role, p.c.Complaint, true
	if instrument == notice.T2 {
		f.Flagger = flagger(set, d)
	}
	f.Addressee = p.addressee(p.contact, d.Channel)
	var err error
	if f.Addressee.Address, err = p.writtenTo(d, instrument); err != nil {
		return f, err
	}
	if p.actDate, err = p.t.actDate(p.c); err != nil {
		return f, err
	}
	if f.Misidentified, err = p.mayCorrect(); err != nil {
		return f, err
	}
	items := func(f *notice.Facts) error { return p.factItems(f, instrument) }
	for _, step := range []func(*notice.Facts) error{p.factPeople, items, p.factPolice, func(f *notice.Facts) error { return p.factAttempts(f, instrument) }, p.factEarlier, p.factDecision} {
		if err := step(&f); err != nil {
			return f, err
		}
	}
	if instrument == notice.T7 || instrument == notice.T12 {
		if err := p.factDossier(&f); err != nil {
			return f, err
		}
	}
	if err := p.factRoute(&f, instrument); err != nil {
		return f, err
	}
	if err := p.factDates(&f, instrument, d); err != nil {
		return f, err
	}
	f.AnswerPage = p.answerPage(d)
	return f, p.maskPlaces(&f, d)
}

// headFacts are what every text begins with (domain.md §8, block A).
func headFacts(set *takedown.Settings, employer law.Employer, d *takedown.Document) notice.Facts {
	o := set.Organisation
	return notice.Facts{
		Language: d.Language, Reference: d.Reference, DraftedAt: d.DraftedAt,
		Organisation: notice.Organisation{
			Name: o.Name, PublicBody: employer.PublicBody, PublicTask: employer.PublicTask, Unit: o.Unit, Mailbox: o.Mailbox, Phone: o.Phone, PostalAddress: o.PostalAddress,
			SignatoryFunction: o.SignatoryFunction, Language: o.Language,
		},
	}
}

// maskPlaces keeps host and account names out of running text that carry a
// sealed value: the exact URL stands in annex 1 alone.
func (p *planner) maskPlaces(f *notice.Facts, d *takedown.Document) error {
	guard, err := p.t.guard(p.track, d)
	if err != nil {
		return err
	}
	hit := func(s string) bool { return s != "" && len(guard.Check("text", s)) > 0 }
	for n := range f.Items {
		i := &f.Items[n]
		if u, err := url.Parse(i.URL); err == nil {
			i.Masked = hit(u.Hostname())
		}
		if hit(i.Handle) || hit(i.AccountID) {
			i.Handle, i.AccountID, i.HandleMasked = "", "", true
		}
		if hit(i.PostID) {
			i.PostID = ""
		}
	}
	return nil
}

// employer is what depends on the kind of the organisation (law.Employer); of a
// kind that the law data do not hold, nothing is assumed.
func (t *tx) employer(set *takedown.Settings) law.Employer {
	e, err := t.s.Law.Employer(set.Organisation.Kind, t.now)
	if err != nil {
		return law.Employer{}
	}
	return e
}

func (p *planner) addressee(c *takedown.Contact, channel string) notice.Addressee {
	a := notice.Addressee{
		LegalName: c.LegalName, DisplayName: c.DisplayName, Kind: c.Kind, ServiceKind: c.ServiceKind,
		Articles: p.t.s.Law.DSAArticles(c.ServiceKind, c.MicroOrSmall, c.VLOP, p.t.now),
		Country:  c.Country, Languages: c.Languages, FollowsNTDCode: c.FollowsNTDCode, PublishesNotices: c.PublishesNotices,
		Source: c.Source, VerifiedAt: c.LastVerified, Address: channelAddress(c, channel),
	}
	if c.OwnTerm > 0 {
		a.OwnTerm = fmt.Sprintf("%d %s", c.OwnTerm, c.OwnTermUnit)
	}
	for _, ch := range c.Channels {
		if ch.Purpose == "order" { // art. 11 DSA: the point for authorities, never just any address
			a.ContactPoint = ch.Address
		}
	}
	if c.Form != nil && channel == "form" {
		for _, field := range c.Form.Fields {
			a.Form = append(a.Form, notice.FormField(field))
		}
	}
	return a
}

// channelAddress is where a contact is reached through a channel.
func channelAddress(c *takedown.Contact, channel string) string {
	for _, ch := range c.Channels {
		if ch.Kind == channel {
			return ch.Address
		}
	}
	if channel == "form" && c.Form != nil {
		return c.Form.URL
	}
	return ""
}

// factPeople says what the affected persons are to the organisation, never who.
func (p *planner) factPeople(f *notice.Facts) error {
	people, err := p.helped()
	if err != nil {
		return err
	}
	inCapacity, err := p.inCapacity()
	if err != nil {
		return err
	}
	for n, person := range people {
		f.Persons = append(f.Persons, notice.Person{
			Mark: personMark(n), Relation: person.Relation, Function: person.Function,
			FunctionIdentifies: person.Identifying, Capacity: person.Capacity, InCapacity: inCapacity,
			CapacityTerm: p.capacityTerm(person, f.Language),
		})
	}
	return nil
}

func (p *planner) inCapacity() (bool, error) {
	assessments, err := p.assessments()
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(assessments, func(a *takedown.Assessment) bool { return a.InCapacity }), nil
}

// assessments are those of the track's items.
func (p *planner) assessments() ([]*takedown.Assessment, error) {
	list, err := all[takedown.Assessment](p.t)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(a *takedown.Assessment) bool { return !slices.Contains(p.track.Items, a.Item) }), nil
}

// capacityTerm is the statute's own word for a capacity; empty for everybody
// whom no list names on the day of an act that was done to them, so that lid 2 is
// never claimed for them.
func (p *planner) capacityTerm(person *takedown.Person, language string) string {
	if person.Capacity == "" || person.Capacity == law.NoneOfLid2 {
		return ""
	}
	for _, it := range p.items {
		if len(it.People) > 0 && !slices.Contains(it.People, person.ID) {
			continue
		}
		if term := p.termOn(p.lawDateOf(it), person.Capacity, language); term != "" {
			return term
		}
	}
	return ""
}

// termOn is the word for a capacity in the list of art. 285d Sr of a day.
func (p *planner) termOn(on time.Time, code, language string) string {
	o, err := p.t.s.Law.Offence("285d", on)
	if err != nil {
		return ""
	}
	group, err := p.t.s.Law.CapacityGroup(o.CapacityGroup, on)
	if err != nil || !group.Verified() {
		return ""
	}
	for _, m := range group.Members {
		if m.Code == code {
			return in(language, m.Text)
		}
	}
	return ""
}

// factPolice says what may be said of the police: nothing, unless they said so.
func (p *planner) factPolice(f *notice.Facts) error {
	a, err := p.t.alignment()
	if err != nil || a == nil {
		return err
	}
	f.MayMentionPolice = a.MayMention
	if a.MayMention {
		if err := p.factReports(f); err != nil {
			return err
		}
	}
	if a.Preservation != "not_asked" {
		f.Preservation126ni = a.Preservation
	}
	return nil
}

// factDates sets what a text says of days: when we look again, when an answer
// is asked for. Ours is policy, the addressee's own term is theirs.
func (p *planner) factDates(f *notice.Facts, instrument string, d *takedown.Document) error {
	cur := p.track.Current()
	if cur == nil || d.Channel == "police" {
		return nil
	}
	rung, ok := p.ladder.Rung(cur.Rung)
	if !ok {
		return nil
	}
	rule, err := p.rungClock(rung, d.SendBy)
	if err != nil || rule == "" {
		return err
	}
	in := p.countInput(rule, "mailed")
	in.Start = d.SendBy
	if in.Extra, err = p.t.extraDays(); err != nil {
		return err
	}
	r, err := p.t.s.Law.Count(rule, in)
	if err != nil {
		return err
	}
	deadline := notice.Deadline{On: r.Due, Nature: string(r.Nature)}
	if instrument == notice.T3 {
		f.NextStep = deadline
	}
	if r.Nature == law.SelfSet || r.Nature == law.Policy {
		f.AnswerBy = deadline
		if r.Term.Unit == law.Hours { // hours run from the sending, whenever that is: a date would be later than they end
			f.AnswerBy.On, f.AnswerHours = time.Time{}, r.Term.Length
		}
	}
	if f.Summons != nil {
		f.Summons.Until = deadline
	}
	return nil
}

// personMark is how every text and annex calls the affected person at a place
// in the list, from 0: A1, A2 …
func personMark(n int) string { return "A" + strconv.Itoa(n+1) }
