package casework_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// mandate brings a signed mandate in and gives its evidence.
func (l *live) mandate(content []byte) string {
	l.t.Helper()
	in := l.captureOf(l.upload(l.c, content), l.page)
	in.Purpose, in.URL, in.Provenance = "mandate", "", "ondertekend op kantoor"
	id, err := l.s.CommitEvidence(context.Background(), specialist, l.c, in)
	l.ok(err)
	return id
}

// controllerInput is a site whose operator is asked to erase.
func controllerInput() casework.ContactInput {
	in := authority("Voorbeeldforum BV", "site_operator")
	in.ServiceKind = "hosting"
	return in
}

// A request in the person's name carries the signed mandate, under a name that
// says nothing, listed in the letter by its hash; the history says that it left.
//
// Requirement: S0-inf-3
func TestTheMandateTravelsWithTheRequest(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	signed := []byte("a signed mandate, scanned")
	mandate := l.mandate(signed)
	l.consent("erasure", mandate)
	d := l.opened("erasure", controllerInput())
	i := slices.IndexFunc(d.Attachments, func(f casework.File) bool { return f.Evidence == mandate })
	if i < 0 || d.Attachments[i].Name != d.Reference+"-2.png" || !strings.Contains(d.Text, "bijlage 2. machtiging, kenmerk "+mandate+", SHA-256 "+d.Attachments[i].SHA256) {
		t.Fatalf("%+v in:\n%s", d.Attachments, d.Text)
	}
	l.yes("erasure")
	sent := l.mail.sent[len(l.mail.sent)-1]
	if len(sent.Attachments) != 1 || sent.Attachments[0].Name != d.Attachments[i].Name || !bytes.Equal(sent.Attachments[0].Content, signed) || sent.Attachments[0].MediaType != "image/png" {
		t.Errorf("the mail carries %+v", sent.Attachments)
	}
	if !l.named("dispatch.intended", mandate) {
		t.Error("the history does not say that the mandate left")
	}
}

// named says that an act of the case's history names an id.
func (l *live) named(act, id string) bool {
	l.t.Helper()
	page, err := l.s.CaseHistory(context.Background(), auditor, l.c, "", 200)
	l.ok(err)
	return slices.ContainsFunc(page.Items, func(e casework.EntryView) bool { return e.Act == act && slices.Contains(e.IDs, id) })
}

// A capture is no mandate: it is refused as one, and one that was recorded so
// before stops the approval instead of leaving.
func TestACaptureIsNoMandate(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	c, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	capture := l.capture(l.c, l.page)
	_, err = l.s.PutConsent(ctx, coordinator, l.c, c.People[0].ID, "erasure", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone", Mandate: capture}, 0)
	l.pointers(err, "/mandateEvidenceId")

	mandate := l.mandate([]byte("signed"))
	l.consent("erasure", mandate)
	e, err := casework.GetNoun[takedown.Evidence](ctx, l.s, mandate)
	l.ok(err)
	e.Purpose = ""
	l.ok(casework.PutNoun(ctx, l.s, l.c, e))
	d := l.opened("erasure", controllerInput())
	l.lacks("erasure", "evidence of purpose mandate", "erasure/copies")
	err = l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash})
	l.pointers(err, "/erasure/copies")
}

// A mail that its addressee would not take stops the approval; with a smaller
// file, or an addressee that takes more, it goes.
func TestAMailThatIsTooLargeIsAFinding(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("erasure", l.mandate(bytes.Repeat([]byte("x"), 3<<20/2)))
	in := controllerInput()
	in.MaxMailMiB = 1
	d := l.opened("erasure", in)
	err := l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash})
	l.pointers(err, "/attachments")
	in.MaxMailMiB, in.Source, in.LastVerified = 2, "https://contact.example", monday
	_, err = l.s.PutContact(ctx, coordinator, "contact_erasure", in, 1)
	l.ok(err)
	l.settle()
	l.yes("erasure")
	in.MaxMailMiB = 19
	_, err = l.s.PutContact(ctx, coordinator, "contact_erasure", in, 2)
	l.pointers(err, "/maxMailMiB")
}

// An addressee that wants the letter on paper gets it beside text and HTML: the
// same file that whoever approves sees listed by its hash.
func TestALetterOnPaperForWhomWantsOne(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("erasure", l.mandate([]byte("signed")))
	in := controllerInput()
	in.AttachPDF = true
	d := l.opened("erasure", in)
	if d.Attachments[0].Name != d.Reference+".pdf" {
		t.Fatalf("attachments %+v", d.Attachments)
	}
	l.yes("erasure")
	sent := l.mail.sent[len(l.mail.sent)-1]
	if sent.HTML == "" || sent.Text == "" || len(sent.Attachments) != 2 {
		t.Fatalf("text %d, HTML %d, %d attachments", len(sent.Text), len(sent.HTML), len(sent.Attachments))
	}
	paper := sent.Attachments[0]
	sum := sha256.Sum256(paper.Content)
	if !bytes.HasPrefix(paper.Content, []byte("%PDF-")) || d.Attachments[0].SHA256 != hex.EncodeToString(sum[:]) {
		t.Error("the PDF is not the one that was approved")
	}
	for _, m := range l.mail.sent[:len(l.mail.sent)-1] {
		if len(m.Attachments) > 0 {
			t.Errorf("a mail to whom did not ask carries %s", m.Attachments[0].Name)
		}
	}
}
