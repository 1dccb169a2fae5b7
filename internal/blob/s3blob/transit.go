package s3blob

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Transit is a bucket through which large files pass by presigned addresses.
// What has lain there for transitAge goes with the next use, and with the
// bucket's own expiry at the latest.
type Transit struct {
	client  *s3.Client
	sign    *s3.PresignClient
	bucket  string
	carries int64
	now     func() time.Time
}

var _ casework.Transit = (*Transit)(nil)

// transitAge is how long bytes may lie in transit: more than any address lives.
const transitAge = 15 * time.Minute

// offeredPrefix begins the names of what people are offered.
const offeredPrefix = "offered/"

// put is the name of what somebody puts. It begins no other's.
func put(name string) string { return "put/" + name + ".bin" }

// NewTransit uses a bucket that exists, for files larger than carries bytes.
// hostNow is real time.
func NewTransit(cfg aws.Config, bucket string, carries int64, hostNow func() time.Time) *Transit {
	client := s3.NewFromConfig(cfg)
	// The checksum stays a header: S3 then holds the bytes against it.
	sign := s3.NewPresignClient(client, func(o *s3.PresignOptions) {
		o.Presigner = v4.NewSigner(func(o *v4.SignerOptions) { o.DisableHeaderHoisting, o.DisableURIPathEscaping = true, true })
	})
	return &Transit{client, sign, bucket, carries, hostNow}
}

// Carries is the largest file, in bytes, that needs no transit.
func (t *Transit) Carries() int64 { return t.carries }

// Upload gives an address to which exactly these bytes may be PUT for a while.
func (t *Transit) Upload(ctx context.Context, name, sum string, size int64, life time.Duration) (casework.TransitAddress, error) {
	raw, err := hex.DecodeString(sum)
	if err != nil {
		return casework.TransitAddress{}, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the hash of a file is no hexadecimal number")
	}
	t.clear(ctx)
	signed, err := t.sign.PresignPutObject(ctx, &s3.PutObjectInput{
		Bucket: &t.bucket, Key: aws.String(put(name)), ContentLength: &size, ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(raw)),
	}, s3.WithPresignExpires(life))
	if err != nil {
		return casework.TransitAddress{}, cannot("no address could be made for the file", err)
	}
	return casework.TransitAddress{URL: signed.URL, Headers: given(signed.SignedHeader)}, nil
}

// given are the headers that whoever puts the bytes must give; what every
// client sets itself is left out.
func given(signed http.Header) map[string]string {
	out := map[string]string{}
	for name, values := range signed {
		if !strings.EqualFold(name, "host") && !strings.EqualFold(name, "content-length") {
			out[http.CanonicalHeaderKey(name)] = strings.Join(values, ",")
		}
	}
	return out
}

// Open reads what was put; NotFound without.
func (t *Transit) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	out, err := t.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &t.bucket, Key: aws.String(put(name))})
	if missing(err) {
		return nil, notFound()
	}
	if err != nil {
		return nil, cannot("the file cannot be read", err)
	}
	return out.Body, nil
}

// Offer keeps bytes for one reader, and gives the address at which they may be
// read for a while, as a file.
func (t *Transit) Offer(ctx context.Context, mediaType string, r io.Reader, life time.Duration) (string, error) {
	t.clear(ctx)
	draft, err := newDraft()
	if err != nil {
		return "", cannot("the file cannot be offered", err)
	}
	defer draft.drop()
	size, err := draft.fill(ctx, r, maxOffered)
	if err != nil {
		return "", err
	}
	if _, err := draft.file.Seek(0, io.SeekStart); err != nil {
		return "", cannot("the file cannot be offered", err)
	}
	b := make([]byte, 20)
	_, _ = rand.Read(b) // crypto/rand.Read never fails
	name := offeredPrefix + hex.EncodeToString(b)
	if _, err := t.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &t.bucket, Key: &name, Body: draft.file, ContentLength: &size, IfNoneMatch: aws.String("*"),
		ChecksumSHA256: aws.String(base64.StdEncoding.EncodeToString(draft.hash.Sum(nil))), ContentType: &mediaType, ContentDisposition: aws.String("attachment"),
	}); err != nil {
		return "", cannot("the file cannot be offered", err)
	}
	signed, err := t.sign.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: &t.bucket, Key: &name}, s3.WithPresignExpires(life))
	if err != nil {
		return "", cannot("no address could be made for the file", err)
	}
	return signed.URL, nil
}

// maxOffered is more than any piece of evidence.
const maxOffered = 1 << 30

// Drop removes what was put, with every version; missing is fine.
func (t *Transit) Drop(ctx context.Context, name string) error {
	if err := t.erase(ctx, put(name), 0); err != nil {
		return cannot("the file cannot be removed", err)
	}
	return nil
}

// clear removes what has lain too long. What fails here is left to the next
// use: nobody's request waits on it.
func (t *Transit) clear(ctx context.Context) { _ = t.erase(ctx, "", transitAge) }

// erase removes every version of what begins with a prefix, with an age only
// what is as old: a thousand at most, for nobody waits for more.
func (t *Transit) erase(ctx context.Context, prefix string, age time.Duration) error {
	page, err := t.client.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &t.bucket, Prefix: &prefix})
	if err != nil {
		return err
	}
	var gone []s3.DeleteObjectInput
	add := func(key, version *string, at *time.Time) {
		if age == 0 || t.now().Sub(aws.ToTime(at)) >= age {
			gone = append(gone, s3.DeleteObjectInput{Bucket: &t.bucket, Key: key, VersionId: version})
		}
	}
	for _, o := range page.Versions {
		add(o.Key, o.VersionId, o.LastModified)
	}
	for _, o := range page.DeleteMarkers {
		add(o.Key, o.VersionId, o.LastModified)
	}
	for _, in := range gone {
		if _, err := t.client.DeleteObject(ctx, &in); err != nil && !missing(err) {
			return err
		}
	}
	return nil
}
