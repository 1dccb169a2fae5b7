package casework

import (
	"context"
	"regexp"
	"slices"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// HandOverInput is the body of POST …/handover: given to the police, never to
// a prosecutor or judge directly.
type HandOverInput struct {
	ContentHash string            `json:"contentHash" maxLength:"64"`
	Recipient   HandOverRecipient `json:"recipient"`
	Channel     string            `json:"channel" maxLength:"60"`
	At          time.Time         `json:"at"`
	Receipt     string            `json:"receiptEvidenceId" maxLength:"60"`
}

// HandOverRecipient is a unit and a function, never a name.
type HandOverRecipient struct {
	Unit     string `json:"unit" maxLength:"200" doc:"Of the police; never of the prosecution or a court."`
	Function string `json:"function" maxLength:"200" doc:"Of the police; never a prosecutor or judge."`
}

// HandOver records that the liaison gave an approved document to the police, as
// its bundle: a file of evidence that does not open as it was stored is named by
// its id, and nothing is recorded.
// Role: liaison, neither editor nor approver.
func (s *Service) HandOver(ctx context.Context, who takedown.Principal, doc string, in HandOverInput) error {
	read := measured{}
	return s.onDocument(ctx, who, doc, []takedown.Role{takedown.Liaison}, func(t *tx, tr *takedown.Track, d *takedown.Document) error {
		if d.Channel != "police" {
			return state("this document is not handed over")
		}
		if err := t.actedOn(tr, d, in.At); err != nil {
			return err
		}
		if in.ContentHash != d.ContentHash {
			return state("the document has changed: its content hash is another one now")
		}
		if slices.Contains(d.Editors, who.ID) || d.Approval.By == who.ID {
			return takedown.Errorf(takedown.Forbidden, takedown.NameForbidden, "who edited or approved a document does not hand it over")
		}
		if err := t.checkHandOver(d, in); err != nil {
			return err
		}
		b, err := t.bundle(tr, d, read)
		if err != nil {
			return err
		}
		if err := t.logBundle("bundle.handed_over", d, b); err != nil {
			return err
		}
		n := t.newDispatch(d)
		n.Status, n.Proof, n.Recipient = takedown.DispatchHandedOver, in.Receipt, in.Recipient.Unit+" / "+in.Recipient.Function
		t.done(200, d.ID)
		return t.delivered(tr, d, n, in.At.UTC().Truncate(time.Second), "handed_over")
	})
}

func (t *tx) checkHandOver(d *takedown.Document, in HandOverInput) error {
	var b bad
	if in.At.IsZero() {
		b.add("/at", "is needed")
	}
	b.notFuture("/at", in.At, t.now)
	if in.At.Before(d.Approval.At.Add(-time.Minute)) {
		b.add("/at", "lies before the approval")
	}
	for _, f := range []struct{ pointer, value string }{{"/recipient/unit", in.Recipient.Unit}, {"/recipient/function", in.Recipient.Function}} {
		switch {
		case f.value == "":
			b.add(f.pointer, "is needed")
		case ofJustice(f.value):
			b.add(f.pointer, "names the prosecution or a court: the request goes to the police, who bring it there")
		}
	}
	if in.Channel == "" {
		b.add("/channel", "is needed")
	}
	b.atMost("/recipient/unit", in.Recipient.Unit, 200)
	b.atMost("/recipient/function", in.Recipient.Function, 200)
	if err := t.proof(&b, "/receiptEvidenceId", in.Receipt); err != nil {
		return err
	}
	return refuseAll(b.fields)
}

var (
	// justice are the words for prosecution and courts. OM and RC are read in
	// capitals alone: om is a word.
	justice = regexp.MustCompile(`(?i:\bofficier(?:en)? van justitie|\bovj\b|parket(?:ten)?\b|parketsecretaris|openbaar ministerie|advocaat-generaal|` +
		`rechter(?:s|-?commissaris(?:sen)?)?\b|rechtbank|gerechtshof|kabinet rc\b|prosecut|\bjudges?\b|magistrate|\bcourts?\b)|\bOM\b|\bRC\b|\bR-C\b`)
	// assistant is of the police, whatever the name says.
	assistant = regexp.MustCompile(`(?i)hulp-?\s?officier(?:en)? van justitie`)
)

// ofJustice says whether words name the prosecution or a court, whom nobody
// here gives a request directly (api.md, handover).
func ofJustice(words string) bool {
	return justice.MatchString(assistant.ReplaceAllString(words, ""))
}
