package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/ontdox/takedown/internal/casework"
)

// recountRoutes show what a changed calendar does to the running clocks.
func (a *API) recountRoutes() {
	s := a.service
	get(a, "/v1/clocks/recount", "What a changed calendar would move; nothing is changed", func(ctx context.Context, c *call) (casework.RecountView, error) {
		return s.PreviewRecount(ctx, c.who, casework.RecountQuery{Add: listOf(c.query("add")), Remove: listOf(c.query("remove"))})
	}, "add", "remove")
	post(a, "/v1/clocks/recount", "Look at every running clock again", func(ctx context.Context, c *call, in casework.RecountInput) error {
		return s.AskRecount(ctx, c.who, in)
	}, func(ctx context.Context, c *call, _ []string) (casework.RecountView, error) {
		return s.PreviewRecount(ctx, c.who, casework.RecountQuery{})
	})
	a.raw(http.MethodGet, "/v1/cases/{case}/people/{person}/clocks.ics", "A person's clocks as an iCalendar file; an entry is written", a.clocksFile, http.StatusOK)
	get(a, "/v1/clocks/recounted", "Clocks that a changed calendar moved", func(ctx context.Context, c *call) (casework.ClockPage, error) {
		limit, err := c.limit()
		if err != nil {
			return casework.ClockPage{}, err
		}
		return s.ListRecounted(ctx, c.who, c.query("cursor"), limit)
	}, "limit", "cursor")
}

// clocksFile answers a person's clocks as an iCalendar file.
func (a *API) clocksFile(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	body, err := a.service.ExportClocks(r.Context(), c.who, r.PathValue("case"), r.PathValue("person"))
	if err != nil {
		writeProblem(w, problem(a.fail(c, err), c.requestID))
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", "attachment; filename=clocks.ics")
	if _, err := io.Copy(w, bytes.NewReader(body)); err != nil {
		a.log.Debug("the client went away", "requestId", c.requestID)
	}
}

// listOf splits a parameter at its commas; nothing is an empty list.
func listOf(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
