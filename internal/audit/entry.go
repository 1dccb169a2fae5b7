// Package audit is the history that an auditor can verify: entries chained per
// stream, a Merkle log over all of them, heads signed outside the database.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Genesis is the prev of a stream's first line: 64 zeros.
const Genesis = "0000000000000000000000000000000000000000000000000000000000000000"

// Entry is one line of history: who, when, what, a reason code, on which ids,
// with which keyed hashes. No names, no URLs, no text (design §2).
type Entry struct {
	ID     string    // entry_…
	Stream string    // filled in by Commit
	Seq    int64     // filled in by Commit, 1 for a stream's first
	At     time.Time // case time, second precision
	Actor  string    // principal id
	Role   string
	Act    string // dotted verb: "case.opened", "document.approved"
	Reason string // a reason code, may be empty
	IDs    []string
	Hashes []string // "what:hex" pairs, HMACs under the case key or content hashes with a nonce
	Prev   string   // filled in by Commit
}

// Line is an entry as stored: the bytes that were hashed, never encoded again.
type Line struct {
	Stream string
	Seq    int64
	ID     string
	Bytes  []byte
}

// Hash is the hex SHA-256 of a line's bytes: the next line's prev.
func Hash(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}
