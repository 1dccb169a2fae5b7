package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// running gives the running clocks of a rule.
func (f *fixture) underRule(rule string) []casework.ClockView {
	f.t.Helper()
	page, err := f.s.ListClocks(context.Background(), coordinator, casework.ClockQuery{Limit: 100})
	f.ok(err)
	var out []casework.ClockView
	for _, c := range page.Items {
		if c.Rule == rule {
			out = append(out, c)
		}
	}
	return out
}

// A demand under art. 126ni Sv holds for ninety days from its day. Without that
// day nothing is counted, and the liaison asks for it.
func TestAPreservationDemandIsCountedFromItsDay(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	said := casework.AlignmentInput{Status: "answered", MayNotify: true, Preservation: "oral"}
	l.aligned(said)
	if open := l.openTasks(l.c, "ask_preservation_date"); len(open) != 1 || open[0].Owner != string(takedown.Liaison) || len(l.underRule("C13")) != 0 {
		t.Fatalf("tasks %+v, clocks %+v", open, l.underRule("C13"))
	}
	put := func(in casework.AlignmentInput) error {
		a, err := l.s.GetAlignment(ctx, coordinator, l.c)
		l.ok(err)
		_, err = l.s.PutAlignment(ctx, coordinator, l.c, in, a.Version)
		return err
	}
	said.PreservationAt = monday.Add(time.Hour)
	l.pointers(put(said), "/preservationAt") // in the future
	l.pointers(put(casework.AlignmentInput{Status: "answered", Preservation: "refused", PreservationAt: monday}), "/preservationAt")

	said.PreservationAt = monday.Add(-2 * day)
	l.aligned(said)
	first := l.underRule("C13")
	if len(first) != 1 || first[0].Start != monday.Add(-2*day) || first[0].DueDate != "2027-06-18" || first[0].Nature != "legal" {
		t.Fatalf("clocks %+v", first)
	}
	if len(l.openTasks(l.c, "ask_preservation_date")) != 0 {
		t.Error("the date is still asked for")
	}
	said.MayMentionPolice = true
	l.aligned(said)
	if again := l.underRule("C13"); len(again) != 1 || again[0].ID != first[0].ID {
		t.Errorf("the same day started another clock: %+v", again)
	}
	said.Preservation, said.PreservationAt = "written", monday.Add(-day)
	l.aligned(said)
	next := l.underRule("C13")
	if len(next) != 1 || next[0].Supersedes != first[0].ID || next[0].DueDate != "2027-06-19" {
		t.Fatalf("a corrected day: %+v", next)
	}
	longer, err := l.s.ExtendClock(ctx, adviser, next[0].ID, casework.ExtensionInput{Until: monday.Add(170 * day), Reason: "renewed_once"})
	l.ok(err)
	if a, err := l.s.GetAlignment(ctx, coordinator, l.c); err != nil || a.PreservationClock != longer.ID {
		t.Errorf("the record follows %s, %v", a.PreservationClock, err)
	}
	l.aligned(casework.AlignmentInput{Status: "answered", MayNotify: true, Preservation: "refused"})
	if left := l.underRule("C13"); len(left) != 0 {
		t.Errorf("after a refusal: %+v", left)
	}
}

// The liaison hears in time that a demand ends; when it has ended, it has.
func TestAPreservationDemandEnds(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.aligned(casework.AlignmentInput{Status: "answered", MayNotify: true, Preservation: "written", PreservationAt: monday})
	clock := l.underRule("C13")[0].ID
	l.pass(80 * day)
	if open := l.openTasks(l.c, "clock_ends"); len(open) != 1 || open[0].Subject != clock || open[0].Owner != string(takedown.Liaison) || open[0].Reason != "day_80" {
		t.Errorf("warned by %+v", open)
	}
	l.pass(11 * day)
	c, err := l.s.GetClock(context.Background(), adviser, clock)
	l.ok(err)
	if c.Status != "expired" || c.Reason != "ran_out" || len(l.underRule("C13")) != 0 {
		t.Errorf("after its end: %+v", c)
	}
}

// Peer support is offered about 24 to 48 hours after the incident (framework,
// point 17): to employees, counted where it is known when it happened.
//
// Requirement: S0-17
func TestPeerSupportIsOffered(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, c := range map[string]struct {
		occurred time.Time
		relation string
		tasks    int
		due      string
	}{
		"an hour ago":     {monday.Add(-time.Hour), "employee", 1, "2027-03-24T07:00:00Z"},
		"long ago":        {monday.Add(-240 * time.Hour), "employee", 1, ""},
		"nobody knows":    {time.Time{}, "employee", 1, ""},
		"not an employee": {monday.Add(-time.Hour), "family", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := newIdle(t, asItIs)
			in := caseInput(forumURL)
			in.Incident.OccurredAt, in.Affected[0].Relation = c.occurred, c.relation
			l.c = l.open(in).Case
			l.settle()
			open := l.openTasks(l.c, "offer_peer_support")
			if len(open) != c.tasks {
				t.Fatalf("tasks %+v", open)
			}
			clocks := l.underRule("C16")
			if (len(clocks) == 1) != (c.due != "") {
				t.Fatalf("clocks %+v", clocks)
			}
			if c.due == "" {
				return
			}
			if got := clocks[0].Due.Format(time.RFC3339); got != c.due || clocks[0].NotBefore == "" || !open[0].DueAt.Equal(clocks[0].Due) {
				t.Errorf("due %s, %+v", got, open[0])
			}
			l.ok(l.s.CompleteTask(ctx, coordinator, open[0].ID, casework.TaskCompletion{Reason: "offered"}))
			l.settle()
			if len(l.underRule("C16")) != 0 || len(l.openTasks(l.c, "offer_peer_support")) != 0 {
				t.Error("it is offered twice")
			}
		})
	}
}

// A European Preservation Order is counted from the day on which the provider
// had it, sixty days and thirty more at most; there is none before the
// regulation applies. Both clocks run beside one another.
func TestAEuropeanPreservationOrderIsCountedFromItsReceipt(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	put := func(in casework.AlignmentInput) error {
		a, err := l.s.GetAlignment(ctx, coordinator, l.c)
		l.ok(err)
		_, err = l.s.PutAlignment(ctx, coordinator, l.c, in, a.Version)
		return err
	}
	said := casework.AlignmentInput{Status: "answered", MayNotify: true, Preservation: "written", PreservationAt: monday.Add(-day)}
	l.aligned(said)
	said.EUPreservationAt = monday.Add(time.Hour)
	l.pointers(put(said), "/euPreservationAt") // in the future
	said.EUPreservationAt = time.Date(2026, 8, 17, 12, 0, 0, 0, time.UTC)
	l.pointers(put(said), "/euPreservationAt") // the regulation applies from the 18th

	said.EUPreservationAt = monday.Add(-2 * day)
	l.aligned(said)
	first := l.underRule("C14")
	if len(first) != 1 || first[0].Start != monday.Add(-2*day) || first[0].DueDate != "2027-05-19" || first[0].Nature != "legal" || len(l.underRule("C13")) != 1 {
		t.Fatalf("clocks %+v", first)
	}
	l.aligned(said)
	if again := l.underRule("C14"); len(again) != 1 || again[0].ID != first[0].ID {
		t.Errorf("the same day started another clock: %+v", again)
	}
	_, err := l.s.ExtendClock(ctx, adviser, first[0].ID, casework.ExtensionInput{Until: monday.Add(89 * day), Reason: "too_long"})
	l.pointers(err, "/until")
	longer, err := l.s.ExtendClock(ctx, adviser, first[0].ID, casework.ExtensionInput{Until: monday.Add(80 * day), Reason: "renewed"})
	l.ok(err)
	if a, err := l.s.GetAlignment(ctx, coordinator, l.c); err != nil || a.EUPreservationClock != longer.ID {
		t.Errorf("the record follows %s, %v", a.EUPreservationClock, err)
	}
	said.EUPreservationAt = time.Time{}
	l.aligned(said)
	if left := l.underRule("C14"); len(left) != 0 || len(l.underRule("C13")) != 1 {
		t.Errorf("taken back: %+v", left)
	}

	said.EUPreservationAt = monday
	l.aligned(said)
	clock := l.underRule("C14")[0].ID
	l.pass(55 * day)
	if open := l.openTasks(l.c, "clock_ends"); len(open) != 1 || open[0].Subject != clock || open[0].Owner != string(takedown.Liaison) || open[0].Reason != "day_55" {
		t.Errorf("warned by %+v", open)
	}
	l.pass(6 * day)
	c, err := l.s.GetClock(ctx, adviser, clock)
	l.ok(err)
	if c.Status != "expired" || c.Reason != "ran_out" {
		t.Errorf("after its end: %+v", c)
	}
}
