package fetch

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"

	"code.dny.dev/ssrf"
	"github.com/openrdap/rdap"
	"github.com/openrdap/rdap/bootstrap"
	"golang.org/x/net/publicsuffix"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// maxRegistry bounds one answer of a registry: IANA's longest list of
	// servers is a fifth of it.
	maxRegistry = 1 << 20
	// maxHolderText bounds each text that is taken from an answer, in characters.
	maxHolderText = 200
	// maxServers is how many servers of a registry are tried.
	maxServers = 2
)

// unlisted are servers of registries that IANA's list may lack (channels.md §4).
var unlisted = map[string]string{"nl": "https://rdap.sidn.nl/"}

// Registries asks the registries of domain names and addresses who stands behind
// a host (RDAP, RFC 9082 and 9083), through the guarded client: https alone,
// public addresses alone, redirects included. Which server answers for what is
// IANA's list (RFC 9224), kept in memory for a day. It is safe for concurrent use.
type Registries struct {
	c    *Client
	rdap *rdap.Client

	mu    sync.Mutex // the list's client is not safe for concurrent use
	lists *bootstrap.Client
}

var _ casework.Registries = (*Registries)(nil)

// Registries gives what asks registries through this client.
func (c *Client) Registries() *Registries {
	guarded := &http.Client{Transport: &secureOnly{c.http.Transport}, CheckRedirect: redirect}
	return &Registries{
		c: c, lists: &bootstrap.Client{HTTP: guarded},
		rdap: &rdap.Client{HTTP: guarded, Bootstrap: &bootstrap.Client{HTTP: guarded}, UserAgent: userAgent, Verbose: func(string) {}},
	}
}

// Holders gives the registrar of a host's domain and who holds the network that
// its address lies in, as far as the registries say. An error only means that
// neither was found out; it holds no host: that may be sealed.
func (r *Registries) Holders(ctx context.Context, host string) ([]casework.Holder, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*r.c.timeout) // a person waits
	defer cancel()
	var out []casework.Holder
	network, err := r.network(ctx, host)
	if err == nil {
		out = append(out, network)
	}
	if _, notIP := netip.ParseAddr(host); notIP != nil {
		registrar, derr := r.registrar(ctx, host)
		if derr == nil {
			out = append(out, registrar)
		}
		err = errors.Join(err, derr)
	}
	if len(out) == 0 {
		return nil, refusal(err)
	}
	return out, nil
}

// refusal is one error for both questions: the stricter one.
func refusal(err error) error {
	var e *takedown.Error
	if errors.As(err, &e) {
		return e
	}
	return failed(err)
}

func (r *Registries) registrar(ctx context.Context, host string) (casework.Holder, error) {
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return casework.Holder{}, unavailable("the host has no domain of its own")
	}
	answer, at, err := r.ask(ctx, rdap.NewDomainRequest(domain), bootstrap.DNS)
	if err != nil {
		return casework.Holder{}, err
	}
	found, ok := answer.(*rdap.Domain)
	if !ok {
		return casework.Holder{}, unavailable("the registry answered something else")
	}
	e := withRole(found.Entities, "registrar")
	if e == nil {
		return casework.Holder{}, unavailable("the registry names no registrar")
	}
	h := casework.Holder{Role: casework.HolderRegistrar, Name: nameOf(e), Registry: at}
	addAbuse(&h, append(slices.Clone(e.Entities), found.Entities...))
	return h, nil
}

func (r *Registries) network(ctx context.Context, host string) (casework.Holder, error) {
	addr, err := r.address(ctx, host)
	if err != nil {
		return casework.Holder{}, err
	}
	kind := bootstrap.IPv4
	if addr.Is6() {
		kind = bootstrap.IPv6
	}
	answer, at, err := r.ask(ctx, rdap.NewIPRequest(addr.AsSlice()), kind)
	if err != nil {
		return casework.Holder{}, err
	}
	found, ok := answer.(*rdap.IPNetwork)
	if !ok {
		return casework.Holder{}, unavailable("the registry answered something else")
	}
	h := casework.Holder{Role: casework.HolderHoster, Registry: at}
	if e := withRole(found.Entities, "registrant"); e != nil {
		h.Name = nameOf(e)
	}
	if h.Name == "" {
		h.Name = text(found.Name)
	}
	addAbuse(&h, found.Entities)
	return h, nil
}

// address is a public address of a host: what lies elsewhere is nobody's hoster.
func (r *Registries) address(ctx context.Context, host string) (netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, r.c.timeout)
	defer cancel()
	addrs := []netip.Addr{}
	if addr, err := netip.ParseAddr(host); err == nil {
		addrs = append(addrs, addr)
	} else {
		resolver := r.c.resolver
		if resolver == nil {
			resolver = net.DefaultResolver
		}
		if addrs, err = resolver.LookupNetIP(ctx, "ip", host); err != nil {
			return netip.Addr{}, failed(err)
		}
	}
	for _, addr := range addrs {
		addr = addr.Unmap()
		network := "tcp4"
		if addr.Is6() {
			network = "tcp6"
		}
		if r.c.guard.Safe(network, netip.AddrPortFrom(addr, 443).String(), nil) == nil {
			return addr, nil
		}
	}
	return netip.Addr{}, failed(ssrf.ErrProhibitedIP)
}

// ask puts one question to the servers that answer for it, and gives the address
// of the answer too.
func (r *Registries) ask(ctx context.Context, q *rdap.Request, list bootstrap.RegistryType) (rdap.RDAPObject, string, error) {
	ctx, cancel := context.WithTimeout(ctx, r.c.timeout)
	defer cancel()
	servers, err := r.servers(ctx, q, list)
	if err != nil {
		return nil, "", err
	}
	err = unavailable("no registry is known for it")
	for _, server := range servers[:min(len(servers), maxServers)] {
		resp, derr := r.rdap.Do(q.WithContext(ctx).WithServer(server))
		if derr == nil {
			return resp.Object, resp.HTTP[len(resp.HTTP)-1].URL, nil
		}
		if err = failed(derr); resp != nil && len(resp.HTTP) > 0 && resp.HTTP[len(resp.HTTP)-1].Error != nil {
			err = failed(resp.HTTP[len(resp.HTTP)-1].Error)
		}
	}
	return nil, "", err
}

func (r *Registries) servers(ctx context.Context, q *rdap.Request, list bootstrap.RegistryType) ([]*url.URL, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	answer, err := r.lists.Lookup((&bootstrap.Question{RegistryType: list, Query: q.Query}).WithContext(ctx))
	if err == nil && len(answer.URLs) > 0 {
		return answer.URLs, nil
	}
	top := q.Query[strings.LastIndexByte(q.Query, '.')+1:]
	if known, ok := unlisted[top]; ok && list == bootstrap.DNS {
		u, perr := url.Parse(known)
		return []*url.URL{u}, perr
	}
	if err != nil {
		return nil, failed(err)
	}
	return nil, nil
}

// addAbuse adds where misuse is reported, from the first who says so.
func addAbuse(h *casework.Holder, entities []rdap.Entity) {
	e := withRole(entities, "abuse")
	if e == nil || e.VCard == nil {
		return
	}
	h.Phone = text(strings.TrimPrefix(e.VCard.Tel(), "tel:"))
	if a, err := mail.ParseAddress(text(e.VCard.Email())); err == nil && a.Name == "" {
		h.Mailbox = a.Address
	}
}

// withRole is the first of some entities, or of those below them, with a role.
func withRole(entities []rdap.Entity, role string) *rdap.Entity {
	for n := range entities {
		if slices.Contains(entities[n].Roles, role) {
			return &entities[n]
		}
	}
	for n := range entities {
		for m := range entities[n].Entities {
			if slices.Contains(entities[n].Entities[m].Roles, role) {
				return &entities[n].Entities[m]
			}
		}
	}
	return nil
}

func nameOf(e *rdap.Entity) string {
	if e.VCard != nil {
		for _, name := range []string{e.VCard.Name(), e.VCard.Org()} {
			if name = text(name); name != "" {
				return name
			}
		}
	}
	return text(e.Handle)
}

// text is one short line of what a registry wrote.
func text(s string) string {
	line := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	if runes := []rune(line); len(runes) > maxHolderText {
		return string(runes[:maxHolderText])
	}
	return line
}

// secureOnly lets https through, and no more of an answer than maxRegistry: a
// question in the clear would tell on the way which host somebody asks about.
type secureOnly struct{ next http.RoundTripper }

func (t *secureOnly) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != "https" {
		return nil, errScheme
	}
	resp, err := t.next.RoundTrip(req)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, maxRegistry) // half an answer is none
	}
	return resp, err
}
