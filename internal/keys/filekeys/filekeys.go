// Package filekeys keeps an installation's keys in one file beside, never in,
// its database: the master key that wraps every case's key, the root of the
// deployment's MACs and the key that signs the history's heads.
package filekeys

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"regexp"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
	"golang.org/x/mod/sumdb/note"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/keys/casekey"
	"github.com/ontdox/takedown/internal/takedown"
)

// Keys is a key file, opened. It is safe for concurrent use.
type Keys struct {
	deployment string
	macRoot    []byte
	master     tink.AEAD
	signer     string
	verifier   string
}

var _ casework.Keys = (*Keys)(nil)

var deploymentID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// Create makes the keys of a deployment (an id of a–z, 0–9 and "-") and writes
// them to path, durable and readable by its owner alone, in a directory that
// is there. A file that is there already is a Conflict and stays as it is.
func Create(path, deployment string) (*Keys, error) {
	if !deploymentID.MatchString(deployment) {
		return nil, takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "a deployment's id is 1 to 64 of a–z, 0–9 and -")
	}
	f, err := generate(deployment)
	if err != nil {
		return nil, internal("the keys could not be made", err)
	}
	if err := f.write(path); err != nil {
		return nil, err
	}
	return f.keys(path)
}

// Open reads a key file. Invalid if it is none, is damaged, or if anyone but
// its owner may read it; NotFound without a file.
func Open(path string) (*Keys, error) {
	f, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return f.keys(path)
}

// DeploymentID is the id that stands in the database too.
func (k *Keys) DeploymentID() string { return k.deployment }

// MAC is an HMAC-SHA-256 under a key of its own for each purpose.
func (k *Keys) MAC(purpose string, data []byte) []byte {
	return casekey.MAC(casekey.MAC(k.macRoot, []byte("takedown/mac/v1/"+purpose)), data)
}

// LogSigner signs the history's heads (golang.org/x/mod/sumdb/note, Ed25519).
func (k *Keys) LogSigner() (note.Signer, error) {
	s, err := note.NewSigner(k.signer)
	if err != nil {
		return nil, internal("the signing key of the history does not load", err)
	}
	return s, nil
}

// LogVerifier is the public half of LogSigner's key, in note's text form.
func (k *Keys) LogVerifier() string { return k.verifier }

// NewCaseKey makes a case's keys and wraps them with the master key, bound to
// the case's id: less than 1 KB.
func (k *Keys) NewCaseKey(_ context.Context, caseID string) ([]byte, error) {
	if caseID == "" {
		return nil, internal("a case key needs a case", nil)
	}
	plain, err := casekey.Make()
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	wrapped, err := k.master.Encrypt(plain, caseAssociated(caseID))
	if err != nil {
		return nil, internal("a case key could not be wrapped", err)
	}
	return wrapped, nil
}

// CaseKey opens a wrapped key. Another case's id, another master key or a
// changed byte is refused.
func (k *Keys) CaseKey(_ context.Context, caseID string, wrapped []byte) (casework.CaseKey, error) {
	plain, err := k.master.Decrypt(wrapped, caseAssociated(caseID))
	if err != nil {
		return nil, internal("the key of the case does not open", err)
	}
	defer clear(plain)
	return casekey.Open(plain)
}

func caseAssociated(caseID string) []byte { return []byte("takedown/case-key/v1/" + caseID) }

func generate(deployment string) (*file, error) {
	master, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	text, err := clearText(master)
	if err != nil {
		return nil, err
	}
	signer, verifier, err := note.GenerateKey(rand.Reader, "takedown-"+deployment)
	if err != nil {
		return nil, err
	}
	root := make([]byte, sha256.Size)
	_, _ = rand.Read(root) // crypto/rand.Read never fails
	return &file{Format: format, Deployment: deployment, MACRoot: root, Master: text, LogSigner: signer, LogVerifier: verifier}, nil
}

// checkPair says whether a verifier belongs to a signer, by trying it.
func checkPair(signer, verifier string) error {
	s, err := note.NewSigner(signer)
	if err != nil {
		return err
	}
	v, err := note.NewVerifier(verifier)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: "takedown\n"}, s)
	if err != nil {
		return err
	}
	opened, err := note.Open(signed, note.VerifierList(v))
	if err == nil && !bytes.Equal([]byte(opened.Text), []byte("takedown\n")) {
		err = internal("the signature signs another text", nil)
	}
	return err
}

func internal(message string, err error) error {
	return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: message, Err: err}
}
