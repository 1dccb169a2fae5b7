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

// pending is a dossier that the police have.
func pending(t *testing.T) (*dossier, string) {
	t.Helper()
	d := newDossier(t, "").approved()
	d.ok(d.handOver())
	d.settle()
	return d, d.track("legal_order").ID
}

// heard records what was said, at the case's now.
func (d *dossier) heard(track string, in casework.FeedbackInput) error {
	d.t.Helper()
	now, err := d.clock.Now(context.Background())
	d.ok(err)
	in.At = now
	_, err = d.s.GiveFeedback(context.Background(), liaison, track, in)
	d.settle()
	return err
}

// patience are the rules of a track's running clocks with the days that they have.
func (l *live) patience(route string) map[string]int {
	l.t.Helper()
	out := map[string]int{}
	for _, c := range l.track(route).Clocks {
		if c.Status == "running" {
			y, m, d := c.Start.Date()
			due, err := time.Parse(time.DateOnly, c.DueDate)
			l.ok(err)
			out[c.Rule] = int(due.Sub(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)).Hours() / 24)
		}
	}
	return out
}

// Each status of a request for an order has our own patience with it, from the
// moment it was said; what ends the request ends its clock, and what claims the
// page gone is looked at. No rule sets any of the terms: all are policy.
//
// Requirement: S2-28, S1-10
func TestEachStatusOfAnOrderHasItsClock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status, by, rule string
		days             int
	}{
		{"received", "police", "P1", 14},
		{"forwarded", "police", "P7", 21},
		{"authorisation_requested", "ovj", "P8", 14},
		{"heard", "rc", "P8", 14},
		{"authorised", "rc", "P9", 7},
		{"ordered", "ovj", "P10", 3},
		{"executed", "provider", "", 0},
		{"refused", "ovj", "", 0},
		{"impossible", "provider", "", 0},
		{"withdrawn", "police", "", 0},
		{"unknown_confidential", "police", "", 0},
	} {
		t.Run(c.status, func(t *testing.T) {
			d, id := pending(t)
			if got := d.patience("legal_order"); got["P1"] != 14 || len(got) != 1 {
				t.Fatalf("handed over: %v", got)
			}
			d.clock.advance(24 * time.Hour)
			d.ok(d.heard(id, casework.FeedbackInput{Status: c.status, By: c.by}))
			got := d.patience("legal_order")
			if c.rule == "" && len(got) > 0 || c.rule != "" && (len(got) != 1 || got[c.rule] != c.days) {
				t.Errorf("runs %v, want %s with %d days", got, c.rule, c.days)
			}
			tr := d.track("legal_order")
			if tr.Feedback != c.status {
				t.Errorf("the track says %q", tr.Feedback)
			}
			for _, clock := range tr.Clocks {
				if clock.Nature != "policy" {
					t.Errorf("%s is %s", clock.Rule, clock.Nature)
				}
			}
		})
	}
}

// Past a status's clock the ladder asks the police.
func TestSilenceAfterAStatusIsAskedAfter(t *testing.T) {
	t.Parallel()
	d, id := pending(t)
	d.ok(d.heard(id, casework.FeedbackInput{Status: "ordered", By: "ovj"}))
	d.pass(3 * 24 * time.Hour)
	if tr := d.track("legal_order"); len(tr.Rungs) != 1 {
		t.Fatalf("asked before the last day was over: %+v", tr.Rungs)
	}
	d.pass(24 * time.Hour)
	if tr := d.track("legal_order"); len(tr.Rungs) != 2 || tr.Rungs[1].Rung != "legal_order.ask" {
		t.Errorf("rungs %+v", tr.Rungs)
	}
}

// A refusal that is secret shows neither by how its rung ended nor in the history.
func TestASecretRefusalStaysSecret(t *testing.T) {
	t.Parallel()
	d, id := pending(t)
	ctx := context.Background()
	before := len(d.entries(d.c)) // the hoster's own refusal is among them
	d.ok(d.heard(id, casework.FeedbackInput{Status: "refused", By: "ovj", RestrictedUntil: d.clock.at.Add(10 * 24 * time.Hour)}))
	for who, want := range map[string]string{"specialist-1": "restricted", "liaison-1": "refused"} {
		p := specialist
		if who == liaison.ID {
			p = liaison
		}
		v, err := d.s.GetTrack(ctx, p, id)
		d.ok(err)
		if v.Rungs[0].Ending != want {
			t.Errorf("%s reads %q, want %q", who, v.Rungs[0].Ending, want)
		}
	}
	if entries := d.entries(d.c)[before:]; slices.Contains(entries, "rung.ended refused") || !slices.Contains(entries, "rung.ended restricted") {
		t.Errorf("the history says %q", entries)
	}
}

// What the police asked to keep secret is seen until its day by who deals with
// them and by who must know what not to tell: no reader's track, clock, history,
// export, digest or document says it. Then a task says that it may be told.
func TestSecretFeedbackStaysSecret(t *testing.T) {
	t.Parallel()
	d, id := pending(t)
	ctx := context.Background()
	until := d.clock.at.Add(10 * 24 * time.Hour)
	d.ok(d.heard(id, casework.FeedbackInput{Status: "received", By: "police"}))
	d.clock.advance(time.Hour)
	d.ok(d.heard(id, casework.FeedbackInput{Status: "ordered", By: "ovj", Reference: "OVJ-1", Reason: "secret order", RestrictedUntil: until}))
	view := func(who takedown.Principal) casework.TrackView {
		t.Helper()
		v, err := d.s.GetTrack(ctx, who, id)
		d.ok(err)
		return v
	}
	for _, who := range []takedown.Principal{liaison, adviser, coordinator} {
		if v := view(who); v.Feedback != "ordered" || len(v.Feedbacks) != 2 || !v.Feedbacks[1].RestrictedUntil.Equal(until) || v.Feedbacks[1].Reference != "OVJ-1" || !v.Feedbacks[1].ReasonSealed {
			t.Errorf("%s sees %q, %+v", who.ID, v.Feedback, v.Feedbacks)
		}
	}
	for _, who := range []takedown.Principal{specialist, auditor} {
		if v := view(who); v.Feedback != "received" || len(v.Feedbacks) != 1 {
			t.Errorf("%s sees %q, %+v", who.ID, v.Feedback, v.Feedbacks)
		}
	}
	if got := d.patience("legal_order"); len(got) != 1 || got["P1"] != 14 {
		t.Errorf("the clock's rule tells: %v", got)
	}
	entries := strings.Join(d.entries(d.c), "\n")
	if strings.Contains(entries, "ovj:ordered") || !strings.Contains(entries, "feedback.given restricted") {
		t.Errorf("the history says:\n%s", entries)
	}
	c, err := d.s.GetCase(ctx, coordinator, d.c)
	d.ok(err)
	ical, err := d.s.ExportClocks(ctx, coordinator, d.c, c.People[0].ID)
	d.ok(err)
	if strings.Contains(string(ical), "P10") || strings.Contains(string(ical), "ordered") {
		t.Errorf("the person's calendar tells:\n%s", ical)
	}
	d.pass(11 * 24 * time.Hour)
	if v := view(specialist); v.Feedback != "ordered" || len(v.Feedbacks) != 2 {
		t.Errorf("after the day: %q, %+v", v.Feedback, v.Feedbacks)
	}
	if task := d.taskOf(d.c, "feedback_may_be_told"); task.Owner != string(takedown.Coordinator) || !task.DueAt.Equal(until) {
		t.Errorf("%+v", task)
	}
}

func (f *fixture) taskOf(caseID, kind string) casework.TaskView {
	f.t.Helper()
	tasks, err := f.s.CaseTasks(context.Background(), auditor, caseID)
	f.ok(err)
	i := slices.IndexFunc(tasks, func(v casework.TaskView) bool { return v.Kind == kind })
	if i < 0 {
		f.t.Fatalf("no task %s", kind)
	}
	return tasks[i]
}

// A day in the past keeps nothing secret: it is refused with its field.
func TestFeedbackIsChecked(t *testing.T) {
	t.Parallel()
	d, id := pending(t)
	err := d.heard(id, casework.FeedbackInput{Status: "perhaps", By: "press", Reference: strings.Repeat("x", 121), RestrictedUntil: d.clock.at})
	d.pointers(err, "/status", "/by", "/restrictedUntil", "/reference")
	_, err = d.s.GiveFeedback(context.Background(), specialist, id, casework.FeedbackInput{Status: "received", By: "police", At: monday})
	d.kind(err, takedown.Forbidden)
}

// An order is the officier van justitie's, after the examining judge's
// authorisation: nobody else's word is recorded as one. Nothing is said of a
// request before the police had it.
func TestFeedbackHoldsToWhoOrdersAndToTheHandOver(t *testing.T) {
	t.Parallel()
	d, id := pending(t)
	ctx := context.Background()
	for _, by := range []string{"police", "rc", "provider"} {
		d.pointers(d.heard(id, casework.FeedbackInput{Status: "ordered", By: by}), "/by")
	}
	now, err := d.clock.Now(ctx)
	d.ok(err)
	_, err = d.s.GiveFeedback(ctx, liaison, id, casework.FeedbackInput{Status: "received", By: "police", At: now.Add(-time.Hour)})
	d.pointers(err, "/at")
	if tr := d.track("legal_order"); tr.Feedback != "" {
		t.Errorf("the track says %q", tr.Feedback)
	}
	_, err = d.s.GiveFeedback(ctx, liaison, id, casework.FeedbackInput{Status: "received", By: "police", At: now})
	d.ok(err)
}

// What contradicts an earlier final word says why; what was said before it, or
// says it again, does not.
func TestFeedbackAgainstAFinalStatusNeedsAReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		first, then casework.FeedbackInput
	}{
		{casework.FeedbackInput{Status: "executed", By: "provider"}, casework.FeedbackInput{Status: "received", By: "police"}},
		{casework.FeedbackInput{Status: "executed", By: "provider"}, casework.FeedbackInput{Status: "refused", By: "ovj"}},
		{casework.FeedbackInput{Status: "impossible", By: "provider"}, casework.FeedbackInput{Status: "ordered", By: "ovj"}},
	} {
		t.Run(c.first.Status+"_"+c.then.Status, func(t *testing.T) {
			t.Parallel()
			d, id := pending(t)
			handed := d.clock.at
			d.clock.advance(2 * time.Hour)
			d.ok(d.heard(id, c.first))
			d.clock.advance(time.Hour)
			d.pointers(d.heard(id, c.then), "/reason")
			for _, blank := range []string{"x", "      "} {
				c.then.Reason = blank
				d.pointers(d.heard(id, c.then), "/reason")
			}
			d.ok(d.heard(id, c.first))
			before := c.then
			before.Reason, before.At = "", handed.Add(time.Hour)
			_, err := d.s.GiveFeedback(context.Background(), liaison, id, before)
			d.ok(err)
			c.then.Reason = "It was a misunderstanding on the phone"
			d.ok(d.heard(id, c.then))
		})
	}
}
