// Package oidcauth says who acts by a token of an organisation's OpenID Connect
// issuer: signature, issuer, audience and time are checked here, whatever a
// gateway before it has checked.
//
// The principal is the claim sub. Its roles are the values of one configurable
// claim (a string, or a list of them) that name a role of design §2, as it is
// or with "takedown-" before it, so that groups of a directory shared with
// other programs can be told apart; other values are passed over. The role
// system is nobody's.
package oidcauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/ontdox/takedown/internal/takedown"
)

// Options of a verifier; all are needed but Client.
type Options struct {
	// Issuer is the claim iss, exactly; discovery starts at it. https, or http on
	// a loopback address.
	Issuer string
	// Audience is what a token must be meant for: the claim aud, or, in a token
	// without one (access tokens of Cognito), the claim client_id.
	Audience string
	// RoleClaim names the claim that lists roles.
	RoleClaim string
	// HostNow is real time.
	HostNow func() time.Time
	// Client fetches the issuer's keys; one with a time limit if nil.
	Client *http.Client
}

// fetchWait bounds one request to the issuer: a caller waits for it.
const fetchWait = 5 * time.Second

// asymmetric are the algorithms by which a token may be signed: who can check
// one must not be able to make one.
var asymmetric = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// Verifier checks tokens. Keys are fetched with the first one, kept, and fetched
// again for a key that is not known. It is safe for concurrent use.
type Verifier struct {
	opt Options

	mu   sync.Mutex
	keys oidc.KeySet // nil until discovered
}

// New reads the options; Invalid says what is wrong with them. It touches no
// network.
func New(opt Options) (*Verifier, error) {
	u, err := url.Parse(opt.Issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || (u.Scheme != "https" && !loopback(u)) {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the issuer must be an https address without query")
	}
	if opt.Audience == "" || opt.RoleClaim == "" {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "audience and role claim must be named")
	}
	if opt.Client == nil {
		opt.Client = &http.Client{Timeout: fetchWait}
	}
	return &Verifier{opt: opt}, nil
}

func loopback(u *url.URL) bool {
	return u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
}

// LooksSigned says whether a bearer token has the form of a signed JWT.
func LooksSigned(bearer string) bool { return strings.Count(bearer, ".") == 2 }

// Principal gives who a token speaks for. Unauthorized is every token that is
// not good here; Forbidden one that names no role of ours; Unavailable says
// that the issuer's keys could not be had.
func (v *Verifier) Principal(ctx context.Context, bearer string) (takedown.Principal, error) {
	token, err := v.verify(ctx, bearer)
	if err != nil {
		return takedown.Principal{}, err
	}
	var claims map[string]json.RawMessage
	if err := token.Claims(&claims); err != nil {
		return takedown.Principal{}, refused(err)
	}
	if !v.meantForUs(token.Audience, claims) {
		return takedown.Principal{}, refused(errors.New("another audience"))
	}
	if !validSubject(token.Subject) {
		return takedown.Principal{}, refused(errors.New("no usable subject"))
	}
	roles := rolesIn(claims[v.opt.RoleClaim])
	if len(roles) == 0 {
		return takedown.Principal{}, takedown.Errorf(takedown.Forbidden, takedown.NameForbidden, "your token's claim %q names no role of this service", v.opt.RoleClaim)
	}
	return takedown.Principal{ID: token.Subject, Roles: roles}, nil
}

// refused is an error for a token; why stays in the log.
func refused(err error) error {
	return &takedown.Error{Kind: takedown.Unauthorized, Name: takedown.NameForbidden, Message: "the token is not good here", Err: err}
}

func (v *Verifier) verify(ctx context.Context, bearer string) (*oidc.IDToken, error) {
	keys, err := v.keySet(ctx)
	if err != nil {
		return nil, err
	}
	watched := &watchedKeys{KeySet: keys}
	token, err := oidc.NewVerifier(v.opt.Issuer, watched, &oidc.Config{
		SkipClientIDCheck: true, SupportedSigningAlgs: asymmetric, Now: v.opt.HostNow,
	}).Verify(ctx, bearer)
	if watched.unreachable != nil {
		return nil, unavailable(watched.unreachable)
	}
	if err != nil {
		return nil, refused(err)
	}
	return token, nil
}

func unavailable(err error) error {
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: "the keys of your organisation's issuer cannot be had now", Err: err}
}

// keySet discovers where the issuer's keys stand. A failure is not kept.
func (v *Verifier) keySet(ctx context.Context) (oidc.KeySet, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys != nil {
		return v.keys, nil
	}
	with := oidc.ClientContext(ctx, v.opt.Client)
	provider, err := oidc.NewProvider(with, v.opt.Issuer)
	if err != nil {
		return nil, unavailable(err)
	}
	var found struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&found); err != nil || found.Keys == "" {
		return nil, unavailable(errors.New("discovery names no jwks_uri"))
	}
	v.keys = oidc.NewRemoteKeySet(with, found.Keys)
	return v.keys, nil
}

// watchedKeys tells a key that could not be fetched from a signature that is
// not good: the library's verifier makes one text of both.
type watchedKeys struct {
	oidc.KeySet
	unreachable error
}

// VerifySignature is the key set's.
func (w *watchedKeys) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	payload, err := w.KeySet.VerifySignature(ctx, jwt)
	if err != nil && strings.HasPrefix(err.Error(), "fetching keys") {
		w.unreachable = err
	}
	return payload, err
}

// meantForUs holds a token's audience, or its client where it has none, against
// ours, as the gateway does.
func (v *Verifier) meantForUs(audience []string, claims map[string]json.RawMessage) bool {
	if len(audience) > 0 {
		return slices.Contains(audience, v.opt.Audience)
	}
	var client string
	return json.Unmarshal(claims["client_id"], &client) == nil && client == v.opt.Audience
}

// maxSubject is the bound of OpenID Connect Core 1.0 §2 for the claim sub.
const maxSubject = 255

// validSubject: a person's id stands in entries and must be nobody else's.
func validSubject(sub string) bool {
	unprintable := func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }
	return sub != "" && len(sub) <= maxSubject && sub != takedown.TheSystem.ID && !strings.ContainsFunc(sub, unprintable)
}

// rolesIn reads the role claim; what cannot be read names none.
func rolesIn(claim json.RawMessage) []takedown.Role {
	var named []string
	var one string
	if json.Unmarshal(claim, &one) == nil {
		named = strings.Fields(one)
	} else if json.Unmarshal(claim, &named) != nil {
		return nil
	}
	var out []takedown.Role
	for _, r := range takedown.Roles() {
		if slices.Contains(named, string(r)) || slices.Contains(named, "takedown-"+string(r)) {
			out = append(out, r)
		}
	}
	return out
}
