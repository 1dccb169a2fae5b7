package casework

import (
	"context"
	"strings"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// FilingSheet renders, as text, html or pdf, what a person copies into the web
// form of a document's addressee: of approved content alone, and of what was
// filed. Whoever reads it stands in the history. Roles: specialist, legal
// adviser.
func (s *Service) FilingSheet(ctx context.Context, who takedown.Principal, doc, as string) (Rendered, error) {
	var out Rendered
	if as != "text" && as != "html" && as != "pdf" {
		return out, refuse("/as", "must be text, html or pdf")
	}
	if err := need(who, takedown.Specialist, takedown.LegalAdviser); err != nil {
		return out, err
	}
	err := s.readDocument(ctx, who, doc, func(t *tx, d *takedown.Document) error {
		if d.Channel != "form" {
			return state("this document does not go by form")
		}
		tr, err := t.trackOf(d)
		if err != nil {
			return err
		}
		if d.Status != takedown.DocumentDelivered { // what was filed is on record, whatever changed since
			if err := t.approvedNow(tr, d); err != nil {
				return err
			}
			if err := t.mayHandOver(tr, d); err != nil {
				return err
			}
		}
		sheet, err := t.filingSheet(tr, d)
		if err != nil {
			return err
		}
		out, err = renderSheet(sheet, as)
		return err
	})
	return out, err
}

func (t *tx) filingSheet(tr *takedown.Track, d *takedown.Document) (notice.FilingSheet, error) {
	var out notice.FilingSheet
	c, err := t.content(d)
	if err != nil {
		return out, err
	}
	set, err := t.settings()
	if err != nil {
		return out, err
	}
	contact, err := t.contact(tr.Contact)
	if err != nil {
		return out, err
	}
	out = notice.FilingSheet{
		Language: set.Organisation.Language, Organisation: set.Organisation.Name, Mailbox: set.Organisation.Mailbox, Addressee: contact.LegalName,
		Document: d.ID, ContentHash: d.ContentHash, Reference: d.Reference, SendBy: d.SendBy, DraftedAt: d.DraftedAt,
		Mandated: d.Instrument == notice.T6 || d.Instrument == notice.T13, Fields: c.Form,
	}
	for _, r := range c.Recipients { // the approved address, not what the register says now
		if r.Kind == "form" {
			out.URL = r.Address
		}
	}
	if contact.Form != nil {
		out.Source = contact.Form.Source
	}
	if len(out.Fields) == 0 {
		out.Whole = c.refanged().Text
		if out.Locations, err = t.locationsIn(tr, out.Whole); err != nil {
			return out, err
		}
	}
	out.Known, err = t.formCustom(contact)
	return out, err
}

// locationsIn are the addresses of a track's items that an approved text names:
// one that was corrected since is not what was approved.
func (t *tx) locationsIn(tr *takedown.Track, text string) ([]string, error) {
	places, err := t.placesOf(tr)
	var out []string
	for _, place := range places {
		if place.URL != "" && strings.Contains(text, place.URL) {
			out = append(out, place.URL)
		}
	}
	return out, err
}

// personField is the profile's field about who may file a form.
const personField = "/profile/areYouThePerson"

// formCustom is what the register knows of how a contact's form asks who files,
// with where that was read.
func (t *tx) formCustom(c *takedown.Contact) (notice.FormCustom, error) {
	row, err := find[takedown.ContactProfile](t, profileID(c.ID))
	if err != nil || row == nil {
		return notice.FormCustom{}, err
	}
	p := row.Profile
	out := notice.FormCustom{Person: p.AreYouThePerson, Account: p.NeedsAccount, IdentityDoc: p.NeedsIdentity}
	for _, f := range p.Facts {
		if f.Field == personField {
			out.Source, out.Read, out.Flag = f.Source, f.Read, f.Flag
		}
	}
	return out, nil
}

func renderSheet(sheet notice.FilingSheet, as string) (Rendered, error) {
	switch as {
	case "html":
		b, err := sheet.HTML()
		return Rendered{"text/html; charset=utf-8", b}, err
	case "pdf":
		b, err := sheet.PDF()
		return Rendered{"application/pdf", b}, err
	}
	b, err := sheet.Text()
	return Rendered{"text/plain; charset=utf-8", b}, err
}
