package audit

import "golang.org/x/mod/sumdb/tlog"

// frontier recomputes a Merkle tree leaf by leaf and keeps its right edge
// alone: the roots of the full subtrees, largest first (RFC 6962 §2.1).
type frontier struct {
	n     int64
	edges []tlog.Hash
}

// push adds a line and gives the hashes that it completes, in the order of
// their storage indexes from tlog.StoredHashIndex(0, n).
func (f *frontier) push(line []byte) []tlog.Hash {
	h := tlog.RecordHash(line)
	out := []tlog.Hash{h}
	for n := f.n; n&1 == 1; n >>= 1 {
		last := len(f.edges) - 1
		h = tlog.NodeHash(f.edges[last], h)
		f.edges = f.edges[:last]
		out = append(out, h)
	}
	f.edges = append(f.edges, h)
	f.n++
	return out
}

// tree is the tree of what was pushed; the zero Tree for nothing.
func (f *frontier) tree() tlog.Tree {
	t := tlog.Tree{N: f.n}
	for i := len(f.edges) - 1; i >= 0; i-- {
		if i == len(f.edges)-1 {
			t.Hash = f.edges[i]
			continue
		}
		t.Hash = tlog.NodeHash(f.edges[i], t.Hash)
	}
	return t
}
