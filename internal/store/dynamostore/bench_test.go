package dynamostore_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// clients is how many write at once, on two cores.
const clients = 16

// BenchmarkSubmissions has 16 clients open cases, each a stream of its own with
// a case, an item, a person, a task, a claimed URL, a message and an answer.
func BenchmarkSubmissions(b *testing.B) {
	for _, name := range servers {
		b.Run(name, func(b *testing.B) {
			s, ctx := open(b, config(b, name)), context.Background()
			var n atomic.Int64
			b.SetParallelism(clients / 2)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					stream, ch := submission(fmt.Sprint(n.Add(1)))
					base, err := s.Head(ctx, stream)
					if err == nil {
						_, err = s.Commit(ctx, base, ch)
					}
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submissions/s")
		})
	}
}

func submission(id string) (casework.StreamID, casework.Change) {
	stream, ch := casework.StreamID("case_"+id), change(id)
	ch.Outbox[0].Stream, ch.Put[0].Stream = stream, stream
	for _, kind := range []casework.RecordKind{"case", "person", "task"} {
		ch.Put = append(ch.Put, casework.Record{Key: casework.Key{Kind: kind, ID: string(kind) + "_" + id}, Stream: stream, Version: 1, Body: make([]byte, 600)})
	}
	ch.Finish = &casework.Finished{Key: "key_" + id, RequestMAC: "mac", Status: 201, ExpiresAt: noon.AddDate(0, 0, 7)}
	return stream, ch
}

// BenchmarkTurns has 16 clients turn tracks of four cases: head, row, commit
// with a moved wait and a message; who loses the swap decides again. No turn
// may be lost.
func BenchmarkTurns(b *testing.B) {
	for _, name := range servers {
		b.Run(name, func(b *testing.B) {
			s, ctx := open(b, config(b, name)), context.Background()
			var who, entries, lost atomic.Int64
			b.SetParallelism(clients / 2)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				me := who.Add(1)
				stream, track := casework.StreamID(fmt.Sprintf("case_%d", me%4)), fmt.Sprintf("track_%d", me)
				for version := int64(1); pb.Next(); version++ {
					turn(b, s, stream, track, version, &entries, &lost)
				}
			})
			b.StopTimer()
			total := int64(0)
			for n := range 4 {
				head, err := s.Head(ctx, casework.StreamID(fmt.Sprintf("case_%d", n)))
				if err != nil {
					b.Fatal(err)
				}
				total += head.N
			}
			if total != int64(b.N) {
				b.Fatalf("%d turns stand, %d were made", total, b.N)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
			b.ReportMetric(float64(lost.Load())/float64(b.N), "retries/turn")
		})
	}
}

// turn writes a track's next version.
func turn(b *testing.B, s casework.Store, stream casework.StreamID, track string, version int64, entries, lost *atomic.Int64) {
	ctx := context.Background()
	for {
		id := fmt.Sprint(entries.Add(1))
		base, err := s.Head(ctx, stream)
		if err == nil {
			_, err = s.Get(ctx, casework.Key{Kind: "track", ID: track})
		}
		if err == nil {
			_, err = s.Commit(ctx, base, casework.Change{
				Put: []casework.Record{{
					Key: casework.Key{Kind: "track", ID: track}, Stream: stream, Version: version, Body: make([]byte, 600),
					Index: []casework.IndexPlace{{Index: "due", Partition: "wait", Sort: id}},
				}},
				Entries: []audit.Entry{{ID: "entry_" + id, At: noon, Actor: "system", Role: "system", Act: "track.planned", IDs: []string{track}}},
				Outbox:  []casework.OutboxRow{{ID: "wake_" + id, Kind: "complete", Stream: stream, Payload: []byte("{}"), At: noon}},
			})
		}
		if err == nil {
			return
		}
		if takedown.KindOf(err) != takedown.Conflict {
			b.Error(err)
			return
		}
		lost.Add(1)
	}
}
