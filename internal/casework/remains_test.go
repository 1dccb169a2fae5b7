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

func policeInput() casework.ContactInput {
	return casework.ContactInput{
		Kind: "police_unit", LegalName: "Politie, eenheid Voorbeeld", Country: "NL", Languages: []string{"nl"},
		Channels: []takedown.Channel{{Kind: "police", Address: "loket", Purpose: "order"}},
	}
}

// assess puts a page's assessment anew, with one ground.
func (l *live) assess(item, offence string) {
	l.t.Helper()
	ctx := context.Background()
	a, err := l.s.GetAssessment(ctx, specialist, l.c, item)
	l.ok(err)
	in := a.AssessmentInput
	evid := l.capture(l.c, item)
	in.Grounds = []casework.GroundInput{{Offence: offence, Elements: map[string][]string{"E1": {evid}}}}
	if offence == "285d" {
		in.Grounds[0].Elements = map[string][]string{"E1": {evid}, "E2": {evid}, "E3": {evid}, "E4": {evid}}
	}
	_, err = l.s.PutAssessment(ctx, specialist, l.c, item, in, a.Version)
	l.ok(err)
	l.settle()
}

// policeHave opens a request for an order about the hoster, with all that its
// gates ask for.
func (l *live) policeHave() error {
	l.t.Helper()
	ctx := context.Background()
	in := policeInput()
	in.Source, in.LastVerified = "https://politie.example", monday
	_, err := l.s.PutContact(ctx, coordinator, "contact_police", in, 0)
	l.ok(err)
	_, err = l.s.Decide(ctx, adviser, l.c, casework.CaseDecisionInput{Kind: "professional_secrecy", Choice: "nothing_to_disclose", Pros: "no treatment is named"})
	l.ok(err)
	now, err := l.clock.Now(ctx)
	l.ok(err)
	_, err = l.s.PutPoliceReport(ctx, liaison, l.c, "report_first", casework.PoliceReportInput{Kind: "aangifte", By: "employer", Offences: []string{"285d"}, FiledAt: now, Registration: "PL0000-2027000001"}, 0)
	l.ok(err)
	_, err = l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "legal_order", ContactID: "contact_police", ProviderID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "urgent_spread", Order: &takedown.OrderRequest{Waiting: "spread"}})
	if err == nil {
		l.settle()
	}
	return err
}

// handOver gives the police what a route's track drafted, as if a legal adviser
// and the liaison had done so: what its text still lacks is not the point here.
func (l *live) handOver(route string) {
	l.t.Helper()
	ctx := context.Background()
	d := l.on(route)
	doc, err := casework.GetNoun[takedown.Document](ctx, l.s, d.ID)
	l.ok(err)
	now, err := l.clock.Now(ctx)
	l.ok(err)
	sent := &takedown.Dispatch{Meta: takedown.Meta{Case: l.c}, Track: doc.Track, Document: doc.ID, No: 1, Status: takedown.DispatchHandedOver, Channel: "police", IntendedAt: now, At: now}
	l.ok(casework.PutNoun(ctx, l.s, l.c, sent))
	doc.Status, doc.LastDispatch = takedown.DocumentDelivered, sent.ID
	l.ok(casework.PutNoun(ctx, l.s, l.c, doc))
}

// While the police have a request for an order about a provider, a reminder to
// the same provider waits for their word, said after the request was theirs.
//
// Requirement: S0-13
func TestNoReminderWhileAnOrderIsPending(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	l.approve()
	l.aligned(casework.AlignmentInput{Status: "answered", MayNotify: true})
	l.pass(time.Hour)
	l.ok(l.policeHave())
	l.handOver("legal_order")
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.pass(17 * day)
	l.at("AwaitGate", "order_pending")
	l.mails(1, 1)
	l.aligned(casework.AlignmentInput{Status: "answered", MayNotify: true})
	l.settle()
	l.pass(6 * day) // past the day that the notice asked for
	l.at("AwaitApproval", "approval")

	// The request is over: nothing holds the reminder.
	l.aligned(casework.AlignmentInput{Status: "not_wanted", Reason: "liaison_said_so"})
	l.approve()
	l.at("AwaitGate", "order_pending")
	now, err := l.clock.Now(ctx)
	l.ok(err)
	_, err = l.s.GiveFeedback(ctx, liaison, l.track("legal_order").ID, casework.FeedbackInput{Status: "refused", By: "ovj", At: now})
	l.ok(err)
	l.settle()
	l.at("AwaitReply", "reply")
	l.mails(2, 2)
}

// aligned records what the police said.
func (l *live) aligned(in casework.AlignmentInput) {
	l.t.Helper()
	a, err := l.s.GetAlignment(context.Background(), coordinator, l.c)
	l.ok(err)
	_, err = l.s.PutAlignment(context.Background(), coordinator, l.c, in, a.Version)
	l.ok(err)
	l.settle()
}

// What the police ask to leave online no complaint asks to take down.
//
// Requirement: S0-13
func TestAComplaintWaitsForWhatPoliceAskToLeaveOnline(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("complaint_art20", "")
	l.openedFor("platform", platformInput(), l.page)
	l.yes("platform")
	l.aligned(casework.AlignmentInput{Status: "answered", LeaveOnlineUntil: monday.Add(5 * day)})
	l.replied("platform", "decision", "refused", "Wij verwijderen dit niet.")
	if tr := l.track("platform"); tr.Document != nil || !slices.Contains(tr.WaitsFor.Why, "police_ask_to_leave_online") {
		t.Fatalf("waits for %+v, document %+v", tr.WaitsFor, tr.Document)
	}
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.pass(5*day + time.Hour)
	l.pass(time.Hour)
	if d := l.on("platform"); d.Instrument != "T4" {
		t.Errorf("%s", d.Instrument)
	}
}

// The order route is for offences within art. 67(1) Sv that were read there.
// Another item's offence opens it for nobody; the refusal says why, and what
// remains open.
func TestARefusedOrderRouteSaysWhatRemains(t *testing.T) {
	t.Parallel()
	for _, offence := range []string{"266", "231b"} { // not listed; listed, but not read
		l := newLive(t)
		l.another("https://forum.example/t/2") // 285d, on another page
		l.assess(l.page, offence)
		err := l.policeHave()
		l.kind(err, takedown.Conflict)
		for _, want := range []string{"eligible_offence", "art. 67(1) Sv", "erasure", "civil"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not stand in: %v", offence, want, err)
			}
		}
	}
}

// A request whose offence is assessed otherwise waits for nothing that could
// come: it is given up, the track says why and names what remains open.
func TestAnOrderThatTheLawNoLongerOpensIsGivenUp(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.ok(l.policeHave())
	d := l.on("legal_order")
	l.assess(l.page, "266")
	tr := l.track("legal_order")
	if tr.WaitsFor == nil || !slices.Contains(tr.WaitsFor.Why, "task:consider_next_route") || tr.Rungs[0].Ending != "cancelled" {
		t.Fatalf("waits for %+v after %+v", tr.WaitsFor, tr.Rungs)
	}
	if len(tr.Deferred) != 1 || tr.Deferred[0].Reason != "no_eligible_offence" {
		t.Errorf("deferred %+v", tr.Deferred)
	}
	var open []string
	for _, a := range tr.Alternatives {
		if a.Title.NL == "" || a.Title.EN == "" {
			t.Errorf("%+v has no name", a)
		}
		open = append(open, a.Route)
	}
	if !slices.Equal(open, []string{"erasure", "civil", "regulator", "freeze"}) {
		t.Errorf("open remain %v", open)
	}
	if got, err := l.s.GetDocument(context.Background(), adviser, d.ID); err != nil || got.Status != "superseded" {
		t.Errorf("the request is %s, %v", got.Status, err)
	}
	l.task(l.c, "consider_next_route")
}

// A request for erasure and one for a freeze wait as a reminder does while the
// police have a request for an order about the same provider: either could give
// it away (domain.md §8, Secrecy).
func TestNoFurtherLetterWhileAnOrderIsPending(t *testing.T) {
	t.Parallel()
	for _, route := range []string{"erasure", "freeze"} {
		t.Run(route, func(t *testing.T) {
			t.Parallel()
			l, ctx := newLive(t), context.Background()
			l.consent(route, "")
			l.attempt()
			l.approve()
			l.aligned(casework.AlignmentInput{Status: "answered", MayNotify: true})
			l.pass(time.Hour)
			l.ok(l.policeHave())
			l.handOver("legal_order")
			holds := func() bool {
				_, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: route, ContactID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "by_hand"})
				return err != nil && strings.Contains(err.Error(), "order_pending")
			}
			if !holds() {
				t.Fatal("the route opens while an order is pending")
			}
			l.aligned(casework.AlignmentInput{Status: "answered", MayNotify: true})
			if holds() {
				t.Error("the police allowed letters since, and it still waits")
			}
		})
	}
}
