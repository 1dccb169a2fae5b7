package sqlitestore_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/store/sqlitestore"
)

// BenchmarkCommit counts durable commits: one after the other, and from many
// callers on streams of their own, which share transactions.
func BenchmarkCommit(b *testing.B) {
	b.Run("one", func(b *testing.B) {
		s := open(b, filepath.Join(b.TempDir(), "takedown.db"), sqlitestore.Options{})
		n := 0
		for b.Loop() {
			commit(b, s, "case_a", change("case_a", n, 500))
			n++
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
	})
	for _, callers := range []int{8, 40} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s := open(b, filepath.Join(b.TempDir(), "takedown.db"), sqlitestore.Options{})
			b.SetParallelism(callers / 2) // times GOMAXPROCS
			var streams atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				stream := casework.StreamID(fmt.Sprintf("case_%d", streams.Add(1)))
				for n := 0; pb.Next(); n++ {
					if _, err := tryCommit(s, stream, change(stream, n, 500)); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

// BenchmarkRead reads a head and ten rows, and a page of fifty from a list of
// ten thousand.
func BenchmarkRead(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "takedown.db"), sqlitestore.Options{})
	var keys []casework.Key
	for n := range 200 {
		ch := change("case_a", n*50, 500)
		for k := 1; k < 50; k++ {
			ch.Put = append(ch.Put, change("case_a", n*50+k, 500).Put...)
		}
		commit(b, s, "case_a", ch)
		if n < 10 {
			keys = append(keys, ch.Put[n].Key)
		}
	}
	b.Run("head and ten rows", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Head(b.Context(), "case_a"); err != nil {
				b.Fatal(err)
			}
			if rows, err := s.Get(b.Context(), keys...); err != nil || len(rows) != 10 {
				b.Fatal(len(rows), err)
			}
		}
	})
	b.Run("page of fifty", func(b *testing.B) {
		for b.Loop() {
			p, err := s.Query(b.Context(), casework.Query{Index: "due", Partition: "wait", Limit: 50})
			if err != nil || len(p.Records) != 50 {
				b.Fatal(len(p.Records), err)
			}
		}
	})
}
