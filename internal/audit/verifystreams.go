package audit

import (
	"context"
	"fmt"
	"math"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/ontdox/takedown/internal/takedown"
)

// streams checks each stream's chain against its head, that the leaves are its
// lines, and that lines which are no leaf are on their way to become one.
func (v *verification) streams(ctx context.Context, _ note.Verifier) error {
	streams, err := v.in.Archive.Streams(ctx)
	if err != nil {
		return err
	}
	var waiting []Line
	for _, s := range streams {
		c := chainCheck{v: v, head: s, prev: Genesis, index: -1}
		if err := c.run(ctx); err != nil {
			return err
		}
		waiting = append(waiting, c.waiting...)
		v.rep.Streams++
		v.rep.Entries += int(s.Entries)
	}
	for i, id := range v.ids {
		if !v.leaves[id].seen {
			return failure(int64(i)+1, id, "log: the entry stands in no stream")
		}
	}
	v.rep.Pending = len(waiting)
	return v.pending(ctx, waiting)
}

// pending wants every line that is no leaf of the log in the sequencer's queue,
// or a leaf since this run began.
func (v *verification) pending(ctx context.Context, waiting []Line) error {
	if len(waiting) == 0 {
		return nil
	}
	queue, err := v.in.Archive.Pending(ctx, math.MaxInt32)
	if err != nil {
		return err
	}
	queued := map[string]bool{}
	for _, l := range queue {
		queued[l.ID] = true
	}
	for _, l := range waiting {
		if queued[l.ID] {
			continue
		}
		index, err := v.in.Archive.LeafIndex(ctx, l.ID)
		if takedown.KindOf(err) == takedown.NotFound || (err == nil && index < v.stored.Size) {
			return failure(l.Seq, l.ID, fmt.Sprintf("stream %s: the entry is neither in the log nor waiting for it", l.Stream))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// chainCheck walks one stream; seq, prev and index are those of the line
// before.
type chainCheck struct {
	v       *verification
	head    StreamHead
	seq     int64
	prev    string
	index   int64
	before  Line
	waiting []Line // lines that are no leaf yet
}

func (c *chainCheck) run(ctx context.Context) error {
	for c.seq < c.head.Entries {
		lines, err := c.v.in.Archive.StreamLines(ctx, c.head.Stream, c.seq+1, int(min(pageLines, c.head.Entries-c.seq)))
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return c.fail(c.seq+1, "", fmt.Sprintf("ends at entry %d, its head says %d: its tail was cut off", c.seq, c.head.Entries))
		}
		for _, l := range lines {
			if err := c.line(ctx, l); err != nil {
				return err
			}
		}
	}
	if c.prev != c.head.Last {
		return c.fail(c.seq, c.before.ID, "the stream's head names another last entry")
	}
	return nil
}

func (c *chainCheck) fail(line int64, entry, reason string) error {
	return failure(line, entry, "stream "+c.head.Stream+": "+reason)
}

func (c *chainCheck) line(ctx context.Context, l Line) error {
	n := c.seq + 1
	e, err := Decode(l.Bytes)
	switch {
	case err != nil:
		return c.fail(n, l.ID, err.Error())
	case e.ID != l.ID || e.Stream != c.head.Stream || l.Stream != c.head.Stream:
		return c.fail(n, l.ID, "is filed as another entry than it is")
	case e.Seq != l.Seq || l.Seq != n:
		return c.fail(n, l.ID, fmt.Sprintf("has number %d where %d is due", e.Seq, n))
	case e.Prev != c.prev:
		return c.broken(ctx, l)
	}
	if err := c.place(l); err != nil {
		return c.fail(n, l.ID, err.Error())
	}
	c.seq, c.prev, c.before = n, Hash(l.Bytes), l
	return nil
}

// place holds a line against its leaf.
func (c *chainCheck) place(l Line) error {
	f := c.v.leaves[l.ID]
	switch {
	case f == nil:
		c.waiting = append(c.waiting, l)
		return nil
	case len(c.waiting) > 0:
		return invalid("is in the log, the entry before it is not")
	case f.hash != tlog.RecordHash(l.Bytes):
		return invalid("is not what was logged")
	case f.index <= c.index:
		return invalid("stands in the log before its predecessor")
	}
	f.seen, c.index = true, f.index
	return nil
}

// broken says which of two lines that do not fit was changed. A line that the
// log holds, or that the next one or the stream's head confirms, was not.
func (c *chainCheck) broken(ctx context.Context, l Line) error {
	const follows = "does not follow the entry before it"
	if c.v.leaves[c.before.ID] != nil || c.seq == 0 {
		return c.fail(c.seq+1, l.ID, follows)
	}
	confirmed := c.head.Last
	if c.seq+1 < c.head.Entries {
		next, err := c.v.in.Archive.StreamLines(ctx, c.head.Stream, c.seq+2, 1)
		if err != nil {
			return err
		}
		confirmed = ""
		if len(next) == 1 {
			if e, err := Decode(next[0].Bytes); err == nil {
				confirmed = e.Prev
			}
		}
	}
	if confirmed == Hash(l.Bytes) {
		return c.fail(c.seq, c.before.ID, "is not the entry that the next one followed")
	}
	return c.fail(c.seq+1, l.ID, follows)
}
