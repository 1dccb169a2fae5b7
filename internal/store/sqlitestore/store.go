// Package sqlitestore keeps the store in one SQLite file: the default, for one
// organisation on one machine.
package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

var _ casework.Store = (*Store)(nil)

// Options of a store; the zero value is usable.
type Options struct {
	// Log takes what no caller is told: failed rollbacks, refused writes.
	Log *slog.Logger
	// HostNow dates the schema's migrations in meta ("schema/1" …); without it
	// they stay undated.
	HostNow func() time.Time
	// Hook is called at "commit:before" and "commit:after" (durable) around
	// each Commit, for fault injection.
	Hook func(point string)
}

// Store is the adapter. It is safe for concurrent use, also by several
// processes on one file (a command beside the server).
type Store struct {
	path            string
	writer, readers *sql.DB
	hook            func(string)
	hostNow         func() time.Time
	log             *slog.Logger

	prepared map[string]*sql.Stmt // of the writer, by text; whoever leads a group has them
	reading  sync.Map             // of the readers, text → *sql.Stmt

	mu      sync.Mutex
	queue   []*write // waiting for the next group
	leading bool     // somebody runs a group
}

// maxReaders is how many reads run at once; more wait in Go.
const maxReaders = 4

// Open opens or creates the database at a path and brings its schema up to
// date. A file of a newer program is refused.
func Open(path string, opt Options) (*Store, error) {
	if opt.Hook == nil {
		opt.Hook = func(string) {}
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, mapped(err)
	} else if err := f.Close(); err != nil {
		return nil, mapped(err)
	}
	writer, err := sql.Open("sqlite", dsn(path, "immediate"))
	if err != nil {
		return nil, mapped(err)
	}
	// One connection writes: SQLite has one writer anyway, and waiting in Go is
	// fairer than in its busy handler.
	writer.SetMaxOpenConns(1)
	readers, err := sql.Open("sqlite", dsn(path, "deferred")+"&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(mapped(err), writer.Close())
	}
	readers.SetMaxOpenConns(maxReaders)
	readers.SetMaxIdleConns(maxReaders) // an opened connection has read the schema: keep it
	s := &Store{path: path, prepared: map[string]*sql.Stmt{}, writer: writer, readers: readers, hook: opt.Hook, hostNow: opt.HostNow, log: opt.Log}
	for _, step := range []func(context.Context) error{s.durable, s.migrate} {
		if err := step(context.Background()); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// durable reads back what a power cut depends on: SQLite answers a pragma that
// it cannot follow with the old value, not with an error. In WAL mode with
// synchronous=FULL each commit syncs the log before it is answered; a cut
// later leaves at most a torn frame behind the last commit, whose checksum
// fails and which is left out.
func (s *Store) durable(ctx context.Context) error {
	for _, p := range []struct{ name, want string }{{"journal_mode", "wal"}, {"synchronous", "2"}} {
		var got string
		if err := s.writer.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&got); err != nil {
			return mapped(err)
		}
		if got != p.want {
			return takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "the database's %s is %s, not %s: on this disk a commit would not survive a power cut", p.name, got, p.want)
		}
	}
	return nil
}

// dsn gives the connection string, each pragma with its reason.
func dsn(path, lock string) string {
	q := url.Values{"_txlock": {lock}}
	for _, p := range []string{
		"busy_timeout(5000)",       // another process (token create, backup) may hold the lock for a moment
		"journal_mode(WAL)",        // readers do not wait for the writer
		"synchronous(FULL)",        // a commit that was answered survives a power cut
		"foreign_keys(1)",          // off by default in SQLite
		"trusted_schema(0)",        // a changed file runs no functions
		"cell_size_check(1)",       // a damaged page is an error, not a wrong answer
		"temp_store(MEMORY)",       // no private data in temporary files
		"secure_delete(FAST)",      // what was deleted does not linger in pages that are rewritten anyway
		"cache_size(-8000)",        // 8 MB a connection, five of them: the working set, not the file
		"wal_autocheckpoint(1000)", // keeps the log near 4 MB
	} {
		q.Add("_pragma", p)
	}
	return "file:" + url.PathEscape(path) + "?" + q.Encode()
}

func (s *Store) migrate(ctx context.Context) error {
	return s.write(ctx, func(ctx context.Context, tx *txn) error {
		var v int
		if err := tx.Tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v); err != nil {
			return err
		}
		if v > len(migrations) {
			return takedown.Errorf(takedown.Internal, takedown.NameInternal,
				"the database has schema %d, this program knows up to %d: use a newer program", v, len(migrations))
		}
		for ; v < len(migrations); v++ {
			if err := s.raise(ctx, tx, v); err != nil {
				return fmt.Errorf("to schema %d: %w", v+1, err)
			}
		}
		return nil
	})
}

// raise leads from schema version v to the next.
func (s *Store) raise(ctx context.Context, tx *txn, v int) error {
	if _, err := tx.Tx.ExecContext(ctx, migrations[v]); err != nil {
		return err
	}
	if _, err := tx.Tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", v+1)); err != nil {
		return err
	}
	at := ""
	if s.hostNow != nil {
		at = s.hostNow().UTC().Format(time.RFC3339)
	}
	return setMeta(ctx, tx, fmt.Sprintf("schema/%d", v+1), at)
}

// mapped turns an error of the database into one of ours. Everything that may
// pass (a lock, a full disk, a cancelled caller) is Unavailable.
func mapped(err error) error {
	var ours *takedown.Error
	if err == nil || errors.As(err, &ours) {
		return err
	}
	var e *sqlite.Error
	if errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_CONSTRAINT: // two of one id: somebody was faster
			return &takedown.Error{Kind: takedown.Conflict, Name: takedown.NameConflict, Message: "somebody was faster", Err: err}
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "the database is damaged", Err: err}
		}
	}
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "the database does not answer", Err: err}
}

// Writer is the one connection that writes; the embedded engine keeps its own
// tables through it.
func (s *Store) Writer() *sql.DB { return s.writer }

// Readers is the pool of connections that only read.
func (s *Store) Readers() *sql.DB { return s.readers }

// Close ends the adapter.
func (s *Store) Close() error { return errors.Join(s.readers.Close(), s.writer.Close()) }

// Log is the Merkle log's storage.
func (s *Store) Log() audit.LogStore { return s.Archive() }

// Meta reads a value kept beside the records ("" without), such as the
// deployment's id.
func (s *Store) Meta(ctx context.Context, key string) (string, error) {
	var v string
	err := s.row(ctx, "SELECT value FROM meta WHERE key = ?", []any{key}, &v)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, mapped(err)
}

// SetMeta keeps such a value.
func (s *Store) SetMeta(ctx context.Context, key, value string) error {
	return s.write(ctx, func(ctx context.Context, tx *txn) error { return setMeta(ctx, tx, key, value) })
}

func setMeta(ctx context.Context, tx *txn, key, value string) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
	return err
}
