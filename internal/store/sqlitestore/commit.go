package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func conflict(why string) error {
	return takedown.Errorf(takedown.Conflict, takedown.NameConflict, "%s", why)
}

// Commit applies a change on top of base: all of it or nothing.
func (s *Store) Commit(ctx context.Context, base casework.Revision, ch casework.Change) (casework.Revision, error) {
	next, lines, err := base.Next(ch)
	if err != nil {
		return casework.Revision{}, err
	}
	s.hook("commit:before")
	err = s.write(ctx, func(ctx context.Context, tx *txn) error {
		if err := moveHead(ctx, tx, base, next); err != nil {
			return err
		}
		for _, step := range []func(context.Context, *txn, casework.Change) error{putRecords, releaseAndClaim, putOutbox, finish} {
			if err := step(ctx, tx, ch); err != nil {
				return err
			}
		}
		return putLines(ctx, tx, lines)
	})
	if err != nil {
		return casework.Revision{}, err
	}
	s.hook("commit:after")
	return next, nil
}

// moveHead is the compare-and-swap of the stream.
func moveHead(ctx context.Context, tx *txn, base, next casework.Revision) error {
	var res sql.Result
	var err error
	if base.N == 0 {
		res, err = tx.ExecContext(ctx, "INSERT INTO streams VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", string(next.Stream), next.N, next.Entries, next.Last)
	} else {
		res, err = tx.ExecContext(ctx, "UPDATE streams SET n = ?, entries = ?, last = ? WHERE stream = ? AND n = ? AND entries = ? AND last = ?",
			next.N, next.Entries, next.Last, string(base.Stream), base.N, base.Entries, base.Last)
	}
	return one(res, err, "the stream has moved on")
}

// one wants that a statement touched exactly one row.
func one(res sql.Result, err error, why string) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n != 1 {
		return conflict(why)
	}
	return err
}

// blob writes an empty body as one: nil would be NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func putRecords(ctx context.Context, tx *txn, ch casework.Change) error {
	for _, r := range ch.Put {
		var res sql.Result
		var err error
		if r.Version == 1 {
			res, err = tx.ExecContext(ctx, "INSERT INTO records VALUES (?, ?, ?, 1, ?) ON CONFLICT DO NOTHING", string(r.Kind), r.ID, string(r.Stream), blob(r.Body))
		} else {
			res, err = tx.ExecContext(ctx, "UPDATE records SET version = ?, body = ? WHERE kind = ? AND id = ? AND version = ? AND stream = ?",
				r.Version, blob(r.Body), string(r.Kind), r.ID, r.Version-1, string(r.Stream))
		}
		if err := one(res, err, "a record has moved on"); err != nil {
			return err
		}
		if r.Version > 1 {
			if _, err := tx.ExecContext(ctx, "DELETE FROM places WHERE kind = ? AND id = ?", string(r.Kind), r.ID); err != nil {
				return err
			}
		}
		for _, p := range r.Index {
			if _, err := tx.ExecContext(ctx, "INSERT INTO places VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", p.Index, p.Partition, p.Sort, string(r.Kind), r.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// releaseAndClaim gives keys back before it takes any, so that one change can
// hand a key over. A key that is free already is given back; one that another
// holds is a conflict.
func releaseAndClaim(ctx context.Context, tx *txn, ch casework.Change) error {
	for _, l := range ch.Release {
		held, err := holder(ctx, tx, l)
		if err != nil {
			return err
		}
		if held != nil && *held != l.Ref {
			return conflict("what was to be released is not held any more")
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM lookups WHERE space = ? AND value = ?", l.Space, l.Value); err != nil {
			return err
		}
	}
	for _, l := range ch.Claim {
		held, err := holder(ctx, tx, l)
		switch {
		case err != nil:
			return err
		case held != nil && *held != l.Ref:
			return conflict("what was to be claimed is taken")
		case held != nil:
			continue
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO lookups VALUES (?, ?, ?, ?)", l.Space, l.Value, string(l.Ref.Kind), l.Ref.ID); err != nil {
			return err
		}
	}
	return nil
}

// holder is who has a key, nil if it is free.
func holder(ctx context.Context, tx *txn, l casework.Lookup) (*casework.Key, error) {
	var k casework.Key
	err := tx.QueryRowContext(ctx, "SELECT kind, id FROM lookups WHERE space = ? AND value = ?", l.Space, l.Value).Scan(&k.Kind, &k.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &k, err
}

func putOutbox(ctx context.Context, tx *txn, ch casework.Change) error {
	for _, o := range ch.Outbox {
		_, err := tx.ExecContext(ctx, "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
			o.ID, o.Kind, string(o.Stream), blob(o.Payload), o.At.UnixMicro())
		if err != nil {
			return err
		}
	}
	return nil
}

func finish(ctx context.Context, tx *txn, ch casework.Change) error {
	f := ch.Finish
	if f == nil {
		return nil
	}
	ids, err := json.Marshal(f.IDs)
	if err != nil {
		return err
	}
	// A finished request is never finished again: its effect happened. (An answer
	// that has expired gave way to the lease of whoever repeats the key.)
	res, err := tx.ExecContext(ctx, `INSERT INTO finished VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (key) DO UPDATE
		SET mac = excluded.mac, status = excluded.status, ids = excluded.ids, expires = excluded.expires, lease = 0 WHERE finished.status = 0`,
		f.Key, f.RequestMAC, f.Status, string(ids), f.ExpiresAt.UnixMilli())
	err = one(res, err, "the request was finished before")
	if takedown.KindOf(err) != takedown.Conflict || err == nil {
		return err
	}
	var mac string
	if qerr := tx.QueryRowContext(ctx, "SELECT mac FROM finished WHERE key = ?", f.Key).Scan(&mac); qerr != nil {
		return qerr
	}
	if mac != f.RequestMAC {
		return keyReused()
	}
	return err
}

func putLines(ctx context.Context, tx *txn, lines []audit.Line) error {
	for _, l := range lines {
		res, err := tx.ExecContext(ctx, "INSERT INTO lines (stream, seq, entry, bytes) VALUES (?, ?, ?, ?)", l.Stream, l.Seq, l.ID, l.Bytes)
		if err != nil {
			return err
		}
		n, err := res.LastInsertId()
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO log_pending VALUES (?)", n); err != nil {
			return err
		}
	}
	return nil
}
