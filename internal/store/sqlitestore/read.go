package sqlitestore

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func notFound(what string) error {
	return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "there is no such %s", what)
}

// Head gives a stream's revision.
func (s *Store) Head(ctx context.Context, stream casework.StreamID) (casework.Revision, error) {
	r := casework.Revision{Stream: stream, Last: audit.Genesis}
	err := s.row(ctx, "SELECT n, entries, last FROM streams WHERE stream = ?", []any{string(stream)}, &r.N, &r.Entries, &r.Last)
	if errors.Is(err, sql.ErrNoRows) {
		return r, nil
	}
	return r, mapped(err)
}

// Get reads records by key, in the order asked and from one state of the
// database; missing ones are left out.
func (s *Store) Get(ctx context.Context, keys ...casework.Key) (out []casework.Record, err error) {
	stmt, err := s.stmt(ctx, "SELECT stream, version, body FROM records WHERE kind = ? AND id = ?")
	if err != nil {
		return nil, err
	}
	tx, err := s.readers.BeginTx(ctx, nil)
	if err != nil {
		return nil, mapped(err)
	}
	defer func() {
		if rerr := tx.Rollback(); err == nil && rerr != nil && !errors.Is(rerr, sql.ErrTxDone) {
			err = mapped(rerr)
		}
	}()
	stmt = tx.StmtContext(ctx, stmt)
	for _, k := range keys {
		r := casework.Record{Key: k}
		err := stmt.QueryRowContext(ctx, string(k.Kind), k.ID).Scan(&r.Stream, &r.Version, &r.Body)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, mapped(err)
		}
		out = append(out, r)
	}
	return out, nil
}

// listRecords names its index: without that the primary key, which has the
// order of the ids already, is walked through every stream's records.
const listRecords = "SELECT kind, id, stream, version, body FROM records INDEXED BY records_stream WHERE stream = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?"

// List reads a stream's records of one kind, by id.
func (s *Store) List(ctx context.Context, stream casework.StreamID, kind casework.RecordKind, after string, limit int) ([]casework.Record, error) {
	rows, err := s.rows(ctx, listRecords, string(stream), string(kind), after, limit)
	if err != nil {
		return nil, mapped(err)
	}
	return scanRecords(rows)
}

func scanRecords(rows *sql.Rows) ([]casework.Record, error) {
	var out []casework.Record
	for rows.Next() {
		var r casework.Record
		if err := rows.Scan(&r.Kind, &r.ID, &r.Stream, &r.Version, &r.Body); err != nil {
			return nil, errors.Join(mapped(err), rows.Close())
		}
		out = append(out, r)
	}
	return out, mapped(errors.Join(rows.Err(), rows.Close()))
}

// FindLookup reads a lookup row.
func (s *Store) FindLookup(ctx context.Context, space, value string) (casework.Key, error) {
	var k casework.Key
	err := s.row(ctx, "SELECT kind, id FROM lookups WHERE space = ? AND value = ?", []any{space, value}, &k.Kind, &k.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return k, notFound(space)
	}
	return k, mapped(err)
}

// Pages of a list: what a caller gets without a limit, and at most.
const (
	pageLimit    = 50
	maxPageLimit = 500
)

// place is where a record stands in a list; the last one of a page is the
// cursor to the next, so that records that come and go move no page.
type place struct{ Sort, Kind, ID string }

func (p place) cursor() (string, error) {
	b, err := json.Marshal([]string{p.Sort, p.Kind, p.ID})
	return base64.RawURLEncoding.EncodeToString(b), err
}

func parseCursor(s string) (place, error) {
	var parts []string
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &parts)
	}
	if err != nil || len(parts) != 3 {
		return place{}, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the cursor is not one of ours")
	}
	return place{parts[0], parts[1], parts[2]}, nil
}

// Query pages through a list by sort key.
func (s *Store) Query(ctx context.Context, q casework.Query) (casework.Page, error) {
	limit := min(q.Limit, maxPageLimit)
	if limit < 1 {
		limit = pageLimit
	}
	where, args := "p.idx = ? AND p.part = ?", []any{q.Index, q.Partition}
	if q.Before != "" {
		where += " AND p.sort < ?"
		args = append(args, q.Before)
	}
	if q.Cursor != "" {
		c, err := parseCursor(q.Cursor)
		if err != nil {
			return casework.Page{}, err
		}
		where += " AND (p.sort, p.kind, p.id) > (?, ?, ?)"
		args = append(args, c.Sort, c.Kind, c.ID)
	}
	rows, err := s.rows(ctx, `SELECT p.sort, r.kind, r.id, r.stream, r.version, r.body FROM places p
		JOIN records r ON r.kind = p.kind AND r.id = p.id WHERE `+where+" ORDER BY p.sort, p.kind, p.id LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return casework.Page{}, mapped(err)
	}
	return scanPage(rows, limit)
}

func scanPage(rows *sql.Rows, limit int) (page casework.Page, err error) {
	defer func() { err = mapped(errors.Join(err, rows.Close())) }()
	var last place
	for rows.Next() {
		var sort string
		var r casework.Record
		if err := rows.Scan(&sort, &r.Kind, &r.ID, &r.Stream, &r.Version, &r.Body); err != nil {
			return page, err
		}
		if len(page.Records) == limit {
			page.Next, err = last.cursor()
			return page, err
		}
		last = place{sort, string(r.Kind), r.ID}
		page.Records = append(page.Records, r)
	}
	return page, rows.Err()
}

// Entries reads a stream's lines.
func (s *Store) Entries(ctx context.Context, stream casework.StreamID, from int64, limit int) ([]audit.Line, error) {
	return s.Archive().StreamLines(ctx, string(stream), from, limit)
}

// FindEntry gives one line by its entry id.
func (s *Store) FindEntry(ctx context.Context, entryID string) (audit.Line, error) {
	l := audit.Line{ID: entryID}
	err := s.row(ctx, "SELECT stream, seq, bytes FROM lines WHERE entry = ?", []any{entryID}, &l.Stream, &l.Seq, &l.Bytes)
	if errors.Is(err, sql.ErrNoRows) {
		return l, notFound("entry")
	}
	return l, mapped(err)
}
