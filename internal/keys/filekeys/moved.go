package filekeys

import (
	"bytes"
	"context"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"github.com/ontdox/takedown/internal/casework"
	"github.com/ontdox/takedown/internal/takedown"
)

var _ casework.WholeKeys = (*Keys)(nil)

// Adopt writes a key file for a deployment that comes from elsewhere, with its
// own keys and a new master key. A file that is there already must be this
// deployment's, and is used: an import that was stopped had made it.
func Adopt(path string, own casework.DeploymentKeys) (*Keys, error) {
	k, err := Open(path)
	if err == nil {
		if !k.same(own) {
			return nil, takedown.Errorf(takedown.Conflict, "KeyMismatch", "the key file %s belongs to another deployment", path)
		}
		return k, nil
	}
	if takedown.KindOf(err) != takedown.NotFound {
		return nil, err
	}
	master, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, internal("the keys could not be made", err)
	}
	text, err := clearText(master)
	if err != nil {
		return nil, internal("the keys could not be made", err)
	}
	f := &file{Format: format, Deployment: own.Deployment, MACRoot: own.MACRoot, Master: text, LogSigner: own.LogSigner, LogVerifier: own.LogVerifier}
	if k, err = f.keys(path); err != nil { // refuses keys that are none before they are written
		return nil, err
	}
	return k, f.write(path)
}

func (k *Keys) same(own casework.DeploymentKeys) bool {
	return k.deployment == own.Deployment && k.signer == own.LogSigner && k.verifier == own.LogVerifier && bytes.Equal(k.macRoot, own.MACRoot)
}

// Own are the deployment's own keys.
func (k *Keys) Own() casework.DeploymentKeys {
	return casework.DeploymentKeys{Deployment: k.deployment, MACRoot: k.macRoot, LogSigner: k.signer, LogVerifier: k.verifier}
}

// Unwrap opens a wrapped key; the caller clears it.
func (k *Keys) Unwrap(_ context.Context, id string, wrapped []byte) ([]byte, error) {
	plain, err := k.master.Decrypt(wrapped, caseAssociated(id))
	if err != nil {
		return nil, internal("the key of the case does not open", err)
	}
	return plain, nil
}

// Wrap wraps another installation's key.
func (k *Keys) Wrap(_ context.Context, id string, plain []byte) ([]byte, error) {
	wrapped, err := k.master.Encrypt(plain, caseAssociated(id))
	if err != nil {
		return nil, internal("a case key could not be wrapped", err)
	}
	return wrapped, nil
}
