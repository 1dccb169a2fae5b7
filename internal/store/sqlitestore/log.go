package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ontdox/takedown/internal/audit"
)

// Archive is the history as it stands in the database: the Merkle log and
// every stream's lines.
func (s *Store) Archive() audit.Archive { return archive{s} }

type archive struct{ s *Store }

// Head reads the log's head.
func (a archive) Head(ctx context.Context) (audit.LogHead, error) {
	var h audit.LogHead
	err := a.s.row(ctx, "SELECT version, size, note FROM log_head", nil, &h.Version, &h.Size, &h.Note)
	return h, mapped(err)
}

// Pending lists lines that are no leaf yet, in the order of their commits.
func (a archive) Pending(ctx context.Context, limit int) ([]audit.Line, error) {
	return a.lines(ctx, "SELECT l.stream, l.seq, l.entry, l.bytes FROM log_pending p JOIN lines l ON l.n = p.n ORDER BY p.n LIMIT ?", limit)
}

func (a archive) lines(ctx context.Context, query string, args ...any) ([]audit.Line, error) {
	rows, err := a.s.rows(ctx, query, args...)
	if err != nil {
		return nil, mapped(err)
	}
	var out []audit.Line
	for rows.Next() {
		var l audit.Line
		if err := rows.Scan(&l.Stream, &l.Seq, &l.ID, &l.Bytes); err != nil {
			return nil, errors.Join(mapped(err), rows.Close())
		}
		out = append(out, l)
	}
	return out, mapped(errors.Join(rows.Err(), rows.Close()))
}

// Append adds leaves and hashes and moves the head, all or none.
func (a archive) Append(ctx context.Context, base, next audit.LogHead, leaves []audit.Leaf, hashes []audit.StoredHash) error {
	return a.s.write(ctx, func(ctx context.Context, tx *txn) error {
		res, err := tx.ExecContext(ctx, "UPDATE log_head SET version = ?, size = ?, note = ? WHERE version = ? AND size = ?",
			next.Version, next.Size, next.Note, base.Version, base.Size)
		if err := one(res, err, "the log has moved on"); err != nil {
			return err
		}
		for _, l := range leaves {
			if _, err := tx.ExecContext(ctx, "INSERT INTO log_leaves VALUES (?, ?)", l.Index, l.EntryID); err != nil {
				return err
			}
			res, err := tx.ExecContext(ctx, "DELETE FROM log_pending WHERE n = (SELECT n FROM lines WHERE entry = ?)", l.EntryID)
			if err := one(res, err, "a line is a leaf already"); err != nil {
				return err
			}
		}
		for _, h := range hashes {
			if _, err := tx.ExecContext(ctx, "INSERT INTO log_hashes VALUES (?, ?)", h.Index, h.Hash[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Hashes reads tree hashes in the order asked.
func (a archive) Hashes(ctx context.Context, indexes []int64) ([][32]byte, error) {
	out := make([][32]byte, len(indexes))
	for i, index := range indexes {
		var b []byte
		err := a.s.row(ctx, "SELECT hash FROM log_hashes WHERE idx = ?", []any{index}, &b)
		if errors.Is(err, sql.ErrNoRows) || (err == nil && len(b) != 32) {
			return nil, notFound("hash of the log")
		}
		if err != nil {
			return nil, mapped(err)
		}
		copy(out[i][:], b)
	}
	return out, nil
}

// LeafIndex gives an entry's place.
func (a archive) LeafIndex(ctx context.Context, entryID string) (int64, error) {
	var index int64
	err := a.s.row(ctx, "SELECT idx FROM log_leaves WHERE entry = ?", []any{entryID}, &index)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, notFound("leaf")
	}
	return index, mapped(err)
}

// Lines reads lines by leaf index.
func (a archive) Lines(ctx context.Context, first int64, limit int) ([]audit.Line, error) {
	return a.lines(ctx, "SELECT l.stream, l.seq, l.entry, l.bytes FROM log_leaves f JOIN lines l ON l.entry = f.entry WHERE f.idx >= ? ORDER BY f.idx LIMIT ?", first, limit)
}

// Streams lists every stream's head.
func (a archive) Streams(ctx context.Context) ([]audit.StreamHead, error) {
	rows, err := a.s.rows(ctx, "SELECT stream, entries, last FROM streams ORDER BY stream")
	if err != nil {
		return nil, mapped(err)
	}
	var out []audit.StreamHead
	for rows.Next() {
		var h audit.StreamHead
		if err := rows.Scan(&h.Stream, &h.Entries, &h.Last); err != nil {
			return nil, errors.Join(mapped(err), rows.Close())
		}
		out = append(out, h)
	}
	return out, mapped(errors.Join(rows.Err(), rows.Close()))
}

// StreamLines reads a stream's lines.
func (a archive) StreamLines(ctx context.Context, stream string, from int64, limit int) ([]audit.Line, error) {
	return a.lines(ctx, "SELECT stream, seq, entry, bytes FROM lines WHERE stream = ? AND seq >= ? ORDER BY seq LIMIT ?", stream, from, limit)
}
