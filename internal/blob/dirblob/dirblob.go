// Package dirblob keeps blobs as files of a directory, two levels deep:
// ab/cd/abcd… under the SHA-256 of what is stored.
package dirblob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// draft begins the names of files that are still being written. A crash leaves
// some behind; Names removes the old ones.
const draft = ".put-"

// Blobs is a directory of blobs. It is safe for concurrent use, by several
// processes too.
type Blobs struct {
	dir string

	// mu keeps a Put of bytes that are already there and a Delete of the same
	// orphan apart.
	mu      sync.Mutex
	listing string    // the name that Names shows at this moment
	listed  time.Time // its file's time then
}

var _ casework.Blobs = (*Blobs)(nil)

// Open opens or makes the directory, readable by its owner alone.
func Open(dir string) (*Blobs, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, cannot("the directory of blobs cannot be made", err)
	}
	return &Blobs{dir: dir}, nil
}

// Put stores what r gives, durable when it returns, and names it. More than
// limit bytes are TooLarge, a full disk is Unavailable, r's own error passes;
// nothing is stored then. Bytes that are there already count as new for the
// sweep.
func (b *Blobs) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	tmp, err := os.CreateTemp(b.dir, draft+"*") // mode 0600
	if err != nil {
		return "", 0, cannot("a blob cannot be written", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already if all went well
	src := &source{ctx: ctx, r: io.LimitReader(r, limit+1), hash: sha256.New()}
	size, err := io.Copy(tmp, src)
	if err == nil && size <= limit {
		err = tmp.Sync()
	}
	err = errors.Join(err, tmp.Close())
	switch {
	case src.err != nil:
		return "", 0, src.err
	case err != nil:
		return "", 0, cannot("a blob cannot be written", err)
	case size > limit:
		return "", 0, takedown.Errorf(takedown.TooLarge, takedown.NameInvalidInput, "larger than %d bytes", limit)
	}
	name := hex.EncodeToString(src.hash.Sum(nil))
	if err := b.place(tmp.Name(), name, size); err != nil {
		return "", 0, err
	}
	return name, size, nil
}

// source hashes what is read, and tells the reader's errors from the disk's.
type source struct {
	ctx  context.Context
	r    io.Reader
	hash hash.Hash
	err  error
}

func (s *source) Read(p []byte) (int, error) {
	if s.err = s.ctx.Err(); s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	s.hash.Write(p[:n])
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// place gives the written file its name, unless the same bytes have it.
func (b *Blobs) place(tmp, name string, size int64) error {
	path := b.path(name)
	if err := b.mkdirs(path); err != nil {
		return cannot("a blob cannot be stored", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	// A link, unlike a rename, fails if the name is taken.
	err := os.Link(tmp, path)
	if errors.Is(err, fs.ErrExist) {
		return touch(tmp, path, size)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return cannot("a blob cannot be stored", err)
	}
	return nil
}

// touch makes a blob that was stored again as young as the new copy, so that a
// sweep does not take it for an old orphan.
func touch(tmp, path string, size int64) error {
	fresh, err := os.Stat(tmp)
	if err != nil {
		return cannot("a blob cannot be stored", err)
	}
	there, err := os.Stat(path)
	if err != nil {
		return cannot("a blob cannot be stored", err)
	}
	if there.Size() != size {
		return damaged()
	}
	if err := os.Chtimes(path, fresh.ModTime(), fresh.ModTime()); err != nil {
		return cannot("a blob cannot be stored", err)
	}
	return nil
}

// mkdirs makes both levels above a path and makes them durable.
func (b *Blobs) mkdirs(path string) error {
	second := filepath.Dir(path)
	if _, err := os.Stat(second); err == nil {
		return nil
	}
	if err := os.MkdirAll(second, 0o700); err != nil {
		return err
	}
	return errors.Join(syncDir(filepath.Dir(second)), syncDir(b.dir))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Get opens a blob; NotFound without. Reading it to its end fails if its bytes
// are no longer those of its name.
func (b *Blobs) Get(_ context.Context, name string) (io.ReadCloser, error) {
	if !isName(name) {
		return nil, notFound()
	}
	f, err := os.Open(b.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound()
	}
	if err != nil {
		return nil, cannot("a blob cannot be read", err)
	}
	return &reading{f: f, hash: sha256.New(), name: name}, nil
}

// reading checks a blob's hash while it is read.
type reading struct {
	f    *os.File
	hash hash.Hash
	name string
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.f.Read(p)
	r.hash.Write(p[:n])
	switch {
	case errors.Is(err, io.EOF):
		if hex.EncodeToString(r.hash.Sum(nil)) != r.name {
			return n, damaged()
		}
	case err != nil:
		return n, cannot("a blob cannot be read", err)
	}
	return n, err
}

func (r *reading) Close() error { return r.f.Close() }

// Delete removes an orphan; missing is fine. Called from within Names, it
// leaves a blob that was stored again since it was shown.
func (b *Blobs) Delete(_ context.Context, name string) error {
	if !isName(name) {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	path := b.path(name)
	if b.listing == name {
		if info, err := os.Stat(path); err == nil && info.ModTime().After(b.listed) {
			return nil
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannot("a blob cannot be removed", err)
	}
	return nil
}

// Names calls f for every blob stored last before a host time, in order of
// their names, and removes drafts as old. f may call Delete. One sweep at a
// time; f's error ends it.
func (b *Blobs) Names(ctx context.Context, before time.Time, f func(name string) error) error {
	defer b.show("", time.Time{})
	return filepath.WalkDir(b.dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile
		}
		if err != nil {
			return cannot("the blobs cannot be listed", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.IsDir() {
			return nil
		}
		info, err := d.Info()
		if err != nil || !info.ModTime().Before(before) {
			return nil // removed meanwhile, or young
		}
		if strings.HasPrefix(d.Name(), draft) {
			return b.dropDraft(path)
		}
		if !isName(d.Name()) {
			return nil
		}
		b.show(d.Name(), info.ModTime())
		return f(d.Name())
	})
}

func (b *Blobs) show(name string, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listing, b.listed = name, at
}

func (b *Blobs) dropDraft(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannot("a draft of a blob cannot be removed", err)
	}
	return nil
}

func (b *Blobs) path(name string) string { return filepath.Join(b.dir, name[:2], name[2:4], name) }

func isName(s string) bool {
	return len(s) == 2*sha256.Size && !strings.ContainsFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'f') })
}

func notFound() error {
	return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "no such blob")
}

func damaged() error {
	return takedown.Errorf(takedown.Internal, takedown.NameInternal, "a stored blob is damaged: its bytes are not those of its name")
}

// cannot is Unavailable, and says so when the disk is full: a person can help.
func cannot(message string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		message = fmt.Sprintf("%s: the disk is full", message)
	}
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: message, Err: err}
}
