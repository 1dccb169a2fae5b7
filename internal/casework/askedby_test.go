package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/calendar"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Who was asked for an answer by a day is not reminded before it, and the reminder
// names that day: the notice left days before the last day to send it, from which
// its text counts.
func TestNobodyIsRemindedBeforeTheDayTheyWereAskedFor(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.attempt()
	first := l.document()
	l.approve()
	asked, err := time.ParseInLocation(time.DateOnly, l.answerBy(first.ID), calendar.Amsterdam)
	l.ok(err)
	if day := calendar.DateNL(asked); !strings.Contains(first.Text, day) {
		t.Fatalf("the notice does not ask for an answer by %s:\n%s", day, first.Text)
	}
	if due := l.dueDate("C5"); due >= asked.Format(time.DateOnly) {
		t.Fatalf("the clock ends on %s, the notice asks for %s: nothing is shown", due, asked.Format(time.DateOnly))
	}
	l.pages.shows(200, "<p>Sealedstraat 1</p>")
	l.pass(asked.AddDate(0, 0, 1).Add(-time.Minute).Sub(l.now()))
	l.at("AwaitDate", "asked_by")
	l.pass(2 * time.Minute)
	l.pass(2 * time.Hour)
	d := l.document()
	if d.Instrument != "T3" || !strings.Contains(d.Text, calendar.DateNL(asked)) {
		t.Errorf("%s does not name the day that was asked for:\n%s", d.Instrument, d.Text)
	}
}

// A term in hours is asked for in hours: it runs from the sending, and a date in
// the text would be later than it ends.
func TestATermInHoursIsAskedForInHours(t *testing.T) {
	t.Parallel()
	l := newAtPlatform(t, asRegistered)
	d := l.on("platform")
	if !strings.Contains(d.Text, "binnen 48 uur na de verzending van dit bericht. Die termijn is ons verzoek, geen wettelijke termijn.") {
		t.Errorf("asks for no answer in hours:\n%s", d.Text)
	}
	if by := l.answerBy(d.ID); by != "" {
		t.Errorf("asks for an answer by %s", by)
	}
}

// answerBy is the day by which a document asks for an answer, as its row says.
func (l *live) answerBy(doc string) string {
	l.t.Helper()
	d, err := casework.GetNoun[takedown.Document](context.Background(), l.s, doc)
	l.ok(err)
	return d.AnswerBy
}

func (l *live) dueDate(rule string) string {
	l.t.Helper()
	page, err := l.s.ListClocks(context.Background(), coordinator, casework.ClockQuery{})
	l.ok(err)
	for _, c := range page.Items {
		if c.Rule == rule {
			return c.DueDate
		}
	}
	return ""
}
