package smtpmail_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/mailtest"
	"github.com/ontdox/takedown/internal/mail/smtpmail"
)

// server is a whole mail server that is not ours.
type server struct {
	mu       sync.Mutex
	from     string
	to       []string
	body     []byte
	user     string
	overTLS  bool
	password string
	all      []mailtest.Arrived
}

func (s *server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, over := c.TLSConnectionState()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.overTLS = over
	return &session{s: s}, nil
}

type session struct {
	s    *server
	from string
	to   []string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != s.s.password {
			return smtp.ErrAuthFailed
		}
		s.s.user = user
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from, s.to = from, nil
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	s.s.mu.Lock()
	defer s.s.mu.Unlock()
	s.s.from, s.s.to, s.s.body = s.from, s.to, body
	s.s.all = append(s.s.all, mailtest.Arrived{From: s.from, To: s.to, Raw: body})
	return err
}
func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// start runs the server, with TLS from the start or on request.
func (s *server) start(t *testing.T, config *tls.Config, implicit bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(s)
	srv.Domain, srv.AllowInsecureAuth, srv.TLSConfig = "mail.example", true, config
	srv.ErrorLog = discard{}
	served := make(chan error, 1)
	addr := l.Addr().String()
	if implicit {
		l = tls.NewListener(l, config)
	}
	go func() { served <- srv.Serve(l) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		_ = l.Close() // a server that was closed before it began to serve does not know it
		if err := <-served; err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	})
	return addr
}

type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

// certificate is one for 127.0.0.1, with the pool that trusts it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, pool
}

func TestWholeConversation(t *testing.T) {
	config, pool := certificate(t)
	for name, c := range map[string]struct {
		scheme, user string
		config       *tls.Config
		implicit     bool
	}{
		"in the clear": {"smtp://", "", nil, false}, "password to this machine": {"smtp://", "desk", nil, false},
		"STARTTLS": {"smtp://", "desk", config, false}, "TLS from the start": {"smtps://", "desk", config, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := &server{password: "p w"}
			url := c.scheme + s.start(t, c.config, c.implicit)
			if c.user != "" {
				url = c.scheme + c.user + "@" + url[len(c.scheme):]
			}
			msg := message()
			res := send(t, mailer(t, smtpmail.Options{URL: url, Password: "p w", RootCAs: pool}), msg)
			if res.Outcome != sent {
				t.Fatalf("%s (%s)", res.Outcome, res.Reply)
			}
			if s.user != c.user || s.overTLS != (c.config != nil) {
				t.Errorf("user %q, over TLS: %v", s.user, s.overTLS)
			}
			if s.from != msg.From.Email || !slices.Equal(s.to, []string{"abuse@hoster.example", "legal@hoster.example", "desk@hoster.example"}) {
				t.Errorf("envelope %s → %v", s.from, s.to)
			}
			arrived(t, s.body, msg.ID, msg.Text)
		})
	}
}

func TestSuite(t *testing.T) {
	var s *server
	mailtest.Run(t, mailtest.Adapter{
		New: func(t *testing.T) casework.Mailer {
			s = &server{}
			m, err := smtpmail.New(smtpmail.Options{URL: "smtp://" + s.start(t, nil, false), HostNow: func() time.Time { return mailtest.At }})
			if err != nil {
				t.Fatal(err)
			}
			return m
		},
		Arrived: func(*testing.T) []mailtest.Arrived {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.all
		},
	})
}

func arrived(t *testing.T, raw []byte, id, text string) {
	t.Helper()
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.Header.MessageID(); err != nil || got != id {
		t.Errorf("Message-ID %q, %v", got, err)
	}
	part, err := r.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(part.Body)
	if err != nil || string(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))) != text {
		t.Errorf("text %q, %v", body, err)
	}
}

func TestWrongPasswordIsTemporary(t *testing.T) {
	s := &server{password: "right"}
	addr := s.start(t, nil, false)
	if res := send(t, mailer(t, smtpmail.Options{URL: "smtp://desk@" + addr, Password: "wrong"}), message()); res.Outcome != temporary || s.body != nil {
		t.Errorf("%s (%s)", res.Outcome, res.Reply)
	}
}

func TestUntrustedCertificateSendsNothing(t *testing.T) {
	config, _ := certificate(t)
	_, stranger := certificate(t)
	for scheme, implicit := range map[string]bool{"smtp://": false, "smtps://": true} {
		s := &server{}
		addr := s.start(t, config, implicit)
		res := send(t, mailer(t, smtpmail.Options{URL: scheme + addr, RootCAs: stranger}), message())
		if res.Outcome != temporary || s.from != "" {
			t.Errorf("%s: %s (%s), from %q", scheme, res.Outcome, res.Reply, s.from)
		}
	}
}
