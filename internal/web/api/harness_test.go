package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/takedown"
	"github.com/ontdox/takedown/internal/web/api"
)

// monday is when every installation of these tests begins: 22 March 2027,
// 09:00 in Amsterdam.
var monday = time.Date(2027, 3, 22, 8, 0, 0, 0, time.UTC)

// The private values of these tests: no such street, no such number.
const (
	sealedName    = "Verzegeld Persoon"
	sealedStreet  = "Nergensstraat 999"
	sealedPhone   = "+31 6 00000000"
	sealedSummary = "samenvatting die nergens hoort te staan"
	sealedTrigger = "aanleiding die nergens hoort te staan"
	sealedURL     = "https://platform.example/berichten/1001"
	sealedBytes   = "beeld met " + sealedStreet
)

func sealedValues() []string {
	return []string{sealedName, sealedStreet, sealedPhone, sealedSummary, sealedTrigger, "platform.example/berichten/1001", "verzegelde-handle", "toestel 0"}
}

// object is a JSON object.
type object = map[string]any

// desk is an installation with its API, and a token for each role.
type desk struct {
	t      testing.TB
	app    *local.App
	url    string
	tokens map[string]string
	dir    string
	ahead  atomic.Int64 // how far host time runs ahead, in nanoseconds
	calls  atomic.Int64
}

// newDesk opens an installation in a directory of its own. working says
// whether engine, dispatcher and sweep run.
func newDesk(t testing.TB, working bool) *desk {
	t.Helper()
	d := &desk{t: t, tokens: map[string]string{}, dir: t.TempDir()}
	// Its certificate names another host: what is fetched from it is not known.
	site := httptest.NewUnstartedServer(http.NotFoundHandler())
	site.Config.ErrorLog = log.New(io.Discard, "", 0)
	site.StartTLS()
	t.Cleanup(site.Close)
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: site.Certificate().Raw}))
	now := func() time.Time { return time.Now().Add(time.Duration(d.ahead.Load())) }
	app, err := local.Open(context.Background(), local.Config{
		DataDir: filepath.Join(d.dir, "data"), KeyFile: filepath.Join(d.dir, "test.key"), SimulatedFrom: monday, HostNow: now,
		StandIns: &local.StandIns{Hosts: map[string]string{"platform.example": site.Listener.Addr().String()}, CA: ca},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.app = app
	work, cancel := context.WithCancel(context.Background())
	wait := func() {}
	cfg := api.Config{Service: app.Service, HostNow: now, Log: app.Log(), Version: "test", Notes: app.Notes}
	if working {
		cfg.Settle = app.Settle
		if wait, err = app.Start(work); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(api.New(cfg))
	d.url = server.URL
	t.Cleanup(func() {
		server.Close()
		cancel()
		wait()
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, role := range takedown.Roles() {
		made, err := app.Service.CreateToken(context.Background(), takedown.TheSystem, "test-"+strings.ReplaceAll(string(role), "_", "-"), []takedown.Role{role})
		if err != nil {
			t.Fatal(err)
		}
		d.tokens[string(role)] = made.Token
	}
	return d
}

// ask is one request; what is left empty gets what a good client sends.
type ask struct {
	method, path, role string
	token              string // instead of the role's
	body               any    // string and []byte are sent as they are
	header             map[string]string
	drop               []string // headers not to be sent
}

// reply is its answer.
type reply struct {
	status int
	header http.Header
	raw    string
	body   object
}

func (d *desk) do(a ask) reply {
	d.t.Helper()
	var body io.Reader
	switch b := a.body.(type) {
	case nil:
		if a.method != http.MethodGet {
			body = strings.NewReader("{}")
		}
	case string:
		body = strings.NewReader(b)
	case []byte:
		body = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			d.t.Fatal(err)
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(context.Background(), a.method, d.url+a.path, body)
	if err != nil {
		d.t.Fatal(err)
	}
	token := a.token
	if token == "" {
		token = d.tokens[a.role]
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if a.method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	}
	if a.method == http.MethodPost {
		req.Header.Set("Idempotency-Key", fmt.Sprintf("test-%d", d.calls.Add(1)))
	}
	for k, v := range a.header {
		req.Header.Set(k, v)
	}
	for _, k := range a.drop {
		req.Header.Del(k)
	}
	return d.send(req)
}

func (d *desk) send(req *http.Request) reply {
	d.t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		d.t.Error(err)
		return reply{}
	}
	defer func() { _ = res.Body.Close() }() // it was read to its end
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Error(err)
	}
	out := reply{status: res.StatusCode, header: res.Header, raw: string(raw), body: object{}}
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &out.body); err != nil {
			d.t.Error(err)
		}
	}
	return out
}

// ok makes a call that must succeed.
func (d *desk) ok(role, method, path string, body any) object {
	d.t.Helper()
	a := ask{method: method, path: path, role: role, body: body}
	if method == http.MethodPut {
		if tag := d.do(ask{method: http.MethodGet, path: path, role: role}).header.Get("ETag"); tag != "" {
			a.header = map[string]string{"If-Match": tag}
		} else {
			a.header = map[string]string{"If-None-Match": "*"}
		}
	}
	r := d.do(a)
	if r.status/100 != 2 {
		d.t.Fatalf("%s %s as %s: %d %s", method, path, role, r.status, r.raw)
	}
	return r.body
}

func text(o object, path ...string) string {
	var v any = o
	for _, p := range path {
		m, _ := v.(object)
		v = m[p]
	}
	s, _ := v.(string)
	return s
}

func list(o object, name string) []object {
	var out []object
	items, _ := o[name].([]any)
	for _, i := range items {
		if m, ok := i.(object); ok {
			out = append(out, m)
		}
	}
	return out
}

func itemOf(url string) object {
	return object{
		"location": object{"type": "url", "url": url}, "kind": "original", "contentType": "text", "audience": "public",
		"author": object{"handle": "verzegelde-handle"}, "firstSeenAt": monday.Add(-12 * time.Hour), "dataCategories": []string{"home_address", "phone"},
	}
}

func caseOf(urls ...string) object {
	items := []object{}
	for _, u := range urls {
		items = append(items, itemOf(u))
	}
	return object{
		"reporter": object{"function": "praktijkmanager", "channel": "phone", "contact": "toestel 0"},
		"affected": []object{{
			"relation": "employee", "function": "huisarts", "capacity": "none_of_lid2",
			"private": object{"name": sealedName, "addresses": []string{sealedStreet}, "phones": []string{sealedPhone}},
		}},
		"incident": object{"occurredAt": monday.Add(-13 * time.Hour), "summary": sealedSummary, "trigger": sealedTrigger},
		"goals":    []string{"removal"}, "items": items,
	}
}

// snapshot is every stream's length: what must not change when a request is
// refused.
func (d *desk) snapshot() string {
	d.t.Helper()
	streams, err := d.app.Store.Archive().Streams(context.Background())
	if err != nil {
		d.t.Fatal(err)
	}
	return fmt.Sprintf("%+v", streams)
}

// upload sends bytes to a signed URL and gives its status.
func (d *desk) upload(url, method, content string) int {
	d.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, d.url+url, strings.NewReader(content))
	if err != nil {
		d.t.Fatal(err)
	}
	return d.send(req).status
}

func announcement(content string) object {
	sum := sha256.Sum256([]byte(content))
	return object{"sha256": hex.EncodeToString(sum[:]), "size": len(content), "mediaType": "text/html"}
}

func captureOf(upload, item string) object {
	return object{
		"uploadId": upload, "itemIds": []string{item}, "capturedAt": monday.Add(-time.Hour), "zone": "Europe/Amsterdam", "url": sealedURL,
		"capturedBy": "medewerker meldpunt", "tool": "browser 1", "original": true,
	}
}

// places are the ids of a small real case, by the parameter's name.
type places map[string]string

func (p places) fill(path string) string {
	for name, id := range p {
		path = strings.ReplaceAll(path, "{"+name+"}", id)
	}
	return path
}

// realCase opens one case and brings it to a drafted notice, with a clock, a
// task, evidence and a reply that nobody matched.
func (d *desk) realCase() places {
	d.t.Helper()
	p := places{"contact": "contact_platform", "report": "report_een", "action": "notice", "offence": "285d"}
	d.ok("coordinator", "PUT", "/v1/contacts/contact_platform", object{
		"kind": "platform", "legalName": "Voorbeeldplatform Ltd.", "serviceKind": "online_platform", "hosts": []string{"platform.example"},
		"country": "IE", "languages": []string{"nl"}, "source": "https://platform.example/dsa", "lastVerifiedAt": monday.Add(-24 * time.Hour),
		"channels": []object{{"kind": "form", "address": "https://platform.example/melden", "purpose": "notice"}},
	})
	d.ok("coordinator", "PUT", "/v1/settings", object{
		"organisation": object{"name": "Huisartsenpraktijk Voorbeeld", "kind": "care", "unit": "Meldpunt veiligheid", "mailbox": "meldpunt@praktijk.example", "phone": "+31 20 0000000", "postalAddress": "Postbus 0, 0000 AA Voorbeeldstad"},
		"mail":         object{"from": "meldpunt@praktijk.example", "replyDomain": "antwoord.praktijk.example"},
	})
	opened := d.ok("coordinator", "POST", "/v1/cases", caseOf(sealedURL))
	p["case"] = text(opened, "id")
	p["item"] = text(list(opened, "items")[0], "id")
	people, _ := opened["people"].([]any)
	p["person"], _ = people[0].(string)
	base := "/v1/cases/" + p["case"]
	d.ok("coordinator", "PUT", base+"/triage", object{"threatLevel": "elevated", "judgedBy": "veiligheidscoördinator", "lifeOrSafety": false})
	up := d.ok("specialist", "POST", base+"/evidence/uploads", announcement(sealedBytes))
	if got := d.upload(text(up, "uploadUrl"), "PUT", sealedBytes); got != http.StatusNoContent {
		d.t.Fatalf("upload: %d", got)
	}
	p["evidence"] = text(d.ok("specialist", "POST", base+"/evidence", captureOf(text(up, "id"), p["item"])), "id")
	evid := []string{p["evidence"]}
	d.ok("specialist", "PUT", base+"/items/"+p["item"]+"/assessment", object{
		"grounds":    []object{{"offence": "285d", "elements": object{"E1": evid, "E2": evid, "E3": evid, "E4": evid}}},
		"inCapacity": true, "effects": []string{"contact"}, "victimAware": true, "fearDescribed": true,
		"purposeIndicators": []string{"call_to_act"}, "amplification": "low", "locator": "line:2", "decision": "act",
	})
	d.ok("coordinator", "PUT", base+"/people/"+p["person"]+"/consents/notice", object{"status": "given", "textShown": "toestemming-v1", "date": monday.Add(-time.Hour), "channel": "phone"})
	d.ok("legal_adviser", "POST", base+"/decisions", object{"kind": "professional_secrecy", "choice": "no_medical_data", "pros": "geen medische gegevens in stukken"})
	d.ok("coordinator", "PUT", base+"/police-alignment", object{"status": "asked", "preservation126ni": "asked"})
	p["clock"] = text(d.do(ask{method: "GET", path: base + "/police-alignment", role: "coordinator"}).body, "clockId")
	d.ok("liaison", "PUT", base+"/police-alignment", object{"status": "answered", "mayNotify": true, "preservation126ni": "oral", "posterContact": "forbidden"})
	track := list(d.ok("specialist", "GET", base+"/tracks", nil), "items")[0]
	p["track"], p["doc"] = text(track, "id"), text(track, "document", "id")
	d.ok("coordinator", "POST", "/v1/cases", caseOf()) // without items: a task to close it as registered
	work := list(d.ok("coordinator", "GET", "/v1/worklist", nil), "items")
	p["task"] = text(list(work[0], "tasks")[0], "id")
	p["reply"] = text(d.ok("specialist", "POST", "/v1/replies", object{"trackId": p["track"], "ticket": "T-0", "kind": "other", "via": "phone", "receivedAt": monday.Add(-time.Hour)}), "id")
	p["entry"] = text(list(d.ok("auditor", "GET", base+"/history", nil), "items")[0], "id")
	p["execution"] = text(list(d.ok("coordinator", "GET", "/v1/executions", nil), "items")[0], "name")
	for name, id := range p {
		if id == "" {
			d.t.Errorf("the case has no %s", name)
		}
	}
	return p
}
