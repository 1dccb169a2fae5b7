package storetest

import (
	"fmt"
	"slices"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// chained wants a stream's lines to follow each other from the first to the
// head's last.
func (e *env) chained(stream casework.StreamID) []audit.Line {
	e.Helper()
	head := e.head(stream)
	lines, err := e.s.Entries(e.ctx, stream, 1, int(head.Entries)+10)
	e.ok(err)
	prev := audit.Genesis
	for i, l := range lines {
		entry, err := audit.Decode(l.Bytes)
		e.ok(err)
		if l.Seq != int64(i)+1 || entry.Seq != l.Seq || l.Stream != string(stream) || entry.Stream != l.Stream || l.ID != entry.ID {
			e.Fatalf("line %d is %s %s/%d", i, l.ID, l.Stream, l.Seq)
		}
		e.same("prev", entry.Prev, prev)
		prev = audit.Hash(l.Bytes)
	}
	e.same("entries of the head", int64(len(lines)), head.Entries)
	e.same("last of the head", prev, head.Last)
	return lines
}

func history(e *env) {
	var want []string
	for n := range 7 {
		ch := e.change()
		for range n % 3 {
			ch.Entries = append(ch.Entries, e.entry(fmt.Sprintf("item_%d", n)))
		}
		slices.Reverse(ch.Entries) // their order is the caller's, not that of their ids
		for _, entry := range ch.Entries {
			want = append(want, entry.ID)
		}
		e.commit(caseA, ch)
	}
	var got []string
	for _, l := range e.chained(caseA) {
		got = append(got, l.ID)
	}
	e.same("order", got, want)
	part, err := e.s.Entries(e.ctx, caseA, 3, 2)
	e.ok(err)
	e.same("from the third, two", []string{part[0].ID, part[1].ID}, want[2:4])
	e.same("two at most", len(part), 2)
	none, err := e.s.Entries(e.ctx, caseA, int64(len(want))+1, 5)
	e.ok(err)
	e.same("past the end", len(none), 0)
}

func findEntry(e *env) {
	ch := e.change()
	ch.Entries = append(ch.Entries, e.entry("item_1"))
	e.commit(caseA, ch)
	line, err := e.s.FindEntry(e.ctx, ch.Entries[1].ID)
	e.ok(err)
	e.same("line", line, e.chained(caseA)[1])
	_, err = e.s.FindEntry(e.ctx, "entry_none")
	e.refused(err, takedown.NotFound)
	_, err = e.s.Commit(e.ctx, e.head(caseB), casework.Change{Entries: ch.Entries[:1]})
	e.refused(err, takedown.Conflict) // an entry stands once, in whatever stream
}

func streamsApart(e *env) {
	for range 4 {
		e.commit(caseA, e.change())
		e.commit(caseB, e.change())
	}
	e.commit("org/2027-03-22", e.change())
	for stream, want := range map[casework.StreamID]int{caseA: 4, caseB: 4, "org/2027-03-22": 1, "case_none": 0} {
		e.same(string(stream), len(e.chained(stream)), want)
	}
}

// leavesOf gives lines their places from an index, with made-up hashes: the
// store keeps them, the sequencer computes them.
func leavesOf(from int64, lines []audit.Line) ([]audit.Leaf, []audit.StoredHash) {
	var leaves []audit.Leaf
	var hashes []audit.StoredHash
	for i, l := range lines {
		n := from + int64(i)
		leaves = append(leaves, audit.Leaf{EntryID: l.ID, Index: n})
		hashes = append(hashes, audit.StoredHash{Index: 2 * n, Hash: [32]byte{byte(n), 1}}, audit.StoredHash{Index: 2*n + 1, Hash: [32]byte{byte(n), 2}})
	}
	return leaves, hashes
}

func logGrows(e *env) {
	log := e.s.Log()
	head, err := log.Head(e.ctx)
	e.ok(err)
	e.same("head of an empty log", head, audit.LogHead{})
	for range 3 {
		e.commit(caseA, e.change())
	}
	lines, err := log.Pending(e.ctx, 2)
	e.ok(err)
	e.same("pending, two at most", lines, e.chained(caseA)[:2])
	_, err = log.LeafIndex(e.ctx, lines[0].ID)
	e.refused(err, takedown.NotFound)

	next := audit.LogHead{Version: 1, Size: 2, Note: []byte("signed")}
	leaves, hashes := leavesOf(0, lines)
	e.ok(log.Append(e.ctx, head, next, leaves, hashes))
	head, err = log.Head(e.ctx)
	e.ok(err)
	e.same("head", head, next)
	index, err := log.LeafIndex(e.ctx, lines[1].ID)
	e.ok(err)
	e.same("place of the second", index, int64(1))
	got, err := log.Hashes(e.ctx, []int64{3, 0})
	e.ok(err)
	e.same("hashes in the order asked", got, [][32]byte{{1, 2}, {0, 1}})
	_, err = log.Hashes(e.ctx, []int64{0, 99})
	e.refused(err, takedown.NotFound)
	back, err := log.Lines(e.ctx, 1, 10)
	e.ok(err)
	e.same("lines by place", back, lines[1:])
	rest, err := log.Pending(e.ctx, 10)
	e.ok(err)
	e.same("still pending", rest, e.chained(caseA)[2:])
}

func logHead(e *env) {
	log := e.s.Log()
	for range 3 {
		e.commit(caseA, e.change())
	}
	lines, err := log.Pending(e.ctx, 10)
	e.ok(err)
	leaves, hashes := leavesOf(0, lines[:2])
	one := audit.LogHead{Version: 1, Size: 2, Note: []byte("one")}
	e.ok(log.Append(e.ctx, audit.LogHead{}, one, leaves, hashes))
	more, moreHashes := leavesOf(2, lines[2:])
	two := audit.LogHead{Version: 2, Size: 3, Note: []byte("two")}
	e.refused(log.Append(e.ctx, audit.LogHead{}, two, more, moreHashes), takedown.Conflict)
	// One leaf that is there already spoils the whole append.
	e.refused(log.Append(e.ctx, one, two, append(more, audit.Leaf{EntryID: lines[0].ID, Index: 3}), moreHashes), takedown.Conflict)
	head, err := log.Head(e.ctx)
	e.ok(err)
	e.same("head", head, one)
	_, err = log.LeafIndex(e.ctx, lines[2].ID)
	e.refused(err, takedown.NotFound)
	e.ok(log.Append(e.ctx, one, two, more, moreHashes))
}

func logOrder(e *env) {
	for range 5 {
		e.commit(caseA, e.change())
		ch := e.change()
		ch.Entries = append(ch.Entries, e.entry())
		e.commit(caseB, ch)
	}
	lines, err := e.s.Log().Pending(e.ctx, 100)
	e.ok(err)
	e.same("pending", len(lines), 15)
	last := map[string]int64{}
	for _, l := range lines {
		e.same("the next of its stream", l.Seq, last[l.Stream]+1)
		last[l.Stream] = l.Seq
	}
}
