package correspondence

import (
	"context"
	"net/netip"
	"testing"
)

func TestASenderPolicyWeighsOnlyForItsOwnDomain(t *testing.T) {
	raw := mail("From: Abuse <abuse@mail.hoster.example>", "To: desk@desk.example.nl", "Subject: Re: Melding", "", "De inhoud is verwijderd.")
	signed, keys := signedBy(t, raw, "hoster.example")
	broken := append(append([]byte(nil), signed...), "more\r\n"...)
	policy := func(more ...string) zone {
		z := zone{"hoster.example": {"v=spf1 ip4:192.0.2.0/24 a:mx.hoster.example -all"}, "A mx.hoster.example": {"198.51.100.7"}, "soft.example": {"v=spf1 ~all"}}
		z["s._domainkey.hoster.example"] = keys["s._domainkey.hoster.example"]
		z["else.example"] = []string{"v=spf1 +all"}
		z["loop.example"] = []string{"v=spf1 include:loop.example -all"}
		z["mx.hoster.example"] = []string{"v=spf1 a -all"}
		if len(more) > 0 {
			z["_dmarc.hoster.example"] = more
		}
		return z
	}
	ours, theirs, relay := netip.MustParseAddr("192.0.2.9"), netip.MustParseAddr("203.0.113.5"), netip.MustParseAddr("10.0.0.4")
	for name, c := range map[string]struct {
		raw  []byte
		peer Peer
		dns  Resolver
		want Authentic
		by   string
		spf  string
	}{
		"its own server":           {raw, Peer{ours, "mx", "abuse@hoster.example"}, policy(), Authenticated, "spf", "pass"},
		"by name":                  {raw, Peer{netip.MustParseAddr("198.51.100.7"), "mx", "abuse@hoster.example"}, policy(), Authenticated, "spf", "pass"},
		"mapped":                   {raw, Peer{netip.MustParseAddr("::ffff:192.0.2.9"), "mx", "abuse@hoster.example"}, policy(), Authenticated, "spf", "pass"},
		"with a policy":            {raw, Peer{ours, "mx", "abuse@hoster.example"}, policy("v=DMARC1; p=reject"), Authenticated, "dmarc", "pass"},
		"strictly":                 {raw, Peer{ours, "mx", "abuse@hoster.example"}, policy("v=DMARC1; p=reject; aspf=s"), NotKnown, "", "pass"},
		"a report, by its name":    {raw, Peer{netip.MustParseAddr("198.51.100.7"), "mx.hoster.example", ""}, policy(), Authenticated, "spf", "pass"},
		"a stranger's server":      {raw, Peer{theirs, "mx", "abuse@hoster.example"}, policy(), NotAuthentic, "spf", "fail"},
		"another domain's pass":    {raw, Peer{theirs, "mx", "x@else.example"}, policy(), NotKnown, "", "pass"},
		"another domain's fail":    {raw, Peer{theirs, "mx", "x@soft.example"}, policy(), NotKnown, "", "softfail"},
		"forwarded, still signed":  {signed, Peer{theirs, "mx", "abuse@hoster.example"}, policy(), Authenticated, "dkim", "fail"},
		"altered, its own server":  {broken, Peer{ours, "mx", "abuse@hoster.example"}, policy(), Authenticated, "spf", "pass"},
		"altered, another's":       {broken, Peer{theirs, "mx", "x@else.example"}, policy(), NotAuthentic, "dkim", "pass"},
		"a relay of our own":       {raw, Peer{relay, "mx", "abuse@hoster.example"}, policy(), NotKnown, "", ""},
		"nobody saw it":            {raw, Peer{}, policy(), NotKnown, "", ""},
		"a policy that never ends": {raw, Peer{theirs, "mx", "x@loop.example"}, policy(), NotKnown, "", "permerror"},
		"no policy":                {raw, Peer{ours, "mx", "x@none.example"}, policy(), NotKnown, "", "none"},
		"DNS does not answer":      {raw, Peer{ours, "mx", "abuse@hoster.example"}, brokenZone{}, NotKnown, "", "temperror"},
	} {
		got := VerifySender(context.Background(), c.raw, Parse(c.raw, DefaultLimits()), c.peer, c.dns)
		if got.Verdict != c.want || got.By != c.by || got.SPF != c.spf {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
