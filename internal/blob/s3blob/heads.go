package s3blob

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ontdox/takedown/internal/audit"
	"github.com/ontdox/takedown/internal/takedown"
)

// Heads is an audit.HeadStore: one object for each statement, never written
// twice. Their names count down, so that S3, which lists by name, gives the
// newest first.
type Heads struct {
	client *s3.Client
	bucket string
}

var _ audit.HeadStore = (*Heads)(nil)

// NewHeads keeps heads in a bucket that exists; its lock is the bucket's.
func NewHeads(cfg aws.Config, bucket string) *Heads {
	return &Heads{client: s3.NewFromConfig(cfg), bucket: bucket}
}

const (
	headPrefix = "head-"
	// maxHead is more than any statement needs.
	maxHead = 8 << 10
	// headLimit ends a call that gets no answer: whoever appends heads waits for it.
	headLimit = 20 * time.Second
	// headTries bounds how often an append meets another's.
	headTries = 10
)

func headName(number uint64) string {
	return fmt.Sprintf("%s%020d", headPrefix, math.MaxUint64-number)
}

func headNumber(name string) (uint64, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(name, headPrefix), 10, 64)
	if err != nil || headName(math.MaxUint64-n) != name {
		return 0, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the bucket of heads holds an object that is none")
	}
	return math.MaxUint64 - n, nil
}

// Append adds a statement. Two that append at the same time get two numbers.
func (h *Heads) Append(msg []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), headLimit)
	defer cancel()
	for range headTries {
		number, last, err := h.newest(ctx)
		if err != nil || bytes.Equal(last, msg) && last != nil {
			return err
		}
		name := headName(number + 1)
		_, err = h.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &h.bucket, Key: &name, Body: bytes.NewReader(msg), IfNoneMatch: aws.String("*")})
		if err == nil {
			return nil
		}
		if code := status(err); code != http.StatusPreconditionFailed && code != http.StatusConflict {
			return cannot("a signed head cannot be kept", err)
		}
	}
	return takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "others keep appending signed heads")
}

// newest gives the number and the content of the newest statement; 0 and nil
// without any.
func (h *Heads) newest(ctx context.Context) (uint64, []byte, error) {
	page, err := h.client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &h.bucket, Prefix: aws.String(headPrefix), MaxKeys: aws.Int32(1)})
	if err != nil {
		return 0, nil, cannot("the signed heads cannot be listed", err)
	}
	if len(page.Contents) == 0 {
		return 0, nil, nil
	}
	number, err := headNumber(*page.Contents[0].Key)
	if err != nil {
		return 0, nil, err
	}
	msg, err := h.read(ctx, *page.Contents[0].Key)
	return number, msg, err
}

func (h *Heads) read(ctx context.Context, name string) (msg []byte, err error) {
	out, err := h.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &h.bucket, Key: &name})
	if err != nil {
		return nil, cannot("a signed head cannot be read", err)
	}
	defer func() { _ = out.Body.Close() }() // it was read
	if msg, err = io.ReadAll(io.LimitReader(out.Body, maxHead)); err != nil {
		return nil, cannot("a signed head cannot be read", err)
	}
	return msg, nil
}

// Last reads the newest statement, nil if there is none.
func (h *Heads) Last() ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), headLimit)
	defer cancel()
	_, msg, err := h.newest(ctx)
	return msg, err
}

// All reads every statement, oldest first.
func (h *Heads) All() ([][]byte, error) {
	ctx := context.Background()
	var names []string
	pages := s3.NewListObjectsV2Paginator(h.client, &s3.ListObjectsV2Input{Bucket: &h.bucket, Prefix: aws.String(headPrefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, cannot("the signed heads cannot be listed", err)
		}
		for _, o := range page.Contents {
			names = append(names, *o.Key)
		}
	}
	slices.Reverse(names)
	var all [][]byte
	for _, name := range names {
		msg, err := h.read(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, msg)
	}
	return all, nil
}
