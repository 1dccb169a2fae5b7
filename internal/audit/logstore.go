package audit

import "context"

// LogHead is the state of the Merkle log in the database: how many leaves, the
// root and the signed note over both. Version is compared and swapped.
type LogHead struct {
	Version int64
	Size    int64
	Note    []byte // nil for an empty log
}

// Leaf binds a stored line to its place in the log.
type Leaf struct {
	EntryID string
	Index   int64
}

// StoredHash is one hash of the tree by tlog's storage index.
type StoredHash struct {
	Index int64
	Hash  [32]byte
}

// LogStore is the storage of the Merkle log: part of every Store adapter.
type LogStore interface {
	// Head reads the log's head consistently.
	Head(ctx context.Context) (LogHead, error)
	// Pending lists lines that are no leaf yet, at most limit; lines of one
	// stream in their order.
	Pending(ctx context.Context, limit int) ([]Line, error)
	// Append adds leaves and hashes and moves the head from base to next, all
	// or none; a *takedown.Error of kind Conflict if the head is not at base.
	// An adapter need not take more than 90 leaves at once.
	Append(ctx context.Context, base, next LogHead, leaves []Leaf, hashes []StoredHash) error
	// Hashes reads tree hashes by storage index, in the order asked.
	Hashes(ctx context.Context, indexes []int64) ([][32]byte, error)
	// LeafIndex gives an entry's place; a NotFound error while it has none.
	LeafIndex(ctx context.Context, entryID string) (int64, error)
	// Lines reads lines by leaf index from first, at most limit.
	Lines(ctx context.Context, first int64, limit int) ([]Line, error)
}

// Archive is what exporting and verifying read: the log, and every stream's
// head and lines as they are stored.
type Archive interface {
	LogStore
	// Streams lists every stream's head.
	Streams(ctx context.Context) ([]StreamHead, error)
	// StreamLines reads a stream's lines from a sequence number (1 first), at
	// most limit.
	StreamLines(ctx context.Context, stream string, from int64, limit int) ([]Line, error)
}

// StreamHead is where a stream stands.
type StreamHead struct {
	Stream  string
	Entries int64  // the last line's sequence number
	Last    string // the last line's Hash
}
