// Package blobtest is what every adapter of casework.Blobs must pass.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Run runs the suite; open gives an empty set of blobs.
func Run(t *testing.T, open func(t *testing.T) casework.Blobs) {
	for name, test := range map[string]func(*testing.T, casework.Blobs){
		"PutNamesByHashAndGetGivesBack": putGet, "PutTwiceIsHarmless": putTwice, "PutAtTheLimit": putLimit,
		"PutOfABrokenReaderStoresNothing": putBroken, "PutOfACancelledRequestStoresNothing": putCancelled,
		"GetOfNothing": getNothing, "Delete": remove, "NamesByAge": names, "NamesStopsAtAnError": namesStops,
		"DeleteWhileListing": deleteListing, "ManyAtOnce": manyAtOnce,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

const limit = 8 << 20

func put(t *testing.T, b casework.Blobs, body string) string {
	t.Helper()
	name, size, err := b.Put(t.Context(), strings.NewReader(body), limit)
	if err != nil || size != int64(len(body)) || name != nameOf(body) {
		t.Fatalf("Put of %d bytes: %s, %d, %v", len(body), name, size, err)
	}
	return name
}

func nameOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

func get(t *testing.T, b casework.Blobs, name string) (string, error) {
	t.Helper()
	r, err := b.Get(t.Context(), name)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(r)
	return string(body), errors.Join(err, r.Close())
}

func isThere(t *testing.T, b casework.Blobs, body string) {
	t.Helper()
	if got, err := get(t, b, nameOf(body)); err != nil || got != body {
		t.Errorf("a blob of %d bytes reads as %d, %v", len(body), len(got), err)
	}
}

func isMissing(t *testing.T, b casework.Blobs, name string) {
	t.Helper()
	if _, err := get(t, b, name); takedown.KindOf(err) != takedown.NotFound {
		t.Errorf("a missing blob: %v", err)
	}
}

func putGet(t *testing.T, b casework.Blobs) {
	for _, body := range []string{"", "x", "\x00\xff\r\n", strings.Repeat("scherm", 1<<20)} {
		put(t, b, body)
		isThere(t, b, body)
	}
}

func putTwice(t *testing.T, b casework.Blobs) {
	put(t, b, "x")
	put(t, b, "x")
	isThere(t, b, "x")
	if got := list(t, b, time.Now().Add(time.Hour)); len(got) != 1 {
		t.Errorf("stored as %v", got)
	}
}

func putLimit(t *testing.T, b casework.Blobs) {
	if _, size, err := b.Put(t.Context(), strings.NewReader("12345"), 5); err != nil || size != 5 {
		t.Errorf("as much as allowed: %d, %v", size, err)
	}
	_, _, err := b.Put(t.Context(), strings.NewReader("123456"), 5)
	if takedown.KindOf(err) != takedown.TooLarge {
		t.Errorf("a byte more than allowed: %v", err)
	}
	isMissing(t, b, nameOf("123456"))
	isMissing(t, b, nameOf("12345"[:4]))
}

func putBroken(t *testing.T, b casework.Blobs) {
	broken := errors.New("the connection broke")
	_, _, err := b.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), limit)
	if !errors.Is(err, broken) {
		t.Errorf("the reader's error became %v", err)
	}
	if got := list(t, b, time.Now().Add(time.Hour)); len(got) != 0 {
		t.Errorf("stored %v", got)
	}
}

func putCancelled(t *testing.T, b casework.Blobs) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := b.Put(ctx, strings.NewReader("x"), limit); err == nil {
		t.Error("a cancelled Put stores")
	}
	isMissing(t, b, nameOf("x"))
}

func getNothing(t *testing.T, b casework.Blobs) {
	put(t, b, "x")
	for _, name := range []string{
		"", "x", nameOf("y"), strings.ToUpper(nameOf("x")), "../" + nameOf("x"), nameOf("x") + "/", nameOf("x")[:63],
		strings.Repeat("/", 64), strings.Repeat(".", 64),
	} {
		isMissing(t, b, name)
	}
}

func remove(t *testing.T, b casework.Blobs) {
	name := put(t, b, "x")
	for range 2 {
		if err := b.Delete(t.Context(), name); err != nil {
			t.Errorf("Delete: %v", err)
		}
		isMissing(t, b, name)
	}
	put(t, b, "x")
	isThere(t, b, "x")
}

func list(t *testing.T, b casework.Blobs, before time.Time) []string {
	t.Helper()
	var out []string
	err := b.Names(t.Context(), before, func(name string) error {
		out = append(out, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func names(t *testing.T, b casework.Blobs) {
	want := []string{put(t, b, "a"), put(t, b, "b"), put(t, b, "c")}
	slices.Sort(want)
	if got := list(t, b, time.Now().Add(time.Hour)); !slices.Equal(got, want) {
		t.Errorf("names %v, want %v", got, want)
	}
	if got := list(t, b, time.Now().Add(-time.Hour)); len(got) != 0 {
		t.Errorf("blobs of just now are older than an hour: %v", got)
	}
}

func namesStops(t *testing.T, b casework.Blobs) {
	put(t, b, "a")
	put(t, b, "b")
	stop, calls := errors.New("stop"), 0
	err := b.Names(t.Context(), time.Now().Add(time.Hour), func(string) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("after an error %d calls, %v", calls, err)
	}
}

func deleteListing(t *testing.T, b casework.Blobs) {
	put(t, b, "a")
	put(t, b, "b")
	keep := put(t, b, "c")
	err := b.Names(t.Context(), time.Now().Add(time.Hour), func(name string) error {
		if name == keep {
			return nil
		}
		return b.Delete(t.Context(), name)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := list(t, b, time.Now().Add(time.Hour)); !slices.Equal(got, []string{keep}) {
		t.Errorf("left: %v", got)
	}
}

// manyAtOnce: the same and different bytes from many writers, with readers.
func manyAtOnce(t *testing.T, b casework.Blobs) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			body := bytes.Repeat([]byte{byte('a' + i%4)}, 100_000)
			name, _, err := b.Put(t.Context(), bytes.NewReader(body), limit)
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := get(t, b, name); err != nil || got != string(body) {
				t.Errorf("reads as %d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if got := list(t, b, time.Now().Add(time.Hour)); len(got) != 4 {
		t.Errorf("stored as %d blobs", len(got))
	}
}
