package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/takedown"
)

// HolidayInput is one public holiday that a calendar's list does not have yet:
// by decree, or newer than this build.
type HolidayInput struct {
	Country string `json:"country" enum:"NL,IE,BE,DE"`
	Date    string `json:"date" maxLength:"10" doc:"YYYY-MM-DD"`
	NL      string `json:"nl" minLength:"1" maxLength:"100" doc:"Its Dutch name."`
	EN      string `json:"en" minLength:"1" maxLength:"100" doc:"Its English name."`
	Source  string `json:"source" minLength:"1" maxLength:"200" doc:"Where it was published."`
}

// Bounds of the list of added days. Our own choice.
const (
	maxHolidays      = 200
	maxHolidaysBytes = 256 << 10
)

// extraDays are the days added to each calendar.
type extraDays map[calendar.Calendar][]calendar.Holiday

// holidays checks the list of added days.
func (b *bad) holidays(pointer string, list []HolidayInput) {
	if len(list) > maxHolidays {
		b.add(pointer, "at most %d days", maxHolidays)
		return
	}
	codes := make([]string, 0, len(calendar.Calendars()))
	for _, c := range calendar.Calendars() {
		codes = append(codes, string(c))
	}
	seen := map[string]bool{}
	for n, h := range list {
		at := fmt.Sprintf("%s/%d", pointer, n)
		b.oneOf(at+"/country", h.Country, codes)
		day, err := time.Parse(time.DateOnly, h.Date)
		switch {
		case err != nil:
			b.add(at+"/date", "is no day like 2027-05-14")
		case day.Year() < calendar.FirstYear || day.Year() >= calendar.LastYear:
			b.add(at+"/date", "lies outside %d to %d", calendar.FirstYear, calendar.LastYear-1)
		case seen[h.Country+h.Date]:
			b.add(at+"/date", "stands in the list already")
		}
		seen[h.Country+h.Date] = true
		for _, f := range []struct {
			name, value string
			most        int
		}{{"/nl", h.NL, 100}, {"/en", h.EN, 100}, {"/source", h.Source, 200}} {
			b.line(at+f.name, f.value, f.most)
			if f.value == "" {
				b.add(at+f.name, "is needed")
			}
		}
	}
}

// applyHolidays stores the list beside the settings row, which it would
// outgrow, and lets running clocks be counted again if it is another one.
func (t *tx) applyHolidays(set *takedown.Settings, list []HolidayInput) error {
	name := ""
	if len(list) > 0 {
		body, err := json.Marshal(list)
		if err != nil {
			return err
		}
		// Public holidays are no secret: the list is not sealed.
		if name, _, err = t.s.Blobs.Put(t.ctx, bytes.NewReader(body), maxHolidaysBytes); err != nil {
			return err
		}
	}
	if name == set.Calendar {
		return nil
	}
	set.Calendar = name
	return t.outbox(fmt.Sprintf("recount:settings:%d", set.Version+1), outboxRecount, struct{}{})
}

// holidays reads a list of added days by its blob's name; none without.
func (s *Service) holidays(ctx context.Context, name string) ([]HolidayInput, error) {
	if name == "" {
		return nil, nil
	}
	s.mu.Lock()
	last := s.lastHolidays
	s.mu.Unlock()
	if last.name == name { // a blob never changes under its name
		return last.list, nil
	}
	body, err := s.readBlob(ctx, name)
	if err != nil {
		return nil, err
	}
	var list []HolidayInput
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.lastHolidays = heldHolidays{name, list}
	s.mu.Unlock()
	return list, nil
}

// heldHolidays is the list that was read last.
type heldHolidays struct {
	name string
	list []HolidayInput
}

// extraDays are the days added to the calendars, as the settings have them.
func (t *tx) extraDays() (extraDays, error) {
	set, err := t.settings()
	if err != nil {
		return nil, err
	}
	list, err := t.s.holidays(t.ctx, set.Calendar)
	return daysOf(list), err
}

func daysOf(list []HolidayInput) extraDays {
	if len(list) == 0 {
		return nil
	}
	out := extraDays{}
	for _, h := range list {
		c := calendar.Calendar(h.Country)
		out[c] = append(out[c], calendar.Holiday{Date: h.Date, NL: h.NL, EN: h.EN, Source: h.Source})
	}
	return out
}
