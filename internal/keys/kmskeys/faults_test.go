package kmskeys_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/ontdox/takedown/internal/keys/kmskeys"
	"github.com/ontdox/takedown/internal/takedown"
)

// wire is the way to the server: the fault has the first call of an action
// that it names, or of a method for S3, or with always every one.
type wire struct {
	action string
	always bool
	fault  fault
	met    atomic.Int64
}

func (w *wire) Do(r *http.Request) (*http.Response, error) {
	_, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if action == "" {
		action = r.Method
	}
	if action != w.action || w.met.Add(1) > 1 && !w.always {
		return w.fault.none(r)
	}
	return w.fault.play(r)
}

// over sends a configuration's calls over a wire, and has them repeated at once.
func over(cfg aws.Config, w *wire) aws.Config {
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

// fault is what happens to a call: it is cut off before the server hears it,
// its answer is lost, or something else answers. The zero fault is none.
type fault struct {
	cut, lost bool
	status    int
	code      string
}

// none sends the call as it is.
func (fault) none(r *http.Request) (*http.Response, error) {
	return http.DefaultClient.Do(r) //nolint:gosec // the suite's own server
}

func (f fault) play(r *http.Request) (*http.Response, error) {
	if f.cut {
		return nil, errCut
	}
	if f.lost {
		res, err := f.none(r)
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			err = errors.Join(err, res.Body.Close())
		}
		if err != nil || f.status == 0 {
			return nil, errors.Join(errCut, err)
		}
	}
	if f.status == 0 {
		return f.none(r)
	}
	kind, body := "application/x-amz-json-1.1", fmt.Sprintf(`{"__type":%q,"message":"as told"}`, f.code)
	if r.Header.Get("X-Amz-Target") == "" { // S3
		kind, body = "application/xml", "<Error><Code>"+f.code+"</Code></Error>"
	}
	return &http.Response{StatusCode: f.status, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// says is an answer in the server's stead.
func says(status int, code string) fault { return fault{status: status, code: code} }

func TestAPassingFaultOfKMSIsGotOver(t *testing.T) {
	for name, fault := range map[string]fault{
		"the answer is lost": {lost: true}, "throttled": says(400, "ThrottlingException"),
		"its own fault": says(500, "KMSInternalException"), "a dependency's": says(503, "DependencyTimeoutException"),
	} {
		for _, action := range []string{"GenerateDataKey", "Decrypt"} {
			t.Run(name+" "+action, func(t *testing.T) {
				cfg, opt := deployment(t)
				open(t, cfg, opt)
				opt.Bucket = ""
				w := &wire{action: action, fault: fault}
				k := open(t, over(cfg, w), opt)
				wrapped, err := k.NewCaseKey(t.Context(), "case_01")
				if err != nil {
					t.Fatal(err)
				}
				if _, err := k.CaseKey(t.Context(), "case_01", wrapped); err != nil {
					t.Fatal(err)
				}
				if w.met.Load() < 2 {
					t.Error("the fault was never met")
				}
			})
		}
	}
}

// TestWhyAKeyDoesNotOpen: what may pass is Unavailable and says why; what does
// not is Internal.
func TestWhyAKeyDoesNotOpen(t *testing.T) {
	cfg, opt := deployment(t)
	wrapped, err := open(t, cfg, opt).NewCaseKey(t.Context(), "case_01")
	if err != nil {
		t.Fatal(err)
	}
	opt.Bucket = ""
	for name, c := range map[string]struct {
		fault fault
		kind  takedown.Kind
		says  string
	}{
		"throttled":     {says(400, "ThrottlingException"), takedown.Unavailable, "does not open"},
		"no answer":     {fault{cut: true}, takedown.Unavailable, "does not open"},
		"disabled":      {says(400, "DisabledException"), takedown.Unavailable, "disabled or about to be deleted"},
		"to be deleted": {says(400, "KMSInvalidStateException"), takedown.Unavailable, "disabled or about to be deleted"},
		"gone":          {says(400, "NotFoundException"), takedown.Unavailable, "is not there"},
		"not allowed":   {says(400, "AccessDeniedException"), takedown.Unavailable, "does not open"},
		"wrong context": {says(400, "InvalidCiphertextException"), takedown.Internal, "does not open"},
		"another key's": {says(400, "IncorrectKeyException"), takedown.Internal, "does not open"},
	} {
		t.Run(name, func(t *testing.T) {
			k := open(t, over(cfg, &wire{action: "Decrypt", always: true, fault: c.fault}), opt)
			_, err := k.CaseKey(t.Context(), "case_01", wrapped)
			if takedown.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", takedown.KindOf(err), err)
			}
			if k.Held() != 0 {
				t.Error("a key that did not open is kept")
			}
		})
	}
}

// TestAWrappedKeyOpensWithItsOwnKMSKeyAlone: as the server itself says it.
func TestAWrappedKeyOpensWithItsOwnKMSKeyAlone(t *testing.T) {
	cfg, opt := deployment(t)
	k := open(t, cfg, opt)
	other, err := kms.NewFromConfig(cfg).CreateKey(t.Context(), &kms.CreateKeyInput{})
	if err != nil {
		t.Fatal(err)
	}
	wrapped, err := k.NewCaseKey(t.Context(), "case_01")
	if err != nil {
		t.Fatal(err)
	}
	stranger := open(t, cfg, kmskeys.Options{KeyID: *other.KeyMetadata.Arn, HostNow: time.Now})
	if _, err := stranger.CaseKey(t.Context(), "case_01", wrapped); err == nil {
		t.Error("another KMS key opens it")
	}
	if _, err := k.CaseKey(t.Context(), "case_02", wrapped); takedown.KindOf(err) != takedown.Internal {
		t.Errorf("another case's: %v", err)
	}
	none := open(t, cfg, kmskeys.Options{KeyID: "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000", HostNow: time.Now})
	if _, err := none.NewCaseKey(t.Context(), "case_01"); takedown.KindOf(err) != takedown.Unavailable || !strings.Contains(err.Error(), "is not there") {
		t.Errorf("a key that is not there: %v", err)
	}
}

// TestOpenedKeysAreBounded: in number, and in time.
func TestOpenedKeysAreBounded(t *testing.T) {
	cfg, opt := deployment(t)
	now := time.Now()
	opt.HostNow = func() time.Time { return now }
	w := &wire{action: "Decrypt", always: true}
	k := open(t, over(cfg, w), opt)
	wrapped, err := k.NewCaseKey(t.Context(), "case_01")
	if err != nil {
		t.Fatal(err)
	}
	before := w.met.Load()
	for range 3 {
		if _, err := k.CaseKey(t.Context(), "case_01", wrapped); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.met.Load() - before; got != 1 {
		t.Errorf("KMS was asked %d times for one key", got)
	}
	for n := range kmskeys.KeepMost + 5 {
		id := fmt.Sprintf("case_%d", n)
		wrapped, err := k.NewCaseKey(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.CaseKey(t.Context(), id, wrapped); err != nil {
			t.Fatal(err)
		}
		if k.Held() > kmskeys.KeepMost {
			t.Fatalf("%d opened keys are kept", k.Held())
		}
	}
}

// TestOwnKeysSurviveALostAnswer: whether they were kept is read, never guessed.
func TestOwnKeysSurviveALostAnswer(t *testing.T) {
	for name, fault := range map[string]fault{
		"the answer is lost":       {lost: true},
		"another's are being kept": {lost: true, status: http.StatusConflict, code: "ConditionalRequestConflict"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, opt := deployment(t)
			w := &wire{action: http.MethodPut, fault: fault}
			k := open(t, over(cfg, w), opt)
			if w.met.Load() == 0 {
				t.Error("the fault was never met")
			}
			opt.Create = false
			if again := open(t, cfg, opt); again.DeploymentID() != k.DeploymentID() {
				t.Errorf("two deployments: %s and %s", k.DeploymentID(), again.DeploymentID())
			}
		})
	}
}

// TestOwnKeysThatAreDamagedAreNotMadeAnew: new ones would orphan everything.
func TestOwnKeysThatAreDamagedAreNotMadeAnew(t *testing.T) {
	cfg, opt := deployment(t)
	open(t, cfg, opt)
	name := "keys/deployment"
	if _, err := s3.NewFromConfig(cfg).PutObject(t.Context(), &s3.PutObjectInput{Bucket: &opt.Bucket, Key: &name, Body: strings.NewReader("\x01\x00\x05short")}); err != nil {
		t.Fatal(err)
	}
	if _, err := kmskeys.Open(context.Background(), cfg, opt); err == nil || takedown.KindOf(err) == takedown.NotFound {
		t.Errorf("got %v", err)
	}
	far := over(cfg, &wire{action: http.MethodGet, always: true, fault: fault{cut: true}})
	if _, err := kmskeys.Open(context.Background(), far, opt); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("without the bucket: %v", err)
	}
}
