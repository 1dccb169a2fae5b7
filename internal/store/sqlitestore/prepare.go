package sqlitestore

import (
	"context"
	"database/sql"
)

// txn is a write transaction that uses prepared statements: reading the text of
// a statement costs SQLite more than running it.
type txn struct {
	*sql.Tx
	prepared map[string]*sql.Stmt
	missed   []string // to be prepared when the connection is free
}

// ExecContext runs a statement whose text is one of a few.
func (t *txn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt := t.stmt(ctx, query); stmt != nil {
		return stmt.ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, query, args...)
}

// QueryRowContext asks for one row, by a text that is one of a few.
func (t *txn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if stmt := t.stmt(ctx, query); stmt != nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return t.Tx.QueryRowContext(ctx, query, args...)
}

func (t *txn) stmt(ctx context.Context, query string) *sql.Stmt {
	stmt, ok := t.prepared[query]
	if !ok {
		t.missed = append(t.missed, query)
		return nil
	}
	return t.StmtContext(ctx, stmt)
}

// prepare keeps statements for the next transactions. One that cannot be
// prepared is run from its text as before.
func (s *Store) prepare(ctx context.Context, queries []string) {
	for _, q := range queries {
		if _, ok := s.prepared[q]; ok {
			continue
		}
		stmt, err := s.writer.PrepareContext(ctx, q)
		if err != nil {
			s.log.Warn("sqlite: a statement cannot be prepared", "error", err)
			continue
		}
		s.prepared[q] = stmt
	}
}

// stmt is a reader's prepared statement.
func (s *Store) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.reading.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := s.readers.PrepareContext(ctx, query)
	if err != nil {
		return nil, mapped(err)
	}
	if other, ok := s.reading.LoadOrStore(query, stmt); ok {
		return other.(*sql.Stmt), mapped(stmt.Close())
	}
	return stmt, nil
}

// row asks the readers for one row.
func (s *Store) row(ctx context.Context, query string, args []any, to ...any) error {
	stmt, err := s.stmt(ctx, query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(to...)
}

// rows asks the readers for rows.
func (s *Store) rows(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := s.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	return rows, mapped(err)
}
