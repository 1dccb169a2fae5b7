// Package sesin takes what comes back by Amazon SES: mails that SES received
// and put into a bucket, and its events of what became of the mails that went
// out. Both are told through EventBridge; it says what they mean and decides
// nothing.
package sesin

import (
	"context"
	"errors"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// setUp is the object that SES puts into a bucket when a receipt rule names it
// first. It is no mail.
const setUp = "AMAZON_SES_SETUP_NOTIFICATION"

// Box is the bucket into which SES puts what it receives.
type Box struct {
	client *s3.Client
	bucket string
}

// New touches no network.
func New(cfg aws.Config, bucket string) *Box { return &Box{s3.NewFromConfig(cfg), bucket} }

// Take hands the mail of an "Object Created" event over and then removes it
// from the bucket: whoever takes it has stored it by then. A mail that is gone
// was taken before. An error leaves it there.
func (b *Box) Take(ctx context.Context, payload []byte, take func(context.Context, casework.InboundMail) error) error {
	bucket, key, err := stored(payload)
	if err != nil {
		return err
	}
	if bucket != b.bucket {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the event is of another bucket")
	}
	if key == setUp {
		return nil
	}
	raw, err := b.read(ctx, key)
	var gone *types.NoSuchKey
	if errors.As(err, &gone) {
		return nil
	}
	if err != nil {
		return unavailable("the mail cannot be read from the bucket", err)
	}
	if err := take(ctx, casework.InboundMail{Raw: raw, By: "ses"}); err != nil {
		return err
	}
	if _, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.bucket, Key: &key}); err != nil {
		return unavailable("the mail is stored, and cannot be removed from the bucket", err)
	}
	return nil
}

// read gives a mail; of one that is too large, enough to be refused.
func (b *Box) read(ctx context.Context, key string) ([]byte, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.bucket, Key: &key})
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(out.Body, casework.MaxMail+1))
	return raw, errors.Join(err, out.Body.Close())
}

func unavailable(message string, err error) error {
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: message, Err: err}
}
