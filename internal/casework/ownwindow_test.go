package casework_test

import (
	"testing"

	"github.com/ontdox/takedown/internal/takedown"
)

// The window for a complaint runs against us: it warns before it closes, and
// does not close in silence.
func TestTheWindowForAComplaintDoesNotCloseInSilence(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("complaint_art20", "")
	l.openedFor("platform", platformInput(), l.page)
	l.yes("platform")
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.replied("platform", "decision", "refused", "Wij verwijderen dit niet.")
	if d := l.on("platform"); d.Instrument != "T4" {
		t.Fatalf("%s", d.Instrument)
	}
	window := l.counts("platform", "C6")
	l.pass(120 * day)
	if open := l.openTasks(l.c, "clock_ends"); len(open) != 1 || open[0].Subject != window.ID || open[0].Reason != "day_120" || open[0].Owner != string(takedown.LegalAdviser) {
		t.Errorf("warned by %+v", open)
	}
	l.pass(70 * day)
	if l.counts("platform", "C6") != nil {
		t.Error("the window still runs after its end")
	}
	if open := l.openTasks(l.c, "window_closed"); len(open) != 1 || open[0].Owner != string(takedown.LegalAdviser) || open[0].Subject != l.track("platform").ID {
		t.Errorf("tasks %+v", open)
	}
	if open := l.openTasks(l.c, "clock_ends"); len(open) != 0 {
		t.Errorf("a warning outlived its clock: %+v", open)
	}
}

// So does the term for a petition after a refusal under the GDPR.
func TestTheTermForThePetitionDoesNotEndInSilence(t *testing.T) {
	t.Parallel()
	l := erasureSent(t)
	l.replied("erasure", "decision", "refused", "Wij wissen dit niet.")
	l.pass(28 * day)
	if open := l.openTasks(l.c, "clock_ends"); len(open) != 1 || open[0].Reason != "day_28" {
		t.Errorf("warned by %+v", open)
	}
	l.pass(16 * day)
	if l.counts("erasure", "C11") != nil || len(l.openTasks(l.c, "window_closed")) != 1 || len(l.openTasks(l.c, "clock_ends")) != 0 {
		t.Errorf("tasks %+v", l.openTasks(l.c, "window_closed"))
	}
	if tr := l.track("erasure"); tr.WaitsFor == nil || tr.WaitsFor.Why[0] != "task:consider_next_route" {
		t.Errorf("waits for %+v", tr.WaitsFor)
	}
}
