package casework

import (
	"context"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// TriageInput is the body of PUT …/triage (S2-8).
type TriageInput struct {
	ThreatLevel  string    `json:"threatLevel" enum:"none,low,elevated,high,acute"`
	JudgedBy     string    `json:"judgedBy" maxLength:"200" doc:"A function, not a name."`
	LifeOrSafety bool      `json:"lifeOrSafety" doc:"Sets the case's flag; only the coordinator takes it back."`
	ReviewAt     time.Time `json:"reviewAt,omitzero"`
	AtOnce       string    `json:"atOnce,omitempty" maxLength:"2000" doc:"What to do at once; sealed."`
}

// TriageView is the safety triage of a case; what to do at once is masked.
type TriageView struct {
	ID           string    `json:"id"`
	Version      int64     `json:"version"`
	ThreatLevel  string    `json:"threatLevel"`
	JudgedBy     string    `json:"judgedBy"`
	LifeOrSafety bool      `json:"lifeOrSafety"`
	ReviewAt     time.Time `json:"reviewAt,omitzero"`
	At           time.Time `json:"at"`
	AtOnceSealed bool      `json:"atOnceSealed,omitempty"`
}

// PutTriage records the safety triage. Life or safety makes the case urgent at
// once. Roles: coordinator, specialist.
func (s *Service) PutTriage(ctx context.Context, who takedown.Principal, caseID string, in TriageInput, version int64) (TriageView, error) {
	var out TriageView
	roles := []takedown.Role{takedown.Coordinator, takedown.Specialist}
	err := s.inCase(ctx, who, caseID, roles, func(t *tx, c *takedown.Case) error {
		if err := refuseAll(checkTriage(in, t.now)); err != nil {
			return err
		}
		tr, err := find[takedown.Triage](t, ofCase(KindTriage, c.ID))
		if err != nil {
			return err
		}
		if tr == nil {
			tr = &takedown.Triage{Meta: takedown.Meta{ID: ofCase(KindTriage, c.ID), Case: c.ID}}
		}
		if err := sameVersion(tr.Version, version); err != nil {
			return err
		}
		tr.ThreatLevel, tr.JudgedBy, tr.LifeOrSafety, tr.ReviewAt, tr.At = in.ThreatLevel, in.JudgedBy, in.LifeOrSafety, second(in.ReviewAt), t.now
		if tr.AtOnce, err = t.sealText(tr, "atOnce", in.AtOnce); err != nil {
			return err
		}
		if err := t.put(tr); err != nil {
			return err
		}
		if err := t.afterTriage(c, tr); err != nil {
			return err
		}
		out = viewTriage(tr)
		out.Version = tr.Version + 1
		if err := t.log("case.triaged", in.ThreatLevel, []string{c.ID, tr.ID}); err != nil {
			return err
		}
		return t.touch()
	})
	return out, err
}

func (t *tx) afterTriage(c *takedown.Case, tr *takedown.Triage) error {
	if tr.LifeOrSafety && !c.Flags.LifeOrSafety {
		before := c.Flags
		c.Flags.LifeOrSafety = true
		if err := t.put(c); err != nil {
			return err
		}
		if err := t.newFlags(c, before); err != nil {
			return err
		}
	}
	if err := t.closeTasks("triage", c.ID); err != nil {
		return err
	}
	if !tr.AtOnce.Empty() {
		task := takedown.Task{Kind: "act_at_once", Owner: takedown.Coordinator, Reason: "triage", Subject: tr.ID, Urgent: true}
		if err := t.openTask(task); err != nil {
			return err
		}
	}
	if err := t.openOnce(t.checkIn(firstCheckIn)); err != nil {
		return err
	}
	return t.remind("review_triage", takedown.Coordinator, c.ID, tr.ReviewAt)
}

func checkTriage(in TriageInput, now time.Time) []takedown.FieldError {
	var b bad
	b.oneOf("/threatLevel", in.ThreatLevel, []string{"none", "low", "elevated", "high", "acute"})
	if strings.TrimSpace(in.JudgedBy) == "" {
		b.add("/judgedBy", "say which function judged it")
	}
	b.atMost("/judgedBy", in.JudgedBy, 200)
	b.atMost("/atOnce", in.AtOnce, 2000)
	if !in.ReviewAt.IsZero() && in.ReviewAt.Before(now) {
		b.add("/reviewAt", "lies in the past")
	}
	return b.fields
}

func viewTriage(tr *takedown.Triage) TriageView {
	return TriageView{tr.ID, tr.Version, tr.ThreatLevel, tr.JudgedBy, tr.LifeOrSafety, tr.ReviewAt, tr.At, !tr.AtOnce.Empty()}
}

// GetTriage gives the safety triage. Roles: whoever may see the case.
func (s *Service) GetTriage(ctx context.Context, who takedown.Principal, caseID string) (TriageView, error) {
	var out TriageView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, c *takedown.Case) error {
		tr, err := load[takedown.Triage](t, ofCase(KindTriage, c.ID))
		if err == nil {
			out = viewTriage(tr)
		}
		return err
	})
	return out, err
}
