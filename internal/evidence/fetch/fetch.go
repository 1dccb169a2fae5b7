// Package fetch is the one client that reads foreign pages, behind a guard
// against private addresses, with limits on size and time.
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
	"time"

	"code.dny.dev/ssrf"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

var _ casework.PageFetcher = (*Client)(nil)

const (
	maxPage      = 5 << 20
	maxTime      = 30 * time.Second
	maxRedirects = 5
	userAgent    = "takedown-verify/1 (checks whether a page is gone)"
)

// Options of the client. StandIns map host names to loopback addresses,
// consulted before DNS; only together with a simulated clock.
type Options struct {
	StandIns map[string]string
	CA       *x509.CertPool
	HostNow  func() time.Time
}

// Client fetches pages. Safe for concurrent use.
type Client struct{ http *http.Client }

// New builds the client. A stand-in that is not on loopback is refused.
func New(o Options) (*Client, error) {
	for host, addr := range o.StandIns {
		ap, err := netip.ParseAddrPort(addr)
		if err != nil || !ap.Addr().IsLoopback() {
			return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the stand-in for %s is not a loopback address with a port", host)
		}
	}
	guarded := &net.Dialer{Timeout: 10 * time.Second, Control: ssrf.New().Safe}
	plain := &net.Dialer{Timeout: 10 * time.Second}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(addr)
			if err != nil {
				return nil, err
			}
			if to, ok := o.StandIns[host]; ok {
				return plain.DialContext(ctx, network, to)
			}
			return guarded.DialContext(ctx, network, addr)
		},
		TLSClientConfig:        &tls.Config{RootCAs: o.CA, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  20 * time.Second,
		DisableKeepAlives:      true, // one look, one connection: nothing is remembered between looks
		MaxResponseHeaderBytes: 64 << 10,
	}
	return &Client{&http.Client{Transport: transport, Timeout: maxTime, CheckRedirect: redirects}}, nil
}

func redirects(r *http.Request, via []*http.Request) error {
	if len(via) >= maxRedirects {
		return errors.New("too many redirects")
	}
	if r.URL.Scheme != "https" && r.URL.Scheme != "http" {
		return errors.New("a redirect to another scheme")
	}
	return nil
}

// Fetch gets a URL once. An error means that we could not find out.
func (c *Client) Fetch(ctx context.Context, url string) (casework.FetchedPage, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return casework.FetchedPage{}, unknown(err)
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "text/html,*/*")
	resp, err := c.http.Do(req)
	if err != nil {
		return casework.FetchedPage{}, unknown(err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return casework.FetchedPage{}, unknown(err)
	}
	sum := sha256.Sum256(body)
	return casework.FetchedPage{
		Status: resp.StatusCode, FinalURL: resp.Request.URL.String(), SHA256: hex.EncodeToString(sum[:]), Size: int64(len(body)), Body: body,
	}, nil
}

// unknown keeps the URL out of the message: it may carry private data.
func unknown(err error) error {
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "the page could not be read", Err: scrubbed(err)}
}

// scrubbed drops the URL that the library puts into its errors.
func scrubbed(err error) error {
	var u interface{ Unwrap() error }
	if errors.As(err, &u) && u.Unwrap() != nil {
		return u.Unwrap()
	}
	return errors.New("could not be read")
}
