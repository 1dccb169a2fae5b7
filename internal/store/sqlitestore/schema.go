package sqlitestore

// migrations lead from one version of the schema to the next; user_version
// says how many were applied. Tables of the engine are its own (engine_…).
var migrations = []string{`
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Records by key; a stream's records of one kind in the order of their ids.
CREATE TABLE records (
  kind TEXT NOT NULL, id TEXT NOT NULL, stream TEXT NOT NULL,
  version INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX records_stream ON records (stream, kind, id);

-- Where records stand in lists.
CREATE TABLE places (
  idx TEXT NOT NULL, part TEXT NOT NULL, sort TEXT NOT NULL,
  kind TEXT NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (idx, part, sort, kind, id)) WITHOUT ROWID;
CREATE INDEX places_record ON places (kind, id);

CREATE TABLE lookups (
  space TEXT NOT NULL, value TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  PRIMARY KEY (space, value)) WITHOUT ROWID;

-- Delivered rows stay until they are pruned: their ids must not be used again.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, stream TEXT NOT NULL,
  payload BLOB NOT NULL, at INTEGER NOT NULL, delivered INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (at, id) WHERE delivered = 0;

-- status 0 is a request in flight, held until lease.
CREATE TABLE finished (
  key TEXT PRIMARY KEY, mac TEXT NOT NULL, status INTEGER NOT NULL, ids TEXT NOT NULL,
  expires INTEGER NOT NULL, lease INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE tokens (wait TEXT PRIMARY KEY, token TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE streams (
  stream TEXT PRIMARY KEY, n INTEGER NOT NULL, entries INTEGER NOT NULL, last TEXT NOT NULL) WITHOUT ROWID;

-- The history: lines as they were hashed. n is the order of commits.
CREATE TABLE lines (
  n INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, seq INTEGER NOT NULL,
  entry TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL, UNIQUE (stream, seq));

-- The Merkle log over it.
CREATE TABLE log_pending (n INTEGER PRIMARY KEY);
CREATE TABLE log_leaves (idx INTEGER PRIMARY KEY, entry TEXT NOT NULL UNIQUE);
CREATE TABLE log_hashes (idx INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE TABLE log_head (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, size INTEGER NOT NULL, note BLOB);
INSERT INTO log_head VALUES (1, 0, 0, NULL);
`, `
-- What verify-content is asked and what it found.
CREATE TABLE jobs (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE results (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
`}
