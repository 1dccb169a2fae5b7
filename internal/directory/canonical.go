package directory

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"github.com/ontdox/takedown/internal/takedown"
)

// Location is a place on the web in its canonical form: two spellings of one
// page give one Canonical. Host is in ASCII (punycode), without port.
type Location struct {
	Canonical string
	Host      string
}

// maxLocation bounds a location in bytes, before and after it is made canonical.
const maxLocation = 2048

// profile reads host names as browsers do, and refuses what they refuse: names
// that DNS cannot hold and text that changes direction within a label. Hyphens
// in the third and fourth place and underscores occur in real hosts.
var profile = idna.New(
	idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.VerifyDNSLength(true),
	idna.StrictDomainName(false), idna.CheckHyphens(false), idna.CheckJoiners(true),
)

// invalid is an input error. It never holds the value: a location may carry
// private data.
func invalid(detail string) error {
	return &takedown.Error{Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Message: detail}
}

// Canonical gives the canonical form of a web address: http or https, no
// credentials, host in lower-case ASCII without trailing dot, no default port,
// no fragment, no tracking parameters, escapes in one spelling. Addresses that
// no public page can have (a private IP, a name without a dot) are refused.
// Canonical(Canonical(x)) is Canonical(x). Errors are of kind Invalid.
func Canonical(raw string) (Location, error) {
	raw = strings.TrimSpace(raw)
	switch {
	case raw == "":
		return Location{}, invalid("is needed")
	case len(raw) > maxLocation:
		return Location{}, invalid("is longer than " + strconv.Itoa(maxLocation) + " bytes")
	case strings.ContainsFunc(raw, unfit):
		return Location{}, invalid("holds a control character, a space or a backslash")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return Location{}, invalid("is not a web address")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "http" && u.Scheme != "https" {
		return Location{}, invalid("must begin with https:// or http://")
	}
	if u.User != nil {
		return Location{}, invalid("must not hold a user name or password")
	}
	if u.Opaque != "" || u.Host == "" {
		return Location{}, invalid("has no host")
	}
	host, err := hostOf(u)
	if err != nil {
		return Location{}, err
	}
	port, err := portOf(u)
	if err != nil {
		return Location{}, err
	}
	canonical := u.Scheme + "://" + bracket(host) + port + canonicalPath(u.EscapedPath()) + canonicalQuery(u.RawQuery)
	if len(canonical) > maxLocation {
		return Location{}, invalid("is longer than " + strconv.Itoa(maxLocation) + " bytes")
	}
	return Location{Canonical: canonical, Host: host}, nil
}

// unfit are characters by which two readers of one address may disagree on its
// host.
func unfit(r rune) bool {
	return r <= ' ' || r == 0x7f || r == '\\' || (r >= 0x80 && r <= 0xa0) || r == 0xfffd ||
		(r >= 0x200b && r <= 0x200f) || (r >= 0x2028 && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) || r == 0xfeff
}

func hostOf(u *url.URL) (string, error) {
	host := u.Hostname()
	if strings.Contains(host, "%") {
		return "", invalid("has a host with an escape or a zone")
	}
	if strings.Contains(u.Host, "[") {
		addr, err := netip.ParseAddr(host)
		if err != nil || !addr.Is6() {
			return "", invalid("has a host that is no address")
		}
		return publicIP(addr)
	}
	return Host(host)
}

// Host gives the canonical form of a host name or IPv4 address alone, as the
// register keeps it. Errors are of kind Invalid.
func Host(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" || strings.ContainsAny(raw, "%:/?#@[]") || strings.ContainsFunc(raw, unfit) {
		return "", invalid("is not a host name")
	}
	host, err := profile.ToASCII(raw)
	if host = strings.TrimSuffix(host, "."); host == "" {
		return "", invalid("is not a host name")
	}
	if endsInNumber(host) { // before the name's own rules: 0x7f.1 is an address to many readers
		addr, aerr := netip.ParseAddr(host)
		if aerr != nil {
			return "", invalid("has a host that is neither a name nor a plain address")
		}
		return publicIP(addr)
	}
	// A second pass holds what the trailing dot hid from the first.
	again, aerr := profile.ToASCII(host)
	if err != nil || aerr != nil || again != host || !plainName(host) {
		return "", invalid("has a host that cannot exist")
	}
	if !strings.Contains(host, ".") || internalName(host) {
		return "", invalid("has a host that no public page can have")
	}
	return host, nil
}

// plainName says whether a host holds nothing but the characters of names.
func plainName(host string) bool {
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return len(host) <= 253
}

func internalName(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return slices.Contains([]string{"localhost", "local", "internal", "localdomain", "lan", "home", "corp", "intranet", "arpa"}, last)
}

// endsInNumber is the test by which browsers take a host for an IPv4 address.
func endsInNumber(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

// reserved are the address blocks beside those netip knows in which no public
// page stands (IANA's special-purpose registries).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

func publicIP(addr netip.Addr) (string, error) {
	addr = addr.Unmap()
	private := addr.Zone() != "" || !addr.IsGlobalUnicast() || addr.IsPrivate()
	if private || slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(addr) }) {
		return "", invalid("has an address that no public page can have")
	}
	return addr.String(), nil
}

func bracket(host string) string {
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

func portOf(u *url.URL) (string, error) {
	p := u.Port()
	if p == "" {
		return "", nil
	}
	n, err := strconv.ParseUint(p, 10, 16)
	if err != nil || n == 0 {
		return "", invalid("has a port that cannot exist")
	}
	if (u.Scheme == "http" && n == 80) || (u.Scheme == "https" && n == 443) {
		return "", nil
	}
	return ":" + strconv.FormatUint(n, 10), nil
}

// canonicalPath writes escapes in one spelling and resolves dot segments
// (RFC 3986 §6.2.2).
func canonicalPath(escaped string) string {
	var out []string
	segments := strings.Split(strings.TrimPrefix(escapes(escaped), "/"), "/")
	for n, s := range segments {
		switch last := n == len(segments)-1; s {
		case ".", "..":
			if s == ".." && len(out) > 0 {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, s)
		}
	}
	return "/" + strings.Join(out, "/")
}

// trackers are parameters that say where a visitor came from, not what is shown.
var trackers = []string{"fbclid", "gclid", "dclid", "msclkid", "igshid", "igsh", "mc_cid", "mc_eid", "yclid", "twclid", "ttclid"}

func tracker(param string) bool {
	name, _, _ := strings.Cut(param, "=")
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "utm_") || slices.Contains(trackers, name)
}

// canonicalQuery drops tracking and keeps all else in its order: it may decide
// what is shown.
func canonicalQuery(raw string) string {
	var kept []string
	for p := range strings.SplitSeq(escapes(raw), "&") {
		if p != "" && !tracker(p) {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "?" + strings.Join(kept, "&")
}

const upperHex = "0123456789ABCDEF"

// escapes decodes what needs no escape and writes the other escapes in capitals.
func escapes(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			if v := unhex(s[i+1])<<4 | unhex(s[i+2]); unreserved(v) {
				b.WriteByte(v)
			} else {
				b.Write([]byte{'%', upperHex[v>>4], upperHex[v&15]})
			}
			i += 2
		case c == '%' || c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}#", c) >= 0:
			b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// Match reports whether a canonical host is a pattern's host or one under it.
// An address matches only itself.
func Match(host, pattern string) bool {
	host, pattern = strings.TrimSuffix(strings.ToLower(host), "."), strings.TrimSuffix(strings.ToLower(pattern), ".")
	if pattern == "" || host == "" {
		return false
	}
	if host == pattern {
		return true
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	return strings.HasSuffix(host, "."+pattern)
}
