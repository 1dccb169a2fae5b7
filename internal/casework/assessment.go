package casework

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// AssessmentInput is the body of PUT …/items/{item}/assessment.
type AssessmentInput struct {
	Grounds           []GroundInput `json:"grounds" maxItems:"10"`
	InCapacity        bool          `json:"inCapacity,omitempty"`
	Effects           []string      `json:"effects,omitempty" doc:"contact, work, spread, visits, other"`
	VictimAware       bool          `json:"victimAware,omitempty"`
	FearDescribed     bool          `json:"fearDescribed,omitempty"`
	PunishableOffline bool          `json:"punishableOffline,omitempty"`
	Purpose           []string      `json:"purposeIndicators,omitempty" doc:"call_to_act, call_to_identify, threat_in_thread, address_and_incitement, tags, history, timing: that somebody was filmed is none."`
	Contra            []string      `json:"contraIndicators,omitempty" doc:"journalism, public_debate, whistleblowing, official_capacity_data, criticism: needed as criticism where the message holds a complaint."`
	Weighed           bool          `json:"contraWeighed,omitempty" doc:"Urgent lane: what speaks against the purpose was looked for, so that a dossier may say that nothing was found. Outside it every assessment to act says so: an empty list of contra-indicators then means that none was found."`
	Amplification     string        `json:"amplification,omitempty" enum:"low,medium,high" doc:"Needed to act. high waits for a legal adviser's decision amplification."`
	Locator           string        `json:"locator,omitempty" maxLength:"60" doc:"Where in the content: line:2, image:1, comment:3, time:1:30, account_name."`
	ThreatLocator     string        `json:"threatLocator,omitempty" maxLength:"60" doc:"With threat_in_thread: where in the content the threat stands, in the same form."`
	Decision          string        `json:"decision" enum:"act,monitor,no_action"`
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
	Suggested   []string  `json:"suggestedOffences,omitempty" doc:"Offences that what was found may be as well: a specialist judges."`
}

func assessmentID(item string) string { return "assessment_" + strings.TrimPrefix(item, "item_") }

var assessRoles = []takedown.Role{takedown.Specialist, takedown.LegalAdviser}

// PutAssessment records a specialist's finding on an item. monitor and
// no_action on a suspected offence need a legal adviser's yes too: the same
// decision, put again by one, or put by one in the first place. Roles:
// specialist, legal adviser.
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
		owed, err := t.checkAssessment(c, it, in)
		if err != nil {
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
		if in.Decision == "act" && !c.Flags.Urgent() { // the urgent lane weighs later, and who leaves it be need not
			in.Weighed = true
		}
		if err := t.applyAssessment(it, a, in); err != nil {
			return err
		}
		if err := t.oweAssessment(it, owed); err != nil {
			return err
		}
		if err := t.askKlachten(); err != nil {
			return err
		}
		out = viewAssessment(a)
		out.Version = a.Version + 1
		return t.touch()
	})
	return out, err
}

// Bounds of an assessment: its row stays under 4 KB.
const (
	maxGrounds = 10
	maxShown   = 40 // evidence ids in all
	maxCodes   = 10
)

var locator = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(line|image|comment):[0-9]{1,6}$|^time:[0-9]{1,4}:[0-9]{1,2}$|^account_name$`)
})

// locator wants a place in the content, or none.
func (b *bad) locator(pointer, value string) {
	if value != "" && !locator().MatchString(value) {
		b.add(pointer, "must be line:N, image:N, comment:N, time:M:S or account_name")
	}
}

// checkAssessment names what is wrong. owed says that an urgent item's grounds
// still lack evidence for an element.
func (t *tx) checkAssessment(c *takedown.Case, it *takedown.Item, in AssessmentInput) (owed bool, err error) {
	var b bad
	b.oneOf("/decision", in.Decision, []string{"act", "monitor", "no_action"})
	b.oneOf("/amplification", in.Amplification, []string{"", "low", "medium", "high"})
	b.locator("/locator", in.Locator)
	b.locator("/threatLocator", in.ThreatLocator)
	if in.ThreatLocator != "" && !slices.Contains(in.Purpose, indicatesThreat) {
		b.add("/threatLocator", "belongs to %s", indicatesThreat)
	}
	if in.Decision == "act" && len(in.Grounds) == 0 {
		b.add("/grounds", "name at least one legal ground")
	}
	t.checkWeighing(&b, c, in)
	if len(in.Grounds) > maxGrounds {
		b.add("/grounds", "at most %d", maxGrounds)
	}
	on, err := t.lawDate(c, it)
	if err != nil {
		return false, err
	}
	g := groundCheck{t: t, b: &b, it: it, in: in, on: on, seen: map[string]bool{}, other: map[string]bool{}, partial: c.Flags.Urgent()}
	for n, ground := range in.Grounds {
		if err := g.check(fmt.Sprintf("/grounds/%d", n), ground); err != nil {
			return false, err
		}
	}
	g.carries()
	if g.shown > maxShown {
		b.add("/grounds", "at most %d pieces of evidence in all", maxShown)
	}
	if g.seen["285d"] && in.Decision == "act" && len(in.Purpose) == 0 {
		b.add("/purposeIndicators", "art. 285d Sr asks for the purpose: say what points at it")
	}
	b.listed("/effects", in.Effects, "effect")
	b.listed("/purposeIndicators", in.Purpose, "indicator")
	b.listed("/contraIndicators", in.Contra, "contra")
	return g.owed, refuseAll(b.fields)
}

// checkWeighing wants weighed what speaks against acting: how much attention it
// draws (S2-17), and criticism that the message holds (S4-16): urgently, later.
func (t *tx) checkWeighing(b *bad, c *takedown.Case, in AssessmentInput) {
	if in.Decision != "act" || c.Flags.Urgent() {
		return
	}
	if in.Amplification == "" {
		b.add("/amplification", "say how much attention acting may draw (S2-17)")
	}
	if c.Complaint && !slices.Contains(in.Contra, "criticism") && !slices.Contains(in.Contra, "complaint") {
		b.add("/contraIndicators", "the message holds a complaint (containsComplaint): weigh it as criticism")
	}
}

// oweAssessment keeps a task open while an assessment is owed: a notice may go,
// a dossier needs evidence for every element.
func (t *tx) oweAssessment(it *takedown.Item, owed bool) error {
	if !owed {
		return t.closeTasks(taskAssess, it.ID)
	}
	return t.openTask(takedown.Task{Kind: taskAssess, Owner: takedown.Specialist, Reason: "urgent_lane", Subject: it.ID, Urgent: true})
}

// codes wants short codes: they stand in no sealed place.
func (b *bad) codes(pointer string, values []string) {
	if len(values) > maxCodes {
		b.add(pointer, "at most %d", maxCodes)
	}
	for n, v := range values {
		if v == "" || len(v) > 60 || strings.ContainsFunc(v, notCode) {
			b.add(fmt.Sprintf("%s/%d", pointer, n), "must be a code: letters, digits, _ . -")
		}
	}
}

// listed wants codes that have words in the texts: another would be left out of
// them, as if nothing had been found.
func (b *bad) listed(pointer string, values []string, list string) {
	if len(values) > maxCodes {
		b.add(pointer, "at most %d", maxCodes)
	}
	known := notice.Codes(list)
	for n, v := range values {
		switch at := fmt.Sprintf("%s/%d", pointer, n); {
		case list == "indicator" && strings.Contains(v, "film"):
			b.add(at, "filming alone shows no purpose (S0-1c): say what was done with it")
		case slices.Contains(values[:n], v):
			b.add(at, "stands there twice")
		default:
			b.oneOf(at, v, known)
		}
	}
}

func (t *tx) applyAssessment(it *takedown.Item, a *takedown.Assessment, in AssessmentInput) error {
	adviser := t.who.Has(takedown.LegalAdviser)
	confirms := adviser && a.Version > 0 && a.Decision == in.Decision
	a.Grounds = nil
	for _, g := range in.Grounds {
		a.Grounds = append(a.Grounds, takedown.Ground(g))
	}
	a.InCapacity, a.Effects, a.VictimAware, a.FearDescribed = in.InCapacity, in.Effects, in.VictimAware, in.FearDescribed
	a.PunishableOffline, a.Purpose, a.Contra, a.Weighed, a.Amplification = in.PunishableOffline, in.Purpose, in.Contra, in.Weighed, in.Amplification
	a.Locator, a.ThreatLocator, a.Decision, a.At, a.ConfirmedBy = in.Locator, in.ThreatLocator, in.Decision, t.now, ""
	if !confirms {
		a.By = t.who.ID
	}
	if adviser {
		a.ConfirmedBy = t.who.ID
	}
	if err := t.put(a); err != nil {
		return err
	}
	it.Assessment = in.Decision
	it.AssessmentLive = in.Decision == "act" || !suspects(a) || adviser
	if err := t.afterAssessment(it, a); err != nil {
		return err
	}
	if err := t.put(it); err != nil {
		return err
	}
	return t.log("item.assessed", in.Decision, []string{it.ID, a.ID})
}

func (t *tx) afterAssessment(it *takedown.Item, a *takedown.Assessment) error {
	if it.Status == takedown.ItemAssessed {
		it.Status = takedown.ItemReported // what made it so was put anew
	}
	if !it.AssessmentLive {
		return t.openTask(takedown.Task{Kind: "confirm_assessment", Owner: takedown.LegalAdviser, Reason: a.Decision, Subject: it.ID})
	}
	if err := t.closeTasks("confirm_assessment", it.ID); err != nil {
		return err
	}
	if a.Decision == "act" {
		ready(it)
		if !suspects(a) {
			return nil // nothing to report to the police
		}
		return t.askReport()
	}
	it.Status = takedown.ItemSettled
	it.Outcome = &takedown.Outcome{Code: assessedOutcome[a.Decision], At: t.now, By: t.who.ID, Reason: "assessed"}
	if err := t.put(it); err != nil {
		return err
	}
	return t.offerClosing()
}

// ready marks an item whose evidence and assessment both stand: its tracks may
// be planned.
func ready(it *takedown.Item) {
	if it.Status == takedown.ItemReported && it.Evidence > 0 && it.Assessment == "act" && it.AssessmentLive {
		it.Status = takedown.ItemAssessed
	}
}

// assessedOutcome are the outcome codes of items that are not acted on.
var assessedOutcome = map[string]string{"monitor": "monitored", "no_action": "no_action"}

func viewAssessment(a *takedown.Assessment) AssessmentView {
	v := AssessmentView{
		ID: a.ID, Version: a.Version, Item: a.Item, By: a.By, ConfirmedBy: a.ConfirmedBy, At: a.At,
		AssessmentInput: AssessmentInput{
			Grounds: []GroundInput{}, InCapacity: a.InCapacity, Effects: a.Effects, VictimAware: a.VictimAware, FearDescribed: a.FearDescribed,
			PunishableOffline: a.PunishableOffline, Purpose: a.Purpose, Contra: a.Contra, Weighed: a.Weighed, Amplification: a.Amplification,
			Locator: a.Locator, ThreatLocator: a.ThreatLocator, Decision: a.Decision,
		},
	}
	for _, g := range a.Grounds {
		v.Grounds = append(v.Grounds, GroundInput(g))
	}
	return v
}

// GetAssessment gives the finding on an item. Roles: whoever may see its case.
func (s *Service) GetAssessment(ctx context.Context, who takedown.Principal, caseID, item string) (AssessmentView, error) {
	var out AssessmentView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		if _, err := t.itemOf(item); err != nil {
			return err
		}
		a, err := load[takedown.Assessment](t, assessmentID(item))
		if err == nil {
			out = viewAssessment(a)
			out.Suggested, err = t.suggested(a)
		}
		return err
	})
	return out, err
}
