package casework_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// TestAPersonsClocksAsACalendarFile: read back by the library, and byte by byte
// for what RFC 5545 asks of lines. No name and no page stands in it.
func TestAPersonsClocksAsACalendarFile(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Affected = append(in.Affected, in.Affected[0])
	c := f.open(in)
	one, two := c.People[0], c.People[1]
	klacht := f.start(c.Case, "C12", monday, takedown.Clock{Person: one})
	f.start(c.Case, "C12", monday, takedown.Clock{Person: two})
	items, err := f.s.GetCase(ctx, coordinator, c.Case)
	f.ok(err)
	item, err := casework.GetNoun[takedown.Item](ctx, f.s, items.Items[0].ID)
	f.ok(err)
	item.People = []string{one}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, item))
	track := &takedown.Track{Route: "platform", Status: takedown.TrackHeld, Items: []string{item.ID}, Generation: 1}
	f.ok(casework.PutNoun(ctx, f.s, c.Case, track))
	decision := f.start(c.Case, "C3", monday, takedown.Clock{Track: track.ID})

	_, err = f.s.ExportClocks(ctx, specialist, c.Case, "person_none")
	f.kind(err, takedown.NotFound)
	_, err = f.s.ExportClocks(ctx, reporter, c.Case, one)
	f.kind(err, takedown.Forbidden)
	body, err := f.s.ExportClocks(ctx, specialist, c.Case, one)
	f.ok(err)
	if !slices.Contains(f.entries(c.Case), "clocks.exported ical") {
		t.Error("no entry says that it was exported")
	}
	for _, line := range strings.SplitAfter(string(body), "\r\n") {
		if len(line) > 77 || strings.Contains(strings.TrimSuffix(line, "\r\n"), "\n") {
			t.Errorf("line %q", line)
		}
	}
	for _, word := range []string{"Sealed", "forum.example", "huisarts"} {
		if bytes.Contains(body, []byte(word)) {
			t.Errorf("%q stands in it", word)
		}
	}
	back, err := ics.ParseCalendar(bytes.NewReader(body))
	f.ok(err)
	events := back.Events()
	if len(events) != 2 || events[0].Id() != decision+"@takedown" || events[1].Id() != klacht+"@takedown" {
		t.Fatalf("events in\n%s", body)
	}
	if at, err := events[0].GetStartAt(); err != nil || !at.Equal(monday.Add(48*time.Hour)) {
		t.Errorf("decision at %v, %v", at, err)
	}
	day, err := events[1].GetAllDayStartAt()
	if err != nil || day.Format(time.DateOnly) != "2027-06-20" {
		t.Errorf("klacht on %v, %v", day, err)
	}
	if got := events[1].GetProperty(ics.ComponentPropertySummary).Value; got != "C12 legal" {
		t.Errorf("summary %q", got)
	}
	if !strings.Contains(string(body), "DTSTART;VALUE=DATE:20270620\r\n") || !strings.Contains(string(body), "PRODID:") || !strings.Contains(string(body), "VERSION:2.0\r\n") {
		t.Errorf("not as RFC 5545 wants it:\n%s", body)
	}
}
