package casework

import (
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/law"
	"github.com/ontdox/takedown/internal/notice"
	"github.com/ontdox/takedown/internal/takedown"
)

// maxReminders is how often one notice is recalled at most (domain.md §8 T3):
// more would be the misuse that art. 23(2) DSA speaks of.
const maxReminders = 2

// remindedEnough says that a rung would recall the track's last notice once too
// often. What never arrived was no reminder.
func (p *planner) remindedEnough(rung law.Rung) bool {
	if rung.Instrument != notice.T3 {
		return false
	}
	n := 0
	for _, taken := range p.track.Rungs {
		switch {
		case taken.Instrument != notice.T3 && taken.Instrument != "":
			n = 0 // a notice, or what came after it
		case taken.Instrument == notice.T3 && taken.Document != "" && taken.Ending != "" && taken.Skipped == "" && !taken.Undelivered:
			n++
		}
	}
	return n >= maxReminders
}

// spaced holds a reminder until the day is over by which the text that it reminds
// of asks for an answer (that is counted from the last day to send, the clock from
// the sending), and until the organisation's own spacing (setting reminderSpacing,
// in days) has passed (domain.md §8 T3). Urgent cases do not wait for it.
func (p *planner) spaced(rung law.Rung) (step, bool, error) {
	if rung.Instrument != notice.T3 || p.c.Flags.Urgent() {
		return step{}, false, nil
	}
	sent, asked, err := p.lastDelivery()
	if err != nil || sent.IsZero() {
		return step{}, false, err
	}
	if p.t.now.Before(asked) {
		return step{next: goDate, due: asked, why: []string{"asked_by"}}, true, nil
	}
	if p.settings.ReminderSpacing == 0 {
		return step{}, false, nil
	}
	until := sent.In(calendar.Amsterdam).AddDate(0, 0, p.settings.ReminderSpacing).UTC()
	return step{next: goDate, due: until, why: []string{"spacing"}}, p.t.now.Before(until), nil
}

// lastDelivery is the proven moment at which the track's last instrument was
// sent or filed, zero if none was, and when the day ends by which its text asks for
// an answer, zero if it names none.
func (p *planner) lastDelivery() (sent, asked time.Time, err error) {
	for n := len(p.track.Rungs) - 1; n >= 0; n-- {
		if p.track.Rungs[n].Document == "" || p.track.Rungs[n].Undelivered { // what never arrived reminds of nothing
			continue
		}
		d, err := load[takedown.Document](p.t, p.track.Rungs[n].Document)
		if err != nil {
			return sent, asked, err
		}
		last, err := p.t.lastDispatch(d)
		if err != nil {
			return sent, asked, err
		}
		if last != nil && !last.At.IsZero() {
			if day, ok := askedDay(d); ok && p.track.Rungs[n].Ending == law.EndSilence { // who has answered is not waited for
				asked = day.AddDate(0, 0, 1).UTC()
			}
			return last.At, asked, nil
		}
	}
	return sent, asked, nil
}

// askedDay is the day by which a document's text asks for an answer, as it begins
// in Amsterdam; false where it names none.
func askedDay(d *takedown.Document) (time.Time, bool) {
	day, err := time.ParseInLocation(time.DateOnly, d.AnswerBy, calendar.Amsterdam)
	return day, err == nil
}
