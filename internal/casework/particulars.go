package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// ParticularsInput is the body of PUT /v1/tracks/{track}/particulars: the one
// section of the track's route. What the store knows is not asked.
type ParticularsInput struct {
	Supervision  *takedown.Supervision  `json:"supervision,omitempty" doc:"Route regulator (T5)."`
	Infringement *takedown.Infringement `json:"infringement,omitempty" doc:"Route supervisor_ap (T13)."`
	Summons      *takedown.Summons      `json:"summons,omitempty" doc:"Route civil (T9)."`
	Erasure      *takedown.Erasure      `json:"erasure,omitempty" doc:"Routes erasure and delisting (T6)."`
}

// ParticularsView is what stands for a track; what was said in words is masked
// and stands in the document.
type ParticularsView struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Track   string `json:"trackId"`
	ParticularsInput
	By          string `json:"by"`
	WordsSealed bool   `json:"wordsSealed,omitempty"`
}

// particularWords are the words of a section, which are sealed.
type particularWords struct {
	Representative string `json:"representative,omitempty"`
	Lawyer         string `json:"lawyer,omitempty"`
}

var particularsRoles = []takedown.Role{takedown.LegalAdviser, takedown.Specialist}

// sections are the routes' sections.
var sections = map[string]string{
	"regulator": "supervision", "supervisor_ap": "infringement", "civil": "summons", "erasure": "erasure", "delisting": "erasure",
}

func particularsID(track string) string {
	return string(KindParticulars) + "_" + strings.TrimPrefix(track, "track_")
}

// particulars are a track's; nil before anybody gave them.
func (t *tx) particulars(track string) (*takedown.Particulars, error) {
	return find[takedown.Particulars](t, particularsID(track))
}

// PutParticulars records what a track's instrument says and no other record
// holds. A text that has not left is drafted again from it; one that has left
// keeps what it was made from. Roles: legal adviser, specialist.
func (s *Service) PutParticulars(ctx context.Context, who takedown.Principal, track string, in ParticularsInput, version int64) (ParticularsView, error) {
	var out ParticularsView
	err := s.onTrackBy(ctx, who, track, particularsRoles, func(t *tx, tr *takedown.Track) error {
		have, err := t.particulars(tr.ID)
		if err != nil {
			return err
		}
		if have == nil {
			have = &takedown.Particulars{Meta: takedown.Meta{ID: particularsID(tr.ID), Case: tr.Case}, Track: tr.ID}
		}
		if err := sameVersion(have.Version, version); err != nil {
			return err
		}
		if err := t.checkParticulars(tr, in); err != nil {
			return err
		}
		if err := t.draftedAnew(tr); err != nil {
			return err
		}
		if err := t.applyParticulars(have, in); err != nil {
			return err
		}
		if err := t.log("particulars.recorded", sections[tr.Route], []string{have.ID, tr.ID}); err != nil {
			return err
		}
		out = viewParticulars(have)
		out.Version = have.Version + 1
		return t.touch()
	})
	return out, err
}

func (t *tx) applyParticulars(p *takedown.Particulars, in ParticularsInput) error {
	p.Supervision, p.Infringement, p.Summons, p.Erasure = in.Supervision, in.Infringement, in.Summons, in.Erasure
	p.By, p.Words = t.who.ID, takedown.Sealed{}
	var words particularWords
	if in.Supervision != nil {
		kept := *in.Supervision
		words.Representative, kept.Representative = strings.TrimSpace(kept.Representative), ""
		p.Supervision = &kept
	}
	if in.Summons != nil {
		kept := *in.Summons
		words.Lawyer, kept.Lawyer = strings.TrimSpace(kept.Lawyer), ""
		p.Summons = &kept
	}
	if in.Infringement != nil {
		kept := *in.Infringement
		kept.ReceivedAt = second(kept.ReceivedAt)
		p.Infringement = &kept
	}
	if words != (particularWords{}) {
		var err error
		if p.Words, err = t.seal(p, "words", words); err != nil {
			return err
		}
	}
	return t.put(p)
}

// draftedAnew gives up a text that has not left, so that the rung drafts
// another.
func (t *tx) draftedAnew(tr *takedown.Track) error {
	if tr.Status == takedown.TrackDone || tr.Status == takedown.TrackStopped {
		return state("the track has ended")
	}
	cur := tr.Current()
	if cur == nil || cur.Document == "" {
		return nil
	}
	d, err := load[takedown.Document](t, cur.Document)
	if err != nil || d.Status == takedown.DocumentSuperseded {
		return err
	}
	if err := t.notOnItsWay(d); err != nil {
		return err
	}
	switch d.Status {
	case takedown.DocumentPending, takedown.DocumentRejected, takedown.DocumentApproved:
	default:
		return state("the document has left: what it was made from stands")
	}
	d.Status, d.Approval = takedown.DocumentSuperseded, nil
	if err := t.put(d); err != nil {
		return err
	}
	return t.log("document.superseded", "particulars_changed", []string{d.ID, tr.ID})
}

// checkParticulars wants the section of the route and no other, with codes that
// have words in the templates.
func (t *tx) checkParticulars(tr *takedown.Track, in ParticularsInput) error {
	want, ok := sections[tr.Route]
	if !ok {
		return state("the instruments of route %s need no particulars", tr.Route)
	}
	var b bad
	given := map[string]bool{
		"supervision": in.Supervision != nil, "infringement": in.Infringement != nil,
		"summons": in.Summons != nil, "erasure": in.Erasure != nil,
	}
	for _, name := range []string{"supervision", "infringement", "summons", "erasure"} {
		switch {
		case name == want && !given[name]:
			b.add("/"+name, "is needed: it is the section of route %s", tr.Route)
		case name != want && given[name]:
			b.add("/"+name, "does not belong to route %s", tr.Route)
		}
	}
	b.supervision(in.Supervision)
	b.infringement(in.Infringement, t)
	b.summons(in.Summons)
	b.erasure(in.Erasure)
	return refuseAll(b.fields)
}

// some wants known codes, each once.
func (b *bad) some(pointer string, values, codes []string) {
	for n, v := range values {
		at := fmt.Sprintf("%s/%d", pointer, n)
		b.oneOf(at, v, codes)
		if slices.Contains(values[:n], v) {
			b.add(at, "stands there twice")
		}
	}
}

// maybe is oneOf for what may still be open: a finding says what is missing.
func (b *bad) maybe(pointer, value string, codes ...string) {
	if value != "" {
		b.oneOf(pointer, value, codes)
	}
}

func (b *bad) supervision(in *takedown.Supervision) {
	if in == nil {
		return
	}
	b.maybe("/supervision/recipient", in.Recipient, "account_holder", "mandate")
	b.maybe("/supervision/use", in.Use, "reads", "publishes")
	b.maybe("/supervision/designated", in.Designated, "yes", "no", "unknown")
	b.line("/supervision/representative", in.Representative, 200)
	b.some("/supervision/breaches", in.Breaches, []string{"contact_point", "mechanism", "receipt", "decision", "diligence", "complaint", "dispute", "flagger", "misuse"})
	b.some("/supervision/proceedings", in.Proceedings, []string{"none", "ap", "court", "ods", "police"})
	if len(in.Proceedings) > 1 && slices.Contains(in.Proceedings, "none") {
		b.add("/supervision/proceedings", "none stands alone")
	}
}

func (b *bad) infringement(in *takedown.Infringement, t *tx) {
	if in == nil {
		return
	}
	b.notFuture("/infringement/receivedAt", in.ReceivedAt, t.now)
	b.maybe("/infringement/proof", in.Proof, "mail_receipt", "form_receipt", "letter_receipt", "answer")
	if in.Proof != "" && in.ReceivedAt.IsZero() {
		b.add("/infringement/receivedAt", "say which day it shows")
	}
	if in.Proof == "" && !in.ReceivedAt.IsZero() {
		b.add("/infringement/proof", "say what shows that day")
	}
	b.some("/infringement/breaches", in.Breaches, []string{"no_answer", "no_reasons", "not_erased", "no_remedies"})
}

func (b *bad) summons(in *takedown.Summons) {
	if in == nil {
		return
	}
	b.line("/summons/lawyer", in.Lawyer, 200)
	b.maybe("/summons/identity", in.Identity, "own_statement", "court", "public_profile")
	b.maybe("/summons/service", in.Service, "bailiff", "registered_letter", "mail")
	b.some("/summons/demands", in.Demands, []string{"remove", "no_repeat", "list_recipients"})
}

func (b *bad) erasure(in *takedown.Erasure) {
	if in == nil {
		return
	}
	b.some("/erasure/grounds", in.Grounds, []string{"unlawful", "not_needed", "objection"})
	b.some("/erasure/objection", in.Objection, []string{"safety", "family", "work"})
	b.some("/erasure/weighing", in.Weighing, []string{"no_debate", "readable_without"})
	if len(in.Objection) > 0 && !slices.Contains(in.Grounds, "objection") {
		b.add("/erasure/objection", "reasons need the ground objection")
	}
}

func viewParticulars(p *takedown.Particulars) ParticularsView {
	return ParticularsView{
		ID: p.ID, Version: p.Version, Track: p.Track, By: p.By, WordsSealed: !p.Words.Empty(),
		ParticularsInput: ParticularsInput{p.Supervision, p.Infringement, p.Summons, p.Erasure},
	}
}

// GetParticulars gives what stands for a track, without its words. Roles:
// whoever may see the case.
func (s *Service) GetParticulars(ctx context.Context, who takedown.Principal, track string) (ParticularsView, error) {
	var out ParticularsView
	if err := need(who, anyRole...); err != nil {
		return out, err
	}
	caseID, err := caseOf[takedown.Track](ctx, s, track)
	if err != nil {
		return out, err
	}
	err = s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		p, err := t.particulars(track)
		if err == nil && p == nil {
			err = noSuch(KindParticulars)
		}
		if err == nil {
			out = viewParticulars(p)
		}
		return err
	})
	return out, err
}
