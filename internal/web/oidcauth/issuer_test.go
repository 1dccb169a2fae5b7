package oidcauth

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// noon is the host time of these tests.
var noon = time.Date(2027, 3, 22, 12, 0, 0, 0, time.UTC)

type object = map[string]any

// issuer is an OpenID Connect issuer on this machine, with one key at a time.
type issuer struct {
	t       *testing.T
	url     string
	down    atomic.Bool
	fetched atomic.Int64 // how often its keys were

	mu  sync.Mutex
	key *rsa.PrivateKey
	kid string
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{t: t}
	i.rotate("first")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.answer(w, object{"issuer": i.url, "jwks_uri": i.url + "/keys", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		i.fetched.Add(1)
		i.answer(w, object{"keys": []object{i.public()}})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	i.url = server.URL
	return i
}

func (i *issuer) answer(w http.ResponseWriter, v any) {
	if i.down.Load() {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		i.t.Error(err)
	}
}

// rotate replaces the key.
func (i *issuer) rotate(kid string) {
	i.t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		i.t.Fatal(err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.key, i.kid = key, kid
}

func (i *issuer) current() (*rsa.PrivateKey, string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.key, i.kid
}

func (i *issuer) public() object {
	key, kid := i.current()
	return object{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
		"n": encoded(key.N.Bytes()), "e": encoded(big.NewInt(int64(key.E)).Bytes()),
	}
}

func encoded(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// good is a token's claims that are in order.
func (i *issuer) good() object {
	return object{
		"iss": i.url, "aud": "takedown", "sub": "person-1", "iat": noon.Unix(), "exp": noon.Add(time.Hour).Unix(),
		"roles": []string{"specialist", "hr", "takedown-coordinator"},
	}
}

// token is a JWT of the issuer's own making.
func (i *issuer) token(claims object) string {
	key, kid := i.current()
	return signed(i.t, object{"alg": "RS256", "kid": kid, "typ": "JWT"}, claims, rs256(i.t, key))
}

func rs256(t *testing.T, key *rsa.PrivateKey) func([]byte) []byte {
	return func(text []byte) []byte {
		sum := sha256.Sum256(text)
		sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
}

// withPublicKey signs as somebody would who takes the public key for a shared
// secret, in the form that a library might hold it in.
func withPublicKey(t *testing.T, key *rsa.PrivateKey) func([]byte) []byte {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return func(text []byte) []byte {
		mac := hmac.New(sha256.New, der)
		mac.Write(text)
		return mac.Sum(nil)
	}
}

func signed(t *testing.T, header, claims object, sign func([]byte) []byte) string {
	t.Helper()
	h, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	c, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	text := encoded(h) + "." + encoded(c)
	return text + "." + encoded(sign([]byte(text)))
}
