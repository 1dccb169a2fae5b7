package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// policeDesk is where reports and dossiers go.
func policeDesk() casework.ContactInput {
	return casework.ContactInput{
		Kind: "police_unit", LegalName: "Politie, eenheid Voorbeeld", Country: "NL", Languages: []string{"nl"},
		Channels: []takedown.Channel{{Kind: "police", Address: "loket", Purpose: "order"}},
	}
}

// superseded is how often a text of the case was given up for a reason.
func (l *live) superseded(reason string) int {
	l.t.Helper()
	n := 0
	for _, e := range l.entries(l.c) {
		if e == "document.superseded "+reason {
			n++
		}
	}
	return n
}

// lacking are the fields of a document's blocking findings.
func lacking(d casework.DocumentView) []string {
	var out []string
	for _, f := range d.Findings {
		if f.Blocking {
			out = append(out, f.Field)
		}
	}
	slices.Sort(out)
	return out
}

// What a finding asks for is entered where the finding says, and the finding is
// gone: the text is drafted anew from what is on record now, once.
func TestAFindingIsClearedWhereItSays(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("police_report", "")
	l.secrecy()
	d := l.opened("police_report", policeDesk())
	if got := lacking(d); !slices.Contains(got, "reports") || slices.Contains(got, "secrecyDecided") {
		t.Fatalf("lacks %v", got)
	}
	report := casework.PoliceReportInput{Kind: "aangifte", By: "employer", Offences: []string{"285d"}}
	_, err := l.s.PutPoliceReport(ctx, coordinator, l.c, "report_een", report, 0)
	l.ok(err)
	l.settle()
	if got := lacking(l.on("police_report")); slices.Contains(got, "reports") || !slices.Contains(got, "reports/vptRequested") {
		t.Errorf("now lacks %v", got)
	}
	report.VPTRequested = true
	_, err = l.s.PutPoliceReport(ctx, coordinator, l.c, "report_een", report, 1)
	l.ok(err)
	l.settle()
	now := l.on("police_report")
	if got := lacking(now); slices.Contains(got, "reports/vptRequested") || now.ID == d.ID {
		t.Errorf("still lacks %v", got)
	}
	for range 3 {
		l.pass(time.Minute)
	}
	if n := l.superseded("facts_changed"); n != 2 || l.on("police_report").ID != now.ID {
		t.Errorf("drafted anew %d times, want one for each of two records", n)
	}
}

// An approval stands only as long as its grounds: what was approved before an
// assessment changed does not leave.
func TestAnApprovalFallsWithItsGrounds(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = true })
	l.attempt()
	d := l.document()
	l.approve()
	l.at("AwaitGate", "kill_switch")
	l.pass(time.Minute)
	if l.document().ID != d.ID {
		t.Fatal("nothing changed, and it is drafted anew")
	}
	l.ok(l.reassess(func(in *casework.AssessmentInput) { in.Contra = []string{"public_debate"} }))
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
	l.at("AwaitApproval", "approval")
	l.mails(0, 0)
	if got := l.document(); got.ID == d.ID || got.Approval != nil {
		t.Errorf("the approval of other grounds stands: %+v", got.Approval)
	}
	if n := l.superseded("facts_changed"); n != 1 {
		t.Errorf("drafted anew %d times", n)
	}
	// More captures of the page change nothing that a letter says.
	d = l.document()
	l.capture(l.c, l.page)
	l.settle()
	l.approve()
	l.mails(1, 1)
	if got := l.superseded("facts_changed"); got != 1 {
		t.Errorf("one more capture drafts a letter anew")
	}
	sent, err := l.s.GetDocument(ctx, specialist, d.ID)
	l.ok(err)
	a, err := l.s.GetAssessment(ctx, auditor, l.c, l.page)
	l.ok(err)
	if !slices.ContainsFunc(sent.MadeFrom, func(s string) bool { return s == a.ID+":2" }) || !slices.ContainsFunc(sent.MadeFrom, func(s string) bool { return strings.HasPrefix(s, "contact_hoster:") }) {
		t.Errorf("made from %v", sent.MadeFrom)
	}
}

// Who approves what is no longer so is told, although nothing woke the track:
// time alone can end what a text says.
func TestNobodyApprovesWhatIsNoLongerSo(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	mandate := l.mandate([]byte("signed"))
	c, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	for action, doc := range map[string]string{"delisting": mandate, "erasure": ""} {
		_, err = l.s.PutConsent(ctx, coordinator, l.c, c.People[0].ID, action, casework.ConsentInput{
			Status: "given", TextShown: "v1", Date: monday, Channel: "phone", Mandate: doc, ValidUntil: monday.Add(24 * time.Hour),
		}, 0)
		l.ok(err)
	}
	d := l.opened("delisting", casework.ContactInput{
		Kind: "search_engine", LegalName: "Voorbeeldzoek B.V.", ServiceKind: "search_engine", Country: "NL", Languages: []string{"nl"},
		Channels: []takedown.Channel{{Kind: "mail", Address: "privacy@zoek.example", Purpose: "notice"}},
	})
	l.clock.advance(25 * time.Hour) // the mandate has ended
	err = l.s.DecideDocument(ctx, adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash})
	l.kind(err, takedown.Conflict)
	l.settle()
	if got := l.track("delisting"); got.Document != nil && got.Document.ID == d.ID {
		t.Errorf("the old text is still the one to approve: %+v", got)
	}
}

// What was approved before texts read a fact does not fall because they read it
// now; it falls, as ever, once what it rests on changes.
func TestAnApprovalFromBeforeAFactWasReadStands(t *testing.T) {
	t.Parallel()
	for _, changed := range []bool{false, true} {
		l, ctx := newLive(t), context.Background()
		l.settings(func(in *casework.SettingsInput) { in.KillSwitch, in.Organisation.Language = true, "en" })
		l.ok(l.reassess(func(in *casework.AssessmentInput) {
			shown := in.Grounds[0].Elements["E1"]
			in.Grounds = append(in.Grounds, casework.GroundInput{Ground: "avg17-1-d", Elements: map[string][]string{"E1": shown, "E2": shown}, Because: []string{"no_consent"}, Weighing: []string{"no_debate"}})
		}))
		l.attempt()
		d := l.document()
		l.approve()
		l.ok(l.s.HashedBefore(ctx, d.ID))
		if changed {
			l.ok(l.reassess(func(in *casework.AssessmentInput) { in.Contra = []string{"public_debate"} }))
		}
		l.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
		l.pass(time.Minute)
		if n := l.superseded("facts_changed"); changed != (n == 1) || changed != (l.document().ID != d.ID) {
			t.Errorf("drafted anew %d times after a change: %v", n, changed)
		}
	}
}

// So does a reminder's, whose notice left before it was recorded which grounds a
// notice names.
func TestAReminderFromBeforeAFactWasReadStands(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.settings(func(in *casework.SettingsInput) { in.Organisation.Language = "en" })
	l.attempt()
	l.approve()
	l.mails(1, 1)
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.pass(22 * 24 * time.Hour)
	d := l.document()
	if d.Instrument != "T3" {
		t.Fatalf("%s is no reminder", d.Instrument)
	}
	l.ok(l.s.HashedBefore(ctx, d.ID))
	l.approve()
	l.mails(2, 2)
	if n := l.superseded("facts_changed"); n != 0 || l.document().ID != d.ID {
		t.Errorf("drafted anew %d times", n)
	}
}
