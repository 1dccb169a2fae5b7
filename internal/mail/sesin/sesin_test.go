package sesin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/mail/sesin"
	"github.com/ontdox/takedown/internal/skip"
	"github.com/ontdox/takedown/internal/takedown"
)

// box is a bucket on a server that is not ours, as SES fills it.
type box struct {
	*sesin.Box
	t      *testing.T
	client *s3.Client
	name   string
	taken  []casework.InboundMail
}

func newBox(t *testing.T) *box {
	t.Helper()
	endpoint := os.Getenv("TAKEDOWN_MOTO")
	if endpoint == "" {
		skip.Now(t, "TAKEDOWN_MOTO is not set: no such service runs")
	}
	cfg := aws.Config{Region: "eu-west-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
	b := &box{t: t, client: s3.NewFromConfig(cfg), name: fmt.Sprintf("inbound-%d", time.Now().UnixNano())}
	_, err := b.client.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &b.name, CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Box = sesin.New(cfg, b.name)
	return b
}

func (b *box) put(key string, raw []byte) {
	b.t.Helper()
	if _, err := b.client.PutObject(b.t.Context(), &s3.PutObjectInput{Bucket: &b.name, Key: &key, Body: bytes.NewReader(raw)}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *box) there(key string) bool {
	b.t.Helper()
	_, err := b.client.HeadObject(b.t.Context(), &s3.HeadObjectInput{Bucket: &b.name, Key: &key})
	return err == nil
}

// event is S3's, of this bucket.
func (b *box) event(key string) []byte {
	b.t.Helper()
	text, err := json.Marshal(map[string]any{
		"version": "0", "source": "aws.s3", "detail-type": "Object Created", "time": time.Now(),
		"detail": map[string]any{"bucket": map[string]string{"name": b.name}, "object": map[string]any{"key": key}},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

func (b *box) keep(_ context.Context, m casework.InboundMail) error {
	b.taken = append(b.taken, m)
	return nil
}

func TestAMailIsTakenOnceAndRemoved(t *testing.T) {
	b := newBox(t)
	raw := []byte("From: abuse@host.example\r\n\r\nhallo\r\n")
	b.put("mail-1", raw)
	for range 2 {
		if err := b.Take(t.Context(), b.event("mail-1"), b.keep); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.taken) != 1 || !bytes.Equal(b.taken[0].Raw, raw) || b.taken[0].By != "ses" || b.there("mail-1") {
		t.Errorf("taken %+v, still there: %v", b.taken, b.there("mail-1"))
	}
}

// TestWhatIsNotStoredStays: it is taken when the event comes again.
func TestWhatIsNotStoredStays(t *testing.T) {
	b := newBox(t)
	b.put("mail-1", []byte("x"))
	full := errors.New("the table is full")
	if err := b.Take(t.Context(), b.event("mail-1"), func(context.Context, casework.InboundMail) error { return full }); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if !b.there("mail-1") {
		t.Error("lost")
	}
}

func TestTheSetUpNoticeIsNoMail(t *testing.T) {
	b := newBox(t)
	b.put("AMAZON_SES_SETUP_NOTIFICATION", []byte("Subject: set up\r\n\r\nx"))
	if err := b.Take(t.Context(), b.event("AMAZON_SES_SETUP_NOTIFICATION"), b.keep); err != nil || len(b.taken) != 0 {
		t.Errorf("taken %v, %v", b.taken, err)
	}
}

// TestTooLargeAMailIsReadNoFurther: enough for whoever takes it to refuse it.
func TestTooLargeAMailIsReadNoFurther(t *testing.T) {
	b := newBox(t)
	b.put("mail-1", make([]byte, casework.MaxMail+10))
	if err := b.Take(t.Context(), b.event("mail-1"), b.keep); err != nil || len(b.taken) != 1 || len(b.taken[0].Raw) != casework.MaxMail+1 {
		t.Errorf("%v", err)
	}
}

func TestAnotherBucketsEventIsRefused(t *testing.T) {
	b := newBox(t)
	event := strings.ReplaceAll(string(b.event("mail-1")), b.name, "another")
	if err := b.Take(t.Context(), []byte(event), b.keep); takedown.KindOf(err) != takedown.Invalid {
		t.Errorf("got %v", err)
	}
}

func TestABucketThatCannotBeReadIsUnavailable(t *testing.T) {
	b := newBox(t)
	if _, err := b.client.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &b.name}); err != nil {
		t.Fatal(err)
	}
	if err := b.Take(t.Context(), b.event("mail-1"), b.keep); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("got %v", err)
	}
}
