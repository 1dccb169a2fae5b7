package fetch_test

import (
	"bufio"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/evidence/fetch"
	"github.com/ontdox/takedown/internal/takedown"
)

// proxy is a proxy that connects to whatever it is asked for, and notes it.
type proxy struct {
	mu    sync.Mutex
	asked []string
	login string
	says  string // in the place of a connection
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Method+" "+r.Host)
	p.login = r.Header.Get("Proxy-Authorization")
	says := p.says
	p.mu.Unlock()
	conn, rest, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	if says != "" {
		_, _ = io.WriteString(conn, says)
		_, _ = rest.ReadByte() // until the client has had enough
		return
	}
	there, err := net.Dial("tcp", r.Host) // #nosec G704 -- this is the proxy of a test
	if err != nil {
		return
	}
	defer func() { _ = there.Close() }()
	_, _ = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() { _, _ = io.Copy(there, rest) }()
	_, _ = io.Copy(conn, bufio.NewReader(there))
}

// wayOut leads a site's options through a proxy.
func wayOut(t *testing.T, opt fetch.Options, p *proxy, secure bool) fetch.Options {
	t.Helper()
	server := httptest.NewUnstartedServer(p)
	scheme := "http"
	if secure {
		server.StartTLS()
		opt.ProxyCA = x509.NewCertPool()
		opt.ProxyCA.AddCert(server.Certificate())
		scheme = "https"
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	var err error
	if opt.Proxy, err = fetch.ParseProxy(scheme + "://desk:word@" + server.Listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	return opt
}

// Pages are looked at by way of a proxy, which is told an address and no name, and
// reads nothing of a page that comes over TLS.
func TestPagesAreFetchedThroughAProxy(t *testing.T) {
	for _, secure := range []bool{false, true} {
		opt := site(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/moved" {
				http.Redirect(w, r, "https://example.com/online", http.StatusFound)
				return
			}
			_, _ = fmt.Fprint(w, "online")
		})
		p := &proxy{}
		c := client(t, wayOut(t, opt, p, secure))
		for _, url := range []string{"https://" + host + "/moved", "http://plain.example/x"} {
			if page := fetched(t, c, url); string(page.Body) != "online" {
				t.Errorf("%s: %+v", url, page)
			}
		}
		want := []string{"CONNECT " + opt.StandIns["Example.COM"], "CONNECT " + opt.StandIns["Example.COM"], "CONNECT " + opt.StandIns["plain.example"]}
		if !slices.Equal(p.asked, want) || p.login != "Basic ZGVzazp3b3Jk" {
			t.Errorf("asked for %q as %q", p.asked, p.login)
		}
	}
}

// A proxy is asked for public addresses alone: the name is resolved here, and what
// is refused without a proxy is refused with one.
func TestAProxyIsAskedForNothingPrivate(t *testing.T) {
	opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusFound) // #nosec G710 -- a site of a test
	})
	opt.Resolver = resolver(t, [4]byte{169, 254, 169, 254})
	p := &proxy{}
	c := client(t, wayOut(t, opt, p, false))
	for _, target := range []string{
		"http://127.0.0.1/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/",
		"http://8.8.8.8:22/", "http://innocent.example/",
	} {
		refused(t, c, target, takedown.Forbidden)
	}
	if len(p.asked) != 0 {
		t.Errorf("asked for %q", p.asked)
	}
	refused(t, c, "https://"+host+"/secret?to=http://10.0.0.1/", takedown.Forbidden)
	if len(p.asked) != 1 {
		t.Errorf("asked for %q", p.asked)
	}
}

// A proxy that opens no way says nothing of the page.
func TestAProxyThatOpensNoWay(t *testing.T) {
	opt := site(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "online") })
	opt.Timeout = time.Second
	p := &proxy{}
	c := client(t, wayOut(t, opt, p, false))
	for _, says := range []string{
		"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "HTTP/1.1 502 secret host example.com\r\nContent-Length: 0\r\n\r\n", "SSH-2.0-x\r\n",
		"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 100) + "\r\n",
	} {
		p.mu.Lock()
		p.says = says
		p.mu.Unlock()
		_, err := c.Fetch(t.Context(), "https://"+host+"/", "nl")
		var why casework.NotFetched
		if !errors.As(err, &why) || why != casework.NoWayOut || strings.Contains(err.Error(), "secret") {
			t.Errorf("%.30q: %v", says, err)
		}
	}
}

func TestWhatIsNoProxyIsRefused(t *testing.T) {
	for _, text := range []string{"", "x", "socks5://h.example:1080", "http://h.example", "https://:443", "http://h.example:80/path", "http://h.example:80?x", "http://u:secret@h.example"} {
		if _, err := fetch.ParseProxy(text); takedown.KindOf(err) != takedown.Invalid || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", text, err)
		}
	}
	clients, hosts, err := fetch.Proxied(fetch.Options{HostNow: time.Now}, []string{"http://u:secret@a.example:8080", "https://b.example:443"})
	if err != nil || len(clients) != 2 || !slices.Equal(hosts, []string{"a.example:8080", "b.example:443"}) {
		t.Errorf("%d, %q, %v", len(clients), hosts, err)
	}
}
