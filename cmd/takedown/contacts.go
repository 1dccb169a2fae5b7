package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/ontdox/takedown/internal/directory"
)

// contactCmd is the register: the API's commands, and the whole of it as a file.
type contactCmd struct {
	nounCmd
	Seed    bool `help:"contact import: the addressees that the program knows of, none of them verified, instead of a file."`
	Replace bool `help:"contact import: also over what was changed since the file was made."`
}

// Run makes one call of the API, or writes or reads the whole register.
func (c *contactCmd) Run(ctx context.Context, k *kong.Context, term terminal) error {
	verb := ""
	if len(c.Args) > 0 && !c.List {
		verb = c.Args[0]
	}
	if verb != "import" && (c.Seed || c.Replace) {
		return usagef("--seed and --replace belong to contact import")
	}
	switch verb {
	case "export", "import":
		if len(c.Args) > 1 {
			return usagef("contact %s takes no %q", verb, c.Args[1])
		}
	default:
		return c.nounCmd.Run(ctx, k, term)
	}
	if verb == "export" {
		return c.export(ctx, term)
	}
	return c.importAll(ctx, term)
}

// read only parts of a contact that the API shows: what was observed, and what
// follows from the rest.
var notImported = []string{"bounced", "bouncedAt", "wrongAt", "stale", "decisions", "refusals", "observed", "addressVersion"}

func (c *contactCmd) export(ctx context.Context, term terminal) error {
	if c.File != "" {
		return usagef("contact export writes to standard output")
	}
	api, err := c.client()
	if err != nil {
		return err
	}
	out := directory.Export{Format: directory.ExportFormat, Contacts: []json.RawMessage{}}
	for cursor := ""; ; {
		a, err := api.do(ctx, request{method: http.MethodGet, path: "/v1/contacts?limit=100&cursor=" + url.QueryEscape(cursor)})
		if err != nil {
			return err
		}
		var page struct {
			Items []map[string]any `json:"items"`
			Next  string           `json:"next"`
		}
		if err := json.Unmarshal(a.body, &page); err != nil {
			return fmt.Errorf("the server's answer cannot be read: %w", err)
		}
		for _, item := range page.Items {
			for _, name := range notImported {
				delete(item, name)
			}
			raw, err := json.Marshal(item)
			if err != nil {
				return err
			}
			out.Contacts = append(out.Contacts, raw)
		}
		if cursor = page.Next; cursor == "" {
			return writeIndented(term.out, out)
		}
	}
}

// imported is what became of one contact of a file.
type imported struct {
	ID     string `json:"id"`
	Result string `json:"result"` // created, replaced, unchanged, kept, refused
	Why    string `json:"why,omitempty"`
}

// importAll writes each contact of a file, one whole after the other: what
// cannot be written is named, and the others are written all the same. Read
// again, the file changes nothing.
func (c *contactCmd) importAll(ctx context.Context, term terminal) error {
	file, err := c.source(term)
	if err != nil {
		return err
	}
	api, err := c.client()
	if err != nil {
		return err
	}
	done, refused, total := []imported{}, 0, map[string]int{}
	for _, raw := range file.Contacts {
		one, err := c.importOne(ctx, api, raw)
		if err != nil {
			return fmt.Errorf("after %d contacts: %w", len(done), err)
		}
		done = append(done, one)
		total[one.Result]++
		if one.Result == "refused" || (one.Result == "kept" && !c.Seed) {
			refused++
		}
	}
	if err := writeIndented(term.out, map[string]any{"contacts": done, "total": total}); err != nil {
		return err
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d contacts were not written: the list says why", refused, len(done))
	}
	return nil
}

func (c *contactCmd) source(term terminal) (directory.Export, error) {
	if c.Seed {
		if c.File != "" {
			return directory.Export{}, usagef("--seed needs no file")
		}
		return directory.Seed()
	}
	if c.File == "" {
		return directory.Export{}, usagef("give the register's file with -f FILE, or --seed for the addressees that the program knows of")
	}
	body, err := readBody(c.File, term.in)
	if err != nil {
		return directory.Export{}, err
	}
	return directory.ReadExport(body)
}

// importOne writes one contact. A refusal of the API is a result; an error ends
// the import.
func (c *contactCmd) importOne(ctx context.Context, api *client, raw json.RawMessage) (imported, error) {
	var in map[string]any
	if err := json.Unmarshal(raw, &in); err != nil {
		return imported{Result: "refused", Why: "it is no contact"}, nil
	}
	id, _ := in["id"].(string)
	out := imported{ID: id}
	if !strings.HasPrefix(id, "contact_") {
		out.Result, out.Why = "refused", "it has no id of a contact"
		return out, nil
	}
	version := in["version"]
	delete(in, "id")
	delete(in, "version")
	at := "/v1/contacts/" + url.PathEscape(id)
	have, err := api.do(ctx, request{method: http.MethodGet, path: at})
	match := have.etag
	switch {
	case err != nil && have.status == http.StatusNotFound:
		out.Result, match = "created", "*"
	case err != nil:
		return out, err
	default:
		if out.Result, err = c.over(have.body, in, version); err != nil || out.Result != "replaced" {
			out.Why = map[string]string{"kept": "it was changed since the file was made: --replace writes over it"}[out.Result]
			return out, err
		}
	}
	body, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	if _, err = api.do(ctx, request{method: http.MethodPut, path: at, body: body, ifMatch: match}); err == nil {
		return out, nil
	}
	var p *problemError
	if !errors.As(err, &p) || p.status >= 500 || p.status == http.StatusUnauthorized || p.status == http.StatusForbidden {
		return out, err
	}
	out.Result, out.Why = "refused", p.line
	return out, nil
}

// over says what to do where a contact stands already.
func (c *contactCmd) over(body []byte, in map[string]any, version any) (string, error) {
	var have map[string]any
	if err := json.Unmarshal(body, &have); err != nil {
		return "", fmt.Errorf("the server's answer cannot be read: %w", err)
	}
	stands := have["version"]
	for _, name := range append([]string{"id", "version"}, notImported...) {
		delete(have, name)
	}
	switch {
	case reflect.DeepEqual(plain(have), plain(in)):
		return "unchanged", nil
	case c.Replace || (version != nil && reflect.DeepEqual(version, stands)):
		return "replaced", nil
	}
	return "kept", nil
}

// plain is a JSON value without what says nothing, instants in one spelling: so
// that a file compares with what the server shows.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			if p := plain(value); p != nil {
				out[name] = p
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		out := make([]any, len(v))
		for n := range v {
			out[n] = plain(v[n])
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case string:
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
	}
	if slices.Contains([]any{"", 0.0, false, nil}, v) {
		return nil
	}
	return v
}
