package audit

import (
	"bytes"
	"context"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// batch is how many leaves one append takes: with the head, the leaves and
	// the hashes no more rows than one transaction of DynamoDB writes.
	batch = 90
	// maxLost is how often in a row the sequencer looks again when others were
	// faster.
	maxLost = 20
)

// Sequencer makes every line a leaf of the Merkle log, in order. There may be
// several: the log head is compared and swapped. It keeps nothing between two
// runs and goes on wherever another stopped.
type Sequencer struct {
	log    LogStore
	heads  HeadStore
	signer note.Signer
	mu     sync.Mutex
}

// NewSequencer builds a sequencer whose heads are signed by a key outside the
// database and appended to a store outside it. The signer's name is the
// deployment's id.
func NewSequencer(log LogStore, heads HeadStore, signer note.Signer) *Sequencer {
	return &Sequencer{log: log, heads: heads, signer: signer}
}

// CatchUp takes every pending line and says how many, also beside an error. The
// log's head is committed first and then appended to the heads; a head that a
// crash kept from them is appended by the next run. It signs nothing that
// contradicts what was signed before: a log behind the heads is Conflict, hashes
// that do not lead to the signed root are Internal; VerifyInstallation then says
// what is wrong.
func (s *Sequencer) CatchUp(ctx context.Context) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	total, lost := 0, 0
	for {
		n, err := s.step(ctx)
		total += n
		switch {
		case err == nil && n == 0:
			return total, nil
		case err == nil:
			lost = 0
		case takedown.KindOf(err) == takedown.Conflict && lost < maxLost && ctx.Err() == nil:
			lost++ // another sequencer was faster: look again
		default:
			return total, err
		}
	}
}

// step takes one batch.
func (s *Sequencer) step(ctx context.Context) (int, error) {
	base, err := s.log.Head(ctx)
	if err != nil {
		return 0, err
	}
	if err := s.settle(ctx, base); err != nil {
		return 0, err
	}
	lines, err := s.log.Pending(ctx, batch)
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	leaves, hashes, root, err := grow(ctx, s.log, base.Size, lines)
	if err != nil {
		return 0, err
	}
	head := Head{Tree: tlog.Tree{N: base.Size + int64(len(lines)), Hash: root}}
	if head.Note, err = head.sign(s.signer); err != nil {
		return 0, err
	}
	next := LogHead{Version: base.Version + 1, Size: head.Tree.N, Note: head.Note}
	if err := s.log.Append(ctx, base, next, leaves, hashes); err != nil {
		return 0, err
	}
	return len(lines), s.heads.Append(head.Note)
}

// settle makes sure of the head that the next one builds on: that it is ours,
// that the stored hashes lead to it, and that it stands among the heads.
func (s *Sequencer) settle(ctx context.Context, base LogHead) error {
	tree, err := s.rebuilt(ctx, base)
	if err != nil {
		return err
	}
	msg, err := s.heads.Last()
	if err != nil {
		return err
	}
	if msg == nil && base.Size == 0 {
		return nil
	}
	if msg != nil {
		last, err := parseHead(msg, s.signer.Name())
		if err != nil {
			return err
		}
		if last.Tree == tree {
			return nil
		}
		if last.Tree.N >= tree.N {
			return takedown.Errorf(takedown.Conflict, "HistoryRolledBack",
				"the heads name %d entries, the log has %d: the database is older than its heads; takedown verify says more", last.Tree.N, tree.N)
		}
	}
	return s.heads.Append(base.Note)
}

// rebuilt is the tree that the stored hashes give, if its head is what we
// signed.
func (s *Sequencer) rebuilt(ctx context.Context, base LogHead) (tlog.Tree, error) {
	if base.Size == 0 && base.Note == nil {
		return tlog.Tree{}, nil
	}
	root, err := tlog.TreeHash(base.Size, hashReader(ctx, s.log, nil))
	if err != nil {
		return tlog.Tree{}, err
	}
	head := Head{Tree: tlog.Tree{N: base.Size, Hash: root}}
	again, err := head.sign(s.signer)
	if err == nil && !bytes.Equal(again, base.Note) {
		err = internal("the log's hashes do not lead to its signed head: takedown verify says more", nil)
	}
	return head.Tree, err
}

// grow computes what appending lines to a log of a size adds.
func grow(ctx context.Context, log LogStore, size int64, lines []Line) ([]Leaf, []StoredHash, tlog.Hash, error) {
	fresh := map[int64]tlog.Hash{}
	reader := hashReader(ctx, log, fresh)
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

// hashReader reads tree hashes from what was just computed, else from the log.
func hashReader(ctx context.Context, log LogStore, fresh map[int64]tlog.Hash) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
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
	})
}
