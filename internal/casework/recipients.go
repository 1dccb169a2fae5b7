package casework

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// known says whether a document may go to an address: one that the register has
// of the track's contact, or our own mailbox.
func (t *tx) known(tr *takedown.Track, r Recipient) (bool, error) {
	contact, err := t.contact(tr.Contact)
	if err != nil {
		return false, err
	}
	set, err := t.settings()
	if err != nil {
		return false, err
	}
	ours := []string{set.Organisation.Mailbox, set.MailFrom}
	if contact.Form != nil {
		ours = append(ours, contact.Form.URL)
	}
	for _, ch := range contact.Channels {
		ours = append(ours, ch.Address)
	}
	return slices.ContainsFunc(ours, func(a string) bool { return strings.EqualFold(a, r.Address) }), nil
}

// held are findings for what a text no longer says although it must, for what a
// form does not hold, and for whom it goes to.
func (t *tx) held(tr *takedown.Track, d *takedown.Document, c content) ([]Finding, error) {
	var out []Finding
	for _, f := range append(notice.FormLimits(c.Form), notice.Lost(c.Required, notice.Draft{Text: c.Text, Form: c.Form})...) {
		out = append(out, said(f))
	}
	strangers, err := t.strangers(tr, d, c)
	return append(out, strangers...), err
}

// strangers are findings for the recipients that are neither the track's contact
// nor ourselves. A draft without a channel has no address yet.
func (t *tx) strangers(tr *takedown.Track, d *takedown.Document, c content) ([]Finding, error) {
	var out []Finding
	for n, r := range c.Recipients {
		if ownForm(d) || r.Address == "" {
			continue
		}
		known, err := t.known(tr, r)
		if err != nil {
			return nil, err
		}
		if known {
			continue
		}
		out = append(out, Finding{
			Code: "recipient", Field: "recipients", Place: fmt.Sprintf("recipient/%d", n+1), Blocking: true,
			Message: fmt.Sprintf("recipient %d is no address of this track's contact, nor ours", n+1),
			Why:     "what is written for one addressee is nobody else's to read", Where: "contact register: PUT /v1/contacts/{contact}; or document: PUT /v1/documents/{doc}",
			NL: &FindingWords{
				fmt.Sprintf("ontvanger %d is geen adres van het contact van deze route, en niet van onszelf", n+1),
				"wat voor één geadresseerde is geschreven, is voor niemand anders", "contactregister: PUT /v1/contacts/{contact}; of document: PUT /v1/documents/{doc}",
			},
		})
	}
	return out, nil
}

// refuseStrangers refuses a recipient who is not the track's contact for what
// names the person, or encloses who they are: T6, T13 and the files of a letter
// (design §9).
func (t *tx) refuseStrangers(tr *takedown.Track, d *takedown.Document, c content, to []Recipient) error {
	if d.Instrument != notice.T6 && d.Instrument != notice.T13 && len(c.Files) == 0 {
		return nil
	}
	var b bad
	for n, r := range to {
		known, err := t.known(tr, r)
		if err != nil {
			return err
		}
		if !known {
			b.add(fmt.Sprintf("/recipients/%d/address", n), "is none of this track's contact: this document says who the person is, and goes to nobody else")
		}
	}
	return refuseAll(b.fields)
}
