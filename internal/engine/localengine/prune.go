package localengine

import (
	"context"
	"time"
)

// maxPruned bounds how many executions share a commit of Prune.
const maxPruned = 200

// Prune takes the histories of executions that ended before an instant of case
// time out of the journal, and says of how many. The executions themselves
// stay: their names are used, and their tokens are answered as before.
func (e *Engine) Prune(ctx context.Context, before time.Time) (pruned int, err error) {
	for {
		n := 0
		err := e.ask(ctx, func(b *batch) (_, fatal error) {
			n, fatal = b.prune(before)
			return nil, fatal
		})
		pruned += n
		if err != nil || n < maxPruned {
			return pruned, err
		}
	}
}

func (b *batch) prune(before time.Time) (int, error) {
	rows, err := b.tx.StmtContext(b.ctx, b.e.sql.old).QueryContext(b.ctx, before.UnixMilli(), maxPruned)
	if err != nil {
		return 0, err
	}
	ids, err := scanRows(rows)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		b.wrote = true
		if _, err := b.exec(b.e.sql.forget, id); err != nil {
			return 0, err
		}
		if _, err := b.exec(b.e.sql.pruned, id); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}
