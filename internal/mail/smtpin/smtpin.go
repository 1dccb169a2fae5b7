// Package smtpin takes in mail over SMTP (RFC 5321) for the desk's own
// addresses alone. A message is answered with 250 only once it is stored.
package smtpin

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Options are what a listener is built from; all but TLS and Log are needed.
type Options struct {
	// Domain is the name that the server greets with.
	Domain string
	// Accepts says whether an address is the desk's.
	Accepts func(ctx context.Context, address string) (bool, error)
	// Store keeps a message, or says why not: only then does the sender try again.
	Store func(ctx context.Context, in casework.InboundMail) error
	TLS   *tls.Config
	Log   *slog.Logger
}

// The bounds of the listener.
const (
	maxConnections = 50
	maxRecipients  = 20
	maxLarge       = 4       // messages over largeFrom bytes that are read at once
	largeFrom      = 1 << 20 // bytes
	maxHops        = 100     // RFC 5321 §6.3
	commandTimeout = 5 * time.Minute
	storeTimeout   = 2 * time.Minute
)

// Server is a listener.
type Server struct {
	opt   Options
	smtp  *smtp.Server
	large chan struct{}
}

// New builds a listener; Serve runs it.
func New(opt Options) (*Server, error) {
	if opt.Accepts == nil || opt.Store == nil || opt.Domain == "" {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "a mail listener needs a domain, the addresses it serves and a place to store")
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{opt: opt, large: make(chan struct{}, maxLarge)}
	s.smtp = smtp.NewServer(s)
	s.smtp.Domain, s.smtp.TLSConfig = opt.Domain, opt.TLS
	s.smtp.MaxRecipients, s.smtp.MaxMessageBytes = maxRecipients, casework.MaxMail-maxTrace
	s.smtp.ReadTimeout, s.smtp.WriteTimeout = commandTimeout, commandTimeout
	s.smtp.ErrorLog = quiet{opt.Log}
	return s, nil
}

// maxTrace is room for the fields that the listener writes before a message.
const maxTrace = 4 << 10

// Serve accepts connections until Close.
func (s *Server) Serve(l net.Listener) error {
	err := s.smtp.Serve(netutil.LimitListener(l, maxConnections))
	if errors.Is(err, smtp.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Close lets the messages under way end, then ends the listener.
func (s *Server) Close(ctx context.Context) error {
	err := s.smtp.Shutdown(ctx)
	if errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	return err
}

// NewSession begins a conversation.
func (s *Server) NewSession(c *smtp.Conn) (smtp.Session, error) { return &session{s: s, conn: c}, nil }

type session struct {
	s    *Server
	conn *smtp.Conn
	from string
	to   []string
}

// Reset forgets the message under way.
func (c *session) Reset() { c.from, c.to = "", nil }

// Logout ends the conversation.
func (c *session) Logout() error { return nil }

// Mail takes the return path; that of a report is empty.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if strings.ContainsAny(from, "\r\n<>") {
		return &smtp.SMTPError{Code: 501, EnhancedCode: smtp.EnhancedCode{5, 1, 7}, Message: "no address"}
	}
	c.from = from
	return nil
}

// Rcpt takes the desk's own addresses alone.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	ok, err := c.s.opt.Accepts(ctx, to)
	switch {
	case err != nil:
		c.s.opt.Log.ErrorContext(ctx, "a recipient could not be checked", "error", err)
		return later
	case !ok:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such address here"}
	}
	c.to = append(c.to, to)
	return nil
}

// later asks the sender to try again: nothing was stored.
var later = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not stored, try again later"}

// Data stores the message.
func (c *session) Data(r io.Reader) error {
	raw, release, err := c.s.read(r)
	defer release()
	if err != nil {
		return err
	}
	if hops(raw) > maxHops {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 4, 6}, Message: "mail loop"}
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	in := casework.InboundMail{Raw: append([]byte("Return-Path: <"+c.from+">\r\n"), raw...), By: "smtp", Envelope: c.to, Peer: c.peer()}
	if err := c.s.opt.Store(ctx, in); err != nil {
		c.s.opt.Log.ErrorContext(ctx, "a mail could not be stored", "error", err)
		return later
	}
	return nil
}

// peer is the server that hands the message over, for its sender's policy.
func (c *session) peer() casework.MailPeer {
	p := casework.MailPeer{Hello: c.conn.Hostname(), From: c.from}
	if addr, ok := c.conn.Conn().RemoteAddr().(*net.TCPAddr); ok {
		p.IP = addr.AddrPort().Addr().Unmap()
	}
	return p
}

// read reads a message whole; few large ones at once, for they lie in memory.
func (s *Server) read(r io.Reader) (raw []byte, release func(), err error) {
	release = func() {}
	raw, err = io.ReadAll(io.LimitReader(r, largeFrom))
	if err != nil || len(raw) < largeFrom {
		return raw, release, err
	}
	s.large <- struct{}{}
	rest, err := io.ReadAll(r)
	return append(raw, rest...), func() { <-s.large }, err
}

// hops counts the servers that a message passed.
func hops(raw []byte) int {
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return bytes.Count(bytes.ToLower(append([]byte("\n"), head...)), []byte("\nreceived:"))
}

// quiet passes what the library reports to the log: hosts that break off are no
// operator's business.
type quiet struct{ log *slog.Logger }

// Printf logs one report.
func (q quiet) Printf(string, ...any) { q.log.Debug("an SMTP conversation broke off") }

// Println logs one report.
func (q quiet) Println(...any) { q.log.Debug("an SMTP conversation broke off") }
