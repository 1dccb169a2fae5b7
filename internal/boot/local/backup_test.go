package local_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/takedown"
)

func config(dir string) local.Config {
	return local.Config{DataDir: filepath.Join(dir, "data"), KeyFile: filepath.Join(dir, "test.key")}
}

func open(t *testing.T, cfg local.Config) *local.App {
	t.Helper()
	app, err := local.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	return app
}

// act writes an entry: another person gets a token.
func act(t *testing.T, app *local.App, name string) {
	t.Helper()
	if _, err := app.Service.CreateToken(context.Background(), takedown.TheSystem, name, []takedown.Role{takedown.Auditor}); err != nil {
		t.Error(err)
	}
}

func verified(t *testing.T, app *local.App, opt audit.Options) audit.Report {
	t.Helper()
	rep, err := app.Verify(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func refused(t *testing.T, err error, name string) {
	t.Helper()
	var e *takedown.Error
	if !errors.As(err, &e) || e.Name != name {
		t.Fatalf("error %v, want %s", err, name)
	}
}

// TestOneAtATime: a second one on the same directory is refused with a line
// that says what to do, and may come when the first is gone.
func TestOneAtATime(t *testing.T) {
	cfg := config(t.TempDir())
	app := open(t, cfg)
	_, err := local.Open(t.Context(), cfg)
	refused(t, err, "Locked")
	if !strings.Contains(err.Error(), cfg.DataDir) {
		t.Errorf("it does not name the directory: %v", err)
	}
	beside := cfg
	beside.NoLock = true
	verified(t, open(t, beside), audit.Options{}) // verify works beside a server
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, cfg)
}

// TestWithoutItsKey: a database without its key, or with another's, does not
// open, and no key is made.
func TestWithoutItsKey(t *testing.T) {
	dir := t.TempDir()
	cfg := config(dir)
	app := open(t, cfg)
	act(t, app, "anna")
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(dir, "kept.key")
	if err := os.Rename(cfg.KeyFile, kept); err != nil {
		t.Fatal(err)
	}
	_, err := local.Open(t.Context(), cfg)
	refused(t, err, "KeyMissing")
	if _, err := os.Stat(cfg.KeyFile); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("a key was made: %v", err)
	}
	other := config(t.TempDir())
	if err := open(t, other).Close(); err != nil {
		t.Fatal(err)
	}
	cfg.KeyFile = other.KeyFile
	_, err = local.Open(t.Context(), cfg)
	refused(t, err, "KeyMismatch")
	cfg.KeyFile = kept
	verified(t, open(t, cfg), audit.Options{})
}

// TestKeyLiesOutside: without --key-file the key lies in the person's
// configuration, named by the deployment, and nowhere in the data directory.
func TestKeyLiesOutside(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	cfg := config(t.TempDir())
	cfg.KeyFile = ""
	app := open(t, cfg)
	if _, err := os.Stat(filepath.Join(home, "takedown", app.Keys.DeploymentID()+".key")); err != nil {
		t.Error(err)
	}
	found, err := filepath.Glob(filepath.Join(cfg.DataDir, "*.key"))
	if err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}

// TestBackupWhileOthersWrite: every backup is whole, holds no key, and can be
// restored; the restore is declared and verification reports it.
func TestBackupWhileOthersWrite(t *testing.T) {
	dir := t.TempDir()
	cfg := config(dir)
	app := open(t, cfg)
	act(t, app, "anna")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 3 {
		wg.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
					act(t, app, fmt.Sprintf("person-%d-%d", w, n))
				}
			}
		})
	}
	file := filepath.Join(dir, "backup.tar")
	entries, err := app.Backup(t.Context(), file)
	close(stop)
	wg.Wait()
	if err != nil || entries == 0 {
		t.Fatalf("%d entries, %v", entries, err)
	}
	holdsNoKey(t, file, cfg.KeyFile)
	_, err = app.Backup(t.Context(), file)
	if err == nil {
		t.Error("a backup was written over another")
	}
	act(t, app, "later")
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	restored(t, cfg, file)
}

// restored puts a backup where the database was lost, with heads.log still
// there, and looks at what verification says.
func restored(t *testing.T, cfg local.Config, file string) {
	t.Helper()
	refused(t, local.Restore(t.Context(), cfg, file), "State") // the database is there
	for _, name := range []string{"takedown.db", "takedown.db-wal", "takedown.db-shm"} {
		if err := os.RemoveAll(filepath.Join(cfg.DataDir, name)); err != nil {
			t.Fatal(err)
		}
	}
	without := cfg
	without.KeyFile += ".missing"
	refused(t, local.Restore(t.Context(), without, file), "KeyMissing") // and leaves nothing that is in the way
	if err := local.Restore(t.Context(), cfg, file); err != nil {
		t.Fatal(err)
	}
	app := open(t, cfg)
	if rep := verified(t, app, audit.Options{}); len(rep.Restores) != 1 {
		t.Errorf("%d restores are reported, want 1", len(rep.Restores))
	}
	act(t, app, "after-the-restore")
	if err := app.ExportHistory(t.Context(), io.Discard, "org/none"); takedown.KindOf(err) != takedown.NotFound { // lets the sequencer catch up
		t.Fatal(err)
	}
	verified(t, app, audit.Options{})
}

// TestUndeclaredRestoreIsFound: the same backup put back by hand.
func TestUndeclaredRestoreIsFound(t *testing.T) {
	dir := t.TempDir()
	cfg := config(dir)
	app := open(t, cfg)
	act(t, app, "anna")
	file := filepath.Join(dir, "backup.tar")
	if _, err := app.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	act(t, app, "later")
	if _, err := app.Backup(t.Context(), filepath.Join(dir, "second.tar")); err != nil { // and its head
		t.Fatal(err)
	}
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"takedown.db-wal", "takedown.db-shm"} {
		if err := os.RemoveAll(filepath.Join(cfg.DataDir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(cfg.DataDir, "takedown.db"), part(t, file, "takedown.db"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, cfg).Verify(t.Context(), audit.Options{})
	refused(t, err, audit.NameVerificationFailed)
}

// part reads one file of a backup.
func part(t *testing.T, file, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(bytes.NewReader(b)); ; {
		h, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if h.Name == name {
			content, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return content
		}
	}
}

// holdsNoKey looks for the key file's lines in a backup.
func holdsNoKey(t *testing.T, file, keyFile string) {
	t.Helper()
	backup, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	for _, value := range bytes.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune("\"\n ,:{}", r) }) {
		if len(value) < 40 {
			continue
		}
		looked++
		if bytes.Contains(backup, value) {
			t.Errorf("the backup holds %d bytes of the key file", len(value))
		}
	}
	if looked == 0 {
		t.Error("the key file has no value to look for")
	}
}

// TestRestoreElsewhere: a new machine has neither database nor heads.log. A
// damaged backup leaves nothing behind.
func TestRestoreElsewhere(t *testing.T) {
	dir := t.TempDir()
	cfg := config(dir)
	app := open(t, cfg)
	act(t, app, "anna")
	file := filepath.Join(dir, "backup.tar")
	if _, err := app.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fresh := local.Config{DataDir: filepath.Join(dir, "new"), KeyFile: cfg.KeyFile}
	for _, end := range []int{len(b) / 3, len(b) - 3*512} { // within a file; between two
		cut := filepath.Join(dir, "cut.tar")
		if err := os.WriteFile(cut, b[:end], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := local.Restore(t.Context(), fresh, cut); err == nil {
			t.Fatalf("a backup of %d bytes that was cut off at %d was restored", len(b), end)
		}
	}
	if err := local.Restore(t.Context(), fresh, file); err != nil {
		t.Fatal(err)
	}
	if rep := verified(t, open(t, fresh), audit.Options{}); len(rep.Restores) != 1 {
		t.Errorf("%d restores are reported, want 1", len(rep.Restores))
	}
}
