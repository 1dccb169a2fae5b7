package casework

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// AssessmentInput is the body of PUT …/items/{item}/assessment.
type AssessmentInput struct {
	Grounds           []GroundInput `json:"grounds"`
	InCapacity        bool          `json:"inCapacity,omitempty"`
	Effects           []string      `json:"effects,omitempty"`
	VictimAware       bool          `json:"victimAware,omitempty"`
	FearDescribed     bool          `json:"fearDescribed,omitempty"`
	PunishableOffline bool          `json:"punishableOffline,omitempty"`
	Purpose           []string      `json:"purposeIndicators,omitempty"`
	Contra            []string      `json:"contraIndicators,omitempty"`
	Amplification     string        `json:"amplification,omitempty" enum:"low,medium,high"`
	Locator           string        `json:"locator,omitempty" maxLength:"60" doc:"Where in the content: line:2, image:1."`
	Decision          string        `json:"decision" enum:"act,monitor,no_action"`
}

// GroundInput is one legal ground with the evidence for each element.
type GroundInput struct {
	Offence  string              `json:"offence" maxLength:"20"`
	Elements map[string][]string `json:"elements,omitempty"`
}

// AssessmentView is the finding on one item.
type AssessmentView struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Item    string `json:"itemId"`
	AssessmentInput
	By          string    `json:"by"`
	ConfirmedBy string    `json:"confirmedBy,omitempty"`
	At          time.Time `json:"at"`
}

func assessmentID(item string) string { return "assessment_" + strings.TrimPrefix(item, "item_") }

var assessRoles = []takedown.Role{takedown.Specialist, takedown.LegalAdviser}

// PutAssessment records a specialist's finding on an item. monitor and
// no_action on a suspected offence need a legal adviser's yes too: the same
// decision, put again by one. Roles: specialist; legal adviser to confirm.
func (s *Service) PutAssessment(ctx context.Context, who takedown.Principal, caseID, item string, in AssessmentInput, version int64) (AssessmentView, error) {
	var out AssessmentView
	err := s.inCase(ctx, who, caseID, assessRoles, func(t *tx, c *takedown.Case) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		if it.Outcome != nil {
			return state("the item has an outcome already")
		}
		if err := t.checkAssessment(c, it, in); err != nil {
			return err
		}
		a, err := find[takedown.Assessment](t, assessmentID(item))
		if err != nil {
			return err
		}
		if a == nil {
			a = &takedown.Assessment{Meta: takedown.Meta{ID: assessmentID(item), Case: c.ID}, Item: item}
		}
		if err := sameVersion(a.Version, version); err != nil {
			return err
		}
		if err := t.applyAssessment(it, a, in); err != nil {
			return err
		}
		out = viewAssessment(a)
		out.Version = a.Version + 1
		return t.touch()
	})
	return out, err
}

func (t *tx) checkAssessment(c *takedown.Case, it *takedown.Item, in AssessmentInput) error {
	var b bad
	b.oneOf("/decision", in.Decision, []string{"act", "monitor", "no_action"})
	b.oneOf("/amplification", in.Amplification, []string{"", "low", "medium", "high"})
	b.atMost("/locator", in.Locator, 60)
	if in.Decision == "act" && len(in.Grounds) == 0 {
		b.add("/grounds", "name at least one legal ground")
	}
	if len(in.Grounds) > 10 {
		b.add("/grounds", "at most 10")
	}
	on := c.OccurredAt
	if on.IsZero() {
		on = c.OpenedAt
	}
	for n, g := range in.Grounds {
		at := fmt.Sprintf("/grounds/%d", n)
		o, err := t.s.Law.Offence(g.Offence, on)
		if err != nil {
			b.add(at+"/offence", "is no offence of the law data on the day of the act")
			continue
		}
		known := []string{}
		for _, e := range o.Elements {
			known = append(known, e.ID)
		}
		if err := t.checkElements(&b, at, g, known); err != nil {
			return err
		}
	}
	b.codes("/effects", in.Effects)
	b.codes("/purposeIndicators", in.Purpose)
	b.codes("/contraIndicators", in.Contra)
	return refuseAll(b.fields)
}

func (t *tx) checkElements(b *bad, at string, g GroundInput, known []string) error {
	var names []string
	for name := range g.Elements {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(known, name) {
			b.add(at+"/elements/"+name, "is no element of this offence")
		}
		for k, id := range g.Elements[name] {
			if err := t.proof(b, fmt.Sprintf("%s/elements/%s/%d", at, name, k), id); err != nil {
				return err
			}
		}
	}
	return nil
}

// codes wants short codes: they stand in no sealed place.
func (b *bad) codes(pointer string, values []string) {
	if len(values) > 20 {
		b.add(pointer, "at most 20")
	}
	for n, v := range values {
		if v == "" || len(v) > 60 || strings.ContainsFunc(v, notCode) {
			b.add(fmt.Sprintf("%s/%d", pointer, n), "must be a code: letters, digits, _ . -")
		}
	}
}

func (t *tx) applyAssessment(it *takedown.Item, a *takedown.Assessment, in AssessmentInput) error {
	same := a.Version > 0 && a.Decision == in.Decision
	adviser := t.who.Has(takedown.LegalAdviser)
	a.Grounds = nil
	for _, g := range in.Grounds {
		a.Grounds = append(a.Grounds, takedown.Ground{Offence: g.Offence, Elements: g.Elements})
	}
	a.InCapacity, a.Effects, a.VictimAware, a.FearDescribed = in.InCapacity, in.Effects, in.VictimAware, in.FearDescribed
	a.PunishableOffline, a.Purpose, a.Contra, a.Amplification = in.PunishableOffline, in.Purpose, in.Contra, in.Amplification
	a.Locator, a.Decision, a.At = in.Locator, in.Decision, t.now
	confirm := same && adviser && a.By != t.who.ID
	if confirm {
		a.ConfirmedBy = t.who.ID
	} else {
		a.By, a.ConfirmedBy = t.who.ID, ""
	}
	if err := t.put(a); err != nil {
		return err
	}
	live := in.Decision == "act" || len(in.Grounds) == 0 || confirm
	it.Assessment, it.AssessmentLive = in.Decision, live
	if err := t.afterAssessment(it, a, live); err != nil {
		return err
	}
	if err := t.put(it); err != nil {
		return err
	}
	return t.log("item.assessed", in.Decision, []string{it.ID, a.ID})
}

func (t *tx) afterAssessment(it *takedown.Item, a *takedown.Assessment, live bool) error {
	if !live {
		return t.openTask(takedown.Task{Kind: "confirm_assessment", Owner: takedown.LegalAdviser, Reason: a.Decision, Subject: it.ID})
	}
	if err := t.closeTasks("confirm_assessment", it.ID); err != nil {
		return err
	}
	switch {
	case a.Decision == "no_action" || a.Decision == "monitor":
		code := map[string]string{"no_action": "no_action", "monitor": "monitored"}[a.Decision]
		it.Status, it.Outcome = takedown.ItemSettled, &takedown.Outcome{Code: code, At: t.now, By: t.who.ID, Reason: "assessed"}
		return t.offerClosing()
	case it.Evidence > 0 && it.Status == takedown.ItemReported:
		it.Status = takedown.ItemAssessed
	}
	return nil
}

func viewAssessment(a *takedown.Assessment) AssessmentView {
	v := AssessmentView{
		ID: a.ID, Version: a.Version, Item: a.Item, By: a.By, ConfirmedBy: a.ConfirmedBy, At: a.At,
		AssessmentInput: AssessmentInput{
			Grounds: []GroundInput{}, InCapacity: a.InCapacity, Effects: a.Effects, VictimAware: a.VictimAware, FearDescribed: a.FearDescribed,
			PunishableOffline: a.PunishableOffline, Purpose: a.Purpose, Contra: a.Contra, Amplification: a.Amplification,
			Locator: a.Locator, Decision: a.Decision,
		},
	}
	for _, g := range a.Grounds {
		v.Grounds = append(v.Grounds, GroundInput{g.Offence, g.Elements})
	}
	return v
}

// GetAssessment gives the finding on an item.
func (s *Service) GetAssessment(ctx context.Context, who takedown.Principal, caseID, item string) (AssessmentView, error) {
	var out AssessmentView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		if _, err := t.itemOf(item); err != nil {
			return err
		}
		a, err := load[takedown.Assessment](t, assessmentID(item))
		if err == nil {
			out = viewAssessment(a)
		}
		return err
	})
	return out, err
}
