package casework

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strconv"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// onDocument runs a person's act on a document of an open case; a form of our
// own outlives its case.
func (s *Service) onDocument(ctx context.Context, who takedown.Principal, doc string, roles []takedown.Role, f func(*tx, *takedown.Track, *takedown.Document) error) error {
	if err := need(who, roles...); err != nil {
		return err
	}
	seen, err := get[takedown.Document](ctx, s, doc)
	if err != nil {
		return err
	}
	within := s.inCase
	if ownForm(seen) {
		within = s.inAnyCase
	}
	return within(ctx, who, seen.Case, roles, func(t *tx, _ *takedown.Case) error {
		d, tr, err := t.documentAndTrack(doc)
		if err != nil {
			return err
		}
		return f(t, tr, d)
	})
}

// DecisionInput is the body of POST …/decision.
type DecisionInput struct {
	Decision    string `json:"decision" enum:"approve,reject"`
	ContentHash string `json:"contentHash" maxLength:"64"`
	Reason      string `json:"reason,omitempty" maxLength:"1000" doc:"Needed to reject, and to approve what goes in an urgent case to a contact that is not verified in time: there a code of the list stands in the history; else sealed."`
	// ByPhone records the yes of a deputy approver.
	ByPhone *PhoneApproval `json:"byPhone,omitempty" doc:"Urgent cases only: a coordinator records the yes that a deputy approver gave by phone; a legal adviser reviews it afterwards."`
}

// DecideDocument is a legal adviser's yes or no to exactly one content hash;
// never by someone who edited it.
func (s *Service) DecideDocument(ctx context.Context, who takedown.Principal, doc string, in DecisionInput) error {
	roles := []takedown.Role{takedown.LegalAdviser}
	if in.ByPhone != nil {
		roles = coordinatorOnly
	}
	if err := need(who, roles...); err != nil {
		return err
	}
	var b bad
	b.oneOf("/decision", in.Decision, []string{"approve", "reject"})
	if in.ByPhone != nil && in.Decision == "reject" {
		b.add("/byPhone", "is a yes: only an approval is recorded so")
	}
	if in.Decision == "reject" {
		b.fields = append(b.fields, checkReason("/reason", in.Reason)...)
	}
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	changed := false
	err := s.onDocument(ctx, who, doc, roles, func(t *tx, tr *takedown.Track, d *takedown.Document) error {
		if slices.Contains(d.Editors, who.ID) {
			return takedown.Errorf(takedown.Forbidden, takedown.NameForbidden, "who edited a document does not decide on it")
		}
		if err := t.mayDecide(tr, d, in.ContentHash); err != nil {
			return err
		}
		t.done(200, d.ID)
		t.wakeTrack(tr)
		if err := t.closeWaitTask(tr.ID, tr.Wait); err != nil {
			return err
		}
		verdict := &takedown.Approval{By: who.ID, At: t.now, ContentHash: d.ContentHash}
		if in.Decision == "reject" {
			return t.reject(d, verdict, in.Reason)
		}
		var err error
		if changed, err = t.factsChanged(tr, d); err != nil || changed {
			return orElse(err, state("what the document says or lacks is no longer so: %s", draftedAgain(tr)))
		}
		if err := t.needVouched(tr, d, in.Reason); err != nil {
			return err
		}
		if in.ByPhone != nil {
			return t.approveByPhone(tr, d, verdict, *in.ByPhone)
		}
		return t.approve(tr, d, verdict)
	})
	if !changed {
		return err
	}
	return orElse(s.onDocument(ctx, who, doc, roles, func(t *tx, tr *takedown.Track, _ *takedown.Document) error {
		t.wakeTrack(tr) // a term may have run out without anybody's act
		return t.log("document.outdated", "facts_changed", []string{doc, tr.ID})
	}), err)
}

func (t *tx) reject(d *takedown.Document, verdict *takedown.Approval, reason string) error {
	words, err := t.sealText(d, "rejection:"+strconv.Itoa(d.Revision), reason)
	if err != nil {
		return err
	}
	verdict.Reason, verdict.Words = "rejected", words
	d.Status, d.Approval, d.Rejection = takedown.DocumentRejected, nil, verdict
	if err := t.put(d); err != nil {
		return err
	}
	return t.log("document.rejected", inWords, idsOf(d.ID, d.Track), "content:"+d.ContentHash)
}

func (t *tx) approve(tr *takedown.Track, d *takedown.Document, verdict *takedown.Approval) error {
	if d.Status == takedown.DocumentRejected {
		return state("the text was rejected: edit it first")
	}
	if ownForm(d) && t.now.After(d.SendBy) {
		return state("the form was drafted too long ago: draft it again")
	}
	c, err := t.content(d)
	if err != nil {
		return err
	}
	hits, err := t.guardFindings(tr, d, c)
	if err != nil {
		return err
	}
	var b bad
	for _, f := range append(withoutGuard(c.Findings), hits...) {
		if f.Blocking {
			b.add("/"+f.Field, "%s", f.Message)
		}
	}
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	d.Status, d.Approval, d.Rejection = takedown.DocumentApproved, verdict, nil
	if err := t.put(d); err != nil {
		return err
	}
	return t.log("document.approved", "", idsOf(d.ID, d.Track), "content:"+d.ContentHash)
}

// EditInput is the body of PUT /v1/documents/{doc}.
type EditInput struct {
	Subject    string            `json:"subject" maxLength:"300"`
	Text       string            `json:"text" maxLength:"60000"`
	Form       []notice.FormText `json:"form,omitempty"`
	Recipients []Recipient       `json:"recipients" maxItems:"10"`
}

// EditDocument replaces text or recipients: any approval is dropped and the
// editor remembered. Roles: specialist, legal adviser.
func (s *Service) EditDocument(ctx context.Context, who takedown.Principal, doc string, in EditInput, version int64) error {
	return s.onDocument(ctx, who, doc, []takedown.Role{takedown.Specialist, takedown.LegalAdviser}, func(t *tx, tr *takedown.Track, d *takedown.Document) error {
		if err := sameVersion(d.Version, version); err != nil {
			return err
		}
		switch d.Status {
		case takedown.DocumentPending, takedown.DocumentRejected, takedown.DocumentApproved:
		default:
			return state("the document is %s: it cannot be edited any more", d.Status)
		}
		if n, err := t.inFlight(d); err != nil || n {
			if err != nil {
				return err
			}
			return state("the document is being sent")
		}
		c, err := t.content(d)
		if err != nil {
			return err
		}
		if err := refuseAll(checkEdit(in, c, ownForm(d))); err != nil {
			return err
		}
		if err := t.refuseStrangers(tr, d, c, in.Recipients); err != nil {
			return err
		}
		c.Subject, c.Text, c.Recipients = in.Subject, in.Text, in.Recipients
		c.Fallbacks = withoutFallbacks(c.Fallbacks, in.Recipients)
		for _, f := range in.Form { // the fields and their limits are the form's
			c.Form[slices.IndexFunc(c.Form, func(g notice.FormText) bool { return g.Name == f.Name })].Text = f.Text
		}
		if !slices.Contains(d.Editors, who.ID) {
			d.Editors = append(d.Editors, who.ID)
		}
		if err := t.setContent(tr, d, c); err != nil {
			return err
		}
		t.wakeTrack(tr)
		return t.log("document.edited", "", idsOf(d.ID, d.Track), "content:"+d.ContentHash)
	})
}

func (t *tx) inFlight(d *takedown.Document) (bool, error) {
	n, err := t.lastDispatch(d)
	return n != nil && err == nil && n.Status == takedown.DispatchIntended, err
}

func checkEdit(in EditInput, c content, own bool) []takedown.FieldError {
	var b bad
	if in.Subject == "" {
		b.add("/subject", "is needed")
	}
	b.atMost("/subject", in.Subject, 300)
	if in.Text == "" {
		b.add("/text", "is needed")
	}
	b.atMost("/text", in.Text, 60_000)
	if own && len(in.Recipients) > 0 {
		b.add("/recipients", "a form of our own goes to nobody: it is handed over")
	}
	if len(in.Recipients) == 0 && !own {
		b.add("/recipients", "name at least one")
	}
	for n, r := range in.Recipients {
		at := fmt.Sprintf("/recipients/%d", n)
		b.oneOf(at+"/kind", r.Kind, []string{"to", "cc", "form", "letter", "police"})
		if r.Kind == "to" || r.Kind == "cc" {
			if a, err := mail.ParseAddress(r.Address); err != nil || a.Address != r.Address {
				b.add(at+"/address", "is no mail address")
			}
		}
		b.atMost(at+"/name", r.Name, 200)
	}
	for n, f := range in.Form {
		at := fmt.Sprintf("/form/%d", n)
		i := slices.IndexFunc(c.Form, func(g notice.FormText) bool { return g.Name == f.Name })
		if i < 0 {
			b.add(at+"/name", "is no field of this form")
			continue
		}
		if limit := c.Form[i].Limit; limit > 0 {
			b.atMost(at+"/text", f.Text, limit)
		}
	}
	return b.fields
}
