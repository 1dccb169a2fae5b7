package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"

	"github.com/ontdox/takedown/internal/takedown"
)

// Backup writes a consistent copy of the database to a path where nothing
// stands yet, while others read and write. The copy is durable when it returns;
// what could not be finished is removed. Conflict if something stands there.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	// VACUUM INTO takes an empty file; made here so that nobody else may read it.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, os.ErrExist) {
		return takedown.Errorf(takedown.Conflict, takedown.NameConflict, "the backup's file exists already")
	}
	if err != nil {
		return mapped(err)
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = mapped(cerr)
		}
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	// On a connection of its own: a read transaction sees one state, and the
	// writer does not wait for the copy. (The readers' query_only forbids it.)
	if err := s.vacuumInto(ctx, path); err != nil {
		return mapped(err)
	}
	// SQLite does not sync the copy it makes.
	if err := f.Sync(); err != nil {
		return mapped(err)
	}
	return syncDir(filepath.Dir(path))
}

func (s *Store) vacuumInto(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", dsn(s.path, "deferred"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	return err
}

// syncDir makes a new file's name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return mapped(err)
	}
	return mapped(errors.Join(d.Sync(), d.Close()))
}
