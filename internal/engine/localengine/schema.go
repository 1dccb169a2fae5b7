package localengine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/ontdox/takedown/internal/takedown"
)

// schemaVersion is the newest layout; migrations lead to it one by one.
const schemaVersion = 2

// migrations[n] leads from version n to n+1.
var migrations = [schemaVersion]string{`
CREATE TABLE engine_definitions (
	hash TEXT PRIMARY KEY,
	body BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE engine_executions (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	name     TEXT NOT NULL UNIQUE,
	machine  TEXT NOT NULL,
	hash     TEXT NOT NULL REFERENCES engine_definitions (hash),
	input    BLOB NOT NULL,    -- SHA-256
	status   TEXT NOT NULL,
	state    TEXT NOT NULL,
	started  INTEGER NOT NULL, -- case time, Unix milliseconds
	stopped  INTEGER,
	error    TEXT NOT NULL DEFAULT '',
	cause    TEXT NOT NULL DEFAULT '',
	due      INTEGER,          -- when a timer fires, Unix milliseconds
	active   INTEGER NOT NULL, -- 1 while a handler's answer is awaited
	snapshot BLOB NOT NULL
);
CREATE INDEX engine_executions_due ON engine_executions (due) WHERE due IS NOT NULL;
CREATE INDEX engine_executions_active ON engine_executions (id) WHERE active = 1;
CREATE INDEX engine_executions_status ON engine_executions (status, id);
CREATE TABLE engine_events ( -- one row per move of an execution
	execution INTEGER NOT NULL,
	id        INTEGER NOT NULL, -- of the move's last event
	events    BLOB NOT NULL,
	PRIMARY KEY (execution, id)
) WITHOUT ROWID;
`, `
-- What has ended and still has its history, for Prune.
ALTER TABLE engine_executions ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;
-- Since when it stands in its state, and what it waits for there.
ALTER TABLE engine_executions ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE engine_executions ADD COLUMN waits TEXT NOT NULL DEFAULT '';
CREATE INDEX engine_executions_stopped ON engine_executions (stopped) WHERE stopped IS NOT NULL AND pruned = 0;
`}

// migrate brings the tables to the newest version, and refuses newer ones.
func migrate(ctx context.Context, db *sql.DB) (err error) {
	const meta = `CREATE TABLE IF NOT EXISTS engine_meta (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, commits INTEGER NOT NULL);
		INSERT OR IGNORE INTO engine_meta VALUES (1, 0, 0)`
	if _, err := db.ExecContext(ctx, meta); err != nil {
		return storeError(err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return storeError(err)
	}
	defer func() {
		if e := tx.Rollback(); err == nil && e != nil && !errors.Is(e, sql.ErrTxDone) {
			err = storeError(e)
		}
	}()
	var version int
	if err := tx.QueryRowContext(ctx, `UPDATE engine_meta SET commits = commits + 1 RETURNING version`).Scan(&version); err != nil {
		return storeError(err)
	}
	if version > schemaVersion {
		return takedown.Errorf(takedown.Internal, takedown.NameInternal, "The engine's journal has version %d; this program knows up to %d. Use a newer program.", version, schemaVersion)
	}
	for ; version < schemaVersion; version++ {
		if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
			return storeError(fmt.Errorf("to version %d: %w", version+1, err))
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE engine_meta SET version = ?`, version); err != nil {
		return storeError(err)
	}
	return storeError(tx.Commit())
}

// storeError says that the journal did not answer; nothing was stored.
func storeError(err error) error {
	if err == nil {
		return nil
	}
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "The engine's journal did not answer.", Err: err}
}

// requireDurable reads back what durability rests on: with a write-ahead log
// and synchronous=FULL, SQLite syncs the log before a commit returns. EXTRA is
// stricter.
func requireDurable(ctx context.Context, db *sql.DB) error {
	var mode string
	var level int
	if err := db.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&mode); err != nil {
		return storeError(err)
	}
	if err := db.QueryRowContext(ctx, `PRAGMA synchronous`).Scan(&level); err != nil {
		return storeError(err)
	}
	if mode != "wal" || level < 2 {
		return takedown.Errorf(takedown.Internal, takedown.NameInternal,
			"The engine's journal has journal_mode %s and synchronous %d; it needs wal and 2 (FULL), or a commit may be lost with the power.", mode, level)
	}
	return nil
}

// statements are prepared once.
type statements struct {
	begin, load, byName, insert, update, event, exists, body, due, nextDue, active, damaged, nameOf, old, forget, pruned *sql.Stmt
}

func (s *statements) prepare(ctx context.Context, db *sql.DB) error {
	for _, p := range []struct {
		to   **sql.Stmt
		text string
	}{
		// Every transaction begins with a write, so that it waits for the lock
		// here and can never fail half-way on a stale snapshot.
		{&s.begin, `UPDATE engine_meta SET commits = commits + 1`},
		{&s.load, `SELECT hash, snapshot FROM engine_executions WHERE id = ? AND status = 'RUNNING'`},
		{&s.byName, `SELECT id, machine, input, status FROM engine_executions WHERE name = ?`},
		{&s.insert, `INSERT INTO engine_executions (status, state, stopped, error, cause, due, active, since, waits, snapshot, id, name, machine, hash, input, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.update, `UPDATE engine_executions SET status = ?, state = ?, stopped = ?, error = ?, cause = ?, due = ?, active = ?, since = ?, waits = ?, snapshot = ? WHERE id = ?`},
		{&s.event, `INSERT INTO engine_events (execution, id, events) VALUES (?, ?, ?)`},
		{&s.exists, `SELECT count(*) FROM engine_executions WHERE id = ?`},
		{&s.body, `SELECT body FROM engine_definitions WHERE hash = ?`},
		{&s.due, `SELECT id FROM engine_executions WHERE due <= ? ORDER BY due LIMIT ?`},
		{&s.nextDue, `SELECT coalesce(min(due), 0) FROM engine_executions WHERE due IS NOT NULL`},
		{&s.active, `SELECT id FROM engine_executions WHERE active = 1 ORDER BY id`},
		{&s.damaged, `UPDATE engine_executions SET status = 'FAILED', state = '', waits = '', since = 0, stopped = ?, active = 0, due = NULL, error = '` + NameDamaged + `' WHERE id = ?`},
		{&s.old, `SELECT id FROM engine_executions WHERE stopped < ? AND stopped IS NOT NULL AND pruned = 0 ORDER BY stopped LIMIT ?`},
		{&s.forget, `DELETE FROM engine_events WHERE execution = ?`},
		{&s.pruned, `UPDATE engine_executions SET pruned = 1 WHERE id = ?`},
		{&s.nameOf, `SELECT name FROM engine_executions WHERE id = ?`},
	} {
		stmt, err := db.PrepareContext(ctx, p.text)
		if err != nil {
			return storeError(err)
		}
		*p.to = stmt
	}
	return nil
}
