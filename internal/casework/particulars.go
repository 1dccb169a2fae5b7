package casework

import (
	"context"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// ParticularsInput is the body of PUT /v1/tracks/{track}/particulars: the one
// section of the track's route. What the store knows is not asked.
type ParticularsInput struct {
	Supervision  *takedown.Supervision  `json:"supervision,omitempty" doc:"Route regulator (T5)."`
	Infringement *takedown.Infringement `json:"infringement,omitempty" doc:"Route supervisor_ap (T13)."`
	Summons      *takedown.Summons      `json:"summons,omitempty" doc:"Route civil (T9)."`
	Erasure      *takedown.Erasure      `json:"erasure,omitempty" doc:"Routes erasure and delisting (T6)."`
	Order        *takedown.OrderRequest `json:"order,omitempty" doc:"Route legal_order (T7)."`
	Dispute      *takedown.Dispute      `json:"dispute,omitempty" doc:"Route ods (T4b)."`
	Relay        *takedown.Relay        `json:"relay,omitempty" doc:"Route flagger (T14)."`
	Notice       *takedown.NoticeWords  `json:"notice,omitempty" doc:"Routes platform and hoster (T1 to T4)."`
	Freeze       *takedown.Freeze       `json:"freeze,omitempty" doc:"Route freeze (T8a, T8b)."`
	Report       *takedown.ReportWords  `json:"report,omitempty" doc:"Route police_report (T12)."`
}

// ParticularsView is what stands for a track; what was said in words is masked
// and stands in the document.
type ParticularsView struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Track   string `json:"trackId"`
	ParticularsInput
	By          string             `json:"by"`
	At          time.Time          `json:"at,omitzero"`
	Together    *takedown.Recorded `json:"filedTogetherRecorded,omitempty" doc:"Who said, and when, that report and request go together."`
	WordsSealed bool               `json:"wordsSealed,omitempty"`
}

// particularWords are the words of a section, which are sealed.
type particularWords struct {
	Representative string   `json:"representative,omitempty"`
	Lawyer         string   `json:"lawyer,omitempty"`
	Clause         string   `json:"clause,omitempty"`
	Officer        string   `json:"officerAddress,omitempty"`
	Events         []string `json:"events,omitempty"`
}

// empty reports whether nothing was said in words.
func (w particularWords) empty() bool {
	return w.Representative == "" && w.Lawyer == "" && w.Clause == "" && w.Officer == "" && len(w.Events) == 0
}

var particularsRoles = []takedown.Role{takedown.LegalAdviser, takedown.Specialist}

// sections are the routes' sections.
var sections = map[string]string{
	"regulator": "supervision", "supervisor_ap": "infringement", "civil": "summons", "erasure": "erasure", "delisting": "erasure",
	routeOrder: "order", "platform": "notice", "hoster": "notice", "freeze": "freeze", "police_report": "report",
	routeDispute: "dispute", routeFlagger: "relay",
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
			have = newParticulars(tr)
		}
		if err := sameVersion(have.Version, version); err != nil {
			return err
		}
		if err := t.checkParticulars(tr, have, in); err != nil {
			return err
		}
		if err := t.draftedAnew(tr); err != nil {
			return err
		}
		if err := t.applyParticulars(tr, have, in); err != nil {
			return err
		}
		if err := t.receiptSaid(tr, have.Infringement); err != nil {
			return err
		}
		out = viewParticulars(have)
		out.Version = have.Version + 1
		return t.touch()
	})
	return out, err
}

func newParticulars(tr *takedown.Track) *takedown.Particulars {
	return &takedown.Particulars{Meta: takedown.Meta{ID: particularsID(tr.ID), Case: tr.Case}, Track: tr.ID}
}

func (t *tx) applyParticulars(tr *takedown.Track, p *takedown.Particulars, in ParticularsInput) error {
	t.recordTogether(p, in.Order)
	p.Supervision, p.Infringement, p.Summons, p.Erasure, p.Order = in.Supervision, in.Infringement, in.Summons, in.Erasure, in.Order
	p.Dispute, p.Relay = in.Dispute, in.Relay
	p.By, p.At, p.Words = t.who.ID, t.now, takedown.Sealed{}
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
	if in.Order != nil {
		kept := *in.Order
		words.Representative, kept.Representative = strings.TrimSpace(kept.Representative), ""
		p.Order = &kept
	}
	if in.Infringement != nil {
		kept := *in.Infringement
		kept.ReceivedAt = second(kept.ReceivedAt)
		p.Infringement = &kept
	}
	if in.Dispute != nil {
		kept := *in.Dispute
		kept.CheckedAt = second(kept.CheckedAt)
		p.Dispute = &kept
	}
	p.Notice, p.Freeze, p.Report = in.Notice, in.Freeze, in.Report
	withoutWords(p, &words)
	if !words.empty() {
		var err error
		if p.Words, err = t.seal(p, "words", words); err != nil {
			return err
		}
	}
	if err := t.put(p); err != nil {
		return err
	}
	reason := sections[tr.Route]
	if p.Order != nil && p.Order.FiledTogether != "" {
		reason += ":filed_together"
	}
	return t.log("particulars.recorded", reason, []string{p.ID, tr.ID})
}

// recordTogether keeps who said first that report and request go together, until
// somebody says otherwise.
func (t *tx) recordTogether(p *takedown.Particulars, in *takedown.OrderRequest) {
	switch {
	case in == nil || in.FiledTogether == "":
		p.Together = nil
	case p.Together == nil || p.Order.FiledTogether != in.FiledTogether:
		p.Together = &takedown.Recorded{By: t.who.ID, At: t.now}
	}
}

// draftedAnew gives up a text that has not left, so that the rung drafts
// another.
func (t *tx) draftedAnew(tr *takedown.Track) error {
	if tr.Ended() {
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
	if err := t.replace(d, "particulars_changed"); err != nil {
		return err
	}
	return t.log("document.superseded", "particulars_changed", []string{d.ID, tr.ID})
}

func viewParticulars(p *takedown.Particulars) ParticularsView {
	return ParticularsView{
		ID: p.ID, Version: p.Version, Track: p.Track, By: p.By, At: p.At, Together: p.Together, WordsSealed: !p.Words.Empty(),
		ParticularsInput: ParticularsInput{p.Supervision, p.Infringement, p.Summons, p.Erasure, p.Order, p.Dispute, p.Relay, p.Notice, p.Freeze, p.Report},
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
