package localengine_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/engine/localengine"
)

// manyWait is a wait with a time limit: most for a month, one for a moment.
const manyWait = `{"StartAt": "W", "States": {"W": {"Type": "Wait", "TimestampPath": "$.until", "Next": "F"},
	"F": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "End": true}}}`

// waitingChild in the environment makes this binary a process that opens a
// journal, lets one timer among all fire, and says what that took: its value is
// the journal's path.
const waitingChild = "TAKEDOWN_ENGINE_WAITING"

func wallOptions(handler localengine.Handler) localengine.Options {
	return localengine.Options{
		Machines: map[string][]byte{"m": []byte(manyWait)}, Handlers: map[string]localengine.Handler{"f": handler},
		Now: func(context.Context) (time.Time, error) { return time.Now(), nil }, HostNow: time.Now, Wall: true,
	}
}

// openWaiting prints start-up in ms, resident memory in MiB, and how late a due
// timer fired in ms.
func openWaiting(path string) error {
	began := time.Now()
	fired := make(chan time.Time, 1)
	o := wallOptions(func(context.Context, []byte) ([]byte, error) { fired <- time.Now(); return nil, nil })
	db, err := openPath(path)
	if err != nil {
		return err
	}
	o.DB = db
	e, err := localengine.New(o)
	if err != nil {
		return err
	}
	ctx := context.Background()
	if err := e.Run(ctx); err != nil {
		return err
	}
	if err := e.Idle(ctx); err != nil {
		return err
	}
	up := time.Since(began)
	at := time.Now().Add(300 * time.Millisecond).Truncate(time.Millisecond)
	if err := e.Start(ctx, "m", fmt.Sprint("due-", began.UnixNano()), untilInput(at)); err != nil {
		return err
	}
	late := (<-fired).Sub(at)
	if err := e.Idle(ctx); err != nil {
		return err
	}
	mib, err := resident()
	if err != nil {
		return err
	}
	fmt.Println(up.Milliseconds(), mib, late.Milliseconds())
	e.Stop()
	return db.Close()
}

func untilInput(at time.Time) []byte {
	return []byte(`{"until": "` + at.UTC().Format("2006-01-02T15:04:05.000Z") + `"}`)
}

// resident is the memory that this process holds, in MiB.
func resident() (int, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(b), "\n") {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			kib, err := strconv.Atoi(f[1])
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmRSS in %s", b)
}

// waitInJournal makes a journal in which n executions wait for a month.
func waitInJournal(b *testing.B, n int) string {
	b.Helper()
	r := &rig{t: b, path: filepath.Join(b.TempDir(), "engine.db"), options: wallOptions(noHandler)}
	r.open()
	until := untilInput(time.Now().Add(30 * 24 * time.Hour))
	var next atomic.Int64
	var work sync.WaitGroup
	for range 200 {
		work.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				if err := r.engine.Start(context.Background(), "m", "w-"+strconv.FormatInt(i, 10), until); err != nil {
					b.Error(err)
				}
			}
		})
	}
	work.Wait()
	r.close()
	return r.path
}

// BenchmarkWaiting opens journals with many waiting executions in a process of
// its own. Targets at 100,000: start-up under 5 s, under 300 MiB resident, a
// due timer within 50 ms; at 1,000,000 hardly more. It needs -benchtime 1x; the
// million is made only with TAKEDOWN_MILLION=1, which takes some minutes.
func BenchmarkWaiting(b *testing.B) {
	sizes := []int{10_000, 100_000}
	if os.Getenv("TAKEDOWN_MILLION") == "1" {
		sizes = append(sizes, 1_000_000)
	}
	for _, n := range sizes {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			path := waitInJournal(b, n)
			var up, mib, late int
			b.ResetTimer()
			for range b.N {
				cmd := exec.Command(os.Args[0]) //nolint:gosec // this very binary
				cmd.Env = append(os.Environ(), waitingChild+"="+path)
				out, err := cmd.Output()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := fmt.Sscan(string(out), &up, &mib, &late); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
			}
			b.ReportMetric(float64(up), "start-up-ms")
			b.ReportMetric(float64(mib), "resident-MiB")
			b.ReportMetric(float64(late), "timer-late-ms")
		})
	}
}
