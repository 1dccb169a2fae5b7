package casework_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// mourning is a day added to the Dutch calendar, a working day before that.
func mourning(date string) casework.HolidayInput {
	return casework.HolidayInput{Country: "NL", Date: date, NL: "Dag van rouw", EN: "Day of mourning", Source: "Stb. 2027, 999"}
}

// addDays puts days into the settings' calendar, in place of those before.
func (f *fixture) addDays(days ...casework.HolidayInput) {
	f.t.Helper()
	ctx := context.Background()
	have, err := f.s.GetSettings(ctx, coordinator)
	f.ok(err)
	have.Calendar = days
	_, err = f.s.PutSettings(ctx, coordinator, have.SettingsInput, have.Version)
	f.ok(err)
}

func (f *fixture) sweep() {
	f.t.Helper()
	_, err := f.s.Sweep(context.Background(), casework.SweepInput{V: casework.InputVersion})
	f.ok(err)
}

// heir is the row that stands in a clock's place.
func (f *fixture) heir(caseID, id string) casework.ClockView {
	f.t.Helper()
	ctx := context.Background()
	page, err := f.s.ListClocks(ctx, coordinator, casework.ClockQuery{Limit: 200})
	f.ok(err)
	for _, c := range page.Items {
		if c.Supersedes == id && c.Case == caseID {
			return c
		}
	}
	f.t.Fatalf("nothing took the place of %s", id)
	return casework.ClockView{}
}

func (f *fixture) clockNow(id string) casework.ClockView {
	f.t.Helper()
	c, err := f.s.GetClock(context.Background(), coordinator, id)
	f.ok(err)
	return c
}

func codes(c casework.ClockView) []string {
	var out []string
	for _, s := range c.Steps {
		out = append(out, s.Code)
	}
	return out
}

func TestAddedHolidaysAreCheckedFieldByField(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := goodSettings()
	in.Calendar = []casework.HolidayInput{
		{Country: "FR", Date: "2027-13-01", Source: "two\nlines"}, mourning("2027-05-14"), mourning("2027-05-14"), mourning("2199-01-01"),
	}
	_, err := f.s.PutSettings(ctx, coordinator, in, 0)
	f.pointers(err, "/calendar/0/country", "/calendar/0/date", "/calendar/0/nl", "/calendar/0/en", "/calendar/0/source", "/calendar/2/date", "/calendar/3/date")
	got, err := f.s.GetSettings(ctx, coordinator)
	f.ok(err)
	if got.Version != 0 || got.Calendar != nil {
		t.Errorf("stored: %+v", got)
	}
	for n := range 201 {
		in.Calendar = append(in.Calendar, mourning(fmt.Sprintf("2027-01-%02d", n)))
	}
	_, err = f.s.PutSettings(ctx, coordinator, in, 0)
	f.pointers(err, "/calendar")
	in.Calendar = []casework.HolidayInput{mourning("2027-05-14")}
	put, err := f.s.PutSettings(ctx, coordinator, in, 0)
	f.ok(err)
	got, err = f.s.GetSettings(ctx, coordinator)
	f.ok(err)
	if !slices.Equal(got.Calendar, in.Calendar) || !slices.Equal(put.Calendar, in.Calendar) {
		t.Errorf("read back %+v", got.Calendar)
	}
}

func TestAClockBegunAfterADayWasAddedCountsIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	c := f.open(caseInput("https://forum.example/1"))
	f.addDays(mourning("2027-03-31"))
	got := f.clockNow(f.start(c.Case, "C5", monday, takedown.Clock{}))
	if got.DueDate != "2027-04-08" { // ten working days over Good Friday, Easter Monday and the added Wednesday
		t.Errorf("due %s", got.DueDate)
	}
	if !slices.ContainsFunc(got.Steps, func(s calendar.Step) bool { return strings.Contains(s.NL, "Dag van rouw (Stb. 2027, 999)") }) {
		t.Errorf("no step names the day and where it was published: %+v", got.Steps)
	}
}

// TestACalendarChangeCountsRunningClocksAgain: what moves, what keeps its date,
// what is left alone, and who is told.
func TestACalendarChangeCountsRunningClocksAgain(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	f.sweep() // the calendars of this build are seen
	moving := f.start(c.Case, "C5", monday, takedown.Clock{Track: "track_a"})
	own, err := f.s.StartClock(ctx, c.Case, "C5", monday, law.CountInput{Event: "mailed", OwnTerm: &law.Term{Unit: law.WorkingDays, Length: 8}}, takedown.Clock{})
	f.ok(err)
	told := &takedown.Document{AnswerBy: "2027-04-06"}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, told))
	toldClock := f.start(c.Case, "C5", monday, takedown.Clock{Document: told.ID})
	hours := f.start(c.Case, "C3", monday, takedown.Clock{})
	petition := f.start(c.Case, "C11", time.Date(2027, 2, 17, 10, 0, 0, 0, time.UTC), takedown.Clock{}) // six weeks: 31 March
	klacht := f.start(c.Case, "C12", monday, takedown.Clock{})
	extended := f.start(c.Case, "C9", monday, takedown.Clock{})
	longer, err := f.s.ExtendClock(ctx, adviser, extended, casework.ExtensionInput{Until: time.Date(2027, 6, 30, 12, 0, 0, 0, time.UTC), Reason: "agreed"})
	f.ok(err)
	track := &takedown.Track{Route: "hoster", Status: takedown.TrackActive, Generation: 1, Rungs: []takedown.Taken{{Rung: "hoster.notice", Clock: moving}}}
	track.Wait = &takedown.Wait{No: 1, Kind: "AwaitReply", Due: f.clockNow(moving).Due}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, track))
	f.ok(f.store.PutToken(ctx, track.ID+":1:1", "the-token"))

	q := casework.RecountQuery{Add: []string{"NL:2027-03-31"}}
	view, err := f.s.PreviewRecount(ctx, adviser, q)
	f.ok(err)
	by := map[string]casework.RecountItem{}
	for _, item := range view.Items {
		by[item.Clock] = item
	}
	if view.Moved != 2 || view.Kept != 2 || view.Looked != 7 || len(by) != 4 {
		t.Errorf("preview %+v", view)
	}
	want := casework.RecountItem{Clock: moving, Case: c.Case, Track: "track_a", Rule: "C5", Nature: "policy", From: "2027-04-07", To: "2027-04-08", Days: 1}
	if by[moving] != want {
		t.Errorf("moving: %+v, want %+v", by[moving], want)
	}
	if by[own].Days != 1 || by[own].Nature != "self-set" || by[toldClock].Kept != "told_to_addressee" || by[petition].Kept != "own_legal_term" {
		t.Errorf("own %+v, told %+v, petition %+v", by[own], by[toldClock], by[petition])
	}
	if got := f.clockNow(moving); got.Status != "running" || got.DueDate != "2027-04-07" {
		t.Errorf("the preview changed %+v", got)
	}

	f.addDays(mourning("2027-03-31"))
	f.sweep()
	next := f.heir(c.Case, moving)
	if old := f.clockNow(moving); old.Status != "superseded" || old.Reason != "recounted" || old.DueDate != "2027-04-07" {
		t.Errorf("the old row %+v", old)
	}
	if next.DueDate != "2027-04-08" || next.MovedFrom != "2027-04-07" || next.RecountedAt != monday || codes(next)[len(next.Steps)-1] != "recounted" {
		t.Errorf("the new row %+v", next)
	}
	if got := f.heir(c.Case, own); got.Nature != "self-set" || got.DueDate != by[own].To {
		t.Errorf("the addressee's own term: %+v", got)
	}
	for id, code := range map[string]string{toldClock: "told_to_addressee", petition: "own_legal_term"} {
		got, old := f.heir(c.Case, id), f.clockNow(id)
		if got.DueDate != old.DueDate || !got.Due.Equal(old.Due) || got.Kept != code || codes(got)[len(got.Steps)-1] != code {
			t.Errorf("kept: %+v", got)
		}
	}
	for _, id := range []string{hours, klacht, longer.ID} {
		if got := f.clockNow(id); got.Status != "running" {
			t.Errorf("%s is %s", got.Rule, got.Status)
		}
	}
	tr, err := casework.GetNoun[takedown.Track](ctx, f.s, track.ID)
	f.ok(err)
	if tr.Rungs[0].Clock != next.ID {
		t.Errorf("the track points at %s", tr.Rungs[0].Clock)
	}
	_, err = f.s.Deliver(ctx, time.Now().Add(time.Minute))
	f.ok(err)
	if !slices.Contains(f.engine.completed, "the-token") {
		t.Error("the wait was not woken")
	}
	entries := f.entries(c.Case)
	for _, e := range []string{"clock.recounted 2027-04-07>2027-04-08", "clock.recounted told_to_addressee", "clock.recounted own_legal_term"} {
		if !slices.Contains(entries, e) {
			t.Errorf("no entry %q among %q", e, entries)
		}
	}
	page, err := f.s.ListRecounted(ctx, specialist, "", 0)
	f.ok(err)
	if len(page.Items) != 4 {
		t.Errorf("%d recounted rows", len(page.Items))
	}
	f.sweepTwice(c.Case)

	f.addDays() // taken back: what moved moves back, what was kept is as it was
	f.sweep()
	if got := f.heir(c.Case, next.ID); got.DueDate != "2027-04-07" || got.MovedFrom != "2027-04-08" {
		t.Errorf("moved back: %+v", got)
	}
	view, err = f.s.PreviewRecount(ctx, adviser, casework.RecountQuery{})
	f.ok(err)
	if view.Moved != 0 || view.Kept != 0 || view.Last == nil || view.Last.DoneAt.IsZero() {
		t.Errorf("after it %+v", view)
	}
}

// sweepTwice holds that further sweeps, the second pass included, write
// nothing to a case.
func (f *fixture) sweepTwice(caseID string) {
	f.t.Helper()
	before := len(f.entries(caseID))
	f.sweep()
	f.s.HostNow = func() time.Time { return time.Now().Add(2 * time.Minute) }
	f.sweep()
	f.sweep()
	f.s.HostNow = time.Now
	if after := len(f.entries(caseID)); after != before {
		f.t.Errorf("%d entries, %d before", after, before)
	}
}

// brittle fails every second commit.
type brittle struct {
	casework.Store
	n int
}

var errBrittle = errors.New("the store is away")

func (b *brittle) Commit(ctx context.Context, base casework.Revision, ch casework.Change) (casework.Revision, error) {
	if b.n++; b.n%2 == 0 {
		return casework.Revision{}, errBrittle
	}
	return b.Store.Commit(ctx, base, ch)
}

func TestARecountIsTakenUpWhereItStopped(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	var cases, clocks []string
	for n := range 5 {
		c := f.open(caseInput(fmt.Sprintf("https://forum.example/%d", n)))
		cases = append(cases, c.Case)
		for range 20 { // more than one commit takes
			clocks = append(clocks, f.start(c.Case, "C5", monday, takedown.Clock{}))
		}
	}
	f.sweep()
	f.addDays(mourning("2027-03-31"))
	store := f.s.Store
	f.s.Store = &brittle{Store: store}
	failed := 0
	for n := 0; ; n++ {
		_, err := f.s.Sweep(ctx, casework.SweepInput{V: casework.InputVersion})
		if err == nil {
			break
		}
		if failed++; !errors.Is(err, errBrittle) || n > 40 {
			t.Fatal(err)
		}
	}
	if failed == 0 {
		t.Error("nothing failed: the test shows nothing")
	}
	f.s.Store = store
	for n, id := range clocks {
		if got := f.heir(cases[n/20], id); got.DueDate != "2027-04-08" {
			t.Errorf("clock %d: %s", n, got.DueDate)
		}
	}
	for _, c := range cases {
		n := 0
		for _, e := range f.entries(c) {
			if strings.HasPrefix(e, "clock.recounted") {
				n++
			}
		}
		if n != 20 {
			t.Errorf("%d entries on 20 clocks", n)
		}
	}
}

// TestANewCalendarLibraryCountsAgain: the row of a clock that another build
// counted names another version.
func TestANewCalendarLibraryCountsAgain(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	f.sweep()
	id := f.start(c.Case, "C10", time.Date(2027, 2, 28, 10, 0, 0, 0, time.UTC), takedown.Clock{})
	row, err := casework.GetNoun[takedown.Clock](ctx, f.s, id)
	f.ok(err)
	row.CalVersion, row.DueDate, row.Counted = "NL/rickar/cal v2.0.0/00000000", "2027-03-29", nil // it did not know Easter Monday
	row.Due = row.Due.AddDate(0, 0, -1)
	f.ok(casework.PutNoun(ctx, f.s, c.Case, row))
	mark, err := casework.GetNoun[takedown.Recount](ctx, f.s, "recount_org")
	f.ok(err)
	f.ok(f.s.ForgetRecount(ctx, mark))
	f.sweep()
	if got := f.heir(c.Case, id); got.DueDate != "2027-03-30" || got.MovedFrom != "2027-03-29" {
		t.Errorf("%+v", got)
	}
}

func TestWhoMayAskForARecount(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	f.kind(f.s.AskRecount(ctx, specialist, casework.RecountInput{Reason: "asked"}), takedown.Forbidden)
	f.pointers(f.s.AskRecount(ctx, coordinator, casework.RecountInput{Reason: "In words"}), "/reason")
	f.ok(f.s.AskRecount(ctx, coordinator, casework.RecountInput{Reason: "court_asked"}))
	f.sweep()
	_, err := f.s.PreviewRecount(ctx, specialist, casework.RecountQuery{})
	f.kind(err, takedown.Forbidden)
	_, err = f.s.PreviewRecount(ctx, auditor, casework.RecountQuery{Add: []string{"2027-05-14"}, Remove: []string{"NL:x"}})
	f.pointers(err, "/remove", "/add")
	view, err := f.s.PreviewRecount(ctx, auditor, casework.RecountQuery{})
	f.ok(err)
	if view.Last == nil || view.Last.DoneAt != monday {
		t.Errorf("%+v", view.Last)
	}
}
