package casework

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// content is what is sealed of a document: everything that its hash binds.
type content struct {
	Subject    string            `json:"subject"`
	Text       string            `json:"text"`
	Form       []notice.FormText `json:"form,omitempty"`
	Recipients []Recipient       `json:"recipients"`
	Fallbacks  []string          `json:"fallbacks,omitempty"` // see planner.fallbacks
	Annexes    []notice.Annex    `json:"annexes,omitempty"`
	Files      []File            `json:"files,omitempty"`
	Findings   []Finding         `json:"findings,omitempty"`
	Required   []notice.Passage  `json:"required,omitempty"` // what an edit may not take out
	MadeFrom   []string          `json:"madeFrom,omitempty"` // see tx.madeFrom
}

// Recipient is where a document goes: a mail address, a form's URL, a postal
// address, or a police unit.
type Recipient struct {
	Kind    string `json:"kind" enum:"to,cc,form,letter,police"`
	Name    string `json:"name,omitempty" maxLength:"200"`
	Address string `json:"address" maxLength:"500"`
}

// File is one attachment by its hash.
type File struct {
	Name      string `json:"name"`
	MediaType string `json:"mediaType"`
	SHA256    string `json:"sha256"`
	Evidence  string `json:"evidenceId,omitempty"`
	Sealed    bool   `json:"sealed,omitempty"`

	size int64 // of the file, while a document is drafted
}

// Finding is what the completeness check or the guard found, in English and, in
// NL, in Dutch: both are always given, as the steps of a clock are.
type Finding struct {
	Code     string `json:"code"`
	Field    string `json:"field,omitempty"`
	Place    string `json:"place,omitempty"`
	Message  string `json:"message"`
	Blocking bool   `json:"blocking"`
	Why      string `json:"why,omitempty" doc:"What it matters for, with its source."`
	Where    string `json:"where,omitempty" doc:"Where it is entered or put right."`

	NL *FindingWords `json:"nl,omitempty" doc:"The same in Dutch."`
}

// FindingWords are a finding's words in one language.
type FindingWords struct {
	Message string `json:"message"`
	Why     string `json:"why,omitempty"`
	Where   string `json:"where,omitempty"`
}

// said takes a finding of a draft over, in both languages.
func said(f notice.Finding) Finding {
	return Finding{
		Code: f.Code, Field: f.Field, Message: f.Message, Blocking: f.Blocking, Why: f.Why, Where: f.Where,
		NL: &FindingWords{f.Dutch.Message, f.Dutch.Why, f.Dutch.Where},
	}
}

// contentVersion is v in the hashed form.
const contentVersion = 1

// hashContent is design §6: the hex SHA-256 of the canonical JSON of all that
// an approval binds.
func hashContent(d *takedown.Document, c content) (string, error) {
	var recipients, files, form []any
	for _, r := range c.Recipients {
		recipients = append(recipients, map[string]any{"kind": r.Kind, "name": r.Name, "address": r.Address})
	}
	for _, f := range c.Files {
		files = append(files, map[string]any{"name": f.Name, "mediaType": f.MediaType, "sha256": f.SHA256})
	}
	for _, a := range c.Annexes {
		sum := sha256.Sum256([]byte(a.Text))
		files = append(files, map[string]any{"name": a.Name, "mediaType": a.MediaType, "sha256": hex.EncodeToString(sum[:])})
	}
	for _, f := range c.Form {
		form = append(form, map[string]any{"name": f.Name, "text": f.Text})
	}
	b, err := audit.Canonical(map[string]any{
		"v": contentVersion, "document": d.ID, "version": d.Revision, "language": d.Language, "text": c.Text,
		"subject": c.Subject, "form": form, "channel": d.Channel, "recipients": recipients, "fallbacks": anyList(c.Fallbacks),
		"addressVersions": anyList(d.ContactVersions), "attachments": files, "nonce": d.Nonce,
	})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

func anyList(in []string) []any {
	out := []any{}
	for _, s := range in {
		out = append(out, s)
	}
	return out
}

func (t *tx) content(d *takedown.Document) (content, error) {
	var c content
	err := t.open(d, contentField(d), d.Content, &c)
	return c, err
}

// contentField binds sealed content to its revision: an older one put back
// does not open.
func contentField(d *takedown.Document) string { return "content:" + strconv.Itoa(d.Revision) }

// setContent seals new content as the document's next revision, checks it, and
// drops any approval: an approval binds exactly one content.
func (t *tx) setContent(tr *takedown.Track, d *takedown.Document, c content) error {
	if d.Revision++; d.Revision > 1 {
		d.RevisedAt = t.now
	}
	d.Status, d.Approval, d.Rejection = takedown.DocumentPending, nil, nil
	if err := t.defang(tr, d, &c); err != nil {
		return err
	}
	guard, err := t.guardFindings(tr, d, c)
	if err != nil {
		return err
	}
	c.Findings = append(withoutGuard(c.Findings), guard...)
	d.Findings = blockingIn(c.Findings)
	if d.ContentHash, err = hashContent(d, c); err != nil {
		return err
	}
	if d.Content, err = t.seal(d, contentField(d), c); err != nil {
		return err
	}
	return t.put(d)
}

// defang writes a mail's web addresses as its addressee's filter needs them. It
// is what is approved, hashed and sent.
func (t *tx) defang(tr *takedown.Track, d *takedown.Document, c *content) error {
	if d.Channel != "mail" {
		return nil
	}
	contact, err := t.contact(tr.Contact)
	if err != nil || !contact.DefangURLs {
		return err
	}
	draft := notice.Defang(notice.Draft{Language: d.Language, Subject: c.Subject, Text: c.Text, Annexes: c.Annexes})
	c.Subject, c.Text, c.Annexes = draft.Subject, draft.Text, draft.Annexes
	return nil
}

// refanged is content as its addressee reads it.
func (c content) refanged() content {
	c.Subject, c.Text, c.Annexes = notice.Refang(c.Subject), notice.Refang(c.Text), slices.Clone(c.Annexes)
	for i := range c.Annexes {
		c.Annexes[i].Text = notice.Refang(c.Annexes[i].Text)
	}
	return c
}

// withoutGuard leaves out what is found anew each time: sealed values, what is
// never written, a form's text that does not fit, what an edit took out, an
// addressee that is none.
func withoutGuard(fs []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool {
		return slices.Contains([]string{"guard", "lint", "edited_out", "recipient"}, f.Code) || f.Code == "too_long" && strings.HasPrefix(f.Field, "addressee/form/")
	})
}

// approvedNow refuses a document whose current content has no live approval by
// somebody else than its editors, or that the guard would stop.
func (t *tx) approvedNow(tr *takedown.Track, d *takedown.Document) error {
	if d.Status != takedown.DocumentApproved {
		return state("the document is %s, not approved", d.Status)
	}
	_, ok, err := t.mayLeave(tr, d)
	if err == nil && !ok {
		return state("the document has no live approval for its current content")
	}
	return err
}

// mayLeave checks, right before a document leaves, that its approval binds
// exactly what is there and that the guard still finds nothing.
func (t *tx) mayLeave(tr *takedown.Track, d *takedown.Document) (content, bool, error) {
	c, err := t.content(d)
	if err != nil {
		return c, false, err
	}
	hash, err := hashContent(d, c)
	if err != nil {
		return c, false, err
	}
	contact, err := t.contact(tr.Contact)
	if err != nil {
		return c, false, err
	}
	a := d.Approval
	if !slices.Contains(d.ContactVersions, addressVersion(contact)) {
		return c, false, nil // the addressee changed since: PlanStep has it drafted again
	}
	if changed, err := t.factsChanged(tr, d); err != nil || changed {
		return c, false, err // and so did what it was made from
	}
	if a == nil || hash != d.ContentHash || a.ContentHash != hash || slices.Contains(d.Editors, a.By) {
		return c, false, t.unapprove(d)
	}
	hits, err := t.guardFindings(tr, d, c)
	if err != nil {
		return c, false, err
	}
	if blockingIn(hits) > 0 {
		return c, false, t.guarded(tr, d, c, hits)
	}
	return c, true, nil
}

// unapprove takes back an approval that is not of what is there. Without that
// the plan would ask for the same sending again and again.
func (t *tx) unapprove(d *takedown.Document) error {
	d.Status, d.Approval = takedown.DocumentPending, nil
	if err := t.put(d); err != nil {
		return err
	}
	return t.log("document.unapproved", "approval_of_other_content", []string{d.ID, d.Track})
}

// guarded takes back the approval of a document in which the guard found
// something since, and keeps what it found with the text for who edits it.
func (t *tx) guarded(tr *takedown.Track, d *takedown.Document, c content, hits []Finding) error {
	c.Findings = append(withoutGuard(c.Findings), hits...)
	d.Status, d.Approval, d.Findings = takedown.DocumentPending, nil, blockingIn(c.Findings)
	var err error
	if d.Content, err = t.seal(d, contentField(d), c); err != nil {
		return err
	}
	if err := t.put(d); err != nil {
		return err
	}
	return t.log("document.guarded", "sealed_value_found", []string{d.ID, tr.ID})
}

func blockingIn(fs []Finding) int {
	n := 0
	for _, f := range fs {
		if f.Blocking {
			n++
		}
	}
	return n
}
