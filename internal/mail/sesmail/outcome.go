package sesmail

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/ontdox/takedown/internal/casework"
)

// refusedForGood are the errors by which SES refuses the message itself, so
// that the same one would be refused again. Every other refusal below 500
// speaks of our account, its rights, its rate or its set-up, which no addressee
// answers for: it may be tried again until the track's patience is over.
// Source: SES API v2, SendEmail, and the errors common to AWS's services.
var refusedForGood = []string{"BadRequestException", "MessageRejected", "ValidationException", "RequestEntityTooLargeException"}

// notVerified is how SES says within MessageRejected that an identity of ours
// is not proven yet, or that the account may write to proven addresses alone.
const notVerified = "is not verified"

// outcome is that of a call that failed. SES answered no (4xx): permanent if it
// refused the message itself. It answered that it broke (5xx), in a way that
// cannot be read, or not at all: uncertain, but for a call that had no
// connection yet.
func outcome(err error, under bool) (o casework.MailOutcome, reply string) {
	var answered *awshttp.ResponseError
	if !errors.As(err, &answered) || answered.HTTPStatusCode() == 0 {
		if under {
			return casework.MailUncertain, "no answer of SES; whether it was sent is not known"
		}
		return casework.MailTemporary, "no connection to SES; nothing was sent"
	}
	name, text := "", ""
	var api smithy.APIError
	if errors.As(err, &api) {
		name, text = api.ErrorCode(), api.ErrorMessage()
	}
	status := answered.HTTPStatusCode()
	reply = said(status, name, answered.RequestID)
	switch {
	case status/100 != 4 || status == http.StatusRequestTimeout:
		return casework.MailUncertain, reply + "; whether it was sent is not known"
	case slices.Contains(refusedForGood, name) && !strings.Contains(text, notVerified):
		return casework.MailPermanent, reply
	}
	return casework.MailTemporary, reply
}

var word = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

// said is the part of an answer without private data: its message quotes
// addresses.
func said(status int, code, request string) string {
	s := fmt.Sprintf("SES: %d", status)
	if word.MatchString(code) {
		s += " " + code
	}
	if word.MatchString(request) {
		s += ", request " + request
	}
	return s
}
