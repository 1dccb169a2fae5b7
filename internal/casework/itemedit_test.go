package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func ptr[T any](v T) *T { return &v }

// Requirement: S1-2
func TestACorrectedLocationFreesTheOldOne(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/wrong")
	in.Items[0].Author = &casework.AuthorInput{Handle: "somebody"}
	c := f.open(in)
	item := c.Items[0].Item
	move := func(url string) error {
		return f.s.PatchItem(ctx, specialist, c.Case, item, casework.ItemPatch{Location: &casework.LocationPatch{URL: &url}}, f.item(c.Case, 0).Version)
	}
	f.ok(move("https://forum.example/right"))
	open, err := f.s.Unseal(ctx, specialist, c.Case, casework.UnsealInput{Reason: "look"})
	f.ok(err)
	if p := open.Items[0].Place; p.URL != "https://forum.example/right" || p.Handle != "somebody" {
		t.Errorf("place %+v", p)
	}
	other := f.open(caseInput("https://forum.example/wrong")) // free again
	if other.Items[0].Status != "created" {
		t.Errorf("the old location is still held: %+v", other.Items)
	}
	if again := f.open(caseInput("https://forum.example/right")); again.Items[0].Status != "duplicate" {
		t.Errorf("the new location is not held: %+v", again.Items)
	}
	f.kind(move("https://forum.example/wrong"), takedown.Conflict)
	f.pointers(move("javascript:alert(1)"), "/location/url")
	f.pointers(f.s.PatchItem(ctx, specialist, c.Case, item, casework.ItemPatch{
		Location: &casework.LocationPatch{Type: ptr("message")}, ContactID: ptr("contact_none"), People: &[]string{"person_none"},
	}, f.item(c.Case, 0).Version), "/location/service", "/location/access", "/location/accessedBy", "/contactId", "/people/0")
}

func TestAnItemIsPatchedOnlyAsItWasSeen(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	item, patch := c.Items[0].Item, casework.ItemPatch{SuspectedCSAM: ptr(true)}
	v := f.item(c.Case, 0).Version
	for _, who := range []takedown.Principal{adviser, coordinator, liaison, auditor, reporter, nobody} {
		f.kind(f.s.PatchItem(ctx, who, c.Case, item, patch, v), takedown.Forbidden)
	}
	f.kind(f.s.PatchItem(ctx, specialist, c.Case, item, patch, v+1), takedown.Stale)
	f.kind(f.s.PatchItem(ctx, specialist, c.Case, "item_none", patch, v), takedown.NotFound)
	f.ok(f.s.PatchItem(ctx, specialist, c.Case, item, patch, v))
	f.kind(f.s.PatchItem(ctx, specialist, c.Case, item, patch, v), takedown.Stale)
}

func TestTheFlagIsTakenBackOnlyAfterTheReferral(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	flag := func(on bool) error {
		return f.s.PatchItem(ctx, specialist, c.Case, c.Items[0].Item, casework.ItemPatch{SuspectedCSAM: &on}, f.item(c.Case, 0).Version)
	}
	f.ok(flag(true))
	f.kind(flag(false), takedown.Conflict)
	f.kind(f.s.CloseCase(ctx, coordinator, c.Case, casework.ClosureInput{Reason: "done"}), takedown.Conflict)
	done := func(referrals ...casework.ReferralInput) error {
		return f.s.CompleteTask(ctx, specialist, f.task(c.Case, "refer_csam"), casework.TaskCompletion{Reason: "hotline_says_none", Referrals: referrals})
	}
	f.pointers(done(), "/referrals")
	f.pointers(done(casework.ReferralInput{To: "platform", Reference: "https://forum.example/1"}), "/referrals/0/to", "/referrals/0/at", "/referrals/0/reference")
	f.pointers(done(casework.ReferralInput{To: "police", At: monday.Add(-day), Reference: "PL-1"}, casework.ReferralInput{To: "police", At: monday.Add(day), Reference: "PL-1"}),
		"/referrals/0/at", "/referrals/1/to", "/referrals/1/at")
	f.kind(flag(false), takedown.Conflict)
	f.pointers(f.s.CompleteTask(ctx, coordinator, f.task(c.Case, "triage"), casework.TaskCompletion{Referrals: []casework.ReferralInput{{To: "police", At: monday, Reference: "PL-1"}}}), "/referrals")
	task := f.task(c.Case, "refer_csam")
	f.ok(done(casework.ReferralInput{To: "offlimits", At: monday, Reference: "MK-2027-1"}, casework.ReferralInput{To: "police", At: monday, Reference: "PL-1"}))
	if v, err := f.s.GetTask(ctx, specialist, task); err != nil || len(v.Referrals) != 2 || v.Referrals[0].To != "offlimits" || v.Referrals[0].Reference != "MK-2027-1" {
		t.Errorf("recorded %+v, %v", v.Referrals, err)
	}
	for _, want := range []string{"item.referred offlimits", "item.referred police"} {
		if !slices.Contains(f.entries(c.Case), want) {
			t.Errorf("%q is not in the history", want)
		}
	}
	f.ok(flag(false))
	if f.item(c.Case, 0).SuspectedCSAM {
		t.Error("the flag stands")
	}
}

func TestAnOutcomeByHandNeedsACodeAndAReason(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1", "https://forum.example/2"))
	item := c.Items[0].Item
	good := casework.OutcomeInput{Code: "author_removed", Reason: "The page was sealed-words taken down", Verified: true}
	_, err := f.s.GetOutcome(ctx, specialist, c.Case, item)
	f.kind(err, takedown.NotFound)
	for _, code := range []string{"", "still_online", "nonsense"} {
		f.pointers(f.s.SetOutcome(ctx, specialist, c.Case, item, casework.OutcomeInput{Code: code, Reason: "x"}, 0), "/code", "/reason")
	}
	f.pointers(f.s.SetOutcome(ctx, specialist, c.Case, item, casework.OutcomeInput{Code: "referred", Reason: "elsewhere", Verified: true}, 0), "/verified")
	for _, who := range []takedown.Principal{adviser, coordinator, liaison, auditor, reporter, nobody} {
		f.kind(f.s.SetOutcome(ctx, who, c.Case, item, good, 0), takedown.Forbidden)
	}
	f.kind(f.s.SetOutcome(ctx, specialist, c.Case, item, good, 7), takedown.Stale)
	f.ok(f.s.SetOutcome(ctx, specialist, c.Case, item, good, 0))
	f.kind(f.s.SetOutcome(ctx, specialist, c.Case, item, good, 0), takedown.Stale)
	view, err := f.s.GetOutcome(ctx, auditor, c.Case, item)
	f.ok(err)
	if view.Code != "author_removed" || view.Reason != "in_words" || !view.Verified || f.item(c.Case, 0).Status != "gone" {
		t.Errorf("outcome %+v, item %s", view, f.item(c.Case, 0).Status)
	}
	good.Code, good.Reason, good.Verified = "referred", "handed_on", false
	f.ok(f.s.SetOutcome(ctx, specialist, c.Case, item, good, view.Version))
	if f.item(c.Case, 0).Status != "settled" {
		t.Errorf("item %s", f.item(c.Case, 0).Status)
	}
	f.ok(f.s.SetOutcome(ctx, specialist, c.Case, c.Items[1].Item, good, 0))
	f.task(c.Case, "close_case")
	f.absent("sealed-words")
	open, err := f.s.Unseal(ctx, specialist, c.Case, casework.UnsealInput{Reason: "look"})
	f.ok(err)
	if len(open.Words) != 1 || !strings.Contains(open.Words[0].Text, "sealed-words") || open.Words[0].Field != "words.reason" {
		t.Errorf("words %+v", open.Words)
	}
}

func TestANamedContactIsKept(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	_, err := f.s.PutContact(ctx, specialist, "contact_forum", casework.ContactInput{
		Kind: "hoster", LegalName: "Host", Channels: []takedown.Channel{{Kind: "mail", Address: "abuse@host.example"}}, Source: "https://host.example", LastVerified: monday,
	}, 0)
	f.ok(err)
	f.ok(f.s.PatchItem(ctx, specialist, c.Case, c.Items[0].Item, casework.ItemPatch{ContactID: ptr("contact_forum")}, f.item(c.Case, 0).Version))
	if got := f.item(c.Case, 0).Contact; got != "contact_forum" {
		t.Errorf("contact %q", got)
	}
}
