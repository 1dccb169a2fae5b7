package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// start starts a clock in a case as the program does.
func (f *fixture) start(caseID, rule string, at time.Time, c takedown.Clock) string {
	f.t.Helper()
	id, err := f.s.StartClock(context.Background(), caseID, rule, at, law.CountInput{}, c)
	f.ok(err)
	return id
}

func TestAClockExplainsItself(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	id := f.start(c.Case, "C5", time.Date(2027, 3, 25, 10, 0, 0, 0, time.UTC), takedown.Clock{})
	got, err := f.s.GetClock(ctx, auditor, id)
	f.ok(err)
	if got.DueDate != "2027-04-12" { // ten working days over Good Friday and Easter Monday
		t.Errorf("due %s", got.DueDate)
	}
	if got.Nature == "" || got.Status != "running" || len(got.Steps) == 0 || got.Title.EN == "" || got.Title.NL == "" || got.CalendarVersion == "" {
		t.Errorf("clock %+v", got)
	}
	for _, step := range got.Steps {
		if step.NL == "" || step.EN == "" {
			t.Errorf("step without words: %+v", step)
		}
	}
	_, err = f.s.GetClock(ctx, liaison, id)
	f.kind(err, takedown.NotFound)
}

func TestClocksAreListedByDueForWhoMaySeeTheCase(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	seen := f.open(caseInput("https://forum.example/1"))
	in := caseInput("https://forum.example/2")
	in.Suspects = []casework.SuspectInput{{IsColleague: true}}
	hidden := f.open(in)
	late := f.start(seen.Case, "C10", monday, takedown.Clock{})
	soon := f.start(seen.Case, "C19", monday, takedown.Clock{})
	f.start(hidden.Case, "C19", monday, takedown.Clock{})

	ids := func(q casework.ClockQuery) []string {
		t.Helper()
		page, err := f.s.ListClocks(ctx, specialist, q)
		f.ok(err)
		var out []string
		for _, c := range page.Items {
			out = append(out, c.ID)
		}
		return out
	}
	if got := ids(casework.ClockQuery{}); len(got) != 2 || got[0] != soon || got[1] != late {
		t.Errorf("clocks %q, want %q", got, []string{soon, late})
	}
	if got := ids(casework.ClockQuery{Nature: "legal"}); len(got) != 1 || got[0] != late {
		t.Errorf("legal clocks %q", got)
	}
	if got := ids(casework.ClockQuery{DueBefore: monday.Add(9 * 24 * time.Hour)}); len(got) != 1 || got[0] != soon {
		t.Errorf("clocks due soon %q", got)
	}
	_, err := f.s.ListClocks(ctx, specialist, casework.ClockQuery{Nature: "moral"})
	f.pointers(err, "/nature")
	_, err = f.s.ListClocks(ctx, reporter, casework.ClockQuery{})
	f.kind(err, takedown.Forbidden)
}

func TestFatalAndOwnLegalClocksAreNeverExtended(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	for _, rule := range []string{"C6", "C11", "C12", "C15"} {
		id := f.start(c.Case, rule, monday, takedown.Clock{})
		_, err := f.s.ExtendClock(ctx, adviser, id, casework.ExtensionInput{Until: monday.AddDate(1, 0, 0), Reason: "agreed"})
		f.kind(err, takedown.Conflict)
		got, err := f.s.GetClock(ctx, adviser, id)
		f.ok(err)
		if got.Status != "running" {
			t.Errorf("%s is %s", rule, got.Status)
		}
	}
}

func TestAnExtensionIsANewRow(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	old := f.start(c.Case, "C19", monday, takedown.Clock{})
	alignment := &takedown.Alignment{Status: "asked", AskedAt: monday, Clock: old}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, alignment))
	track := &takedown.Track{Route: "hoster", Status: takedown.TrackHeld, Wait: &takedown.Wait{No: 1, Kind: "AwaitGate", Due: monday.AddDate(0, 1, 0)}, Generation: 1}
	track.Rungs = []takedown.Taken{{Rung: "hoster.notice", Clock: old}}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, track))
	f.ok(f.store.PutToken(ctx, track.ID+":1:1", "the-token"))

	good := casework.ExtensionInput{Until: monday.AddDate(0, 0, 20), Reason: "The unit asked for more time, in words that stay sealed"}
	_, err := f.s.ExtendClock(ctx, coordinator, old, good)
	f.kind(err, takedown.Forbidden)
	_, err = f.s.ExtendClock(ctx, adviser, old, casework.ExtensionInput{Until: monday.AddDate(0, 0, -1), ReplyID: "reply_none"})
	f.pointers(err, "/reason", "/until", "/replyId")
	_, err = f.s.ExtendClock(ctx, adviser, old, casework.ExtensionInput{Until: monday.AddDate(2, 0, 0), Reason: "for ever"})
	f.pointers(err, "/until")

	next, err := f.s.ExtendClock(ctx, adviser, old, good)
	f.ok(err)
	if next.ID == old || next.Supersedes != old || next.DueDate != "2027-04-11" || next.Steps[len(next.Steps)-1].Code != "extended" {
		t.Errorf("extended to %+v", next)
	}
	if again, err := f.s.GetClock(ctx, adviser, next.ID); err != nil || again.Version != next.Version || again.Due != next.Due {
		t.Errorf("read again: %+v, %v", again, err)
	}
	was, err := f.s.GetClock(ctx, adviser, old)
	f.ok(err)
	if was.Status != "superseded" {
		t.Errorf("the old row is %s", was.Status)
	}
	tr, err := casework.GetNoun[takedown.Track](ctx, f.s, track.ID)
	f.ok(err)
	a, err := casework.GetNoun[takedown.Alignment](ctx, f.s, alignment.ID)
	f.ok(err)
	if tr.Rungs[0].Clock != next.ID || a.Clock != next.ID {
		t.Errorf("track and alignment still follow %s and %s", tr.Rungs[0].Clock, a.Clock)
	}
	if _, err := f.s.Deliver(ctx, time.Now().Add(time.Hour)); err != nil {
		t.Error(err)
	}
	if len(f.engine.completed) != 1 || f.engine.completed[0] != "the-token" {
		t.Errorf("the track's wait was not woken: %q", f.engine.completed)
	}
	_, err = f.s.ExtendClock(ctx, adviser, old, good)
	f.kind(err, takedown.Conflict)
}

func TestALegalClockIsExtendedOnlyAsFarAsLawLets(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	id := f.start(c.Case, "C10", monday, takedown.Clock{}) // a month: until 22 April
	inTime := &takedown.Reply{Kind: "other", ReceivedAt: monday.AddDate(0, 0, 20)}
	late := &takedown.Reply{Kind: "other", ReceivedAt: monday.AddDate(0, 0, 40)}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, inTime))
	f.ok(casework.PutNoun(ctx, f.s, c.Case, late))
	until := time.Date(2027, 6, 22, 12, 0, 0, 0, time.UTC)
	first, err := f.s.ExtendClock(ctx, adviser, id, casework.ExtensionInput{Until: until.AddDate(0, -1, 0), Reason: "they wrote", ReplyID: inTime.ID})
	f.ok(err)
	id = first.ID // from here the second month runs: a notice in it comes too late all the same
	for _, x := range []struct {
		in      casework.ExtensionInput
		pointer string
	}{
		{casework.ExtensionInput{Until: until, Reason: "they wrote"}, "/replyId"},
		{casework.ExtensionInput{Until: until, Reason: "they wrote", ReplyID: late.ID}, "/replyId"},
		{casework.ExtensionInput{Until: until, Reason: "they wrote", ReplyID: "reply_none"}, "/replyId"},
		{casework.ExtensionInput{Until: until.AddDate(0, 1, 0), Reason: "they wrote", ReplyID: inTime.ID}, "/until"},
	} {
		_, err := f.s.ExtendClock(ctx, adviser, id, x.in)
		f.pointers(err, x.pointer)
	}
	next, err := f.s.ExtendClock(ctx, adviser, id, casework.ExtensionInput{Until: until, Reason: "they wrote", ReplyID: inTime.ID})
	f.ok(err)
	if next.DueDate != "2027-06-22" || next.Nature != "legal" {
		t.Errorf("extended to %+v", next)
	}

	ods := f.start(c.Case, "C8", monday, takedown.Clock{})
	_, err = f.s.ExtendClock(ctx, adviser, ods, casework.ExtensionInput{Until: monday.AddDate(0, 0, 185), Reason: "complex"})
	f.pointers(err, "/until")
	_, err = f.s.ExtendClock(ctx, adviser, ods, casework.ExtensionInput{Until: monday.AddDate(0, 0, 175), Reason: "complex"})
	f.ok(err)
}
