package law_test

import (
	"slices"
	"testing"

	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/takedown"
)

var routes = []string{
	"platform", "hoster", "legal_order", "police_report", "erasure", "delisting", "flagger", "freeze", "regulator", "ods", "supervisor_ap", "civil",
}

func ladder(t *testing.T, d *law.Data, route string) law.Ladder {
	t.Helper()
	l, err := d.Ladder(route, on(t, "2027-03-22"))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Every rung × every ending, under all facts: a rung follows or the track ends,
// never both, never neither; and every walk comes to an end.
func TestLaddersLeadSomewhere(t *testing.T) {
	d := load(t)
	if got := len(d.Ladders(on(t, "2027-03-22"))); got != len(routes) {
		t.Errorf("%d ladders", got)
	}
	facts := [][]string{nil, {law.FactOnlinePlatform}, {law.FactContactPolice}}
	for _, route := range routes {
		l := ladder(t, d, route)
		for _, f := range facts {
			first, ok := l.Next("", law.Start, f...)
			if !ok {
				t.Fatalf("%s has no first rung", route)
			}
			climb(t, l, first, nil, f)
		}
		for _, r := range l.Rungs {
			for _, ending := range r.Endings() {
				for _, f := range facts {
					next, ok := l.Next(r.ID, ending, f...)
					if ok == slices.Contains(r.EndsAfter, ending) {
						t.Errorf("after %s %q: %q follows, ends after %v", r.ID, ending, next.ID, r.EndsAfter)
					}
				}
			}
		}
	}
}

// climb walks on by every ending and holds that no rung is taken twice.
func climb(t *testing.T, l law.Ladder, r law.Rung, path, facts []string) {
	t.Helper()
	if slices.Contains(path, r.ID) {
		t.Fatalf("%s is reached twice: %v", r.ID, path)
	}
	if !r.Once {
		t.Errorf("%s may be taken more than once", r.ID)
	}
	for _, ending := range r.Endings() {
		if next, ok := l.Next(r.ID, ending, facts...); ok {
			climb(t, l, next, append(slices.Clone(path), r.ID), facts)
		}
	}
}

// The ways that domain.md §3.5 and the issue name.
//
// Requirement: S1-7, S1-9, S2-9, S2-28
func TestNext(t *testing.T) {
	d := load(t)
	day := on(t, "2027-03-22")
	big, small := d.Facts("online_platform", false, false, day), d.Facts("online_platform", true, false, day)
	for _, c := range []struct {
		route, after, ending string
		facts                []string
		want, does           string
	}{
		{"platform", "", law.Start, big, "platform.notice", "T2"},
		{"platform", "platform.notice", law.EndRefused, big, "platform.complaint", "T4"},
		{"platform", "platform.notice", law.EndPartly, big, "platform.complaint", "T4"},
		{"platform", "platform.notice", law.EndRefused, small, "platform.alternatives", "legal_order"},
		{"platform", "platform.notice", law.EndSilence, big, "platform.reminder", "T3"},
		{"platform", "platform.reminder", law.EndSilence, big, "platform.art53", "consider_art53"},
		{"platform", "platform.reminder", law.EndRefused, big, "platform.complaint", "T4"},
		{"platform", "platform.complaint", law.EndRefused, big, "platform.consider", "consider_next_route"},
		{"platform", "platform.notice", law.EndBounced, big, "platform.contact", "find_channel"},
		{"platform", "platform.contact", law.EndDone, big, "platform.notice_again", "T2"},
		{"hoster", "", law.Start, nil, "hoster.notice", "T1"},
		{"hoster", "hoster.notice", law.EndSilence, nil, "hoster.reminder", "T3"},
		{"hoster", "hoster.reminder", law.EndSilence, nil, "hoster.order", "legal_order"},
		{"hoster", "hoster.notice", law.EndRefused, nil, "hoster.order", "legal_order"},
		{"hoster", "hoster.notice", law.EndNoEffect, nil, "hoster.reminder", "T3"},
		{"hoster", "hoster.notice", law.EndBounced, nil, "hoster.contact", "find_channel"},
		{"hoster", "hoster.contact", law.EndDone, nil, "hoster.notice_again", "T1"},
		{"hoster", "hoster.order", law.EndCancelled, nil, "hoster.consider", "consider_next_route"},
		{"legal_order", "", law.Start, nil, "legal_order.request", "T7"},
		{"legal_order", "legal_order.request", law.EndRefused, nil, "legal_order.consider", "consider_next_route"},
		{"legal_order", "legal_order.request", law.EndSilence, nil, "legal_order.ask", "ask_police"},
		{"police_report", "", law.Start, nil, "police_report.report", "T12"},
		{"erasure", "", law.Start, nil, "erasure.request", "T6"},
		{"delisting", "", law.Start, nil, "delisting.request", "T6"},
		{"flagger", "", law.Start, nil, "flagger.relay", "T14"},
		{"freeze", "", law.Start, nil, "freeze.request", "T8a"},
		{"freeze", "", law.Start, []string{law.FactContactPolice}, "freeze.police", "T8b"},
		{"regulator", "", law.Start, nil, "regulator.complaint", "T5"},
		{"ods", "", law.Start, big, "ods.submission", "T4b"},
		{"ods", "ods.submission", law.EndNoEffect, big, "ods.consider", "consider_next_route"},
		{"supervisor_ap", "", law.Start, nil, "supervisor_ap.complaint", "T13"},
		{"civil", "", law.Start, nil, "civil.summons", "T9"},
	} {
		r, _ := ladder(t, d, c.route).Next(c.after, c.ending, c.facts...)
		if does := r.Instrument + r.OpensRoute + r.TaskKind; r.ID != c.want || does != c.does {
			t.Errorf("%s: after %q %q %v comes %s (%s), want %s (%s)", c.route, c.after, c.ending, c.facts, r.ID, does, c.want, c.does)
		}
	}
}

func TestTracksEndWhereNothingIsLeftToAsk(t *testing.T) {
	d := load(t)
	for _, c := range []struct{ route, rung, ending string }{
		{"platform", "platform.notice", law.EndDone},
		{"hoster", "hoster.order", law.EndDone},
		{"legal_order", "legal_order.request", law.EndDone},
		{"legal_order", "legal_order.request", law.EndUnknown},
		{"platform", "platform.consider", law.EndCancelled},
	} {
		l := ladder(t, d, c.route)
		r, ok := l.Rung(c.rung)
		if !ok || !slices.Contains(r.EndsAfter, c.ending) {
			t.Errorf("%s does not end after %s: %v", c.rung, c.ending, r.EndsAfter)
		}
		if next, ok := l.Next(c.rung, c.ending); ok {
			t.Errorf("after %s %s comes %s", c.rung, c.ending, next.ID)
		}
	}
}

// Requirement: S0-13, S1-10
func TestClocksAndGatesOfRungs(t *testing.T) {
	d := load(t)
	for _, c := range []struct {
		route, rung, clock, receipt, window string
		needs                               []string
	}{
		{"platform", "platform.notice", "", "C1", "", []string{"evidence", "assessment", "alignment", "consent:notice"}},
		{"platform", "platform.complaint", "C7", "", "C6", []string{"consent:complaint_art20"}},
		{"hoster", "hoster.notice", "C5", "C1", "", []string{"evidence", "assessment", "alignment", "consent:notice", "site_operator_attempt"}},
		{"hoster", "hoster.reminder", "C5", "", "", []string{"alignment"}},
		{"legal_order", "legal_order.request", "P1", "", "", []string{"eligible_offence", "police_report", "subsidiarity", "secrecy_decision", "consent:order_request"}},
		{"erasure", "erasure.request", "C10", "", "", []string{"mandate"}},
		{"ods", "ods.submission", "C8", "", "", []string{"online_platform", "platform_decision", "certified_body", "consent:ods"}},
		{"civil", "civil.summons", "P4", "", "", []string{"poster_contact"}},
	} {
		r, ok := ladder(t, d, c.route).Rung(c.rung)
		if !ok || r.Clock != c.clock || r.Receipt != c.receipt || r.Window != c.window {
			t.Errorf("%s: %+v", c.rung, r)
		}
		for _, need := range c.needs {
			if !slices.Contains(r.Needs, need) {
				t.Errorf("%s does not need %s: %v", c.rung, need, r.Needs)
			}
		}
	}
	if r, _ := ladder(t, d, "platform").Rung("platform.notice"); !slices.Equal(r.ClockChoice, []string{"C2", "C3", "C4"}) {
		t.Errorf("the notice's clocks are %v", r.ClockChoice)
	}
	if r, _ := ladder(t, d, "ods").Rung("ods.submission"); r.Follow != "P6" {
		t.Errorf("a decision that binds nobody is followed by %q", r.Follow)
	}
	if r, _ := ladder(t, d, "legal_order").Rung("legal_order.request"); !r.Mandatory {
		t.Error("the request cannot be skipped without a legal adviser")
	}
}

func TestAnUnknownRouteHasNoLadder(t *testing.T) {
	d := load(t)
	if _, err := d.Ladder("letter", on(t, "2027-03-22")); takedown.KindOf(err) != takedown.NotFound {
		t.Error(err)
	}
	if _, ok := ladder(t, d, "hoster").Rung("hoster.nothing"); ok {
		t.Error("found a rung that is not there")
	}
}
