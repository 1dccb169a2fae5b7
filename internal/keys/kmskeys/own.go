package kmskeys

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/mod/sumdb/note"

	"github.com/ontdox/takedown/internal/takedown"
)

// own are a deployment's own keys, as JSON, wrapped.
type own struct {
	V           int    `json:"v"`
	Deployment  string `json:"deployment"`
	MACRoot     []byte `json:"macRoot"`
	LogSigner   string `json:"logSigner"`
	LogVerifier string `json:"logVerifier"`
}

// ownName is the object in which they lie; maxOwn is more than they need.
const (
	ownName = "keys/deployment"
	maxOwn  = 64 << 10
)

// ownBound is what their data key is bound to.
func ownBound() map[string]string { return map[string]string{"deployment": "keys"} }

func (k *Keys) openOwn(ctx context.Context, cfg aws.Config, opt Options) (*own, error) {
	store := s3.NewFromConfig(cfg)
	wrapped, err := readOwn(ctx, store, opt.Bucket)
	if takedown.KindOf(err) == takedown.NotFound && opt.Create {
		if err = k.makeOwn(ctx, store, opt.Bucket); err == nil {
			wrapped, err = readOwn(ctx, store, opt.Bucket) // of several that make them, the first counts
		}
	}
	if err != nil {
		return nil, err
	}
	plain, err := k.unwrap(ctx, wrapped, ownBound())
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	var o own
	if err := json.Unmarshal(plain, &o); err != nil || o.V != 1 || o.Deployment == "" || len(o.MACRoot) != sha256.Size {
		return nil, internal("the deployment's own keys have a form that is not known", nil)
	}
	return &o, nil
}

func readOwn(ctx context.Context, store *s3.Client, bucket string) (wrapped []byte, err error) {
	out, err := store.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String(ownName)})
	var none *s3types.NoSuchKey
	if errors.As(err, &none) {
		return nil, takedown.Errorf(takedown.NotFound, "KeyMissing", "the deployment's own keys are missing: nothing of it can be read without them")
	}
	if err == nil {
		defer func() { _ = out.Body.Close() }() // it was read
		wrapped, err = io.ReadAll(io.LimitReader(out.Body, maxOwn))
	}
	if err != nil {
		return nil, failed("the deployment's own keys cannot be read", err)
	}
	return wrapped, nil
}

func (k *Keys) makeOwn(ctx context.Context, store *s3.Client, bucket string) error {
	plain, err := newOwn()
	if err != nil {
		return internal("the deployment's own keys could not be made", err)
	}
	defer clear(plain)
	wrapped, err := k.wrap(ctx, plain, ownBound())
	if err != nil {
		return err
	}
	return putOwn(ctx, store, bucket, wrapped)
}

// putOwn keeps the wrapped keys unless some lie there.
func putOwn(ctx context.Context, store *s3.Client, bucket string, wrapped []byte) error {
	_, err := store.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String(ownName), Body: bytes.NewReader(wrapped), IfNoneMatch: aws.String("*")})
	var answered *awshttp.ResponseError
	if errors.As(err, &answered) && (answered.HTTPStatusCode() == http.StatusPreconditionFailed || answered.HTTPStatusCode() == http.StatusConflict) {
		return nil // somebody else was first
	}
	if err != nil {
		return failed("the deployment's own keys cannot be kept", err)
	}
	return nil
}

func newOwn() ([]byte, error) {
	b, root := make([]byte, 10), make([]byte, sha256.Size)
	_, _ = rand.Read(b) // crypto/rand.Read never fails
	_, _ = rand.Read(root)
	id := strings.ToLower(base32.StdEncoding.EncodeToString(b))
	signer, verifier, err := note.GenerateKey(rand.Reader, "takedown-"+id)
	if err != nil {
		return nil, err
	}
	return json.Marshal(own{V: 1, Deployment: id, MACRoot: root, LogSigner: signer, LogVerifier: verifier})
}
