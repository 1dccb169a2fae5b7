// Package imapin reads the desk's mailbox over IMAP (RFC 3501). A message is
// marked as seen only once it is stored, so the mailbox, or the folder named,
// must be the program's own.
package imapin

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/client"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Options are what a mailbox is built from.
type Options struct {
	// URL is imap[s]://user@host[:port][/folder]. imap takes STARTTLS; without it
	// only this machine is spoken to.
	URL string
	// Password belongs to the user of URL.
	Password string
	// TLS is the client's configuration; the system's roots if nil.
	TLS *tls.Config
	// Store keeps a message, or says why not: then it stays unseen.
	Store func(ctx context.Context, in casework.InboundMail) error
	Log   *slog.Logger
}

// The bounds of one look at the mailbox.
const (
	perPoll        = 500
	commandTimeout = time.Minute
)

// Mailbox is a mailbox that is polled.
type Mailbox struct {
	opt                Options
	host, user, folder string
	secure, local      bool
}

// New checks the options; it touches no network. A bad one is Invalid.
func New(opt Options) (*Mailbox, error) {
	u, err := url.Parse(opt.URL)
	if err != nil || u.Hostname() == "" || u.User == nil || (u.Scheme != "imap" && u.Scheme != "imaps") {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the mailbox wants imap[s]://user@host[:port][/folder]")
	}
	if opt.Store == nil {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "a mailbox needs a place to store")
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	m := &Mailbox{opt: opt, user: u.User.Username(), folder: strings.Trim(u.Path, "/"), secure: u.Scheme == "imaps"}
	if m.folder == "" {
		m.folder = "INBOX"
	}
	port := u.Port()
	if port == "" {
		port = map[bool]string{true: "993", false: "143"}[m.secure]
	}
	m.host = net.JoinHostPort(u.Hostname(), port)
	ip := net.ParseIP(u.Hostname())
	m.local = u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return m, nil
}

// Poll stores every message that is not seen yet, and says how many it stored.
// One that cannot be stored stays for the next look.
func (m *Mailbox) Poll(ctx context.Context) (int, error) {
	c, err := m.dial(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = c.Logout() }() // the connection is over either way
	stop := context.AfterFunc(ctx, func() { _ = c.Terminate() })
	defer stop()
	if _, err := c.Select(m.folder, false); err != nil {
		return 0, fmt.Errorf("select: %w", err)
	}
	unseen := imap.NewSearchCriteria()
	unseen.WithoutFlags = []string{imap.SeenFlag}
	ids, err := c.UidSearch(unseen)
	if err != nil {
		return 0, fmt.Errorf("search: %w", err)
	}
	n := 0
	for _, id := range ids[:min(len(ids), perPoll)] {
		stored, err := m.take(ctx, c, id)
		if err != nil {
			return n, err
		}
		if stored {
			n++
		}
	}
	return n, nil
}

func (m *Mailbox) dial(ctx context.Context) (*client.Client, error) {
	dialer := &net.Dialer{Timeout: commandTimeout}
	conn, err := dialer.DialContext(ctx, "tcp", m.host)
	if err != nil {
		return nil, err
	}
	if m.secure {
		conn = tls.Client(conn, m.tls())
	}
	c, err := client.New(conn)
	if err != nil {
		_ = conn.Close() // the error above says more
		return nil, err
	}
	c.Timeout, c.ErrorLog = commandTimeout, quiet{m.opt.Log}
	if err := m.logIn(c); err != nil {
		_ = c.Terminate() // the error above says more
		return nil, err
	}
	return c, nil
}

// logIn sends the password only over TLS, or to this machine.
func (m *Mailbox) logIn(c *client.Client) error {
	if !m.secure {
		able, err := c.SupportStartTLS()
		if err != nil {
			return err
		}
		if able {
			err = c.StartTLS(m.tls())
		} else if !m.local {
			err = takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "the mail server offers no TLS: the password is not sent in the clear")
		}
		if err != nil {
			return err
		}
	}
	if err := c.Login(m.user, m.opt.Password); err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	return nil
}

func (m *Mailbox) tls() *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if m.opt.TLS != nil {
		cfg = m.opt.TLS.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName, _, _ = net.SplitHostPort(m.host)
	}
	return cfg
}

// take stores one message and marks it. One that is too large is left for a
// person, flagged, so that it is not looked at again.
func (m *Mailbox) take(ctx context.Context, c *client.Client, id uint32) (bool, error) {
	size, _, err := fetch(c, id, imap.FetchRFC822Size)
	if err != nil {
		return false, err
	}
	if size > casework.MaxMail {
		m.opt.Log.ErrorContext(ctx, "a mail in the mailbox is too large; it is flagged and stays there", "bytes", size)
		return false, mark(c, id, imap.FlaggedFlag, imap.SeenFlag)
	}
	_, raw, err := fetch(c, id, wholeMessage.FetchItem())
	if err != nil || len(raw) == 0 {
		return false, err
	}
	if err := m.opt.Store(ctx, casework.InboundMail{Raw: raw, By: "imap"}); err != nil {
		m.opt.Log.ErrorContext(ctx, "a mail could not be stored; it stays unseen", "error", err)
		return false, nil
	}
	return true, mark(c, id, imap.SeenFlag)
}

// wholeMessage is the message without marking it as seen.
var wholeMessage = &imap.BodySectionName{Peek: true}

func fetch(c *client.Client, id uint32, item imap.FetchItem) (size int64, raw []byte, err error) {
	set := new(imap.SeqSet)
	set.AddNum(id)
	messages := make(chan *imap.Message, 1)
	done := make(chan error, 1)
	go func() { done <- c.UidFetch(set, []imap.FetchItem{item}, messages) }()
	for msg := range messages {
		size = int64(msg.Size)
		if body := msg.GetBody(wholeMessage); body != nil {
			raw, err = io.ReadAll(io.LimitReader(body, casework.MaxMail+1))
		}
	}
	if ferr := <-done; err == nil {
		err = ferr
	}
	return size, raw, err
}

func mark(c *client.Client, id uint32, flags ...any) error {
	set := new(imap.SeqSet)
	set.AddNum(id)
	return c.UidStore(set, imap.FormatFlagsOp(imap.AddFlags, true), flags, nil)
}

// quiet passes what the library reports to the log.
type quiet struct{ log *slog.Logger }

// Printf logs one report.
func (q quiet) Printf(string, ...any) { q.log.Debug("an IMAP conversation broke off") }

// Println logs one report.
func (q quiet) Println(...any) { q.log.Debug("an IMAP conversation broke off") }
