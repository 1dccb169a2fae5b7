package correspondence

import (
	"context"
	"net/netip"
	"strings"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-msgauth/dmarc"
)

// Peer is the server that handed a mail to a listener of our own. Only there
// can a sender policy be checked; the zero value is "nobody saw it".
type Peer struct {
	IP    netip.Addr `json:"ip,omitzero"`
	Hello string     `json:"hello,omitempty"` // as it named itself
	From  string     `json:"from,omitempty"`  // MAIL FROM, "" of a report
}

// seen says whether the peer is the one the sender's policy speaks of: an
// address of this machine or of a private network is a relay of our own.
func (p Peer) seen() bool {
	ip := p.IP.Unmap()
	return ip.IsValid() && !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified()
}

// identity is the domain that the policy is asked of (RFC 7208 §2.4): that of
// MAIL FROM, or of a report the name in HELO.
func (p Peer) identity() string {
	if i := strings.LastIndexByte(p.From, '@'); i >= 0 {
		return strings.ToLower(p.From[i+1:])
	}
	return strings.ToLower(strings.TrimSuffix(p.Hello, "."))
}

// bySenderPolicy adds what the sender's policy says. A pass of an aligned
// domain authenticates (RFC 7489 §3.1.2), whatever became of the signature; a
// fail weighs only where there is no signature to go by, for a mail that was
// forwarded fails too.
func bySenderPolicy(ctx context.Context, a Authenticity, peer Peer, policy *dmarc.Record, dns Resolver) Authenticity {
	domain := peer.identity()
	if !peer.seen() || domain == "" {
		return a
	}
	result, _ := spf.CheckHostWithSender(peer.IP.Unmap().AsSlice(), peer.Hello, peer.From, spf.WithContext(ctx), spf.WithResolver(dns)) // the error says what matched
	a.SPF = string(result)
	if a.Verdict == Authenticated || !aligned(domain, a.Domain, policy != nil && policy.SPFAlignment == dmarc.AlignmentStrict) {
		return a
	}
	switch {
	case result == spf.Pass:
		a.Verdict, a.By, a.Reason = Authenticated, "spf", ""
		if policy != nil {
			a.By = "dmarc"
		}
	case result == spf.Fail && a.Verdict == NotKnown && a.Reason == "":
		a.Verdict, a.By, a.Reason = NotAuthentic, "spf", "not from a server of its domain"
	}
	return a
}
