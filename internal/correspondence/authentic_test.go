package correspondence

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"net"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// zone answers TXT look-ups from memory.
type zone map[string][]string

func (z zone) LookupTXT(_ context.Context, name string) ([]string, error) {
	if txt, ok := z[name]; ok {
		return txt, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z zone) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z zone) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	var all []net.IPAddr
	for _, a := range z["A "+name] {
		all = append(all, net.IPAddr{IP: net.ParseIP(a)})
	}
	if all == nil {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return all, nil
}

func (z zone) LookupAddr(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

type brokenZone struct{ zone }

func (brokenZone) LookupTXT(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "server misbehaving", Name: name, IsTemporary: true}
}

// signedBy signs a mail as a domain, and gives the zone that verifies it.
func signedBy(t *testing.T, raw []byte, domain string) ([]byte, zone) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: "s", Signer: private, Hash: crypto.SHA256}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), zone{"s._domainkey." + domain: {"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}}
}

func TestOnlyAnAlignedSignatureAuthenticates(t *testing.T) {
	raw := mail("From: Abuse <abuse@mail.hoster.example>", "To: desk@desk.example.nl", "Subject: Re: Melding", "", "De inhoud is verwijderd.")
	own, z := signedBy(t, raw, "hoster.example")
	other, zo := signedBy(t, raw, "else.example")
	twice, zt := signedBy(t, append([]byte("From: x@else.example\r\n"), raw...), "hoster.example")
	strict := zone{"s._domainkey.hoster.example": z["s._domainkey.hoster.example"], "_dmarc.hoster.example": {"v=DMARC1; p=reject; adkim=s"}}
	relaxed := zone{"s._domainkey.hoster.example": z["s._domainkey.hoster.example"], "_dmarc.hoster.example": {"v=DMARC1; p=none"}}
	for name, c := range map[string]struct {
		raw  []byte
		dns  Resolver
		want Authentic
		by   string
	}{
		"signed":              {own, z, Authenticated, "dkim"},
		"signed, line feeds":  {bytes.ReplaceAll(own, []byte("\r\n"), []byte("\n")), z, Authenticated, "dkim"},
		"with a policy":       {own, relaxed, Authenticated, "dmarc"},
		"strictly":            {own, strict, NotKnown, ""},
		"changed":             {bytes.Replace(own, []byte("verwijderd"), []byte("gebleven.."), 1), z, NotAuthentic, "dkim"},
		"another domain's":    {other, zo, NotKnown, ""},
		"unsigned":            {raw, z, NotKnown, ""},
		"two senders":         {twice, zt, NotAuthentic, ""},
		"no sender":           {mail("Subject: x", "", "y"), z, NotAuthentic, ""},
		"DNS does not answer": {own, brokenZone{}, NotKnown, ""},
	} {
		got := VerifySender(context.Background(), c.raw, Parse(c.raw, DefaultLimits()), Peer{}, c.dns)
		if got.Verdict != c.want || got.By != c.by {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestResultsOfOtherServersCountForNothing(t *testing.T) {
	const good = "Authentication-Results: mx.desk.example.nl; dmarc=pass header.from=hoster.example"
	const bad = "Authentication-Results: mx.desk.example.nl; dmarc=fail header.from=hoster.example"
	for name, c := range map[string]struct {
		headers []string
		want    Authentic
	}{
		"ours":              {[]string{good}, Authenticated},
		"ours, failed":      {[]string{bad}, NotAuthentic},
		"the topmost":       {[]string{bad, good}, NotAuthentic},
		"a stranger's":      {[]string{"Authentication-Results: mx.else.example; dmarc=pass header.from=hoster.example"}, NotKnown},
		"of another sender": {[]string{"Authentication-Results: mx.desk.example.nl; dmarc=pass header.from=else.example"}, NotKnown},
		"spf alone":         {[]string{"Authentication-Results: mx.desk.example.nl; spf=pass smtp.mailfrom=hoster.example"}, NotKnown},
		"of nobody named":   {[]string{"Authentication-Results: mx.desk.example.nl; dmarc=pass"}, NotKnown},
		"none":              {nil, NotKnown},
		"two senders":       {[]string{good, "From: y@hoster.example"}, NotAuthentic},
	} {
		raw := mail(append(c.headers, "From: x@hoster.example", "", "y")...)
		if got := ReadResults(Parse(raw, DefaultLimits()), []string{"MX.desk.example.nl"}); got.Verdict != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// What an encoded name decodes to is a name, whatever it looks like; and a field of
// two addresses has no one sender.
func TestTheSenderIsTheOneAddressOfItsField(t *testing.T) {
	const good = "Authentication-Results: mx.desk.example.nl; dmarc=pass header.from=hoster.example"
	for name, c := range map[string]struct {
		from, sender string
		want         Authentic
	}{
		"plain":        {"Abuse <x@Hoster.example>", "x@hoster.example", Authenticated},
		"encoded name": {"=?utf-8?q?x=40hoster=2Eexample=2C?= <y@else.example>", "y@else.example", NotKnown},
		"old charset":  {"=?windows-1252?q?Mel=E9?= <x@hoster.example>", "x@hoster.example", Authenticated},
		"no charset":   {"=?x-none?q?Mel=E9?= <x@hoster.example>", "x@hoster.example", Authenticated},
		"raw 8-bit":    {"Mel\xe9 <x@hoster.example>", "x@hoster.example", Authenticated},
		"two":          {"x@hoster.example, y@else.example", "x@hoster.example", NotAuthentic},
		"none":         {"nobody", "nobody", NotAuthentic},
	} {
		m := Parse(mail(good, "From: "+c.from, "", "y"), DefaultLimits())
		if got := ReadResults(m, []string{"mx.desk.example.nl"}); got.Verdict != c.want || Sender(m) != c.sender {
			t.Errorf("%s: %q, %+v", name, Sender(m), got)
		}
	}
}
