package oidcauth

import (
	"maps"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

func verifier(t *testing.T, i *issuer) *Verifier {
	t.Helper()
	v, err := New(Options{Issuer: i.url, Audience: "takedown", RoleClaim: "roles", HostNow: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAGoodTokenIsAPersonWithRoles(t *testing.T) {
	i := newIssuer(t)
	v := verifier(t, i)
	for range 3 {
		who, err := v.Principal(t.Context(), i.token(i.good()))
		want := takedown.Principal{ID: "person-1", Roles: []takedown.Role{takedown.Specialist, takedown.Coordinator}}
		if err != nil || !reflect.DeepEqual(who, want) {
			t.Fatalf("got %+v, %v; want %+v", who, err, want)
		}
	}
	if n := i.fetched.Load(); n != 1 {
		t.Errorf("the keys were fetched %d times for three tokens", n)
	}
}

// claims are the good ones with changes; nil takes one away.
func (i *issuer) claims(change object) object {
	c := i.good()
	maps.Copy(c, change)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func TestRoles(t *testing.T) {
	i := newIssuer(t)
	v := verifier(t, i)
	for name, c := range map[string]struct {
		claim any
		want  []takedown.Role
	}{
		"one":             {"auditor", []takedown.Role{takedown.Auditor}},
		"by spaces":       {"auditor liaison", []takedown.Role{takedown.Liaison, takedown.Auditor}},
		"a list":          {[]string{"takedown-legal_adviser"}, []takedown.Role{takedown.LegalAdviser}},
		"the system":      {[]string{"system", "takedown-system"}, nil},
		"others only":     {[]string{"administrators"}, nil},
		"other case":      {[]string{"Specialist"}, nil},
		"an object":       {object{"specialist": true}, nil},
		"a list of lists": {[]any{[]string{"specialist"}}, nil},
		"none":            {nil, nil},
	} {
		who, err := v.Principal(t.Context(), i.token(i.claims(object{"roles": c.claim})))
		if c.want == nil {
			if takedown.KindOf(err) != takedown.Forbidden || !strings.Contains(err.Error(), `"roles"`) {
				t.Errorf("%s: got %+v, %v", name, who, err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(who.Roles, c.want) {
			t.Errorf("%s: got %v, %v; want %v", name, who.Roles, err, c.want)
		}
	}
}

func TestAudienceIsOursOrTheClientIs(t *testing.T) {
	i := newIssuer(t)
	v := verifier(t, i)
	for name, c := range map[string]struct {
		change object
		good   bool
	}{
		"one of several":              {object{"aud": []string{"other", "takedown"}}, true},
		"Cognito's access token":      {object{"aud": nil, "client_id": "takedown"}, true},
		"another":                     {object{"aud": "other"}, false},
		"another's of our client":     {object{"aud": "other", "client_id": "takedown"}, false},
		"another client":              {object{"aud": nil, "client_id": "other"}, false},
		"neither":                     {object{"aud": nil}, false},
		"a client that is no text":    {object{"aud": nil, "client_id": []string{"takedown"}}, false},
		"the beginning of ours alone": {object{"aud": "take"}, false},
	} {
		_, err := v.Principal(t.Context(), i.token(i.claims(c.change)))
		if c.good != (err == nil) || (err != nil && takedown.KindOf(err) != takedown.Unauthorized) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestWhatIsNoGoodTokenIsRefused(t *testing.T) {
	i := newIssuer(t)
	other := newIssuer(t)
	v := verifier(t, i)
	if _, err := v.Principal(t.Context(), i.token(i.good())); err != nil { // the keys are known
		t.Fatal(err)
	}
	key, kid := i.current()
	foreign, _ := other.current()
	good := i.token(i.good())
	header, rest, _ := strings.Cut(good, ".")
	_, sig, _ := strings.Cut(rest, ".")
	altered := i.good()
	altered["roles"] = []string{"coordinator"}
	_, body, _ := strings.Cut(i.token(altered), ".")
	body, _, _ = strings.Cut(body, ".")
	none := func([]byte) []byte { return nil }
	for name, token := range map[string]string{
		"expired":                     i.token(i.claims(object{"exp": noon.Add(-time.Second).Unix()})),
		"without an end":              i.token(i.claims(object{"exp": nil})),
		"not yet":                     i.token(i.claims(object{"nbf": noon.Add(time.Hour).Unix()})),
		"wrong issuer":                i.token(i.claims(object{"iss": other.url})),
		"issuer with a slash":         i.token(i.claims(object{"iss": i.url + "/"})),
		"no issuer":                   i.token(i.claims(object{"iss": nil})),
		"another's key":               signed(t, object{"alg": "RS256", "kid": kid}, i.good(), rs256(t, foreign)),
		"another's key without a kid": signed(t, object{"alg": "RS256"}, i.good(), rs256(t, foreign)),
		"an unknown kid":              signed(t, object{"alg": "RS256", "kid": "unknown"}, i.good(), rs256(t, key)),
		"alg none":                    signed(t, object{"alg": "none"}, i.good(), none),
		"alg None":                    signed(t, object{"alg": "None", "kid": kid}, i.good(), none),
		"no alg":                      signed(t, object{"kid": kid}, i.good(), rs256(t, key)),
		"HS256 with the public key":   signed(t, object{"alg": "HS256", "kid": kid}, i.good(), withPublicKey(t, key)),
		"a key of its own":            signed(t, object{"alg": "RS256", "jwk": other.public()}, i.good(), rs256(t, foreign)),
		"other claims":                header + "." + body + "." + sig,
		"no signature":                header + "." + rest[:len(rest)-len(sig)],
		"cut off":                     good[:len(good)-3],
		"no JWT":                      "a.b.c",
		"nothing":                     "",
		"no subject":                  i.token(i.claims(object{"sub": nil})),
		"the system":                  i.token(i.claims(object{"sub": "system"})),
		"a line for a subject":        i.token(i.claims(object{"sub": "person\n1"})),
		"a long subject":              i.token(i.claims(object{"sub": strings.Repeat("p", 256)})),
	} {
		who, err := v.Principal(t.Context(), token)
		if takedown.KindOf(err) != takedown.Unauthorized || who.ID != "" {
			t.Errorf("%s: got %+v, %v", name, who, err)
		}
		if err != nil && strings.Contains(err.Error(), "person") {
			t.Errorf("%s: the answer repeats the token: %v", name, err)
		}
	}
}

func TestKeysRotate(t *testing.T) {
	i := newIssuer(t)
	v := verifier(t, i)
	old := i.token(i.good())
	if _, err := v.Principal(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	i.rotate("second")
	if _, err := v.Principal(t.Context(), i.token(i.good())); err != nil {
		t.Errorf("a token of the new key: %v", err)
	}
	// go-oidc answers with new keys a moment before it keeps them.
	var err error
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && err == nil; runtime.Gosched() {
		_, err = v.Principal(t.Context(), old)
	}
	if takedown.KindOf(err) != takedown.Unauthorized {
		t.Errorf("a token of a key that the issuer gave up: %v", err)
	}
}

// TestAnIssuerThatDoesNotAnswer: that is no fault of the token, and it is over
// when the issuer is back.
func TestAnIssuerThatDoesNotAnswer(t *testing.T) {
	i := newIssuer(t)
	v := verifier(t, i)
	i.down.Store(true)
	if _, err := v.Principal(t.Context(), i.token(i.good())); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("before the keys are known: %v", err)
	}
	i.down.Store(false)
	if _, err := v.Principal(t.Context(), i.token(i.good())); err != nil {
		t.Errorf("it is back: %v", err)
	}
	i.down.Store(true)
	if _, err := v.Principal(t.Context(), i.token(i.good())); err != nil {
		t.Errorf("its keys are known: %v", err)
	}
	i.rotate("second")
	if _, err := v.Principal(t.Context(), i.token(i.good())); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("a key that cannot be fetched: %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		opt  Options
		good bool
	}{
		"https":           {Options{Issuer: "https://login.example.nl/realm", Audience: "a", RoleClaim: "roles"}, true},
		"http here":       {Options{Issuer: "http://127.0.0.1:1", Audience: "a", RoleClaim: "roles"}, true},
		"http elsewhere":  {Options{Issuer: "http://login.example.nl", Audience: "a", RoleClaim: "roles"}, false},
		"with a query":    {Options{Issuer: "https://login.example.nl/?a=b", Audience: "a", RoleClaim: "roles"}, false},
		"no address":      {Options{Issuer: "login", Audience: "a", RoleClaim: "roles"}, false},
		"no audience":     {Options{Issuer: "https://login.example.nl", RoleClaim: "roles"}, false},
		"no role claim":   {Options{Issuer: "https://login.example.nl", Audience: "a"}, false},
		"nothing at all":  {Options{}, false},
		"a loopback name": {Options{Issuer: "http://localhost:1", Audience: "a", RoleClaim: "roles"}, false},
	} {
		if _, err := New(c.opt); c.good != (err == nil) || (err != nil && takedown.KindOf(err) != takedown.Invalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestLooksSigned(t *testing.T) {
	for token, want := range map[string]bool{"a.b.c": true, "tkd_abc": false, "": false, "a.b": false, "a.b.c.d.e": false} {
		if LooksSigned(token) != want {
			t.Errorf("%q: not %v", token, want)
		}
	}
}
