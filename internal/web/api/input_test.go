package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// refusal is one bad request and what its answer must be.
type refusal struct {
	name     string
	ask      ask
	status   int
	pointers []string // exactly these fields are named, in any order
	secret   string   // never in the answer
}

// refuse sends a bad request: it gets a problem answer, names every bad field,
// echoes nothing and changes nothing.
func (d *desk) refuse(t *testing.T, x refusal) {
	t.Helper()
	before := d.snapshot()
	r := d.do(x.ask)
	if r.status != x.status || r.header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%d %s, want %d: %s", r.status, r.header.Get("Content-Type"), x.status, r.raw)
	}
	if !strings.HasPrefix(text(r.body, "requestId"), "req_") || r.body["status"] != float64(x.status) || text(r.body, "title") == "" || text(r.body, "type") == "" {
		t.Errorf("not a whole problem answer: %s", r.raw)
	}
	var got []string
	for _, e := range list(r.body, "errors") {
		got = append(got, text(e, "pointer"))
	}
	slices.Sort(got)
	slices.Sort(x.pointers)
	if x.pointers != nil && !slices.Equal(got, x.pointers) {
		t.Errorf("fields %q, want %q", got, x.pointers)
	}
	if x.secret != "" && strings.Contains(r.raw, x.secret) {
		t.Errorf("the answer echoes what was sent: %s", r.raw)
	}
	if after := d.snapshot(); after != before {
		t.Errorf("something was written: %s became %s", before, after)
	}
}

func with(o object, set object) object {
	out := object{}
	for k, v := range o {
		out[k] = v
	}
	for k, v := range set {
		out[k] = v
	}
	return out
}

func TestBadInput(t *testing.T) {
	d := newDesk(t, true)
	p := d.realCase()
	base := "/v1/cases/" + p["case"]
	post := func(path, role string, body any) ask { return ask{method: "POST", path: path, role: role, body: body} }
	put := func(path, role, tag string, body any) ask {
		return ask{method: "PUT", path: path, role: role, body: body, header: map[string]string{"If-Match": tag}}
	}
	good := caseOf(sealedURL)
	items := make([]object, 26)
	for n := range items {
		items[n] = itemOf(fmt.Sprintf("https://platform.example/veel/%d", n))
	}
	triage := object{"threatLevel": "high", "judgedBy": "x", "lifeOrSafety": false}
	settings := object{"organisation": object{"name": "x"}}
	late := monday.Add(48 * time.Hour).Format(time.RFC3339)
	for _, x := range []refusal{
		{"malformed", post("/v1/cases", "specialist", `{"reporter": Nergensstraat`), 400, nil, "Nergens"},
		{"empty", post("/v1/cases", "specialist", ""), 400, nil, ""},
		{"two values", post("/v1/cases", "specialist", `{} {}`), 400, nil, ""},
		{"no object", post("/v1/cases", "specialist", `[]`), 422, []string{""}, ""},
		{"unknown fields", post("/v1/cases", "specialist", with(good, object{"geheim": "Nergensstraat", "extra": 1})), 422, []string{"/geheim", "/extra"}, "Nergens"},
		{"wrong types", post("/v1/cases", "specialist", with(good, object{"goals": "Nergensstraat", "flags": 5})), 422, []string{"/goals", "/flags"}, "Nergens"},
		{"missing", post("/v1/cases", "specialist", `{}`), 422, []string{"/reporter", "/affected", "/incident"}, ""},
		{"everything at once", post("/v1/cases", "specialist", with(good, object{
			"geheim": 1, "goals": []string{"removal", "Nergensstraat"}, "incident": object{"occurredAt": late, "discoveredAt": "Nergensdag", "summary": 7},
			"affected": []object{{"relation": "Nergens"}, {"relation": "family", "function": strings.Repeat("x", 201)}},
		})), 422, []string{"/geheim", "/goals/1", "/incident/occurredAt", "/incident/discoveredAt", "/incident/summary", "/affected/0/relation", "/affected/1/function"}, "Nergens"},
		{"26 items", post("/v1/cases", "specialist", with(good, object{"items": items})), 422, []string{"/items"}, ""},
		{"26 items more", post(base+"/items", "specialist", object{"items": items}), 422, []string{"/items"}, ""},
		{"no items", post(base+"/items", "specialist", object{"items": []object{}}), 422, []string{"/items"}, ""},
		{"300 KiB", post("/v1/cases", "specialist", `{"x":"`+strings.Repeat("x", 300<<10)+`"}`), 413, nil, "xxx"},
		{"content type", ask{method: "POST", path: "/v1/cases", role: "specialist", body: good, header: map[string]string{"Content-Type": "text/plain"}}, 415, nil, ""},
		{"no content type", ask{method: "POST", path: "/v1/cases", role: "specialist", body: good, drop: []string{"Content-Type"}}, 415, nil, ""},
		{"no key", ask{method: "POST", path: "/v1/cases", role: "specialist", body: good, drop: []string{"Idempotency-Key"}}, 400, nil, ""},
		{"long key", ask{method: "POST", path: "/v1/cases", role: "specialist", body: good, header: map[string]string{"Idempotency-Key": strings.Repeat("k", 201)}}, 400, nil, "kkk"},
		{"no token", ask{method: "POST", path: "/v1/cases", body: good}, 401, nil, ""},
		{"other scheme", ask{method: "GET", path: "/v1/cases", header: map[string]string{"Authorization": "Basic Nergens"}}, 401, nil, "Nergens"},
		{"missing role", post("/v1/cases", "auditor", good), 403, nil, ""},
		{"role before content", post("/v1/cases", "auditor", `{"geheim":1}`), 403, nil, ""},
		{"unknown case", ask{method: "GET", path: "/v1/cases/case_nergens", role: "specialist"}, 404, nil, "case_nergens"},
		{"no id", ask{method: "GET", path: "/v1/cases/Nergens", role: "specialist"}, 404, nil, "Nergens"},
		{"unknown track", ask{method: "GET", path: "/v1/tracks/track_nergens", role: "specialist"}, 404, nil, ""},
		{"unknown document", post("/v1/documents/doc_nergens/decision", "legal_adviser", object{"decision": "approve", "contentHash": "x"}), 404, nil, ""},
		{"unknown path", ask{method: "GET", path: "/v1/nergens", role: "specialist"}, 404, nil, ""},
		{"wrong method", ask{method: "DELETE", path: base, role: "coordinator"}, 405, nil, ""},
		{"unknown status", ask{method: "GET", path: "/v1/cases?status=Nergens", role: "specialist"}, 422, nil, "Nergens"},
		{"unknown limit", ask{method: "GET", path: "/v1/cases?limit=Nergens", role: "specialist"}, 422, nil, "Nergens"},
		{"limit 0", ask{method: "GET", path: "/v1/contacts?limit=0", role: "specialist"}, 422, nil, ""},
		{"unknown parameter", ask{method: "GET", path: "/v1/cases?statuss=open", role: "specialist"}, 422, []string{"query.statuss"}, ""},
		{"unknown role", ask{method: "GET", path: "/v1/worklist?role=Nergens", role: "specialist"}, 422, nil, "Nergens"},
		{"unknown nature", ask{method: "GET", path: "/v1/clocks?nature=Nergens", role: "specialist"}, 422, nil, "Nergens"},
		{"bad instant", ask{method: "GET", path: "/v1/clocks?dueBefore=Nergens", role: "specialist"}, 422, nil, "Nergens"},
		{"unknown rendering", ask{method: "GET", path: "/v1/documents/" + p["doc"] + "/rendered?as=Nergens", role: "specialist"}, 422, nil, "Nergens"},
		{"foreign cursor", ask{method: "GET", path: "/v1/cases?cursor=Nergens", role: "specialist"}, 422, nil, "Nergens"},
		{"no If-Match", ask{method: "PUT", path: base + "/triage", role: "coordinator", body: triage}, 428, nil, ""},
		{"no If-Match on PATCH", ask{method: "PATCH", path: base, role: "coordinator", body: object{"goals": []string{}}}, 428, nil, ""},
		{"stale", put(base+"/triage", "coordinator", `"7"`, triage), 412, nil, ""},
		{"stale PATCH", ask{method: "PATCH", path: base, role: "coordinator", body: object{"goals": []string{"removal"}}, header: map[string]string{"If-Match": `"99"`}}, 412, nil, ""},
		{"no version", put(base+"/triage", "coordinator", `"Nergens"`, triage), 412, nil, "Nergens"},
		{"not the first", ask{method: "PUT", path: "/v1/settings", role: "coordinator", body: settings, header: map[string]string{"If-None-Match": "*"}}, 412, nil, ""},
		{"enums", put(base+"/police-alignment", "liaison", `"2"`, object{"status": "Nergens", "posterContact": "misschien"}), 422, []string{"/status", "/posterContact", "/reason"}, "Nergens"},
		{"enum and future", post(base+"/contact-attempts", "specialist", object{"role": "Nergens", "channel": "mail", "at": late, "result": "no_answer"}), 422, []string{"/role", "/at"}, "Nergens"},
		{"reply in the future", post("/v1/replies", "specialist", object{"kind": "Nergens", "via": "phone", "receivedAt": late}), 422, []string{"/kind", "/receivedAt"}, "Nergens"},
		{"upload", post(base+"/evidence/uploads", "specialist", object{"sha256": "Nergens", "size": -1, "mediaType": "x"}), 422, nil, "Nergens"},
		{"evidence without place and time", post(base+"/evidence", "specialist", object{"uploadId": "upload_x", "itemIds": []string{p["item"]}, "capturedBy": "x", "original": true}), 422, nil, ""},
		{"stale content hash", post("/v1/documents/"+p["doc"]+"/decision", "legal_adviser", object{"decision": "approve", "contentHash": strings.Repeat("0", 64)}), 409, nil, ""},
		{"clock backwards", post("/v1/clock/advance", "coordinator", object{"to": monday.Add(-time.Hour)}), 422, nil, ""},
	} {
		t.Run(x.name, func(t *testing.T) { d.refuse(t, x) })
	}
}

// TestWhatIsRefusedSaysWhatWouldDo: where a body stops being JSON, and which
// role an act takes.
func TestWhatIsRefusedSaysWhatWouldDo(t *testing.T) {
	d := newDesk(t, true)
	for _, x := range []struct {
		role string
		body any
		want string
	}{
		{"specialist", "{\n  \"goals\": [\"removal\"],\n  \"flags\" 5}", "line 3, column 11"},
		{"specialist", "{\n  \"goals\": [", "line 2, column 12"},
		{"specialist", "{} {}", "more than one value"},
		{"auditor", `{}`, "it takes coordinator or specialist"},
	} {
		got := d.do(ask{method: "POST", path: "/v1/cases", role: x.role, body: x.body})
		if !strings.Contains(got.raw, x.want) {
			t.Errorf("%v: %s, want %q in it", x.body, got.raw, x.want)
		}
	}
}

// TestABadItemNeverFailsTheOthers: each item has its own result.
func TestABadItemNeverFailsTheOthers(t *testing.T) {
	d := newDesk(t, true)
	bad := []string{
		"javascript:alert(1)", "https://user:pass@platform.example/x", "https:///pad", "ftp://platform.example/x", "", "https://", "//platform.example/x",
		"https://xn--/x", "https://pl\u200batform.example/x", "https://plat form.example/x", "data:text/html,x", "https://platform.example:99999/x", "https://\u202eplatform.example/x",
	}
	in := append([]string{"https://platform.example/goed/1"}, bad...)
	opened := d.ok("specialist", "POST", "/v1/cases", caseOf(append(in, "https://platform.example/goed/2")...))
	results := list(opened, "items")
	for n, r := range results {
		want := "invalid"
		if n == 0 || n == len(results)-1 {
			want = "created"
		}
		if text(r, "status") != want {
			t.Errorf("item %d: %v, want %s", n, r, want)
		}
		if want == "invalid" && (len(list(r, "errors")) == 0 || text(list(r, "errors")[0], "pointer") != fmt.Sprintf("/items/%d/location/url", n)) {
			t.Errorf("item %d does not name its field: %v", n, r)
		}
	}
	again := d.ok("specialist", "POST", "/v1/cases/"+text(opened, "id")+"/items", object{"items": []object{
		with(itemOf("https://platform.example/goed/3"), object{"kind": "Nergens", "firstSeenAt": monday.Add(48 * time.Hour), "dataCategories": []string{"Nergens"}}),
		itemOf("https://platform.example/goed/1"), itemOf("https://platform.example/goed/4"),
	}})
	got := list(again, "items")
	if len(got) != 3 || text(got[0], "status") != "invalid" || len(list(got[0], "errors")) != 3 || text(got[1], "status") != "duplicate" || text(got[2], "status") != "created" {
		t.Errorf("results: %v", got)
	}
}

// TestManyBadItemsNeverFailTheOthers: as much as can be wrong with as many as
// a request may have, and the one that is right.
func TestManyBadItemsNeverFailTheOthers(t *testing.T) {
	d := newDesk(t, true)
	late := monday.Add(48 * time.Hour)
	var people, categories []string
	for n := range 30 {
		people, categories = append(people, fmt.Sprintf("person_%d", n)), append(categories, fmt.Sprintf("Nergens%d", n))
	}
	items := []object{itemOf("https://platform.example/goed/1")}
	for range 23 {
		items = append(items, with(itemOf("javascript:alert(1)"), object{"kind": "x", "contentType": "y", "audience": "z", "firstSeenAt": late, "people": people, "dataCategories": categories}))
	}
	items = append(items, with(itemOf("https://platform.example/goed/2"), object{"dataCategories": slices.Repeat([]string{"phone"}, 2000)}))
	a := ask{method: "POST", path: "/v1/cases", role: "specialist", body: with(caseOf(), object{"items": items}), header: map[string]string{"Idempotency-Key": "many"}}
	first, again := d.do(a), d.do(a)
	if first.status != 201 || again.status != 201 || fmt.Sprint(list(first.body, "items")) != fmt.Sprint(list(again.body, "items")) {
		t.Fatalf("%d, then %d: %s, then %s", first.status, again.status, first.raw, again.raw)
	}
	for n, r := range list(first.body, "items") {
		if n == 0 && text(r, "status") != "created" || n > 0 && (text(r, "status") != "invalid" || text(list(r, "errors")[0], "pointer") == "") {
			t.Errorf("item %d: %v", n, r)
		}
	}
}

// TestTheThousandthItem: an item past it is invalid, nothing else is touched.
//
// Requirement: S2-7
func TestTheThousandthItem(t *testing.T) {
	d := newDesk(t, false)
	id := text(d.ok("specialist", "POST", "/v1/cases", caseOf()), "id")
	for n := 0; n < 1000; n += 25 {
		items := []object{}
		for m := range 25 {
			items = append(items, itemOf(fmt.Sprintf("https://platform.example/veel/%d", n+m)))
		}
		d.ok("specialist", "POST", "/v1/cases/"+id+"/items", object{"items": items})
	}
	r := d.do(ask{method: "POST", path: "/v1/cases/" + id + "/items", role: "specialist", body: object{"items": []object{itemOf("https://platform.example/te-veel")}}})
	if r.status/100 != 2 || text(list(r.body, "items")[0], "status") != "invalid" {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if n := d.ok("specialist", "GET", "/v1/cases/"+id, nil)["itemCount"]; n != float64(1000) {
		t.Errorf("the case counts %v items", n)
	}
}

func TestIdempotency(t *testing.T) {
	d := newDesk(t, true)
	key := map[string]string{"Idempotency-Key": "one"}
	first := d.do(ask{method: "POST", path: "/v1/cases", role: "specialist", body: caseOf(sealedURL), header: key})
	before := d.snapshot()
	second := d.do(ask{method: "POST", path: "/v1/cases", role: "specialist", body: caseOf(sealedURL), header: key})
	if first.status != http.StatusCreated || second.status != first.status || text(first.body, "id") != text(second.body, "id") || d.snapshot() != before {
		t.Errorf("first %d %s, then %d %s", first.status, first.raw, second.status, second.raw)
	}
	other := d.do(ask{method: "POST", path: "/v1/cases", role: "specialist", body: caseOf("https://platform.example/x"), header: key})
	if other.status != http.StatusUnprocessableEntity || d.snapshot() != before {
		t.Errorf("another body under the same key: %d %s", other.status, other.raw)
	}
	theirs := d.do(ask{method: "POST", path: "/v1/cases", role: "coordinator", body: caseOf("https://platform.example/y"), header: key})
	if theirs.status != http.StatusCreated || text(theirs.body, "id") == text(first.body, "id") {
		t.Errorf("somebody else's key is their own: %d %s", theirs.status, theirs.raw)
	}
	bad := d.do(ask{method: "POST", path: "/v1/cases", role: "specialist", body: object{}, header: map[string]string{"Idempotency-Key": "two"}})
	mended := d.do(ask{method: "POST", path: "/v1/cases", role: "specialist", body: caseOf(), header: map[string]string{"Idempotency-Key": "two"}})
	if bad.status != http.StatusUnprocessableEntity || mended.status != http.StatusCreated {
		t.Errorf("a refused request holds its key: %d, then %d %s", bad.status, mended.status, mended.raw)
	}
}
