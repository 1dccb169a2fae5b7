package smtpmail

import (
	"fmt"
	"strings"
)

// reports says that the server offers delivery reports (RFC 3461).
func (c *conversation) reports() bool {
	offered, _ := c.c.Extension("DSN")
	return offered
}

// mail names the sender. Where the server offers reports, they are to carry the
// header alone, by which we know our mail again, and the Message-ID as ENVID.
// net/smtp has no parameters for that, nor for Rcpt.
func (c *conversation) mail(env envelope) error {
	if !c.reports() {
		return c.c.Mail(env.from)
	}
	body := ""
	if eight, _ := c.c.Extension("8BITMIME"); eight {
		body = " BODY=8BITMIME"
	}
	return c.command("MAIL FROM:<%s>%s RET=HDRS ENVID=%s", env.from, body, xtext(env.id))
}

// rcpt names one recipient and asks to hear of its delivery, delay and failure.
func (c *conversation) rcpt(to string) error {
	if !c.reports() {
		return c.c.Rcpt(to)
	}
	return c.command("RCPT TO:<%s> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;%s", to, xtext(to))
}

// command sends one line and wants a yes (25x). What it holds was checked by
// compose: no line break gets here.
func (c *conversation) command(format string, args ...any) error {
	id, err := c.c.Text.Cmd(format, args...)
	if err != nil {
		return err
	}
	c.c.Text.StartResponse(id)
	defer c.c.Text.EndResponse(id)
	_, _, err = c.c.Text.ReadResponse(25)
	return err
}

// xtext writes a value of a parameter (RFC 3461 §4).
func xtext(s string) string {
	var out strings.Builder
	for _, c := range []byte(s) {
		if c < '!' || c > '~' || c == '+' || c == '=' {
			fmt.Fprintf(&out, "+%02X", c)
			continue
		}
		out.WriteByte(c)
	}
	return out.String()
}
