// Package smtpmail sends mail over SMTP, one conversation for one attempt, and
// says exactly how far it came: a message whose final dot may have gone out
// without an answer is uncertain and is never sent again by itself (design §6).
package smtpmail

import (
	"context"
	"crypto"
	"crypto/x509"
	"net"
	"net/smtp"
	"net/url"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/compose"
	"github.com/ontdox/takedown/internal/takedown"
)

// Options say where to send and how long to wait.
type Options struct {
	// URL is smtp://[user@]host[:port] or smtps://…. smtp takes STARTTLS, without
	// which it talks to this machine alone, on port 587 with a user and 25
	// without; smtps speaks TLS from the start, on port 465. A password has no
	// place in it.
	URL string
	// Password belongs to the user of URL. It goes out only over TLS or to this
	// machine.
	Password string
	// Key signs what asks for a DKIM signature (see ParseKey); nil: what asks for
	// one waits until there is a key.
	Key crypto.Signer
	// HostNow is real time, for the moment of acceptance.
	HostNow func() time.Time
	// Hook, if set, is called with "send:before" just before MAIL FROM and with
	// "send:after" once the final dot is answered: where kill runs stop.
	Hook func(point string)
	// Hello is how we name ourselves; by default our address as a literal.
	Hello string
	// RootCAs replaces the system's authorities.
	RootCAs *x509.CertPool
	// Step bounds every single step (20 s), Total everything up to the final dot
	// (60 s), Dot the wait for its answer (40 s). Together they stay below the
	// 120 s that the track's machine gives a send.
	Step, Total, Dot time.Duration

	here func(net.IP) bool // this machine: a loopback address
}

// Mailer sends to one server. It is safe for concurrent use.
type Mailer struct {
	opt      Options
	host     string // for TLS and AUTH
	addr     string // host:port
	implicit bool   // TLS from the start
	auth     smtp.Auth
}

var _ casework.Mailer = (*Mailer)(nil)

// New reads the options; Invalid says what is wrong with them. It touches no
// network.
func New(opt Options) (*Mailer, error) {
	if opt.HostNow == nil {
		return nil, refuse("the mailer needs a clock")
	}
	u, err := url.Parse(opt.URL)
	if err != nil {
		return nil, refuse("the mail server is not named as smtp[s]://user@host:port") // err quotes it
	}
	if u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/" {
		return nil, refuse("the mail server is not named as smtp[s]://user@host:port")
	}
	if _, has := u.User.Password(); has {
		return nil, refuse("the mail server's password does not belong in its URL: give it in the environment")
	}
	m := &Mailer{opt: withDefaults(opt), host: u.Hostname(), implicit: u.Scheme == "smtps"}
	port := u.Port()
	if user := u.User.Username(); user != "" {
		if opt.Password == "" {
			return nil, refuse("the mail server's URL names a user, but there is no password")
		}
		m.auth = smtp.PlainAuth("", user, opt.Password, m.host)
	}
	if port == "" {
		port = m.defaultPort()
	}
	m.addr = net.JoinHostPort(m.host, port)
	return m, nil
}

func (m *Mailer) defaultPort() string {
	switch {
	case m.implicit:
		return "465"
	case m.auth != nil:
		return "587"
	}
	return "25"
}

func withDefaults(opt Options) Options {
	for d, or := range map[*time.Duration]time.Duration{&opt.Step: 20 * time.Second, &opt.Total: time.Minute, &opt.Dot: 40 * time.Second} {
		if *d <= 0 {
			*d = or
		}
	}
	if opt.Hook == nil {
		opt.Hook = func(string) {}
	}
	opt.here = net.IP.IsLoopback
	return opt
}

func refuse(message string) error {
	return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "%s", message)
}

// Check refuses a message that cannot be sent as it is.
func (m *Mailer) Check(msg casework.Message) error { return compose.Check(msg) }

// Send makes one attempt. Either every recipient is accepted or nothing is
// sent: a refused one ends the conversation before DATA. Cancelling ctx ends
// it too, but no longer the wait for the answer to the final dot.
func (m *Mailer) Send(ctx context.Context, msg casework.Message) (casework.MailResult, error) {
	raw, err := compose.Bytes(msg)
	if err != nil {
		return casework.MailResult{}, err
	}
	res := casework.MailResult{Outcome: casework.MailTemporary, Reply: "the DKIM signature could not be made: nothing was sent"}
	if raw, err = m.sign(raw, msg); err == nil {
		from, to := compose.Envelope(msg)
		res = m.converse(ctx, envelope{from, to, msg.ID}, raw)
	}
	res.MessageID, res.At = msg.ID, m.opt.HostNow().UTC()
	return res, nil
}

func (m *Mailer) converse(ctx context.Context, env envelope, raw []byte) casework.MailResult {
	before, cancel := context.WithTimeout(ctx, m.opt.Total)
	defer cancel()
	c := &conversation{m: m, ctx: before}
	defer c.close()
	if err := c.open(); err != nil {
		return early(err)
	}
	m.opt.Hook("send:before")
	if err := c.envelope(env); err != nil {
		if listens(err) {
			c.quit()
		}
		return early(err)
	}
	if err := c.body(raw); err != nil {
		return early(err)
	}
	res, answered := c.dot(context.WithoutCancel(ctx))
	if answered {
		m.opt.Hook("send:after")
		c.quit()
	}
	return res
}
