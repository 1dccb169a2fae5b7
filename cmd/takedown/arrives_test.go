package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"net"
	"net/mail"
	netsmtp "net/smtp"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/net/dns/dnsmessage"
)

// zone is a name server on loopback that knows one key, with which everybody in
// the stories signs mail, each as its own domain.
type zone struct {
	addr string
	key  ed25519.PrivateKey
	txt  string
}

type zoneKey struct{}

func newZone(t testing.TB) *zone {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	z := &zone{addr: conn.LocalAddr().String(), key: private, txt: "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		z.serve(conn)
	}()
	t.Cleanup(func() {
		_ = conn.Close()
		<-done
	})
	return z
}

func (z *zone) serve(conn net.PacketConn) {
	buf := make([]byte, 1500)
	for {
		n, from, err := conn.ReadFrom(buf)
		if err != nil {
			return // closed
		}
		var m dnsmessage.Message
		if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
			continue
		}
		q := m.Questions[0]
		m.Response, m.RCode, m.Additionals = true, dnsmessage.RCodeNameError, nil
		if strings.HasPrefix(q.Name.String(), "s._domainkey.") && q.Type == dnsmessage.TypeTXT {
			m.RCode = dnsmessage.RCodeSuccess
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60}, Body: &dnsmessage.TXTResource{TXT: []string{z.txt}},
			}}
		}
		if out, err := m.Pack(); err == nil {
			_, _ = conn.WriteTo(out, from) // who asked may be gone
		}
	}
}

// receiver takes in mail where a mail service does that for us.
type receiver interface {
	Receive(ctx context.Context, raw []byte) error
}

type receiverKey struct{}

// byService hands a mail over as Amazon SES does, with its verdict at the top.
func byService(ts *testscript.TestScript, raw []byte, domain string, signed bool) {
	verdict := "dmarc=none"
	if signed {
		verdict = "dkim=pass header.i=@" + domain + "; dmarc=pass"
	}
	top := "Authentication-Results: amazonses.com; " + verdict + " header.from=" + domain + "\r\n"
	ts.Check(ts.Value(receiverKey{}).(receiver).Receive(context.Background(), append([]byte(top), raw...)))
}

// cmdArrives delivers a mail to the desk: over SMTP, as its sender's server
// does, or by the mail service.
func cmdArrives(ts *testscript.TestScript, neg bool, args []string) {
	signed := len(args) > 0 && args[0] == "-signed"
	if signed {
		args = args[1:]
	}
	positive(ts, neg, args, 1, "arrives [-signed] FILE [N]")
	raw := fromTheirSide(ts, args)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	ts.Check(err)
	to, err := mail.ParseAddress(m.Header.Get("To"))
	ts.Check(err)
	from, err := mail.ParseAddress(m.Header.Get("From"))
	ts.Check(err)
	_, domain, _ := strings.Cut(from.Address, "@")
	if ts.Getenv("MAIL_IN") == "" {
		byService(ts, raw, domain, signed)
		return
	}
	if signed {
		z := ts.Value(zoneKey{}).(*zone)
		var out bytes.Buffer
		ts.Check(dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{Domain: domain, Selector: "s", Signer: z.key, Hash: crypto.SHA256}))
		raw = out.Bytes()
	}
	path := from.Address
	if strings.HasPrefix(strings.ToLower(path), "mailer-daemon") {
		path = "" // a report has no return path
	}
	ts.Check(netsmtp.SendMail(ts.Getenv("MAIL_IN"), nil, path, []string{to.Address}, raw))
}

// fromTheirSide fills a mail in with what its sender knows of ours.
func fromTheirSide(ts *testscript.TestScript, args []string) []byte {
	w := ts.Value(worldKey{}).(*world)
	w.mu.Lock()
	files := append([]string(nil), w.files...)
	w.mu.Unlock()
	if len(files) == 0 {
		return []byte(strings.ReplaceAll(ts.ReadFile(args[0]), "\n", "\r\n")) // nothing of ours to answer to
	}
	n := len(files)
	if len(args) > 1 {
		var err error
		n, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	if n < 1 || n > len(files) {
		ts.Fatalf("%d mails were sent", len(files))
	}
	sent, err := os.ReadFile(filepath.Join(w.mailDir, files[n-1]))
	ts.Check(err)
	m, err := mail.ReadMessage(bytes.NewReader(sent))
	ts.Check(err)
	replyTo, err := mail.ParseAddress(m.Header.Get("Reply-To"))
	ts.Check(err)
	to, err := mail.ParseAddress(m.Header.Get("To"))
	ts.Check(err)
	text := os.Expand(ts.ReadFile(args[0]), func(name string) string {
		return map[string]string{
			"REPLYTO": replyTo.Address, "MSGID": m.Header.Get("Message-Id"), "REF": m.Header.Get("X-Takedown-Ref"), "TO": to.Address,
		}[name]
	})
	return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
}
