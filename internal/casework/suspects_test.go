package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Who did it becomes known later, too: sealed, with an entry that names nobody.
// A colleague among the suspects restricts the case as at intake.
func TestSuspectsBecomeKnownLater(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput(forumURL)
	in.Suspects = []casework.SuspectInput{{Handles: []string{"@first"}}}
	c := f.open(in)
	f.pointers(f.patch(coordinator, c.Case, `{"suspects":[{"handles":["a","a"],"knownIdentity":"`+strings.Repeat("x", 501)+`"}]}`), "/suspects/0/knownIdentity", "/suspects/0/handles/1")
	f.pointers(f.patch(coordinator, c.Case, `{"restricted":false,"suspects":[{"isColleague":true}]}`), "/restricted")
	f.ok(f.patch(coordinator, c.Case, `{"suspects":[{"handles":["@first"]},{"knownIdentity":"Sealed Suspect","isColleague":true}]}`))

	v, err := f.s.GetCase(ctx, coordinator, c.Case)
	f.ok(err)
	if !v.Restricted || !v.ColleagueSuspected {
		t.Errorf("restricted %v, colleague %v", v.Restricted, v.ColleagueSuspected)
	}
	_, err = f.s.GetCase(ctx, adviser, c.Case)
	f.kind(err, takedown.NotFound)
	u, err := f.s.Unseal(ctx, coordinator, c.Case, casework.UnsealInput{Reason: "look_at_suspects"})
	f.ok(err)
	if len(u.Suspects) != 2 || u.Suspects[1].KnownIdentity != "Sealed Suspect" || u.Summary != "sealed summary" {
		t.Errorf("unsealed %+v", u)
	}
	if got := f.entries(c.Case); !slices.Contains(got, "case.changed suspects") || strings.Contains(strings.Join(got, "\n"), "Sealed") {
		t.Errorf("entries %q", got)
	}
	f.pointers(f.patch(coordinator, c.Case, `{"restricted":false}`), "/restricted")
	f.ok(f.patch(coordinator, c.Case, `{"suspects":null}`))
	if v, err := f.s.GetCase(ctx, coordinator, c.Case); err != nil || !v.Restricted || v.ColleagueSuspected {
		t.Errorf("restricted %v, colleague %v, %v", v.Restricted, v.ColleagueSuspected, err)
	}
	f.ok(f.patch(coordinator, c.Case, `{"restricted":false}`))
}

// The sealed annex for the police says of each suspect when it was told to us.
func TestTheAnnexSaysWhenASuspectWasTold(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("police_report", "")
	l.secrecy()
	l.planned(func(*casework.PoliceReportInput) {})
	first := l.reportOn(l.page)
	l.ok(l.patch(coordinator, l.c, `{"suspects":[{"handles":["@later"]}]}`))
	l.settle()
	d := l.on("police_report")
	if d.ID == first.ID {
		t.Fatal("the annex is not made anew")
	}
	got, err := l.s.AnnexOf(ctx, d.ID, "B")
	l.ok(err)
	if !strings.Contains(got, "@later") || !strings.Contains(got, "na de melding aan ons opgegeven") {
		t.Errorf("annex B says %q", got)
	}
}
