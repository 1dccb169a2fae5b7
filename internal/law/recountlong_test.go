package law_test

import (
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
)

// ireland says that a day is a Saturday, a Sunday or a public holiday in
// Ireland: New Year, St Brigid (since 2023 the first Monday of February, or the
// 1st if that is a Friday), St Patrick, Easter Monday, the first Mondays of
// May, June and August, the last of October, Christmas.
func ireland(day time.Time) bool {
	monday := day.Weekday() == time.Monday
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || daysBetween(easter(day.Year()), day) == 1 {
		return true
	}
	switch day.Format("01-02") {
	case "01-01", "03-17", "12-25", "12-26":
		return true
	case "02-01":
		return day.Weekday() == time.Friday || monday
	}
	switch day.Month() {
	case time.February:
		return monday && day.Day() <= 7 && time.Date(day.Year(), time.February, 1, 0, 0, 0, 0, time.UTC).Weekday() != time.Friday
	case time.May, time.June, time.August:
		return monday && day.Day() <= 7
	case time.October:
		return monday && day.Day() > 24
	}
	return false
}

func onOrAfter(day time.Time, shut func(time.Time) bool) time.Time {
	for shut(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// The longest extensions, an addressee in Ireland, a hoster's own term and the
// urgent length, from every day of 2024 to 2040.
func TestRecountedByHandWithWhatMayBeAdded(t *testing.T) {
	d := load(t)
	months := func(n int, shut func(time.Time) bool) func(time.Time) time.Time {
		return func(day time.Time) time.Time { return onOrAfter(monthsOn(day, n), shut) }
	}
	days := func(n int, shut func(time.Time) bool) func(time.Time) time.Time {
		return func(day time.Time) time.Time { return onOrAfter(daysOn(day, n), shut) }
	}
	never := func(time.Time) bool { return false }
	working := func(n int, shut func(time.Time) bool) func(time.Time) time.Time {
		return func(day time.Time) time.Time {
			for range n {
				day = onOrAfter(day.AddDate(0, 0, 1), shut)
			}
			return day
		}
	}
	own := func(unit law.Unit, n int) law.CountInput {
		return law.CountInput{OwnTerm: &law.Term{Unit: unit, Length: n}}
	}
	abroad := law.CountInput{Calendar: calendar.IE}
	for _, c := range []struct {
		rule string
		in   law.CountInput
		last func(time.Time) time.Time
	}{
		{"C8", law.CountInput{Extended: true}, days(180, closed)},
		{"C10", law.CountInput{Extended: true}, months(3, closed)},
		{"C13", law.CountInput{Extended: true}, days(180, never)},
		{"C14", law.CountInput{Extended: true}, days(90, never)},
		{"C5", abroad, working(10, ireland)},
		{"C8", abroad, days(90, ireland)},
		{"C10", abroad, months(1, ireland)},
		{"C14", abroad, days(60, never)},
		{"C10", law.CountInput{Calendar: calendar.IE, Extended: true}, months(3, ireland)},
		{"C11", abroad, days(42, closed)}, // our own act: the Dutch calendar, whatever the addressee's
		{"C5", own(law.WorkingDays, 7), working(7, closed)},
		{"C5", own(law.CalendarDays, 2), days(2, never)}, // as it was published: nobody's rule moves it
		{"C5", own(law.Weeks, 1), days(7, never)},
		{"C5", own(law.Months, 1), months(1, never)},
	} {
		n := 0
		for day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2041; day = day.AddDate(0, 0, 1) {
			n++
			start := day.Add(time.Duration(n*37%1440) * time.Minute)
			c.in.Start = start
			r, err := d.Count(c.rule, c.in)
			if err != nil {
				t.Fatal(c.rule, start, err)
			}
			if want, at := lastSecond(c.last(amsterdamDay(start))); r.DueDate != want || !r.Due.Equal(at) {
				t.Fatalf("%s %+v from %s: %s (%s), counted by hand %s (%s)", c.rule, c.in, start.Format(time.RFC3339), r.DueDate, r.Due, want, at)
			}
		}
	}
	r, err := d.Count("C19", law.CountInput{Start: on(t, "2027-03-28"), LifeOrSafety: true})
	if err != nil || !r.Due.Equal(on(t, "2027-03-28")) {
		t.Errorf("C19 where life is at stake: %s, %v", r.Due, err)
	}
}
