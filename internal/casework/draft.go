package casework

import (
	"context"
	"encoding/hex"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// DraftDocument drafts the rung's instrument from its model. Handler of
// draft-document; idempotent: a rung has one live document.
func (s *Service) DraftDocument(ctx context.Context, in TrackInput) (TrackStep, error) {
	return s.draft(ctx, in, false)
}

// AssembleDossier drafts what goes to the police, with its sealed annexes and
// the manifest of the evidence. Handler of assemble-dossier; idempotent.
func (s *Service) AssembleDossier(ctx context.Context, in TrackInput) (TrackStep, error) {
	return s.draft(ctx, in, true)
}

func (s *Service) draft(ctx context.Context, in TrackInput, dossier bool) (TrackStep, error) {
	out := TrackStep{V: InputVersion, Track: in.Track, Generation: in.Generation}
	err := s.onTrack(ctx, in, func(t *tx, tr *takedown.Track) error {
		cur := tr.Current()
		if cur == nil || cur.Document != "" || cur.Instrument == "" {
			return nil
		}
		p, err := t.newPlanner(tr)
		if err != nil {
			return err
		}
		rung, ok := p.ladder.Rung(cur.Rung)
		channel := p.channel(rung)
		if !ok || channel == "" || (channel == "police") != dossier {
			return nil // the plan says what is to be done instead
		}
		out.Document, err = p.write(cur, rung, channel)
		return err
	})
	if stale(err) {
		err = nil
	}
	return out, err
}

// write composes the document and makes it the rung's.
func (p *planner) write(cur *takedown.Taken, rung law.Rung, channel string) (string, error) {
	t := p.t
	d, err := t.newDocument(rung.Instrument)
	if err != nil {
		return "", err
	}
	d.Track, d.Rung, d.Channel, d.ContactVersions = p.track.ID, rung.ID, channel, []string{addressVersion(p.contact)}
	d.Language = notice.LanguageFor(p.contact.Country, p.contact.Languages)
	if err := t.ident(d); err != nil {
		return "", err
	}
	facts, err := p.factsFor(rung.Instrument, d)
	if err != nil {
		return "", err
	}
	c, err := t.compose(d, facts)
	if err != nil {
		return "", err
	}
	c.Recipients = p.recipients(d)
	if d.Facts, err = t.factsHash(facts, d.Channel); err != nil {
		return "", err
	}
	d.AnswerPage = facts.AnswerPage != ""
	if !facts.AnswerBy.On.IsZero() {
		d.AnswerBy = facts.AnswerBy.On.In(calendar.Amsterdam).Format(time.DateOnly)
	}
	if err := p.fill(d, &c); err != nil {
		return "", err
	}
	if err := t.setContent(p.track, d, c); err != nil {
		return "", err
	}
	cur.Document = d.ID
	if err := t.put(p.track); err != nil {
		return "", err
	}
	return d.ID, t.log("document.drafted", rung.ID, []string{d.ID, p.track.ID}, "content:"+d.ContentHash)
}

// newDocument is a document of this tx's case before it has a text.
func (t *tx) newDocument(instrument string) (*takedown.Document, error) {
	nonce, err := t.random(16)
	if err != nil {
		return nil, err
	}
	ref, err := t.random(5)
	if err != nil {
		return nil, err
	}
	sendBy, err := t.s.Law.SendBy(instrument, t.now)
	return &takedown.Document{
		Meta: takedown.Meta{Case: string(t.base.Stream)}, Instrument: instrument, Nonce: nonce, Reference: referenceFor(t.now, strings.ToUpper(ref)),
		DraftedAt: draftedOn(t.now), SendBy: sendBy,
	}, err
}

// compose writes a document's text from its facts, and notes its template and
// the records that were read for it.
func (t *tx) compose(d *takedown.Document, facts notice.Facts) (content, error) {
	draft, findings, err := notice.Compose(d.Instrument, d.Language, facts)
	if err != nil {
		return content{}, err
	}
	d.Template, d.Claims, d.Names = draft.Template, draft.Claims, draft.Names
	c := content{Subject: draft.Subject, Text: draft.Text, Form: draft.Form, Annexes: draft.Annexes, Required: draft.Required, MadeFrom: t.madeFrom()}
	for _, f := range findings {
		c.Findings = append(c.Findings, said(f))
	}
	return c, nil
}

// fill adds to a composed text whom it goes to, what travels with it, and what
// the addressee's refusals so far warn of.
func (p *planner) fill(d *takedown.Document, c *content) error {
	c.Recipients = p.recipients(d)
	c.Fallbacks = p.fallbacks(d, c.Recipients)
	warned, err := p.warnOfRefusals(d.Instrument)
	if err != nil {
		return err
	}
	c.Findings = append(c.Findings, warned...)
	p.addEnclosures(c, d)
	if f := p.tooLarge(d, *c); f != nil {
		c.Findings = append(c.Findings, *f)
	}
	by, err := p.byLetter(d, *c)
	if err != nil {
		return err
	}
	c.Findings = append(c.Findings, by...)
	if d.Channel == "form" && len(c.Form) == 0 {
		c.Findings = append(c.Findings, said(notice.FormUnknown()))
	}
	if d.Channel == "police" {
		c.Files, err = p.manifest()
	}
	return err
}

// random gives n random bytes in hex.
func (t *tx) random(n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(t.s.Rand, b); err != nil {
		return "", err
	}
	return hex.EncodeToString(b), nil
}

// addressVersion binds an approval to a contact as it stood.
func addressVersion(c *takedown.Contact) string {
	return c.ID + ":" + strconv.FormatInt(c.Address, 10)
}

// reachedAsNow says of the contacts' versions that a document was made from
// whether its addressee is still reached at the same addresses: what they did
// with the document holds as long.
func reachedAsNow(c *takedown.Contact, versions []string) bool {
	since := c.Reached
	if since == 0 { // kept before this was
		since = c.Address
	}
	return slices.ContainsFunc(versions, func(v string) bool {
		n, err := strconv.ParseInt(strings.TrimPrefix(v, c.ID+":"), 10, 64)
		return err == nil && n >= since
	})
}

func (p *planner) recipients(d *takedown.Document) []Recipient {
	r := Recipient{Name: p.contact.LegalName, Address: p.address(d.Channel, d.Instrument)}
	switch d.Channel {
	case "mail":
		r.Kind = "to"
	case "form", "letter":
		r.Kind = d.Channel
	default:
		r.Kind = "police"
	}
	return []Recipient{r}
}

// manifest lists the evidence that travels in the sealed bundle.
func (p *planner) manifest() ([]File, error) {
	evidence, numbers, err := p.evidenceNumbers()
	if err != nil {
		return nil, err
	}
	var out []File
	for _, e := range evidence {
		if !slices.ContainsFunc(e.Items, func(id string) bool { return slices.Contains(p.track.Items, id) }) {
			continue
		}
		out = append(out, File{Name: numbers[e.ID], MediaType: e.MediaType, SHA256: e.SHA256, Evidence: e.ID, Sealed: true})
	}
	signed, err := p.signedKlachten()
	return append(out, signed...), err
}

// draftedOn is a document's date: its drafting's, in case time.
func draftedOn(now time.Time) time.Time { return now.UTC().Truncate(time.Second) }

// withdrawDrafts gives up every text about an item that has not left: it must
// not be in any.
func (t *tx) withdrawDrafts(item, reason string) error {
	tracks, err := all[takedown.Track](t)
	if err != nil {
		return err
	}
	for _, tr := range tracks {
		cur := tr.Current()
		if cur == nil || cur.Document == "" || !slices.Contains(tr.Items, item) {
			continue
		}
		d, err := load[takedown.Document](t, cur.Document)
		if err != nil {
			return err
		}
		switch d.Status {
		case takedown.DocumentPending, takedown.DocumentRejected, takedown.DocumentApproved:
		default:
			continue
		}
		if err := t.replace(d, reason); err != nil {
			return err
		}
		if err := t.log("document.superseded", reason, []string{d.ID, tr.ID}); err != nil {
			return err
		}
	}
	return nil
}
