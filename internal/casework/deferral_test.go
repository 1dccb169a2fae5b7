package casework_test

import (
	"context"
	"slices"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Why no order is asked for is said only while it is so: an offence that was
// found since, or the order itself, takes it back.
func TestADeferralIsTakenBack(t *testing.T) {
	t.Parallel()
	why := func(l *live) string {
		t.Helper()
		d := l.track("hoster").Deferred
		if len(d) == 0 {
			return ""
		}
		return d[0].Reason
	}
	l := newLive(t)
	l.assess(l.page, "266")
	l.attempt()
	l.approve()
	l.replied("hoster", "decision", "refused", "Wij verwijderen dit niet.")
	if got := why(l); got != "no_eligible_offence" {
		t.Fatalf("deferred %q", got)
	}
	l.assess(l.page, "285d")
	if got := why(l); got != "" {
		t.Errorf("an offence was found, and the track says %q", got)
	}
	if got := l.entries(l.c); !slices.Contains(got, "route.deferral_lifted legal_order:no_eligible_offence") {
		t.Errorf("entries %q", got)
	}

	l = newLive(t)
	l.attempt()
	l.approve()
	now, err := l.clock.Now(context.Background())
	l.ok(err)
	_, err = l.s.PutPoliceReport(context.Background(), liaison, l.c, "report_before", casework.PoliceReportInput{Kind: "aangifte", By: "employer", Offences: []string{"285d"}, FiledAt: now, Registration: "PL0000-2027000002"}, 0)
	l.ok(err)
	l.settle()
	if got := why(l); got != "notices_run_first" {
		t.Fatalf("deferred %q", got)
	}
	l.ok(l.policeHave())
	if got := why(l); got != "" {
		t.Errorf("the order was asked for, and the track says %q", got)
	}
}

// Two addressees want to be held harmless: the word on one frees its own track,
// and the other waits on.
func TestAnIndemnityIsDecidedForEachAddressee(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	l.approve()
	l.consent("complaint_art20", "")
	l.openedFor("platform", platformInput(), l.page)
	l.yes("platform")
	now, err := l.clock.Now(ctx)
	l.ok(err)
	for _, route := range []string{"hoster", "platform"} {
		_, err := l.s.RegisterReply(ctx, specialist, casework.ReplyInput{TrackID: l.track(route).ID, Kind: "question", Indemnity: true, Via: "mail", ReceivedAt: now})
		l.ok(err)
	}
	l.settle()
	refused := func(who takedown.Principal, track string) error {
		_, err := l.s.Decide(ctx, who, l.c, casework.CaseDecisionInput{Kind: "indemnity", Choice: "refused", Cons: "x", TrackID: track})
		l.settle()
		return err
	}
	l.pointers(refused(adviser, ""), "/trackId")
	l.pointers(refused(adviser, "track_none"), "/trackId")
	_, err = l.s.Decide(ctx, adviser, l.c, casework.CaseDecisionInput{Kind: "amplification", Choice: "act", Pros: "x", TrackID: l.track("hoster").ID})
	l.pointers(err, "/trackId")
	waits := func(route string) bool {
		w := l.track(route).WaitsFor
		return w != nil && slices.Contains(w.Why, "decision:indemnity")
	}
	if !waits("hoster") || !waits("platform") {
		t.Fatal("not both tracks wait")
	}
	l.ok(refused(adviser, l.track("platform").ID))
	if !waits("hoster") || waits("platform") {
		t.Errorf("hoster waits %v, platform %v", waits("hoster"), waits("platform"))
	}
	l.ok(refused(adviser, "")) // one is left: no question whose it is
	if waits("hoster") {
		t.Error("the hoster's track waits on")
	}
}
