package fetch_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/evidence/fetch"
)

// What is not fetched is said with its reason, and the reason says no address.
func TestEveryRefusalHasItsReason(t *testing.T) {
	opt := site(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			<-r.Context().Done()
		case "/cut":
			w.Header().Set("Content-Length", "1000")
			_, _ = fmt.Fprint(w, "cut off")
		default:
			to := r.URL.Query().Get("to")
			if to == "" {
				to = "/again"
			}
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		}
	})
	opt.Gap, opt.Timeout = time.Nanosecond, 500*time.Millisecond
	opt.StandIns["other.example"] = opt.StandIns["Example.COM"] // whose certificate is another's
	opt.Resolver = resolver(t, [4]byte{10, 0, 0, 7})
	c := client(t, opt)
	none := client(t, fetch.Options{HostNow: time.Now, Resolver: resolving(t, func() [][4]byte { return nil })})
	_, err := none.Fetch(t.Context(), "https://nowhere.example/", "nl")
	if got := casework.NotFetched(""); !errors.As(err, &got) || got != casework.NoSuchHost {
		t.Errorf("a name without an address: %v", err)
	}
	for url, want := range map[string]casework.NotFetched{
		"http://127.0.0.1/secret":                                   casework.RefusedAddress,
		"http://169.254.169.254/latest/meta-data":                   casework.RefusedAddress,
		"http://[64:ff9b::7f00:1]/":                                 casework.RefusedAddress,
		"http://[::ffff:10.0.0.1]/":                                 casework.RefusedAddress,
		"http://rebound.example/":                                   casework.RefusedAddress,
		"https://example.com/secret?to=http://10.0.0.1/":            casework.RefusedAddress,
		"http://8.8.8.8:22/":                                        casework.RefusedPort,
		"https://example.com:8443/":                                 casework.RefusedPort,
		"https://example.com/secret?to=https://plain.example:8443/": casework.RefusedPort,
		"https://example.com/secret?to=file:///etc/passwd":          casework.RefusedRedirect,
		"https://example.com/secret?to=/again":                      casework.TooManyMoves,
		"file:///etc/passwd":                                        casework.NoWebPage,
		"https://u:secret@example.com/":                             casework.NoWebPage,
		"https://example.com/slow":                                  casework.TooSlow,
		"https://example.com/cut":                                   casework.NoAnswer,
		"https://other.example/":                                    casework.BadCertificate,
	} {
		_, err := c.Fetch(t.Context(), url, "nl")
		var got casework.NotFetched
		if !errors.As(err, &got) || got != want {
			t.Errorf("%s: %q, %v; want %s", url, got, err, want)
		}
	}
}
