package dynamostore

import (
	"context"
	"encoding/binary"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
)

// Unpack gives what a row of the table holds for an export. Rows that are
// derived from others, or that belong to this table alone, give nothing. A row
// of no known kind is an error.
func (s *Store) Unpack(ctx context.Context, m map[string]types.AttributeValue) ([]casework.Moved, error) {
	at, err := decoded[key](m)
	if err != nil {
		return nil, err
	}
	space, rest, _ := strings.Cut(at.PK, "#")
	switch space {
	case "s":
		return s.unpackOfStream(ctx, at, m)
	case "l":
		l, err := decoded[lookupRow](m)
		name, value, _ := strings.Cut(rest, "#")
		return []casework.Moved{{Lookup: &casework.Lookup{Space: name, Value: value, Ref: casework.Key{Kind: casework.RecordKind(l.Kind), ID: l.ID}}}}, err
	case "f":
		return unpackAnswer(rest, m)
	case "o":
		o, err := decoded[outboxRow](m)
		out := casework.OutboxRow{ID: at.SK, Kind: o.Kind, Stream: casework.StreamID(o.Stream), Payload: o.Payload, At: time.UnixMicro(o.Written).UTC()}
		return []casework.Moved{{Outbox: &casework.MovedOutbox{OutboxRow: out, Delivered: o.At == ""}}}, err
	case "j":
		j, err := decoded[jobRow](m)
		return []casework.Moved{{Job: &casework.MovedJob{ID: rest, Result: at.SK == resultKey("").SK, Body: j.Body}}}, err
	case "log":
		return unpackLog(at, m)
	case "k", "e", "t", "era", ImportPK:
		return nil, nil // derived, or of this shape alone
	}
	return nil, damaged("a row of no known kind")
}

func (s *Store) unpackOfStream(ctx context.Context, at key, m row) ([]casework.Moved, error) {
	stream := casework.StreamID(strings.TrimPrefix(at.PK, "s#"))
	switch kind, _, _ := strings.Cut(at.SK, "#"); kind {
	case "head":
		h, err := decoded[headRow](m)
		return []casework.Moved{{Head: &casework.Revision{Stream: stream, N: h.N, Entries: h.Entries, Last: h.Last}}}, err
	case "r":
		r, err := decoded[recordRow](m)
		if err != nil {
			return nil, err
		}
		out := r.record()
		for _, p := range r.Places {
			part := strings.SplitN(p, sep, 3)
			out.Index = append(out.Index, casework.IndexPlace{Index: part[0], Partition: part[1], Sort: part[2]})
		}
		return []casework.Moved{{Record: &casework.MovedRecord{Record: out}}}, nil
	case "e":
		return s.unpackLines(ctx, m)
	case "p":
		return nil, nil // stands in its record
	}
	return nil, damaged("a row of no known kind")
}

// unpackLines gives a commit's lines with their places in the log.
func (s *Store) unpackLines(ctx context.Context, m row) ([]casework.Moved, error) {
	c, err := decoded[linesRow](m)
	if err != nil {
		return nil, err
	}
	lines, err := c.lines()
	if err != nil {
		return nil, err
	}
	first, _, err := one[entryRow](ctx, s, entryKey(lines[0].ID))
	if err != nil {
		return nil, err
	}
	if len(first.Leaves) != len(lines) {
		return nil, conflict("a line is no leaf of the log yet")
	}
	var out []casework.Moved
	for i, l := range lines {
		out = append(out, casework.Moved{Line: &casework.MovedLine{Line: l, Leaf: first.Leaves[i]}})
	}
	return out, nil
}

// unpackAnswer leaves a request in flight out: its lease is of this shape.
func unpackAnswer(k string, m row) ([]casework.Moved, error) {
	r, err := decoded[requestRow](m)
	if err != nil || r.Status == 0 {
		return nil, err
	}
	return []casework.Moved{{Answer: &casework.Finished{Key: k, RequestMAC: r.MAC, Status: r.Status, IDs: r.IDs, ExpiresAt: time.UnixMilli(r.Expires).UTC()}}}, nil
}

func unpackLog(at key, m row) ([]casework.Moved, error) {
	switch {
	case at == logHeadKey:
		h, err := decoded[logHeadRow](m)
		return []casework.Moved{{LogHead: &audit.LogHead{Version: h.Version, Size: h.Size, Note: h.Note}}}, err
	case strings.HasPrefix(at.PK, hashesPK):
		h, err := decoded[hashesRow](m)
		found := map[int64][32]byte{}
		h.into(found)
		var out []casework.Moved
		for index, hash := range found {
			out = append(out, casework.Moved{Hash: &audit.StoredHash{Index: index, Hash: hash}})
		}
		return out, err
	case strings.HasPrefix(at.PK, leavesPK):
		return nil, nil // they stand with their lines
	}
	return nil, damaged("a row of no known kind")
}

// Pack gives the rows of the table that hold what an export held; writing them
// again is harmless.
func (s *Store) Pack(m casework.Moved) ([]map[string]types.AttributeValue, error) {
	var rows []any
	switch {
	case m.Head != nil:
		h := m.Head
		rows = append(rows, headRow{key: headKey(h.Stream), spot: streamSpot(string(h.Stream)), N: h.N, Entries: h.Entries, Last: h.Last})
	case m.Record != nil:
		rows = packRecord(m.Record.Record)
	case m.Lookup != nil:
		l := m.Lookup
		rows = append(rows, lookupRow{lookupKey(l.Space, l.Value), string(l.Ref.Kind), l.Ref.ID})
	case m.Answer != nil:
		f := m.Answer
		rows = append(rows, requestRow{
			key: requestKey(f.Key), Stamp: uuid.NewString(), MAC: f.RequestMAC, Status: f.Status, IDs: f.IDs,
			Expires: f.ExpiresAt.UnixMilli(), TTL: f.ExpiresAt.Add(requestKept).Unix(),
		})
	case m.Outbox != nil:
		rows = append(rows, packOutbox(*m.Outbox))
	case m.Job != nil:
		at := jobKey(m.Job.ID)
		if m.Job.Result {
			at = resultKey(m.Job.ID)
		}
		rows = append(rows, jobRow{at, m.Job.Body})
	case m.Line != nil:
		rows = s.packLine(*m.Line)
	case m.Hash != nil:
		b := binary.BigEndian.AppendUint64(nil, uint64(m.Hash.Index)) //nolint:gosec // an index is not negative
		rows = append(rows, hashesRow{key{s.logPK(hashesPK, m.Hash.Index), numbered("", m.Hash.Index)}, append(b, m.Hash.Hash[:]...)})
	case m.LogHead != nil && m.LogHead.Version > 0: // a new log has no row
		rows = append(rows, logHeadRow{key: logHeadKey, Version: m.LogHead.Version, Size: m.LogHead.Size, Note: m.LogHead.Note})
	}
	out := make([]map[string]types.AttributeValue, 0, len(rows))
	for _, r := range rows {
		m, err := encoded(r)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func packRecord(r casework.Record) []any {
	places := placesOf(r)
	rides, further := spread(places)
	rows := []any{
		recordRow{key: recordKey(r.Stream, r.Key), spot: spotAt(rides, r.Key), Version: r.Version, Body: r.Body, Places: places},
		streamRow{streamKey(r.Key), string(r.Stream)},
	}
	for _, p := range further {
		rows = append(rows, placeRow{placeKey(r, p), spotAt(p, r.Key)})
	}
	return rows
}

func packOutbox(o casework.MovedOutbox) outboxRow {
	out := outboxRow{
		key: outboxKey(o.ID), Kind: o.Kind, Stream: string(o.Stream), Payload: o.Payload, Written: o.At.UnixMicro(), Keep: o.At.Add(outboxKept).Unix(),
	}
	if out.At = numbered("", o.At.UnixMicro()) + sep + o.ID; o.Delivered {
		out.At, out.TTL = "", out.Keep
	}
	return out
}

// packLine writes a line as a commit of its own: which lines were committed
// together says nothing once they are leaves.
func (s *Store) packLine(l casework.MovedLine) []any {
	return []any{
		linesRow{linesKey(l.Stream, l.Seq), l.Bytes},
		entryRow{key: entryKey(l.ID), Stream: l.Stream, Last: l.Seq, Count: 1, Leaves: []int64{l.Leaf}},
		leavesRow{key: key{s.logPK(leavesPK, l.Leaf), numbered("", l.Leaf)}, First: l.Leaf, IDs: []string{l.ID}},
	}
}

// ImportPK is the partition of the row that says what is being imported into the
// table.
const ImportPK = "import"
