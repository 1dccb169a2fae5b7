package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a Lambda or a small image may have no zone files

	"github.com/ontdox/takedown/internal/takedown"
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/nl"
)

// Calendar is a country's list of public holidays, by its ISO 3166-1 code in
// capitals. The empty value means NL.
type Calendar string

// The calendars that can be counted with: our own, and those of the Member
// States where most addressees are established.
const (
	NL Calendar = "NL"
	IE Calendar = "IE"
	BE Calendar = "BE"
	DE Calendar = "DE"
)

// Library names the source of the holiday rules with its version; a test holds
// it against go.mod.
const Library = "rickar/cal v2.1.13"

// The years whose holidays are known. A count outside them is refused.
const (
	FirstYear = 2000
	LastYear  = 2100
)

// Amsterdam is the zone in which days are counted.
var Amsterdam = mustZone("Europe/Amsterdam")

func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic("calendar: zone " + name + " is embedded and must load: " + err.Error())
	}
	return loc
}

// Holiday is one public holiday on one day, with its names.
type Holiday struct {
	Date   string `json:"date"` // YYYY-MM-DD
	NL     string `json:"nl"`
	EN     string `json:"en"`
	Source string `json:"source,omitempty"`
}

// Calendars lists every calendar.
func Calendars() []Calendar { return []Calendar{NL, IE, BE, DE} }

// ParseCalendar reads a calendar's code in any case; empty is NL.
func ParseCalendar(s string) (Calendar, error) {
	c := Calendar(strings.ToUpper(s)).or()
	if _, ok := books[c]; !ok {
		return "", takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput,
			"calendar is not known; choose NL, IE, BE or DE")
	}
	return c, nil
}

func (c Calendar) or() Calendar {
	if c == "" {
		return NL
	}
	return c
}

// book is one calendar's holidays of all known years.
type book struct {
	days    map[string]Holiday
	version string
}

var books = map[Calendar]func() *book{
	NL: sync.OnceValue(func() *book { return newBook(NL, nl.Holidays) }),
	IE: sync.OnceValue(func() *book { return newBook(IE, ie.Holidays) }),
	BE: sync.OnceValue(func() *book { return newBook(BE, be.Holidays) }),
	DE: sync.OnceValue(func() *book { return newBook(DE, de.Holidays) }),
}

// newBook lists the observed days: Koningsdag on Saturday 26 April when the
// 27th is a Sunday.
func newBook(c Calendar, rules []*cal.Holiday) *book {
	b := &book{days: map[string]Holiday{}}
	for year := FirstYear; year <= LastYear; year++ {
		for _, rule := range rules {
			_, observed := rule.Calc(year)
			if observed.IsZero() {
				continue
			}
			b.add(named(observed.Format(time.DateOnly), rule.Name, c))
		}
	}
	b.version = string(c) + "/" + Library + "/" + b.digest()
	return b
}

func (b *book) add(h Holiday) {
	if old, ok := b.days[h.Date]; ok && old.EN != h.EN {
		h.NL, h.EN = old.NL+" en "+h.NL, old.EN+" and "+h.EN
	}
	b.days[h.Date] = h
}

// digest is the first 8 hex digits of the SHA-256 of all dates, so that a
// changed list shows in the version of every clock counted with it.
func (b *book) digest() string {
	dates := make([]string, 0, len(b.days))
	for date := range b.days {
		dates = append(dates, date)
	}
	sort.Strings(dates)
	sum := sha256.Sum256([]byte(strings.Join(dates, "\n")))
	return hex.EncodeToString(sum[:4])
}

// with is the book plus days added by decree; the book itself without any.
// Thousands of clocks are counted with the same days: the last few books stay.
func (b *book) with(c Calendar, extra []Holiday) *book {
	if len(extra) == 0 {
		return b
	}
	var id strings.Builder
	for _, h := range extra {
		id.WriteString(h.Date + "\x00" + h.NL + "\x00" + h.EN + "\x00" + h.Source + "\x00")
	}
	key := string(c) + "\x00" + id.String()
	added.Lock()
	defer added.Unlock()
	if out, ok := added.books[key]; ok {
		return out
	}
	if len(added.books) >= maxAdded {
		clear(added.books)
	}
	out := b.plus(c, extra)
	added.books[key] = out
	return out
}

// added are the books with days added, by what was added.
var added = struct {
	sync.Mutex
	books map[string]*book
}{books: map[string]*book{}}

// maxAdded bounds them: one a calendar and a few lists that are tried out.
const maxAdded = 16

func (b *book) plus(c Calendar, extra []Holiday) *book {
	out := &book{days: make(map[string]Holiday, len(b.days)+len(extra))}
	for date, h := range b.days {
		out.days[date] = h
	}
	for _, h := range extra {
		if h.Source != "" { // nobody looks an added day up in the library: its name says where it stands
			h.NL, h.EN = h.NL+" ("+h.Source+")", h.EN+" ("+h.Source+")"
		}
		out.add(h)
	}
	out.version = string(c) + "/" + Library + "/" + out.digest()
	return out
}

// Version identifies a calendar's list: country, library and a digest of all
// its dates, those added to it included.
func Version(c Calendar, extra ...Holiday) (string, error) {
	b, err := open(c, extra)
	if err != nil {
		return "", err
	}
	return b.version, nil
}

func open(c Calendar, extra []Holiday) (*book, error) {
	c, err := ParseCalendar(string(c))
	if err != nil {
		return nil, err
	}
	for _, h := range extra {
		if _, err := time.Parse(time.DateOnly, h.Date); err != nil || h.NL == "" || h.EN == "" {
			return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput,
				"an added holiday needs a date (YYYY-MM-DD) and a name in both languages")
		}
	}
	return books[c]().with(c, extra), nil
}

// idle names a day that is not a working day.
func (b *book) idle(d time.Time) (Words, bool) {
	if h, ok := b.days[d.Format(time.DateOnly)]; ok && !weekend(d) {
		return Words{NL: h.NL, EN: h.EN}, true
	}
	if weekend(d) {
		return Words{NL: weekdaysNL[d.Weekday()], EN: d.Weekday().String()}, true
	}
	return Words{}, false
}

func weekend(d time.Time) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}

// dayOf is the calendar day of an instant in Amsterdam, as midnight UTC, so
// that adding days never meets a change of the clock.
func dayOf(t time.Time) time.Time {
	y, m, d := t.In(Amsterdam).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// endOf is the last second of a day in Amsterdam, in UTC.
func endOf(day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 23, 59, 59, 0, Amsterdam).UTC()
}
