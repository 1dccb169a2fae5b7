package dynamostore

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
)

// Commit applies a change on top of base: all of it or nothing.
func (s *Store) Commit(ctx context.Context, base casework.Revision, ch casework.Change) (casework.Revision, error) {
	next, lines, err := base.Next(ch)
	if err != nil {
		return casework.Revision{}, err
	}
	acts := append([]act{moveHead(base, next)}, putLines(next, lines)...)
	lookups, err := releaseAndClaim(ch)
	if err != nil {
		return casework.Revision{}, err
	}
	acts = slices.Concat(acts, lookups, putOutbox(ch), finish(ch))
	side, err := s.putRecords(ctx, ch, &acts)
	if err != nil {
		return casework.Revision{}, err
	}
	ahead, after := side.fit(&acts)
	for part := range slices.Chunk(ahead, maxActs) {
		if err := s.apply(ctx, part); err != nil {
			return casework.Revision{}, err
		}
	}
	if err := s.apply(ctx, acts); err != nil {
		return casework.Revision{}, err
	}
	for _, r := range ch.Put {
		s.known.put(r.Key, fact{r.Stream, r.Version, placesOf(r)})
	}
	for part := range slices.Chunk(after, maxActs) {
		if err := s.apply(ctx, part); err != nil {
			s.log.WarnContext(ctx, "dynamodb: places that a record has left stay until it is written again", "error", err)
		}
	}
	return next, nil
}

// moveHead is the compare-and-swap of the stream.
func moveHead(base, next casework.Revision) act {
	a := act{
		put:     headRow{key: headKey(next.Stream), spot: streamSpot(string(next.Stream)), N: next.N, Entries: next.Entries, Last: next.Last},
		refused: because("the stream has moved on"),
	}
	if base.N == 0 {
		a.when = "attribute_not_exists(pk)"
		return a
	}
	a.when = "n = :n AND e = :e AND l = :l"
	a.values = row{":n": num(base.N), ":e": num(base.Entries), ":l": str(base.Last)}
	return a
}

func because(why string) func(row) error { return func(row) error { return conflict(why) } }

// putLines writes a commit's lines in one row, and a row for each that says
// where it stands.
func putLines(next casework.Revision, lines []audit.Line) []act {
	stream, last := string(next.Stream), next.Entries
	all := make([][]byte, 0, len(lines))
	var out []act
	for i, l := range lines {
		all = append(all, l.Bytes)
		e := entryRow{key: entryKey(l.ID), Stream: stream, Last: last, Offset: i}
		a := act{when: "attribute_not_exists(pk)", refused: because("an entry stands already")}
		if i == 0 {
			e.Count, e.spot = len(lines), pendingSpot(stream, last)
			a.own = func(old row) bool {
				was, err := decoded[entryRow](old)
				return err == nil && was.Stream == stream && was.Last == last
			}
		} else {
			e.First = lines[0].ID
		}
		a.put = e
		out = append(out, a)
	}
	return append(out, act{put: linesRow{linesKey(stream, last), bytes.Join(all, []byte("\n"))}, when: "attribute_not_exists(pk)", refused: because("a line stands already")})
}

// outboxKept is how long a delivered row is kept, so that its id is not used
// again: longer than any request or execution is repeated.
const outboxKept = 30 * 24 * time.Hour

func putOutbox(ch casework.Change) []act {
	var out []act
	for _, o := range ch.Outbox {
		out = append(out, act{
			put: outboxRow{
				key: outboxKey(o.ID), At: numbered("", o.At.UnixMicro()) + sep + o.ID, Kind: o.Kind, Stream: string(o.Stream), Payload: o.Payload,
				Written: o.At.UnixMicro(), Keep: o.At.Add(outboxKept).Unix(),
			},
			when: "attribute_not_exists(pk)", refused: func(row) error { return errThere },
		})
	}
	return out
}

// finish writes an answer. A finished request is never finished again: its
// effect happened.
func finish(ch casework.Change) []act {
	f := ch.Finish
	if f == nil {
		return nil
	}
	return []act{{
		put: requestRow{
			key: requestKey(f.Key), Stamp: uuid.NewString(), MAC: f.RequestMAC, Status: f.Status, IDs: f.IDs,
			Expires: f.ExpiresAt.UnixMilli(), TTL: f.ExpiresAt.Add(requestKept).Unix(),
		},
		when: "attribute_not_exists(pk) OR st = :flight", values: row{":flight": num(0)},
		refused: func(old row) error {
			if was, err := decoded[requestRow](old); err == nil && was.MAC != f.RequestMAC {
				return keyReused()
			}
			return conflict("the request was finished before")
		},
	}}
}

// releaseAndClaim gives keys back before it takes any; one change can hand a
// key over. A row is written once in a transaction, so both become one act.
func releaseAndClaim(ch casework.Change) ([]act, error) {
	release, claim := map[key]casework.Key{}, map[key]casework.Key{}
	var order []key
	for i, l := range slices.Concat(ch.Release, ch.Claim) {
		side := claim
		if i < len(ch.Release) {
			side = release
		}
		k := lookupKey(l.Space, l.Value)
		if was, ok := side[k]; ok && was != l.Ref {
			return nil, conflict("one key for two")
		}
		if side[k] = l.Ref; !slices.Contains(order, k) {
			order = append(order, k)
		}
	}
	var out []act
	for _, k := range order {
		out = append(out, lookupAct(k, release, claim))
	}
	return out, nil
}

func lookupAct(k key, release, claim map[key]casework.Key) act {
	from, releases := release[k]
	to, claims := claim[k]
	a := act{at: k, when: "attribute_not_exists(pk) OR (k = :k AND i = :i)", refused: because("what was to be claimed is taken")}
	if claims {
		a.put = lookupRow{k, string(to.Kind), to.ID}
	}
	if releases {
		a.refused = because("what was to be released is not held any more")
	} else {
		from = to
	}
	a.values = row{":k": str(string(from.Kind)), ":i": str(from.ID)}
	return a
}

// placesOf are a record's places as its row keeps them.
func placesOf(r casework.Record) []string {
	var out []string
	for _, p := range r.Index {
		if s := strings.Join([]string{p.Index, p.Partition, p.Sort}, sep); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
