package notice

import (
	"time"

	"github.com/ontdox/takedown/internal/calendar"
)

func amsterdam() *time.Location { return calendar.Amsterdam }

// day writes a day as people here do: "donderdag 25 maart 2027".
func day(t time.Time) string { return calendar.DateNL(t.In(amsterdam())) }

// instant writes a moment with its zone.
func instant(t time.Time) string {
	return day(t) + t.In(amsterdam()).Format(" om 15.04 uur") + " (Nederlandse tijd)"
}

// utc writes a moment for annexes, where two clocks must agree.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }
