package correspondence

import (
	"bytes"
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/authres"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"
)

// Authenticity says whether a message's sender is who the From field says.
type Authenticity struct {
	Verdict Authentic
	By      string // dkim, dmarc, spf, "authentication_results ID"; "" where not known
	Domain  string // of the From field
	Reason  string // why not
	SPF     string // RFC 7208 §8: pass, fail, softfail …; "" where nobody saw the peer
}

// Authentic is the verdict. Only Authenticated counts as authenticated.
type Authentic string

// The verdicts.
const (
	Authenticated Authentic = "authenticated"
	NotAuthentic  Authentic = "failed"
	NotKnown      Authentic = "not_known"
)

// Resolver answers DNS; net.Resolver is one.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

const (
	// maxSignatures bounds the signatures of one message that are verified.
	maxSignatures = 5
	// checkTimeout bounds what DNS may take for one message, in host time.
	checkTimeout = 20 * time.Second
)

// VerifySender checks a mail's DKIM signatures (RFC 6376) and, where peer is
// known, its sender policy (RFC 7208) against the domain of its one From field,
// as DMARC aligns them (RFC 7489 §3.1). One of the two is enough. What speaks
// of another domain says nothing; with neither it is not known.
func VerifySender(ctx context.Context, raw []byte, m *Message, peer Peer, dns Resolver) Authenticity {
	a := Authenticity{Verdict: NotKnown, Domain: Domain(m)}
	if !oneSender(m) || a.Domain == "" {
		return Authenticity{Verdict: NotAuthentic, Domain: a.Domain, Reason: "not one sender"}
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	look := func(name string) ([]string, error) { return dns.LookupTXT(ctx, name) }
	policy := policyOf(a.Domain, look)
	a = bySignature(a, raw, policy, look)
	return bySenderPolicy(ctx, a, peer, policy, dns)
}

func bySignature(a Authenticity, raw []byte, policy *dmarc.Record, look func(string) ([]string, error)) Authenticity {
	signed, err := dkim.VerifyWithOptions(bytes.NewReader(withCRLF(raw)), &dkim.VerifyOptions{LookupTXT: look, MaxVerifications: maxSignatures})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		a.Reason = "signatures not readable"
		return a
	}
	for _, v := range signed {
		if !aligned(v.Domain, a.Domain, policy != nil && policy.DKIMAlignment == dmarc.AlignmentStrict) {
			continue
		}
		switch {
		case v.Err == nil:
			a.Verdict, a.By, a.Reason = Authenticated, "dkim", ""
			if policy != nil {
				a.By = "dmarc"
			}
			return a
		case dkim.IsTempFail(v.Err):
			a.Reason = "dns"
		case a.Reason == "":
			a.Verdict, a.By, a.Reason = NotAuthentic, "dkim", "signature broken"
		}
	}
	return a
}

// policyOf is the DMARC record of a domain or of the organisation it belongs
// to, nil without one or where DNS does not answer.
func policyOf(domain string, look func(string) ([]string, error)) *dmarc.Record {
	for _, d := range []string{domain, organisation(domain)} {
		if r, err := dmarc.LookupWithOptions(d, &dmarc.LookupOptions{LookupTXT: look}); err == nil {
			return r
		}
	}
	return nil
}

func aligned(signer, from string, strict bool) bool {
	signer = strings.ToLower(signer)
	if strict {
		return signer == from
	}
	return organisation(signer) == organisation(from)
}

// organisation is the registered domain of a name (RFC 7489 §3.2).
func organisation(domain string) string {
	if d, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return d
	}
	return domain
}

func withCRLF(raw []byte) []byte {
	if bytes.Contains(raw, []byte("\r\n")) {
		return raw
	}
	return bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
}

// ReadResults trusts the Authentication-Results (RFC 8601) of the servers
// named, which must be the desk's own: anybody can write that field, and a
// server takes out only its own name's.
func ReadResults(m *Message, servers []string) Authenticity {
	a := Authenticity{Verdict: NotKnown, Domain: Domain(m)}
	if !oneSender(m) {
		return Authenticity{Verdict: NotAuthentic, Domain: a.Domain, Reason: "not one sender"}
	}
	for f := m.Header.FieldsByKey("Authentication-Results"); f.Next(); {
		id, results, err := authres.Parse(f.Value())
		if err != nil || !slices.ContainsFunc(servers, func(s string) bool { return strings.EqualFold(s, id) }) {
			continue
		}
		return judged(a, id, results) // the topmost of ours alone: what stands below came with the mail
	}
	return a
}

func judged(a Authenticity, id string, results []authres.Result) Authenticity {
	for _, r := range results {
		d, ok := r.(*authres.DMARCResult)
		if !ok || d.From != "" && !strings.EqualFold(d.From, a.Domain) || d.From == "" && d.Value == authres.ResultPass {
			continue // a pass that does not say whose vouches for nobody
		}
		a.By = "authentication_results " + id
		switch d.Value {
		case authres.ResultPass:
			a.Verdict = Authenticated
		case authres.ResultFail:
			a.Verdict, a.Reason = NotAuthentic, "dmarc"
		}
		return a
	}
	return a
}
