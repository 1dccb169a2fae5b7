package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
)

var _ casework.WholeStore = (*Store)(nil)

// movedTable reads one table for an export.
type movedTable struct {
	query string
	row   func(ctx context.Context, s *Store, scan func(...any) error) (casework.Moved, error)
}

var movedTables = []movedTable{
	{"SELECT stream, n, entries, last FROM streams", func(_ context.Context, _ *Store, scan func(...any) error) (m casework.Moved, err error) {
		m.Head = &casework.Revision{}
		return m, scan(&m.Head.Stream, &m.Head.N, &m.Head.Entries, &m.Head.Last)
	}},
	{"SELECT kind, id, stream, version, body FROM records", movedRecord},
	{"SELECT space, value, kind, id FROM lookups", func(_ context.Context, _ *Store, scan func(...any) error) (m casework.Moved, err error) {
		m.Lookup = &casework.Lookup{}
		return m, scan(&m.Lookup.Space, &m.Lookup.Value, &m.Lookup.Ref.Kind, &m.Lookup.Ref.ID)
	}},
	{"SELECT key, mac, status, ids, expires FROM finished WHERE status > 0", movedAnswer},
	{"SELECT id, kind, stream, payload, at, delivered FROM outbox", func(_ context.Context, _ *Store, scan func(...any) error) (m casework.Moved, err error) {
		var at int64
		m.Outbox = &casework.MovedOutbox{}
		err = scan(&m.Outbox.ID, &m.Outbox.Kind, &m.Outbox.Stream, &m.Outbox.Payload, &at, &m.Outbox.Delivered)
		m.Outbox.At = time.UnixMicro(at).UTC()
		return m, err
	}},
	{"SELECT id, 0, body FROM jobs UNION ALL SELECT id, 1, body FROM results", func(_ context.Context, _ *Store, scan func(...any) error) (m casework.Moved, err error) {
		m.Job = &casework.MovedJob{}
		return m, scan(&m.Job.ID, &m.Job.Result, &m.Job.Body)
	}},
	{"SELECT l.stream, l.seq, l.entry, l.bytes, f.idx FROM lines l LEFT JOIN log_leaves f ON f.entry = l.entry ORDER BY l.n", movedLine},
	{"SELECT idx, hash FROM log_hashes", func(_ context.Context, _ *Store, scan func(...any) error) (m casework.Moved, err error) {
		var b []byte
		m.Hash = &audit.StoredHash{}
		if err = scan(&m.Hash.Index, &b); err == nil && copy(m.Hash.Hash[:], b) != len(m.Hash.Hash) {
			err = notFound("hash of the log")
		}
		return m, err
	}},
	{"SELECT version, size, note FROM log_head", func(_ context.Context, _ *Store, scan func(...any) error) (m casework.Moved, err error) {
		m.LogHead = &audit.LogHead{}
		return m, scan(&m.LogHead.Version, &m.LogHead.Size, &m.LogHead.Note)
	}},
}

func movedRecord(ctx context.Context, s *Store, scan func(...any) error) (m casework.Moved, err error) {
	r := &casework.MovedRecord{}
	if err := scan(&r.Kind, &r.ID, &r.Stream, &r.Version, &r.Body); err != nil {
		return m, err
	}
	rows, err := s.rows(ctx, "SELECT idx, part, sort FROM places WHERE kind = ? AND id = ?", string(r.Kind), r.ID)
	if err != nil {
		return m, err
	}
	for rows.Next() {
		var p casework.IndexPlace
		if err := rows.Scan(&p.Index, &p.Partition, &p.Sort); err != nil {
			return m, errors.Join(err, rows.Close())
		}
		r.Index = append(r.Index, p)
	}
	m.Record = r
	return m, errors.Join(rows.Err(), rows.Close())
}

func movedAnswer(_ context.Context, _ *Store, scan func(...any) error) (m casework.Moved, err error) {
	var ids string
	var expires int64
	m.Answer = &casework.Finished{}
	if err := scan(&m.Answer.Key, &m.Answer.RequestMAC, &m.Answer.Status, &ids, &expires); err != nil {
		return m, err
	}
	m.Answer.ExpiresAt = time.UnixMilli(expires).UTC()
	return m, json.Unmarshal([]byte(ids), &m.Answer.IDs)
}

func movedLine(_ context.Context, _ *Store, scan func(...any) error) (m casework.Moved, err error) {
	var leaf sql.NullInt64
	m.Line = &casework.MovedLine{}
	if err = scan(&m.Line.Stream, &m.Line.Seq, &m.Line.ID, &m.Line.Bytes, &leaf); err == nil && !leaf.Valid {
		err = conflict("a line is no leaf of the log yet")
	}
	m.Line.Leaf = leaf.Int64
	return m, err
}

// EachMoved gives every row.
func (s *Store) EachMoved(ctx context.Context, f func(casework.Moved) error) error {
	for _, t := range movedTables {
		rows, err := s.rows(ctx, t.query)
		if err != nil {
			return mapped(err)
		}
		for rows.Next() {
			m, err := t.row(ctx, s, rows.Scan)
			if err == nil {
				err = f(m)
			}
			if err != nil {
				return errors.Join(mapped(err), rows.Close())
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return mapped(err)
		}
	}
	return nil
}

// PutMoved writes rows, all or none.
func (s *Store) PutMoved(ctx context.Context, list []casework.Moved) error {
	return s.write(ctx, func(ctx context.Context, tx *txn) error {
		for _, m := range list {
			if err := putMoved(ctx, tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// putMoved writes a row over what stands there.
func putMoved(ctx context.Context, tx *txn, m casework.Moved) error {
	var query string
	var args []any
	switch {
	case m.Head != nil:
		query, args = "INSERT OR REPLACE INTO streams VALUES (?, ?, ?, ?)", []any{string(m.Head.Stream), m.Head.N, m.Head.Entries, m.Head.Last}
	case m.Record != nil:
		return putMovedRecord(ctx, tx, m.Record.Record)
	case m.Lookup != nil:
		query, args = "INSERT OR REPLACE INTO lookups VALUES (?, ?, ?, ?)", []any{m.Lookup.Space, m.Lookup.Value, string(m.Lookup.Ref.Kind), m.Lookup.Ref.ID}
	case m.Answer != nil:
		ids, err := json.Marshal(m.Answer.IDs)
		if err != nil {
			return err
		}
		query, args = "INSERT OR REPLACE INTO finished VALUES (?, ?, ?, ?, ?, 0)", []any{m.Answer.Key, m.Answer.RequestMAC, m.Answer.Status, string(ids), m.Answer.ExpiresAt.UnixMilli()}
	case m.Outbox != nil:
		o := m.Outbox
		query, args = "INSERT OR REPLACE INTO outbox VALUES (?, ?, ?, ?, ?, ?)", []any{o.ID, o.Kind, string(o.Stream), blob(o.Payload), o.At.UnixMicro(), o.Delivered}
	case m.Job != nil:
		query, args = "INSERT OR REPLACE INTO jobs VALUES (?, ?)", []any{m.Job.ID, blob(m.Job.Body)}
		if m.Job.Result {
			query = "INSERT OR REPLACE INTO results VALUES (?, ?)"
		}
	case m.Line != nil:
		if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO log_leaves VALUES (?, ?)", m.Line.Leaf, m.Line.ID); err != nil {
			return err
		}
		query, args = "INSERT OR REPLACE INTO lines (stream, seq, entry, bytes) VALUES (?, ?, ?, ?)", []any{m.Line.Stream, m.Line.Seq, m.Line.ID, m.Line.Bytes}
	case m.Hash != nil:
		query, args = "INSERT OR REPLACE INTO log_hashes VALUES (?, ?)", []any{m.Hash.Index, m.Hash.Hash[:]}
	case m.LogHead != nil:
		query, args = "INSERT OR REPLACE INTO log_head VALUES (1, ?, ?, ?)", []any{m.LogHead.Version, m.LogHead.Size, m.LogHead.Note}
	default:
		return errors.New("a row without a kind")
	}
	_, err := tx.ExecContext(ctx, query, args...)
	return err
}

func putMovedRecord(ctx context.Context, tx *txn, r casework.Record) error {
	if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)", string(r.Kind), r.ID, string(r.Stream), r.Version, blob(r.Body)); err != nil {
		return err
	}
	for _, p := range r.Index {
		if _, err := tx.ExecContext(ctx, "INSERT INTO places VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", p.Index, p.Partition, p.Sort, string(r.Kind), r.ID); err != nil {
			return err
		}
	}
	return nil
}
