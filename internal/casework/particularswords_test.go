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

// What only a person can say for a notice stands in it: a clause of the terms
// with its version, new harm; and it is sealed at rest.
func TestANoticeSaysWhatAPersonAdded(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	track := l.track("hoster").ID
	version := int64(0)
	say := func(in takedown.NoticeWords) error {
		v, err := l.s.PutParticulars(ctx, specialist, track, casework.ParticularsInput{Notice: &in}, version)
		if err == nil {
			version = v.Version
		}
		return err
	}
	l.pointers(say(takedown.NoticeWords{
		Terms: takedown.Terms{Clause: "regel 4"}, NewHarm: []string{"angst"}, Grounds: []string{"visible"}, Missed: &takedown.Missed{Item: "item_none", Locator: "page:2"},
	}), "/notice/termsVersion", "/notice/newHarm/0", "/notice/complaintGrounds/0", "/notice/missed", "/notice/missed/itemId", "/notice/missed/locator")
	clause := "artikel 4.2 van de gebruiksvoorwaarden"
	l.ok(say(takedown.NoticeWords{Terms: takedown.Terms{Clause: clause, VersionOf: monday.AddDate(0, -1, 0)}}))
	l.settle()
	if d := l.document(); !strings.Contains(d.Text, clause) || slices.ContainsFunc(d.Findings, func(f casework.Finding) bool { return f.Code == "lint" }) {
		t.Fatalf("the clause of the terms is read as a provision, or left out: %+v\n%s", d.Findings, d.Text)
	}
	l.ok(say(takedown.NoticeWords{}))
	l.settle()
	l.approve()
	l.mails(1, 1)
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.pass(22 * 24 * time.Hour)
	if d := l.document(); d.Instrument != "T3" || strings.Contains(d.Text, "De gegevens zijn verder verspreid.") {
		t.Fatalf("%s:\n%s", d.Instrument, d.Text)
	}
	l.ok(say(takedown.NoticeWords{Terms: takedown.Terms{Clause: "sealed-clause", VersionOf: monday.AddDate(0, -1, 0)}, NewHarm: []string{"spread"}}))
	l.settle()
	if d := l.document(); !strings.Contains(d.Text, "De gegevens zijn verder verspreid.") {
		t.Errorf("the new harm does not stand in:\n%s", d.Text)
	}
	l.absent("sealed-clause")
}

// A complaint tells the reason that was given, and what the decision passes
// over; the reason may be added to an answer that was classified before.
//
// Requirement: S4-22
func TestAComplaintAnswersTheReasonGiven(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("complaint_art20", "")
	in := hosterInput("abuse@platform.example")
	in.Kind, in.LegalName, in.ServiceKind, in.Hosts, in.FollowsNTDCode = "platform", "Voorbeeldplatform Ltd.", "online_platform", []string{"platform.example"}, false
	_, err := l.s.PutContact(ctx, coordinator, "contact_platform", in, 0)
	l.ok(err)
	_, err = l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "platform", ContactID: "contact_platform", ItemIDs: []string{l.page}, Reason: "by_hand"})
	l.ok(err)
	l.settle()
	l.yes("platform")
	now, err := l.clock.Now(ctx)
	l.ok(err)
	refusal := casework.ReplyInput{TrackID: l.track("platform").ID, Kind: "decision", Decision: "removed", Reason: "not_found", Via: "mail", ReceivedAt: now}
	_, err = l.s.RegisterReply(ctx, specialist, refusal)
	l.pointers(err, "/reason")
	refusal.Decision, refusal.Reason = "refused", ""
	reply, err := l.s.RegisterReply(ctx, specialist, refusal)
	l.ok(err)
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.settle()
	rungs := len(l.track("platform").Rungs)
	l.ok(l.s.ClassifyReply(ctx, specialist, reply, casework.ClassificationInput{Kind: "decision", Decision: "refused", Reason: "not_against_terms"}))
	l.settle()
	l.say("platform", casework.ParticularsInput{Notice: &takedown.NoticeWords{
		Grounds: []string{"terms_only", "facts_missed"}, Missed: &takedown.Missed{Item: l.page, Locator: "comment:3"},
	}}, 0)
	d := l.on("platform")
	if d.Instrument != "T4" || len(l.track("platform").Rungs) != rungs {
		t.Fatalf("%s after %d rungs, then %d", d.Instrument, rungs, len(l.track("platform").Rungs))
	}
	for _, want := range []string{"de inhoud is volgens u niet in strijd met uw voorwaarden", "Uw beslissing gaat niet in op wat in onderdeel 1 staat, reactie 3 onder het bericht.", "U toetste aan uw voorwaarden."} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
}

// A freeze claims what somebody said: which data may be lost, why it cannot
// wait, that an account often does so.
func TestAFreezeClaimsWhatSomebodySaid(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.settings(func(in *casework.SettingsInput) { in.Organisation.Kind = "police" })
	l.consent("freeze", "")
	l.secrecy()
	l.about("freeze", "contact_hoster", policeDesk())
	d := l.on("freeze")
	got := lacking(d)
	for _, want := range []string{"freeze/haste", "freeze/volatile"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is claimed by nobody, and the text lacks only %v", want, got)
		}
	}
	if strings.Contains(d.Text, "de plaatser kan de berichten of accounts wissen") || strings.Contains(d.Text, "loggegevens") {
		t.Errorf("claims what nobody said:\n%s", d.Text)
	}
	_, err := l.s.PutParticulars(ctx, adviser, l.track("freeze").ID, casework.ParticularsInput{Freeze: &takedown.Freeze{
		Measure: "ban", Volatile: []string{"hats"}, Breach: "rude", Haste: "now", Repeats: 1,
	}}, 0)
	l.pointers(err, "/freeze/measure", "/freeze/volatile/0", "/freeze/breach", "/freeze/haste", "/freeze/repeats")
	l.say("freeze", casework.ParticularsInput{Freeze: &takedown.Freeze{Volatile: []string{"logs"}, Haste: "provider_deletes", Breach: "repeated"}}, 0)
	d = l.on("freeze")
	for _, want := range []string{"loggegevens", "de aanbieder bewaart zulke gegevens volgens ons niet lang", "de gegevens worden telkens opnieuw geplaatst"} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
	if got := lacking(d); slices.Contains(got, "freeze/haste") || slices.Contains(got, "freeze/volatile") {
		t.Errorf("still lacks %v", got)
	}
}

// A report is the one that was named, or the only one to be made; of several
// nobody guesses. It asks what the case gives reason to, and tells what a
// person added.
//
// Requirement: S0-19a
func TestAReportIsTheOneThatWasNamed(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("police_report", "")
	l.secrecy()
	seen := monday.Add(-time.Hour)
	l.ok(l.s.PatchItem(ctx, specialist, l.c, l.page, casework.ItemPatch{FirstSeenAt: &seen}, l.item(l.c, 0).Version))
	c, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	for id, in := range map[string]casework.PoliceReportInput{
		"report_een":  {Kind: "aangifte", By: "employer", Offences: []string{"285d"}, VPTRequested: true},
		"report_twee": {Kind: "melding", By: "affected", Person: c.People[0].ID, Offences: []string{"285d"}, VPTRequested: true},
	} {
		_, err := l.s.PutPoliceReport(ctx, coordinator, l.c, id, in, 0)
		l.ok(err)
	}
	d := l.reportOn(l.page)
	if got := lacking(d); !slices.Contains(got, "reports") {
		t.Fatalf("one of two is taken: lacks %v", got)
	}
	bad := casework.ParticularsInput{Report: &takedown.ReportWords{Report: "report_drie", Events: []takedown.EventWords{{Source: "gossip", Evidence: []string{"evidence_none"}}}}}
	_, err = l.s.PutParticulars(ctx, adviser, l.track("police_report").ID, bad, 0)
	l.pointers(err, "/report/reportId", "/report/events/0/at", "/report/events/0/text", "/report/events/0/source", "/report/events/0/evidenceIds/0")
	words := takedown.ReportWords{Report: "report_twee", Events: []takedown.EventWords{{At: seen, Text: "sealed-event aan de deur", Source: "reported_to_us"}}}
	l.say("police_report", casework.ParticularsInput{Report: &words}, 0)
	d = l.on("police_report")
	complete(t, d)
	for _, want := range []string{"De betrokkene doet zelf melding.", "Melder is de betrokkene (A1 in bijlage A).", "sealed-event aan de deur. Bron: aan ons gemeld.", "(artikel 125p", "Laat ons weten of wij om verwijdering kunnen vragen"} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
	if strings.Contains(d.Text, "opsporingsonderzoek") {
		t.Error("a melding asks for an investigation")
	}
	l.absent("sealed-event")
	words.Report = "report_een"
	l.say("police_report", casework.ParticularsInput{Report: &words}, 1)
	a, err := l.s.GetAlignment(ctx, coordinator, l.c)
	l.ok(err)
	_, err = l.s.PutAlignment(ctx, coordinator, l.c, casework.AlignmentInput{Status: "answered", MayNotify: true, Preservation: "refused"}, a.Version)
	l.ok(err)
	l.settle()
	d = l.on("police_report")
	if !strings.Contains(d.Text, "Stel een opsporingsonderzoek in.") || strings.Contains(d.Text, "126ni") || strings.Contains(d.Text, "Laat ons weten of wij om verwijdering kunnen vragen") {
		t.Errorf("asks what was answered:\n%s", d.Text)
	}
}
