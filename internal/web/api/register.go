package api

import (
	"context"

	"github.com/ontdox/takedown/internal/casework"
)

func (a *API) registerRoutes() {
	s := a.service
	get(a, "/v1/contacts", "The register of addressees", func(ctx context.Context, c *call) (casework.ContactPage, error) {
		limit, err := c.limit()
		if err != nil {
			return casework.ContactPage{}, err
		}
		return s.ListContacts(ctx, c.who, c.query("cursor"), limit)
	}, "limit", "cursor")
	get(a, "/v1/contacts/{contact}", "One addressee", func(ctx context.Context, c *call) (casework.ContactView, error) {
		return s.GetContact(ctx, c.who, c.path("contact"))
	})
	put(a, "/v1/contacts/{contact}", "Add or change an addressee", func(ctx context.Context, c *call, in casework.ContactInput, version int64) (casework.ContactView, error) {
		return s.PutContact(ctx, c.who, c.path("contact"), in, version)
	})
	post(a, "/v1/contacts/{contact}/confirmation", "Say that a contact was held against its source now", func(ctx context.Context, c *call, in casework.ConfirmationInput) error {
		return s.ConfirmContact(ctx, c.who, c.path("contact"), in)
	}, func(ctx context.Context, c *call, _ []string) (casework.ContactView, error) {
		return s.GetContact(ctx, c.who, c.path("contact"))
	})
	get(a, "/v1/settings", "The organisation's settings", func(ctx context.Context, c *call) (casework.SettingsView, error) {
		return s.GetSettings(ctx, c.who)
	})
	put(a, "/v1/settings", "Change the settings", func(ctx context.Context, c *call, in casework.SettingsInput, version int64) (casework.SettingsView, error) {
		return s.PutSettings(ctx, c.who, in, version)
	})
	get(a, "/v1/clock", "Case time", func(ctx context.Context, c *call) (casework.ClockTime, error) {
		return s.SimulatedNow(ctx, c.who)
	})
	post(a, "/v1/clock/advance", "Advance the simulated clock", func(ctx context.Context, c *call, in casework.Advance) error {
		_, err := s.AdvanceClock(ctx, c.who, in)
		return err
	}, func(ctx context.Context, c *call, _ []string) (casework.ClockTime, error) {
		return s.SimulatedNow(ctx, c.who)
	})
}

func (a *API) historyRoutes() {
	s := a.service
	get(a, "/v1/cases/{case}/history", "The entries of a case", func(ctx context.Context, c *call) (casework.HistoryPage, error) {
		limit, err := c.limit()
		if err != nil {
			return casework.HistoryPage{}, err
		}
		return s.CaseHistory(ctx, c.who, c.path("case"), c.query("cursor"), limit)
	}, "limit", "cursor")
	get(a, "/v1/history/{entry}/proof", "Merkle inclusion proof of an entry", func(ctx context.Context, c *call) (casework.EntryProof, error) {
		return s.ProveEntry(ctx, c.who, c.path("entry"))
	})
	get(a, "/v1/history/checkpoint", "The signed head", func(ctx context.Context, c *call) (casework.Checkpoint, error) {
		return s.HistoryCheckpoint(ctx, c.who)
	})
}

func (a *API) engineRoutes() {
	s := a.service
	get(a, "/v1/executions", "What the engine runs and waits for", func(ctx context.Context, c *call) (page[casework.ExecutionView], error) {
		limit, err := c.limit()
		if err != nil {
			return page[casework.ExecutionView]{}, err
		}
		list, next, err := s.ListExecutions(ctx, c.who, c.query("status"), c.query("cursor"), limit)
		return page[casework.ExecutionView]{Items: list, Next: next}, err
	}, "status", "limit", "cursor")
	get(a, "/v1/executions/{execution}", "One execution", func(ctx context.Context, c *call) (casework.ExecutionView, error) {
		return s.GetExecution(ctx, c.who, c.path("execution"))
	})
	get(a, "/v1/executions/{execution}/events", "An execution's events", func(ctx context.Context, c *call) (page[casework.EventView], error) {
		limit, err := c.limit()
		if err != nil {
			return page[casework.EventView]{}, err
		}
		list, next, err := s.ExecutionEvents(ctx, c.who, c.path("execution"), c.query("cursor"), limit)
		return page[casework.EventView]{Items: list, Next: next}, err
	}, "limit", "cursor")
}
