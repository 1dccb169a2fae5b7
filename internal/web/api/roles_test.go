package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/takedown"
)

// Who may, by letter: r reporter, s specialist, l legal adviser, c
// coordinator, p liaison, a auditor; * everybody, without a token too.
const (
	anyone  = "rslcpa"
	staff   = "slcpa" // by access: all that work on cases
	readers = "slp"   // documents and evidence
)

var letters = map[byte]string{'r': "reporter", 's': "specialist", 'l': "legal_adviser", 'c': "coordinator", 'p': "liaison", 'a': "auditor"}

// endpoints is the contract's table: every path, and who may.
var endpoints = []struct {
	route, who string
	body       object
}{
	{"GET /healthz", "*", nil},
	{"GET /v1/openapi.json", "*", nil},
	{"POST /v1/reports", anyone, nil},
	{"GET /v1/reports", anyone, nil},
	{"POST /v1/reports/{report}/closure", "c", nil},
	{"POST /v1/cases", "sc", nil},
	{"GET /v1/cases", staff, nil},
	{"GET /v1/cases/{case}", staff, nil},
	{"PATCH /v1/cases/{case}", "c", nil},
	{"POST /v1/cases/{case}/unsealing", "slc", object{"reason": "gesprek met de betrokkene"}},
	{"POST /v1/cases/{case}/closure", "c", object{"reason": "done_here"}},
	{"POST /v1/cases/{case}/reopening", "c", object{"reason": "seen_again", "itemIds": []string{"item_none"}}},
	{"POST /v1/cases/{case}/items", "s", nil},
	{"GET /v1/cases/{case}/items/{item}", staff, nil},
	{"PATCH /v1/cases/{case}/items/{item}", "s", nil},
	{"GET /v1/cases/{case}/items/{item}/outcome", staff, nil},
	{"PUT /v1/cases/{case}/items/{item}/outcome", "s", nil},
	{"POST /v1/cases/{case}/items/{item}/check", "s", nil},
	{"POST /v1/cases/{case}/items/{item}/addressees", "s", object{}},
	{"GET /v1/cases/{case}/items/{item}/assessment", staff, nil},
	// monitor and no_action on a suspected offence need a legal adviser's yes.
	{"PUT /v1/cases/{case}/items/{item}/assessment", "sl", nil},
	{"GET /v1/cases/{case}/triage", staff, nil},
	{"PUT /v1/cases/{case}/triage", "cs", nil},
	{"GET /v1/cases/{case}/people/{person}/consents/{action}", staff, nil},
	{"PUT /v1/cases/{case}/people/{person}/consents/{action}", "c", nil},
	{"GET /v1/cases/{case}/people/{person}/complaints/{offence}", staff, nil},
	{"PUT /v1/cases/{case}/people/{person}/complaints/{offence}", "c", nil},
	{"GET /v1/cases/{case}/people/{person}/clocks.ics", "slcp", nil},
	{"GET /v1/cases/{case}/police-alignment", staff, nil},
	{"PUT /v1/cases/{case}/police-alignment", "cp", nil},
	{"GET /v1/cases/{case}/police-reports/{report}", staff, nil},
	{"PUT /v1/cases/{case}/police-reports/{report}", "cp", nil},
	{"POST /v1/cases/{case}/decisions", "c", object{"kind": "media"}},
	{"POST /v1/cases/{case}/decisions", "l", object{"kind": "professional_secrecy"}},
	{"POST /v1/cases/{case}/contact-attempts", "s", nil},
	// The liaison brings in the receipt of a hand-over.
	{"POST /v1/cases/{case}/evidence/uploads", "sp", nil},
	{"POST /v1/cases/{case}/evidence", "sp", nil},
	{"GET /v1/cases/{case}/evidence", staff, nil},
	{"GET /v1/cases/{case}/evidence/{evidence}/content", readers, nil},
	{"PUT /v1/blobs/{grant}", "*", nil},
	{"GET /v1/blobs/{grant}", "*", nil},
	{"GET /v1/cases/{case}/tracks", staff, nil},
	{"POST /v1/cases/{case}/tracks", "cl", nil},
	{"GET /v1/tracks/{track}", staff, nil},
	{"POST /v1/tracks/{track}/hold", "cl", nil},
	{"POST /v1/tracks/{track}/resume", "cl", nil},
	{"POST /v1/tracks/{track}/skip", "cl", nil},
	{"POST /v1/tracks/{track}/stop", "cl", nil},
	{"GET /v1/tracks/{track}/particulars", staff, nil},
	{"PUT /v1/tracks/{track}/particulars", "sl", nil},
	{"POST /v1/tracks/{track}/feedback", "pl", nil},
	{"GET /v1/cases/{case}/documents", staff, nil}, // without texts,
	{"POST /v1/cases/{case}/documents", "sc", nil},
	{"GET /v1/cases/{case}/evaluation", staff, nil},
	{"PUT /v1/cases/{case}/evaluation", "c", nil},
	{"GET /v1/documents/{doc}", readers, nil}, // of a form of our own, the coordinator too
	{"GET /v1/documents/{doc}/rendered", readers, nil},
	{"GET /v1/documents/{doc}/filing-sheet", "sl", nil},
	{"GET /v1/documents/{doc}/bundle", readers, nil},
	{"PUT /v1/documents/{doc}", "sl", nil},
	{"POST /v1/documents/{doc}/decision", "l", nil},
	{"POST /v1/documents/{doc}/filing", "s", nil},
	{"POST /v1/documents/{doc}/posting", "s", nil},
	{"POST /v1/documents/{doc}/receipt", "s", nil},
	{"POST /v1/documents/{doc}/handover", "p", nil},
	{"POST /v1/documents/{doc}/dispatch-resolution", "s", nil},
	{"POST /v1/documents/{doc}/misdirection", "cl", nil},
	{"POST /v1/replies", "s", nil},
	{"GET /v1/replies", "s", nil},
	{"GET /v1/replies/{reply}", "slc", nil},
	{"GET /v1/replies/{reply}/raw", "slc", nil},
	{"POST /v1/replies/{reply}/classification", "s", nil},
	{"GET /v1/worklist", anyone, nil},
	{"POST /v1/tasks/{task}/completion", "c", nil},
	{"GET /v1/clocks", staff, nil},
	{"POST /v1/clocks/{clock}/extension", "l", nil},
	{"GET /v1/clocks/recount", "cla", nil},
	{"POST /v1/clocks/recount", "c", object{"reason": "calendar_changed"}},
	{"GET /v1/clocks/recounted", staff, nil},
	{"GET /v1/contacts", staff, nil},
	{"GET /v1/contacts/{contact}", staff, nil},
	{"GET /v1/contacts/{contact}/cases", staff, nil},
	{"PUT /v1/contacts/{contact}", "sc", nil},
	{"POST /v1/contacts/{contact}/confirmation", "sc", object{}},
	{"GET /v1/settings", staff, nil},
	{"PUT /v1/settings", "c", nil},
	{"GET /v1/clock", "c", nil},
	{"POST /v1/clock/advance", "c", nil},
	{"GET /v1/cases/{case}/history", "ac", nil},
	{"GET /v1/history/{entry}/proof", "ac", nil},
	{"GET /v1/history/checkpoint", "ac", nil},
	{"GET /v1/executions", "c", nil},
	{"GET /v1/executions/{execution}", "c", nil},
	{"GET /v1/executions/{execution}/events", "c", nil},
}

// registered lists every path that is served, from the document.
func (d *desk) registered() map[string]object {
	d.t.Helper()
	var doc struct {
		Paths map[string]map[string]object `json:"paths"`
	}
	if err := json.Unmarshal([]byte(d.do(ask{method: "GET", path: "/v1/openapi.json"}).raw), &doc); err != nil {
		d.t.Fatal(err)
	}
	out := map[string]object{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			out[strings.ToUpper(method)+" "+path] = op
		}
	}
	return out
}

// namesNothing are the routes that find nothing in the case that is walked:
// report_een is the police report's, the client's own choice; there is no
// klacht, the item has not ended, a platform needs no particulars,
// and nobody evaluated the case. What the rest names is there.
func namesNothing(route string) bool {
	return strings.Contains(route, " /v1/reports/") || strings.Contains(route, "police-reports") || strings.Contains(route, "complaints") ||
		route == "GET /v1/cases/{case}/items/{item}/outcome" || route == "GET /v1/tracks/{track}/particulars" ||
		route == "GET /v1/cases/{case}/evaluation" ||
		route == "GET /v1/replies/{reply}/raw" // this one was told by phone
}

// TestOutcomeOverTheAPI: nothing to read before it, then what was set.
func TestOutcomeOverTheAPI(t *testing.T) {
	d := newDesk(t, true)
	p := d.realCase()
	path := p.fill("/v1/cases/{case}/items/{item}/outcome")
	if r := d.do(ask{method: "GET", path: path, role: "auditor"}); r.status != http.StatusNotFound {
		t.Errorf("before: %d", r.status)
	}
	set := d.ok("specialist", "PUT", path, object{"code": "author_removed", "reason": "seen_gone"})
	got := d.do(ask{method: "GET", path: path, role: "auditor"})
	if got.status != http.StatusOK || text(got.body, "code") != "author_removed" || got.header.Get("ETag") == "" || text(set, "code") != "author_removed" {
		t.Errorf("set %v; read %d %s, ETag %s", set, got.status, got.raw, got.header.Get("ETag"))
	}
}

// Requirement: S0-6b, S3-12
func TestEveryEndpointForEveryRole(t *testing.T) {
	d := newDesk(t, true)
	p := d.realCase()
	known := map[string]bool{}
	for _, e := range endpoints {
		known[e.route] = true
		method, path, _ := strings.Cut(e.route, " ")
		for letter, role := range letters {
			r := d.do(ask{method: method, path: p.fill(path), role: role, body: bodyOf(e.body), header: ifNone(method)})
			may := e.who == "*" || strings.IndexByte(e.who, letter) >= 0
			refused := r.status == http.StatusForbidden || r.status == http.StatusUnauthorized
			if may == refused || r.status >= 500 {
				t.Errorf("%s as %s: %d %s", e.route, role, r.status, r.raw)
			}
			if may && r.status == http.StatusNotFound && e.who != "*" && !namesNothing(e.route) {
				t.Errorf("%s as %s: not found", e.route, role)
			}
		}
		if e.who == "*" {
			continue
		}
		for what, token := range map[string]string{"nobody": "", "an unknown token": "tkd_unknown", "a revoked token": d.revoked()} {
			a := ask{method: method, path: p.fill(path), token: token, body: bodyOf(e.body)}
			if r := d.do(a); r.status != http.StatusUnauthorized {
				t.Errorf("%s as %s: %d", e.route, what, r.status)
			}
		}
	}
	for route := range d.registered() {
		if !known[route] {
			t.Errorf("%s is served but not in the table", route)
		}
		delete(known, route)
	}
	for route := range known {
		t.Errorf("%s is in the table but not served", route)
	}
}

func bodyOf(o object) any {
	if o == nil {
		return nil
	}
	return o
}

func ifNone(method string) map[string]string {
	if method == http.MethodPut || method == http.MethodPatch {
		return map[string]string{"If-Match": `"99"`}
	}
	return nil
}

// revoked is a token that was good once.
func (d *desk) revoked() string {
	d.t.Helper()
	if token := d.tokens["revoked"]; token != "" {
		return token
	}
	ctx := d.t.Context()
	made, err := d.app.Service.CreateToken(ctx, takedown.TheSystem, "test-revoked", []takedown.Role{takedown.Coordinator})
	if err == nil {
		err = d.app.Service.RevokeToken(ctx, takedown.TheSystem, made.ID)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.tokens["revoked"] = made.Token
	return made.Token
}

// TestARestrictedCaseIsNotThere: a colleague as suspect restricts a case; who
// is not assigned finds nothing under it, whatever their role.
//
// Requirement: S0-6b
func TestARestrictedCaseIsNotThere(t *testing.T) {
	d := newDesk(t, true)
	in := caseOf(sealedURL)
	in["suspects"] = []object{{"isColleague": true}}
	opened := d.ok("specialist", "POST", "/v1/cases", in)
	p := places{
		"case": text(opened, "id"), "item": text(list(opened, "items")[0], "id"), "person": opened["people"].([]any)[0].(string),
		"action": "notice", "offence": "285d", "report": "report_een", "evidence": "evid_none",
	}
	for _, e := range endpoints {
		method, path, _ := strings.Cut(e.route, " ")
		if !strings.Contains(path, "{case}") {
			continue
		}
		for letter, role := range letters {
			if letter == 'a' || letter == 's' || strings.IndexByte(e.who, letter) < 0 {
				continue
			}
			r := d.do(ask{method: method, path: p.fill(path), role: role, body: bodyOf(e.body), header: ifNone(method)})
			if r.status != http.StatusNotFound {
				t.Errorf("%s as %s: %d %s", e.route, role, r.status, r.raw)
			}
		}
	}
	if strings.Contains(d.do(ask{method: "GET", path: "/v1/cases", role: "coordinator"}).raw, p["case"]) {
		t.Error("the list shows it")
	}
}

// TestAWorklistIsItsRolesAlone: by this takedown doctor tells a coordinator
// from everybody else.
func TestAWorklistIsItsRolesAlone(t *testing.T) {
	d := newDesk(t, false)
	for _, role := range letters {
		want := http.StatusForbidden
		if role == "coordinator" {
			want = http.StatusOK
		}
		if r := d.do(ask{method: "GET", path: "/v1/worklist?role=coordinator&limit=1", role: role}); r.status != want {
			t.Errorf("%s: %d %s", role, r.status, r.raw)
		}
	}
}
