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

// newAtPlatform is newLive with the page on an online platform, whose notice is
// drafted at once.
func newAtPlatform(t *testing.T, change func(*casework.ContactInput)) *live {
	t.Helper()
	in := hosterInput("meldingen@platform.example")
	in.Kind, in.LegalName, in.ServiceKind, in.Country, in.FollowsNTDCode = "platform", "Voorbeeldplatform B.V.", "online_platform", "NL", false
	change(&in)
	l := newIdle(t, asItIs)
	l.setUpAt("contact_platform", in)
	return l
}

func asRegistered(*casework.ContactInput) {}

// refused has the platform refuse the notice, and the internal complaint too.
func (l *live) refused() {
	l.t.Helper()
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.yes("platform")
	l.replied("platform", "decision", "refused", "Wij verwijderen dit niet.")
	l.consent("complaint_art20", "")
	l.settle()
	l.yes("platform")
	l.clock.advance(time.Hour)
	l.replied("platform", "decision", "refused", "Wij blijven bij onze beslissing.")
}

// body is a certified dispute body.
func body() casework.ContactInput {
	in := authority("Voorbeeldgeschillen Stichting", "dispute_body")
	in.Award = &takedown.Award{
		Coordinator: "Autoriteit Voorbeeld", Area: "illegal content on social media", Number: "ODS-1",
		Since: monday.AddDate(-1, 0, 0), Until: monday.AddDate(4, 0, 0), Source: "https://lijst.example/geschillenorganen",
	}
	return in
}

func checked() *takedown.Dispute {
	return &takedown.Dispute{CheckedAt: monday, Scope: []string{"platform", "language", "subject", "notifiers"}, Engaged: "unknown", Fee: "free"}
}

// openDispute tries to open the route and gives its error.
func (l *live) openDispute() error {
	l.t.Helper()
	_, err := l.s.OpenTrack(context.Background(), coordinator, l.c, casework.OpenTrackInput{
		Route: "ods", ContactID: "contact_ods", ProviderID: "contact_platform", ItemIDs: []string{l.page}, Reason: "refused_twice",
	})
	return err
}

func (l *live) register(id string, in casework.ContactInput, version int64) {
	l.t.Helper()
	in.Source, in.LastVerified = "https://contact.example", monday
	_, err := l.s.PutContact(context.Background(), coordinator, id, in, version)
	l.ok(err)
	l.settle()
}

// A platform refused notice and complaint: a certified body is asked on the
// case's own decision, complaint and copies; its decision in our favour binds
// nobody, so the page says whether it was carried out.
func TestADisputeFromARefusalToItsOutcome(t *testing.T) {
	t.Parallel()
	l := newAtPlatform(t, asRegistered)
	l.refused()
	l.say("platform", casework.ParticularsInput{Notice: &takedown.NoticeWords{Terms: takedown.Terms{Clause: "artikel 4", VersionOf: monday.AddDate(0, -1, 0)}}}, 0)
	l.consent("ods", "")
	l.about("ods", "contact_platform", body())
	l.lacks("ods", atParticulars, "dispute/scopeFits", "dispute/engaged")
	l.say("ods", casework.ParticularsInput{Dispute: checked()}, 0)
	d := l.on("ods")
	for _, want := range []string{
		"Voorbeeldplatform B.V.", "Wij keken op maandag 22 maart 2027 uw certificering na", "er wordt niets aan de inhoud gedaan",
		"Onze interne klacht daarover is afgewezen.", "deden wij een melding volgens artikel 16 DSA", "in strijd met de voorwaarden van het platform: artikel 4", "bijlage 2. kopie van de melding", "kopie van de interne klacht", "kopie van de beslissing op de klacht",
	} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
	if d.Instrument != "T4b" || len(d.Attachments) != 4 || strings.Contains(d.Text, "ODS-1") {
		t.Errorf("%s with %+v", d.Instrument, d.Attachments)
	}
	l.yes("ods")
	tr := l.track("ods")
	if len(tr.Clocks) != 1 || tr.Clocks[0].Rule != "C8" || tr.Clocks[0].Nature != "legal" || tr.Clocks[0].DueDate != "2027-06-21" {
		t.Fatalf("clocks %+v", tr.Clocks)
	}
	now, err := l.clock.Now(context.Background())
	l.ok(err)
	_, err = l.s.RegisterReply(context.Background(), specialist, casework.ReplyInput{TrackID: l.track("platform").ID, Kind: "decision", Decision: "upheld", Via: "mail", ReceivedAt: now})
	l.pointers(err, "/decision")
	l.replied("ods", "decision", "upheld", "Het platform moet dit verwijderen.")
	tr = l.track("ods")
	follow := slices.IndexFunc(tr.Clocks, func(c casework.ClockView) bool { return c.Rule == "P6" && c.Status == "running" })
	if follow < 0 || tr.Clocks[follow].Nature != "policy" || tr.WaitsFor == nil || tr.WaitsFor.State != "AwaitReply" {
		t.Fatalf("waits for %+v, clocks %+v", tr.WaitsFor, tr.Clocks)
	}
	l.pages.shows(404, "")
	l.pass(15 * 24 * time.Hour)
	l.pass(2 * time.Hour)
	if tr = l.track("ods"); tr.Outcome != "removed" || tr.Rungs[0].Ending != "done" {
		t.Errorf("ended %s: %+v", tr.Outcome, tr.Rungs)
	}
}

// submitted is a platform that refused, and a dispute that lies with the body.
func submitted(t *testing.T) *live {
	t.Helper()
	l := newAtPlatform(t, asRegistered)
	l.refused()
	l.consent("ods", "")
	l.about("ods", "contact_platform", body())
	l.say("ods", casework.ParticularsInput{Dispute: checked()}, 0)
	l.yes("ods")
	return l
}

// A decision in our favour that the platform does not carry out leads on, and
// the record says so.
func TestADecisionThatThePlatformDoesNotCarryOut(t *testing.T) {
	t.Parallel()
	l := submitted(t)
	l.replied("ods", "decision", "upheld", "Het platform moet dit verwijderen.")
	l.pass(15 * 24 * time.Hour)
	tr := l.track("ods")
	if tr.Rungs[0].Ending != "no_effect" || len(tr.Rungs) != 2 || tr.Rungs[1].Rung != "ods.consider" {
		t.Errorf("rungs %+v", tr.Rungs)
	}
}

// The body keeps silent for its 90 days, or decides for the platform: a person
// considers what follows. The 90 days may be 180, and no more.
func TestABodyThatKeepsSilentOrDecidesForThePlatform(t *testing.T) {
	t.Parallel()
	for _, decides := range []bool{true, false} {
		l, ctx := submitted(t), context.Background()
		clock, ending := l.track("ods").Clocks[0].ID, "refused"
		if decides {
			l.replied("ods", "decision", "refused", "Het platform hoefde dit niet te verwijderen.")
		} else {
			_, err := l.s.ExtendClock(ctx, adviser, clock, casework.ExtensionInput{Until: monday.AddDate(0, 0, 200), Reason: "complex_case"})
			l.pointers(err, "/until")
			_, err = l.s.ExtendClock(ctx, adviser, clock, casework.ExtensionInput{Until: monday.AddDate(0, 0, 120), Reason: "complex_case"})
			l.ok(err)
			l.pass(100 * 24 * time.Hour)
			if tr := l.track("ods"); tr.Rungs[0].Ending != "" {
				t.Fatalf("it ended within the longer time: %+v", tr.Rungs)
			}
			l.pass(21 * 24 * time.Hour)
			ending = "silence"
		}
		tr := l.track("ods")
		if tr.Rungs[0].Ending != ending || len(tr.Rungs) != 2 || tr.Rungs[1].Rung != "ods.consider" {
			t.Errorf("rungs %+v", tr.Rungs)
		}
	}
}

// What the route needs is named when it is opened: an online platform that is
// not small, its refusal, a body with a certificate in force, the person's yes.
func TestADisputeNeedsARefusalByAPlatformAndACertifiedBody(t *testing.T) {
	t.Parallel()
	l := newAtPlatform(t, func(in *casework.ContactInput) { in.MicroOrSmall = true })
	in := body()
	in.Award = nil
	l.register("contact_ods", in, 0)
	err := l.openDispute()
	l.kind(err, takedown.Conflict)
	for _, gate := range []string{"online_platform", "platform_decision", "certified_body", "consent:ods"} {
		if !strings.Contains(err.Error(), gate) {
			t.Errorf("%s is not among what is missing: %v", gate, err)
		}
	}

	l = newAtPlatform(t, asRegistered)
	l.refused()
	l.consent("ods", "")
	in = body()
	in.Award.Since, in.Award.Until = monday.AddDate(-5, 0, 0), monday.Add(-time.Hour) // over
	l.register("contact_ods", in, 0)
	err = l.openDispute()
	l.kind(err, takedown.Conflict)
	if !strings.Contains(err.Error(), "[certified_body]") {
		t.Errorf("missing: %v", err)
	}
	l.register("contact_ods", body(), 1)
	l.ok(l.openDispute())
	l.settle()
	l.pointers(l.openDispute(), "/itemIds/0")
}

// A dispute goes to a dispute body and a dispute body gets nothing else; without
// a platform there is none.
func TestWhoGetsADispute(t *testing.T) {
	t.Parallel()
	l, ctx := newAtPlatform(t, asRegistered), context.Background()
	l.register("contact_ods", body(), 0)
	open := func(route, contact, provider string) error {
		_, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: route, ContactID: contact, ProviderID: provider, ItemIDs: []string{l.page}, Reason: "by_hand"})
		return err
	}
	l.pointers(open("ods", "contact_platform", "contact_platform"), "/contactId")
	l.pointers(open("erasure", "contact_ods", ""), "/contactId")
	l.pointers(open("ods", "contact_ods", ""), "/providerId")
}

// An approved dispute does not leave when the certificate ended meanwhile, and
// a held one waits.
func TestADisputeIsHeldAndItsBodyMustStayCertified(t *testing.T) {
	t.Parallel()
	l, ctx := newAtPlatform(t, asRegistered), context.Background()
	l.refused()
	l.consent("ods", "")
	l.about("ods", "contact_platform", body())
	l.say("ods", casework.ParticularsInput{Dispute: checked()}, 0)
	l.ok(l.s.ActOnTrack(ctx, coordinator, l.track("ods").ID, "hold", casework.TrackActInput{Reason: "talks_with_the_platform"}))
	l.settle()
	if tr := l.track("ods"); tr.Status != "held" || tr.WaitsFor.State != "AwaitDate" {
		t.Fatalf("%s, %+v", tr.Status, tr.WaitsFor)
	}
	over := body()
	over.Award.Until = monday.Add(time.Minute)
	l.register("contact_ods", over, 1)
	l.ok(l.s.ActOnTrack(ctx, coordinator, l.track("ods").ID, "resume", casework.TrackActInput{Reason: "no_result"}))
	l.settle()
	l.yes("ods")
	tr := l.track("ods")
	if tr.WaitsFor == nil || tr.WaitsFor.State != "AwaitGate" || !slices.Contains(tr.WaitsFor.Why, "certified_body") || tr.WaitsFor.Whose != "specialist" {
		t.Errorf("waits for %+v", tr.WaitsFor)
	}
}

// A mandate for just this is named and enclosed; one for something else is not.
func TestADisputeOnAMandate(t *testing.T) {
	t.Parallel()
	for _, own := range []bool{true, false} {
		l := newAtPlatform(t, asRegistered)
		l.refused()
		mandate := l.mandate([]byte("a signed mandate, scanned"))
		if own {
			l.consent("ods", mandate)
		} else {
			l.consent("erasure", mandate)
			l.consent("ods", "")
		}
		l.about("ods", "contact_platform", body())
		l.say("ods", casework.ParticularsInput{Dispute: checked()}, 0)
		if d := l.on("ods"); strings.Contains(d.Text, mandate) != own || strings.Contains(d.Text, "namens de betrokkene") != own {
			t.Errorf("mandate for it: %v\n%s", own, d.Text)
		}
		l.yes("ods")
	}
}

// Without an internal complaint, and with one that nobody decided on, the body
// is told just that (art. 21(1) DSA).
func TestADisputeBeforeTheComplaintIsDecided(t *testing.T) {
	t.Parallel()
	l := newAtPlatform(t, asRegistered)
	l.yes("platform")
	l.replied("platform", "decision", "refused", "Wij verwijderen dit niet.")
	l.consent("ods", "")
	l.about("ods", "contact_platform", body())
	l.say("ods", casework.ParticularsInput{Dispute: checked()}, 0)
	if d := l.on("ods"); !strings.Contains(d.Text, "Wij hebben geen interne klacht ingediend.") {
		t.Errorf("says something of a complaint:\n%s", d.Text)
	}
	l.consent("complaint_art20", "")
	l.settle()
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.settle()
	l.yes("platform")
	l.say("ods", casework.ParticularsInput{Dispute: checked()}, 1)
	d := l.on("ods")
	if !strings.Contains(d.Text, "zagen wij nog geen beslissing. De klacht is van") {
		t.Errorf("does not tell that the complaint is open:\n%s", d.Text)
	}
	l.yes("ods")
}

// A second body is told nothing else, but whoever approves hears that the
// platform may refuse what was resolved.
func TestASecondDisputeIsPointedOut(t *testing.T) {
	t.Parallel()
	l, ctx := newAtPlatform(t, asRegistered), context.Background()
	l.refused()
	l.consent("ods", "")
	l.about("ods", "contact_platform", body())
	l.say("ods", casework.ParticularsInput{Dispute: checked()}, 0)
	l.yes("ods")
	l.replied("ods", "decision", "refused", "Wij nemen dit niet aan.")
	first := l.track("ods")
	l.ok(l.s.ActOnTrack(ctx, coordinator, first.ID, "stop", casework.TrackActInput{Reason: "another_body"}))
	l.settle()
	other := body()
	other.LegalName = "Ander Voorbeeldorgaan"
	l.register("contact_other", other, 0)
	id, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "ods", ContactID: "contact_other", ProviderID: "contact_platform", ItemIDs: []string{l.page}, Reason: "another_body"})
	l.ok(err)
	l.settle()
	tr, err := l.s.GetTrack(ctx, auditor, id)
	l.ok(err)
	d, err := l.s.GetDocument(ctx, specialist, tr.Document.ID)
	l.ok(err)
	if !slices.ContainsFunc(d.Findings, func(f casework.Finding) bool { return f.Code == "submitted_before" && !f.Blocking }) {
		t.Errorf("findings %+v", d.Findings)
	}
}
