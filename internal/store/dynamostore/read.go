package dynamostore

import (
	"bytes"
	"context"
	"strings"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
)

// Head gives a stream's revision.
func (s *Store) Head(ctx context.Context, stream casework.StreamID) (casework.Revision, error) {
	h, ok, err := one[headRow](ctx, s, headKey(stream))
	if err != nil || !ok {
		return casework.Revision{Stream: stream, Last: audit.Genesis}, err
	}
	return casework.Revision{Stream: stream, N: h.N, Entries: h.Entries, Last: h.Last}, nil
}

// Get reads records by key, in the order asked; missing ones are left out. In
// which stream a record stands never changes, so it is asked once only.
func (s *Store) Get(ctx context.Context, keys ...casework.Key) ([]casework.Record, error) {
	streams, err := s.streamsOf(ctx, keys)
	if err != nil || len(streams) == 0 {
		return nil, err
	}
	at := make([]key, 0, len(streams))
	for k, stream := range streams {
		at = append(at, recordKey(stream, k))
	}
	rows, err := s.records(ctx, at)
	if err != nil {
		return nil, err
	}
	var out []casework.Record
	for _, k := range keys {
		if r, ok := rows[recordKey(streams[k], k)]; ok {
			out = append(out, r.record())
		}
	}
	return out, nil
}

// records reads rows of records: one by itself, several in batches.
func (s *Store) records(ctx context.Context, at []key) (rows map[key]recordRow, err error) {
	if len(at) == 1 {
		r, ok, err := one[recordRow](ctx, s, at[0])
		if err != nil || !ok {
			return nil, err
		}
		rows = map[key]recordRow{at[0]: r}
	} else if rows, err = many[recordRow](ctx, s, at); err != nil {
		return nil, err
	}
	for _, r := range rows {
		s.known.add(r)
	}
	return rows, nil
}

// streamsOf says in which streams records stand; those that are nowhere are
// left out.
func (s *Store) streamsOf(ctx context.Context, keys []casework.Key) (map[casework.Key]casework.StreamID, error) {
	out := make(map[casework.Key]casework.StreamID, len(keys))
	var ask []key
	of := map[key]casework.Key{}
	for _, k := range keys {
		if stream, ok := s.known.stream(k); ok {
			out[k] = stream
			continue
		}
		ask = append(ask, streamKey(k))
		of[streamKey(k)] = k
	}
	if len(ask) == 0 {
		return out, nil
	}
	rows, err := many[streamRow](ctx, s, ask)
	for at, r := range rows {
		out[of[at]] = casework.StreamID(r.Stream)
	}
	return out, err
}

// of is the record that a row's key names.
func (k key) of() (casework.StreamID, casework.Key) {
	part := strings.SplitN(k.SK, "#", 3)
	return casework.StreamID(k.PK[len("s#"):]), casework.Key{Kind: casework.RecordKind(part[1]), ID: part[2]}
}

func (r recordRow) record() casework.Record {
	stream, k := r.of()
	return casework.Record{Key: k, Stream: stream, Version: r.Version, Body: r.Body}
}

// List reads a stream's records of one kind, by id.
func (s *Store) List(ctx context.Context, stream casework.StreamID, kind casework.RecordKind, after string, limit int) ([]casework.Record, error) {
	prefix := "r#" + string(kind)
	from := prefix + "#"
	if after != "" {
		from += after + sep
	}
	rows, err := query[recordRow](ctx, s, span{pk: streamPK(stream), from: from, to: prefix + "$", limit: limit}) // "$" follows "#"
	if err != nil {
		return nil, err
	}
	var out []casework.Record
	for _, r := range rows {
		s.known.add(r)
		out = append(out, r.record())
	}
	return out, nil
}

// FindLookup reads a look-up row.
func (s *Store) FindLookup(ctx context.Context, space, value string) (casework.Key, error) {
	l, ok, err := one[lookupRow](ctx, s, lookupKey(space, value))
	if err == nil && !ok {
		err = notFound(space)
	}
	return casework.Key{Kind: casework.RecordKind(l.Kind), ID: l.ID}, err
}

// Entries reads a stream's lines.
func (s *Store) Entries(ctx context.Context, stream casework.StreamID, from int64, limit int) ([]audit.Line, error) {
	return s.Archive().StreamLines(ctx, string(stream), from, limit)
}

// FindEntry gives one line by its entry id.
func (s *Store) FindEntry(ctx context.Context, entryID string) (audit.Line, error) {
	e, ok, err := one[entryRow](ctx, s, entryKey(entryID))
	if err == nil && !ok {
		err = notFound("entry")
	}
	if err != nil {
		return audit.Line{}, err
	}
	c, ok, err := one[linesRow](ctx, s, linesKey(e.Stream, e.Last))
	if err == nil && !ok {
		err = notFound("entry")
	}
	if err != nil {
		return audit.Line{}, err
	}
	lines, err := c.lines()
	if err != nil {
		return audit.Line{}, err
	}
	return lines[e.Offset], nil
}

// lines reads a commit's lines. They say themselves what they are.
func (c linesRow) lines() ([]audit.Line, error) {
	var out []audit.Line
	for b := range bytes.SplitSeq(c.Lines, []byte("\n")) {
		e, err := audit.Decode(b)
		if err != nil {
			return nil, err
		}
		out = append(out, audit.Line{Stream: e.Stream, Seq: e.Seq, ID: e.ID, Bytes: b})
	}
	return out, nil
}

// streamLines reads a stream's lines from a number, in order.
func (s *Store) streamLines(ctx context.Context, stream string, from int64, limit int) ([]audit.Line, error) {
	k := linesKey(stream, max(from, 0))
	rows, err := query[linesRow](ctx, s, span{pk: k.PK, from: k.SK, to: numbered("e#", lastNumber), limit: limit})
	if err != nil {
		return nil, err
	}
	var out []audit.Line
	for _, c := range rows {
		lines, err := c.lines()
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if l.Seq >= from && len(out) < limit {
				out = append(out, l)
			}
		}
	}
	return out, nil
}
