package casework_test

import (
	"context"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func aangifte(person string) casework.PoliceReportInput {
	return casework.PoliceReportInput{
		Kind: "aangifte", By: "both", Person: person, Witness: person, Offences: []string{"285d"}, FiledAt: monday.Add(-time.Hour), Unit: "eenheid Voorbeeld",
		Appointment: monday.Add(-2 * time.Hour), Registration: "PL0000-2027000001", VPTRequested: true, VPTConfirmed: true,
		UnderNumber: &casework.UnderNumberInput{For: "colleague", Requested: true},
	}
}

// A report to the police is the employer's, the person's or both's, against
// whoever it was; it asks for VPT and keeps whether that was confirmed. The
// person's home stays out of it: domicile at the employer, under a number.
//
// Requirement: S0-19a, S0-19b, S0-19e, S0-inf-2, S1-5, S4-17, S4-21
func TestAPoliceReportIsRecordedWhole(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	put := func(report string, in casework.PoliceReportInput) error {
		_, err := f.s.PutPoliceReport(ctx, coordinator, c.Case, report, in, 0)
		return err
	}
	in := aangifte("person_none")
	in.Kind, in.By, in.Offences, in.VPTRequested = "tip", "neighbour", []string{"filming"}, false
	in.UnderNumber = &casework.UnderNumberInput{For: "colleague", Granted: true}
	f.pointers(put("report_een", in), "/kind", "/by", "/offences/0", "/vptConfirmed", "/underNumber/granted", "/person", "/witness")
	f.ok(put("report_een", aangifte(c.People[0])))
	v, err := f.s.GetPoliceReport(ctx, auditor, c.Case, "report_een")
	f.ok(err)
	if v.By != "both" || v.Witness != c.People[0] || v.Domicile != "employer" || !v.VPTRequested || !v.VPTConfirmed || v.UnderNumber == nil || !v.UnderNumber.Requested || !v.Appointment.Equal(monday.Add(-2*time.Hour)) {
		t.Errorf("report %+v", v)
	}
	employer := aangifte("")
	employer.By, employer.Witness = "employer", ""
	f.ok(put("report_twee", employer))
	_, err = f.s.GetCase(ctx, liaison, c.Case) // from now on the liaison sees it
	f.ok(err)
}

// Who does not want a report says why, sealed, and is asked again; what happens
// later gets a report of its own in the same case.
//
// Requirement: S0-19c, S0-19d, S3-7
func TestAReportThatIsNotWantedIsAskedAgain(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	again := monday.Add(7 * 24 * time.Hour)
	no := casework.PoliceReportInput{Kind: "aangifte", By: "affected", Person: c.People[0], NotWanted: &casework.NotWantedInput{Reason: "sealed-afraid", RevisitAt: again}}
	both := no
	both.FiledAt = monday
	_, err := f.s.PutPoliceReport(ctx, coordinator, c.Case, "report_een", both, 0)
	f.pointers(err, "/notWanted")
	_, err = f.s.PutPoliceReport(ctx, coordinator, c.Case, "report_een", no, 0)
	f.ok(err)
	f.absent("sealed-afraid")
	task, err := f.s.GetTask(ctx, liaison, f.task(c.Case, "revisit_report"))
	f.ok(err)
	if !task.DueAt.Equal(again) || task.Owner != string(takedown.Liaison) {
		t.Errorf("task %+v", task)
	}
	later := aangifte(c.People[0])
	later.Offences = []string{"285-1"}
	_, err = f.s.PutPoliceReport(ctx, liaison, c.Case, "report_twee", later, 0)
	f.ok(err)
	first, err := f.s.GetPoliceReport(ctx, auditor, c.Case, "report_een")
	f.ok(err)
	if !first.ReasonSealed || !first.FiledAt.IsZero() {
		t.Errorf("the first report is %+v", first)
	}
}

// A suspected offence asks for a report, once: a report on record ends the
// question, and so does the person's no with its reason.
//
// Requirement: S4-8
func TestASuspectedOffenceAsksForAReport(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	for _, in := range []casework.PoliceReportInput{
		{Kind: "melding", By: "employer", Offences: []string{"285d"}, FiledAt: monday},
		{Kind: "aangifte", By: "employer", NotWanted: &casework.NotWantedInput{Reason: "the person asked us not to"}},
	} {
		c := f.open(caseInput("https://forum.example/1", "https://forum.example/2"))
		one, two := c.Items[0].Item, c.Items[1].Item
		if len(f.openTasks(c.Case, "report_offence")) != 0 {
			t.Error("nothing is suspected yet")
		}
		f.assess(c.Case, one, f.capture(c.Case, one))
		f.task(c.Case, "report_offence")
		f.assess(c.Case, two, f.capture(c.Case, two))
		if n := f.count(c.Case, "report_offence"); n != 1 {
			t.Errorf("%d tasks", n)
		}
		f.kind(f.s.CompleteTask(ctx, coordinator, f.task(c.Case, "report_offence"), casework.TaskCompletion{Reason: "done"}), takedown.Conflict)
		planned := casework.PoliceReportInput{Kind: "aangifte", By: "employer", Offences: []string{"285d"}, Appointment: monday.Add(24 * time.Hour)}
		r, err := f.s.PutPoliceReport(ctx, coordinator, c.Case, "report_een", planned, 0)
		f.ok(err)
		f.task(c.Case, "report_offence") // an appointment is no report
		_, err = f.s.PutPoliceReport(ctx, coordinator, c.Case, "report_een", in, r.Version)
		f.ok(err)
		if len(f.openTasks(c.Case, "report_offence")) != 0 {
			t.Errorf("the question stands after %+v", in)
		}
		for _, item := range []string{one, two} {
			f.ok(f.s.SetOutcome(ctx, specialist, c.Case, item, casework.OutcomeInput{Code: "author_removed", Reason: "by_hand"}, 0))
		}
		f.ok(f.s.CloseCase(ctx, coordinator, c.Case, casework.ClosureInput{Reason: "all_removed"})) // its places are free again
	}
}
