package casework_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func TestTokensNameTheirPersonAndEndAtOnce(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	_, err := f.s.CreateToken(ctx, coordinator, "someone", []takedown.Role{takedown.Specialist})
	f.kind(err, takedown.Forbidden)
	_, err = f.s.CreateToken(ctx, takedown.TheSystem, "system", []takedown.Role{takedown.Specialist, takedown.System, "boss"})
	f.pointers(err, "/name", "/roles/1", "/roles/2")
	_, err = f.s.CreateToken(ctx, takedown.TheSystem, "No Spaces", nil)
	f.pointers(err, "/name", "/roles")

	one, err := f.s.CreateToken(ctx, takedown.TheSystem, "specialist-1", []takedown.Role{takedown.Specialist})
	f.ok(err)
	two, err := f.s.CreateToken(ctx, takedown.TheSystem, "specialist-1", []takedown.Role{takedown.Specialist, takedown.Liaison})
	f.ok(err)
	if !strings.HasPrefix(one.Token, "tkd_") || one.Token == two.Token {
		t.Fatalf("tokens %q and %q", one.Token, two.Token)
	}
	who, err := f.s.Authenticate(ctx, two.Token)
	f.ok(err)
	if who.ID != "specialist-1" || !who.Has(takedown.Liaison) || who.Has(takedown.System) {
		t.Errorf("principal %+v", who)
	}
	for _, bad := range []string{"", "tkd_", one.Token + "x", strings.ToUpper(one.Token), one.Token[4:], strings.Repeat("a", 4000)} {
		_, err := f.s.Authenticate(ctx, bad)
		f.kind(err, takedown.Unauthorized)
	}
	f.clock.advance(24 * time.Hour)
	f.ok(f.s.RevokeToken(ctx, takedown.TheSystem, one.ID))
	f.ok(f.s.RevokeToken(ctx, takedown.TheSystem, one.ID))
	_, err = f.s.Authenticate(ctx, one.Token)
	f.kind(err, takedown.Unauthorized)
	_, err = f.s.Authenticate(ctx, two.Token)
	f.ok(err)
	list, err := f.s.ListTokens(ctx, takedown.TheSystem)
	f.ok(err)
	revoked := 0
	for _, v := range list {
		if !v.RevokedAt.IsZero() {
			revoked++
		}
	}
	if len(list) != 2 || revoked != 1 {
		t.Errorf("list %+v", list)
	}
	f.absent(one.Token[4:], two.Token[4:])
}

// absent greps the database and its journal for values that must not be there
// in the clear.
func (f *fixture) absent(values ...string) {
	f.t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		body, err := os.ReadFile(f.path + suffix)
		if err != nil && !os.IsNotExist(err) {
			f.t.Fatal(err)
		}
		for _, v := range values {
			if strings.Contains(string(body), v) {
				f.t.Errorf("%q stands in the clear in the database%s", v, suffix)
			}
		}
	}
}

// Requirement: S0-sum-1, S0-5a, S0-9a, S0-9d, S0-11a
func TestReportsAreSealedAndGoToTheCoordinators(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := casework.ReportInput{Who: "sealed-who", What: "sealed-what", When: "sealed-when", HowToReach: "sealed-reach"}
	_, err := f.s.CreateReport(ctx, nobody, in)
	f.kind(err, takedown.Forbidden)
	_, err = f.s.CreateReport(ctx, reporter, casework.ReportInput{Who: strings.Repeat("x", 501)})
	f.pointers(err, "/what", "/howToReach", "/who")
	r, err := f.s.CreateReport(ctx, reporter, in)
	f.ok(err)
	f.absent("sealed-who", "sealed-what", "sealed-when", "sealed-reach")

	own, err := f.s.ListReports(ctx, reporter, "", "", 0)
	f.ok(err)
	if len(own.Items) != 1 || own.Items[0].ID != r.ID || own.Items[0].Content != nil {
		t.Errorf("the reporter sees %+v", own)
	}
	others, err := f.s.ListReports(ctx, specialist, "", "", 0)
	f.ok(err)
	if len(others.Items) != 0 {
		t.Errorf("a specialist sees %+v", others)
	}

	before := f.orgEntries()
	all, err := f.s.ListReports(ctx, coordinator, "", "", 0)
	f.ok(err)
	if len(all.Items) != 1 || all.Items[0].Content == nil || *all.Items[0].Content != in || all.Items[0].By != "reporter-1" {
		t.Errorf("the coordinator sees %+v", all)
	}
	if got := f.orgEntries(); len(got) != len(before)+1 || got[len(got)-1] != "reports.read" {
		t.Errorf("reading left %q after %q", got, before)
	}
	work, err := f.s.Worklist(ctx, coordinator, "", "", 0)
	f.ok(err)
	if len(work.Items) != 1 || work.Items[0].Kind != "new_report" || !work.Items[0].Tasks[0].Urgent {
		t.Errorf("worklist %+v", work)
	}
	f.kind(f.s.CompleteTask(ctx, coordinator, work.Items[0].Tasks[0].ID, casework.TaskCompletion{}), takedown.Conflict)
}

// orgEntries gives the acts of the day's stream.
func (f *fixture) orgEntries() []string {
	f.t.Helper()
	now, err := f.clock.Now(context.Background())
	f.ok(err)
	lines, err := f.store.Entries(context.Background(), casework.StreamID("org/"+now.Format(time.DateOnly)), 1, 200)
	f.ok(err)
	var out []string
	for _, l := range lines {
		_, act, _ := strings.Cut(string(l.Bytes), `"act":"`)
		act, _, _ = strings.Cut(act, `"`)
		out = append(out, act)
	}
	return out
}

// Requirement: S0-9b
func TestAReportBecomesACaseOrIsRegistered(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := casework.ReportInput{What: "x", HowToReach: "y"}
	first, err := f.s.CreateReport(ctx, reporter, in)
	f.ok(err)
	second, err := f.s.CreateReport(ctx, reporter, in)
	f.ok(err)
	f.clock.advance(24 * time.Hour) // settled on another day than it came in

	f.kind(f.s.CloseReport(ctx, specialist, second.ID, casework.ReportClosureInput{Reason: "not_doxing"}), takedown.Forbidden)
	f.pointers(f.s.CloseReport(ctx, coordinator, second.ID, casework.ReportClosureInput{Reason: "In words"}), "/reason")
	f.ok(f.s.CloseReport(ctx, coordinator, second.ID, casework.ReportClosureInput{Reason: "not_doxing"}))
	f.kind(f.s.CloseReport(ctx, coordinator, second.ID, casework.ReportClosureInput{Reason: "not_doxing"}), takedown.Conflict)

	from := caseInput()
	from.Report = second.ID
	_, err = f.s.OpenCase(ctx, coordinator, from)
	f.pointers(err, "/reportId")
	from.Report = first.ID
	_, err = f.s.OpenCase(ctx, specialist, from)
	f.kind(err, takedown.Forbidden)
	c := f.open(from)
	for range 2 { // a doubled message is harmless
		_, err = f.s.Deliver(ctx, time.Now().Add(time.Hour))
		f.ok(err)
	}
	got := f.report(coordinator, "case", first.ID)
	if got.Status != "case" || got.Case != c.Case {
		t.Errorf("the report is %+v", got)
	}
	receipt := f.report(reporter, "", first.ID)
	if receipt.Status != "case" || receipt.Case != "" {
		t.Errorf("the reporter's receipt is %+v", receipt)
	}
	work, err := f.s.Worklist(ctx, coordinator, "", "", 0)
	f.ok(err)
	for _, g := range work.Items {
		if g.Kind == "new_report" {
			t.Errorf("a settled report still waits: %+v", g)
		}
	}
}

// report is a report as somebody's list of a status shows it.
func (f *fixture) report(who takedown.Principal, status, id string) casework.ReportView {
	f.t.Helper()
	page, err := f.s.ListReports(context.Background(), who, status, "", 0)
	f.ok(err)
	i := slices.IndexFunc(page.Items, func(r casework.ReportView) bool { return r.ID == id })
	if i < 0 {
		f.t.Fatalf("%s is not in the list", id)
	}
	return page.Items[i]
}
