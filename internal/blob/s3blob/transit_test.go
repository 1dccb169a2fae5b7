package s3blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/ontdox/takedown/internal/blob/s3blob"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

const capture = "schermafbeelding"

// transit is a bucket for files over 10 bytes, at a host time.
func transit(t *testing.T, now func() time.Time) (*s3blob.Transit, *s3.Client, string) {
	t.Helper()
	cfg, name := bucket(t, false)
	client := s3.NewFromConfig(cfg)
	if _, err := client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: &name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		t.Fatal(err)
	}
	return s3blob.NewTransit(cfg, name, 10, now), client, name
}

// ask makes a request as any client would, with the address and its headers,
// and gives what is answered.
func ask(t *testing.T, method, address string, headers map[string]string, body string) (status int, header http.Header, got string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		req.Header.Set(name, value)
	}
	res, err := deliver(req)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(raw)
}

func uploadTo(t *testing.T, tr *s3blob.Transit, name string) casework.TransitAddress {
	t.Helper()
	sum := sha256.Sum256([]byte(capture))
	to, err := tr.Upload(t.Context(), name, hex.EncodeToString(sum[:]), int64(len(capture)), 5*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func content(t *testing.T, tr *s3blob.Transit, name string) string {
	t.Helper()
	r, err := tr.Open(t.Context(), name)
	if takedown.KindOf(err) == takedown.NotFound && err != nil {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func versions(t *testing.T, client *s3.Client, bucket string) int {
	t.Helper()
	out, err := client.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	return len(out.Versions) + len(out.DeleteMarkers)
}

func TestAFileIsPutByItsAddress(t *testing.T) {
	tr, client, name := transit(t, time.Now)
	to := uploadTo(t, tr, "upload_01")
	if got := content(t, tr, "upload_01"); got != "" {
		t.Errorf("before it is put: %q", got)
	}
	for range 2 { // whoever lost the answer puts it again
		if status, _, body := ask(t, http.MethodPut, to.URL, to.Headers, capture); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
	}
	if got := content(t, tr, "upload_01"); got != capture {
		t.Errorf("reads as %q", got)
	}
	for range 2 { // both versions go
		if err := tr.Drop(t.Context(), "upload_01"); err != nil {
			t.Error(err)
		}
	}
	if got := versions(t, client, name); got != 0 {
		t.Errorf("once dropped %d versions are left", got)
	}
}

// TestAnAddressIsForOneFileAndOneWhile: its signature covers how much may be
// put, with which hash, where, and until when. moto checks no signature.
func TestAnAddressIsForOneFileAndOneWhile(t *testing.T) {
	tr, _, _ := transit(t, time.Now)
	to := uploadTo(t, tr, "upload_01")
	u, err := url.Parse(to.URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if got := q.Get("X-Amz-SignedHeaders"); got != "content-length;host;x-amz-checksum-sha256" {
		t.Errorf("signed: %s", got)
	}
	if got := q.Get("X-Amz-Expires"); got != "300" {
		t.Errorf("lives %s seconds", got)
	}
	if !strings.HasSuffix(u.Path, "/put/upload_01.bin") {
		t.Errorf("leads to %s", u.Path)
	}
	sum := sha256.Sum256([]byte(capture))
	if len(to.Headers) != 1 || to.Headers["X-Amz-Checksum-Sha256"] == "" || strings.Contains(to.URL, hex.EncodeToString(sum[:])) {
		t.Errorf("headers %v", to.Headers)
	}
	if _, err := tr.Upload(t.Context(), "upload_02", "geen hash", 5, time.Minute); takedown.KindOf(err) != takedown.Invalid {
		t.Errorf("no hash: %v", err)
	}
}

func TestAFileIsOfferedAsADownload(t *testing.T) {
	tr, _, _ := transit(t, time.Now)
	address, err := tr.Offer(t.Context(), "text/html", strings.NewReader(capture), 5*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	status, header, body := ask(t, http.MethodGet, address, nil, "")
	if body != capture || header.Get("Content-Type") != "text/html" || header.Get("Content-Disposition") != "attachment" {
		t.Errorf("%d %v %q", status, header, body)
	}
	again, err := tr.Offer(t.Context(), "text/html", strings.NewReader(capture), 5*time.Minute)
	if err != nil || again == address {
		t.Errorf("two readers have one address, %v", err)
	}
	broken := errors.New("the evidence does not open")
	if _, err := tr.Offer(t.Context(), "text/html", io.MultiReader(strings.NewReader("half"), failing{broken}), time.Minute); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestNothingStaysInTransit: what was never committed, and what was read, goes
// with the next use.
func TestNothingStaysInTransit(t *testing.T) {
	now := time.Now()
	tr, client, name := transit(t, func() time.Time { return now })
	to := uploadTo(t, tr, "upload_01")
	ask(t, http.MethodPut, to.URL, to.Headers, capture)
	if _, err := tr.Offer(t.Context(), "text/html", strings.NewReader(capture), time.Minute); err != nil {
		t.Fatal(err)
	}
	uploadTo(t, tr, "upload_02")
	if got := versions(t, client, name); got != 2 {
		t.Errorf("at once %d are left of 2", got)
	}
	now = now.Add(16 * time.Minute)
	uploadTo(t, tr, "upload_02")
	if got := versions(t, client, name); got != 0 {
		t.Errorf("after 16 minutes %d are left", got)
	}
}

func TestTransitWithoutItsServiceIsUnavailable(t *testing.T) {
	cfg, name := bucket(t, false)
	w := &wire{fault: fault{cut: true}}
	w.down.Store(true)
	tr := s3blob.NewTransit(over(cfg, w), name, 10, time.Now)
	_, err := tr.Open(t.Context(), "upload_01")
	_, offered := tr.Offer(t.Context(), "text/html", bytes.NewReader(nil), time.Minute)
	for what, err := range map[string]error{"open": err, "offer": offered, "drop": tr.Drop(context.Background(), "upload_01")} {
		if takedown.KindOf(err) != takedown.Unavailable {
			t.Errorf("%s: %v", what, err)
		}
	}
}
