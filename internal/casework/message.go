package casework

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// message turns an approved document into the mail that carries it to some of
// those that were approved.
func (t *tx) message(d *takedown.Document, n *takedown.Dispatch, set *takedown.Settings, c content, recipients []Recipient) (Message, error) {
	m := Message{
		ID:      fmt.Sprintf("%s.%d@%s", d.ID, n.No, mailDomain(set)),
		From:    Address{Name: set.Organisation.Name, Email: set.MailFrom},
		Subject: c.Subject, Text: c.Text, HTML: string(notice.HTML(notice.Draft{Language: d.Language, Subject: c.Subject, Text: c.Text})),
		Reference: d.Reference, Dispatch: n.ID, Date: t.now,
	}
	m.signAs(set)
	m.ReplyTo = Address{Name: set.Organisation.Name, Email: set.Organisation.Mailbox}
	if set.ReplyDomain != "" {
		addresses, err := t.s.replyAddresses(set.ReplyDomain)
		if err != nil {
			return m, err
		}
		if m.ReplyTo.Email, err = addresses.Sign(addressName(n)); err != nil {
			return m, err
		}
	}
	for _, r := range recipients {
		to := Address{Name: r.Name, Email: r.Address}
		if r.Kind == "cc" {
			m.Cc = append(m.Cc, to)
			continue
		}
		m.To = append(m.To, to)
	}
	if set.RedirectTo != "" {
		m.To, m.Cc = []Address{{Email: set.RedirectTo}}, nil
	}
	for _, a := range c.Annexes {
		if a.Sealed {
			return m, state("a sealed annex never travels by mail")
		}
		m.Attachments = append(m.Attachments, MailAttachment{Name: a.Name, MediaType: a.MediaType, Content: []byte(a.Text)})
	}
	return m, t.attachFiles(&m, d, c)
}

// attachFiles adds what a letter carries beside its texts: the letter on paper,
// where the addressee wants that, and the mandate. Evidence of an item never
// travels by mail (design §9).
func (t *tx) attachFiles(m *Message, d *takedown.Document, c content) error {
	paper, err := t.paper(d, c)
	if err != nil {
		return err
	}
	if paper != nil {
		m.Attachments = append([]MailAttachment{*paper}, m.Attachments...)
	}
	for _, f := range c.Files {
		e, err := t.evidenceOf(f.Evidence)
		if err != nil {
			return err
		}
		if f.Sealed || e.Purpose != purposeMandate || e.SHA256 != f.SHA256 {
			return state("evidence never travels by mail")
		}
		if err := t.mayStore(e.Items); err != nil {
			return err
		}
		plain, err := t.openEvidence(e)
		if err != nil {
			return err
		}
		m.Attachments = append(m.Attachments, MailAttachment{Name: f.Name, MediaType: f.MediaType, Content: plain})
	}
	return nil
}

// paper is the letter as a PDF, for an addressee that wants one; else nil. It is
// made of the approved text alone, the same bytes each time.
func (t *tx) paper(d *takedown.Document, c content) (*MailAttachment, error) {
	if d.Channel != "mail" {
		return nil, nil
	}
	tr, err := load[takedown.Track](t, d.Track)
	if err != nil {
		return nil, err
	}
	contact, err := t.contact(tr.Contact)
	if err != nil || !contact.AttachPDF {
		return nil, err
	}
	r, err := t.render(d, c, "pdf")
	return &MailAttachment{Name: d.Reference + ".pdf", MediaType: r.MediaType, Content: r.Body}, err
}

func mailDomain(set *takedown.Settings) string {
	if _, domain, ok := strings.Cut(set.MailFrom, "@"); ok {
		return domain
	}
	return "takedown.invalid"
}

// ticketValue is the lookup value of an addressee's ticket.
func (s *Service) ticketValue(contact, ticket string) string {
	return hex.EncodeToString(s.Keys.MAC("ticket", []byte(contact+"\x00"+ticket)))
}
