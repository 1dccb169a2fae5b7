// Package fetch is the one client that fetches foreign pages. It runs no
// scripts, keeps no cookies, says nothing of where it comes from, and connects
// to public addresses alone, whatever a name resolves to or a page redirects
// to.
package fetch

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"code.dny.dev/ssrf"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// userAgent names the program, not the organisation that runs it.
const userAgent = "Mozilla/5.0 (compatible; takedown-verify/1.0)"

const maxRedirects = 5

// Options bound the client.
type Options struct {
	// StandIns maps host names to loopback addresses with a port ("127.0.0.1:8443"),
	// looked up before DNS. For demo and stories alone: whoever builds the client
	// accepts them only together with a simulated clock.
	StandIns map[string]string
	// CA are the authorities of the stand-ins, trusted for no other host.
	CA *x509.CertPool
	// HostNow is real time, for certificates and the gaps.
	HostNow func() time.Time
	// MaxBytes is how much of a page is read, after decompression (2 MiB).
	MaxBytes int64
	// Timeout bounds a whole fetch, redirects included (12 s: two languages fit
	// into the request of a person who waits).
	Timeout time.Duration
	// Resolver replaces the system's.
	Resolver *net.Resolver
	// From is the own address that connections leave from, for a machine that
	// is also reached through another country; the system's choice without.
	From netip.Addr
	// Proxy is another way out, in another country (see ParseProxy); nil without.
	// ProxyCA are the authorities of an https one, the system's without.
	Proxy   *url.URL
	ProxyCA *x509.CertPool
	// Gap is how long a host is left alone between two connections (500 ms;
	// none for stand-ins, unless it is set).
	Gap time.Duration
}

// Client fetches pages. It is safe for concurrent use.
type Client struct {
	http     *http.Client
	max      int64
	timeout  time.Duration
	guard    *ssrf.Guardian
	resolver *net.Resolver
	standIns map[string]string
	ca       *x509.CertPool
	now      func() time.Time
	from     net.Addr
	proxy    *url.URL
	proxyCA  *x509.CertPool
	pace     *pacer
	paceAll  bool
}

var _ casework.PageFetcher = (*Client)(nil)

// New builds the client; Invalid if a stand-in is not on loopback.
func New(opt Options) (*Client, error) {
	c := &Client{
		max: opt.MaxBytes, timeout: opt.Timeout, resolver: opt.Resolver, standIns: map[string]string{}, ca: opt.CA, now: opt.HostNow,
		proxy: opt.Proxy, proxyCA: opt.ProxyCA,
		guard: ssrf.New(), // ports 80 and 443, no special-purpose network of IANA's
	}
	if c.max <= 0 {
		c.max = 2 << 20
	}
	if c.timeout <= 0 {
		c.timeout = 12 * time.Second
	}
	if opt.From.IsValid() {
		c.from = net.TCPAddrFromAddrPort(netip.AddrPortFrom(opt.From, 0))
	}
	c.pace, c.paceAll = newPacer(opt.Gap, opt.HostNow), opt.Gap > 0
	for host, addr := range opt.StandIns {
		at, err := netip.ParseAddrPort(addr)
		if err != nil || !at.Addr().IsLoopback() {
			return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the stand-in of %s is not a loopback address with a port", host)
		}
		c.standIns[canonical(host)] = addr
	}
	c.http = &http.Client{
		CheckRedirect: redirect,
		Transport: &http.Transport{
			Proxy: nil, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
			DialContext: c.dial, DialTLSContext: c.dialTLS,
		},
	}
	return c, nil
}

// Fetch gets a URL once, as a reader of a language ("nl", "en") who is logged in
// nowhere, following up to five redirects. What the server
// answers is a result, whatever its status; of a longer body the first part is
// read, and Size is then larger than Body. Errors are Invalid (no URL of a web
// page), Forbidden (a private address, another port) and Unavailable (no
// answer), each wrapping a casework.NotFetched, and none of them holds the URL or
// the host: both may be sealed.
func (c *Client) Fetch(ctx context.Context, location, language string) (casework.FetchedPage, error) {
	u, err := url.Parse(location)
	if err != nil || !webPage(u) {
		return casework.FetchedPage{}, because(casework.NoWebPage, takedown.Invalid, "this is no URL of a web page")
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return casework.FetchedPage{}, because(casework.NoWebPage, takedown.Invalid, "this is no URL of a web page")
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.5")
	req.Header.Set("Accept-Language", language)
	resp, err := c.http.Do(req)
	if err != nil {
		return casework.FetchedPage{}, failed(err)
	}
	defer func() { _ = resp.Body.Close() }() // only read
	return c.read(ctx, resp)
}

func (c *Client) read(ctx context.Context, resp *http.Response) (casework.FetchedPage, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.max+1))
	if err == nil {
		err = ctx.Err() // a server that hears us hang up may yet call it the end
	}
	if err != nil {
		return casework.FetchedPage{}, failed(err)
	}
	page := casework.FetchedPage{Status: resp.StatusCode, FinalURL: resp.Request.URL.String(), Size: int64(len(body))}
	page.Body = body[:min(int64(len(body)), c.max)]
	sum := sha256.Sum256(page.Body)
	page.SHA256 = hex.EncodeToString(sum[:])
	return page, nil
}

// webPage refuses other schemes and names or passwords in a URL.
func webPage(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

// redirect is asked before each one is followed. The page that we came from is
// nobody's business.
func redirect(req *http.Request, via []*http.Request) error {
	req.Header.Del("Referer")
	if len(via) > maxRedirects {
		return errRedirects
	}
	if !webPage(req.URL) {
		return errScheme
	}
	return nil
}

var (
	errRedirects = errors.New("too many redirects")
	errScheme    = errors.New("a redirect to what is no web page")
	errPort      = errors.New("a port that is not allowed")
)

// dial connects to a stand-in, or to a public address: the guard sees every
// address that is really dialled, after DNS. It has a time of its own, because the
// library goes on dialling for a fetch that was given up: whoever accepts and then
// says nothing would hold the connection for ever.
func (c *Client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	standIn, ok := c.standIns[canonical(host)]
	if !ok || c.paceAll {
		if err := c.pace.wait(ctx, canonical(host)); err != nil {
			return nil, err
		}
	}
	if !ok && c.proxy != nil {
		return c.through(ctx, addr)
	}
	if !ok {
		d := &net.Dialer{Control: c.guard.Safe, Resolver: c.resolver, LocalAddr: c.from}
		return d.DialContext(ctx, network, addr)
	}
	if port != "80" && port != "443" { // as everywhere else
		return nil, errPort
	}
	if c.proxy != nil {
		return c.tunnel(ctx, standIn)
	}
	return (&net.Dialer{LocalAddr: c.from}).DialContext(ctx, network, standIn)
}

func (c *Client) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	conn, err := c.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{ServerName: strings.TrimSuffix(host, "."), MinVersion: tls.VersionTLS12, Time: c.now, NextProtos: []string{"http/1.1"}}
	if _, ok := c.standIns[canonical(host)]; ok {
		config.RootCAs = c.ca
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil { // at the end of ctx it hangs up
		return nil, errors.Join(err, conn.Close())
	}
	return secure, nil
}

// canonical is how host names are compared.
func canonical(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// failed says why nothing was found out, without the words of the library:
// they quote the URL, the host and its address.
func failed(err error) error {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var timeout interface{ Timeout() bool }
	var long *http.MaxBytesError
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork):
		return because(casework.RefusedAddress, takedown.Forbidden, "the page leads to a private address: it is not fetched")
	case errors.Is(err, ssrf.ErrProhibitedPort), errors.Is(err, errPort):
		return because(casework.RefusedPort, takedown.Forbidden, "the page leads to another port than a web page's: it is not fetched")
	case errors.Is(err, errWayOut):
		return because(casework.NoWayOut, takedown.Unavailable, "the proxy opens no way out")
	case errors.Is(err, errScheme):
		return because(casework.RefusedRedirect, takedown.Forbidden, "the page redirects to what is no web page")
	case errors.As(err, &long):
		return because(casework.NoAnswer, takedown.Unavailable, "the registry's answer is too long")
	case errors.Is(err, errRedirects):
		return because(casework.TooManyMoves, takedown.Unavailable, "the page redirects too often")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return because(casework.TooSlow, takedown.Unavailable, "the page did not answer in time")
	case errors.As(err, &dns):
		return because(casework.NoSuchHost, takedown.Unavailable, "the page's host name does not resolve")
	case errors.As(err, &cert):
		return because(casework.BadCertificate, takedown.Unavailable, "the page's certificate does not hold")
	}
	return because(casework.NoAnswer, takedown.Unavailable, "the page did not answer")
}

func because(why casework.NotFetched, kind takedown.Kind, message string) error {
	name := takedown.NameUnavailable
	switch kind {
	case takedown.Forbidden:
		name = takedown.NameForbidden
	case takedown.Invalid:
		name = takedown.NameInvalidInput
	}
	return &takedown.Error{Kind: kind, Name: name, Message: message, Err: why}
}

func unavailable(message string) error {
	return takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "%s", message)
}
