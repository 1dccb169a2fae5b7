package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func (d *desk) leaks(t *testing.T, where, raw string) {
	t.Helper()
	for _, v := range sealedValues() {
		if strings.Contains(raw, v) {
			t.Errorf("%s shows %q", where, v)
		}
	}
}

// TestSealedDataIsMasked: no GET shows it, to nobody; unsealing does, after an
// entry. A document's text is read by those who must judge it and names the
// place of the page; nothing else of it.
//
// Requirement: S0-1e
func TestSealedDataIsMasked(t *testing.T) {
	d := newDesk(t, true)
	p := d.realCase()
	for _, e := range endpoints {
		method, path, _ := strings.Cut(e.route, " ")
		if method != http.MethodGet {
			continue
		}
		for _, role := range letters {
			raw := d.do(ask{method: method, path: p.fill(path), role: role}).raw
			if strings.HasPrefix(path, "/v1/documents/{doc}") {
				raw = strings.ReplaceAll(raw, sealedURL, "")
				raw = strings.ReplaceAll(raw, "verzegelde-handle", "")
			}
			d.leaks(t, e.route+" as "+role, raw)
		}
	}
	acts := func() []string {
		var out []string
		for _, e := range list(d.ok("auditor", "GET", "/v1/cases/"+p["case"]+"/history?limit=200", nil), "items") {
			out = append(out, text(e, "act"))
		}
		return out
	}
	before := acts()
	r := d.do(ask{method: "POST", path: p.fill("/v1/cases/{case}/unsealing"), role: "coordinator", body: object{"reason": "gesprek met de betrokkene"}})
	for _, v := range []string{sealedName, sealedStreet, sealedSummary, sealedTrigger, sealedURL} {
		if !strings.Contains(r.raw, v) {
			t.Errorf("unsealing does not show %q: %d", v, r.status)
		}
	}
	after := acts()
	if len(after) != len(before)+1 || !strings.Contains(after[len(after)-1], "unseal") {
		t.Errorf("unsealing left %q", after[len(before):])
	}
}

// Requirement: S0-9c
func TestSignedURLs(t *testing.T) {
	d := newDesk(t, true)
	p := d.realCase()
	content := ask{method: "GET", path: p.fill("/v1/cases/{case}/evidence/{evidence}/content"), role: "specialist"}
	entries := len(list(d.ok("auditor", "GET", "/v1/cases/"+p["case"]+"/history?limit=200", nil), "items"))
	r := d.do(content)
	url := r.header.Get("Location")
	if r.status != http.StatusSeeOther || !strings.HasPrefix(url, "/v1/blobs/") {
		t.Fatalf("%d to %q", r.status, url)
	}
	if got := len(list(d.ok("auditor", "GET", "/v1/cases/"+p["case"]+"/history?limit=200", nil), "items")); got != entries+1 {
		t.Errorf("reading evidence left %d entries", got-entries)
	}
	if got := d.do(ask{method: "GET", path: url}); got.raw != sealedBytes || got.header.Get("Content-Type") != "text/html" || got.header.Get("Content-Disposition") != "attachment" {
		t.Errorf("%d %v %q", got.status, got.header, got.raw)
	}
	if got := d.upload(url, "PUT", "x"); got != http.StatusNotFound {
		t.Errorf("PUT on a reader's URL: %d", got)
	}
	if got := d.do(ask{method: "DELETE", path: url}).status; got != http.StatusMethodNotAllowed {
		t.Errorf("DELETE: %d", got)
	}
	payload, mac, _ := strings.Cut(url, ".")
	tampered := []string{payload + "x." + mac, payload + "." + mac[:len(mac)-2] + "AA", payload, payload + ".", "/v1/blobs/."}
	for n := range 10 {
		b := []byte(url)
		at := len("/v1/blobs/") + n*(len(url)-len("/v1/blobs/"))/10
		b[at] = map[bool]byte{true: 'B', false: 'A'}[b[at] == 'A']
		tampered = append(tampered, string(b))
	}
	for _, u := range tampered {
		if got := d.do(ask{method: "GET", path: u}); got.status != http.StatusNotFound || strings.Contains(got.raw, sealedBytes) {
			t.Errorf("tampered: %d", got.status)
		}
	}
	d.ahead.Store(int64(5*time.Minute + 2*time.Second))
	if got := d.do(ask{method: "GET", path: url}).status; got != http.StatusNotFound {
		t.Errorf("after five minutes: %d", got)
	}
}

// TestAWrongUploadLeavesNothing: other bytes than announced are refused, and
// cannot be committed.
func TestAWrongUploadLeavesNothing(t *testing.T) {
	d := newDesk(t, true)
	p := d.realCase()
	base := "/v1/cases/" + p["case"]
	evidence := func() int { return len(list(d.ok("specialist", "GET", base+"/evidence", nil), "items")) }
	before := evidence()
	for _, sent := range []string{"andere bytes!!", "kort", "veel langer dan aangekondigd was", ""} {
		up := d.ok("specialist", "POST", base+"/evidence/uploads", announcement("echte bytes..."[:14]))
		if got := d.upload(text(up, "uploadUrl"), "PUT", sent); got/100 != 4 {
			t.Errorf("%q: %d", sent, got)
		}
		r := d.do(ask{method: "POST", path: base + "/evidence", role: "specialist", body: captureOf(text(up, "id"), p["item"])})
		if !slices.Contains([]int{409, 422}, r.status) {
			t.Errorf("%q committed: %d %s", sent, r.status, r.raw)
		}
	}
	if evidence() != before {
		t.Error("evidence came in")
	}
}
