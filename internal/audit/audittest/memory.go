// Package audittest holds the suite that every LogStore and Archive must pass,
// and one in memory that tests may damage.
package audittest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/takedown"
)

// Data is what a Memory holds, open to tests that damage it.
type Data struct {
	Lines   []audit.Line // in the order of their commits
	Streams map[string]audit.StreamHead
	Leaves  []string // entry ids by leaf index
	Hashes  map[int64][32]byte
	Head    audit.LogHead
}

// Memory is an Archive in memory. It is safe for concurrent use as long as
// nobody touches Data meanwhile.
type Memory struct {
	mu   sync.Mutex
	Data Data
}

var _ audit.Archive = (*Memory)(nil)

// NewMemory gives an empty archive.
func NewMemory() *Memory {
	return &Memory{Data: Data{Streams: map[string]audit.StreamHead{}, Hashes: map[int64][32]byte{}}}
}

// Clone copies an archive: a backup of it.
func (m *Memory) Clone() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	d := m.Data
	d.Lines = slices.Clone(d.Lines)
	for i := range d.Lines {
		d.Lines[i].Bytes = slices.Clone(d.Lines[i].Bytes)
	}
	d.Streams, d.Leaves, d.Hashes = maps.Clone(d.Streams), slices.Clone(d.Leaves), maps.Clone(d.Hashes)
	return &Memory{Data: d}
}

// Commit chains entries to a stream, as a store does.
func (m *Memory) Commit(_ context.Context, stream string, entries ...audit.Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	head, ok := m.Data.Streams[stream]
	if !ok {
		head = audit.StreamHead{Stream: stream, Last: audit.Genesis}
	}
	lines, last, err := audit.Chain(stream, head.Entries, head.Last, entries)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if m.find(l.ID) >= 0 {
			return conflict("the entry stands already")
		}
	}
	head.Entries += int64(len(lines))
	head.Last = last
	m.Data.Lines = append(m.Data.Lines, lines...)
	m.Data.Streams[stream] = head
	return nil
}

// find gives a line's place, -1 without.
func (m *Memory) find(id string) int {
	return slices.IndexFunc(m.Data.Lines, func(l audit.Line) bool { return l.ID == id })
}

// Head reads the log's head.
func (m *Memory) Head(context.Context) (audit.LogHead, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.Data.Head, nil
}

// Pending lists lines that are no leaf yet.
func (m *Memory) Pending(_ context.Context, limit int) ([]audit.Line, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	placed := map[string]bool{}
	for _, id := range m.Data.Leaves {
		placed[id] = true
	}
	var out []audit.Line
	for _, l := range m.Data.Lines {
		if len(out) < limit && !placed[l.ID] {
			out = append(out, l)
		}
	}
	return out, nil
}

// Append adds leaves and hashes and moves the head.
func (m *Memory) Append(_ context.Context, base, next audit.LogHead, leaves []audit.Leaf, hashes []audit.StoredHash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Data.Head.Version != base.Version || m.Data.Head.Size != base.Size {
		return conflict("the log has moved on")
	}
	grown := slices.Clone(m.Data.Leaves)
	for _, l := range leaves {
		if l.Index != int64(len(grown)) || m.find(l.EntryID) < 0 || slices.Contains(grown, l.EntryID) {
			return conflict("a line is a leaf already, or none")
		}
		grown = append(grown, l.EntryID)
	}
	for _, h := range hashes {
		m.Data.Hashes[h.Index] = h.Hash
	}
	m.Data.Leaves, m.Data.Head = grown, next
	return nil
}

// Hashes reads tree hashes in the order asked.
func (m *Memory) Hashes(_ context.Context, indexes []int64) ([][32]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([][32]byte, len(indexes))
	for i, index := range indexes {
		h, ok := m.Data.Hashes[index]
		if !ok {
			return nil, notFound("hash of the log")
		}
		out[i] = h
	}
	return out, nil
}

// LeafIndex gives an entry's place.
func (m *Memory) LeafIndex(_ context.Context, entryID string) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := slices.Index(m.Data.Leaves, entryID); i >= 0 {
		return int64(i), nil
	}
	return 0, notFound("leaf")
}

// Lines reads lines by leaf index.
func (m *Memory) Lines(_ context.Context, first int64, limit int) ([]audit.Line, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []audit.Line
	for i := first; i < int64(len(m.Data.Leaves)) && len(out) < limit; i++ {
		if at := m.find(m.Data.Leaves[i]); at >= 0 {
			out = append(out, m.Data.Lines[at])
		}
	}
	return out, nil
}

// Streams lists every stream's head by name.
func (m *Memory) Streams(context.Context) ([]audit.StreamHead, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.Data.Streams), func(a, b audit.StreamHead) int { return cmp.Compare(a.Stream, b.Stream) }), nil
}

// StreamLines reads a stream's lines in their order.
func (m *Memory) StreamLines(_ context.Context, stream string, from int64, limit int) ([]audit.Line, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []audit.Line
	for _, l := range m.Data.Lines {
		if l.Stream == stream && l.Seq >= from {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b audit.Line) int { return cmp.Compare(a.Seq, b.Seq) })
	return out[:min(limit, len(out))], nil
}

func conflict(why string) error {
	return takedown.Errorf(takedown.Conflict, takedown.NameConflict, "%s", why)
}

func notFound(what string) error {
	return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "there is no such %s", what)
}
