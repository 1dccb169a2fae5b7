package localengine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/engine/localengine"
)

// Every benchmark works on a real file with synchronous=FULL, from independent
// callers; a start returns after its commit, and an execution is counted when
// its end is durable. The disk's own median fdatasync stands beside the figure.

const fourPass = `{"StartAt": "A", "States": {
	"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"},
	"C": {"Type": "Pass", "Next": "D"}, "D": {"Type": "Pass", "End": true}}}`

const fourTasks = `{"StartAt": "A", "States": {
	"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "OutputPath": "$.Payload", "Next": "B"},
	"B": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "OutputPath": "$.Payload", "Next": "C"},
	"C": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "OutputPath": "$.Payload", "Next": "D"},
	"D": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "OutputPath": "$.Payload", "End": true}}}`

func benchRig(b testing.TB, machine string, handlers map[string]localengine.Handler) *rig {
	r := &rig{t: b, path: filepath.Join(b.TempDir(), "engine.db"), options: localengine.Options{
		Machines: map[string][]byte{"m": []byte(machine)}, Handlers: handlers, Now: newClock().Now, MaxEvents: 1 << 40,
	}}
	r.open()
	b.Cleanup(func() { r.close() })
	return r
}

// syncTime is the median of what one fdatasync of a page takes beside the
// journal.
func syncTime(b testing.TB, dir string) time.Duration {
	b.Helper()
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		b.Fatal(err)
	}
	page := make([]byte, 4096)
	var took []time.Duration
	for range 200 {
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		from := time.Now()
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(from))
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	slices.Sort(took)
	return took[len(took)/2]
}

func reportSync(b *testing.B, r *rig) {
	b.ReportMetric(float64(syncTime(b, filepath.Dir(r.path)).Microseconds()), "fdatasync-p50-µs")
}

// start8 lets eight callers start b.N executions, each its own.
func start8(b *testing.B, r *rig) {
	var n atomic.Int64
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
				if err := r.engine.Start(context.Background(), "m", "x-"+strconv.FormatInt(i, 10), []byte(`{"a": 1}`)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	work.Wait()
	r.settle()
}

// BenchmarkFourPass: a machine of four Pass states, eight starters. Target:
// 1,500 executions a second.
func BenchmarkFourPass(b *testing.B) {
	r := benchRig(b, fourPass, nil)
	b.ResetTimer()
	start8(b, r)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "executions/s")
	reportSync(b, r)
	ended(b, r, b.N)
}

// BenchmarkFourTasks: four in-process tasks. Target: 600 executions a second.
func BenchmarkFourTasks(b *testing.B) {
	r := benchRig(b, fourTasks, map[string]localengine.Handler{"f": func(_ context.Context, p []byte) ([]byte, error) { return p, nil }})
	b.ResetTimer()
	start8(b, r)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "executions/s")
	reportSync(b, r)
	ended(b, r, b.N)
}

// ended counts in the journal what the figure counts.
func ended(b *testing.B, r *rig, want int) {
	b.Helper()
	var n int
	if err := r.db.QueryRow(`SELECT count(*) FROM engine_executions WHERE status = 'SUCCEEDED'`).Scan(&n); err != nil || n != want {
		b.Errorf("%d ended, %v, want %d", n, err, want)
	}
}

// BenchmarkHubTurn runs one execution round its hub: a plan, a registration, a
// completion; at each length of history the turn costs the same.
func BenchmarkHubTurn(b *testing.B) {
	for _, turns := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("after-%d-turns", turns), func(b *testing.B) {
			tokens := make(chan string, 1)
			s := killStub{tokens}
			r := benchRig(b, killHub, map[string]localengine.Handler{"plan": s.plan, "register": s.register})
			if err := r.engine.Start(context.Background(), "m", "x", []byte(`{"id": "x"}`)); err != nil {
				b.Fatal(err)
			}
			turn := func() {
				if err := r.engine.Complete(context.Background(), <-tokens, []byte(`{}`)); err != nil {
					b.Fatal(err)
				}
			}
			for range turns {
				turn()
			}
			b.ResetTimer()
			for range b.N {
				turn()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
			reportSync(b, r)
		})
	}
}

// inFlight waits for a token, then calls a function, and so on for ever.
const inFlight = `{"StartAt": "Await", "States": {
	"Await": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"FunctionName": "register",
		"Payload": {"n.$": "$$.Execution.Name", "token.$": "$$.Task.Token"}}, "ResultPath": null, "Next": "Work"},
	"Work": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "work",
		"Payload": {"n.$": "$$.Execution.Name"}}, "ResultPath": null, "Next": "Await"}}}`

// BenchmarkLatency: 1,000 executions in flight, 200 completions a second; how
// long from a token's completion being asked to the next task's handler being
// entered. Target: p99 under 10 ms.
func BenchmarkLatency(b *testing.B) {
	const flying, gap = 1000, 5 * time.Millisecond
	l := &latency{tokens: make(chan [2]string, 2*flying), asked: map[string]time.Time{}}
	r := benchRig(b, inFlight, map[string]localengine.Handler{"register": l.register, "work": l.work})
	for i := range flying {
		if err := r.engine.Start(context.Background(), "m", strconv.Itoa(i), []byte(`{}`)); err != nil {
			b.Fatal(err)
		}
	}
	r.settle()
	b.ResetTimer()
	tick := time.NewTicker(gap)
	defer tick.Stop()
	var work sync.WaitGroup
	for range b.N {
		<-tick.C
		next := <-l.tokens
		work.Go(func() {
			l.ask(next[0])
			if err := r.engine.Complete(context.Background(), next[1], []byte(`{}`)); err != nil {
				b.Error(err)
			}
		})
	}
	work.Wait()
	r.settle()
	slices.Sort(l.took)
	b.ReportMetric(float64(l.took[len(l.took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(l.took[len(l.took)*99/100].Microseconds())/1000, "p99-ms")
	reportSync(b, r)
}

// latency plays the functions of inFlight and takes the time.
type latency struct {
	tokens chan [2]string // execution, token
	mu     sync.Mutex
	asked  map[string]time.Time
	took   []time.Duration
}

func (l *latency) ask(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked[name] = time.Now()
}

func (l *latency) register(_ context.Context, payload []byte) ([]byte, error) {
	name, token := twoFields(payload)
	l.tokens <- [2]string{name, token}
	return nil, nil
}

func (l *latency) work(_ context.Context, payload []byte) ([]byte, error) {
	now := time.Now()
	name, _ := twoFields(payload)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took = append(l.took, now.Sub(l.asked[name]))
	return nil, nil
}

// twoFields reads {"n":"…","token":"…"} without what a decoder costs.
func twoFields(payload []byte) (name, token string) {
	parts := strings.Split(string(payload), `"`)
	if len(parts) > 7 {
		token = parts[7]
	}
	return parts[3], token
}
