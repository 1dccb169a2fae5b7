package smtpmail

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ontdox/takedown/internal/casework"
)

// stepError is what went wrong, and at which step.
type stepError struct {
	step string
	err  error
}

func (e *stepError) Error() string { return e.step + ": " + e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// refusedError is some or all recipients refused.
type refusedError struct {
	refused []*textproto.Error
	dead    []string // those refused for good, as the envelope names them
	of      int
}

func (e *refusedError) Error() string {
	return fmt.Sprintf("%d of %d recipients refused", len(e.refused), e.of)
}

// answered gives the server's answer in an error, if there is one.
func answered(err error) (*textproto.Error, bool) {
	var answer *textproto.Error
	if errors.As(err, &answer) {
		return answer, true
	}
	return nil, false
}

// listens says that after a failure the server still waits for a command.
func listens(err error) bool {
	var some *refusedError
	answer, ok := answered(err)
	return ok && answer.Code != 421 || errors.As(err, &some)
}

// early is the result of a failure before the final dot: permanent if the
// server said so of this mail (5xx), otherwise it may be tried again. What it says
// before it hears of a mail is about our access to it: that is mended, and the mail
// is as good as before.
func early(err error) casework.MailResult {
	var some *refusedError
	if errors.As(err, &some) {
		return refusal(some)
	}
	res := casework.MailResult{Outcome: casework.MailTemporary, Reply: saying(err)}
	if answer, ok := answered(err); ok && answer.Code/100 == 5 && !ofAccess(err) {
		res.Outcome = casework.MailPermanent
	}
	return res
}

// ofAccess says of a failure that it came before the server heard of a mail.
func ofAccess(err error) bool {
	var at *stepError
	return errors.As(err, &at) && slices.Contains([]string{"connect", "greeting", "EHLO", "STARTTLS", "AUTH"}, at.step)
}

// refusal is permanent as soon as one recipient is refused for good: trying
// again would not reach all of them either.
func refusal(e *refusedError) casework.MailResult {
	worst := e.refused[0]
	for _, answer := range e.refused {
		if answer.Code/100 == 5 {
			worst = answer
			break
		}
	}
	res := casework.MailResult{Outcome: casework.MailTemporary, Reply: e.Error() + ": " + codes(worst.Code, worst.Msg) + "; nothing was sent"}
	if worst.Code/100 == 5 {
		res.Outcome, res.Refused = casework.MailPermanent, e.dead
	}
	return res
}

// ofAddress says of an answer to RCPT that it refuses the address for good. One
// about us is none: no log-in, no relaying, our place on a list (503, 530, and
// X.7, security or policy, RFC 3463 §3.8).
func ofAddress(answer *textproto.Error) bool {
	return answer.Code/100 == 5 && answer.Code != 503 && answer.Code != 530 && !strings.HasPrefix(enhanced.FindString(answer.Msg), "5.7.")
}

// final is the result that the answer to the final dot gives; an answer that
// says neither yes nor no is none.
func final(code int, text string) (res casework.MailResult, answered bool) {
	res.Reply = codes(code, text) + " (final dot)"
	switch code / 100 {
	case 2:
		res.Outcome = casework.MailSent
		if queue := queued.FindStringSubmatch(text); queue != nil {
			res.Reply += ", queued as " + queue[1]
		}
	case 4:
		res.Outcome = casework.MailTemporary
	case 5:
		res.Outcome = casework.MailPermanent
	default:
		res.Outcome = casework.MailUncertain
		return res, false
	}
	return res, true
}

var (
	enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)
	queued   = regexp.MustCompile(`(?i)\bqueued as ([A-Za-z0-9]{5,40})\b`)
)

// codes is the part of an answer that holds no private data: servers quote
// addresses, and filters quote what they found in the text.
func codes(code int, text string) string {
	s := strconv.Itoa(code)
	if e := enhanced.FindString(text); e != "" {
		s += " " + e
	}
	return s
}

// saying puts a failure in words without the server's own.
func saying(err error) string {
	step := "?"
	var at *stepError
	if errors.As(err, &at) {
		step = at.step
	}
	if answer, ok := answered(err); ok {
		return codes(answer.Code, answer.Msg) + " (" + step + ")"
	}
	var cert *tls.CertificateVerificationError
	var timeout interface{ Timeout() bool }
	var dial *net.OpError
	switch {
	case errors.Is(err, errClear):
		return "the server offers no TLS: nothing goes to another machine in the clear (" + step + ")"
	case errors.As(err, &cert):
		return "the server's certificate does not hold (" + step + ")"
	case errors.Is(err, errLate), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time (" + step + ")"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed (" + step + ")"
	case errors.As(err, &dial) && dial.Op == "dial":
		return "no connection (" + step + ")"
	}
	return "the conversation broke (" + step + ")"
}
