package casework

import (
	"context"
	"time"

	"github.com/ontdox/takedown/internal/audit"
)

// StreamID names a stream: one per case ("case_…"), one per contact
// ("contact_…"), and "org/YYYY-MM-DD" for the rest. Revision and chain of
// entries belong to a stream; one commit touches one stream.
type StreamID string

// RecordKind is the kind of a record, also its id's prefix ("item", "track" …).
type RecordKind string

// Key names one record. IDs are unique within a kind across all streams.
type Key struct {
	Kind RecordKind
	ID   string
}

// Record is one row: at most MaxRowBytes of JSON under a key.
type Record struct {
	Key
	Stream StreamID
	// Version counts the writes of this record, 1 for the first. In a Change it
	// is the version to be written: the row must stand at Version-1 (absent for
	// 1), else the commit is a conflict.
	Version int64
	Body    []byte
	// Index places the record in lists; written with the record, replacing its
	// former places. Lists may lag (see Store.Query).
	Index []IndexPlace
}

// IndexPlace puts a record into a list: the partition of an index and the sort
// key within it. Sort is compared bytewise.
type IndexPlace struct {
	Index     string // "due", "worklist", "cases", "contacts" …
	Partition string
	Sort      string
}

// Lookup is a row of its own under a unique key, written in the same commit as
// what it points to (canonical URL, message id, ticket, token hash). It is
// read consistently, so a decision may rest on it.
type Lookup struct {
	Space string // "url", "ticket", "token" …
	Value string // an HMAC wherever the plain value would be private
	Ref   Key
}

// OutboxRow is a message to the engine, written with the change that causes it
// and sent after the commit, at least once. ID is the idempotency key: a row
// whose id exists is not written again.
type OutboxRow struct {
	ID      string
	Kind    string // "start", "complete"
	Stream  StreamID
	Payload []byte
	At      time.Time // host time at which it was written
}

// Finished is the result of an idempotent request, written with its effect.
type Finished struct {
	Key        string // scope: principal + method + path + Idempotency-Key, hashed
	RequestMAC string // HMAC of the request body
	Status     int
	IDs        []string
	ExpiresAt  time.Time // host time
}

// Revision is the head of a stream: how many commits and entries it has and
// the hash of its last line. The zero N means that the stream is new.
type Revision struct {
	Stream  StreamID
	N       int64
	Entries int64
	Last    string // hex SHA-256 of the last line; audit.Genesis for a new stream
}

// Change is what one Commit applies: all of it or nothing.
type Change struct {
	Put     []Record
	Entries []audit.Entry // Stream, Seq and Prev are filled in by Commit
	Claim   []Lookup      // a claimed key that exists with another Ref is a conflict
	Release []Lookup
	Outbox  []OutboxRow
	Finish  *Finished
}

// Bounds of a change, the same in every adapter (design §5).
const (
	MaxChangeRows  = 90
	MaxChangeBytes = 3 << 20
	MaxRowBytes    = 4 << 10
	MaxEntryIDs    = 40
	MaxJobBytes    = 256 << 10
)

// Store keeps records, streams and the log. Adapters: sqlitestore, dynamostore.
// Suite: storetest.
//
// Errors are *takedown.Error: Conflict (lost a compare-and-swap or a claim;
// reload and decide again), NotFound, Unavailable (nothing was stored, or it is
// not known: commits are safe to repeat on the same base), Invalid (bounds).
type Store interface {
	// Head gives the revision of a stream; a new stream has N 0. Consistent.
	Head(ctx context.Context, stream StreamID) (Revision, error)
	// Get reads records consistently; missing ones are left out.
	Get(ctx context.Context, keys ...Key) ([]Record, error)
	// List reads the records of one kind in a stream, ordered by id, after the
	// given id, at most limit. Consistent: promises read-your-write.
	List(ctx context.Context, stream StreamID, kind RecordKind, after string, limit int) ([]Record, error)
	// Commit applies a change on top of base. It refuses a change without an
	// entry, with an entry without an actor, or past the bounds (Invalid), and
	// answers Conflict if the stream is no longer at base, if a record is not at
	// Version-1, or if a claim is taken.
	Commit(ctx context.Context, base Revision, change Change) (Revision, error)
	// FindLookup reads a lookup row consistently; NotFound if it is free.
	FindLookup(ctx context.Context, space, value string) (Key, error)
	// Query pages through a list by sort key, from a cursor ("" first), only
	// sort keys < before if before is not "". It may lag behind commits.
	Query(ctx context.Context, q Query) (Page, error)
	// Entries reads a stream's lines from sequence number from (1 first), at
	// most limit.
	Entries(ctx context.Context, stream StreamID, from int64, limit int) ([]audit.Line, error)
	// FindEntry gives one line by its entry id.
	FindEntry(ctx context.Context, entryID string) (audit.Line, error)

	// Housekeeping: none of these can touch records or entries.

	// TakeLease begins an idempotent request: it answers the Finished result of
	// an earlier one, Conflict while another holds the lease, else takes it
	// until the given host time.
	TakeLease(ctx context.Context, key, requestMAC string, now, until time.Time) (*Finished, error)
	// DropLease gives a lease back after a request without effect.
	DropLease(ctx context.Context, key string) error
	// DropAllLeases ends every lease in flight; only at start, when the lock on
	// the data directory proves that the former process is gone.
	DropAllLeases(ctx context.Context) error
	// OutboxDue lists undelivered rows written before the host time, oldest first.
	OutboxDue(ctx context.Context, before time.Time, limit int) ([]OutboxRow, error)
	// MarkDelivered ends an outbox row; marking it twice is harmless.
	MarkDelivered(ctx context.Context, id string) error
	// PutToken keeps the newest token of a wait; only the newest is completed.
	PutToken(ctx context.Context, wait, token string) error
	// Token gives the newest token of a wait, NotFound without.
	Token(ctx context.Context, wait string) (string, error)
	// PutJob keeps what verify-content is asked to look at, at most MaxJobBytes,
	// replacing an earlier job of that id.
	PutJob(ctx context.Context, id string, body []byte) error
	// Job gives a job, NotFound without.
	Job(ctx context.Context, id string) ([]byte, error)
	// PutResult keeps what a job found, at most MaxJobBytes; the last one counts.
	PutResult(ctx context.Context, id string, body []byte) error
	// Result gives what a job found, NotFound without.
	Result(ctx context.Context, id string) ([]byte, error)
	// DropJob forgets a job and its result; missing is fine.
	DropJob(ctx context.Context, id string) error
	// Log is the Merkle log's storage.
	Log() audit.LogStore
	// Close ends the adapter.
	Close() error
}

// Query asks for a page of a list.
type Query struct {
	Index     string
	Partition string
	Before    string // exclusive upper bound of the sort key, "" for none
	Cursor    string
	Limit     int
}

// Page is one page of a list; Next is "" on the last.
type Page struct {
	Records []Record
	Next    string
}
