package fetch_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// silent accepts connections and never says a word. What it gives says of each
// connection how it ended: nil, or that it stayed open.
func silent(t *testing.T) (addr string, ended <-chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	out := make(chan error, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			_, err = io.Copy(io.Discard, conn)
			var timeout net.Error
			if !errors.As(err, &timeout) || !timeout.Timeout() {
				err = nil // hung up, one way or the other
			}
			out <- errors.Join(err, conn.Close())
		}
	}()
	return l.Addr().String(), out
}

// Whoever accepts a connection and then says nothing holds it no longer than a
// fetch takes; and a silent proxy says nothing of the page.
func TestASilentServerHoldsNoConnection(t *testing.T) {
	none := func(http.ResponseWriter, *http.Request) {}
	for name, want := range map[string]casework.NotFetched{"server": casework.TooSlow, "http": casework.NoWayOut, "https": casework.NoWayOut} {
		addr, ended := silent(t)
		opt := site(t, none)
		opt.Timeout = 300 * time.Millisecond
		if name == "server" {
			opt.StandIns["silent.example"] = addr
		} else {
			opt.Proxy = &url.URL{Scheme: name, Host: addr}
			opt.StandIns["silent.example"] = opt.StandIns["Example.COM"]
		}
		_, err := client(t, opt).Fetch(t.Context(), "https://silent.example/", "nl")
		if why := casework.NotFetched(""); !errors.As(err, &why) || why != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
		if err := <-ended; err != nil {
			t.Errorf("%s: the connection stayed open: %v", name, err)
		}
	}
}
