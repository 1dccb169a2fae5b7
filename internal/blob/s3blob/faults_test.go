package s3blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ontdox/takedown/internal/blob/s3blob"
	"github.com/ontdox/takedown/internal/takedown"
)

// fault is what happens to a call: it is cut off before the server hears it,
// its answer is lost, or something else answers.
type fault struct {
	cut, lost bool
	status    int
	code      string
}

func (f fault) play(r *http.Request) (*http.Response, error) {
	switch {
	case f.cut:
		return nil, errCut
	case f.lost:
		res, err := deliver(r)
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			err = errors.Join(err, res.Body.Close())
		}
		return nil, errors.Join(errCut, err)
	}
	body := `<?xml version="1.0" encoding="UTF-8"?><Error><Code>` + f.code + `</Code><Message>as told</Message></Error>`
	return &http.Response{StatusCode: f.status, Header: http.Header{"Content-Type": {"application/xml"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func deliver(r *http.Request) (*http.Response, error) {
	return http.DefaultClient.Do(r) //nolint:gosec // the suite's own server
}

// wire is the way to the server: the fault has the first write, or every call
// while down.
type wire struct {
	fault fault
	down  atomic.Bool
	puts  atomic.Int64
}

func (w *wire) Do(r *http.Request) (*http.Response, error) {
	first := r.Method == http.MethodPut && w.puts.Add(1) == 1
	if first || w.down.Load() {
		return w.fault.play(r)
	}
	return deliver(r)
}

// over sends a configuration's calls over a wire, and has them repeated at once.
func over(cfg aws.Config, w aws.HTTPClient) aws.Config {
	cfg = cfg.Copy()
	cfg.HTTPClient = w
	cfg.Retryer = func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
	return cfg
}

var errCut = errors.New("the connection was cut")

// passing are faults that a repetition gets over.
var passing = map[string]fault{
	"the answer is lost": {lost: true}, "an error of the server": {status: 500, code: "InternalError"}, "slow down": {status: 503, code: "SlowDown"},
	"another write under way": {status: 409, code: "ConditionalRequestConflict"}, "cut before it": {cut: true},
}

func TestAPassingFaultLosesNoBlob(t *testing.T) {
	for name, fault := range passing {
		t.Run(name, func(t *testing.T) {
			cfg, bucket := bucket(t, false)
			w := &wire{fault: fault}
			stored, size, err := s3blob.New(over(cfg, w), bucket).Put(t.Context(), strings.NewReader("schermafbeelding"), 100)
			if err != nil || size != 16 {
				t.Fatalf("%d, %v", size, err)
			}
			if w.puts.Load() < 2 {
				t.Error("the fault was never met")
			}
			if got := read(t, s3blob.New(cfg, bucket), stored); got != "schermafbeelding" {
				t.Errorf("reads as %q", got)
			}
		})
	}
}

func read(t *testing.T, b *s3blob.Blobs, name string) string {
	t.Helper()
	r, err := b.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestALastingFaultStoresNothing: it is Unavailable, and the same Put works
// once the service is back.
func TestALastingFaultStoresNothing(t *testing.T) {
	for name, fault := range map[string]fault{
		"an error of the server": {status: 500, code: "InternalError"}, "slow down": {status: 503, code: "SlowDown"},
		"not allowed": {status: 403, code: "AccessDenied"}, "another write under way": {status: 409, code: "ConditionalRequestConflict"},
		"a wrong checksum": {status: 400, code: "BadDigest"}, "no way to it": {cut: true},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, bucket := bucket(t, false)
			w := &wire{fault: fault}
			w.down.Store(true)
			b := s3blob.New(over(cfg, w), bucket)
			if _, _, err := b.Put(t.Context(), strings.NewReader("x"), 100); takedown.KindOf(err) != takedown.Unavailable {
				t.Fatalf("got %v", err)
			}
			w.down.Store(false)
			if err := b.Names(t.Context(), time.Now().Add(time.Hour), func(name string) error { return fmt.Errorf("%s is stored", name) }); err != nil {
				t.Error(err)
			}
			if _, _, err := b.Put(t.Context(), strings.NewReader("x"), 100); err != nil {
				t.Errorf("once it is back: %v", err)
			}
		})
	}
}

// TestNoAnswerEndsWithTheRequest: a service that hangs holds nobody longer than
// the request lives.
func TestNoAnswerEndsWithTheRequest(t *testing.T) {
	cfg, bucket := bucket(t, false)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, _, err := s3blob.New(over(cfg, hanging(cancel)), bucket).Put(ctx, strings.NewReader("x"), 100); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("got %v", err)
	}
}

// hanging is a service that never answers; the caller gives up.
type hanging func()

func (h hanging) Do(r *http.Request) (*http.Response, error) {
	h()
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// TestOtherBytesUnderANameAreNotGiven: whoever can write to the bucket cannot
// put other bytes under a blob's name, and have them read.
func TestOtherBytesUnderANameAreNotGiven(t *testing.T) {
	cfg, bucket := bucket(t, false)
	b := s3blob.New(cfg, bucket)
	name, _, err := b.Put(t.Context(), strings.NewReader("echt"), 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s3.NewFromConfig(cfg).PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &name, Body: strings.NewReader("nep!")}); err != nil {
		t.Fatal(err)
	}
	r, err := b.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(r)
	if takedown.KindOf(err) != takedown.Internal || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

// TestWhatStandsIsNeverOverwritten: a second Put of a blob sends its bytes with
// the condition that nothing stands there, and the first copy's bytes stay.
func TestWhatStandsIsNeverOverwritten(t *testing.T) {
	cfg, bucket := bucket(t, false)
	var conditions []string
	far := cfg.Copy()
	far.HTTPClient = listening(func(r *http.Request) {
		if r.Method == http.MethodPut && r.Header.Get("X-Amz-Copy-Source") == "" {
			conditions = append(conditions, r.Header.Get("If-None-Match")+" "+r.Header.Get("X-Amz-Checksum-Sha256"))
		}
	})
	b := s3blob.New(far, bucket)
	for range 2 {
		if _, _, err := b.Put(t.Context(), strings.NewReader("x"), 100); err != nil {
			t.Fatal(err)
		}
	}
	const sum = "* LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE="
	if want := []string{sum, sum}; !slices.Equal(conditions, want) {
		t.Errorf("sent %q, want %q", conditions, want)
	}
}

// listening hears every request.
type listening func(r *http.Request)

func (l listening) Do(r *http.Request) (*http.Response, error) {
	l(r)
	return deliver(r)
}

func TestAPassingFaultLosesNoHeadAndDoublesNone(t *testing.T) {
	for name, fault := range passing {
		t.Run(name, func(t *testing.T) {
			cfg, bucket := bucket(t, true)
			h := s3blob.NewHeads(cfg, bucket)
			if err := h.Append([]byte("head 1")); err != nil {
				t.Fatal(err)
			}
			w := &wire{fault: fault}
			if err := s3blob.NewHeads(over(cfg, w), bucket).Append([]byte("head 2")); err != nil {
				t.Fatal(err)
			}
			if w.puts.Load() < 2 {
				t.Error("the fault was never met")
			}
			if got := all(t, h); !slices.Equal(got, []string{"head 1", "head 2"}) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestAHeadThatIsNoneIsRefused(t *testing.T) {
	cfg, bucket := bucket(t, true)
	key := "head-x"
	if _, err := s3.NewFromConfig(cfg).PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(nil)}); err != nil {
		t.Fatal(err)
	}
	if _, err := s3blob.NewHeads(cfg, bucket).Last(); takedown.KindOf(err) != takedown.Invalid {
		t.Errorf("got %v", err)
	}
	w := &wire{fault: fault{cut: true}}
	w.down.Store(true)
	if err := s3blob.NewHeads(over(cfg, w), bucket).Append([]byte("head 1")); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("without the service: %v", err)
	}
}
