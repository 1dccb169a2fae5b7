package localengine_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/takedown"
)

// killed in the environment makes this binary the child of the kill test:
// "N PATH", die at the Nth point on the journal PATH.
const killed = "TAKEDOWN_ENGINE_KILL"

func TestMain(m *testing.M) {
	var n int
	var path string
	if _, err := fmt.Sscan(os.Getenv(killed), &n, &path); err == nil {
		child(n, path)
		return
	}
	if spec := os.Getenv(killedRandom); spec != "" {
		exitWith(randomChild(spec))
	}
	if path := os.Getenv(waitingChild); path != "" {
		exitWith(openWaiting(path))
	}
	if path := os.Getenv(traced); path != "" {
		exitWith(tracedChild(path))
	}
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("25") // each is a machine and its kills
	}
	os.Exit(m.Run())
}

func exitWith(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// killHub waits four times, fails once a turn on its way, and ends.
const killHub = `{"StartAt": "Plan", "States": {
	"Plan": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
		"Parameters": {"FunctionName": "plan", "Payload": {"id.$": "$.id"}}, "OutputPath": "$.Payload",
		"Retry": [{"ErrorEquals": ["Unavailable"], "IntervalSeconds": 5}], "Next": "Choose"},
	"Choose": {"Type": "Choice", "Choices": [{"Variable": "$.next", "StringEquals": "Await", "Next": "Await"}], "Default": "Stop"},
	"Await": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
		"Parameters": {"FunctionName": "register", "Payload": {"id.$": "$.id", "wait.$": "$.wait", "token.$": "$$.Task.Token"}},
		"TimeoutSeconds": 100, "ResultPath": null,
		"Catch": [{"ErrorEquals": ["States.Timeout"], "ResultPath": null, "Next": "Plan"}], "Next": "Plan"},
	"Stop": {"Type": "Succeed"}}}`

const killWaits = 4

// story is the driver's side: a store beside the engine, in the same file, and
// a person who ends every other wait; the rest runs into its time-out.
type story struct {
	db  *sql.DB
	now time.Time
}

func (s *story) plan(ctx context.Context, payload []byte) ([]byte, error) {
	var m struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(payload, &m); err != nil {
		return nil, err
	}
	var done, tries int
	err := s.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM waits WHERE id = ? AND over = 1), (SELECT count(*) FROM tries WHERE id = ?)`, m.ID, m.ID).Scan(&done, &tries)
	if err != nil {
		return nil, err
	}
	if tries <= done { // each turn's first attempt fails
		if _, err := s.db.ExecContext(ctx, `INSERT INTO tries VALUES (?)`, m.ID); err != nil {
			return nil, err
		}
		return nil, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "Not yet.")
	}
	next := "Await"
	if done == killWaits {
		next = "Stop"
	}
	return json.Marshal(map[string]any{"id": m.ID, "next": next, "wait": done + 1})
}

func (s *story) register(ctx context.Context, payload []byte) ([]byte, error) {
	var m struct {
		ID    string `json:"id"`
		Wait  int    `json:"wait"`
		Token string `json:"token"`
	}
	if err := json.Unmarshal(payload, &m); err != nil {
		return nil, err
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO waits VALUES (?, ?, ?, 0) ON CONFLICT (id, wait) DO UPDATE SET token = excluded.token`, m.ID, m.Wait, m.Token)
	return []byte(`{}`), err
}

const storyTables = `CREATE TABLE IF NOT EXISTS waits (id TEXT, wait INTEGER, token TEXT, over INTEGER, PRIMARY KEY (id, wait));
	CREATE TABLE IF NOT EXISTS tries (id TEXT);
	CREATE TABLE IF NOT EXISTS clock (now INTEGER)`

// tell runs the story to its end from wherever it stands.
func tell(path string, hook func(point string)) (err error) {
	db, err := openPath(path)
	if err != nil {
		return err
	}
	if _, err := db.Exec(storyTables); err != nil {
		return err
	}
	s := &story{db: db, now: newClock().now}
	var ms int64
	if err := db.QueryRow(`SELECT coalesce(max(now), ?) FROM clock`, s.now.UnixMilli()).Scan(&ms); err != nil {
		return err
	}
	c := &clock{now: time.UnixMilli(ms)}
	e, err := localengine.New(localengine.Options{
		DB: db, Machines: map[string][]byte{"hub": []byte(killHub)}, Hook: hook, Now: c.Now, Workers: 2,
		Handlers: map[string]localengine.Handler{"plan": s.plan, "register": s.register},
	})
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := e.Run(ctx); err != nil {
		return err
	}
	defer func() {
		e.Stop()
		if cerr := db.Close(); err == nil {
			err = cerr
		}
	}()
	for _, id := range []string{"a", "b"} {
		if err := e.Start(ctx, "hub", id, []byte(`{"id": "`+id+`"}`)); err != nil && takedown.NameOf(err) != "ExecutionAlreadyExists" {
			return err
		}
	}
	return s.drive(ctx, e, c)
}

func (s *story) drive(ctx context.Context, e *localengine.Engine, c *clock) error {
	for range 200 {
		if err := e.Idle(ctx); err != nil {
			return err
		}
		running, _, err := e.Executions(ctx, "RUNNING", "", 10)
		if err != nil || len(running) == 0 {
			return err
		}
		if err := s.step(ctx, e); err != nil {
			return err
		}
		c.advance(5 * time.Second)
		if _, err := s.db.Exec(`INSERT INTO clock SELECT ?`, c.now.UnixMilli()); err != nil {
			return err
		}
		if err := e.Tick(ctx); err != nil {
			return err
		}
	}
	return errors.New("the story does not end")
}

// step ends one wait: a person's act, then the token. Odd waits are left to
// the time-out of the engine.
func (s *story) step(ctx context.Context, e *localengine.Engine) error {
	var id, token string
	var wait int
	err := s.db.QueryRow(`SELECT id, wait, token FROM waits w WHERE wait = (SELECT max(wait) FROM waits WHERE id = w.id) ORDER BY random() LIMIT 1`).Scan(&id, &wait, &token)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := s.db.Exec(`UPDATE waits SET over = 1 WHERE id = ? AND wait = ?`, id, wait); err != nil {
		return err
	}
	if wait%2 == 1 {
		return nil
	}
	switch err := e.Complete(ctx, token, []byte(`{}`)); takedown.NameOf(err) {
	case "TaskTimedOut", "TaskDoesNotExist":
		return nil
	default:
		return err
	}
}

func child(n int, path string) {
	var points atomic.Int64
	err := tell(path, func(string) {
		if points.Add(1) == int64(n) {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // nothing comes after
			select {}
		}
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(points.Load())
}

// TestKill ends the engine at its nth point, goes on from the file, and wants
// the same end as without the kill.
func TestKill(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 2, 3, 5, 8, 12, 17, 23, 30, 38, 47, 57, 68, 80, 200} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "engine.db")
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", killed, n, path))
			out, err := cmd.CombinedOutput()
			if err != nil && cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("child: %v\n%s", err, out)
			}
			if err := tell(path, nil); err != nil {
				t.Fatal(err)
			}
			checkStory(t, path)
		})
	}
}

func checkStory(t *testing.T, path string) {
	t.Helper()
	db := openDB(t, path)
	var ended, waits, over int
	err := db.QueryRow(`SELECT (SELECT count(*) FROM engine_executions WHERE status = 'SUCCEEDED'), (SELECT count(*) FROM waits), (SELECT count(*) FROM waits WHERE over = 1)`).Scan(&ended, &waits, &over)
	if err != nil || ended != 2 || waits != 2*killWaits || over != waits {
		t.Errorf("%d ended, %d waits, %d of them over, %v", ended, waits, over, err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
