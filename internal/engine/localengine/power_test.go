package localengine_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ontdox/takedown/internal/engine/localengine"
	"github.com/ontdox/takedown/internal/skip"
)

// A loss of power cannot be had in a test. What it rests on can: SQLite in WAL
// mode with synchronous=FULL syncs the log in every commit, and the engine
// answers after its commit. The first is asked of every journal when it is
// opened, the second is seen here from outside, in the calls of the process.

func TestWeakJournalIsRefused(t *testing.T) {
	for _, weak := range []string{"journal_mode = DELETE", "synchronous = NORMAL", "synchronous = OFF"} {
		db := openDB(t, filepath.Join(t.TempDir(), "engine.db"))
		if _, err := db.Exec("PRAGMA " + weak); err != nil {
			t.Fatal(err)
		}
		if _, err := localengine.New(localengine.Options{DB: db}); err == nil || !strings.Contains(err.Error(), "may be lost with the power") {
			t.Errorf("%s gives %v", weak, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// traced in the environment makes this binary the child of TestSyncs: its value
// is the journal's path.
const traced = "TAKEDOWN_ENGINE_TRACED"

const tracedStarts = 20

// tracedChild starts executions and says so on standard output after each.
func tracedChild(path string) error {
	t := &rig{path: path, options: localengine.Options{Machines: map[string][]byte{"m": []byte(fourPass)}, Now: newClock().Now}}
	db, err := openPath(path)
	if err != nil {
		return err
	}
	t.options.DB = db
	e, err := localengine.New(t.options)
	if err != nil {
		return err
	}
	if err := e.Run(context.Background()); err != nil {
		return err
	}
	fmt.Println("ready")
	for i := range tracedStarts {
		fmt.Printf("asking %d\n", i)
		if err := e.Start(context.Background(), "m", fmt.Sprint("x-", i), []byte(`{}`)); err != nil {
			return err
		}
		fmt.Printf("answered %d\n", i)
	}
	e.Stop()
	return db.Close()
}

// TestSyncs sees with strace that between the write of a commit into the log
// and the answer lies a sync of the log.
func TestSyncs(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		skip.Now(t, "strace is not installed")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "calls")
	cmd := exec.Command(strace, "-f", "-qq", "-y", "-e", "trace=write,pwrite64,fsync,fdatasync", "-o", out, os.Args[0]) //nolint:gosec // this very binary
	cmd.Env = append(os.Environ(), traced+"="+filepath.Join(dir, "engine.db"))
	if said, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(said), "ptrace") {
			skip.Now(t, "strace may not trace here: "+string(said))
		}
		t.Fatalf("%v\n%s", err, said)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := syncsBetween(string(b)); err != nil {
		t.Error(err)
	}
	// The check itself: without the syncs it must not hold.
	without := regexp.MustCompile(`(?m)^.*f(data)?sync.*\n`).ReplaceAllString(string(b), "")
	if syncsBetween(without) == nil {
		t.Error("a trace without a sync passes")
	}
}

var (
	askedFor = regexp.MustCompile(`write\(1<[^>]*>, "asking `)
	answered = regexp.MustCompile(`write\(1<[^>]*>, "answered `)
	logWrite = regexp.MustCompile(`pwrite64\(\d+<[^>]*-wal>`)
	logSync  = regexp.MustCompile(`f(data)?sync\(\d+<[^>]*-wal>`)
	resumed  = regexp.MustCompile(`<\.\.\. f(data)?sync resumed>`)
)

// syncsBetween checks each answer of a trace: the log was written, then synced,
// and the sync had come back.
func syncsBetween(trace string) error {
	wrote, synced, answers := false, false, 0
	for _, line := range strings.Split(trace, "\n") {
		switch {
		case askedFor.MatchString(line):
			wrote, synced = false, false
		case logWrite.MatchString(line):
			wrote, synced = true, false
		case logSync.MatchString(line) && !strings.Contains(line, "unfinished"), resumed.MatchString(line):
			synced = wrote
		case answered.MatchString(line):
			if answers++; !synced {
				return fmt.Errorf("answer %d before the log was synced (written: %v)", answers, wrote)
			}
		}
	}
	if answers != tracedStarts {
		return fmt.Errorf("%d answers in the trace, want %d", answers, tracedStarts)
	}
	return nil
}
