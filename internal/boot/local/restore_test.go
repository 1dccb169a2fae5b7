package local_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/takedown"
)

// TestARestoreThatFailedCanBeTriedAgain: a backup cut short and a missing key
// leave no database that would serve without its restore being declared.
func TestARestoreThatFailedCanBeTriedAgain(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	from := local.Config{DataDir: filepath.Join(dir, "a"), KeyFile: filepath.Join(dir, "a.key")}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	app, err := local.Open(ctx, from)
	ok(err)
	_, err = app.Service.CreateToken(ctx, takedown.TheSystem, "co-1", []takedown.Role{takedown.Coordinator})
	ok(err)
	whole, cut := filepath.Join(dir, "whole.tar"), filepath.Join(dir, "cut.tar")
	_, err = app.Backup(ctx, whole)
	ok(err)
	ok(app.Close())
	raw, err := os.ReadFile(whole)
	ok(err)
	ok(os.WriteFile(cut, raw[:len(raw)-2560], 0o600)) // between two files: behind the database, before heads.log

	to := local.Config{DataDir: filepath.Join(dir, "b"), KeyFile: from.KeyFile}
	for _, file := range []string{cut, whole} {
		if file == whole {
			to.KeyFile = filepath.Join(dir, "none.key")
		}
		if err := local.Restore(ctx, to, file); err == nil {
			t.Fatal("it was restored")
		}
		if _, err := os.Stat(filepath.Join(to.DataDir, "takedown.db")); err == nil {
			t.Fatal("a database was left that would serve")
		}
	}
	to.KeyFile = from.KeyFile
	ok(local.Restore(ctx, to, whole))
	app, err = local.Open(ctx, to)
	ok(err)
	rep, err := app.Verify(ctx, audit.Options{})
	ok(err)
	if len(rep.Restores) != 1 {
		t.Errorf("restores %+v", rep.Restores)
	}
	ok(app.Close())

	ok(os.Rename(filepath.Join(to.DataDir, "takedown.db"), filepath.Join(dir, "away.db")))
	ok(os.WriteFile(filepath.Join(to.DataDir, "takedown.db-wal"), []byte("of the one moved away"), 0o600))
	if err := local.Restore(ctx, to, whole); takedown.KindOf(err) != takedown.Conflict {
		t.Errorf("beside a former database's log: %v", err)
	}
}
