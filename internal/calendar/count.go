package calendar

import (
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// Words is one text in both languages.
type Words struct {
	NL string `json:"nl"`
	EN string `json:"en"`
}

// Step is one line of a count's explanation.
//
// Date is the day (YYYY-MM-DD) or, for counts in hours, the instant (RFC 3339)
// that the line is about. Rule, Source and Flag say on what the line rests;
// Flag is domain.md's ([V: …], [V-sec: …], [own], [infer]). OurChoice marks
// what we chose; without it the line is what the named rule says.
type Step struct {
	Date      string `json:"date"`
	Code      string `json:"code"`
	NL        string `json:"nl"`
	EN        string `json:"en"`
	Rule      string `json:"rule,omitempty"`
	Source    string `json:"source"`
	Flag      string `json:"flag,omitempty"`
	OurChoice bool   `json:"ourChoice,omitempty"`
}

// Count is a period that was counted. Due is the last second in time, in UTC;
// DueDate is its day in Europe/Amsterdam. Base is DueDate before the last day
// was moved for a weekend or holiday; warnings against us use it.
type Count struct {
	Rule            string    `json:"rule"`
	Calendar        Calendar  `json:"calendar"`
	CalendarVersion string    `json:"calendarVersion"`
	Start           time.Time `json:"start"`
	Due             time.Time `json:"dueAt"`
	DueDate         string    `json:"dueDate"`
	Base            string    `json:"baseDate"`
	Steps           []Step    `json:"steps"`
}

// Roll says what happens when a period's last day is no working day.
type Roll string

// The ways to treat the last day.
const (
	RollNone Roll = ""        // it stays where it falls
	RollEU   Roll = "1182/71" // art. 3(4) and 3(5) of Regulation (EEC, Euratom) 1182/71
	RollATW  Roll = "ATW"     // arts 1, 2 and 4 of the Algemene termijnenwet
)

// Basis says on what a choice rests: a reason that completes "because …", its
// source and flag, and whether it is ours.
type Basis struct {
	Reason    Words  `json:"reason"`
	Source    string `json:"source"`
	Flag      string `json:"flag"`
	OurChoice bool   `json:"ourChoice"`
}

// Options say how to count. The zero value counts on the Dutch calendar,
// without moving the last day.
type Options struct {
	Calendar Calendar
	Extra    []Holiday // days added since the library's release
	Event    Words     // how the start is called: "mailed", "gemaild"; default "start"
	Rule     string    // id of the rule that is counted
	Length   *Basis    // on what the length rests: a sentence; nil: nothing is said
	Frame    *Basis    // on what the way of counting rests; nil: Regulation 1182/71
	ByChoice bool      // no rule prescribes this way of counting: we follow it by choice
	Idle     *Basis    // why weekends and holidays are not counted in working days
	Roll     Roll
	RollWhy  *Basis // why the last day does not move although it is idle (RollNone)
	// Thirty counts a month as 30 days (art. 136(1) Sv), unless the calendar
	// months are shorter: the earlier day is the safe one.
	Thirty bool
	Early  *Basis // the last safe day is one day earlier; nil: it is not
}

// The longest periods that are counted; more is a mistake in the input.
const (
	maxDays  = 3660
	maxHours = 24 * maxDays
)

// WorkingDays counts n working days after the day of start, which is not
// counted. n is 1 or more.
func WorkingDays(start time.Time, n int, opt Options) (Count, error) {
	c, err := begin(start, n, 1, maxDays, opt)
	if err != nil {
		return Count{}, err
	}
	c.excluded()
	day, run := c.first, run{}
	for counted := 0; counted < n; {
		day = day.AddDate(0, 0, 1)
		if err := inRange(day); err != nil {
			return Count{}, err
		}
		if name, idle := c.book.idle(day); idle {
			c.flush(&run)
			c.skip(day, name)
			continue
		}
		counted++
		run.add(day, counted)
	}
	c.flush(&run)
	c.closeWeekend()
	return c.finish(day)
}

// CalendarDays counts n days after the day of start, which is not counted.
func CalendarDays(start time.Time, n int, opt Options) (Count, error) {
	c, err := begin(start, n, 1, maxDays, opt)
	if err != nil {
		return Count{}, err
	}
	c.excluded()
	last := c.first.AddDate(0, 0, n)
	c.lands(last, daysNL(n), daysEN(n))
	return c.roll(last, period{days: n, text: Words{daysNL(n), daysEN(n)}})
}

// Weeks counts n weeks: the period ends on the start's weekday.
func Weeks(start time.Time, n int, opt Options) (Count, error) {
	c, err := begin(start, n, 1, maxDays/7, opt)
	if err != nil {
		return Count{}, err
	}
	c.excluded()
	last := c.first.AddDate(0, 0, 7*n)
	text := Words{plural(n, "week", "weken"), plural(n, "week", "weeks")}
	c.lands(last, text.NL, text.EN)
	return c.roll(last, period{days: 7 * n, weeks: n, text: text})
}

// Months counts n months: the period ends on the start's date in the last
// month, or on that month's last day if it has no such date. With
// Options.Thirty a month is 30 days.
func Months(start time.Time, n int, opt Options) (Count, error) {
	c, err := begin(start, n, 1, maxDays/31, opt)
	if err != nil {
		return Count{}, err
	}
	c.excluded()
	text := Words{plural(n, "maand", "maanden"), plural(n, "month", "months")}
	if opt.Thirty {
		last := c.first.AddDate(0, 0, 30*n)
		c.thirty(last, n)
		if months, _ := AddMonths(c.first, n); months.Before(last) {
			last = months
			c.shorter(last, text)
		}
		return c.roll(last, period{days: 28 * n, months: n, text: text})
	}
	last, clamped := AddMonths(c.first, n)
	c.lands(last, text.NL, text.EN)
	if clamped {
		c.clamped(last)
	}
	return c.roll(last, period{days: 28 * n, months: n, text: text})
}

// Hours counts n hours from the second of start; 0 is at once. A change of
// the clock does not alter an hour's length.
func Hours(start time.Time, n int, opt Options) (Count, error) {
	c, err := begin(start, n, 0, maxHours, opt)
	if err != nil {
		return Count{}, err
	}
	due := c.Start.Add(time.Duration(n) * time.Hour)
	c.hours(due, n)
	c.Due = due
	c.DueDate = dayOf(due).Format(time.DateOnly)
	c.Base = c.DueDate
	return c.Count, nil
}

// AddMonths is the same date n months on, or that month's last day (clamped)
// if it has no such date.
func AddMonths(day time.Time, n int) (last time.Time, clamped bool) {
	y, m, d := day.Date()
	last = time.Date(y, m+time.Month(n), d, 0, 0, 0, 0, day.Location())
	if last.Day() != d {
		return time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, day.Location()), true
	}
	return last, false
}

// counting is a count under way.
type counting struct {
	Count
	opt     Options
	book    *book
	first   time.Time // the day of the start
	pending []time.Time
}

func begin(start time.Time, n, least, most int, opt Options) (*counting, error) {
	b, err := open(opt.Calendar, opt.Extra)
	if err != nil {
		return nil, err
	}
	if n < least || n > most {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput,
			"the length must be between %d and %d", least, most)
	}
	start = start.UTC().Truncate(time.Second)
	if err := inRange(start); err != nil {
		return nil, err
	}
	c := &counting{opt: opt, book: b, first: dayOf(start)}
	cc, _ := ParseCalendar(string(opt.Calendar))
	c.Count = Count{Rule: opt.Rule, Calendar: cc, CalendarVersion: b.version, Start: start}
	c.begins()
	return c, nil
}

func inRange(t time.Time) error {
	if y := t.Year(); y < FirstYear || y > LastYear-1 {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput,
			"holidays are known from %d to %d only", FirstYear, LastYear-1)
	}
	return nil
}

// finish sets the last day, one earlier if the count is on the early side.
func (c *counting) finish(last time.Time) (Count, error) {
	if c.Base == "" {
		c.Base = last.Format(time.DateOnly)
	}
	if c.opt.Early != nil {
		last = last.AddDate(0, 0, -1)
		c.early(last)
		c.Base = last.Format(time.DateOnly)
	}
	if err := inRange(last); err != nil {
		return Count{}, err
	}
	c.Due, c.DueDate = endOf(last), last.Format(time.DateOnly)
	c.ends(last)
	return c.Count, nil
}
