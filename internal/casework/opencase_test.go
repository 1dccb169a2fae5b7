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

// A case belongs to somebody from its first moment: the coordinator who opens
// it, or a task of the coordinators until one takes it.
//
// Requirement: S0-7, S0-11a, S0-sum-2
func TestACaseHasAnOwner(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	v, err := f.s.GetCase(ctx, auditor, c.Case)
	f.ok(err)
	if v.Coordinator != coordinator.ID {
		t.Errorf("opened by a coordinator, and owned by %q", v.Coordinator)
	}
	opened, err := f.s.OpenCase(ctx, specialist, caseInput("https://forum.example/2"))
	f.ok(err)
	task, err := f.s.GetTask(ctx, coordinator, f.task(opened.Case, "assign_coordinator"))
	f.ok(err)
	if task.Owner != string(takedown.Coordinator) {
		t.Errorf("a task of %s", task.Owner)
	}
	f.ok(f.patch(coordinator, opened.Case, `{"coordinator":"coordinator-1","deputy":"deputy-1"}`))
	tasks, err := f.s.CaseTasks(ctx, coordinator, opened.Case)
	f.ok(err)
	if slices.ContainsFunc(tasks, func(v casework.TaskView) bool { return v.Kind == "assign_coordinator" && v.Status == "open" }) {
		t.Error("an owned case still looks for its owner")
	}
	f.pointers(f.patch(coordinator, opened.Case, `{"coordinator":null}`), "/coordinator")
}

// When it happened, was found and was reported stand apart; a reporter's
// channel and department say how it came in.
//
// Requirement: S0-9a
func TestACaseKeepsItsThreeTimes(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Incident.OccurredAt, in.Incident.DiscoveredAt, in.Incident.ReportedAt = monday.Add(-3*time.Hour), monday.Add(-2*time.Hour), monday.Add(-time.Hour)
	v, err := f.s.GetCase(ctx, auditor, f.open(in).Case)
	f.ok(err)
	if !v.OccurredAt.Equal(monday.Add(-3*time.Hour)) || !v.DiscoveredAt.Equal(monday.Add(-2*time.Hour)) || !v.ReportedAt.Equal(monday.Add(-time.Hour)) || !v.OpenedAt.Equal(monday) {
		t.Errorf("%s, %s, %s, %s", v.OccurredAt, v.DiscoveredAt, v.ReportedAt, v.OpenedAt)
	}
	in.Incident.OccurredAt, in.Incident.ReportedAt = monday.Add(time.Hour), monday.Add(time.Hour)
	_, err = f.s.OpenCase(ctx, coordinator, in)
	f.pointers(err, "/incident/occurredAt", "/incident/reportedAt")
}

// A mere concern needs no item and no offence. It is registered, and counted
// among the registered cases.
//
// Requirement: S0-4, S0-9b, S4-2
func TestAConcernIsRegistered(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput()
	in.Flags.ConcernOnly = true
	c := f.open(in)
	f.task(c.Case, "close_registered")
	f.ok(f.s.CloseCase(ctx, coordinator, c.Case, casework.ClosureInput{Reason: "concern_only"}))
	list, err := f.s.ListCases(ctx, coordinator, casework.CaseQuery{Status: "registered"})
	f.ok(err)
	if len(list.Items) != 1 || list.Items[0].ID != c.Case || !list.Items[0].Flags.ConcernOnly {
		t.Errorf("registered are %+v", list.Items)
	}
}

// Where a place has no address, it is said how somebody came to see it: a
// closed group, a message, an account on somebody else's name.
//
// Requirement: S2-5, S2-20, S2-31, S4-4
func TestPlacesAndKindsOfItems(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	group := casework.ItemInput{
		Location: casework.LocationInput{Type: "closed_group"}, Kind: "original", ContentType: "synthetic", DataCategories: []string{"photo"}, Audience: "closed",
	}
	account := casework.ItemInput{
		Location: casework.LocationInput{Type: "account", URL: "https://platform.example/@fake"}, Kind: "impersonation", ContentType: "image",
	}
	call := casework.ItemInput{Location: casework.LocationInput{Type: "url", URL: "https://platform.example/who"}, Kind: "call_to_identify", ContentType: "image"}
	in := caseInput("https://forum.example/1")
	in.Items = []casework.ItemInput{group, account, call}
	opened := f.open(in)
	var got []string
	for _, field := range opened.Items[0].Errors {
		got = append(got, field.Pointer)
	}
	if want := []string{"/items/0/location/service", "/items/0/location/access", "/items/0/location/accessedBy"}; !slices.Equal(got, want) {
		t.Errorf("fields %q, want %q", got, want)
	}
	if opened.Items[1].Status != "created" || opened.Items[2].Status != "created" {
		t.Errorf("an account and a call name no data yet: %+v", opened.Items)
	}
	group.Location.Service, group.Location.Access, group.Location.AccessedBy = "berichtendienst", "een lid liet het zien", "teamleider"
	added, err := f.s.AddItems(ctx, specialist, opened.Case, []casework.ItemInput{group})
	f.ok(err)
	if added.Items[0].Status != "created" {
		t.Fatalf("%+v", added.Items)
	}
	open, err := f.s.Unseal(ctx, specialist, opened.Case, casework.UnsealInput{Reason: "look"})
	f.ok(err)
	if p := open.Items[2].Place; p.Service != "berichtendienst" || p.Access != "een lid liet het zien" || p.AccessedBy != "teamleider" {
		t.Errorf("place %+v", p)
	}
	for n, want := range []string{"impersonation image account", "call_to_identify image url", "original synthetic closed_group"} {
		if v := f.item(opened.Case, n); strings.Join([]string{v.Kind, v.ContentType, v.LocationType}, " ") != want {
			t.Errorf("item %d is %+v, want %s", n, v, want)
		}
	}
}

// Family and others are affected persons too. Help for them stays at referral
// until a legal adviser recorded on what basis they are helped.
//
// Requirement: S3-4
func TestHelpForFamilyNeedsABasis(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Affected[0].Relation = "family"
	c := f.open(in)
	f.task(c.Case, "third_party_basis")
	basis := casework.CaseDecisionInput{Kind: "third_party_basis", Choice: "household", Pros: "sealed-words", PersonID: c.People[0]}
	_, err := f.s.Decide(ctx, coordinator, c.Case, basis)
	f.kind(err, takedown.Forbidden)
	_, err = f.s.Decide(ctx, adviser, c.Case, basis)
	f.ok(err)
	v, err := f.s.GetCase(ctx, auditor, c.Case)
	f.ok(err)
	if !v.People[0].ThirdPartyBasis || len(f.openTasks(c.Case, "third_party_basis")) != 0 {
		t.Errorf("person %+v", v.People[0])
	}
	f.absent("sealed-words")
}

// A complaint inside the post is answered by those who answer complaints: it
// becomes a task, and the notice asks for nothing of the criticism.
//
// Requirement: S4-16
func TestAComplaintInsideIsAnswered(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	in := caseInput("https://forum.example/1")
	in.Incident.ContainsComplaint = true
	c := f.open(in)
	f.task(c.Case, "answer_complaint")
	if other := f.open(caseInput("https://forum.example/2")); len(f.openTasks(other.Case, "answer_complaint")) != 0 {
		t.Error("a case without a complaint has the task")
	}
}

// How a person wants to be reached, and what not to see, is sealed, and there
// for those who speak with them.
//
// Requirement: S0-11c
func TestPreferencesAreKept(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Affected[0].Preferences = &casework.PreferencesInput{ContactBy: "sealed-phone", NotToSee: []string{"sealed-images"}}
	c := f.open(in)
	f.absent("sealed-phone", "sealed-images")
	open, err := f.s.Unseal(ctx, coordinator, c.Case, casework.UnsealInput{Reason: "call"})
	f.ok(err)
	if p := open.People[0].Preferences; p == nil || p.ContactBy != "sealed-phone" || !slices.Equal(p.NotToSee, []string{"sealed-images"}) {
		t.Errorf("preferences %+v", p)
	}
}

// Nothing is planned before somebody judged the safety of the people; life or
// safety makes the case urgent, what to do at once is a task, and a review is
// remembered.
//
// Requirement: S2-8, S0-21, S0-21b
func TestSafetyIsJudgedFirst(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	evid := f.capture(c.Case, c.Items[0].Item)
	f.assess(c.Case, c.Items[0].Item, evid)
	step, err := f.s.Triage(ctx, casework.CaseInput{V: casework.InputVersion, Case: c.Case, Generation: 1})
	f.ok(err)
	if step.Next != "AwaitGates" {
		t.Errorf("without a triage the intake goes to %s", step.Next)
	}
	_, err = f.s.PutTriage(ctx, coordinator, c.Case, casework.TriageInput{ThreatLevel: "mild", ReviewAt: monday.Add(-time.Hour)}, 0)
	f.pointers(err, "/threatLevel", "/judgedBy", "/reviewAt")
	_, err = f.s.PutTriage(ctx, coordinator, c.Case, casework.TriageInput{
		ThreatLevel: "high", JudgedBy: "veiligheidskundige", LifeOrSafety: true, AtOnce: "sealed-do-this", ReviewAt: monday.Add(48 * time.Hour),
	}, 0)
	f.ok(err)
	f.task(c.Case, "act_at_once")
	review, err := f.s.GetTask(ctx, coordinator, f.task(c.Case, "review_triage"))
	f.ok(err)
	v, err := f.s.GetCase(ctx, coordinator, c.Case)
	f.ok(err)
	if !v.Flags.LifeOrSafety || !review.DueAt.Equal(monday.Add(48*time.Hour)) {
		t.Errorf("flags %+v, review %s", v.Flags, review.DueAt)
	}
	f.absent("sealed-do-this")
	step, err = f.s.Triage(ctx, casework.CaseInput{V: casework.InputVersion, Case: c.Case, Generation: 1})
	f.ok(err)
	if step.Next != "PlanTracks" {
		t.Errorf("after it the intake goes to %s", step.Next)
	}
}

// assess has the specialist decide to act on an item, on one capture.
func (f *fixture) assess(caseID, item, evid string) {
	f.t.Helper()
	_, err := f.s.PutAssessment(context.Background(), specialist, caseID, item, actOn(evid), 0)
	f.ok(err)
}

// actOn is a good assessment of doxing on one capture.
func actOn(evid string) casework.AssessmentInput {
	return casework.AssessmentInput{
		Grounds: []casework.GroundInput{{Offence: "285d", Elements: map[string][]string{"E1": {evid}, "E2": {evid}, "E3": {evid}, "E4": {evid}}}},
		Effects: []string{"contact"}, Purpose: []string{"call_to_act"}, Amplification: "low", Locator: "line:2", Decision: "act",
	}
}

// A person's capacity is one of the law data's, or none of lid 2: what no list
// holds would be claimed by nobody, and is refused by name.
func TestAPersonsCapacityIsOfTheLaw(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	for _, code := range []string{"police_officer", "hulpverlener", "285d-2", "None_Of_Lid2"} {
		in.Affected[0].Capacity = code
		_, err := f.s.OpenCase(ctx, coordinator, in)
		f.pointers(err, "/affected/0/capacity")
	}
	for n, code := range []string{"ambtenaar_politie", "boa", "burgemeester", "none_of_lid2", ""} {
		in.Affected[0].Capacity, in.Items[0].Location.URL = code, "https://forum.example/"+string(rune('a'+n))
		f.open(in)
	}
}
