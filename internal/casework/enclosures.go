package casework

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// enclosure is one copy that a complaint carries: a text or a file that
// travels with it.
type enclosure struct {
	copy     notice.Copy
	text     string
	evidence *takedown.Evidence
}

// copyKinds say what a document is to whom a complaint goes to.
var copyKinds = map[string]string{
	notice.T1: "notice", notice.T2: "notice", notice.T3: "notice", notice.T4: "complaint", notice.T6: "request",
}

// copiesFor are the documents that each instrument encloses.
var copiesFor = map[string][]string{
	"regulator": {notice.T1, notice.T2, notice.T3, notice.T4}, routeDispute: {notice.T1, notice.T2, notice.T3, notice.T4}, "supervisor_ap": {notice.T6},
}

// maxEnclosed bounds the copies of one complaint. Our own choice.
const maxEnclosed = 12

// encloseAll gathers the copies that the track's instrument carries, from the
// case: what we sent to the provider, what it answered, and the mandate.
func (p *planner) encloseAll(mandate string) ([]notice.Copy, error) {
	sent, err := p.sentTowards()
	if err != nil {
		return nil, err
	}
	if p.track.Route == "supervisor_ap" && len(sent) > 1 {
		sent = sent[len(sent)-1:] // the request complained of, as annex 2
	}
	for _, d := range sent {
		if err := p.enclose(d); err != nil {
			return nil, err
		}
	}
	if mandate != "" {
		if err := p.encloseMandate(mandate); err != nil {
			return nil, err
		}
	}
	return p.copies(), nil
}

// sentTowards are the documents that reached the provider and that the track's
// instrument encloses, oldest first.
func (p *planner) sentTowards() ([]*takedown.Document, error) {
	tracks, err := p.towards()
	if err != nil {
		return nil, err
	}
	var out []*takedown.Document
	for _, tr := range tracks {
		for _, r := range tr.Rungs {
			if r.Document == "" || !slices.Contains(copiesFor[p.track.Route], r.Instrument) {
				continue
			}
			d, err := load[takedown.Document](p.t, r.Document)
			if err != nil {
				return nil, err
			}
			if d.Status == takedown.DocumentDelivered {
				out = append(out, d)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *takedown.Document) int { return a.DraftedAt.Compare(b.DraftedAt) })
	return out, nil
}

// enclose adds a document's text as it was sent, and the answers to it.
func (p *planner) enclose(d *takedown.Document) error {
	c, err := p.t.content(d)
	if err != nil {
		return err
	}
	parts := []string{c.Subject, c.Text}
	for _, a := range c.Annexes {
		if !a.Sealed {
			parts = append(parts, a.Text)
		}
	}
	p.encloseText(notice.Copy{Kind: copyKinds[d.Instrument], Reference: d.Reference}, strings.Join(parts, "\n\n"))
	replies, err := p.repliesTo(d)
	if err != nil {
		return err
	}
	for _, r := range replies {
		if err := p.encloseReply(d, r); err != nil {
			return err
		}
	}
	return nil
}

// encloseReply adds an answer, if its words were kept and hold nothing that is
// sealed; else whoever approves is told that it is not enclosed.
func (p *planner) encloseReply(d *takedown.Document, r *takedown.Reply) error {
	kind := "receipt"
	switch {
	case r.Kind == "decision" && d.Instrument == notice.T4:
		kind = "complaint_decision"
	case d.Instrument == notice.T6:
		kind = "answer"
	case r.Kind == "decision":
		kind = "decision"
	}
	text, err := p.t.openText(r, "text", r.Text)
	if err != nil {
		return err
	}
	clean, err := p.harmless(text)
	if err != nil {
		return err
	}
	if strings.TrimSpace(text) == "" || !clean {
		p.apart = append(p.apart, r.ID)
		return nil
	}
	p.encloseText(notice.Copy{Kind: kind, Reference: r.Ticket}, text)
	return nil
}

// harmless says that somebody else's text holds no sealed value, nothing that
// is never written, and no citation that the law data do not hold.
func (p *planner) harmless(text string) (bool, error) {
	draft := takedown.Document{Meta: takedown.Meta{Case: p.c.ID}, Instrument: notice.T5, Channel: "mail", DraftedAt: p.t.now}
	found, err := p.t.guardFindings(p.track, &draft, content{Text: text})
	return blockingIn(found) == 0, err
}

func (p *planner) encloseText(c notice.Copy, text string) {
	if len(p.enclosed) >= maxEnclosed {
		return
	}
	sum := sha256.Sum256([]byte(text))
	c.SHA256 = hex.EncodeToString(sum[:])
	p.enclosed = append(p.enclosed, enclosure{copy: c, text: text})
}

// encloseMandate adds the mandate's file. A file that was not uploaded as a
// mandate, or that is of a flagged item, is none: the text then lacks it, which
// stops the approval.
func (p *planner) encloseMandate(id string) error {
	e, err := find[takedown.Evidence](p.t, id)
	if err != nil || e == nil || e.Purpose != purposeMandate {
		return err
	}
	locked, err := p.t.locked(e)
	if err != nil || locked {
		return err
	}
	p.enclosed = append(p.enclosed, enclosure{copy: notice.Copy{Kind: "mandate", Reference: e.ID, SHA256: e.SHA256}, evidence: e})
	return nil
}

// copies are what was gathered, as the text lists it.
func (p *planner) copies() []notice.Copy {
	var out []notice.Copy
	for _, e := range p.enclosed {
		out = append(out, e.copy)
	}
	return out
}

// addEnclosures puts the copies into a document, numbered as its text lists
// them: annex 1 holds the locations.
func (p *planner) addEnclosures(c *content, d *takedown.Document) {
	for n, e := range p.enclosed {
		part := strconv.Itoa(n + 2)
		if e.evidence != nil {
			c.Files = append(c.Files, File{
				Name: d.Reference + "-" + part + extension(e.evidence.MediaType), MediaType: e.evidence.MediaType, SHA256: e.evidence.SHA256, Evidence: e.evidence.ID, size: e.evidence.Size,
			})
			c.Findings = append(c.Findings, carries(d.Channel, part, e.evidence.ID))
			continue
		}
		c.Annexes = append(c.Annexes, notice.Annex{Part: part, Name: d.Reference + "-" + part + ".txt", MediaType: "text/plain; charset=utf-8", Text: e.text})
	}
	for _, id := range p.apart {
		c.Findings = append(c.Findings, Finding{
			Code: "left_out", Field: "copies", Message: "the answer " + id + " is not enclosed: its words were not kept, or hold what is sealed or never written", Why: "§8: copies of the answers go along", Where: "reply " + id,
			NL: &FindingWords{
				"het antwoord " + id + " is niet bijgevoegd: de woorden zijn niet bewaard, of bevatten iets wat verzegeld is of nooit wordt geschreven",
				"§8: afschriften van de antwoorden gaan mee", "antwoord " + id,
			},
		})
	}
}

// carries tells the approver that a file goes along that no guard can read.
func carries(channel, part, evidence string) Finding {
	f := Finding{
		Code: "enclose", Field: "mandate", Message: "annex " + part + " is the mandate's file: the mail carries it; look at what it shows", Why: "the addressee must see the mandate", Where: "evidence " + evidence,
		NL: &FindingWords{"bijlage " + part + " is het bestand van de volmacht: de e-mail neemt het mee; kijk wat erop staat", "de geadresseerde moet de volmacht kunnen zien", "bewijs " + evidence},
	}
	if channel != "mail" {
		f.Message = "annex " + part + " is the mandate's file: enclose it where this is filed"
		f.NL.Message = "bijlage " + part + " is het bestand van de volmacht: voeg het bij waar dit wordt ingediend"
	}
	return f
}

// maxMailMiB is the largest mail that any addressee is sent: what the mailers
// compose at most (mail/compose).
const maxMailMiB = 18

// tooLarge is the finding that a mail would not fit into what its addressee
// takes; nil if it does. The PDF of a long list of places is of its order.
func (p *planner) tooLarge(d *takedown.Document, c content) *Finding {
	if d.Channel != "mail" {
		return nil
	}
	size := int64(len(c.Text)) * 3 // as text, as HTML, on paper
	for _, a := range c.Annexes {
		size += int64(len(a.Text))
	}
	for _, f := range c.Files {
		size += f.size
	}
	limit := p.contact.MaxMailMiB
	if limit == 0 {
		limit = maxMailMiB
	}
	if size <= int64(limit)<<20 {
		return nil
	}
	return &Finding{
		Code: "too_large", Field: "attachments", Blocking: true,
		Message: fmt.Sprintf("the mail would have about %d MiB: the addressee takes %d", size>>20+1, limit),
		Why:     "a mail that is too large is refused by its addressee's server", Where: "evidence of purpose mandate, smaller: POST /v1/cases/{case}/evidence; or PUT /v1/contacts/{contact}, maxMailMiB",
		NL: &FindingWords{
			fmt.Sprintf("de e-mail zou ongeveer %d MiB groot zijn: de geadresseerde neemt er %d aan", size>>20+1, limit),
			"een te grote e-mail wordt door de server van de geadresseerde geweigerd",
			"bewijs met doel mandate, kleiner: POST /v1/cases/{case}/evidence; of PUT /v1/contacts/{contact}, maxMailMiB",
		},
	}
}
