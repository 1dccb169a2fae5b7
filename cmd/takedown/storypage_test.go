package main

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdSettings puts values into the settings as they stand.
func cmdSettings(ts *testscript.TestScript, neg bool, args []string) {
	positive(ts, neg, args, 1, "settings KEY=VALUE …")
	cmdAs(ts, false, []string{"coordinator", "settings", "show"})
	var now, change object
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &now))
	ts.Check(json.Unmarshal(bodyOf(ts, args), &change))
	delete(now, "version")
	maps.Copy(now, change)
	body, err := json.Marshal(now)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("settings.json"), body, 0o600))
	cmdAs(ts, false, []string{"coordinator", "settings", "put", "-f", ts.MkAbs("settings.json")})
}

var (
	recipientsPage = regexp.MustCompile(`https://\S+(/r/[a-z2-7]+)`)
	pageProof      = regexp.MustCompile(`name="proof" value="([0-9a-f]+)"`)
)

// cmdAnswers opens the page that $DOC names, as whoever has its address can, and
// sends its form back. Another site that learned the address cannot.
func cmdAnswers(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: answers ANSWER [WORDS]")
	}
	doc := driverOf(ts).get("specialist", "/v1/documents/"+ts.Getenv("DOC"))
	link := recipientsPage.FindStringSubmatch(doc.str("text"))
	if link == nil {
		ts.Fatalf("the text of $DOC names no page")
	}
	at := strings.TrimRight(ts.Getenv("TAKEDOWN_SERVER"), "/") + link[1]
	status, page := visit(ts, http.MethodGet, at, nil, "")
	proof := pageProof.FindStringSubmatch(page)
	if neg {
		if status != http.StatusNotFound {
			ts.Fatalf("the page is there: %d", status)
		}
		return
	}
	if status != http.StatusOK || proof == nil || !strings.Contains(page, doc.str("reference")) {
		ts.Fatalf("the page is %d:\n%s", status, page)
	}
	form := url.Values{"answer": {args[0]}, "proof": {proof[1]}, "words": args[1:]}
	for site, want := range map[string]int{"cross-site": http.StatusForbidden, "same-origin": http.StatusOK} {
		if status, page := visit(ts, http.MethodPost, at, form, site); status != want {
			ts.Fatalf("%s: %d\n%s", site, status, page)
		}
	}
	form.Set("proof", strings.Repeat("0", 64))
	if status, _ := visit(ts, http.MethodPost, at, form, "same-origin"); status != http.StatusForbidden {
		ts.Fatalf("a form that we did not send was taken: %d", status)
	}
}

// visit is one request of somebody without an account.
func visit(ts *testscript.TestScript, method, at string, form url.Values, site string) (int, string) {
	req, err := http.NewRequest(method, at, strings.NewReader(form.Encode()))
	ts.Check(err)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", site)
	}
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	ts.Check(err)
	return res.StatusCode, string(body)
}
