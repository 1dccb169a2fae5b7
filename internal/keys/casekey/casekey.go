// Package casekey is what a case's key is made of, whatever wraps it: a key to
// seal fields, one to seal streams and one for MACs.
package casekey

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/streamingaead"
	"github.com/tink-crypto/tink-go/v2/tink"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

// Make gives a new case's keys in the clear, for whoever wraps them: less than
// 1 KB. The caller clears it.
func Make() ([]byte, error) {
	m, err := newMaterial()
	if err != nil {
		return nil, internal("a case key could not be made", err)
	}
	plain, err := m.encode()
	if err != nil {
		return nil, internal("a case key could not be made", err)
	}
	return plain, nil
}

// Open reads what Make gave, unwrapped.
func Open(plain []byte) (casework.StreamSealer, error) {
	k, err := openMaterial(plain)
	if err != nil {
		return nil, err
	}
	return k, nil
}

// MAC is an HMAC-SHA-256.
func MAC(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)
}

func internal(message string, err error) error {
	return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: message, Err: err}
}

// material is a case's keys, as the master key wraps them. V tells a later
// form apart.
type material struct {
	V      int    `json:"v"`
	AEAD   []byte `json:"aead"`   // tink keyset, AES-256-GCM
	Stream []byte `json:"stream"` // tink keyset, AES-256-GCM-HKDF in pieces of 1 MiB
	MAC    []byte `json:"mac"`    // 32 bytes
}

func newMaterial() (*material, error) {
	seal, err := newKeyset(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	stream, err := newKeyset(streamingaead.AES256GCMHKDF1MBKeyTemplate())
	if err != nil {
		return nil, err
	}
	root := make([]byte, sha256.Size)
	_, _ = rand.Read(root) // crypto/rand.Read never fails
	return &material{V: 1, AEAD: seal, Stream: stream, MAC: root}, nil
}

func (m *material) encode() ([]byte, error) { return json.Marshal(m) }

func newKeyset(template *tinkpb.KeyTemplate) ([]byte, error) {
	h, err := keyset.NewHandle(template)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	// In the clear only until the master key has wrapped it.
	err = insecurecleartextkeyset.Write(h, keyset.NewBinaryWriter(&b))
	return b.Bytes(), err
}

func openMaterial(plain []byte) (*caseKey, error) {
	var m material
	if err := json.Unmarshal(plain, &m); err != nil || m.V != 1 || len(m.MAC) != sha256.Size {
		return nil, internal("the key of the case has a form that is not known", nil)
	}
	k := &caseKey{mac: m.MAC}
	h, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(m.AEAD)))
	if err == nil {
		k.aead, err = aead.New(h)
	}
	if err != nil {
		return nil, internal("the key of the case does not load", err)
	}
	h, err = insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(m.Stream)))
	if err == nil {
		k.stream, err = streamingaead.New(h)
	}
	if err != nil {
		return nil, internal("the key of the case does not load", err)
	}
	return k, nil
}

// caseKey seals what belongs to one case.
type caseKey struct {
	aead   tink.AEAD
	stream tink.StreamingAEAD
	mac    []byte
}

var _ casework.StreamSealer = (*caseKey)(nil)

// Seal encrypts with associated data, under a random nonce: the same plain
// text seals differently every time.
func (k *caseKey) Seal(plain, associated []byte) ([]byte, error) {
	ct, err := k.aead.Encrypt(plain, associated)
	if err != nil {
		return nil, internal("a field could not be sealed", err)
	}
	return ct, nil
}

// Open decrypts; other associated data or a changed byte is refused.
func (k *caseKey) Open(sealed, associated []byte) ([]byte, error) {
	plain, err := k.aead.Decrypt(sealed, associated)
	if err != nil {
		return nil, internal("a sealed field does not open", err)
	}
	return plain, nil
}

// MAC is an HMAC-SHA-256 under the case's key.
func (k *caseKey) MAC(data []byte) []byte { return MAC(k.mac, data) }

// SealStream encrypts in pieces of 1 MiB.
func (k *caseKey) SealStream(dst io.Writer, associated []byte) (io.WriteCloser, error) {
	w, err := k.stream.NewEncryptingWriter(dst, associated)
	if err != nil {
		return nil, internal("a file could not be sealed", err)
	}
	return w, nil
}

// OpenStream decrypts piece by piece; a piece that is changed, missing or
// swapped ends it with an error in place of io.EOF.
func (k *caseKey) OpenStream(src io.Reader, associated []byte) (io.Reader, error) {
	r, err := k.stream.NewDecryptingReader(src, associated)
	if err != nil {
		return nil, internal("a sealed file does not open", err)
	}
	return &opening{r: r}, nil
}

// opening gives the errors of a stream our form; those of the source pass.
type opening struct{ r io.Reader }

func (o *opening) Read(p []byte) (int, error) {
	n, err := o.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = internal("a sealed file does not open", err)
	}
	return n, err
}
