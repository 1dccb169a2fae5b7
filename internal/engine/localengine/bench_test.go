package localengine_test

import (
	"context"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/ontdox/takedown/internal/engine/localengine"
)

const fourPass = `{"StartAt": "A", "States": {
	"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"},
	"C": {"Type": "Pass", "Next": "D"}, "D": {"Type": "Pass", "End": true}}}`

func benchRig(b *testing.B, machine string, handlers map[string]localengine.Handler) *rig {
	r := &rig{t: b, path: filepath.Join(b.TempDir(), "engine.db"), options: localengine.Options{
		Machines: map[string][]byte{"m": []byte(machine)}, Handlers: handlers, Now: newClock().Now, MaxEvents: 1 << 40,
	}}
	r.open()
	b.Cleanup(r.close)
	return r
}

// BenchmarkFourPass starts executions from eight callers, each start durable.
func BenchmarkFourPass(b *testing.B) {
	r := benchRig(b, fourPass, nil)
	var n atomic.Int64
	b.SetParallelism(4) // times two cores
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := r.engine.Start(context.Background(), "m", "x-"+strconv.FormatInt(n.Add(1), 10), []byte(`{"a": 1}`)); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "executions/s")
}

// BenchmarkHubTurn runs one execution round its hub: a plan, a registration, a
// completion.
func BenchmarkHubTurn(b *testing.B) {
	tokens := make(chan string, 1)
	s := killStub{tokens}
	r := benchRig(b, killHub, map[string]localengine.Handler{"plan": s.plan, "register": s.register})
	if err := r.engine.Start(context.Background(), "m", "x", []byte(`{"id": "x"}`)); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N {
		if err := r.engine.Complete(context.Background(), <-tokens, []byte(`{}`)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
}
