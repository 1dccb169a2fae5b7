package localengine_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/engine/asl"
	"github.com/ontdox/takedown/internal/engine/localengine"
)

func noHandler(context.Context, []byte) ([]byte, error) { return nil, nil }

// functions names every placeholder of the project's machines.
var functions = []string{
	"PlanStep", "DraftDocument", "RegisterWait", "SendDocument", "VerifyContent",
	"AssembleDossier", "Renew", "RecordOutcome", "Triage", "PlanTracks",
}

func TestProjectMachinesLoad(t *testing.T) {
	o := localengine.Options{
		DB: openDB(t, filepath.Join(t.TempDir(), "engine.db")), Now: newClock().Now,
		Machines: map[string][]byte{}, Substitutions: map[string]string{}, Handlers: map[string]localengine.Handler{},
	}
	for _, name := range []string{"case", "track"} {
		b, err := os.ReadFile(filepath.Join("..", "..", "..", "statemachines", name+".asl.json"))
		if err != nil {
			t.Fatal(err)
		}
		o.Machines[name] = b
	}
	for _, f := range functions {
		o.Substitutions[f], o.Handlers[f] = f, noHandler
	}
	if _, err := localengine.New(o); err != nil {
		t.Fatal(err)
	}
	delete(o.Handlers, "RegisterWait")
	_, err := localengine.New(o)
	var r *asl.RefusedError
	if !errors.As(err, &r) || r.Refusals[0].Path != "$.States.AwaitGates.Parameters.FunctionName" {
		t.Errorf("a missing function gives %v", err)
	}
	delete(o.Substitutions, "RegisterWait")
	if _, err := localengine.New(o); err == nil || !strings.Contains(err.Error(), "${RegisterWait} has no substitution") {
		t.Errorf("a missing substitution gives %v", err)
	}
}

func TestNewerJournalIsRefused(t *testing.T) {
	db := openDB(t, filepath.Join(t.TempDir(), "engine.db"))
	if _, err := localengine.New(localengine.Options{DB: db}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`UPDATE engine_meta SET version = 99`); err != nil {
		t.Fatal(err)
	}
	if _, err := localengine.New(localengine.Options{DB: db}); err == nil || !strings.Contains(err.Error(), "version 99") {
		t.Errorf("a newer journal gives %v", err)
	}
}
