package casework

import (
	"context"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// OpenCaseInput is the body of POST /v1/cases (api.md). What is marked sealed
// there is sealed with the case's own key before it is stored.
type OpenCaseInput struct {
	Report   string          `json:"reportId,omitempty"`
	Reporter ReporterInput   `json:"reporter"`
	Affected []AffectedInput `json:"affected"`
	Incident IncidentInput   `json:"incident"`
	Suspects []SuspectInput  `json:"suspects,omitempty"`
	Goals    []string        `json:"goals,omitempty"`
	Flags    FlagsInput      `json:"flags,omitzero"`
	Items    []ItemInput     `json:"items,omitempty"`
}

// ReporterInput says who reported, by function; the contact is sealed.
type ReporterInput struct {
	Function   string `json:"function,omitempty" maxLength:"200"`
	Department string `json:"department,omitempty" maxLength:"200"`
	Channel    string `json:"channel,omitempty" maxLength:"60"`
	Contact    string `json:"contact,omitempty" maxLength:"500" doc:"Sealed."`
}

// AffectedInput is one affected person.
type AffectedInput struct {
	Relation           string            `json:"relation" enum:"employee,family,third_party"`
	Function           string            `json:"function,omitempty" maxLength:"200"`
	Capacity           string            `json:"capacity,omitempty" maxLength:"60" doc:"A code of the law data's capacity groups (285d-2), or none_of_lid2; law show 285d-2."`
	FunctionIdentifies bool              `json:"functionIdentifies,omitempty" doc:"Function plus sender would name the person."`
	Private            takedown.Private  `json:"private,omitzero" doc:"Sealed."`
	Preferences        *PreferencesInput `json:"preferences,omitempty" doc:"Sealed."`
	WorkContext        string            `json:"workContext,omitempty" enum:"prison,police_custody,long_term_care,other" doc:"Where a person works, if that adds to the risk (S3-6); sealed."`
}

// PreferencesInput is how the person wants to be treated (S0-11c).
type PreferencesInput struct {
	ContactBy string   `json:"contactBy,omitempty" maxLength:"60"`
	CallAt    string   `json:"callAt,omitempty" maxLength:"60" doc:"At which time to call."`
	NotToSee  []string `json:"notToSee,omitempty"`
}

// IncidentInput is what happened; summary and trigger are sealed.
type IncidentInput struct {
	OccurredAt        time.Time `json:"occurredAt,omitzero"`
	DiscoveredAt      time.Time `json:"discoveredAt,omitzero" doc:"When anybody first came upon it: the affected person, a colleague, somebody else. No text says that we knew it then."`
	ReportedAt        time.Time `json:"reportedAt,omitzero" doc:"When the organisation was told: from then on we knew of it. The report to the police says so, and the evaluation counts from it."`
	Summary           string    `json:"summary,omitempty" maxLength:"4000" doc:"Sealed."`
	Trigger           string    `json:"trigger,omitempty" maxLength:"2000" doc:"Sealed; it stands in no document."`
	TriggerKind       string    `json:"triggerKind,omitempty" enum:"disagreement,illness,blackmail,other" doc:"What set it off (S3-5); sealed, it stands in no document."`
	Motives           []string  `json:"motives,omitempty" doc:"intimidation, revenge, identity_theft, other (S3-2); sealed, they stand in no document."`
	ContainsComplaint bool      `json:"containsComplaint,omitempty"`
}

// SuspectInput is what is known of a suspect; all of it is sealed.
type SuspectInput struct {
	Handles       []string `json:"handles,omitempty"`
	AccountIDs    []string `json:"accountIds,omitempty"`
	KnownIdentity string   `json:"knownIdentity,omitempty" maxLength:"500"`
	Minor         bool     `json:"minor,omitempty"`
	IsColleague   bool     `json:"isColleague,omitempty"`
}

// FlagsInput are the case's flags.
type FlagsInput struct {
	DeathThreat   bool                `json:"deathThreat,omitempty"`
	LifeOrSafety  bool                `json:"lifeOrSafety,omitempty"`
	Misidentified *MisidentifiedInput `json:"misidentified,omitempty"`
	ConcernOnly   bool                `json:"concernOnly,omitempty"`
}

// MisidentifiedInput says whom the poster meant (S2-1).
type MisidentifiedInput struct {
	IntendedTarget string `json:"intendedTarget" maxLength:"60" doc:"A person's id, or unknown."`
}

// caseSecrets is what is sealed of a case itself.
type caseSecrets struct {
	ReporterContact string    `json:"reporterContact,omitempty"`
	Summary         string    `json:"summary,omitempty"`
	Trigger         string    `json:"trigger,omitempty"`
	TriggerKind     string    `json:"triggerKind,omitempty"`
	Motives         []string  `json:"motives,omitempty"`
	Suspects        []suspect `json:"suspects,omitempty"`
}

// personSecrets is what is sealed of a person.
type personSecrets struct {
	Private     takedown.Private  `json:"private"`
	Preferences *PreferencesInput `json:"preferences,omitempty"`
	WorkContext string            `json:"workContext,omitempty"`
}

// CaseOpened is the answer to opening a case or adding items: one result per
// item, in the order given.
type CaseOpened struct {
	Case    string       `json:"id"`
	Status  string       `json:"status"`
	Version int64        `json:"version"`
	People  []string     `json:"people,omitempty"`
	Items   []ItemResult `json:"items"`
}

// OpenCase opens a case, always; a bad item never fails the others. Urgent
// flags start urgent work at once. Roles: specialist, coordinator.
func (s *Service) OpenCase(ctx context.Context, who takedown.Principal, in OpenCaseInput) (CaseOpened, error) {
	roles := []takedown.Role{takedown.Coordinator, takedown.Specialist}
	if err := need(who, roles...); err != nil {
		return CaseOpened{}, err
	}
	now, err := s.now(ctx)
	if err != nil {
		return CaseOpened{}, err
	}
	if err := refuseAll(checkOpenCase(in, s.Law.Capacities(now), now)); err != nil {
		return CaseOpened{}, err
	}
	id, err := s.newID(KindCase)
	if err != nil {
		return CaseOpened{}, err
	}
	key, err := s.Keys.NewCaseKey(ctx, id)
	if err != nil {
		return CaseOpened{}, err
	}
	var out CaseOpened
	err = s.write(ctx, who, who.As(roles...), StreamID(id), func(t *tx) error {
		out = CaseOpened{Case: id, Version: 1}
		return t.openCase(id, key, in, &out)
	})
	return out, err
}

func (t *tx) openCase(id string, key []byte, in OpenCaseInput, out *CaseOpened) error {
	c := newCase(id, key, in, t.now)
	if err := t.put(c); err != nil {
		return err
	}
	if t.who.Has(takedown.Coordinator) {
		c.Coordinator = t.who.ID
	} else {
		c.Assignees = append(c.Assignees, t.who.ID)
	}
	var err error
	c.Secrets, err = t.seal(c, "secrets", caseSecrets{
		in.Reporter.Contact, in.Incident.Summary, in.Incident.Trigger, in.Incident.TriggerKind, in.Incident.Motives, knownNow(in.Suspects, nil, time.Time{}),
	})
	if err != nil {
		return err
	}
	if out.People, err = t.addPeople(in.Affected); err != nil {
		return err
	}
	if in.Flags.Misidentified != nil {
		c.Flags.Misidentified = in.Flags.Misidentified.IntendedTarget
	}
	if err := t.log("case.opened", "", append([]string{id}, out.People...)); err != nil {
		return err
	}
	if out.Items, err = t.addItems(c, in.Items); err != nil {
		return err
	}
	if err := t.firstTasks(c); err != nil {
		return err
	}
	if err := t.linksReport(c); err != nil {
		return err
	}
	out.Status = string(c.Status)
	ids, err := resultIDs(out.Items)
	if err != nil {
		return err
	}
	t.done(201, append([]string{id}, ids...)...)
	return t.startExecution("case", id, c.Generation)
}

func newCase(id string, key []byte, in OpenCaseInput, now time.Time) *takedown.Case {
	c := &takedown.Case{
		Meta: takedown.Meta{ID: id, Case: id}, Status: takedown.CaseOpen, Key: key, Report: in.Report,
		Goals: in.Goals, OccurredAt: in.Incident.OccurredAt, DiscoveredAt: in.Incident.DiscoveredAt,
		ReportedAt: in.Incident.ReportedAt, OpenedAt: now, Complaint: in.Incident.ContainsComplaint,
		ReporterRole: in.Reporter.Function, ReporterDept: in.Reporter.Department, ReporterVia: in.Reporter.Channel,
		Generation: 1,
		Flags: takedown.Flags{
			DeathThreat: in.Flags.DeathThreat, LifeOrSafety: in.Flags.LifeOrSafety, ConcernOnly: in.Flags.ConcernOnly,
		},
	}
	restrictFor(c, in.Suspects)
	return c
}

// addPeople puts the affected persons, sealed, and gives their ids.
func (t *tx) addPeople(in []AffectedInput) ([]string, error) {
	var ids []string
	for _, a := range in {
		p := &takedown.Person{
			Meta: takedown.Meta{Case: string(t.base.Stream)}, Relation: a.Relation, Function: a.Function,
			Capacity: a.Capacity, Identifying: a.FunctionIdentifies,
		}
		var err error
		if p.Secrets, err = t.seal(p, "secrets", personSecrets{a.Private, a.Preferences, a.WorkContext}); err != nil {
			return nil, err
		}
		if err := t.addPerson(p); err != nil {
			return nil, err
		}
		ids = append(ids, p.ID)
	}
	return ids, nil
}

// addPerson adds an affected person, and asks for the basis on which others than
// employees are helped: until it is recorded, help is limited to referral.
func (t *tx) addPerson(p *takedown.Person) error {
	if err := t.put(p); err != nil || p.Relation == "employee" {
		return err
	}
	return t.openTask(takedown.Task{Kind: "third_party_basis", Owner: takedown.LegalAdviser, Reason: "not_an_employee", Subject: p.ID})
}

// firstTasks opens what the flags ask for at once, before any machine runs.
func (t *tx) firstTasks(c *takedown.Case) error {
	tasks := []takedown.Task{{Kind: "triage", Owner: takedown.Coordinator, Reason: "new_case", Subject: c.ID, Urgent: c.Flags.Urgent()}}
	if c.Coordinator == "" {
		tasks = append(tasks, takedown.Task{Kind: "assign_coordinator", Owner: takedown.Coordinator, Reason: "no_coordinator", Subject: c.ID, Urgent: c.Flags.Urgent()})
	}
	if c.Flags.DeathThreat { // S4-18: only an aangifte's reference or a reasoned override closes it
		tasks = append(tasks, takedown.Task{Kind: "death_threat_report", Owner: takedown.Coordinator, Reason: "death_threat", Subject: c.ID, Mandatory: true, Urgent: true})
	}
	if c.Complaint { // S4-16
		tasks = append(tasks, takedown.Task{Kind: "answer_complaint", Owner: takedown.Coordinator, Reason: "contains_complaint", Subject: c.ID})
	}
	if c.Items == 0 {
		tasks = append(tasks, takedown.Task{Kind: "close_registered", Owner: takedown.Coordinator, Reason: "no_items", Subject: c.ID})
	}
	for _, task := range tasks {
		if err := t.openTask(task); err != nil {
			return err
		}
	}
	return t.askCorrection(c, "")
}
