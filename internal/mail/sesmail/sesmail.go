// Package sesmail sends mail through Amazon SES (API v2, raw messages), one call
// for one attempt, and says how far it came: a call that may have arrived
// without an answer is uncertain and is never made again by itself (design §6).
package sesmail

import (
	"context"
	"net/http/httptrace"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/compose"
	"github.com/ontdox/takedown/internal/takedown"
)

// Tags of a message, by which SES's events name it.
const (
	TagReference = "takedown-ref"      // our reference
	TagDispatch  = "takedown-dispatch" // the dispatch, see casework.Message
)

// Options say how to send.
type Options struct {
	// Configuration names the configuration set whose events come back to us.
	Configuration string
	// HostNow is real time, for the moment of acceptance.
	HostNow func() time.Time
	// Total bounds a call (60 s), and with it the time until the end of a send is
	// known or is not: it stays below the 120 s that the track's machine gives it.
	Total time.Duration
	// Hook, if set, is called with "send:before" just before the call and with
	// "send:after" once it is answered: where kill runs stop.
	Hook func(point string)
}

// Mailer sends through one account. It is safe for concurrent use.
type Mailer struct {
	client *sesv2.Client
	opt    Options
}

var _ casework.Mailer = (*Mailer)(nil)

// New makes a mailer; Invalid says what is wrong with the options. Endpoint,
// region and credentials are the configuration's, the number of attempts is
// not: it is always one. It touches no network.
func New(cfg aws.Config, opt Options) (*Mailer, error) {
	if opt.Configuration == "" || opt.HostNow == nil {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the mailer needs a configuration set and a clock")
	}
	if opt.Total <= 0 {
		opt.Total = time.Minute
	}
	if opt.Hook == nil {
		opt.Hook = func(string) {}
	}
	client := sesv2.NewFromConfig(cfg, func(o *sesv2.Options) {
		o.Retryer, o.RetryMaxAttempts = aws.NopRetryer{}, 1
	})
	return &Mailer{client, opt}, nil
}

// Check refuses a message that cannot be sent as it is.
func (m *Mailer) Check(msg casework.Message) error { return compose.Check(msg) }

// Send makes one attempt. SES takes every recipient or none. The message id of
// the result is SES's own, without its domain, as its events give it; empty
// where none came.
func (m *Mailer) Send(ctx context.Context, msg casework.Message) (casework.MailResult, error) {
	raw, err := compose.Bytes(msg)
	if err != nil {
		return casework.MailResult{}, err
	}
	res := casework.MailResult{Outcome: casework.MailTemporary, Reply: "nothing was sent", At: m.opt.HostNow().UTC()}
	if ctx.Err() != nil {
		return res, nil
	}
	m.opt.Hook("send:before")
	out, under, err := m.call(ctx, msg, raw)
	res.At = m.opt.HostNow().UTC()
	switch {
	case err != nil:
		res.Outcome, res.Reply = outcome(err, under)
	case aws.ToString(out.MessageId) == "":
		res.Outcome, res.Reply = casework.MailUncertain, "SES gave no message id"
	default:
		res.Outcome, res.MessageID, res.Reply = casework.MailSent, *out.MessageId, "SES took it as "+*out.MessageId
	}
	if res.Outcome != casework.MailUncertain {
		m.opt.Hook("send:after")
	}
	return res, nil
}

// call makes the call. Until it has a connection (under way), nothing can have
// been sent.
func (m *Mailer) call(ctx context.Context, msg casework.Message, raw []byte) (out *sesv2.SendEmailOutput, under bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, m.opt.Total)
	defer cancel()
	var got atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { got.Store(true) }})
	from, to := compose.Envelope(msg)
	out, err = m.client.SendEmail(ctx, &sesv2.SendEmailInput{
		FromEmailAddress: &from, Destination: &types.Destination{ToAddresses: to},
		Content: &types.EmailContent{Raw: &types.RawMessage{Data: raw}}, ConfigurationSetName: &m.opt.Configuration, EmailTags: tags(msg),
	})
	return out, got.Load(), err
}

// tagValue is what SES takes as one.
var tagValue = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// tags leave out what SES would refuse the message for.
func tags(msg casework.Message) (out []types.MessageTag) {
	for _, tag := range [][2]string{{TagReference, msg.Reference}, {TagDispatch, msg.Dispatch}} {
		if tagValue.MatchString(tag[1]) {
			out = append(out, types.MessageTag{Name: &tag[0], Value: &tag[1]})
		}
	}
	return out
}
