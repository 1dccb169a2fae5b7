package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// What answers, reports or follows an act does not come before it: a wrong year
// would move a fatal term or stand in a letter.
func TestNothingComesBeforeWhatItIsAbout(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Incident.OccurredAt = monday.Add(-48 * time.Hour)
	early := monday.AddDate(-1, 0, 0)
	wrong := in
	wrong.Incident.DiscoveredAt = early
	_, err := f.s.OpenCase(ctx, specialist, wrong)
	f.pointers(err, "/incident/discoveredAt")
	c := f.open(in)
	for _, learned := range []time.Time{early, time.Date(2020, 2, 1, 0, 0, 0, 0, time.UTC)} {
		_, err = f.s.PutKlacht(ctx, coordinator, c.Case, c.People[0], "261", casework.KlachtInput{Needed: true, VictimLearnedAt: learned}, 0)
		f.pointers(err, "/victimLearnedAt")
	}
	_, err = f.s.RecordAttempt(ctx, specialist, c.Case, casework.AttemptInput{Role: "site_operator", Channel: "mail", At: early, Result: "no_answer"})
	f.pointers(err, "/at")
	_, err = f.s.PutPoliceReport(ctx, coordinator, c.Case, "report_early", casework.PoliceReportInput{Kind: "melding", By: "employer", Offences: []string{"285d"}, FiledAt: early}, 0)
	f.pointers(err, "/filedAt")
}

func TestAnAnswerDoesNotComeBeforeWhatItAnswers(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	l.approve()
	d := l.document()
	for _, in := range []casework.ReplyInput{{DocumentID: d.ID}, {TrackID: l.track("hoster").ID}} {
		in.Kind, in.Decision, in.Via, in.ReceivedAt = "decision", "refused", "mail", monday.AddDate(0, -1, 0)
		_, err := l.s.RegisterReply(ctx, specialist, in)
		l.pointers(err, "/receivedAt")
	}
	l.at("AwaitReply", "reply")
}

// A track is given up for a reason, which stands in the history.
func TestAnEndOfARouteNeedsAReason(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	f.ok(f.s.OpenTask(ctx, c.Case, takedown.Task{Kind: "consider_next_route", Owner: takedown.LegalAdviser, Reason: "ladder_exhausted", Subject: "track_x"}))
	task := f.task(c.Case, "consider_next_route")
	f.pointers(f.s.CompleteTask(ctx, adviser, task, casework.TaskCompletion{}), "/reason")
	f.ok(f.s.CompleteTask(ctx, adviser, task, casework.TaskCompletion{Reason: "no_further_route"}))
}
