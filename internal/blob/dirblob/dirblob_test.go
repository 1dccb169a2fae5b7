package dirblob_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ontdox/takedown/internal/blob/blobtest"
	"github.com/ontdox/takedown/internal/blob/dirblob"
	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

func TestSuite(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) casework.Blobs {
		b, _ := open(t)
		return b
	})
}

func open(t *testing.T) (*dirblob.Blobs, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data", "blobs")
	b, err := dirblob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return b, dir
}

func put(t *testing.T, b *dirblob.Blobs, dir, body string) (name, path string) {
	t.Helper()
	name, _, err := b.Put(t.Context(), strings.NewReader(body), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return name, filepath.Join(dir, name[:2], name[2:4], name)
}

func TestLayoutAndModes(t *testing.T) {
	b, dir := open(t)
	_, path := put(t, b, dir, "x")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	for _, d := range []string{dir, filepath.Dir(path), filepath.Dir(filepath.Dir(path))} {
		if info, err := os.Stat(d); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", d, info.Mode(), err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".put-*")); err != nil || len(left) > 0 {
		t.Errorf("drafts are left: %v, %v", left, err)
	}
}

func TestSecondOpenSeesTheBlobs(t *testing.T) {
	b, dir := open(t)
	name, _ := put(t, b, dir, "x")
	again, err := dirblob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := again.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(r); err != nil || string(body) != "x" {
		t.Errorf("%q, %v", body, err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
}

func TestDamagedBlobIsNoticed(t *testing.T) {
	b, dir := open(t)
	name, path := put(t, b, dir, "hello")
	if err := os.WriteFile(path, []byte("jello"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := b.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); takedown.KindOf(err) != takedown.Internal || err == nil {
		t.Errorf("changed bytes read with %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte("hell"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Put(t.Context(), strings.NewReader("hello"), 10); takedown.KindOf(err) != takedown.Internal || err == nil {
		t.Errorf("a cut-off blob counts as stored: %v", err)
	}
}

// age makes a file as old as an orphan.
func age(t *testing.T, path string) time.Time {
	t.Helper()
	old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	return old.Add(time.Hour)
}

func TestSweepSeesOldBlobsAndRemovesOldDrafts(t *testing.T) {
	b, dir := open(t)
	name, path := put(t, b, dir, "old")
	put(t, b, dir, "young")
	oldDraft, youngDraft := filepath.Join(dir, ".put-1"), filepath.Join(dir, ".put-2")
	for _, d := range []string{oldDraft, youngDraft} {
		if err := os.WriteFile(d, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	age(t, oldDraft)
	before := age(t, path)
	var got []string
	if err := b.Names(t.Context(), before, func(n string) error { got = append(got, n); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0] != name {
		t.Errorf("names %v", got)
	}
	if _, err := os.Stat(oldDraft); !os.IsNotExist(err) {
		t.Errorf("the old draft: %v", err)
	}
	if _, err := os.Stat(youngDraft); err != nil {
		t.Errorf("the young draft: %v", err)
	}
}

func TestStoredAgainIsYoungAgain(t *testing.T) {
	b, dir := open(t)
	name, path := put(t, b, dir, "x")
	before := age(t, path)
	put(t, b, dir, "x")
	err := b.Names(t.Context(), before, func(n string) error {
		t.Errorf("%s counts as old", n)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// The same between a sweep's look and its Delete.
	age(t, path)
	err = b.Names(t.Context(), before, func(n string) error {
		put(t, b, dir, "x")
		return b.Delete(t.Context(), n)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Get(t.Context(), name); err != nil {
		t.Errorf("a blob stored during the sweep: %v", err)
	}
	if err := b.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Get(t.Context(), name); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("Delete after the sweep: %v", err)
	}
}

func TestUnwritableDirectoryIsUnavailable(t *testing.T) {
	b, dir := open(t)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Put(t.Context(), strings.NewReader("x"), 10); takedown.KindOf(err) != takedown.Unavailable {
		t.Errorf("%v", err)
	}
}
