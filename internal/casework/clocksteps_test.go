package casework_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

// TestEveryStepOfEveryClockIsExplained: both languages and a source on each
// step of every rule, as begun, extended or paused, and counted again; and the
// rule, on each step of a count.
func TestEveryStepOfEveryClockIsExplained(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	f.sweep()
	reply := &takedown.Reply{Kind: "other", ReceivedAt: monday.Add(time.Hour)}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, reply))
	codesSeen := map[string]bool{}
	explained := func(id string) {
		t.Helper()
		got := f.clockNow(id)
		if len(got.Steps) < 2 {
			t.Errorf("%s: %d steps", got.Rule, len(got.Steps))
		}
		for _, s := range got.Steps {
			codesSeen[s.Code] = true
			if s.NL == "" || s.EN == "" || s.NL == s.EN || s.Source == "" || s.Code == "" || s.Date == "" || s.Rule == "" {
				t.Errorf("%s: step %+v", got.Rule, s)
			}
		}
	}
	ids := []string{"P20"}
	for n := range 19 {
		ids = append(ids, fmt.Sprintf("C%d", n+1))
	}
	for n := range 10 {
		ids = append(ids, fmt.Sprintf("P%d", n+1))
	}
	for _, ruleID := range ids {
		rule, err := f.s.Law.Clock(ruleID, monday)
		f.ok(err)
		in := law.CountInput{}
		if rule.Unit == law.Given {
			in.Length = &law.Term{Unit: law.WorkingDays, Length: 8}
		}
		id, err := f.s.StartClock(ctx, c.Case, rule.ID, monday, in, takedown.Clock{})
		f.ok(err)
		explained(id)
		if rule.Extendable == "" {
			continue
		}
		longer, err := f.s.StartClock(ctx, c.Case, rule.ID, monday, in, takedown.Clock{})
		f.ok(err)
		until := casework.ExtensionInput{Until: f.clockNow(longer).Due.AddDate(0, 0, 10), Reason: "agreed"}
		if rule.Extendable == "notice_in_first_period" {
			until.ReplyID = reply.ID
		}
		next, err := f.s.ExtendClock(ctx, adviser, longer, until)
		f.ok(err)
		explained(next.ID)
	}
	// Days on which something ends, or that lie in the way: what moves has steps of its own.
	var days []casework.HolidayInput
	for day := monday.AddDate(0, 0, 1); day.Before(monday.AddDate(0, 7, 0)); day = day.AddDate(0, 0, 1) {
		next, err := calendar.WorkingDays(day.AddDate(0, 0, -1), 1, calendar.Options{Calendar: calendar.NL})
		f.ok(err)
		if next.DueDate == day.Format(time.DateOnly) && day.Day()%2 == 1 {
			days = append(days, mourning(day.Format(time.DateOnly)))
		}
	}
	f.addDays(days...)
	f.sweep()
	page, err := f.s.ListRecounted(ctx, coordinator, "", 200)
	f.ok(err)
	for _, got := range page.Items {
		explained(got.ID)
	}
	for _, code := range []string{"start", "length", "due", "extended", "recounted", "skipped_holiday", "skipped_weekend", "rolled"} {
		if !codesSeen[code] {
			t.Errorf("no step %q was seen: %v", code, codesSeen)
		}
	}
}
