package localengine_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"sync"
	"testing"

	"modernc.org/sqlite"
)

// faults is a plan over a database's calls: the nth call of one site fails,
// before or after its effect. A site is a statement's text, or BEGIN or COMMIT.
type faults struct {
	mu    sync.Mutex
	sites []string // in the order of their first call
	calls map[string]int

	site  string // fails, "" none
	nth   int
	after bool
	fired bool
}

var errFault = errors.New("the store did not answer")

// at counts a call. do runs it, or does not.
func (f *faults) at(site string, do func() error) error {
	f.mu.Lock()
	if f.calls == nil {
		f.calls = map[string]int{}
	}
	if f.calls[site]++; f.calls[site] == 1 {
		f.sites = append(f.sites, site)
	}
	hit := site == f.site && f.calls[site] == f.nth
	f.fired = f.fired || hit
	f.mu.Unlock()
	if hit && !f.after {
		return errFault
	}
	if err := do(); err != nil {
		return err
	}
	if hit {
		return errFault
	}
	return nil
}

// lostAnswer says that a commit took place and its caller was told otherwise.
func (f *faults) lostAnswer() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fired && f.after && f.site == "COMMIT"
}

// faultyDB opens a database whose calls go by a plan. Its commits need not
// survive the power: the tests kill nothing.
func faultyDB(t testing.TB, path string, f *faults) *sql.DB {
	t.Helper()
	inner := &sqlite.Driver{}
	db := sql.OpenDB(faultyConnector{inner, "file:" + path + "?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)", f})
	db.SetMaxOpenConns(1)
	return db
}

type faultyConnector struct {
	driver driver.Driver
	dsn    string
	f      *faults
}

func (c faultyConnector) Driver() driver.Driver { return c.driver }

func (c faultyConnector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return faultyConn{conn, c.f}, nil
}

type faultyConn struct {
	driver.Conn
	f *faults
}

func (c faultyConn) BeginTx(ctx context.Context, o driver.TxOptions) (tx driver.Tx, err error) {
	err = c.f.at("BEGIN", func() error {
		tx, err = c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
		return err
	})
	if err != nil && tx != nil {
		err = errors.Join(err, tx.Rollback()) // begun, and nobody knows
	}
	return faultyTx{tx, c.f}, err
}

func (c faultyConn) PrepareContext(ctx context.Context, q string) (driver.Stmt, error) {
	s, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	return faultyStmt{s, q, c.f}, nil
}

func (c faultyConn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (r driver.Result, err error) {
	err = c.f.at(q, func() error {
		r, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, q, args)
		return err
	})
	return r, err
}

func (c faultyConn) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	return queryFaulty(c.f, q, func() (driver.Rows, error) { return c.Conn.(driver.QueryerContext).QueryContext(ctx, q, args) })
}

func queryFaulty(f *faults, q string, query func() (driver.Rows, error)) (rows driver.Rows, err error) {
	err = f.at(q, func() error {
		rows, err = query()
		return err
	})
	if err != nil && rows != nil {
		err = errors.Join(err, rows.Close())
	}
	return rows, err
}

type faultyTx struct {
	driver.Tx
	f *faults
}

// Commit that fails before its effect leaves nothing behind, as SQLite's does.
func (t faultyTx) Commit() error {
	done := false
	err := t.f.at("COMMIT", func() error { done = true; return t.Tx.Commit() })
	if !done {
		err = errors.Join(err, t.Rollback())
	}
	return err
}

type faultyStmt struct {
	driver.Stmt
	text string
	f    *faults
}

func (s faultyStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (r driver.Result, err error) {
	err = s.f.at(s.text, func() error {
		r, err = s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
		return err
	})
	return r, err
}

func (s faultyStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return queryFaulty(s.f, s.text, func() (driver.Rows, error) { return s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args) })
}

// plans gives every way in which one call of these sites fails, before and
// after its effect: of statements the first and the last, of commits each.
func (f *faults) plans() (out []*faults) {
	for _, site := range f.sites {
		nths := slices.Compact([]int{1, f.calls[site]})
		for n := 2; site == "COMMIT" && n < f.calls[site]; n++ {
			nths = append(nths, n)
		}
		for _, nth := range nths {
			out = append(out, &faults{site: site, nth: nth}, &faults{site: site, nth: nth, after: true})
		}
	}
	return out
}
