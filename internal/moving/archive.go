// Package moving writes a whole deployment into one sealed archive and reads it
// into an empty one of another shape.
//
// An archive is a line in the clear that names the format, and a stream sealed
// under the archive's own key (tink, AES-256-GCM-HKDF in pieces of 1 MiB):
// JSON, one frame a line. The first frame is the header, then come the store's
// rows, the signed heads, the blobs in pieces, and last the count of all.
package moving

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/keys/casekey"
	"github.com/ontdox/takedown/internal/takedown"
)

// magic is the first line of an archive, in the clear.
const magic = "takedown archive v1\n"

// Header says what an archive holds.
type Header struct {
	// Archive is its own random id, by which a repeated import knows it.
	Archive string `json:"archive"`
	// Simulated says that case time is simulated, from this instant (RFC 3339).
	Simulated string                  `json:"simulated,omitempty"`
	Keys      casework.DeploymentKeys `json:"keys"`
}

// frame is one line of the sealed stream; exactly one field is set.
type frame struct {
	Header *Header         `json:"header,omitempty"`
	Row    *casework.Moved `json:"row,omitempty"`
	Head   []byte          `json:"head,omitempty"` // a signed head, oldest first
	Blob   *piece          `json:"blob,omitempty"`
	End    *Counts         `json:"end,omitempty"`
}

// piece is a part of a blob; the pieces of one follow each other.
type piece struct {
	Name     string `json:"name"`
	Evidence bool   `json:"evidence,omitempty"` // belongs where sealed evidence is kept
	Bytes    []byte `json:"bytes"`
	Last     bool   `json:"last,omitempty"`
}

// pieceSize bounds what a blob takes of memory.
const pieceSize = 512 << 10

// Counts are what an archive holds.
type Counts struct {
	Rows    int64 `json:"rows"`
	Streams int64 `json:"streams"` // of the rows, those that are a stream's head
	Heads   int64 `json:"heads"`
	Blobs   int64 `json:"blobs"`
}

// ReadKey reads the key file of archives, NotFound without. Invalid if it is
// none, or if anyone but its owner may read it.
func ReadKey(path string) (casework.StreamSealer, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "the archive's key file %s is missing", path)
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, invalid("the archive's key file %s may be read by others than its owner (mode %04o): chmod 600 it", path, info.Mode().Perm())
	}
	plain, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	k, err := casekey.Open(plain)
	if err != nil {
		return nil, invalid("%s is no key file of archives", path)
	}
	return k, nil
}

// MakeKey writes a new key file, never over another, and reads it.
func MakeKey(path string) (casework.StreamSealer, error) {
	plain, err := casekey.Make()
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(plain)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	return ReadKey(path)
}

func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // crypto/rand.Read never fails
	return hex.EncodeToString(b)
}

// writer seals frames.
type writer struct {
	sealed io.WriteCloser
	enc    *json.Encoder
	counts Counts
}

func newWriter(w io.Writer, key casework.StreamSealer) (*writer, error) {
	if _, err := io.WriteString(w, magic); err != nil {
		return nil, err
	}
	sealed, err := key.SealStream(w, []byte(magic))
	if err != nil {
		return nil, err
	}
	return &writer{sealed: sealed, enc: json.NewEncoder(sealed)}, nil
}

func (w *writer) close() error {
	return errors.Join(w.enc.Encode(frame{End: &w.counts}), w.sealed.Close())
}

// reader opens frames.
type reader struct {
	dec    *json.Decoder
	counts Counts
}

func newReader(r io.Reader, key casework.StreamSealer) (*reader, error) {
	first := make([]byte, len(magic))
	if _, err := io.ReadFull(r, first); err != nil || !bytes.Equal(first, []byte(magic)) {
		return nil, invalid("the file is no archive of a deployment, or one of a newer program")
	}
	opened, err := key.OpenStream(r, first)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(opened)
	dec.DisallowUnknownFields()
	return &reader{dec: dec}, nil
}

// next reads a frame. The end must agree with what was read and be the last.
func (r *reader) next() (frame, error) {
	var f frame
	if err := r.dec.Decode(&f); err != nil {
		return f, r.broken(err)
	}
	set := 0
	for _, is := range []bool{f.Header != nil, f.Row != nil, f.Head != nil, f.Blob != nil, f.End != nil} {
		if is {
			set++
		}
	}
	if set != 1 {
		return f, r.broken(errors.New("a frame of no kind"))
	}
	switch {
	case f.Row != nil:
		r.counts.Rows++
		if f.Row.Head != nil {
			r.counts.Streams++
		}
	case f.Head != nil:
		r.counts.Heads++
	case f.Blob != nil && f.Blob.Last:
		r.counts.Blobs++
	case f.End != nil:
		if *f.End != r.counts {
			return f, r.broken(fmt.Errorf("it says %+v", *f.End))
		}
		if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
			return f, r.broken(err)
		}
	}
	return f, nil
}

func (r *reader) broken(err error) error {
	return &takedown.Error{
		Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Err: err,
		Message: fmt.Sprintf("the archive is damaged, cut off or sealed under another key: after %d rows, %d heads and %d blobs it cannot be read", r.counts.Rows, r.counts.Heads, r.counts.Blobs),
	}
}

func invalid(format string, args ...any) error {
	return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, format, args...)
}
