package sqlitestore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/ontdox/takedown/internal/takedown"
)

// maxGroup bounds how many writes share one transaction.
const maxGroup = 64

// write is one caller's part of a transaction.
type write struct {
	ctx   context.Context //nolint:containedctx // lives as long as its caller waits
	apply func(context.Context, *txn) error
	err   error         // set before done is closed
	done  chan struct{} // closed when the outcome is durable
	lead  chan struct{} // closed when this caller is to run the next group
}

// write runs apply in a write transaction. Whoever comes while another's
// commit waits for the disk shares the next one: a sync costs far more than
// the statements. A failing apply undoes its own part alone. It waits for the
// outcome even past the end of ctx, because a caller must know it.
func (s *Store) write(ctx context.Context, apply func(context.Context, *txn) error) error {
	w := &write{ctx: ctx, apply: apply, done: make(chan struct{}), lead: make(chan struct{})}
	s.mu.Lock()
	s.queue = append(s.queue, w)
	if !s.leading {
		s.leading = true
		close(w.lead)
	}
	s.mu.Unlock()
	select {
	case <-w.done:
	case <-w.lead:
		s.runGroup()
	}
	return w.err
}

// runGroup runs one group, in which the caller is the first, and hands the
// lead to the first that came since.
func (s *Store) runGroup() {
	ctx := context.Background() // a group belongs to no single caller
	raw, err := s.writer.BeginTx(ctx, nil)
	group := s.take() // after the wait for the connection, so that nobody is left behind
	if err == nil {
		tx := &txn{Tx: raw, prepared: s.prepared}
		err = s.runIn(ctx, tx, group)
		s.prepare(ctx, tx.missed)
	}
	for _, w := range group {
		if err != nil && w.err == nil {
			w.err = mapped(err)
		}
		close(w.done)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		s.leading = false
		return
	}
	close(s.queue[0].lead)
}

func (s *Store) take() []*write {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.queue), maxGroup)
	group := s.queue[:n:n]
	s.queue = s.queue[n:]
	return group
}

// runIn applies a group's parts and commits. An error is the database's and
// counts for all of them.
func (s *Store) runIn(ctx context.Context, tx *txn, group []*write) error {
	wrote := false
	for _, w := range group {
		if w.err = mapped(w.ctx.Err()); w.err != nil {
			continue
		}
		if fatal := part(ctx, tx, w); fatal != nil {
			if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
				s.log.Error("sqlite: a rollback failed", "error", err)
			}
			s.log.Error("sqlite: the database did not take a write", "error", fatal)
			return fatal
		}
		wrote = wrote || w.err == nil
	}
	if !wrote {
		return tx.Rollback()
	}
	return tx.Commit()
}

// part applies one write behind a savepoint. It answers an error only if the
// transaction cannot go on.
func part(ctx context.Context, tx *txn, w *write) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT part"); err != nil {
		return err
	}
	err := w.apply(ctx, tx)
	if err != nil {
		w.err = mapped(err)
		if k := takedown.KindOf(w.err); k == takedown.Unavailable || k == takedown.Internal {
			return err
		}
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO part"); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "RELEASE part")
	return err
}
