// Package kmskeys wraps every case's key with a KMS key: a data key of KMS, bound
// to the case, encrypts it. The deployment's own keys are wrapped alike and lie
// as one object in a bucket outside the table.
package kmskeys

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"golang.org/x/mod/sumdb/note"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/keys/casekey"
	"github.com/ontdox/takedown/internal/takedown"
)

// Keys makes and opens case keys. It is safe for concurrent use.
type Keys struct {
	kms   *kms.Client
	keyID string
	own   *own
	now   func() time.Time

	mu     sync.Mutex
	opened map[[sha256.Size]byte]held
}

// held is an opened key that is kept for a while: a function opens the same
// case's again and again.
type held struct {
	key   casework.CaseKey
	until time.Time
}

// How long and how many opened keys are kept. A key that was destroyed opens
// nothing more after that time.
const (
	keepFor  = 5 * time.Minute
	keepMost = 200
)

var _ casework.Keys = (*Keys)(nil)

// Options of Open.
type Options struct {
	// KeyID is the KMS key's ARN.
	KeyID string
	// Bucket is where the deployment's own keys lie. Without it there are none:
	// for verify-content, which opens the keys of its jobs and nothing else.
	Bucket string
	// Create makes the deployment's own keys if there are none yet.
	Create bool
	// HostNow is real time.
	HostNow func() time.Time
}

// Open opens the keys of a deployment. NotFound says that its own keys are
// missing, Unavailable that KMS or the bucket does not answer.
func Open(ctx context.Context, cfg aws.Config, opt Options) (*Keys, error) {
	k := &Keys{kms: kms.NewFromConfig(cfg), keyID: opt.KeyID, now: opt.HostNow, opened: map[[sha256.Size]byte]held{}}
	if opt.Bucket == "" {
		return k, nil
	}
	var err error
	k.own, err = k.openOwn(ctx, cfg, opt)
	if err != nil {
		return nil, err
	}
	return k, nil
}

// NewCaseKey makes a case's keys and wraps them, bound to the case's id: less
// than 1 KB.
func (k *Keys) NewCaseKey(ctx context.Context, caseID string) ([]byte, error) {
	if caseID == "" {
		return nil, internal("a case key needs a case", nil)
	}
	plain, err := casekey.Make()
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return k.wrap(ctx, plain, map[string]string{"case": caseID})
}

// CaseKey opens a wrapped key. Another case's id, another deployment's KMS key or
// a changed byte is refused.
func (k *Keys) CaseKey(ctx context.Context, caseID string, wrapped []byte) (casework.CaseKey, error) {
	id := sha256.Sum256(append([]byte(caseID+"\x00"), wrapped...))
	if key := k.kept(id); key != nil {
		return key, nil
	}
	plain, err := k.unwrap(ctx, wrapped, map[string]string{"case": caseID})
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	key, err := casekey.Open(plain)
	if err != nil {
		return nil, err
	}
	k.keep(id, key)
	return key, nil
}

func (k *Keys) kept(id [sha256.Size]byte) casework.CaseKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	h, ok := k.opened[id]
	if !ok || !k.now().Before(h.until) {
		delete(k.opened, id)
		return nil
	}
	return h.key
}

// keep makes room by forgetting all: opening a key again costs one call.
func (k *Keys) keep(id [sha256.Size]byte, key casework.CaseKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.opened) >= keepMost {
		clear(k.opened)
	}
	k.opened[id] = held{key, k.now().Add(keepFor)}
}

// form is the first byte of what is wrapped; a later form has another.
const form = 1

// wrap gives form, length and bytes of the data key as KMS encrypted it, and
// then what the data key encrypted.
func (k *Keys) wrap(ctx context.Context, plain []byte, bound map[string]string) ([]byte, error) {
	out, err := k.kms.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: &k.keyID, KeySpec: types.DataKeySpecAes256, EncryptionContext: bound})
	if err != nil {
		return nil, failed("a key could not be made", err)
	}
	defer clear(out.Plaintext)
	seal, err := sealer(out.Plaintext)
	if err != nil {
		return nil, err
	}
	if len(out.CiphertextBlob) > 1<<16-1 {
		return nil, internal("KMS gave a data key that is too long", nil)
	}
	wrapped := binary.BigEndian.AppendUint16([]byte{form}, uint16(len(out.CiphertextBlob))) //nolint:gosec // checked above
	wrapped = append(wrapped, out.CiphertextBlob...)
	return seal.Seal(wrapped, nil, plain, nil), nil //nolint:gosec // the cipher makes its own random nonce and takes none
}

func (k *Keys) unwrap(ctx context.Context, wrapped []byte, bound map[string]string) ([]byte, error) {
	if len(wrapped) < 3 || wrapped[0] != form {
		return nil, internal("a wrapped key has a form that is not known", nil)
	}
	size := int(binary.BigEndian.Uint16(wrapped[1:]))
	if len(wrapped) < 3+size {
		return nil, internal("a wrapped key is cut off", nil)
	}
	// The key is named, so that no other key of the account can stand in.
	out, err := k.kms.Decrypt(ctx, &kms.DecryptInput{KeyId: &k.keyID, CiphertextBlob: wrapped[3 : 3+size], EncryptionContext: bound})
	if err != nil {
		return nil, failed("a wrapped key does not open", err)
	}
	defer clear(out.Plaintext)
	seal, err := sealer(out.Plaintext)
	if err != nil {
		return nil, err
	}
	plain, err := seal.Open(nil, nil, wrapped[3+size:], nil)
	if err != nil {
		return nil, internal("a wrapped key does not open", err)
	}
	return plain, nil
}

func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, internal("a data key does not load", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// MAC is an HMAC-SHA-256 under a key of its own for each purpose. Keys that were
// opened without the deployment's own have none: asking for one is a mistake in
// the program.
func (k *Keys) MAC(purpose string, data []byte) []byte {
	return casekey.MAC(casekey.MAC(k.deployment().MACRoot, []byte("takedown/mac/v1/"+purpose)), data)
}

func (k *Keys) deployment() *own {
	if k.own == nil {
		panic("kmskeys: this process was opened without the deployment's own keys")
	}
	return k.own
}

// DeploymentID is the id of the deployment's own keys.
func (k *Keys) DeploymentID() string { return k.deployment().Deployment }

// LogSigner signs the history's heads (golang.org/x/mod/sumdb/note, Ed25519).
func (k *Keys) LogSigner() (note.Signer, error) {
	s, err := note.NewSigner(k.deployment().LogSigner)
	if err != nil {
		return nil, internal("the signing key of the history does not load", err)
	}
	return s, nil
}

// LogVerifier is the public half of LogSigner's key, in note's text form.
func (k *Keys) LogVerifier() string { return k.deployment().LogVerifier }

// failed tells a refusal, which repeating does not change, from a service that
// does not answer.
func failed(message string, err error) error {
	var (
		wrong    *types.InvalidCiphertextException
		other    *types.IncorrectKeyException
		disabled *types.DisabledException
		state    *types.KMSInvalidStateException
		missing  *types.NotFoundException
	)
	switch {
	case errors.As(err, &wrong), errors.As(err, &other):
		return internal(message, err)
	case errors.As(err, &disabled), errors.As(err, &state):
		message += ": the KMS key is disabled or about to be deleted"
	case errors.As(err, &missing):
		message += ": the KMS key is not there"
	}
	return &takedown.Error{Kind: takedown.Unavailable, Name: takedown.NameUnavailable, Message: message, Err: err}
}

func internal(message string, err error) error {
	return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: message, Err: err}
}
