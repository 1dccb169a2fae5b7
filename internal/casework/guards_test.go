package casework_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// newPhoto is newLive with a photo in the post, which our own pages may show too.
func newPhoto(t *testing.T, urgent bool) *live {
	t.Helper()
	l := newMissing(t, "home_address", "photo")
	ctx := context.Background()
	_, err := l.s.PutTriage(ctx, coordinator, l.c, casework.TriageInput{ThreatLevel: "low", JudgedBy: "coördinator", LifeOrSafety: urgent}, 0)
	l.ok(err)
	l.fixture.assess(l.c, l.page, l.capture(l.c, l.page))
	l.consent("notice", "")
	_, err = l.s.PutAlignment(ctx, coordinator, l.c, casework.AlignmentInput{Status: "not_wanted", Reason: "not_wanted"}, 0)
	l.ok(err)
	l.settle()
	return l
}

// Before others are asked to take a photo down, somebody looks whether it stands
// on our own pages. Life or safety does not wait, but the question stays.
//
// Requirement: S0-3
func TestOwnPagesComeFirst(t *testing.T) {
	t.Parallel()
	l := newPhoto(t, false)
	l.attempt()
	l.at("AwaitGate", "decision:own_sources")
	l.kind(l.s.CompleteTask(context.Background(), coordinator, l.task(l.c, "check_own_sources"), casework.TaskCompletion{Reason: "done"}), takedown.Conflict)
	l.kind(l.decide(specialist, "own_sources", "removed"), takedown.Forbidden)
	l.pointers(l.decide(coordinator, "own_sources", "later"), "/choice")
	l.ok(l.decide(coordinator, "own_sources", "removed"))
	l.at("AwaitApproval", "approval")
	if open := l.openTasks(l.c, "check_own_sources"); len(open) != 0 {
		t.Errorf("still open: %v", open)
	}

	u := newPhoto(t, true)
	u.attempt()
	u.at("AwaitApproval", "approval")
	u.task(u.c, "check_own_sources")

	home := newLive(t) // an address stands on no page of ours
	home.attempt()
	home.at("AwaitApproval", "approval")
	if open := home.openTasks(home.c, "check_own_sources"); len(open) != 0 {
		t.Errorf("asked about an address: %v", open)
	}
}

// What would draw much attention waits for a legal adviser's word; "monitor"
// keeps it waiting. To act without having asked is refused.
//
// Requirement: S2-17
func TestMuchAttentionIsDecidedFirst(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.pointers(l.reassess(func(in *casework.AssessmentInput) { in.Amplification = "" }), "/amplification")
	l.ok(l.reassess(func(in *casework.AssessmentInput) { in.Amplification = "high" }))
	l.attempt()
	l.at("AwaitGate", "decision:amplification")
	l.task(l.c, "decide_amplification")
	if who := l.track("hoster").WaitsFor.Whose; who != "legal_adviser" {
		t.Errorf("the move is %s's", who)
	}
	l.kind(l.decide(coordinator, "amplification", "act"), takedown.Forbidden)
	l.ok(l.decide(adviser, "amplification", "monitor"))
	l.at("AwaitGate", "decision:amplification")
	l.ok(l.decide(adviser, "amplification", "act"))
	l.at("AwaitApproval", "approval")
	l.pass(time.Minute)
	l.ok(l.reassess(func(in *casework.AssessmentInput) { in.Purpose = []string{"call_to_act", "tags"} }))
	l.at("AwaitGate", "decision:amplification") // that was another assessment
	l.task(l.c, "decide_amplification")
}

// A request for erasure, for delisting or to freeze an account draws attention as
// a notice does, and waits for the same word.
//
// Requirement: S2-17
func TestMuchAttentionIsDecidedForEveryRemoval(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.ok(l.reassess(func(in *casework.AssessmentInput) { in.Amplification = "high" }))
	waits := func(route string) bool {
		_, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: route, ContactID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "by_hand"})
		l.kind(err, takedown.Conflict) // consent is not there either
		return strings.Contains(err.Error(), "decision:amplification")
	}
	for _, route := range []string{"erasure", "delisting", "freeze"} {
		if !waits(route) {
			t.Errorf("%s does not wait for the decision", route)
		}
	}
	l.ok(l.decide(adviser, "amplification", "act"))
	for _, route := range []string{"erasure", "delisting", "freeze"} {
		if waits(route) {
			t.Errorf("%s waits although it was decided", route)
		}
	}
}

// Nobody asks for erasure or delisting of what nobody assessed: without an
// assessment there is no word on how much attention it would draw.
//
// Requirement: S2-17, S2-8
func TestErasureWaitsForAnAssessment(t *testing.T) {
	t.Parallel()
	l := newMissing(t, "home_address")
	for _, route := range []string{"erasure", "delisting"} {
		_, err := l.s.OpenTrack(context.Background(), coordinator, l.c, casework.OpenTrackInput{Route: route, ContactID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "by_hand"})
		l.kind(err, takedown.Conflict)
		if !strings.Contains(err.Error(), "assessment:") {
			t.Errorf("%s: %v", route, err)
		}
	}
}

// Criticism in the message is weighed before anybody acts, and that somebody was
// filmed points at no purpose.
//
// Requirement: S0-1c, S4-16, S3-5
func TestCriticismIsWeighedAndFilmingIsNoGround(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput(forumURL)
	in.Incident.ContainsComplaint = true
	c := f.open(in)
	evid := f.capture(c.Case, c.Items[0].Item)
	put := func(change func(*casework.AssessmentInput)) error {
		in := actOn(evid)
		change(&in)
		_, err := f.s.PutAssessment(ctx, specialist, c.Case, c.Items[0].Item, in, 0)
		return err
	}
	f.pointers(put(func(*casework.AssessmentInput) {}), "/contraIndicators")
	f.pointers(put(func(in *casework.AssessmentInput) {
		in.Contra, in.Purpose = []string{"criticism"}, []string{"filmed_at_work"}
	}), "/purposeIndicators/0")
	f.pointers(put(func(in *casework.AssessmentInput) {
		in.Contra, in.Purpose = []string{"criticism", "rudeness"}, []string{"call_to_act", "anger"}
	}), "/purposeIndicators/1", "/contraIndicators/1")
	f.ok(put(func(in *casework.AssessmentInput) { in.Contra = []string{"criticism"} }))
}

// The post points at the wrong person. Only a legal adviser lets the notice say
// so; who was meant stands in no text, not even as a function; the police are
// told.
//
// Requirement: S2-1
func TestTheWrongPersonIsCorrectedWithoutNamingTheRightOne(t *testing.T) {
	t.Parallel()
	l := newIdle(t, asItIs)
	ctx := context.Background()
	_, err := l.s.PutContact(ctx, coordinator, "contact_hoster", hosterInput("abuse@host.example"), 0)
	l.ok(err)
	l.settings(func(*casework.SettingsInput) {})
	in := caseInput(forumURL)
	in.Affected[0].Relation, in.Affected[0].Function = "third_party", ""
	in.Affected = append(in.Affected, casework.AffectedInput{
		Relation: "employee", Function: "wijkverpleegkundige", Capacity: "none_of_lid2", Private: takedown.Private{Name: "Meant Person", Aliases: []string{"meantalias"}},
	})
	opened := l.open(in)
	l.c, l.page = opened.Case, opened.Items[0].Item
	wrong, meant := opened.People[0], opened.People[1]
	l.ok(l.patch(coordinator, l.c, `{"flags":{"misidentified":{"intendedTarget":"`+meant+`"}}}`))
	l.task(l.c, "decide_correction")
	_, err = l.s.PutTriage(ctx, coordinator, l.c, casework.TriageInput{ThreatLevel: "low", JudgedBy: "coördinator"}, 0)
	l.ok(err)
	l.fixture.assess(l.c, l.page, l.capture(l.c, l.page))
	_, err = l.s.PutConsent(ctx, coordinator, l.c, wrong, "notice", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0)
	l.ok(err)
	_, err = l.s.PutAlignment(ctx, coordinator, l.c, casework.AlignmentInput{Status: "not_wanted", Reason: "not_wanted"}, 0)
	l.ok(err)
	l.settle()
	l.attempt()
	l.at("AwaitGate", "third_party_basis") // that the one who was meant works here is no basis
	_, err = l.s.Decide(ctx, adviser, l.c, casework.CaseDecisionInput{Kind: "third_party_basis", Choice: "mistaken_for_ours", Pros: "sealed-pros", PersonID: wrong})
	l.ok(err)
	l.settle()
	const sentence = "Het bericht wijst een persoon aan die er niets mee te maken heeft."
	says := func(want bool) {
		t.Helper()
		d := l.document()
		if strings.Contains(d.Text, sentence) != want {
			t.Errorf("says it: %v", !want)
		}
		if !strings.Contains(d.Text, "een persoon die buiten onze organisatie staat") {
			t.Error("does not say whose data they are")
		}
		for _, never := range []string{"Meant Person", "meantalias", "wijkverpleegkundige", "een medewerker van onze organisatie"} {
			if strings.Contains(d.Text, never) {
				t.Errorf("names who was meant: %q", never)
			}
		}
	}
	says(false)
	l.kind(l.decide(coordinator, "correction", "allowed"), takedown.Forbidden)
	l.ok(l.decide(adviser, "correction", "allowed"))
	l.pass(5 * 24 * time.Hour) // past its send-by it is drafted again
	says(true)
	if open := l.openTasks(l.c, "decide_correction"); len(open) != 0 {
		t.Errorf("still asked: %v", open)
	}
}

// A relative without a recorded basis stands in no text, and needs no consent,
// although the same page hit an employee whom we help.
//
// Requirement: S3-4
func TestWhoHasNoBasisStandsInNoText(t *testing.T) {
	t.Parallel()
	l := newIdle(t, asItIs)
	l.setUpWith(func(in *casework.OpenCaseInput) {
		in.Affected = append(in.Affected, casework.AffectedInput{Relation: "family", Private: takedown.Private{Name: "Sealed Relative"}})
	})
	l.attempt()
	if d := l.document(); strings.Contains(d.Text, "naaste") {
		t.Errorf("speaks of a relative:\n%s", d.Text)
	}
	v, err := l.s.GetCase(context.Background(), auditor, l.c)
	l.ok(err)
	i := slices.IndexFunc(v.People, func(p casework.PersonView) bool { return p.Relation == "family" })
	_, err = l.s.Decide(context.Background(), adviser, l.c, casework.CaseDecisionInput{Kind: "third_party_basis", Choice: "household", Pros: "sealed-pros", PersonID: v.People[i].ID})
	l.ok(err)
	l.settle()
	l.at("AwaitGate", "consent:notice:"+v.People[i].ID) // the text spoke of one person too few
	l.mails(0, 0)
}

// An addressee wants to be held harmless first: its track stops, whatever its
// clock says, until a legal adviser has decided; nobody accepts.
func TestAnIndemnityStopsTheTrack(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]casework.ReplyInput{
		"said":     {Kind: "question", Indemnity: true},
		"in words": {Kind: "acknowledgement", Text: "Wij handelen alleen als u ons vrijwaart voor claims."},
	} {
		t.Run(name, func(t *testing.T) {
			l, ctx := newLive(t), context.Background()
			l.attempt()
			l.approve()
			in.TrackID, in.Via, in.ReceivedAt = l.track("hoster").ID, "mail", monday
			_, err := l.s.RegisterReply(ctx, specialist, in)
			l.ok(err)
			l.settle()
			l.at("AwaitGate", "decision:indemnity")
			l.pass(40 * 24 * time.Hour)
			l.at("AwaitGate", "decision:indemnity")
			l.mails(1, 1)
			l.kind(l.s.CompleteTask(ctx, adviser, l.task(l.c, "indemnity_requested"), casework.TaskCompletion{Reason: "accepted"}), takedown.Conflict)
			l.pointers(l.decide(adviser, "indemnity", "accepted"), "/choice")
			l.kind(l.decide(coordinator, "indemnity", "refused"), takedown.Forbidden)
			l.ok(l.decide(adviser, "indemnity", "refused"))
			l.at("AwaitApproval", "approval")
			if d := l.document(); d.Instrument != "T3" {
				t.Errorf("goes on with %s", d.Instrument)
			}
		})
	}
}

// Each refusal counts once for its addressee; when half of ours or more were
// refused, a legal adviser hears so before the next one.
func TestRefusalsAreCountedAndWarnedOf(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	if found := l.document().Findings; slices.ContainsFunc(found, isRefusals) {
		t.Fatalf("warned before anything was refused: %+v", found)
	}
	l.approve()
	l.replied("hoster", "decision", "refused", "")
	contact := func() casework.ContactView {
		t.Helper()
		v, err := l.s.GetContact(ctx, specialist, "contact_hoster")
		l.ok(err)
		return v
	}
	if c := contact(); c.Refusals != 1 || c.Decisions != 1 {
		t.Fatalf("%d of %d", c.Refusals, c.Decisions)
	}
	var reply string
	for n := range 4 { // from other cases; each message comes twice
		reply = fmt.Sprintf("reply_other%d", n)
		for range 2 {
			l.ok(casework.DecisionMessage(ctx, l.s, "contact_hoster", reply, n < 2))
		}
	}
	if c := contact(); c.Refusals != 3 || c.Decisions != 5 || c.AddressVersion != 1 {
		t.Fatalf("%d of %d, address %d", c.Refusals, c.Decisions, c.AddressVersion)
	}
	next := newSecond(l, "https://forum.example/t/2")
	d := next.document()
	i := slices.IndexFunc(d.Findings, isRefusals)
	if i < 0 || d.Findings[i].Blocking || !strings.Contains(d.Findings[i].Message, "3 of the 5") {
		t.Fatalf("findings %+v", d.Findings)
	}
	next.task(next.c, "review_refusals")
	next.approve() // a warning, not a ban
	next.mails(2, 2)
}

func isRefusals(f casework.Finding) bool { return f.Code == "refusals" }
