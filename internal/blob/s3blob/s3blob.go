// Package s3blob keeps blobs as objects of an S3 bucket under the SHA-256 of
// what is stored, and signed heads of the history as numbered objects of a
// locked one.
package s3blob

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Blobs is a bucket of blobs. It is safe for concurrent use, by any number of
// processes.
type Blobs struct {
	client *s3.Client
	bucket string
}

var _ casework.Blobs = (*Blobs)(nil)

// New keeps blobs in a bucket that exists. Endpoint, region and credentials are
// the configuration's.
func New(cfg aws.Config, bucket string) *Blobs {
	return &Blobs{client: s3.NewFromConfig(cfg), bucket: bucket}
}

// Put stores what r gives and names it; S3 checks the bytes against the same
// hash. More than limit bytes are TooLarge, r's own error passes; nothing is
// stored then. Bytes that are there already are never replaced by others: S3
// copies them onto themselves, so that they count as new for the sweep (see
// touch).
func (b *Blobs) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	draft, err := newDraft()
	if err != nil {
		return "", 0, cannot("a blob cannot be written", err)
	}
	defer draft.drop()
	size, err := draft.fill(ctx, r, limit)
	if err != nil {
		return "", 0, err
	}
	name, err := b.place(ctx, draft, size)
	if err != nil {
		return "", 0, cannot("a blob cannot be stored", err)
	}
	return name, size, nil
}

// putTries bounds how often a Put meets another one of the same bytes.
const putTries = 5

// place stores a draft under its hash, unless that stands there.
func (b *Blobs) place(ctx context.Context, d *draft, size int64) (string, error) {
	sum := d.hash.Sum(nil)
	name := hex.EncodeToString(sum)
	for try := 1; ; try++ {
		if _, err := d.file.Seek(0, io.SeekStart); err != nil {
			return "", err
		}
		_, err := b.client.PutObject(ctx, &s3.PutObjectInput{
			Bucket: &b.bucket, Key: &name, Body: d.file, ContentLength: &size, IfNoneMatch: aws.String("*"),
			ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(sum)), ContentType: aws.String("application/octet-stream"),
		})
		switch code := status(err); {
		case code == http.StatusPreconditionFailed:
			return name, b.touch(ctx, name)
		case code != http.StatusConflict || try == putTries: // a conflict: another write of it is under way
			return name, err
		}
	}
}

// touch makes a blob that was stored again as young as the new copy, so that a
// sweep does not take it for an old orphan: S3 copies it onto itself. The bytes
// are the same, but they are a new version, and in a locked bucket its lock
// begins anew; the former version keeps its own.
func (b *Blobs) touch(ctx context.Context, name string) error {
	_, err := b.client.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: &b.bucket, Key: &name, CopySource: aws.String(b.bucket + "/" + name), MetadataDirective: types.MetadataDirectiveReplace,
		ContentType: aws.String("application/octet-stream"), ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
	})
	return err
}

// draft is a file of the function's own disk: the hash of what is stored is
// known only at its end.
type draft struct {
	file *os.File
	hash hash.Hash
}

func newDraft() (*draft, error) {
	f, err := os.CreateTemp("", "takedown-blob-*") // mode 0600
	return &draft{file: f, hash: sha256.New()}, err
}

func (d *draft) drop() {
	_ = d.file.Close()           // it was read
	_ = os.Remove(d.file.Name()) // what a crash leaves goes with the function's disk
}

func (d *draft) fill(ctx context.Context, r io.Reader, limit int64) (int64, error) {
	src := &source{ctx: ctx, r: io.LimitReader(r, limit+1)}
	size, err := io.Copy(io.MultiWriter(d.file, d.hash), src)
	switch {
	case src.err != nil:
		return 0, src.err
	case err != nil:
		return 0, cannot("a blob cannot be written", err)
	case size > limit:
		return 0, takedown.Errorf(takedown.TooLarge, takedown.NameInvalidInput, "larger than %d bytes", limit)
	}
	return size, nil
}

// source tells the reader's errors from the disk's.
type source struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	if s.err = s.ctx.Err(); s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// Get opens a blob; NotFound without. Reading it to its end fails if its bytes
// are no longer those of its name.
func (b *Blobs) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	if !isName(name) {
		return nil, notFound()
	}
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.bucket, Key: &name})
	if missing(err) {
		return nil, notFound()
	}
	if err != nil {
		return nil, cannot("a blob cannot be read", err)
	}
	return &reading{body: out.Body, hash: sha256.New(), name: name}, nil
}

// reading checks a blob's hash while it is read.
type reading struct {
	body io.ReadCloser
	hash hash.Hash
	name string
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	r.hash.Write(p[:n])
	switch {
	case errors.Is(err, io.EOF):
		if hex.EncodeToString(r.hash.Sum(nil)) != r.name {
			return n, takedown.Errorf(takedown.Internal, takedown.NameInternal, "a stored blob is damaged: its bytes are not those of its name")
		}
	case err != nil:
		return n, cannot("a blob cannot be read", err)
	}
	return n, err
}

func (r *reading) Close() error { return r.body.Close() }

// Delete removes an orphan; missing is fine. What a locked bucket keeps is the
// former version, which only its name finds.
func (b *Blobs) Delete(ctx context.Context, name string) error {
	if !isName(name) {
		return nil
	}
	if _, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.bucket, Key: &name}); err != nil && !missing(err) {
		return cannot("a blob cannot be removed", err)
	}
	return nil
}

// Names calls f for every blob stored last before a host time, in order of
// their names. f may call Delete; its error ends it.
func (b *Blobs) Names(ctx context.Context, before time.Time, f func(name string) error) error {
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return cannot("the blobs cannot be listed", err)
		}
		for _, o := range page.Contents {
			if !isName(aws.ToString(o.Key)) || !aws.ToTime(o.LastModified).Before(before) {
				continue
			}
			if err := f(*o.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

func isName(s string) bool {
	return len(s) == 2*sha256.Size && !strings.ContainsFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') })
}

func notFound() error {
	return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "no such blob")
}

// status is that of the service's answer, 0 if there was none.
func status(err error) int {
	var answered *awshttp.ResponseError
	if errors.As(err, &answered) {
		return answered.HTTPStatusCode()
	}
	return 0
}

func missing(err error) bool {
	var key *types.NoSuchKey
	return errors.As(err, &key) || status(err) == http.StatusNotFound
}

func cannot(message string, err error) error {
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: message, Err: err}
}
