package sesmail_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/sesmail"
)

// broken stands in SES's place and answers as a fault wants it; SES itself
// cannot be made to fail.
type broken struct {
	mu     sync.Mutex
	calls  int
	last   map[string]any
	answer func(w http.ResponseWriter, r *http.Request)
}

func (b *broken) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	if raw, err := io.ReadAll(r.Body); err != nil || json.Unmarshal(raw, &body) != nil {
		body = nil
	}
	b.mu.Lock()
	b.calls++
	b.last = body
	b.mu.Unlock()
	b.answer(w, r)
}

// stand starts one, and gives a configuration that leads to it and would repeat
// what fails many times.
func stand(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) (*broken, aws.Config) {
	t.Helper()
	b := &broken{answer: answer}
	srv := httptest.NewServer(b)
	t.Cleanup(srv.Close)
	cfg := at(srv.URL)
	cfg.RetryMaxAttempts = 5
	cfg.Retryer = func() aws.Retryer { return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = 5 }) }
	return b, cfg
}

func says(status int, name string) func(w http.ResponseWriter, r *http.Request) {
	return tells(status, name, "The message about abuse@hoster.example was refused.")
}

func tells(status int, name, text string) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Amzn-Errortype", name)
		w.Header().Set("X-Amzn-Requestid", "b25f48e8-84fd-11e6-80d9-574e0c4664cb")
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"message":%q}`, text) // the client may be gone
	}
}

// cut answers with some bytes and closes the connection.
func cut(some string) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = buf.WriteString(some) // the client may be gone
		_ = buf.Flush()
		_ = conn.Close()
	}
}

// TestEveryAnswerHasItsOutcome: one call each, whatever is answered.
func TestEveryAnswerHasItsOutcome(t *testing.T) {
	const request = ", request b25f48e8-84fd-11e6-80d9-574e0c4664cb"
	for name, c := range map[string]struct {
		answer  func(w http.ResponseWriter, r *http.Request)
		outcome casework.MailOutcome
		reply   string
	}{
		"too many requests": {says(429, "TooManyRequestsException"), casework.MailTemporary, "SES: 429 TooManyRequestsException" + request},
		"throttled":         {says(400, "ThrottlingException"), casework.MailTemporary, "SES: 400 ThrottlingException" + request},
		"the quota is used": {says(400, "LimitExceededException"), casework.MailTemporary, "SES: 400 LimitExceededException" + request},
		"sending is paused": {says(400, "SendingPausedException"), casework.MailTemporary, "SES: 400 SendingPausedException" + request},
		"keys that ran out": {says(403, "ExpiredTokenException"), casework.MailTemporary, "SES: 403 ExpiredTokenException" + request},
		"suspended":         {says(400, "AccountSuspendedException"), casework.MailTemporary, "SES: 400 AccountSuspendedException" + request},
		"a bad request":     {says(400, "BadRequestException"), casework.MailPermanent, "SES: 400 BadRequestException" + request},
		"not verified":      {says(400, "MailFromDomainNotVerifiedException"), casework.MailTemporary, "SES: 400 MailFromDomainNotVerifiedException" + request},
		"rejected":          {says(400, "MessageRejected"), casework.MailPermanent, "SES: 400 MessageRejected" + request},
		"an address of ours is not verified": {
			tells(400, "MessageRejected", "Email address is not verified. The following identities failed the check: notices@care.example"),
			casework.MailTemporary, "SES: 400 MessageRejected" + request,
		},
		"no time":       {says(408, "RequestTimeout"), casework.MailUncertain, "SES: 408 RequestTimeout" + request + "; whether it was sent is not known"},
		"no such set":   {says(404, "NotFoundException"), casework.MailTemporary, "SES: 404 NotFoundException" + request},
		"not allowed":   {says(403, "AccessDeniedException"), casework.MailTemporary, "SES: 403 AccessDeniedException" + request},
		"broke":         {says(500, "InternalFailure"), casework.MailUncertain, "SES: 500 InternalFailure" + request + "; whether it was sent is not known"},
		"not available": {says(503, "ServiceUnavailable"), casework.MailUncertain, "SES: 503 ServiceUnavailable" + request + "; whether it was sent is not known"},
		"a name that is no name": {
			says(400, "<abuse@hoster.example>"), casework.MailTemporary, "SES: 400" + request,
		},
		"cut off":            {cut(""), casework.MailUncertain, "no answer of SES; whether it was sent is not known"},
		"cut off in it":      {cut("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n{\"Mess"), casework.MailUncertain, "SES: 200; whether it was sent is not known"},
		"no HTTP":            {cut("220 mail.example ESMTP\r\n"), casework.MailUncertain, "no answer of SES; whether it was sent is not known"},
		"no id":              {cut("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"), casework.MailUncertain, "SES gave no message id"},
		"an answer of words": {cut("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), casework.MailUncertain, "SES: 200; whether it was sent is not known"},
		"taken":              {cut("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{\"MessageId\":\"01\"}"), casework.MailSent, "SES took it as 01"},
	} {
		t.Run(name, func(t *testing.T) {
			b, cfg := stand(t, c.answer)
			res := send(t, mailer(t, cfg))
			if res.Outcome != c.outcome || res.Reply != c.reply {
				t.Errorf("%s (%s), want %s (%s)", res.Outcome, res.Reply, c.outcome, c.reply)
			}
			if b.calls != 1 {
				t.Errorf("%d calls: a mail may have gone out as often", b.calls)
			}
			if want := map[bool]string{true: "01"}[c.outcome == casework.MailSent]; res.MessageID != want {
				t.Errorf("message id %s, want %s", res.MessageID, want)
			}
		})
	}
}

// TestNoAnswerInTimeIsUncertain: the service has it and says nothing.
func TestNoAnswerInTimeIsUncertain(t *testing.T) {
	release := make(chan struct{})
	b, cfg := stand(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	res := send(t, mailer(t, cfg, func(o *sesmail.Options) { o.Total = 200 * time.Millisecond }))
	if res.Outcome != casework.MailUncertain || b.calls != 1 {
		t.Errorf("%s (%s) after %d calls", res.Outcome, res.Reply, b.calls)
	}
}

// TestACallCutShortIsUncertain: the caller's own end is no answer either.
func TestACallCutShortIsUncertain(t *testing.T) {
	release := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	_, cfg := stand(t, func(http.ResponseWriter, *http.Request) {
		cancel()
		<-release
	})
	defer close(release)
	if res, err := mailer(t, cfg).Send(ctx, message()); err != nil || res.Outcome != casework.MailUncertain {
		t.Errorf("%s (%s), %v", res.Outcome, res.Reply, err)
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if res := send(t, mailer(t, at("http://"+l.Addr().String()))); res.Outcome != casework.MailTemporary || res.Reply != "no connection to SES; nothing was sent" {
		t.Errorf("%s (%s)", res.Outcome, res.Reply)
	}
	lost := at("http://" + l.Addr().String())
	lost.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, fmt.Errorf("no role here")
	})
	if res := send(t, mailer(t, lost)); res.Outcome != casework.MailTemporary {
		t.Errorf("without credentials: %s (%s)", res.Outcome, res.Reply)
	}
}

// TestWhatIsAsked: the configuration set, whose events come back, and the tag
// by which they are known.
func TestWhatIsAsked(t *testing.T) {
	b, cfg := stand(t, cut("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{\"MessageId\":\"01\"}"))
	var points []string
	send(t, mailer(t, cfg, func(o *sesmail.Options) { o.Hook = func(point string) { points = append(points, point) } }))
	if !slices.Equal(points, []string{"send:before", "send:after"}) {
		t.Errorf("hooks %q", points)
	}
	delete(b.last, "Content")
	got, err := json.Marshal(b.last)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"ConfigurationSetName":"takedown-mail","Destination":{"ToAddresses":["abuse@hoster.example"]},` +
		`"EmailTags":[{"Name":"takedown-ref","Value":"TD-2027-0001ABCD"},{"Name":"takedown-dispatch","Value":"dispatch_01_1"}],"FromEmailAddress":"notices@care.example"}`
	if string(got) != want {
		t.Errorf("asked %s\nwant  %s", got, want)
	}
	msg := message()
	msg.Reference, msg.Dispatch = "TD.2027", ""
	if _, err := mailer(t, cfg).Send(t.Context(), msg); err != nil || b.last["EmailTags"] != nil {
		t.Errorf("tags %v, %v", b.last["EmailTags"], err)
	}
}
