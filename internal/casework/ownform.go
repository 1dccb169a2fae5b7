package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// channelHand is the channel of a form of our own: it is read or signed here,
// and goes to no addressee.
const channelHand = "hand"

// ownForm reports whether a document is one of our own forms, which belong to no
// track: the consent form (T10) and the evaluation (T11).
func ownForm(d *takedown.Document) bool { return d.Channel == channelHand }

// OwnFormInput is the body of POST /v1/cases/{case}/documents: a form of our own,
// drafted from the case and approved as every document is.
type OwnFormInput struct {
	Instrument string            `json:"instrument" enum:"T10,T11" doc:"T10: consent and mandate form of one person. T11: evaluation."`
	Language   string            `json:"language,omitempty" enum:"nl,en" doc:"nl if left out."`
	Consent    *ConsentFormInput `json:"consentForm,omitempty" doc:"T10 alone."`
}

// ConsentFormInput is what a person is asked, each with a yes and a no of its own
// (domain.md §8 T10).
type ConsentFormInput struct {
	Person     string    `json:"personId" maxLength:"60"`
	Actions    []string  `json:"actions" maxItems:"20" doc:"Those of consents: notice, complaint_art20, ods …"`
	Mandate    []string  `json:"mandate,omitempty" maxItems:"10" doc:"For what the person gives a mandate: gdpr, art20, art21, art53."`
	ValidUntil time.Time `json:"validUntil,omitzero" doc:"Until when; needed with a mandate."`
}

// told is what the person reads of their data (art. 13 GDPR).
var told = []string{"purpose", "recipients", "retention", "rights", "contact"}

var (
	mandateScopes = []string{"gdpr", "art20", "art21", "art53"}
	ownFormRoles  = []takedown.Role{takedown.Coordinator, takedown.Specialist}
)

// DraftOwnForm drafts a consent form or an evaluation. One that nobody approved
// yet gives way to the new one. A consent form needs an open case, an evaluation
// may come after. Roles: coordinator, specialist; who drafts counts as its
// editor.
func (s *Service) DraftOwnForm(ctx context.Context, who takedown.Principal, caseID string, in OwnFormInput) (string, error) {
	var id string
	err := s.inAnyCase(ctx, who, caseID, ownFormRoles, func(t *tx, c *takedown.Case) error {
		if err := t.checkOwnForm(in); err != nil {
			return err
		}
		if in.Instrument == notice.T10 && c.Status != takedown.CaseOpen {
			return state("the case is %s: reopen it before anybody is asked for consent", c.Status)
		}
		d, err := t.newDocument(in.Instrument)
		if err != nil {
			return err
		}
		d.Channel, d.Language, d.Editors = channelHand, "nl", []string{who.ID}
		if in.Language != "" {
			d.Language = in.Language
		}
		if in.Consent != nil {
			d.Person = in.Consent.Person
		}
		if err := t.giveUpOwnForm(in.Instrument, d.Person, "drafted_again"); err != nil {
			return err
		}
		if err := t.writeOwnForm(c, d, in); err != nil {
			return err
		}
		id = d.ID
		t.done(201, d.ID)
		return t.log("document.drafted", d.Instrument, idsOf(d.ID, d.Person), "content:"+d.ContentHash)
	})
	return id, err
}

func (t *tx) writeOwnForm(c *takedown.Case, d *takedown.Document, in OwnFormInput) error {
	if err := t.ident(d); err != nil {
		return err
	}
	set, err := t.settings()
	if err != nil {
		return err
	}
	f := headFacts(set, t.employer(set), d)
	if in.Consent != nil {
		f.Form = &notice.Form{Actions: in.Consent.Actions, Mandate: in.Consent.Mandate, ValidUntil: second(in.Consent.ValidUntil), Informed: told}
	} else if f.Evaluation, err = t.factEvaluation(c, d.Language); err != nil {
		return err
	}
	text, err := t.compose(d, f)
	if err != nil {
		return err
	}
	return t.setContent(&takedown.Track{}, d, text)
}

func (t *tx) checkOwnForm(in OwnFormInput) error {
	var b bad
	b.oneOf("/instrument", in.Instrument, []string{notice.T10, notice.T11})
	b.maybe("/language", in.Language, notice.Languages()...)
	switch {
	case in.Instrument == notice.T10 && in.Consent == nil:
		b.add("/consentForm", "is needed: whom it asks, and for what")
	case in.Instrument != notice.T10 && in.Consent != nil:
		b.add("/consentForm", "goes with T10 alone")
	case in.Consent != nil:
		if err := t.checkConsentForm(&b, in.Consent); err != nil {
			return err
		}
	}
	return refuseAll(b.fields)
}

func (t *tx) checkConsentForm(b *bad, in *ConsentFormInput) error {
	if _, err := t.personOf(in.Person); err != nil {
		if takedown.KindOf(err) != takedown.NotFound {
			return err
		}
		b.add("/consentForm/personId", "is no affected person of this case")
	}
	if len(in.Actions) == 0 {
		b.add("/consentForm/actions", "name at least one")
	}
	b.some("/consentForm/actions", in.Actions, consentActions)
	b.some("/consentForm/mandate", in.Mandate, mandateScopes)
	switch {
	case in.ValidUntil.IsZero():
		if len(in.Mandate) > 0 {
			b.add("/consentForm/validUntil", "a mandate needs an end")
		}
	case len(in.Mandate) == 0:
		b.add("/consentForm/validUntil", "goes with a mandate")
	case !in.ValidUntil.After(t.now):
		b.add("/consentForm/validUntil", "lies in the past")
	}
	return nil
}

// checkFormShown holds a consent that names a document to what the person really
// was shown: their own form, as it was approved.
func (t *tx) checkFormShown(b *bad, person, id string) error {
	if !strings.HasPrefix(id, string(KindDocument)+"_") {
		return nil
	}
	d, err := find[takedown.Document](t, id)
	if err != nil {
		return err
	}
	if d == nil || d.Case != string(t.base.Stream) || d.Instrument != notice.T10 || d.Person != person || d.Status != takedown.DocumentApproved {
		b.add("/textShown", "is no approved consent form of this person")
	}
	return nil
}

// giveUpOwnForm gives up the forms of a kind that nobody approved yet.
func (t *tx) giveUpOwnForm(instrument, person, reason string) error {
	docs, err := all[takedown.Document](t)
	if err != nil {
		return err
	}
	for _, d := range docs {
		open := []takedown.DocumentStatus{takedown.DocumentPending, takedown.DocumentRejected}
		if d.Instrument != instrument || d.Person != person || !slices.Contains(open, d.Status) {
			continue
		}
		if err := t.supersede(d); err != nil {
			return err
		}
		if err := t.log("document.superseded", reason, idsOf(d.ID, d.Person)); err != nil {
			return err
		}
	}
	return nil
}
