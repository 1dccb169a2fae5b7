package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// ownAward is a made-up award of the organisation's, in force from a year ago.
func ownAward() *takedown.OwnAward {
	return &takedown.OwnAward{
		Award:        takedown.Award{Coordinator: "Coordinator Voorbeeld", Area: "digitaal geweld", Number: "TF-2026-01", Since: monday.AddDate(-1, 0, 0), Source: "https://coordinator.example/list"},
		CoversDoxing: true,
	}
}

// An award of one's own is recorded as a contact's is, with its number: a notice
// names it.
func TestAnAwardOfOnesOwnIsRecordedWhole(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	put := func(a takedown.OwnAward) error {
		in := goodSettings()
		in.Flagger = &a
		_, err := f.s.PutSettings(ctx, coordinator, in, 0)
		return err
	}
	f.pointers(put(takedown.OwnAward{}), "/flagger/coordinator", "/flagger/area", "/flagger/source", "/flagger/since", "/flagger/number")
	bad := *ownAward()
	bad.Since, bad.Until = monday.Add(time.Hour), monday.Add(-time.Hour)
	f.pointers(put(bad), "/flagger/since", "/flagger/until")
	f.ok(put(*ownAward()))
	got, err := f.s.GetSettings(ctx, auditor)
	f.ok(err)
	if got.Flagger == nil || got.Flagger.Number != "TF-2026-01" || !got.Flagger.CoversDoxing {
		t.Errorf("%+v", got.Flagger)
	}
}

// A notice claims the standing of a trusted flagger only by an award on record,
// in force until it may last leave, for this kind of content (art. 22(2) DSA).
func TestANoticeSpeaksOfAnAwardInForceOnly(t *testing.T) {
	t.Parallel()
	const claim = "Wij zijn betrouwbare flagger in de zin van artikel 22 DSA voor het gebied digitaal geweld (toegekend door Coordinator Voorbeeld, nummer TF-2026-01)."
	for name, c := range map[string]struct {
		award func(*takedown.OwnAward) *takedown.OwnAward
		says  bool
	}{
		"in force":     {func(a *takedown.OwnAward) *takedown.OwnAward { return a }, true},
		"none":         {func(*takedown.OwnAward) *takedown.OwnAward { return nil }, false},
		"another area": {func(a *takedown.OwnAward) *takedown.OwnAward { a.CoversDoxing = false; return a }, false},
		"ended":        {func(a *takedown.OwnAward) *takedown.OwnAward { a.Until = monday.Add(-day); return a }, false},
		"ends before it may leave": {func(a *takedown.OwnAward) *takedown.OwnAward {
			a.Until = monday.Add(day)
			return a
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLive(t)
			l.settings(func(in *casework.SettingsInput) { in.Flagger = c.award(ownAward()) })
			l.openedFor("platform", platformInput(), l.page)
			if d := l.on("platform"); d.Instrument != "T2" || strings.Contains(d.Text, claim) != c.says || (!c.says && strings.Contains(d.Text, "betrouwbare flagger")) {
				t.Errorf("%s: %s says it: %v", name, d.Instrument, strings.Contains(d.Text, claim))
			}
		})
	}
}
