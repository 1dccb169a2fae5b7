package audit

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/ontdox/takedown/internal/takedown"
)

// Installation is what VerifyInstallation reads.
type Installation struct {
	Archive     Archive
	Heads       HeadFile
	VerifierKey string
}

// VerifyInstallation recomputes everything: every stream's chain, every leaf
// and hash of the log, the signed head, and that each head ever appended to
// heads.log is a prefix of what stands in the database, unless a signed
// restore says otherwise.
func VerifyInstallation(ctx context.Context, in Installation, opt Options) (Report, error) {
	rep := Report{Fingerprint: Fingerprint(in.VerifierKey)}
	verifier, err := compareKey(in.VerifierKey, opt, &rep)
	if err != nil {
		return rep, failure(0, "", err.Error())
	}
	v := &verification{ctx: ctx, in: in, verifier: verifier, rep: &rep, seen: map[string]string{}}
	for _, step := range []func() error{v.streams, v.log, v.heads} {
		if err := step(); err != nil {
			return rep, err
		}
	}
	if opt.Head != nil {
		return rep, v.keptElsewhere(opt.Head)
	}
	return rep, nil
}

type verification struct {
	ctx      context.Context //nolint:containedctx // lives for one verification
	in       Installation
	verifier note.Verifier
	rep      *Report
	seen     map[string]string // entry id → hash of its line
	roots    map[int64]tlog.Hash
	want     map[int64]bool // sizes of which a root is needed
	head     tlog.Tree
}

// streams checks each stream's chain against its stored head.
func (v *verification) streams() error {
	streams, err := v.in.Archive.Streams(v.ctx)
	if err != nil {
		return err
	}
	for _, s := range streams {
		v.rep.Streams++
		if err := v.stream(s); err != nil {
			return err
		}
	}
	return nil
}

func (v *verification) stream(s StreamHead) error {
	prev, seq := Genesis, int64(0)
	for {
		lines, err := v.in.Archive.StreamLines(v.ctx, s.Stream, seq+1, 500)
		if err != nil {
			return err
		}
		for _, l := range lines {
			seq++
			at := fmt.Sprintf("stream %s", s.Stream)
			e, err := Decode(l.Bytes)
			if err != nil {
				return failure(int(seq), l.ID, at+": "+err.Error())
			}
			if e.ID != l.ID || e.Stream != s.Stream || e.Seq != seq || e.Prev != prev {
				return failure(int(seq), l.ID, at+": does not follow the entry before it")
			}
			prev = Hash(l.Bytes)
			v.seen[l.ID] = prev
			v.rep.Entries++
		}
		if len(lines) < 500 {
			break
		}
	}
	if seq != s.Entries || prev != s.Last {
		return failure(int(seq), "", fmt.Sprintf("stream %s ends at %d, its head says %d", s.Stream, seq, s.Entries))
	}
	return nil
}

// log rebuilds the Merkle log from the lines, compares every stored hash, and
// keeps the roots at the sizes that heads name.
func (v *verification) log() error {
	stored, err := v.in.Archive.Head(v.ctx)
	if err != nil {
		return err
	}
	if err := v.sizes(); err != nil {
		return err
	}
	mem := map[int64]tlog.Hash{}
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			out[i] = mem[x]
		}
		return out, nil
	})
	v.roots = map[int64]tlog.Hash{}
	n := int64(0)
	for n < stored.Size {
		lines, err := v.in.Archive.Lines(v.ctx, n, 500)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return failure(int(n)+1, "", fmt.Sprintf("the log ends at leaf %d, its head says %d", n, stored.Size))
		}
		for _, l := range lines {
			if err := v.leaf(mem, reader, n, l); err != nil {
				return err
			}
			n++
			if v.want[n] {
				if v.roots[n], err = tlog.TreeHash(n, reader); err != nil {
					return err
				}
			}
		}
	}
	if n > 0 {
		if v.head.Hash, err = tlog.TreeHash(n, reader); err != nil {
			return err
		}
	}
	v.head.N = n
	v.rep.Head = v.head
	return v.signedHead(stored)
}

func (v *verification) leaf(mem map[int64]tlog.Hash, reader tlog.HashReader, n int64, l Line) error {
	if v.seen[l.ID] != Hash(l.Bytes) {
		return failure(int(n)+1, l.ID, "the leaf is no line of any stream")
	}
	hashes, err := tlog.StoredHashes(n, l.Bytes, reader)
	if err != nil {
		return err
	}
	first := tlog.StoredHashIndex(0, n)
	var indexes []int64
	for k, h := range hashes {
		mem[first+int64(k)] = h
		indexes = append(indexes, first+int64(k))
	}
	got, err := v.in.Archive.Hashes(v.ctx, indexes)
	if err != nil {
		return failure(int(n)+1, l.ID, "a hash of the log is missing")
	}
	for k, h := range hashes {
		if got[k] != h {
			return failure(int(n)+1, l.ID, "a stored hash of the log is wrong")
		}
	}
	return nil
}

func (v *verification) signedHead(stored LogHead) error {
	if stored.Size == 0 && stored.Note == nil {
		if v.rep.Entries > 0 {
			return v.pending()
		}
		return nil
	}
	h, err := OpenHead(stored.Note, v.verifier)
	if err != nil {
		return failure(int(v.head.N), "", err.Error())
	}
	if h.Tree != v.head {
		return failure(int(v.head.N), "", "the signed head is not that of the log")
	}
	return v.pending()
}

// pending allows lines that the sequencer has not taken yet only at the end.
func (v *verification) pending() error {
	if int64(v.rep.Entries) < v.head.N {
		return failure(int(v.head.N), "", "the log holds more leaves than there are entries")
	}
	return nil
}

// sizes reads the heads first, to know at which sizes roots are needed.
func (v *verification) sizes() error {
	all, err := v.in.Heads.All()
	if err != nil {
		return err
	}
	v.want = map[int64]bool{}
	for i, msg := range all {
		h, err := OpenHead(msg, v.verifier)
		if err != nil {
			return failure(i+1, "", "heads.log: "+err.Error())
		}
		v.want[h.Tree.N] = true
		v.want[h.From.N] = true
	}
	return nil
}

// heads checks that each head of the file is a prefix of the log. After a
// signed restore, heads between the restored size and the restore are excused.
func (v *verification) heads() error {
	all, err := v.in.Heads.All()
	if err != nil {
		return err
	}
	parsed := make([]Head, len(all))
	for i, msg := range all {
		if parsed[i], err = OpenHead(msg, v.verifier); err != nil {
			return failure(i+1, "", "heads.log: "+err.Error())
		}
	}
	excused := int64(-1) // heads past this size were given up by a later restore
	for i := len(parsed) - 1; i >= 0; i-- {
		h := parsed[i]
		if h.Restored {
			v.rep.Restores = append(v.rep.Restores, h)
			if excused < 0 || h.Tree.N < excused {
				excused = h.Tree.N
			}
			continue
		}
		if excused >= 0 && h.Tree.N > excused {
			continue
		}
		if err := v.isPrefix(i+1, h.Tree); err != nil {
			return err
		}
	}
	return v.lastHead(parsed)
}

func (v *verification) isPrefix(line int, t tlog.Tree) error {
	switch {
	case t.N > v.head.N:
		return failure(line, "", fmt.Sprintf("heads.log names %d entries, the log has %d: its tail was cut off or the database rolled back", t.N, v.head.N))
	case t.N > 0 && v.roots[t.N] != t.Hash:
		return failure(line, "", fmt.Sprintf("the log's first %d entries are not those that were signed", t.N))
	}
	return nil
}

// lastHead wants the file to end with the log's own head: a shortened file
// shows.
func (v *verification) lastHead(parsed []Head) error {
	if v.head.N == 0 {
		return nil
	}
	if len(parsed) == 0 {
		return failure(0, "", "heads.log is missing")
	}
	if last := parsed[len(parsed)-1]; last.Tree.N < v.head.N {
		return failure(len(parsed), "", fmt.Sprintf("heads.log ends at %d entries, the log has %d: run the program once, or the file was cut", last.Tree.N, v.head.N))
	}
	return nil
}

// keptElsewhere compares with a head that somebody kept: it finds a whole
// directory that was rolled back.
func (v *verification) keptElsewhere(msg []byte) error {
	h, err := OpenHead(msg, v.verifier)
	if err != nil {
		return failure(0, "", "the head given: "+err.Error())
	}
	if h.Tree.N > v.head.N {
		return failure(0, "", fmt.Sprintf("the head given names %d entries, the log has %d: the directory was rolled back", h.Tree.N, v.head.N))
	}
	lines, err := v.in.Archive.Lines(v.ctx, 0, int(h.Tree.N))
	if err != nil {
		return err
	}
	root, err := rootOf(lines)
	if err != nil {
		return err
	}
	if h.Tree.N > 0 && root != h.Tree.Hash {
		return failure(0, "", "the log does not begin with what the head given signed")
	}
	return nil
}

func rootOf(lines []Line) (tlog.Hash, error) {
	mem := map[int64]tlog.Hash{}
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			out[i] = mem[x]
		}
		return out, nil
	})
	for n, l := range lines {
		hashes, err := tlog.StoredHashes(int64(n), l.Bytes, reader)
		if err != nil {
			return tlog.Hash{}, err
		}
		first := tlog.StoredHashIndex(0, int64(n))
		for k, h := range hashes {
			mem[first+int64(k)] = h
		}
	}
	return tlog.TreeHash(int64(len(lines)), reader)
}

// DeclareRestore appends a signed line that says which head there was and from
// which head the installation goes on. old is the file's last head.
func DeclareRestore(heads HeadFile, signer note.Signer, verifier note.Verifier, next LogHead) error {
	all, err := heads.All()
	if err != nil || len(all) == 0 {
		return err
	}
	last, err := OpenHead(all[len(all)-1], verifier)
	if err != nil {
		return err
	}
	to := tlog.Tree{}
	if next.Note != nil {
		h, err := OpenHead(next.Note, verifier)
		if err != nil {
			return err
		}
		to = h.Tree
	}
	signed, err := note.Sign(&note.Note{Text: restoredText(last.Tree, to)}, signer)
	if err != nil {
		return errors.Join(takedown.Errorf(takedown.Internal, takedown.NameInternal, "the restore cannot be signed"), err)
	}
	return heads.Append(signed)
}
