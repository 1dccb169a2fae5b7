package calendar_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/takedown"
	"pgregory.net/rapid"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04:05", s, calendar.Amsterdam)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCounts(t *testing.T) {
	eu, atw := calendar.Options{Roll: calendar.RollEU}, calendar.Options{Roll: calendar.RollATW}
	type counter func(time.Time, int, calendar.Options) (calendar.Count, error)
	days, working, weeks, months := counter(calendar.CalendarDays), counter(calendar.WorkingDays), counter(calendar.Weeks), counter(calendar.Months)
	for _, c := range []struct {
		name  string
		count counter
		n     int
		opt   calendar.Options
		start string
		due   string
	}{
		{"ten working days over Good Friday and Easter Monday", working, 10, calendar.Options{}, "2027-03-25 11:00:00", "2027-04-12"},
		{"ten working days over Koningsdag", working, 10, calendar.Options{}, "2027-04-13 10:00:00", "2027-04-28"},
		{"working days over 5 May and Ascension", working, 2, calendar.Options{}, "2027-05-03 10:00:00", "2027-05-07"},
		{"5 May and Ascension fall together in 2016", working, 1, calendar.Options{}, "2016-05-04 10:00:00", "2016-05-06"},
		{"working days over Whit Monday", working, 1, calendar.Options{}, "2027-05-14 10:00:00", "2027-05-18"},
		{"working days over Koningsdag kept on Saturday 26 April 2025", working, 1, calendar.Options{}, "2025-04-25 10:00:00", "2025-04-28"},
		{"working days over the turn of the year", working, 3, calendar.Options{}, "2026-12-31 23:30:00", "2027-01-06"},
		{"sent on a Sunday", working, 1, calendar.Options{}, "2027-03-21 10:00:00", "2027-03-22"},
		{"the day is Amsterdam's, not UTC's", working, 1, calendar.Options{}, "2027-03-23 00:30:00", "2027-03-24"},
		{"an Irish calendar: St Patrick's Day", working, 1, calendar.Options{Calendar: calendar.IE}, "2027-03-16 10:00:00", "2027-03-18"},
		{"an Irish calendar: Koningsdag is an ordinary day", working, 1, calendar.Options{Calendar: calendar.IE}, "2027-04-26 10:00:00", "2027-04-27"},
		{"a month, EDPB's example: 4 March to 4 April 2022", months, 1, eu, "2022-03-04 10:00:00", "2022-04-04"},
		{"a month from 31 January ends on the last of February", months, 1, calendar.Options{}, "2027-01-31 10:00:00", "2027-02-28"},
		{"a month from 31 January of a leap year", months, 1, calendar.Options{}, "2028-01-31 10:00:00", "2028-02-29"},
		{"the same, moved over the weekend", months, 1, eu, "2027-01-31 10:00:00", "2027-03-01"},
		{"a month that ends on Easter Monday goes to Tuesday", months, 1, eu, "2027-02-28 10:00:00", "2027-03-30"},
		{"six months from 31 August", months, 6, calendar.Options{}, "2026-08-31 10:00:00", "2027-02-28"},
		{"three months of 30 days", months, 3, calendar.Options{Thirty: true}, "2027-03-22 10:00:00", "2027-06-20"},
		{"three months that are shorter than 90 days", months, 3, calendar.Options{Thirty: true}, "2027-02-01 10:00:00", "2027-05-01"},
		{"90 days moved by Regulation 1182/71", days, 90, eu, "2027-01-31 10:00:00", "2027-05-03"},
		{"90 days left where they fall", days, 90, calendar.Options{}, "2027-01-31 10:00:00", "2027-05-01"},
		{"90 days moved by the Algemene termijnenwet", days, 90, atw, "2027-01-31 10:00:00", "2027-05-03"},
		{"91 days are beyond the Algemene termijnenwet", days, 91, atw, "2027-01-31 10:00:00", "2027-05-02"},
		{"six weeks that end on Koningsdag", weeks, 6, atw, "2027-03-16 10:00:00", "2027-04-28"},
		{"thirteen weeks are beyond the Algemene termijnenwet", weeks, 13, atw, "2027-01-30 10:00:00", "2027-05-01"},
		{"two days hold two working days", days, 2, eu, "2027-03-25 10:00:00", "2027-03-31"},
		{"three days hold two working days", days, 3, atw, "2027-03-25 10:00:00", "2027-03-31"},
		{"one day is only moved", days, 1, eu, "2027-03-25 10:00:00", "2027-03-30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.count(at(t, c.start), c.n, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if got.DueDate != c.due {
				t.Errorf("due %s, want %s", got.DueDate, c.due)
			}
			if want := at(t, got.DueDate+" 23:59:59"); !got.Due.Equal(want) || got.Due.Location() != time.UTC {
				t.Errorf("due at %v, want the last second of the day in Amsterdam, in UTC", got.Due)
			}
		})
	}
}

func TestHours(t *testing.T) {
	for _, c := range []struct {
		name, start string
		n           int
		due         string
		changed     bool
	}{
		{"over the change to summer time", "2027-03-27 12:00:00", 48, "2027-03-29 13:00:00", true},
		{"over the change to winter time", "2027-10-30 12:00:00", 24, "2027-10-31 11:00:00", true},
		{"within one day", "2027-03-22 09:30:15", 6, "2027-03-22 15:30:15", false},
		{"at once", "2027-03-22 09:30:15", 0, "2027-03-22 09:30:15", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := calendar.Hours(at(t, c.start), c.n, calendar.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if !got.Due.Equal(at(t, c.due)) || got.Due.Sub(got.Start) != time.Duration(c.n)*time.Hour {
				t.Errorf("due %v, want %s", got.Due.In(calendar.Amsterdam), c.due)
			}
			if said := slices.ContainsFunc(got.Steps, func(s calendar.Step) bool { return s.Code == "clock_change" }); said != c.changed {
				t.Errorf("the change of the clock is told: %v, want %v", said, c.changed)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	start := at(t, "2027-03-22 10:00:00")
	for name, count := range map[string]func() (calendar.Count, error){
		"no days":             func() (calendar.Count, error) { return calendar.CalendarDays(start, 0, calendar.Options{}) },
		"too many days":       func() (calendar.Count, error) { return calendar.WorkingDays(start, 4000, calendar.Options{}) },
		"negative hours":      func() (calendar.Count, error) { return calendar.Hours(start, -1, calendar.Options{}) },
		"unknown calendar":    func() (calendar.Count, error) { return calendar.Weeks(start, 1, calendar.Options{Calendar: "FR"}) },
		"before the calendar": func() (calendar.Count, error) { return calendar.Weeks(start.AddDate(-40, 0, 0), 1, calendar.Options{}) },
		"past the calendar": func() (calendar.Count, error) {
			return calendar.Months(at(t, "2099-06-01 10:00:00"), 12, calendar.Options{})
		},
		"a holiday, no name": func() (calendar.Count, error) {
			return calendar.Weeks(start, 1, calendar.Options{Extra: []calendar.Holiday{{Date: "2027-03-23"}}})
		},
		"a holiday, not a day": func() (calendar.Count, error) {
			return calendar.Weeks(start, 1, calendar.Options{Extra: []calendar.Holiday{{Date: "x", NL: "a", EN: "b"}}})
		},
	} {
		if _, err := count(); takedown.KindOf(err) != takedown.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The holidays are worked out here in another way: Easter by the anonymous
// Gregorian computus, the rest from it (art. 3 ATW; Koningsdag on Saturday 26
// April when the 27th is a Sunday).
func TestHolidaysAgreeWithOwnReckoning(t *testing.T) {
	for year := 2016; year <= 2060; year++ {
		easter := computus(year)
		king := time.Date(year, time.April, 27, 0, 0, 0, 0, time.UTC)
		if king.Weekday() == time.Sunday {
			king = king.AddDate(0, 0, -1)
		}
		want := map[string]bool{}
		for _, d := range []time.Time{
			time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), easter.AddDate(0, 0, -2), easter.AddDate(0, 0, 1), king, time.Date(year, 5, 5, 0, 0, 0, 0, time.UTC),
			easter.AddDate(0, 0, 39), easter.AddDate(0, 0, 50), time.Date(year, 12, 25, 0, 0, 0, 0, time.UTC), time.Date(year, 12, 26, 0, 0, 0, 0, time.UTC),
		} {
			want[d.Format(time.DateOnly)] = true
		}
		list, err := calendar.Holidays(year, calendar.NL)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, h := range list {
			got[h.Date] = true
			if h.NL == "" || h.EN == "" || h.Source == "" {
				t.Errorf("%s has no name or source: %+v", h.Date, h)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d: %s", year, diff)
		}
	}
}

func computus(y int) time.Time {
	a, b, c := y%19, y/100, y%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(y, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}

func TestIsWorkingDay(t *testing.T) {
	for day, want := range map[string]string{
		"2027-03-26 12:00:00": "Good Friday", "2027-03-27 12:00:00": "Saturday", "2027-04-27 00:00:01": "King's Day",
		"2027-05-05 23:59:59": "Liberation Day", "2027-05-06 12:00:00": "Ascension Day", "2027-03-30 12:00:00": "",
	} {
		if ok, name := calendar.IsWorkingDay(at(t, day), calendar.NL); name != want || ok != (want == "") {
			t.Errorf("%s: %v %q, want %q", day, ok, name, want)
		}
	}
}

func TestADayAddedByDecreeMovesTheDateAndTheVersion(t *testing.T) {
	start := at(t, "2027-03-22 10:00:00")
	before, err := calendar.WorkingDays(start, 2, calendar.Options{})
	if err != nil {
		t.Fatal(err)
	}
	extra := []calendar.Holiday{{Date: "2027-03-23", NL: "dag van nationale rouw", EN: "day of national mourning"}}
	after, err := calendar.WorkingDays(start, 2, calendar.Options{Extra: extra})
	if err != nil {
		t.Fatal(err)
	}
	if before.DueDate != "2027-03-24" || after.DueDate != "2027-03-25" || before.CalendarVersion == after.CalendarVersion {
		t.Errorf("before %s (%s), after %s (%s)", before.DueDate, before.CalendarVersion, after.DueDate, after.CalendarVersion)
	}
	if v, err := calendar.Version(calendar.NL); err != nil || v != before.CalendarVersion {
		t.Errorf("the calendar's own version is %s, %v", v, err)
	}
}

func TestLibraryIsTheOneInGoMod(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	name, version, _ := strings.Cut(calendar.Library, " ")
	if !strings.Contains(string(mod), "github.com/"+name+"/v2 "+version) {
		t.Errorf("go.mod does not require %s", calendar.Library)
	}
}

func drawStart(t *rapid.T) time.Time {
	from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	to := time.Date(2045, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	return time.Unix(rapid.Int64Range(from, to).Draw(t, "start"), 0)
}

func TestWorkingDaysProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start, n := drawStart(t), rapid.IntRange(1, 60).Draw(t, "n")
		opt := calendar.Options{Calendar: rapid.SampledFrom(calendar.Calendars()).Draw(t, "calendar")}
		got := must(t, calendar.WorkingDays, start, n, opt)
		if ok, name := calendar.IsWorkingDay(got.Due, opt.Calendar); !ok {
			t.Fatalf("ends on %s, %s", got.DueDate, name)
		}
		if !got.Due.After(start) {
			t.Fatalf("ends %v, before it started", got.Due)
		}
		counted := 0
		for d := start.In(calendar.Amsterdam).AddDate(0, 0, 1); d.Format(time.DateOnly) <= got.DueDate; d = d.AddDate(0, 0, 1) {
			if ok, _ := calendar.IsWorkingDay(d, opt.Calendar); ok {
				counted++
			}
		}
		if counted != n {
			t.Fatalf("holds %d working days, not %d", counted, n)
		}
		if more := must(t, calendar.WorkingDays, start, n+1, opt); !more.Due.After(got.Due) {
			t.Fatal("one day more ends no later")
		}
		if later := must(t, calendar.WorkingDays, start.Add(24*time.Hour), n, opt); later.Due.Before(got.Due) {
			t.Fatal("a later start ends earlier")
		}
	})
}

func must(t *rapid.T, count func(time.Time, int, calendar.Options) (calendar.Count, error), start time.Time, n int, opt calendar.Options) calendar.Count {
	c, err := count(start, n, opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestMovedPeriodsProperties(t *testing.T) {
	counts := []func(time.Time, int, calendar.Options) (calendar.Count, error){calendar.CalendarDays, calendar.Weeks, calendar.Months}
	rapid.Check(t, func(t *rapid.T) {
		start, n := drawStart(t), rapid.IntRange(1, 3).Draw(t, "n")
		count := rapid.SampledFrom(counts).Draw(t, "count")
		plain := must(t, count, start, n, calendar.Options{})
		for _, roll := range []calendar.Roll{calendar.RollEU, calendar.RollATW} {
			got := must(t, count, start, n, calendar.Options{Roll: roll})
			if ok, name := calendar.IsWorkingDay(got.Due, calendar.NL); !ok {
				t.Fatalf("%s ends on %s, %s", roll, got.DueDate, name)
			}
			if got.Due.Before(plain.Due) {
				t.Fatalf("%s ends earlier than without moving", roll)
			}
			if later := must(t, count, start.Add(24*time.Hour), n, calendar.Options{Roll: roll}); later.Due.Before(got.Due) {
				t.Fatalf("%s: a later start ends earlier", roll)
			}
		}
		early := must(t, count, start, n, calendar.Options{Early: &calendar.Basis{}})
		if want := plain.Due.In(calendar.Amsterdam).AddDate(0, 0, -1).Format(time.DateOnly); early.DueDate != want {
			t.Fatalf("on the early side %s, want %s", early.DueDate, want)
		}
	})
}

func TestThirtyDayMonthsAreNeverLaterThanEither(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start, n := drawStart(t), rapid.IntRange(1, 12).Draw(t, "n")
		got := must(t, calendar.Months, start, n, calendar.Options{Thirty: true})
		days := must(t, calendar.CalendarDays, start, 30*n, calendar.Options{})
		months := must(t, calendar.Months, start, n, calendar.Options{})
		if want := min(days.DueDate, months.DueDate); got.DueDate != want {
			t.Fatalf("%s, want %s", got.DueDate, want)
		}
	})
}
