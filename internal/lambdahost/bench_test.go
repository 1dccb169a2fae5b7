package lambdahost

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkWarmInvoke is an invocation of a function that is there already,
// over HTTP as a caller makes it: what is left after the function's own work
// of nothing is the overhead. The aim is under 1 ms.
func BenchmarkWarmInvoke(b *testing.B) {
	h, err := New(Config{Functions: []Function{{Name: "hello", Bootstrap: built(b, "./testdata/hello"), Timeout: longEnough}}})
	if err != nil {
		b.Fatal(err)
	}
	api := httptest.NewServer(h.Handler())
	defer api.Close()
	defer func() { _ = h.Close() }()
	url := api.URL + "/2015-03-31/functions/hello/invocations"
	call := func() {
		req, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, url, strings.NewReader(`{}`))
		resp, err := api.Client().Do(req)
		if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("X-Amz-Function-Error") != "" {
			b.Fatalf("got %v, %v", resp, err)
		}
		_ = resp.Body.Close()
	}
	call()
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		call()
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
}

// BenchmarkColdStart starts one of ours and the hello-world in turn and
// reports both medians, exec to the first request for work, and their ratio.
func BenchmarkColdStart(b *testing.B) {
	ours := Function{Name: "plan-step", Bootstrap: built(b, "github.com/ontdox/takedown/functions/plan-step"), Timeout: longEnough, MemoryMB: 256}
	hello := Function{Name: "hello", Bootstrap: built(b, "./testdata/hello"), Timeout: longEnough, MemoryMB: 256}
	started := map[string][]time.Duration{}
	for b.Loop() {
		for _, f := range []Function{ours, hello} {
			started[f.Name] = append(started[f.Name], startOnce(b, f))
		}
	}
	median := func(name string) float64 {
		slices.Sort(started[name])
		return float64(started[name][len(started[name])/2].Microseconds()) / 1000
	}
	b.ReportMetric(median("plan-step"), "ms-plan-step")
	b.ReportMetric(median("hello"), "ms-hello")
	b.ReportMetric(median("plan-step")/median("hello"), "ratio")
}

func startOnce(b *testing.B, f Function) time.Duration {
	h, err := New(Config{Functions: []Function{f}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	r, err := h.Invoke(Request{Name: f.Name})
	if err != nil || r.Init == 0 {
		b.Fatalf("got %+v, %v", r, err)
	}
	return r.Init
}
