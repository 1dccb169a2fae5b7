package casework

import (
	"context"
	"slices"

	ics "github.com/arran4/golang-ical"

	"github.com/ontdox/takedown/internal/takedown"
)

// ExportClocks gives the running clocks of an affected person as an iCalendar
// file (RFC 5545): their own, and those of the tracks about items that expose
// them. It holds ids, rules and dates; no names, no addressee, no text. That it
// was exported is an entry, written before the answer. Roles: whoever may see
// the case.
func (s *Service) ExportClocks(ctx context.Context, who takedown.Principal, caseID, person string) ([]byte, error) {
	var out []byte
	roles := []takedown.Role{takedown.Coordinator, takedown.LegalAdviser, takedown.Specialist, takedown.Liaison}
	err := s.inAnyCase(ctx, who, caseID, roles, func(t *tx, _ *takedown.Case) error {
		if _, err := t.personOf(person); err != nil {
			return err
		}
		clocks, err := t.clocksOf(person)
		if err != nil {
			return err
		}
		file := ics.NewCalendarFor("takedown")
		for _, c := range clocks {
			t.addEvent(file, c)
		}
		out = []byte(file.Serialize(ics.WithNewLine("\r\n")))
		return t.log("clocks.exported", "ical", []string{person})
	})
	return out, err
}

// clocksOf are a person's running clocks, the earliest first.
func (t *tx) clocksOf(person string) ([]*takedown.Clock, error) {
	items, err := all[takedown.Item](t)
	if err != nil {
		return nil, err
	}
	theirs := map[string]bool{}
	for _, it := range items {
		theirs[it.ID] = slices.Contains(it.People, person)
	}
	tracks, err := all[takedown.Track](t)
	if err != nil {
		return nil, err
	}
	about := map[string]bool{}
	for _, tr := range tracks {
		about[tr.ID] = slices.ContainsFunc(tr.Items, func(id string) bool { return theirs[id] })
	}
	clocks, err := all[takedown.Clock](t)
	clocks = slices.DeleteFunc(clocks, func(c *takedown.Clock) bool {
		return c.Status != takedown.ClockRunning || (c.Person != person && !about[c.Track])
	})
	slices.SortStableFunc(clocks, func(a, b *takedown.Clock) int { return a.Due.Compare(b.Due) })
	return clocks, err
}

// addEvent puts a clock's end into the file: a whole day, or for a rule in
// hours the instant.
func (t *tx) addEvent(file *ics.Calendar, c *takedown.Clock) {
	e := file.AddEvent(c.ID + "@takedown")
	e.SetDtStampTime(t.now)
	e.SetSummary(c.Rule + " " + c.Nature)
	e.SetDescription(c.ID + " " + c.Case)
	if !c.Due.Equal(endOfDay(c.Due)) {
		e.SetStartAt(c.Due)
		e.SetEndAt(c.Due)
		return
	}
	day := calendarDay(c.DueDate)
	e.SetAllDayStartAt(day)
	e.SetAllDayEndAt(day.AddDate(0, 0, 1))
}
