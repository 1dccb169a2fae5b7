package casework_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
)

// What a person changed by hand is not lost unsaid when the facts change: they
// have a task that names the old text, and can read it.
func TestARedraftTellsWhoseWordsItDropped(t *testing.T) {
	t.Parallel()
	l, ctx := newLive(t), context.Background()
	l.attempt()
	plain := l.document()
	l.ok(l.reassess(func(in *casework.AssessmentInput) { in.Contra = []string{"public_debate"} }))
	if open := l.openTasks(l.c, "edits_dropped"); len(open) != 0 || l.document().ID == plain.ID {
		t.Fatalf("nobody changed a word, and there is %+v", open)
	}
	d := l.document()
	l.ok(l.s.EditDocument(ctx, specialist, d.ID, casework.EditInput{Subject: d.Subject, Text: d.Text + "\n\nEigen toevoeging.", Recipients: d.Recipients}, d.Version))
	l.settle()
	l.ok(l.reassess(func(in *casework.AssessmentInput) { in.Contra = []string{"journalism"} }))
	now := l.document()
	if now.ID == d.ID || strings.Contains(now.Text, "Eigen toevoeging") {
		t.Fatalf("not drafted anew:\n%s", now.Text)
	}
	tasks := l.openTasks(l.c, "edits_dropped")
	if len(tasks) != 1 || tasks[0].Subject != d.ID || tasks[0].Owner != "specialist" || tasks[0].Reason != "facts_changed" {
		t.Fatalf("tasks %+v", tasks)
	}
	old, err := l.s.GetDocument(ctx, specialist, tasks[0].Subject)
	l.ok(err)
	if old.Status != "superseded" || !strings.Contains(old.Text, "Eigen toevoeging") {
		t.Errorf("the old text is %s:\n%s", old.Status, old.Text)
	}
	l.ok(l.s.CompleteTask(ctx, specialist, tasks[0].ID, casework.TaskCompletion{}))
}

// Where the threat stands is said as the specialist recorded it, and not guessed
// from where the data stand.
func TestWhereTheThreatStands(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	l.consent("police_report", "")
	l.secrecy()
	l.planned(func(*casework.PoliceReportInput) {})
	l.ok(l.patch(coordinator, l.c, `{"flags":{"lifeOrSafety":true}}`))
	l.pointers(l.reassess(func(in *casework.AssessmentInput) {
		in.Purpose, in.ThreatLocator = []string{"timing"}, "line 7"
	}), "/threatLocator", "/threatLocator")
	threat := func(where string) func(*casework.AssessmentInput) {
		return func(in *casework.AssessmentInput) {
			in.Purpose, in.ThreatLocator = append(slices.Clone(in.Purpose), "threat_in_thread"), where
		}
	}
	l.ok(l.reassess(threat("")))
	if d := l.reportOn(l.page); !strings.Contains(d.Text, "In onderdeel 1 staat een tekst die volgens ons een bedreiging is") {
		t.Errorf("the threat is not told:\n%s", d.Text)
	}
	l.ok(l.reassess(func(in *casework.AssessmentInput) { in.ThreatLocator = "comment:7" }))
	if d := l.on("police_report"); !strings.Contains(d.Text, "In onderdeel 1 (reactie 7 onder het bericht) staat een tekst") {
		t.Errorf("it does not say where:\n%s", d.Text)
	}
}
