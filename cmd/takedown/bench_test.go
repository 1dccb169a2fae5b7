package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/takedown"
)

// BenchmarkSubmission counts cases opened through the API, each durable before
// it is answered, from several callers at once.
func BenchmarkSubmission(b *testing.B) {
	dir := b.TempDir()
	app, err := local.Open(b.Context(), local.Config{DataDir: filepath.Join(dir, "data"), KeyFile: filepath.Join(dir, "bench.key")})
	if err != nil {
		b.Fatal(err)
	}
	made, err := app.Service.CreateToken(b.Context(), takedown.TheSystem, "bench", []takedown.Role{takedown.Coordinator})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	wait, err := app.Start(ctx)
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(newAPI(app))
	b.Cleanup(func() {
		server.Close()
		cancel()
		wait()
		_ = app.Close()
	})
	var n atomic.Int64
	b.SetParallelism(4) // times GOMAXPROCS
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		me := n.Add(1)
		d := &driver{ctx: context.Background(), scope: fmt.Sprintf("bench-%d", me), server: server.URL, tokens: map[string]string{"coordinator": made.Token}}
		for pb.Next() {
			if d.post("coordinator", "/v1/cases", benchCase(n.Add(1))); d.err != nil {
				b.Error(d.err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "submissions/s")
}

// benchCase is a submission of one item and one person.
func benchCase(n int64) map[string]any {
	seen := time.Now().Add(-time.Hour).UTC().Truncate(time.Second)
	return map[string]any{
		"reporter": map[string]any{"function": "praktijkmanager", "department": "Meldpunt veiligheid", "channel": "phone", "contact": "toestel 0"},
		"affected": []map[string]any{{
			"relation": "employee", "function": "huisarts", "capacity": "none_of_lid2",
			"private": map[string]any{"name": demoName, "addresses": []string{demoAddress}, "phones": []string{demoPhone}},
		}},
		"incident": map[string]any{"occurredAt": seen, "discoveredAt": seen, "reportedAt": seen, "summary": demoSummary, "trigger": demoTrigger},
		"goals":    []string{"removal"},
		"items": []map[string]any{{
			"location": map[string]any{"type": "url", "url": fmt.Sprintf("https://forum.example/bericht/%d", n)}, "kind": "original", "contentType": "text",
			"audience": "public", "author": map[string]any{"handle": "gebruiker"}, "firstSeenAt": seen, "dataCategories": []string{"home_address"},
		}},
	}
}

// BenchmarkRungTurn times one turn of a ladder: a clock that has run out, the
// next rung's plan, its document drafted, the wait for its approval.
func BenchmarkRungTurn(b *testing.B) {
	for range b.N {
		b.StopTimer()
		h := newHost(b)
		h.start()
		s := h.story()
		s.upTo(s.platformRemoval)
		s.advanceTo(at(4, 13, 6, 0)) // before the desk's hours: silent until then
		b.StartTimer()
		s.advanceTo(at(4, 13, 9, 30))
		b.StopTimer()
		s.expect(s.caseID, "hoster", "AwaitApproval")
		if s.err != nil {
			b.Fatal(s.err)
		}
		h.kill()
		b.StartTimer()
	}
}

// upTo plays the chapters until one is told.
func (s *story) upTo(last func()) {
	s.publishPages()
	for _, chapter := range []func(){s.setUp, s.submit, s.capture, s.assess, s.consents, s.police, s.platformNotice, s.platformAnswer, s.hosterNotice} {
		chapter()
	}
	last()
}

// BenchmarkServeMemory gives what the server keeps in memory (VmRSS): idle, and
// with open tracks that all wait (TAKEDOWN_BENCH_TRACKS, 10,000).
func BenchmarkServeMemory(b *testing.B) {
	tracks := 10_000
	if v, err := strconv.Atoi(os.Getenv("TAKEDOWN_BENCH_TRACKS")); err == nil {
		tracks = v
	}
	for range b.N {
		h := newHost(b)
		h.start()
		b.ReportMetric(h.megabytes(), "MB-idle")
		h.story().setUp()
		openTracks(b, h, tracks)
		b.ReportMetric(h.megabytes(), "MB-open")
		b.ReportMetric(float64(tracks), "tracks")
		h.kill()
	}
}

// openTracks opens so many cases, each with one track that waits for its last
// gate, as eight people would.
func openTracks(b *testing.B, h *host, tracks int) {
	b.Helper()
	var next atomic.Int64
	var people sync.WaitGroup
	for person := range 8 {
		people.Go(func() {
			s := h.story()
			s.scope = fmt.Sprintf("bench-%d", person)
			for n := next.Add(1); n <= int64(tracks) && s.err == nil; n = next.Add(1) {
				s.openTrack(n)
			}
			if s.err != nil {
				b.Error(s.err)
			}
		})
	}
	people.Wait()
}

func (s *story) openTrack(n int64) {
	opened := s.post("coordinator", "/v1/cases", benchCase(n))
	if s.err != nil {
		return
	}
	people, _ := opened.at("people").([]any)
	s.caseID, s.person = opened.str("id"), people[0].(string)
	item := opened.list("items")[0].str("id")
	evidence := s.captureOf(item, fmt.Sprint("capture ", n), at(time.March, 22, 8, 40), "")
	s.put("specialist", s.casePath("/items/"+item+"/assessment"), map[string]any{
		"grounds":    []map[string]any{{"offence": "285d", "elements": map[string]any{"E1": []string{evidence}, "E2": []string{evidence}, "E3": []string{evidence}, "E4": []string{evidence}}}},
		"inCapacity": true, "effects": []string{"contact"}, "victimAware": true, "fearDescribed": true, "punishableOffline": false,
		"purposeIndicators": []string{"call_to_act"}, "amplification": "low", "locator": "line:2", "decision": "act",
	})
	s.triage()
}

var rss = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// megabytes is what the server's process holds, where /proc says so.
func (h *host) megabytes() float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.cmd.Process.Pid))
	m := rss.FindSubmatch(b)
	if err != nil || m == nil {
		return 0
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return 0
	}
	return float64(kb) / 1024
}
