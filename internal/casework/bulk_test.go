package casework_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// Many places at some addressees are one document each, whatever the order they
// were reported in. TAKEDOWN_BULK=40 takes forty addressees, and so a thousand
// places, as many as a case holds.
func TestManyItemsAtSomeContactsAreOneDocumentEach(t *testing.T) {
	t.Parallel()
	const each, request = 25, 25
	contacts := 4
	if n, err := strconv.Atoi(os.Getenv("TAKEDOWN_BULK")); err == nil {
		contacts = n
	}
	l, ctx := newIdle(t, asItIs), context.Background()
	l.settings(func(*casework.SettingsInput) {})
	for n := range contacts {
		in := hosterInput(fmt.Sprintf("abuse@host%d.example", n))
		in.Hosts = []string{fmt.Sprintf("forum%d.example", n)}
		_, err := l.s.PutContact(ctx, coordinator, fmt.Sprintf("contact_host-%d", n), in, 0)
		l.ok(err)
	}
	var all []casework.ItemInput
	for i := range contacts * each { // spread, so that a request names 25 contacts
		all = append(all, caseInput(fmt.Sprintf("https://forum%d.example/t/%d", i%contacts, i)).Items[0])
	}
	first := caseInput("https://forum0.example/x")
	first.Items = all[:request]
	opened := l.open(first)
	l.c = opened.Case
	items := ids(t, opened.Items)
	for at := request; at < len(all); at += request {
		more, err := l.s.AddItems(ctx, specialist, l.c, all[at:at+request])
		l.ok(err)
		items = append(items, ids(t, more.Items)...)
	}
	l.readyAll(items, opened.People[0])
	_, err := l.s.RecordAttempt(ctx, specialist, l.c, casework.AttemptInput{Role: "poster", At: monday, Result: "not_approached", Reason: "unsafe"})
	l.ok(err)
	for n := range contacts { // each site has an operator of its own
		site := []string{}
		for i := n; i < len(items); i += contacts {
			site = append(site, items[i])
		}
		_, err = l.s.RecordAttempt(ctx, specialist, l.c, casework.AttemptInput{Role: "site_operator", Channel: "mail", At: monday, Result: "no_answer", ItemIDs: site})
		l.ok(err)
	}
	l.settle()

	docs, err := l.s.ListDocuments(ctx, auditor, l.c)
	l.ok(err)
	tracks, err := l.s.ListTracks(ctx, auditor, l.c)
	l.ok(err)
	seen := map[string]bool{}
	for _, tr := range tracks {
		if len(tr.Items) != each || tr.Document == nil {
			t.Errorf("track to %s: %d items, waits for %+v", tr.Contact, len(tr.Items), tr.WaitsFor)
		}
		for _, it := range tr.Items {
			if seen[it] {
				t.Errorf("%s stands in two tracks", it)
			}
			seen[it] = true
		}
	}
	if len(docs) != contacts || len(tracks) != contacts || len(seen) != contacts*each {
		t.Fatalf("%d documents, %d tracks, %d items", len(docs), len(tracks), len(seen))
	}
	for _, d := range docs {
		l.ok(l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}))
	}
	l.settle()
	l.mails(contacts, contacts)
}

func ids(t *testing.T, results []casework.ItemResult) []string {
	t.Helper()
	var out []string
	for _, r := range results {
		if r.Status != "created" {
			t.Fatalf("%+v", r)
		}
		out = append(out, r.Item)
	}
	return out
}

// readyAll opens every gate of a case before the attempt to reach the operator.
func (l *live) readyAll(items []string, person string) {
	l.t.Helper()
	ctx := context.Background()
	_, err := l.s.PutTriage(ctx, coordinator, l.c, casework.TriageInput{ThreatLevel: "low", JudgedBy: "coördinator"}, 0)
	l.ok(err)
	_, err = l.s.PutConsent(ctx, coordinator, l.c, person, "notice", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday.Add(-time.Hour), Channel: "phone"}, 0)
	l.ok(err)
	_, err = l.s.PutAlignment(ctx, coordinator, l.c, casework.AlignmentInput{Status: "not_wanted", Reason: "not_wanted"}, 0)
	l.ok(err)
	for at := 0; at < len(items); at += 25 {
		some := items[at : at+25]
		evid := l.capture(l.c, some...)
		for _, it := range some {
			_, err = l.s.PutAssessment(ctx, specialist, l.c, it, casework.AssessmentInput{
				Grounds:    []casework.GroundInput{{Offence: "285d", Elements: map[string][]string{"E1": {evid}, "E2": {evid}, "E3": {evid}, "E4": {evid}}}},
				InCapacity: true, Effects: []string{"contact"}, Purpose: []string{"call_to_act"}, Amplification: "low", Locator: "line:2", Decision: "act",
			}, 0)
			l.ok(err)
		}
	}
	l.settle()
}
