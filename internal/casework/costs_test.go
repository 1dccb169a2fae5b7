package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// costs plays one act after the other over a table and prints what each costs.
type costs struct {
	*metered
	at context.Context //nolint:containedctx // lives for one test
}

// does lets an act happen, and what follows from it.
func (c costs) does(what string, most float64, act func() error) {
	c.t.Helper()
	c.ok(act())
	c.settle()
	if u := c.spent(what); u.Write > most {
		c.t.Errorf("%s writes %.0f units, more than %.0f", what, u.Write, most)
	}
}

// reads is an act that writes at most the entry that says so.
func (c costs) reads(what string, most float64, act func() error) {
	c.t.Helper()
	c.ok(act())
	if u := c.spent(what); u.Write > most || u.Read == 0 {
		c.t.Errorf("%s writes %.0f units, more than %.0f, or reads none", what, u.Write, most)
	}
}

// only drops an answer.
func only[T any](_ T, err error) error { return err }

// TestWhatEachUseCaseCosts prints what people's acts and what comes in cost
// over a table (docs/cost.md), and holds what each may write.
func TestWhatEachUseCaseCosts(t *testing.T) {
	t.Parallel()
	c := costs{newMetered(t), context.Background()}
	c.setUp()
	c.settings(func(in *casework.SettingsInput) { in.Mail.ReplyDomain = "antwoord.praktijk.example" })
	c.pass(0) // the first sweep notes which calendar it saw
	c.spent("set up")
	c.people()
	c.attempt()
	c.approve()
	c.spent("a notice sent")
	c.lookUps()
	c.comesIn()
	c.aftermath()
}

// people are the acts on a case before a notice.
func (c costs) people() {
	id := ""
	c.does("an item is added", 40, func() error {
		added, err := c.s.AddItems(c.at, specialist, c.c, caseInput("https://forum.example/t/9").Items)
		if err == nil {
			id = added.Items[0].Item
		}
		return err
	})
	c.does("evidence is uploaded and registered", 60, func() error { c.capture(c.c, id); return nil })
	c.does("an item's outcome is set by hand", 32, func() error {
		return c.s.SetOutcome(c.at, specialist, c.c, id, casework.OutcomeInput{Code: "removed", Reason: "by_hand"}, 0)
	})
	c.does("a case is edited", 22, func() error {
		v, err := c.s.GetCase(c.at, coordinator, c.c)
		c.ok(err)
		deputy := "coordinator-2"
		return c.s.PatchCase(c.at, coordinator, c.c, casework.CasePatch{Deputy: &deputy}, v.Version)
	})
	c.does("a consent is given", 20, func() error {
		v, err := c.s.GetCase(c.at, coordinator, c.c)
		c.ok(err)
		return only(c.s.PutConsent(c.at, coordinator, c.c, v.People[0].ID, "flagger", casework.ConsentInput{Status: "given", TextShown: "v1", Date: monday, Channel: "phone"}, 0))
	})
	c.does("a report without a case is taken in", 26, func() error {
		return only(c.s.CreateReport(c.at, specialist, casework.ReportInput{What: "Iemand meldde dit.", HowToReach: "toestel 000"}))
	})
}

// lookUps are what people read.
func (c costs) lookUps() {
	c.reads("a case is read", 0, func() error { return only(c.s.GetCase(c.at, coordinator, c.c)) })
	c.reads("its tracks, with what each waits for", 0, func() error { return only(c.s.ListTracks(c.at, coordinator, c.c)) })
	c.reads("a page of cases", 0, func() error { return only(c.s.ListCases(c.at, coordinator, casework.CaseQuery{})) })
	c.reads("a worklist", 0, func() error { return only(c.s.Worklist(c.at, coordinator, "coordinator", "", 50)) })
	c.reads("a page of clocks", 0, func() error { return only(c.s.ListClocks(c.at, coordinator, casework.ClockQuery{})) })
	c.reads("a document is read: an entry says so", 17, func() error { return only(c.s.GetDocument(c.at, specialist, c.document().ID)) })
	c.reads("a page of a case's history", 0, func() error { return only(c.s.CaseHistory(c.at, auditor, c.c, "", 50)) })
}

// comesIn is what arrives while a notice waits for its answer.
func (c costs) comesIn() {
	b := &inbox{live: c.live}
	c.does("a mail is taken in, matched and read: an acknowledgement", 50, func() error {
		b.receive(b.mailTo(b.last(), "In-Reply-To: <"+b.last().ID+">", "Wij hebben uw melding ontvangen. Uw kenmerk is 12345."))
		return nil
	})
	c.does("a mail that is nobody's is taken in", 36, func() error {
		b.receive([]byte("From: iemand@elders.example\r\nTo: meldpunt@praktijk.example\r\nSubject: Vraag\r\nMessage-ID: <x@elders.example>\r\n\r\nIk heb een vraag.\r\n"))
		return nil
	})
	p := &postbox{b}
	c.does("the mail service tells of a delivery", 12, func() error { return c.s.TakeMailEvent(c.at, p.event(b.last(), casework.EventDelivered)) })
	c.does("a page is looked at: job, result, record", 26, func() error { return only(c.s.CheckItem(c.at, specialist, c.c, c.page)) })
}

// aftermath is how a track and a case end.
func (c costs) aftermath() {
	track := c.track("hoster").ID
	act := func(what string) func() error {
		return func() error {
			return c.s.ActOnTrack(c.at, coordinator, track, what, casework.TrackActInput{Reason: "by_hand"})
		}
	}
	c.does("a track is held", 32, act("hold"))
	c.does("and resumed", 32, act("resume"))
	c.does("the term ends, the page is looked at, a reminder drafted", 80, func() error { c.pass(22 * 24 * time.Hour); return nil })
	c.does("a track is stopped, and the text that waited on it superseded", 27, act("stop"))
	c.does("an item is removed", 20, func() error {
		return c.s.SetOutcome(c.at, specialist, c.c, c.page, casework.OutcomeInput{Code: "removed", Reason: "by_hand"}, 0)
	})
	c.does("the case is closed", 28, func() error {
		return c.s.CloseCase(c.at, coordinator, c.c, casework.ClosureInput{Reason: "all_removed"})
	})
	c.watch()
	c.does("and opened again", 85, func() error {
		return c.s.ReopenCase(c.at, coordinator, c.c, casework.ReopeningInput{Reason: "back_online", ItemIDs: []string{c.page}})
	})
}

// watch is a closed case whose page is gone: a day passes, and the sweep has it
// looked at again.
func (c costs) watch() {
	gone := c.open(caseInput("https://forum.example/t/8"))
	c.settle()
	c.ok(c.s.SetOutcome(c.at, specialist, gone.Case, gone.Items[0].Item, casework.OutcomeInput{Code: "removed", Reason: "by_hand", Verified: true}, 0))
	c.ok(c.s.CloseCase(c.at, coordinator, gone.Case, casework.ClosureInput{Reason: "all_removed"}))
	c.pass(time.Hour)
	c.spent("a case closed with its page gone")
	c.pages.shows(404, "")
	c.does("a page that is gone is looked at again: job, result, record", 30, func() error {
		c.clock.advance(24 * time.Hour)
		return only(c.s.Sweep(c.at, casework.SweepInput{V: casework.InputVersion}))
	})
}
