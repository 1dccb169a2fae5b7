package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// PutJob keeps a job.
func (s *Store) PutJob(ctx context.Context, id string, body []byte) error {
	return s.keep(ctx, "INSERT INTO jobs VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", id, body)
}

// PutResult keeps what a job found.
func (s *Store) PutResult(ctx context.Context, id string, body []byte) error {
	return s.keep(ctx, "INSERT INTO results VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", id, body)
}

func (s *Store) keep(ctx context.Context, query, id string, body []byte) error {
	if len(body) > casework.MaxJobBytes {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "a job of %d bytes is more than %d", len(body), casework.MaxJobBytes)
	}
	return s.exec(ctx, query, id, body)
}

// Job gives a job.
func (s *Store) Job(ctx context.Context, id string) ([]byte, error) {
	return s.kept(ctx, "SELECT body FROM jobs WHERE id = ?", id, "job")
}

// Result gives what a job found.
func (s *Store) Result(ctx context.Context, id string) ([]byte, error) {
	return s.kept(ctx, "SELECT body FROM results WHERE id = ?", id, "result")
}

func (s *Store) kept(ctx context.Context, query, id, what string) ([]byte, error) {
	var body []byte
	err := s.row(ctx, query, []any{id}, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, notFound(what)
	}
	return body, mapped(err)
}

// DropJob forgets a job and its result.
func (s *Store) DropJob(ctx context.Context, id string) error {
	return s.write(ctx, func(ctx context.Context, tx *txn) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM results WHERE id = ?", id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM jobs WHERE id = ?", id)
		return err
	})
}
