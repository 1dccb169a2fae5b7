package law

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
)

// Text is one text in Dutch and English.
type Text = calendar.Words

// Record is what every dated record carries.
//
// Source says where it was read, Flag how far it is verified. ValidFrom and
// ValidUntil are days (YYYY-MM-DD), both included; an empty ValidUntil is open.
type Record struct {
	ID         string `json:"id"`
	ValidFrom  string `json:"validFrom"`
	ValidUntil string `json:"validUntil,omitempty"`
	Source     string `json:"source"`
	Flag       string `json:"flag"`
	Note       string `json:"note,omitempty"`
}

// Version names this version of the record: "C5@2024-01-01".
func (r Record) Version() string { return r.ID + "@" + r.ValidFrom }

// Verified says whether the text itself was read ([V…] without a doubt beside
// it). Only verified records may be named as fact in an outgoing text.
func (r Record) Verified() bool { return verified(r.Flag) }

func (r Record) record() Record { return r }

// holds says whether the record is valid on a day.
func (r Record) holds(day string) bool {
	return r.ValidFrom <= day && (r.ValidUntil == "" || day <= r.ValidUntil)
}

func verified(flag string) bool {
	return (strings.HasPrefix(flag, "[V:") || strings.HasPrefix(flag, "[V]")) && !strings.Contains(flag, "[own") &&
		!strings.Contains(flag, "[infer") && !strings.Contains(flag, "[V-sec")
}

// dayOf is the day of an instant in Amsterdam: the day on which law is chosen.
func dayOf(t time.Time) string { return t.In(calendar.Amsterdam).Format(time.DateOnly) }

// Nature says what a deadline is. The three are never mixed up in a text.
type Nature string

// The natures (design §2): set by law, set by the addressee itself, or set by
// us.
const (
	Legal   Nature = "legal"
	SelfSet Nature = "self-set"
	Policy  Nature = "policy"
)

// Unit is what a length is counted in.
type Unit string

// The units. Given means that the length comes with the clock (C17).
const (
	Hours        Unit = "hours"
	WorkingDays  Unit = "working_days"
	CalendarDays Unit = "calendar_days"
	Weeks        Unit = "weeks"
	Months       Unit = "months"
	Given        Unit = "given"
)

// Term is a length with its unit.
type Term struct {
	Unit   Unit `json:"unit"`
	Length int  `json:"length"`
}

var (
	termText  = regexp.MustCompile(`^([0-9]{1,4}) ?([a-z_]+)$`)
	unitNames = map[string]Unit{
		"h": Hours, "hours": Hours, "d": CalendarDays, "days": CalendarDays, "calendar_days": CalendarDays,
		"wd": WorkingDays, "working_days": WorkingDays, "w": Weeks, "weeks": Weeks, "mo": Months, "months": Months,
	}
)

// ParseTerm reads a length as a person writes it: "36h", "10d", "2w", "5
// working_days", "3 months". Invalid for anything else; how long a term may be
// is for the count to say.
func ParseTerm(s string) (Term, error) {
	m := termText.FindStringSubmatch(s)
	if m == nil || unitNames[m[2]] == "" {
		return Term{}, invalid("a length is a number and a unit: hours, working_days, calendar_days, weeks or months")
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return Term{}, invalid("a length is a number and a unit")
	}
	return Term{unitNames[m[2]], n}, nil
}
