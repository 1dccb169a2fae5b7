package fetch_test

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/evidence/fetch"
	"github.com/ontdox/takedown/internal/takedown"
)

const host = "example.com" // the name in httptest's certificate

// site is a foreign site on loopback, with the options that lead to it.
func site(t *testing.T, h http.HandlerFunc) fetch.Options {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that refuse it are what some tests are about
	s.StartTLS()
	t.Cleanup(s.Close)
	plain := httptest.NewServer(h)
	t.Cleanup(plain.Close)
	ca := x509.NewCertPool()
	ca.AddCert(s.Certificate())
	return fetch.Options{
		StandIns: map[string]string{"Example.COM": s.Listener.Addr().String(), "plain.example": plain.Listener.Addr().String()},
		CA:       ca, HostNow: time.Now,
	}
}

func client(t *testing.T, opt fetch.Options) *fetch.Client {
	t.Helper()
	c, err := fetch.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func fetched(t *testing.T, c *fetch.Client, url string) casework.FetchedPage {
	t.Helper()
	p, err := c.Fetch(t.Context(), url, "nl")
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return p
}

// refused holds the kind of an error, and that neither it nor its causes say
// where the page was.
func refused(t *testing.T, c *fetch.Client, url string, kind takedown.Kind) {
	t.Helper()
	p, err := c.Fetch(t.Context(), url, "nl")
	if err == nil || takedown.KindOf(err) != kind {
		t.Errorf("%s: status %d, %v; want %s", url, p.Status, err, kind)
		return
	}
	if p.Status != 0 || len(p.Body) > 0 {
		t.Errorf("%s: an error with a page of status %d", url, p.Status)
	}
	for ; err != nil; err = errors.Unwrap(err) {
		for _, secret := range []string{"secret", host, "127.0.0.1", "10.0.0"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error says where: %v", url, err)
			}
		}
	}
}

func TestWhatStandsThere(t *testing.T) {
	c := client(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gone":
			http.Error(w, "gone", http.StatusGone)
		case "/missing":
			http.NotFound(w, r)
		case "/moved":
			http.Redirect(w, r, "https://example.com/online", http.StatusFound)
		case "/broken":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			_, _ = fmt.Fprint(w, "online")
		}
	}))
	for path, want := range map[string]int{"gone": 410, "missing": 404, "broken": 500, "online": 200, "moved": 200} {
		p := fetched(t, c, "https://"+host+"/"+path)
		if p.Status != want {
			t.Errorf("%s: %d", path, p.Status)
		}
		sum := sha256.Sum256(p.Body)
		if p.SHA256 != hex.EncodeToString(sum[:]) || p.Size != int64(len(p.Body)) {
			t.Errorf("%s: %d bytes, hash %s", path, p.Size, p.SHA256)
		}
		if path == "moved" && (p.FinalURL != "https://example.com/online" || string(p.Body) != "online") {
			t.Errorf("moved to %s: %q", p.FinalURL, p.Body)
		}
	}
	if p := fetched(t, c, "http://plain.example/x"); string(p.Body) != "online" {
		t.Errorf("plain: %q", p.Body)
	}
	if p := fetched(t, c, "https://EXAMPLE.com./x"); string(p.Body) != "online" {
		t.Errorf("another spelling: %q", p.Body)
	}
}

func TestSaysNothingOfItself(t *testing.T) {
	var seen []http.Header
	c := client(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Clone())
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusFound)
		}
	}))
	fetched(t, c, "https://"+host+"/a")
	fetched(t, c, "https://"+host+"/b")
	if len(seen) != 3 {
		t.Fatalf("%d requests", len(seen))
	}
	for i, h := range seen {
		if h.Get("Cookie") != "" || h.Get("Referer") != "" || !strings.Contains(h.Get("User-Agent"), "takedown-verify") {
			t.Errorf("request %d says %v", i, h)
		}
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	private := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private server was asked") }))
	t.Cleanup(private.Close)
	targets := []string{
		private.URL, "http://127.0.0.1/", "http://127.1.2.3:443/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/",
		"http://169.254.169.254/latest/meta-data", "http://100.64.0.1/", "http://0.0.0.0/", "http://[::1]/", "http://[::]/", "http://[fe80::1]/",
		"http://[fd00::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::a9fe:a9fe]/",
		"http://[64:ff9b:1::7f00:1]/", "http://[fd00:ec2::254]/", "http://[2002:7f00:1::1]/", "http://[2001::1]/", "http://[::127.0.0.1]/",
		"http://localhost/", "https://localhost/",
		"http://192.0.2.1/", "http://8.8.8.8:22/", "https://8.8.8.8:8443/", "https://example.com:8443/", "https://plain.example:22/",
	}
	opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(http.StatusFound)
	})
	opt.Gap = time.Nanosecond
	c := client(t, opt)
	for _, target := range targets {
		refused(t, c, target, takedown.Forbidden)
		refused(t, c, "https://"+host+"/secret?to="+target, takedown.Forbidden)
	}
}

func TestRedirects(t *testing.T) {
	c := client(t, site(t, func(w http.ResponseWriter, r *http.Request) {
		to := r.URL.Query().Get("to")
		if to == "" {
			to = "/again"
		}
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}))
	refused(t, c, "https://"+host+"/secret", takedown.Unavailable)
	for _, to := range []string{"file:///etc/passwd", "ftp://example.com/", "gopher://127.0.0.1/", "https://u:p@example.com/"} {
		refused(t, c, "https://"+host+"/secret?to="+to, takedown.Forbidden)
	}
}

func TestNoWebPage(t *testing.T) {
	c := client(t, fetch.Options{HostNow: time.Now})
	for _, u := range []string{"", "x", "javascript:alert(1)", "file:///etc/passwd", "https://", "https://u:secret@example.com/", "https://u@example.com", "//example.com", "https://exa mple.com/", "http://%zz/"} {
		refused(t, c, u, takedown.Invalid)
	}
}

func TestSizeLimit(t *testing.T) {
	opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		n := 1000
		if r.URL.Path == "/more" {
			n = 1 << 20
		}
		if r.URL.Path != "/bomb" {
			_, _ = fmt.Fprint(w, strings.Repeat("x", n))
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		chunk := make([]byte, 1<<20)
		for range 64 {
			if _, err := z.Write(chunk); err != nil {
				return // the client has had enough
			}
		}
		_ = z.Close()
	})
	opt.MaxBytes = 1000
	c := client(t, opt)
	if p := fetched(t, c, "https://"+host+"/fits"); p.Size != 1000 || len(p.Body) != 1000 {
		t.Errorf("as much as allowed: %d of %d", len(p.Body), p.Size)
	}
	for _, path := range []string{"more", "bomb"} {
		p := fetched(t, c, "https://"+host+"/"+path)
		sum := sha256.Sum256(p.Body)
		if len(p.Body) != 1000 || p.Size <= 1000 || p.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: %d of %d", path, len(p.Body), p.Size)
		}
	}
}

// An endless body ends at the limit, one that drips at the time-out.
func TestEndlessBodies(t *testing.T) {
	opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		chunk := []byte(strings.Repeat("x", 4096))
		if r.URL.Path == "/secret-drip" {
			chunk = []byte("x")
		}
		for {
			if _, err := w.Write(chunk); err != nil {
				return // the client has had enough
			}
			w.(http.Flusher).Flush()
			if len(chunk) > 1 {
				continue
			}
			select {
			case <-time.After(10 * time.Millisecond):
			case <-r.Context().Done():
				return
			}
		}
	})
	opt.Timeout = 500 * time.Millisecond
	c := client(t, opt)
	began := time.Now()
	if p := fetched(t, c, "https://"+host+"/endless"); len(p.Body) != 2<<20 || p.Size <= int64(len(p.Body)) {
		t.Errorf("%d of %d bytes", len(p.Body), p.Size)
	}
	for range 6 { // what a server says as the connection is closed is no end of the page
		refused(t, c, "https://"+host+"/secret-drip", takedown.Unavailable)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// A page is asked for in the language that is wanted.
func TestLanguages(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, r.Header.Get("Accept-Language")) } //nolint:gosec // no browser reads it
	c := client(t, site(t, echo))
	for _, language := range []string{"nl", "en"} {
		p, err := c.Fetch(t.Context(), "https://"+host+"/", language)
		if err != nil || string(p.Body) != language {
			t.Errorf("%s: %q, %v", language, p.Body, err)
		}
	}
}

// Connections leave from the address that was given.
func TestAnotherWayOut(t *testing.T) {
	opt := site(t, func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, r.RemoteAddr) }) //nolint:gosec // no browser reads it
	opt.From = netip.MustParseAddr("127.0.0.2")
	c := client(t, opt)
	for _, url := range []string{"https://" + host + "/", "http://plain.example/"} {
		if p := fetched(t, c, url); !strings.HasPrefix(string(p.Body), "127.0.0.2:") {
			t.Errorf("%s was asked from %s", url, p.Body)
		}
	}
	refused(t, c, "http://127.0.0.1/secret", takedown.Forbidden)
}

// A host is left alone between two connections, redirects included; another
// does not wait for it, and who waits too long gives up.
func TestHostsAreSpared(t *testing.T) {
	var mu sync.Mutex
	var asked []time.Time
	opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Host == host {
			asked = append(asked, time.Now())
		}
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/online", http.StatusFound)
		}
	})
	opt.Gap = 100 * time.Millisecond
	c := client(t, opt)
	began := time.Now()
	var work sync.WaitGroup
	for _, url := range []string{"https://" + host + "/moved", "https://" + host + "/a", "https://" + host + "/b", "http://plain.example/"} {
		work.Go(func() {
			if _, err := c.Fetch(context.Background(), url, "nl"); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if len(asked) != 4 {
		t.Fatalf("%d connections", len(asked))
	}
	slices.SortFunc(asked, time.Time.Compare)
	for n, at := range asked {
		if after := at.Sub(began); after < time.Duration(n)*opt.Gap {
			t.Errorf("connection %d came %s after the start", n, after)
		}
	}
	opt.Gap, opt.Timeout = time.Hour, 2*time.Second
	c = client(t, opt)
	fetched(t, c, "https://"+host+"/a")
	refused(t, c, "https://"+host+"/secret", takedown.Unavailable)
	fetched(t, c, "http://plain.example/")
}

func TestHugeHeaderIsRefused(t *testing.T) {
	c := client(t, site(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }))
	refused(t, c, "https://"+host+"/secret", takedown.Unavailable)
}

func TestSlowSite(t *testing.T) {
	over := make(chan struct{})
	opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			_, _ = fmt.Fprint(w, "half")
			w.(http.Flusher).Flush()
		}
		<-over
	})
	t.Cleanup(func() { close(over) }) // before the site closes
	opt.Timeout = 300 * time.Millisecond
	c := client(t, opt)
	refused(t, c, "https://"+host+"/secret", takedown.Unavailable)
	refused(t, c, "https://"+host+"/body", takedown.Unavailable)
}

func TestCutOffBodyIsNoResult(t *testing.T) {
	c := client(t, site(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = fmt.Fprint(w, "half")
	}))
	refused(t, c, "https://"+host+"/secret", takedown.Unavailable)
}

func TestCertificates(t *testing.T) {
	opt := site(t, func(http.ResponseWriter, *http.Request) {})
	opt.StandIns["other.invalid"] = opt.StandIns["Example.COM"]
	refused(t, client(t, opt), "https://other.invalid/secret", takedown.Unavailable) // another name than the certificate's
	late := opt
	late.HostNow = func() time.Time { return time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC) }
	refused(t, client(t, late), "https://"+host+"/secret", takedown.Unavailable)
	opt.CA = nil
	refused(t, client(t, opt), "https://"+host+"/secret", takedown.Unavailable)
}

func TestStandInsAreOnLoopback(t *testing.T) {
	for _, addr := range []string{"10.0.0.1:443", "127.0.0.1", "localhost:443", "8.8.8.8:443", "", "0.0.0.0:443"} {
		if _, err := fetch.New(fetch.Options{StandIns: map[string]string{"x.example": addr}}); takedown.KindOf(err) != takedown.Invalid {
			t.Errorf("%q: %v", addr, err)
		}
	}
}
