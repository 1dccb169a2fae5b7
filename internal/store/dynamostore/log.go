package dynamostore

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/takedown"
)

// Places of the log.
var logHeadKey = key{"log", "head"}

const (
	leavesPK   = "log#leaves#"
	hashesPK   = "log#hashes#"
	lastNumber = 9999999999999999 // numbered has 16 digits
	// logPart is how many numbers of the log share a partition. The table has a
	// local index, so one partition holds 10 GB at most; this many take under one.
	logPart = 1 << 24
)

// logPK is the partition of an append whose last number this is.
func (s *Store) logPK(prefix string, last int64) string {
	return fmt.Sprintf("%s%d", prefix, last/s.logPart)
}

// logRows reads the rows of the log from a number on, over as many partitions
// as it takes until they are enough or the log ends.
func logRows[T any](ctx context.Context, a archive, prefix string, from int64, limit int, enough func(row T) bool) ([]T, error) {
	var out []T
	for part, end := from/a.s.logPart, int64(-1); ; part++ {
		at := span{pk: fmt.Sprintf("%s%d", prefix, part), from: numbered("", from), to: numbered("", lastNumber), limit: limit}
		rows, err := query[T](ctx, a.s, at)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
		if slices.ContainsFunc(rows, enough) {
			return out, nil
		}
		if end < 0 {
			head, err := a.Head(ctx)
			if err != nil {
				return nil, err
			}
			end = 2 * head.Size / a.s.logPart // a log of n leaves has less than 2n hashes
		}
		if part >= end {
			return out, nil
		}
	}
}

// Archive is the history as it stands in the table: the Merkle log and every
// stream's lines.
func (s *Store) Archive() audit.Archive { return archive{s} }

type archive struct{ s *Store }

// Head reads the log's head.
func (a archive) Head(ctx context.Context) (audit.LogHead, error) {
	h, _, err := one[logHeadRow](ctx, a.s, logHeadKey)
	return audit.LogHead{Version: h.Version, Size: h.Size, Note: h.Note}, err
}

// commitLines are the lines of a commit and what became of them.
type commitLines struct {
	entry entryRow // of the first
	lines []audit.Line
}

// Pending lists lines that are no leaf yet. The index lags, so what it says is
// read again, and a stream's lines are left for later unless the one before
// them is a leaf or listed too.
func (a archive) Pending(ctx context.Context, limit int) ([]audit.Line, error) {
	var spans []span
	for n := range pendingShards {
		spans = append(spans, span{index: listsIndex, pk: listPK(pendingList, "", n), from: sep, to: top, limit: limit})
	}
	found, err := each[placeRow](ctx, a.s, spans)
	if err != nil {
		return nil, err
	}
	commits, err := a.commits(ctx, found[:min(len(found), limit)])
	if err != nil {
		return nil, err
	}
	var out []audit.Line
	next := map[string]int64{} // by stream, the number of the next leaf
	for _, c := range commits {
		open := c.lines[len(c.entry.Leaves):]
		if len(open) == 0 {
			continue
		}
		want, ok := next[c.entry.Stream]
		if !ok {
			if want, err = a.nextLeaf(ctx, c); err != nil {
				return nil, err
			}
		}
		next[c.entry.Stream] = want
		if open[0].Seq != want {
			continue
		}
		open = open[:min(len(open), limit-len(out))]
		out = append(out, open...)
		if next[c.entry.Stream] = want + int64(len(open)); len(out) == limit {
			break
		}
	}
	return out, nil
}

// commits reads what stands at places of the list of pending lines.
func (a archive) commits(ctx context.Context, at []placeRow) ([]commitLines, error) {
	var keys []key
	for _, p := range at {
		stream, last, _ := strings.Cut(p.GSK, sep)
		keys = append(keys, p.key, key{"s#" + stream, "e#" + last})
	}
	rows, err := a.s.rows(ctx, keys)
	if err != nil {
		return nil, err
	}
	var out []commitLines
	for i := 0; i < len(keys); i += 2 {
		c, err := commitOf(rows[keys[i]], rows[keys[i+1]])
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func commitOf(first, all row) (c commitLines, err error) {
	if c.entry, err = decoded[entryRow](first); err != nil {
		return c, err
	}
	l, err := decoded[linesRow](all)
	if err != nil {
		return c, err
	}
	if c.lines, err = l.lines(); err == nil && (len(c.lines) == 0 || len(c.lines) < len(c.entry.Leaves)) {
		err = damaged("a commit's lines are not all there")
	}
	return c, err
}

func damaged(why string) error {
	return takedown.Errorf(takedown.Internal, takedown.NameInternal, "the table is damaged: %s", why)
}

// nextLeaf says which number of a commit's stream is the next leaf, as far as
// the commit before tells: 0 if that one is not all in the log.
func (a archive) nextLeaf(ctx context.Context, c commitLines) (int64, error) {
	taken := c.lines[0].Seq + int64(len(c.entry.Leaves))
	if c.lines[0].Seq == 1 || len(c.entry.Leaves) > 0 {
		return taken, nil
	}
	before, err := query[linesRow](ctx, a.s, span{
		pk: c.entry.pkOfStream(), from: numbered("e#", 0), to: numbered("e#", c.lines[0].Seq-1), limit: 1, descending: true,
	})
	if err != nil {
		return 0, err
	}
	if len(before) == 0 {
		return 0, damaged("a line is missing")
	}
	lines, err := before[0].lines()
	if err != nil {
		return 0, err
	}
	e, _, err := one[entryRow](ctx, a.s, entryKey(lines[0].ID))
	if err != nil || len(e.Leaves) < len(lines) {
		return 0, err
	}
	return taken, nil
}

func (e entryRow) pkOfStream() string { return "s#" + e.Stream }

// firstID is the id of the first entry of an entry's commit.
func (e entryRow) firstID() string {
	if e.First != "" {
		return e.First
	}
	return strings.TrimPrefix(e.PK, "e#")
}

// entries reads the rows of entries, in the order asked, and those of their
// commits' first ones.
func (a archive) entries(ctx context.Context, ids []string) (list []entryRow, firsts map[string]entryRow, err error) {
	var keys []key
	for _, id := range ids {
		keys = append(keys, entryKey(id))
	}
	rows, err := many[entryRow](ctx, a.s, keys)
	if err != nil {
		return nil, nil, err
	}
	var more []key
	for _, k := range keys {
		e, ok := rows[k]
		if !ok {
			return nil, nil, notFound("entry")
		}
		list = append(list, e)
		if k := entryKey(e.firstID()); rows[k].PK == "" {
			more = append(more, k)
		}
	}
	further, err := many[entryRow](ctx, a.s, more)
	if err != nil {
		return nil, nil, err
	}
	firsts = map[string]entryRow{}
	for _, e := range list {
		k := entryKey(e.firstID())
		f, ok := rows[k]
		if !ok {
			f = further[k]
		}
		firsts[e.firstID()] = f
	}
	return list, firsts, nil
}

// Hashes reads tree hashes in the order asked.
func (a archive) Hashes(ctx context.Context, indexes []int64) ([][32]byte, error) {
	out := make([][32]byte, len(indexes))
	found := map[int64][32]byte{}
	for i, index := range indexes {
		h, ok := found[index]
		if !ok {
			rows, err := logRows(ctx, a, hashesPK, index, 1, func(hashesRow) bool { return true })
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				r.into(found)
			}
			if h, ok = found[index]; !ok {
				return nil, notFound("hash of the log")
			}
		}
		out[i] = h
	}
	return out, nil
}

func (r hashesRow) into(found map[int64][32]byte) {
	for b := range slices.Chunk(r.Hashes, 40) {
		found[int64(binary.BigEndian.Uint64(b))] = [32]byte(b[8:]) //nolint:gosec // written from an int64
	}
}

// LeafIndex gives an entry's place.
func (a archive) LeafIndex(ctx context.Context, entryID string) (int64, error) {
	list, firsts, err := a.entries(ctx, []string{entryID})
	if err != nil {
		return 0, err
	}
	leaves := firsts[list[0].firstID()].Leaves
	if list[0].Offset >= len(leaves) {
		return 0, notFound("leaf")
	}
	return leaves[list[0].Offset], nil
}

// Lines reads lines by leaf index.
func (a archive) Lines(ctx context.Context, first int64, limit int) ([]audit.Line, error) {
	found := 0
	rows, err := logRows(ctx, a, leavesPK, first, limit, func(r leavesRow) bool {
		found += int(r.First + int64(len(r.IDs)) - max(first, r.First)) // the first row may begin before what is asked
		return found >= limit
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range rows {
		for i, id := range r.IDs {
			if r.First+int64(i) >= first && len(ids) < limit {
				ids = append(ids, id)
			}
		}
	}
	return a.linesOf(ctx, ids)
}

// linesOf reads lines by entry id, in the order asked.
func (a archive) linesOf(ctx context.Context, ids []string) ([]audit.Line, error) {
	list, _, err := a.entries(ctx, ids)
	if err != nil {
		return nil, err
	}
	var keys []key
	for _, e := range list {
		keys = append(keys, linesKey(e.Stream, e.Last))
	}
	rows, err := many[linesRow](ctx, a.s, keys)
	if err != nil {
		return nil, err
	}
	var out []audit.Line
	for i, e := range list {
		lines, err := rows[keys[i]].lines()
		if err != nil {
			return nil, err
		}
		if e.Offset >= len(lines) {
			return nil, damaged(fmt.Sprintf("line %s is missing", ids[i]))
		}
		out = append(out, lines[e.Offset])
	}
	return out, nil
}

// Streams lists every stream's head, by name. The list of streams lags: one
// that is seconds old may be missing.
func (a archive) Streams(ctx context.Context) ([]audit.StreamHead, error) {
	var spans []span
	for n := range streamShards {
		spans = append(spans, span{index: listsIndex, pk: listPK(streamsList, "", n), from: sep, to: top, limit: 1 << 30})
	}
	found, err := each[placeRow](ctx, a.s, spans)
	if err != nil {
		return nil, err
	}
	var keys []key
	for _, p := range found {
		keys = append(keys, p.key)
	}
	rows, err := many[headRow](ctx, a.s, keys)
	if err != nil {
		return nil, err
	}
	var out []audit.StreamHead
	for k, h := range rows {
		out = append(out, audit.StreamHead{Stream: strings.TrimPrefix(k.PK, "s#"), Entries: h.Entries, Last: h.Last})
	}
	slices.SortFunc(out, func(x, y audit.StreamHead) int { return strings.Compare(x.Stream, y.Stream) })
	return out, nil
}

// StreamLines reads a stream's lines.
func (a archive) StreamLines(ctx context.Context, stream string, from int64, limit int) ([]audit.Line, error) {
	return a.s.streamLines(ctx, stream, from, limit)
}
