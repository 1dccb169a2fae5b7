// Package imapin reads the desk's mailbox over IMAP (RFC 3501). A message is
// marked as seen only once it is stored, so the mailbox, or the folder named,
// must be the program's own.
package imapin

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/url"
	"slices"
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
	// Timeout is how long the server may take for one command, and ten times that
	// for a message; a minute if 0.
	Timeout time.Duration
	Log     *slog.Logger
}

// The bounds of one look at the mailbox.
const (
	perPoll    = 500
	maxBroken  = 5         // conversations that break off before the look ends
	headOnly   = 256 << 10 // bytes kept of a message that is not taken whole
	giveUp     = 5         // looks at which a message failed before its beginning is taken
	maxFailing = 10_000    // messages of which is known how often they failed
)

// Mailbox is a mailbox that is polled, by one caller at a time.
type Mailbox struct {
	opt                Options
	host, user, folder string
	secure, local      bool

	validity uint32           // of the numbers in failed (RFC 3501 §2.3.1.1)
	failed   map[uint32]int   // how often a message failed
	unmarked map[uint32][]any // messages that are stored, with the flags that the server did not take
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
	if opt.Timeout <= 0 {
		opt.Timeout = time.Minute
	}
	m := &Mailbox{opt: opt, failed: map[uint32]int{}, unmarked: map[uint32][]any{}, user: u.User.Username(), folder: strings.Trim(u.Path, "/"), secure: u.Scheme == "imaps"}
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
// One that cannot be stored, or that the server does not give, stays for the next
// look and holds up none behind it. An error means that the mailbox could not be
// read, or that a message could not be stored.
func (m *Mailbox) Poll(ctx context.Context) (n int, err error) {
	c, err := m.open(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { c.end() }()
	ids, err := m.unseen(c)
	if err != nil {
		return 0, err
	}
	var unstored error
	for broken := 0; len(ids) > 0; ids = ids[1:] {
		stored, err := m.take(ctx, c.Client, ids[0])
		if ours := (*notStored)(nil); errors.As(err, &ours) && ctx.Err() == nil {
			unstored = err // neither the message nor the server is to blame
			continue
		}
		if stored {
			n++
			delete(m.failed, ids[0])
		}
		switch {
		case err == nil:
			continue
		case ctx.Err() != nil:
			return n, ctx.Err()
		}
		m.notes(ctx, ids[0], err)
		if c.Noop() == nil {
			continue // the server said no to this one
		}
		if broken++; broken > maxBroken {
			return n, fmt.Errorf("%d conversations broke off: %w", broken, err)
		}
		c.end()
		if c, err = m.open(ctx); err != nil {
			c = &conversation{}
			return n, err
		}
	}
	return n, unstored
}

// notStored says that we could not keep a message.
type notStored struct{ err error }

func (e *notStored) Error() string { return "a mail could not be stored: " + e.err.Error() }
func (e *notStored) Unwrap() error { return e.err }

// unseen are the numbers of the messages to take, those that failed before after
// the others, and those that are only to be marked last.
func (m *Mailbox) unseen(c *conversation) ([]uint32, error) {
	if c.validity != m.validity {
		m.validity, m.failed, m.unmarked = c.validity, map[uint32]int{}, map[uint32][]any{}
	}
	unseen := imap.NewSearchCriteria()
	unseen.WithoutFlags = []string{imap.SeenFlag}
	ids, err := c.UidSearch(unseen)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	slices.SortStableFunc(ids, func(a, b uint32) int { return m.later(a) - m.later(b) })
	return ids[:min(len(ids), perPoll)], nil
}

// later says how far behind the others a message comes.
func (m *Mailbox) later(id uint32) int {
	if _, stored := m.unmarked[id]; stored {
		return math.MaxInt32
	}
	return m.failed[id]
}

// notes keeps that a message failed.
func (m *Mailbox) notes(ctx context.Context, id uint32, err error) {
	if _, stored := m.unmarked[id]; stored {
		m.opt.Log.WarnContext(ctx, "a mail in the mailbox is stored, but the server does not mark it as seen", "uid", id, "error", err)
		return
	}
	m.opt.Log.ErrorContext(ctx, "a mail in the mailbox could not be read; it stays unseen", "uid", id, "error", err)
	if len(m.failed) < maxFailing || m.failed[id] > 0 {
		m.failed[id]++
	}
}

// conversation is one with the server, in the folder.
type conversation struct {
	*client.Client
	validity uint32
	stop     func() bool
}

func (c *conversation) end() {
	if c.Client == nil {
		return
	}
	c.stop()
	_ = c.Logout()    // the conversation is over either way
	_ = c.Terminate() // … and the server may not have answered that
	c.Client = nil
}

// open begins a conversation. The server has the time of one command for its
// greeting too.
func (m *Mailbox) open(ctx context.Context) (*conversation, error) {
	c, err := m.dial(ctx)
	if err != nil {
		return nil, err
	}
	out := &conversation{Client: c, stop: context.AfterFunc(ctx, func() { _ = c.Terminate() })}
	box, err := c.Select(m.folder, false)
	if err != nil {
		out.end()
		return nil, fmt.Errorf("select: %w", err)
	}
	out.validity = box.UidValidity
	return out, nil
}

func (m *Mailbox) dial(ctx context.Context) (*client.Client, error) {
	dialer := &net.Dialer{Timeout: m.opt.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", m.host)
	if err != nil {
		return nil, err
	}
	greeted, cancel := context.WithTimeout(ctx, m.opt.Timeout)
	defer cancel()
	stop := context.AfterFunc(greeted, func() { _ = conn.Close() })
	if m.secure {
		conn = tls.Client(conn, m.tls())
	}
	c, err := client.New(conn)
	if err == nil && !stop() {
		err = greeted.Err()
	}
	if err != nil {
		_ = conn.Close() // the error above says more
		return nil, fmt.Errorf("greeting: %w", err)
	}
	c.Timeout, c.ErrorLog = m.opt.Timeout, quiet{m.opt.Log}
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

// take stores one message and marks it. Of one that is too large, or that the
// server did not give at several looks, the beginning is stored for a person, and
// it stays there, flagged.
//
// It says whether it stored the message: also with an error, of a server that took
// no flag. Then it is only marked at the next look.
func (m *Mailbox) take(ctx context.Context, c *client.Client, id uint32) (bool, error) {
	if flags, stored := m.unmarked[id]; stored {
		return false, m.mark(c, id, flags)
	}
	size, _, err := fetch(c, id, nil)
	if err != nil {
		return false, err
	}
	whole := size <= casework.MaxMail && m.failed[id] < giveUp
	in := casework.InboundMail{By: "imap"}
	section := &imap.BodySectionName{Peek: true}
	if !whole {
		section.Partial = []int{0, headOnly}
		in.Size = size
		m.opt.Log.WarnContext(ctx, "a mail in the mailbox is too large, or not given; its beginning is taken and it is flagged", "uid", id, "bytes", size)
	}
	c.Timeout = 10 * m.opt.Timeout
	size, in.Raw, err = fetch(c, id, section)
	c.Timeout = m.opt.Timeout
	if err == nil && len(in.Raw) == 0 {
		err = errors.New("the server gives no message")
	}
	if err != nil {
		return false, err
	}
	if whole && size > casework.MaxMail {
		whole, in.Size = false, size
		m.opt.Log.WarnContext(ctx, "a mail in the mailbox is larger than its server said; its beginning is taken and it is flagged", "uid", id, "bytes", size)
	}
	if !whole {
		in.Raw = in.Raw[:min(len(in.Raw), headOnly)]
	}
	if err := m.opt.Store(ctx, in); err != nil {
		m.opt.Log.ErrorContext(ctx, "a mail could not be stored; it stays unseen", "error", err)
		return false, &notStored{err}
	}
	if whole {
		return true, m.mark(c, id, []any{imap.SeenFlag})
	}
	return true, m.mark(c, id, []any{imap.FlaggedFlag, imap.SeenFlag})
}

// fetch gives a message's size as the server tells it, or a section of it with the
// size that it has, of which no more is given than shows that it is too large.
func fetch(c *client.Client, id uint32, section *imap.BodySectionName) (size int64, raw []byte, err error) {
	set := new(imap.SeqSet)
	set.AddNum(id)
	item := imap.FetchRFC822Size
	if section != nil {
		item = section.FetchItem()
	}
	messages := make(chan *imap.Message, 1)
	done := make(chan error, 1)
	go func() { done <- c.UidFetch(set, []imap.FetchItem{item}, messages) }()
	for msg := range messages {
		size = int64(msg.Size)
		if section == nil {
			continue
		}
		for _, body := range msg.Body { // the one that was asked for
			size = int64(body.Len())
			raw, err = io.ReadAll(io.LimitReader(body, casework.MaxMail+1))
		}
	}
	if ferr := <-done; err == nil {
		err = ferr
	}
	return size, raw, err
}

// mark sets a stored message's flags, and keeps that it failed.
func (m *Mailbox) mark(c *client.Client, id uint32, flags []any) error {
	set := new(imap.SeqSet)
	set.AddNum(id)
	err := c.UidStore(set, imap.FormatFlagsOp(imap.AddFlags, true), flags, nil)
	switch {
	case err == nil:
		delete(m.unmarked, id)
	case len(m.unmarked) < maxFailing:
		m.unmarked[id] = flags
	}
	return err
}

// quiet passes what the library reports to the log.
type quiet struct{ log *slog.Logger }

// Printf logs one report.
func (q quiet) Printf(string, ...any) { q.log.Debug("an IMAP conversation broke off") }

// Println logs one report.
func (q quiet) Println(...any) { q.log.Debug("an IMAP conversation broke off") }
