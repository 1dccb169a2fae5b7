package audit

import (
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// NewLogKey makes the key that signs an installation's heads: a signer key to
// be kept in the key file, and the verifier key that anybody may know. Both are
// notes' key strings; their name is the deployment's id. random is
// crypto/rand.Reader outside tests. An id with spaces or "+" is Invalid.
func NewLogKey(random io.Reader, deployment string) (signer, verifier string, err error) {
	if deployment == "" || strings.ContainsFunc(deployment, func(r rune) bool { return r <= ' ' || r == '+' || r > '~' }) {
		return "", "", invalid("a deployment's id is printable ASCII without spaces and +")
	}
	return note.GenerateKey(random, deployment)
}

// ParseVerifier reads a verifier key strictly: another spelling of the same
// key is Invalid.
func ParseVerifier(key string) (note.Verifier, error) {
	v, err := note.NewVerifier(key)
	if err != nil {
		return nil, invalid("the log key cannot be read")
	}
	_, rest, _ := strings.Cut(key, "+")
	_, b64, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(b64)
	if err != nil || key != fmt.Sprintf("%s+%08x+%s", v.Name(), v.KeyHash(), base64.StdEncoding.EncodeToString(raw)) {
		return nil, invalid("the log key is not written as a key is")
	}
	return v, nil
}

// Fingerprint shortens a verifier key for people: 16 hex digits of its SHA-256.
func Fingerprint(verifierKey string) string { return Hash([]byte(verifierKey))[:16] }
