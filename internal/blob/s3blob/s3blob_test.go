package s3blob_test

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/ontdox/takedown/internal/blob/blobtest"
	"github.com/ontdox/takedown/internal/blob/s3blob"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/skip"
	"github.com/ontdox/takedown/internal/takedown"
)

var buckets atomic.Int64

func at(endpoint string) aws.Config {
	return aws.Config{Region: "eu-west-1", BaseEndpoint: aws.String(endpoint), Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
}

// bucket makes a bucket of its own on a server that is not ours.
func bucket(t *testing.T, locked bool) (aws.Config, string) {
	t.Helper()
	endpoint := os.Getenv("TAKEDOWN_MOTO")
	if endpoint == "" {
		skip.Now(t, "TAKEDOWN_MOTO is not set: no such service runs")
	}
	name := fmt.Sprintf("blobs-%d-%d", time.Now().UnixNano(), buckets.Add(1))
	_, err := s3.NewFromConfig(at(endpoint)).CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &name, ObjectLockEnabledForBucket: &locked, CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return at(endpoint), name
}

func TestSuite(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) casework.Blobs {
		cfg, name := bucket(t, false)
		return s3blob.New(cfg, name)
	})
}

func TestABucketThatIsNotThereIsUnavailable(t *testing.T) {
	cfg, _ := bucket(t, false)
	b := s3blob.New(cfg, "no-such-bucket-here")
	if err := b.Names(t.Context(), time.Now(), func(string) error { return nil }); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestHeadsAreKeptInTheirOrder(t *testing.T) {
	cfg, name := bucket(t, true)
	h := s3blob.NewHeads(cfg, name)
	if msg, err := h.Last(); msg != nil || err != nil {
		t.Fatalf("the last of none: %q, %v", msg, err)
	}
	var want []string
	for i := range 12 {
		want = append(want, fmt.Sprintf("head %d", i))
		for range 2 { // the one that stands last is not added again
			if err := h.Append([]byte(want[i])); err != nil {
				t.Fatal(err)
			}
		}
	}
	if msg, err := h.Last(); string(msg) != "head 11" || err != nil {
		t.Errorf("last: %q, %v", msg, err)
	}
	if got := all(t, h); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func all(t *testing.T, h *s3blob.Heads) []string {
	t.Helper()
	list, err := h.All()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, msg := range list {
		out = append(out, string(msg))
	}
	return out
}

func TestHeadsAppendedAtOnceAllStand(t *testing.T) {
	cfg, name := bucket(t, true)
	var wg sync.WaitGroup
	var want []string
	for i := range 4 {
		msg := fmt.Sprintf("head %d", i)
		want = append(want, msg)
		wg.Go(func() {
			if err := s3blob.NewHeads(cfg, name).Append([]byte(msg)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := all(t, s3blob.NewHeads(cfg, name))
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
