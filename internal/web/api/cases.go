package api

import (
	"context"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// done is the answer of an act that only has an id.
type done struct {
	ID string `json:"id"`
}

func showID(_ context.Context, _ *call, ids []string) (done, error) {
	id, err := firstID(ids)
	return done{id}, err
}

func (a *API) reportRoutes() {
	s := a.service
	post(a, "/v1/reports", "Report an incident: who, what, when, how to reach", func(ctx context.Context, c *call, in casework.ReportInput) error {
		_, err := s.CreateReport(ctx, c.who, in)
		return err
	}, showID)
	get(a, "/v1/reports", "Reports received", func(ctx context.Context, c *call) (casework.ReportPage, error) {
		limit, err := c.limit()
		if err != nil {
			return casework.ReportPage{}, err
		}
		return s.ListReports(ctx, c.who, c.query("status"), c.query("cursor"), limit)
	}, "status", "limit", "cursor")
	post(a, "/v1/reports/{report}/closure", "Close a report as registered", func(ctx context.Context, c *call, in casework.ReportClosureInput) error {
		return s.CloseReport(ctx, c.who, c.path("report"), in)
	}, showID)
}

func (a *API) caseRoutes() {
	s := a.service
	post(a, "/v1/cases", "Open a case", func(ctx context.Context, c *call, in casework.OpenCaseInput) error {
		_, err := s.OpenCase(ctx, c.who, in)
		return err
	}, a.showOpened)
	get(a, "/v1/cases", "Cases you may see", func(ctx context.Context, c *call) (casework.CasePage, error) {
		limit, err := c.limit()
		if err != nil {
			return casework.CasePage{}, err
		}
		return s.ListCases(ctx, c.who, casework.CaseQuery{Status: c.query("status"), Assignee: c.query("assignee"), Cursor: c.query("cursor"), Limit: limit})
	}, "status", "assignee", "limit", "cursor")
	get(a, "/v1/cases/{case}", "One case, sealed data masked", func(ctx context.Context, c *call) (casework.CaseView, error) {
		return s.GetCase(ctx, c.who, c.path("case"))
	})
	patch(a, "/v1/cases/{case}", "Coordinator, deputy, goals, flags, restriction", func(ctx context.Context, c *call, in casework.CasePatch, version int64) (casework.CaseView, error) {
		if err := s.PatchCase(ctx, c.who, c.path("case"), in, version); err != nil {
			return casework.CaseView{}, err
		}
		return s.GetCase(ctx, c.who, c.path("case"))
	})
	post(a, "/v1/cases/{case}/unsealing", "Show sealed data; an entry is written first", func(ctx context.Context, c *call, in casework.UnsealInput) error {
		_, err := s.Unseal(ctx, c.who, c.path("case"), in)
		return err
	}, func(ctx context.Context, c *call, _ []string) (casework.Unsealed, error) {
		return s.UnsealedAgain(ctx, c.who, c.path("case"))
	})
	post(a, "/v1/cases/{case}/closure", "Close a case", func(ctx context.Context, c *call, in casework.ClosureInput) error {
		return s.CloseCase(ctx, c.who, c.path("case"), in)
	}, a.showCase)
	post(a, "/v1/cases/{case}/reopening", "Reopen a case for some items", func(ctx context.Context, c *call, in casework.ReopeningInput) error {
		return s.ReopenCase(ctx, c.who, c.path("case"), in)
	}, a.showCase)
}

func (a *API) showCase(ctx context.Context, c *call, _ []string) (casework.CaseView, error) {
	return a.service.GetCase(ctx, c.who, c.path("case"))
}

// showOpened renders what became of a case's items from the ids that the
// effect left.
func (a *API) showOpened(ctx context.Context, c *call, ids []string) (casework.CaseOpened, error) {
	id, err := firstID(ids)
	if err != nil {
		return casework.CaseOpened{}, err
	}
	view, err := a.service.GetCase(ctx, c.who, id)
	if err != nil {
		return casework.CaseOpened{}, err
	}
	out := casework.CaseOpened{Case: id, Status: view.Status, Version: view.Version}
	if out.Items, err = a.service.ItemsAgain(ctx, c.who, ids[1:]); err != nil {
		return casework.CaseOpened{}, err
	}
	for _, p := range view.People {
		out.People = append(out.People, p.ID)
	}
	return out, nil
}

// itemsInput is the body of POST …/items.
type itemsInput struct {
	Items []casework.ItemInput `json:"items"`
}

func (a *API) workRoutes() {
	s := a.service
	get(a, "/v1/worklist", "What waits for me in every role I hold, role by role, or in the one named; urgent and oldest first in each role, so that of several an urgent task may stand on a later page", a.worklist, "role", "limit", "cursor")
	post(a, "/v1/tasks/{task}/completion", "Complete a task", func(ctx context.Context, c *call, in casework.TaskCompletion) error {
		return s.CompleteTask(ctx, c.who, c.path("task"), in)
	}, func(ctx context.Context, c *call, _ []string) (casework.TaskView, error) {
		return s.GetTask(ctx, c.who, c.path("task"))
	})
	get(a, "/v1/clocks", "Deadlines; each explains itself", a.clocks, "dueBefore", "nature", "limit", "cursor")
	a.recountRoutes()
	post(a, "/v1/clocks/{clock}/extension", "Extend a clock", func(ctx context.Context, c *call, in casework.ExtensionInput) error {
		_, err := s.ExtendClock(ctx, c.who, c.path("clock"), in)
		return err
	}, a.showClock)
}

// showClock renders the clock that an effect left.
func (a *API) showClock(ctx context.Context, c *call, ids []string) (casework.ClockView, error) {
	id, err := firstID(ids)
	if err != nil {
		return casework.ClockView{}, err
	}
	return a.service.GetClock(ctx, c.who, id)
}

func (a *API) worklist(ctx context.Context, c *call) (casework.WorklistPage, error) {
	limit, err := c.limit()
	if err != nil {
		return casework.WorklistPage{}, err
	}
	return a.service.Worklist(ctx, c.who, c.query("role"), c.query("cursor"), limit)
}

func (a *API) clocks(ctx context.Context, c *call) (casework.ClockPage, error) {
	limit, err := c.limit()
	if err != nil {
		return casework.ClockPage{}, err
	}
	q := casework.ClockQuery{Nature: c.query("nature"), Cursor: c.query("cursor"), Limit: limit}
	if s := c.query("dueBefore"); s != "" {
		if q.DueBefore, err = time.Parse(time.RFC3339, s); err != nil {
			return casework.ClockPage{}, badQuery("dueBefore", "must be an RFC 3339 instant")
		}
	}
	return a.service.ListClocks(ctx, c.who, q)
}

func badQuery(name, detail string) error {
	return &takedown.Error{Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Message: "the query is not right", Fields: []takedown.FieldError{{Pointer: "query." + name, Detail: detail}}}
}
