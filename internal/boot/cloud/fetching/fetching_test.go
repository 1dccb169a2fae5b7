package fetching

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/boot/cloud"
)

var simulated = cloud.Config{SimulatedFrom: time.Date(2027, 3, 22, 8, 0, 0, 0, time.UTC)}

// site is a loopback server that stands in for a host, and a file that says so.
func site(t *testing.T, host string) (file string) {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "page") }))
	t.Cleanup(server.Close)
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	return written(t, map[string]any{"hosts": map[string]string{host: server.Listener.Addr().String()}, "ca": ca})
}

func written(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "standins.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func environment(file string) *cloud.Environment {
	return cloud.NewEnvironment(func(name string) string {
		if name == StandIns {
			return file
		}
		return ""
	})
}

func TestStandInsAreFetched(t *testing.T) {
	e := environment(site(t, "example.com")) // the certificate's own name
	add := Part().Read(e, simulated)
	if err := e.Err(); err != nil {
		t.Fatal(err)
	}
	b := &cloud.Build{Notes: map[string]string{}}
	if err := add(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if b.Deps.Registries == nil {
		t.Error("it asks no registry")
	}
	page, err := b.Deps.Pages.Fetch(t.Context(), "https://example.com/", "nl")
	if err != nil || string(page.Body) != "page" || b.Notes["fetchStandIns"] != "[example.com]" {
		t.Errorf("got %+v, %v, notes %v", page, err, b.Notes)
	}
}

func TestStandInsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		cfg  cloud.Config
		says string
	}{
		"on the system's clock": {site(t, "example.com"), cloud.Config{}, "only together with a simulated clock"},
		"no file":               {"/nowhere", simulated, "cannot be read"},
		"no CA":                 {written(t, map[string]any{"hosts": map[string]string{}}), simulated, "has a CA that cannot be read"},
	} {
		e := environment(c.file)
		Part().Read(e, c.cfg)
		if err := e.Err(); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A proxy is another way out; its log-in stands in no note.
func TestProxiesAreFurtherWaysOut(t *testing.T) {
	for value, want := range map[string]struct {
		ways int
		note string
		says string
	}{
		"": {},
		"https://desk:secret@a.example:443,http://b.example:8080": {2, "[a.example:443 b.example:8080]", ""},
		"socks5://c.example:1080":                                 {says: Proxies},
	} {
		e := cloud.NewEnvironment(func(name string) string {
			if name == Proxies {
				return value
			}
			return ""
		})
		add := Part().Read(e, simulated)
		if err := e.Err(); (err != nil) != (want.says != "") || (err != nil && !strings.Contains(err.Error(), want.says)) {
			t.Errorf("%q: %v", value, err)
		}
		if want.says != "" {
			continue
		}
		b := &cloud.Build{Notes: map[string]string{}}
		if err := add(t.Context(), b); err != nil || len(b.Deps.Abroad) != want.ways || b.Notes["fetchProxies"] != want.note {
			t.Errorf("%q: %v, %d ways, notes %v", value, err, len(b.Deps.Abroad), b.Notes)
		}
	}
}

func TestItIsNarrow(t *testing.T) {
	if !Part().Narrow {
		t.Error("what meets hostile pages has more than its jobs")
	}
}
