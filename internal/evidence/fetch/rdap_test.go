package fetch_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/evidence/fetch"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	domainAnswer = `{"objectClassName":"domain","ldhName":"forum.example","entities":[
		{"objectClassName":"entity","handle":"R1","roles":["registrar"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","Voorbeeldregistrar\u0007 B.V."]]],
		 "entities":[{"objectClassName":"entity","roles":["abuse"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","Abuse"],["email",{},"text","abuse@registrar.example"],["tel",{"type":"voice"},"uri","tel:+31.200000000"]]]}]}]}`
	networkAnswer = `{"objectClassName":"ip network","name":"NET-VOORBEELD","entities":[
		{"objectClassName":"entity","handle":"H1","roles":["registrant"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","Voorbeeldhost B.V."]]]},
		{"objectClassName":"entity","handle":"H2","roles":["abuse"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","Abuse"],["email",{},"text","abuse@host.example"]]]}]}`
)

// registry is IANA's list and the registries on loopback, under names of their
// own: forum.example is registered, and lies at an address of 8.8.8.0/24.
func registry(t *testing.T, h http.HandlerFunc) *fetch.Registries {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/rdap/dns.json":
			_, _ = io.WriteString(w, `{"version":"1.0","services":[[["example"],["https://dns.example.com/"]],[["test"],["http://plain.example.com/"]]]}`)
		case "/rdap/ipv4.json":
			_, _ = io.WriteString(w, `{"version":"1.0","services":[[["8.0.0.0/8"],["https://ip.example.com/"]]]}`)
		default:
			h(w, r)
		}
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.TLS = servedAs(t, "data.iana.org", "dns.example.com", "ip.example.com", "rdap.sidn.nl")
	s.StartTLS()
	t.Cleanup(s.Close)
	ca := x509.NewCertPool()
	ca.AddCert(s.Certificate())
	opt := fetch.Options{StandIns: map[string]string{}, CA: ca, HostNow: time.Now, Timeout: 2 * time.Second, Resolver: resolver(t, [4]byte{8, 8, 8, 8})}
	for _, name := range []string{"data.iana.org", "dns.example.com", "ip.example.com", "plain.example.com", "rdap.sidn.nl"} {
		opt.StandIns[name] = s.Listener.Addr().String()
	}
	return client(t, opt).Registries()
}

// servedAs is a certificate for names.
func servedAs(t *testing.T, names ...string) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: names, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func answers(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/rdap+json")
	switch {
	case strings.HasPrefix(r.URL.Path, "/domain/"):
		_, _ = io.WriteString(w, domainAnswer)
	case strings.HasPrefix(r.URL.Path, "/ip/"):
		_, _ = io.WriteString(w, networkAnswer)
	default:
		http.NotFound(w, r)
	}
}

func TestWhoHoldsAHost(t *testing.T) {
	var asked []string
	r := registry(t, func(w http.ResponseWriter, req *http.Request) {
		asked = append(asked, req.Host+req.URL.Path)
		answers(w, req)
	})
	hoster := casework.Holder{Role: "hoster", Name: "Voorbeeldhost B.V.", Mailbox: "abuse@host.example", Registry: "https://ip.example.com/ip/8.8.8.8"}
	registrar := casework.Holder{Role: "registrar", Name: "Voorbeeldregistrar B.V.", Mailbox: "abuse@registrar.example", Phone: "+31.200000000", Registry: "https://dns.example.com/domain/forum.example"}
	for host, want := range map[string][]casework.Holder{
		"www.forum.example": {hoster, registrar}, "8.8.8.8": {hoster},
	} {
		got, err := r.Holders(t.Context(), host)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", host, err, diff)
		}
	}
	if got, err := r.Holders(t.Context(), "forum.nl"); err != nil || len(got) != 2 { // IANA's list lacks it here
		t.Errorf("a .nl name: %v, %v", got, err)
	}
	for _, a := range asked {
		if strings.Contains(a, "www") {
			t.Errorf("a registry is told the host: %s", a)
		}
	}
}

func TestARegistryIsAskedBehindTheGuardAlone(t *testing.T) {
	long := strings.Repeat("x", 2<<20)
	for name, h := range map[string]http.HandlerFunc{
		"nothing":        http.NotFound,
		"no JSON":        func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"something else": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"objectClassName":"entity"}`) },
		"an endless answer": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"objectClassName":"domain","handle":%q}`, long)
		},
		"a deep answer": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat(`{"entities":[`, 20000))
		},
		"a slow answer": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "{")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"a private address": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://127.0.0.1/x", http.StatusFound)
		},
		"metadata": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://169.254.169.254/x", http.StatusFound)
		},
		"another port": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://8.8.8.8:22/x", http.StatusFound)
		},
		"in the clear": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://plain.example.com/x", http.StatusFound)
		},
		"a file": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		},
		"round and round": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, //nolint:gosec // round and round is what is tested
		"names no registrar": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"objectClassName":"domain","entities":[{"roles":["registrant"]}]}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := registry(t, h)
			got, err := r.Holders(t.Context(), "forum.example")
			if len(got) != 0 || err == nil {
				t.Fatalf("found %v, %v", got, err)
			}
			if k := takedown.KindOf(err); k != takedown.Unavailable && k != takedown.Forbidden {
				t.Errorf("kind %s: %v", k, err)
			}
			if strings.Contains(err.Error(), "forum") || strings.Contains(err.Error(), "8.8.8") {
				t.Errorf("the error says which host: %v", err)
			}
		})
	}
}

func TestAHostAtAPrivateAddressHasNoHoster(t *testing.T) {
	r := registry(t, func(w http.ResponseWriter, req *http.Request) {
		if strings.HasPrefix(req.URL.Path, "/ip/") {
			t.Errorf("a registry is asked about %s", req.URL.Path)
		}
		answers(w, req)
	})
	for _, host := range []string{"10.0.0.1", "127.0.0.1", "::1"} {
		if got, err := r.Holders(t.Context(), host); err == nil {
			t.Errorf("%s: %v", host, got)
		}
	}
}
