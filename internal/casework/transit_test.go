package casework_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// memTransit keeps in memory what is in transit. broken is its error, if any.
type memTransit struct {
	lies   map[string][]byte
	broken error
	torn   bool // what is read breaks off
}

func newTransit() *memTransit { return &memTransit{lies: map[string][]byte{}} }

func (m *memTransit) Carries() int64 { return 8 }

func (m *memTransit) Upload(_ context.Context, name, sum string, _ int64, life time.Duration) (casework.TransitAddress, error) {
	return casework.TransitAddress{URL: "https://transit.example/" + name + "?life=" + life.String(), Headers: map[string]string{"X-Sum": sum}}, m.broken
}

func (m *memTransit) Open(_ context.Context, name string) (io.ReadCloser, error) {
	if m.broken != nil {
		return nil, m.broken
	}
	body, ok := m.lies[name]
	if !ok {
		return nil, takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "nothing was put")
	}
	if m.torn {
		return io.NopCloser(io.MultiReader(bytes.NewReader(body[:1]), iotest.ErrReader(io.ErrUnexpectedEOF))), nil
	}
	return io.NopCloser(bytes.NewReader(body)), nil
}

func (m *memTransit) Offer(_ context.Context, mediaType string, r io.Reader, _ time.Duration) (string, error) {
	body, err := io.ReadAll(r)
	m.lies["offered"] = body
	return "https://transit.example/offered?as=" + mediaType, err
}

func (m *memTransit) Drop(_ context.Context, name string) error {
	delete(m.lies, name)
	return nil
}

const largeCapture = "sealed evidence bytes, many"

// announce announces a file and gives the upload's id.
func (f *fixture) announce(caseID, content string) string {
	f.t.Helper()
	sum := sha256.Sum256([]byte(content))
	id, err := f.s.BeginUpload(context.Background(), specialist, caseID, casework.UploadInput{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), MediaType: "image/png"})
	f.ok(err)
	return id
}

func TestLargeEvidencePassesByTransit(t *testing.T) {
	t.Parallel()
	f, ctx, m := newFixture(t), context.Background(), newTransit()
	f.s.Transit = m
	c := f.open(caseInput("https://forum.example/1"))
	item := c.Items[0].Item
	id := f.announce(c.Case, largeCapture)
	to, err := f.s.UploadAddress(ctx, id, 5*time.Minute)
	if f.ok(err); to.URL != "https://transit.example/"+id+"?life=5m0s" || len(to.Headers["X-Sum"]) != 64 {
		t.Errorf("goes to %+v", to)
	}
	_, err = f.s.CommitEvidence(ctx, specialist, c.Case, f.captureOf(id, item))
	f.pointers(err, "/uploadId") // nothing was put yet
	m.lies[id] = []byte(largeCapture)
	evid, err := f.s.CommitEvidence(ctx, specialist, c.Case, f.captureOf(id, item))
	f.ok(err)
	if len(m.lies) != 0 {
		t.Error("the plain bytes are left in transit")
	}
	f.absent(largeCapture)
	url, err := f.s.OfferEvidence(ctx, c.Case, evid, time.Minute)
	if f.ok(err); url != "https://transit.example/offered?as=image/png" || string(m.lies["offered"]) != largeCapture {
		t.Errorf("offered %q at %s", m.lies["offered"], url)
	}
	_, err = f.s.CommitEvidence(ctx, specialist, c.Case, f.captureOf(id, item))
	f.kind(err, takedown.Conflict)
}

// TestSmallEvidenceNeedsNoTransit: it never lies anywhere in the clear.
func TestSmallEvidenceNeedsNoTransit(t *testing.T) {
	t.Parallel()
	f, ctx, m := newFixture(t), context.Background(), newTransit()
	f.s.Transit = m
	c := f.open(caseInput("https://forum.example/1"))
	id := f.announce(c.Case, "12345678")
	to, err := f.s.UploadAddress(ctx, id, time.Minute)
	if f.ok(err); to.URL != "" {
		t.Errorf("goes to %+v", to)
	}
	m.lies[id] = []byte("12345678")
	_, err = f.s.CommitEvidence(ctx, specialist, c.Case, f.captureOf(id, c.Items[0].Item))
	f.pointers(err, "/uploadId")
	f.ok(f.s.ReceiveUpload(ctx, id, strings.NewReader("12345678")))
	evid, err := f.s.CommitEvidence(ctx, specialist, c.Case, f.captureOf(id, c.Items[0].Item))
	f.ok(err)
	url, err := f.s.OfferEvidence(ctx, c.Case, evid, time.Minute)
	if f.ok(err); url != "" {
		t.Errorf("offered at %s", url)
	}
}

// TestFaultsOfTheTransit: others than the announced bytes go; what could not be
// read stays, and the same commit works later.
func TestFaultsOfTheTransit(t *testing.T) {
	t.Parallel()
	f, ctx, m := newFixture(t), context.Background(), newTransit()
	f.s.Transit = m
	c := f.open(caseInput("https://forum.example/1"))
	id := f.announce(c.Case, largeCapture)
	commit := func(who takedown.Principal) error {
		_, err := f.s.CommitEvidence(ctx, who, c.Case, f.captureOf(id, c.Items[0].Item))
		return err
	}
	before := f.blobs()
	m.lies[id] = []byte("sealed evidence bytes, else")
	f.kind(commit(specialist), takedown.Invalid)
	if len(m.lies) != 0 || f.blobs() != before {
		t.Error("other bytes than announced are left somewhere")
	}
	m.lies[id] = []byte(largeCapture)
	m.broken = takedown.Errorf(takedown.Unavailable, takedown.NameUnavailable, "no answer")
	f.kind(commit(specialist), takedown.Unavailable)
	m.broken, m.torn = nil, true
	f.kind(commit(specialist), takedown.Unavailable)
	m.torn = false
	for _, who := range []takedown.Principal{auditor, coordinator, reporter, nobody} {
		f.kind(commit(who), takedown.Forbidden)
	}
	if len(m.lies) != 1 || f.blobs() != before {
		t.Error("a refused commit took the bytes in")
	}
	f.ok(commit(specialist))
}

// TestAFlaggedCaseTakesNothingFromTransit: what was put before the flag goes.
func TestAFlaggedCaseTakesNothingFromTransit(t *testing.T) {
	t.Parallel()
	f, ctx, m := newFixture(t), context.Background(), newTransit()
	f.s.Transit = m
	c := f.open(caseInput("https://forum.example/1"))
	id, item, yes := f.announce(c.Case, largeCapture), c.Items[0].Item, true
	m.lies[id] = []byte(largeCapture)
	f.ok(f.s.PatchItem(ctx, specialist, c.Case, item, casework.ItemPatch{SuspectedCSAM: &yes}, f.item(c.Case, 0).Version))
	before := f.blobs()
	_, err := f.s.CommitEvidence(ctx, specialist, c.Case, f.captureOf(id, item))
	f.kind(err, takedown.Conflict)
	if len(m.lies) != 0 || f.blobs() != before {
		t.Error("bytes of a flagged case are left somewhere")
	}
}
