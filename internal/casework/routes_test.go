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

// TestOneTicketForTheWholeExchange: an addressee may answer a notice and its
// reminder under one ticket.
func TestOneTicketForTheWholeExchange(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	in := hosterInput("")
	in.Channels = []takedown.Channel{{Kind: "form", Address: "https://host.example/melden", Purpose: "notice"}}
	in.Form = &takedown.Form{URL: "https://host.example/melden", Fields: []takedown.FormField{{Name: "uitleg", Limit: 9000}}}
	_, err := l.s.PutContact(ctx, coordinator, "contact_hoster", in, 1)
	l.ok(err)
	l.attempt()
	var last string
	for range 2 {
		l.approve()
		now, err := l.clock.Now(ctx)
		l.ok(err)
		last = l.document().ID
		l.ok(l.s.FileDocument(ctx, specialist, last, casework.FilingInput{FiledAt: now, Ticket: "T-1", Proof: l.filingProof(l.c, l.page, now)}))
		l.settle()
		l.at("AwaitReply", "reply")
		l.pages.shows(200, "<p>Sealedstraat 1</p>")
		if l.document().Instrument == "T1" {
			l.pass(22 * 24 * time.Hour)
		}
	}
	_, err = l.s.RegisterReply(ctx, specialist, casework.ReplyInput{ContactID: "contact_hoster", Ticket: "T-1", Kind: "acknowledgement", Via: "mail", ReceivedAt: l.now()})
	l.ok(err)
	history, err := l.s.CaseHistory(ctx, auditor, l.c, "", 200)
	l.ok(err)
	about := slices.ContainsFunc(history.Items, func(e casework.EntryView) bool {
		return e.Act == "reply.registered" && slices.Contains(e.IDs, last)
	})
	if !about {
		t.Errorf("the reply is not about %s", last)
	}
}

// Requirement: S1-12
func TestARouteOpenedByHandAsksNothingTwice(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	_, err := l.s.PutContact(ctx, coordinator, "contact_police", casework.ContactInput{
		Kind: "police_unit", LegalName: "Politie, eenheid Voorbeeld", Country: "NL", Languages: []string{"nl"}, Source: "https://politie.example",
		Channels: []takedown.Channel{{Kind: "police", Address: "loket", Purpose: "order"}}, LastVerified: monday,
	}, 0)
	l.ok(err)
	for _, c := range []struct {
		in   casework.OpenTrackInput
		want []string
	}{
		{casework.OpenTrackInput{Route: "hoster", ContactID: "contact_hoster", ItemIDs: []string{l.page}}, []string{"/itemIds/0"}},
		{casework.OpenTrackInput{Route: "platform", ContactID: "contact_hoster", ItemIDs: []string{l.page, l.page}}, []string{"/itemIds/1"}},
		{casework.OpenTrackInput{Route: "hoster", ContactID: "contact_police", ItemIDs: []string{l.page}}, []string{"/contactId"}},
		{casework.OpenTrackInput{Route: "legal_order", ContactID: "contact_hoster", ItemIDs: []string{l.page}}, []string{"/contactId"}},
	} {
		c.in.Reason = "by_hand"
		_, err := l.s.OpenTrack(ctx, coordinator, l.c, c.in)
		l.pointers(err, c.want...)
	}
	l.ok(l.s.ActOnTrack(ctx, coordinator, l.track("hoster").ID, "stop", casework.TrackActInput{Reason: "start_again"}))
	l.settle()
	_, err = l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "hoster", ContactID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "by_hand"})
	l.ok(err)
	l.settle()
}

// The court is open while a notice runs: a summons asks that the police allowed
// contact with the poster, that somebody decided it, and the person's yes; it
// asks for no notice, reminder or report before it.
//
// Requirement: S1-13, S4-15, S4-22
func TestTheCourtIsOpenAtAnyStage(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	_, err := l.s.PutContact(ctx, coordinator, "contact_lawyer", casework.ContactInput{
		Kind: "site_operator", LegalName: "Beheerder Voorbeeld", Country: "NL", Languages: []string{"nl"}, Source: "https://forum.example",
		Channels: []takedown.Channel{{Kind: "mail", Address: "beheer@forum.example", Purpose: "notice"}}, LastVerified: monday,
	}, 0)
	l.ok(err)
	open := func() (string, error) {
		return l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "civil", ContactID: "contact_lawyer", ItemIDs: []string{l.page}, Reason: "summons"})
	}
	_, err = open()
	l.kind(err, takedown.Conflict)
	for _, gate := range []string{"poster_contact_not_allowed", "decision", "consent:sommatie"} {
		if !strings.Contains(err.Error(), gate) {
			t.Errorf("%s is not among what is missing: %v", gate, err)
		}
	}
	a, err := l.s.GetAlignment(ctx, coordinator, l.c)
	l.ok(err)
	_, err = l.s.PutAlignment(ctx, coordinator, l.c, casework.AlignmentInput{Status: "answered", MayNotify: true, PosterContact: "allowed"}, a.Version)
	l.ok(err)
	l.consent("sommatie", "")
	_, err = l.s.Decide(ctx, coordinator, l.c, casework.CaseDecisionInput{Kind: "reply_to_sender", Choice: "yes", Pros: "the rumours are wrong"})
	l.ok(err)
	l.at("AwaitGate", "site_operator_attempt") // the notice has not even left
	_, err = open()
	l.ok(err)
	l.settle()
	if rungs := l.track("civil").Rungs; len(rungs) != 1 || rungs[0].Rung != "civil.summons" {
		t.Errorf("rungs %+v", rungs)
	}
}

// A police employer asks its own desk to freeze an account; every other one
// asks the officer who handles its report.
//
// Requirement: S2-10, S2-26
func TestOnlyAPoliceEmployerAsksAPoliceDeskForAFreeze(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	_, err := l.s.PutContact(ctx, coordinator, "contact_desk", casework.ContactInput{
		Kind: "police_unit", LegalName: "Politie, interceptiedesk eenheid Voorbeeld", Country: "NL", Languages: []string{"nl"}, Source: "https://politie.example",
		Channels: []takedown.Channel{{Kind: "police", Address: "loket", Purpose: "order"}}, LastVerified: monday,
	}, 0)
	l.ok(err)
	l.consent("freeze", "")
	open := func() error {
		_, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "freeze", ContactID: "contact_desk", ProviderID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "freeze_account"})
		return err
	}
	l.secrecy()
	for range 2 { // asked for twice, it is one task
		err := open()
		l.kind(err, takedown.Conflict)
		if !strings.Contains(err.Error(), "ask_handling_officer") {
			t.Errorf("the refusal names no task: %v", err)
		}
	}
	tasks := l.openTasks(l.c, "ask_handling_officer")
	if len(tasks) != 1 || tasks[0].Owner != "liaison" || tasks[0].Reason != "freeze" || tasks[0].Subject != "contact_hoster" {
		t.Fatalf("tasks %+v", tasks)
	}
	if list, err := l.s.ListTracks(ctx, auditor, l.c); err != nil || len(list) != 1 {
		t.Errorf("%d tracks, %v", len(list), err)
	}
	l.ok(l.s.CompleteTask(ctx, liaison, tasks[0].ID, casework.TaskCompletion{Reason: "asked_by_phone"}))
	l.settings(func(in *casework.SettingsInput) { in.Organisation.Kind = "police" })
	l.ok(open())
	l.settle()
	tr := l.track("freeze")
	if len(tr.Rungs) != 1 || tr.Rungs[0].Rung != "freeze.police" || tr.Document == nil {
		t.Fatalf("rungs %+v, waits for %+v", tr.Rungs, tr.WaitsFor)
	}
	d, err := l.s.GetDocument(ctx, adviser, tr.Document.ID)
	l.ok(err)
	if d.Instrument != "T8b" || d.Recipients[0].Kind != "police" {
		t.Errorf("%s to %+v", d.Instrument, d.Recipients)
	}
	_, err = l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "hoster", ContactID: "contact_desk", ItemIDs: []string{l.page}, Reason: "by_hand"})
	l.pointers(err, "/contactId")
}
