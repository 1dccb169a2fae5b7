package kmskeys_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/mod/sumdb/note"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/keys/keystest"
	"github.com/ontdox/takedown/internal/keys/kmskeys"
	"github.com/ontdox/takedown/internal/skip"
	"github.com/ontdox/takedown/internal/takedown"
)

var made atomic.Int64

func config(t *testing.T) aws.Config {
	t.Helper()
	endpoint := os.Getenv("TAKEDOWN_MOTO")
	if endpoint == "" {
		skip.Now(t, "TAKEDOWN_MOTO is not set: no such service runs")
	}
	return aws.Config{Region: "eu-west-1", BaseEndpoint: aws.String(endpoint), Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
}

// deployment makes a KMS key and a bucket on a server that is not ours.
func deployment(t *testing.T) (aws.Config, kmskeys.Options) {
	t.Helper()
	cfg := config(t)
	key, err := kms.NewFromConfig(cfg).CreateKey(t.Context(), &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	bucket := fmt.Sprintf("keys-%d-%d", time.Now().UnixNano(), made.Add(1))
	if _, err := s3.NewFromConfig(cfg).CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &bucket, CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"},
	}); err != nil {
		t.Fatal(err)
	}
	return cfg, kmskeys.Options{KeyID: *key.KeyMetadata.Arn, Bucket: bucket, Create: true, HostNow: time.Now}
}

func open(t *testing.T, cfg aws.Config, opt kmskeys.Options) *kmskeys.Keys {
	t.Helper()
	k, err := kmskeys.Open(t.Context(), cfg, opt)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSuite(t *testing.T) {
	of := map[casework.Keys]kmskeys.Options{}
	keystest.Run(t, keystest.Adapter{
		New: func(t *testing.T) casework.Keys {
			cfg, opt := deployment(t)
			k := open(t, cfg, opt)
			opt.Create = false
			of[k] = opt
			return k
		},
		Reopen: func(t *testing.T, k casework.Keys) casework.Keys { return open(t, config(t), of[k]) },
	})
}

func TestOwnKeysAreMadeOnce(t *testing.T) {
	cfg, opt := deployment(t)
	missing := opt
	missing.Create = false
	if _, err := kmskeys.Open(t.Context(), cfg, missing); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("without keys: %v", err)
	}
	var wg sync.WaitGroup
	ids := make([]string, 6)
	for i := range ids {
		wg.Go(func() {
			k, err := kmskeys.Open(context.Background(), cfg, opt)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = k.DeploymentID()
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Errorf("several deployments: %q", ids)
		}
	}
	k := open(t, cfg, missing)
	signer, err := k.LogSigner()
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: "head\n"}, signer)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(k.LogVerifier())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(signed, note.VerifierList(verifier)); err != nil {
		t.Error(err)
	}
}

// disabling answers in KMS's place that the key is disabled, once it is: moto
// goes on using one (5.2.5).
type disabling struct{ disabled *atomic.Bool }

func (d disabling) Do(r *http.Request) (*http.Response, error) {
	if !d.disabled.Load() {
		return http.DefaultClient.Do(r) //nolint:gosec // the suite's own server
	}
	return &http.Response{
		StatusCode: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/x-amz-json-1.1"}},
		Body: io.NopCloser(strings.NewReader(`{"__type":"DisabledException","message":"the key is disabled"}`)), Request: r,
	}, nil
}

// TestAKeyThatIsDisabledIsUnavailable: what is open stays so for minutes, no
// longer.
func TestAKeyThatIsDisabledIsUnavailable(t *testing.T) {
	cfg, opt := deployment(t)
	now := time.Now()
	opt.HostNow = func() time.Time { return now }
	var disabled atomic.Bool
	cfg.HTTPClient = disabling{&disabled}
	k := open(t, cfg, opt)
	wrapped, err := k.NewCaseKey(t.Context(), "case_01")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.CaseKey(t.Context(), "case_01", wrapped); err != nil {
		t.Fatal(err)
	}
	disabled.Store(true)
	if _, err := k.CaseKey(t.Context(), "case_01", wrapped); err != nil {
		t.Errorf("an opened key is asked for again: %v", err)
	}
	now = now.Add(5 * time.Minute)
	if _, err := k.CaseKey(t.Context(), "case_01", wrapped); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("with a disabled key: %v", err)
	}
	if _, err := k.NewCaseKey(t.Context(), "case_02"); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("making one with a disabled key: %v", err)
	}
}

func TestAServerThatIsNotThereIsUnavailable(t *testing.T) {
	cfg, opt := deployment(t)
	k := open(t, cfg, opt)
	gone := cfg.Copy()
	gone.BaseEndpoint, gone.RetryMaxAttempts = aws.String("http://127.0.0.1:1"), 1
	opt.Bucket = ""
	far := open(t, gone, opt)
	wrapped, err := k.NewCaseKey(t.Context(), "case_01")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := far.CaseKey(t.Context(), "case_01", wrapped); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("got %v", err)
	}
}
