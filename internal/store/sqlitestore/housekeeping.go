package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// exec is a write of one statement.
func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	return s.write(ctx, func(ctx context.Context, tx *txn) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// TakeLease begins an idempotent request.
func (s *Store) TakeLease(ctx context.Context, key, requestMAC string, now, until time.Time) (*casework.Finished, error) {
	var out *casework.Finished
	err := s.write(ctx, func(ctx context.Context, tx *txn) error {
		f := casework.Finished{Key: key}
		var ids string
		var expires, lease int64
		err := tx.QueryRowContext(ctx, "SELECT mac, status, ids, expires, lease FROM finished WHERE key = ?", key).Scan(&f.RequestMAC, &f.Status, &ids, &expires, &lease)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err := tx.ExecContext(ctx, "INSERT INTO finished VALUES (?, ?, 0, '[]', 0, ?)", key, requestMAC, until.UnixMilli())
			return err
		case err != nil:
			return err
		case f.Status > 0 && expires > now.UnixMilli():
			return again(&out, f, requestMAC, ids, expires)
		case f.Status == 0 && lease > now.UnixMilli():
			return takedown.Errorf(takedown.Conflict, "InFlight", "a request with this Idempotency-Key is under way")
		}
		_, err = tx.ExecContext(ctx, "UPDATE finished SET mac = ?, status = 0, ids = '[]', expires = 0, lease = ? WHERE key = ?", requestMAC, until.UnixMilli(), key)
		return err
	})
	return out, err
}

func again(out **casework.Finished, f casework.Finished, requestMAC, ids string, expires int64) error {
	if f.RequestMAC != requestMAC {
		return keyReused()
	}
	f.ExpiresAt = time.UnixMilli(expires).UTC()
	*out = &f
	return json.Unmarshal([]byte(ids), &f.IDs)
}

func keyReused() error {
	return takedown.Errorf(takedown.Invalid, "IdempotencyKeyReused", "this Idempotency-Key was used for another request")
}

// DropLease gives a lease back after a request without effect.
func (s *Store) DropLease(ctx context.Context, key string) error {
	return s.exec(ctx, "DELETE FROM finished WHERE key = ? AND status = 0", key)
}

// DropAllLeases ends every lease in flight.
func (s *Store) DropAllLeases(ctx context.Context) error {
	return s.exec(ctx, "DELETE FROM finished WHERE status = 0")
}

// OutboxDue lists undelivered rows, oldest first.
func (s *Store) OutboxDue(ctx context.Context, before time.Time, limit int) ([]casework.OutboxRow, error) {
	rows, err := s.rows(ctx, "SELECT id, kind, stream, payload, at FROM outbox WHERE delivered = 0 AND at < ? ORDER BY at, id LIMIT ?", before.UnixMicro(), limit)
	if err != nil {
		return nil, mapped(err)
	}
	var out []casework.OutboxRow
	for rows.Next() {
		var o casework.OutboxRow
		var at int64
		if err := rows.Scan(&o.ID, &o.Kind, &o.Stream, &o.Payload, &at); err != nil {
			return nil, errors.Join(mapped(err), rows.Close())
		}
		o.At = time.UnixMicro(at).UTC()
		out = append(out, o)
	}
	return out, mapped(errors.Join(rows.Err(), rows.Close()))
}

// MarkDelivered ends an outbox row.
func (s *Store) MarkDelivered(ctx context.Context, id string) error {
	return s.exec(ctx, "UPDATE outbox SET delivered = 1 WHERE id = ?", id)
}

// PutToken keeps the newest token of a wait.
func (s *Store) PutToken(ctx context.Context, wait, token string) error {
	return s.exec(ctx, "INSERT INTO tokens VALUES (?, ?) ON CONFLICT (wait) DO UPDATE SET token = excluded.token", wait, token)
}

// Token gives the newest token of a wait.
func (s *Store) Token(ctx context.Context, wait string) (string, error) {
	var token string
	err := s.row(ctx, "SELECT token FROM tokens WHERE wait = ?", []any{wait}, &token)
	if errors.Is(err, sql.ErrNoRows) {
		return "", notFound("token")
	}
	return token, mapped(err)
}

// Prune forgets, up to a host time, answers that have expired, leases that
// nobody will finish, and delivered outbox rows. An outbox id that is forgotten
// could be written again: before must lie further back than any request or
// execution is repeated.
func (s *Store) Prune(ctx context.Context, before time.Time) error {
	return s.write(ctx, func(ctx context.Context, tx *txn) error {
		ms := before.UnixMilli()
		if _, err := tx.ExecContext(ctx, "DELETE FROM finished WHERE (status > 0 AND expires < ?) OR (status = 0 AND lease < ?)", ms, ms); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM outbox WHERE delivered = 1 AND at < ?", before.UnixMicro())
		return err
	})
}
