package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// DocumentView is a document as its readers see it. Annexes that travel sealed
// are named, not shown.
type DocumentView struct {
	ID           string            `json:"id"`
	Case         string            `json:"caseId"`
	Track        string            `json:"trackId,omitempty" doc:"Left out for a form of our own (T10, T11)."`
	Person       string            `json:"personId,omitempty" doc:"T10: who reads and signs it."`
	Version      int64             `json:"version"`
	Rung         string            `json:"rung,omitempty"`
	Instrument   string            `json:"instrument"`
	Template     string            `json:"template"`
	Language     string            `json:"language"`
	Revision     int               `json:"revision"`
	Status       string            `json:"status"`
	Channel      string            `json:"channel"`
	Reference    string            `json:"reference"`
	ContentHash  string            `json:"contentHash"`
	Subject      string            `json:"subject"`
	Text         string            `json:"text"`
	Form         []notice.FormText `json:"form,omitempty"`
	Recipients   []Recipient       `json:"recipients"`
	Fallbacks    []string          `json:"fallbacks,omitempty" doc:"Where it goes, in this order and without another approval, if the recipients refuse it for good."`
	Attachments  []File            `json:"attachments"`
	Findings     []Finding         `json:"findings"`
	MadeFrom     []string          `json:"madeFrom,omitempty" doc:"The records that it was drafted from, each with its version: assessment_4f2a:3."`
	Editors      []string          `json:"editors"`
	Approval     *VerdictView      `json:"approval,omitempty"`
	Rejection    *VerdictView      `json:"rejection,omitempty"`
	DraftedAt    time.Time         `json:"draftedAt"`
	SendBy       time.Time         `json:"sendBy,omitzero"`
	LastDispatch *DispatchView     `json:"dispatch,omitempty"`
	Claims       []ClaimView       `json:"claims,omitempty" doc:"What was said on the recipient's page, oldest first: claims alone."`
}

// VerdictView is an approval or rejection.
type VerdictView struct {
	By          string    `json:"by"`
	At          time.Time `json:"at"`
	ContentHash string    `json:"contentHash"`
	Reason      string    `json:"reason,omitempty"`
	CalledAt    time.Time `json:"calledAt,omitzero" doc:"Of an approval by phone."`
	RecordedBy  string    `json:"recordedBy,omitempty"`
}

// DispatchView is one attempt to deliver.
type DispatchView struct {
	ID        string    `json:"id"`
	No        int       `json:"no"`
	Status    string    `json:"status"`
	MessageID string    `json:"messageId,omitempty"`
	Ticket    string    `json:"ticket,omitempty"`
	Proof     string    `json:"proofEvidenceId,omitempty"`
	Recipient string    `json:"recipient,omitempty"`
	At        time.Time `json:"at,omitzero"`

	IntendedAt  time.Time `json:"intendedAt" doc:"When the attempt began."`
	AcceptedAt  time.Time `json:"acceptedAt,omitzero" doc:"When the addressee's own server took it, where a delivery report or the mail service tells."`
	ServerReply string    `json:"serverReply,omitempty" doc:"The mail server's last answer: its codes and the step, never its words."`
	Temporary   int       `json:"temporaryFailures,omitempty"`
	Refused     []string  `json:"refusedBy,omitempty" doc:"The recipients that refused it for good."`

	NotEntered []string  `json:"notEntered,omitempty" doc:"Fields that the form did not take."`
	Post       *PostView `json:"post,omitempty" doc:"Of a letter."`
}

var (
	documentReaders = []takedown.Role{takedown.Specialist, takedown.LegalAdviser, takedown.Liaison}
	// ownFormReaders read consent forms and evaluations too: both are the
	// coordinator's work.
	ownFormReaders = append(slices.Clone(documentReaders), takedown.Coordinator)
)

// GetDocument shows a document. Reading sealed text is an entry, written
// before the answer. Roles: specialist, legal adviser, liaison; of a form of our
// own, coordinator too.
func (s *Service) GetDocument(ctx context.Context, who takedown.Principal, doc string) (DocumentView, error) {
	var v DocumentView
	err := s.readDocument(ctx, who, doc, func(t *tx, d *takedown.Document) error {
		var err error
		v, err = t.documentView(d)
		return err
	})
	return v, err
}

func (s *Service) readDocument(ctx context.Context, who takedown.Principal, doc string, f func(*tx, *takedown.Document) error) error {
	if err := need(who, ownFormReaders...); err != nil {
		return err
	}
	seen, err := get[takedown.Document](ctx, s, doc)
	if err != nil {
		return err
	}
	readers := documentReaders
	if ownForm(seen) {
		readers = ownFormReaders
	}
	return s.inAnyCase(ctx, who, seen.Case, readers, func(t *tx, _ *takedown.Case) error {
		d, err := load[takedown.Document](t, doc)
		if err != nil {
			return err
		}
		if err := f(t, d); err != nil {
			return err
		}
		return t.log("document.read", "", []string{d.ID}, "content:"+d.ContentHash)
	})
}

func (t *tx) documentView(d *takedown.Document) (DocumentView, error) {
	v := DocumentView{
		ID: d.ID, Case: d.Case, Track: d.Track, Person: d.Person, Version: d.Version, Rung: d.Rung, Instrument: d.Instrument, Template: d.Template,
		Language: d.Language, Revision: d.Revision, Status: string(d.Status), Channel: d.Channel, Reference: d.Reference,
		ContentHash: d.ContentHash, Editors: append([]string{}, d.Editors...), DraftedAt: d.DraftedAt, SendBy: d.SendBy,
		Findings: []Finding{}, Attachments: []File{},
	}
	c, err := t.content(d)
	if err != nil {
		return v, err
	}
	v.Subject, v.Text, v.Form, v.Recipients, v.Fallbacks, v.MadeFrom = c.Subject, c.Text, c.Form, c.Recipients, c.Fallbacks, c.MadeFrom
	v.Findings = append(v.Findings, c.Findings...)
	paper, err := t.paper(d, c)
	if err != nil {
		return v, err
	}
	if paper != nil {
		sum := sha256.Sum256(paper.Content)
		v.Attachments = append(v.Attachments, File{Name: paper.Name, MediaType: paper.MediaType, SHA256: hex.EncodeToString(sum[:])})
	}
	v.Attachments = append(v.Attachments, c.Files...)
	for _, a := range c.Annexes {
		v.Attachments = append(v.Attachments, annexFile(a))
	}
	if v.Approval, err = t.verdictView(d, d.Approval); err != nil {
		return v, err
	}
	if v.Rejection, err = t.verdictView(d, d.Rejection); err != nil {
		return v, err
	}
	if v.Claims, err = t.claimViews(d); err != nil {
		return v, err
	}
	if d.LastDispatch != "" {
		n, err := load[takedown.Dispatch](t, d.LastDispatch)
		if err != nil {
			return v, err
		}
		v.LastDispatch = dispatchView(n)
	}
	return v, nil
}

func dispatchView(n *takedown.Dispatch) *DispatchView {
	return &DispatchView{
		ID: n.ID, No: n.No, Status: string(n.Status), MessageID: n.MessageID, Ticket: n.Ticket, Proof: n.Proof, Recipient: n.Recipient, At: n.At,
		IntendedAt: n.IntendedAt, AcceptedAt: n.AcceptedAt, ServerReply: n.ServerReply, Temporary: n.Temporary, Refused: n.Refused,
		NotEntered: n.NotEntered, Post: viewPost(n.Post),
	}
}

func (t *tx) verdictView(d *takedown.Document, a *takedown.Approval) (*VerdictView, error) {
	if a == nil {
		return nil, nil
	}
	words, err := t.openText(d, "rejection:"+strconv.Itoa(d.Revision), a.Words)
	return &VerdictView{By: a.By, At: a.At, ContentHash: a.ContentHash, Reason: words, CalledAt: a.CalledAt, RecordedBy: a.RecordedBy}, err
}

// Rendered is a document in one form: text, html or pdf.
type Rendered struct {
	MediaType string
	Body      []byte
}

// RenderDocument renders a document as text, html or pdf. Roles as GetDocument.
func (s *Service) RenderDocument(ctx context.Context, who takedown.Principal, doc, as string) (Rendered, error) {
	var out Rendered
	if as != "text" && as != "html" && as != "pdf" {
		return out, refuse("/as", "must be text, html or pdf")
	}
	err := s.readDocument(ctx, who, doc, func(t *tx, d *takedown.Document) error {
		c, err := t.content(d)
		if err != nil {
			return err
		}
		out, err = t.render(d, c, as)
		return err
	})
	return out, err
}

// render gives a document's text, and its open annexes, in one form.
func (t *tx) render(d *takedown.Document, c content, as string) (Rendered, error) {
	draft := notice.Draft{Language: d.Language, Subject: c.Subject, Text: c.Text, Annexes: c.Annexes}
	switch as {
	case "html":
		return Rendered{"text/html; charset=utf-8", notice.HTML(draft)}, nil
	case "pdf":
		set, err := t.settings()
		if err != nil {
			return Rendered{}, err
		}
		raw, err := notice.PDF(draft, letterSheet(d, c, set))
		return Rendered{"application/pdf", raw}, err
	}
	return Rendered{"text/plain; charset=utf-8", []byte(c.Subject + "\n\n" + c.Text)}, nil
}

// ListDocuments gives the documents of a case without their texts.
func (s *Service) ListDocuments(ctx context.Context, who takedown.Principal, caseID string) ([]DocumentBrief, error) {
	out := []DocumentBrief{}
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		docs, err := all[takedown.Document](t)
		if err != nil {
			return err
		}
		for _, d := range docs {
			out = append(out, DocumentBrief{d.ID, d.Instrument, string(d.Status), d.Channel, d.ContentHash, d.Findings})
		}
		return nil
	})
	return out, err
}

// annexFile names an annex among the attachments.
func annexFile(a notice.Annex) File {
	sum := sha256.Sum256([]byte(a.Text))
	return File{Name: a.Name, MediaType: a.MediaType, SHA256: hex.EncodeToString(sum[:]), Sealed: a.Sealed}
}
