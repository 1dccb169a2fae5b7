package casework_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/blob/dirblob"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// manyClocks fills a database with running clocks of the rules that run in
// numbers, forty in a case, begun on the days of a half year.
func (f *fixture) manyClocks(cases int) {
	rules := []string{"C1", "C4", "C5", "C7", "C8", "C9", "C10", "C12", "C18", "C3"}
	for n := range cases {
		c := f.open(caseInput(fmt.Sprintf("https://forum.example/%d", n)))
		f.ok(f.s.StartClocks(context.Background(), c.Case, 40, func(i int) (string, time.Time, takedown.Clock) {
			return rules[i%len(rules)], monday.AddDate(0, 0, (7*n+11*i)%180), takedown.Clock{}
		}))
	}
}

// BenchmarkRecount counts 10,000 running clocks again after a holiday was
// added: looking alone, and with the new rows of those that move. On a real
// database and directory; durable.
func BenchmarkRecount(b *testing.B) {
	f, ctx := newFixture(b), context.Background()
	blobs, err := dirblob.Open(b.TempDir())
	f.ok(err)
	f.s.Blobs = blobs
	f.manyClocks(250)
	f.sweep()
	b.Run("preview", func(b *testing.B) {
		for b.Loop() {
			view, err := f.s.PreviewRecount(ctx, coordinator, casework.RecountQuery{Add: []string{"NL:2027-06-09"}})
			f.ok(err)
			if view.Looked != 10_000 || view.Moved == 0 {
				b.Fatalf("%+v", view)
			}
			b.ReportMetric(float64(view.Moved), "moved")
		}
	})
	b.Run("change", func(b *testing.B) {
		day := time.Date(2027, 6, 7, 0, 0, 0, 0, time.UTC)
		for b.Loop() {
			b.StopTimer()
			day = day.AddDate(0, 0, 1)
			f.addDays(mourning(day.Format(time.DateOnly)))
			before, err := f.s.PreviewRecount(ctx, coordinator, casework.RecountQuery{})
			f.ok(err)
			b.StartTimer()
			for left := 1; left > 0; { // bounded sweeps, until nothing is left
				f.sweep()
				b.StopTimer()
				view, err := f.s.PreviewRecount(ctx, coordinator, casework.RecountQuery{})
				f.ok(err)
				left = view.Moved + view.Kept
				b.StartTimer()
			}
			b.ReportMetric(float64(before.Moved+before.Kept), "moved")
		}
	})
}
