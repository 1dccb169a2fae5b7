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

// waits are the reasons for which the hoster's track waits at a gate.
func (l *live) waits() []string {
	l.t.Helper()
	tr := l.track("hoster")
	if tr.WaitsFor == nil || tr.WaitsFor.State != "AwaitGate" {
		l.t.Fatalf("the track is %s and waits for %+v", tr.Status, tr.WaitsFor)
	}
	return tr.WaitsFor.Why
}

// align records what the police said on the live case.
func (l *live) align(in casework.AlignmentInput) error {
	l.t.Helper()
	a, err := l.s.GetAlignment(context.Background(), coordinator, l.c)
	l.ok(err)
	_, err = l.s.PutAlignment(context.Background(), coordinator, l.c, in, a.Version)
	l.settle()
	return err
}

// authorise answers for the person of the live case.
func (l *live) authorise(action string, in casework.ConsentInput) {
	l.t.Helper()
	ctx := context.Background()
	v, err := l.s.GetCase(ctx, coordinator, l.c)
	l.ok(err)
	version := int64(0)
	if have, err := l.s.GetConsent(ctx, coordinator, l.c, v.People[0].ID, action); err == nil {
		version = have.Version
	}
	in.Date = monday
	_, err = l.s.PutConsent(ctx, coordinator, l.c, v.People[0].ID, action, in, version)
	l.ok(err)
	l.settle()
}

// reassess puts the assessment of the live case's page anew, changed.
func (l *live) reassess(change func(*casework.AssessmentInput)) error {
	l.t.Helper()
	ctx := context.Background()
	a, err := l.s.GetAssessment(ctx, specialist, l.c, l.page)
	l.ok(err)
	in := a.AssessmentInput
	change(&in)
	_, err = l.s.PutAssessment(ctx, specialist, l.c, l.page, in, a.Version)
	l.settle()
	return err
}

func (l *live) decide(who takedown.Principal, kind, choice string) error {
	l.t.Helper()
	_, err := l.s.Decide(context.Background(), who, l.c, casework.CaseDecisionInput{Kind: kind, Choice: choice, Pros: "sealed-pros"})
	l.settle()
	return err
}

// newMissing opens a case on which nothing was done yet, with a track that a
// person would open by hand.
func newMissing(t *testing.T, categories ...string) *live {
	t.Helper()
	l := newIdle(t, asItIs)
	_, err := l.s.PutContact(context.Background(), coordinator, "contact_hoster", hosterInput("abuse@host.example"), 0)
	l.ok(err)
	l.settings(func(*casework.SettingsInput) {})
	in := caseInput(forumURL)
	in.Items[0].DataCategories = categories
	opened := l.open(in)
	l.c, l.page = opened.Case, opened.Items[0].Item
	l.settle()
	return l
}

// The gates are asked for in one order: safety, evidence, assessment, the
// person's yes, our own pages, the police (domain.md §9.1). A route that a person
// opens by hand skips none of them.
//
// Requirement: S2-8, S0-16, S0-13
func TestGatesStandInTheirOrder(t *testing.T) {
	t.Parallel()
	l := newMissing(t, "home_address", "photo")
	_, err := l.s.OpenTrack(context.Background(), coordinator, l.c, casework.OpenTrackInput{Route: "hoster", ContactID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "by_hand"})
	l.kind(err, takedown.Conflict)
	at := 0
	for _, want := range []string{"triage", "evidence:", "assessment:", "consent:notice:", "decision:own_sources", "alignment_not_asked", "site_operator_attempt"} {
		i := strings.Index(err.Error()[at:], want)
		if i < 0 {
			t.Fatalf("%s does not follow in %v", want, err)
		}
		at += i + len(want)
	}
}

// A police report goes to those who judge safety: it waits for no triage of ours.
func TestAReportWaitsForNoTriage(t *testing.T) {
	t.Parallel()
	l, ctx := newMissing(t, "home_address"), context.Background()
	_, err := l.s.PutContact(ctx, coordinator, "contact_police", casework.ContactInput{
		Kind: "police_unit", LegalName: "Politie, eenheid Voorbeeld", Country: "NL", Languages: []string{"nl"}, Source: "https://politie.example",
		Channels: []takedown.Channel{{Kind: "police", Address: "loket", Purpose: "order"}}, LastVerified: monday,
	}, 0)
	l.ok(err)
	_, err = l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "police_report", ContactID: "contact_police", ItemIDs: []string{l.page}, Reason: "by_hand"})
	l.kind(err, takedown.Conflict)
	if strings.Contains(err.Error(), "triage") || !strings.Contains(err.Error(), "evidence") {
		t.Error(err)
	}
}

// The police ask to leave it online: everything that would take it down waits
// until that day, also what was approved before, and nobody lifts it for them.
// After the day it goes on by itself.
//
// Requirement: S0-13
func TestWhatThePoliceWantOnlineStaysOnline(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = true })
	l.attempt()
	l.approve()
	until := monday.Add(72 * time.Hour)
	l.pointers(l.align(casework.AlignmentInput{Status: "not_suspected", Reason: "no_offence", LeaveOnlineUntil: until}), "/leaveOnlineUntil")
	l.ok(l.align(casework.AlignmentInput{Status: "answered", LeaveOnlineUntil: until}))
	l.settings(func(in *casework.SettingsInput) { in.KillSwitch = false })
	l.at("AwaitGate", "police_ask_to_leave_online")
	for _, in := range []casework.AlignmentInput{
		{Status: "asked"}, {Status: "asked", LeaveOnlineUntil: until}, {Status: "not_suspected", Reason: "no_offence"}, {Status: "not_wanted", Reason: "not_wanted"},
	} {
		l.ok(l.align(in))
		if why := l.waits(); !slices.Contains(why, "police_ask_to_leave_online") {
			t.Errorf("after %s it waits for %v", in.Status, why)
		}
	}
	l.pass(25 * time.Hour)
	l.mails(0, 0)
	l.pass(48 * time.Hour)
	l.mails(1, 1)
}

// A complaint or a delisting asks for the same as a notice, and waits as it does.
func TestAComplaintWaitsForThePoliceToo(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	l.approve()
	l.replied("hoster", "decision", "refused", "")
	l.ok(l.align(casework.AlignmentInput{Status: "answered", LeaveOnlineUntil: monday.Add(72 * time.Hour)}))
	l.consent("delisting", l.mandate([]byte("signed")))
	engine := authority("Zoekmachine Voorbeeld", "search_engine")
	engine.Source, engine.LastVerified = "https://zoek.example", monday
	_, err := l.s.PutContact(context.Background(), coordinator, "contact_search", engine, 0)
	l.ok(err)
	_, err = l.s.OpenTrack(context.Background(), coordinator, l.c, casework.OpenTrackInput{Route: "delisting", ContactID: "contact_search", ItemIDs: []string{l.page}, Reason: "by_hand"})
	l.kind(err, takedown.Conflict)
	if !strings.Contains(err.Error(), "police_ask_to_leave_online") {
		t.Error(err)
	}
}

// Silence of the police holds a notice for their time and no longer, whoever
// records what; contact with the poster it holds for ever.
//
// Requirement: S0-13
func TestSilenceHoldsNoNoticeBeyondItsClock(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.ok(l.align(casework.AlignmentInput{Status: "asked"}))
	l.attempt()
	l.at("AwaitGate", "awaiting_police")
	l.pass(23 * time.Hour)
	l.at("AwaitGate", "awaiting_police")
	l.pass(time.Hour + time.Second)
	l.at("AwaitApproval", "approval")
	_, err := l.s.RecordAttempt(context.Background(), specialist, l.c, casework.AttemptInput{Role: "poster", Channel: "mail", At: monday, Result: "no_answer"})
	l.kind(err, takedown.Conflict)
}

// While the addressee's mail server puts us off, consent is withdrawn: the next
// attempt sends nothing, and goes on when it is given again.
//
// Requirement: S0-16
func TestAWithdrawnConsentStopsTheNextAttempt(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	l.mail.says(casework.MailTemporary, casework.MailTemporary)
	l.approve()
	l.mails(1, 0)
	l.authorise("notice", casework.ConsentInput{Status: "withdrawn", Channel: "phone"})
	for range 6 {
		l.pass(time.Hour)
	}
	l.at("AwaitGate", "consent:notice")
	l.mails(1, 0)
	l.authorise("notice", casework.ConsentInput{Status: "given", TextShown: "v1", Channel: "phone"})
	for range 6 {
		l.pass(time.Hour)
	}
	l.at("AwaitReply", "reply")
	if a, sent := l.mail.counts(); sent != 1 || a > 4 {
		t.Errorf("%d attempts, %d sent", a, sent)
	}
	if d := l.document(); d.LastDispatch.No != 1 {
		t.Errorf("the dispatch has number %d", d.LastDispatch.No)
	}
}

// A mandate counts for the act and the person that it was given for, while it
// is valid.
//
// Requirement: S0-16
func TestAMandateIsForOneActOfOnePerson(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	controller := authority("Voorbeeldforum BV", "site_operator")
	controller.ServiceKind, controller.Source, controller.LastVerified = "hosting", "https://forum.example", monday
	_, err := l.s.PutContact(ctx, coordinator, "contact_controller", controller, 0)
	l.ok(err)
	open := func() error {
		_, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "erasure", ContactID: "contact_controller", ItemIDs: []string{l.page}, Reason: "by_hand"})
		return err
	}
	refused := func(code string) {
		t.Helper()
		err := open()
		l.kind(err, takedown.Conflict)
		if !strings.Contains(err.Error(), code) {
			t.Errorf("%s is not in %v", code, err)
		}
	}
	mandate := l.mandate([]byte("signed"))
	l.consent("delisting", mandate) // of another act
	l.authorise("erasure", casework.ConsentInput{Status: "given", TextShown: "v1", Channel: "phone"})
	refused("mandate:erasure")
	l.authorise("erasure", casework.ConsentInput{Status: "given", TextShown: "v1", Channel: "phone", Mandate: mandate, ValidUntil: monday.Add(time.Hour)})
	l.pass(2 * time.Hour)
	refused("mandate:erasure")
	l.authorise("erasure", casework.ConsentInput{Status: "given", TextShown: "v1", Channel: "phone", Mandate: mandate})
	l.join("somebody else") // who signed nothing
	refused("mandate:erasure")
}
