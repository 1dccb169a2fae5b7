package law_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/law"
	"pgregory.net/rapid"
)

// This file counts every clock of domain.md §3.5 a second time, from its text
// alone: own Easter, own list of holidays, own summer time, one day after the
// other. It uses no zone data, no holiday library and nothing of
// internal/calendar, so that a mistake would have to be made twice.

// naive counts one rule without internal/law: the last day in time, and the
// instant for rules in hours.
type naive func(start time.Time, length int, unit law.Unit) (day string, at time.Time)

// naively holds the rules with a length of their own, and C17, whose length is
// given with it.
var naively = map[string]naive{
	"C1": hoursLater(24), "C2": hoursLater(24), "C3": hoursLater(48), "C15": hoursLater(72), "C16": hoursLater(48), "C19": hoursLater(24),
	"C4": daysLater(7), "C7": daysLater(14), "C9": daysLater(8 * 7), "C13": daysLater(90), "C14": daysLater(60), "C18": daysLater(60),
	"C5": func(start time.Time, _ int, _ law.Unit) (string, time.Time) {
		return lastSecond(workingDaysOn(amsterdamDay(start), 10))
	},
	"C6": func(start time.Time, _ int, _ law.Unit) (string, time.Time) { // on the early side
		return lastSecond(monthsOn(amsterdamDay(start), 6).AddDate(0, 0, -1))
	},
	"C8": func(start time.Time, _ int, _ law.Unit) (string, time.Time) { // art. 3(4) of Regulation 1182/71
		return lastSecond(nextWorkingDay(daysOn(amsterdamDay(start), 90)))
	},
	"C10": func(start time.Time, _ int, _ law.Unit) (string, time.Time) {
		return lastSecond(nextWorkingDay(monthsOn(amsterdamDay(start), 1)))
	},
	"C11": func(start time.Time, _ int, _ law.Unit) (string, time.Time) { // Algemene termijnenwet, art. 1
		return lastSecond(nextWorkingDay(daysOn(amsterdamDay(start), 42)))
	},
	"C12": func(start time.Time, _ int, _ law.Unit) (string, time.Time) { // never moves
		first := amsterdamDay(start)
		a, b := daysOn(first, 90), monthsOn(first, 3)
		if b.Before(a) {
			a = b
		}
		return lastSecond(a)
	},
	"C17": func(start time.Time, n int, unit law.Unit) (string, time.Time) {
		first := amsterdamDay(start)
		switch unit {
		case law.Hours:
			return hoursLater(n)(start, 0, "")
		case law.Weeks:
			return lastSecond(daysOn(first, 7*n))
		case law.Months:
			return lastSecond(monthsOn(first, n))
		case law.WorkingDays:
			return lastSecond(workingDaysOn(first, n))
		}
		return lastSecond(daysOn(first, n))
	},
}

func hoursLater(n int) naive {
	return func(start time.Time, _ int, _ law.Unit) (string, time.Time) {
		at := start.UTC().Truncate(time.Second).Add(time.Duration(n) * time.Hour)
		return amsterdamDay(at).Format(time.DateOnly), at
	}
}

func daysLater(n int) naive {
	return func(start time.Time, _ int, _ law.Unit) (string, time.Time) {
		return lastSecond(daysOn(amsterdamDay(start), n))
	}
}

func daysOn(day time.Time, n int) time.Time {
	for range n {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// monthsOn steps day by day until the n-th month has the date, or is over.
func monthsOn(day time.Time, n int) time.Time {
	months, want := 0, day.Day()
	for at := day; ; {
		next := at.AddDate(0, 0, 1)
		if next.Day() == 1 {
			if months == n {
				return at // the month has no such date: its last day
			}
			months++
		}
		if at = next; months == n && at.Day() == want {
			return at
		}
	}
}

func workingDaysOn(day time.Time, n int) time.Time {
	for n > 0 {
		if day = day.AddDate(0, 0, 1); !closed(day) {
			n--
		}
	}
	return day
}

func nextWorkingDay(day time.Time) time.Time {
	for closed(day) {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// closed says that a day is a Saturday, a Sunday or a holiday of art. 3 of the
// Algemene termijnenwet, Good Friday included.
func closed(day time.Time) bool {
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		return true
	}
	switch day.Format("01-02") {
	case "01-01", "05-05", "12-25", "12-26":
		return true
	case "04-27": // on a Sunday it is the day before, a Saturday
		return true
	}
	switch daysBetween(easter(day.Year()), day) {
	case -2, 1, 39, 50: // Good Friday, Easter Monday, Ascension, Whit Monday
		return true
	}
	return false
}

func daysBetween(from, to time.Time) int { return int(to.Sub(from).Hours()) / 24 }

// easter is Gauss's rule of 1816 with its two exceptions, for 1900 to 2099.
func easter(year int) time.Time {
	a, b, c := year%19, year%4, year%7
	d := (19*a + 24) % 30
	e := (2*b + 4*c + 6*d + 5) % 7
	march := 22 + d + e
	if d == 29 && e == 6 {
		march = 50 // 19 April
	}
	if d == 28 && e == 6 && a > 10 {
		march = 49 // 18 April
	}
	return time.Date(year, time.March, march, 0, 0, 0, 0, time.UTC)
}

// summer says that an instant lies in summer time: from the last Sunday of
// March to that of October, at 01:00 UTC.
func summer(t time.Time) bool {
	change := func(month time.Month) time.Time {
		day := time.Date(t.UTC().Year(), month, 31, 1, 0, 0, 0, time.UTC)
		for day.Weekday() != time.Sunday {
			day = day.AddDate(0, 0, -1)
		}
		return day
	}
	return !t.Before(change(time.March)) && t.Before(change(time.October))
}

func offset(t time.Time) time.Duration {
	if summer(t) {
		return 2 * time.Hour
	}
	return time.Hour
}

func amsterdamDay(t time.Time) time.Time {
	return t.UTC().Add(offset(t)).Truncate(24 * time.Hour)
}

// lastSecond is the last second of a day here: the clock never changes then.
func lastSecond(day time.Time) (string, time.Time) {
	end := day.Add(24*time.Hour - time.Second)
	return day.Format(time.DateOnly), end.Add(-offset(end.Add(-time.Hour)))
}

// agrees counts both ways.
func agrees(d *law.Data, rule string, start time.Time, in law.CountInput) error {
	in.Start = start
	r, err := d.Count(rule, in)
	if err != nil {
		return fmt.Errorf("%s from %s: %w", rule, start.Format(time.RFC3339), err)
	}
	n, unit := 0, law.Unit("")
	if in.Length != nil {
		n, unit = in.Length.Length, in.Length.Unit
	}
	day, at := naively[rule](start, n, unit)
	if r.DueDate != day || !r.Due.Equal(at) {
		return fmt.Errorf("%s from %s: %s (%s), counted by hand %s (%s)", rule, start.Format(time.RFC3339), r.DueDate, r.Due.Format(time.RFC3339), day, at.Format(time.RFC3339))
	}
	return nil
}

func lengthFor(rule string, n int, unit law.Unit) law.CountInput {
	if rule != "C17" {
		return law.CountInput{}
	}
	return law.CountInput{Length: &law.Term{Unit: unit, Length: n}}
}

// Every rule from every day of 2024 to 2040, at an hour that wanders through
// the day, and around each change of the clock.
func TestRecountedByHandFromEveryDay(t *testing.T) {
	d := load(t)
	units := []law.Unit{law.Hours, law.CalendarDays, law.WorkingDays, law.Weeks, law.Months}
	from, to := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2041, 1, 1, 0, 0, 0, 0, time.UTC)
	for n, day := 0, from; day.Before(to); n, day = n+1, day.AddDate(0, 0, 1) {
		start := day.Add(time.Duration(n*37%1440)*time.Minute + time.Duration(n%60)*time.Second)
		for rule := range naively {
			if err := agrees(d, rule, start, lengthFor(rule, 1+n%9, units[n%len(units)])); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// The same from any instant, in any offset.
func TestRecountedByHandFromAnyInstant(t *testing.T) {
	d := load(t)
	rules := []string{"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C15", "C16", "C17", "C18", "C19"}
	first, last := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2040, 12, 31, 23, 59, 59, 0, time.UTC).Unix()
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("", 900*rapid.IntRange(-48, 56).Draw(t, "offset"))
		start := time.Unix(rapid.Int64Range(first, last).Draw(t, "start"), 0).In(zone)
		rule := rapid.SampledFrom(rules).Draw(t, "rule")
		unit := rapid.SampledFrom([]law.Unit{law.Hours, law.CalendarDays, law.WorkingDays, law.Weeks, law.Months}).Draw(t, "unit")
		if err := agrees(d, rule, start, lengthFor(rule, rapid.IntRange(1, 60).Draw(t, "length"), unit)); err != nil {
			t.Fatal(err)
		}
	})
}

// Every clock of the law data is counted by hand here, or is one of our own
// policies without a number in domain.md §3.5.
func TestEveryClockIsRecounted(t *testing.T) {
	for _, c := range load(t).Clocks(time.Date(2027, 3, 22, 12, 0, 0, 0, time.UTC)) {
		if _, ok := naively[c.ID]; !ok && c.ID[0] != 'P' {
			t.Errorf("clock %s is never counted a second time", c.ID)
		}
	}
}
