package audit

import (
	"context"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/ontdox/takedown/internal/takedown"
)

// batch is how many leaves one append takes.
const batch = 200

// Sequencer makes every line a leaf of the Merkle log, in order. There may be
// several: the log head is compared and swapped. It keeps nothing between two
// runs and goes on wherever another stopped.
type Sequencer struct {
	log    LogStore
	heads  HeadFile
	signer note.Signer
	mu     sync.Mutex
}

// NewSequencer builds a sequencer whose heads are signed by a key outside the
// database and appended to a file outside it.
func NewSequencer(log LogStore, heads HeadFile, signer note.Signer) *Sequencer {
	return &Sequencer{log: log, heads: heads, signer: signer}
}

// CatchUp takes every pending line and says how many. The head is committed
// first and then appended to the file; a head that a crash kept from the file
// is appended by the next run.
func (s *Sequencer) CatchUp(ctx context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	total := 0
	for {
		n, err := s.step(ctx)
		if takedown.KindOf(err) == takedown.Conflict && err != nil {
			continue // another sequencer was faster: look again
		}
		total += n
		if err != nil || n == 0 {
			return total, err
		}
	}
}

func (s *Sequencer) step(ctx context.Context) (int, error) {
	base, err := s.log.Head(ctx)
	if err != nil {
		return 0, err
	}
	if base.Note != nil {
		if err := s.heads.Append(base.Note); err != nil {
			return 0, err
		}
	}
	lines, err := s.log.Pending(ctx, batch)
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	leaves, hashes, root, err := grow(ctx, s.log, base.Size, lines)
	if err != nil {
		return 0, err
	}
	tree := tlog.Tree{N: base.Size + int64(len(lines)), Hash: root}
	signed, err := signHead(tree, s.signer)
	if err != nil {
		return 0, err
	}
	next := LogHead{Version: base.Version + 1, Size: tree.N, Note: signed}
	if err := s.log.Append(ctx, base, next, leaves, hashes); err != nil {
		return 0, err
	}
	return len(lines), s.heads.Append(signed)
}

// grow computes what appending lines to a log of a size adds.
func grow(ctx context.Context, log LogStore, size int64, lines []Line) ([]Leaf, []StoredHash, tlog.Hash, error) {
	fresh := map[int64]tlog.Hash{}
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		return readHashes(ctx, log, fresh, indexes)
	})
	var leaves []Leaf
	var stored []StoredHash
	for i, line := range lines {
		n := size + int64(i)
		hashes, err := tlog.StoredHashes(n, line.Bytes, reader)
		if err != nil {
			return nil, nil, tlog.Hash{}, err
		}
		first := tlog.StoredHashIndex(0, n)
		for k, h := range hashes {
			fresh[first+int64(k)] = h
			stored = append(stored, StoredHash{Index: first + int64(k), Hash: h})
		}
		leaves = append(leaves, Leaf{EntryID: line.ID, Index: n})
	}
	root, err := tlog.TreeHash(size+int64(len(lines)), reader)
	return leaves, stored, root, err
}

func readHashes(ctx context.Context, log LogStore, fresh map[int64]tlog.Hash, indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	var ask []int64
	var at []int
	for i, index := range indexes {
		if h, ok := fresh[index]; ok {
			out[i] = h
			continue
		}
		ask, at = append(ask, index), append(at, i)
	}
	if len(ask) == 0 {
		return out, nil
	}
	got, err := log.Hashes(ctx, ask)
	if err != nil {
		return nil, err
	}
	for i, h := range got {
		out[at[i]] = h
	}
	return out, nil
}

// Inclusion is the proof that an entry is a leaf of a signed head.
type Inclusion struct {
	Index int64
	Proof []tlog.Hash
	Head  []byte // signed
}

// Prove gives an entry's inclusion proof under the current head. An entry that
// is no leaf yet is NotFound.
func Prove(ctx context.Context, log LogStore, entryID string) (Inclusion, error) {
	head, err := log.Head(ctx)
	if err != nil {
		return Inclusion{}, err
	}
	index, err := log.LeafIndex(ctx, entryID)
	if err != nil {
		return Inclusion{}, err
	}
	proof, err := tlog.ProveRecord(head.Size, index, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		return readHashes(ctx, log, nil, indexes)
	}))
	return Inclusion{Index: index, Proof: proof, Head: head.Note}, err
}
