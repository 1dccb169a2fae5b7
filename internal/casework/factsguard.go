package casework

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// sensitive are the sealed values of people, for the guard.
func (t *tx) sensitive(people []string) ([]notice.Sensitive, error) {
	var out []notice.Sensitive
	for _, id := range people {
		person, err := find[takedown.Person](t, id)
		if err != nil {
			return nil, err
		}
		if person == nil {
			continue
		}
		var secret personSecrets
		if err := t.open(person, "secrets", person.Secrets, &secret); err != nil {
			return nil, err
		}
		out = append(out, sensitiveOf(secret.Private)...)
		if person.Identifying && person.Function != "" {
			out = append(out, notice.Sensitive{Field: "function", Values: []string{person.Function}})
		}
	}
	return out, nil
}

func sensitiveOf(v takedown.Private) []notice.Sensitive {
	var out []notice.Sensitive
	add := func(field string, values ...string) {
		values = slices.DeleteFunc(values, func(s string) bool { return strings.TrimSpace(s) == "" })
		if len(values) > 0 {
			out = append(out, notice.Sensitive{Field: field, Values: values})
		}
	}
	add("name", v.Name)
	add("aliases", v.Aliases...)
	add("addresses", v.Addresses...)
	add("phones", v.Phones...)
	add("emails", v.Emails...)
	add("familyNames", v.FamilyNames...)
	add("numberPlates", v.NumberPlates...)
	add("schools", v.Schools...)
	add("workplaces", v.Workplaces...)
	return out
}

// guardFindings compares everything that leaves with the sealed data, reads it for
// what is never written, and holds it against what the draft had to say and whom
// the track is with. All of it blocks.
func (t *tx) guardFindings(tr *takedown.Track, d *takedown.Document, c content) ([]Finding, error) {
	c = c.refanged()
	guard, err := t.guard(tr, d)
	if err != nil {
		return nil, err
	}
	draft := notice.Draft{Subject: c.Subject, Text: c.Text, Form: c.Form, Annexes: c.Annexes}
	hits := guard.CheckDraft(draft)
	for n, r := range c.Recipients {
		hits = append(hits, guard.Check(fmt.Sprintf("recipient/%d", n+1), r.Name+"\n"+r.Address)...)
	}
	for n, f := range c.Files {
		hits = append(hits, guard.Check(fmt.Sprintf("file/%d", n+1), f.Name)...)
	}
	inFiles, out, err := t.guardFiles(guard, d, c)
	if err != nil {
		return nil, err
	}
	for _, h := range append(hits, inFiles...) {
		out = append(out, sealedFound(h))
	}
	held, err := t.held(tr, d, c)
	if err != nil {
		return nil, err
	}
	out = append(out, held...)
	cs, err := load[takedown.Case](t, string(t.base.Stream))
	if err != nil {
		return nil, err
	}
	said, err := t.lintFindings(tr, d, cs, c)
	return append(out, said...), err
}

func sealedFound(h notice.Hit) Finding {
	return Finding{
		Code: "guard", Field: "text", Place: fmt.Sprintf("%s, line %d", h.Place, h.Line), Blocking: true,
		Message: fmt.Sprintf("a sealed value (%s) stands in %s, line %d", h.Field, h.Place, h.Line),
		NL:      &FindingWords{Message: fmt.Sprintf("een verzegeld gegeven (%s) staat in %s, regel %d", h.Field, h.Place, h.Line)},
	}
}

// guard knows the sealed values of everybody in the case.
func (t *tx) guard(tr *takedown.Track, d *takedown.Document) (*notice.Guard, error) {
	people, err := all[takedown.Person](t)
	if err != nil {
		return nil, err
	}
	named, err := t.named(tr, d)
	if err != nil {
		return nil, err
	}
	var sealed []notice.Sensitive
	for _, person := range people {
		theirs, err := t.sensitive([]string{person.ID})
		if err != nil {
			return nil, err
		}
		for n := range theirs {
			if named != nil && !slices.Contains(named, person.ID) && slices.Contains([]string{"name", "aliases"}, theirs[n].Field) {
				theirs[n].Field = notice.OtherNames
			}
		}
		sealed = append(sealed, theirs...)
	}
	c, err := load[takedown.Case](t, string(t.base.Stream))
	if err != nil {
		return nil, err
	}
	var secrets caseSecrets
	if err := t.open(c, "secrets", c.Secrets, &secrets); err != nil {
		return nil, err
	}
	sealed = append(sealed, notice.Sensitive{Field: "summary", Values: []string{secrets.Summary}}, notice.Sensitive{Field: "trigger", Values: []string{secrets.Trigger}})
	if v := secrets.ReporterContact; v != "" {
		sealed = append(sealed, notice.Sensitive{Field: "reporter", Values: []string{v}})
	}
	if staff := t.staff(c, d); len(staff) > 0 {
		sealed = append(sealed, notice.Sensitive{Field: "staff", Values: staff})
	}
	domiciles, err := t.sealedDomiciles(c)
	if err != nil {
		return nil, err
	}
	sealed = append(sealed, domiciles...)
	for _, s := range secrets.Suspects {
		sealed = append(sealed, notice.Sensitive{Field: "suspects", Values: []string{s.KnownIdentity}})
	}
	allowed, err := t.allowed(tr, d)
	allowed.Mandate = len(named) > 0
	for _, s := range secrets.Suspects {
		allowed.Numbers = append(allowed.Numbers, s.AccountIDs...)
	}
	return notice.NewGuard(sealed, allowed), err
}

// named are the affected persons whom a document may name where its instrument
// names anybody: whose request it is, on their own mandate for it, or, to the
// police, those whom the track is about. nil for an instrument that names nobody.
func (t *tx) named(tr *takedown.Track, d *takedown.Document) ([]string, error) {
	onMandate := d.Instrument == notice.T6 || d.Instrument == notice.T13
	toPolice := d.Instrument == notice.T7 || d.Instrument == notice.T8b || d.Instrument == notice.T12
	if !onMandate && !toPolice {
		return nil, nil
	}
	p, err := t.newPlanner(tr)
	if err != nil {
		return nil, err
	}
	out := []string{}
	if onMandate {
		person, _, err := p.subject()
		if person != nil {
			out = append(out, person.ID)
		}
		return out, err
	}
	people, err := p.helped()
	for _, person := range people {
		out = append(out, person.ID)
	}
	return out, err
}

// staff are the people whose names stand in no outgoing text: who works on the
// case, and who edited and decided on the document.
func (t *tx) staff(c *takedown.Case, d *takedown.Document) []string {
	names := append([]string{c.Coordinator, c.Deputy}, c.Assignees...)
	names = append(names, d.Editors...)
	for _, a := range []*takedown.Approval{d.Approval, d.Rejection} {
		if a != nil {
			names = append(names, a.By)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return len(n) < 4 })
}

// allowed is what may stand in a text although it equals a sealed value.
func (t *tx) allowed(tr *takedown.Track, d *takedown.Document) (notice.Allowed, error) {
	out := notice.Allowed{Instrument: d.Instrument}
	set, err := t.settings()
	if err != nil {
		return out, err
	}
	o := set.Organisation
	out.Organisation = []string{o.Name, o.Unit, o.Mailbox, o.Phone, o.DutyPhone, o.PostalAddress, o.SignatoryFunction, set.MailFrom}
	if tr.Contact == "" { // a form of our own
		return out, nil
	}
	contact, err := t.contact(tr.Contact)
	if err != nil {
		return out, err
	}
	out.Addressee = []string{contact.LegalName, contact.DisplayName}
	for _, ch := range contact.Channels {
		out.Addressee = append(out.Addressee, ch.Address)
	}
	places, err := t.placesOf(tr)
	if err != nil {
		return out, err
	}
	for _, place := range places {
		out.Locations = append(out.Locations, idsOf(place.URL, place.ProfileURL)...)
		out.Numbers = append(out.Numbers, idsOf(place.PostID, place.AccountID)...)
	}
	replies, err := all[takedown.Reply](t)
	for _, r := range replies {
		if r.Kind != kindNotTheirs {
			out.Numbers = append(out.Numbers, idsOf(r.Ticket)...)
		}
	}
	if err != nil {
		return out, err
	}
	sent, err := all[takedown.Dispatch](t)
	for _, n := range sent {
		out.Numbers = append(out.Numbers, idsOf(n.Ticket)...)
	}
	return out, err
}
