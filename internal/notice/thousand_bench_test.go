package notice

import (
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

// BenchmarkThousandItems composes a notice about a thousand items and renders
// it whole, its annex too, as text, as HTML and on paper (targets: 1 s and
// 100 MiB for the three together). peak-MiB is the most that stood on the heap
// at once above what stood there before.
func BenchmarkThousandItems(b *testing.B) {
	f := thousand()
	b.ReportAllocs()
	peak := watchHeap(b)
	for b.Loop() {
		d, _, err := Compose(T2, "nl", f)
		if err != nil {
			b.Fatal(err)
		}
		text := d.Subject + "\n\n" + d.Text
		for _, a := range d.Annexes {
			text += "\n\n" + a.Text
		}
		page := string(HTML(d))
		paper, err := PDF(d, sheetOf(f))
		if err != nil {
			b.Fatal(err)
		}
		if strings.Count(text, "Exacte URL: ") != 1000 || !strings.Contains(page, "</html>") || len(paper) < 10_000 {
			b.Fatalf("%d bytes of text, %d of HTML, %d of paper", len(text), len(page), len(paper))
		}
	}
	b.ReportMetric(float64(peak())/(1<<20), "peak-MiB")
}

// watchHeap looks at the heap while something runs; what it gives stops that
// and says by how much the heap grew at most, in bytes.
func watchHeap(b *testing.B) func() uint64 {
	b.Helper()
	runtime.GC()
	look := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(look)
	before, most := look[0].Value.Uint64(), uint64(0)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(look)
			most = max(most, look[0].Value.Uint64())
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return most - min(most, before)
	}
}
