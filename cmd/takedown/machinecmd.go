package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/ontdox/takedown/internal/engine/draw"
	"github.com/ontdox/takedown/statemachines"
)

// machineCmd shows the state machines.
type machineCmd struct {
	Draw machineDrawCmd `cmd:"" help:"Draw a machine as an SVG picture."`
}

type machineDrawCmd struct {
	Name      string `arg:"" enum:"case,track" help:"case or track."`
	Execution string `help:"Mark the path of this execution and where it stands; asks the server." placeholder:"ID"`
	access
}

// Run prints the picture.
func (c *machineDrawCmd) Run(ctx context.Context, term terminal) error {
	path, err := c.path(ctx)
	if err != nil {
		return err
	}
	source := map[string][]byte{"case": statemachines.Case, "track": statemachines.Track}[c.Name]
	svg, err := draw.SVG(c.Name, source, path)
	if err != nil {
		return err
	}
	_, err = term.out.Write(svg)
	return err
}

// path asks the server how far the execution has come; nil without one.
func (c *machineDrawCmd) path(ctx context.Context) (*draw.Path, error) {
	if c.Execution == "" {
		return nil, nil
	}
	api, err := c.client()
	if err != nil {
		return nil, err
	}
	execution, err := c.get(ctx, api, "")
	if err != nil {
		return nil, err
	}
	if machine := execution.str("machine"); machine != c.Name {
		return nil, usagef("%s is an execution of machine %s", c.Execution, machine)
	}
	p := &draw.Path{Execution: c.Execution, Ended: execution.str("status") != "RUNNING"}
	for cursor := ""; ; {
		events, err := c.get(ctx, api, "/events?cursor="+url.QueryEscape(cursor))
		if err != nil {
			return nil, err
		}
		for _, e := range events.list("items") {
			if strings.HasSuffix(e.str("type"), "StateEntered") {
				p.States = append(p.States, e.str("state"))
			}
		}
		if cursor = events.str("next"); cursor == "" {
			return p, nil
		}
	}
}

func (c *machineDrawCmd) get(ctx context.Context, api *client, rest string) (object, error) {
	a, err := api.do(ctx, request{method: http.MethodGet, path: "/v1/executions/" + url.PathEscape(c.Execution) + rest})
	if err != nil {
		return nil, err
	}
	var out object
	return out, json.Unmarshal(a.body, &out)
}
