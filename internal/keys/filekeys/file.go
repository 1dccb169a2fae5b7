package filekeys

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/ontdox/takedown/internal/takedown"
)

// format is the first thing in a key file.
const format = "takedown keys v1"

// maxFile bounds a key file; ours is below 1 KB.
const maxFile = 64 << 10

// file is what a key file holds, as JSON.
type file struct {
	Format      string          `json:"format"`
	Deployment  string          `json:"deployment"`
	MACRoot     []byte          `json:"macRoot"`
	Master      json.RawMessage `json:"master"` // tink keyset, not encrypted: the file's mode guards it
	LogSigner   string          `json:"logSigner"`
	LogVerifier string          `json:"logVerifier"`
}

// clearText is a keyset as JSON.
func clearText(h *keyset.Handle) (json.RawMessage, error) {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (f *file) keys(path string) (*Keys, error) {
	if f.Format != format || !deploymentID.MatchString(f.Deployment) || len(f.MACRoot) < 32 {
		return nil, damaged(path, nil)
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(f.Master)))
	if err != nil {
		return nil, damaged(path, err)
	}
	master, err := aead.New(h)
	if err != nil {
		return nil, damaged(path, err)
	}
	if err := checkPair(f.LogSigner, f.LogVerifier); err != nil {
		return nil, damaged(path, err)
	}
	return &Keys{deployment: f.Deployment, macRoot: f.MACRoot, master: master, signer: f.LogSigner, verifier: f.LogVerifier}, nil
}

// write puts the file in place whole or not at all, and never over another.
func (f *file) write(path string) (err error) {
	body, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return internal("the keys could not be written", err)
	}
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".key-*") // mode 0600
	if err != nil {
		return cannot("the key file cannot be written", err)
	}
	defer func() {
		if rerr := os.Remove(tmp.Name()); err == nil && rerr != nil {
			err = cannot("a draft of the key file is left behind", rerr)
		}
	}()
	_, err = tmp.Write(append(body, '\n'))
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return cannot("the key file cannot be written", err)
	}
	// A link, unlike a rename, fails if the name is taken.
	if err := os.Link(tmp.Name(), path); errors.Is(err, fs.ErrExist) {
		return takedown.Errorf(takedown.Conflict, takedown.NameConflict, "the key file %s is there already: it is never overwritten", path)
	} else if err != nil {
		return cannot("the key file cannot be written", err)
	}
	return syncDir(dir)
}

// syncDir makes a new name in a directory survive a crash.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err == nil {
		err = errors.Join(d.Sync(), d.Close())
	}
	if err != nil {
		return cannot("the key file cannot be made durable", err)
	}
	return nil
}

func readFile(path string) (*file, error) {
	r, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "the key file %s is missing", path)
	}
	if err != nil {
		return nil, cannot("the key file cannot be read", err)
	}
	defer func() { _ = r.Close() }() // only read
	info, err := r.Stat()
	if err != nil {
		return nil, cannot("the key file cannot be read", err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput,
			"the key file %s may be read by others than its owner (mode %04o): chmod 600 it, and think of who may have read it", path, info.Mode().Perm())
	}
	body, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return nil, cannot("the key file cannot be read", err)
	}
	return decode(path, body)
}

func decode(path string, body []byte) (*file, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	var f file
	if err := dec.Decode(&f); err != nil {
		return nil, damaged(path, nil) // the cause may quote the file
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, damaged(path, nil)
	}
	return &f, nil
}

func damaged(path string, err error) error {
	return &takedown.Error{
		Kind: takedown.Invalid, Name: takedown.NameInvalidInput,
		Message: "the key file " + path + " is damaged or is none: restore it from its backup", Err: err,
	}
}

func cannot(message string, err error) error {
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: message, Err: err}
}
