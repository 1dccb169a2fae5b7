package lambdahost

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
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

// BenchmarkColdStart starts every function and the hello-world in turn. It
// reports the median, over the functions, of each one's exec to first request
// for work as a ratio to the hello-world's (the aim is 1.5), and apart from it
// the same for exec to first answered event, where every service refuses and
// the answer says so.
func BenchmarkColdStart(b *testing.B) {
	hello := Function{Name: "hello", Bootstrap: built(b, "./testdata/hello"), Timeout: longEnough, MemoryMB: 256}
	functions := []Function{hello}
	services := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer services.Close()
	for _, name := range ours(b) {
		functions = append(functions, Function{
			Name: name, Bootstrap: built(b, "github.com/ontdox/takedown/functions/"+name), Timeout: longEnough, MemoryMB: 256, Env: given(name, services.URL),
		})
	}
	began, answered := map[string][]time.Duration{}, map[string][]time.Duration{}
	for b.Loop() {
		for _, f := range functions {
			started, first := startOnce(b, f)
			began[f.Name], answered[f.Name] = append(began[f.Name], started), append(answered[f.Name], first)
		}
	}
	var beginRatios, answerRatios []float64
	for _, f := range functions[1:] {
		ratio := float64(median(began[f.Name])) / float64(median(began["hello"]))
		b.Logf("%s: %v, ratio %.2f; first answer %v", f.Name, median(began[f.Name]), ratio, median(answered[f.Name]))
		beginRatios, answerRatios = append(beginRatios, ratio), append(answerRatios, float64(median(answered[f.Name]))/float64(median(answered["hello"])))
	}
	b.Logf("hello: %v; first answer %v", median(began["hello"]), median(answered["hello"]))
	b.ReportMetric(median(beginRatios), "ratio-begin")
	b.ReportMetric(median(answerRatios), "ratio-answer")
}

// ours are the names of all functions.
func ours(b *testing.B) []string {
	dirs, err := os.ReadDir("../../functions")
	if err != nil {
		b.Fatal(err)
	}
	var out []string
	for _, d := range dirs {
		if d.IsDir() {
			out = append(out, d.Name())
		}
	}
	return out
}

// given is an environment that is in order, with every service at one address.
func given(name, services string) map[string]string {
	env := map[string]string{}
	for _, v := range []string{"TABLE", "BUCKET", "HEADS_BUCKET", "KMS_KEY", "CASE_MACHINE", "TRACK_MACHINE", "EVIDENCE_BUCKET", "OIDC_AUDIENCE", "OIDC_ROLE_CLAIM", "VERIFY_FUNCTION"} {
		env["TAKEDOWN_"+v] = "none"
	}
	env["TAKEDOWN_OIDC_ISSUER"] = "http://127.0.0.1:1"
	env["AWS_ENDPOINT_URL"], env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"] = services, "none", "none"
	if name == "send-document" {
		env["TAKEDOWN_SES_CONFIGURATION"] = "none"
	}
	return env
}

func median[T cmp.Ordered](list []T) T {
	slices.Sort(list)
	return list[len(list)/2]
}

func startOnce(b *testing.B, f Function) (began, answered time.Duration) {
	h, err := New(Config{Functions: []Function{f}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	at := time.Now()
	r, err := h.Invoke(Request{Name: f.Name, Payload: []byte("{}")})
	if err != nil || r.Init == 0 {
		b.Fatalf("got %+v, %v", r, err)
	}
	return r.Init, time.Since(at)
}
