package calendar

import (
	"sort"
	"strings"
	"time"
)

// Holidays lists a calendar's public holidays of a year by date.
func Holidays(year int, c Calendar) ([]Holiday, error) {
	b, err := open(c, nil)
	if err != nil {
		return nil, err
	}
	var out []Holiday
	for date, h := range b.days {
		if strings.HasPrefix(date, time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006-")) {
			out = append(out, h)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Date < out[j].Date })
	return out, nil
}

// IsWorkingDay says whether the day of d, seen in Europe/Amsterdam, is a
// working day, and if not the English name of what it is ("Saturday", "Good
// Friday"). An unknown calendar counts as NL.
func IsWorkingDay(d time.Time, c Calendar) (bool, string) {
	b, err := open(c, nil)
	if err != nil {
		b = books[NL]()
	}
	w, why := b.idle(dayOf(d))
	return !why, w.EN
}
