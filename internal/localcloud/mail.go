package localcloud

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ontdox/takedown/internal/lambdahost"
)

// What takes in what comes back by mail: a logical id, and two functions; and
// what mails by a schedule.
const (
	sendDigest  = "send-digest"
	inbound     = "Inbound"
	receiveMail = "receive-mail"
	mailEvent   = "mail-event"
)

// Receive plays Amazon SES and S3 for a mail that arrives: it puts the mail
// into the bucket as it came and tells the function that it is there.
func (d *Deployment) Receive(ctx context.Context, raw []byte) error {
	bucket, key := d.Ref(inbound), rand.Text()
	_, err := d.opt.On.clients().s3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(raw)})
	if err != nil {
		return fmt.Errorf("put a mail into the bucket: %w", err)
	}
	event, err := json.Marshal(map[string]any{
		"version": "0", "id": rand.Text(), "source": "aws.s3", "detail-type": "Object Created", "account": account, "region": Region,
		"time": d.opt.HostNow(), "resources": []string{"arn:aws:s3:::" + bucket},
		"detail": map[string]any{
			"version": "0", "bucket": map[string]string{"name": bucket}, "object": map[string]any{"key": key, "size": len(raw)},
			"requester": "ses.amazonaws.com", "reason": "PutObject",
		},
	})
	if err != nil {
		return err
	}
	if err := d.tell(receiveMail, event); err != nil {
		return err
	}
	if left, err := d.opt.On.clients().s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key}); err == nil {
		return fmt.Errorf("%s left %d bytes in the bucket", receiveMail, aws.ToInt64(left.ContentLength))
	}
	return d.follow(ctx)
}

// Tell plays Amazon SES and EventBridge for an event of a mail that went out.
func (d *Deployment) Tell(ctx context.Context, event []byte) error {
	if err := d.tell(mailEvent, event); err != nil {
		return err
	}
	return d.follow(ctx)
}

func (d *Deployment) tell(function string, event []byte) error {
	_, err := d.Invoke(function, event)
	return err
}

// FunctionError is how a function failed: the error's name and its message.
type FunctionError struct {
	Function string `json:"-"`
	Type     string `json:"errorType"`
	Message  string `json:"errorMessage"`
}

func (e *FunctionError) Error() string { return e.Function + ": " + e.Type + ": " + e.Message }

// Invoke runs the function in a directory, compiled, with an event and gives
// its answer. A function that fails is a *FunctionError.
func (d *Deployment) Invoke(function string, event []byte) ([]byte, error) {
	out, err := d.host.Invoke(lambdahost.Request{Name: d.named(function), Payload: event})
	if err != nil || out.FunctionError == "" {
		return out.Payload, err
	}
	failed := &FunctionError{Function: function}
	if err := json.Unmarshal(out.Payload, failed); err != nil {
		return nil, fmt.Errorf("%s: %s", function, out.Payload)
	}
	return nil, failed
}

// follow lets happen what follows from what arrived, where the clock stands.
func (d *Deployment) follow(ctx context.Context) error {
	if !d.opt.Settles {
		return nil
	}
	return d.Settle(ctx)
}
