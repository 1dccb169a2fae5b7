package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// Whoever tries addresses out learns nothing: each gets the same page, which
// fetches nothing, runs nothing and is kept out of indexes; and after a while
// none.
func TestAddressesThatAreNoRecipientsPage(t *testing.T) {
	d := newDesk(t, false)
	get := func(token, method string) reply {
		req, err := http.NewRequest(method, d.url+"/r/"+token, strings.NewReader("answer=removed"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return d.send(req)
	}
	first := get("a", "GET")
	for header, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store", "Set-Cookie": "",
		"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	} {
		if got := first.header.Get(header); got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
	for _, must := range []string{`lang="nl"`, "Deze pagina bestaat niet", "This page does not exist"} {
		if !strings.Contains(first.raw, must) {
			t.Errorf("the page does not say %q:\n%s", must, first.raw)
		}
	}
	for _, never := range []string{"<script", "<img", "<form", "http:", "https:", "src="} {
		if strings.Contains(first.raw, never) {
			t.Errorf("the page has %q", never)
		}
	}
	for _, method := range []string{"GET", "POST"} {
		for _, token := range []string{"b", strings.Repeat("a", 42), strings.Repeat("a", 2000), "%00", "a%2fb", "<script>"} {
			if r := get(token, method); r.status != http.StatusNotFound || r.raw != first.raw {
				t.Errorf("%s %.20s: %d\n%s", method, token, r.status, r.raw)
			}
		}
	}
	if r := get("a", "PUT"); r.status != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", r.status)
	}
	busy := 0
	for range 80 {
		r := get("c", "GET")
		if r.status == http.StatusTooManyRequests && r.header.Get("Retry-After") != "" {
			busy++
		}
	}
	if busy < 20 {
		t.Errorf("%d of 80 were sent away", busy)
	}
	d.ahead.Add(int64(time.Minute))
	if r := get("a", "GET"); r.status != http.StatusNotFound {
		t.Errorf("a minute later: %d", r.status)
	}
}
