package casework_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// inbox is a live fixture whose notice was sent, with reply addresses and a DNS
// that knows the hoster's key.
type inbox struct {
	*live
	key ed25519.PrivateKey
}

type txtZone map[string][]string

func (z txtZone) LookupTXT(_ context.Context, name string) ([]string, error) {
	if txt, ok := z[name]; ok {
		return txt, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (txtZone) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (txtZone) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (txtZone) LookupAddr(_ context.Context, name string) ([]string, error) {
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func newInbox(t *testing.T, channels ...string) *inbox {
	t.Helper()
	l := newLive(t)
	public, private, err := ed25519.GenerateKey(nil)
	l.ok(err)
	l.s.Resolver = txtZone{"s._domainkey.host.example": {"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}}
	l.settings(func(in *casework.SettingsInput) { in.Mail.ReplyDomain = "antwoord.praktijk.example" })
	if len(channels) > 0 {
		in := hosterInput(channels[0])
		for _, a := range channels[1:] {
			in.Channels = append(in.Channels, takedown.Channel{Kind: "mail", Address: a, Purpose: "notice"})
		}
		have, err := l.s.GetContact(context.Background(), coordinator, "contact_hoster")
		l.ok(err)
		_, err = l.s.PutContact(context.Background(), coordinator, "contact_hoster", in, have.Version)
		l.ok(err)
		l.settle()
	}
	l.attempt()
	l.approve()
	l.at("AwaitReply", "reply")
	return &inbox{l, private}
}

// last is the mail that went out last.
func (b *inbox) last() casework.Message { return b.mail.sent[len(b.mail.sent)-1] }

// mailTo is a mail of the hoster to the last reply address.
func (b *inbox) mailTo(to casework.Message, headers, text string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf("From: Abuse <abuse@host.example>\nTo: %s\nSubject: Re: %s\nMessage-ID: <%d@host.example>\n%s\n%s\n",
		to.ReplyTo.Email, to.Subject, len(text)+len(headers), headers, text), "\n", "\r\n"))
}

// signedMail carries the hoster's signature.
func (b *inbox) signedMail(raw []byte) []byte {
	b.t.Helper()
	return b.signedMailOf("host.example", raw)
}

func (b *inbox) signedMailOf(domain string, raw []byte) []byte {
	b.t.Helper()
	var out bytes.Buffer
	b.ok(dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: "s", Signer: b.key, Hash: crypto.SHA256}))
	return out.Bytes()
}

// receive stores and reads a mail and lets follow what follows.
func (b *inbox) receive(raw []byte) string {
	b.t.Helper()
	id, err := b.s.ReceiveMail(context.Background(), casework.InboundMail{Raw: raw, By: "smtp"})
	b.ok(err)
	b.ok(b.s.ReadMail(context.Background(), id))
	b.settle()
	return id
}

func bounceOf(m casework.Message, recipient, action, status string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf(`From: MAILER-DAEMON@mx.host.example
To: meldpunt@praktijk.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <%s%s@mx.host.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.host.example

Final-Recipient: rfc822; %s
Action: %s
Status: %s
Diagnostic-Code: smtp; 550 %s no

--b
Content-Type: text/rfc822-headers

Message-ID: <%s>
Subject: %s

--b--
`, action, m.ID, recipient, action, status, status, m.ID, m.Subject), "\n", "\r\n"))
}

func (b *inbox) running() int {
	n := 0
	for _, c := range b.track("hoster").Clocks {
		if c.Status == "running" {
			n++
		}
	}
	return n
}

func (b *inbox) act(want string) {
	b.t.Helper()
	for _, e := range b.entries(b.c) {
		if strings.HasPrefix(e, want) {
			return
		}
	}
	b.t.Fatalf("no entry %q among\n%s", want, strings.Join(b.entries(b.c), "\n"))
}
