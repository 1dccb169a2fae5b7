package casework_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// patch applies a merge patch as it comes over the wire.
func (f *fixture) patch(who takedown.Principal, caseID, body string) error {
	f.t.Helper()
	v, err := f.s.GetCase(context.Background(), auditor, caseID)
	f.ok(err)
	var in casework.CasePatch
	f.ok(json.Unmarshal([]byte(body), &in))
	return f.s.PatchCase(context.Background(), who, caseID, in, v.Version)
}

// Requirement: S0-7, S0-23, S1-1
func TestAPatchChangesOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	f.ok(f.patch(coordinator, c.Case, `{"deputy":"deputy-1","goals":["removal"],"flareUps":["2027-05-04"],"assignees":["specialist-2"],"flags":{"misidentified":{"intendedTarget":"unknown"}}}`))
	v, err := f.s.GetCase(ctx, coordinator, c.Case)
	f.ok(err)
	if v.Coordinator != "coordinator-1" || v.Deputy != "deputy-1" || !slices.Equal(v.Assignees, []string{"specialist-2"}) || v.Flags.Misidentified != "unknown" {
		t.Errorf("case %+v", v)
	}
	f.ok(f.patch(coordinator, c.Case, `{"deputy":null,"assignees":null,"flags":{"misidentified":null}}`))
	v, err = f.s.GetCase(ctx, coordinator, c.Case)
	f.ok(err)
	if v.Deputy != "" || len(v.Assignees) != 0 || v.Flags.Misidentified != "" || !slices.Equal(v.Goals, []string{"removal"}) || len(v.FlareUps) != 1 {
		t.Errorf("null removes, nothing else goes: %+v", v)
	}
	if got := f.entries(c.Case); got[len(got)-1] != "case.changed deputy,flags,assignees" {
		t.Errorf("entries %q", got)
	}
	var in casework.CasePatch
	for _, body := range []string{`{"unknown":1}`, `{"flags":{"unknown":1}}`, `{"deputy":1}`, `[]`} {
		if json.Unmarshal([]byte(body), &in) == nil {
			t.Errorf("%s was taken", body)
		}
	}
}

func TestAPatchNamesEveryBadField(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	in := caseInput("https://forum.example/1")
	in.Suspects = []casework.SuspectInput{{IsColleague: true}}
	c := f.open(in)
	f.pointers(f.patch(coordinator, c.Case, `{"coordinator":null,"deputy":"a\nb","goals":["fame","fame"],"flareUps":["soon"],"assignees":[""],"restricted":false,
		"flags":{"misidentified":{"intendedTarget":"person_none"}}}`),
		"/coordinator", "/deputy", "/goals/1", "/goals/0", "/goals/1", "/flareUps/0", "/assignees/0", "/flags/misidentified/intendedTarget", "/restricted")
	f.pointers(f.patch(coordinator, c.Case, `{"deputy":"coordinator-1"}`), "/deputy")
	f.pointers(f.patch(coordinator, c.Case, `{"coordinator":"`+strings.Repeat("x", 61)+`"}`), "/coordinator")
	f.pointers(f.patch(coordinator, c.Case, `{"coordinator":"coordinator-2"}`), "/restricted") // they would lock themselves out
	for _, who := range []takedown.Principal{specialist, adviser, liaison, auditor, reporter, nobody} {
		f.kind(f.patch(who, c.Case, `{"deputy":"deputy-1"}`), takedown.Forbidden)
	}
	f.kind(f.s.PatchCase(ctx, coordinator, c.Case, casework.CasePatch{}, 99), takedown.Stale)
}

func TestAnUrgentFlagStartsItsWorkAtOnce(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	_, err := f.s.PutAlignment(ctx, coordinator, c.Case, casework.AlignmentInput{Status: "asked"}, 0)
	f.ok(err)
	before, err := f.s.GetAlignment(ctx, coordinator, c.Case)
	f.ok(err)
	f.ok(f.patch(coordinator, c.Case, `{"flags":{"deathThreat":true}}`))
	f.task(c.Case, "death_threat_report")
	f.task(c.Case, "urgent_safety")
	tasks, err := f.s.CaseTasks(ctx, coordinator, c.Case)
	f.ok(err)
	for _, task := range tasks {
		if task.Status == "open" && !task.Urgent {
			t.Errorf("task %s is not urgent", task.Kind)
		}
	}
	after, err := f.s.GetAlignment(ctx, coordinator, c.Case)
	f.ok(err)
	old, err := f.s.GetClock(ctx, coordinator, before.Clock)
	f.ok(err)
	clock, err := f.s.GetClock(ctx, coordinator, after.Clock)
	f.ok(err)
	if old.Status != "superseded" || !clock.Due.Equal(monday) || clock.Supersedes != old.ID {
		t.Errorf("C19 was %s until %s, is due %s", old.Status, old.Due, clock.Due)
	}
	f.ok(f.patch(coordinator, c.Case, `{"flags":{"deathThreat":false}}`)) // the flag goes, its task stays
	f.task(c.Case, "death_threat_report")
	f.kind(f.s.CloseCase(ctx, coordinator, c.Case, casework.ClosureInput{Reason: "done"}), takedown.Conflict)
}
