package localengine_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/takedown"
)

// What a random machine is made of: each state adds its result under its name,
// so that nothing that happened is missing from the output.
type maker struct {
	t *rapid.T
	n int
}

// machine gives the states of a small machine as JSON.
func (m *maker) machine(depth int) string {
	n := rapid.IntRange(1, 4-depth).Draw(m.t, "states")
	var names, states []string
	for range n {
		m.n++
		names = append(names, "S"+strconv.Itoa(m.n))
	}
	for i, name := range names {
		next := `"End": true`
		if i+1 < n {
			next = `"Next": "` + names[i+1] + `"`
		}
		states = append(states, `"`+name+`": `+m.state(name, next, depth))
	}
	return `{"StartAt": "` + names[0] + `", "States": {` + strings.Join(states, ", ") + `}}`
}

const randomRetry = `"Retry": [{"ErrorEquals": ["Unavailable"], "IntervalSeconds": 2, "MaxAttempts": 9}], `

func (m *maker) state(name, next string, depth int) string {
	end := `, "ResultPath": "$.` + name + `", ` + next + `}`
	task := func(function, more string) string {
		return `{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", ` + more + `"Parameters": {"FunctionName": "` + function +
			`", "Payload": {"at": "` + name + `", "x.$": "$$.Execution.Name", "in.$": "$"}}, "ResultSelector": {"r.$": "$.Payload"}` + end
	}
	// The token's task is caught, and its state left, by whatever ends it.
	token := func(kind, more string) string {
		return `{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", ` + more + `"Parameters": {"FunctionName": "hand",
			"Payload": {"at": "` + name + `", "kind": "` + kind + `", "x.$": "$$.Execution.Name", "token.$": "$$.Task.Token"}}` + end
	}
	kinds := 7
	if depth < 2 {
		kinds = 9
	}
	switch rapid.IntRange(0, kinds-1).Draw(m.t, "kind") {
	case 0:
		return `{"Type": "Pass", "Result": {"passed": "` + name + `"}` + end
	case 1:
		return task("work", "")
	case 2:
		return task("flaky", randomRetry)
	case 3:
		return `{"Type": "Wait", "Seconds": ` + strconv.Itoa(rapid.IntRange(1, 9).Draw(m.t, "seconds")) + `, ` + next + `}`
	case 4:
		return token("done", "")
	case 5:
		return token("refused", randomRetry)
	case 6:
		return token("done", `"HeartbeatSeconds": 500, "TimeoutSeconds": 900, `)
	case 7:
		return `{"Type": "Parallel", "Branches": [` + m.machine(depth+1) + `, ` + m.machine(depth+1) + `]` + end
	default:
		return `{"Type": "Map", "ItemsPath": "$.list", "MaxConcurrency": ` + strconv.Itoa(rapid.IntRange(0, 1).Draw(m.t, "concurrency")) +
			`, "ItemSelector": {"list": [1], "item.$": "$$.Map.Item.Value"}, "ItemProcessor": ` + m.machine(depth+1) + end
	}
}

var randomMachine = rapid.Custom(func(t *rapid.T) string { return (&maker{t: t}).machine(0) })

// randomStory runs one random machine twice, beside each other, to the end.
type randomStory struct {
	db *sql.DB
	e  *localengine.Engine
	c  *clock
}

const randomTables = `CREATE TABLE IF NOT EXISTS seen (task TEXT, token TEXT, kind TEXT, over INTEGER DEFAULT 0);
	CREATE TABLE IF NOT EXISTS shown (x TEXT, at TEXT, what TEXT);
	CREATE TABLE IF NOT EXISTS now (ms INTEGER)`

// work answers from its input alone.
func (s *randomStory) work(_ context.Context, payload []byte) ([]byte, error) {
	return []byte(`{"worked": ` + strconv.Itoa(len(payload)) + `}`), nil
}

// see keeps what it is shown before it answers.
func (s *randomStory) see(ctx context.Context, payload []byte) ([]byte, error) {
	var m struct{ X, At string }
	if err := json.Unmarshal(payload, &m); err != nil {
		return nil, err
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO shown VALUES (?, ?, ?)`, m.X, m.At, string(payload))
	return payload, err
}

// flaky fails every task once, whoever calls it again.
func (s *randomStory) flaky(ctx context.Context, payload []byte) ([]byte, error) {
	var n int
	if err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM seen WHERE task = ?`, string(payload)).Scan(&n); err != nil {
		return nil, err
	}
	if n == 0 {
		if _, err := s.db.ExecContext(ctx, `INSERT INTO seen (task, kind, over) VALUES (?, 'flaky', 1)`, string(payload)); err != nil {
			return nil, err
		}
		return nil, takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "Not yet.")
	}
	return s.work(ctx, payload)
}

func (s *randomStory) hand(ctx context.Context, payload []byte) ([]byte, error) {
	var m struct{ At, Kind, X, Token string }
	if err := json.Unmarshal(payload, &m); err != nil {
		return nil, err
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO seen (task, token, kind) VALUES (?, ?, ?)`, m.X+"/"+m.At, m.Token, m.Kind)
	return nil, err
}

// tellRandom runs the machine to its end from wherever its file stands, and
// gives what became of both executions.
func tellRandom(path, machine string, hook func(string)) (ends [2]string, err error) {
	s := &randomStory{}
	if s.db, err = openPath(path); err != nil {
		return ends, err
	}
	defer func() {
		if s.e != nil {
			s.e.Stop()
		}
		if cerr := s.db.Close(); err == nil {
			err = cerr
		}
	}()
	if _, err := s.db.Exec(randomTables); err != nil {
		return ends, err
	}
	var ms int64
	if err := s.db.QueryRow(`SELECT coalesce(max(ms), ?) FROM now`, newClock().now.UnixMilli()).Scan(&ms); err != nil {
		return ends, err
	}
	s.c = &clock{now: time.UnixMilli(ms)}
	s.e, err = localengine.New(localengine.Options{
		DB: s.db, Machines: map[string][]byte{"m": []byte(machine)}, Hook: hook, Now: s.c.Now, Workers: 2,
		Handlers: map[string]localengine.Handler{"see": s.see, "work": s.work, "flaky": s.flaky, "hand": s.hand},
	})
	if err != nil {
		return ends, err
	}
	if err := s.e.Run(context.Background()); err != nil {
		return ends, err
	}
	return s.drive()
}

func (s *randomStory) drive() (ends [2]string, err error) {
	ctx := context.Background()
	for _, x := range []string{"x0", "x1"} {
		if err := s.e.Start(ctx, "m", x, []byte(`{"list": [1, 2]}`)); err != nil && takedown.NameOf(err) != "ExecutionAlreadyExists" {
			return ends, err
		}
	}
	for range 400 {
		if err := s.e.Idle(ctx); err != nil {
			return ends, err
		}
		running, _, err := s.e.Executions(ctx, "RUNNING", "", 10)
		if err != nil {
			return ends, err
		}
		if len(running) == 0 {
			return s.ends()
		}
		moved, err := s.act(ctx)
		if err != nil {
			return ends, err
		}
		if moved {
			continue
		}
		s.c.advance(time.Second)
		if _, err := s.db.Exec(`INSERT INTO now VALUES (?)`, s.c.now.UnixMilli()); err != nil {
			return ends, err
		}
		if err := s.e.Tick(ctx); err != nil {
			return ends, err
		}
	}
	return ends, errors.New("the machine does not end")
}

// act ends one token's task as its kind says: a refused one fails once.
func (s *randomStory) act(ctx context.Context) (bool, error) {
	var id, refused int
	var task, token, kind string
	err := s.db.QueryRow(`SELECT rowid, task, token, kind, (SELECT count(*) FROM seen o WHERE o.task = s.task AND o.over = 2)
		FROM seen s WHERE over = 0 ORDER BY rowid LIMIT 1`).Scan(&id, &task, &token, &kind, &refused)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	over := 1
	if kind == "refused" && refused == 0 {
		over = 2
		err = s.e.Fail(ctx, token, "Unavailable", "")
	} else {
		err = s.e.Complete(ctx, token, []byte(`{"Payload": "`+kind+`"}`))
	}
	if name := takedown.NameOf(err); err != nil && name != "TaskTimedOut" && name != "TaskDoesNotExist" {
		return false, err
	}
	_, err = s.db.Exec(`UPDATE seen SET over = ? WHERE rowid = ?`, over, id)
	return true, err
}

func (s *randomStory) ends() (out [2]string, err error) {
	for i := range out {
		name := "x" + strconv.Itoa(i)
		x, err := s.e.Describe(context.Background(), name)
		if err != nil {
			return out, err
		}
		result, err := s.e.Output(context.Background(), name)
		if err != nil {
			return out, err
		}
		out[i] = fmt.Sprintf("%s %s %s", x.Status, x.Error, result)
	}
	return out, nil
}

// killedRandom in the environment makes this binary a child: "N PATH MACHINE",
// die at the Nth point.
const killedRandom = "TAKEDOWN_ENGINE_RANDOM"

func randomChild(spec string) error {
	var n int64
	var path string
	if _, err := fmt.Sscan(spec, &n, &path); err != nil {
		return err
	}
	machine, err := os.ReadFile(path + ".json")
	if err != nil {
		return err
	}
	var points atomic.Int64
	_, err = tellRandom(path, string(machine), func(string) {
		if points.Add(1) == n {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // nothing comes after
			select {}
		}
	})
	return err
}

// survives runs a machine without kills and with some, and wants the same end.
// It says how many kills came about.
func survives(t rapidOrTest, dir, machine string, kills []int) (killed int) {
	t.Helper()
	well, err := tellRandom(filepath.Join(dir, "well.db"), machine, nil)
	if err != nil {
		t.Fatalf("without kills: %v\n%s", err, machine)
	}
	path := filepath.Join(dir, "killed.db")
	for _, n := range kills {
		if killAt(t, path, machine, n) {
			killed++
		}
	}
	got, err := tellRandom(path, machine, nil)
	if err != nil || got != well {
		t.Fatalf("killed at %v it ends as\n%q, %v, without as\n%q\n%s", kills, got, err, well, machine)
	}
	return killed
}

// killAt runs the machine in a child that dies at its nth point; false if it
// came to its end first.
func killAt(t rapidOrTest, path, machine string, n int) bool {
	t.Helper()
	if err := os.WriteFile(path+".json", []byte(machine), 0o600); err != nil {
		t.Fatalf("%v", err)
	}
	cmd := exec.Command(os.Args[0]) //nolint:gosec // this very binary
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", killedRandom, n, path))
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("child: %v\n%s", err, out)
	}
	return err != nil
}

type rapidOrTest interface {
	Helper()
	Fatalf(format string, args ...any)
}

// TestRandomKills: random small machines, random kills, the same end as without
// kills. Seeds 1 to N, N from TAKEDOWN_KILLS, 30 without, and a fresh one.
func TestRandomKills(t *testing.T) {
	n := 30
	if s := os.Getenv("TAKEDOWN_KILLS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	seeds := []int{int(time.Now().UnixNano() % 1e9)}
	if s := os.Getenv("TAKEDOWN_SEED"); s != "" {
		seeds[0], _ = strconv.Atoi(s)
	}
	t.Logf("fresh seed %d: again with TAKEDOWN_SEED=%d", seeds[0], seeds[0])
	for i := range n {
		seeds = append(seeds, i+1)
	}
	var killed atomic.Int64
	t.Cleanup(func() {
		t.Logf("%d of %d were killed before their end", killed.Load(), len(seeds))
		if killed.Load() < int64(len(seeds)/2) {
			t.Error("too few kills came about")
		}
	})
	for _, seed := range seeds {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			killed.Add(int64(survives(t, t.TempDir(), randomMachine.Example(seed), []int{rapid.IntRange(1, 40).Example(seed)})))
		})
	}
}

// TestRandomMachines lets rapid look for the smallest machine and kills that
// end otherwise.
func TestRandomMachines(t *testing.T) {
	base := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		dir := filepath.Join(base, strconv.Itoa(n))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		survives(t, dir, randomMachine.Draw(t, "machine"), rapid.SliceOfN(rapid.IntRange(1, 40), 1, 2).Draw(t, "kills"))
	})
}
