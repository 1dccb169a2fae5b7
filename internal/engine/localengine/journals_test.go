package localengine_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/skip"
	"github.com/ontdox/takedown/internal/takedown"
)

// testdata/journals holds one journal for each build that was ever tagged, and
// for each that changed the layout: NAME.db, NAME being the tag or the commit.
// What it holds is everything an execution can wait for. To add one:
//
//	TAKEDOWN_MAKE_JOURNAL=v0.2.0 go test ./internal/engine/localengine -run TestMakeJournal
const makeJournal = "TAKEDOWN_MAKE_JOURNAL"

func invoke(name, more string) string {
	return `{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "` + name +
		`", "Payload.$": "$"}, "OutputPath": "$.Payload"` + more + `}`
}

func waitToken(more string) string {
	return `{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"FunctionName": "register",
		"Payload": {"name.$": "$$.Execution.Name", "token.$": "$$.Task.Token"}}` + more + `}`
}

// journalMachines: each waits for one thing, and is an execution's name too.
var journalMachines = map[string]string{
	"token":    `{"StartAt": "T", "States": {"T": ` + waitToken(`, "End": true`) + `}}`,
	"timeout":  `{"StartAt": "T", "States": {"T": ` + waitToken(`, "TimeoutSeconds": 100, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "P"}], "End": true`) + `, "P": {"Type": "Pass", "Result": "late", "End": true}}}`,
	"beat":     `{"StartAt": "T", "States": {"T": ` + waitToken(`, "HeartbeatSeconds": 50, "Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "P"}], "End": true`) + `, "P": {"Type": "Pass", "Result": "silent", "End": true}}}`,
	"timer":    `{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "Next": "P"}, "P": {"Type": "Pass", "Result": "rang", "End": true}}}`,
	"retry":    `{"StartAt": "F", "States": {"F": ` + invoke("flaky", `, "Retry": [{"ErrorEquals": ["Unavailable"], "IntervalSeconds": 30}], "End": true`) + `}}`,
	"active":   `{"StartAt": "S", "States": {"S": ` + invoke("slow", `, "End": true`) + `}}`,
	"parallel": `{"StartAt": "B", "States": {"B": {"Type": "Parallel", "Branches": [{"StartAt": "X", "States": {"X": {"Type": "Wait", "Seconds": 10, "End": true}}}, {"StartAt": "Y", "States": {"Y": ` + waitToken(`, "End": true`) + `}}], "End": true}}}`,
	"map":      `{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.list", "MaxConcurrency": 1, "ItemProcessor": {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 20, "End": true}}}, "End": true}}}`,
	"limit":    `{"StartAt": "W", "TimeoutSeconds": 70, "States": {"W": {"Type": "Wait", "Seconds": 5000, "End": true}}}`,
	"done":     `{"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": "well", "End": true}}}`,
	"failed":   `{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Broken", "Cause": "on purpose"}}}`,
}

// journalEnds is what becomes of each, in the end: status and output or error.
var journalEnds = map[string]string{
	"token": `SUCCEEDED {"by":"token"}`, "timeout": `SUCCEEDED "late"`, "beat": `SUCCEEDED "silent"`, "timer": `SUCCEEDED "rang"`,
	"retry": `SUCCEEDED {"calls":2}`, "active": `SUCCEEDED "answered"`, "parallel": `SUCCEEDED [{"list":[1,2]},{"by":"parallel"}]`,
	"map": `SUCCEEDED [1,2]`, "limit": `TIMED_OUT States.Timeout`, "done": `SUCCEEDED "well"`, "failed": `FAILED Broken`,
}

// journalWorld plays the machines' functions with a table beside the journal.
type journalWorld struct {
	db   *sql.DB
	slow func(ctx context.Context) ([]byte, error)
}

func (w journalWorld) handlers() map[string]localengine.Handler {
	return map[string]localengine.Handler{
		"register": func(ctx context.Context, p []byte) ([]byte, error) {
			var m struct{ Name, Token string }
			if err := json.Unmarshal(p, &m); err != nil {
				return nil, err
			}
			_, err := w.db.ExecContext(ctx, `INSERT INTO tokens VALUES (?, ?)`, m.Name, m.Token)
			return []byte(`{}`), err
		},
		"flaky": func(ctx context.Context, _ []byte) ([]byte, error) {
			var n int
			if err := w.db.QueryRowContext(ctx, `INSERT INTO tokens VALUES ('call', '') RETURNING (SELECT count(*) FROM tokens WHERE name = 'call')`).Scan(&n); err != nil {
				return nil, err
			}
			if n == 0 {
				return nil, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "Not yet.")
			}
			return []byte(`{"calls": 2}`), nil
		},
		"slow": func(ctx context.Context, _ []byte) ([]byte, error) { return w.slow(ctx) },
	}
}

func journalRig(t *testing.T, path string, c *clock, slow func(context.Context) ([]byte, error)) *rig {
	t.Helper()
	side, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := side.Exec(`CREATE TABLE IF NOT EXISTS tokens (name TEXT, token TEXT)`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = side.Close() })
	machines := map[string][]byte{}
	for name, text := range journalMachines {
		machines[name] = []byte(text)
	}
	r := &rig{t: t, path: path, options: localengine.Options{Machines: machines, Now: c.Now, Handlers: journalWorld{side, slow}.handlers()}}
	r.open()
	t.Cleanup(r.close)
	return r
}

// TestMakeJournal writes the journal of this build, if asked to.
func TestMakeJournal(t *testing.T) {
	name := os.Getenv(makeJournal)
	if name == "" {
		return // a tool, not a test
	}
	called := make(chan struct{})
	r := journalRig(t, filepath.Join(t.TempDir(), "engine.db"), newClock(), func(ctx context.Context) ([]byte, error) {
		close(called)
		<-ctx.Done()
		return nil, ctx.Err()
	})
	for _, m := range slices.Sorted(maps.Keys(journalMachines)) {
		if err := r.engine.Start(context.Background(), m, m, []byte(`{"list": [1, 2]}`)); err != nil {
			t.Fatal(err)
		}
	}
	<-called
	waitFor(t, r.db, `SELECT count(*) FROM engine_executions WHERE active = 1`, 1)
	if _, err := r.db.Exec(`VACUUM INTO ?`, filepath.Join("testdata", "journals", name+".db")); err != nil {
		t.Fatal(err)
	}
}

// waitFor blocks until a count in the journal is what it will be.
func waitFor(t *testing.T, db *sql.DB, query string, want int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s stays %d", query, n)
		}
	}
}

// TestJournals continues the journal of every former build to its end.
func TestJournals(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "journals", "*.db"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no journals, %v", err)
	}
	for _, from := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(from), ".db"), func(t *testing.T) {
			b, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "engine.db")
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			continueJournal(t, path)
		})
	}
}

func continueJournal(t *testing.T, path string) {
	t.Helper()
	c := newClock()
	r := journalRig(t, path, c, func(context.Context) ([]byte, error) { return []byte(`"answered"`), nil })
	ctx := context.Background()
	r.settle()
	for _, name := range []string{"token", "parallel"} {
		var token string
		if err := r.db.QueryRow(`SELECT token FROM tokens WHERE name = ?`, name).Scan(&token); err != nil {
			t.Fatal(err)
		}
		if err := r.engine.Complete(ctx, token, []byte(`{"by": "`+name+`"}`)); err != nil {
			t.Errorf("the token of %s: %v", name, err)
		}
	}
	for range 30 {
		c.advance(5 * time.Second)
		if err := r.engine.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		r.settle()
	}
	for name, want := range journalEnds {
		if got := endOf(t, r.engine, name); got != want {
			t.Errorf("%s ends as %s, want %s", name, got, want)
		}
	}
}

// endOf is an execution's end as text.
func endOf(t *testing.T, e *localengine.Engine, name string) string {
	t.Helper()
	x, err := e.Describe(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	if x.Status != "SUCCEEDED" {
		return x.Status + " " + x.Error + x.State
	}
	out, err := e.Output(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	return x.Status + " " + string(out)
}

// withoutJournal names the tags whose journal is missing.
func withoutJournal(tags, files []string) (out []string) {
	for _, tag := range tags {
		if tag != "" && !slices.Contains(files, tag+".db") {
			out = append(out, tag)
		}
	}
	return out
}

func TestEveryTagHasItsJournal(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("testdata", "journals"))
	if err != nil {
		t.Fatal(err)
	}
	files := []string{}
	for _, e := range entries {
		files = append(files, e.Name())
	}
	if got := withoutJournal([]string{"v9", "", strings.TrimSuffix(files[0], ".db")}, files); !slices.Equal(got, []string{"v9"}) {
		t.Errorf("without a journal: %v", got)
	}
	out, err := exec.Command("git", "tag", "--list", "v*").Output()
	if errors.Is(err, exec.ErrNotFound) {
		skip.Now(t, "git is not installed")
	}
	// A copy without its history has no tags to ask for.
	if missing := withoutJournal(strings.Split(string(out), "\n"), files); err == nil && len(missing) > 0 {
		t.Errorf("no journal for %v: see makeJournal", missing)
	}
}
