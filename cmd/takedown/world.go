package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// world plays everybody outside: web servers of a platform and a forum, and
// the mail server that addressees read. All of it on loopback, all of it real
// conversations.
type world struct {
	mailDir string

	mu    sync.Mutex
	pages map[string]string // host + path → what stands there
	sent  map[string]int    // Message-ID → how often it arrived
	files []string
	// meets is what the next message meets instead of being taken; nil takes it.
	meets func(c *smtp.Conn, take func() error) error

	ca        string
	tlsServer *http.Server
	tlsAddr   string
	smtp      *smtp.Server
	smtpAddr  string
}

// newWorld starts the servers; hosts are the names that the pages live under.
func newWorld(mailDir string, hosts []string) (*world, error) {
	w := &world{mailDir: mailDir, pages: map[string]string{}, sent: map[string]int{}}
	if err := os.MkdirAll(mailDir, 0o700); err != nil {
		return nil, err
	}
	cert, ca, err := certificate(hosts)
	if err != nil {
		return nil, err
	}
	w.ca = ca
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w.tlsAddr = web.Addr().String()
	w.tlsServer = &http.Server{Handler: w, TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)} // who breaks off a handshake is told by its own side
	go func() { _ = w.tlsServer.ServeTLS(web, "", "") }()                                                                                                                                                          // ends with Close
	box, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, w.tlsServer.Close())
	}
	w.smtpAddr = box.Addr().String()
	w.smtp = smtp.NewServer(w)
	w.smtp.Domain, w.smtp.ReadTimeout, w.smtp.WriteTimeout, w.smtp.MaxMessageBytes = "mx.example", 30*time.Second, 30*time.Second, 30<<20
	go func() { _ = w.smtp.Serve(box) }() // ends with Close
	return w, nil
}

// Close ends the servers.
func (w *world) Close() error { return errors.Join(w.tlsServer.Close(), w.smtp.Close()) }

// publish puts a page up; takeDown removes it.
func (w *world) publish(host, path, body string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[host+path] = body
}

func (w *world) takeDown(host, path string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.pages, host+path)
}

// ServeHTTP shows a page or that it is gone.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	w.mu.Lock()
	body, ok := w.pages[host+r.URL.Path]
	w.mu.Unlock()
	if !ok {
		http.Error(rw, "gone", http.StatusGone)
		return
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(rw, body) // the reader may be gone
}

// arrived says whether a message arrived, and mails how many did.
func (w *world) arrived(messageID string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent[strings.Trim(messageID, "<>")] > 0
}

func (w *world) mails() (count, doubled int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range w.sent {
		count++
		doubled += n - 1
	}
	return count, doubled
}

// NewSession accepts every conversation, as an addressee's server does.
func (w *world) NewSession(c *smtp.Conn) (smtp.Session, error) { return &inbox{w: w, c: c}, nil }

type inbox struct {
	w *world
	c *smtp.Conn
}

func (i *inbox) Mail(string, *smtp.MailOptions) error { return nil }
func (i *inbox) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (i *inbox) Reset()                               {}
func (i *inbox) Logout() error                        { return nil }

// Data takes one message, or what it meets decides.
func (i *inbox) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	i.w.mu.Lock()
	meets := i.w.meets
	i.w.meets = nil
	i.w.mu.Unlock()
	take := func() error { return i.w.take(raw) }
	if meets != nil {
		return meets(i.c, take)
	}
	return take()
}

// take stores one message as an .eml file and counts it by its Message-ID.
func (w *world) take(raw []byte) error {
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return &smtp.SMTPError{Code: 554, Message: "not a message"}
	}
	id := strings.Trim(m.Header.Get("Message-Id"), "<>")
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent[id]++
	name := fmt.Sprintf("%02d-%s.eml", len(w.files)+1, strings.Map(safe, id))
	w.files = append(w.files, name)
	return os.WriteFile(filepath.Join(w.mailDir, name), raw, 0o600)
}

func safe(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-@", r) {
		return r
	}
	return '-'
}

// certificate makes a CA's certificate for the pages' hosts, for this run.
func certificate(hosts []string) (tls.Certificate, string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, "", err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return tls.Certificate{}, "", err
	}
	// Host time: the pages' certificate has nothing to do with case time.
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "takedown stand-in"}, DNSNames: hosts,
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, "", err
	}
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, ca, nil
}
