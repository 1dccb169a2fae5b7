package api

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Config is what the API is built from.
type Config struct {
	Service *casework.Service
	// Authenticate says whose a bearer token is: Unauthorized for nobody's;
	// Service.Authenticate if nil.
	Authenticate func(ctx context.Context, bearer string) (takedown.Principal, error)
	// Settle runs after every change where an answer must show what follows
	// from it (simulated clock); nil elsewhere.
	Settle func(ctx context.Context) error
	// Health says what stands still, "" for nothing.
	Health func(ctx context.Context) string
	// Notes are shown in /healthz: stand-ins, redirect, simulated clock.
	Notes   map[string]string
	HostNow func() time.Time
	Log     *slog.Logger
	Version string
}

// API serves the paths of the contract.
type API struct {
	service *casework.Service
	cfg     Config
	log     *slog.Logger
	mux     *http.ServeMux
	huma    huma.API
}

// New builds the API.
func New(cfg Config) *API {
	a := &API{service: cfg.Service, cfg: cfg, log: cfg.Log, mux: http.NewServeMux()}
	if a.cfg.Authenticate == nil {
		a.cfg.Authenticate = cfg.Service.Authenticate
	}
	huma.NewErrorWithContext = humaError
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return humaError(nil, status, msg, errs...)
	}
	hc := huma.DefaultConfig("takedown", cfg.Version)
	hc.CreateHooks, hc.DocsPath, hc.SchemasPath, hc.OpenAPIPath = nil, "", "", ""
	hc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer"}}
	hc.Security = []map[string][]string{{"bearer": {}}}
	a.huma = humago.New(a.mux, hc)
	a.routes()
	a.raw(http.MethodGet, "/v1/openapi.json", "This document", a.openAPI, http.StatusOK)
	a.raw(http.MethodGet, "/healthz", "Whether sweep, dispatcher and mail move", a.healthz, http.StatusOK)
	a.mux.HandleFunc("/", a.unknown)
	a.listReasons()
	return a
}

// listReasons names, wherever a reason is asked for as a code of the list, the
// codes themselves.
func (a *API) listReasons() {
	codes := " The list: " + strings.Join(casework.ReasonCodes(), ", ") + "."
	for _, s := range a.huma.OpenAPI().Components.Schemas.Map() {
		for _, p := range s.Properties {
			if strings.Contains(p.Description, "code of the list") {
				p.Description += codes
			}
		}
	}
}

// unknown answers paths that are not served, in the API's own words.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	c := callOf(r.Context())
	for _, m := range []string{"GET", "POST", "PUT", "PATCH"} {
		probe := r.Clone(r.Context())
		probe.Method = m
		if _, pattern := a.mux.Handler(probe); pattern != "" && pattern != "/" {
			w.Header().Add("Allow", m)
		}
	}
	if len(w.Header().Values("Allow")) > 0 {
		writeProblem(w, newProblem(http.StatusMethodNotAllowed, "this path knows other methods", c.requestID))
		return
	}
	writeProblem(w, newProblem(http.StatusNotFound, "there is nothing here", c.requestID))
}

func (a *API) openAPI(w http.ResponseWriter, _ *http.Request) {
	b, err := a.huma.OpenAPI().MarshalJSON()
	if err != nil {
		writeProblem(w, newProblem(http.StatusInternalServerError, "something went wrong on our side", ""))
		return
	}
	w.Header().Set("Content-Type", "application/openapi+json")
	if _, err := w.Write(b); err != nil {
		a.log.Debug("the client went away")
	}
}

func (a *API) healthz(w http.ResponseWriter, r *http.Request) {
	status := ""
	if a.cfg.Health != nil {
		status = a.cfg.Health(r.Context())
	}
	body := map[string]any{"status": "ok", "version": a.cfg.Version}
	for k, v := range a.cfg.Notes {
		body[k] = v
	}
	code := http.StatusOK
	if status != "" {
		code, body["status"] = http.StatusServiceUnavailable, "standing still: "+status
	}
	writeJSON(w, code, body)
}

// settle lets what follows from a change happen before the answer.
func (a *API) settle(ctx context.Context) {
	if a.cfg.Settle == nil {
		return
	}
	if err := a.cfg.Settle(ctx); err != nil {
		a.log.ErrorContext(ctx, "settling failed; the sweep repeats it", "error", err)
	}
}

// operation describes one path to OpenAPI: its parameters are read from the
// path template and the method.
func operation(method, path, summary string) huma.Operation {
	op := huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: path, Summary: summary,
		Responses: map[string]*huma.Response{}, Errors: []int{400, 401, 403, 404, 429, 500, 503},
	}
	str := &huma.Schema{Type: "string"}
	for _, part := range strings.Split(path, "/") {
		if strings.HasPrefix(part, "{") {
			op.Parameters = append(op.Parameters, &huma.Param{Name: strings.Trim(part, "{}"), In: "path", Required: true, Schema: str})
		}
	}
	switch method {
	case http.MethodPost:
		op.Errors = append(op.Errors, 409, 413, 415, 422)
		op.Parameters = append(op.Parameters, &huma.Param{Name: "Idempotency-Key", In: "header", Required: true, Schema: str})
	case http.MethodPut, http.MethodPatch:
		op.Errors = append(op.Errors, 409, 412, 413, 415, 422, 428)
		op.Parameters = append(op.Parameters,
			&huma.Param{Name: "If-Match", In: "header", Schema: str}, &huma.Param{Name: "If-None-Match", In: "header", Schema: str})
	}
	return op
}

// raw registers a path whose answer is no JSON object of ours.
func (a *API) raw(method, path, summary string, h http.HandlerFunc, status int, query ...string) {
	op := operation(method, path, summary)
	for _, q := range query {
		op.Parameters = append(op.Parameters, &huma.Param{Name: q, In: "query", Schema: &huma.Schema{Type: "string"}})
	}
	if open(path) {
		op.Security = []map[string][]string{{}}
	}
	schemas := a.huma.OpenAPI().Components.Schemas
	failed := &huma.Response{Description: "Error", Content: map[string]*huma.MediaType{
		"application/problem+json": {Schema: schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")},
	}}
	op.Responses = map[string]*huma.Response{strconv.Itoa(status): {Description: http.StatusText(status)}, "default": failed}
	a.huma.OpenAPI().AddOperation(&op)
	a.mux.HandleFunc(method+" "+path, h)
}

func operationID(method, path string) string {
	clean := strings.NewReplacer("/v1/", "", "/", "-", "{", "", "}", "").Replace(path)
	return strings.ToLower(method) + "-" + clean
}
