package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// CaseView is a case with its sealed data masked: that something is there, not
// what.
type CaseView struct {
	ID                 string         `json:"id"`
	Version            int64          `json:"version"`
	Status             string         `json:"status" enum:"open,closed,registered"`
	Coordinator        string         `json:"coordinator,omitempty"`
	Deputy             string         `json:"deputy,omitempty"`
	Assignees          []string       `json:"assignees,omitempty"`
	Restricted         bool           `json:"restricted,omitempty"`
	Report             string         `json:"reportId,omitempty"`
	Goals              []string       `json:"goals,omitempty"`
	Flags              takedown.Flags `json:"flags"`
	FlareUps           []string       `json:"flareUps,omitempty"`
	WatchDays          int            `json:"watchDays,omitempty"`
	FlareUpAt          time.Time      `json:"flareUpAt,omitzero" doc:"When the next of the dates begins."`
	WatchUntil         time.Time      `json:"watchUntil,omitzero" doc:"Until when pages are watched at the flare-up that goes on."`
	OccurredAt         time.Time      `json:"occurredAt,omitzero"`
	DiscoveredAt       time.Time      `json:"discoveredAt,omitzero"`
	ReportedAt         time.Time      `json:"reportedAt,omitzero"`
	OpenedAt           time.Time      `json:"openedAt"`
	ClosedAt           time.Time      `json:"closedAt,omitzero"`
	ContainsComplaint  bool           `json:"containsComplaint,omitempty"`
	PublicStatement    string         `json:"publicStatement" enum:"none,allowed" doc:"none until a decision media allows one (S0-14b)."`
	RelatedCases       []string       `json:"relatedCases,omitempty" doc:"What belongs to the same story; only those that one may see."`
	ReporterFunction   string         `json:"reporterFunction,omitempty"`
	ReporterDepartment string         `json:"reporterDepartment,omitempty"`
	ReporterChannel    string         `json:"reporterChannel,omitempty"`
	ColleagueSuspected bool           `json:"colleagueSuspected,omitempty"`
	Sealed             string         `json:"sealed" enum:"sealed,erased" doc:"Summary, trigger, contact and suspects: see unsealing."`
	ItemCount          int            `json:"itemCount"`
	WaitsFor           *WaitView      `json:"waitsFor,omitempty"`
	People             []PersonView   `json:"people,omitempty"`
	Items              []ItemView     `json:"items,omitempty"`
}

// PersonView is an affected person, masked.
type PersonView struct {
	ID                 string `json:"id"`
	Version            int64  `json:"version"`
	Relation           string `json:"relation"`
	Function           string `json:"function,omitempty"`
	Capacity           string `json:"capacity,omitempty"`
	FunctionIdentifies bool   `json:"functionIdentifies,omitempty"`
	ThirdPartyBasis    bool   `json:"thirdPartyBasis,omitempty"`
	Sealed             string `json:"sealed" enum:"sealed,erased"`
}

// ItemView is an item, masked: where it is and who posted it are sealed.
type ItemView struct {
	ID             string           `json:"id"`
	Version        int64            `json:"version"`
	No             int              `json:"no"`
	Status         string           `json:"status" enum:"reported,assessed,pursued,claimed,gone,settled"`
	LocationType   string           `json:"locationType"`
	Kind           string           `json:"kind"`
	ContentType    string           `json:"contentType"`
	DataCategories []string         `json:"dataCategories"`
	Audience       string           `json:"audience,omitempty"`
	People         []string         `json:"people,omitempty"`
	FirstSeenAt    time.Time        `json:"firstSeenAt,omitzero"`
	FirstSeenBy    string           `json:"firstSeenBy,omitempty"`
	SuspectedCSAM  bool             `json:"suspectedCsam,omitempty"`
	Evidence       int              `json:"evidence"`
	Assessment     string           `json:"assessment,omitempty"`
	Confirmed      bool             `json:"assessmentConfirmed,omitempty"`
	Contact        string           `json:"contactId,omitempty"`
	Outcome        *ItemOutcome     `json:"outcome,omitempty"`
	Checks         []takedown.Check `json:"checks,omitempty" doc:"The last looks at its page; why is the code of what a look could not tell."`
	ClaimedAt      time.Time        `json:"claimedAt,omitzero"`
	WatchAt        time.Time        `json:"watchAt,omitzero" doc:"When the page, which was found gone, is looked at again."`
	CameBack       int              `json:"cameBack,omitempty" doc:"How often it was gone and stood there again."`
}

// CasePage is one page of cases by opening.
type CasePage struct {
	Items []CaseView `json:"items"`
	Next  string     `json:"next,omitempty"`
}

// sealedOr says whether sealed data can still be opened.
func sealedOr(c *takedown.Case) string {
	if len(c.Key) == 0 {
		return "erased"
	}
	return "sealed"
}

func viewCase(c *takedown.Case) CaseView {
	v := CaseView{
		ID: c.ID, Version: c.Version, Status: string(c.Status), Coordinator: c.Coordinator, Deputy: c.Deputy,
		Assignees: c.Assignees, Restricted: c.Restricted, Report: c.Report, Goals: c.Goals, Flags: c.Flags, FlareUps: c.FlareUps,
		WatchDays: c.WatchDays, FlareUpAt: c.FlareUpAt, WatchUntil: c.WatchUntil,
		OccurredAt: c.OccurredAt, DiscoveredAt: c.DiscoveredAt, ReportedAt: c.ReportedAt, OpenedAt: c.OpenedAt, ClosedAt: c.ClosedAt,
		ContainsComplaint: c.Complaint, ReporterFunction: c.ReporterRole, ReporterDepartment: c.ReporterDept, PublicStatement: statementOf(c),
		ReporterChannel: c.ReporterVia, ColleagueSuspected: c.ColleagueSusp, Sealed: sealedOr(c), ItemCount: c.Items,
	}
	if c.Wait != nil {
		v.WaitsFor = &WaitView{State: c.Wait.Kind, Why: c.Wait.Why, Until: c.Wait.Due, Whose: whoseMove(c.Wait)}
	}
	return v
}

func viewPerson(c *takedown.Case, p *takedown.Person) PersonView {
	return PersonView{
		ID: p.ID, Version: p.Version, Relation: p.Relation, Function: p.Function, Capacity: p.Capacity,
		FunctionIdentifies: p.Identifying, ThirdPartyBasis: p.ThirdBasis, Sealed: sealedOr(c),
	}
}

func (t *tx) viewItem(it *takedown.Item) ItemView {
	v := ItemView{
		ID: it.ID, Version: it.Version, No: it.No, Status: string(it.Status), LocationType: it.LocationType, Kind: it.Kind,
		ContentType: it.ContentType, DataCategories: it.DataCategories, Audience: it.Audience, People: it.People,
		FirstSeenAt: it.FirstSeenAt, FirstSeenBy: it.FirstSeenBy, SuspectedCSAM: it.SuspectedCSAM, Evidence: it.Evidence, Assessment: it.Assessment,
		Confirmed: it.AssessmentLive, Contact: it.Contact, Outcome: t.itemOutcome(it.Outcome), Checks: it.Checks, ClaimedAt: it.ClaimedAt,
		CameBack: it.CameBack,
	}
	if it.Watched() {
		v.WatchAt = it.WatchAt
	}
	return v
}

// GetCase gives a case with its people and items, masked. Roles: whoever may
// see it.
func (s *Service) GetCase(ctx context.Context, who takedown.Principal, caseID string) (CaseView, error) {
	var out CaseView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, c *takedown.Case) error {
		out = viewCase(c)
		out.RelatedCases = t.relatedTo(c)
		people, err := all[takedown.Person](t)
		if err != nil {
			return err
		}
		for _, p := range people {
			out.People = append(out.People, viewPerson(c, p))
		}
		out.Items, err = t.viewItems()
		return err
	})
	return out, err
}

// viewItems gives the case's items in the order they came in.
func (t *tx) viewItems() ([]ItemView, error) {
	items, err := all[takedown.Item](t)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(items, func(a, b *takedown.Item) int { return a.No - b.No })
	out := []ItemView{}
	for _, it := range items {
		out = append(out, t.viewItem(it))
	}
	return out, nil
}

// GetItem gives one item, masked. Roles: whoever may see its case.
func (s *Service) GetItem(ctx context.Context, who takedown.Principal, caseID, item string) (ItemView, error) {
	var out ItemView
	err := s.readCase(ctx, who, caseID, anyRole, func(t *tx, _ *takedown.Case) error {
		it, err := t.itemOf(item)
		if err != nil {
			return err
		}
		out = t.viewItem(it)
		return nil
	})
	return out, err
}

// CaseQuery narrows GET /v1/cases. Status "" is every status.
type CaseQuery struct {
	Status, Assignee, Cursor string
	Limit                    int
}

// ListCases pages through the cases that one may see, without people and
// items. Roles: all that work on cases.
func (s *Service) ListCases(ctx context.Context, who takedown.Principal, q CaseQuery) (CasePage, error) {
	out := CasePage{Items: []CaseView{}}
	if err := need(who, anyRole...); err != nil {
		return out, err
	}
	var b bad
	b.oneOf("/status", q.Status, []string{"", string(takedown.CaseOpen), string(takedown.CaseClosed), string(takedown.CaseRegistered)})
	if err := refuseAll(b.fields); err != nil {
		return out, err
	}
	list := Query{Index: indexCases, Partition: q.Status, Cursor: q.Cursor, Limit: q.Limit}
	switch {
	case q.Assignee != "":
		list.Index, list.Partition = indexPerson, q.Assignee
	case q.Status == "":
		list.Partition = "all"
	}
	var err error
	out.Next, err = s.eachRecord(ctx, list, func(r Record) (bool, error) {
		c, err := decode[takedown.Case](r)
		if err != nil || !maySee(who, c) || (q.Status != "" && string(c.Status) != q.Status) {
			return false, err
		}
		out.Items = append(out.Items, viewCase(c))
		return true, nil
	})
	return out, err
}

// UnsealInput is the body of POST …/unsealing.
type UnsealInput struct {
	Reason string `json:"reason" minLength:"3" maxLength:"1000" doc:"A code of the list, or words, which are sealed."`
}

// Unsealed is a case's sealed data, opened for one who may and said why.
type Unsealed struct {
	Case            string           `json:"id"`
	ReporterContact string           `json:"reporterContact,omitempty"`
	Summary         string           `json:"summary,omitempty"`
	Trigger         string           `json:"trigger,omitempty"`
	TriggerKind     string           `json:"triggerKind,omitempty"`
	Motives         []string         `json:"motives,omitempty"`
	Suspects        []SuspectInput   `json:"suspects,omitempty"`
	People          []UnsealedPerson `json:"people"`
	Items           []UnsealedItem   `json:"items"`
	Words           []UnsealedWords  `json:"words"`
}

// UnsealedPerson is who an affected person is.
type UnsealedPerson struct {
	ID          string            `json:"id"`
	Private     takedown.Private  `json:"private"`
	Preferences *PreferencesInput `json:"preferences,omitempty"`
	WorkContext string            `json:"workContext,omitempty"`
}

// UnsealedItem is where an item is.
type UnsealedItem struct {
	ID    string         `json:"id"`
	Place takedown.Place `json:"place"`
}

// unsealers may read sealed data; the auditor may not.
var unsealers = []takedown.Role{takedown.Specialist, takedown.LegalAdviser, takedown.Coordinator}

// Unseal opens a case's sealed data. The entry is written before anything is
// answered. Roles: specialist, legal adviser, coordinator.
func (s *Service) Unseal(ctx context.Context, who takedown.Principal, caseID string, in UnsealInput) (Unsealed, error) {
	if err := refuseAll(checkReason("/reason", in.Reason)); err != nil {
		return Unsealed{}, err
	}
	err := s.inAnyCase(ctx, who, caseID, unsealers, func(t *tx, c *takedown.Case) error {
		code, err := t.reason("case.unsealed", c.ID, in.Reason)
		if err != nil {
			return err
		}
		t.done(200, c.ID)
		return t.log("case.unsealed", code, []string{c.ID})
	})
	if err != nil {
		return Unsealed{}, err
	}
	var out Unsealed
	err = s.readCase(ctx, who, caseID, unsealers, func(t *tx, c *takedown.Case) error {
		out, err = t.unseal(c)
		return err
	})
	return out, err
}

// UnsealedAgain renders the answer of a finished unsealing anew, under current
// rights: its entry stands already.
func (s *Service) UnsealedAgain(ctx context.Context, who takedown.Principal, caseID string) (Unsealed, error) {
	var out Unsealed
	err := s.readCase(ctx, who, caseID, unsealers, func(t *tx, c *takedown.Case) error {
		var err error
		out, err = t.unseal(c)
		return err
	})
	return out, err
}

func (t *tx) unseal(c *takedown.Case) (Unsealed, error) {
	out := Unsealed{Case: c.ID, People: []UnsealedPerson{}, Items: []UnsealedItem{}, Words: []UnsealedWords{}}
	var secrets caseSecrets
	if err := t.open(c, "secrets", c.Secrets, &secrets); err != nil {
		return out, err
	}
	out.TriggerKind, out.Motives = secrets.TriggerKind, secrets.Motives
	out.ReporterContact, out.Summary, out.Trigger, out.Suspects = secrets.ReporterContact, secrets.Summary, secrets.Trigger, suspectInputs(secrets.Suspects)
	people, err := all[takedown.Person](t)
	if err != nil {
		return out, err
	}
	for _, p := range people {
		var secret personSecrets
		if err := t.open(p, "secrets", p.Secrets, &secret); err != nil {
			return out, err
		}
		out.People = append(out.People, UnsealedPerson{p.ID, secret.Private, secret.Preferences, secret.WorkContext})
	}
	items, err := all[takedown.Item](t)
	if err != nil {
		return out, err
	}
	slices.SortFunc(items, func(a, b *takedown.Item) int { return a.No - b.No })
	for _, it := range items {
		place, err := t.place(it)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, UnsealedItem{it.ID, place})
	}
	out.Words, err = t.unsealWords()
	return out, err
}

// isCaseID says whether an id can be a case's.
func isCaseID(id string) bool { return strings.HasPrefix(id, string(KindCase)+"_") }
