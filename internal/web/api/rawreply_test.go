package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// A mail can be had as it came, as a file that no browser shows; that it was
// read stands in the history.
func TestAMailIsDownloadedAsItCame(t *testing.T) {
	d := newDesk(t, true)
	raw := "From: x@else.example\r\nSubject: hello\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n"
	id, err := d.app.Service.ReceiveMail(t.Context(), casework.InboundMail{Raw: []byte(raw), By: "imap"})
	if err != nil {
		t.Fatal(err)
	}
	r := d.do(ask{method: "GET", path: "/v1/replies/" + id + "/raw", role: "specialist"})
	if r.status != http.StatusOK || r.raw != raw {
		t.Fatalf("%d %q", r.status, r.raw)
	}
	if got := r.header.Get("Content-Type"); got != "message/rfc822" || !strings.HasPrefix(r.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%s, %s", got, r.header.Get("Content-Disposition"))
	}
	if r := d.do(ask{method: "GET", path: "/v1/replies/" + id + "/raw", role: "auditor"}); r.status != http.StatusForbidden {
		t.Errorf("an auditor: %d", r.status)
	}
}

// The replies of a case are listed for who reads them; without a case a
// specialist sees those that nobody matched.
func TestTheRepliesOfACase(t *testing.T) {
	d := newDesk(t, true)
	p := d.realCase()
	got := list(d.ok("legal_adviser", "GET", "/v1/replies?case="+p["case"]+"&status=classified", nil), "items")
	if len(got) != 1 || text(got[0], "id") != p["reply"] {
		t.Errorf("%v, want %s", got, p["reply"])
	}
	if got := list(d.ok("legal_adviser", "GET", "/v1/tracks/"+p["track"], nil), "replies"); len(got) != 1 || text(got[0], "id") != p["reply"] {
		t.Errorf("on its track: %v", got)
	}
	for path, want := range map[string]int{
		"/v1/replies?case=" + p["case"] + "&status=gone": http.StatusUnprocessableEntity,
		"/v1/replies?case=case_none":                     http.StatusNotFound,
		"/v1/replies":                                    http.StatusForbidden,
	} {
		if r := d.do(ask{method: "GET", path: path, role: "legal_adviser"}); r.status != want {
			t.Errorf("%s: %d %s, want %d", path, r.status, r.raw, want)
		}
	}
}
