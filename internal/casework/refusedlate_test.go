package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// silentPlatform is newAtPlatform after notice and reminder, whose terms are over:
// the track asks about ACM. It gives the notice.
func silentPlatform(t *testing.T) (*live, casework.DocumentView) {
	t.Helper()
	l := newAtPlatform(t, asRegistered)
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.yes("platform")
	first := l.on("platform")
	l.pass(4 * day)
	l.yes("platform")
	l.pass(4 * day)
	return l, first
}

// A platform that refuses after notice and reminder ran out of time has refused:
// the complaint of art. 20 DSA is open, its window runs, and the question whether to
// go to ACM about silence is closed. Said twice, it counts once.
func TestALateRefusalLeadsToTheComplaint(t *testing.T) {
	t.Parallel()
	l, first := silentPlatform(t)
	ctx := context.Background()
	waits := func(want string) {
		t.Helper()
		if w := l.track("platform").WaitsFor; w == nil || !slices.ContainsFunc(w.Why, func(why string) bool { return strings.HasPrefix(why, want) }) {
			t.Fatalf("waits for %+v, want %s", w, want)
		}
	}
	waits("task:consider_art53")
	for range 2 {
		_, err := l.s.RegisterReply(ctx, specialist, casework.ReplyInput{DocumentID: first.ID, Kind: "decision", Decision: "refused", Via: "form", ReceivedAt: l.now()})
		l.ok(err)
		l.settle()
		l.clock.advance(time.Hour)
	}
	if open := l.openTasks(l.c, "consider_art53"); len(open) != 0 {
		t.Errorf("asks about silence: %+v", open)
	}
	if l.dueDate("C6") == "" {
		t.Error("the window for the complaint does not run")
	}
	waits("consent:complaint_art20:")
	l.consent("complaint_art20", "")
	l.settle()
	if d := l.on("platform"); d.Instrument != "T4" {
		t.Errorf("drafts %s", d.Instrument)
	}
	c, err := l.s.GetContact(ctx, auditor, "contact_platform")
	l.ok(err)
	if c.Refusals != 1 || c.Decisions != 1 {
		t.Errorf("counted %d of %d", c.Refusals, c.Decisions)
	}
}
