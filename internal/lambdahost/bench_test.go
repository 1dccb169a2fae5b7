package lambdahost_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/lambdahost"
)

// BenchmarkWarmInvoke is what the host and the runtime's client add to a
// function that does nothing.
func BenchmarkWarmInvoke(b *testing.B) {
	h := host(b, nil, lambdahost.Options{})
	ask(b, h, `{}`)
	for b.Loop() {
		if _, err := h.Invoke(b.Context(), "probe", []byte(`{}`)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkColdStart is a new process from its start to its first answer; of
// that, ready-ms is until its main function runs.
func BenchmarkColdStart(b *testing.B) {
	file := filepath.Join(b.TempDir(), "ready")
	var ready time.Duration
	for b.Loop() {
		h, err := lambdahost.New(lambdahost.Options{Functions: []lambdahost.Function{{Name: "probe", Dir: probeDir, Env: []string{"PROBE_READY=" + file}}}})
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		ask(b, h, `{}`)
		raw, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		var at int64
		if err := json.Unmarshal(raw, &at); err != nil {
			b.Fatal(err)
		}
		ready += time.Unix(0, at).Sub(began)
		h.Close()
	}
	b.ReportMetric(float64(ready.Milliseconds())/float64(b.N), "ready-ms")
}
