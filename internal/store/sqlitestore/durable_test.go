package sqlitestore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/sqlitestore"
	"github.com/ontdox/takedown/internal/takedown"
)

// TestMain is the process that is killed, if it is told so.
func TestMain(m *testing.M) {
	if spec := os.Getenv("SQLITESTORE_KILL"); spec != "" {
		victim(spec, os.Getenv("SQLITESTORE_FILE"))
	}
	os.Exit(m.Run())
}

// victim commits and says so until it is killed at "POINT N".
func victim(spec, path string) {
	point, n, _ := strings.Cut(spec, " ")
	left, err := strconv.Atoi(n)
	die := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(3)
		}
	}
	die(err)
	s, err := sqlitestore.Open(path, sqlitestore.Options{Hook: func(p string) {
		if p == point {
			if left--; left == 0 {
				die(syscall.Kill(os.Getpid(), syscall.SIGKILL))
			}
		}
	}})
	die(err)
	for n := range 100 {
		_, err := tryCommit(s, "case_a", change("case_a", n, 100))
		die(err)
		fmt.Println("stored")
	}
	os.Exit(4) // nobody killed us
}

func TestKilled(t *testing.T) {
	for _, c := range []struct {
		spec      string
		said, has int
	}{
		{"commit:before 1", 0, 0},
		{"commit:after 1", 0, 1},
		{"commit:before 7", 6, 6},
		{"commit:after 7", 6, 7},
	} {
		t.Run(c.spec, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "takedown.db")
			cmd := exec.Command(os.Args[0]) //nolint:gosec // this very test
			cmd.Env = append(os.Environ(), "SQLITESTORE_KILL="+c.spec, "SQLITESTORE_FILE="+path)
			out, err := cmd.Output()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("not killed: %v\n%s", err, out)
			}
			if said := strings.Count(string(out), "stored"); said != c.said {
				t.Fatalf("%d answered, want %d", said, c.said)
			}
			s := open(t, path, sqlitestore.Options{})
			head, err := s.Head(t.Context(), "case_a")
			list, lerr := s.List(t.Context(), "case_a", "item", "", 200)
			if err != nil || lerr != nil || head.N != int64(c.has) || len(list) != c.has {
				t.Fatalf("head %+v, %d rows, %v, %v, want %d", head, len(list), err, lerr, c.has)
			}
			commit(t, s, "case_a", change("case_a", c.has, 100)) // the last call, repeated
		})
	}
}

// TestBackupWhileWriting copies while four streams are written. Each copy must
// be whole: its streams as long as their heads say.
func TestBackupWhileWriting(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "takedown.db"), sqlitestore.Options{})
	var written atomic.Int64
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for w := range 4 {
		stream := casework.StreamID(fmt.Sprintf("case_%d", w))
		commit(t, s, stream, change(stream, 0, 100))
		wg.Go(func() {
			for n := 1; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := tryCommit(s, stream, change(stream, n, 2000)); err != nil {
					t.Error(err)
					return
				}
				written.Add(1)
			}
		})
	}
	for n := range 3 {
		path := filepath.Join(dir, fmt.Sprintf("copy_%d.db", n))
		if err := s.Backup(t.Context(), path); err != nil {
			t.Error(err)
			break
		}
		wantKind(t, s.Backup(t.Context(), path), takedown.Conflict)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		whole(t, path)
	}
	close(stop)
	wg.Wait()
	if written.Load() == 0 {
		t.Fatal("nobody wrote meanwhile")
	}
}

// whole checks that a copy opens and each stream's rows match its head.
func whole(t *testing.T, path string) {
	t.Helper()
	s := open(t, path, sqlitestore.Options{})
	streams, err := s.Archive().Streams(t.Context())
	if err != nil || len(streams) != 4 {
		t.Fatalf("%d streams, %v", len(streams), err)
	}
	for _, h := range streams {
		lines, err := s.Archive().StreamLines(t.Context(), h.Stream, 1, 1<<20)
		items, ierr := s.List(t.Context(), casework.StreamID(h.Stream), "item", "", 1<<20)
		if err != nil || ierr != nil || int64(len(lines)) != h.Entries || len(items) != len(lines) {
			t.Fatalf("%s: %d lines, %d items, the head says %d (%v, %v)", h.Stream, len(lines), len(items), h.Entries, err, ierr)
		}
		if last := audit.Hash(lines[len(lines)-1].Bytes); last != h.Last {
			t.Fatalf("%s ends with another line than its head says", h.Stream)
		}
	}
}

// TestSequencerOverStore runs the real sequencer and the real verification
// over the file.
func TestSequencerOverStore(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "takedown.db"), sqlitestore.Options{})
	skey, vkey, err := note.GenerateKey(nil, "takedown.example")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	heads := audit.FileHeads(filepath.Join(dir, "heads.log"))
	for n := range 300 {
		stream := casework.StreamID(fmt.Sprintf("case_%d", n%3))
		commit(t, s, stream, change(stream, n, 10))
	}
	seq := audit.NewSequencer(s.Log(), heads, signer)
	if n, err := seq.CatchUp(context.Background()); err != nil || n != 300 {
		t.Fatalf("%d leaves, %v", n, err)
	}
	in := audit.Installation{Archive: s.Archive(), Heads: heads, VerifierKey: vkey}
	rep, err := audit.VerifyInstallation(t.Context(), in, audit.Options{})
	if err != nil || rep.Entries != 300 || rep.Streams != 3 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if _, err := s.Writer().Exec("UPDATE lines SET bytes = replace(bytes, 'anna', 'otto') WHERE n = 17"); err != nil {
		t.Fatal(err)
	}
	if _, err := audit.VerifyInstallation(t.Context(), in, audit.Options{}); err == nil {
		t.Fatal("a changed line was not found")
	}
}
