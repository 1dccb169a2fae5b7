package fetch_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/ontdox/takedown/internal/evidence/fetch"
	"github.com/ontdox/takedown/internal/takedown"
)

// resolver answers every name with one address.
func resolver(t *testing.T, to [4]byte) *net.Resolver {
	t.Helper()
	return resolving(t, func() [][4]byte { return [][4]byte{to} })
}

// resolving answers each question for an IPv4 address anew.
func resolving(t *testing.T, to func() [][4]byte) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return // closed
			}
			if reply := answer(buf[:n], to); reply != nil {
				_, _ = conn.WriteTo(reply, from) // the client asks again
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func answer(query []byte, to func() [][4]byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	if q.Type == dnsmessage.TypeA {
		for _, a := range to() {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}, Body: &dnsmessage.AResource{A: a},
			})
		}
	}
	reply, err := m.Pack()
	if err != nil {
		return nil
	}
	return reply
}

func TestNameOfAPrivateAddressIsRefused(t *testing.T) {
	for _, to := range [][4]byte{{127, 0, 0, 1}, {10, 0, 0, 7}, {169, 254, 169, 254}, {192, 168, 0, 1}} {
		c := client(t, fetch.Options{HostNow: time.Now, Resolver: resolver(t, to)})
		refused(t, c, "https://innocent.example/secret", takedown.Forbidden)
		refused(t, c, "http://innocent.example/secret", takedown.Forbidden)
	}
}

// A name that is public when it is looked up and private when it is connected
// to, or both at once, leads nowhere private: what counts is the address that
// is dialled.
func TestARebindingNameIsRefused(t *testing.T) {
	private := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private server was asked") }))
	t.Cleanup(private.Close)
	answers := make(chan [4]byte, 8)
	for range 4 {
		answers <- [4]byte{192, 0, 2, 1} // looks like any, and is nobody's
		answers <- [4]byte{127, 0, 0, 1}
	}
	c := client(t, fetch.Options{HostNow: time.Now, Resolver: resolving(t, func() [][4]byte { return [][4]byte{<-answers} }), Gap: time.Millisecond})
	for range 4 { // the 192.0.2.0/24 of documentation is refused as well
		refused(t, c, "http://rebinding.example/secret", takedown.Forbidden)
	}
	both := func() [][4]byte { return [][4]byte{{127, 0, 0, 1}, {10, 0, 0, 7}} }
	c = client(t, fetch.Options{HostNow: time.Now, Resolver: resolving(t, both)})
	refused(t, c, "http://both.example/secret", takedown.Forbidden)
}

// TestStandInsOpenNothingElse: with stand-ins, every other name still goes
// through DNS and the guard.
func TestStandInsOpenNothingElse(t *testing.T) {
	opt := site(t, func(http.ResponseWriter, *http.Request) {})
	opt.Resolver = resolver(t, [4]byte{127, 0, 0, 1})
	c := client(t, opt)
	refused(t, c, "https://sub.example.com/secret", takedown.Forbidden)
	refused(t, c, "http://elsewhere.example/secret", takedown.Forbidden)
}
