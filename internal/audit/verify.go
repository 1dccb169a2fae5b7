package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/ontdox/takedown/internal/takedown"
)

// Installation is what VerifyInstallation reads.
type Installation struct {
	Archive     Archive
	Heads       HeadStore
	VerifierKey string
}

// VerifyInstallation recomputes everything: every leaf and hash of the log,
// every stream's chain, the signed head, and that each head ever appended to
// heads.log is a prefix of what stands in the database, unless a signed restore
// says otherwise. What does not hold is an error "line N, entry ID: reason" of
// kind Invalid. It may run beside whoever writes: what came after its beginning
// it leaves to the next time.
func VerifyInstallation(ctx context.Context, in Installation, opt Options) (Report, error) {
	var rep Report
	verifier, err := compareKey(in.VerifierKey, opt, &rep)
	if err != nil {
		return rep, failure(0, "", err.Error())
	}
	v := &verification{in: in, rep: &rep, leaves: map[string]*leaf{}, roots: map[int64]tlog.Hash{}}
	for _, step := range []func(context.Context, note.Verifier) error{v.snapshot, v.log, v.streams, v.signed} {
		if err := step(ctx, verifier); err != nil {
			return rep, err
		}
	}
	rep.Restores = v.heads.restores
	if opt.Head != nil {
		return rep, v.keptElsewhere(opt.Head, verifier)
	}
	return rep, nil
}

// verification is one run: what was read first, what was recomputed.
type verification struct {
	in     Installation
	rep    *Report
	heads  *headLog
	stored LogHead
	leaves map[string]*leaf    // by entry id
	roots  map[int64]tlog.Hash // by size: the last good one names where to look
	head   tlog.Tree           // recomputed
	ids    []string            // by leaf index
}

// leaf is one leaf of the log as it was recomputed.
type leaf struct {
	index int64
	hash  tlog.Hash
	seen  bool // in its stream
}

// snapshot reads what all the rest is held against. The heads come first: an
// honest log is never behind them. What was signed between the two reads is
// read after.
func (v *verification) snapshot(ctx context.Context, verifier note.Verifier) error {
	var err error
	if v.heads, err = readHeads(v.in.Heads, verifier); err != nil {
		return err
	}
	if v.stored, err = v.in.Archive.Head(ctx); err != nil {
		return err
	}
	if v.stored.Size <= v.heads.newest().N {
		return nil
	}
	all, err := v.in.Heads.All()
	if err != nil {
		return err
	}
	for _, msg := range all[min(len(all), len(v.heads.lines)):] {
		h, err := OpenHead(msg, verifier)
		if err != nil || h.Restored || h.Tree.N > v.stored.Size {
			break // newer than this run
		}
		if err := v.heads.add(msg, verifier); err != nil {
			return err
		}
	}
	return nil
}

// log rebuilds the Merkle log from the lines, compares every stored hash, and
// keeps every root: any head may be asked for.
func (v *verification) log(ctx context.Context, _ note.Verifier) error {
	f := &frontier{}
	for f.n < v.stored.Size {
		lines, err := v.in.Archive.Lines(ctx, f.n, int(min(pageLines, v.stored.Size-f.n)))
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return failure(f.n+1, "", fmt.Sprintf("the log ends at leaf %d, its head says %d: its tail was cut off", f.n, v.stored.Size))
		}
		if err := v.page(ctx, f, lines); err != nil {
			return err
		}
	}
	v.head = f.tree()
	v.rep.Head = v.head
	return nil
}

// page compares one page of leaves with the hashes that are stored.
func (v *verification) page(ctx context.Context, f *frontier, lines []Line) error {
	first := f.n
	var indexes []int64
	var want [][]tlog.Hash
	for _, l := range lines {
		from := tlog.StoredHashIndex(0, f.n)
		hashes := f.push(l.Bytes)
		for k := range hashes {
			indexes = append(indexes, from+int64(k))
		}
		want = append(want, hashes)
		v.roots[f.n] = f.tree().Hash
	}
	got, err := v.in.Archive.Hashes(ctx, indexes)
	if takedown.KindOf(err) == takedown.NotFound {
		return failure(first+1, lines[0].ID, "log: a hash of this leaf or of one of the next is missing")
	}
	if err != nil {
		return err
	}
	for i, l := range lines {
		stored := got[:len(want[i])]
		got = got[len(want[i]):]
		if err := v.leaf(ctx, first+int64(i), l, want[i], stored); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) leaf(ctx context.Context, n int64, l Line, want []tlog.Hash, stored [][32]byte) error {
	index, err := v.in.Archive.LeafIndex(ctx, l.ID)
	if err != nil && takedown.KindOf(err) != takedown.NotFound {
		return err
	}
	switch {
	case v.leaves[l.ID] != nil:
		return failure(n+1, l.ID, "log: the entry is a leaf twice")
	case err != nil:
		return failure(n+1, l.ID, "log: the entry has no place")
	case index > n:
		return failure(n+1, "", fmt.Sprintf("log: the entry is missing, entry %s is the next", l.ID))
	case index < n:
		return failure(n+1, l.ID, "log: the entry stands at another place")
	case tlog.Hash(stored[0]) != want[0]:
		return failure(n+1, l.ID, "log: the entry is not what was logged")
	}
	for k := range want {
		if tlog.Hash(stored[k]) != want[k] {
			return failure(n+1, l.ID, "log: a stored hash over the entry is wrong")
		}
	}
	v.leaves[l.ID] = &leaf{index: n, hash: want[0]}
	v.ids = append(v.ids, l.ID)
	return nil
}

// signed holds the recomputed log against every signature.
func (v *verification) signed(_ context.Context, verifier note.Verifier) error {
	if v.stored.Size > 0 || v.stored.Note != nil {
		h, err := OpenHead(v.stored.Note, verifier)
		if err != nil {
			return failure(v.head.N, "", "log: "+err.Error())
		}
		if h.Restored || h.Tree != v.head {
			return v.contradicts(v.head.N, "log: its entries are not those that its head signed")
		}
	}
	for _, h := range v.heads.live {
		if h.tree.N > v.head.N {
			return failure(h.line, "", fmt.Sprintf("heads.log names %d entries, the log has %d: its tail was cut off or the database rolled back", h.tree.N, v.head.N))
		}
		if !v.isPrefix(h.tree) {
			return v.contradicts(h.line, fmt.Sprintf("heads.log: the log's first %d entries are not those that were signed", h.tree.N))
		}
	}
	var err error
	v.rep.HeadBehind, err = v.heads.behind(v.head, v.stored.Version)
	return err
}

func (v *verification) isPrefix(t tlog.Tree) bool {
	return t.N == 0 && t == (tlog.Tree{}) || t.N > 0 && v.roots[t.N] == t.Hash
}

// contradicts names the entries among which the wrong one is: those behind the
// last head that holds.
func (v *verification) contradicts(line int64, reason string) error {
	good := int64(0)
	for _, h := range v.heads.live {
		if h.tree.N > good && h.tree.N <= v.head.N && v.isPrefix(h.tree) {
			good = h.tree.N
		}
	}
	if good >= int64(len(v.ids)) {
		return failure(line, "", reason)
	}
	return failure(line, v.ids[good], fmt.Sprintf("%s; leaf %d is the first that no head confirms", reason, good+1))
}

// keptElsewhere compares with a head that somebody kept: it finds a whole
// directory that was rolled back.
func (v *verification) keptElsewhere(kept []byte, verifier note.Verifier) error {
	h, err := OpenHead(keptHead(kept), verifier)
	switch {
	case err != nil:
		return failure(0, "", "the head given: "+err.Error())
	case v.heads.gaveUp(h.Tree):
		return nil // and the restore is in the report
	case h.Tree.N > v.head.N:
		return failure(0, "", fmt.Sprintf("the head given names %d entries, the log has %d: the directory was rolled back", h.Tree.N, v.head.N))
	case !v.isPrefix(h.Tree):
		return v.contradicts(0, "the log does not begin with what the head given signed")
	}
	return nil
}
