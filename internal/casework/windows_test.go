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

// another adds a page to the case, as ready as the first.
func (l *live) another(url string) string {
	l.t.Helper()
	ctx := context.Background()
	added, err := l.s.AddItems(ctx, specialist, l.c, caseInput(url).Items)
	l.ok(err)
	item := added.Items[0].Item
	evid := l.capture(l.c, item)
	first, err := l.s.GetAssessment(ctx, specialist, l.c, l.page)
	l.ok(err)
	in := first.AssessmentInput
	in.Grounds = []casework.GroundInput{{Offence: "285d", Elements: map[string][]string{"E1": {evid}, "E2": {evid}, "E3": {evid}, "E4": {evid}}}}
	_, err = l.s.PutAssessment(ctx, specialist, l.c, item, in, 0)
	l.ok(err)
	l.settle()
	return item
}

// platformInput is an online platform with a mail address.
func platformInput() casework.ContactInput {
	in := authority("Voorbeeldplatform BV", "platform")
	in.ServiceKind = "online_platform"
	return in
}

// openedFor is opened for several items.
func (l *live) openedFor(route string, in casework.ContactInput, items ...string) {
	l.t.Helper()
	ctx := context.Background()
	in.Source, in.LastVerified = "https://contact.example", monday
	_, err := l.s.PutContact(ctx, coordinator, "contact_"+route, in, 0)
	l.ok(err)
	_, err = l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: route, ContactID: "contact_" + route, ItemIDs: items, Reason: "by_hand"})
	l.ok(err)
	l.settle()
}

// partly registers a decision that removes some items of a track.
func (l *live) partly(route string, items ...string) {
	l.t.Helper()
	now, err := l.clock.Now(context.Background())
	l.ok(err)
	_, err = l.s.RegisterReply(context.Background(), specialist, casework.ReplyInput{
		TrackID: l.track(route).ID, Kind: "decision", Decision: "partly", ItemIDs: items, Via: "mail", ReceivedAt: now,
	})
	l.ok(err)
	l.settle()
}

// counts gives the running clock of a rule on a route's track; nil without.
func (l *live) counts(route, rule string) *casework.ClockView {
	l.t.Helper()
	for _, c := range l.track(route).Clocks {
		if c.Rule == rule && c.Status == "running" {
			return &c
		}
	}
	return nil
}

// A platform that removes one page of two decided on the other: the window of
// art. 20 runs from that day, and the complaint within it can be approved.
func TestAPartialDecisionOpensTheWindowForTheComplaint(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	second := l.another("https://forum.example/t/2")
	l.consent("complaint_art20", "")
	l.openedFor("platform", platformInput(), l.page, second)
	l.yes("platform")
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.partly("platform", second)
	window := l.counts("platform", "C6")
	if window == nil || window.Start != monday {
		t.Fatalf("no window runs from the decision: %+v", l.track("platform").Clocks)
	}
	l.pass(time.Hour)
	d := l.on("platform")
	if d.Instrument != "T4" || slices.ContainsFunc(d.Findings, func(f casework.Finding) bool { return f.Code == "not_open" }) {
		t.Errorf("%s, findings %+v", d.Instrument, d.Findings)
	}
	if !strings.Contains(d.Text, "Onze melding noemt artikel 285d") {
		t.Errorf("the complaint does not tell what the notice named:\n%s", d.Text)
	}
}

// A complaint says that the platform removed what its decision names: not what the
// poster took away, nor what was gone before.
func TestAComplaintNamesAsRemovedWhatTheDecisionNames(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	second, third, fourth := l.another("https://forum.example/t/2"), l.another("https://forum.example/t/3"), l.another("https://forum.example/t/4")
	l.consent("complaint_art20", "")
	l.openedFor("platform", platformInput(), l.page, second, third, fourth)
	l.yes("platform")
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.pages.gone = "https://forum.example/t/2"
	l.ok(l.s.SetOutcome(ctx, specialist, l.c, fourth, casework.OutcomeInput{Code: "removed", Reason: "seen_gone", Verified: true}, 0))
	l.pass(time.Minute)
	now, err := l.clock.Now(ctx)
	l.ok(err)
	_, err = l.s.RegisterReply(ctx, specialist, casework.ReplyInput{
		TrackID: l.track("platform").ID, Kind: "decision", Decision: "partly", ItemIDs: []string{second}, Via: "mail", ReceivedAt: now,
	})
	l.ok(err)
	l.settle()
	l.ok(l.s.SetOutcome(ctx, specialist, l.c, third, casework.OutcomeInput{Code: "author_removed", Reason: "seen_gone", Verified: true}, 0))
	l.settle()
	l.pass(time.Hour)
	const want = "U verwijderde onderdeel 2. Onderdeel 1 bevat"
	if d := l.on("platform"); d.Instrument != "T4" || !strings.Contains(d.Text, want) {
		t.Errorf("%s does not say %q:\n%s", d.Instrument, want, d.Text)
	}
}

// A complaint says of the notice what the notice said: an offence that was found
// since is no part of it.
func TestAComplaintTellsWhatTheNoticeNamed(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	before, err := l.s.GetAssessment(context.Background(), specialist, l.c, l.page)
	l.ok(err)
	l.ok(l.unlawfully(asIs))
	l.consent("complaint_art20", "")
	l.openedFor("platform", platformInput(), l.page)
	l.yes("platform")
	l.ok(l.reassess(func(in *casework.AssessmentInput) { *in = before.AssessmentInput }))
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.replied("platform", "decision", "refused", "")
	l.pass(time.Hour)
	d := l.on("platform")
	if d.Instrument != "T4" || strings.Contains(d.Text, "Onze melding noemt artikel") || !strings.Contains(d.Text, "Doxing is strafbaar volgens artikel 285d") {
		t.Errorf("%s:\n%s", d.Instrument, d.Text)
	}
}

// What was found on a page that is gone is not pleaded of the one that is left, and
// nothing is asked of it.
func TestAPageThatIsGonePleadsNothing(t *testing.T) {
	t.Parallel()
	for _, doxingLeft := range []bool{true, false} {
		l := newLive(t)
		second := l.another("https://forum.example/t/2") // doxing; the first is unlawful without an offence
		l.ok(l.unlawfully(asIs))
		l.consent("complaint_art20", "")
		l.openedFor("platform", platformInput(), l.page, second)
		l.yes("platform")
		l.pages.shows(200, "<p>Sealedstraat 1</p>")
		gone := second
		l.pages.gone = "https://forum.example/t/2"
		if doxingLeft {
			gone, l.pages.gone = l.page, forumURL
		}
		l.partly("platform", gone)
		for range 4 { // until it was looked for twice, an hour apart
			l.pass(time.Hour)
		}
		d := l.on("platform")
		if d.Instrument != "T4" || strings.Contains(d.Text, "285d") != doxingLeft {
			t.Errorf("doxing left %v: %s\n%s", doxingLeft, d.Instrument, d.Text)
		}
		if i := slices.IndexFunc(d.Findings, func(f casework.Finding) bool { return strings.HasPrefix(f.Field, "unlawful") }); i >= 0 {
			t.Errorf("doxing left %v: %+v", doxingLeft, d.Findings[i])
		}
	}
}

// A controller that erases one page of two answered on the other: the six weeks
// for a petition run from the receipt of that answer (art. 35(2) UAVG).
func TestAPartialAnswerStartsTheTermForThePetition(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	second := l.another("https://forum.example/t/2")
	l.consent("erasure", l.mandate([]byte("signed")))
	l.openedFor("erasure", controllerInput(), l.page, second)
	l.say("erasure", casework.ParticularsInput{Erasure: &takedown.Erasure{Officer: "no", Grounds: []string{"unlawful"}, Weighing: []string{"no_debate"}}}, 0)
	l.yes("erasure")
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.pass(24 * time.Hour)
	l.partly("erasure", second)
	petition := l.counts("erasure", "C11")
	if petition == nil || petition.Start != monday.Add(24*time.Hour) || petition.DueDate != "2027-05-04" {
		t.Fatalf("the term for the petition: %+v", petition)
	}
}

// A death threat is life or safety: the platform has a day, whether or not
// somebody ticked the other flag as well.
func TestADeathThreatHasTheShortClock(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	v, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	yes := true
	l.ok(l.s.PatchCase(ctx, coordinator, l.c, casework.CasePatch{Flags: &casework.FlagsPatch{DeathThreat: &yes}}, v.Version))
	l.openedFor("platform", platformInput(), l.page)
	l.yes("platform")
	if l.counts("platform", "C2") == nil {
		t.Errorf("clocks %+v", l.track("platform").Clocks)
	}
}
