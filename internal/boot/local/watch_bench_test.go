package local_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/boot/local"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// crowd is many hosts on loopback: it answers after a while, and notes how many
// of one host's pages were asked for at a time.
type crowd struct {
	mu           sync.Mutex
	now          map[string]int
	all, perHost int // most at a time
	asked        int
}

const (
	crowdHosts = 100
	crowdPages = 1000
	crowdLag   = 50 * time.Millisecond
)

func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.count(r.Host, 1)
	select { // as a server far away
	case <-time.After(crowdLag):
	case <-r.Context().Done():
	}
	c.count(r.Host, -1)
	http.NotFound(w, r)
}

func (c *crowd) count(host string, by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked += max(by, 0)
	c.now[host] += by
	c.now[""] += by
	c.all, c.perHost = max(c.all, c.now[""]), max(c.perHost, c.now[host])
}

func host(n int) string { return fmt.Sprintf("host-%d.example", n%crowdHosts) }

// watching opens an installation with a thousand pages that are gone, of a
// hundred hosts, in ten cases.
func watching(b *testing.B, c *crowd) *local.App {
	b.Helper()
	server := httptest.NewServer(c)
	b.Cleanup(server.Close)
	secure := httptest.NewTLSServer(c)
	b.Cleanup(secure.Close)
	cfg := config(b.TempDir())
	cfg.SimulatedFrom = time.Date(2027, 3, 22, 8, 0, 0, 0, time.UTC)
	cfg.StandIns = &local.StandIns{Hosts: map[string]string{}, CA: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}))}
	for n := range crowdHosts {
		cfg.StandIns.Hosts[host(n)] = server.Listener.Addr().(*net.TCPAddr).AddrPort().String()
	}
	app, err := local.Open(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = app.Close() })
	for n := 0; n < crowdPages; n += 25 {
		goneCase(b, app, n)
	}
	return app
}

func goneCase(b *testing.B, app *local.App, from int) {
	b.Helper()
	ctx := context.Background()
	coordinator := takedown.Principal{ID: "coordinator-1", Roles: []takedown.Role{takedown.Coordinator, takedown.Specialist}}
	in := casework.OpenCaseInput{
		Reporter: casework.ReporterInput{Function: "teamleider", Channel: "phone"},
		Affected: []casework.AffectedInput{{Relation: "employee", Function: "docent", Capacity: "none_of_lid2", Private: takedown.Private{
			Name: "Testpersoon Nul", Phones: []string{"06-00000000"}, Addresses: []string{"Nergensstraat 999, 0000 ZZ Nergenshuizen"},
		}}},
		Incident: casework.IncidentInput{OccurredAt: time.Date(2027, 3, 21, 8, 0, 0, 0, time.UTC), Summary: "Adres online."},
	}
	for n := from; n < from+25; n++ {
		in.Items = append(in.Items, casework.ItemInput{
			Location: casework.LocationInput{Type: "url", URL: fmt.Sprintf("http://%s/%d", host(n), n)}, Kind: "original", ContentType: "text",
			DataCategories: []string{"home_address"}, Audience: "public",
		})
	}
	opened, err := app.Service.OpenCase(ctx, coordinator, in)
	if err != nil {
		b.Fatal(err)
	}
	for _, it := range opened.Items {
		if err := app.Service.SetOutcome(ctx, coordinator, opened.Case, it.Item, casework.OutcomeInput{Code: "removed", Reason: "by_hand", Verified: true}, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWatch has the sweep look at a thousand pages again, in two languages
// each, of servers that take 50 ms to answer, and records what they show.
// Run it with -benchtime=1x: it is the day after the removal.
func BenchmarkWatch(b *testing.B) {
	c := &crowd{now: map[string]int{}}
	app := watching(b, c)
	days := []int{1, 6, 23} // until the looks after 1, 7 and 30 days
	b.ResetTimer()
	began := time.Now()
	for n := range b.N {
		watchDay(b, app, days[n%len(days)])
	}
	b.StopTimer()
	if c.asked != 2*crowdPages*b.N || c.perHost != 1 {
		b.Errorf("asked %d times, one host %d times at once", c.asked, c.perHost)
	}
	b.ReportMetric(float64(crowdPages*b.N)/time.Since(began).Seconds(), "pages/s")
	b.ReportMetric(float64(c.all), "at-once")
}

func watchDay(b *testing.B, app *local.App, days int) {
	b.Helper()
	coordinator := takedown.Principal{ID: "coordinator-1", Roles: []takedown.Role{takedown.Coordinator}}
	if _, err := app.Service.AdvanceClock(b.Context(), coordinator, casework.Advance{By: fmt.Sprintf("%dd", days)}); err != nil {
		b.Fatal(err)
	}
	for left := 1; left > 0; { // the advance has swept once already
		out, err := app.Service.Sweep(b.Context(), casework.SweepInput{V: casework.InputVersion})
		if err != nil {
			b.Fatal(err)
		}
		left = out.Watched
	}
}
