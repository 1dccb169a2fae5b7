package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// EvaluationInput is the body of PUT /v1/cases/{case}/evaluation: what person and
// team said when the case was discussed with them (S0-26). What the store knows
// is not asked.
type EvaluationInput struct {
	Team     time.Time                   `json:"teamAt,omitzero" doc:"When it was discussed with the team."`
	People   []takedown.EvaluationPerson `json:"people,omitempty" maxItems:"40"`
	Lessons  []string                    `json:"lessons,omitempty" maxItems:"10" doc:"earlier_capture, earlier_police, other_channel, second_reader, none"`
	Refusals []string                    `json:"refusals,omitempty" maxItems:"10" doc:"Why somebody decided against us: not_illegal, not_against_terms, not_found, more_information, none_given"`
}

// EvaluationView is what stands for a case.
type EvaluationView struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	EvaluationInput
	By string `json:"by"`
}

func evaluationID(caseID string) string {
	return string(KindEvaluation) + "_" + strings.TrimPrefix(caseID, "case_")
}

// PutEvaluation records what person and team said of a case, open or closed. An
// evaluation that nobody approved yet gives way: it is drafted again. Role:
// coordinator.
func (s *Service) PutEvaluation(ctx context.Context, who takedown.Principal, caseID string, in EvaluationInput, version int64) (EvaluationView, error) {
	var out EvaluationView
	err := s.inAnyCase(ctx, who, caseID, coordinatorOnly, func(t *tx, c *takedown.Case) error {
		have, err := find[takedown.Evaluation](t, evaluationID(c.ID))
		if err != nil {
			return err
		}
		if have == nil {
			have = &takedown.Evaluation{Meta: takedown.Meta{ID: evaluationID(c.ID), Case: c.ID}}
		}
		if err := sameVersion(have.Version, version); err != nil {
			return err
		}
		if err := t.checkEvaluation(in); err != nil {
			return err
		}
		have.Team, have.People, have.Lessons, have.Refusals, have.By = second(in.Team), slices.Clone(in.People), in.Lessons, in.Refusals, who.ID
		for n := range have.People {
			have.People[n].At = second(have.People[n].At)
		}
		if err := t.put(have); err != nil {
			return err
		}
		if err := t.giveUpOwnForm(notice.T11, "", "evaluation_changed"); err != nil {
			return err
		}
		out = viewEvaluation(have)
		out.Version = have.Version + 1
		return t.log("evaluation.recorded", "", []string{have.ID})
	})
	return out, err
}

func (t *tx) checkEvaluation(in EvaluationInput) error {
	var b bad
	b.notFuture("/teamAt", in.Team, t.now)
	for n, p := range in.People {
		at := fmt.Sprintf("/people/%d", n)
		if _, err := t.personOf(p.Person); err != nil {
			if takedown.KindOf(err) != takedown.NotFound {
				return err
			}
			b.add(at+"/personId", "is no affected person of this case")
		}
		if slices.ContainsFunc(in.People[:n], func(q takedown.EvaluationPerson) bool { return q.Person == p.Person }) {
			b.add(at+"/personId", "stands there twice")
		}
		b.notFuture(at+"/at", p.At, t.now)
		b.maybe(at+"/not", p.Not, "declined", "unreachable", "unsafe")
		b.maybe(at+"/experience", p.Experience, "supported", "mixed", "not_supported")
		if p.At.IsZero() == (p.Not == "") {
			b.add(at+"/at", "say when it was discussed, or why not")
		}
		if p.Not != "" && p.Experience != "" {
			b.add(at+"/experience", "is the person's own word: it was not discussed with them")
		}
	}
	b.orNone("/lessons", in.Lessons, []string{"earlier_capture", "earlier_police", "other_channel", "second_reader", "none"})
	b.some("/refusals", in.Refusals, []string{"not_illegal", "not_against_terms", "not_found", "more_information", "none_given"})
	return refuseAll(b.fields)
}

func viewEvaluation(e *takedown.Evaluation) EvaluationView {
	return EvaluationView{e.ID, e.Version, EvaluationInput{e.Team, e.People, e.Lessons, e.Refusals}, e.By}
}

// GetEvaluation gives what stands for a case. Roles: whoever may see it.
func (s *Service) GetEvaluation(ctx context.Context, who takedown.Principal, caseID string) (EvaluationView, error) {
	var out EvaluationView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, c *takedown.Case) error {
		e, err := find[takedown.Evaluation](t, evaluationID(c.ID))
		if err == nil && e == nil {
			err = noSuch(KindEvaluation)
		}
		if err == nil {
			out = viewEvaluation(e)
		}
		return err
	})
	return out, err
}
