package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// byPost is the channel of a document that leaves as a letter.
const byPost = "letter"

// postRoles print, post and follow letters.
var postRoles = []takedown.Role{takedown.Specialist}

// PostingInput is the body of POST …/posting: a letter was handed to a carrier.
type PostingInput struct {
	PostedAt   time.Time `json:"postedAt"`
	Carrier    string    `json:"carrier" maxLength:"120" doc:"Who carries it: a postal company, or the bailiff's office."`
	Registered bool      `json:"registered,omitempty" doc:"Against signature; a summons always is, unless a bailiff serves it."`
	Tracking   string    `json:"trackingNumber,omitempty" maxLength:"60" doc:"Needed of a registered letter."`
	Proof      string    `json:"proofEvidenceId" maxLength:"60" doc:"The carrier's proof of posting."`
}

// LetterReceiptInput is the body of POST …/receipt: what became of a letter.
type LetterReceiptInput struct {
	Outcome string    `json:"outcome" enum:"delivered,served,returned" doc:"served: by a bailiff."`
	At      time.Time `json:"at"`
	Proof   string    `json:"proofEvidenceId" maxLength:"60" doc:"Proof of delivery or service, or the envelope that came back."`
}

// PostView is how a letter went.
type PostView struct {
	Carrier      string    `json:"carrier"`
	Registered   bool      `json:"registered,omitempty"`
	Tracking     string    `json:"trackingNumber,omitempty"`
	ReceivedAt   time.Time `json:"receivedAt,omitzero"`
	Served       bool      `json:"served,omitempty"`
	ReturnedAt   time.Time `json:"returnedAt,omitzero"`
	ReceiptProof string    `json:"receiptEvidenceId,omitempty"`
}

func viewPost(p *takedown.Post) *PostView {
	if p == nil {
		return nil
	}
	return &PostView{p.Carrier, p.Registered, p.Tracking, p.ReceivedAt, p.Served, p.ReturnedAt, p.ReceiptProof}
}

// byLetter is what stands in the way of a letter: an address on either side, and
// a summons that says that it comes in another way (T9, domain.md §8: proof of
// service).
func (p *planner) byLetter(d *takedown.Document, c content) ([]Finding, error) {
	var out []Finding
	if d.Channel == byPost {
		if len(c.Recipients) == 0 || strings.TrimSpace(c.Recipients[0].Address) == "" {
			out = append(out, Finding{
				Code: "no_address", Field: "addressee/address", Blocking: true, Message: "the letter has no postal address to go to",
				Where: "PUT /v1/contacts/{contact}, channels: the address of the letter's channel",
				NL:    &FindingWords{Message: "de brief heeft geen postadres", Where: "PUT /v1/contacts/{contact}, channels: het adres bij het kanaal letter"},
			})
		}
		if p.settings.Organisation.PostalAddress == "" {
			out = append(out, Finding{
				Code: "no_sender", Field: "organisation/postalAddress", Blocking: true, Message: "the letter has no postal address to come back to",
				Where: "PUT /v1/settings, organisation.postalAddress",
				NL:    &FindingWords{Message: "de brief heeft geen retouradres", Where: "PUT /v1/settings, organisation.postalAddress"},
			})
		}
	}
	if d.Instrument != notice.T9 {
		return out, nil
	}
	said, err := p.said()
	if err != nil || said.Summons.Service == "" || (said.Summons.Service == "mail") == (d.Channel == "mail") {
		return out, err
	}
	return append(out, Finding{
		Code: "service_channel", Field: "summons/service", Blocking: true, Message: "the summons says that it comes in another way than it goes",
		Why:   "what it says of its service must be so (domain.md §8, T9)",
		Where: "PUT /v1/tracks/{track}/particulars, summons.service; or a letter's address in PUT /v1/contacts/{contact}, channels",
		NL: &FindingWords{
			Message: "de sommatie zegt dat zij op een andere manier komt dan zij gaat", Why: "wat de brief over de bezorging zegt, moet kloppen (domain.md §8, T9)",
			Where: "PUT /v1/tracks/{track}/particulars, summons.service; of een postadres in PUT /v1/contacts/{contact}, channels",
		},
	}), nil
}

// letterSheet is what a document's PDF shows besides its text.
func letterSheet(d *takedown.Document, c content, set *takedown.Settings) notice.Sheet {
	o := set.Organisation
	out := notice.Sheet{Reference: d.Reference, Organisation: o.Name, DraftedAt: d.DraftedAt}
	if d.Channel != byPost || len(c.Recipients) == 0 {
		return out
	}
	to := c.Recipients[0]
	out.Letter = &notice.Letter{Sender: append([]string{o.Name}, addressLines(o.PostalAddress)...), To: append([]string{to.Name}, addressLines(to.Address)...)}
	return out
}

// addressLines are a postal address as it stands on an envelope.
func addressLines(address string) []string {
	lines := strings.FieldsFunc(address, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' })
	for n := range lines {
		lines[n] = strings.TrimSpace(lines[n])
	}
	return slices.DeleteFunc(lines, func(s string) bool { return s == "" })
}

// PostDocument records that a person posted a letter; its clocks start then,
// with a receipt that is assumed. Role: specialist.
func (s *Service) PostDocument(ctx context.Context, who takedown.Principal, doc string, in PostingInput) error {
	return s.onDocument(ctx, who, doc, postRoles, func(t *tx, tr *takedown.Track, d *takedown.Document) error {
		if d.Channel != byPost {
			return state("this document does not go by post")
		}
		if err := t.actedOn(tr, d, in.PostedAt); err != nil {
			return err
		}
		if err := t.checkPosting(d, in); err != nil {
			return err
		}
		n := t.newDispatch(d)
		if err := t.goesTo(d, n); err != nil {
			return err
		}
		n.Status, n.Proof = takedown.DispatchPosted, in.Proof
		n.Post = &takedown.Post{Carrier: in.Carrier, Registered: in.Registered, Tracking: in.Tracking}
		t.claimReference(d)
		t.done(200, d.ID)
		return t.delivered(tr, d, n, second(in.PostedAt), "posted")
	})
}

func (t *tx) checkPosting(d *takedown.Document, in PostingInput) error {
	var b bad
	if in.PostedAt.IsZero() {
		b.add("/postedAt", "is needed")
	}
	b.notFuture("/postedAt", in.PostedAt, t.now)
	if d.Approval != nil && in.PostedAt.Before(d.Approval.At.Add(-time.Minute)) {
		b.add("/postedAt", "lies before the approval")
	}
	b.needed("/carrier", in.Carrier, 120)
	b.line("/trackingNumber", in.Tracking, 60)
	if in.Registered && in.Tracking == "" {
		b.add("/trackingNumber", "is needed of a registered letter")
	}
	if err := t.proof(&b, "/proofEvidenceId", in.Proof); err != nil {
		return err
	}
	if d.Instrument == notice.T9 {
		said, err := t.particulars(d.Track)
		if err != nil {
			return err
		}
		if !in.Registered && (said == nil || said.Summons == nil || said.Summons.Service != "bailiff") {
			b.add("/registered", "a summons goes by registered letter, or through a bailiff")
		}
	}
	return refuseAll(b.fields)
}

// LetterReceipt records what became of a letter. Delivered or served, its clocks
// are counted anew from that day, which is proven; come back undelivered it is
// what a permanent bounce is to mail. Role: specialist.
func (s *Service) LetterReceipt(ctx context.Context, who takedown.Principal, doc string, in LetterReceiptInput) error {
	return s.onDocument(ctx, who, doc, postRoles, func(t *tx, tr *takedown.Track, d *takedown.Document) error {
		n, err := t.lastDispatch(d)
		if err != nil {
			return err
		}
		if n == nil || n.Post == nil || d.Channel != byPost {
			return state("this document was not posted")
		}
		if n.Status != takedown.DispatchPosted || !n.Post.ReceivedAt.IsZero() {
			return state("what became of the letter is on record")
		}
		if err := t.checkReceipt(n, in); err != nil {
			return err
		}
		n.Post.ReceiptProof = in.Proof
		t.done(200, d.ID)
		t.wakeTrack(tr)
		if in.Outcome == "returned" {
			return t.letterReturned(tr, d, n, in)
		}
		n.Post.ReceivedAt, n.Post.Served = second(in.At), in.Outcome == "served"
		if err := t.put(n); err != nil {
			return err
		}
		if err := t.log("dispatch.received", in.Outcome, []string{n.ID, d.ID, tr.ID, in.Proof}); err != nil {
			return err
		}
		// Every clock: the post takes its time from nobody's term.
		return t.receiptProved(tr, d, n.Post.ReceivedAt, true)
	})
}

func (t *tx) checkReceipt(n *takedown.Dispatch, in LetterReceiptInput) error {
	var b bad
	b.oneOf("/outcome", in.Outcome, []string{"delivered", "served", "returned"})
	if in.At.IsZero() {
		b.add("/at", "is needed")
	}
	b.notFuture("/at", in.At, t.now)
	if in.At.Before(n.At) {
		b.add("/at", "lies before the letter was posted")
	}
	if err := t.proof(&b, "/proofEvidenceId", in.Proof); err != nil {
		return err
	}
	return refuseAll(b.fields)
}

// letterReturned undoes a letter that came back, as a bounce undoes a mail: a
// person looks at the contact, and the rung is taken again where it has another
// way in.
func (t *tx) letterReturned(tr *takedown.Track, d *takedown.Document, n *takedown.Dispatch, in LetterReceiptInput) error {
	n.Post.ReturnedAt, n.Refused = second(in.At), []string{n.Recipient}
	if err := t.put(n); err != nil {
		return err
	}
	if err := t.log("dispatch.returned", "undelivered", []string{n.ID, d.ID, tr.ID, in.Proof}); err != nil {
		return err
	}
	if err := t.bounced(tr, d); err != nil {
		return err
	}
	return t.askCheck(tr, "letter_returned", n.ID, d.ContactVersions)
}
