package smtpmail

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/smtp"
	"time"

	"github.com/ontdox/takedown/internal/casework"
)

// maxAnswers bounds what a server may say in one conversation, in bytes: it
// could talk for ever.
const maxAnswers = 1 << 20

// conversation is one connection with one message.
type conversation struct {
	m   *Mailer
	ctx context.Context // bounds everything up to the final dot
	raw net.Conn
	c   *smtp.Client
	w   io.WriteCloser // the message's body
}

// errLate is a step that took too long.
var errLate = errors.New("too late")

// step runs one step of the conversation under its own limit. A step that
// ends as its limit does counts as too late: the connection is spoilt then.
func (c *conversation) step(ctx context.Context, name string, limit time.Duration, f func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if ctx.Err() != nil {
		return &stepError{name, errLate}
	}
	stop := func() bool { return true }
	if c.raw != nil {
		if err := c.raw.SetDeadline(time.Time{}); err != nil {
			return &stepError{name, err}
		}
		stop = context.AfterFunc(ctx, func() { _ = c.raw.SetDeadline(time.Unix(1, 0)) }) // a closed connection is as good
	}
	err := f(ctx)
	if !stop() {
		err = errors.Join(err, errLate)
	}
	if err != nil {
		return &stepError{name, err}
	}
	return nil
}

// open connects and goes on until the server waits for MAIL FROM.
func (c *conversation) open() error {
	limit := c.m.opt.Step
	if err := c.step(c.ctx, "connect", limit, c.connect); err != nil {
		return err
	}
	if err := c.step(c.ctx, "greeting", limit, c.greet); err != nil {
		return err
	}
	if err := c.step(c.ctx, "EHLO", limit, func(context.Context) error { return c.c.Hello(c.hello()) }); err != nil {
		return err
	}
	if err := c.secure(); err != nil {
		return err
	}
	if c.m.auth == nil {
		return nil
	}
	return c.step(c.ctx, "AUTH", limit, func(context.Context) error { return c.c.Auth(c.m.auth) })
}

// errClear is a server on another machine that offers no TLS: whoever stands in
// between could take the offer out, and would read everything.
var errClear = errors.New("no TLS")

// secure starts TLS where it is offered. Without it only this machine is
// talked to.
func (c *conversation) secure() error {
	if c.m.implicit {
		return nil
	}
	if offered, _ := c.c.Extension("STARTTLS"); offered {
		return c.step(c.ctx, "STARTTLS", c.m.opt.Step, func(context.Context) error { return c.c.StartTLS(c.tls()) })
	}
	if addr, ok := c.raw.RemoteAddr().(*net.TCPAddr); !ok || !c.m.opt.here(addr.IP) {
		return &stepError{"STARTTLS", errClear}
	}
	return nil
}

func (c *conversation) connect(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", c.m.addr)
	if err == nil {
		c.raw = &bounded{Conn: conn, left: maxAnswers}
	}
	return err
}

func (c *conversation) greet(ctx context.Context) (err error) {
	conn := c.raw
	if c.m.implicit {
		secure := tls.Client(c.raw, c.tls())
		if err := secure.HandshakeContext(ctx); err != nil {
			return err
		}
		conn = secure
	}
	c.c, err = smtp.NewClient(conn, c.m.host)
	return err
}

func (c *conversation) tls() *tls.Config {
	return &tls.Config{ServerName: c.m.host, RootCAs: c.m.opt.RootCAs, MinVersion: tls.VersionTLS12}
}

// hello is our name, or our address as a literal (RFC 5321 §4.1.3).
func (c *conversation) hello() string {
	if c.m.opt.Hello != "" {
		return c.m.opt.Hello
	}
	host, _, err := net.SplitHostPort(c.raw.LocalAddr().String())
	ip := net.ParseIP(host)
	switch {
	case err != nil || ip == nil:
		return "localhost"
	case ip.To4() == nil:
		return "[IPv6:" + host + "]"
	}
	return "[" + host + "]"
}

// envelope is from whom and to whom a message goes, and its Message-ID.
type envelope struct {
	from string
	to   []string
	id   string
}

// envelope names sender and recipients and asks to send. All recipients are
// asked, so that the answer can say how many were refused.
func (c *conversation) envelope(env envelope) error {
	limit := c.m.opt.Step
	if err := c.step(c.ctx, "MAIL", limit, func(context.Context) error { return c.mail(env) }); err != nil {
		return err
	}
	refused := &refusedError{of: len(env.to)}
	for _, rcpt := range env.to {
		err := c.step(c.ctx, "RCPT", limit, func(context.Context) error { return c.rcpt(rcpt) })
		answer, ok := answered(err)
		switch {
		case err == nil:
		case !ok || answer.Code == 421: // it closes the connection
			return err
		default:
			refused.refused = append(refused.refused, answer)
			if ofAddress(answer) {
				refused.dead = append(refused.dead, rcpt)
			}
		}
	}
	if len(refused.refused) > 0 {
		return refused
	}
	return c.step(c.ctx, "DATA", limit, func(context.Context) error { return c.data() })
}

// data asks to send the body; net/smtp's own would keep the last answer.
func (c *conversation) data() error {
	id, err := c.c.Text.Cmd("DATA")
	if err != nil {
		return err
	}
	c.c.Text.StartResponse(id)
	defer c.c.Text.EndResponse(id)
	_, _, err = c.c.Text.ReadResponse(354)
	c.w = c.c.Text.DotWriter()
	return err
}

// body writes the message without its final dot.
func (c *conversation) body(raw []byte) error {
	return c.step(c.ctx, "body", c.m.opt.Total, func(context.Context) error {
		if c.c.Text.R.Buffered() > 0 {
			return errors.New("the server answers what was not asked") // its next answer could be an old one
		}
		_, err := c.w.Write(raw)
		return err
	})
}

// dot ends the message and waits for the answer. From here on only an answer
// makes it anything but uncertain.
func (c *conversation) dot(ctx context.Context) (res casework.MailResult, answered bool) {
	var code int
	var text string
	err := c.step(ctx, "final dot", c.m.opt.Dot, func(context.Context) error {
		if err := c.w.Close(); err != nil {
			return err
		}
		var err error
		if code, text, err = c.c.Text.ReadResponse(0); err != nil {
			code = 0
		}
		return err
	})
	if code == 0 {
		return casework.MailResult{Outcome: casework.MailUncertain, Reply: saying(err)}, false
	}
	return final(code, text)
}

// quit is a courtesy: what it brings changes nothing any more.
func (c *conversation) quit() {
	_ = c.step(context.WithoutCancel(c.ctx), "QUIT", min(c.m.opt.Step, 2*time.Second), func(context.Context) error { return c.c.Quit() })
}

func (c *conversation) close() {
	if c.raw != nil {
		_ = c.raw.Close() // the outcome stands
	}
}

// bounded is a connection that gives at most left bytes.
type bounded struct {
	net.Conn
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the server talks too much")
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
