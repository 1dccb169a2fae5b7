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

// Logical ids of what takes mail in.
const (
	inbound     = "Inbound"
	receiveMail = "receive-mail"
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
	out, err := d.host.Invoke(lambdahost.Request{Name: d.named(receiveMail), Payload: event})
	if err != nil {
		return err
	}
	if out.FunctionError != "" {
		return fmt.Errorf("%s: %s", receiveMail, out.Payload)
	}
	if left, err := d.opt.On.clients().s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key}); err == nil {
		return fmt.Errorf("%s left %d bytes in the bucket", receiveMail, aws.ToInt64(left.ContentLength))
	}
	if !d.opt.Settles {
		return nil
	}
	return d.Settle(ctx)
}
