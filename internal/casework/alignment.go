package casework

import (
	"context"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// ofCase is the id of a record that a case has once.
func ofCase(kind RecordKind, caseID string) string {
	return string(kind) + "_" + strings.TrimPrefix(caseID, string(KindCase)+"_")
}

// AlignmentInput is the body of PUT …/police-alignment (S0-13).
type AlignmentInput struct {
	Status           string    `json:"status" enum:"asked,answered,no_answer,not_wanted,not_suspected"`
	Reason           string    `json:"reason,omitempty" maxLength:"1000" doc:"Needed unless asked or answered, and with preservation126ni not_asked; sealed."`
	MayNotify        bool      `json:"mayNotify,omitempty"`
	LeaveOnlineUntil time.Time `json:"leaveOnlineUntil,omitzero"`
	Preservation     string    `json:"preservation126ni,omitempty" enum:"asked,oral,written,refused,not_asked"`
	PreservationAt   time.Time `json:"preservationAt,omitzero" doc:"When the police made the demand, oral or written: it holds from then (C13)."`
	EUPreservationAt time.Time `json:"euPreservationAt,omitzero" doc:"When the provider had a European Preservation Order, as the police told it: the data are kept from then (C14)."`
	PosterContact    string    `json:"posterContact,omitempty" enum:"allowed,forbidden"`
	MayMentionPolice bool      `json:"mayMentionPolice,omitempty"`
	AskAgainAt       time.Time `json:"askAgainAt,omitzero"`
}

// AlignmentView is what was agreed with the police; the reason is masked.
type AlignmentView struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	AlignmentInput
	AskedAt    time.Time `json:"askedAt,omitzero"`
	AnsweredAt time.Time `json:"answeredAt,omitzero"`
	Clock      string    `json:"clockId,omitempty"`

	PreservationClock   string `json:"preservationClockId,omitempty"`
	EUPreservationClock string `json:"euPreservationClockId,omitempty"`
	ReasonSealed        bool   `json:"reasonSealed,omitempty"`
}

var policeRoles = []takedown.Role{takedown.Coordinator, takedown.Liaison}

// alignment is what was agreed with the police on this case; nil before
// anybody asked.
func (t *tx) alignment() (*takedown.Alignment, error) {
	return find[takedown.Alignment](t, ofCase(KindAlignment, string(t.base.Stream)))
}

// posterAllowed says whether the police allowed contact with the poster. No
// answer never does (S0-13).
func (t *tx) posterAllowed() (bool, error) {
	a, err := t.alignment()
	return a != nil && a.Status == "answered" && a.PosterContact == "allowed", err
}

// PutAlignment records what was asked of the police or what they answered.
// Asking starts C19; an answer, or the decision not to ask, ends it. From then
// on a liaison sees the case. Roles: coordinator, liaison.
func (s *Service) PutAlignment(ctx context.Context, who takedown.Principal, caseID string, in AlignmentInput, version int64) (AlignmentView, error) {
	var out AlignmentView
	err := s.inCase(ctx, who, caseID, policeRoles, func(t *tx, c *takedown.Case) error {
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
		if err := t.checkAlignment(a, in); err != nil {
			return err
		}
		if err := t.applyAlignment(c, a, in); err != nil {
			return err
		}
		c.Police = true
		if err := t.put(c); err != nil {
			return err
		}
		if err := t.log("alignment.recorded", in.Status, idsOf(a.ID, a.Clock)); err != nil {
			return err
		}
		out = viewAlignment(a)
		out.Version = a.Version + 1
		return t.touch()
	})
	return out, err
}

func (t *tx) checkAlignment(a *takedown.Alignment, in AlignmentInput) error {
	var b bad
	b.oneOf("/status", in.Status, []string{"asked", "answered", "no_answer", "not_wanted", "not_suspected"})
	b.oneOf("/preservation126ni", in.Preservation, []string{"", "asked", "oral", "written", "refused", "not_asked"})
	b.oneOf("/posterContact", in.PosterContact, []string{"", "allowed", "forbidden"})
	if in.Reason != "" || (in.Status != "asked" && in.Status != "answered") || in.Preservation == "not_asked" {
		b.fields = append(b.fields, checkReason("/reason", in.Reason)...)
	}
	if err := t.preservationAt(&b, in); err != nil {
		return err
	}
	if in.Status != "answered" {
		const silent = "is the police's to allow: record it with their answer"
		if in.MayNotify {
			b.add("/mayNotify", silent)
		}
		if in.PosterContact == "allowed" {
			b.add("/posterContact", silent)
		}
		if in.MayMentionPolice {
			b.add("/mayMentionPolice", silent)
		}
		if !in.LeaveOnlineUntil.IsZero() && !second(in.LeaveOnlineUntil).Equal(a.LeaveOnlineUntil) {
			b.add("/leaveOnlineUntil", "is the police's to ask: record it with their answer")
		}
	}
	if !in.LeaveOnlineUntil.IsZero() && in.MayNotify && in.LeaveOnlineUntil.After(t.now) {
		b.add("/leaveOnlineUntil", "contradicts mayNotify: the police ask to leave it online, or allow notices")
	}
	if !in.AskAgainAt.IsZero() && in.AskAgainAt.Before(t.now) {
		b.add("/askAgainAt", "lies in the past")
	}
	if err := refuseAll(b.fields); err != nil {
		return err
	}
	return t.silenceIsOver(a, in)
}

// silenceIsOver refuses to record silence while the police still have time to
// answer: that would pass the gate that C19 holds.
func (t *tx) silenceIsOver(a *takedown.Alignment, in AlignmentInput) error {
	if in.Status != "no_answer" {
		return nil
	}
	if a.Clock == "" {
		return state("the police were not asked: record asked first, or why they are not")
	}
	clock, err := load[takedown.Clock](t, a.Clock)
	if err != nil {
		return err
	}
	if clock.Status == takedown.ClockRunning && t.now.Before(clock.Due) {
		return state("the police may answer until %s", clock.Due.Format(time.RFC3339))
	}
	return nil
}

func (t *tx) applyAlignment(c *takedown.Case, a *takedown.Alignment, in AlignmentInput) error {
	asks := in.Status == "asked" && a.Status != "asked"
	a.Status, a.MayNotify = in.Status, in.MayNotify
	if in.Status == "answered" { // what they asked for stands until its date, or until they answer otherwise
		a.LeaveOnlineUntil = second(in.LeaveOnlineUntil)
		a.WaitAsked = !in.MayNotify && in.LeaveOnlineUntil.IsZero()
	}
	a.Preservation, a.PosterContact, a.MayMention = in.Preservation, in.PosterContact, in.MayMentionPolice
	a.AskAgainAt, a.PreservationAt, a.EUPreservationAt = second(in.AskAgainAt), second(in.PreservationAt), second(in.EUPreservationAt)
	var err error
	if a.Reason, err = t.sealText(a, "reason", in.Reason); err != nil {
		return err
	}
	switch {
	case asks:
		a.AskedAt, a.AnsweredAt = t.now, time.Time{}
		if err := t.startAlignmentClock(c, a); err != nil {
			return err
		}
	case in.Status == "answered":
		a.AnsweredAt = t.now
	}
	if err := t.endAlignmentClock(a); err != nil {
		return err
	}
	if err := t.remind("ask_police_again", takedown.Liaison, a.ID, a.AskAgainAt); err != nil {
		return err
	}
	if err := t.preservation(a); err != nil {
		return err
	}
	return t.put(a)
}

// startAlignmentClock gives the police C19 from when they were asked: at once
// if life or safety is at stake, and they have not asked us to wait.
func (t *tx) startAlignmentClock(c *takedown.Case, a *takedown.Alignment) error {
	clock, err := t.startClock("C19", a.AskedAt, law.CountInput{Event: "asked", LifeOrSafety: c.Flags.Urgent() && !a.WaitAsked}, takedown.Clock{Supersedes: a.Clock})
	if err != nil {
		return err
	}
	a.Clock = clock.ID
	return nil
}

func (t *tx) endAlignmentClock(a *takedown.Alignment) error {
	if a.Clock == "" || a.Status == "asked" {
		return nil
	}
	status := takedown.ClockMet
	if a.Status == "no_answer" {
		status = takedown.ClockExpired
	}
	return t.endClock(a.Clock, status, "alignment_"+a.Status)
}

// hurryAlignment counts C19 again for a case that became urgent while the
// police had not answered: waiting for them steps back.
func (t *tx) hurryAlignment(c *takedown.Case) error {
	a, err := t.alignment()
	if err != nil || a == nil || a.Status != "asked" || a.Clock == "" || a.WaitAsked {
		return err
	}
	clock, err := load[takedown.Clock](t, a.Clock)
	if err != nil || clock.Status != takedown.ClockRunning {
		return err
	}
	if err := t.endClock(a.Clock, takedown.ClockSuperseded, "urgent_flag"); err != nil {
		return err
	}
	if err := t.startAlignmentClock(c, a); err != nil {
		return err
	}
	return t.put(a)
}

// remind keeps one task of a kind open with the date it is for; a zero date
// ends it.
func (t *tx) remind(kind string, owner takedown.Role, subject string, at time.Time) error {
	if err := t.closeTasks(kind, subject); err != nil || at.IsZero() {
		return err
	}
	return t.openTask(takedown.Task{Kind: kind, Owner: owner, Reason: "review_date", Subject: subject, DueAt: at})
}

// second is an instant as it is stored: UTC, whole seconds.
func second(at time.Time) time.Time { return at.UTC().Truncate(time.Second) }

func viewAlignment(a *takedown.Alignment) AlignmentView {
	return AlignmentView{
		ID: a.ID, Version: a.Version, AskedAt: a.AskedAt, AnsweredAt: a.AnsweredAt, Clock: a.Clock, ReasonSealed: !a.Reason.Empty(),
		PreservationClock: a.PreservationClock, EUPreservationClock: a.EUPreservationClock,
		AlignmentInput: AlignmentInput{
			Status: a.Status, MayNotify: a.MayNotify, LeaveOnlineUntil: a.LeaveOnlineUntil, Preservation: a.Preservation, PreservationAt: a.PreservationAt, EUPreservationAt: a.EUPreservationAt,
			PosterContact: a.PosterContact, MayMentionPolice: a.MayMention, AskAgainAt: a.AskAgainAt,
		},
	}
}

// GetAlignment gives what was agreed with the police, without the reason.
// Roles: whoever may see the case.
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
