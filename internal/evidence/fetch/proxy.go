package fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"code.dny.dev/ssrf"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// errWayOut says that a proxy did not open the way: it tells nothing of the page.
var errWayOut = errors.New("the proxy opens no way out")

// maxProxyAnswer bounds what a proxy says before a connection stands.
const maxProxyAnswer = 16 << 10

// ParseProxy reads the address of a proxy through which pages are looked at from
// another country: http or https, a host with a port, and what to log in with, if
// anything. Errors are Invalid and hold none of it.
func ParseProxy(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.Port() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "a proxy is http:// or https:// with a host and a port, and nothing behind it")
	}
	return u, nil
}

// through connects to an address by way of the proxy (CONNECT, RFC 9110 §9.3.6).
// The name is resolved here and the guard sees its addresses, so that the proxy
// is asked for a public one alone; what the proxy's own address is, is its
// owner's choice.
func (c *Client) through(ctx context.Context, addr string) (net.Conn, error) {
	target, err := c.publicAddress(ctx, addr)
	if err != nil {
		return nil, err
	}
	return c.tunnel(ctx, target)
}

// publicAddress is the first address of a host that the guard lets through, IPv4
// before IPv6; the guard's refusal without.
func (c *Client) publicAddress(ctx context.Context, addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	resolver := c.resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	found := []netip.Addr{}
	if ip, err := netip.ParseAddr(host); err == nil {
		found = append(found, ip)
	} else if found, err = resolver.LookupNetIP(ctx, "ip", host); err != nil {
		return "", err
	}
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return a.Unmap().BitLen() - b.Unmap().BitLen() })
	refused := ssrf.ErrProhibitedIP
	for _, ip := range found {
		ip, network := ip.Unmap(), "tcp4"
		if ip.Is6() {
			network = "tcp6"
		}
		target := net.JoinHostPort(ip.String(), port)
		if refused = c.guard.Safe(network, target, nil); refused == nil {
			return target, nil
		}
	}
	return "", refused
}

// tunnel has the proxy connect to an address, which was looked at. It has less time
// than the fetch, so that a proxy that says nothing is known from a page that does.
func (c *Client) tunnel(ctx context.Context, target string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout*3/4)
	defer cancel()
	conn, err := (&net.Dialer{LocalAddr: c.from}).DialContext(ctx, "tcp", c.proxy.Host)
	if err != nil {
		return nil, errors.Join(errWayOut, err)
	}
	opened, err := c.connect(ctx, conn, target)
	if err != nil {
		return nil, errors.Join(errWayOut, err, conn.Close())
	}
	return opened, nil
}

func (c *Client) connect(ctx context.Context, conn net.Conn, target string) (net.Conn, error) {
	until, _ := ctx.Deadline() // tunnel sets one
	if err := conn.SetDeadline(until); err != nil {
		return nil, err
	}
	if c.proxy.Scheme == "https" {
		secure := tls.Client(conn, &tls.Config{ServerName: c.proxy.Hostname(), MinVersion: tls.VersionTLS12, Time: c.now, RootCAs: c.proxyCA, NextProtos: []string{"http/1.1"}})
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = secure
	}
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: target}, Host: target, Header: http.Header{}}
	if u := c.proxy.User; u != nil {
		password, _ := u.Password()
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	answer := bufio.NewReader(io.LimitReader(conn, maxProxyAnswer))
	resp, err := http.ReadResponse(answer, req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK || answer.Buffered() > 0 {
		return nil, errors.Join(errWayOut, conn.Close(), resp.Body.Close()) // the body would be read to its end
	}
	return conn, conn.SetDeadline(time.Time{})
}

// proxyTimeout bounds a fetch through a proxy: it comes on top of the one from
// here, in the request of a person who waits.
const proxyTimeout = 5 * time.Second

// Proxied gives a client for each proxy, else as the options say, and the proxies'
// hosts, without what they are logged in with.
func Proxied(opt Options, proxies []string) ([]casework.PageFetcher, []string, error) {
	var out []casework.PageFetcher
	var hosts []string
	for _, text := range proxies {
		var err error
		if opt.Proxy, err = ParseProxy(text); err != nil {
			return nil, nil, err
		}
		if opt.Timeout == 0 {
			opt.Timeout = proxyTimeout
		}
		client, err := New(opt)
		if err != nil {
			return nil, nil, err
		}
		out, hosts = append(out, client), append(hosts, opt.Proxy.Host)
	}
	return out, hosts, nil
}
