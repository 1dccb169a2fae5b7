package casework

import (
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/takedown"
)

// quietUntil is the end of the quiet hours that an instant falls in, zero
// outside them. The hours are Amsterdam's and may run over midnight.
func quietUntil(set *takedown.Settings, now time.Time) time.Time {
	from, ok1 := minutes(set.QuietFrom)
	until, ok2 := minutes(set.QuietUntil)
	if !ok1 || !ok2 || from == until {
		return time.Time{}
	}
	local := now.In(calendar.Amsterdam)
	at := local.Hour()*60 + local.Minute()
	day := local
	switch {
	case from < until && at >= from && at < until:
	case from > until && at < until:
	case from > until && at >= from:
		day = local.AddDate(0, 0, 1)
	default:
		return time.Time{}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), until/60, until%60, 0, 0, calendar.Amsterdam).UTC()
}

// minutes reads "21:00" as minutes of the day.
func minutes(hhmm string) (int, bool) {
	t, err := time.Parse("15:04", hhmm)
	return t.Hour()*60 + t.Minute(), err == nil
}

// missingSettings names what must be set before anything is sent.
func missingSettings(set *takedown.Settings) []string {
	var out []string
	for _, f := range []struct{ code, value string }{
		{"settings:organisation.name", set.Organisation.Name},
		{"settings:organisation.mailbox", set.Organisation.Mailbox},
		{"settings:mail.from", set.MailFrom},
	} {
		if f.value == "" {
			out = append(out, f.code)
		}
	}
	return out
}
