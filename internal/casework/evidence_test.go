package casework_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// upload announces and sends bytes and gives the upload's id.
func (f *fixture) upload(caseID string, content []byte) string {
	f.t.Helper()
	ctx := context.Background()
	sum := sha256.Sum256(content)
	id, err := f.s.BeginUpload(ctx, specialist, caseID, casework.UploadInput{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content)), MediaType: "image/png"})
	f.ok(err)
	f.ok(f.s.ReceiveUpload(ctx, id, bytes.NewReader(content)))
	return id
}

// captureOf is a good capture of items.
func (f *fixture) captureOf(upload string, items ...string) casework.EvidenceInput {
	return casework.EvidenceInput{
		UploadID: upload, ItemIDs: items, CapturedAt: f.clock.at.Add(-time.Hour), Zone: "Europe/Amsterdam",
		URL: "https://forum.example/sealed-path", CapturedBy: "medewerker meldpunt", Tool: "browser 1", Original: true,
	}
}

// capture brings evidence of items in.
func (f *fixture) capture(caseID string, items ...string) string {
	f.t.Helper()
	upload := f.upload(caseID, []byte("sealed evidence bytes of "+strings.Join(items, " ")))
	id, err := f.s.CommitEvidence(context.Background(), specialist, caseID, f.captureOf(upload, items...))
	f.ok(err)
	return id
}

// itemOf is the id of a case's n-th item.
func (f *fixture) item(caseID string, n int) casework.ItemView {
	f.t.Helper()
	v, err := f.s.GetCase(context.Background(), auditor, caseID)
	f.ok(err)
	return v.Items[n]
}

// Requirement: S4-7
func TestEvidenceComesBackAsItWentIn(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/sealed-path"))
	item := c.Items[0].Item
	evid := f.capture(c.Case, item)
	if got := f.item(c.Case, 0).Evidence; got != 1 {
		t.Errorf("the item counts %d pieces of evidence", got)
	}
	view, err := f.s.GetEvidence(ctx, auditor, c.Case, evid)
	f.ok(err)
	if view.Zone != "Europe/Amsterdam" || view.Size == 0 || len(view.SHA256) != 64 || !slices.Equal(view.Items, []string{item}) {
		t.Errorf("view %+v", view)
	}
	f.ok(f.s.ReadEvidence(ctx, adviser, c.Case, evid))
	if got := f.entries(c.Case); got[len(got)-1] != "evidence.read" {
		t.Errorf("reading wrote no entry: %q", got)
	}
	r, mediaType, err := f.s.StreamEvidence(ctx, c.Case, evid)
	f.ok(err)
	body, err := io.ReadAll(r)
	f.ok(err)
	f.ok(r.Close())
	if string(body) != "sealed evidence bytes of "+item || mediaType != "image/png" {
		t.Errorf("got %q, %s", body, mediaType)
	}
	f.absent("sealed evidence bytes", "sealed-path")
	blobs := f.s.Blobs.(*memBlobs)
	blobs.m.Range(func(_, v any) bool {
		if bytes.Contains(v.([]byte), []byte("sealed evidence bytes")) {
			t.Error("a blob holds the plain bytes")
		}
		return true
	})
	for _, who := range []takedown.Principal{auditor, coordinator, reporter, nobody} {
		f.kind(f.s.ReadEvidence(ctx, who, c.Case, evid), takedown.Forbidden)
	}
	f.kind(f.s.ReadEvidence(ctx, specialist, c.Case, "evid_unknown"), takedown.NotFound)
	other := f.open(caseInput("https://forum.example/other"))
	f.kind(f.s.ReadEvidence(ctx, specialist, other.Case, evid), takedown.NotFound)
	list, err := f.s.ListEvidence(ctx, specialist, other.Case)
	if f.ok(err); len(list) != 0 {
		t.Errorf("another case lists %+v", list)
	}
}

func TestBytesThatWereNotAnnouncedLeaveNothing(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	sum := sha256.Sum256([]byte("four"))
	in := casework.UploadInput{SHA256: hex.EncodeToString(sum[:]), Size: 4, MediaType: "text/plain"}
	id, err := f.s.BeginUpload(ctx, specialist, c.Case, in)
	f.ok(err)
	before := f.blobs()
	for _, wrong := range []string{"", "fou", "five", "fourfour"} {
		f.kind(f.s.ReceiveUpload(ctx, id, strings.NewReader(wrong)), takedown.Invalid)
	}
	f.kind(f.s.ReceiveUpload(ctx, id, io.MultiReader(strings.NewReader("fo"), brokenReader{})), takedown.Malformed)
	f.kind(f.s.ReceiveUpload(ctx, "upload_unknown", strings.NewReader("four")), takedown.NotFound)
	if f.blobs() != before {
		t.Error("refused bytes left a blob")
	}
	_, err = f.s.CommitEvidence(ctx, specialist, c.Case, f.captureOf(id, c.Items[0].Item))
	f.pointers(err, "/uploadId")
	f.ok(f.s.ReceiveUpload(ctx, id, strings.NewReader("four")))
	f.ok(f.s.ReceiveUpload(ctx, id, strings.NewReader("four"))) // a repeated PUT is harmless
	if got := f.blobs(); got != before+1 {
		t.Errorf("%d blobs for one upload", got-before)
	}
	_, err = f.s.CommitEvidence(ctx, specialist, c.Case, f.captureOf(id, c.Items[0].Item))
	f.ok(err)
	_, err = f.s.CommitEvidence(ctx, specialist, c.Case, f.captureOf(id, c.Items[0].Item))
	f.kind(err, takedown.Conflict)
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// blobs counts what is stored.
func (f *fixture) blobs() int {
	n := 0
	f.s.Blobs.(*memBlobs).m.Range(func(_, _ any) bool { n++; return true })
	return n
}

// Requirement: S0-20d, S0-inf-1
func TestUploadsAreRefused(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	good := casework.UploadInput{SHA256: strings.Repeat("a", 64), Size: 1, MediaType: "image/png"}
	_, err := f.s.BeginUpload(ctx, specialist, c.Case, casework.UploadInput{SHA256: "A", Size: 50<<20 + 1, MediaType: "png"})
	f.pointers(err, "/sha256", "/size", "/mediaType")
	_, err = f.s.BeginUpload(ctx, specialist, c.Case, casework.UploadInput{SHA256: strings.Repeat("g", 64), MediaType: "image/png\r\nX: y"})
	f.pointers(err, "/sha256", "/size", "/mediaType")
	for _, who := range []takedown.Principal{adviser, coordinator, auditor, reporter, nobody} {
		_, err := f.s.BeginUpload(ctx, who, c.Case, good)
		f.kind(err, takedown.Forbidden)
		_, err = f.s.CommitEvidence(ctx, who, c.Case, casework.EvidenceInput{})
		f.kind(err, takedown.Forbidden)
	}
	_, err = f.s.BeginUpload(ctx, specialist, "case_unknown", good)
	f.kind(err, takedown.NotFound)
}

// Requirement: S0-10, S0-20e, S2-5
func TestEvidenceNamesEveryBadField(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	item := c.Items[0].Item
	upload := f.upload(c.Case, []byte("x"))
	derived := f.capture(c.Case, item)
	before := len(f.entries(c.Case))
	for name, tc := range map[string]struct {
		change func(*casework.EvidenceInput)
		want   []string
	}{
		"empty": {func(in *casework.EvidenceInput) { *in = casework.EvidenceInput{} }, []string{"/uploadId", "/capturedAt", "/zone", "/url", "/original", "/capturedBy", "/itemIds"}},
		"future and places": {func(in *casework.EvidenceInput) {
			in.CapturedAt, in.Zone, in.URL = f.clock.at.Add(time.Hour), "Local", "javascript:alert(1)"
		}, []string{"/capturedAt", "/zone", "/url"}},
		"no time":            {func(in *casework.EvidenceInput) { in.CapturedAt = time.Time{} }, []string{"/capturedAt"}},
		"no location":        {func(in *casework.EvidenceInput) { in.URL = "" }, []string{"/url"}},
		"unknown zone":       {func(in *casework.EvidenceInput) { in.Zone = "Mars/Olympus" }, []string{"/zone"}},
		"original and not":   {func(in *casework.EvidenceInput) { in.DerivedFrom = derived }, []string{"/original"}},
		"derived of nothing": {func(in *casework.EvidenceInput) { in.Original, in.DerivedFrom = false, "evid_none" }, []string{"/derivedFrom"}},
		"items":              {func(in *casework.EvidenceInput) { in.ItemIDs = []string{item, item, "item_none"} }, []string{"/itemIds/1", "/itemIds/2"}},
		"26 items":           {func(in *casework.EvidenceInput) { in.ItemIDs = slices.Repeat([]string{item}, 26) }, nil},
		"purpose":            {func(in *casework.EvidenceInput) { in.Purpose = "fun" }, []string{"/purpose"}},
		"self-captured":      {func(in *casework.EvidenceInput) { in.CapturedBy = c.People[0] }, []string{"/selfCapturedReason"}},
		"reason in words":    {func(in *casework.EvidenceInput) { in.SelfCapturedReason = "Nobody else was there" }, []string{"/selfCapturedReason"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := *f
			g.t = t
			in := g.captureOf(upload, item)
			tc.change(&in)
			_, err := g.s.CommitEvidence(ctx, specialist, c.Case, in)
			if tc.want == nil {
				g.kind(err, takedown.Invalid)
				return
			}
			g.pointers(err, tc.want...)
		})
	}
	if got := len(f.entries(c.Case)); got != before {
		t.Errorf("refused input wrote %d entries", got-before)
	}
	in := f.captureOf(upload, item)
	in.CapturedBy, in.SelfCapturedReason, in.Original, in.DerivedFrom = c.People[0], "only_they_saw_it", false, derived
	_, err := f.s.CommitEvidence(ctx, specialist, c.Case, in)
	f.ok(err)
}

func TestProofsOfOurOwnActsAreNoEvidenceOfAnItem(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1"))
	in := f.captureOf(f.upload(c.Case, []byte("proof")), c.Items[0].Item)
	in.Purpose, in.URL, in.Provenance = "filing_proof", "", "scherm van de medewerker"
	_, err := f.s.CommitEvidence(ctx, specialist, c.Case, in)
	f.ok(err)
	if got := f.item(c.Case, 0).Evidence; got != 0 {
		t.Errorf("a filing's proof counts as evidence: %d", got)
	}
}

func TestNothingOfAFlaggedItemIsStoredOrShown(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	c := f.open(caseInput("https://forum.example/1", "https://forum.example/2"))
	item := c.Items[0].Item
	evid := f.capture(c.Case, item)
	waiting := f.upload(c.Case, []byte("on its way"))
	yes := true
	f.ok(f.s.PatchItem(ctx, specialist, c.Case, item, casework.ItemPatch{SuspectedCSAM: &yes}, f.item(c.Case, 0).Version))
	f.kind(f.s.ReadEvidence(ctx, specialist, c.Case, evid), takedown.Conflict)
	_, _, err := f.s.StreamEvidence(ctx, c.Case, evid)
	f.kind(err, takedown.Conflict)
	_, err = f.s.CommitEvidence(ctx, specialist, c.Case, f.captureOf(waiting, item, c.Items[1].Item))
	f.kind(err, takedown.Conflict)
	_, err = f.s.CheckItem(ctx, specialist, c.Case, item)
	f.kind(err, takedown.Conflict)
	f.ok(f.s.PatchItem(ctx, specialist, c.Case, c.Items[1].Item, casework.ItemPatch{SuspectedCSAM: &yes}, f.item(c.Case, 1).Version))
	_, err = f.s.BeginUpload(ctx, specialist, c.Case, casework.UploadInput{SHA256: strings.Repeat("a", 64), Size: 1, MediaType: "image/png"})
	f.kind(err, takedown.Conflict)
	f.task(c.Case, "refer_csam")
}

// TestEvidenceIsKeptApart: where a deployment has a place of its own for
// evidence, the bytes go there and come from there, and nothing else does.
func TestEvidenceIsKeptApart(t *testing.T) {
	t.Parallel()
	f, ctx := newFixture(t), context.Background()
	apart := &memBlobs{}
	f.s.Evidence = apart
	c := f.open(caseInput("https://forum.example/1"))
	before := f.blobs()
	id := f.capture(c.Case, c.Items[0].Item)
	count := 0
	apart.m.Range(func(_, _ any) bool { count++; return true })
	if count != 1 || f.blobs() != before {
		t.Errorf("%d blobs apart and %d among the others, want 1 and none", count, f.blobs()-before)
	}
	r, _, err := f.s.StreamEvidence(ctx, c.Case, id)
	f.ok(err)
	f.ok(r.Close())
}
