package imapin

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/smtp"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/backend/memory"
	"github.com/emersion/go-imap/client"
	"github.com/emersion/go-imap/server"
	"github.com/emersion/go-msgauth/dkim"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/smtpmail"
	"github.com/ontdox/takedown/internal/skip"
	"github.com/ontdox/takedown/internal/takedown"
)

type kept struct {
	mails []casework.InboundMail
	err   error
}

func (k *kept) store(_ context.Context, in casework.InboundMail) error {
	if k.err == nil {
		k.mails = append(k.mails, in)
	}
	return k.err
}

// serveIMAP starts a server with one mailbox and puts messages into it.
func serveIMAP(t *testing.T, messages ...string) string {
	t.Helper()
	s := server.New(memory.New())
	s.AllowInsecureAuth = true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // ends with Close
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-done
	})
	c, err := client.Dial(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login("username", "password"); err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		if err := c.Append("INBOX", nil, time.Now(), bytes.NewBufferString(m)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Logout(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

func mailbox(t *testing.T, k *kept, url, password string) *Mailbox {
	t.Helper()
	m, err := New(Options{URL: url, Password: password, Store: k.store})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func poll(t *testing.T, m *Mailbox) int {
	t.Helper()
	n, err := m.Poll(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatIsUnseenIsStoredOnce(t *testing.T) {
	k := &kept{}
	m := mailbox(t, k, "imap://username@"+serveIMAP(t, "Subject: a\r\n\r\none\r\n", "Subject: b\r\n\r\ntwo\r\n"), "password")
	k.err = errors.New("the store is down")
	for range giveUp + 1 { // however long it is: the message is not to blame, and is taken whole
		if n, err := m.Poll(context.Background()); n != 0 || !errors.Is(err, k.err) {
			t.Errorf("%d stored while the store was down, %v", n, err)
		}
	}
	k.err = nil
	if n := poll(t, m); n != 2 || string(k.mails[0].Raw) != "Subject: a\r\n\r\none\r\n" || k.mails[0].By != "imap" {
		t.Errorf("%d stored: %+v", n, k.mails)
	}
	if n := poll(t, m); n != 0 {
		t.Errorf("%d stored once more", n)
	}
}

// Of a mail that is larger than any that is kept the beginning is taken, and it is
// left where it is; those beside it are taken, and it is not looked at again.
func TestTooLargeAMailStaysInTheMailbox(t *testing.T) {
	k := &kept{}
	large := "Subject: a\r\n\r\n" + strings.Repeat(strings.Repeat("a", 70)+"\r\n", casework.MaxMail/72+1)
	m := mailbox(t, k, "imap://username@"+serveIMAP(t, large, "Subject: b\r\n\r\ntwo\r\n"), "password")
	var log bytes.Buffer
	m.opt.Log = slog.New(slog.NewTextHandler(&log, nil))
	if n := poll(t, m); n != 2 || k.mails[0].Size != int64(len(large)) || len(k.mails[0].Raw) != headOnly || string(k.mails[1].Raw) != "Subject: b\r\n\r\ntwo\r\n" {
		t.Errorf("%d stored", n)
	}
	if n := strings.Count(log.String(), "too large"); n != 1 {
		t.Errorf("said %d times: %s", n, log.String())
	}
	if n := poll(t, m); n != 0 || strings.Count(log.String(), "too large") != 1 {
		t.Errorf("%d stored, then: %s", n, log.String())
	}
}

func TestAWrongPasswordIsSaidAndAStoppedPollEnds(t *testing.T) {
	addr := serveIMAP(t)
	if _, err := mailbox(t, &kept{}, "imap://username@"+addr, "wrong").Poll(context.Background()); err == nil || !strings.Contains(err.Error(), "log in") {
		t.Errorf("wrong password: %v", err)
	}
	if _, err := mailbox(t, &kept{}, "imap://username@"+addr+"/Nowhere", "password").Poll(context.Background()); err == nil || !strings.Contains(err.Error(), "select") {
		t.Errorf("no such folder: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := mailbox(t, &kept{}, "imap://username@"+addr, "password").Poll(ctx); err == nil {
		t.Error("polled after its end")
	}
}

func TestAMailboxThatCannotBeIsRefused(t *testing.T) {
	for _, url := range []string{"", "imap://host", "https://user@host", "imap://user@", "://"} {
		if _, err := New(Options{URL: url, Store: (&kept{}).store}); takedown.KindOf(err) != takedown.Invalid {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := New(Options{URL: "imaps://u@h.example"}); takedown.KindOf(err) != takedown.Invalid {
		t.Errorf("nowhere to store: %v", err)
	}
}

// GreenMail is a mail server that is not ours: what it took by SMTP comes back
// by IMAP, byte for byte but for its own trace fields.
func TestGreenMailsMailboxIsRead(t *testing.T) {
	in, box := os.Getenv("TAKEDOWN_GREENMAIL_SMTP"), os.Getenv("TAKEDOWN_GREENMAIL_IMAP")
	if in == "" || box == "" {
		skip.Now(t, "TAKEDOWN_GREENMAIL_SMTP and TAKEDOWN_GREENMAIL_IMAP name no server")
	}
	user := fmt.Sprintf("desk%d@takedown.test", time.Now().UnixNano())
	for i := range 3 {
		text := fmt.Sprintf("From: abuse@host.example\r\nTo: %s\r\nSubject: answer %d\r\nMessage-ID: <%d.%s>\r\n\r\nWij hebben uw melding ontvangen.\r\n", user, i, i, user)
		if err := smtp.SendMail(in, nil, "abuse@host.example", []string{user}, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	k := &kept{}
	m := mailbox(t, k, "imap://"+strings.Replace(user, "@", "%40", 1)+"@"+box, user)
	if n := poll(t, m); n != 3 {
		t.Fatalf("%d stored", n)
	}
	for i, in := range k.mails {
		if !bytes.Contains(in.Raw, []byte(fmt.Sprintf("Subject: answer %d\r\n", i))) || !bytes.Contains(in.Raw, []byte("\r\n\r\nWij hebben uw melding ontvangen.")) {
			t.Errorf("%q", in.Raw)
		}
	}
	if n := poll(t, m); n != 0 {
		t.Errorf("%d stored once more", n)
	}
}

// A signature that our mailer made holds as a server that is not ours hands the
// mail over.
func TestASignatureHoldsInGreenMailsMailbox(t *testing.T) {
	in, box := os.Getenv("TAKEDOWN_GREENMAIL_SMTP"), os.Getenv("TAKEDOWN_GREENMAIL_IMAP")
	if in == "" || box == "" {
		skip.Now(t, "TAKEDOWN_GREENMAIL_SMTP and TAKEDOWN_GREENMAIL_IMAP name no server")
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	out, err := smtpmail.New(smtpmail.Options{URL: "smtp://" + in, Key: key, HostNow: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	user := fmt.Sprintf("desk%d@takedown.test", time.Now().UnixNano())
	res, err := out.Send(t.Context(), casework.Message{
		ID: "doc_01.1@care.example", From: casework.Address{Name: "Zorggroep", Email: "notices@care.example"}, To: []casework.Address{{Email: user}},
		Subject: "Kennisgeving één", Text: "Geachte heer, mevrouw,\n.\nMet punten en ë.\n", HTML: "<p>ë</p>", Reference: "TD-1", Date: time.Now(),
		SignDomain: "care.example", SignSelector: "key1",
		Attachments: []casework.MailAttachment{{Name: "brief.pdf", MediaType: "application/pdf", Content: bytes.Repeat([]byte("%PDF\n"), 200)}},
	})
	if err != nil || res.Outcome != casework.MailSent {
		t.Fatalf("%+v, %v", res, err)
	}
	k := &kept{}
	if n := poll(t, mailbox(t, k, "imap://"+strings.Replace(user, "@", "%40", 1)+"@"+box, user)); n != 1 {
		t.Fatalf("%d stored", n)
	}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(k.mails[0].Raw), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if name != "key1._domainkey.care.example" {
			t.Errorf("asked for %s", name)
		}
		return []string{"v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)}, nil
	}})
	if err != nil || len(found) != 1 || found[0].Err != nil || found[0].Domain != "care.example" {
		t.Errorf("%+v, %v\n%s", found, err, k.mails[0].Raw)
	}
}
