package casework

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"

	"github.com/ontdox/takedown/internal/takedown"
)

// openEvidence decrypts a small piece of evidence whole.
func (t *tx) openEvidence(e *takedown.Evidence) ([]byte, error) {
	r, err := t.readEvidence(e)
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(r)
	return plain, errors.Join(err, r.Close())
}

// readEvidence decrypts evidence as it is read, piece by piece where it was sealed
// so, and holds it against its hash: only io.EOF says that it is all of it, and
// what was taken in. The caller closes it.
func (t *tx) readEvidence(e *takedown.Evidence) (io.ReadCloser, error) {
	var where evidenceLocation
	if err := t.open(e, "location", e.Location, &where); err != nil {
		return nil, err
	}
	key, err := t.caseKey()
	if err != nil {
		return nil, err
	}
	sealed, err := t.s.Evidence.Get(t.ctx, e.Blob)
	if err != nil {
		return nil, err
	}
	plain, err := openFile(key, sealed, e.Pieces, associated(&takedown.Upload{Meta: takedown.Meta{ID: where.Upload}}, "bytes"))
	if err != nil {
		return nil, errors.Join(unopened(err), sealed.Close())
	}
	return &hashed{plain: plain, sealed: sealed, sum: sha256.New(), want: e.SHA256}, nil
}

func openFile(key CaseKey, sealed io.Reader, pieces bool, bound []byte) (io.Reader, error) {
	if pieces {
		stream, ok := key.(StreamSealer)
		if !ok {
			return nil, errors.New("the key opens nothing piece by piece")
		}
		return stream.OpenStream(sealed, bound)
	}
	ct, err := io.ReadAll(io.LimitReader(sealed, maxSealedEvidence))
	if err != nil {
		return nil, err
	}
	plain, err := key.Open(ct, bound)
	return bytes.NewReader(plain), err
}

func unopened(err error) error {
	return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "the evidence does not open", Err: err}
}

// hashed reads a file and ends with an error where it is not what was hashed.
type hashed struct {
	plain  io.Reader
	sealed io.Closer
	sum    hash.Hash
	want   string // hex SHA-256
}

func (h *hashed) Read(p []byte) (int, error) {
	n, err := h.plain.Read(p)
	h.sum.Write(p[:n])
	switch {
	case errors.Is(err, io.EOF) && hex.EncodeToString(h.sum.Sum(nil)) != h.want:
		err = unopened(errors.New("the bytes are not those that were hashed"))
	case err != nil && !errors.Is(err, io.EOF):
		err = unopened(err)
	}
	return n, err
}

func (h *hashed) Close() error { return h.sealed.Close() }
