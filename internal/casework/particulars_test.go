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

// authority is somebody who is told of another's conduct.
func authority(name, kind string) casework.ContactInput {
	return casework.ContactInput{
		Kind: kind, LegalName: name, Country: "NL", Languages: []string{"nl"},
		Channels: []takedown.Channel{{Kind: "mail", Address: "loket@" + strings.ToLower(strings.ReplaceAll(name, " ", "-")) + ".example", Purpose: "notice"}},
	}
}

// about opens a route by hand about somebody and gives its track.
func (l *live) about(route, provider string, in casework.ContactInput) casework.TrackView {
	l.t.Helper()
	ctx := context.Background()
	in.Source, in.LastVerified = "https://contact.example", monday
	contact := "contact_" + strings.ReplaceAll(route, "_", "-")
	_, err := l.s.PutContact(ctx, coordinator, contact, in, 0)
	l.ok(err)
	_, err = l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: route, ContactID: contact, ProviderID: provider, ItemIDs: []string{l.page}, Reason: "by_hand"})
	l.ok(err)
	l.settle()
	return l.track(route)
}

// say records a track's particulars and lets what follows happen.
func (l *live) say(route string, in casework.ParticularsInput, version int64) {
	l.t.Helper()
	_, err := l.s.PutParticulars(context.Background(), adviser, l.track(route).ID, in, version)
	l.ok(err)
	l.settle()
}

// on is the document that a route's track stands at.
func (l *live) on(route string) casework.DocumentView {
	l.t.Helper()
	tr := l.track(route)
	if tr.Document == nil {
		l.t.Fatalf("%s stands at no document: %s, %+v", route, tr.Status, tr.WaitsFor)
	}
	v, err := l.s.GetDocument(context.Background(), specialist, tr.Document.ID)
	l.ok(err)
	return v
}

// yes approves the document that a route's track stands at.
func (l *live) yes(route string) {
	l.t.Helper()
	d := l.on(route)
	complete(l.t, d)
	l.ok(l.s.DecideDocument(context.Background(), adviser, d.ID, casework.DecisionInput{Decision: "approve", ContentHash: d.ContentHash}))
	got, err := l.s.GetDocument(context.Background(), specialist, d.ID)
	l.ok(err)
	if got.Status != "approved" && got.Status != "delivered" {
		l.t.Errorf("%s is %s", d.Instrument, got.Status)
	}
	l.settle()
}

// lacks fails the test unless a document's blocking findings are of exactly
// these fields, each with a place where it is entered.
func (l *live) lacks(route, where string, fields ...string) {
	l.t.Helper()
	var got []string
	for _, f := range l.on(route).Findings {
		if !f.Blocking || f.Field == "text" { // what the text says badly follows from what it lacks
			continue
		}
		got = append(got, f.Field)
		if !strings.Contains(f.Where, where) && strings.HasPrefix(f.Field, fields[0][:strings.Index(fields[0], "/")]) {
			l.t.Errorf("%s is entered at %q", f.Field, f.Where)
		}
	}
	slices.Sort(got)
	slices.Sort(fields)
	if !slices.Equal(got, fields) {
		l.t.Errorf("lacks %v, want %v", got, fields)
	}
}

const atParticulars = "PUT /v1/tracks/{track}/particulars"

// replied registers an answer to what a track sent last.
func (l *live) replied(route, kind, decision, text string) {
	l.t.Helper()
	now, err := l.clock.Now(context.Background())
	l.ok(err)
	_, err = l.s.RegisterReply(context.Background(), specialist, casework.ReplyInput{TrackID: l.track(route).ID, Kind: kind, Decision: decision, Via: "mail", ReceivedAt: now, Ticket: "VH-1", Text: text})
	l.ok(err)
	l.settle()
}

// A complaint to the coordinator holds what the case knows: the provider, the
// chronology, copies of notice and answers. A person says the rest.
func TestAComplaintToTheCoordinatorFromACase(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	l.approve()
	l.replied("hoster", "decision", "refused", "Wij verwijderen dit niet.")
	l.consent("complaint_art53", "")
	l.about("regulator", "contact_hoster", authority("Autoriteit Voorbeeld", "authority"))
	l.lacks("regulator", atParticulars, "supervision/recipient", "supervision/located", "supervision/use", "supervision/large", "supervision/breaches", "supervision/proceedings")
	l.say("regulator", casework.ParticularsInput{Supervision: &takedown.Supervision{
		Recipient: "account_holder", Located: "established", Use: "reads", Designated: "no", Breaches: []string{"decision"}, Proceedings: []string{"none"},
	}}, 0)
	d := l.on("regulator")
	for _, want := range []string{"Voorbeeldhost B.V.", "bijlage 2. ", "bijlage 3. "} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
	if len(d.Attachments) != 2 || !strings.Contains(d.Text, d.Attachments[0].SHA256) {
		t.Errorf("attachments %+v", d.Attachments)
	}
	l.yes("regulator")
	_, sent := l.mail.counts()
	if sent != 2 {
		t.Errorf("%d mails", sent)
	}
	_, err := l.s.PutParticulars(context.Background(), adviser, l.track("regulator").ID, casework.ParticularsInput{Supervision: &takedown.Supervision{Use: "publishes"}}, 1)
	l.kind(err, takedown.Conflict)
}

// Where a provider takes long with our notices, over all cases, the complaint says
// so in numbers: not of few, and not anew because one more was decided.
func TestAComplaintTellsThePattern(t *testing.T) {
	t.Parallel()
	for decided, says := range map[int]string{4: "", 6: "de laatste 6 meldingen en klachten"} {
		l, ctx := newLive(t), context.Background()
		for n := range decided {
			l.ok(casework.ObservedMessage(ctx, l.s, "contact_hoster", fmt.Sprintf("reply_%d", n), monday, time.Time{}, monday.AddDate(0, 0, 9+n)))
		}
		l.consent("complaint_art53", "")
		l.about("regulator", "contact_hoster", authority("Autoriteit Voorbeeld", "authority"))
		d := l.on("regulator")
		if got := strings.Contains(d.Text, "staat niet op zichzelf"); got != (says != "") || !strings.Contains(d.Text, says) {
			t.Errorf("%d decided:\n%s", decided, d.Text)
		}
		if says != "" && !strings.Contains(d.Text, "12 dagen of langer") { // of 9 to 14 days, at least half took 12 or more
			t.Errorf("the median:\n%s", d.Text)
		}
		l.ok(casework.ObservedMessage(ctx, l.s, "contact_hoster", "reply_more", monday, time.Time{}, monday.AddDate(0, 3, 0)))
		l.ok(l.align(casework.AlignmentInput{Status: "answered", MayNotify: true})) // every track is looked at again
		if now := l.on("regulator"); now.ID != d.ID {
			t.Error("it was drafted anew because of another case")
		}
	}
}

// A complaint to the data protection authority takes the request, its receipt
// and the controller's silence from the erasure track.
//
// Requirement: S1-14
func TestAComplaintToTheDataProtectionAuthorityFromACase(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	mandate := l.mandate([]byte("signed"))
	l.consent("erasure", mandate)
	controller := authority("Voorbeeldforum BV", "site_operator")
	controller.ServiceKind = "hosting"
	request := l.opened("erasure", controller)
	l.yes("erasure")
	l.replied("erasure", "acknowledgement", "", "Ontvangen.")
	l.pass(40 * 24 * time.Hour)
	l.about("supervisor_ap", "contact_erasure", authority("Autoriteit Persoonsgegevens", "authority"))
	l.say("supervisor_ap", casework.ParticularsInput{Infringement: &takedown.Infringement{Breaches: []string{"not_erased"}}}, 0)
	d := l.on("supervisor_ap")
	for _, want := range []string{request.Reference, "Voorbeeldforum BV", "Sealed Name", "bijlage 2. ", "bijlage 4. "} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand in:\n%s", want, d.Text)
		}
	}
	l.yes("supervisor_ap")
}

// Without a request there is nothing to complain of, and every part that is
// missing is a finding.
func TestWhatAComplaintToTheAuthorityLacks(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("erasure", l.mandate([]byte("signed")))
	l.about("supervisor_ap", "contact_hoster", authority("Autoriteit Persoonsgegevens", "authority"))
	l.lacks("supervisor_ap", atParticulars, "infringement/requestAt", "infringement/receivedAt", "infringement/proof", "infringement/answer", "infringement/breaches")
}

// posterMayBeAsked records all that comes before a letter to who posted it.
func (l *live) posterMayBeAsked() {
	l.t.Helper()
	ctx := context.Background()
	a, err := l.s.GetAlignment(ctx, coordinator, l.c)
	l.ok(err)
	_, err = l.s.PutAlignment(ctx, coordinator, l.c, casework.AlignmentInput{Status: "answered", MayNotify: true, PosterContact: "allowed"}, a.Version)
	l.ok(err)
	l.consent("sommatie", "")
	_, err = l.s.Decide(ctx, coordinator, l.c, casework.CaseDecisionInput{Kind: "reply_to_sender", Choice: "yes", Pros: "the rumours are wrong"})
	l.ok(err)
}

// A summons goes through a lawyer who approved it, after the police gate; the
// firm's name is sealed.
//
// Requirement: S4-15, S4-22
func TestASummonsFromACase(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.posterMayBeAsked()
	operator := authority("Beheerder Voorbeeld", "site_operator")
	operator.Channels = append(operator.Channels, takedown.Channel{Kind: "letter", Address: "Postbus 0, 0000 XX Nergenshuizen", Purpose: "notice"}) // registered_letter below
	l.about("civil", "", operator)
	l.lacks("civil", atParticulars, "summons/lawyer", "summons/approved", "summons/identity", "summons/service", "summons/demands")
	l.say("civil", casework.ParticularsInput{Summons: &takedown.Summons{
		Lawyer: "Voorbeeld Advocaten", Approved: true, Identity: "own_statement", Service: "registered_letter", Demands: []string{"remove", "no_repeat"},
	}}, 0)
	v, err := l.s.GetParticulars(ctx, auditor, l.track("civil").ID)
	l.ok(err)
	if v.Version != 1 || !v.WordsSealed || v.Summons.Lawyer != "" || v.Summons.Identity != "own_statement" {
		t.Errorf("%+v of %+v", v.Summons, v)
	}
	if d := l.on("civil"); !strings.Contains(d.Text, "Voorbeeld Advocaten") {
		t.Errorf("the firm does not sign:\n%s", d.Text)
	}
	l.yes("civil")
}

// An erasure request rests on what was weighed; an objection needs its reasons.
func TestFurtherGroundsForErasure(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("erasure", l.mandate([]byte("signed")))
	controller := authority("Voorbeeldforum BV", "site_operator")
	controller.ServiceKind = "hosting"
	first := l.opened("erasure", controller)
	l.say("erasure", casework.ParticularsInput{Erasure: &takedown.Erasure{Officer: "no", Grounds: []string{"unlawful", "objection"}}}, 1)
	l.lacks("erasure", atParticulars, "erasure/objection", "erasure/weighing")
	l.say("erasure", casework.ParticularsInput{Erasure: &takedown.Erasure{Officer: "no", Grounds: []string{"unlawful", "objection"}, Objection: []string{"safety"}, Weighing: []string{"no_debate", "readable_without"}}}, 2)
	d := l.on("erasure")
	if d.ID == first.ID || !strings.Contains(d.Text, "maakt bezwaar tegen de verwerking") {
		t.Errorf("no objection in:\n%s", d.Text)
	}
	l.yes("erasure")
}

// Whether the controller has a data protection officer must be said; with one, the
// letter goes for their attention, at an address that is sealed like all words.
func TestAnErasureNamesTheOfficer(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.consent("erasure", l.mandate([]byte("signed")))
	controller := authority("Voorbeeldforum BV", "site_operator")
	controller.ServiceKind = "hosting"
	l.opened("erasure", controller)
	plea := takedown.Erasure{Grounds: []string{"unlawful"}, Weighing: []string{"no_debate"}}
	say := func(officer takedown.Known, address string, version int64) {
		plea.Officer, plea.OfficerAddress = officer, address
		said := plea
		l.say("erasure", casework.ParticularsInput{Erasure: &said}, version)
	}
	say("", "", 1)
	l.lacks("erasure", atParticulars, "erasure/officer")
	say("yes", "", 2)
	l.lacks("erasure", atParticulars, "erasure/officerAddress")
	_, err := l.s.PutParticulars(ctx, adviser, l.track("erasure").ID, casework.ParticularsInput{Erasure: &takedown.Erasure{Officer: "perhaps", OfficerAddress: "a\nb"}}, 3)
	l.pointers(err, "/erasure/dataProtectionOfficer", "/erasure/officerAddress", "/erasure/officerAddress")
	say("yes", "fg-loket@forum.example", 3)
	if d := l.on("erasure"); !strings.Contains(d.Text, "Ter attentie van de functionaris voor gegevensbescherming (fg-loket@forum.example).") {
		t.Errorf("the officer does not stand in\n%s", d.Text)
	}
	l.absent("fg-loket@forum.example")
	say("unknown", "", 4)
	if d := l.on("erasure"); strings.Contains(d.Text, "functionaris voor gegevensbescherming") {
		t.Errorf("an officer nobody knows of stands in\n%s", d.Text)
	}
	l.yes("erasure")
}

// What is wrong names its field and stores nothing; the section is the route's;
// who may not, hears so; an old version is refused.
func TestParticularsAreChecked(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	_, err := l.s.OpenTrack(ctx, coordinator, l.c, casework.OpenTrackInput{Route: "regulator", ContactID: "contact_hoster", ItemIDs: []string{l.page}, Reason: "by_hand"})
	l.pointers(err, "/providerId")
	l.consent("complaint_art53", "")
	id := l.about("regulator", "contact_hoster", authority("Autoriteit Voorbeeld", "authority")).ID
	put := func(who takedown.Principal, in casework.ParticularsInput, version int64) error {
		_, err := l.s.PutParticulars(ctx, who, id, in, version)
		return err
	}
	l.pointers(put(adviser, casework.ParticularsInput{Supervision: &takedown.Supervision{
		Recipient: "anybody", Located: "moon", Use: "x", Designated: "perhaps", Representative: "two\nlines", Breaches: []string{"receipt", "receipt"}, Proceedings: []string{"none", "ap", "war"},
	}}, 0), "/supervision/recipient", "/supervision/located", "/supervision/use", "/supervision/designated", "/supervision/representative", "/supervision/breaches/1", "/supervision/proceedings/2", "/supervision/proceedings")
	l.pointers(put(adviser, casework.ParticularsInput{Summons: &takedown.Summons{Demands: []string{"money"}}}, 0), "/supervision", "/summons", "/summons/demands/0")
	l.pointers(put(adviser, casework.ParticularsInput{Infringement: &takedown.Infringement{Proof: "word"}, Erasure: &takedown.Erasure{Objection: []string{"safety"}}}, 0),
		"/supervision", "/infringement", "/erasure", "/infringement/proof", "/infringement/receivedAt", "/erasure/objection")
	_, err = l.s.GetParticulars(ctx, auditor, id)
	l.kind(err, takedown.NotFound)
	good := casework.ParticularsInput{Supervision: &takedown.Supervision{Use: "reads"}}
	l.kind(put(coordinator, good, 0), takedown.Forbidden)
	l.ok(put(specialist, good, 0))
	l.kind(put(specialist, good, 0), takedown.Stale)
	if !slices.Contains(l.entries(l.c), "particulars.recorded supervision") {
		t.Error("no entry")
	}
	_, err = l.s.PutParticulars(ctx, adviser, l.track("hoster").ID, good, 0) // its own section is another
	l.pointers(err, "/supervision", "/notice")
}
