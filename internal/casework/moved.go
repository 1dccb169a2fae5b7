package casework

import (
	"context"

	"github.com/ontdox/takedown/internal/audit"
)

// Moved is one row of a whole store in no adapter's form, for an export to an
// installation of another shape: exactly one field is set. What is rebuilt or
// belongs to one shape alone is none: tokens of waits, leases, executions.
type Moved struct {
	Head    *Revision         `json:"head,omitempty"`
	Record  *MovedRecord      `json:"record,omitempty"`
	Lookup  *Lookup           `json:"lookup,omitempty"`
	Answer  *Finished         `json:"answer,omitempty"`
	Outbox  *MovedOutbox      `json:"outbox,omitempty"`
	Job     *MovedJob         `json:"job,omitempty"`
	Line    *MovedLine        `json:"line,omitempty"`
	Hash    *audit.StoredHash `json:"hash,omitempty"`
	LogHead *audit.LogHead    `json:"logHead,omitempty"`
}

// MovedRecord is a record; Open is its case's key while it is in no shape's
// wrapping: only inside a sealed archive, and never in a store.
type MovedRecord struct {
	Record
	Open []byte `json:"open,omitempty"`
}

// MovedOutbox is a message to the engine, delivered or not: the id of a
// delivered one must not be used again.
type MovedOutbox struct {
	OutboxRow
	Delivered bool `json:"delivered,omitempty"`
}

// MovedJob is what verify-content is asked, or with Result what it found. Open
// is as a record's.
type MovedJob struct {
	ID     string `json:"id"`
	Result bool   `json:"result,omitempty"`
	Body   []byte `json:"body"`
	Open   []byte `json:"open,omitempty"`
}

// MovedLine is a line of history with its place in the log.
type MovedLine struct {
	audit.Line
	Leaf int64 `json:"leaf"`
}

// WholeStore is a store that can be moved as a whole, while nobody else writes
// to it.
type WholeStore interface {
	// EachMoved gives every row, in any order. A line that is no leaf yet is a
	// Conflict: the sequencer catches up first.
	EachMoved(ctx context.Context, f func(Moved) error) error
	// PutMoved writes rows; writing one again is harmless.
	PutMoved(ctx context.Context, rows []Moved) error
}

// DeploymentKeys are the keys that an installation keeps outside its store:
// they move with it, so that look-ups, tokens and the log go on.
type DeploymentKeys struct {
	Deployment  string `json:"deployment"`
	MACRoot     []byte `json:"macRoot"`
	LogSigner   string `json:"logSigner"`
	LogVerifier string `json:"logVerifier"`
}

// WholeKeys are Keys that can be moved: each case's key is opened and wrapped
// again under the other installation's master key. Both give what lies in the
// clear, for a sealed archive alone.
type WholeKeys interface {
	// Own are the deployment's own keys.
	Own() DeploymentKeys
	// Unwrap opens what NewCaseKey gave for an id; the caller clears it.
	Unwrap(ctx context.Context, id string, wrapped []byte) (plain []byte, err error)
	KeyWrapper
}

// KeyWrapper wraps keys that another installation made.
type KeyWrapper interface {
	// Wrap wraps what Unwrap gave, bound to the same id.
	Wrap(ctx context.Context, id string, plain []byte) (wrapped []byte, err error)
}
