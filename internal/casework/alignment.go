package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// ofCase is the id of a record that a case has once.
func ofCase(kind RecordKind, caseID string) string {
	return string(kind) + "_" + strings.TrimPrefix(caseID, "case_")
}

// AlignmentInput is the body of PUT …/police-alignment (S0-13).
type AlignmentInput struct {
	Status           string    `json:"status" enum:"asked,answered,no_answer,not_wanted,not_suspected"`
	Reason           string    `json:"reason,omitempty" maxLength:"1000" doc:"Needed unless asked or answered; sealed."`
	MayNotify        bool      `json:"mayNotify,omitempty"`
	LeaveOnlineUntil time.Time `json:"leaveOnlineUntil,omitzero"`
	Preservation     string    `json:"preservation126ni,omitempty" enum:"asked,oral,written,refused,not_asked"`
	PosterContact    string    `json:"posterContact,omitempty" enum:"allowed,forbidden"`
	MayMentionPolice bool      `json:"mayMentionPolice,omitempty"`
	AskAgainAt       time.Time `json:"askAgainAt,omitzero"`
}

// AlignmentView is what was agreed with the police.
type AlignmentView struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	AlignmentInput
	AskedAt    time.Time `json:"askedAt,omitzero"`
	AnsweredAt time.Time `json:"answeredAt,omitzero"`
	Clock      string    `json:"clockId,omitempty"`
}

var policeRoles = []takedown.Role{takedown.Coordinator, takedown.Liaison}

// alignment is what was agreed with the police on this case; nil before
// anybody asked.
func (t *tx) alignment() (*takedown.Alignment, error) {
	return find[takedown.Alignment](t, ofCase(KindAlignment, string(t.base.Stream)))
}

// PutAlignment records what was asked of the police or what they answered.
// Asking starts C19; an answer, or the decision not to ask, ends it. Roles:
// coordinator, liaison.
func (s *Service) PutAlignment(ctx context.Context, who takedown.Principal, caseID string, in AlignmentInput, version int64) (AlignmentView, error) {
	var out AlignmentView
	err := s.inPoliceCase(ctx, who, caseID, func(t *tx, c *takedown.Case) error {
		if err := refuseAll(checkAlignment(in)); err != nil {
			return err
		}
		a, err := t.alignment()
		if err != nil {
			return err
		}
		if a == nil {
			a = &takedown.Alignment{Meta: takedown.Meta{ID: ofCase(KindAlignment, c.ID), Case: c.ID}}
		}
		if err := sameVersion(a.Version, version); err != nil {
			return err
		}
		if err := t.applyAlignment(c, a, in); err != nil {
			return err
		}
		c.Police = true
		if err := t.put(c); err != nil {
			return err
		}
		if err := t.log("alignment.recorded", in.Status, []string{a.ID}); err != nil {
			return err
		}
		out = viewAlignment(a)
		out.Version = a.Version + 1
		return t.touch()
	})
	return out, err
}

// inPoliceCase lets a liaison begin what makes a case theirs: an alignment or
// a police report is how they come to see it.
func (s *Service) inPoliceCase(ctx context.Context, who takedown.Principal, caseID string, f func(*tx, *takedown.Case) error) error {
	return s.inCase(ctx, who, caseID, policeRoles, f)
}

func checkAlignment(in AlignmentInput) []takedown.FieldError {
	var b bad
	b.oneOf("/status", in.Status, []string{"asked", "answered", "no_answer", "not_wanted", "not_suspected"})
	b.oneOf("/preservation126ni", in.Preservation, []string{"", "asked", "oral", "written", "refused", "not_asked"})
	b.oneOf("/posterContact", in.PosterContact, []string{"", "allowed", "forbidden"})
	if slices.Contains([]string{"no_answer", "not_wanted", "not_suspected"}, in.Status) || in.Preservation == "not_asked" {
		b.fields = append(b.fields, checkReason("/reason", in.Reason)...)
	}
	if in.Status == "asked" && (in.MayNotify || in.PosterContact == "allowed") {
		b.add("/status", "police who have not answered have allowed nothing")
	}
	return b.fields
}

func (t *tx) applyAlignment(c *takedown.Case, a *takedown.Alignment, in AlignmentInput) error {
	first := a.Status != "asked"
	a.Status, a.MayNotify, a.LeaveOnlineUntil = in.Status, in.MayNotify, in.LeaveOnlineUntil.UTC()
	a.Preservation, a.PosterContact, a.MayMention, a.AskAgainAt = in.Preservation, in.PosterContact, in.MayMentionPolice, in.AskAgainAt
	var err error
	if a.Reason, err = t.sealText(a, "reason", in.Reason); err != nil {
		return err
	}
	if in.Status == "asked" {
		if first {
			a.AskedAt, a.AnsweredAt = t.now, time.Time{}
			clock, err := t.startClock("C19", t.now, law.CountInput{Event: "asked", LifeOrSafety: c.Flags.LifeOrSafety}, takedown.Clock{Meta: takedown.Meta{Case: c.ID}})
			if err != nil {
				return err
			}
			a.Clock = clock.ID
		}
		return t.put(a)
	}
	if in.Status == "answered" {
		a.AnsweredAt = t.now
	}
	if err := t.endRunning(a.Clock, "alignment_"+in.Status); err != nil {
		return err
	}
	return t.put(a)
}

// endRunning ends a clock as met, if it runs.
func (t *tx) endRunning(id, reason string) error {
	if id == "" {
		return nil
	}
	c, err := load[takedown.Clock](t, id)
	if err != nil || c.Status != takedown.ClockRunning {
		return err
	}
	return t.endClock(id, takedown.ClockMet, reason)
}

func viewAlignment(a *takedown.Alignment) AlignmentView {
	return AlignmentView{
		ID: a.ID, Version: a.Version, AskedAt: a.AskedAt, AnsweredAt: a.AnsweredAt, Clock: a.Clock,
		AlignmentInput: AlignmentInput{
			Status: a.Status, MayNotify: a.MayNotify, LeaveOnlineUntil: a.LeaveOnlineUntil, Preservation: a.Preservation,
			PosterContact: a.PosterContact, MayMentionPolice: a.MayMention, AskAgainAt: a.AskAgainAt,
		},
	}
}

// GetAlignment gives what was agreed with the police, without the reason.
func (s *Service) GetAlignment(ctx context.Context, who takedown.Principal, caseID string) (AlignmentView, error) {
	var out AlignmentView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		a, err := t.alignment()
		if err == nil && a == nil {
			err = noSuch(KindAlignment)
		}
		if err == nil {
			out = viewAlignment(a)
		}
		return err
	})
	return out, err
}
