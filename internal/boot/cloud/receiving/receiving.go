// Package receiving gives a function what comes back by Amazon SES.
package receiving

import (
	"context"

	"github.com/ontdox/takedown/internal/boot/cloud"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/sesin"
)

// Bucket names the bucket into which SES puts what it receives.
const Bucket = "TAKEDOWN_INBOUND_BUCKET"

// Mail takes in the mail of each "Object Created" event of the bucket.
func Mail() cloud.Part {
	bucket := ""
	return cloud.Part{
		Read: func(e *cloud.Environment, _ cloud.Config) func(context.Context, *cloud.Build) error {
			bucket = e.Needed(Bucket)
			return nil
		},
		Handler: func(b *cloud.Build) casework.Handler {
			box := sesin.New(b.AWS, bucket)
			return func(ctx context.Context, payload []byte) ([]byte, error) {
				return done(box.Take(ctx, payload, b.Service.TakeMail))
			}
		},
	}
}

// Events takes SES's events of the mails that went out.
func Events() cloud.Part {
	return cloud.Part{Handler: func(b *cloud.Build) casework.Handler {
		return func(ctx context.Context, payload []byte) ([]byte, error) {
			e, err := sesin.Feedback(payload)
			if err != nil {
				return nil, err
			}
			return done(b.Service.TakeMailEvent(ctx, e))
		}
	}}
}

// done answers nothing: nobody waits for it.
func done(err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return []byte("{}"), nil
}
