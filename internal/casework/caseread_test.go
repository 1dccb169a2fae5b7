package casework_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Requirement: S0-1e, S0-9c
func TestACaseIsMaskedUntilSomebodySaysWhy(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/sealed-path"))
	view, err := f.s.GetCase(ctx, specialist, c.Case)
	f.ok(err)
	body, err := json.Marshal(view)
	f.ok(err)
	for _, secret := range []string{"Sealed Name", "06-00000000", "Sealedstraat", "sealed summary", "sealed trigger", "sealed-reporter", "sealed-path", "forum.example"} {
		if strings.Contains(string(body), secret) {
			t.Errorf("the masked case shows %q", secret)
		}
	}
	if len(view.People) != 1 || len(view.Items) != 1 || view.Sealed != "sealed" || view.Version < 1 {
		t.Errorf("view %+v", view)
	}
	f.absent("Sealed Name", "06-00000000", "Sealedstraat", "sealed summary", "sealed trigger", "sealed-reporter", "sealed-path")

	for _, who := range []takedown.Principal{auditor, liaison, reporter, nobody} {
		_, err := f.s.Unseal(ctx, who, c.Case, casework.UnsealInput{Reason: "curiosity"})
		f.kind(err, takedown.Forbidden)
	}
	_, err = f.s.Unseal(ctx, specialist, c.Case, casework.UnsealInput{Reason: " "})
	f.pointers(err, "/reason")
	open, err := f.s.Unseal(ctx, specialist, c.Case, casework.UnsealInput{Reason: "drafting"})
	f.ok(err)
	if open.Summary != "sealed summary" || open.People[0].Private.Name != "Sealed Name" || open.Items[0].Place.URL != "https://forum.example/sealed-path" {
		t.Errorf("opened %+v", open)
	}
	if got := f.entries(c.Case); got[len(got)-1] != "case.unsealed drafting" {
		t.Errorf("entries %q", got)
	}
}

// Requirement: S2-1
func TestTheIntendedTargetIsNoPlaceForAName(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Flags.Misidentified = &casework.MisidentifiedInput{IntendedTarget: "Sealed Name"}
	_, err := f.s.OpenCase(ctx, specialist, in)
	f.pointers(err, "/flags/misidentified/intendedTarget")
	in.Flags.Misidentified.IntendedTarget = "unknown"
	_, err = f.s.OpenCase(ctx, specialist, in)
	f.ok(err)
}

func TestWhatOneMayNotSeeDoesNotExist(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Suspects = []casework.SuspectInput{{IsColleague: true}}
	c := f.open(in)
	plain := f.open(caseInput("https://forum.example/2"))
	for _, who := range []takedown.Principal{specialist, adviser, liaison} {
		_, err := f.s.GetCase(ctx, who, c.Case)
		f.kind(err, takedown.NotFound)
	}
	_, err := f.s.GetCase(ctx, liaison, plain.Case) // no police in it yet
	f.kind(err, takedown.NotFound)
	_, err = f.s.GetCase(ctx, reporter, plain.Case)
	f.kind(err, takedown.Forbidden)
	_, err = f.s.GetCase(ctx, specialist, "case_unknown")
	f.kind(err, takedown.NotFound)
	_, err = f.s.GetCase(ctx, specialist, "contact_hoster-1")
	f.kind(err, takedown.NotFound)
	_, err = f.s.GetItem(ctx, specialist, plain.Case, c.Items[0].Item)
	f.kind(err, takedown.NotFound)
	_, err = f.s.Unseal(ctx, specialist, c.Case, casework.UnsealInput{Reason: "drafting"})
	f.kind(err, takedown.NotFound)
	_, err = f.s.CaseHistory(ctx, specialist, plain.Case, "", 0)
	f.kind(err, takedown.Forbidden)

	list, err := f.s.ListCases(ctx, specialist, casework.CaseQuery{})
	f.ok(err)
	if len(list.Items) != 1 || list.Items[0].ID != plain.Case {
		t.Errorf("a specialist's list %+v", list)
	}
	list, err = f.s.ListCases(ctx, coordinator, casework.CaseQuery{Status: "open", Assignee: coordinator.ID})
	f.ok(err)
	if len(list.Items) != 2 {
		t.Errorf("the coordinator's list %+v", list)
	}
	_, err = f.s.ListCases(ctx, coordinator, casework.CaseQuery{Status: "lost"})
	f.pointers(err, "/status")
}

func TestAnAuditorsSightOpensNothingToAnotherRole(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Suspects = []casework.SuspectInput{{IsColleague: true}}
	c := f.open(in)
	both := takedown.Principal{ID: "both-1", Roles: []takedown.Role{takedown.Specialist, takedown.Auditor}}
	_, err := f.s.GetCase(ctx, both, c.Case) // masked, as an auditor sees it
	f.ok(err)
	_, err = f.s.Unseal(ctx, both, c.Case, casework.UnsealInput{Reason: "curiosity"})
	f.kind(err, takedown.NotFound)
	_, err = f.s.AddItems(ctx, both, c.Case, caseInput("https://forum.example/2").Items)
	f.kind(err, takedown.NotFound)
}

func TestCasesPageOverWhatOneMayNotSee(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	var want []string
	for n := range 9 {
		in := caseInput()
		hidden := n%3 != 0
		if hidden {
			in.Suspects = []casework.SuspectInput{{IsColleague: true}}
		}
		if c := f.open(in); !hidden {
			want = append(want, c.Case)
		}
		f.clock.advance(time.Minute)
	}
	var got []string
	cursor := ""
	for {
		page, err := f.s.ListCases(ctx, specialist, casework.CaseQuery{Cursor: cursor, Limit: 2})
		f.ok(err)
		for _, c := range page.Items {
			got = append(got, c.ID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Requirement: S4-5
func TestHistoryPagesInOrder(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput())
	for n := range 6 {
		_, err := f.s.Unseal(ctx, coordinator, c.Case, casework.UnsealInput{Reason: fmt.Sprintf("reason-%d", n)})
		f.ok(err)
	}
	whole, err := f.s.CaseHistory(ctx, auditor, c.Case, "", 0)
	f.ok(err)
	var paged []casework.EntryView
	cursor := ""
	for {
		page, err := f.s.CaseHistory(ctx, coordinator, c.Case, cursor, 3)
		f.ok(err)
		paged = append(paged, page.Items...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(paged) != len(whole.Items) || len(paged) < 7 {
		t.Fatalf("%d entries in pages, %d at once", len(paged), len(whole.Items))
	}
	for n, e := range paged {
		if e.Seq != int64(n+1) || e.ID != whole.Items[n].ID || (n > 0 && e.Prev != paged[n-1].Hash) {
			t.Errorf("entry %d is %+v", n, e)
		}
	}
	_, err = f.s.CaseHistory(ctx, auditor, c.Case, "x", 0)
	f.kind(err, takedown.Malformed)
}
